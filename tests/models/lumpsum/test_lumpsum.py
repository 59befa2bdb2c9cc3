"""The lump sum: closed forms, limit cases, equal treatment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import alone, corridor, data, nothing_shared, random_data, tail_of, terms

from bekostiging.case import Case
from bekostiging.contracts import QuotaShare, Taakgericht, VolumeClause, WithoutCare, build_contracts, reference
from bekostiging.lumpsum import design_lumpsum
from bekostiging.scenarios.cells import build_cells
from bekostiging.units import MILLION
from bekostiging_solvers import cvar


def test_one_contract_without_sharing() -> None:
    """b = (E[C] + cc CVaR)/(1 + cc) = 101.30 (design section 7): 0.08, E 100, CVaR 117.6."""
    design = design_lumpsum(alone())
    assert design.budget[0, 0] / MILLION == pytest.approx((100 + 0.08 * 117.6) / 1.08, abs=1e-6)
    assert design.budget[0, 0] / MILLION == pytest.approx(101.30, abs=0.01)
    assert design.capital[0] / MILLION == pytest.approx(117.6 - (100 + 0.08 * 117.6) / 1.08, abs=1e-6)
    assert design.gap == pytest.approx(0.0, abs=1e-8)


def test_the_return_is_asked_over_all_years_with_interest() -> None:
    """Two years that move together, v = 1 / 1.03: (b - 100)(1 + v) = 0.08 x 2 x (117.6 - b)(1 + v), so 0.16 for 0.08."""
    case = data(tail_of(n_years=2), (terms(own=nothing_shared()),), [0], [0], discount=np.array([1.0, 1 / 1.03]))
    design = design_lumpsum(case)
    budget = (100 + 0.16 * 117.6) / 1.16
    np.testing.assert_allclose(design.budget / MILLION, budget, atol=1e-6)
    assert design.capital[0] / MILLION == pytest.approx((117.6 - budget) * (1 + 1 / 1.03), abs=1e-6)
    assert design.criterion == pytest.approx(budget * (1 + 1 / 1.03) * MILLION, abs=1)


def test_a_buffer_is_used_by_the_deepest_point() -> None:
    """A loss of 17.6 in the first year of one of twenty scenarios and a gain of as much in the second: 17.6, not nothing.

    b = 100 in both years, no return asked.
    """
    cost = np.full((20, 1, 2), 100.0 * MILLION)
    cost[0] = np.array([[117.6, 82.4]]) * MILLION
    case = data(cost, (terms(own=nothing_shared()),), [0], [0], cost_of_capital=0.0)
    case = replace(case, reference=np.full((1, 2), 100.0 * MILLION))
    assert design_lumpsum(case).capital[0] / MILLION == pytest.approx(17.6, abs=1e-6)


def test_one_contract_bound_by_its_buffer() -> None:
    """With K = 10 the budget is CVaR - K = 107.6, far above the return: solvency asks for it."""
    design = design_lumpsum(alone(free_buffer=np.array([10 * MILLION])))
    assert design.budget[0, 0] / MILLION == pytest.approx(107.6, abs=1e-6)


def test_one_contract_bound_by_the_fair_price() -> None:
    """b = F when F exceeds what return and solvency ask."""
    design = design_lumpsum(alone(fair_price=np.array([[104 * MILLION]])))
    assert design.budget[0, 0] / MILLION == pytest.approx(104.0, abs=1e-6)


def test_full_sharing_costs_no_capital() -> None:
    """Base audited_cost, share_max 1, F <= E[C], elasticity 0: b = B0 and capital 0 (design section 7)."""
    design = design_lumpsum(data(tail_of(), (terms(),), [0], [0]))
    assert design.budget[0, 0] / MILLION == pytest.approx(100.0, abs=1e-6)
    assert design.capital[0] == pytest.approx(0.0, abs=1.0)


def test_clauses_before_the_corridor_are_paid() -> None:
    """Nine tenths of b I are paid and 3 beside it: 0.9 b + 3 = 101.30."""
    case = alone()
    case = replace(case, paid_part=0.9 * case.paid_part, fixed=np.full(case.fixed.shape, 3.0 * MILLION))
    design = design_lumpsum(case)
    paid = (100 + 0.08 * 117.6) / 1.08
    assert design.budget[0, 0] / MILLION == pytest.approx((paid - 3) / 0.9, abs=1e-6)
    assert design.criterion == pytest.approx(paid * MILLION, abs=1)


def test_one_scenario_is_its_own_tail() -> None:
    """Nothing uncertain: the budget is the cost and the capital nothing."""
    design = design_lumpsum(data(np.full((1, 1, 1), 100 * MILLION), (terms(),), [0], [0]))
    assert design.budget[0, 0] / MILLION == pytest.approx(100.0)
    assert design.capital[0] == pytest.approx(0.0, abs=1e-3)


def test_without_equity_everything_is_shared_or_paid() -> None:
    """K = 0: the loading covers the worst future (117.6, the tail of twenty); with full sharing nothing is needed."""
    budget = design_lumpsum(alone(free_buffer=np.zeros(1))).budget[0, 0]
    assert budget / MILLION == pytest.approx(117.6, abs=1e-6)
    shared = data(tail_of(), (terms(),), [0], [0], free_buffer=np.zeros(1))
    assert design_lumpsum(shared).budget[0, 0] / MILLION == pytest.approx(100.0, abs=1e-6)


def test_solvency_alone_would_take_the_whole_equity_and_what_is_built_does_not() -> None:
    """With solvency alone b = CVaR - K: below cost, the equity is taken with certainty (design section 7).

    E 100, CVaR 117.6, K 60: solvency alone would pay 57.6. Return and fair price pay 101.30, as with any larger buffer.
    """
    case = alone(free_buffer=np.array([60 * MILLION]), fair_price=np.array([[100 * MILLION]]))
    assert design_lumpsum(case).budget[0, 0] / MILLION == pytest.approx((100 + 0.08 * 117.6) / 1.08, abs=1e-6)
    assert cvar(case.cost[:, 0, 0], 0.95) - 60 * MILLION == pytest.approx(57.6 * MILLION)


def test_two_comonotone_contracts_have_the_shares_of_one() -> None:
    """Losses that move together do not diversify."""
    own = corridor([1.0, 1.1], [1.1, np.inf])
    one, lot = tail_of(100.0, 140.0), (terms(own=own, share_max=0.8),)
    alone_ = data(one, lot, [0], [0], free_buffer=np.array([8.0]) * MILLION, risk_weight=0.5)
    twice = np.concatenate([one, one], axis=1)
    both = data(twice, lot, [0, 0], [0, 0], free_buffer=np.array([16.0]) * MILLION, risk_weight=0.5)
    single, double = design_lumpsum(alone_), design_lumpsum(both)
    np.testing.assert_allclose(single.share[0], double.share[0], atol=1e-6)
    assert double.criterion == pytest.approx(2 * (single.criterion or 0.0), rel=1e-8)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.5, 3.0))
def test_a_richer_provider_gets_no_other_price(seed: int, factor: float) -> None:
    """With a stated requirement, equity above it changes no budget; the lot has one loading for all."""
    case = random_data(seed)
    stated = replace(case, lots=tuple(replace(lot, equity_requirement=0.06) for lot in case.lots))
    enough = stated.capital_limit * 1.01
    plain = design_lumpsum(replace(stated, free_buffer=enough))
    richer = design_lumpsum(replace(stated, free_buffer=enough * (1 + factor)))
    np.testing.assert_array_equal(plain.budget, richer.budget)
    if plain.feasible:
        ratio = plain.budget / case.reference
        np.testing.assert_allclose(ratio[0], ratio[1])
        np.testing.assert_allclose(ratio[2], ratio[3])


def test_two_providers_of_one_lot_with_different_equity_get_the_same_loading() -> None:
    """Solvency alone would price each by its own equity; what is built gives both the same percentage."""
    two = data(
        tail_of(n_contracts=2), (terms(own=nothing_shared()),), [0, 0], [0, 1],
        free_buffer=np.array([5.0, 50.0]) * MILLION,
    )  # fmt: skip
    design = design_lumpsum(two)
    assert design.budget[0, 0] == pytest.approx(design.budget[1, 0])
    assert design.budget[0, 0] / MILLION == pytest.approx(112.6, abs=1e-6)


def test_below_a_stated_requirement_is_flagged_and_left_out() -> None:
    """20 % of 100 is asked, 5 is there: the design is made for the other one."""
    lots = (terms(own=nothing_shared(), equity_requirement=0.2),)
    case = data(tail_of(n_contracts=2), lots, [0, 0], [0, 1], free_buffer=np.array([5.0, 50.0]) * MILLION)
    design = design_lumpsum(case)
    assert design.below_requirement == ("p0",)
    assert design.budget[0, 0] / MILLION == pytest.approx(101.30, abs=0.01)


def test_capital_is_the_tail_of_the_deepest_point() -> None:
    """Recomputed from the design: CVaR of the deepest cumulative loss of every provider."""
    case = random_data(5)
    design = design_lumpsum(case)
    for p in range(3):
        path = np.zeros((case.n_scenarios, case.n_years))
        for c in np.flatnonzero(case.provider == p):
            own = case.lots[case.lot[c]].corridor
            paid = design.budget[c] * case.index[:, c] + case.amounts[c] @ (own.sign * design.share[case.lot[c]])
            path += (case.cost[:, c] - paid) * case.discount
        largest_loss = np.maximum(np.cumsum(path, axis=1).max(axis=1), 0.0)
        assert design.capital[p] == pytest.approx(cvar(largest_loss, case.confidence), abs=1.0)


def test_layer_probabilities_are_those_of_the_base() -> None:
    case = random_data(2, n_scenarios=50)
    ratio = case.cost[:, 0] / (case.reference[0] * case.index[:, 0])
    expected = [((ratio > 1) & (ratio <= 1.04)).mean(axis=0), (ratio > 1.04).mean(axis=0)]
    np.testing.assert_allclose(case.layer_probability(0)[:, :2].T, expected, atol=1e-12)


def test_a_budget_is_at_least_what_can_be_taken_back() -> None:
    """Mean 100, worst of twenty 117.6, buffer 5: at a share of 80 % the loading is l = 0.26 %: 100 l = 0.08 (3.52 - 100 l).

    A clause that pays no more than 55 % of the budget without clients leaves at most share = 0.55 (1 + l) to take back:
    (1 - 0.55 (1 + l)) 17.6 - 100 l <= 5, so l = 2.92 / 109.68 = 2.662 % and the share is 56.46 %.
    """
    own = data(
        tail_of(), (terms(own=corridor([1.0], [np.inf]), loading_cap=0.1, share_max=0.8),), [0], [0],
        free_buffer=np.array([5 * MILLION]),
    )  # fmt: skip
    free = design_lumpsum(own)
    assert free.loading[0] == pytest.approx(0.002816 / 1.08, abs=1e-6)
    assert free.share[0].max() == pytest.approx(0.8, abs=1e-6)
    clause = WithoutCare(np.array([0.55]), np.zeros(1), np.zeros(1))
    found = design_lumpsum(replace(own, without_care=(clause,)))
    assert found.loading[0] == pytest.approx(2.92 / 109.68, abs=1e-6)
    assert found.share[0].max() == pytest.approx(0.55 * (1 + 2.92 / 109.68), abs=1e-6)


def test_what_is_paid_without_care_is_read_off_the_contract(small_case: Case) -> None:
    """A volume clause with a floor of 0.9 and part 0.5 pays 55 %; half by quota gives back half and leaves half of B0."""
    cells = build_cells(small_case)
    one = build_contracts(small_case, cells, reference(small_case, cells, 2), "taakgericht")[0]
    assert isinstance(one, Taakgericht)
    plain = one.without_care()
    assert (plain.part.tolist(), plain.moved.tolist(), plain.leave.tolist()) == ([1, 1], [0, 0], [0, 0])
    volume = VolumeClause(0.9, 1.1, 0.5, np.ones(2))
    own = replace(one & volume, clauses=(QuotaShare(np.array([0.5])), *one.clauses)).without_care()
    assert own.part.tolist() == pytest.approx([0.55, 0.55])
    assert own.moved.tolist() == pytest.approx([-0.5, -0.5])
    assert own.leave.tolist() == pytest.approx([0.5, 0.5])
