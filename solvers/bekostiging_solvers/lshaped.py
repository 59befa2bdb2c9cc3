"""The L-shaped method (Van Slyke and Wets 1969) with a risk measure, one cut for all scenarios up to one for each.

    master:  min  a c x + sum over g of theta_g + tail terms      x in the first stage, cuts on theta_g
    cut of group g at x0:      theta_g >= sum over s in g of w_s (Q_s(x0) - d_s T_s (x - x0))   d_s the duals of rows
    no recourse at x0:         V_s(x0) - d_s T_s (x - x0) <= 0        V_s the least violation of its rows

In expectation w are the probabilities and any grouping holds (Birge and Louveaux 1988,
doi:10.1016/0377-2217(88)90159-2; Trukhanov et al. 2010, doi:10.1016/j.ejor.2010.02.025). Under CVaR there is either a
cut per scenario, the risk measure a linear program in the thetas, or one cut for all with the weights of the tail at
x0. Level steps in the box norm (Lemaréchal et al. 1995, doi:10.1007/BF01585555) keep the iterates near the best point
held; the first point is the optimum over a sample of the scenarios.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.highs import (
    HighsSession,
    InfeasibleError,
    Solution,
    SolutionStatus,
    SolverError,
    Termination,
    UnboundedError,
    solve_highs,
)
from bekostiging_solvers.level import LevelStep
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.recourse import RecourseSolution, TwoStageProgram, extensive_form
from bekostiging_solvers.risk import CVaR, Expectation, MeanCVaR, RiskMeasure, measure_of, measure_weights
from bekostiging_solvers.second_stages import SecondStages, Values

FloatArray = NDArray[np.float64]
Cuts = Literal["auto", "single", "multi"]
LEVEL = 0.3
"""Where between bound and best value the level lies; chosen on the capacity program of the benchmarks."""
MOST_ITERATIONS = 5000
BOX = 1e6
"""Box of x while the cuts leave the master unbounded."""
MOST_BOXES = 50
CUT = 1e-9
"""Relative amount by which a cut must improve theta to be added."""
GROUPS = 50
"""Groups of ``auto`` in expectation: most of what a cut per scenario tells, in a master that stays small."""
ENOUGH = 0.02
"""Share of the gap by which remembered duals must raise the model for a step without solving."""
SAMPLE = 200
"""Scenarios of the program that gives the first point, when there are at least twice as many."""


class _Master:
    """First stage with one theta per group and, for CVaR by scenario, its threshold and excesses."""

    def __init__(
        self, program: TwoStageProgram, risk: RiskMeasure, n_groups: int, time_limit: float | None
    ) -> None:
        self.program, self.risk = program, risk
        # neighbours are spread over the groups
        self._group = np.arange(program.n_scenarios) % n_groups
        first, n = program.first, n_groups
        self.n_x, self.n = len(first.cost), n
        on_mean = 0.0 if isinstance(risk, CVaR) else 1.0
        on_tail = risk.weight if isinstance(risk, MeanCVaR) else (1.0 if isinstance(risk, CVaR) else 0.0)
        self._by_scenario = on_tail > 0 and n > 1
        """Whether thetas are costs of scenarios, under a tail of their own."""
        p = program.probabilities
        n_tail = 1 + n if self._by_scenario else 0
        self.cost = np.concatenate([(on_mean + on_tail) * first.cost, on_mean * p if n_tail else np.ones(n)])
        lower = np.concatenate([first.lower, np.zeros(n)])
        upper = np.concatenate([first.upper, np.zeros(n)])
        rows = hstack([first.matrix, csr_array((first.matrix.shape[0], n + n_tail))])
        row_lower, row_upper, names = first.row_lower, first.row_upper, first.row_names
        if isinstance(risk, CVaR | MeanCVaR) and n_tail:
            self.cost = np.concatenate([self.cost, [on_tail], on_tail * p / (1 - risk.confidence)])
            lower = np.concatenate([lower, [-INFINITY], np.zeros(n)])
            upper = np.concatenate([upper, np.full(1 + n, INFINITY)])
            unit = csr_array(np.eye(n))
            tail: csr_array = hstack([csr_array((n, self.n_x)), unit, csr_array(-np.ones((n, 1))), -unit])
            rows = vstack([rows, tail])
            row_lower = np.concatenate([row_lower, np.full(n, -INFINITY)])
            row_upper = np.concatenate([row_upper, np.zeros(n)])
            names = (*names, *(f"tail[{s}]" for s in range(n)))
        columns = tuple(f"x{i}" for i in range(len(self.cost)))
        whole = None
        if first.integer is not None:
            whole = np.concatenate([first.integer, np.zeros(len(self.cost) - self.n_x, dtype=np.bool_)])
        self.relaxed = LinearProgram(
            self.cost, lower, upper, csr_array(rows), row_lower, row_upper, columns, names, whole
        )
        self.session = HighsSession(self.relaxed, time_limit=time_limit)
        self.known = np.zeros(n, dtype=np.bool_)
        self._step = LevelStep(self.relaxed, self.n_x)
        self._boxes, self._boxed = 0, False
        self._own: list[list[tuple[float, FloatArray]]] = [[] for _ in range(n)]

    @property
    def bounding(self) -> bool:
        """Whether the master's value is a lower bound: every theta has a cut, and the last run was whole."""
        return bool(self.known.all()) and not self._boxed

    def solve(self) -> Solution:
        """Run the master; its cost counts once every theta has a cut, before that any point of x will do.

        Cuts found so far may leave it unbounded where the program is not: then a point of a large box is taken.
        """
        ready = bool(self.known.all())
        cost = self.cost if ready else np.zeros_like(self.cost)
        self.session.change_costs(np.arange(len(cost)), cost)
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

    def value(self, x: FloatArray) -> float:
        """What master and cuts say of the objective at x; minus infinity before every theta has a cut."""
        if not self.known.all():
            return -np.inf
        thetas = np.array([max(low + float(slope @ x) for low, slope in own) for own in self._own])
        if self._by_scenario:
            return measure_of(float(self.program.first.cost @ x) + thetas, self.risk, self.program.probabilities)
        return float(self.cost[: self.n_x] @ x + thetas.sum())

    def tell(self, stages: SecondStages, found: Values, x: FloatArray) -> None:
        """Add what the second stages say at x, where it is news: feasibility by scenario, cost by group."""
        without = np.flatnonzero(~found.feasible)
        if len(without):
            place = np.full(len(found.values), -1)
            place[without] = np.arange(len(without))
            slopes = stages.gradients(found, (~found.feasible).astype(np.float64), place, len(without))
            for scenario, slope in zip(without, slopes, strict=True):
                self._add(float(found.values[scenario] - slope @ x), slope, None, f"scenario {scenario}")
        if self._by_scenario:
            weights = np.ones(len(found.values))
        elif isinstance(self.risk, Expectation):
            weights = self.program.probabilities
        elif len(without):
            return
        else:
            weights = measure_weights(found.values, self.risk, self.program.probabilities)
        values = np.bincount(self._group, weights * found.values, minlength=self.n)
        slopes = stages.gradients(found, weights, self._group, self.n)
        whole = np.bincount(self._group, ~found.feasible, minlength=self.n) == 0
        for index in np.flatnonzero(whole):
            value, slope = float(values[index]), slopes[index]
            told = max((low + float(own @ x) for low, own in self._own[index]), default=-np.inf)
            if value > told + CUT * max(1.0, abs(value)):
                self._own[index].append((value - float(slope @ x), slope))
                self._add(value - float(slope @ x), slope, int(index), "")

    def _add(self, constant: float, slope: FloatArray, group: int | None, name: str) -> None:
        """theta_group >= constant + slope x, or 0 >= that; theta is free from its first cut on."""
        columns = np.flatnonzero(slope)
        values = -slope[columns]
        if group is not None:
            own = np.array([self.n_x + group])
            if not self.known[group]:
                self.known[group] = True
                self.session.change_bounds(own, np.array([-INFINITY]), np.array([INFINITY]))
                self._step.free(own)
            columns, values = np.append(columns, own), np.append(values, 1.0)
        if len(columns) == 0:
            raise InfeasibleError(f"{name} has no recourse whatever the first stage is", (name,))
        self.session.add_row(constant, INFINITY, columns, values)
        self._step.add_row(constant, columns, values)

    def level_point(self, centre: FloatArray, level: float) -> FloatArray | None:
        """The nearest x to ``centre`` in the box norm with a master value of at most ``level``; None if none."""
        return self._step.nearest(centre, level)


