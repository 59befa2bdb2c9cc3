"""The least free buffer to ask of providers in a lot: the minimum equity requirement, and what a stricter one saves.

Every provider is taken to have what is asked; in the other lots so much that they do not bind. The requirement is a
part of the reference amount of the first year. Below the least one the begroting cannot carry the loading that providers
without buffer would need.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.solve import LumpSumDesign, feasible_design

WIDEST = 0.5
"""Half the reference amount: no requirement above it is sought."""
AMPLE = 10.0
"""Asked in the other lots, so that their providers are never short."""
HALVINGS = 9
"""Bisections: to a tenth of a percent of the reference amount."""
STRICTER = 0.01
"""One percentage point more."""
ENOUGH = 1e12
"""Euro of buffer that everybody is taken to have."""


@dataclass(frozen=True)
class EquityRequirement:
    """``requirement`` of a lot (fraction of B0 of the first year), None where even the widest gives no design;
    ``objective`` in euro at it, and what one percentage point more ``saves``."""

    lot: str
    requirement: float | None
    objective: float | None
    saves: float | None


def minimum_equity_requirements(data: LumpSumData) -> tuple[EquityRequirement, ...]:
    """The least requirement of every lot at which a design holds."""
    return tuple(_of_lot(data, j) for j in range(len(data.lots)))


def _with_requirement(data: LumpSumData, lot: int, requirement: float) -> LumpSumDesign | None:
    """The design when a lot asks this much and the others more than enough."""
    lots = tuple(
        replace(terms, equity_requirement=requirement if j == lot else AMPLE) for j, terms in enumerate(data.lots)
    )
    buffer = np.full(len(data.providers), ENOUGH)
    return feasible_design(replace(data, lots=lots, free_buffer=buffer))


def _of_lot(data: LumpSumData, lot: int) -> EquityRequirement:
    """Bisection on the requirement of one lot."""
    name = data.lots[lot].name
    best, high, low = _with_requirement(data, lot, WIDEST), WIDEST, 0.0
    if best is None:
        return EquityRequirement(name, None, None, None)
    without = _with_requirement(data, lot, 0.0)
    if without is not None:
        best, high = without, 0.0
    else:
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            found = _with_requirement(data, lot, middle)
            if found is None:
                low = middle
            else:
                best, high = found, middle
    stricter = _with_requirement(data, lot, high + STRICTER)
    if best.objective is None or stricter is None or stricter.objective is None:
        return EquityRequirement(name, high, best.objective, None)
    return EquityRequirement(name, high, best.objective, best.objective - stricter.objective)
