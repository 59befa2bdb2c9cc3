"""The search of a ``TailProgram``: bands or cutting planes, then whole numbers, and what a point is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.aggregation import minimise_tails
from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.losses import CVaRLimit, CVaRTerm, LinearLoss
from bekostiging_solvers.risk import tail_weights
from bekostiging_solvers.solution import (
    InfeasibleError,
    NumericalTroubleError,
    Solution,
    SolutionStatus,
    SolverError,
    Termination,
)
from bekostiging_solvers.tail_cuts import NOTHING, TailCuts, cut_of
from bekostiging_solvers.typing import FloatArray

MOST_PASSES = 2000
LEVEL = 0.6
"""Where between bound and best value the level lies; chosen on one draw of the benchmark's CVaR program."""
TROUBLE = 1e-6
"""Relative amount by which a bound may lie above the value of a feasible point: rounding, and what a violation within the
tolerance is worth. Beyond it one of the two is wrong."""


@dataclass(frozen=True)
class Held:
    """What a search ends with, in its own units; the fields of ``TailSolution``."""

    x: FloatArray
    objective: float
    bound: float
    gap: float | None
    violation: float
    status: SolutionStatus
    passes: int
    duals: FloatArray


@dataclass(frozen=True)
class TailSearch:
    """One search: the program, what counts as optimal, and from what objective on it is given up.

    ``least``: what a gap is relative to at least.
    """

    program: LinearProgram
    terms: tuple[CVaRTerm, ...]
    limits: tuple[CVaRLimit, ...]
    restore: Callable[[FloatArray], FloatArray] | None
    probabilities: FloatArray | None
    tolerance: float
    least: float
    most: float
    name_conflict: bool
    _tails: tuple[CVaRTerm | CVaRLimit, ...] = field(init=False)

    def __post_init__(self) -> None:
        """All tails in one row, those of limits last."""
        object.__setattr__(self, "_tails", (*self.terms, *self.limits))

    def run(self, start: FloatArray) -> Held:
        """Relaxation, then whole numbers.

        Raises
        ------
        InfeasibleError, SolverError
            As ``TailProgram.solve``.
        """
        relaxed, cuts = self._aggregated(start)
        if relaxed is None:
            cuts = self._no_cuts()
            cuts.add(start, self._tails_at(start))
            relaxed = self._converge(cuts, cuts.session(), self.most, name_conflict=self.name_conflict)
        self._not_above(self.most, relaxed.bound)
        if not self.program.is_integer or cuts is None:
            return relaxed
        whole = self._converge_whole(cuts, relaxed.bound)
        return replace(whole, duals=relaxed.duals, passes=relaxed.passes + whole.passes)

    def value(self, x: FloatArray) -> float:
        """Objective at x, exact over the scenarios."""
        return float(self.program.cost @ x) + sum(term.weight * self._tail(term, x)[0] for term in self.terms)

    def excess(self, x: FloatArray) -> dict[str, float]:
        """CVaR + coefficients x - limit of every limit; positive is a violation."""
        return {
            limit.name: self._tail(limit, x)[0] + float(limit.coefficients @ x) - limit.limit
            for limit in self.limits
        }

    def _tail(self, tail: CVaRTerm | CVaRLimit, x: FloatArray) -> tuple[float, FloatArray]:
        """CVaR at x and the weights of its tail."""
        losses = tail.loss.evaluate(x)
        weights = tail_weights(losses, tail.confidence, self.probabilities)
        return float(weights @ losses), weights

    def _tails_at(self, x: FloatArray) -> list[tuple[float, FloatArray]]:
        """One pass over the scenarios: value and subgradient of every tail."""
        found = []
        for tail in self._tails:
            value, weights = self._tail(tail, x)
            found.append((value, tail.loss.subgradient(x, weights)))
        return found

    def _no_cuts(self) -> TailCuts:
        return TailCuts(self.master(), len(self.program.cost))

    def _aggregated(self, start: FloatArray) -> tuple[Held | None, TailCuts | None]:
        """The relaxation by bands of scenarios, and its tails as cuts where whole numbers are to come.

        None where it does not apply or found nothing.
        """
        terms = [term for term in self.terms if term.weight > 0]
        if self.limits or not terms or not all(isinstance(term.loss, LinearLoss) for term in terms):
            return None, None
        relaxed = replace(self.program, integer=None)
        try:
            found = minimise_tails(relaxed, terms, start, self.tolerance, self.probabilities, self.least)
            held = self._judge(found.x, found.bound, found.passes, found.duals)
        except SolverError:  # cutting planes find out whether it is infeasible, unbounded or hard
            return None, None
        if not self.program.is_integer:
            return held, None
        weights, cuts = iter(found.weights), self._no_cuts()
        cuts.add(
            found.x,
            [cut_of(term.loss, found.x, next(weights) if term.weight > 0 else None) for term in self.terms],
        )
        return held, cuts

    def _converge(self, cuts: TailCuts, session: HighsSession, most: float, *, name_conflict: bool) -> Held:
        """Pass after pass until no tail of the master is too low or the gap is closed."""
        n = len(self.program.cost)
        best, best_x, level = np.inf, None, True
        for passes in range(1, MOST_PASSES + 1):
            solution = self._run(session, most, name_conflict=name_conflict)
            x = solution.x[:n]
            if best_x is not None and not self.limits:
                if best - solution.bound <= self.tolerance * max(self.least, abs(best)):
                    return self._finish(best_x, solution, passes)
                if level:
                    nearer = cuts.level_point(best_x, solution.objective + LEVEL * (best - solution.objective))
                    x = x if nearer is None else nearer
            tails = self._tails_at(x)
            if not self.limits:
                value = self._value(x, tails)
                if value < best:
                    best, best_x = value, x
            if not self._tails or self._tails_are_exact(solution, tails):
                return self._finish(x, solution, passes)
            news = cuts.add(x, tails, session)
            if not news and not level:
                # rounding: the master knows all there is to know at its own point
                return self._finish(x if best_x is None else best_x, solution, passes)
            level = news
        raise _unconverged()

    def _converge_whole(self, cuts: TailCuts, relaxed: float) -> Held:
        """Pass after pass with whole numbers, until no tail of the master is too low or the gap is closed.

        ``relaxed``: bound without whole numbers. It stands where branch and bound claims one above a point that is held.

        Between two runs of branch and bound, the linear program with the whole numbers of the last run held fixed shows
        what its tails cost: branch and bound takes most of the time, and then seldom runs more than twice.
        """
        n, passes = len(self.program.cost), 0
        whole = self.program.whole
        best, best_x = np.inf, None
        for _ in range(MOST_PASSES):
            session = cuts.session(whole=True)
            if best_x is not None:
                session.start_with(whole, np.round(best_x[whole]))
            solution = self._run(session, self.most, name_conflict=self.name_conflict)
            x = solution.x[:n]
            passes += 1
            if best_x is not None and best - solution.bound <= self.tolerance * max(self.least, abs(best)):
                return self._finish_whole(best_x, solution, passes, best, relaxed)
            tails = self._tails_at(x)
            if not self.limits and self._value(x, tails) < best:
                best, best_x = self._value(x, tails), x
            if self._tails_are_exact(solution, tails):
                return self._finish(x, solution, passes)
            if not cuts.add(x, tails):
                return self._finish(x if best_x is None else best_x, solution, passes)
            try:
                held = self._converge(cuts, cuts.session(held=x), np.inf, name_conflict=False)
            except InfeasibleError:  # not with these whole numbers: the cuts say so from now on
                continue
            passes += held.passes
            if held.gap is not None and held.objective < best:
                best, best_x = held.objective, held.x
        raise _unconverged()

    def _run(self, session: HighsSession, most: float, *, name_conflict: bool) -> Solution:
        """One run of the master; its conflict in the caller's names."""
        try:
            solution = session.solve(name_conflict=name_conflict)
        except InfeasibleError as error:
            raise self._conflict(error) from None
        if solution.termination is Termination.INTERRUPTED:
            # a run that was stopped has no point to go on from: whoever interrupted wants the whole program to end
            raise KeyboardInterrupt
        self._not_above(most, solution.bound)
        return solution

    def _value(self, x: FloatArray, tails: Sequence[tuple[float, FloatArray]]) -> float:
        """Objective at x, its tails known."""
        own = zip(self.terms, tails[: len(self.terms)], strict=True)
        return float(self.program.cost @ x) + sum(term.weight * found for term, (found, _) in own)

    def _tails_are_exact(self, solution: Solution, tails: Sequence[tuple[float, FloatArray]]) -> bool:
        """Whether the tails of the master are the true ones at its own point."""
        if not self.limits:
            return False
        low = solution.x[len(self.program.cost) :] + self.tolerance * np.maximum(
            1.0, [abs(found) for found, _ in tails]
        )
        return all(found <= limit for (found, _), limit in zip(tails, low, strict=True))

    def _conflict(self, error: InfeasibleError) -> InfeasibleError:
        """The conflict in the caller's names: rows and limits."""
        own = {*self.program.row_names, *self.program.column_names, *(limit.name for limit in self.limits)}
        named = tuple(name for name in error.conflict if name in own)
        sentence = f" Conflicting: {', '.join(named)}." if named else ""
        return InfeasibleError(f"HiGHS: infeasible.{sentence} Relax or remove one of them.", named)

    def _finish(self, x: FloatArray, solution: Solution, passes: int) -> Held:
        """The point held, with the master's bound and duals."""
        return self._judge(x, solution.bound, passes, solution.duals)

    def _finish_whole(self, x: FloatArray, solution: Solution, passes: int, best: float, relaxed: float) -> Held:
        """The point held; a bound of branch and bound above its value proves nothing, that of the relaxation does."""
        above = solution.bound - best > max(TROUBLE, 10 * self.tolerance) * max(self.least, abs(best))
        return self._judge(x, relaxed if above else solution.bound, passes, solution.duals)

    def _judge(self, x: FloatArray, bound: float, passes: int, duals: FloatArray) -> Held:
        """Judge the point held, restored when that is possible."""
        held = x if self.restore is None else self.restore(x)
        over = self.excess(held)
        relative = [over[limit.name] / max(1.0, abs(limit.limit)) for limit in self.limits]
        violation = max([self.program.violation(held), *relative])
        objective = self.value(held)
        gap = (objective - bound) / max(self.least, abs(objective))
        feasible = violation <= self.tolerance
        if feasible and gap < -max(TROUBLE, 10 * self.tolerance):
            raise NumericalTroubleError(
                f"The bound {bound:.9g} lies above the value {objective:.9g} of a feasible point: rounding made one of them "
                "wrong. Choose units in which coefficients and bounds are nearer to each other."
            )
        status = SolutionStatus.OPTIMAL if gap <= self.tolerance + NOTHING else SolutionStatus.FEASIBLE
        return Held(
            x=held,
            objective=objective,
            bound=min(bound, objective) if feasible else bound,
            gap=max(0.0, gap) if feasible else None,
            violation=violation,
            status=status if feasible else SolutionStatus.BOUND_ONLY,
            passes=passes,
            duals=duals[: len(self.program.row_lower) + len(self.limits)],
        )

    def master(self) -> LinearProgram:
        """The program with one column per tail and one row per limit; the cuts come on top."""
        program, n_tails, n_limits = self.program, len(self._tails), len(self.limits)
        n_rows, n = program.matrix.shape
        own = csr_array(np.array([limit.coefficients for limit in self.limits]).reshape(n_limits, n))
        # limits come after the terms: their tail columns are the last
        of_limits = np.zeros((n_limits, n_tails))
        of_limits[np.arange(n_limits), np.arange(len(self.terms), n_tails)] = 1.0
        upper_part = hstack([program.matrix, csr_array((n_rows, n_tails))])
        free = np.full(n_tails, INFINITY)
        return replace(
            program,
            cost=np.concatenate([program.cost, [term.weight for term in self.terms], np.zeros(n_limits)]),
            lower=np.concatenate([program.lower, -free]),
            upper=np.concatenate([program.upper, free]),
            matrix=csr_array(vstack([upper_part, hstack([own, csr_array(of_limits)])])),
            row_lower=np.concatenate([program.row_lower, np.full(n_limits, -INFINITY)]),
            row_upper=np.concatenate([program.row_upper, [limit.limit for limit in self.limits]]),
            column_names=(*program.column_names, *(f"tail[{tail.name}]" for tail in self._tails)),
            row_names=(*program.row_names, *(limit.name for limit in self.limits)),
            integer=None
            if program.integer is None
            else np.append(program.integer, np.zeros(n_tails, dtype=np.bool_)),
        )

    def _not_above(self, most: float, bound: float) -> None:
        """Refuse a bound above the most an objective may be."""
        if bound > most:
            raise InfeasibleError(f"No point has an objective of at most {most:g}: the bound is {bound:g}.", ())


def _unconverged() -> SolverError:
    return SolverError(f"tail cuts did not converge in {MOST_PASSES} passes; scale the data or bound the columns")
