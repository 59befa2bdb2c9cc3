"""A program in units of its own: columns, rows and objective scaled so that a solver's absolute tolerances mean something.

HiGHS drops coefficients of at most 1e-9, takes 1e20 for infinity and keeps rows and reduced costs to 1e-9, whatever their
units. Ordinary data are left as they are. Others get powers of two, so that nothing is rounded: the
geometric mean of the smallest and the largest coefficient of every row and column goes to one (Fourer 1982,
doi:10.1007/BF01588241), then bounds, right-hand sides and costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.solution import Progress, Solution
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

SMALL, LARGE = 1e-5, 1e8
"""The largest cost, and the largest bound, lie between these where the solver's tolerances mean something."""
FAIR = 1e4
"""Numbers up to this many times larger or smaller than one are measured well enough by one."""
DROPPED, REFUSED, ENDLESS = 1e-9, 1e15, 1e20
"""HiGHS drops coefficients up to the first, refuses those from the second, and takes the third for infinity."""
ROUNDING = 1e-14
"""Beside the largest coefficient of both its row and its column: what is no larger is what rounding left of a zero."""
VANISHING = 1e-30
"""The same beside the largest of either: no unit makes up for that."""
NEGLIGIBLE = 1e-9
"""What a coefficient that is dropped may add to its row, in units of the row."""
SWEEPS = 8
"""Of the geometric mean over rows and columns; it has settled by then."""


@dataclass(frozen=True)
class Units:
    """What one of every scaled column, row and objective is, as powers of two.

    x = ``columns`` z; a scaled row is the row divided by ``rows``, the scaled objective the objective divided by
    ``objective``.
    """

    columns: FloatArray
    rows: FloatArray
    objective: float

    def scaled(self, program: LinearProgram) -> LinearProgram:
        """The program in these units."""
        matrix = program.matrix.tocoo()
        data = matrix.data * self.columns[matrix.coords[1]] / self.rows[matrix.coords[0]]
        return replace(
            program,
            cost=program.cost * self.columns / self.objective,
            lower=program.lower / self.columns,
            upper=program.upper / self.columns,
            matrix=csr_array((data, matrix.coords), shape=matrix.shape),
            row_lower=program.row_lower / self.rows,
            row_upper=program.row_upper / self.rows,
        )

    def restored(self, solution: Solution) -> Solution:
        """A solution of the scaled program in the units of the caller; its gap is that of the scaled one."""
        return replace(
            solution,
            x=solution.x * self.columns,
            objective=solution.objective * self.objective,
            bound=solution.bound * self.objective,
            duals=solution.duals / self.rows * self.objective,
            reduced_costs=solution.reduced_costs / self.columns * self.objective,
        )

    def told(self, progress: Callable[[Progress], None]) -> Callable[[Progress], None]:
        """A callback that hears the objective in the units of the caller."""

        def tell(now: Progress) -> None:
            """Pass it on."""
            progress(replace(now, incumbent=now.incumbent * self.objective, bound=now.bound * self.objective))

        return tell


def is_ordinary(*units: FloatArray) -> bool:
    """Whether one is a fair unit of everything that has these units."""
    return all(unit.min(initial=1.0) >= 1 / FAIR and unit.max(initial=1.0) <= FAIR for unit in units)


def fits(program: LinearProgram) -> bool:
    """Whether HiGHS takes a program as it stands: no coefficient dropped, and not all costs or all bounds tiny."""
    size = np.abs(program.matrix.data)
    if ((size > 0) & (size <= DROPPED)).any():
        matrix = without_rounding(program.matrix)
        if matrix.nnz < np.count_nonzero(size):
            # what looks like rounding is none where columns and rows are far apart
            units = _units(program, matrix)
            matrix = matrix if is_ordinary(units.columns, units.rows) else program.matrix
        size = np.abs(matrix.data)
    bounds = np.concatenate([program.lower, program.upper, program.row_lower, program.row_upper])
    ends = (_largest(program.cost), _largest(bounds))
    dropped = bool(((size > 0) & (size <= DROPPED)).any())
    return (
        not dropped and size.max(initial=0.0) < REFUSED and all(one == 0 or SMALL <= one < ENDLESS for one in ends)
    )


def scaled_to_fit(program: LinearProgram) -> tuple[LinearProgram, Units]:
    """A program in units that HiGHS takes.

    Raises
    ------
    ValueError
        What even then would be dropped though it counts, or be taken for infinity; it is named.
    """
    units = _units(program, program.matrix)
    scaled = units.scaled(program)
    # in these units what is small beside the others is rounding; before, it may be a small unit of its row and column
    scaled = replace(scaled, matrix=without_rounding(scaled.matrix))
    check_ends(scaled)
    _check_coefficients(scaled)
    return scaled, units


def _units(program: LinearProgram, matrix: csr_array) -> Units:
    """The units of a program, its matrix given apart."""
    limits = (program.lower, program.upper), (program.row_lower, program.row_upper)
    return units_of(matrix, program.cost, *limits, program.integer)


def without_rounding(matrix: csr_array) -> csr_array:
    """The matrix without coefficients that are nothing beside the others of their row and column."""
    row, column, data = _counting(matrix)
    return csr_array((data, (row, column)), shape=matrix.shape)


