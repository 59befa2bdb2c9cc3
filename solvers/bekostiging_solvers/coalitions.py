"""The tail of every coalition of losses from the same scenarios, with shared work."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bekostiging_solvers.arrays import numbers
from bekostiging_solvers.risk import check_confidence
from bekostiging_solvers.typing import FloatArray

LARGEST_TABLE = 15
"""Players whose coalitions are all looked at: 32,768 sums of scenarios."""
LOW = 9
"""Players whose partial sums are kept: 512 columns of scenarios fit the caches."""


def coalition_tails(losses: ArrayLike, confidence: float) -> FloatArray:
    """CVaR of the summed losses of every coalition.

    Parameters
    ----------
    losses : (n_scenarios, n_players)
        Loss of every player in scenarios that are equally likely.
    confidence : float
        In [0, 1); 0.95 is the mean of the worst 5 %.

    Returns
    -------
    (2^n_players,) array
        In the unit of the losses; bit i of the place is player i, zero for nobody. ``nucleolus`` and ``shapley`` take it.

    Raises
    ------
    ValueError
        More than ``LARGEST_TABLE`` players, a confidence without tail, or losses that are no table of finite numbers.

    Examples
    --------
    Two players who never lose at the same time lose less together than alone:

    >>> coalition_tails([[4.0, 0.0], [0.0, 4.0]], 0.5).tolist()
    [0.0, 4.0, 4.0, 4.0]
    """
    # sums over the first players are made once, by doubling, and added to the sum over the others
    own = numbers(losses, "losses")
    check_confidence(confidence)
    if own.ndim != 2 or not own.size:
        raise ValueError(f"losses have shape {own.shape}; give a row per scenario and a column per player")
    if not np.isfinite(own).all():
        raise ValueError("losses contain values that are not finite; mend them before taking a tail")
    n = own.shape[1]
    if n > LARGEST_TABLE:
        raise ValueError(
            f"{n} players have {1 << n} coalitions; at most {LARGEST_TABLE} players, beyond it an oracle"
        )
    low = min(n, LOW)
    first, rest = _sums(own[:, :low]), _sums(own[:, low:])
    tails = [_tails(first + others, confidence) for others in rest]
    table = np.concatenate(tails)
    table[0] = 0.0
    return table


def _sums(losses: FloatArray) -> FloatArray:
    """Sums over every subset of the columns; (2^k, n_scenarios)."""
    sums = np.zeros((1, len(losses)))
    for column in losses.T:
        sums = np.concatenate([sums, sums + column])
    return sums


def _tails(losses: FloatArray, confidence: float) -> FloatArray:
    """CVaR of every row; the last scenario of the tail counts in part, as in ``bekostiging_solvers.cvar``."""
    n = losses.shape[1]
    mass = n * (1 - confidence)
    whole = min(int(np.floor(mass + 1e-9)), n)
    ends = np.partition(losses, n - min(whole + 1, n), axis=1)[:, n - min(whole + 1, n) :]
    if whole == n:
        return np.asarray(losses.mean(axis=1))
    edge = ends[:, 0]
    return np.asarray((ends[:, 1:].sum(axis=1) + (mass - whole) * edge) / mass)