@dataclass
class _Held:
    """The best point so far, and the bound."""

    x: FloatArray
    value: float
    costs: FloatArray
    bound: float = -np.inf

    def gap(self) -> float:
        """Relative to the larger of one and the value; infinite as long as there is no point."""
        return (self.value - self.bound) / max(1.0, abs(self.value)) if np.isfinite(self.value) else np.inf


def solve_lshaped(
    program: TwoStageProgram,
    risk: RiskMeasure,
    gap: float,
    time_limit: float | None,
    executor: Executor | None,
    cuts: Cuts = "auto",
) -> RecourseSolution:
    """Cut until the relative gap is small enough; errors as ``solve_recourse``."""
    begin = perf_counter()
    stages = SecondStages(program, executor)
    master = _Master(program, risk, _n_groups(program.n_scenarios, risk, cuts), time_limit)
    held = _Held(np.full(master.n_x, np.nan), np.inf, np.full(program.n_scenarios, np.inf))
    termination, iterations, point = Termination.LIMIT, 0, _first_point(program, risk)
    while iterations < MOST_ITERATIONS:
        iterations += 1
        if point is None:
            solution = master.solve()
            if solution.termination is not Termination.OPTIMAL:
                termination = solution.termination
                break
            point = _next_point(master, solution, held)
            if held.gap() <= gap:
                termination = Termination.OPTIMAL
                break
        if not _recall(master, stages, held, point):
            found = stages.at(point)
            master.tell(stages, found, point)
            _judge(held, program, risk, found, point)
        point = None
        if time_limit is not None and perf_counter() - begin > time_limit:
            break
    known = np.isfinite(held.value)
    status = SolutionStatus.OPTIMAL if termination is Termination.OPTIMAL else SolutionStatus.FEASIBLE
    return RecourseSolution(
        x=held.x,
        objective=float(held.value),
        bound=float(held.bound),
        gap=max(0.0, held.gap()) if known else None,
        costs=held.costs,
        termination=termination,
        status=status if known else SolutionStatus.BOUND_ONLY,
        method="l-shaped",
        iterations=iterations,
        seconds=perf_counter() - begin,
    )


