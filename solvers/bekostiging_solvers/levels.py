"""The linear programs by which the nucleolus is found, one per level of unhappiness."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.highs import solve_highs
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.solution import Solution
from bekostiging_solvers.typing import BoolArray, FloatArray

POSITIVE = 1e-7
"""Dual above which a coalition counts as tight in every optimum."""
SETTLED = 1e-12
"""Squared distance to the fixed coalitions below which an indicator lies in their span."""


class Levels:
    """The lexicographic programs: fixed coalitions, and a working set of the others."""

    def __init__(self, n: int, total: float, upper: FloatArray) -> None:
        self.n, self.total, self.upper = n, total, upper
        self.fixed: list[FloatArray] = [np.ones(n)]
        self.fixed_sum: list[float] = [total]
        self.working: list[FloatArray] = []
        self.working_cost: list[float] = []

    @property
    def rank(self) -> int:
        """Dimensions of x that are settled."""
        return int(np.linalg.matrix_rank(np.array(self.fixed)))

    def settled(self, members: FloatArray) -> BoolArray:
        """Whether the sums over coalitions (k, n) follow from the fixed ones."""
        basis = _orthonormal(np.array(self.fixed))
        left = members - (members @ basis) @ basis.T
        return np.asarray((left**2).sum(axis=1) < SETTLED)

    def add(self, members: FloatArray, cost: float) -> None:
        """Add a coalition to the working set."""
        self.working.append(members)
        self.working_cost.append(cost)

    def solve(self) -> Solution:
        """min t with x(S) - t <= cost of the working set, fixed sums, and what each may pay at most.

        Solved in units of the largest cost, rounded to a power of two so that nothing is lost: HiGHS keeps to an absolute
        tolerance, which tens of millions of euros do not meet.
        """
        largest = np.abs([1.0, *self.fixed_sum, *self.working_cost]).max()
        unit = 2.0 ** np.ceil(np.log2(largest))
        rows = np.array([*self.fixed, *self.working]).reshape(-1, self.n)
        on_level = np.concatenate([np.zeros(len(self.fixed)), -np.ones(len(self.working))])
        low = np.concatenate([self.fixed_sum, np.full(len(self.working), -INFINITY)])
        high = np.concatenate([self.fixed_sum, self.working_cost])
        scaled = solve_highs(
            LinearProgram(
                np.append(np.zeros(self.n), 1.0),
                np.full(self.n + 1, -INFINITY),
                np.append(self.upper / unit, INFINITY),
                csr_array(np.column_stack([rows, on_level])),
                low / unit,
                high / unit,
                tuple(f"x{i}" for i in range(self.n + 1)),
                tuple(f"S{i}" for i in range(len(rows))),
            )
        )
        return replace(scaled, x=scaled.x * unit, objective=scaled.objective * unit, bound=scaled.bound * unit)

    def fix_tight(self, solution: Solution) -> None:
        """Fix the coalitions with a positive dual at this level, and drop what follows from them."""
        duals = -solution.duals[len(self.fixed) :]
        tight = np.flatnonzero(duals > POSITIVE)
        for index in tight:
            members = self.working[index]
            if not self.settled(members[None, :])[0]:
                self.fixed.append(members)
                self.fixed_sum.append(self.working_cost[index] + float(solution.x[-1]))
        keep = np.flatnonzero(~self.settled(np.array(self.working)))
        self.working = [self.working[i] for i in keep]
        self.working_cost = [self.working_cost[i] for i in keep]


def _orthonormal(rows: FloatArray) -> FloatArray:
    """Orthonormal basis of the row space; (n, rank)."""
    _, singular, right = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(right[singular > 1e-9 * singular[0]].T)
