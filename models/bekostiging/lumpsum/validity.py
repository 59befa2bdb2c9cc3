"""What a wider limit saves, in euro of expected and of tail spending, and how far that holds.

Free zones and shares stay; a limit is moved and the loadings designed again, until a tenth of the saving is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.conflict import EXACT
from bekostiging.lumpsum.data import LumpSumData, revenue_of_lot, with_shares
from bekostiging.lumpsum.judgement import Judge
from bekostiging.lumpsum.limit import Limit
from bekostiging.lumpsum.solve import LumpSumDesign, design_within, solved
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate

FRACTIONS = ("loading_cap",)
"""Limits without money: what they save is per percentage point."""
LIMITS = ("solvency", "return_on_capital", "begroting", "reserve", "transition_up", "transition_down", *FRACTIONS)
"""What somebody can widen: not what is law (the fair price, the least share), nor order and symmetry of the shares."""
FIRST_STEP = 1e-3
"""First move, as a part of what the limit is about; each next one is twice as far."""
DOUBLINGS = 10
"""To the whole of it, and no further."""
SAME = 0.1
"""Part of the saving it may change by."""
TERMS = {"loading_cap": "loading_cap", "transition_up": "transition_cap", "transition_down": "transition_cap"}
"""Limits that are terms of a lot: the field that holds them."""


@dataclass(frozen=True)
class PriceRange:
    """What widening a binding limit saves, and how far that holds.

    Attributes
    ----------
    limit : Limit
        A limit that binds.
    expected, tail : Estimate
        Euro of expected and of tail spending over the term that are saved per euro by which the limit is wider; per
        percentage point of the loading cap.
    low, high : float
        By how much it may be narrowed (at most 0) or widened (at least 0) before the saving differs by a tenth or no design
        is left; in the unit of the limit: euro, or a fraction.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, Judge, price_ranges
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> (price,) = price_ranges(data, design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> str(price.limit), price.low <= 0 <= price.high
    ('solvency[Anker]', True)
    """

    limit: Limit
    expected: Estimate
    tail: Estimate
    low: float
    high: float


@kinds_checked
def price_ranges(data: LumpSumData, design: LumpSumDesign, judge: Judge) -> tuple[PriceRange, ...]:
    """What widening each binding limit of a design saves, and how far that holds.

    Parameters
    ----------
    data : LumpSumData
        The decision, with the margins of the design.
    design : LumpSumDesign
        Its free zones and shares are kept; only loadings are designed again.
    judge : Judge
        Scenarios that did not make the design, on which the saving is measured.

    Returns
    -------
    tuple of PriceRange
        Ranges are known to a factor of two.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, Judge, price_ranges
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> prices = price_ranges(data, design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> [str(one.limit) for one in prices]
    ['solvency[Anker]']
    """
    fixed = _fixed(data, design)
    found = []
    for limit in binding_limits(fixed):
        price = _price(fixed, design, limit, judge)
        if price is not None:
            reach = [_reach(fixed, design, limit, direction) for direction in (-1.0, 1.0)]
            found.append(PriceRange(limit, *price, -reach[0], reach[1]))
    return tuple(found)


def binding_limits(fixed: LumpSumData) -> tuple[Limit, ...]:
    """Limits with a price in the linear program that is left when every share is given."""
    arrays = LumpSumArrays(fixed)
    solution = solved(arrays)
    return () if solution is None else arrays.priced(solution.duals, LIMITS)


def _fixed(data: LumpSumData, design: LumpSumDesign) -> LumpSumData:
    """The linear program that is left; what gave way may do so as far as it did."""
    return replace(with_shares(data, design.share, design.form), breach=design.cap)


def _price(
    fixed: LumpSumData, design: LumpSumDesign, limit: Limit, judge: Judge
) -> tuple[Estimate, Estimate] | None:
    """What the first step saves, per euro or per point; narrower where there is no wider design."""
    step = FIRST_STEP * _size(fixed, limit)
    unit = 100.0 if limit.kind in FRACTIONS else 1.0
    for direction in (1.0, -1.0):
        moved = design_within(_moved(fixed, limit, direction * step))
        here = design_within(fixed)
        if moved is not None and here is not None:
            expected, tail = judge.difference(here, moved)
            per_unit = direction / step / unit
            return expected.scaled(per_unit), tail.scaled(per_unit)
    return None


def _reach(data: LumpSumData, design: LumpSumDesign, limit: Limit, direction: float) -> float:
    """How far the limit moves before the average fall of the criterion over the last step leaves a tenth of the first."""
    whole = _size(data, limit)
    here = design_within(data)
    step, reached, before = FIRST_STEP * whole, 0.0, None if here is None else here.criterion
    price: float | None = None
    for _ in range(DOUBLINGS):
        if step > whole * (1 + EXACT):
            break
        moved = design_within(_moved(data, limit, direction * step))
        if moved is None or moved.criterion is None or before is None:
            break
        gained = direction * (before - moved.criterion) / (step - reached)
        price = gained if price is None else price
        if abs(gained - price) > SAME * abs(price):
            break
        reached, before, step = step, moved.criterion, 2 * step
    return reached


def _size(data: LumpSumData, limit: Limit) -> float:
    """What a limit is about: the reference amounts behind it in euro, or one for a fraction."""
    if limit.kind in FRACTIONS:
        return 1.0
    if limit.kind in ("solvency", "return_on_capital"):
        own = data.provider == data.providers.index(limit.keys[0])
        return float(data.reference[own, 0].sum())
    return float(data.reference[:, 0].sum())


def _moved(data: LumpSumData, limit: Limit, by: float) -> LumpSumData:
    """The decision with one limit widened by ``by`` (narrowed when negative)."""
    if limit.kind not in TERMS:
        return replace(data, margins={**data.margins, limit: data.margins.get(limit, 0.0) - by})
    j = [lot.name for lot in data.lots].index(limit.keys[0])
    lot, field = data.lots[j], TERMS[limit.kind]
    if field == "transition_cap":
        by /= MILLION * max(1.0 / MILLION, revenue_of_lot(data, j))
    lots = (*data.lots[:j], replace(lot, **{field: getattr(lot, field) + by}), *data.lots[j + 1 :])
    return replace(data, lots=lots)
