"""What is chosen from a list: simple corridors and the payment form per lot."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from instances import corridor, data, nothing_shared, random_data, tail_of, terms

from bekostiging.case import UserError
from bekostiging.lumpsum import (
    SimpleTerms,
    design_lumpsum,
    design_within,
    free_zone,
    menu_corridor,
    signable_terms,
    with_corridor,
    with_simple_terms,
)
from bekostiging.lumpsum.simple import asked_terms
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION


@pytest.mark.parametrize("seed", range(4))
def test_shares_from_a_list_are_the_best_of_all_combinations(seed: int) -> None:
    """Every combination of two shares per lot as a given corridor, by brute force: the list's design is the best."""
    listed = (0.0, 0.4, 0.8)
    case = random_data(seed, simple=SimpleTerms(shares=listed))
    ordered = [(inner, outer) for inner, outer in product(listed, listed) if inner <= outer]
    best = np.inf
    for shares in product(ordered, repeat=len(case.lots)):
        lots = tuple(
            replace(lot, corridor=replace(lot.corridor, share=np.array([*own, *own])))
            for lot, own in zip(case.lots, shares, strict=True)
        )
        if any(lot.waiting_list_forbidden and lot.corridor.share[1] < lot.share_min for lot in lots):
            continue
        found = design_within(replace(case, lots=lots, simple=SimpleTerms()))
        if found is not None and found.criterion is not None:
            best = min(best, found.criterion)
    design = design_lumpsum(case)
    assert design.criterion == pytest.approx(best, rel=1e-6)
    assert {round(float(share), 6) for own in design.share for share in own} <= set(listed)


def test_edges_from_a_menu_are_layers_whose_share_may_change_once() -> None:
    """Four edges and one change: the share jumps at one edge of the menu; more changes never cost more."""
    menu = corridor([1.0, 1.02, 1.05, 1.1], [1.02, 1.05, 1.1, np.inf])
    rng = np.random.default_rng(1)
    cost = 20 * MILLION * rng.lognormal(0, 0.12, (64, 1, 1))
    lot = terms(own=menu, share_max=0.8, elasticity=0.02)
    case = data(
        cost, (lot,), [0], [0], free_buffer=np.array([2 * MILLION]), risk_weight=0.2, confidence=0.9,
        cost_of_capital=0.1,
    )  # fmt: skip
    measured = (menu.amounts(cost[:, 0], case.reference[0] * np.ones(cost[:, 0].shape)),)
    case = replace(case, amounts=measured)
    costs = []
    for changes in range(4):
        design = design_lumpsum(replace(case, simple=SimpleTerms(changes=changes)))
        steps = np.diff(design.share[0][:4])
        assert (steps > 1e-6).sum() <= changes
        costs.append(design.criterion)
    assert all(later <= earlier + 1 for earlier, later in pairwise(costs))
    assert costs[-1] == pytest.approx(design_lumpsum(case).criterion, rel=1e-8)
    assert costs[0] > costs[1] + 1000


def test_a_lot_is_paid_per_hour_where_a_lump_sum_would_cost_more() -> None:
    """One contract, mean 100, tail 117.6: the lump sum asks 101.30 (closed form); per hour at 101 is cheaper, at 102 not.

    Per hour at cost plus one percent leaves a return and no loss, so no capital.
    """
    cost = tail_of()
    lot = terms(own=nothing_shared())
    plain = data(cost, (lot,), [0], [0])
    for tariff, form in ((1.01, 1), (1.02, 0)):
        design = design_lumpsum(replace(plain, other_payments={"inspanningsgericht": tariff * cost}))
        assert design.form.tolist() == [form]
        assert design.criterion == pytest.approx(
            min(tariff * 100, (100 + 0.08 * 117.6) / 1.08) * MILLION, rel=1e-7
        )


def test_a_general_provision_stays_a_lump_sum() -> None:
    cost = tail_of()
    lot = terms(own=nothing_shared(), general_provision=True)
    case = replace(data(cost, (lot,), [0], [0]), other_payments={"inspanningsgericht": 1.01 * cost})
    assert design_lumpsum(case).form.tolist() == [0]


def test_use_that_is_paid_is_invited() -> None:
    """With elasticity 0.05 paying per hour costs 5 % of the care more, an arrangement nothing."""
    case = random_data(0)
    lots = tuple(replace(lot, elasticity=0.05) for lot in case.lots)
    for form, part in (("inspanningsgericht", 0.05), ("outputgericht", 0.0)):
        mixed = replace(case, lots=lots, other_payments={form: 0.9 * case.cost})
        arrays = LumpSumArrays(mixed)
        induced = sum(arrays.program.cost[arrays.columns.form[:, 1]])
        plain = LumpSumArrays(replace(mixed, lots=tuple(replace(lot, elasticity=0.0) for lot in lots)))
        paid = sum(plain.program.cost[plain.columns.form[:, 1]])
        expected = part * float((case.cost.mean(axis=0) * case.discount).sum()) / MILLION
        assert induced - paid == pytest.approx(expected)


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
        (SimpleTerms(), (0.1, 0.05), "edges 0.1,0.05: must rise between 0 and 1"),
        (SimpleTerms(), (0.0,), "edges 0: must rise between 0 and 1"),
        (SimpleTerms(changes=-1), (), "changes -1: may not be negative"),
        (SimpleTerms(shares=(0.5, 1.2)), (), "shares 0.5,1.2: must be between 0 and 1"),
        (SimpleTerms(shares=(0.9,)), (), "shares 0.9: are all above share_max (0.8) of a"),
        (SimpleTerms(shares=(0.0, 0.4)), (), "shares 0,0.4: do not reach share_min (0.5) of b"),
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


