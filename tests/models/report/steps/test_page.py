"""The page of steps adds up as it is printed; published corridors stand in the analyst's table alone, with their source."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bekostiging.evaluation import Comparison
from bekostiging.report import write_steps
from bekostiging.report.kit.texts import Texts
from bekostiging.report.steps.page import providers_table, steps_sentences, steps_table
from bekostiging.studies import REACH_SOURCE, clause_worth

EN = Texts("en")


def _value(cell: str) -> float:
    return float(cell.replace(",", "").replace("−", "-"))


def test_every_column_adds_up_as_printed(outcome: Comparison) -> None:
    worth = clause_worth(outcome)
    tables = [
        steps_table(worth, lambda one: one.municipality, 0, EN),
        steps_table(worth, lambda one: one.tail, 1, EN),
        providers_table(outcome, worth, EN),
    ]
    for heads, start, *steps, end in tables:
        assert heads[-1] == "standard error"
        for column in range(1, len(start) - 1):
            total = _value(start[column]) + sum(_value(row[column]) for row in steps)
            assert total == pytest.approx(_value(end[column]), abs=0.005 * (len(steps) + 2))


def test_the_largest_step_is_that_of_the_table_and_of_the_worst_five_per_cent(outcome: Comparison) -> None:
    worth = clause_worth(outcome)
    told = steps_sentences(outcome, worth, EN)[-1]
    for place, start in ((0, "The largest step in what is expected: "), (1, " million euro. In the worst 5 %: ")):
        pick = (lambda one: one.municipality) if place == 0 else (lambda one: one.tail)
        rows = steps_table(worth, pick, place, EN)[2:-1]
        largest = max(rows, key=lambda row: abs(_value(row[1]) + _value(row[2])))
        said = told.split(start)[1].split(" million")[0]
        assert said.startswith(largest[0])
        assert _value(said.split(", ")[-1]) == pytest.approx(
            (_value(largest[1]) + _value(largest[2])) / 2, abs=0.06
        )


@pytest.mark.parametrize(("lang", "name"), [("nl", "stap"), ("en", "step")])
def test_presets_are_in_the_table_and_not_on_the_page(
    outcome: Comparison, tmp_path: Path, lang: str, name: str
) -> None:
    page = write_steps(outcome, tmp_path, lang)
    assert page.name == f"{name}.html"
    assert "REACH" not in page.read_text(encoding="utf-8")
    text = (tmp_path / f"{name}.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";" if lang == "nl" else ","))
    assert len({len(row) for row in rows}) == 1
    assert [row[-1] for row in rows if "REACH" in row[0]] == [REACH_SOURCE] * 4
