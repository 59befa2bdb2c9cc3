"""The design that holds: the margin by hand, shares kept or freed, rounds that end, and the four outcomes.

Design scenarios: mean 100 million, worst of twenty 117.6, nothing shared, buffer 10, so b = 107.6. Margin scenarios: sixteen
scramblings of the same, the worst 118.6 with 0.1 more or less in turn. The tail of a loss is then 118.6 - b with an error of
0.1 sqrt(16 / 15) / 4 (the spread of sixteen worst scenarios), and Student's t at 15 degrees is 1.75305.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from instances import (
    FloatArray,
    alone,
    amounts,
    corridor,
    data,
    deficits_shared,
    nothing_shared,
    random_data,
    tail_of,
    terms,
)

from bekostiging.lumpsum import (
    OUTCOMES,
    Judge,
    Limit,
    LumpSumData,
    SimpleTerms,
    check_limits,
    decide,
    design_within,
    hold,
    limit_margin,
    preferred_design,
    signable_terms,
    without_simplicity,
)
from bekostiging.lumpsum.margin import MOST_ROUNDS
from bekostiging.units import MILLION
from bekostiging_solvers import Scramblings

UPPER = 118.6 + 1.753050 * 0.1 * np.sqrt(16 / 15) / 4
"""Upper end of the worst future, 118.6453 million."""
HOLDS = UPPER - 10
"""The budget with which solvency holds at 95 %."""


def _worse(case: LumpSumData, scramblings: int = 16) -> Judge:
    """Margin scenarios of a case of one contract and one year."""
    sign = np.where(np.arange(16) % 2 == 0, 0.1, -0.1)
    cost = np.concatenate([tail_of(100.0 + (18.6 - 17.6) / 20, 118.6 + own) for own in sign])
    # all but the worst are as they were
    cost[np.arange(len(cost)) % 20 != 19] = case.cost[0]
    plain = data(cost, case.lots, [0], [0])
    corridor_amounts = case.lots[0].corridor.amounts(cost[:, 0], case.reference[0] * plain.index[:, 0])
    own = replace(
        case, cost=cost, amounts=(corridor_amounts,), index=plain.index, paid_part=plain.paid_part,
        fixed=plain.fixed, key=plain.key, other=plain.other,
    )  # fmt: skip
    return Judge(own, Scramblings(scramblings))


def _case(**changes: object) -> LumpSumData:
    return alone(free_buffer=np.array([10 * MILLION]), **changes)


def test_the_margin_by_hand() -> None:
    """The worst loss of 118.6 - 107.6 = 11 passes the buffer by 1, with its error by 1.0453: that and a euro is added."""
    case = _case()
    plain = design_within(case)
    assert plain is not None
    found = limit_margin(case, plain, _worse(case))
    assert dict(found.margins) == {
        Limit("solvency", ("p0",)): pytest.approx((UPPER - 117.6) * MILLION + 1, abs=0.5)
    }
    assert (found.rounds, found.shares_kept) == (1, True)
    assert found.design is not None
    assert found.design.budget[0, 0] / MILLION == pytest.approx(HOLDS, abs=2e-6)
    (solvency,) = (
        one for one in check_limits(found.design, _worse(case)) if one.limit == Limit("solvency", ("p0",))
    )
    assert solvency.certainty == pytest.approx(0.95, abs=1e-4)


def test_what_a_limit_had_to_spare_comes_on_top() -> None:
    """The fair price of 109 leaves a buffer of 1.4 unused; margin scenarios with 5 more in the worst future lack 4.6453.

    So the margin is 1.4 + 4.6453 and a euro, and b = 123.6453 - 10: the buffer holds to the euro at once.
    """
    case = _case(fair_price=np.array([[109 * MILLION]]))
    judge = _worse(case)
    cost = judge.data.cost
    judge = Judge(
        replace(judge.data, cost=np.where(cost > 110 * MILLION, cost + 5 * MILLION, cost)), judge.scramblings
    )
    plain = design_within(case)
    assert plain is not None
    found = limit_margin(case, plain, judge)
    lacks = UPPER + 5 - 109 - 10
    assert dict(found.margins) == {Limit("solvency", ("p0",)): pytest.approx((1.4 + lacks) * MILLION + 1, abs=0.5)}
    assert found.design is not None
    assert found.design.budget[0, 0] / MILLION == pytest.approx(UPPER + 5 - 10, abs=2e-6)
    assert found.rounds == 1


def test_a_limit_that_holds_up_to_rounding_has_nothing_to_spare() -> None:
    """A loading that rounding left 3 euro short on its own scenarios has nothing to spare there, rather than minus 3.

    On the margin scenarios it lacks 1.0453 and 3 euro: that and a euro is the margin.
    """
    case = _case()
    plain = design_within(case)
    assert plain is not None
    found = limit_margin(case, replace(plain, loading=plain.loading - 3e-8), _worse(case))
    assert dict(found.margins) == {
        Limit("solvency", ("p0",)): pytest.approx((UPPER - 117.6) * MILLION + 4, abs=0.5)
    }
    assert found.rounds == 1


def test_a_design_that_holds_needs_no_margin() -> None:
    """A buffer of 11.1 is enough at a loading that the fair price asks: nothing is made again."""
    case = alone(free_buffer=np.array([10 * MILLION]), fair_price=np.array([[(HOLDS + 0.001) * MILLION]]))
    plain = design_within(case)
    assert plain is not None
    found = limit_margin(case, plain, _worse(case))
    assert (dict(found.margins), found.rounds, found.shares_kept) == ({}, 0, True)
    assert found.design is plain


def _sharing(loading_cap: float) -> LumpSumData:
    """Deficits shared by s to be decided, at most 0.5. Use invited of 4 x 100 x 0.05 = 20 a share makes sharing dear: the
    loading cap is used up first, and b + 17.6 s = 107.6."""
    own = terms(own=deficits_shared(), loading_cap=loading_cap, share_max=0.5, elasticity=4.0)
    return data(tail_of(), (own,), [0], [0], free_buffer=np.array([10 * MILLION]))


def test_shares_are_kept_where_a_loading_will_do() -> None:
    """Loading cap up to 20 %: the criterion takes b = 107.6 and s = 0; with margin b rises and s stays."""
    case = _sharing(0.2)
    found = decide(case, _worse(case))
    assert found.outcome == "designed"
    assert found.margin is not None
    assert found.margin.shares_kept
    assert found.headline.share[0][0] == pytest.approx(0.0, abs=1e-7)
    assert found.headline.loading[0] == pytest.approx(HOLDS / 100 - 1, abs=2e-8)


def test_no_loading_falls_where_another_one_rises() -> None:
    """Provider p0 is in both lots and needs 15.2 of loading in all (buffer 20), p1 only in lot a and needs 0.6 (buffer 17).

    A point in lot a is paid to both, so lot b has 14.6. On the margin scenarios the worst future of p1 is 1.0453 worse and
    that of p0 better: lot a rises to 1.6453, and lot b stays, though p0 would do with less.
    """
    lots = tuple(terms(name, nothing_shared()) for name in "ab")
    buffers = np.array([20.0, 17.0]) * MILLION
    case = data(tail_of(n_contracts=3), lots, [0, 0, 1], [0, 1, 0], free_buffer=buffers, cost_of_capital=0.0)
    plain = design_within(case)
    assert plain is not None
    assert plain.loading == pytest.approx([0.006, 0.146], abs=1e-8)
    worse = _worse(_case()).data.cost
    better = worse - np.where(worse > 110 * MILLION, 2.0 * MILLION, 0.0)
    cost = np.concatenate([better, worse, better], axis=1)
    shapes = data(cost, lots, [0, 0, 1], [0, 1, 0])
    other = replace(
        case, cost=cost, index=shapes.index, paid_part=shapes.paid_part, fixed=shapes.fixed, key=shapes.key,
        other=shapes.other, amounts=tuple(np.zeros((len(cost), 1, 2)) for _ in range(3)),
    )  # fmt: skip
    found = limit_margin(case, plain, Judge(other, Scramblings(16)))
    assert found.design is not None
    assert list(found.margins) == [Limit("solvency", ("p1",))]
    assert found.design.loading == pytest.approx([(UPPER - 117) / 100, 0.146], abs=2e-8)


def test_shares_are_freed_where_no_loading_does() -> None:
    """Loading cap 5 %: b = 105 and s = 2.6 / 17.6; no loading is left, so s rises until 105 + 18.6453 s = 108.6453.

    Plain 0.1477; 3.6453 / 18.6453 = 0.19551 would do exactly, and the margin asks hardly more: the shared layer of the
    margin scenarios is 18.6 plus its own error.
    """
    case = _sharing(0.05)
    found = decide(case, _worse(case))
    assert found.outcome == "designed"
    assert found.plain.share[0][0] == pytest.approx(2.6 / 17.6, abs=1e-6)
    assert found.margin is not None
    assert not found.margin.shares_kept
    assert found.margin.rounds <= MOST_ROUNDS
    assert found.headline.loading[0] <= 0.05 + 1e-9
    assert 3.6453 / 18.6453 - 1e-4 <= found.headline.share[0][0] <= 0.21
    assert hold(check_limits(found.headline, _worse(case)))


def _beside_a_tie(first: FloatArray, cheap: FloatArray) -> LumpSumData:
    """The lot of ``_sharing`` with a loading cap of 5 % and this cost, shares in twentieths; beside it a lot b of two
    contracts of 100, of which one in twenty scenarios costs ``cheap`` million."""
    lots = (*_sharing(0.05).lots, terms("b", share_max=0.8))
    second = np.full((len(first), 2, 1), 100 * MILLION)
    second[::20] = cheap[:, None, None] * MILLION
    cost = np.concatenate([first, second], axis=1)
    case = data(cost, lots, [0, 1, 1], [0, 1, 2], free_buffer=np.array([10.0, 1000.0, 1000.0]) * MILLION)
    case = replace(case, reference=np.full((3, 1), 100 * MILLION))
    measured = amounts(lots, [0, 1, 1], cost, case.reference[None] * case.index)
    return replace(case, amounts=measured, simple=signable_terms(case))


def test_ties_are_broken_again_where_shares_are_freed() -> None:
    """In lot a 0.15 is enough (105 + 17.6 x 0.15 > 107.6); on the margin scenarios 0.2 is needed, so shares are freed.

    In lot b a scenario of 98.02 makes a share worth 0.099 in each contract: 0.8 is best, and 0.3 costs 2 x 0.5 x 0.099, less
    than 0.05 % of 200. So it is 0.3 before and after.
    """
    worse = _worse(_case()).data.cost
    judge = Judge(_beside_a_tie(worse, 98.02 + np.tile([0.02, -0.02], 8)), Scramblings(16))
    found = decide(_beside_a_tie(tail_of(), np.array([98.02])), judge)
    assert found.outcome == "designed"
    assert found.margin is not None
    assert not found.margin.shares_kept
    assert [own[0] for own in found.plain.share] == [0.15, 0.3]
    assert [own[0] for own in found.headline.share] == [0.2, 0.3]


@pytest.mark.parametrize("seed", range(6))
def test_kept_shares_come_with_loadings_that_only_rise(seed: int) -> None:
    """Two halves of one sample: what holds on the other half has the shares of the first, no lower loading and margins."""
    both = random_data(seed, n_scenarios=512)
    lots = tuple(replace(lot, loading_cap=0.2) for lot in both.lots)
    both = replace(both, lots=lots, begroting=1.1 * both.begroting, stock=3 * both.stock)
    case, other = both.of(slice(0, 256)), both.of(slice(256, 512))
    plain = design_within(case)
    assert plain is not None
    judge = Judge(other, Scramblings(16))
    assert not hold(check_limits(plain, judge))
    found = limit_margin(case, plain, judge)
    assert found.design is not None
    assert found.shares_kept
    assert hold(check_limits(found.design, judge))
    assert (found.design.loading >= plain.loading - 1e-8).all()
    for own, before in zip(found.design.share, plain.share, strict=True):
        np.testing.assert_allclose(own, before, atol=1e-9)
    assert found.margins
    assert all(margin > 0 for margin in found.margins.values())
    assert 1 <= found.rounds <= MOST_ROUNDS
    # on the design scenarios with these margins the design is the best there is
    again = design_within(replace(case, margins=found.margins))
    assert again is not None
    assert again.criterion is not None
    assert found.design.criterion is not None
    assert again.criterion <= found.design.criterion * (1 + 1e-9)


def test_margins_never_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Round after round every margin is what it was or more."""
    import bekostiging.lumpsum.margin as module

    seen: list[dict[str, float]] = []
    made = module._design_with_margins

    def watched(*given: object, **named: object) -> object:
        seen.append(dict(given[2]))  # type: ignore[call-overload]
        return made(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_design_with_margins", watched)
    both = random_data(5, n_scenarios=320)
    both = replace(both, lots=tuple(replace(lot, loading_cap=0.02) for lot in both.lots))
    case, other = both.of(slice(0, 64)), both.of(slice(64, 320))
    plain = design_within(case)
    assert plain is not None
    found = limit_margin(case, plain, Judge(other, Scramblings(16)))
    assert found.rounds == len(seen) >= 7
    assert not found.shares_kept
    for before, after in pairwise(seen):
        assert all(after[name] >= value for name, value in before.items())
    assert sum(before != after for before, after in pairwise(seen)) >= 5


def test_a_limit_whose_error_is_unknown_is_never_shown_to_hold() -> None:
    """One scrambling tells no error: after twenty designs it is said that none was found, and the plain one is shown."""
    case = _case(stock=np.array([[MILLION]]))
    found = decide(case, _worse(case, scramblings=1))
    assert found.outcome == "unproven"
    assert found.headline is found.plain
    assert found.margin is not None
    assert found.margin.design is None
    assert found.margin.rounds == MOST_ROUNDS
    assert dict(found.data.margins) == {}


def test_designed() -> None:
    """The loading cap leaves room for the margin: the headline is another design than the plain one, with its margins."""
    case = _case(loading_cap=HOLDS / 100 - 1 + 1e-6)
    found = decide(case, _worse(case))
    assert found.outcome == "designed"
    assert found.plain.budget[0, 0] / MILLION == pytest.approx(107.6, abs=1e-6)
    assert found.headline.budget[0, 0] / MILLION == pytest.approx(HOLDS, abs=2e-6)
    assert found.margin is not None
    assert found.data.margins == found.margin.margins
    assert found.headline.within


def test_unproven() -> None:
    """A loading cap of 8 % is enough for 7.6, not for 8.6453: the plain design is shown, without margins."""
    case = _case(loading_cap=0.08)
    found = decide(case, _worse(case))
    assert found.outcome == "unproven"
    assert found.headline is found.plain
    assert found.headline.within
    assert dict(found.data.margins) == {}
    assert not hold(check_limits(found.headline, _worse(case)))


def test_breached() -> None:
    """A loading cap of 5 % gives way anyhow: by 2.6 points in the plain design, by 3.6453 in the one that holds."""
    case = _case(loading_cap=0.05)
    found = decide(case, _worse(case))
    assert found.outcome == "breached"
    (plain,), (headline,) = found.plain.breaches, found.headline.breaches
    assert plain.euro == pytest.approx(2.6 * MILLION, abs=2)
    assert headline.euro == pytest.approx((HOLDS - 105) * MILLION, abs=3)
    assert headline.fraction == pytest.approx(HOLDS / 100 - 1.05, abs=1e-7)
    assert hold(check_limits(found.headline, _worse(case)))


def _with_a_lot_that_gives_way(loading_cap: float) -> tuple[LumpSumData, Judge]:
    """Lot a of ``_sharing`` with this loading cap, and a lot b without loading cap whose fair price of 102 asks 2 points."""
    lots = (
        terms("a", deficits_shared(), loading_cap=loading_cap, share_max=0.5, elasticity=4.0),
        terms("b", nothing_shared(), loading_cap=0.0),
    )
    case = data(
        tail_of(n_contracts=2), lots, [0, 1], [0, 1], free_buffer=np.array([10.0, 1000.0]) * MILLION,
        fair_price=np.array([[0.0], [102.0]]) * MILLION,
    )  # fmt: skip
    cost = np.repeat(_worse(_case()).data.cost, 2, axis=1)
    shapes = data(cost, lots, [0, 1], [0, 1])
    other = replace(
        case, cost=cost, index=shapes.index, paid_part=shapes.paid_part, fixed=shapes.fixed, key=shapes.key,
        other=shapes.other, amounts=amounts(lots, [0, 1], cost, case.reference[None] * shapes.index),
    )  # fmt: skip
    return case, Judge(other, Scramblings(16))


def test_a_lot_that_kept_its_loading_cap_keeps_it_with_margins() -> None:
    """Lot a is at its loading cap of 5 % with a share of 2.6 / 17.6. On the margin scenarios it needs more: its share can
    rise, so its loading cap holds, and only lot b gives way as before."""
    case, judge = _with_a_lot_that_gives_way(0.05)
    found = decide(case, judge)
    assert found.outcome == "breached"
    assert found.plain.share[0][0] == pytest.approx(2.6 / 17.6, abs=1e-4)
    assert found.headline.share[0][0] > 0.19
    for design in (found.plain, found.headline):
        (breach,) = design.breaches
        assert (breach.lot, breach.term) == ("b", "loading_cap")
        assert breach.euro == pytest.approx(2.0 * MILLION, abs=3)
    assert hold(check_limits(found.headline, judge))


def test_shares_are_kept_where_another_lot_gives_way() -> None:
    """The same with a loading cap of 20 % in lot a: its loading alone will do, and lot b gives way as far as before."""
    case, judge = _with_a_lot_that_gives_way(0.2)
    found = decide(case, judge)
    assert found.outcome == "breached"
    assert found.margin is not None
    assert found.margin.shares_kept
    assert found.headline.loading == pytest.approx([HOLDS / 100 - 1, 0.02], abs=3e-8)
    assert [one.lot for one in found.headline.breaches] == ["b"]


def test_breached_and_not_to_be_proven() -> None:
    """The same with a begroting of 108: 107.6 fits, 108.6453 does not; still the loading cap gives way, and is named."""
    case = _case(loading_cap=0.05, begroting=np.array([[[108 * MILLION]]]))
    found = decide(case, _worse(case))
    assert found.outcome == "breached"
    assert found.headline is found.plain
    assert found.margin is not None
    assert found.margin.design is None


def test_none() -> None:
    """A begroting of 105: no loading cap helps."""
    case = _case(begroting=np.array([[[105 * MILLION]]]))
    found = decide(case, _worse(case))
    assert found.outcome == "none"
    assert not found.headline.feasible
    assert found.headline is found.plain
    assert found.margin is None
    assert OUTCOMES == ("designed", "unproven", "breached", "none")


def test_the_design_does_not_look_at_the_judge_beyond_its_margins() -> None:
    """Margin scenarios that are better than the design's leave the plain design as it is."""
    case = _case()
    better = replace(_worse(case).data, cost=0.9 * _worse(case).data.cost)
    found = decide(case, Judge(better, Scramblings(16)))
    assert found.outcome == "designed"
    assert found.headline is found.plain


def _two_lots() -> tuple[LumpSumData, Judge]:
    """A case whose limits leave some room, with margin scenarios."""
    both = random_data(2, n_scenarios=256)
    lots = tuple(replace(lot, loading_cap=0.2) for lot in both.lots)
    both = replace(both, lots=lots, begroting=1.1 * both.begroting, stock=3 * both.stock)
    both = replace(both, simple=signable_terms(both))
    return both.of(slice(0, 128)), Judge(both.of(slice(128, 256)), Scramblings(16))


def test_the_price_of_simplicity_is_found_in_the_same_way() -> None:
    """Free shares have their own margins; nothing is asked where nothing is simple."""
    case, judge = _two_lots()
    found = decide(case, judge)
    assert found.outcome == "designed"
    free = without_simplicity(found, judge)
    assert free is not None
    other = decide(replace(case, simple=SimpleTerms()), judge)
    assert other.outcome == "designed"
    assert free.criterion == pytest.approx(other.headline.criterion, rel=1e-12)
    assert hold(check_limits(free, judge))
    assert without_simplicity(replace(found, data=replace(found.data, simple=SimpleTerms())), judge) is None
    assert without_simplicity(replace(found, outcome="none"), judge) is None
    assert without_simplicity(replace(found, outcome="unproven"), judge) is None


def test_what_keeping_shares_costs_is_part_of_the_gap() -> None:
    """The bound is below every design with the margins of the answer, whatever its shares."""
    case, judge = _two_lots()
    found = decide(case, judge)
    assert found.margin is not None
    assert found.margin.shares_kept
    headline, best = found.headline, design_within(replace(case, margins=found.margin.margins))
    assert best is not None
    assert best.criterion is not None
    assert headline.criterion is not None
    assert headline.bound == pytest.approx(best.bound)
    assert headline.gap == pytest.approx((headline.criterion - best.criterion) / headline.criterion, abs=1e-9)
    # the plain design is the one with its ties broken
    plain = preferred_design(case)
    assert plain is not None
    np.testing.assert_array_equal(found.plain.loading, plain.loading)


def test_one_corridor_name() -> None:
    """The margin scenarios are measured with the layers of the agreement: a given share moves both sides alike."""
    case = replace(_case(), lots=(terms(own=corridor([1.0], [np.inf], share=0.5)),))
    found = decide(case, _worse(case))
    assert found.headline.share[0].tolist() == [0.5, 0.5]
