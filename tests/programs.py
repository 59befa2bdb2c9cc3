"""Small linear programs with tails, by a seed."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers import LinearProgram


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
