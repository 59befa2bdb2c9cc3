"""Bands of scenarios: the same optimum as the program written out, in few passes, with a bound that holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import cvar_written_out, positions
from scipy.sparse import csr_array

from bekostiging_solvers import (
    CVaRTerm,
    InfeasibleError,
    LinearLoss,
    LinearProgram,
    SolverError,
    TailProgram,
    UnboundedError,
    aggregation,
    bands,
    cvar,
    solve_highs,
)
from bekostiging_solvers.aggregation import minimise_tails


@pytest.mark.parametrize(("seed", "n"), [*((seed, n) for seed in range(6) for n in (300, 12_000)), (1, 200_000)])
def test_few_passes_and_a_closed_gap(seed: int, n: int) -> None:
    """The issue asks at most sixty evaluations; 12,000 scenarios are solved on a sample first."""
    losses, program = positions(seed, n, 20)
    found = minimise_tails(program, [CVaRTerm("tail", LinearLoss(losses), 0.95, 1.0)], np.full(20, 0.05), 1e-6)
    assert found.passes <= 60
    assert found.objective == pytest.approx(cvar(losses @ found.x, 0.95), rel=1e-12)
    assert found.bound - 1e-12 <= found.objective <= found.bound + 1e-6 * max(1.0, abs(found.objective))
    assert program.violation(found.x) <= 1e-9


def test_against_the_program_written_out() -> None:
    losses, program = positions(3, 2000, 8)
    found = minimise_tails(program, [CVaRTerm("tail", LinearLoss(losses), 0.9, 1.0)], np.full(8, 1 / 8), 1e-9)
    exact = solve_highs(cvar_written_out(losses, program, 0.9, np.full(2000, 1 / 2000)))
    assert found.objective == pytest.approx(exact.objective, abs=1e-8)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    confidences=st.lists(st.floats(0.0, 0.95), min_size=1, max_size=3),
    uneven=st.booleans(),
)
def test_sums_of_terms_agree_with_cutting_planes(seed: int, confidences: list[float], uneven: bool) -> None:
    """Several tails, constants, costs, uneven probabilities and bands far smaller than the sample."""
    rng = np.random.default_rng(seed)
    _, program = positions(seed, 10, 5)
    program = replace(program, cost=rng.normal(size=5))
    p = rng.random(400) * (rng.random(400) > 0.1)
    probabilities = p / p.sum() if uneven else None
    losses = [LinearLoss(rng.normal(size=(400, 5)), rng.normal(size=400)) for _ in confidences]
    terms = [
        CVaRTerm(f"t{k}", loss, confidence, 0.5 + k)
        for k, (loss, confidence) in enumerate(zip(losses, confidences, strict=True))
    ]
    hidden = [replace(term, loss=_Hidden(term.loss)) for term in terms]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aggregation, "FIRST", 30)
        patch.setattr(aggregation, "SAMPLES", 3)
        patch.setattr(bands, "BAND", 20)
        ours = minimise_tails(program, terms, np.full(5, 0.2), 1e-8, probabilities)
    cuts = TailProgram(program, hidden, [], probabilities=probabilities).solve(np.full(5, 0.2), 1e-8)
    assert ours.objective == pytest.approx(cuts.objective, abs=1e-6)
    assert ours.bound <= cuts.objective + 1e-9
    for term, weights in zip(terms, ours.weights, strict=True):
        shares = np.full(400, 1 / 400) if probabilities is None else probabilities
        assert weights.sum() == pytest.approx(1.0)
        assert (weights <= shares / (1 - term.confidence) + 1e-9).all()


class _Hidden:
    """A linear loss that does not say so: left to the cutting planes."""

    def __init__(self, loss: object) -> None:
        assert isinstance(loss, LinearLoss)
        self.evaluate, self.subgradient = loss.evaluate, loss.subgradient


def test_duals_are_the_change_per_unit_of_a_row() -> None:
    losses, program = positions(5, 3000, 6)
    program = replace(
        program,
        matrix=csr_array(np.vstack([np.ones(6), losses.mean(axis=0)])),
        row_lower=np.array([1.0, -np.inf]),
        row_upper=np.array([1.0, float(np.quantile(losses.mean(axis=0), 0.1))]),
        row_names=("budget", "mean"),
    )
    term = CVaRTerm("tail", LinearLoss(losses), 0.95, 1.0)

    def solved(limit: float) -> tuple[float, dict[str, float]]:
        own = replace(program, row_upper=np.array([1.0, limit]))
        solution = TailProgram(own, [term], []).solve(np.full(6, 1 / 6), 1e-10)
        return solution.objective, solution.duals

    limit, step = float(program.row_upper[1]), 1e-5
    (up, _), (down, _), (_, duals) = solved(limit + step), solved(limit - step), solved(limit)
    assert duals["mean"] < -0.01
    assert duals["mean"] == pytest.approx((up - down) / (2 * step), rel=0.05)


def test_a_start_outside_the_rows_is_no_value() -> None:
    losses, program = positions(2, 8000, 6)
    for start in (np.zeros(6), np.full(6, 9.0)):
        found = minimise_tails(program, [CVaRTerm("tail", LinearLoss(losses), 0.95, 1.0)], start, 1e-6)
        assert program.violation(found.x) <= 1e-9
        assert found.objective - found.bound <= 1e-6


def test_infeasible_and_unbounded_are_named_by_the_cutting_planes() -> None:
    losses, program = positions(1, 400, 4)
    term = CVaRTerm("tail", LinearLoss(losses), 0.9, 1.0)
    none = replace(program, row_lower=np.array([5.0]), row_upper=np.array([5.0]))
    with pytest.raises(SolverError):
        minimise_tails(none, [term], np.zeros(4), 1e-6)
    with pytest.raises(InfeasibleError, match="budget"):
        TailProgram(none, [term], []).solve(np.zeros(4))
    free = replace(program, lower=np.full(4, -np.inf), upper=np.full(4, np.inf), cost=np.array([5.0, -5.0, 0, 0]))
    with pytest.raises(UnboundedError, match="bound the variables"):
        TailProgram(free, [term], []).solve(np.zeros(4))


def test_weights_that_reward_risk_are_refused() -> None:
    with pytest.raises(ValueError, match=r"tail: weight must be finite and at least 0, not -1\.0"):
        CVaRTerm("tail", LinearLoss(np.ones((2, 1))), 0.5, -1.0)
    with pytest.raises(ValueError, match=r"confidence must be in \[0, 1\)"):
        CVaRTerm("tail", LinearLoss(np.ones((2, 1))), 1.0, 1.0)


def test_columns_shared_and_columns_without_loss() -> None:
    """loss = -2 x0 + d through a column named twice; x1 only costs: x0 at its bound, x1 at zero."""
    program = LinearProgram(
        np.array([1.0, 1.0]), np.zeros(2), np.array([3.0, np.inf]), csr_array((0, 2)), np.zeros(0), np.zeros(0),
        ("a", "b"), (),
    )  # fmt: skip
    loss = LinearLoss(-np.ones((50, 2)), np.arange(50.0), np.array([0, 0]))
    found = minimise_tails(program, [CVaRTerm("tail", loss, 0.8, 1.0)], np.zeros(2), 1e-9)
    np.testing.assert_allclose(found.x, [3.0, 0.0], atol=1e-9)
    assert found.objective == pytest.approx(3.0 - 6.0 + np.arange(40.0, 50.0).mean())
