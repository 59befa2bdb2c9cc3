"""What every designed lump sum must satisfy: monotone, blind to order, ordered shares, fair price, no absurd optimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import MILLION, corridor, data, random_data, terms

from bekostiging.lumpsum import LumpSumData, design_lumpsum
from bekostiging.lumpsum.payments import Payments
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging_solvers import RunningMaxLoss, cvar

SEEDS = st.integers(0, 10_000)
ROUNDING = 10.0
"""Euro."""


def _objective(case: LumpSumData) -> float:
    """Euro; infinite where no design exists."""
    objective = design_lumpsum(case).objective
    return np.inf if objective is None else objective


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_stricter_confidence_never_costs_less(seed: int) -> None:
    costs = [_objective(random_data(seed, confidence=level)) for level in (0.5, 0.75, 0.9)]
    assert costs[0] <= costs[1] + ROUNDING
    assert costs[1] <= costs[2] + ROUNDING


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, extra=st.floats(0.0, 0.2))
def test_a_wider_begroting_never_costs_more(seed: int, extra: float) -> None:
    case = random_data(seed)
    assert _objective(replace(case, room=case.room * (1 + extra))) <= _objective(case) + ROUNDING


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, extra=st.floats(0.0, 3.0))
def test_without_a_stated_requirement_more_equity_never_costs_more(seed: int, extra: float) -> None:
    case = random_data(seed)
    assert _objective(replace(case, free_buffer=case.free_buffer * (1 + extra))) <= _objective(case) + ROUNDING


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_the_providers_says_nothing(seed: int) -> None:
    case = random_data(seed)
    swap = np.array([2, 0, 1])
    place = np.argsort(swap)
    moved = replace(
        case,
        providers=tuple(case.providers[p] for p in swap),
        provider=place[case.provider],
        free_buffer=case.free_buffer[swap],
    )
    assert _objective(moved) == pytest.approx(_objective(case), rel=1e-7)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_shares_rise_outward_and_no_contract_is_paid_under_its_fair_price(seed: int) -> None:
    case = random_data(seed)
    design = design_lumpsum(case)
    if not design.feasible:
        return
    arrays = LumpSumArrays(case)
    x = arrays.point(design.loading, design.share)
    for share in design.share:
        assert share[0] <= share[1] + 1e-7
        np.testing.assert_allclose(share[:2], share[2:], atol=1e-7)
    for c, j in enumerate(case.lot):
        paid = Payments(case).paid(c, x[arrays.columns.lots[j]]).mean(axis=0) * MILLION
        assert (paid >= case.fair_price[c] - ROUNDING).all()


def test_solvency_alone_would_take_the_whole_equity_and_what_is_built_does_not() -> None:
    """With solvency alone b = CVaR - K: below cost, the equity is taken with certainty (design section 7).

    E 100, CVaR 117.6, K 60: solvency alone would pay 57.6. Return and fair price pay 101.30, as with any larger buffer.
    """
    cost = np.append(np.full(19, (2000 - 117.6) / 19), 117.6)[:, None, None] * MILLION
    own = terms(own=corridor([1.0], [np.inf], share=0.0))
    case = data(
        cost, (own,), [0], [0], free_buffer=np.array([60 * MILLION]), fair_price=np.array([[100 * MILLION]])
    )
    design = design_lumpsum(case)
    assert design.budget[0, 0] / MILLION == pytest.approx((100 + 0.08 * 117.6) / 1.08, abs=1e-4)
    assert cvar(cost[:, 0, 0], 0.95) - 60 * MILLION == pytest.approx(57.6 * MILLION)


def test_an_asymmetric_corridor_never_costs_more_and_shares_differ() -> None:
    """Without the mirror one restriction less; here surpluses are not taken back while deficits are shared."""
    lots = random_data(3).lots
    free = random_data(3, lots=tuple(replace(lot, symmetric=False) for lot in lots))
    design = design_lumpsum(free)
    assert (design.objective or np.inf) <= _objective(random_data(3)) + ROUNDING
    assert any(not np.allclose(share[:2], share[2:], atol=1e-3) for share in design.share)


def test_losses_read_in_place_are_those_of_the_solvers() -> None:
    """``ProviderLoss`` and its subgradient equal ``RunningMaxLoss`` on the coefficients written out; float32 to rounding."""
    case = random_data(4, n_scenarios=40)
    arrays = LumpSumArrays(case)
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 0.5, arrays.columns.n)
    weights = np.where(rng.uniform(size=40) < 0.3, rng.uniform(size=40), 0.0)
    for loss in arrays.losses.values():
        increments = [-arrays.payments.coefficients(int(c)) * case.discount[:, None] for c in loss.contracts]
        constant = sum(case.cost[:, c] / MILLION * case.discount for c in loss.contracts)
        written = RunningMaxLoss.of_increments(
            np.concatenate(increments, axis=2), np.asarray(constant), np.concatenate(loss.columns)
        )
        np.testing.assert_allclose(loss.evaluate(x), written.evaluate(x), atol=1e-12)
        np.testing.assert_allclose(loss.subgradient(x, weights), written.subgradient(x, weights), atol=1e-12)
    small = replace(
        case, cost=case.cost.astype(np.float32), amounts=tuple(a.astype(np.float32) for a in case.amounts)
    )
    assert design_lumpsum(small).objective == pytest.approx(design_lumpsum(case).objective, rel=1e-6)


def test_a_provider_without_contracts_is_left_alone() -> None:
    """It has no loss, no limit and no buffer in use."""
    cost = np.append(np.full(19, (2000 - 117.6) / 19), 117.6)[:, None, None] * MILLION
    case = data(cost, (terms(),), [0], [0])
    extra = replace(case, providers=("p0", "without"), free_buffer=np.append(case.free_buffer, 0.0))
    design = design_lumpsum(extra)
    assert design.objective == pytest.approx(design_lumpsum(case).objective)
    assert design.capital[1] == 0.0
    assert not any("without" in name for name in design.shadow_prices)


def test_without_equity_everything_is_shared_or_paid() -> None:
    """K = 0: the loading covers the worst future (117.6, the tail of twenty); with full sharing nothing is needed."""
    cost = np.append(np.full(19, (2000 - 117.6) / 19), 117.6)[:, None, None] * MILLION
    alone = data(cost, (terms(own=corridor([1.0], [np.inf], share=0.0)),), [0], [0], free_buffer=np.zeros(1))
    assert design_lumpsum(alone).budget[0, 0] / MILLION == pytest.approx(117.6, abs=1e-4)
    shared = data(cost, (terms(),), [0], [0], free_buffer=np.zeros(1))
    assert design_lumpsum(shared).budget[0, 0] / MILLION == pytest.approx(100.0, abs=1e-4)
