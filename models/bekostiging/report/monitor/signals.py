"""What a contract is about to reach: the 70 % signal and the end of its ceiling, or the layers of its corridor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.contracts import Taakgericht
from bekostiging.studies.contract_year import SIGNAL, ContractYear
from bekostiging.units import MONTHS


@dataclass(frozen=True)
class Signal:
    """Something that a contract reaches this year with a chance, in ``month`` (1 to 12) in half of those scenarios.

    ``kind``: ``signal`` (70 % of the ceiling), ``stop`` (all of it), ``above`` or ``below`` (a layer of the corridor, from
    the ``edge``, a part of the reference amount); ``layer``: its name. What stays below an edge is known in December.
    """

    kind: str
    edge: float
    chance: float
    month: int | None
    layer: str = ""


def signals(year: ContractYear, contract: int) -> tuple[Signal, ...]:
    """Everything a contract can reach, also with chance zero."""
    one = year.contracts[contract]
    if isinstance(one, Taakgericht):
        return _layers(year, contract, one)
    if year.ceiling(contract) is None:
        return ()
    return tuple(
        Signal(kind, edge, *year.reached(contract, edge)) for kind, edge in (("signal", SIGNAL), ("stop", 1.0))
    )


def _layers(year: ContractYear, contract: int, one: Taakgericht) -> tuple[Signal, ...]:
    """The layers of a corridor, from the reference amount outwards, deficits first."""
    course = np.cumsum(year.forecast.by_month[:, :, contract], axis=1) / float(one.reference[year.seen.year])
    chances, found = year.layers(contract), []
    layers = zip(one.corridor.names, one.corridor.lower, one.corridor.upper, one.corridor.sign, strict=True)
    for name, low, high, sign in layers:
        if sign > 0:
            past = course > low
            ever = past[:, -1]
            month = int(np.median(past[ever].argmax(axis=1))) + 1 if ever.any() else None
            found.append(Signal("above", float(low), chances[name], month, name))
        else:
            found.append(Signal("below", float(high), chances[name], MONTHS if chances[name] > 0 else None, name))
    return tuple(found)
