"""What a wider limit saves, in euro of expected and of tail spending, and how far that holds.

Free zones and shares stay; a limit is moved and the loadings designed again, until a tenth of the saving is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bekostiging.lumpsum.conflict import EXACT, NOTHING
from bekostiging.lumpsum.data import LumpSumData, revenue_of_lot, with_shares
from bekostiging.lumpsum.judgement import Judge
from bekostiging.lumpsum.solve import LumpSumDesign, design_within, solved
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate

FRACTIONS = ("premium",)
"""Limits without money: what they save is per percentage point."""
LIMITS = ("solvency", "return_on_capital", "begroting", "reserve", "glide", *FRACTIONS)
"""What somebody can widen: not what is law (the fair price, the least share), nor order and symmetry of the shares."""
FIRST_STEP = 1e-3
"""First move, as a part of what the limit is about; each next one is twice as far."""
DOUBLINGS = 10
"""To the whole of it, and no further."""
SAME = 0.1
"""Part of the saving it may change by."""
TERMS = {"premium": "premium_max", "glide_up": "glide_max", "glide_down": "glide_max"}
"""Limits that are terms of a lot: the field that holds them."""


@dataclass(frozen=True)
class PriceRange:
    """What widening a binding limit by a euro (premium: by a percentage point) saves, in euro of ``expected`` and of
    ``tail`` spending over the term; and by how much it may be narrowed (``low`` <= 0) or widened (``high`` >= 0) before the
    saving differs by a tenth or no design is left, in the unit of the limit: euro, or a fraction."""

    name: str
    expected: Estimate
    tail: Estimate
    low: float
    high: float


def price_ranges(data: LumpSumData, design: LumpSumDesign, judge: Judge) -> tuple[PriceRange, ...]:
    """Every binding limit of a design of ``data``, judged on other scenarios; ranges to a factor of two."""
    fixed = _fixed(data, design)
    found = []
    for name in binding_limits(fixed):
        price = _price(fixed, design, name, judge)
        if price is not None:
            reach = [_reach(fixed, design, name, direction) for direction in (-1.0, 1.0)]
            found.append(PriceRange(name, *price, -reach[0], reach[1]))
    return tuple(found)


def binding_limits(fixed: LumpSumData) -> tuple[str, ...]:
    """Limits with a price in the linear program that is left when every share is given."""
    solution = solved(LumpSumArrays(fixed))
    duals = {} if solution is None else solution.duals
    return tuple(name for name, dual in duals.items() if name.startswith(LIMITS) and abs(dual) > NOTHING)


def _fixed(data: LumpSumData, design: LumpSumDesign) -> LumpSumData:
    """The linear program that is left; what gave way may do so as far as it did."""
    return replace(with_shares(data, design.share, design.form), breach=design.cap)


def _price(fixed: LumpSumData, design: LumpSumDesign, name: str, judge: Judge) -> tuple[Estimate, Estimate] | None:
    """What the first step saves, per euro or per point; narrower where there is no wider design."""
    step = FIRST_STEP * _size(fixed, name)
    unit = 100.0 if _kind(name)[0] in FRACTIONS else 1.0
    for direction in (1.0, -1.0):
        moved = design_within(_moved(fixed, name, direction * step))
        here = design_within(fixed)
        if moved is not None and here is not None:
            expected, tail = judge.difference(here, moved)
            return tuple(one.scaled(direction / step / unit) for one in (expected, tail))  # type: ignore[return-value]
    return None


def _reach(data: LumpSumData, design: LumpSumDesign, name: str, direction: float) -> float:
    """How far the limit moves before the average fall of the criterion over the last step leaves a tenth of the first."""
    whole = _size(data, name)
    here = design_within(data)
    step, reached, before = FIRST_STEP * whole, 0.0, None if here is None else here.criterion
    price: float | None = None
    for _ in range(DOUBLINGS):
        if step > whole * (1 + EXACT):
            break
        moved = design_within(_moved(data, name, direction * step))
        if moved is None or moved.criterion is None or before is None:
            break
        gained = direction * (before - moved.criterion) / (step - reached)
        price = gained if price is None else price
        if abs(gained - price) > SAME * abs(price):
            break
        reached, before, step = step, moved.criterion, 2 * step
    return reached


def _kind(name: str) -> tuple[str, str]:
    """Kind of a limit and what stands between its brackets."""
    kind, _, inside = name.partition("[")
    return kind, inside.removesuffix("]")


def _size(data: LumpSumData, name: str) -> float:
    """What a limit is about: the reference amounts behind it in euro, or one for a fraction."""
    kind, inside = _kind(name)
    if kind in FRACTIONS:
        return 1.0
    if kind in ("solvency", "return_on_capital"):
        own = data.provider == data.providers.index(inside)
        return float(data.reference[own, 0].sum())
    return float(data.reference[:, 0].sum())


def _moved(data: LumpSumData, name: str, by: float) -> LumpSumData:
    """The same decision with one limit widened by ``by`` (narrowed when negative)."""
    kind, inside = _kind(name)
    if kind not in TERMS:
        return replace(data, margins={**data.margins, name: data.margins.get(name, 0.0) - by})
    j = [lot.name for lot in data.lots].index(inside)
    lot, field = data.lots[j], TERMS[kind]
    if kind.startswith("glide"):
        by /= MILLION * max(1.0 / MILLION, revenue_of_lot(data, j))
    lots = (*data.lots[:j], replace(lot, **{field: getattr(lot, field) + by}), *data.lots[j + 1 :])
    return replace(data, lots=lots)
