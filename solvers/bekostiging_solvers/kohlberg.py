"""Is an allocation the nucleolus? The theorem of Kohlberg (1971, doi:10.1137/0120009), checked by linear programs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.highs import solve_highs
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.typing import BoolArray, FloatArray

TOLERANCE = 1e-7
"""Relative to the largest cost: excesses closer than this are one level."""


@dataclass(frozen=True)
class Kohlberg:
    """Certificate of a nucleolus or prenucleolus.

    Attributes
    ----------
    holds : bool
        Whether the allocation is proven, up to rounding.
    levels : int
        Levels of excess that were checked, until nothing could move any more.
    slack : float
        How far a direction could still lower a level without raising one above it; zero proves the allocation.

    Examples
    --------
    >>> from bekostiging_solvers import nucleolus
    >>> nucleolus([0.0, 4.0, 4.0, 6.0]).certificate.holds
    True
    """

    holds: bool
    levels: int
    slack: float


def coalitions(n: int) -> FloatArray:
    """Indicator of every coalition; (2^n, n)."""
    return ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.float64)


def kohlberg(table: FloatArray, allocation: FloatArray, upper: FloatArray) -> Kohlberg:
    """Check a point by Kohlberg's theorem.

    For every level, coalitions at least that unhappy: no direction y with y(N) = 0 and y(S) <= 0 for all of them may
    have y(S) < 0 for one (nor raise a player who already pays as much as alone).
    """
    n = len(allocation)
    scale = max(1.0, float(np.abs(table).max()))
    members = coalitions(n)[1:-1]
    excess = members @ allocation - table[1:-1]
    order = np.argsort(-excess, kind="stable")
    capped = allocation > upper - TOLERANCE * scale
    slack, checked, place = 0.0, 0, 0
    while place < len(order):
        level = excess[order[place]]
        while place < len(order) and excess[order[place]] >= level - TOLERANCE * scale:
            place += 1
        unhappy = members[order[:place]]
        checked += 1
        slack = max(slack, _freedom(unhappy, capped))
        if np.linalg.matrix_rank(np.vstack([unhappy, np.ones(n)])) == n:
            break
    return Kohlberg(slack <= 1e-6, checked, slack)


def _freedom(unhappy: FloatArray, capped: BoolArray) -> float:
    """max of - sum y(S) with y(S) <= 0, y(N) = 0, |y| <= 1 and y <= 0 for the capped."""
    n = unhappy.shape[1]
    rows = np.vstack([unhappy, np.ones(n)])
    program = LinearProgram(
        unhappy.sum(axis=0),
        np.full(n, -1.0),
        np.where(capped, 0.0, 1.0),
        csr_array(rows),
        np.append(np.full(len(unhappy), -INFINITY), 0.0),
        np.zeros(len(rows)),
        tuple(f"y{i}" for i in range(n)),
        tuple(f"S{i}" for i in range(len(rows))),
    )
    return max(0.0, -solve_highs(program).objective)
