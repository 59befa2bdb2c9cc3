"""Losses per scenario, convex in x: what ``TailProgram`` asks of one, and three kinds.

Matrices may be float32: they are read in blocks and summed in float64, so no second copy is ever held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bekostiging_solvers.arrays import check_aligned, check_finite, few, labels_of, numbers, vector
from bekostiging_solvers.risk import check_confidence
from bekostiging_solvers.typing import FloatArray, IntArray

Matrix = NDArray[Any]
BLOCK = 16_384
"""Rows turned into float64 at a time: a few megabytes, far below the matrix, and in the cache."""


class ScenarioLoss(Protocol):
    """A loss per scenario, convex in x; any object with these two methods will do.

    Examples
    --------
    The square of the distance to a demand that differs by scenario:

    >>> class Distance:
    ...     demand = np.array([1.0, 3.0])
    ...     def evaluate(self, x):
    ...         return (x[0] - self.demand) ** 2
    ...     def subgradient(self, x, weights):
    ...         return np.array([weights @ (2 * (x[0] - self.demand))])
    >>> Distance().evaluate(np.array([2.0])).tolist()
    [1.0, 1.0]
    """

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x; (n_scenarios,)."""

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """A subgradient of ``weights @ evaluate(x)``; (n_columns,)."""


@dataclass(frozen=True)
class CVaRTerm:
    """``weight`` x CVaR of a loss, in the objective of a ``TailProgram``.

    Parameters
    ----------
    name : str
        For messages.
    loss : ScenarioLoss
        Loss of every scenario as a function of x.
    confidence : float
        In [0, 1); 0.95 is the mean of the worst 5 %, 0 the expectation.
    weight : float
        At least 0.

    Raises
    ------
    ValueError
        A confidence outside [0, 1), or a weight that is negative or not finite: it would reward risk.

    Examples
    --------
    >>> CVaRTerm("cost", LinearLoss(np.array([[1.0], [3.0]])), confidence=0.5, weight=1.0).confidence
    0.5
    """

    name: str
    loss: ScenarioLoss
    confidence: float
    weight: float

    def __post_init__(self) -> None:
        """Refuse what is not convex."""
        check_confidence(self.confidence)
        if not 0 <= self.weight < np.inf:
            raise ValueError(
                f"{self.name or 'a term'}: weight must be finite and at least 0, not {self.weight}; it rewards risk"
            )


@dataclass(frozen=True)
class CVaRLimit:
    """CVaR of a loss + coefficients x <= limit, in a ``TailProgram``.

    Parameters
    ----------
    name : str
        For conflicts and duals.
    loss : ScenarioLoss
        Loss of every scenario as a function of x.
    confidence : float
        In [0, 1); 0.95 is the mean of the worst 5 %, 0 the expectation.
    coefficients : (n_columns,) array
        What every column adds, the same in every scenario.
    limit : float
        In the unit of the loss.

    Raises
    ------
    ValueError
        A confidence outside [0, 1), coefficients or a limit that are not finite.

    Examples
    --------
    >>> CVaRLimit("worst half", LinearLoss(np.array([[1.0], [3.0]])), 0.5, np.zeros(1), limit=6.0).limit
    6.0
    """

    name: str
    loss: ScenarioLoss
    confidence: float
    coefficients: FloatArray
    limit: float

    def __post_init__(self) -> None:
        """Refuse a confidence without tail and what is no number."""
        check_confidence(self.confidence)
        names = labels_of(self.coefficients, f"coefficients of limit {self.name}".rstrip())
        object.__setattr__(self, "names", names)
        coefficients = vector(self.coefficients, f"coefficients of limit {self.name}".rstrip())
        check_finite(coefficients, f"coefficients of limit {self.name}".rstrip())
        object.__setattr__(self, "coefficients", coefficients)
        if not np.isfinite(self.limit):
            raise ValueError(f"limit {self.name} is {self.limit}; give a finite number, or leave the limit out")


