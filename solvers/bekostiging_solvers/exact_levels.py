"""The nucleolus in rational arithmetic: exact costs, exact points, and the proof that a point is the one.

Costs are floats, and floats are fractions: over a common power of two they are whole numbers. A basis of coalitions has ones
and zeros only, so its inverse is whole numbers over its determinant; rounding finds them and a product checks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging_solvers.levels import Kind, Level, Levels, Row, basis_matrix, follows, subset_sums
from bekostiging_solvers.solution import NumericalTroubleError
from bekostiging_solvers.typing import BoolArray, FloatArray

Whole = NDArray[Any]
"""Whole numbers of any size, as objects."""


class ExactGame:
    """A table of costs (2^n,) as whole numbers over a common power of two.

    ``alone`` (n,): what the players pay alone; ``costs`` (2^n,): what is left of the costs without that.
    """

    def __init__(self, table: FloatArray) -> None:
        ratios = [cost.as_integer_ratio() for cost in table.tolist()]
        self.unit = max(below for _, below in ratios)
        whole = np.array([above * (self.unit // below) for above, below in ratios], dtype=object)
        self.alone = whole[1 << np.arange(len(table).bit_length() - 1)]
        self.costs = whole - subset_sums(self.alone)

    def reduced(self) -> FloatArray:
        """The costs as floats, rounded once."""
        return self.in_units(self.costs, 1)

    def in_units(self, whole: Whole, below: int) -> FloatArray:
        """Whole numbers over ``below`` in the units of the table, rounded once."""
        divisor = below * self.unit
        return np.array([one / divisor for one in whole], dtype=np.float64)


def inverse_of(matrix: FloatArray) -> tuple[Whole, int]:
    """Whole numbers and a positive determinant whose quotient is the inverse of a matrix of ones, zeros and minus ones.

    Raises
    ------
    NumericalTroubleError
        The product says otherwise.
    """
    determinant = round(float(np.linalg.det(matrix)))
    above = np.rint(np.linalg.inv(matrix) * determinant).astype(np.int64)
    own = np.rint(matrix).astype(np.int64)
    if determinant == 0 or not np.array_equal(own @ above, determinant * np.eye(len(own), dtype=np.int64)):
        raise NumericalTroubleError("a basis of coalitions has no inverse in whole numbers; scale the costs")
    sign = 1 if determinant > 0 else -1
    return (sign * above).astype(object), abs(determinant)


class ExactPricing:
    """All coalitions at once, without rounding. ``costs`` (2^n,) of whole numbers."""

    def __init__(self, costs: Whole) -> None:
        self.costs = costs
        self.n = len(costs).bit_length() - 1
        self.bits = 1 << np.arange(self.n)
        self.open = np.ones(len(costs), dtype=np.bool_)
        self.open[[0, -1]] = False

    def violated(self, x: Any, t: Any, *, first: bool) -> Row | None:
        """The most violated open coalition, or the first; x and t are fractions."""
        below = lcm(*(one.denominator for one in (*x, t)))
        sums = subset_sums(np.array([int(one * below) for one in x], dtype=object))
        over = sums - below * self.costs - int(t * below)
        places = np.flatnonzero(self.open & (over > 0))
        if len(places) == 0:
            return None
        return self._row(int(places[0] if first else places[int(np.argmax(over[places]))]))

    def row(self, members: FloatArray) -> Row:
        """The row of a coalition."""
        return self._row(int(self.bits @ (members > 0.5)))

    def close(self, fixed: FloatArray) -> None:
        """Leave out what follows from the fixed sums."""
        self.open &= ~follows(fixed)

    def _row(self, mask: int) -> Row:
        members = ((mask >> np.arange(self.n)) & 1).astype(np.float64)
        return Row(Kind.OPEN, members, Fraction(self.costs[mask]), mask)


class ExactLevels(Levels):
    """Levels whose points are fractions."""

    def _point(self, rows: list[Row], inverse: FloatArray) -> tuple[Any, Any]:
        """Where all rows of a basis hold with equality."""
        above, below = inverse_of(basis_matrix(rows))
        point = above @ np.array([Fraction(row.limit) for row in rows], dtype=object)
        point = np.array([one / below for one in point], dtype=object)
        return point[:-1], point[-1]


def exact_point(costs: Whole, levels: Sequence[Level]) -> tuple[Whole, Whole, int]:
    """The point that the tight rows of all levels fix, and the values of the levels: whole numbers over the last, positive.

    Raises
    ------
    NumericalTroubleError
        They do not fix one point.
    """
    n, r = len(costs).bit_length() - 1, len(levels)
    rows, right = [np.append(np.ones(n), np.zeros(r))], [costs[-1]]
    bits = 1 << np.arange(n)
    for place, level in enumerate(levels):
        for row in level.tight():
            is_open = row.kind is Kind.OPEN
            rows.append(np.append(row.members, -np.eye(r)[place] if is_open else np.zeros(r)))
            right.append(costs[int(bits @ (row.members > 0.5))] if is_open else int(row.limit))
    matrix = np.array(rows)
    if len(matrix) != n + r:
        raise NumericalTroubleError("the tight coalitions do not fix one point; scale the costs")
    above, below = inverse_of(matrix)
    point = above @ np.array(right, dtype=object)
    return point[:n], point[n:], below


def proves(costs: Whole, limits: FloatArray, levels: Sequence[Level], point: tuple[Whole, Whole, int]) -> bool:
    """Whether the levels are a proof, without any rounding, that the ``point`` they fix is the nucleolus.

    Per level: whole weights that are not negative and give minus t (so no point has a lower t with the sums fixed before),
    and at the point no open coalition above t. ``limits`` (n,): zero or infinite, as costs are without the players' own.
    """
    x, values, below = point
    if any(limit < np.inf and one > 0 for one, limit in zip(x, limits, strict=True)):
        return False
    excess = subset_sums(x) - below * costs
    known, fixed = np.zeros(len(costs), dtype=np.bool_), [np.ones(len(x))]
    known[[0, -1]] = True
    for level, value in zip(levels, values, strict=True):
        if not _weights_hold(level, known) or max(excess[~known]) > value:
            return False
        fixed = [*fixed, *(row.members for row in level.tight())]
        known = follows(np.array(fixed))
    return bool(known.all())


def _weights_hold(level: Level, known: BoolArray) -> bool:
    """Whether the rows of a basis with their weights add up to minus t, in whole numbers, none of them negative.

    ``known`` (2^n,): the coalitions whose sums follow from those fixed before; the fixed sums of the basis are among them.
    """
    matrix = basis_matrix(level.rows)
    above, below = inverse_of(matrix)
    weights = -above[-1]
    bits = 1 << np.arange(matrix.shape[1] - 1)
    for row, weight in zip(level.rows, weights, strict=True):
        if row.kind is Kind.FIXED and not known[int(bits @ (row.members > 0.5))]:
            return False
        if row.kind is not Kind.FIXED and weight < 0:
            return False
    total = weights @ np.rint(matrix).astype(np.int64)
    return bool((total[:-1] == 0).all() and total[-1] == -below)