def _counting(matrix: csr_array) -> tuple[IntArray, IntArray, FloatArray]:
    """Rows, columns and values of the coefficients that are more than rounding."""
    entries = matrix.tocoo()
    size, (row, column) = np.abs(entries.data), entries.coords
    of_row, of_column = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[1])
    np.maximum.at(of_row, row, size)
    np.maximum.at(of_column, column, size)
    of_row, of_column = of_row[row], of_column[column]
    kept = size > np.maximum(ROUNDING * np.minimum(of_row, of_column), VANISHING * np.maximum(of_row, of_column))
    return row[kept].astype(np.int64), column[kept].astype(np.int64), entries.data[kept]


def check_ends(program: LinearProgram) -> None:
    """Refuse costs and bounds that HiGHS would take for infinity.

    Raises
    ------
    ValueError
        With the array and place, and the remedy.
    """
    for name, values, labels in (
        ("cost", program.cost, program.column_names),
        ("lower", program.lower, program.column_names),
        ("upper", program.upper, program.column_names),
        ("row_lower", program.row_lower, program.row_names),
        ("row_upper", program.row_upper, program.row_names),
    ):
        large = np.flatnonzero(np.isfinite(values) & (np.abs(values) >= ENDLESS))
        if len(large):
            place = int(large[0])
            raise ValueError(
                f"{name}[{place}] ({labels[place]}) counts as infinite beside the other numbers; choose units in which they "
                "are nearer to each other, or give infinity where no bound is meant"
            )


def _check_coefficients(program: LinearProgram) -> None:
    """Refuse coefficients that HiGHS would drop though they count, or refuse."""
    entries = program.matrix.tocoo()
    row, column = entries.coords
    size = np.abs(entries.data)
    reach = np.maximum(np.abs(program.lower), np.abs(program.upper))[column]
    lost = (size > 0) & (size <= DROPPED) & (size * np.where(size > 0, reach, 0.0) > NEGLIGIBLE) | (
        size >= REFUSED
    )
    if lost.any():
        place = int(np.flatnonzero(lost)[0])
        raise ValueError(
            f"the coefficient of {program.column_names[column[place]]} in {program.row_names[row[place]]} is too small or "
            "too large beside the others of its row and column to count in double precision; choose units in which they "
            "are nearer to each other, or bound the column"
        )


def _largest(values: FloatArray) -> float:
    """Of the finite ones."""
    size = np.abs(values)
    return float(size[np.isfinite(size)].max(initial=0.0))


def units_of(
    matrix: csr_array,
    cost: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    sides: tuple[FloatArray, FloatArray],
    whole: BoolArray | None = None,
) -> Units:
    """Units in which coefficients, bounds, right-hand sides and costs are of the order of one.

    ``cost``, ``bounds`` and ``whole`` per column of the matrix, ``sides`` per row; columns that are whole keep their unit.
    """
    row, column, data = _counting(matrix)
    size = np.log2(np.abs(data))
    rows, columns = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[1])
    held = np.zeros(matrix.shape[1], dtype=np.bool_) if whole is None else whole
    for _ in range(SWEEPS):
        rows = _middle(size + columns[column], row, len(rows))
        own = -_middle(size - rows[row], column, len(columns))
        columns = np.where(held, 0.0, own)
    alone = np.setdiff1d(np.arange(len(columns)), column)
    columns[alone] = np.where(held[alone], 0.0, _of_bounds(alone, bounds))
    spread = np.concatenate([_logs(side - columns_) for side, columns_ in _sized(bounds, columns)])
    spread = np.concatenate([spread, *(_logs(side - rows_) for side, rows_ in _sized(sides, rows))])
    shift = 0.0 if held.any() or not len(spread) else float(np.median(spread))
    columns, rows = np.round(columns + shift), np.round(rows + shift)
    dear = _log(cost) + columns
    objective = float(np.round(dear.max())) if np.isfinite(dear).any() else 0.0
    return Units(2.0**columns, 2.0**rows, 2.0**objective)


def _log(values: FloatArray) -> FloatArray:
    """Base-two logarithm of the size; -inf for zero, which has none, and for infinity, which is no number."""
    size = np.abs(values)
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(np.isfinite(size), np.log2(np.where(np.isfinite(size), size, 1.0)), -np.inf))


def _logs(values: FloatArray) -> FloatArray:
    """Those that are a size at all."""
    return np.asarray(values[np.isfinite(values)])


def _sized(pair: tuple[FloatArray, FloatArray], unit: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Sizes of lower and upper limits beside their units."""
    return [(_log(one), unit) for one in pair]


def _middle(size: FloatArray, group: IntArray, n: int) -> FloatArray:
    """Half of smallest plus largest of every group; zero for an empty one."""
    least, most = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(least, group, size)
    np.maximum.at(most, group, size)
    return np.where(np.isfinite(most), (np.where(np.isfinite(least), least, 0.0) + most) / 2, 0.0)


def _of_bounds(columns: IntArray, bounds: tuple[FloatArray, FloatArray]) -> FloatArray:
    """The size of the larger bound of columns that no row uses."""
    found = np.maximum(*(_log(bound[columns]) for bound in bounds))
    return np.where(np.isfinite(found), found, 0.0)
