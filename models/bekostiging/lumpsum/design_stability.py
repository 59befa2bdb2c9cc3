"""How much chance is in the terms: the design made again on either half of its scenarios.

Halves are smaller samples, so they agree less often than two samples of the whole size would: what agrees on both is firm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.solve import LumpSumDesign, design_within, feasible_design
from bekostiging.lumpsum.tie_break import preferred_design
from bekostiging_solvers import NumericalTroubleError

SAME = 1e-6
"""Shares that differ by less are the same."""


@dataclass(frozen=True)
class Stability:
    """The design beside those of either half of the design scenarios.

    Attributes
    ----------
    lots : tuple of str
        Lots whose free zones and shares are the same on both halves.
    largest : float
        Largest difference of a loading from that of the whole, fraction.
    halves : int
        Halves on which a design exists and can be computed, 0 to 2.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, stability
    >>> data = example_data()
    >>> halves = stability(data, design_lumpsum(data))
    >>> halves.halves, round(halves.largest, 4)
    (2, 0.0137)
    """

    lots: tuple[str, ...]
    largest: float
    halves: int


def _of_half(half: LumpSumData, make: Callable[[LumpSumData], LumpSumDesign | None]) -> LumpSumDesign | None:
    """The design of a half; None where it has none, or where its few scenarios give HiGHS numerical trouble."""
    try:
        return preferred_design(half, make)
    except NumericalTroubleError:
        return None


@kinds_checked
def stability(data: LumpSumData, design: LumpSumDesign) -> Stability:
    """How much chance is in a design: the design made again on either half of its scenarios, under the same margins.

    Parameters
    ----------
    data : LumpSumData
        The design scenarios.
    design : LumpSumDesign
        Their design.

    Returns
    -------
    Stability

    Examples
    --------
    The worst scenario is in one half, so the halves agree on nothing.

    >>> from bekostiging.lumpsum import design_lumpsum, example_data, stability
    >>> data = example_data()
    >>> halves = stability(data, design_lumpsum(data))
    >>> halves.lots, round(halves.largest, 4), halves.halves
    ((), 0.0137, 2)
    """
    middle = data.n_scenarios // 2
    make = feasible_design if design.breaches else design_within
    halves = [_of_half(data.of(own), make) for own in (slice(0, middle), slice(middle, None))]
    designs = [one for one in halves if one is not None]
    same = tuple(
        lot.name
        for j, lot in enumerate(data.lots)
        if len(designs) == len(halves)
        and all(np.abs(one.share[j] - design.share[j]).max() < SAME for one in designs)
    )
    largest = max((float(np.abs(one.loading - design.loading).max()) for one in designs), default=0.0)
    return Stability(same, largest, len(designs))
