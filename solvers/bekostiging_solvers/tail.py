"""Linear programs with CVaR in objective and limits, by cutting planes over the scenarios.

    minimise    cost x + sum_k weight_k CVaR_k[loss_k(x)]
    subject to  the rows, bounds and integrality of a ``LinearProgram``,
                CVaR_j[loss_j(x)] + coefficients_j x <= limit_j

A loss is convex in x, so CVaR is, and a tail (weights w on the worst scenarios) at one point gives a cut that
holds everywhere: CVaR(x) >= w loss(x0) + g (x - x0), g a subgradient of w loss. The master knows the cuts found
so far and is a relaxation: its value is a lower bound (Künzi-Bay and Mayer 2006, doi:10.1007/s10287-005-0042-0).
One pass evaluates every loss once and cuts where the master's tail is too low. Losses are piecewise linear, so
the number of tails is finite and so is the method. Without limits, level steps in the box norm (Lemaréchal et al.
1995, doi:10.1007/BF01585555) keep the next point near the best one held; when all losses are linear too, the
relaxation is left to ``bekostiging_solvers.aggregation``, which needs far fewer passes. Whole numbers are asked for
after the relaxation has converged, with its cuts; between two runs of branch and bound a linear program with the whole
numbers held cuts the tails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.aggregation import minimise_tails
from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.losses import CVaRLimit, CVaRTerm, LinearLoss
from bekostiging_solvers.risk import tail_weights
from bekostiging_solvers.solution import InfeasibleError, Solution, SolutionStatus, SolverError, Termination
from bekostiging_solvers.tail_cuts import LeadingLoss, TailCuts, cut_of
from bekostiging_solvers.typing import FloatArray

TOLERANCE = 1e-6
"""Relative gap and violation at which a point counts as optimal and feasible."""
MOST_PASSES = 2000
LEVEL = 0.6
"""Where between bound and best value the level lies; chosen on one draw of the benchmark's CVaR program."""


@dataclass(frozen=True)
class TailSolution:
    """Answer to a program with tails.

    Attributes
    ----------
    x : (n_columns,) array
        The point held.
    objective, bound : float
        Its value, exact over the scenarios, and what is at or below every feasible value.
    gap : float or None
        (objective - bound) / max(1, |objective|); None when the point violates a limit.
    violation : float
        Largest excess over a limit, row or bound, relative to the larger of one and that limit.
    status : SolutionStatus
        ``OPTIMAL``, or ``BOUND_ONLY`` when the point violates a limit.
    passes : int
        Evaluations of all losses, those of samples among them.
    duals : dict
        By name of row and limit; of the relaxation, for integer programs.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import CVaRLimit, CVaRTerm, LinearLoss, LinearProgram, TailProgram
    >>> mix = LinearProgram(
    ...     np.zeros(2), np.zeros(2), np.ones(2), csr_array([[1.0, 1.0]]), np.ones(1), np.ones(1), ("a", "b"), ("all",)
    ... )
    >>> loss = LinearLoss(np.array([[0.0, 4.0], [4.0, 0.0]]))
    >>> solution = TailProgram(mix, [CVaRTerm("loss", loss, 0.5, 1.0)], []).solve(np.array([1.0, 0.0]))
    >>> solution.status.value, round(solution.objective, 6)
    ('optimal', 2.0)
    """

    x: FloatArray
    objective: float
    bound: float
    gap: float | None
    violation: float
    status: SolutionStatus
    passes: int
    duals: dict[str, float]


