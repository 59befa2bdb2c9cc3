"""The master of the L-shaped method: first stage and thetas, each above the cuts found so far.

A theta belongs to a part of the second stage and a group of scenarios. In expectation and with one cut for all it is the
weighted cost of its group; with a cut per scenario under CVaR it is the cost of a scenario, the risk measure a linear
program in the thetas.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from bekostiging_solvers.equilibration import DROPPED
from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.level import LevelStep
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.risk import CVaR, Expectation, MeanCVaR, RiskMeasure, measure_of, measure_weights
from bekostiging_solvers.second_stages import SecondStages, Values
from bekostiging_solvers.solution import InfeasibleError, Solution, UnboundedError
from bekostiging_solvers.two_stage import TwoStageProgram
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

BOX = 1e6
"""Box of x while the cuts leave the master unbounded."""
MOST_BOXES = 50
CUT = 1e-9
"""Relative amount by which a cut must improve theta to be added."""
CANCELLED = 1e-12
"""Beside the largest slope of a cut: a sum of duals times coefficients is no more exact than this."""


class Master:
    """``relaxed``: the program without cuts; ``n_x`` columns x, then the thetas; ``time_limit``: seconds of a run."""

    def __init__(
        self, program: TwoStageProgram, risk: RiskMeasure, n_groups: int, n_parts: int, time_limit: float | None
    ) -> None:
        self.program, self.risk = program, risk
        # neighbours are spread over the groups
        self._group = np.arange(program.n_scenarios) % n_groups
        self.n_x, self.n, self._n_groups = len(program.first.cost), n_parts * n_groups, n_groups
        self._by_scenario = not isinstance(risk, Expectation) and n_groups > 1
        """Whether thetas are costs of scenarios, under a tail of their own."""
        self.relaxed = _without_cuts(program, risk, n_parts, n_groups, by_scenario=self._by_scenario)
        self._time_limit = time_limit
        self.session = HighsSession(self.relaxed, time_limit=time_limit)
        self._step = LevelStep(self.relaxed, self.n_x)
        self.known = np.zeros(self.n, dtype=np.bool_)
        self.without_recourse: set[int] = set()
        self._cuts: list[tuple[FloatArray, IntArray, csr_array]] = []
        """Constants, thetas (-1 = none) and slopes (n_cuts, n_x) of the cuts added at each point."""
        self._boxes, self._boxed = 0, False

    @property
    def bounding(self) -> bool:
        """Whether the master's value is a lower bound: every theta has a cut, and the last run was whole."""
        return bool(self.known.all()) and not self._boxed

    def solve(self) -> Solution:
        """Run the master; its cost counts once every theta has a cut, before that any point of x will do.

        Cuts found so far may leave it unbounded where the program is not: then a point of a large box is taken.
        """
        cost = self.relaxed.cost
        self.session.change_costs(np.arange(len(cost)), cost if self.known.all() else np.zeros_like(cost))
        self._boxed = False
        try:
            return self.session.solve(accept_limit=True)
        except UnboundedError:
            if self._boxes == MOST_BOXES:
                raise
        self._boxes += 1
        self._boxed = True
        own, first = np.arange(self.n_x), self.program.first
        self.session.change_bounds(own, np.maximum(first.lower, -BOX), np.minimum(first.upper, BOX))
        try:
            return self.session.solve(accept_limit=True)
        finally:
            self.session.change_bounds(own, first.lower, first.upper)

    def with_cuts(self, integer: BoolArray) -> LinearProgram:
        """The master with its cuts as a program of its own, some columns of x whole."""
        n_rest = len(self.relaxed.cost) - self.n_x
        rows = vstack([self._rows(*cuts) for cuts in self._cuts])
        thetas = slice(self.n_x, self.n_x + self.n)
        lower, upper = self.relaxed.lower.copy(), self.relaxed.upper.copy()
        lower[thetas] = np.where(self.known, -INFINITY, lower[thetas])
        upper[thetas] = np.where(self.known, INFINITY, upper[thetas])
        constants = np.concatenate([constants for constants, _, _ in self._cuts])
        return replace(
            self.relaxed,
            lower=lower,
            upper=upper,
            matrix=csr_array(vstack([self.relaxed.matrix, rows])),
            row_lower=np.concatenate([self.relaxed.row_lower, constants]),
            row_upper=np.concatenate([self.relaxed.row_upper, np.full(len(constants), INFINITY)]),
            row_names=(*self.relaxed.row_names, *(f"cut[{i}]" for i in range(len(constants)))),
            integer=np.concatenate([integer, np.zeros(n_rest, dtype=np.bool_)]),
        )

    def value(self, x: FloatArray) -> float:
        """What master and cuts say of the objective at x; minus infinity before every theta has a cut."""
        if not self.known.all():
            return -np.inf
        thetas = self._cut_values(x)
        if self._by_scenario:
            costs = float(self.program.first.cost @ x) + thetas.reshape(-1, self._n_groups).sum(axis=0)
            return measure_of(costs, self.risk, self.program.probabilities)
        return float(self.relaxed.cost[: self.n_x] @ x + thetas.sum())

    def add_cuts(self, parts: list[SecondStages], found: list[Values], x: FloatArray) -> bool:
        """Add what the parts of the second stages say at x, where it is news; whether anything was."""
        by_cuts, before = self._cut_values(x), len(self._cuts)
        for number, (stages, own) in enumerate(zip(parts, found, strict=True)):
            without = np.flatnonzero(~own.feasible)
            if len(without):
                self._add_feasibility_cuts(stages, own, without, x)
            weights = np.ones(len(own.values))
            if isinstance(self.risk, Expectation):
                weights = self.program.probabilities
            elif not self._by_scenario:
                if len(without):
                    continue
                weights = measure_weights(own.values, self.risk, self.program.probabilities)
            values = np.bincount(self._group, weights * own.values, minlength=self._n_groups)
            whole = np.bincount(self._group, ~own.feasible, minlength=self._n_groups) == 0
            said = by_cuts[number * self._n_groups :][: self._n_groups]
            news = np.flatnonzero(whole & (values > said + CUT * np.maximum(1.0, np.abs(values))))
            if len(news):
                slopes = stages.gradients(own, weights, self._group, self._n_groups)[news]
                self._add(values[news] - slopes @ x, number * self._n_groups + news, csr_array(slopes))
        return len(self._cuts) > before

    def level_point(self, centre: FloatArray, level: float) -> FloatArray | None:
        """The nearest x to ``centre`` in the box norm with a master value of at most ``level``; None if none."""
        return self._step.nearest(centre, level)

    def _cut_values(self, x: FloatArray) -> FloatArray:
        """What the cuts say of every theta at x (n,); minus infinity where there is none."""
        by_cuts = np.full(self.n, -np.inf)
        for constants, thetas, slopes in self._cuts:
            own = thetas >= 0
            np.maximum.at(by_cuts, thetas[own], (constants + slopes @ x)[own])
        return by_cuts

    def _add_feasibility_cuts(self, stages: SecondStages, own: Values, without: IntArray, x: FloatArray) -> None:
        """0 >= V_s(x0) + slope (x - x0) for every scenario without recourse."""
        self.without_recourse.update(without.tolist())
        place = np.zeros(len(own.values), dtype=np.int64)
        place[without] = np.arange(len(without))
        slopes = stages.gradients(own, (~own.feasible).astype(np.float64), place, len(without))
        for row, scenario in enumerate(without):
            if slopes.indptr[row] == slopes.indptr[row + 1]:
                name = f"scenario {scenario}"
                raise InfeasibleError(f"{name} has no recourse whatever the first stage is", (name,))
        self._add(own.values[without] - slopes @ x, np.full(len(without), -1), slopes)

    def _add(self, constants: FloatArray, thetas: IntArray, slopes: csr_array) -> None:
        """theta >= constant + slope x, or 0 >= that; theta is free from its first cut on."""
        new = np.unique(thetas[thetas >= 0])
        new = new[~self.known[new]]
        if len(new):
            self.known[new] = True
            far = np.full(len(new), INFINITY)
            self.session.change_bounds(self.n_x + new, -far, far)
            self._step.free(self.n_x + new)
        self._cuts.append((constants, thetas, slopes))
        rows = self._rows(constants, thetas, slopes)
        self.session.add_rows(constants, rows)
        self._step.add_rows(constants, rows)

    def _rows(self, constants: FloatArray, thetas: IntArray, slopes: csr_array) -> csr_array:
        """Cuts as rows over x and all other columns, ``row x >= constant``."""
        own = np.flatnonzero(thetas >= 0)
        shape = (len(constants), len(self.relaxed.cost) - self.n_x)
        units = csr_array((np.ones(len(own)), (own, thetas[own])), shape=shape)
        return csr_array(hstack([-_without_cancelled(slopes), units]))


