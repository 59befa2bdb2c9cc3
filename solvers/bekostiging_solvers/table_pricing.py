"""Pricing of coalitions from the table of all costs, in units of the spread of the game."""

from __future__ import annotations

import numpy as np

from bekostiging_solvers.levels import Kind, Row, follows, subset_sums
from bekostiging_solvers.typing import FloatArray


class TablePricing:
    """All coalitions at once. ``costs`` (2^n,)."""

    def __init__(self, costs: FloatArray, tolerance: float) -> None:
        self.costs, self.tolerance = costs, tolerance
        self.n = len(costs).bit_length() - 1
        self.bits = 1 << np.arange(self.n)
        self.open = np.ones(len(costs), dtype=np.bool_)
        self.open[[0, -1]] = False

    def violated(self, x: FloatArray, t: float, *, first: bool) -> Row | None:
        """The most violated open coalition, or the first."""
        excess = np.where(self.open, subset_sums(x) - self.costs, -np.inf)
        mask = int(np.argmax(excess > t + self.tolerance) if first else np.argmax(excess))
        return self._row(mask) if excess[mask] > t + self.tolerance else None

    def row(self, members: FloatArray) -> Row:
        """The row of a coalition."""
        return self._row(int(self.bits @ (members > 0.5)))

    def close(self, fixed: FloatArray) -> None:
        """Leave out what follows from the fixed sums."""
        self.open &= ~follows(fixed)

    def _row(self, mask: int) -> Row:
        members = ((mask >> np.arange(self.n)) & 1).astype(np.float64)
        return Row(Kind.OPEN, members, float(self.costs[mask]), mask)
