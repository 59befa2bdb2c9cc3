"""Losses per scenario, convex in x: what ``TailProgram`` asks of one, and three kinds.

Matrices may be float32: they are read in blocks and summed in float64, so no second copy is ever held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bekostiging_solvers.risk import check_confidence
from bekostiging_solvers.typing import FloatArray, IntArray

Matrix = NDArray[Any]
BLOCK = 16_384
"""Rows turned into float64 at a time: a few megabytes, far below the matrix, and in the cache."""


class ScenarioLoss(Protocol):
    """A loss per scenario, convex in x."""

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x; (n_scenarios,)."""

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """A subgradient of ``weights @ evaluate(x)``; (n_columns,)."""


@dataclass(frozen=True)
class CVaRTerm:
    """``weight`` x CVaR of a loss in the objective; ``weight`` >= 0; ``confidence`` 0 is the expectation."""

    name: str
    loss: ScenarioLoss
    confidence: float
    weight: float

    def __post_init__(self) -> None:
        """Refuse what is not convex."""
        check_confidence(self.confidence)
        if not 0 <= self.weight < np.inf:
            raise ValueError(
                f"{self.name}: weight must be finite and at least 0, not {self.weight}; it rewards risk"
            )


@dataclass(frozen=True)
class CVaRLimit:
    """CVaR of a loss + coefficients x <= limit; ``coefficients`` (n_columns,)."""

    name: str
    loss: ScenarioLoss
    confidence: float
    coefficients: FloatArray
    limit: float

    def __post_init__(self) -> None:
        """Refuse a confidence without tail."""
        check_confidence(self.confidence)


@dataclass(frozen=True)
class LinearLoss:
    """loss_s(x) = matrix_s x[columns] + constant_s.

    ``matrix`` (n_scenarios, k), float64 or float32; ``constant`` (n_scenarios,), zero when left out; ``columns`` (k,)
    of x, all of them in order when left out; a column that stands there twice counts twice.
    """

    matrix: Matrix
    constant: FloatArray | None = None
    columns: IntArray | None = None

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x."""
        own = x if self.columns is None else x[self.columns]
        losses = _times(self.matrix, own)
        return losses if self.constant is None else np.asarray(losses + self.constant)

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """The weighted rows."""
        return _scattered(x, self.columns, _weighted(self.matrix, weights))


@dataclass(frozen=True)
class PositivePartLoss:
    """loss_s(x) = sum over parts of max(0, part_s(x)), the parts affine (or convex)."""

    parts: tuple[ScenarioLoss, ...]

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x."""
        return np.asarray(sum(np.maximum(part.evaluate(x), 0.0) for part in self.parts))

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """The parts' subgradients over the scenarios where they are positive."""
        total = np.zeros(len(x))
        for part in self.parts:
            total += part.subgradient(x, np.where(part.evaluate(x) > 0, weights, 0.0))
        return total


@dataclass(frozen=True)
class RunningMaxLoss:
    """loss_s(x) = max(0, max_t sum_{u <= t} (matrix_su x[columns] + constant_su)): the largest cumulative sum.

    ``matrix`` (n_scenarios, n_periods, k) and ``constant`` (n_scenarios, n_periods) are cumulative already; build it
    from increments with ``of_increments``.
    """

    matrix: FloatArray
    constant: FloatArray
    columns: IntArray | None = None

    @classmethod
    def of_increments(
        cls, matrix: FloatArray, constant: FloatArray, columns: IntArray | None = None
    ) -> RunningMaxLoss:
        """From losses per period."""
        return cls(np.cumsum(matrix, axis=1), np.cumsum(constant, axis=1), columns)

    def _paths(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.matrix @ (x if self.columns is None else x[self.columns]) + self.constant)

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Deepest point of every scenario's path, zero when it never loses."""
        return np.asarray(np.maximum(self._paths(x).max(axis=1), 0.0))

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Rows of the period of the largest loss, of the scenarios that lose."""
        paths = self._paths(x)
        largest_loss = paths.argmax(axis=1)
        rows = np.arange(len(paths))
        active = np.where(paths[rows, largest_loss] > 0, weights, 0.0)
        return _scattered(x, self.columns, active @ self.matrix[rows, largest_loss])


def _times(matrix: Matrix, x: FloatArray) -> FloatArray:
    """matrix x with sums in float64."""
    if matrix.dtype == np.float64:
        return np.asarray(matrix @ x)
    found = np.empty(len(matrix))
    for begin in range(0, len(matrix), BLOCK):
        found[begin : begin + BLOCK] = matrix[begin : begin + BLOCK].astype(np.float64) @ x
    return found


def _weighted(matrix: Matrix, weights: FloatArray) -> FloatArray:
    """weights matrix over the rows that have a weight, in blocks."""
    chosen = np.flatnonzero(weights)
    total = np.zeros(matrix.shape[1])
    for begin in range(0, len(chosen), BLOCK):
        own = chosen[begin : begin + BLOCK]
        total += weights[own] @ matrix[own].astype(np.float64, copy=False)
    return total


def _scattered(x: FloatArray, columns: IntArray | None, own: FloatArray) -> FloatArray:
    """A gradient in the columns of the loss as one in x."""
    if columns is None:
        return own
    gradient = np.zeros(len(x))
    np.add.at(gradient, columns, own)
    return gradient
