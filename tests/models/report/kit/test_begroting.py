"""The budget table as it stands on the page: whole thousands that add up, and sentences out of its own lines."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import Measure
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.measures import spending_of
from bekostiging.report.kit.begroting import BudgetPage, Table, begroting_form
from bekostiging.report.kit.budget_sheet import budget_sheets
from bekostiging.report.kit.texts import Texts
from bekostiging.scenarios import expected_care_use, expected_with
from bekostiging.studies.comparison import contracts_in_force
from bekostiging.studies.national import national_effect

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
    rows = _rows(page)
    term = next(k for k, row in enumerate(rows) if row[0] == page.term)
    assert _sum(rows[:term]) == _sum([rows[term]])
    down = rows[term:-1]  # the last row says that own contributions were not entered
    assert [down[-1][0], rows[-1]] == [
        NL["budget", "programme"],
        [NL["budget", "no_contributions"], *[""] * COLUMNS],
    ]
    assert sum(_number(row[3]) for row in down[:-1]) == _number(down[-1][3])
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


@pytest.mark.parametrize("given", [{"jeugdwet": 123_456.0, "wmo": 1_499.0}, {"wmo": 1_600_501.0}])
def test_own_contributions_close_down_to_the_balance(outcome: Comparison, given: dict[str, float]) -> None:
    """By hand: so much a year of every reported municipality, over its years; a law without an amount has none. Spending
    less income is the balance, on the page in thousands with a line for rounding, on the sheet to the cent."""
    page = BudgetPage.of_comparison(_contributed(outcome, given), NL)
    rows = _rows(page)
    received = sum(given.values()) * len(page.years) * len(page.codes)
    start = next(k for k, row in enumerate(rows) if row[0] == NL["budget", "programme"])
    down = [_number(row[3]) for row in rows[start:]]
    assert sum(down[:-1]) == down[-1]
    line = next(row for row in rows if row[0] == NL["budget", "contributions"])
    assert _number(line[3]) == -round(received / 1000)
    sheet = {str(row[0][0]): row for row in budget_sheets(page)[0].panels[0].rows}
    cents = [sheet[NL["budget", name]][3][0] for name in ("programme", "contributions", "balance")]
    assert cents[1] == pytest.approx(-received, abs=0.005)
    assert round(float(cents[0]) + float(cents[1]), 2) == cents[2]
    written = [row["value"] for row in page.rows() if getattr(row["figure"], "name", "") == "own_contributions"]
    assert pytest.approx(received) in written


def test_contributions_of_one_municipality_alone_are_not_those_of_all(outcome: Comparison) -> None:
    """The line says that they were not entered wherever one municipality or year misses them."""
    known = _contributed(outcome, {"wmo": 5000.0})
    first = known.case.begroting[0]
    rows = tuple(
        row.model_copy(update={"own_contributions": None})
        if (row.municipality, row.year) == (first.municipality, first.year)
        else row
        for row in known.case.begroting
    )
    page = BudgetPage.of_comparison(replace(known, case=replace(known.case, begroting=rows)), NL)
    assert _rows(page)[-1][0] == NL["budget", "no_contributions"]
    whole = [code for code in page.codes if code != first.municipality]
    assert all(page.year_table(code)[-1][0] == NL["budget", "balance"] for code in whole)


def test_chosen_national_measures_have_a_line_and_move_nothing_else(outcome: Comparison) -> None:
    """Chance times effect, from the closed form with and without the measure; every other row is as it was."""
    form = next(row for row in outcome.case.care_forms if row.law == "wmo")
    own = Measure.model_validate(
        {"id": "own_contribution", "name": "x", "care_form": form.id, "channel": "all", "quantity": "inflow",
         "effect": -0.5, "chance": 0.4, "first_year": 2, "years": 3, "source": "raming", "status": "illustrative"}
    )  # fmt: skip
    chosen = replace(outcome, case=replace(outcome.case, measures=(own,)))
    page, plain = BudgetPage.of_comparison(chosen, NL), BudgetPage.of_comparison(outcome, NL)
    spending = spending_of(chosen.case, chosen.cells, contracts_in_force(chosen), np.ones(chosen.n_years))
    with_it = spending(expected_with(chosen.case, chosen.cells, chosen.n_years, own.id))
    without = spending(expected_care_use(chosen.case, chosen.cells, chosen.n_years))
    shown, lump = begroting_form(chosen), 0.4 * (with_it["taakgericht"] - without["taakgericht"])
    effect = 0.4 * (with_it[shown] - without[shown])
    assert effect < 0
    assert page.national == pytest.approx(effect)
    assert national_effect(chosen)["taakgericht"] == pytest.approx(lump)
    rows, term = _rows(page), page.tables[page.form].lines[TOTAL][TERM]
    place = next(k for k, row in enumerate(rows) if row[0] == NL["budget", "national"])
    assert _number(rows[place][1]) == round(effect / 1000)
    assert _number(rows[place + 1][1]) == _number(rows[place - 1][1]) + _number(rows[place][1])
    assert _number(rows[place + 1][4]) == round(term.headroom / 1000) - _number(rows[place + 1][1])
    assert [*rows[:place], *rows[place + 2 :]] == _rows(plain)
    assert any("kans 40" in note for note in page.section().small)
    assert national_effect(outcome) == {}


def _contributed(outcome: Comparison, given: dict[str, float]) -> Comparison:
    """The same with own contributions in every row of begroting of these laws."""
    rows = tuple(
        row.model_copy(update={"own_contributions": given.get(row.law)}) for row in outcome.case.begroting
    )
    return replace(outcome, case=replace(outcome.case, begroting=rows))


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
