"""The same scenarios under other layers: what lies inside each layer follows from the base, so nothing is drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts import Corridor
from bekostiging.lumpsum.data import LumpSumData
from bekostiging_solvers.typing import FloatArray


@kinds_checked
def menu_corridor(edges: Sequence[float]) -> Corridor:
    """Layers between all edges of a menu, every share to be decided.

    With a bound on the number of changes of share, the edges where it changes are those chosen from the menu.

    Parameters
    ----------
    edges : sequence of float
        Distances from the reference amount, fractions, rising between 0 and 1.

    Returns
    -------
    Corridor
        Deficit layers from the reference amount outward, then surplus layers.

    Examples
    --------
    >>> from bekostiging.lumpsum import menu_corridor
    >>> corridor = menu_corridor((0.05,))
    >>> corridor.names
    ('deficit_1', 'deficit_2', 'surplus_1', 'surplus_2')
    >>> corridor.upper
    array([1.05,  inf, 1.  , 0.95])
    """
    inner, outer = np.array([0.0, *edges]), np.array([*edges, np.inf])
    n = len(inner)
    names = tuple(f"{side}_{k + 1}" for side in ("deficit", "surplus") for k in range(n))
    return Corridor(
        names,
        np.concatenate([1 + inner, np.maximum(0.0, 1 - outer)]),
        np.concatenate([1 + outer, 1 - inner]),
        np.concatenate([np.ones(n), -np.ones(n)]),
        np.full(2 * n, np.nan),
    )


@kinds_checked
def with_corridor(data: LumpSumData, corridor: Corridor) -> LumpSumData:
    """The decision on the same scenarios, with one corridor in every lot; nothing is drawn again.

    Parameters
    ----------
    data : LumpSumData
        The decision as it is.
    corridor : Corridor
        The layers; shares that are nan are decided.

    Examples
    --------
    >>> from bekostiging.lumpsum import example_data, menu_corridor, with_corridor
    >>> with_corridor(example_data(), menu_corridor((0.05, 0.10))).amounts[0].shape
    (20, 1, 6)
    """
    amounts = tuple(
        corridor.amounts(base_of(data, c), data.reference[c] * data.index[:, c])
        for c in range(len(data.contracts))
    )
    return replace(data, lots=tuple(replace(lot, corridor=corridor) for lot in data.lots), amounts=amounts)


def with_reference(data: LumpSumData, reference: FloatArray) -> LumpSumData:
    """The decision on the same scenarios with other reference amounts (c, t); the fair price moves in proportion."""
    amounts = tuple(
        data.lots[data.lot[c]].corridor.amounts(base_of(data, c), reference[c] * data.index[:, c])
        for c in range(len(data.contracts))
    )
    fair = data.fair_price * reference / data.reference
    return replace(data, reference=reference, fair_price=fair, amounts=amounts)


def base_of(data: LumpSumData, contract: int) -> FloatArray:
    """What the corridor of a contract is measured on; (s, t): the layers partition its deviation from B0 I."""
    sign = data.lots[data.lot[contract]].corridor.sign
    return np.asarray(data.reference[contract] * data.index[:, contract] + data.amounts[contract] @ sign)
