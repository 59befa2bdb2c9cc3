"""The corridor designer: what certainty of the providers costs the municipalities, over simple corridors.

Every candidate leaves a band around the reference free and shares all beyond it alike, on both sides or deficits alone;
its loadings are designed anew with the margins of the chosen design, so every candidate satisfies the model, the law
included. Both ends are measured on scenarios that made none of them: CVaR of municipal spending over the term, and the
chance that the weakest provider's running loss passes its limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.lumpsum.certainty import CERTAIN
from bekostiging.lumpsum.data import LumpSumData, SimpleTerms
from bekostiging.lumpsum.judgement import Judge
from bekostiging.lumpsum.recut import menu_corridor, with_corridor
from bekostiging.lumpsum.solve import LumpSumDesign, design_within
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate, together

BANDS = (0.0, 0.02, 0.05, 0.10)
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class FrontierPoint:
    """A simple corridor beside the designed one.

    Attributes
    ----------
    band : float or None
        Half-width of the free zone, fraction of B0 I; None for the designed corridor.
    share : float
        Part of what is beyond the free zone that the municipality pays.
    symmetric : bool
        Whether surpluses beyond it are shared alike.
    tail : Estimate
        CVaR of municipal spending over the term, euro.
    weakest : Estimate
        Chance that ``provider`` passes its limit, the highest of all providers.
    provider : str
        Id of that provider.
    efficient : bool
        Whether no other candidate is better in both ``tail`` and ``weakest``.

    Examples
    --------
    >>> from bekostiging.lumpsum import corridor_frontier, design_lumpsum, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> points = corridor_frontier(data, design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> [(one.band, one.share, round(one.tail.value)) for one in points[:2]]
    [(None, 0.0, 107600000), (0.0, 0.0, 107600000)]
    """

    band: float | None
    share: float
    symmetric: bool
    tail: Estimate
    weakest: Estimate
    provider: str
    efficient: bool = False


@kinds_checked
def corridor_frontier(
    data: LumpSumData, design: LumpSumDesign, judge: Judge, workers: Count = 1
) -> tuple[FrontierPoint, ...]:
    """The designed corridor beside every candidate corridor that keeps all limits.

    Parameters
    ----------
    data : LumpSumData
        The decision, on the scenarios that made the design.
    design : LumpSumDesign
        The designed corridor; left out of the points where it is not feasible.
    judge : Judge
        Scenarios that made neither, on which both ends are measured.
    workers : int
        Processes that design candidates.

    Returns
    -------
    tuple of FrontierPoint
        The designed corridor first (``band`` None); efficient ones are marked.

    Examples
    --------
    >>> from bekostiging.lumpsum import corridor_frontier, design_lumpsum, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> points = corridor_frontier(data, design_lumpsum(data), Judge(data, Scramblings(2)))
    >>> points[0].band, points[0].efficient, any(one.band == 0.05 for one in points)
    (None, True, True)
    """
    found = [_measured(judge, design, None, 0.0, symmetric=True)] if design.feasible else []
    # one corridor for all lots is no candidate where some stand
    free = not any(lot.agreed for lot in data.lots)
    asked = [partial(_candidate, data, judge, *one) for one in _candidates(data)] if free else []
    found += [one for one in together(asked, workers) if one is not None]
    return tuple(replace(point, efficient=_efficient(point, found)) for point in found)


def _candidates(data: LumpSumData) -> Iterator[tuple[float, float, bool]]:
    """Band, share, and whether surpluses are shared too."""
    for symmetric in (True, False):
        for band in BANDS:
            for share in SHARES:
                if share == 0 and (band > 0 or not symmetric):
                    continue  # nothing shared is one candidate, whatever the band
                if any(share > lot.share_max for lot in data.lots):
                    continue
                yield band, share, symmetric


def _candidate(
    data: LumpSumData, judge: Judge, band: float, share: float, symmetric: bool
) -> FrontierPoint | None:
    """The best design with such a corridor; None where there is none."""
    change = partial(_with_band, band=band, share=share, symmetric=symmetric)
    design = design_within(change(data))
    return None if design is None else _measured(judge.changed(change), design, band, share, symmetric=symmetric)


def _with_band(data: LumpSumData, band: float, share: float, *, symmetric: bool) -> LumpSumData:
    """The decision on the same scenarios under a free band and one share beyond it, as a lump sum in every lot."""
    given = np.array([0.0, share, 0.0, share if symmetric else 0.0])
    corridor = replace(menu_corridor((band,)), share=given)
    return replace(with_corridor(data, corridor), simple=SimpleTerms(), other_payments={})


def _measured(
    judge: Judge, design: LumpSumDesign, band: float | None, share: float, *, symmetric: bool
) -> FrontierPoint:
    """Both ends of a design on other scenarios."""
    data, x = judge.data, judge.point(design)
    chances = {
        p: judge.scramblings.probability(MILLION * loss.evaluate(x) > data.capital_limit[p])
        for p, loss in judge.arrays.losses.items()
    }
    worst = max(chances, key=lambda p: chances[p].value)
    tail = judge.tail_spending(design)
    return FrontierPoint(band, share, symmetric, tail, chances[worst], data.providers[worst])


def _efficient(point: FrontierPoint, found: list[FrontierPoint]) -> bool:
    """Whether no other point is at least as good at both ends and better at one."""
    here = (point.tail.value, point.weakest.value)
    return not any(
        other.tail.value <= here[0]
        and other.weakest.value <= here[1]
        and (other.tail.value, other.weakest.value) != here
        for other in found
    )


@kinds_checked
def price_of_certainty(points: tuple[FrontierPoint, ...], n_years: Count) -> tuple[float, float, float] | None:
    """What one percentage point less chance of passing a provider's limit costs at the designed corridor.

    The slope between the efficient points on both sides of the designed one, or of the pair nearest to it.

    Parameters
    ----------
    points : tuple of FrontierPoint
        Of ``corridor_frontier``.
    n_years : int
        Years of the term.

    Returns
    -------
    (euro a year, lowest chance, highest chance) or None
        The price and the chances between which it holds; None where there are not two points, or where they differ by less
        than their errors.

    Examples
    --------
    >>> from bekostiging.lumpsum import FrontierPoint, price_of_certainty
    >>> from bekostiging_solvers import Estimate
    >>> low, high = (
    ...     FrontierPoint(band, 0.5, True, Estimate(tail, 1e4), Estimate(chance, 0.001), "Anker", True)
    ...     for band, tail, chance in ((0.05, 104e6, 0.08), (None, 101e6, 0.12))
    ... )
    >>> price, *chances = price_of_certainty((low, high), n_years=3)
    >>> round(price), chances
    (250000, [0.08, 0.12])
    """
    line = sorted((one for one in points if one.efficient), key=lambda one: (one.weakest.value, one.tail.value))
    chosen = next((one.weakest.value for one in points if one.band is None), None)
    pairs = [(low, high) for low, high in pairwise(line) if high.weakest.value > low.weakest.value]
    if chosen is None or not pairs:
        return None
    low, high = min(
        pairs, key=lambda pair: max(pair[0].weakest.value - chosen, chosen - pair[1].weakest.value, 0.0)
    )
    if not (_differ(low.tail, high.tail) and _differ(low.weakest, high.weakest)):
        return None
    rise, chances = low.tail.value - high.tail.value, (low.weakest.value, high.weakest.value)
    return rise / (chances[1] - chances[0]) / 100 / n_years, *chances


def _differ(one: Estimate, other: Estimate) -> bool:
    """Whether two estimates differ at 95 %, as if independent: on the same scenarios they are known better."""
    difference = one.plus_independent(other.scaled(-1.0))
    width = difference.half_width(CERTAIN)
    return width is not None and abs(difference.value) > width
