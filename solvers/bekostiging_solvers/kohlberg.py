"""The proof that an allocation is the nucleolus, after the theorem of Kohlberg (1971, doi:10.1137/0120009).

Per level of unhappiness the coalitions that are tight in every optimum are balanced: positive weights on them, with the sums
that are fixed, add up to nothing but t. The weights prove the value of the level, and the levels the point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging_solvers.levels import Kind, Level, basis_matrix, follows, subset_sums
from bekostiging_solvers.typing import FloatArray

TOLERANCE = 1e-10
"""Part of the spread of a game, what is left of its costs without an additive part, within which two excesses are one."""
PROVEN = 10 * TOLERANCE
"""Part of the spread up to which an inexact proof holds."""


@dataclass(frozen=True)
class Kohlberg:
    """Certificate of a nucleolus or prenucleolus.

    Attributes
    ----------
    holds : bool
        Whether the allocation is proven.
    levels : int
        Levels of excess that were checked, until nothing could move any more.
    slack : float
        The largest excess of an open coalition above its level, as part of the spread of the game; zero when exact.
    exact : bool
        Whether the proof was checked in rational arithmetic, as it is up to eight players.
    tolerance : float
        The slack up to which an inexact proof holds; zero when exact.

    Examples
    --------
    >>> from bekostiging_solvers import nucleolus
    >>> proof = nucleolus([0.0, 4.0, 4.0, 6.0]).certificate
    >>> proof.holds, proof.exact, proof.slack
    (True, True, 0.0)
    """

    holds: bool
    levels: int
    slack: float
    exact: bool
    tolerance: float


def slack_of(costs: FloatArray, x: FloatArray, limits: FloatArray, levels: Sequence[Level]) -> float:
    """The largest excess of an open coalition above its level, or payment above its limit, at x; costs (2^n,) in spreads.

    Infinite where weights do not prove the value of a level.
    """
    excess = subset_sums(x) - costs
    slack = max(0.0, float((x - limits).max()))
    free, fixed = np.ones(len(costs), dtype=np.bool_), [np.ones(len(x))]
    free[[0, -1]] = False
    for level in levels:
        total = basis_matrix(level.rows).T @ level.weights
        signed = [w for row, w in zip(level.rows, level.weights, strict=True) if row.kind is not Kind.FIXED]
        if np.abs(total + np.append(np.zeros(len(x)), 1.0)).max() > TOLERANCE or min(signed) < -TOLERANCE:
            return float("inf")
        slack = max(slack, float((excess[free] - float(level.value)).max(initial=0.0)))
        fixed = [*fixed, *(row.members for row in level.tight())]
        free &= ~follows(np.array(fixed))
    return float("inf") if free.any() else slack


def levels_of(excess: FloatArray, levels: Sequence[Level], values: FloatArray) -> int:
    """How many different excesses (2^n,) there are down to the last that was needed, in spreads of the game."""
    alone = excess[1 << np.arange(len(excess).bit_length() - 1)]
    last = [float(values[-1])]
    last += [float(row.members @ alone) for level in levels for row in level.tight() if row.kind is Kind.MOST]
    seen = np.sort(excess[1:-1][excess[1:-1] >= min(last) - PROVEN])
    return 1 + int((np.diff(seen) > PROVEN).sum())
