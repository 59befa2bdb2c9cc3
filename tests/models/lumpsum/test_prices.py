"""What a wider limit saves, in euro of expected and of tail spending, and how far that holds; by hand.

One contract of mean 100 million, worst of twenty 117.6, nothing shared: a buffer of K asks b = 117.6 - K, until the return
takes over at b = 101.3037, K = 16.2963. Steps double from 0.1 % of 100 million: 0.1, 0.2, ... 3.2, 6.4, 12.8 million.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone, data, nothing_shared, random_data, shared_out, tail_of, terms

from bekostiging.lumpsum import (
    BreachCap,
    Judge,
    Limit,
    LumpSumData,
    LumpSumDesign,
    PriceRange,
    design_lumpsum,
    design_within,
    price_ranges,
    with_shares,
)
from bekostiging.lumpsum.validity import binding_limits
from bekostiging.units import MILLION
from bekostiging_solvers import Scramblings

TAKES_OVER = 117.6 - (100 + 0.08 * 117.6) / 1.08


def _prices(case: LumpSumData) -> dict[str, PriceRange]:
    """Judged on its own scenarios."""
    return {one.limit: one for one in price_ranges(case, design_lumpsum(case), Judge(case, Scramblings(2)))}


def test_a_price_holds_until_another_limit_takes_over() -> None:
    """K = 10: a euro of buffer saves a euro of mean and of tail; the step to 6.4 crosses 6.2963 and keeps 0.968 of it.

    Narrower: to 6.4 less, since 12.8 less is no buffer at all.
    """
    (one,) = _prices(alone(free_buffer=np.array([10 * MILLION]))).values()
    assert one.limit == Limit("solvency", ("p0",))
    assert one.expected.value == pytest.approx(1.0, abs=1e-6)
    assert one.tail.value == pytest.approx(1.0, abs=1e-6)
    assert one.high == pytest.approx(6.4 * MILLION)
    assert one.low == pytest.approx(-6.4 * MILLION)


@pytest.mark.parametrize(("kept", "reach"), [(0.91, 6.4), (0.89, 3.2)])
def test_a_tenth_of_the_saving_may_be_gone(kept: float, reach: float) -> None:
    """The buffer is such that the step from 3.2 to 6.4 keeps this part of the saving."""
    buffer = TAKES_OVER - 3.2 - kept * 3.2
    one = _prices(alone(free_buffer=np.array([buffer * MILLION])))[Limit("solvency", ("p0",))]
    assert one.high == pytest.approx(reach * MILLION)


def test_the_first_step_is_a_thousandth() -> None:
    """The return takes over 0.15 million further: the step to 0.1 saves a euro a euro, that to 0.2 keeps half of it."""
    one = _prices(alone(free_buffer=np.array([(TAKES_OVER - 0.15) * MILLION])))[Limit("solvency", ("p0",))]
    assert one.expected.value == pytest.approx(1.0, abs=1e-5)
    assert one.high == pytest.approx(0.1 * MILLION)


def test_a_price_holds_to_the_whole_of_its_limit_and_no_further() -> None:
    """A return of 8 %: a euro less saves 1 / 1.08 until nothing is asked. Steps end below 100 million, the reference."""
    one = _prices(alone())[Limit("return_on_capital", ("p0",))]
    assert one.expected.value == pytest.approx(1 / 1.08, abs=1e-6)
    assert one.high == pytest.approx(51.2 * MILLION)


def test_the_fair_price_is_law_and_has_no_price_of_widening() -> None:
    """F = 104 decides the budget, and nothing else does: nobody can widen it, so nothing is told of it."""
    assert _prices(alone(fair_price=np.array([[104 * MILLION]]))) == {}


def test_a_loading_cap_has_a_price_per_percentage_point() -> None:
    """Two lots of one provider, buffer 5; the index of a is 1.19 in the worst future (0.99 else), so its loading works best.

    1.19 b_a + b_b = 230.2: a point of loading in a costs 1 million and saves 1.19 in b, so 0.19 is expected less; in the
    worst future both are 1.19, and the tail stays. Until b_a + b_b = 200, what the return asks: 53.9 points, so to 51.2.
    """
    index = np.ones((20, 2, 1))
    index[:, 0, 0] = np.append(np.full(19, 0.99), 1.19)
    lots = tuple(
        terms(name, nothing_shared(), loading_cap=loading_cap) for name, loading_cap in (("a", 0.05), ("b", 1.0))
    )
    case = data(
        tail_of(n_contracts=2), lots, [0, 1], [0, 0], free_buffer=np.array([5 * MILLION]), index=index,
        cost_of_capital=0.0,
    )  # fmt: skip
    assert design_lumpsum(case).loading == pytest.approx([0.05, (230.2 - 1.19 * 105) / 100 - 1], abs=1e-7)
    one = _prices(case)[Limit("loading_cap", ("a",))]
    assert one.expected.value == pytest.approx(0.19 * MILLION, abs=1)
    assert one.tail.value == pytest.approx(0.0, abs=1)
    assert one.high == pytest.approx(0.512)


def test_a_price_is_judged_on_other_scenarios() -> None:
    """Key 0.5 on the scenarios that judge: the reported municipality saves half a euro."""
    case = alone(free_buffer=np.array([10 * MILLION]))
    other = replace(case, key=0.5 * case.key)
    (one,) = price_ranges(case, design_lumpsum(case), Judge(other, Scramblings(2)))
    assert one.expected.value == pytest.approx(0.5, abs=1e-6)
    assert one.high == pytest.approx(6.4 * MILLION)


def test_the_steps_of_a_provider_are_parts_of_its_own_reference_amounts() -> None:
    """Another provider has a certain contract of 50: steps still double from 0.1 % of 100, to 6.4 million; from 0.1 % of 150
    they would end at 4.8."""
    lots = tuple(terms(name, nothing_shared()) for name in "ab")
    case = data(
        np.concatenate([tail_of(), tail_of(50.0, 50.0)], axis=1), lots, [0, 1], [0, 1],
        free_buffer=np.array([10.0, 1000.0]) * MILLION,
    )  # fmt: skip
    one = _prices(case)[Limit("solvency", ("p0",))]
    assert one.high == pytest.approx(6.4 * MILLION)
    assert one.low == pytest.approx(-6.4 * MILLION)


def test_a_small_price_is_a_price() -> None:
    """The reported municipality pays a fiftieth: a euro of buffer saves it two cents, and that is told."""
    case = alone(free_buffer=np.array([10 * MILLION]), key=np.full((20, 1, 1, 1), 0.02))
    one = _prices(case)[Limit("solvency", ("p0",))]
    assert one.expected.value == pytest.approx(0.02, abs=1e-8)
    assert one.high == pytest.approx(6.4 * MILLION)


def test_where_no_wider_design_is_found_a_narrower_one_tells_the_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """A buffer of 10 that is never found wider: a euro less of it costs a euro, so a euro more saves one."""
    import bekostiging.lumpsum.validity as module

    def never_wider(case: LumpSumData) -> LumpSumDesign | None:
        return design_within(case) if min(case.margins.values(), default=0.0) >= 0 else None

    monkeypatch.setattr(module, "design_within", never_wider)
    one = _prices(alone(free_buffer=np.array([10 * MILLION])))[Limit("solvency", ("p0",))]
    assert one.expected.value == pytest.approx(1.0, abs=1e-6)
    assert one.tail.value == pytest.approx(1.0, abs=1e-6)
    assert one.low == pytest.approx(-6.4 * MILLION)
    assert one.high == 0.0


def test_margins_move_with_the_limit() -> None:
    """Buffer 12 with a margin of 2 is a buffer of 10."""
    case = alone(free_buffer=np.array([12 * MILLION]), margins={Limit("solvency", ("p0",)): 2.0 * MILLION})
    assert _prices(case)[Limit("solvency", ("p0",))].high == pytest.approx(6.4 * MILLION)


def test_prices_where_loading_cap_gives_way() -> None:
    """Loading cap 1 % gives way by 6.6: a euro of buffer still saves a euro; the loading cap itself has no price beyond."""
    found = _prices(alone(free_buffer=np.array([10 * MILLION]), loading_cap=0.01))
    assert found[Limit("solvency", ("p0",))].expected.value == pytest.approx(1.0, abs=1e-4)


def test_a_transition_cap_costs_what_it_asks_too_much() -> None:
    """Revenue 120, transition cap 10 %: b = 108 where 101.30 would do. A euro wider is a euro less, to 6.4 million."""
    case = alone(revenue=np.array([120 * MILLION]), transition_cap=0.1)
    one = _prices(case)[Limit("transition_down", ("lot",))]
    assert one.expected.value == pytest.approx(1.0, abs=1e-6)
    assert one.high == pytest.approx(6.4 * MILLION)


def test_what_does_not_bind_has_no_price() -> None:
    assert _prices(data(tail_of(), (terms(),), [0], [0])).keys() <= {
        Limit("return_on_capital", ("p0",)),
        Limit("fair_price", ("p0", "lot", "2025")),
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_price_is_what_a_wider_limit_saves(seed: int) -> None:
    """Every price against the difference of two designs, a small step inside its reach: mean and tail as the criterion
    weighs them."""
    case = shared_out(random_data(seed), seed)
    lots = tuple(replace(lot, elasticity=0.0) for lot in case.lots)
    case = replace(case, lots=lots)
    design = design_lumpsum(case)
    fixed = with_shares(case, design.share, design.form)
    found = _prices(case)
    assert found
    assert found.keys() <= set(binding_limits(fixed))
    here = design_within(fixed)
    assert here is not None
    assert here.criterion is not None
    for one in found.values():
        assert one.low <= 0 <= one.high
        if one.limit.kind in ("loading_cap", "transition_up", "transition_down") or one.high < 200:
            continue
        step = one.high / 8
        moved = design_within(replace(fixed, margins={one.limit: -step}))
        assert moved is not None
        assert moved.criterion is not None
        price = (1 - case.risk_weight) * one.expected.value + case.risk_weight * one.tail.value
        assert (here.criterion - moved.criterion) / step == pytest.approx(price, rel=0.12, abs=1e-3)


def test_what_gave_way_stays_as_far_as_it_did() -> None:
    """The linear program behind the prices of a breached design is bounded by its breaches: it is the same design."""
    case = alone(free_buffer=np.array([10 * MILLION]), loading_cap=0.01)
    design = design_lumpsum(case)
    cap = BreachCap(sum(one.euro for one in design.breaches), max(one.fraction for one in design.breaches))
    made = design_within(replace(with_shares(case, design.share, design.form), breach=cap))
    assert made is not None
    assert made.loading[0] == pytest.approx(design.loading[0], abs=1e-7)
    assert Limit("solvency", ("p0",)) in binding_limits(
        replace(with_shares(case, design.share, design.form), breach=cap)
    )