@dataclass(frozen=True)
class LinearLoss:
    """loss_s(x) = matrix_s x[columns] + constant_s.

    Parameters
    ----------
    matrix : (n_scenarios, k) array
        float64 or float32.
    constant : (n_scenarios,) array, optional
        Zero when left out.
    columns : (k,) array of int, optional
        Columns of x that the loss uses, all of them in order when left out; one that stands there twice counts twice.

    Raises
    ------
    ValueError
        Arrays that do not fit together, or columns that are no places. Lists and data frames are made arrays.

    Examples
    --------
    >>> LinearLoss(np.array([[1.0], [3.0]]), columns=np.array([1])).evaluate(np.array([9.0, 2.0])).tolist()
    [2.0, 6.0]
    """

    matrix: Matrix
    constant: FloatArray | None = None
    columns: IntArray | None = None

    def __post_init__(self) -> None:
        """Make arrays of what was given and refuse what does not fit together."""
        _settle_arrays(self, self.matrix, self.constant, self.columns, 2)

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
    """loss_s(x) = sum over parts of max(0, part_s(x)), the parts affine (or convex).

    Parameters
    ----------
    parts : sequence of ScenarioLoss
        At least one, all over the same scenarios.

    Raises
    ------
    ValueError
        No parts, or parts of another number of scenarios.

    Examples
    --------
    >>> PositivePartLoss((LinearLoss(np.array([[1.0], [-1.0]])),)).evaluate(np.array([2.0])).tolist()
    [2.0, 0.0]
    """

    parts: tuple[ScenarioLoss, ...]

    def __post_init__(self) -> None:
        """Refuse parts that cannot be added up."""
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts:
            raise ValueError("a loss of positive parts has at least one part")
        lengths = {len(part.matrix) for part in self.parts if isinstance(part, LinearLoss | RunningMaxLoss)}
        if len(lengths) > 1:
            raise ValueError(
                f"the parts have {' and '.join(map(str, sorted(lengths)))} scenarios; they need the same ones"
            )

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
    """loss_s(x) = max(0, max_t sum_{u <= t} (matrix_su x[columns] + constant_su)): the largest cumulative loss.

    Parameters
    ----------
    matrix : (n_scenarios, n_periods, k) array
        Cumulative already; ``of_increments`` builds the loss from what every period adds.
    constant : (n_scenarios, n_periods) array
        Cumulative already.
    columns : (k,) array of int, optional
        Columns of x that the loss uses, all of them in order when left out.

    Raises
    ------
    ValueError
        Arrays that do not fit together, no periods, or columns that are no places.

    Examples
    --------
    One scenario loses 3 and then gains 1, so its largest cumulative loss is 3; the other never loses:

    >>> increments = np.array([[[3.0], [-1.0]], [[-1.0], [0.5]]])
    >>> RunningMaxLoss.of_increments(increments, np.zeros((2, 2))).evaluate(np.array([1.0])).tolist()
    [3.0, 0.0]
    """

    matrix: FloatArray
    constant: FloatArray
    columns: IntArray | None = None

    def __post_init__(self) -> None:
        """Make arrays of what was given and refuse what does not fit together."""
        _settle_arrays(self, self.matrix, self.constant, self.columns, 3)

    @classmethod
    def of_increments(
        cls, matrix: FloatArray, constant: FloatArray, columns: IntArray | None = None
    ) -> RunningMaxLoss:
        """From what every period adds: ``matrix`` (n_scenarios, n_periods, k), ``constant`` (n_scenarios, n_periods)."""
        increments, constants = np.asarray(matrix), np.asarray(constant)
        if increments.ndim != 3 or constants.ndim != 2:
            raise ValueError(
                f"increments are (n_scenarios, n_periods, k) and (n_scenarios, n_periods), not {increments.shape} and "
                f"{constants.shape}"
            )
        return cls(np.cumsum(increments, axis=1), np.cumsum(constants, axis=1), columns)

    def _paths(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.matrix @ (x if self.columns is None else x[self.columns]) + self.constant)

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Largest cumulative loss of every scenario, zero when it never loses; (n_scenarios,)."""
        return np.asarray(np.maximum(self._paths(x).max(axis=1), 0.0))

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Rows of the period of the largest loss, of the scenarios that lose."""
        paths = self._paths(x)
        largest_loss = paths.argmax(axis=1)
        rows = np.arange(len(paths))
        active = np.where(paths[rows, largest_loss] > 0, weights, 0.0)
        return _scattered(x, self.columns, active @ self.matrix[rows, largest_loss])


