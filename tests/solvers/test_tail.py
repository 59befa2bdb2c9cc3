"""TailProgram: closed forms, then the explicit linear program, on random data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from bekostiging_solvers import (
    CVaRLimit,
    CVaRTerm,
    InfeasibleError,
    LinearLoss,
    LinearProgram,
    PositivePartLoss,
    RunningMaxLoss,
    TailProgram,
    UnboundedError,
    solve_highs,
)


def _box(cost: list[float], lower: float, upper: float) -> LinearProgram:
    n = len(cost)
    return LinearProgram(
        np.array(cost), np.full(n, lower), np.full(n, upper), csr_array((0, n)), np.zeros(0), np.zeros(0),
        tuple(f"x{i}" for i in range(n)), (),
    )  # fmt: skip


def test_newsvendor_as_a_tail() -> None:
    """min CVaR_a of |x - d|-like losses: the confidence 0 CVaR is the mean; d = 1..9, the median 5 is best."""
    demand = np.arange(1.0, 10.0)
    over = LinearLoss(-demand, np.ones((9, 1)), np.array([0]))
    under = LinearLoss(demand, -np.ones((9, 1)), np.array([0]))
    terms = [
        CVaRTerm("over", PositivePartLoss(over), 0.0, 1.0),
        CVaRTerm("under", PositivePartLoss(under), 0.0, 1.0),
    ]
    solution = TailProgram(_box([0.0], 0.0, 10.0), terms, []).solve(np.zeros(1))
    assert solution.x[0] == pytest.approx(5.0)
    assert solution.objective == pytest.approx(20 / 9)
    assert solution.gap == pytest.approx(0.0, abs=1e-9)


def test_newsvendor_normal() -> None:
    """known_answers.md: N(100, 20), 8 short and 2 over per unit: q* = 116.832425, cost 55.992384."""
    from scipy.stats import norm

    demand = norm.ppf((np.arange(50_000) + 0.5) / 50_000, 100, 20)
    ones = np.ones((len(demand), 1))
    terms = [
        CVaRTerm("over", PositivePartLoss(LinearLoss(-demand, ones, np.array([0]))), 0.0, 2.0),
        CVaRTerm("under", PositivePartLoss(LinearLoss(demand, -ones, np.array([0]))), 0.0, 8.0),
    ]
    solution = TailProgram(_box([0.0], 0.0, 300.0), terms, []).solve(np.zeros(1))
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
    program = _box([0.1, -0.2], -2.0, 3.0)
    loss = RunningMaxLoss.of_increments(*paths, np.array([0, 1]))
    solution = TailProgram(program, [CVaRTerm("loss", loss, 0.83, 1.0)], []).solve(np.zeros(2))
    assert solution.objective == pytest.approx(_explicit(program, paths, 0.83), abs=1e-6)
    assert solution.bound <= solution.objective + 1e-9


def test_limit_binds_and_has_its_price() -> None:
    """max x with CVaR_0.5(x z) <= 3, z = 1..4: the tail mean is 3.5, x = 6/7, and a unit more gives 1/3.5."""
    loss = LinearLoss(np.zeros(4), np.arange(1.0, 5.0)[:, None], np.array([0]))
    limit = CVaRLimit("tail", loss, 0.5, np.zeros(1), 3.0)
    solution = TailProgram(_box([-1.0], 0.0, 10.0), [], [limit]).solve(np.zeros(1))
    assert solution.x[0] == pytest.approx(6 / 7)
    assert solution.duals["tail"] == pytest.approx(-1 / 3.5)
    assert solution.violation <= 1e-7


def test_no_common_point_is_a_proof() -> None:
    loss = LinearLoss(np.array([1.0, 2.0]), np.zeros((2, 1)), np.array([0]))
    program = TailProgram(_box([1.0], 0.0, 1.0), [], [CVaRLimit("tail", loss, 0.0, np.zeros(1), 1.0)])
    with pytest.raises(InfeasibleError, match=r"Conflicting: tail\. Relax or remove"):
        program.solve(np.zeros(1))


def test_unbounded_says_what_to_do() -> None:
    with pytest.raises(UnboundedError, match="bound the variables"):
        solve_highs(_box([-1.0], 0.0, np.inf))


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="cost has length 1, the matrix asks 2"):
        LinearProgram(
            np.ones(1), np.zeros(2), np.ones(2), csr_array((0, 2)), np.zeros(0), np.zeros(0), ("a", "b"), ()
        )


def test_a_column_named_twice_counts_twice() -> None:
    """loss = 1 - x - x: the gradient is -2, so x = 0.5 makes the tail zero."""
    for loss in (
        LinearLoss(np.ones(4), -np.ones((4, 2)), np.array([0, 0])),
        RunningMaxLoss.of_increments(np.ones((4, 1)), -np.ones((4, 1, 2)), np.array([0, 0])),
    ):
        limit = CVaRLimit("loss", loss, 0.5, np.zeros(1), 0.0)
        solution = TailProgram(_box([1.0], 0.0, 10.0), [], [limit]).solve(np.zeros(1))
        assert solution.x[0] == pytest.approx(0.5)
