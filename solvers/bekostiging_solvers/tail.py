"""Linear programs with CVaR in objective and limits, by cutting planes over the scenarios.

    minimise    cost x + sum_k weight_k CVaR_k[loss_k(x)]
    subject to  the rows and bounds of a ``LinearProgram``,
                CVaR_j[loss_j(x)] + coefficients_j x <= limit_j

A loss is convex in x, so CVaR is, and a tail (weights w on the worst scenarios) at one point gives a cut that
holds everywhere: CVaR(x) >= w loss(x0) + g (x - x0), g a subgradient of w loss. The master knows the cuts found
so far and is a relaxation: its value is a lower bound (Künzi-Bay and Mayer 2006, doi:10.1007/s10287-005-0042-0).
One pass evaluates every loss once and cuts where the master's tail is too low. Losses are piecewise linear, so
the number of tails is finite and so is the method.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, vstack

from bekostiging_solvers.highs import INFINITY, HighsSession, LinearProgram, Solution, SolverError
from bekostiging_solvers.risk import tail_weights

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
TOLERANCE = 1e-8
"""Largest violation, relative to the size of the tail, at which a point counts as feasible."""
MOST_PASSES = 1000


class ScenarioLoss(Protocol):
    """A loss per scenario, convex in x."""

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x; (n_scenarios,)."""

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """A subgradient of ``weights @ evaluate(x)``; (n_columns,)."""


@dataclass(frozen=True)
class LinearLoss:
    """loss_s(x) = constant_s + coefficients_s x[columns]; (n_scenarios,), (n_scenarios, k), (k,).

    A column may stand more than once in ``columns``: its coefficients add up.
    """

    constant: FloatArray
    coefficients: FloatArray
    columns: IntArray

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x."""
        return np.asarray(self.constant + self.coefficients @ x[self.columns])

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """The weighted coefficients."""
        gradient = np.zeros(len(x))
        np.add.at(gradient, self.columns, weights @ self.coefficients)
        return gradient


@dataclass(frozen=True)
class PositivePartLoss:
    """loss_s(x) = max(0, inner_s(x))."""

    inner: ScenarioLoss

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x."""
        return np.maximum(self.inner.evaluate(x), 0.0)

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """The inner subgradient over the scenarios with a loss."""
        return self.inner.subgradient(x, np.where(self.inner.evaluate(x) > 0, weights, 0.0))


