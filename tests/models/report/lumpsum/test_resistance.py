"""The lines of the paragraph weerstandsvermogen by hand: what is budgeted, what is covered, and the stock once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.evaluation import TERM, TOTAL, Comparison, Estimates, Figure, figures
from bekostiging.lumpsum import LumpSumData
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.resistance import Spent, resistance_table
from bekostiging_solvers import Estimate

NL = Texts("nl")
Lines = dict[tuple[str, str | int], dict[str, float | None]]
"""[municipality, year][figure]; None where the cell is empty."""
TEN = 1e7


def _spent(years: tuple[int, ...], codes: tuple[str, ...], needed: float) -> Spent:
    """One payment form: 31 million expected where 30 is begroot, of the stock ``needed`` over the term and 3 a year."""
    values = {
        figures.EXPECTED: 3.1e7,
        figures.GAP: 1e6,
        figures.OVERRUN_SIZE: 2e6,
        figures.OVERRUN_PROBABILITY: 0.5,
        figures.EXPECTED_OVERRUN: 1e6,
        figures.RESERVE_NEEDED: 3e6,
        figures.REQUIRED_RESISTANCE_CAPACITY: 1e6,
        figures.REQUIRED_RESISTANCE_CAPACITY_80: 2e6,
        figures.REQUIRED_RESISTANCE_CAPACITY_90: 2.5e6,
    }

    def line(year: str) -> Estimates:
        own = values | ({figures.RESERVE_NEEDED: needed} if year == TERM else {})
        return {figure: Estimate(value, 0.0) for figure, value in own.items()}

    periods = [*map(str, years), TERM]
    return {"taakgericht": {code: {year: line(year) for year in periods} for code in (*codes, TOTAL)}}


def _lines(case: Case, data: LumpSumData, needed: float) -> Lines:
    """What the table says."""
    table = resistance_table(case, data, _spent(data.years, data.municipalities, needed), NL)
    found: Lines = {}
    for row in table.rows:
        value, figure = row["value"], row["figure"]
        assert value is None or isinstance(value, (int, float))
        assert isinstance(figure, Figure)
        found.setdefault((str(row["municipality"]), row["year"]), {})[figure.name] = value  # type: ignore[index]
    return found


@pytest.fixture
def data(outcome: Comparison) -> LumpSumData:
    """A stock of ten million each from the start, structural cover of one a year, begroting of thirty."""
    own = outcome.lumpsum.data
    n, t = len(own.municipalities), own.n_years
    year = np.ones((1, n, t))
    purses = (("", np.arange(len(own.lots))),)
    return replace(
        own, purses=purses, begroting=3e7 * year, structural=1e6 * year, stock=np.full((n, t), TEN), cache={}
    )


def test_the_term_has_the_stock_once_and_what_is_needed_of_it(outcome: Comparison, data: LumpSumData) -> None:
    """Stock 10, needed 7: cover 10 / 7 = 1.43, not four years of stock; a year has neither stock nor cover."""
    found = _lines(outcome.case, data, 7e6)
    code = data.municipalities[0]
    term = found[code, NL["columns", "term"]]
    assert term["stock"] == TEN
    assert term["reserve_needed"] == 7e6
    assert term["cover"] == pytest.approx(1.43, abs=0.005)
    for year in data.years:
        assert not {"stock", "cover", "ratio"} & found[code, year].keys()
        assert found[code, year]["reserve_needed"] == 3e6


def test_all_together_have_all_stocks(outcome: Comparison, data: LumpSumData) -> None:
    """Two of ten million; what the sum needs is 14."""
    total = _lines(outcome.case, data, 1.4e7)[NL["columns", "total"], NL["columns", "term"]]
    assert total["stock"] == len(data.municipalities) * TEN == 2e7
    assert total["cover"] == pytest.approx(20 / 14)


def test_without_need_there_is_no_quotient(outcome: Comparison, data: LumpSumData) -> None:
    term = _lines(outcome.case, data, 0.0)[data.municipalities[0], NL["columns", "term"]]
    assert (term["stock"], term["cover"]) == (TEN, None)


def test_the_gap_is_to_be_budgeted_and_structural_cover_is_a_year(outcome: Comparison, data: LumpSumData) -> None:
    """31 expected, 30 begroot: 1 te ramen; structural cover of 1 a year, over the term discounted as spending is."""
    found = _lines(outcome.case, data, 7e6)
    code = data.municipalities[0]
    year, term = found[code, data.years[0]], found[code, NL["columns", "term"]]
    assert figures.GAP.nl.startswith("te ramen")
    assert (year["expected"], year["headroom"], year["gap"]) == (3.1e7, 3e7, 1e6)
    assert year["structural"] == 1e6
    assert term["structural"] == pytest.approx(1e6 * data.discount.sum())
    assert term["headroom"] == pytest.approx(3e7 * data.discount.sum())


@pytest.mark.parametrize(
    ("available", "required", "ratio"), [(6e7, 4e7, 1.5), (6e7, None, None), (None, 4e7, None), (None, None, None)]
)
def test_the_ratio_is_that_of_the_whole_municipality_or_absent(
    outcome: Comparison, data: LumpSumData, available: float | None, required: float | None, ratio: float | None
) -> None:
    """Available 60 over required 40 for all risks is 1.5, whatever these contracts need; one of the two is no ratio; and
    none for the sum, since ratios of municipalities do not add up."""
    given = {"resistance_available": available, "resistance_required": required}
    rows = tuple(row.model_copy(update=given) for row in outcome.case.municipalities)
    found = _lines(replace(outcome.case, municipalities=rows), data, 7e6)
    term = NL["columns", "term"]
    assert found[data.municipalities[0], term]["ratio"] == ratio
    assert found[NL["columns", "total"], term]["ratio"] is None
