"""A linear or mixed-integer program as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from bekostiging_solvers.arrays import check_finite, flags, sparse, vector
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

INFINITY = float("inf")


@dataclass(frozen=True)
class LinearProgram:
    """A linear or mixed-integer program.

        minimise cost x   subject to   row_lower <= matrix x <= row_upper,  lower <= x <= upper

    Parameters
    ----------
    cost, lower, upper : (n_columns,) array
        Cost and bounds of the columns; infinity where there is no bound.
    matrix : (n_rows, n_columns) sparse array
        Coefficients.
    row_lower, row_upper : (n_rows,) array
        Limits of the rows; equal for an equation, infinity where there is no limit.
    column_names, row_names : tuple of str
        For messages, conflicts and duals.
    integer : (n_columns,) array of bool, optional
        Columns that must be whole; None when all are continuous.

    Raises
    ------
    ValueError
        Arrays whose lengths do not fit the matrix; a nan anywhere, or an infinity other than a bound that is absent
        (-inf below, inf above). The message names the array and the place.

    Notes
    -----
    Lists, series and data frames are made arrays. A series with names in its index must have those of ``column_names`` or
    ``row_names``, in that order.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, solve_highs
    >>> program = LinearProgram(
    ...     cost=np.array([1.0, 2.0]), lower=np.zeros(2), upper=np.full(2, 10.0), matrix=csr_array([[1.0, 1.0]]),
    ...     row_lower=np.array([4.0]), row_upper=np.array([np.inf]), column_names=("x", "y"), row_names=("demand",),
    ... )
    >>> solution = solve_highs(program)
    >>> solution.x.tolist(), solution.objective, solution.duals.tolist()
    ([4.0, 0.0], 4.0, [1.0])
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    column_names: tuple[str, ...]
    row_names: tuple[str, ...]
    integer: BoolArray | None = None

    def __post_init__(self) -> None:
        """Make arrays of what was given and refuse what does not fit together or is no number."""
        _settle(self, "matrix", sparse(self.matrix, "matrix"))
        n_rows, n_columns = self.matrix.shape
        for name, length in (("column_names", n_columns), ("row_names", n_rows)):
            if not isinstance(getattr(self, name), tuple):
                _settle(self, name, tuple(getattr(self, name)))
            _check_length(name, getattr(self, name), length)
        if self.integer is not None:
            _settle(self, "integer", flags(self.integer, "integer"))
            _check_length("integer", self.integer, n_columns)
        for name, may_be, length, names in (
            ("cost", None, n_columns, self.column_names),
            ("lower", -INFINITY, n_columns, self.column_names),
            ("upper", INFINITY, n_columns, self.column_names),
            ("row_lower", -INFINITY, n_rows, self.row_names),
            ("row_upper", INFINITY, n_rows, self.row_names),
        ):
            values = vector(getattr(self, name), name, names)
            _check_length(name, values, length)
            check_finite(values, name, names, but=may_be)
            _settle(self, name, values)
        if not np.isfinite(self.matrix.data).all():
            raise ValueError(_not_finite(self.matrix, self.row_names, self.column_names))

    @property
    def is_integer(self) -> bool:
        """Whether a column must be whole."""
        return self.integer is not None and bool(self.integer.any())

    @property
    def whole(self) -> IntArray:
        """Columns that must be whole."""
        return np.flatnonzero(np.zeros(0) if self.integer is None else self.integer)

    def with_rows(
        self, rows: FloatArray, lower: FloatArray, upper: FloatArray, names: tuple[str, ...]
    ) -> LinearProgram:
        """The program with more rows ``lower <= rows x <= upper``; ``rows`` (k, n_columns)."""
        return replace(
            self,
            matrix=csr_array(vstack([self.matrix, csr_array(rows)])),
            row_lower=np.concatenate([self.row_lower, lower]),
            row_upper=np.concatenate([self.row_upper, upper]),
            row_names=(*self.row_names, *names),
        )

    def violation(self, x: FloatArray) -> float:
        """Largest violation of a row or a bound at x (n_columns,), relative to the larger of one and that bound."""
        activity = self.matrix @ x
        short = np.concatenate([self.row_lower - activity, self.lower - x])
        over = np.concatenate([activity - self.row_upper, x - self.upper])
        least, most = np.append(self.row_lower, self.lower), np.append(self.row_upper, self.upper)
        return max(_relative(short, least), _relative(over, most))


class RowBuilder:
    """Rows of a program under construction, each with its name and limits.

    Examples
    --------
    >>> rows = RowBuilder()
    >>> rows.add("demand", {0: 1.0, 2: 1.0}, lower=4.0)
    >>> rows.add_dense("balance", np.array([1.0, -1.0, 0.0]), lower=0.0, upper=0.0)
    >>> rows.names, rows.lower, rows.upper
    (['demand', 'balance'], [4.0, 0.0], [inf, 0.0])
    >>> rows.matrix(3).toarray().tolist()
    [[1.0, 0.0, 1.0], [1.0, -1.0, 0.0]]
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self._entries: list[tuple[IntArray, FloatArray]] = []

    def add(self, name: str, entries: dict[int, float], lower: float = -INFINITY, upper: float = INFINITY) -> None:
        """Append ``lower <= sum of value x[column] <= upper``; ``entries`` maps columns to values."""
        self._append(name, np.array([*entries], dtype=np.int64), np.array([*entries.values()]), lower, upper)

    def add_dense(self, name: str, slope: FloatArray, lower: float = -INFINITY, upper: float = INFINITY) -> None:
        """Append ``lower <= slope x <= upper``; ``slope`` (n_columns,), its zeros left out."""
        columns = np.flatnonzero(slope)
        self._append(name, columns, slope[columns], lower, upper)

    def _append(self, name: str, columns: IntArray, values: FloatArray, lower: float, upper: float) -> None:
        self._entries.append((columns, values))
        self.names.append(name)
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self, n_columns: int) -> csr_array:
        """All rows, sparse."""
        if not self._entries:
            return csr_array((0, n_columns))
        row = np.concatenate([np.full(len(columns), i) for i, (columns, _) in enumerate(self._entries)])
        column = np.concatenate([columns for columns, _ in self._entries])
        value = np.concatenate([values for _, values in self._entries])
        return csr_array((value, (row, column)), shape=(len(self.names), n_columns))


def _settle(program: LinearProgram, name: str, value: Any) -> None:
    """Set a field of a frozen program."""
    if value is not getattr(program, name):
        object.__setattr__(program, name, value)


def _check_length(name: str, values: Any, length: int) -> None:
    """Refuse an array that does not fit the matrix."""
    if len(values) != length:
        raise ValueError(f"{name} has length {len(values)}, the matrix asks {length}")


def _not_finite(matrix: csr_array, row_names: tuple[str, ...], column_names: tuple[str, ...]) -> str:
    """Where a matrix has its first entry that is no finite number."""
    place = int(np.flatnonzero(~np.isfinite(matrix.data))[0])
    row, column = int(np.searchsorted(matrix.indptr, place, side="right")) - 1, int(matrix.indices[place])
    named = " ".join(name for name in (row_names[row], column_names[column]) if name)
    return f"matrix[{row}, {column}]{f' ({named})' if named else ''} is {matrix.data[place]}; give a finite number"


def _relative(excess: FloatArray, bound: FloatArray) -> float:
    """Largest excess over the larger of one and the bound; infinite bounds have none."""
    finite = np.isfinite(bound)
    return float((excess[finite] / np.maximum(1.0, np.abs(bound[finite]))).max(initial=0.0))
