"""What is used of a stock: known answers, a naive loop, convexity and subgradients; and how it limits a design, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as float_arrays
from instances import data, deficits_shared, random_data, shared_out, tail_of, terms

from bekostiging.lumpsum import (
    Judge,
    Limit,
    LumpSumData,
    check_limits,
    design_lumpsum,
    design_within,
    used_of_stock,
)
from bekostiging.lumpsum.payments import years_that_use
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import Scramblings

OVERRUNS = float_arrays(np.float64, (3, 4), elements=st.floats(-5, 5))


def _naive(overruns: np.ndarray, *, refills: bool) -> np.ndarray:
    """Year by year, one scenario at a time: what is open, and the most that ever was."""
    found = []
    for scenario in overruns:
        opened = most = 0.0
        for year in scenario:
            opened = max(0.0, opened + year) if refills else opened + max(0.0, year)
            most = max(most, opened)
        found.append(most)
    return np.array(found)


@pytest.mark.parametrize(("refills", "by_year"), [(False, [4, 4, 6]), (True, [4, 4, 4])])
def test_known_answers(refills: bool, by_year: list[float]) -> None:
    """Overruns of 4, -3, 2 (known answers, second part): used 4, 4, 6; with refills 4, 1, 3 are open, at most 4."""
    overruns = np.array([[4.0, -3.0, 2.0]])
    used = [used_of_stock(overruns[:, : t + 1], refills=refills)[0] for t in range(3)]
    assert used == by_year


def test_what_is_open_is_known() -> None:
    """With refills 4, then 1, then 3: what makes the use of the third year alone is the run since nothing was open."""
    overruns = np.array([[4.0, -3.0, 2.0], [-1.0, 2.0, 3.0], [1.0, -3.0, 2.0], [-1.0, -1.0, -1.0]])
    np.testing.assert_array_equal(used_of_stock(overruns, refills=True), [4, 5, 2, 0])
    own = [[1, 0, 0], [0, 1, 1], [0, 0, 1], [0, 0, 0]]
    np.testing.assert_array_equal(years_that_use(overruns, refills=True), own)
    every = [[1, 0, 1], [0, 1, 1], [1, 0, 1], [0, 0, 0]]
    np.testing.assert_array_equal(years_that_use(overruns, refills=False), every)


@given(overruns=OVERRUNS, refills=st.booleans())
def test_it_is_the_naive_loop(overruns: np.ndarray, refills: bool) -> None:
    np.testing.assert_allclose(
        used_of_stock(overruns, refills=refills), _naive(overruns, refills=refills), atol=1e-12
    )


@given(overruns=OVERRUNS, more=OVERRUNS, refills=st.booleans())
def test_it_never_falls_and_is_convex(overruns: np.ndarray, more: np.ndarray, refills: bool) -> None:
    here = used_of_stock(overruns, refills=refills)
    assert (used_of_stock(overruns + np.abs(more), refills=refills) >= here - 1e-12).all()
    there = used_of_stock(more, refills=refills)
    middle = used_of_stock((overruns + more) / 2, refills=refills)
    assert (middle <= (here + there) / 2 + 1e-12).all()
    # with refills never more than without
    assert (used_of_stock(overruns, refills=True) <= used_of_stock(overruns, refills=False) + 1e-12).all()


@given(overruns=OVERRUNS, other=OVERRUNS, refills=st.booleans())
def test_the_years_that_use_support_it_from_below(overruns: np.ndarray, other: np.ndarray, refills: bool) -> None:
    """used(y) >= used(x) + g (y - x), with equality at x: g is a subgradient."""
    slope = years_that_use(overruns, refills=refills)
    np.testing.assert_allclose(
        (slope * overruns).sum(axis=1), used_of_stock(overruns, refills=refills), atol=1e-12
    )
    assert (used_of_stock(other, refills=refills) >= (slope * other).sum(axis=1) - 1e-12).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), refills=st.booleans(), year=st.integers(0, 2))
def test_the_subgradient_in_the_decision_is_that_of_finite_differences(
    seed: int, refills: bool, year: int
) -> None:
    """Two laws, two municipalities, a begroting that may yield: a step of 1e-6 in every column, at a random point."""
    rng = np.random.default_rng(seed)
    case = replace(shared_out(random_data(seed, n_years=3), seed), reserve_refills=refills)
    arrays = LumpSumArrays(case)
    x = rng.uniform(0, 0.08, arrays.columns.n)
    weights = np.where(rng.uniform(size=case.n_scenarios) < 0.4, rng.uniform(size=case.n_scenarios), 0.0)
    for municipality in range(2):
        use = arrays.reserve_use(municipality, year)
        slope = use.subgradient(x, weights)
        here = weights @ use.evaluate(x)
        steps = [weights @ use.evaluate(x + 1e-6 * unit) for unit in np.eye(arrays.columns.n)]
        np.testing.assert_allclose(slope, (np.array(steps) - here) / 1e-6, atol=1e-5)
        away = rng.uniform(0, 0.3, arrays.columns.n)
        assert weights @ use.evaluate(away) >= here + slope @ (away - x) - 1e-9


def _judged(case: LumpSumData) -> dict[str, tuple[float, float]]:
    """Value and limit in million euro of every stock, of the design with ample room."""
    roomy = replace(case, begroting=np.full(case.begroting.shape, 1e12))
    checks = check_limits(design_lumpsum(roomy), Judge(case, Scramblings(2)))
    return {one.limit: (one.value / MILLION, one.most / MILLION) for one in checks if one.limit.kind == "reserve"}


def _paid_beside(other: np.ndarray, stock: list[float], **changes: object) -> LumpSumData:
    """A certain contract of 100 million a year, a begroting of 110, ``other`` (s, t) million paid beside it."""
    n_scenarios, n_years = other.shape
    plain = data(
        np.full((n_scenarios, 1, n_years), 100.0 * MILLION), (terms(),), [0], [0],
        begroting=np.full((1, 1, n_years), 110.0 * MILLION), stock=np.array([stock]) * MILLION,
        other=other[:, :, None] * MILLION,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("refills", "used"), [(False, [4, 4, 6]), (True, [4, 4, 4])])
def test_a_stock_is_used_by_the_worst_future(refills: bool, used: list[float]) -> None:
    """One of twenty scenarios overruns by 4, -3, 2; the others stay below. A stock that grows is checked every year."""
    other = np.full((20, 3), 9.0)
    other[7] = [14.0, 7.0, 12.0]
    found = _judged(_paid_beside(other, [7.0, 8.0, 9.0], reserve_refills=refills))
    assert found == {
        Limit("reserve", ("0034", str(2025 + t))): (pytest.approx(used[t]), pytest.approx(7.0 + t))
        for t in range(3)
    }


def test_a_stock_counts_once() -> None:
    """Stock 10; the tail of every year is 2, that of the term 7: ratio 1.43, not four stocks against 7 (known answers).

    At 0.9 the tail is two of twenty scenarios: 2, 2, 2, 1 and 2, 2, 1, 2; a third has 0, 0, 2, 2.
    """
    other = np.full((20, 4), 9.0)
    other[:3] = 10 + np.array([[2, 2, 2, 1], [2, 2, 1, 2], [0, 0, 2, 2]])
    case = _paid_beside(other, [10.0] * 4, reserve_confidence=0.9, confidence=0.95)
    for year in range(4):
        alone = np.sort(np.maximum(other[:, year] - 10, 0.0))[-2:].mean()
        assert alone == 2.0
    ((name, (used, stock)),) = _judged(case).items()
    assert name == Limit("reserve", ("0034", "2028"))
    assert used == pytest.approx(7.0)
    assert stock / used == pytest.approx(1.43, abs=0.005)


def test_laws_that_do_not_share_use_their_own() -> None:
    """One law 3 over, the other 5 under: apart 3 of the stock are used, together none. Structural cover 1 leaves 2."""
    cost = np.tile(np.array([103.0, 95.0]) * MILLION, (20, 1))[:, :, None]
    lots = tuple(terms(name, deficits_shared(0.0)) for name in "ab")
    together = data(
        cost,
        lots,
        [0, 1],
        [0, 1],
        begroting=np.full((1, 1, 1), 200 * MILLION),
        stock=np.full((1, 1), 10 * MILLION),
    )
    apart = replace(
        together, purses=(("jeugdwet", np.array([0])), ("wmo", np.array([1]))),
        begroting=np.full((2, 1, 1), 100 * MILLION), structural=np.zeros((2, 1, 1)),
    )  # fmt: skip
    covered = replace(apart, structural=np.full((2, 1, 1), MILLION))
    used = [_judged(case)[Limit("reserve", ("0034", "2025"))][0] for case in (together, apart, covered)]
    assert used == pytest.approx([0.0, 3.0, 2.0])


def test_what_is_paid_beside_the_contracts_belongs_to_the_first_law() -> None:
    """Certain contracts of 100 and 50, a law each, and 10 beside them: begrotingen of 110 and 50 are enough, even 109 and
    61 are not."""
    cost = np.tile(np.array([100.0, 50.0]) * MILLION, (20, 1))[:, :, None]
    lots = tuple(terms(name, deficits_shared(0.0)) for name in "ab")
    for begroting, enough in (((110.0, 50.0), True), ((109.0, 61.0), False)):
        case = data(
            cost, lots, [0, 1], [0, 1], purses=(("jeugdwet", np.array([0])), ("wmo", np.array([1]))),
            begroting=np.array(begroting)[:, None, None] * MILLION, structural=np.zeros((2, 1, 1)),
            other=np.full((20, 1, 1), 10 * MILLION),
        )  # fmt: skip
        assert (design_within(case) is not None) == enough


def _two_ways(
    stock: list[float], n_years: int = 1, structural: float = 0.0, **changes: object
) -> tuple[float, float]:
    """Loading (b - 100) and share of the design: mean 100, worst of twenty 117.6 in all years, deficits shared by s,
    begroting 105, buffer ample, return 8 % a year, no interest."""
    case = data(
        tail_of(n_years=n_years), (terms(own=deficits_shared()),), [0], [0],
        begroting=np.full((1, 1, n_years), 105 * MILLION), structural=np.full((1, 1, n_years), structural * MILLION),
        stock=np.array([stock]) * MILLION, **changes,
    )  # fmt: skip
    design = design_lumpsum(case)
    return float(design.budget[0, 0]) / MILLION, float(design.share[0][0])


def _by_hand(worst: float, n_years: int = 1) -> tuple[float, float]:
    """b + U s = ``worst`` with U = 17.6, and the return b + U s / 20 - 100 = 0.08 x the buffer of all years."""
    asked = 100 + 0.08 * n_years * (117.6 - worst)
    share = (worst - asked) / (17.6 * 0.95)
    return pytest.approx(worst - 17.6 * share, abs=1e-6), pytest.approx(share, abs=1e-7)


def test_the_stock_decides_what_is_shared() -> None:
    """Sharing saves return on capital, so all of the stock is used: the worst year is 105 + 1."""
    assert _two_ways([1.0]) == _by_hand(106.0)


def test_structural_cover_comes_on_top_of_the_stock() -> None:
    """2 a year that stay: 105 + 2 + 1."""
    assert _two_ways([1.0], structural=2.0) == _by_hand(108.0)


def test_the_tail_of_the_stock_has_its_own_level() -> None:
    """At 0.9 the tail is two scenarios, of which one uses nothing: the worst may be 105 + 2 x 1."""
    assert _two_ways([1.0], reserve_confidence=0.9) == _by_hand(107.0)


def test_a_margin_is_taken_off_the_stock() -> None:
    assert _two_ways([1.5], margins={Limit("reserve", ("0034", "2025")): 0.5 * MILLION}) == _by_hand(106.0)


@pytest.mark.parametrize(
    ("stock", "worst"), [([1.0, 1.0], 105.5), ([1.0, 10.0], 106.0), ([5.0, 1.0], 105.5), ([0.4, 1.2], 105.4)]
)
def test_over_two_years_a_stock_is_used_once(stock: list[float], worst: float) -> None:
    """Both years are bad together: half the stock each, or what is there by the first year; a stock that shrinks limits by
    its end alone."""
    assert _two_ways(stock, n_years=2) == _by_hand(worst, n_years=2)
