"""Taakvelden and lots in the files: the amounts of the page, totals that close, and the same in JSON."""

from __future__ import annotations

import pytest

from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.begroting_parts import compared_parts
from bekostiging.report.kit.begroting import begroting_form
from bekostiging.report.kit.begroting_files import STEPS, budget_results, parts_tables
from bekostiging.report.kit.begroting_parts import begroting_parts_section
from bekostiging.report.kit.long import Cell, LongTable
from bekostiging.report.kit.texts import Texts

NL = Texts("nl")


@pytest.fixture(scope="module")
def tables(outcome: Comparison) -> dict[str, LongTable]:
    form = begroting_form(outcome)
    found = parts_tables(compared_parts(outcome, form), outcome.budget(form).lines[TOTAL], NL)
    return {table.name: table for table in found}


def _amounts(table: LongTable, column: str, figure: str, period: Cell) -> dict[Cell, float]:
    """[part] of one period."""
    return {
        row[column]: float(str(row["value"]))
        for row in table.rows
        if row["year"] == period and getattr(row["figure"], "name", "") == figure
    }


@pytest.mark.parametrize(("name", "column"), [("budget_taakvelden", "taakveld"), ("budget_lots", "lot")])
def test_parts_add_up_to_the_budget_table(
    outcome: Comparison, tables: dict[str, LongTable], name: str, column: str
) -> None:
    """To the cent, in every year and over the term; the quantile is that of the total."""
    lines, together = outcome.budget(begroting_form(outcome)).lines[TOTAL], NL["columns", "total"]
    for period, line in lines.items():
        place = NL["columns", "term"] if period == TERM else int(period)
        own = _amounts(tables[name], column, "expected", place)
        assert own.pop(together) == line.expected.value
        assert sum(own.values()) == pytest.approx(line.expected.value, abs=0.005)
        assert _amounts(tables[name], column, "certain", place)[together] == line.certain.value


def test_the_page_shows_the_amounts_of_the_file(outcome: Comparison, tables: dict[str, LongTable]) -> None:
    """Thousands of the page out of the euros of the file, and the way from budgets to what is expected adds up."""
    form = begroting_form(outcome)
    parts, lines = compared_parts(outcome, form), outcome.budget(form).lines[TOTAL]
    section = begroting_parts_section(outcome.case, parts, lines, NL)
    names = {row.id: row.name for row in outcome.case.lots}
    shown = {row[0]: row for row in section.tables[1]}
    for lot, amount in _amounts(tables["budget_lots"], "lot", "expected", NL["columns", "term"]).items():
        printed = shown[names.get(str(lot), str(lot))][len(parts.years) + 1 if len(parts.years) > 1 else 1]
        assert printed == NL.numbers.plain(round(amount / 1000))
    for lot, one in parts.way.items():
        own = {
            getattr(row["figure"], "name", ""): row["value"]
            for row in tables["budget_way"].rows
            if row["lot"] == lot
        }
        budget, settled, elsewhere, expected = (float(str(own[f"way_{step}"])) for step in STEPS)
        assert (budget, expected) == (one.budget, one.expected)
        assert budget + settled + elsewhere == pytest.approx(expected)


def test_json_has_the_same_value(outcome: Comparison) -> None:
    form = begroting_form(outcome)
    table, parts = outcome.budget(form), compared_parts(outcome, form)
    found = budget_results(table, parts, -5.0)
    line = table.lines[TOTAL][TERM]
    whole = found["municipalities"][TOTAL][TERM]
    assert (whole["expected"]["value"], whole["room"]) == (line.expected.value, line.room)
    assert whole["own_contributions"] is None
    assert found["national_measures"] == -5.0
    for lot, own in parts.lots.items():
        assert found["lots"][lot][TERM]["certain"]["value"] == own[TERM].certain.value
