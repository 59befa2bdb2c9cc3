"""A program as the user of a session gave it, with all that came later, and whether an answer to it is one.

A session hands HiGHS rows one by one, in units that were chosen before it knew them. Here they stand as they were given, so
that an answer can be judged in units of the whole program, and the session can begin anew in those units.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.equilibration import scaled_to_fit
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.solution import Solution
from bekostiging_solvers.typing import FloatArray, IntArray

OF_COLUMNS, OF_ROWS = ("cost", "lower", "upper"), ("row_lower", "row_upper")
NO_PRICE = 1e-7
"""A dual or reduced cost up to this, of costs near one, may lack the bound that it prices."""
SMALL = 1e-2
"""Costs near one of an answer add up to more than this, or count as this much."""


class SessionProgram:
    """A program that grows and changes; every array is that of the caller."""

    def __init__(self, program: LinearProgram) -> None:
        self._first = program
        self._known: LinearProgram | None = program
        self._parts: dict[str, list[FloatArray]] = {
            name: [getattr(program, name)] for name in (*OF_COLUMNS, *OF_ROWS)
        }
        self._blocks: list[tuple[int, int, csr_array]] = []
        self._own: set[str] = set()

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns now."""
        return sum(map(len, self._parts["row_lower"])), sum(map(len, self._parts["cost"]))

    def add_rows(self, rows: csr_array, lower: FloatArray, upper: FloatArray) -> None:
        """Rows under the others, (n, n_columns)."""
        self._add((self.shape[0], 0, rows), OF_ROWS, (lower, upper))

    def add_columns(self, columns: csr_array, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> None:
        """Columns beside the others, (n_rows, n)."""
        self._add((0, self.shape[1], columns), OF_COLUMNS, (cost, lower, upper))

    def _add(
        self, block: tuple[int, int, csr_array], names: tuple[str, ...], values: tuple[FloatArray, ...]
    ) -> None:
        """A block of the matrix and what belongs to it."""
        self._blocks.append(block)
        for name, given in zip(names, values, strict=True):
            self._parts[name].append(given)
        self._known = None

    def drop_last(self) -> None:
        """Forget the rows that were just added."""
        self._blocks.pop()
        for name in OF_ROWS:
            self._parts[name].pop()
        self._known = None

    def change(self, places: IntArray, **values: FloatArray) -> None:
        """Put other values in arrays, by their names."""
        for name, given in values.items():
            self._whole(name)[places] = given
        self._known = None

    def _whole(self, name: str) -> FloatArray:
        """An array in one piece that nobody else holds."""
        parts = self._parts[name]
        if len(parts) > 1 or name not in self._own:
            parts[:] = [np.concatenate(parts)]
            self._own.add(name)
        whole: FloatArray = parts[0]
        return whole

    def program(self) -> LinearProgram:
        """The program as it is now; what is added or changed later does not touch it."""
        if self._known is None:
            first, (n_rows, n_columns) = self._first, self.shape
            blocks = [(0, 0, first.matrix), *self._blocks]
            entries = [(row, column, block.tocoo()) for row, column, block in blocks]
            rows = np.concatenate([row + block.coords[0].astype(np.int64) for row, _, block in entries])
            columns = np.concatenate([column + block.coords[1].astype(np.int64) for _, column, block in entries])
            data = np.concatenate([block.data for _, _, block in entries])
            more_columns = n_columns - len(first.cost)
            self._known = replace(
                first,
                **{name: np.concatenate(parts) for name, parts in self._parts.items()},
                matrix=csr_array((data, (rows, columns)), shape=(n_rows, n_columns)),
                column_names=(*first.column_names, *("",) * more_columns),
                row_names=(*first.row_names, *("",) * (n_rows - len(first.row_lower))),
                integer=None
                if first.integer is None
                else np.append(first.integer, np.zeros(more_columns, dtype=np.bool_)),
            )
        return self._known


def is_proven(program: LinearProgram, solution: Solution, tolerance: float) -> bool:
    """Whether point and duals of a solution prove each other, in units in which the program's numbers are near one.

    Of a program with whole numbers only the point is judged.
    """
    try:
        scaled, units = scaled_to_fit(program)
    except ValueError:  # no units make all of it count, and none can tell
        return False
    x = solution.x / units.columns
    if not scaled.violation(x) <= tolerance:
        return False
    if program.is_integer:
        return True
    duals = solution.duals * units.rows / units.objective
    reduced = scaled.cost - scaled.matrix.T @ duals
    bound = _priced(duals, scaled.row_lower, scaled.row_upper) + _priced(reduced, scaled.lower, scaled.upper)
    size = max(SMALL, float(np.abs(scaled.cost) @ np.abs(x)))
    return bool(float(scaled.cost @ x) - bound <= tolerance * size)


def _priced(prices: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """What limits are worth at these prices; minus infinity where a price has no limit."""
    limit = np.where(prices > 0, lower, upper)
    absent = ~np.isfinite(limit)
    if (np.abs(prices[absent]) > NO_PRICE).any():
        return -np.inf
    return float(prices[~absent] @ limit[~absent])
