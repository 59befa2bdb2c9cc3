"""Whole numbers in the first stage of the L-shaped method, after its relaxation.

The master with all its cuts becomes a mixed-integer program. Around the relaxed optimum, every whole number one of the
two beside the relaxed one, it gives a good point soon; anywhere, its value is a bound. The second stages are solved at
every point found, and what they say there are new cuts. For a continuous second stage that is exact: whole first stages
are finite in number, and at each of them the cuts are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bekostiging_solvers.cutting import MOST_ITERATIONS, Run
from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.solution import InfeasibleError, Solution, Termination
from bekostiging_solvers.typing import FloatArray, IntArray

OF_GAP = 0.25
"""Part of the gap that the relaxation may take, and that a run of the whole master may."""
OF_TIME = 0.5
"""Part of the time for the relaxation, and of what is left for the runs around its optimum."""
LEAST_SECONDS = 1.0
"""For a run of the whole master, however late."""
ROUNDING = 1e-6
"""Violation of a row or bound up to which whole numbers of the solver are rounded."""


def find_whole(run: Run, relaxed: FloatArray, gap: float) -> Termination:
    """Points near ``relaxed`` (n_x,) as long as they get better, then anywhere; new cuts at every point found.

    Raises
    ------
    InfeasibleError
        No whole numbers fit.
    """
    near = bool(np.isfinite(relaxed).all())
    until = (1 - OF_TIME) * run.left()
    for rounds in range(MOST_ITERATIONS):
        # a whole point is looked for even when the relaxation took all the time
        if run.left() <= 0 and (rounds > 1 or np.isfinite(run.held.value)):
            break
        run.iterations += 1
        try:
            solution = _solve_master(run, gap, relaxed if near else None, run.left() - (until if near else 0.0))
        except InfeasibleError:
            if not near:
                raise
            near = False
            continue
        if not near and run.master.known.all():
            run.held.bound = max(run.held.bound, solution.bound)
        if solution.termination is Termination.INTERRUPTED:
            return solution.termination
        news = bool(np.isfinite(solution.objective)) and run.evaluate(_rounded(run, solution.x))
        if run.held.gap() <= gap:
            return Termination.OPTIMAL
        if not (near or news):
            break
        # around the relaxed point nothing is left to gain
        beaten = solution.bound >= run.held.value - OF_GAP * gap * max(1.0, abs(run.held.value))
        near = near and news and not beaten and run.left() > until
    return Termination.LIMIT


def _solve_master(run: Run, gap: float, near: FloatArray | None, seconds: float) -> Solution:
    """The master with its cuts and whole numbers, those beside ``near`` if one is given."""
    first, master = run.program.first, run.master
    whole = np.zeros(master.n_x, dtype=np.bool_) if first.integer is None else first.integer
    program = master.with_cuts(whole)
    if near is not None:
        program = _beside(program, near, np.flatnonzero(whole))
    limit = max(seconds, LEAST_SECONDS) if np.isfinite(seconds) else None
    session = HighsSession(program, time_limit=limit, gap=OF_GAP * gap)
    if near is None and np.isfinite(run.held.value):
        session.start_with(np.flatnonzero(whole), run.held.x[whole])
    return session.solve(accept_limit=True)


def _beside(program: LinearProgram, point: FloatArray, whole: IntArray) -> LinearProgram:
    """Whole numbers between the two beside the point's own."""
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[whole] = np.maximum(lower[whole], np.floor(point[whole] + ROUNDING))
    upper[whole] = np.minimum(upper[whole], np.ceil(point[whole] - ROUNDING))
    return replace(program, lower=lower, upper=upper)


def _rounded(run: Run, x: FloatArray) -> FloatArray:
    """The first stage of a point of the master, its whole numbers exactly so where rows allow."""
    first = run.program.first
    own = x[: run.master.n_x].copy()
    whole = np.zeros(len(own), dtype=np.bool_) if first.integer is None else first.integer
    found = np.where(whole, np.round(own), own)
    return found if first.violation(found) <= ROUNDING else own
