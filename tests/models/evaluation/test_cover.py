"""What covers an overrun, by hand: a year has structural cover, the term has the stock once, expectation is budgeted."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.evaluation import TERM, TOTAL
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.estimates import spending_of_reported
from bekostiging.evaluation.figures import EXPECTED, EXPECTED_OVERRUN, GAP, OVERRUN_PROBABILITY, RESERVE_NEEDED
from bekostiging_solvers import Scramblings


def _cover(headroom: float = 10.0, structural: float = 0.0, *, refills: bool = False) -> Cover:
    """One municipality, two years."""
    year = np.ones((1, 2))
    return Cover(headroom * year, structural * year, 5.0 * year, 0.95, refills)


def _paid(*years: float, n: int = 32) -> np.ndarray:
    """One scenario in sixteen spends ``years``, the others 9 in every year; (n_scenarios, n_years, 1)."""
    first = (np.arange(n) % 16 == 0)[:, None]
    return np.where(first, np.array(years), 9.0)[:, :, None]


def test_years_take_from_one_stock() -> None:
    """12 and 13 where 10 is begroot: 2 and 3 in the years, 5 over the term."""
    paid = _paid(12.0, 13.0)
    assert _cover().used_in_year(paid)[0].tolist() == [2.0, 3.0]
    assert _cover().used_over_term(paid)[0] == 5.0
    assert _cover().used_over_term(paid)[1] == 0.0


def test_structural_cover_is_there_every_year() -> None:
    """1 a year comes first: 1 and 2 are left for the stock."""
    paid = _paid(12.0, 13.0)
    assert _cover(structural=1.0).used_in_year(paid)[0].tolist() == [1.0, 2.0]
    assert _cover(structural=1.0).used_over_term(paid)[0] == 3.0


@pytest.mark.parametrize(("refills", "used"), [(False, 5.0), (True, 4.0)])
def test_a_good_year_refills_only_where_the_policy_says_so(refills: bool, used: float) -> None:
    """2 over, 1 below, 3 over: 5 together; where it refills 2, then 1, then 4 are open."""
    # the same in every scenario, so above the begroting it would be expected: cover of -3 a year makes it an overrun
    paid = np.array([[12.0, 9.0, 13.0]] * 2)[:, :, None]
    cover = Cover(np.full((1, 3), 13.0), np.full((1, 3), -3.0), np.zeros((1, 3)), 0.95, refills)
    assert cover.overruns(paid[:, :, 0], 0)[0].tolist() == [2.0, -1.0, 3.0]
    assert cover.used_over_term(paid).tolist() == [used, used]


def test_what_is_expected_is_budgeted_and_takes_nothing_from_the_stock() -> None:
    """Half of the scenarios 14, half 10 where 10 is begroot: 2 above it is expected (te ramen), and 2 is left."""
    paid = np.where(np.arange(32) % 2 == 0, 14.0, 10.0)[:, None, None]
    cover = Cover(np.full((1, 1), 10.0), np.zeros((1, 1)), np.full((1, 1), 5.0), 0.95, False)
    assert cover.used_in_year(paid).max() == 2.0
    assert cover.used_over_term(paid).mean() == 1.0


def test_every_municipality_has_its_own_stock() -> None:
    """What one has left over does not help the other: 3 over and 3 below is 3 used together."""
    paid = np.stack([np.full((4, 1), 10.0), np.full((4, 1), 10.0)], axis=2)
    cover = Cover(np.array([[10.0], [10.0]]), np.array([[-3.0], [3.0]]), np.zeros((2, 1)), 0.95, False)
    assert cover.used_in_year(paid)[0].tolist() == [3.0]
    assert cover.one(0).used_over_term(paid[:, :, [0]])[0] == 3.0
    assert cover.one(1).used_over_term(paid[:, :, [1]])[0] == 0.0


def test_the_figures_of_a_year_and_of_the_term(small_case: Case) -> None:
    """One scenario in sixteen 12 and 13, else 9, where 10 is begroot. The worst 5 % of sixteen is four fifths of that one: a
    year needs 2 or 3, the term 5 once; nothing is to be budgeted, for 9.1875 and 9.25 are expected."""
    reported = [row for row in small_case.municipalities if row.reported]
    assert len(reported) == 2
    paid = np.concatenate([_paid(12.0, 13.0), np.zeros((32, 2, 1))], axis=2)
    cover = Cover(
        np.array([[10.0, 10.0], [0.0, 0.0]]), np.zeros((2, 2)), np.array([[5.0, 5.0], [0.0, 0.0]]), 0.95, False
    )
    found = spending_of_reported(small_case, Scramblings(2), paid, cover, np.array([1.0, 0.5]))
    years = [str(small_case.first_year + t) for t in range(2)]
    for code in (reported[0].code, TOTAL):
        own = found[code]
        assert [own[year][RESERVE_NEEDED].value for year in years] == pytest.approx([2.0, 3.0])
        assert own[TERM][RESERVE_NEEDED].value == pytest.approx(5.0)
        assert [own[year][GAP].value for year in years] == [0.0, 0.0]
        # spending over the term is discounted, the stock is nominal
        assert own[TERM][EXPECTED].value == pytest.approx(9.1875 + 0.5 * 9.25)
        assert own[TERM][EXPECTED_OVERRUN].value == pytest.approx((12 + 0.5 * 13 - 15) / 16)
    assert found[reported[1].code][TERM][RESERVE_NEEDED].value == 0.0


def test_a_gap_is_what_is_expected_beyond_the_begroting(small_case: Case) -> None:
    """11 in every scenario where 10 is begroot: 1 a year te ramen, nothing of the stock, an overrun for sure."""
    paid = np.stack([np.full((32, 2), 11.0), np.zeros((32, 2))], axis=2)
    cover = Cover(np.array([[10.0, 10.0], [0.0, 0.0]]), np.zeros((2, 2)), np.zeros((2, 2)), 0.95, False)
    found = spending_of_reported(small_case, Scramblings(2), paid, cover, np.ones(2))
    own = found[TOTAL]
    assert own[str(small_case.first_year)][GAP].value == 1.0
    assert own[TERM][GAP].value == 2.0
    assert own[TERM][OVERRUN_PROBABILITY].value == 1.0
    assert own[TERM][RESERVE_NEEDED].value == 0.0