def test_signable_shares_are_multiples_of_five_points() -> None:
    """Twenty-one of them, one change a side beside a free zone; a lot whose law leaves no multiple has its largest share."""
    case = random_data(0)
    simple = signable_terms(case)
    assert simple.shares == tuple(round(0.05 * k, 2) for k in range(21))
    assert (simple.changes, simple.free_zone) == (1, True)
    narrow = replace(case.lots[1], share_min=0.51, share_max=0.54)
    assert 0.54 in signable_terms(replace(case, lots=(case.lots[0], narrow))).shares
    free = replace(narrow, waiting_list_forbidden=False)
    assert 0.54 not in signable_terms(replace(case, lots=(case.lots[0], free))).shares
    wide = replace(case.lots[1], share_min=0.50, share_max=0.54)
    assert 0.54 not in signable_terms(replace(case, lots=(case.lots[0], wide))).shares


@pytest.mark.parametrize("seed", range(3))
def test_a_signable_agreement_is_the_best_free_zone_with_one_share(seed: int) -> None:
    """By brute force over zones and shares of both lots: nothing, then one share; every side alike."""
    listed = (0.0, 0.4, 0.8)
    case = random_data(seed, simple=SimpleTerms(1, listed, free_zone=True))
    own = [(0.0, 0.0), *((0.0, share) for share in listed[1:]), *((share, share) for share in listed[1:])]
    best = np.inf
    for shares in product(own, repeat=2):
        lots = tuple(
            replace(lot, corridor=replace(lot.corridor, share=np.array([*pair, *pair])))
            for lot, pair in zip(case.lots, shares, strict=True)
        )
        found = design_within(replace(case, lots=lots, simple=SimpleTerms()))
        best = min(best, np.inf if found is None or found.criterion is None else found.criterion)
    design = design_within(case)
    assert design is not None
    assert design.criterion == pytest.approx(best, rel=1e-6)
    # shares that rise twice, (0.4, 0.8), are no signable agreement, and one of each lot may be cheaper
    free = design_within(replace(case, simple=SimpleTerms(shares=listed)))
    assert free is not None
    assert free.criterion is not None
    assert free.criterion <= design.criterion + 50


def test_a_free_zone_leaves_given_shares_alone() -> None:
    """Surpluses given at 0.3 and 0.6: that side is not counted, the other one is simple."""
    case = random_data(1)
    given = replace(case.lots[0].corridor, share=np.array([np.nan, np.nan, 0.3, 0.6]))
    lots = (replace(case.lots[0], corridor=given), case.lots[1])
    design = design_within(replace(case, lots=lots, simple=signable_terms(case)))
    assert design is not None
    np.testing.assert_allclose(design.share[0][2:], [0.3, 0.6])
    inner, outer = design.share[0][:2]
    assert inner in (0.0, outer)


def test_shares_come_out_as_listed() -> None:
    """To the last digit, and none is a rounding of nothing."""
    case = random_data(2)
    simple = signable_terms(case)
    design = design_within(replace(case, simple=simple))
    assert design is not None
    assert {share for own in design.share for share in own.tolist()} <= set(simple.shares)


def test_terms_that_are_asked_for() -> None:
    """Nothing asked is none; one change is a free zone and one share; what is left out is free."""
    assert asked_terms(None, ()) is None
    assert asked_terms(1, ()) == SimpleTerms(1, (), free_zone=True)
    assert asked_terms(2, (0.0, 0.5)) == SimpleTerms(2, (0.0, 0.5))
    assert asked_terms(0, ()) == SimpleTerms(0)
    assert asked_terms(None, (0.0, 0.5)) == SimpleTerms(None, (0.0, 0.5))


def test_the_free_zone_of_a_side_by_hand() -> None:
    """Layers to 2, 5 and 10 % and beyond: nothing shared up to 5 % above the reference amount, up to 2 % below."""
    lot = terms(own=menu_corridor((0.02, 0.05, 0.1)))
    share = np.array([0.0, 0.0, 0.5, 0.5, 0.0, 0.3, 0.3, 0.3])
    assert free_zone(lot, share) == pytest.approx(0.05)
    assert free_zone(lot, share, -1.0) == pytest.approx(0.02)
    assert free_zone(lot, np.zeros(8)) == np.inf
    assert free_zone(lot, np.full(8, 0.2), -1.0) == 0.0
