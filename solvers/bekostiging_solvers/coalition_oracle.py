"""Costs of coalitions too many to list: an oracle gives the cost of one, and the one that is most unhappy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from bekostiging_solvers.arrays import numbers
from bekostiging_solvers.highs import solve_highs
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.risk import check_confidence
from bekostiging_solvers.sample_risk import cvar
from bekostiging_solvers.typing import BoolArray, FloatArray


class CoalitionOracle(Protocol):
    """Costs of coalitions too many to list, for ``nucleolus(oracle=...)``; any object with these members will do.

    ``n_players``: number of players. ``CVaRCoalitionOracle`` is one.

    Examples
    --------
    An airport game: a coalition pays for its longest runway, and the largest excess is looked for by hand.

    >>> from itertools import combinations
    >>> from bekostiging_solvers import nucleolus
    >>> class Runways:
    ...     n_players = 3
    ...     def cost(self, members):
    ...         return float(np.array([1.0, 2.0, 3.0])[members].max(initial=0.0))
    ...     def most_unhappy(self, allocation, excluded):
    ...         found = [np.isin(range(3), own) for size in (1, 2) for own in combinations(range(3), size)]
    ...         left = [own for own in found if not any((own == out).all() for out in excluded)]
    ...         excess = [float(allocation[own].sum()) - self.cost(own) for own in left]
    ...         return left[int(np.argmax(excess))], max(excess)
    >>> nucleolus(oracle=Runways()).allocation.round(6).tolist()
    [0.5, 0.75, 1.75]
    """

    n_players: int

    def cost(self, members: BoolArray) -> float:
        """Cost of a coalition; ``members`` (n_players,) is true for those who take part."""

    def most_unhappy(self, allocation: FloatArray, excluded: Sequence[BoolArray]) -> tuple[BoolArray, float]:
        """A proper coalition with the largest excess, ``excluded`` ones left out, and that excess.

        The excess is what the coalition would save alone: allocation (n_players,) over its members minus its cost.
        """


class CVaRCoalitionOracle:
    """c(S) = CVaR of the sum of its members' losses, for games whose coalitions are too many for ``coalition_tails``.

    The most unhappy coalition is a small integer program: min CVaR(losses z) - x z over z in {0, 1}^n.

    Parameters
    ----------
    losses : (n_scenarios, n_players)
        Loss of every player in scenarios that are equally likely.
    confidence : float
        In [0, 1); 0.95 is the mean of the worst 5 %.

    Raises
    ------
    ValueError
        Losses without a column per player.

    Examples
    --------
    >>> from bekostiging_solvers import nucleolus
    >>> oracle = CVaRCoalitionOracle([[4.0, 0.0], [0.0, 4.0]], 0.5)
    >>> oracle.cost(np.array([True, True]))
    4.0
    >>> nucleolus(oracle=oracle).allocation.tolist()
    [2.0, 2.0]
    """

    def __init__(self, losses: ArrayLike, confidence: float) -> None:
        check_confidence(confidence)
        self.losses = numbers(losses, "losses")
        if self.losses.ndim != 2 or not self.losses.size:
            raise ValueError(
                f"losses have a row per scenario and a column per player, not shape {self.losses.shape}"
            )
        if not np.isfinite(self.losses).all():
            raise ValueError("losses contain values that are not finite; mend them before taking a tail")
        self.confidence = confidence
        self.n_players = int(self.losses.shape[1])

    def cost(self, members: BoolArray) -> float:
        """CVaR of the coalition."""
        return float(cvar(self.losses[:, members].sum(axis=1), self.confidence)) if members.any() else 0.0

    def most_unhappy(self, allocation: FloatArray, excluded: Sequence[BoolArray]) -> tuple[BoolArray, float]:
        """Columns z (binary), threshold v, excess u_s >= losses_s z - v; excluded coalitions by one row each."""
        n_scenarios, n = self.losses.shape
        tail = np.full(n_scenarios, 1 / (n_scenarios * (1 - self.confidence)))
        over = np.hstack([self.losses, -np.ones((n_scenarios, 1)), -np.eye(n_scenarios)])
        size = np.concatenate([np.ones(n), np.zeros(1 + n_scenarios)])
        cuts, limits = [size], [(1.0, n - 1.0)]
        for members in excluded:
            sign = np.where(members, 1.0, -1.0)
            cuts.append(np.concatenate([sign, np.zeros(1 + n_scenarios)]))
            limits.append((-INFINITY, float(members.sum()) - 1.0))
        rows = np.vstack([over, *cuts])
        program = LinearProgram(
            np.concatenate([-allocation, [1.0], tail]),
            np.concatenate([np.zeros(n), [-INFINITY], np.zeros(n_scenarios)]),
            np.concatenate([np.ones(n), np.full(1 + n_scenarios, INFINITY)]),
            csr_array(rows),
            np.concatenate([np.full(n_scenarios, -INFINITY), [low for low, _ in limits]]),
            np.concatenate([np.zeros(n_scenarios), [high for _, high in limits]]),
            tuple(f"z{i}" for i in range(rows.shape[1])),
            tuple(f"row{i}" for i in range(len(rows))),
            np.concatenate([np.ones(n, dtype=np.bool_), np.zeros(1 + n_scenarios, dtype=np.bool_)]),
        )
        members = solve_highs(program, gap=1e-9).x[:n] > 0.5
        return members, float(allocation[members].sum()) - self.cost(members)