def parts_of(loss: ScenarioLoss) -> list[LinearLoss | RunningMaxLoss]:
    """The losses with a matrix in a loss; none in one of the caller's own."""
    match loss:
        case LinearLoss() | RunningMaxLoss():
            return [loss]
        case PositivePartLoss():
            return [found for part in loss.parts for found in parts_of(part)]
        case _:
            return []


@dataclass(frozen=True)
class ReadFrom:
    """Names in a data frame or series that a loss was made of: of its ``columns``, and the ``index`` of its scenarios."""

    columns: tuple[str, ...]
    index: Any


def check_names(loss: LinearLoss | RunningMaxLoss, name: str, columns: tuple[str, ...]) -> None:
    """Refuse a data frame whose columns have other names than those of x, or another order.

    Raises
    ------
    ValueError
        Read by place they would be multiplied by others.
    """
    own = loss.__dict__["read_from"].columns
    asked = columns if loss.columns is None else tuple(columns[place] for place in loss.columns)
    if own and own != asked:
        raise ValueError(
            f"the loss of {name} has columns {few(own)}, the program {few(asked)} in their places; reindex the data frame"
        )


def _settle_arrays(loss: Any, matrix: Any, constant: Any, columns: Any, dimensions: int) -> None:
    """Arrays of the matrix, constant and columns of a loss, set in a frozen object.

    Raises
    ------
    ValueError
        What does not fit together.
    """
    kind = type(loss).__name__
    check_aligned(constant, f"the constant of a {kind}", matrix, "its matrix")
    names = labels_of(matrix, f"the matrix of a {kind}", "columns") if dimensions == 2 else ()
    index = getattr(matrix, "index", getattr(constant, "index", None))
    object.__setattr__(loss, "read_from", ReadFrom(names, None if callable(index) else index))
    if not (type(matrix) is np.ndarray and matrix.dtype in (np.float64, np.float32)):
        matrix = numbers(matrix, f"the matrix of a {kind}")
    shape = matrix.shape
    if len(shape) != dimensions or 0 in shape[:-1]:
        asked = "(n_scenarios, k)" if dimensions == 2 else "(n_scenarios, n_periods, k)"
        raise ValueError(f"the matrix of a {kind} has shape {shape}, asked is {asked} with at least one scenario")
    object.__setattr__(loss, "matrix", matrix)
    if constant is not None:
        constant = numbers(constant, f"the constant of a {kind}")
        if constant.shape != shape[:-1]:
            raise ValueError(f"the constant of a {kind} has shape {constant.shape}, its matrix asks {shape[:-1]}")
        object.__setattr__(loss, "constant", constant)
    if columns is not None:
        columns = np.asarray(columns)
        if columns.dtype.kind not in "iu" or columns.shape != shape[-1:] or (columns < 0).any():
            raise ValueError(
                f"columns of a {kind} are {shape[-1]} places of columns of x, one per column of its matrix"
            )
        object.__setattr__(loss, "columns", columns)


def _times(matrix: Matrix, x: FloatArray) -> FloatArray:
    """Product of matrix and x with sums in float64."""
    if matrix.dtype == np.float64:
        return np.asarray(matrix @ x)
    product = np.empty(len(matrix))
    for begin in range(0, len(matrix), BLOCK):
        product[begin : begin + BLOCK] = matrix[begin : begin + BLOCK].astype(np.float64) @ x
    return product


def _weighted(matrix: Matrix, weights: FloatArray) -> FloatArray:
    """Product of weights and matrix over the rows that have a weight, in blocks."""
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
