"""The L-shaped method (Van Slyke and Wets 1969), one cut per scenario, with a risk measure in the master.

    master:  min  a c x + sum over s of a_s theta_s + tail terms    x in the first stage, cuts on theta_s
    cut of scenario s at x0:   theta_s >= Q_s(x0) - d T_s (x - x0)      d the duals of its rows
    no recourse at x0:         V_s(x0) - d T_s (x - x0) <= 0            V_s the least violation of its rows

Multicut (Birge and Louveaux 1988, doi:10.1016/0377-2217(88)90159-2): the risk measure is a linear program in the
thetas, so CVaR needs no cuts of its own. Level steps in the box norm (Lemaréchal et al. 1995,
doi:10.1007/BF01585555) keep the iterates near the best point held.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.highs import (
    INFINITY,
    HighsSession,
    InfeasibleError,
    LinearProgram,
    Solution,
    SolutionStatus,
    Termination,
    UnboundedError,
)
from bekostiging_solvers.level import nearest_at_level
from bekostiging_solvers.recourse import Recourse, RecourseSolution, TwoStageProgram, second_stage
from bekostiging_solvers.risk import CVaR, MeanCVaR, RiskMeasure, measure_of

FloatArray = NDArray[np.float64]
LEVEL = 0.5
"""Where between bound and best value the level lies: one half neither creeps nor jumps."""
MOST_ITERATIONS = 5000
BOX = 1e6
"""Box of x while the cuts leave the master unbounded."""
MOST_BOXES = 50
CUT = 1e-9
"""Relative amount by which a cut must improve theta to be added."""


@dataclass(frozen=True)
class _Cut:
    """theta >= value + gradient (x - x0), or, without recourse, 0 >= that."""

    value: float
    gradient: FloatArray
    feasible: bool


class _Subproblem:
    """The second stage of one scenario, kept in HiGHS; and its least violation, made when first needed."""

    def __init__(self, program: TwoStageProgram, scenario: Recourse) -> None:
        self._scenario = scenario
        n_x = len(program.first.cost)
        self._plain = second_stage(program, scenario, np.zeros(n_x))
        self._session = HighsSession(self._plain)
        self._elastic: HighsSession | None = None
        self._rows = np.arange(scenario.matrix.shape[0])

    def cut(self, x: FloatArray) -> _Cut:
        """Value and subgradient at x; of the violation when x has no recourse."""
        try:
            value, duals = self._run(self._session, x)
            feasible = True
        except InfeasibleError:
            if self._elastic is None:
                self._elastic = HighsSession(_elastic(self._plain))
            value, duals = self._run(self._elastic, x)
            feasible = False
        return _Cut(value, np.asarray(-(duals @ self._scenario.technology)), feasible)

    def _run(self, session: HighsSession, x: FloatArray) -> tuple[float, FloatArray]:
        if len(self._rows):
            shift = self._scenario.technology @ x
            own = self._scenario
            session.change_rows(self._rows, own.row_lower - shift, own.row_upper - shift)
        solution = session.solve()
        return solution.objective, solution.duals


def _elastic(program: LinearProgram) -> LinearProgram:
    """Least sum of violations of the rows: one slack up and one down for each."""
    n_rows, n = program.matrix.shape
    unit = csr_array(np.eye(n_rows))
    return LinearProgram(
        np.concatenate([np.zeros(n), np.ones(2 * n_rows)]),
        np.concatenate([program.lower, np.zeros(2 * n_rows)]),
        np.concatenate([program.upper, np.full(2 * n_rows, INFINITY)]),
        csr_array(hstack([program.matrix, unit, -unit])),
        program.row_lower,
        program.row_upper,
        (*program.column_names, *(f"up[{k}]" for k in range(n_rows)), *(f"down[{k}]" for k in range(n_rows))),
        program.row_names,
    )


class _Master:
    """First stage with one theta per scenario and, for CVaR, its threshold and excesses."""

    def __init__(self, program: TwoStageProgram, risk: RiskMeasure, time_limit: float | None) -> None:
        self.program, self.risk = program, risk
        first, p, n = program.first, program.probabilities, program.n_scenarios
        self.n_x, self.n = len(first.cost), n
        on_mean = 0.0 if isinstance(risk, CVaR) else 1.0
        on_tail = risk.weight if isinstance(risk, MeanCVaR) else (1.0 if isinstance(risk, CVaR) else 0.0)
        n_tail = 1 + n if on_tail > 0 else 0
        self.cost = np.concatenate([(on_mean + on_tail) * first.cost, on_mean * p])
        lower = np.concatenate([first.lower, np.zeros(n)])
        upper = np.concatenate([first.upper, np.zeros(n)])
        rows = hstack([first.matrix, csr_array((first.matrix.shape[0], n + n_tail))])
        row_lower, row_upper, names = first.row_lower, first.row_upper, first.row_names
        if n_tail:
            confidence = risk.confidence if isinstance(risk, CVaR | MeanCVaR) else 0.0
            self.cost = np.concatenate([self.cost, [on_tail], on_tail * p / (1 - confidence)])
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
            whole = np.concatenate([first.integer, np.zeros(n + n_tail, dtype=np.bool_)])
        self.relaxed = LinearProgram(
            self.cost, lower, upper, csr_array(rows), row_lower, row_upper, columns, names, whole
        )
        self.session = HighsSession(self.relaxed, time_limit=time_limit)
        self.known = np.zeros(n, dtype=np.bool_)
        self.cuts: list[tuple[float, NDArray[np.int64], FloatArray]] = []
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

    def add(self, scenario: int, cut: _Cut, x: FloatArray) -> None:
        """Add a cut of a scenario at x; its theta is free from the first one on."""
        constant = cut.value - float(cut.gradient @ x)
        columns = np.flatnonzero(cut.gradient)
        values = -cut.gradient[columns]
        if cut.feasible:
            self._own[scenario].append((constant, cut.gradient))
            if not self.known[scenario]:
                self.known[scenario] = True
                own = np.array([self.n_x + scenario])
                self.session.change_bounds(own, np.array([-INFINITY]), np.array([INFINITY]))
            columns, values = np.append(columns, self.n_x + scenario), np.append(values, 1.0)
        if len(columns) == 0:
            raise InfeasibleError(
                f"scenario {scenario} has no recourse whatever the first stage is", (f"{scenario}",)
            )
        self.cuts.append((constant, columns, values))
        self.session.add_row(constant, INFINITY, columns, values)

    def model(self, scenario: int, x: FloatArray) -> float:
        """What the cuts say of a scenario's cost at x."""
        return max((constant + float(gradient @ x) for constant, gradient in self._own[scenario]), default=-np.inf)

    def level_point(self, centre: FloatArray, level: float) -> FloatArray | None:
        """The nearest x to ``centre`` in the box norm with a master value of at most ``level``; None if none."""
        relaxed, n_all = self.relaxed, len(self.cost)
        lower, upper = relaxed.lower.copy(), relaxed.upper.copy()
        thetas = slice(self.n_x, self.n_x + self.n)
        lower[thetas] = np.where(self.known, -INFINITY, lower[thetas])
        upper[thetas] = np.where(self.known, INFINITY, upper[thetas])
        cut_rows = csr_array(
            (
                np.concatenate([values for _, _, values in self.cuts]),
                (
                    np.concatenate([np.full(len(c), i) for i, (_, c, _) in enumerate(self.cuts)]),
                    np.concatenate([c for _, c, _ in self.cuts]),
                ),
            ),
            shape=(len(self.cuts), n_all),
        )
        constants = np.array([constant for constant, _, _ in self.cuts])
        master = replace(relaxed, lower=lower, upper=upper)
        return nearest_at_level(master, cut_rows, constants, centre, level)


