"""What a comparison says in words: four sentences, the choice table, the summary."""

from __future__ import annotations

from bekostiging.evaluation import Comparison
from bekostiging.report import presented
from bekostiging.report.comparison.answers import choice_table, four_sentences
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.texts import Texts

NL, EN = Texts("nl"), Texts("en")


def test_the_answer_has_four_sentences_and_no_recommendation(
    outcome: Comparison,
) -> None:
    for texts in (NL, EN):
        sentences = four_sentences(outcome, texts)
        assert len(sentences) == 4
        for sentence in sentences:
            assert sentence.endswith(".")
            assert "{" not in sentence
    html = comparison_page(outcome, NL, comparison_figures(outcome, NL)).lower()
    for word in ("wij adviseren", "aanbevolen", "beste keuze", "voorkeur voor"):
        assert word not in html


def test_the_choice_table_has_the_criteria_of_the_field(outcome: Comparison) -> None:
    rows = dict(choice_table(outcome, NL))
    assert " ".join(rows) == (
        "maatwerk flexibiliteit keuzevrijheid grip op uitgaven prikkel administratie geschillen wachten"
    )
    assert set(rows["maatwerk"]) == {"niet gemodelleerd"}
    assert all("kans op overschrijding" in cell for cell in rows["grip op uitgaven"])


def test_the_summary_has_a_row_per_form(outcome: Comparison) -> None:
    header, *rows = presented(outcome, "nl").answers()[0].rows
    assert len(rows) == 4
    assert all(len(row) == len(header) for row in rows)
