"""The tables of a comparison as CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest

from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.comparison.tables import comparison_tables
from bekostiging.report.kit.export import csv_files
from bekostiging.report.kit.origin import origin_tables
from bekostiging.report.kit.texts import Texts

NL = Texts("nl")


def tables(outcome: Comparison, texts: Texts) -> dict[str, str]:
    """Every CSV file of a comparison."""
    made = [*comparison_tables(outcome, texts), *origin_tables(outcome.case, texts)]
    return csv_files(outcome.case, made, texts)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_disclaimer_is_on_page_one_and_in_every_table(outcome: Comparison, lang: str) -> None:
    texts = Texts(lang)
    sentence = outcome.case.disclaimer[lang]
    html = comparison_page(outcome, texts, comparison_figures(outcome, texts))
    assert html.index(sentence) < html.index(texts["page", "question"])
    for name, text in tables(outcome, texts).items():
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if lang == "nl" else ","))
        assert rows[0][-1] == texts["columns", "disclaimer"], name
        assert all(row[-1] == sentence for row in rows[1:]), name


def test_dutch_tables_open_in_excel(outcome: Comparison) -> None:
    for text in tables(outcome, NL).values():
        assert text.startswith("\ufeff")
        assert ";" in text.splitlines()[0]
    first = tables(outcome, NL)["uitgaven.csv"].splitlines()[1].split(";")
    assert re.fullmatch(r"-?\d+,\d+", first[4])
