"""What a comparison says in words: the answer, the forms beside each other and the summary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case.form_choice import shown_forms
from bekostiging.evaluation import TERM, TOTAL, Comparison, Figure
from bekostiging.evaluation.figures import BUFFER_EXHAUSTED_PROBABILITY, CVAR95, EXPECTED, OVERRUN_PROBABILITY
from bekostiging.report import presented
from bekostiging.report.comparison.answers import answer_sentences, forms_compared
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

NL, EN = Texts("nl"), Texts("en")


def test_the_answer_has_five_sentences_and_no_recommendation(outcome: Comparison) -> None:
    for texts in (NL, EN):
        sentences = answer_sentences(outcome, texts, BudgetPage.of_comparison(outcome, texts))
        assert len(sentences) == 5
        for sentence in sentences:
            assert sentence.endswith(".")
            assert "{" not in sentence
    html = comparison_page(outcome, NL, comparison_figures(outcome, NL)).lower()
    for word in ("wij adviseren", "aanbevolen", "beste keuze", "voorkeur voor"):
        assert word not in html


def _with_terms(outcome: Comparison, figure: Figure, *values: float) -> Comparison:
    """A figure over the term of every form, in order."""
    forms = dict(outcome.forms)
    for (form, own), value in zip(outcome.forms.items(), values, strict=True):
        total = own.municipalities[TOTAL]
        changed = total | {TERM: total[TERM] | {figure: Estimate(value, None)}}
        forms[form] = replace(own, municipalities={**own.municipalities, TOTAL: changed})
    return replace(outcome, forms=forms)


def _alike(outcome: Comparison) -> Comparison:
    """Every form priced alike."""
    return replace(outcome, plain=replace(outcome.plain, spending=dict.fromkeys(outcome.plain.spending, 100.0)))


def test_forms_that_were_priced_alike_are_not_ranked_on_expectation(outcome: Comparison) -> None:
    """No form is named beside what is expected; in the worst scenarios they are."""
    values = (60e6, 61e6, 62e6, 63e6)
    told = forms_compared(_with_terms(_alike(outcome), EXPECTED, *values), NL)[0]
    expected, worst = told.split("In de slechtste")
    assert "tussen 60,0 en 62,0 miljoen euro" in expected
    assert "geen rangorde" in expected
    assert not [name for name in NL.sections["forms_in_full"].values() if name in expected]
    assert [name for name in NL.sections["forms_in_full"].values() if name in worst]
    same = forms_compared(_with_terms(_alike(outcome), EXPECTED, *[60e6] * 4), NL)[0]
    assert "naar verwachting 60,0 miljoen euro uit. Dat is bij elke vorm evenveel" in same


@pytest.mark.parametrize("texts", [NL, EN], ids=["nl", "en"])
def test_no_range_where_every_form_has_the_same(outcome: Comparison, texts: Texts) -> None:
    level = _with_terms(outcome, CVAR95, *[70e6] * 4)
    level = _with_terms(level, OVERRUN_PROBABILITY, *[0.0] * 4)
    cost, risk = forms_compared(level, texts)
    assert {"nl": "kost elke vorm 70,0", "en": "every form costs 70.0"}[texts.lang] in cost
    assert {"nl": "is bij elke vorm 0", "en": "is 0\u00a0% under every form"}[texts.lang] in risk


def test_a_buffer_that_no_scenario_uses_up_is_nobody_s(outcome: Comparison) -> None:
    safe = {
        form: replace(
            own,
            providers={
                name: estimates | {BUFFER_EXHAUSTED_PROBABILITY: Estimate(0.0, None)}
                for name, estimates in own.providers.items()
            },
        )
        for form, own in outcome.forms.items()
    }
    assert NL["answers", "buffer_never"] in forms_compared(replace(outcome, forms=safe), NL)[1]
    assert NL["answers", "buffer_never"] not in forms_compared(outcome, NL)[1]


def test_the_summary_has_a_row_per_form(outcome: Comparison) -> None:
    header, *rows = presented(outcome, "nl").answers()[0].rows
    assert len(rows) == len(shown_forms(outcome.case)) == 3
    assert all(len(row) == len(header) for row in rows)