class TailProgram:
    """A linear or mixed-integer program with CVaR terms and limits.

    Parameters
    ----------
    program : LinearProgram
        Its columns are x; give every column that a loss uses finite bounds where it has them.
    terms : sequence of CVaRTerm
        Weighted tails in the objective.
    limits : sequence of CVaRLimit
        Tails that may not be too large.
    restore : callable, optional
        Makes a nearly feasible point feasible (raise what a tail must not exceed); without it the master's own
        point is judged as it stands.
    probabilities : (n_scenarios,), optional
        Equally likely when left out.

    Examples
    --------
    Two places each flood in one of two scenarios; half of everything in each makes the worst half of the scenarios cheapest:

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import CVaRLimit, CVaRTerm, LinearLoss, LinearProgram, TailProgram
    >>> mix = LinearProgram(
    ...     np.zeros(2), np.zeros(2), np.ones(2), csr_array([[1.0, 1.0]]), np.ones(1), np.ones(1), ("a", "b"), ("all",)
    ... )
    >>> loss = LinearLoss(np.array([[0.0, 4.0], [4.0, 0.0]]))
    >>> program = TailProgram(mix, [CVaRTerm("loss", loss, 0.5, 1.0)], [])
    >>> program.solve(np.array([1.0, 0.0])).x.round(6).tolist()
    [0.5, 0.5]

    No mix keeps the worst half at 1; that limit would have to yield by 1:

    >>> narrow = TailProgram(mix, [], [CVaRLimit("narrow", loss, 0.5, np.zeros(2), 1.0)])
    >>> round(narrow.elastic(np.array([1.0, 0.0]))["narrow"], 6)
    1.0
    """

    def __init__(
        self,
        program: LinearProgram,
        terms: Sequence[CVaRTerm],
        limits: Sequence[CVaRLimit],
        restore: Callable[[FloatArray], FloatArray] | None = None,
        probabilities: FloatArray | None = None,
    ) -> None:
        self.program = program
        self.terms = tuple(terms)
        self.limits = tuple(limits)
        self.restore = restore
        self.probabilities = probabilities
        self._tails: tuple[CVaRTerm | CVaRLimit, ...] = (*self.terms, *self.limits)

    def value(self, x: FloatArray) -> float:
        """Objective at x, exact over the scenarios."""
        return float(self.program.cost @ x) + sum(term.weight * self._tail(term, x)[0] for term in self.terms)

    def excess(self, x: FloatArray) -> dict[str, float]:
        """CVaR + coefficients x - limit of every limit; positive is a violation."""
        return {
            limit.name: self._tail(limit, x)[0] + float(limit.coefficients @ x) - limit.limit
            for limit in self.limits
        }

    def solve(
        self,
        start: FloatArray,
        tolerance: float = TOLERANCE,
        most: float = np.inf,
        *,
        name_conflict: bool = True,
    ) -> TailSolution:
        """Cut until the master's tails are the true ones.

        Parameters
        ----------
        start : (n_columns,) array
            Point of the first cuts; it need not be feasible.
        tolerance : float
            Relative gap and violation at which a point counts as optimal and feasible.
        most : float
            What the objective may be at most: the search ends when the bound exceeds it.
        name_conflict : bool
            Look for the rows and limits in conflict when there is no solution, which takes time.

        Returns
        -------
        TailSolution

        Raises
        ------
        InfeasibleError
            The rows and limits have no common point (the master is a relaxation, so this is a proof); ``conflict``
            names rows and limits. Or no common point has an objective of ``most``: then as soon as the bound tells.
        SolverError
            Any other failure of HiGHS, or no convergence.
        """
        cuts = TailCuts(self.master(), len(self.program.cost))
        relaxed = self._aggregated(start, tolerance, cuts)
        if relaxed is None:
            cuts.add(start, self._tails_at(start))
            relaxed = self._converge(cuts, cuts.session(), tolerance, most, name_conflict=name_conflict)
        _not_above(most, relaxed.bound)
        if not self.program.is_integer:
            return relaxed
        whole = self._converge_whole(cuts, tolerance, most, name_conflict=name_conflict)
        return replace(whole, duals=relaxed.duals, passes=relaxed.passes + whole.passes)

    def elastic(self, start: FloatArray, tolerance: float = TOLERANCE) -> dict[str, float]:
        """By how much each limit would have to yield so that all can hold, least in sum.

        Parameters
        ----------
        start : (n_columns,) array
            Point of the first cuts.
        tolerance : float
            Relative gap and violation at which the search ends.

        Returns
        -------
        dict
            By name of limit, in its unit; zero for a limit that can stay.

        Raises
        ------
        InfeasibleError
            The rows alone have no common point.
        """
        n, n_limits = len(self.program.cost), len(self.limits)
        program = self.program
        wide = replace(
            program,
            cost=np.concatenate([np.zeros(n), np.ones(n_limits)]),
            lower=np.concatenate([program.lower, np.zeros(n_limits)]),
            upper=np.concatenate([program.upper, np.full(n_limits, INFINITY)]),
            matrix=csr_array(hstack([program.matrix, csr_array((program.matrix.shape[0], n_limits))])),
            column_names=(*program.column_names, *(f"yield[{limit.name}]" for limit in self.limits)),
            integer=None
            if program.integer is None
            else np.append(program.integer, np.zeros(n_limits, dtype=np.bool_)),
        )
        limits = [
            replace(
                limit,
                loss=LeadingLoss(limit.loss, n),
                coefficients=np.append(limit.coefficients, -np.eye(n_limits)[k]),
            )
            for k, limit in enumerate(self.limits)
        ]
        widened = TailProgram(wide, [], limits, probabilities=self.probabilities)
        found = widened.solve(np.append(start, np.zeros(n_limits)), tolerance)
        return {limit.name: float(found.x[n + k]) for k, limit in enumerate(self.limits)}

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

    def _aggregated(self, start: FloatArray, tolerance: float, cuts: TailCuts) -> TailSolution | None:
        """The relaxation by bands of scenarios, its tails as cuts; None where it does not apply or found nothing."""
        terms = [term for term in self.terms if term.weight > 0]
        if self.limits or not terms or not all(isinstance(term.loss, LinearLoss) for term in terms):
            return None
        relaxed = replace(self.program, integer=None)
        try:
            found = minimise_tails(relaxed, terms, start, tolerance, self.probabilities)
        except SolverError:  # cutting planes find out whether it is infeasible, unbounded or hard
            return None
        if self.program.is_integer:
            weights = iter(found.weights)
            cuts.add(
                found.x,
                [cut_of(term.loss, found.x, next(weights) if term.weight > 0 else None) for term in self.terms],
            )
        return self._judge(found.x, found.bound, found.passes, found.duals, tolerance)

    def _converge(
        self, cuts: TailCuts, session: HighsSession, tolerance: float, most: float, *, name_conflict: bool
    ) -> TailSolution:
        """Pass after pass until no tail of the master is too low or the gap is closed."""
        n = len(self.program.cost)
        best, best_x, level = np.inf, None, True
        for passes in range(1, MOST_PASSES + 1):
            solution = self._run(session, most, name_conflict=name_conflict)
            x = solution.x[:n]
            if best_x is not None and not self.limits:
                if best - solution.bound <= tolerance * max(1.0, abs(best)):
                    return self._finish(best_x, solution, passes, tolerance)
                if level:
                    nearer = cuts.level_point(best_x, solution.objective + LEVEL * (best - solution.objective))
                    x = x if nearer is None else nearer
            tails = self._tails_at(x)
            if not self.limits:
                value = self._value(x, tails)
                if value < best:
                    best, best_x = value, x
            if not self._tails or self._known(solution, tails, tolerance):
                return self._finish(x, solution, passes, tolerance)
            news = cuts.add(x, tails, session)
            if not news and not level:
                # rounding: the master knows all there is to know at its own point
                return self._finish(x if best_x is None else best_x, solution, passes, tolerance)
            level = news
        raise _unconverged()

    def _converge_whole(
        self, cuts: TailCuts, tolerance: float, most: float, *, name_conflict: bool
    ) -> TailSolution:
        """Pass after pass with whole numbers, until no tail of the master is too low or the gap is closed.

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
            solution = self._run(session, most, name_conflict=name_conflict)
            x = solution.x[:n]
            passes += 1
            if best_x is not None and best - solution.bound <= tolerance * max(1.0, abs(best)):
                return self._finish(best_x, solution, passes, tolerance)
            tails = self._tails_at(x)
            if not self.limits and self._value(x, tails) < best:
                best, best_x = self._value(x, tails), x
            if self._known(solution, tails, tolerance):
                return self._finish(x, solution, passes, tolerance)
            if not cuts.add(x, tails):
                return self._finish(x if best_x is None else best_x, solution, passes, tolerance)
            try:
                held = self._converge(cuts, cuts.session(held=x), tolerance, np.inf, name_conflict=False)
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
        _not_above(most, solution.bound)
        return solution

    def _value(self, x: FloatArray, tails: Sequence[tuple[float, FloatArray]]) -> float:
        """Objective at x, its tails known."""
        own = zip(self.terms, tails[: len(self.terms)], strict=True)
        return float(self.program.cost @ x) + sum(term.weight * found for term, (found, _) in own)

    def _known(self, solution: Solution, tails: Sequence[tuple[float, FloatArray]], tolerance: float) -> bool:
        """Whether the tails of the master are the true ones at its own point."""
        if not self.limits:
            return False
        low = solution.x[len(self.program.cost) :] + tolerance * np.maximum(
            1.0, [abs(found) for found, _ in tails]
        )
        return all(found <= limit for (found, _), limit in zip(tails, low, strict=True))

    def _conflict(self, error: InfeasibleError) -> InfeasibleError:
        """The conflict in the caller's names: rows and limits."""
        own = {*self.program.row_names, *self.program.column_names, *(limit.name for limit in self.limits)}
        named = tuple(name for name in error.conflict if name in own)
        sentence = f" Conflicting: {', '.join(named)}." if named else ""
        return InfeasibleError(f"HiGHS: infeasible.{sentence} Relax or remove one of them.", named)

    def _finish(self, x: FloatArray, solution: Solution, passes: int, tolerance: float) -> TailSolution:
        """The point held, with the master's bound and duals."""
        return self._judge(x, solution.bound, passes, solution.duals, tolerance)

    def _judge(
        self, x: FloatArray, bound: float, passes: int, duals: FloatArray, tolerance: float
    ) -> TailSolution:
        """Judge the point held, restored when that is possible."""
        held = x if self.restore is None else self.restore(x)
        over = self.excess(held)
        relative = [over[limit.name] / max(1.0, abs(limit.limit)) for limit in self.limits]
        violation = max([self.program.violation(held), *relative])
        objective = self.value(held)
        gap = max(0.0, (objective - bound) / max(1.0, abs(objective)))
        feasible = violation <= tolerance
        names = [*self.program.row_names, *(limit.name for limit in self.limits)]
        return TailSolution(
            x=held,
            objective=objective,
            bound=bound,
            gap=gap if feasible else None,
            violation=violation,
            status=SolutionStatus.OPTIMAL if feasible else SolutionStatus.BOUND_ONLY,
            passes=passes,
            duals=dict(zip(names, duals[: len(names)].tolist(), strict=True)),
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


def _unconverged() -> SolverError:
    return SolverError(f"tail cuts did not converge in {MOST_PASSES} passes; scale the data or bound the columns")


def _not_above(most: float, bound: float) -> None:
    """Refuse a bound above the most an objective may be."""
    if bound > most:
        raise InfeasibleError(f"No point has an objective of at most {most:g}: the bound is {bound:g}.", ())
