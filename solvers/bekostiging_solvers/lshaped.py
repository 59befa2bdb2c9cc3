"""The L-shaped method (Van Slyke and Wets 1969) with a risk measure, one cut for all scenarios up to one for each.

    master:  min  a c x + sum over g of theta_g + tail terms      x in the first stage, cuts on theta_g
    cut of group g at x0:      theta_g >= sum over s in g of w_s (Q_s(x0) - d_s T_s (x - x0))   d_s the duals of rows
    no recourse at x0:         V_s(x0) - d_s T_s (x - x0) <= 0        V_s the least violation of its rows

In expectation w are the probabilities and any grouping holds (Birge and Louveaux 1988,
doi:10.1016/0377-2217(88)90159-2; Trukhanov et al. 2010, doi:10.1016/j.ejor.2010.02.025). Under CVaR there is either a
cut per scenario, the risk measure a linear program in the thetas, or one cut for all with the weights of the tail at
x0. A second stage that falls apart has thetas for each of its parts. Level steps in the box norm (Lemaréchal et al.
1995, doi:10.1007/BF01585555) keep the iterates near the best point held; the first point is the optimum over a sample
of the scenarios. Whole numbers are asked for after the relaxation, with its cuts.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from typing import Literal

import numpy as np

from bekostiging_solvers.cutting import MOST_ITERATIONS, Run
from bekostiging_solvers.highs import solve_highs
from bekostiging_solvers.risk import Expectation, RiskMeasure
from bekostiging_solvers.scenarios import chosen, nonzeros
from bekostiging_solvers.solution import InfeasibleError, Solution, SolverError, Termination
from bekostiging_solvers.two_stage import RecourseSolution, TwoStageProgram, extensive_form
from bekostiging_solvers.typing import FloatArray
from bekostiging_solvers.whole import OF_GAP, OF_TIME, find_whole

Cuts = Literal["auto", "single", "multi"]
LEVEL = 0.3
"""Where between bound and best value the level lies; chosen on the capacity program of the benchmarks."""
GROUPS = 50
"""Groups of ``auto`` in expectation: most of what a cut per scenario tells, in a master that stays small."""
SAMPLE = 200
"""Scenarios, at most, of the program that gives the first point, when there are at least twice as many."""
STEP = 5
"""A sample that is cut in turn has one in so many scenarios."""
SAMPLE_GAP = 1e-3
"""Gap at which that is stopped: what a sample of some hundred scenarios is off by anyway."""
LARGEST_SAMPLE = 200_000
"""Nonzeros of that program, at most."""


def solve_lshaped(
    program: TwoStageProgram,
    risk: RiskMeasure,
    gap: float,
    time_limit: float | None,
    executor: Executor | None,
    cuts: Cuts = "auto",
) -> RecourseSolution:
    """Cut until the gap is small enough; errors as ``solve_recourse``."""
    run = Run(program, risk, time_limit, executor, _n_groups(program.n_scenarios, risk, cuts))
    try:
        return _solve(run, gap, time_limit)
    except InfeasibleError as error:
        raise _named(run, error) from None


def _named(run: Run, error: InfeasibleError) -> InfeasibleError:
    """The conflict with the rows and columns of the scenarios that have no recourse; their cuts alone have no names."""
    numbers = sorted(run.master.without_recourse)
    if not numbers and not error.conflict:
        numbers = list(range(run.program.n_scenarios))
    if not numbers:
        return error
    places = np.array(numbers)
    some = replace(
        run.program,
        scenarios=chosen(run.program.scenarios, places),
        probabilities=np.full(len(places), 1 / len(places)),
    )
    if nonzeros(some.scenarios) > LARGEST_SAMPLE:
        return error
    form = extensive_form(some, Expectation(), numbers)
    try:
        solve_highs(replace(form, cost=np.zeros_like(form.cost)))
    except InfeasibleError as named:
        return named
    except SolverError:
        return error
    return error


def _solve(run: Run, gap: float, time_limit: float | None) -> RecourseSolution:
    """The relaxation, then whole numbers."""
    if not run.program.first.is_integer:
        return run.result(_relax(run, gap, 0.0))
    late = 0.0 if time_limit is None else (1 - OF_TIME) * time_limit
    termination = _relax(run, OF_GAP * gap, late)
    relaxed, run.held = run.held, run.nothing()
    run.held.bound = relaxed.bound
    if termination is not Termination.INTERRUPTED:
        termination = find_whole(run, relaxed.x, gap)
    return run.result(termination)


def _relax(run: Run, gap: float, late: float) -> Termination:
    """Cut the relaxation to a gap, or until ``late`` seconds are left."""
    point = _first_point(run, late)
    while run.iterations < MOST_ITERATIONS:
        run.iterations += 1
        if point is None:
            solution = run.master.solve()
            if solution.termination is not Termination.OPTIMAL:
                return solution.termination
            point = _next_point(run, solution)
            if run.held.gap() <= gap:
                return Termination.OPTIMAL
        if not run.recall(point):
            run.evaluate(point)
        point = None
        if run.left() < late:
            break
    return Termination.LIMIT


def _next_point(run: Run, solution: Solution) -> FloatArray:
    """Raise the bound; the master's own point, or a level step from the best one."""
    master, held = run.master, run.held
    if master.bounding:
        held.bound = max(held.bound, solution.bound)
    if np.isfinite(held.value) and np.isfinite(held.bound):
        nearer = master.level_point(held.x, held.bound + LEVEL * (held.value - held.bound))
        if nearer is not None:
            return nearer
    return solution.x[: master.n_x]


def _n_groups(n_scenarios: int, risk: RiskMeasure, cuts: Cuts) -> int:
    """How many groups of scenarios have a cut of their own."""
    n_groups = {"single": 1, "multi": n_scenarios}.get(cuts)
    if n_groups is None:
        n_groups = min(GROUPS, n_scenarios) if isinstance(risk, Expectation) else n_scenarios
    return n_groups


def _first_point(run: Run, late: float) -> FloatArray | None:
    """The relaxed optimum over a sample of the scenarios; None when there are few, or the sample says nothing.

    With fixed recourse a large sample is cut in turn, and its duals are taken over.
    """
    program = run.program
    one, n = program.scenarios[0], program.n_scenarios
    most = max(min(SAMPLE, LARGEST_SAMPLE // max(one.matrix.nnz + one.technology.nnz, 1)), 1)
    again = n >= 2 * STEP * most and all(stages.remembers for stages in run.parts)
    step = STEP if again else n // most
    chosen = program.probabilities[::step] if step else program.probabilities
    if step < 2 or chosen.sum() <= 0:
        return None
    first = replace(program.first, integer=None)
    sample = replace(
        program, first=first, scenarios=program.scenarios[::step], probabilities=chosen / chosen.sum()
    )
    try:
        if not again:
            return solve_highs(extensive_form(sample, run.risk)).x[: len(program.first.cost)]
        limit = None if run.time_limit is None else max(OF_TIME * (run.left() - late), 0.0)
        part = Run(sample, run.risk, limit, run.executor, min(run.n_groups, sample.n_scenarios))
        _relax(part, SAMPLE_GAP, 0.0)
    except SolverError:
        return None
    for stages, own in zip(run.parts, part.parts, strict=True):
        stages.learn(own)
    return part.held.x if np.isfinite(part.held.value) else None
