"""The corridor designer: what certainty of the providers costs the municipalities, over simple corridors.

Every candidate leaves a band around the reference free and shares all beyond it alike, on both sides or deficits alone;
its loadings are designed anew, so every candidate satisfies the model, the law included. Both ends are measured on fresh
futures: CVaR of municipal spending over the term, and the chance that the weakest provider's running loss passes its limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bekostiging.lumpsum.data import MILLION, LumpSumData, SimpleTerms
from bekostiging.lumpsum.recut import menu_corridor, with_corridor
from bekostiging.lumpsum.solve import LumpSumDesign, feasible_design
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging_solvers import Estimate, Scramblings

FloatArray = NDArray[np.float64]
BANDS = (0.0, 0.02, 0.05, 0.10)
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class FrontierPoint:
    """``band``: free on each side, fraction; ``share`` of what is beyond; ``symmetric``: surpluses too. ``tail``: CVaR of
    municipal spending over the term, euro; ``weakest``: chance that ``provider`` passes its limit, the highest of all;
    ``efficient``: no candidate is better at both ends. The designed corridor itself has ``band`` None."""

    band: float | None
    share: float
    symmetric: bool
    tail: Estimate
    weakest: Estimate
    provider: str
    efficient: bool = False


def corridor_frontier(
    data: LumpSumData, fresh: LumpSumData, design: LumpSumDesign, scramblings: Scramblings
) -> tuple[FrontierPoint, ...]:
    """The designed corridor and every candidate that has a design, efficient ones marked."""
    found = [_measured(fresh, design, scramblings, None, 0.0, symmetric=True)] if design.feasible else []
    for symmetric in (True, False):
        for band in BANDS:
            for share in SHARES:
                if share == 0 and (band > 0 or not symmetric):
                    continue  # nothing shared is one candidate, whatever the band
                if any(share > lot.share_max for lot in data.lots):
                    continue
                own = _with_band(data, band, share, symmetric=symmetric)
                made = feasible_design(own)
                if made is None:
                    continue
                judged = _with_band(fresh, band, share, symmetric=symmetric)
                found.append(_measured(judged, made, scramblings, band, share, symmetric=symmetric))
    return tuple(replace(point, efficient=_efficient(point, found)) for point in found)


def _with_band(data: LumpSumData, band: float, share: float, *, symmetric: bool) -> LumpSumData:
    """The same futures under a free band and one share beyond it, as a lump sum in every lot."""
    given = np.array([0.0, share, 0.0, share if symmetric else 0.0])
    corridor = replace(menu_corridor((band,)), share=given)
    return replace(with_corridor(data, corridor), simple=SimpleTerms(), other_payments={})


def _measured(
    fresh: LumpSumData,
    design: LumpSumDesign,
    scramblings: Scramblings,
    band: float | None,
    share: float,
    *,
    symmetric: bool,
) -> FrontierPoint:
    """Both ends of a design on fresh futures."""
    arrays = LumpSumArrays(fresh)
    x = arrays.point(design.loading, design.share, design.form)
    spent = arrays.spending.total().evaluate(x)
    tail = scramblings.tail_mean(MILLION * spent, fresh.confidence)
    chances = {
        p: scramblings.probability(MILLION * loss.evaluate(x) > fresh.capital_limit[p])
        for p, loss in arrays.losses.items()
    }
    worst = max(chances, key=lambda p: chances[p].value)
    return FrontierPoint(band, share, symmetric, tail, chances[worst], fresh.providers[worst])


def _efficient(point: FrontierPoint, found: list[FrontierPoint]) -> bool:
    """Whether no other point is at least as good at both ends and better at one."""
    here = (point.tail.value, point.weakest.value)
    return not any(
        other.tail.value <= here[0]
        and other.weakest.value <= here[1]
        and (other.tail.value, other.weakest.value) != here
        for other in found
    )


def price_of_certainty(points: tuple[FrontierPoint, ...], n_years: int) -> tuple[float, float, float] | None:
    """Euro a year for one percentage point less chance at the designed corridor, and between which chances it holds.

    The slope of the efficient points on both sides of the designed one (or of the nearest pair); None where there are
    not two.
    """
    line = sorted((one.weakest.value, one.tail.value) for one in points if one.efficient)
    chosen = next((one.weakest.value for one in points if one.band is None), None)
    pairs = [(low, high) for low, high in pairwise(line) if high[0] > low[0]]
    if chosen is None or not pairs:
        return None
    low, high = min(pairs, key=lambda pair: max(pair[0][0] - chosen, chosen - pair[1][0], 0.0))
    return (low[1] - high[1]) / (high[0] - low[0]) / 100 / n_years, low[0], high[0]
