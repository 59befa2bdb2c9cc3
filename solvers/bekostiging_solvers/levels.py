"""The linear programs by which the nucleolus is found, one per level of unhappiness, by a dual simplex of their own.

    minimise    t
    subject to  x(S) - t <= costs[S]   of every open coalition,   x_i <= most_i,   fixed sums

The rows are indicators of coalitions, so a basis has n + 1 of them and its inverse is made of small fractions: which
coalitions have a weight is beyond doubt, however close the costs are. A basis is feasible for the dual from the start: a
coalition and its complement, half each. Every step adds the most violated row; when nothing else moves, the first one and
the first that may leave (Bland 1977, doi:10.1287/moor.2.2.103), so that it ends. A coalition with a weight is tight in every
optimum of its level and is fixed (Kopelowitz 1967).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bekostiging_solvers.solution import NumericalTroubleError
from bekostiging_solvers.typing import BoolArray, FloatArray

ZERO = 1e-9
"""Weights and components below this are zero: others are fractions whose denominators are small determinants."""
STALLED = 50
"""Steps without progress after which the first row is taken in place of the most violated one."""
MOST_STEPS = 20_000
"""Of one level; a game of fifteen players takes some hundred."""


LISTED = 12
"""Players up to which the indicators of all coalitions are kept; beyond it sums are made by doubling."""


class Kind(Enum):
    """What a row of a basis is: a fixed sum, the most a player may pay, or an open coalition."""

    FIXED = 0
    MOST = 1
    OPEN = 2


@dataclass(frozen=True)
class Row:
    """``members`` x - (t of an open coalition) <= ``limit``, or = of a fixed sum; ``key`` orders the rows."""

    kind: Kind
    members: FloatArray
    limit: float | Fraction
    key: int


@dataclass(frozen=True)
class Level:
    """An optimal basis: its rows, their weights (n + 1,), and its value t.

    With the fixed sums of the levels before it the weights prove t: the rows with their weights add up to minus t.
    """

    rows: tuple[Row, ...]
    weights: FloatArray
    value: float | Fraction

    def tight(self) -> list[Row]:
        """Rows that hold with equality in every optimum and did not yet."""
        return [
            row
            for row, weight in zip(self.rows, self.weights, strict=True)
            if row.kind is not Kind.FIXED and weight > ZERO
        ]


class Pricing(Protocol):
    """Who knows all coalitions: finds violated ones and prices complements."""

    def violated(self, x: FloatArray, t: float, *, first: bool) -> Row | None:
        """An open coalition with x(S) - t above its cost: the most violated one, or the ``first``; None if there is none."""

    def row(self, members: FloatArray) -> Row:
        """The row of an open coalition."""

    def close(self, fixed: FloatArray) -> None:
        """Leave out coalitions whose sums follow from the fixed ones (k, n)."""


class Levels:
    """Level after level, until every sum is settled.

    ``limits`` (n,): what players may pay at most, infinite without limit; ``tolerance``: what counts as violated.
    """

    def __init__(
        self, n: int, total: float | Fraction, limits: FloatArray, pricing: Pricing, tolerance: float
    ) -> None:
        self.n, self.limits, self.pricing, self.tolerance = n, limits, pricing, tolerance
        self.fixed = [Row(Kind.FIXED, np.ones(n), total, -1)]
        self.found: list[Level] = []
        self.x = np.full(n, float(total) / n)
        self._start = [*self.fixed, *(pricing.row(one) for one in np.eye(n))]

    @property
    def settled(self) -> bool:
        """Whether nothing can move any more."""
        return len(self.fixed) == self.n

    def next(self) -> Level:
        """Solve the next level and fix what is tight in all its optima.

        Raises
        ------
        NumericalTroubleError
            Rounding leads nowhere.
        """
        rows = self._start
        best, since = -np.inf, 0
        for _ in range(MOST_STEPS):
            inverse: FloatArray = np.linalg.inv(basis_matrix(rows)).astype(np.float64, copy=False)
            x, t = self._point(rows, inverse)
            weights = -inverse[-1]
            since = 0 if t > best + self.tolerance else since + 1
            best = max(best, t)
            entering = self._violated(x, t, first=since > STALLED)
            if entering is None:
                level = Level(tuple(rows), weights, t)
                self.x = x
                self._fix(level)
                return level
            rows = _exchanged(rows, weights, inverse, entering)
        raise NumericalTroubleError(f"a level of the nucleolus took more than {MOST_STEPS} steps; scale the costs")

    def _point(self, rows: list[Row], inverse: FloatArray) -> tuple[FloatArray, float]:
        """Where all rows of a basis hold with equality."""
        point = inverse @ [float(row.limit) for row in rows]
        return point[:-1], float(point[-1])

    def _violated(self, x: FloatArray, t: float, *, first: bool) -> Row | None:
        """The row to add; None at the optimum."""
        over = x - self.limits
        player = int(np.argmax(over > self.tolerance)) if first else int(np.argmax(over))
        found = self.pricing.violated(x, t, first=first)
        if over[player] <= self.tolerance:
            return found
        if found is not None and not first and float(found.members @ x) - float(t + found.limit) >= over[player]:
            return found
        return Row(Kind.MOST, np.eye(self.n)[player], self.limits[player], player - self.n - 1)

    def _fix(self, level: Level) -> None:
        """Fix what is tight; what is left of the basis, with a coalition and its complement, starts the next level."""
        self.found.append(level)
        for row in level.tight():
            sums = np.array([one.members for one in self.fixed])
            if np.linalg.matrix_rank(np.vstack([sums, row.members])) > len(self.fixed):
                value = row.limit + (level.value if row.kind is Kind.OPEN else 0.0)
                self.fixed.append(Row(Kind.FIXED, row.members, value, -1))
        if self.settled:
            return
        self.pricing.close(np.array([row.members for row in self.fixed]))
        left = [
            row for row, weight in zip(level.rows, level.weights, strict=True)
            if row.kind is not Kind.FIXED and weight <= ZERO
        ]  # fmt: skip
        pairs = []
        for place, row in enumerate(left):
            own = row if row.kind is Kind.OPEN else self.pricing.row(row.members)
            other = self.pricing.row(1.0 - row.members)
            pairs.append((float(other.members @ self.x) - float(other.limit), place, own, other))
        _, place, own, other = max(pairs, key=lambda pair: pair[0])
        self._start = [*self.fixed, *left[:place], own, *left[place + 1 :], other]


@lru_cache(maxsize=LISTED)
def _coalitions(n: int) -> FloatArray:
    """Indicator of every coalition; (2^n, n)."""
    return ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.float64)


def subset_sums(values: NDArray[Any]) -> NDArray[Any]:
    """Sum of the values (n,) over every coalition; (2^n,), also of objects with their own arithmetic."""
    if values.dtype == np.float64 and len(values) <= LISTED:
        return np.asarray(_coalitions(len(values)) @ values)
    sums = np.zeros(1, dtype=values.dtype)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def follows(fixed: FloatArray) -> BoolArray:
    """Which coalitions have a sum that follows from the fixed ones (k, n); (2^n,)."""
    n = fixed.shape[1]
    _, singular, right = np.linalg.svd(fixed)
    found = np.ones(1 << n, dtype=np.bool_)
    for direction in right[int((singular > ZERO).sum()) :]:
        found &= np.abs(subset_sums(direction)) < ZERO
    return found


def basis_matrix(rows: Sequence[Row]) -> FloatArray:
    """The rows of a basis over x and t."""
    on_level = [-1.0 if row.kind is Kind.OPEN else 0.0 for row in rows]
    return np.column_stack([np.array([row.members for row in rows]), on_level])


def _exchanged(rows: list[Row], weights: FloatArray, inverse: FloatArray, entering: Row) -> list[Row]:
    """The basis with the entering row in place of the one whose weight is the first to reach zero."""
    gradient = np.append(entering.members, -1.0 if entering.kind is Kind.OPEN else 0.0)
    part = gradient @ inverse
    may_leave = np.array([row.kind is not Kind.FIXED for row in rows]) & (part > ZERO)
    if not may_leave.any():
        raise NumericalTroubleError("the sums that are fixed leave no point; scale the costs")
    ratio = np.where(may_leave, np.maximum(weights, 0.0) / np.where(may_leave, part, 1.0), np.inf)
    ties = np.flatnonzero(ratio <= ratio.min() + ZERO)
    leaving = min(ties, key=lambda place: rows[place].key)
    return [entering if place == leaving else row for place, row in enumerate(rows)]
