"""TailProgram: closed forms, then the explicit linear program, on random data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import box, cvar_written_out, positions
from scipy.sparse import csr_array
from scipy.stats import norm

from bekostiging_solvers import (
    CVaR,
    CVaRLimit,
    CVaRTerm,
    InfeasibleError,
    LinearLoss,
    LinearProgram,
    PositivePartLoss,
    Recourse,
    RunningMaxLoss,
    SolutionStatus,
    TailProgram,
    TwoStageProgram,
    UnboundedError,
    solve_highs,
    solve_recourse,
)
from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.solution import Solution, Termination


def test_newsvendor_as_a_tail() -> None:
    """min CVaR_a of |x - d|-like losses: the confidence 0 CVaR is the mean; d = 1..9, the median 5 is best."""
    demand = np.arange(1.0, 10.0)
    over = LinearLoss(np.ones((9, 1)), -demand)
    under = LinearLoss(-np.ones((9, 1)), demand)
    terms = [
        CVaRTerm("over", PositivePartLoss((over,)), 0.0, 1.0),
        CVaRTerm("under", PositivePartLoss((under,)), 0.0, 1.0),
    ]
    solution = TailProgram(box([0.0], 0.0, 10.0), terms, []).solve(np.zeros(1), 1e-10)
    assert solution.x[0] == pytest.approx(5.0)
    assert solution.objective == pytest.approx(20 / 9)
    assert solution.gap == pytest.approx(0.0, abs=1e-9)


def test_newsvendor_normal() -> None:
    """known_answers.md: N(100, 20), 8 short and 2 over per unit: q* = 116.832425, cost 55.992384."""
    from scipy.stats import norm

    demand = norm.ppf((np.arange(50_000) + 0.5) / 50_000, 100, 20)
    ones = np.ones((len(demand), 1))
    terms = [
        CVaRTerm("over", PositivePartLoss((LinearLoss(ones, -demand),)), 0.0, 2.0),
        CVaRTerm("under", PositivePartLoss((LinearLoss(-ones, demand),)), 0.0, 8.0),
    ]
    solution = TailProgram(box([0.0], 0.0, 300.0), terms, []).solve(np.zeros(1))
    assert solution.objective == pytest.approx(55.992384, rel=1e-4)
    assert solution.x[0] == pytest.approx(116.832425, abs=0.02)


def _explicit(program: LinearProgram, paths: tuple[np.ndarray, np.ndarray], confidence: float) -> float:
    """min cost x + CVaR(running max of the paths) written out with value at risk and shortfalls."""
    constant, coefficients = np.cumsum(paths[0], axis=1), np.cumsum(paths[1], axis=1)
    n_scenarios, n_periods, k = coefficients.shape
    n = k + 1 + 2 * n_scenarios
    rows, low = [], []
    for s in range(n_scenarios):
        for t in range(n_periods):
            row = np.zeros(n)
            row[:k], row[k + 1 + s] = -coefficients[s, t], 1.0
            rows.append(row)
            low.append(constant[s, t])
        row = np.zeros(n)
        row[k + 1 + n_scenarios + s], row[k + 1 + s], row[k] = 1.0, -1.0, 1.0
        rows.append(row)
        low.append(0.0)
    cost = np.concatenate(
        [program.cost, [1.0], np.zeros(n_scenarios), np.full(n_scenarios, 1 / (n_scenarios * (1 - confidence)))]
    )
    lower = np.concatenate([program.lower, [-np.inf], np.zeros(2 * n_scenarios)])
    upper = np.concatenate([program.upper, np.full(1 + 2 * n_scenarios, np.inf)])
    whole = LinearProgram(
        cost, lower, upper, csr_array(np.array(rows)), np.array(low), np.full(len(low), np.inf),
        tuple(map(str, range(n))), tuple(map(str, range(len(low)))),
    )  # fmt: skip
    return solve_highs(whole).objective


@pytest.mark.parametrize("seed", range(8))
def test_running_maximum_equals_the_explicit_program(seed: int) -> None:
    rng = np.random.default_rng(seed)
    paths = rng.normal(size=(30, 3)), rng.normal(size=(30, 3, 2))
    program = box([0.1, -0.2], -2.0, 3.0)
    loss = RunningMaxLoss.of_increments(paths[1], paths[0], np.array([0, 1]))
    solution = TailProgram(program, [CVaRTerm("loss", loss, 0.83, 1.0)], []).solve(np.zeros(2), 1e-8)
    assert solution.objective == pytest.approx(_explicit(program, paths, 0.83), abs=1e-6)
    assert solution.bound <= solution.objective + 1e-9


def test_limit_binds_and_has_its_price() -> None:
    """max x with CVaR_0.5(x z) <= 3, z = 1..4: the tail mean is 3.5, x = 6/7, and a unit more gives 1/3.5."""
    loss = LinearLoss(np.arange(1.0, 5.0)[:, None])
    limit = CVaRLimit("tail", loss, 0.5, np.zeros(1), 3.0)
    solution = TailProgram(box([-1.0], 0.0, 10.0), [], [limit]).solve(np.zeros(1))
    assert solution.x[0] == pytest.approx(6 / 7)
    assert solution.duals["tail"] == pytest.approx(-1 / 3.5)
    assert solution.violation <= 1e-7


def test_no_common_point_is_a_proof() -> None:
    loss = LinearLoss(np.zeros((2, 1)), np.array([1.0, 2.0]))
    program = TailProgram(box([1.0], 0.0, 1.0), [], [CVaRLimit("tail", loss, 0.0, np.zeros(1), 1.0)])
    with pytest.raises(InfeasibleError, match=r"Conflicting: tail\. Relax or remove"):
        program.solve(np.zeros(1))


def test_unbounded_says_what_to_do() -> None:
    with pytest.raises(UnboundedError, match="bound the variables"):
        solve_highs(box([-1.0], 0.0, np.inf))


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="cost has length 1, the matrix asks 2"):
        LinearProgram(
            np.ones(1), np.zeros(2), np.ones(2), csr_array((0, 2)), np.zeros(0), np.zeros(0), ("a", "b"), ()
        )


def test_a_column_named_twice_counts_twice() -> None:
    """loss = 1 - x - x: the gradient is -2, so x = 0.5 makes the tail zero."""
    for loss in (
        LinearLoss(-np.ones((4, 2)), np.ones(4), np.array([0, 0])),
        RunningMaxLoss.of_increments(-np.ones((4, 1, 2)), np.ones((4, 1)), np.array([0, 0])),
    ):
        limit = CVaRLimit("loss", loss, 0.5, np.zeros(1), 0.0)
        solution = TailProgram(box([1.0], 0.0, 10.0), [], [limit]).solve(np.zeros(1))
        assert solution.x[0] == pytest.approx(0.5)


def test_newsvendor_of_the_known_answers() -> None:
    """min 2 (b - E[C]) + 10 E[(C - b)+] over N(100, 20): 55.992384 at the 0.8 quantile 116.832425."""
    n = 200_000
    cost = norm.ppf((np.arange(n) + 0.5) / n, 100, 20)
    over = PositivePartLoss((LinearLoss(-np.ones((n, 1)), cost),))
    program = replace(box([2.0], 0.0, 300.0), column_names=("b",))
    solution = TailProgram(program, [CVaRTerm("short", over, 0.0, 10.0)], []).solve(np.array([100.0]), 1e-9)
    assert solution.objective - 2 * cost.mean() == pytest.approx(55.992384, abs=1e-4)
    assert solution.x[0] == pytest.approx(116.832425, abs=0.01)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), confidence=st.floats(0.0, 0.95), uneven=st.booleans())
def test_agrees_with_the_programcvar_written_out(seed: int, confidence: float, uneven: bool) -> None:
    losses, program = positions(seed, 60, 5)
    p = np.random.default_rng(seed).random(60) + 0.01 if uneven else np.ones(60)
    p /= p.sum()
    term = CVaRTerm("tail", LinearLoss(losses), confidence, 1.0)
    ours = TailProgram(program, [term], [], probabilities=p if uneven else None).solve(np.full(5, 0.2), 1e-8)
    assert ours.objective == pytest.approx(
        solve_highs(cvar_written_out(losses, program, confidence, p)).objective, abs=1e-6
    )
    assert ours.bound <= ours.objective + 1e-9
    assert ours.status is SolutionStatus.OPTIMAL


@pytest.mark.parametrize("seed", range(4))
def test_whole_numbers(seed: int) -> None:
    """Two of six positions, each half: against the mixed-integer program written out."""
    losses, program = positions(seed, 40, 6)
    whole = replace(program, row_lower=np.array([2.0]), row_upper=np.array([2.0]), integer=np.ones(6, dtype=bool))
    ours = TailProgram(whole, [CVaRTerm("tail", LinearLoss(losses / 2), 0.9, 1.0)], []).solve(np.full(6, 1 / 3))
    exact = solve_highs(cvar_written_out(losses / 2, whole, 0.9, np.full(40, 1 / 40)))
    assert ours.objective == pytest.approx(exact.objective, rel=1e-5)
    np.testing.assert_allclose(ours.x, np.round(ours.x), atol=1e-6)


def test_single_precision_is_summed_in_double() -> None:
    losses, program = positions(1, 40_000, 8)
    single = losses.astype(np.float32)
    values = [
        TailProgram(program, [CVaRTerm("tail", LinearLoss(matrix), 0.95, 1.0)], [])
        .solve(np.full(8, 1 / 8))
        .objective
        for matrix in (single, single.astype(np.float64))
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-9)


def test_a_point_that_violates_is_bound_only_and_can_be_restored() -> None:
    """b must cover CVaR of 1..4 at 0.5, which is 3.5; a restore that takes half a unit away is judged, not believed."""
    loss = LinearLoss(np.zeros((4, 1)), np.arange(1.0, 5.0))
    limit = CVaRLimit("cover", loss, 0.5, np.array([-1.0]), 0.0)
    program = TailProgram(box([1.0], 0.0, 10.0), [], [limit])
    held = program.solve(np.zeros(1))
    assert held.objective == pytest.approx(3.5)
    assert program.excess(np.array([3.0])) == {"cover": pytest.approx(0.5)}
    judged = TailProgram(box([1.0], 0.0, 10.0), [], [limit], restore=lambda x: x - 0.5).solve(np.zeros(1))
    assert judged.status is SolutionStatus.BOUND_ONLY
    assert judged.gap is None
    assert judged.violation == pytest.approx(0.5)


def test_elastic_names_who_must_yield() -> None:
    """Tail 3.5 against a limit of 3 on the same x: half a unit is missing, the other limit holds its ground."""
    loss = LinearLoss(np.zeros((4, 1)), np.arange(1.0, 5.0))
    limits = [
        CVaRLimit("tight", loss, 0.5, np.zeros(1), 3.0),
        CVaRLimit("wide", loss, 0.5, np.zeros(1), 5.0),
    ]
    program = TailProgram(box([1.0], 0.0, 1.0), [], limits)
    with pytest.raises(InfeasibleError) as caught:
        program.solve(np.zeros(1))
    assert caught.value.conflict == ("tight",)
    assert program.elastic(np.zeros(1)) == {"tight": pytest.approx(0.5), "wide": pytest.approx(0.0)}


def test_two_stage_and_tail_agree() -> None:
    """A newsvendor with CVaR as a two-stage program and as positive parts."""
    demand = np.random.default_rng(4).gamma(4.0, 25.0, 80)
    scenarios = tuple(
        Recourse(
            np.array([8.0, 2.0]), np.zeros(2), np.full(2, np.inf), csr_array([[1.0, -1.0]]), csr_array([[1.0]]),
            np.array([d]), np.array([d]),
        )
        for d in demand
    )  # fmt: skip
    two_stage = TwoStageProgram(box([1.0], 0.0, 500.0), scenarios, np.full(80, 1 / 80))
    ones = np.ones((80, 1))
    loss = PositivePartLoss((LinearLoss(-8 * ones, 8 * demand), LinearLoss(2 * ones, -2 * demand)))
    for confidence in (0.0, 0.5, 0.9):
        tail = TailProgram(box([1.0], 0.0, 500.0), [CVaRTerm("cost", loss, confidence, 1.0)], [])
        for method in ("extensive", "l-shaped"):
            whole = solve_recourse(two_stage, method=method, risk=CVaR(confidence), gap=1e-8)  # type: ignore[arg-type]
            assert tail.solve(np.zeros(1), 1e-8).objective == pytest.approx(whole.objective, rel=1e-6)


def test_an_interrupted_run_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS that was stopped has no point; going on from it ended in a traceback about losses that are not finite."""
    solve = HighsSession.solve

    def stopped(self: HighsSession, **keywords: bool) -> Solution:
        """The solution as an interrupt leaves it."""
        found = solve(self, **keywords)
        return replace(found, termination=Termination.INTERRUPTED, x=np.full_like(found.x, np.nan))

    monkeypatch.setattr(HighsSession, "solve", stopped)
    with pytest.raises(KeyboardInterrupt):
        test_newsvendor_as_a_tail()
