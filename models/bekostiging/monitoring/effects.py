"""Why a year costs more or less than was expected: volume, mix, duration, intensity and price, adding up to the cent.

The euros of a cell are clients x (its part of them) x months per client x units per month x euro per unit. The logarithmic
mean Divisia index (LMDI-I, Ang 2005, Energy Policy 33, 867-871) gives each factor L(v, v0) ln(ratio), L(a, b) = (a - b) /
ln(a / b): nothing is left over, and it does not matter in which order one looks. A cell with nothing on one side has no
ratio: its whole difference is a line of its own (new or gone).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging_solvers.typing import FloatArray

CAUSES = ("volume", "mix", "duration", "intensity", "price", "new_or_gone")
"""What a difference is divided into, in this order."""


@dataclass(frozen=True)
class CareYear:
    """What a contract costs and of what; every array (..., n_cells).

    Parameters
    ----------
    clients, months, units, price : array
        Trajectories in care, client-months, units, euro per unit.

    Examples
    --------
    >>> import numpy as np
    >>> one = CareYear(*(np.array([value]) for value in (10.0, 60.0, 600.0, 50.0)))
    >>> one.euro.tolist()
    [30000.0]
    """

    clients: FloatArray
    months: FloatArray
    units: FloatArray
    price: FloatArray

    @property
    def euro(self) -> FloatArray:
        """Units times price."""
        return np.asarray(self.units * self.price)


@kinds_checked
def causes_of(before: CareYear, after: CareYear) -> FloatArray:
    """Divide the difference in euros between two years of one contract into its causes.

    Parameters
    ----------
    before : CareYear
        What was expected; arrays (n_cells,) or (n_scenarios, n_cells).
    after : CareYear
        What became of it, same shape.

    Returns
    -------
    array (..., 6)
        Euro by ``CAUSES``; they add up to the difference.

    Examples
    --------
    >>> import numpy as np
    >>> before = CareYear(*(np.array(value) for value in ([100.0, 50.0], [600.0, 300.0], [6000.0, 9000.0], [80.0, 100.0])))
    >>> after = CareYear(1.1 * before.clients, 1.1 * before.months, 1.1 * before.units, before.price)
    >>> [round(one) for one in causes_of(before, after).tolist()]  # ten percent more clients, and nothing else
    [138000, 0, 0, 0, 0, 0]
    """
    old, new = before.euro, after.euro
    both = np.ones(np.broadcast_shapes(old.shape, new.shape), dtype=np.bool_)
    for side in (before, after):
        for values in (side.clients, side.months, side.units, side.price):
            both = both & (values > 0)

    def log(a: FloatArray, b: FloatArray) -> FloatArray:
        return np.where(both, np.log(np.where(both, a, 1.0)) - np.log(np.where(both, b, 1.0)), 0.0)

    ratio = log(new, old)
    mean = np.where(np.abs(ratio) > 1e-12, (new - old) / np.where(np.abs(ratio) > 1e-12, ratio, 1.0), old)
    mean = np.where(both, mean, 0.0)
    whole = [np.where(both, side.clients, 0.0).sum(axis=-1, keepdims=True) for side in (before, after)]
    volume = np.log(np.maximum(whole[1], 1e-300)) - np.log(np.maximum(whole[0], 1e-300))
    volume = np.where((whole[0] > 0) & (whole[1] > 0), volume, 0.0) * np.ones_like(mean)
    parts = (
        volume,
        log(after.clients, before.clients) - volume,
        log(after.months, before.months) - log(after.clients, before.clients),
        log(after.units, before.units) - log(after.months, before.months),
        log(after.price, before.price),
    )
    apart = np.where(both, 0.0, new - old).sum(axis=-1)
    return np.stack([*((mean * part).sum(axis=-1) for part in parts), apart], axis=-1)


@kinds_checked
def in_cents_together(parts: FloatArray, total: float) -> tuple[int, ...]:
    """Round parts to cents so that they add up to the rounded total, by largest remainder.

    Parameters
    ----------
    parts : array (n_parts,)
        Euro.
    total : float
        Euro.

    Returns
    -------
    tuple of int
        Cents.

    Examples
    --------
    >>> import numpy as np
    >>> in_cents_together(np.array([0.333, 0.333, 0.334]), 1.0)
    (33, 33, 34)
    """
    exact = 100 * parts
    down = np.floor(exact)
    left = round(100 * total) - int(down.sum())
    order = np.argsort(-(exact - down), kind="stable")
    found = down.astype(np.int64)
    found[order[: max(left, 0)]] += 1
    return tuple(int(one) for one in found)
