"""The level step of a cutting-plane method, in the box norm.

Lemaréchal, Nemirovskii and Nesterov (1995), doi:10.1007/BF01585555: the next point is the one nearest to the best point
held among those the master puts at or below a level; in the box norm that is a linear program.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.highs import SolverError, solve_highs
from bekostiging_solvers.linear_program import INFINITY, LinearProgram

FloatArray = NDArray[np.float64]


def nearest_at_level(
    master: LinearProgram, cuts: csr_array, constants: FloatArray, centre: FloatArray, level: float
) -> FloatArray | None:
    """The x nearest to ``centre`` with a master value of at most ``level``; None if there is none.

    ``master``: its first ``len(centre)`` columns are x; ``cuts`` (n_cuts, n_columns) x >= ``constants`` (n_cuts,).
    """
    n, n_all = len(centre), len(master.cost)
    box: csr_array = hstack([csr_array(np.eye(n)), csr_array((n, n_all - n))])
    one = csr_array(np.ones((n, 1)))
    inner = vstack([master.matrix, cuts, csr_array(master.cost[None, :])])
    matrix = vstack([hstack([inner, csr_array((inner.shape[0], 1))]), hstack([box, -one]), hstack([box, one])])
    far = np.full(n, INFINITY)
    row_lower = np.concatenate([master.row_lower, constants, [-INFINITY], -far, centre])
    row_upper = np.concatenate([master.row_upper, np.full(len(constants), INFINITY), [level], centre, far])
    program = LinearProgram(
        np.append(np.zeros(n_all), 1.0),
        np.append(master.lower, 0.0),
        np.append(master.upper, INFINITY),
        csr_array(matrix),
        row_lower,
        row_upper,
        tuple(f"x{i}" for i in range(n_all + 1)),
        tuple(f"r{i}" for i in range(len(row_lower))),
    )
    try:
        return solve_highs(program).x[:n]
    except SolverError:
        return None
