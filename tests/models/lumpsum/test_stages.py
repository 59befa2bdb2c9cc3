"""Limits that are hard: what gives way where not all can be kept, by hand, and that no price stands on it.

Most instances have one contract of mean 100 million whose worst future of twenty costs 117.6, nothing shared: with a free
buffer of K solvency asks b = 117.6 - K.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone, data, deficits_shared, nothing_shared, random_data, shared_out, tail_of, terms

from bekostiging.lumpsum import Breach, BreachCap, LumpSumData, decided_spending, design_lumpsum, design_within
from bekostiging.lumpsum.data import lot_size
from bekostiging.lumpsum.solve import solved
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import TailSolution, cvar

EXACT = 1.5
"""Euro: the total may be passed by one."""


def _only_breach(breaches: tuple[Breach, ...]) -> Breach:
    (breach,) = breaches
    return breach


def test_in_the_ordinary_case_nothing_gives_way() -> None:
    """b = 107.6 within a loading cap of 7.7 %."""
    case = alone(free_buffer=np.array([10 * MILLION]), loading_cap=0.077)
    design = design_lumpsum(case)
    assert design.breaches == ()
    assert design.within
    assert design.loading[0] == pytest.approx(0.076, abs=1e-9)


def test_a_limit_is_hard_to_the_cent() -> None:
    """A loading cap of 7.6 % is enough, 7.5999 % is not: without stages there is no design."""
    case = alone(free_buffer=np.array([10 * MILLION]))
    for most, enough in ((0.076 + 1e-9, True), (0.075999, False)):
        limited = replace(case, lots=(replace(case.lots[0], loading_cap=most),))
        assert (design_within(limited) is not None) == enough


def test_loading_cap_gives_way_to_the_euro() -> None:
    """Loading cap at most 1 % where solvency asks 7.6 %: 6.6 % of 100 million, and it costs 107.6."""
    design = design_lumpsum(alone(free_buffer=np.array([10 * MILLION]), loading_cap=0.01))
    breach = _only_breach(design.breaches)
    assert (breach.lot, breach.term) == ("lot", "loading_cap")
    assert breach.euro == pytest.approx(6_600_000, abs=EXACT)
    assert breach.fraction == pytest.approx(0.066, abs=1e-8)
    assert design.feasible
    assert not design.within
    assert design.criterion == pytest.approx(107.6 * MILLION, abs=EXACT)


def test_a_loading_cap_over_two_years_counts_discounted() -> None:
    """3 % interest, both years bad together, buffer 20: (117.6 - b)(1 + v) = 20 asks b = 117.6 - 20 / (1 + v)."""
    v = 1 / 1.03
    cost = tail_of(n_years=2)
    case = data(
        cost, (terms(own=nothing_shared(), loading_cap=0.01),), [0], [0],
        free_buffer=np.array([20 * MILLION]), discount=np.array([1.0, v]), cost_of_capital=0.01,
    )  # fmt: skip
    budget = 117.6 - 20 / (1 + v)
    design = design_lumpsum(case)
    breach = _only_breach(design.breaches)
    np.testing.assert_allclose(design.budget[0] / MILLION, budget, atol=1e-6)
    assert lot_size(case, 0) == pytest.approx(100 * (1 + v))
    assert breach.euro == pytest.approx((budget - 101) * (1 + v) * MILLION, abs=EXACT)
    assert breach.fraction == pytest.approx(budget / 100 - 1.01, abs=1e-8)
    assert design.criterion == pytest.approx(budget * (1 + v) * MILLION, abs=EXACT)


@pytest.mark.parametrize(
    ("sizes", "loading_caps"),
    [((100.0, 100.0), (0.01, 0.01)), ((100.0, 100.0), (0.01, 0.03)), ((100.0, 50.0), (0.0, 0.04))],
)
def test_the_largest_excess_is_spread_over_lots(
    sizes: tuple[float, float], loading_caps: tuple[float, float]
) -> None:
    """One provider in two lots whose worst scenarios come together; its buffer is a tenth of both reference amounts.

    Together they need 7.6 % of both; what loading caps allow is taken off, and the rest is the same excess in both lots: any
    other division has the same total.
    """
    cost = np.concatenate([tail_of() * size / 100 for size in sizes], axis=1)
    lots = tuple(
        terms(name, nothing_shared(), loading_cap=loading_cap)
        for name, loading_cap in zip("ab", loading_caps, strict=True)
    )
    total = sum(sizes)
    case = data(cost, lots, [0, 1], [0, 0], free_buffer=np.array([0.1 * total * MILLION]))
    allowed = sum(size * loading_cap for size, loading_cap in zip(sizes, loading_caps, strict=True))
    excess = (0.076 * total - allowed) / total
    design = design_lumpsum(case)
    assert [(one.lot, one.term) for one in design.breaches] == [("a", "loading_cap"), ("b", "loading_cap")]
    for one, size in zip(design.breaches, sizes, strict=True):
        # a thousandth of a point is left to the criterion
        assert one.fraction == pytest.approx(excess, abs=1.01e-5)
        assert one.euro == pytest.approx(one.fraction * size * MILLION, abs=1)
    assert sum(one.euro for one in design.breaches) == pytest.approx(excess * total * MILLION, abs=EXACT)


def test_transition_cap_gives_way_in_euro_of_the_first_year() -> None:
    """Revenue 50 where a fair price of 100 is asked, at most a tenth of change: 45 million in one year, 90 % of the revenue.

    A second year at 3 % interest changes nothing of it.
    """
    for n_years in (1, 2):
        case = data(
            tail_of(n_years=n_years), (terms(transition_cap=0.1),), [0], [0], revenue=np.array([50 * MILLION]),
            fair_price=np.full((1, n_years), 100 * MILLION), discount=1.03 ** -np.arange(float(n_years)),
        )  # fmt: skip
        breach = _only_breach(design_lumpsum(case).breaches)
        assert (breach.term, breach.lot) == ("transition_cap", "lot")
        assert breach.euro == pytest.approx(45 * MILLION, abs=EXACT)
        assert breach.fraction == pytest.approx(0.9, abs=1e-7)


def test_a_fall_below_the_transition_cap_counts_as_well() -> None:
    """Revenue 150, transition cap a tenth: at least 135. The begroting is 110, so 25 must give way."""
    case = alone(transition_cap=0.1, revenue=np.array([150 * MILLION]), begroting=np.array([[[110 * MILLION]]]))
    breach = _only_breach(design_lumpsum(case).breaches)
    assert (breach.term, breach.euro) == ("transition_cap", pytest.approx(25 * MILLION, abs=EXACT))
    assert breach.fraction == pytest.approx(25 / 150, abs=1e-7)


def test_loading_cap_and_transition_cap_give_way_together() -> None:
    """b = 107.6 against a loading cap of 1 % and a revenue of 100 with a transition cap of 2 %: 6.6 and 5.6 million."""
    case = alone(
        free_buffer=np.array([10 * MILLION]),
        loading_cap=0.01,
        transition_cap=0.02,
        revenue=np.array([100 * MILLION]),
    )
    found = {one.term: one.euro for one in design_lumpsum(case).breaches}
    assert found == {
        "loading_cap": pytest.approx(6.6 * MILLION, abs=EXACT),
        "transition_cap": pytest.approx(5.6 * MILLION, abs=EXACT),
    }


def _dear_sharing(**changes: object) -> LumpSumData:
    """K = 10, deficits shared by at most 0.2; induced demand of 4 x 100 x 0.05 = 20 a share makes sharing dear.

    b + 17.6 s = 107.6, so the criterion 107.6 - 16.72 s + 20 s is least at s = 0 with b = 107.6; the loading is least at
    s = 0.2 with b = 104.08.
    """
    own = terms(own=deficits_shared(), share_max=0.2, elasticity=4.0, **changes)
    return data(tail_of(), (own,), [0], [0], free_buffer=np.array([10 * MILLION]))


def test_the_criterion_decides_only_within_what_gave_way() -> None:
    """Loading cap at most 1 %: 3.08 points must give way, and the criterion does not make it 6.6."""
    free = design_lumpsum(_dear_sharing())
    assert (free.loading[0], free.share[0][0]) == (pytest.approx(0.076, abs=1e-8), pytest.approx(0.0, abs=1e-8))
    capped = design_lumpsum(_dear_sharing(loading_cap=0.01))
    breach = _only_breach(capped.breaches)
    assert breach.euro == pytest.approx(3.08 * MILLION, abs=EXACT)
    assert capped.share[0][0] == pytest.approx(0.2, abs=1e-6)
    assert capped.criterion == pytest.approx((104.08 + 0.88 * 0.2 + 20 * 0.2) * MILLION, abs=10)


def test_every_excess_stays_within_the_largest_and_a_thousandth_of_a_point() -> None:
    """Two lots, one provider, no loading allowed: 7.6 % in each. Of lot b the reported municipality pays half, so the
    criterion wants all in b: it gets a thousandth of a point, and a gives up as much.
    """
    key = np.ones((20, 1, 2, 1))
    key[:, :, 1] = 0.5
    lots = tuple(terms(name, nothing_shared(), loading_cap=0.0) for name in "ab")
    case = data(tail_of(n_contracts=2), lots, [0, 1], [0, 0], free_buffer=np.array([20 * MILLION]), key=key)
    design = design_lumpsum(case)
    assert design.loading.tolist() == pytest.approx([0.07599, 0.07601], abs=2e-8)
    cap = BreachCap(15.2 * MILLION, 0.076)
    assert design_within(replace(case, breach=replace(cap, largest=0.076 - 1.1e-5))) is None
    assert design_within(replace(case, breach=replace(cap, total=cap.total - 2))) is None
    held = design_within(replace(case, breach=cap))
    assert held is not None
    assert held.loading[1] <= 0.076 + 1.01e-5


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("strict", [False, True])
def test_no_penalty_is_in_the_criterion(seed: int, strict: bool) -> None:
    """Recomputed from what is spent: (1 - w) E + w CVaR of discounted spending, also where caps give way."""
    case = shared_out(random_data(seed, risk_weight=0.3), seed)
    lots = tuple(replace(lot, elasticity=0.0) for lot in case.lots)
    if strict:
        lots = tuple(replace(lot, loading_cap=0.0, transition_cap=0.0) for lot in lots)
        case = replace(case, free_buffer=0.5 * case.free_buffer)
    case = replace(case, lots=lots)
    design = design_lumpsum(case)
    assert bool(design.breaches) == strict
    spent = decided_spending(case, design).sum(axis=2) @ case.discount
    expected = 0.7 * spent.mean() + 0.3 * cvar(spent, case.confidence)
    assert design.criterion == pytest.approx(expected, abs=1)
    assert design.bound is not None
    assert design.criterion is not None
    assert expected - 1 <= design.bound <= design.criterion + 1e-6
    assert design.gap == pytest.approx((design.criterion - design.bound) / design.criterion, abs=1e-12)


def test_the_invited_use_is_in_the_criterion() -> None:
    """One contract, given share 0.5 on both sides, elasticity 0.1: 0.1 x 100 x 0.5 = 5 beside what is spent."""
    own = replace(deficits_shared(0.5), share=np.array([0.5, 0.5]))
    case = data(tail_of(), (terms(own=own, elasticity=0.1),), [0], [0])
    plain = replace(case, lots=(terms(own=own),))
    with_use, without = design_lumpsum(case).criterion, design_lumpsum(plain).criterion
    assert with_use is not None
    assert without is not None
    assert (with_use - without) / MILLION == pytest.approx(5.0, abs=1e-6)


def test_what_is_less_than_a_euro_is_nothing() -> None:
    """A loading cap short of half a euro: the design is kept and nobody is told that it gave way."""
    case = alone(free_buffer=np.array([10 * MILLION]), loading_cap=0.076 - 0.5e-8)
    design = design_lumpsum(case)
    assert design.feasible
    assert design.breaches == ()


def test_what_gave_way_may_do_so_as_far_as_it_did() -> None:
    """6.6 million of loading (6.6 % of 100) and 5.6 of transition (5.6 % of 100): 12.2 in all, 6.6 % at most, no more."""
    case = alone(
        free_buffer=np.array([10 * MILLION]),
        loading_cap=0.01,
        transition_cap=0.02,
        revenue=np.array([100 * MILLION]),
    )
    cap = design_lumpsum(case).cap
    assert cap.total == pytest.approx(12.2 * MILLION, abs=2 * EXACT)
    assert cap.largest == pytest.approx(0.066, abs=1e-7)
    assert design_lumpsum(alone(free_buffer=np.array([10 * MILLION]))).cap.is_nothing


@pytest.mark.parametrize(("loading_cap", "named"), [(0.01, ["a"]), (1.0, ["b"])])
def test_a_breach_of_a_few_euro_is_named_where_it_is_the_only_one(loading_cap: float, named: list[str]) -> None:
    """Lot b may have no loading, and its fair price is 5 euro above its reference amount. Where lot a gives way by 6.6
    million that is rounding; where lot a may have all the loading it needs, it is all there is to name."""
    lots = (terms("a", nothing_shared(), loading_cap=loading_cap), terms("b", nothing_shared(), loading_cap=0.0))
    cost = np.concatenate([tail_of(), tail_of(100.0, 100.0)], axis=1)
    case = data(
        cost, lots, [0, 1], [0, 1], free_buffer=np.array([10.0, 1000.0]) * MILLION,
        reference=np.full((2, 1), 100 * MILLION), fair_price=np.array([[0.0], [100 * MILLION + 5]]),
    )  # fmt: skip
    design = design_lumpsum(case)
    assert [one.lot for one in design.breaches] == named
    assert design.loading[1] == pytest.approx(5e-8, abs=1.2e-8)


def test_the_gap_is_what_the_solver_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """b = 107.6 and 10 beside it; a solver that only knows that b is at least 106.6 leaves 1 of 117.6."""
    import bekostiging.lumpsum.solve as module

    def stopped(arrays: LumpSumArrays, most: float = np.inf) -> TailSolution | None:
        found = solved(arrays, most)
        return None if found is None else replace(found, bound=found.objective - 1.0)

    monkeypatch.setattr(module, "solved", stopped)
    design = design_within(alone(free_buffer=np.array([10 * MILLION]), other=np.full((20, 1, 1), 10 * MILLION)))
    assert design is not None
    assert design.criterion == pytest.approx(117.6 * MILLION, abs=1)
    assert design.bound == pytest.approx(116.6 * MILLION, abs=1)
    assert design.gap == pytest.approx(1 / 117.6, abs=1e-8)