def _next_point(master: _Master, solution: Solution, held: _Held) -> FloatArray:
    """Raise the bound; the master's own point, or a level step from the best one."""
    if master.bounding:
        held.bound = max(held.bound, solution.bound)
    if np.isfinite(held.value) and np.isfinite(held.bound) and not master.program.first.is_integer:
        nearer = master.level_point(held.x, held.bound + LEVEL * (held.value - held.bound))
        if nearer is not None:
            return nearer
    return solution.x[: master.n_x]


def _recall(master: _Master, stages: SecondStages, held: _Held, x: FloatArray) -> bool:
    """Cut at x with the duals seen so far, if that tells enough to do without solving the second stages."""
    if not (np.isfinite(held.value) and np.isfinite(held.bound)) or master.program.first.is_integer:
        return False
    found = stages.remembered(x)
    if found is None:
        return False
    total = found.values + float(master.program.first.cost @ x)
    told = measure_of(total, master.risk, master.program.probabilities)
    if told - master.value(x) < ENOUGH * (held.value - held.bound):
        return False
    master.tell(stages, found, x)
    return True


def _judge(held: _Held, program: TwoStageProgram, risk: RiskMeasure, found: Values, x: FloatArray) -> None:
    """Hold x if it has recourse everywhere and is better than what is held."""
    if not found.feasible.all():
        return
    total = found.values + float(program.first.cost @ x)
    value = measure_of(total, risk, program.probabilities)
    if value < held.value:
        held.x, held.value, held.costs = x, value, total


def _n_groups(n_scenarios: int, risk: RiskMeasure, cuts: Cuts) -> int:
    """How many groups of scenarios have a cut of their own."""
    n_groups = {"single": 1, "multi": n_scenarios}.get(cuts)
    if n_groups is None:
        n_groups = min(GROUPS, n_scenarios) if isinstance(risk, Expectation) else n_scenarios
    return n_groups


def _first_point(program: TwoStageProgram, risk: RiskMeasure) -> FloatArray | None:
    """The optimum over a sample of the scenarios; None when there are few, or the sample says nothing."""
    step = program.n_scenarios // SAMPLE
    chosen = program.probabilities[:: max(step, 1)]
    if step < 2 or program.first.is_integer or chosen.sum() <= 0:
        return None
    sample = replace(program, scenarios=program.scenarios[::step], probabilities=chosen / chosen.sum())
    try:
        return solve_highs(extensive_form(sample, risk)).x[: len(program.first.cost)]
    except SolverError:
        return None