@dataclass(frozen=True)
class RunningMaxLoss:
    """loss_s(x) = max(0, max_t sum_{u <= t} (constant_su + coefficients_su x[columns])).

    ``constant`` (n_scenarios, n_periods) and ``coefficients`` (n_scenarios, n_periods, k) are cumulative
    already; build it from increments with ``of_increments``.
    """

    constant: FloatArray
    coefficients: FloatArray
    columns: IntArray

    @classmethod
    def of_increments(cls, constant: FloatArray, coefficients: FloatArray, columns: IntArray) -> RunningMaxLoss:
        """From losses per period."""
        return cls(np.cumsum(constant, axis=1), np.cumsum(coefficients, axis=1), columns)

    def _paths(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.constant + self.coefficients @ x[self.columns])

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Deepest point of every scenario's path, zero when it never loses."""
        return np.asarray(np.maximum(self._paths(x).max(axis=1), 0.0))

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Coefficients at the deepest period, of the scenarios that lose."""
        paths = self._paths(x)
        deepest = paths.argmax(axis=1)
        rows = np.arange(len(paths))
        active = np.where(paths[rows, deepest] > 0, weights, 0.0)
        gradient = np.zeros(len(x))
        np.add.at(gradient, self.columns, active @ self.coefficients[rows, deepest])
        return gradient


@dataclass(frozen=True)
class CVaRTerm:
    """``weight`` x CVaR of a loss in the objective; ``weight`` >= 0."""

    name: str
    loss: ScenarioLoss
    confidence: float
    weight: float


@dataclass(frozen=True)
class CVaRLimit:
    """CVaR of a loss + coefficients x <= limit; ``coefficients`` (n_columns,)."""

    name: str
    loss: ScenarioLoss
    confidence: float
    coefficients: FloatArray
    limit: float


@dataclass(frozen=True)
class TailSolution:
    """``objective`` of the point held, exact over the scenarios; ``bound`` below every feasible value.

    ``gap`` = (objective - bound) / max(1, |objective|), None when no feasible point is held; ``violation``: the
    largest excess over a CVaR limit, in the unit of the limit; ``duals`` by name of row and limit.
    """

    x: FloatArray
    objective: float
    bound: float
    gap: float | None
    violation: float
    passes: int
    duals: dict[str, float]


class TailProgram:
    """A linear program with CVaR terms and limits.

    Parameters
    ----------
    program : LinearProgram
        Its columns are x; give every column that a loss uses finite bounds where it has them.
    terms, limits : sequences of CVaRTerm and CVaRLimit
    restore : callable, optional
        Makes a nearly feasible point feasible (raise what a tail must not exceed); without it the master's own
        point is judged as it stands.
    """

    def __init__(
        self,
        program: LinearProgram,
        terms: Sequence[CVaRTerm],
        limits: Sequence[CVaRLimit],
        restore: Callable[[FloatArray], FloatArray] | None = None,
    ) -> None:
        self.program = program
        self.terms = tuple(terms)
        self.limits = tuple(limits)
        self.restore = restore
        self._tails: tuple[CVaRTerm | CVaRLimit, ...] = (*self.terms, *self.limits)

    def value(self, x: FloatArray) -> float:
        """Objective at x, exact over the scenarios."""
        tails = sum(term.weight * self._tail(term, x)[0] for term in self.terms)
        return float(self.program.cost @ x + tails)

    def excess(self, x: FloatArray) -> dict[str, float]:
        """CVaR + coefficients x - limit of every limit; positive is a violation."""
        return {
            limit.name: self._tail(limit, x)[0] + float(limit.coefficients @ x) - limit.limit
            for limit in self.limits
        }

    def solve(self, start: FloatArray) -> TailSolution:
        """Cut until the master's tails are the true ones; ``start`` (n_columns,) gives the first cuts.

        Raises
        ------
        InfeasibleError
            The rows and limits have no common point (the master is a relaxation, so this is a proof).
        SolverError
            Any other failure of HiGHS, or no convergence.
        """
        n = len(self.program.cost)
        session = HighsSession(self._master())
        for index, tail in enumerate(self._tails):
            self._cut(session, index, tail, start)
        for passes in range(1, MOST_PASSES + 1):
            solution = session.solve()
            x = solution.x[:n]
            if not self._add_cuts(session, solution):
                return self._finish(x, solution, passes)
        raise SolverError(
            f"tail cuts did not converge in {MOST_PASSES} passes; scale the data or bound the columns"
        )

    def _tail(self, tail: CVaRTerm | CVaRLimit, x: FloatArray) -> tuple[float, FloatArray]:
        """CVaR at x and the weights of its tail."""
        losses = tail.loss.evaluate(x)
        weights = tail_weights(losses, tail.confidence)
        return float(weights @ losses), weights

    def _cut(self, session: HighsSession, index: int, tail: CVaRTerm | CVaRLimit, x: FloatArray) -> None:
        """Add tail >= value + gradient (x - x0)."""
        value, weights = self._tail(tail, x)
        gradient = tail.loss.subgradient(x, weights)
        columns = np.flatnonzero(gradient)
        row = np.append(columns, len(x) + index), np.append(-gradient[columns], 1.0)
        session.add_row(value - float(gradient @ x), INFINITY, *row)

    def _add_cuts(self, session: HighsSession, solution: Solution) -> bool:
        """Cut every tail the master has too low; whether there was one."""
        n = len(self.program.cost)
        added = False
        for index, tail in enumerate(self._tails):
            true = self._tail(tail, solution.x[:n])[0]
            if true - solution.x[n + index] > TOLERANCE * max(1.0, abs(true)):
                self._cut(session, index, tail, solution.x[:n])
                added = True
        return added

    def _finish(self, x: FloatArray, solution: Solution, passes: int) -> TailSolution:
        """Judge the point held, restored when that is possible, and read the duals."""
        held = x if self.restore is None else self.restore(x)
        violation = max([0.0, *self.excess(held).values(), self._row_excess(held)])
        objective = self.value(held)
        scale = max([1.0, *(abs(limit.limit) for limit in self.limits)])
        gap = (objective - solution.objective) / max(1.0, abs(objective))
        names = [*self.program.row_names, *(limit.name for limit in self.limits)]
        return TailSolution(
            x=held,
            objective=objective,
            bound=solution.objective,
            gap=max(gap, 0.0) if violation <= 10 * TOLERANCE * scale else None,
            violation=violation,
            passes=passes,
            duals=dict(zip(names, solution.duals[: len(names)].tolist(), strict=True)),
        )

    def _row_excess(self, x: FloatArray) -> float:
        """Largest violation of a row or a bound."""
        activity = self.program.matrix @ x
        below = np.concatenate([self.program.row_lower - activity, self.program.lower - x])
        above = np.concatenate([activity - self.program.row_upper, x - self.program.upper])
        return float(max(below.max(initial=0.0), above.max(initial=0.0)))

    def _master(self) -> LinearProgram:
        """The program with one column per tail and one row per limit."""
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
        )
