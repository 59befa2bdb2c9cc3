"""The level step of a cutting-plane method, in the box norm.

Lemaréchal, Nemirovskii and Nesterov (1995), doi:10.1007/BF01585555: the next point is the one nearest to the best point
held among those the master puts at or below a level; in the box norm that is a linear program.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.solution import SolverError
from bekostiging_solvers.typing import FloatArray, IntArray


class LevelStep:
    """The nearest point at a level, kept in HiGHS so that each step starts from the basis of the one before.

    ``master``: its first ``n_x`` columns are x; cuts are added as they are found. The last column is the distance.
    """

    def __init__(self, master: LinearProgram, n_x: int) -> None:
        self._n, n_all = n_x, len(master.cost)
        self._width = n_all + 1
        n_rows = master.matrix.shape[0]
        box: csr_array = hstack([csr_array(np.eye(n_x)), csr_array((n_x, n_all - n_x))])
        one = csr_array(np.ones((n_x, 1)))
        inner = vstack([master.matrix, csr_array(master.cost[None, :])])
        matrix = vstack([hstack([inner, csr_array((n_rows + 1, 1))]), hstack([box, -one]), hstack([box, one])])
        far = np.full(n_x, INFINITY)
        program = LinearProgram(
            np.append(np.zeros(n_all), 1.0),
            np.append(master.lower, 0.0),
            np.append(master.upper, INFINITY),
            csr_array(matrix),
            np.concatenate([master.row_lower, [-INFINITY], -far, -far]),
            np.concatenate([master.row_upper, [INFINITY], far, far]),
            tuple(f"x{i}" for i in range(n_all + 1)),
            tuple(f"r{i}" for i in range(n_rows + 1 + 2 * n_x)),
        )
        self._session = HighsSession(program)
        self._level = np.array([n_rows])
        self._above = n_rows + 1 + np.arange(n_x)
        self._below = self._above + n_x

    def add_rows(self, lower: FloatArray, rows: csr_array) -> None:
        """Cuts: ``rows x >= lower``; (n, columns of the master), (n,)."""
        wide = csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], self._width))
        self._session.add_rows(lower, wide)

    def free(self, columns: IntArray) -> None:
        """Lift the bounds of columns."""
        far = np.full(len(columns), INFINITY)
        self._session.change_bounds(columns, -far, far)

    def nearest(self, centre: FloatArray, level: float) -> FloatArray | None:
        """The x nearest to ``centre`` (n_x,) with a master value of at most ``level``; None if there is none."""
        far = np.full(self._n, INFINITY)
        self._session.change_rows(self._level, np.array([-INFINITY]), np.array([level]))
        self._session.change_rows(self._above, -far, centre)
        self._session.change_rows(self._below, centre, far)
        try:
            return self._session.solve(name_conflict=False).x[: self._n]
        except SolverError:
            return None
