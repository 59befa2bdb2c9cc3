"""What a session hands to HiGHS and reads back, in units in which nothing that counts is dropped.

A program that HiGHS takes as it stands keeps its units. A row that is added later gets a unit of its own where HiGHS would
drop one of its coefficients or refuse it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from bekostiging_solvers.arrays import sparse, vector
from bekostiging_solvers.equilibration import DROPPED, NEGLIGIBLE, REFUSED, ROUNDING, Units, fits, scaled_to_fit
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.solution import Solution
from bekostiging_solvers.typing import FloatArray, IntArray

WIDE = 1e8
"""Ratio of the largest to the smallest coefficient beyond which an answer is judged in units of the whole program."""


class TooFarApartError(ValueError):
    """No unit makes all coefficients of a row or column count, given those of the others."""


class SessionUnits:
    """Units of a program and of the rows it gets; ``program``: as HiGHS has it at first.

    ``own``: units of its own even where HiGHS takes it as it stands.

    Raises
    ------
    ValueError
        Coefficients so far apart that no units make all of them count.
    """

    def __init__(self, program: LinearProgram, *, own: bool = False) -> None:
        self.plain = not own and fits(program)
        """Whether every unit is one."""
        if self.plain:
            one = np.ones(len(program.cost)), np.ones(len(program.row_lower))
            self.program, units = program, Units(*one, 1.0)
        else:
            self.program, units = scaled_to_fit(program)
        self.columns, self.objective = units.columns, units.objective
        self._rows = [units.rows]
        self._n_rows = len(units.rows)
        self._reach = _reach(self.program.lower, self.program.upper)
        # the largest coefficient of every column and row
        self._of_columns, self._of_rows = np.zeros(len(self.columns)), np.zeros(self._n_rows)
        self._least = np.inf
        self._note(self.program.matrix, 0)

    @property
    def units(self) -> Units:
        """Of everything there is now."""
        self._rows = [np.concatenate(self._rows)]
        return Units(self.columns, self._rows[0], self.objective)

    @property
    def wide(self) -> bool:
        """Whether coefficients lie so far apart that the tolerances of HiGHS need not mean the same for all of them."""
        return bool(self._of_columns.max(initial=0.0) > WIDE * self._least)

    def restored(self, solution: Solution) -> Solution:
        """A solution in the units of the caller."""
        return solution if self.plain else self.units.restored(solution)

    def point(self, x: FloatArray) -> FloatArray:
        """A point of HiGHS in the units of the caller."""
        return x if self.plain else x * self.columns

    def added(self, rows: csr_array, *sides: FloatArray) -> tuple[csr_array, list[FloatArray]]:
        """Rows and their limits as HiGHS gets them.

        Raises
        ------
        ValueError
            Rows of another number of columns, coefficients that are no numbers, or too far apart for any unit.
        """
        rows = sparse(rows, "rows")
        if rows.shape[1] != len(self.columns):
            raise ValueError(f"rows have {rows.shape[1]} columns, the program {len(self.columns)}")
        if not np.isfinite(rows.data).all():
            raise ValueError("a row has a coefficient that is nan or infinite; give finite numbers")
        limits = [_limits(side, rows.shape[0]) for side in sides]
        own = (
            rows
            if self.plain
            else csr_array((rows.data * self.columns[rows.indices], rows.indices, rows.indptr), rows.shape)
        )
        begin, units = self._n_rows, np.ones(rows.shape[0])
        self._of_rows = np.concatenate([self._of_rows, np.zeros(len(units))])
        self._note(own, begin)
        if _lost(own):
            own, units = _in_units(own, self._of_columns, self._reach, "row")
            self.plain = self.plain and bool((units == 1.0).all())
        self._rows.append(units)
        self._n_rows += len(units)
        return own, [limit / units for limit in limits]

    def added_columns(self, columns: Any, *numbers: FloatArray) -> tuple[csc_array, list[FloatArray]]:
        """Columns (n_rows, n), and their costs and bounds, (n,) each, as HiGHS gets them.

        Raises
        ------
        ValueError
            Columns of another number of rows, coefficients or costs that are no numbers, or too far apart for any unit.
        """
        rows = sparse(columns.T, "columns")
        n = rows.shape[0]
        if rows.shape[1] != self._n_rows:
            raise ValueError(f"columns have {rows.shape[1]} rows, the program {self._n_rows}")
        if not np.isfinite(rows.data).all():
            raise ValueError("a column has a coefficient that is nan or infinite; give finite numbers")
        cost, lower, upper = (_limits(one, n) for one in numbers)
        _check_costs(cost)
        if not self.plain:
            rows = csr_array((rows.data / self.units.rows[rows.indices], rows.indices, rows.indptr), rows.shape)
        units = np.ones(n)
        if _lost(rows):
            rows, units = _in_units(rows, self._of_rows, np.zeros(self._n_rows), "column")
            self.plain = self.plain and bool((units == 1.0).all())
        begin = len(self.columns)
        self.columns = np.concatenate([self.columns, 1 / units])
        self._reach = np.concatenate([self._reach, _reach(lower, upper) * units])
        self._of_columns = np.concatenate([self._of_columns, np.zeros(n)])
        size = np.abs(rows.data)
        self._least = min(self._least, size.min(initial=np.inf, where=size > 0))
        np.maximum.at(self._of_rows, rows.indices, size)
        np.maximum.at(self._of_columns, begin + np.repeat(np.arange(n), np.diff(rows.indptr)), size)
        own = csc_array((rows.data, rows.indices, rows.indptr), shape=(self._n_rows, n))
        return own, [cost / units / self.objective, lower * units, upper * units]

    def changed_rows(
        self, rows: IntArray, lower: FloatArray, upper: FloatArray
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Places and new limits of rows."""
        places = _places(rows, self._n_rows, "rows")
        low, high = _limits(lower, len(places)), _limits(upper, len(places))
        if self.plain:
            return places, low, high
        own = self.units.rows[places]
        return places, low / own, high / own

    def changed_costs(self, columns: IntArray, cost: FloatArray) -> tuple[IntArray, FloatArray]:
        """Places and new costs of columns."""
        places = _places(columns, len(self.columns), "columns")
        own = _limits(cost, len(places))
        _check_costs(own)
        return places, own if self.plain else own * self.columns[places] / self.objective

    def changed_bounds(
        self, columns: IntArray, lower: FloatArray, upper: FloatArray
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Places and new bounds of columns."""
        places = _places(columns, len(self.columns), "columns")
        low, high = _limits(lower, len(places)), _limits(upper, len(places))
        return (
            (places, low, high)
            if self.plain
            else (places, low / self.columns[places], high / self.columns[places])
        )

    def given(self, columns: IntArray, values: FloatArray) -> tuple[IntArray, FloatArray]:
        """Places and values of some columns of a point."""
        places = _places(columns, len(self.columns), "columns")
        own = _limits(values, len(places))
        return places, own if self.plain else own / self.columns[places]

    def curvature(self, hessian: Any) -> FloatArray:
        """A hessian as HiGHS gets it."""
        own, n = np.asarray(hessian, dtype=np.float64), len(self.columns)
        if own.shape != (n, n) or not np.isfinite(own).all():
            raise ValueError(f"a hessian of {n} columns is ({n}, {n}) finite numbers; its shape is {own.shape}")
        return own if self.plain else self.columns[:, None] * own * self.columns / self.objective

    def _note(self, rows: csr_array, begin: int) -> None:
        """Keep the largest coefficient of every column, and of rows from a place on."""
        size = np.abs(rows.data)
        self._least = min(self._least, size.min(initial=np.inf, where=size > 0))
        np.maximum.at(self._of_columns, rows.indices, size)
        np.maximum.at(self._of_rows, begin + np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), size)


def _lost(rows: csr_array) -> bool:
    """Whether HiGHS would drop or refuse a coefficient."""
    size = np.abs(rows.data)
    return bool(((size > 0) & (size <= DROPPED)).any() or size.max(initial=0.0) >= REFUSED)


def _in_units(
    rows: csr_array, largest_across: FloatArray, reach: FloatArray, what: str
) -> tuple[csr_array, FloatArray]:
    """Rows each in a unit that makes all their coefficients count, without what rounding left of zeros.

    ``largest_across``, ``reach``: per column its largest coefficient, and the largest size of x. Columns come as rows;
    ``what`` they are stands in the message.
    """
    entries, units = rows.tocoo(), np.ones(rows.shape[0])
    (row, column), size = entries.coords, np.abs(entries.data)
    largest = np.zeros(rows.shape[0])
    np.maximum.at(largest, row, size)
    kept = size > ROUNDING * np.minimum(largest[row], largest_across[column])
    adds = size * np.where(np.isfinite(reach), reach, 0.0)[column]
    most, least = np.zeros(rows.shape[0]), np.full(rows.shape[0], np.inf)
    np.maximum.at(most, row, adds)
    # small beside the others, but of a column that reaches far
    kept |= (size > 0) & (adds > NEGLIGIBLE * most[row])
    np.minimum.at(least, row[kept], size[kept])
    for place in np.flatnonzero((least <= DROPPED) | (largest >= REFUSED)):
        units[place] = 2.0 ** np.round((np.log2(least[place]) + np.log2(largest[place])) / 2)
        if least[place] / units[place] <= DROPPED or largest[place] / units[place] >= REFUSED:
            raise TooFarApartError(
                f"the {what}'s coefficients {least[place]:.3g} and {largest[place]:.3g} are too far apart to count both; "
                "choose units in which they are nearer to each other"
            )
    data = entries.data[kept] / units[row[kept]]
    return csr_array((data, (row[kept], column[kept])), shape=rows.shape), units


def _check_costs(cost: FloatArray) -> None:
    """Refuse a cost that is infinite."""
    if not np.isfinite(cost).all():
        raise ValueError("a cost is infinite; give finite numbers")


def _places(values: Any, n: int, what: str) -> IntArray:
    """Places of rows or columns, as HiGHS wants them."""
    found = np.asarray(values)
    if found.ndim != 1 or (found.dtype.kind not in "iu" and found.size):
        raise ValueError(f"places of {what} are whole numbers in one row, not {values!r}")
    if found.size and (found.min() < 0 or found.max() >= n):
        raise ValueError(f"places of {what} lie in 0 ... {n - 1}, not {found.min()} ... {found.max()}")
    return found.astype(np.int32)


def _limits(values: Any, n: int) -> FloatArray:
    """As many numbers as there are places."""
    found = vector(values, "what is set")
    if len(found) != n:
        raise ValueError(f"{len(found)} numbers for {n} places")
    if np.isnan(found).any():
        raise ValueError("what is set holds nan; give numbers")
    return found


def _reach(lower: FloatArray, upper: FloatArray) -> FloatArray:
    """The largest size of columns between bounds."""
    return np.maximum(np.abs(lower), np.abs(upper))
