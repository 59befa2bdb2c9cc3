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
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

from bekostiging_solvers.arrays import check_finite, few, vector
from bekostiging_solvers.equilibration import check_ends
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.losses import CVaRLimit, CVaRTerm, check_names, parts_of
from bekostiging_solvers.risk import checked_probabilities
from bekostiging_solvers.solution import SolutionStatus
from bekostiging_solvers.tail_cuts import LeadingLoss
from bekostiging_solvers.tail_search import Held, TailSearch
from bekostiging_solvers.tail_units import tail_units
from bekostiging_solvers.typing import FloatArray

TOLERANCE = 1e-6
"""Relative gap and violation at which a point counts as optimal and feasible."""


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
        (objective - bound) / max(u, |objective|), u a small part of what the costs and weights make one natural unit of the
        objective; None when the point violates a limit.
    violation : float
        Largest excess over a limit, row or bound, relative to the larger of one and that limit; in the program's own units
        where its numbers are far from one.
    status : SolutionStatus
        ``OPTIMAL``; ``FEASIBLE`` when the gap is above the tolerance; ``BOUND_ONLY`` when the point violates a limit.
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
        Adding up to one; equally likely when left out.

    Raises
    ------
    ValueError
        Losses, coefficients or probabilities that do not fit each other or the program; each names itself.

    Notes
    -----
    Numbers far from one are solved in units of their own (``bekostiging_solvers.equilibration``), so that it does not matter
    whether money is in cents or in billions.

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
        if not isinstance(program, LinearProgram):
            raise ValueError(f"program is a LinearProgram, not {type(program).__name__}")
        self.program = program
        self.terms = tuple(terms)
        self.limits = tuple(limits)
        self.restore = restore
        self.probabilities = probabilities
        self._tails: tuple[CVaRTerm | CVaRLimit, ...] = (*self.terms, *self.limits)
        self._check()

    def value(self, x: FloatArray) -> float:
        """Objective at x, exact over the scenarios."""
        return self._search().value(x)

    def excess(self, x: FloatArray) -> dict[str, float]:
        """CVaR + coefficients x - limit of every limit; positive is a violation."""
        return self._search().excess(x)

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
        NumericalTroubleError
            A bound above the value of a feasible point: no answer is better than a wrong one.
        SolverError
            Any other failure of HiGHS, or no convergence.
        ValueError
            A start or losses that are no finite numbers, or a bound that counts as infinite; each names itself.
        """
        point = self._start(start)
        if not 0 < tolerance < 1:
            raise ValueError(f"tolerance is a relative gap between 0 and 1, not {tolerance}")
        units = tail_units(self.program, self.terms, self.limits, point)
        check_ends(self.program if units.ordinary else units.program.scaled(self.program))
        if units.ordinary:
            held = self._search(tolerance, units.least, most, name_conflict=name_conflict).run(point)
            return self._solution(held, held.x, held.duals, 1.0)
        own, n_terms = units.program, len(self.terms)
        restore = self.restore
        held = TailSearch(
            own.scaled(self.program),
            tuple(units.term(term, k) for k, term in enumerate(self.terms)),
            tuple(units.limit(limit, n_terms + k) for k, limit in enumerate(self.limits)),
            None if restore is None else lambda z: restore(z * own.columns) / own.columns,
            self.probabilities,
            tolerance,
            units.least,
            most / own.objective,
            name_conflict,
        ).run(point / own.columns)
        duals = held.duals / np.append(own.rows, units.tails[n_terms:]) * own.objective
        return self._solution(held, held.x * own.columns, duals, own.objective)

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

    def _search(
        self, tolerance: float = TOLERANCE, least: float = 1.0, most: float = np.inf, *, name_conflict: bool = True
    ) -> TailSearch:
        """The search in the units of the caller."""
        return TailSearch(
            self.program, self.terms, self.limits, self.restore, self.probabilities, tolerance, least, most,
            name_conflict,
        )  # fmt: skip

    def _solution(self, held: Held, x: FloatArray, duals: FloatArray, unit: float) -> TailSolution:
        """What a search holds, in the units of the caller."""
        names = [*self.program.row_names, *(limit.name for limit in self.limits)]
        return TailSolution(
            x, held.objective * unit, held.bound * unit, held.gap, held.violation, held.status, held.passes,
            dict(zip(names, duals.tolist(), strict=True)),
        )  # fmt: skip

    def _check(self) -> None:
        """Refuse losses, coefficients and probabilities that do not fit each other."""
        n, n_scenarios = len(self.program.cost), set[int]()
        for tail in self._tails:
            for loss in parts_of(tail.loss):
                used = loss.matrix.shape[-1] if loss.columns is None else 1 + int(loss.columns.max(initial=-1))
                if used > n or (loss.columns is None and used < n):
                    raise ValueError(
                        f"the loss of {tail.name} uses {used} columns of x, the program has {n}; say which with "
                        "columns="
                    )
                check_names(loss, tail.name, self.program.column_names)
                n_scenarios.add(len(loss.matrix))
        for limit in self.limits:
            if len(limit.coefficients) != n:
                raise ValueError(
                    f"limit {limit.name} has {len(limit.coefficients)} coefficients, the program {n} columns"
                )
            own = limit.__dict__["names"]
            if own and own != self.program.column_names:
                raise ValueError(
                    f"the index of the coefficients of limit {limit.name} differs from the columns ({few(own)}); reindex it"
                )
        self._check_scenarios()
        if len(n_scenarios) > 1:
            raise ValueError(
                f"the losses have {' and '.join(map(str, sorted(n_scenarios)))} scenarios; they need the same ones"
            )
        if self.probabilities is not None and n_scenarios:
            self.probabilities = checked_probabilities(self.probabilities, n_scenarios.pop())

    def _check_scenarios(self) -> None:
        """Refuse losses and probabilities whose scenarios have different names: they would be matched by place."""
        known: tuple[Any, str] | None = None
        named = [
            (one.__dict__["read_from"].index, f"the loss of {tail.name}")
            for tail in self._tails
            for one in parts_of(tail.loss)
        ]
        for index, name in [*named, (getattr(self.probabilities, "index", None), "probabilities")]:
            if index is None or callable(index):
                continue
            if known is not None and not known[0].equals(index):
                raise ValueError(
                    f"{name} and {known[1]} have a different index; reindex one like the other, or pass arrays"
                )
            known = (index, name) if known is None else known

    def _start(self, start: FloatArray) -> FloatArray:
        """The checked point of the first cuts; losses are looked at there.

        Raises
        ------
        ValueError
            A start or loss that is no row of finite numbers, or probabilities that do not fit the losses.
        """
        point = vector(start, "start", self.program.column_names)
        if len(point) != len(self.program.cost):
            raise ValueError(f"start has length {len(point)}, the program has {len(self.program.cost)} columns")
        check_finite(point, "start", self.program.column_names)
        for tail in self._tails:
            losses = np.asarray(tail.loss.evaluate(point))
            if losses.ndim != 1 or len(losses) == 0:
                raise ValueError(
                    f"the loss of {tail.name} has shape {losses.shape}, asked is one number per scenario"
                )
            if not np.isfinite(losses).all():
                raise ValueError(_not_finite(tail, losses))
            if self.probabilities is not None:
                self.probabilities = checked_probabilities(self.probabilities, len(losses))
        return point


def _not_finite(tail: CVaRTerm | CVaRLimit, losses: FloatArray) -> str:
    """Where a loss has its first number that is none."""
    for loss in parts_of(tail.loss):
        arrays = {"matrix": loss.matrix, "constant": np.zeros(0) if loss.constant is None else loss.constant}
        for name, values in arrays.items():
            if not np.isfinite(values).all():
                place = tuple(int(one) for one in np.argwhere(~np.isfinite(values))[0])
                return f"{name}{list(place)} of the loss of {tail.name} is {values[place]}; give a finite number"
    scenario = int(np.flatnonzero(~np.isfinite(losses))[0])
    return f"the loss of {tail.name} in scenario {scenario} is {losses[scenario]} at the start; give finite losses"
