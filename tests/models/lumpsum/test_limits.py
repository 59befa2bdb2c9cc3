"""What limits cost, how far that holds, what must yield where nothing fits, and how well limits are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import MILLION, corridor, data, random_data, terms

from bekostiging.case import UserError
from bekostiging.lumpsum import (
    LumpSumData,
    SimpleTerms,
    design_lumpsum,
    feasible_design,
    futures_needed,
    menu_corridor,
    out_of_sample,
    price_ranges,
    value_of_data,
    widest_limit,
    with_corridor,
    with_simple_terms,
)
from bekostiging.lumpsum.conflict import relaxations
from bekostiging_solvers import Scramblings


def _alone(**changes: object) -> LumpSumData:
    """One contract, mean 100, worst of twenty 117.6, nothing shared."""
    cost = np.append(np.full(19, (2000 - 117.6) / 19), 117.6)[:, None, None] * MILLION
    return data(cost, (terms(own=corridor([1.0], [np.inf], share=0.0)),), [0], [0], **changes)


def test_a_price_holds_until_another_limit_takes_over() -> None:
    """Buffer 10: b = 117.6 - K, a euro of buffer saves a euro, until the return takes over at b = 101.30, K = 16.30."""
    case = _alone(free_buffer=np.array([10 * MILLION]))
    found = {one.name: one for one in price_ranges(case, design_lumpsum(case))}
    one = found["solvency[p0]"]
    assert one.price == pytest.approx(1.0, abs=1e-6)
    # steps double from 0.1 % of the reference amount: 3.2 holds, 6.4 crosses 6.30 and still has nine tenths of its price
    assert 3.1 * MILLION <= one.high <= 6.41 * MILLION
    assert one.low <= -6.3 * MILLION


@pytest.mark.parametrize("seed", range(3))
def test_a_price_is_what_a_wider_limit_saves(seed: int) -> None:
    """Every price against the difference of two designs, a small step inside its reach."""
    case = random_data(seed)
    design = design_lumpsum(case)
    for one in price_ranges(case, design):
        assert one.low <= 0 <= one.high
        if one.name.startswith(("premium", "law", "glide")) or one.high < 200:
            continue
        step = one.high / 8
        moved = feasible_design(replace(case, margins={one.name: -step}))
        assert moved is not None
        assert ((design.objective or 0.0) - (moved.objective or 0.0)) / step == pytest.approx(one.price, rel=0.12)


def test_what_must_yield_by_hand() -> None:
    """Room 110 and reserve 0, K 10: solvency asks for 107.6 and fits; room 105 is 2.6 short, as euro of either.

    The fair price is 100: with the begroting alone it yields 2.6 on average and 2.6 in the tail (nothing is shared, so
    both are b), with the buffer alone 2.6; a euro of buffer relieves both, so together the buffer alone is cheapest.
    """
    fits = _alone(free_buffer=np.array([10 * MILLION]), room=np.array([[110 * MILLION]]), reserve=np.zeros((1, 1)))
    assert design_lumpsum(fits).feasible
    design = design_lumpsum(replace(fits, room=np.array([[105 * MILLION]])))
    assert not design.feasible
    by_kind = {one.kinds: one for one in design.relaxations}
    assert by_kind["begroting",].euro == pytest.approx(5.2 * MILLION, rel=1e-4)
    assert by_kind["solvency",].euro == pytest.approx(2.6 * MILLION, rel=1e-4)
    assert [one.name for one in by_kind["solvency",].limits] == ["solvency[p0]"]
    assert by_kind["return_on_capital",].euro is None
    together = design.relaxations[-1]
    assert together.euro == pytest.approx(2.6 * MILLION, rel=1e-4)
    assert by_kind["begroting",].against == ("solvency[p0]",)


def test_a_feasible_case_needs_nothing_to_yield() -> None:
    assert all(one.euro == pytest.approx(0.0, abs=1.0) for one in relaxations(random_data(0)))


def test_contradictory_law_and_fair_price_are_never_asked_to_yield() -> None:
    """Fair price 120 with room 105: only the begroting yields, by 15 on both limits."""
    case = _alone(
        room=np.array([[105 * MILLION]]), reserve=np.zeros((1, 1)), fair_price=np.array([[120 * MILLION]])
    )
    design = design_lumpsum(case)
    kinds = {one.kinds: one.euro for one in design.relaxations}
    assert kinds["begroting",] == pytest.approx(30 * MILLION, rel=1e-4)
    assert kinds["solvency",] is None
    assert {limit.name.split("[")[0] for one in design.relaxations for limit in one.limits} <= {
        "begroting", "begroting_tail", "premium",
    }  # fmt: skip


def test_futures_for_a_precision() -> None:
    """Half the width asks four times the futures; the widest limit is the one with the largest error."""
    case = random_data(3, n_scenarios=64)
    checks = out_of_sample(design_lumpsum(case), case, Scramblings(16))
    widest = widest_limit(checks)
    assert widest.half_width == pytest.approx(1.96 * max(check.standard_error for check in checks))
    assert futures_needed(checks, 64, widest.half_width) == 64
    assert futures_needed(checks, 64, widest.half_width / 2) == 256
    with pytest.raises(ValueError, match="positive number of euro"):
        futures_needed(checks, 64, 0.0)


def test_one_scenario_is_its_own_tail() -> None:
    """Nothing uncertain: the budget is the cost and the capital nothing."""
    design = design_lumpsum(data(np.full((1, 1, 1), 100 * MILLION), (terms(),), [0], [0]))
    assert design.budget[0, 0] / MILLION == pytest.approx(100.0)
    assert design.capital[0] == pytest.approx(0.0, abs=1e-3)


def test_other_layers_leave_the_base_as_it_is() -> None:
    """Cut fine and back again: the amounts of the first corridor return."""
    case = random_data(1)
    fine = with_corridor(case, menu_corridor((0.01, 0.04, 0.2)))
    back = with_corridor(fine, case.lots[0].corridor)
    for ours, theirs in zip(back.amounts, case.amounts, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    whole = [amount.sum(axis=2) for amount in fine.amounts]
    np.testing.assert_allclose(whole, [amount.sum(axis=2) for amount in case.amounts], atol=1e-6)


@pytest.mark.parametrize(
    ("simple", "edges", "told"),
    [
        (SimpleTerms(), (0.1, 0.05), "--edges 0.1,0.05: must rise between 0 and 1"),
        (SimpleTerms(), (0.0,), "--edges 0: must rise between 0 and 1"),
        (SimpleTerms(changes=-1), (), "--bands -1: may not be negative"),
        (SimpleTerms(shares=(0.5, 1.2)), (), "--shares 0.5,1.2: must be between 0 and 1"),
        (SimpleTerms(shares=(0.9,)), (), "--shares 0.9: are all above share_max (0.8) of a"),
        (SimpleTerms(shares=(0.0, 0.4)), (), "--shares 0,0.4: do not reach share_min (0.5) of b"),
    ],
)
def test_simple_terms_that_cannot_be(simple: SimpleTerms, edges: tuple[float, ...], told: str) -> None:
    with pytest.raises(UserError) as caught:
        with_simple_terms(random_data(0), simple, edges)
    assert told in str(caught.value)


def test_given_shares_that_change_more_often() -> None:
    case = random_data(0)
    given = replace(case.lots[0].corridor, share=np.array([0.2, 0.6, 0.2, 0.6]))
    lots = (replace(case.lots[0], corridor=given), case.lots[1])
    with pytest.raises(UserError, match="change 1 times; leave"):
        with_simple_terms(replace(case, lots=lots), SimpleTerms(changes=0))


def test_knowing_the_cost_is_worth_the_loading_and_knowing_nothing_is_worth_nothing() -> None:
    """One contract of mean 100, nothing shared, loading by the return alone: cc (CVaR - E) / (1 + cc) of the bin.

    The cost is lognormal; known to its decile the margin falls to what is left inside a bin. A random item is worth
    zero within three standard errors.
    """
    rng = np.random.default_rng(5)
    cost = 100 * MILLION * rng.lognormal(0, 0.1, (1024, 1, 1))
    case = data(cost, (terms(own=corridor([1.0], [np.inf], share=0.0)),), [0], [0], confidence=0.9)
    items = {"cost": cost[:, 0, 0], "nothing": rng.normal(size=1024)}
    known, nothing = value_of_data(case, items, np.random.default_rng(1))
    order = np.sort(cost[:, 0, 0])
    bins = np.array_split(order, 10)
    expected = np.average(
        [0.08 / 1.08 * (cvar_of(own) - own.mean()) for own in bins], weights=[len(b) for b in bins]
    )
    assert known.with_item == pytest.approx(expected, rel=1e-3)
    assert known.value.value == pytest.approx(known.without - known.with_item)
    assert known.value.value > 3 * known.value.standard_error
    assert abs(nothing.value.value) < 3 * nothing.value.standard_error


def cvar_of(values: np.ndarray) -> float:
    """Mean of the worst tenth, with the part of the scenario on its edge."""
    ordered, tail = np.sort(values)[::-1], 0.1 * len(values)
    whole = int(tail)
    return float((ordered[:whole].sum() + (tail - whole) * ordered[whole]) / tail)


def test_too_few_futures_say_nothing_about_data() -> None:
    case = random_data(0, n_scenarios=32)
    assert value_of_data(case, {"cost": case.cost.sum(axis=(1, 2))}, np.random.default_rng(1)) == ()
