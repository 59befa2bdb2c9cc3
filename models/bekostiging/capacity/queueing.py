"""One queue: places that clients take in the order of asking, each for as long as its own care lasts."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace
from itertools import pairwise

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.units import MONTHS_PER_QUARTER
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

NEVER = float("inf")


@kinds_checked
def begin_times(
    left: FloatArray, asked: FloatArray, stay: FloatArray, urgent: BoolArray, places: IntArray | Sequence[int]
) -> FloatArray:
    """When each client begins: as soon as a place is free, in the order of asking (Kiefer and Wolfowitz 1955).

    Crisis begins at once; where every place is taken, the next that nobody was promised is not filled again. A place that
    is given up at the start of a quarter is the next that comes free, and who was promised one keeps it. Without urgent
    clients a place more lets nobody begin later.

    Parameters
    ----------
    left : (m,) array
        Months until the care of those in care at the start ends.
    asked, stay : (n,) array
        Months from the start, in order, below zero before it; months in care.
    urgent : (n,) array of bool
        Crisis.
    places : (t,) array of int
        Places in each quarter.

    Returns
    -------
    (n,) array
        Months from the start, never before it; infinite where no place comes free.

    Notes
    -----
    Source: Kiefer and Wolfowitz (1955), doi:10.1090/S0002-9947-1955-0066587-3: the vector of the moments at which the
    places come free.

    Examples
    --------
    One place, taken until month 1; three clients of two months ask at 0, 0 and 6.

    >>> import numpy as np
    >>> never = np.zeros(3, dtype=bool)
    >>> begin_times(np.array([1.0]), np.array([0.0, 0.0, 6.0]), np.full(3, 2.0), never, [1, 1, 1])
    array([1., 3., 6.])
    """
    number = [int(one) for one in places]
    begin = np.maximum(asked, 0.0)
    # everybody at once when asking: how many are there then, and who first finds no place
    ends = np.sort(np.concatenate([left, begin + stay]))
    there = len(left) + np.arange(1, len(asked) + 1) - np.searchsorted(ends, begin, side="right")
    if (there <= min(number)).all() and len(left) <= number[0]:
        return np.asarray(begin)
    free = np.sort(left)[::-1][: number[0]].tolist()
    free += [0.0] * (number[0] - len(free))
    for quarter, (before, now) in enumerate(pairwise(number), start=1):
        free += [float(MONTHS_PER_QUARTER * quarter)] * (now - before)
    heapify(free)
    given_up = _reductions(number)
    found: list[float] = []
    for moment, months, at_once in zip(asked.tolist(), stay.tolist(), urgent.tolist(), strict=True):
        while given_up and given_up[-1] <= moment:
            given_up.pop()
            heappop(free)
        when = max(moment, 0.0)
        if free:
            if free[0] > when and not at_once:
                when = free[0]
            heapreplace(free, when + months)
        elif not at_once:
            when = NEVER
        found.append(when)
    return np.array(found)


def _reductions(number: list[int]) -> list[float]:
    """The moments at which a place is given up, one for each, the last first."""
    found: list[float] = []
    for quarter, (before, now) in enumerate(pairwise(number), start=1):
        found += [float(MONTHS_PER_QUARTER * quarter)] * (before - now)
    return found[::-1]