def solve_lshaped(
    program: TwoStageProgram,
    risk: RiskMeasure,
    gap: float,
    time_limit: float | None,
    executor: Executor | None,
) -> RecourseSolution:
    """Cut until the relative gap is small enough; errors as ``solve_recourse``."""
    begin = perf_counter()
    subproblems = [_Subproblem(program, scenario) for scenario in program.scenarios]
    run: Callable[..., list[_Cut]] = _side_by_side(executor)
    master = _Master(program, risk, time_limit)
    best, best_x, costs, bound = np.inf, np.full(master.n_x, np.nan), np.full(master.n, np.inf), -np.inf
    termination = Termination.LIMIT
    iterations = 0
    while iterations < MOST_ITERATIONS:
        iterations += 1
        solution = master.solve()
        if solution.termination is not Termination.OPTIMAL:
            termination = solution.termination
            break
        if master.bounding:
            bound = max(bound, solution.bound)
        point = solution.x[: master.n_x]
        if np.isfinite(best):
            if best - bound <= gap * max(1.0, abs(best)):
                termination = Termination.OPTIMAL
                break
            if np.isfinite(bound) and not program.first.is_integer:
                nearer = master.level_point(best_x, bound + LEVEL * (best - bound))
                point = point if nearer is None else nearer
        cuts = run(subproblems, point)
        for index, cut in enumerate(cuts):
            theta = master.model(index, point)
            if not cut.feasible or cut.value > theta + CUT * max(1.0, abs(cut.value)):
                master.add(index, cut, point)
        if all(cut.feasible for cut in cuts):
            total = np.array([cut.value for cut in cuts]) + float(program.first.cost @ point)
            value = measure_of(total, risk, program.probabilities)
            if value < best:
                best, best_x, costs = value, point, total
        if time_limit is not None and perf_counter() - begin > time_limit:
            break
    held = np.isfinite(best)
    status = SolutionStatus.OPTIMAL if termination is Termination.OPTIMAL else SolutionStatus.FEASIBLE
    return RecourseSolution(
        x=best_x,
        objective=float(best),
        bound=float(bound),
        gap=max(0.0, best - bound) / max(1.0, abs(best)) if held else None,
        costs=costs,
        termination=termination,
        status=status if held else SolutionStatus.BOUND_ONLY,
        method="l-shaped",
        iterations=iterations,
        seconds=perf_counter() - begin,
    )


def _side_by_side(executor: Executor | None) -> Callable[[list[_Subproblem], FloatArray], list[_Cut]]:
    """Run the subproblems one after the other, or by the executor given; in order either way."""
    if executor is None:
        return lambda subproblems, x: [subproblem.cut(x) for subproblem in subproblems]
    return lambda subproblems, x: list(executor.map(lambda subproblem: subproblem.cut(x), subproblems))
