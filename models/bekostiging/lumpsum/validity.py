"""How far a shadow price holds: a limit is moved and the lump sum designed again, until a tenth of the price is gone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.solve import FRACTIONS, LumpSumDesign, feasible_design

FIRST_STEP = 1e-3
"""First move, as a part of what the limit is about; each next one is twice as far."""
DOUBLINGS = 10
"""To the whole of it, and no further."""
SAME = 0.1
"""Part of the price it may change by."""
TERMS = {"premium": "premium_max", "law": "share_min", "glide_up": "glide_max", "glide_down": "glide_max"}
"""Limits that are terms of a lot: the field that holds them."""


@dataclass(frozen=True)
class PriceRange:
    """A shadow price and by how much its limit may be narrowed (``low`` <= 0) or widened (``high`` >= 0) before the price
    differs by a tenth or no design is left; in the unit of the limit: euro, or a fraction for premium and law."""

    name: str
    price: float
    low: float
    high: float


def price_ranges(data: LumpSumData, design: LumpSumDesign) -> tuple[PriceRange, ...]:
    """Every shadow price of a design of ``data`` with the range in which it holds, to a factor of two."""
    return tuple(
        PriceRange(name, price, -_reach(data, design, name, price, -1.0), _reach(data, design, name, price, 1.0))
        for name, price in design.shadow_prices.items()
    )


def _reach(data: LumpSumData, design: LumpSumDesign, name: str, price: float, direction: float) -> float:
    """How far the limit moves before the average price over the last step leaves its tenth."""
    whole = _size(data, name)
    step, reached, before = FIRST_STEP * whole, 0.0, design.objective
    for _ in range(DOUBLINGS):
        if step > whole * (1 + 1e-9):
            break
        moved = feasible_design(_moved(data, name, direction * step))
        if moved is None or moved.objective is None or before is None:
            break
        gained = direction * (before - moved.objective) / (step - reached)
        if abs(gained - price) > SAME * abs(price):
            break
        reached, before, step = step, moved.objective, 2 * step
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
        by /= max(1.0, float(data.revenue[data.lot == j].sum()))
    value = getattr(lot, field) + (-by if kind == "law" else by)
    lots = (*data.lots[:j], replace(lot, **{field: value}), *data.lots[j + 1 :])
    return replace(data, lots=lots)
