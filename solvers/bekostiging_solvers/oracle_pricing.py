"""The nucleolus of a game whose coalitions are too many to list: an oracle prices them."""

from __future__ import annotations

import numpy as np

from bekostiging_solvers.coalition_oracle import CoalitionOracle
from bekostiging_solvers.levels import Kind, Levels, Row
from bekostiging_solvers.solution import InfeasibleError
from bekostiging_solvers.typing import BoolArray, FloatArray

MOST_EXCLUDED = 200
"""Coalitions that follow from the fixed ones and may be passed over on one level before the search stops."""
VIOLATED = 1e-7
"""Part of the spread beyond which a coalition is violated: an oracle solves integer programs, to 1e-9."""
ROUNDING = 2.0**-52


class _PassedOverError(Exception):
    """The search stops: what is left open lies behind more fixed coalitions than are worth passing over."""


class OraclePricing:
    """Coalitions from an oracle, without what the players pay ``alone`` (n,) and in units of the ``spread``."""

    def __init__(self, oracle: CoalitionOracle, alone: FloatArray, spread: float) -> None:
        self.oracle, self.alone, self.spread = oracle, alone, spread
        self.seen: dict[bytes, tuple[BoolArray, float]] = {}
        self._fixed = np.ones((1, len(alone)))
        self._passed: list[BoolArray] = []

    def violated(self, x: FloatArray, t: float, *, first: bool) -> Row | None:
        """The most violated open coalition: those that are fixed are passed over."""
        paid = self.alone + self.spread * x
        while len(self._passed) < MOST_EXCLUDED:
            try:
                members, _ = self.oracle.most_unhappy(paid, self._passed)
            except InfeasibleError:
                return None
            if self._follows(members):
                self._passed.append(members)
                continue
            row = self.row(members.astype(np.float64))
            return row if float(row.members @ x) - t - float(row.limit) > VIOLATED else None
        raise _PassedOverError

    def row(self, members: FloatArray) -> Row:
        """The row of a coalition; its cost is asked once."""
        mask = members > 0.5
        key = mask.tobytes()
        if key not in self.seen:
            self.seen[key] = (mask, self.oracle.cost(mask))
        limit = (self.seen[key][1] - float(self.alone[mask].sum())) / self.spread
        return Row(Kind.OPEN, mask.astype(np.float64), limit, int.from_bytes(np.packbits(mask).tobytes(), "big"))

    def close(self, fixed: FloatArray) -> None:
        """Leave out what follows from the fixed sums."""
        self._fixed, self._passed = fixed, []

    def _follows(self, members: BoolArray) -> bool:
        own = np.vstack([self._fixed, members.astype(np.float64)])
        return bool(np.linalg.matrix_rank(own) == len(self._fixed))


def from_oracle(oracle: CoalitionOracle) -> tuple[FloatArray, FloatArray, bool, float] | None:
    """Allocation, excesses of the coalitions generated, whether every level was settled, value of the least core.

    None where the players pay less alone than together.
    """
    n = oracle.n_players
    alone = np.array([oracle.cost(one) for one in np.eye(n, dtype=np.bool_)])
    total = oracle.cost(np.ones(n, dtype=np.bool_))
    saved = float(alone.sum() - total)
    rounding = n * ROUNDING * max(float(np.abs(alone).max()), abs(total))
    if saved < -rounding:
        return None
    if saved <= rounding or n == 1:
        # the only imputation, whatever coalitions cost
        excesses = np.zeros(0) if n == 1 else np.zeros(n)
        return alone + (total - alone.sum()) / n, excesses, True, 0.0 if n > 1 else float("-inf")
    pricing = OraclePricing(oracle, alone, saved)
    levels = Levels(n, -1.0, np.zeros(n), pricing, VIOLATED)
    complete = True
    try:
        while not levels.settled:
            levels.next()
    except _PassedOverError:
        complete = False
    x = alone + saved * levels.x
    excesses = np.array([float(x[members].sum()) - cost for members, cost in pricing.seen.values()])
    bound = saved * float(levels.found[0].value) if levels.found else float("-inf")
    return x, -np.sort(-excesses), complete, bound