def _without_cancelled(slopes: csr_array) -> csr_array:
    """Slopes without what subtraction left of a zero, where HiGHS would drop it."""
    entries = slopes.tocoo()
    size, row = np.abs(entries.data), entries.coords[0]
    largest = np.zeros(slopes.shape[0])
    np.maximum.at(largest, row, size)
    kept = (size > DROPPED) | (size > CANCELLED * largest[row])
    return csr_array((entries.data[kept], tuple(one[kept] for one in entries.coords)), shape=slopes.shape)


def _without_cuts(
    program: TwoStageProgram, risk: RiskMeasure, n_parts: int, n_groups: int, *, by_scenario: bool
) -> LinearProgram:
    """First stage, thetas (fixed at zero until they have a cut) and, by scenario, threshold and excesses of CVaR."""
    first, p, n = program.first, program.probabilities, n_parts * n_groups
    on_mean = 0.0 if isinstance(risk, CVaR) else 1.0
    on_tail = risk.weight if isinstance(risk, MeanCVaR) else (1.0 if isinstance(risk, CVaR) else 0.0)
    thetas = np.tile(on_mean * p, n_parts) if by_scenario else np.ones(n)
    cost = np.concatenate([(on_mean + on_tail) * first.cost, thetas])
    lower, upper = np.concatenate([first.lower, np.zeros(n)]), np.concatenate([first.upper, np.zeros(n)])
    n_tail = 1 + n_groups if by_scenario else 0
    rows = hstack([first.matrix, csr_array((first.matrix.shape[0], n + n_tail))])
    row_lower, row_upper, names = first.row_lower, first.row_upper, first.row_names
    if by_scenario and not isinstance(risk, Expectation):
        cost = np.concatenate([cost, [on_tail], on_tail * p / (1 - risk.confidence)])
        lower = np.concatenate([lower, [-INFINITY], np.zeros(n_groups)])
        upper = np.concatenate([upper, np.full(n_tail, INFINITY)])
        unit = eye_array(n_groups, format="csr")
        threshold = csr_array(-np.ones((n_groups, 1)))
        tail = hstack([csr_array((n_groups, len(first.cost))), *[unit] * n_parts, threshold, -unit])
        rows = vstack([rows, tail])
        row_lower = np.concatenate([row_lower, np.full(n_groups, -INFINITY)])
        row_upper = np.concatenate([row_upper, np.zeros(n_groups)])
        names = (*names, *(f"tail[{s}]" for s in range(n_groups)))
    columns = (*first.column_names, *(f"theta[{i}]" for i in range(len(cost) - len(first.cost))))
    return LinearProgram(cost, lower, upper, csr_array(rows), row_lower, row_upper, columns, names)
