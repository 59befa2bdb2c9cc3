"""The layers of a corridor: which share is decided, which layers belong together, and where nothing is shared."""

from __future__ import annotations

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.data import LotTerms, SimpleTerms
from bekostiging_solvers.typing import FloatArray, IntArray


def mirrored_layers(lot: LotTerms) -> list[tuple[int, int]]:
    """(deficit, surplus) layers at the same distance from 1, where both shares are decided; none if asymmetric."""
    corridor = lot.corridor
    if not lot.symmetric:
        return []
    pairs = zip(np.flatnonzero(corridor.deficit), np.flatnonzero(~corridor.deficit), strict=False)
    return [(int(d), int(s)) for d, s in pairs if np.isnan(corridor.share[[d, s]]).all()]


def outward_layers(lot: LotTerms) -> list[tuple[int, int]]:
    """(layer, next layer outward) on each side, where at least one share is decided."""
    sign, share = lot.corridor.sign, lot.corridor.share
    return [
        (i, i + 1) for i in range(len(sign) - 1) if sign[i] == sign[i + 1] and np.isnan(share[[i, i + 1]]).any()
    ]


def sides(lot: LotTerms) -> dict[str, list[tuple[int, int]]]:
    """(layer, next layer outward) of every layer of a side, deficits and surpluses."""
    sign = lot.corridor.sign
    pairs = [(i, i + 1) for i in range(len(sign) - 1) if sign[i] == sign[i + 1]]
    return {
        "deficit": [pair for pair in pairs if sign[pair[0]] > 0],
        "surplus": [pair for pair in pairs if sign[pair[0]] < 0],
    }


def counted_sides(lot: LotTerms, simple: SimpleTerms) -> dict[str, list[tuple[int, int]]]:
    """Sides whose changes of share are counted: none without a bound on them, and beside a free zone only sides on which no
    share is given."""
    if simple.changes is None:
        return {}
    share = lot.corridor.share
    return {
        side: pairs
        for side, pairs in sides(lot).items()
        if not simple.free_zone or np.isnan(share[lot.corridor.sign == (1.0 if side == "deficit" else -1.0)]).all()
    }


def inside_zone(lot: LotTerms, zone: int) -> IntArray:
    """Layers whose share is decided among the first ``zone`` from the reference outward, on both sides."""
    corridor = lot.corridor
    inner = [np.flatnonzero(corridor.sign == sign)[:zone] for sign in (1.0, -1.0)]
    layers = np.concatenate(inner).astype(np.int64)
    return layers[np.isnan(corridor.share[layers])]


def zone_of(lot: LotTerms, share: FloatArray) -> int:
    """How many decided layers from the reference outward are shared by nobody, on both sides."""
    zone = 0
    while (
        len(next_zone := inside_zone(lot, zone + 1)) > len(inside_zone(lot, zone)) and not share[next_zone].any()
    ):
        zone += 1
    return zone


def decided_layers(lot: LotTerms) -> list[int]:
    """Layers whose share is decided."""
    return [int(k) for k in np.flatnonzero(np.isnan(lot.corridor.share))]


def outermost_deficit(lot: LotTerms) -> int:
    """Index of the outermost deficit layer."""
    return int(np.flatnonzero(lot.corridor.deficit)[-1])


@kinds_checked
def free_zone(lot: LotTerms, share: FloatArray, sign: float = 1.0) -> float:
    """How far from the reference amount nothing is shared.

    Parameters
    ----------
    lot : LotTerms
        Its layers.
    share : (n_layers,)
        Shares of a design.
    sign : float
        1 for deficits, -1 for surpluses.

    Returns
    -------
    float
        A fraction of the reference amount; infinite where nothing is shared at all.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.lumpsum import example_data, free_zone, menu_corridor, with_corridor
    >>> (lot,) = with_corridor(example_data(), menu_corridor((0.05,))).lots
    >>> round(free_zone(lot, np.array([0.0, 0.5, 0.0, 0.0])), 3), free_zone(lot, np.zeros(4), sign=-1.0)
    (0.05, inf)
    """
    corridor = lot.corridor
    for k in np.flatnonzero(corridor.sign == sign):
        if share[k] > 0:
            return float(corridor.lower[k] - 1 if sign > 0 else 1 - corridor.upper[k])
    return float("inf")
