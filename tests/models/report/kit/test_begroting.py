"""The budget table as it stands on the page: whole thousands that add up, and sentences out of its own lines."""

from __future__ import annotations

import re

import pytest

from bekostiging.case.form_choice import shown_forms
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.report.kit.begroting import BudgetPage, Table
from bekostiging.report.kit.texts import Texts

NL, EN = Texts("nl"), Texts("en")
COLUMNS = 4


def _number(cell: str) -> int:
    """Thousands of euro as printed in Dutch; an empty cell adds nothing."""
    return int(cell.replace(".", "").replace("−", "-").replace("+", "")) if cell else 0


def _sum(rows: Table) -> list[int]:
    return [sum(_number(row[1 + k]) for row in rows) for k in range(COLUMNS)]


def _rows(page: BudgetPage) -> Table:
    """Those of the first table under its head, without what the contracts of today cost."""
    return [row for row in page.section().tables[0][1:] if "oude contracten" not in row[0]]


@pytest.fixture(scope="module")
def page(outcome: Comparison) -> BudgetPage:
    return BudgetPage.of_comparison(outcome, NL)


def test_years_and_municipalities_add_up_to_the_thousand(page: BudgetPage) -> None:
    """Every column, with the lines for what amounts share and for rounding."""
    apart = page.by_municipality()
    assert apart is not None
    (by_municipality,) = apart.tables
    *rows, outside, programme = _rows(page)
    *parts, total = rows
    assert _sum(parts) == _sum([total])
    assert _number(total[3]) + _number(outside[3]) == pytest.approx(_number(programme[3]), abs=1)
    together = [row for row in by_municipality[1:] if row[0].endswith("samen")]
    assert len(together) == len(page.years) + 1
    start = 1
    for row in together:
        end = by_municipality.index(row)
        assert _sum(by_municipality[start:end]) == _sum([row])
        start = end + 1


def test_room_is_begroot_less_expected(page: BudgetPage) -> None:
    for row in _rows(page)[: len(page.years)]:
        expected, _, headroom, room = (_number(cell) for cell in row[1:])
        assert room == pytest.approx(headroom - expected, abs=1)
        assert (row[-1][0] in "+−") == (room != 0)


def test_the_sentence_and_its_table_are_one_value(page: BudgetPage) -> None:
    answer = " ".join(page.answers())
    total = _rows(page)[len(page.years) :]
    term = next(row for row in total if row[0] == page.term)
    said = [float(one.replace(",", ".")) for one in re.findall(r"\d+,\d", answer)]
    first, last = (_rows(page)[k][1] for k in (0, len(page.years) - 1))
    shown = [_number(cell) / 1000 for cell in (first, last, term[1], term[2], term[3], term[4])]
    assert said == [pytest.approx(abs(one), abs=0.0501) for one in shown]
    assert ("boven de raming" in answer) == (_number(term[4]) > 0)


def test_every_form_has_a_row_and_today_is_marked(page: BudgetPage, outcome: Comparison) -> None:
    rows = page.section().tables[1][1:]
    assert len(rows) == len(shown_forms(outcome.case)) + (outcome.mix is not None)
    assert sum("zoals nu" in row[0] for row in rows) == 1


def test_amounts_in_the_file_are_those_of_the_page(page: BudgetPage) -> None:
    found = {
        (row["form"], row["municipality"], row["year"], str(getattr(row["figure"], "name", ""))): row["value"]
        for row in page.rows()
    }
    line = page.tables[page.form].lines[TOTAL][TERM]
    place = (page.form, NL["columns", "total"], NL["columns", "term"])
    assert found[(*place, "expected")] == line.expected.value
    assert found[(*place, "room")] == line.room


def test_english_says_the_same(outcome: Comparison, page: BudgetPage) -> None:
    english = BudgetPage.of_comparison(outcome, EN).section()
    assert [len(table) for table in english.tables] == [len(table) for table in page.section().tables]
    assert "{" not in " ".join(english.small)
