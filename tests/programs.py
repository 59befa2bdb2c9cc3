"""Small linear programs with tails and two-stage programs, by a seed."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram


def box(cost: list[float], lower: float, upper: float) -> LinearProgram:
    """Columns between two bounds, without rows."""
    n = len(cost)
    return LinearProgram(
        np.array(cost), np.full(n, lower), np.full(n, upper), csr_array((0, n)), np.zeros(0), np.zeros(0),
        tuple(f"x{i}" for i in range(n)), (),
    )  # fmt: skip


def positions(seed: int, n: int, k: int) -> tuple[np.ndarray, LinearProgram]:
    """Losses of k positions, a budget of one; heavy common factor."""
    rng = np.random.default_rng(seed)
    losses = (
        rng.standard_t(5, (n, 1)) * rng.uniform(0.5, 1.5, k) + rng.normal(size=(n, k)) - rng.uniform(0, 0.3, k)
    )
    program = LinearProgram(
        np.zeros(k), np.zeros(k), np.ones(k), csr_array(np.ones((1, k))), np.ones(1), np.ones(1),
        tuple(f"x{i}" for i in range(k)), ("budget",),
    )  # fmt: skip
    return losses, program


def cvar_written_out(
    losses: np.ndarray, program: LinearProgram, confidence: float, p: np.ndarray
) -> LinearProgram:
    """The same program as one: threshold and an excess per scenario."""
    n, k = losses.shape
    rows = np.hstack([losses, -np.ones((n, 1)), -np.eye(n)])
    own = np.hstack([program.matrix.toarray(), np.zeros((1, 1 + n))])
    whole = None if program.integer is None else np.append(program.integer, np.zeros(1 + n, dtype=bool))
    return LinearProgram(
        np.concatenate([program.cost, [1.0], p / (1 - confidence)]),
        np.concatenate([program.lower, [-np.inf], np.zeros(n)]),
        np.concatenate([program.upper, np.full(1 + n, np.inf)]),
        csr_array(np.vstack([own, rows])),
        np.concatenate([program.row_lower, np.full(n, -np.inf)]),
        np.concatenate([program.row_upper, np.zeros(n)]),
        tuple(map(str, range(k + 1 + n))), tuple(map(str, range(1 + n))), whole,
    )  # fmt: skip


def random_program(seed: int, n_scenarios: int = 8, *, complete: bool = True) -> TwoStageProgram:
    """Covering demand; without complete recourse a first stage that is too small cannot be mended."""
    rng = np.random.default_rng(seed)
    n_x, n_y, n_rows = 4, 5, 3
    first = LinearProgram(
        rng.uniform(1, 3, n_x), np.zeros(n_x), np.full(n_x, 10.0), csr_array(rng.uniform(0, 1, (1, n_x))),
        np.array([-np.inf]), np.array([6.0]), tuple(f"x{i}" for i in range(n_x)), ("headroom",),
    )  # fmt: skip
    own = rng.uniform(0, 2, (n_rows, n_y))
    matrix = np.hstack([own, np.eye(n_rows)]) if complete else own
    extra = np.full(n_rows, 20.0) if complete else np.zeros(0)
    scenarios = tuple(
        Recourse(
            np.concatenate([rng.uniform(1, 4, n_y), extra]), np.zeros(matrix.shape[1]),
            np.full(matrix.shape[1], np.inf if complete else 2.0), csr_array(matrix),
            csr_array(rng.uniform(0.2, 2, (n_rows, n_x))), rng.uniform(2, 8, n_rows), np.full(n_rows, np.inf),
        )
        for _ in range(n_scenarios)
    )  # fmt: skip
    p = rng.random(n_scenarios) + 0.05
    return TwoStageProgram(first, scenarios, p / p.sum())


def newsvendor(rng: np.random.Generator, n: int = 100) -> TwoStageProgram:
    """Demand N(100, 20), 8 per unit short, 2 per unit over."""
    first = LinearProgram(
        np.zeros(1), np.zeros(1), np.full(1, 500.0), csr_array((0, 1)), np.zeros(0), np.zeros(0), ("q",), ()
    )
    scenarios = tuple(
        Recourse(
            np.array([8.0, 2.0]), np.zeros(2), np.full(2, np.inf), csr_array([[1.0, -1.0]]), csr_array([[1.0]]),
            np.array([d]), np.array([d]),
        )
        for d in rng.normal(100, 20, n)
    )  # fmt: skip
    return TwoStageProgram(first, scenarios, np.full(n, 1 / n))
