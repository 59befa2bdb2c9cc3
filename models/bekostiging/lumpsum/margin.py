"""The margin with which the limits of a sampled design hold in futures it has not seen.

A limit on a sampled tail is broken out of sample about half the time, because the design uses it to the last euro. So
every limit that depends on futures is tightened by the same number of standard errors, and the least number is sought with
which all of them hold on fresh futures at 95 % each: value + 1.645 standard errors <= limit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.solve import LimitCheck, LumpSumDesign, feasible_design, out_of_sample
from bekostiging_solvers import Scramblings

CERTAIN = 1.645
"""One-sided 95 % of a normal error."""
TWO_SIDED = 1.96
"""Two-sided 95 %."""
WIDEST = 8.0
"""Standard errors beyond which no margin is sought."""
HALVINGS = 5
"""Bisections after the first margin that holds: to a quarter of a standard error."""
EURO = 1.0
"""A limit holds up to a euro."""


@dataclass(frozen=True)
class LimitMargin:
    """``standard_errors`` by which every limit is tightened, None where none up to 8 makes all hold; the corrected
    ``design`` with its ``checks``, and its ``cost`` in euro of objective over the plain design."""

    standard_errors: float | None
    design: LumpSumDesign
    checks: tuple[LimitCheck, ...]
    cost: float | None


@dataclass(frozen=True)
class LimitPrecision:
    """The limit known least well on the fresh futures: half the 95 % interval of its value, euro."""

    name: str
    half_width: float


def widest_limit(checks: Sequence[LimitCheck]) -> LimitPrecision:
    """The limit with the largest standard error."""
    widest = max(checks, key=lambda check: check.standard_error)
    return LimitPrecision(widest.name, TWO_SIDED * widest.standard_error)


def futures_needed(checks: Sequence[LimitCheck], n_scenarios: int, precision: float) -> int:
    """How many fresh futures know every limit to ``precision`` euro (half a 95 % interval).

    Errors fall with the root of the number, as for independent futures; scrambled Sobol points need at most so many.

    Raises
    ------
    ValueError
        A precision that is not positive.
    """
    if not precision > 0:
        raise ValueError(f"a precision is a positive number of euro, not {precision}")
    return max(1, math.ceil(n_scenarios * (widest_limit(checks).half_width / precision) ** 2))


def holds_at_95(checks: Sequence[LimitCheck]) -> bool:
    """Whether every limit holds on fresh futures with 95 % certainty each."""
    return all(check.value + CERTAIN * check.standard_error <= check.limit + EURO for check in checks)


def limit_margin(
    data: LumpSumData,
    fresh: LumpSumData,
    design: LumpSumDesign,
    checks: tuple[LimitCheck, ...],
    scramblings: Scramblings,
) -> LimitMargin:
    """Find the least margin for a feasible ``design`` of ``data``, whose ``checks`` were made on ``fresh``.

    The margin is chosen on the same fresh futures on which it is judged.
    """
    if not design.feasible or design.objective is None or holds_at_95(checks):
        return LimitMargin(0.0 if design.feasible else None, design, checks, 0.0 if design.feasible else None)

    def at(width: float) -> tuple[LumpSumDesign, tuple[LimitCheck, ...]] | None:
        """The design with this margin and its checks; None where it does not exist or a limit does not hold."""
        margins = {check.name: width * check.standard_error for check in checks}
        tightened = feasible_design(replace(data, margins=margins))
        if tightened is None:
            return None
        found = out_of_sample(tightened, fresh, scramblings)
        return (tightened, found) if holds_at_95(found) else None

    low, high, best = 0.0, 1.0, None
    while best is None and high <= WIDEST:
        best = at(high)
        if best is None:
            low, high = high, 2 * high
    if best is None:
        return LimitMargin(None, design, checks, None)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = at(middle)
        if found is None:
            low = middle
        else:
            high, best = middle, found
    tightened, held = best
    cost = None if tightened.objective is None else tightened.objective - design.objective
    return LimitMargin(high, tightened, held, cost)
