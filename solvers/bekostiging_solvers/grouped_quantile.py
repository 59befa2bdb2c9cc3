"""Quantile fits where many observations have equal rows: one convex function of one number per distinct row.

The loss of all observations with row x is a piecewise linear function of the fitted value x b, read off sorted sums. Its
tangents make a linear program in b that is a relaxation: its value is the lower bound, and tangents are added at its
solution until they touch (Kelley 1960, doi:10.1137/0108053).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, hstack

from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.solution import Solution, SolverError
from bekostiging_solvers.typing import FloatArray, IntArray

FIRST = 33
"""Quantiles of every group where it is touched before the first solve."""
MOST_PASSES = 500
GAP = 1e-11
"""Of objective and bound, relative: where tangents count as touching; rows hold to a tenth of it."""


class GroupLosses:
    """Losses of groups as functions of their fitted value.

    ``place`` (n,): group of each observation; ``target``, ``above``, ``below`` (n,) as in ``fit_quantile``.
    """

    def __init__(self, place: IntArray, target: FloatArray, above: FloatArray, below: FloatArray) -> None:
        order = np.lexsort((target, place))
        self.n_groups = int(place.max()) + 1
        ends = np.cumsum(np.bincount(place, minlength=self.n_groups))
        self.first = np.concatenate([[0], ends[:-1]])
        self.target = [target[order[low:high]] for low, high in zip(self.first, ends, strict=True)]
        self._sums = [
            tuple(
                np.concatenate([[0.0], np.cumsum(values[order[low:high]])])
                for values in (above, above * target, below, below * target)
            )
            for low, high in zip(self.first, ends, strict=True)
        ]

    def tangent(self, group: int, at: float) -> tuple[float, float]:
        """Loss of a group and a slope of it at a fitted value."""
        over, over_target, under, under_target = self._sums[group]
        k = int(np.searchsorted(self.target[group], at))
        slope_above, slope_below = over[-1] - over[k], under[k]
        loss = (over_target[-1] - over_target[k]) - slope_above * at + slope_below * at - under_target[k]
        return float(loss), float(slope_below - slope_above)


def fit_groups(rows: FloatArray, losses: GroupLosses, program: LinearProgram) -> Solution:
    """Minimise the losses at ``rows`` (n_groups, k) times b, plus the cost of b, under the program on b.

    Raises
    ------
    InfeasibleError, UnboundedError
        As HiGHS finds them; ``conflict`` names rows of the program.
    SolverError
        No convergence.
    """
    k, n = len(program.cost), losses.n_groups
    session = HighsSession(_relaxation(program, n))

    def touch(group: int, at: float) -> tuple[float, float]:
        """Add the tangent of a group at a value."""
        loss, slope = losses.tangent(group, at)
        columns = np.flatnonzero(rows[group])
        session.add_row(
            loss - slope * at,
            INFINITY,
            np.append(columns, k + group),
            np.append(-slope * rows[group, columns], 1.0),
        )
        return loss, slope

    for group in range(n):
        own = losses.target[group]
        for at in np.unique(np.quantile(own, np.linspace(0, 1, FIRST))):
            touch(group, float(at))
    for _ in range(MOST_PASSES):
        solution = session.solve()
        b, held = solution.x[:k], solution.x[k:]
        values = rows @ b
        found = np.array([losses.tangent(group, float(values[group]))[0] for group in range(n)])
        objective = float(found.sum() + program.cost @ b)
        bound = min(solution.objective, objective)
        if objective - bound <= GAP * abs(objective):
            return replace(
                solution,
                x=b,
                objective=objective,
                bound=bound,
                gap=(objective - bound) / max(1.0, abs(objective)),
                duals=solution.duals[: len(program.row_lower)],
                reduced_costs=solution.reduced_costs[:k],
            )
        for place in np.flatnonzero(found > held + GAP * abs(objective) / (10 * n)):
            touch(int(place), float(values[place]))
    raise SolverError(f"quantile fit: objective {objective:.12g} and bound {bound:.12g} did not meet")


def _relaxation(program: LinearProgram, n_groups: int) -> LinearProgram:
    """The program with a loss of at least zero per group."""
    n_rows = len(program.row_lower)
    matrix = csr_array(hstack([program.matrix, csr_array((n_rows, n_groups))]))
    return LinearProgram(
        np.concatenate([program.cost, np.ones(n_groups)]),
        np.concatenate([program.lower, np.zeros(n_groups)]),
        np.concatenate([program.upper, np.full(n_groups, INFINITY)]),
        matrix,
        program.row_lower,
        program.row_upper,
        (*program.column_names, *(f"loss[{g}]" for g in range(n_groups))),
        program.row_names,
    )
