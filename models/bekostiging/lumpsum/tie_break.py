"""Ties are not decided by noise: of designs that cost hardly more, the one with the wider free zone and the lower shares.

First the free zones, lot by lot, the largest reference amounts first: the next wider zone is taken when the design made
anew with it, its loadings free, has a criterion within 0.02 % of all reference amounts over the term from the optimum.
Then, in the same order, the wider zone and the lower share beyond it are taken when the criterion rises by at most 0.05 %
of the reference amounts of that lot and no loading rises. Given the zone, the least share is found by a linear program with
the criterion as a limit, and rounded up to the list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.conflict import EXACT
from bekostiging.lumpsum.data import LotTerms, LumpSumData, lot_size, with_shares
from bekostiging.lumpsum.layers import counted_sides, inside_zone, zone_of
from bekostiging.lumpsum.solve import LumpSumDesign, design_within
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import InfeasibleError, TailProgram
from bekostiging_solvers.typing import FloatArray, IntArray

ALLOWED = 0.0005
"""Rise of the criterion that is hardly more, as a part of the reference amounts of the lot over the term."""
ALLOWED_TOGETHER = 0.0002
"""Rise of the criterion that is hardly more for all free zones together, as a part of the reference amounts of all lots."""
FINE = 1e-6
"""To which a share is rounded up that is from no list."""


@kinds_checked
def preferred_design(
    data: LumpSumData, make: Callable[[LumpSumData], LumpSumDesign | None] = design_within
) -> LumpSumDesign | None:
    """The design with its ties broken: wider free zones and lower shares where the criterion hardly rises.

    Parameters
    ----------
    data : LumpSumData
        The decision. Without a free zone in its simple terms, ties stay as the solver leaves them.
    make : callable
        How the design is made: ``design_within`` or ``feasible_design``.

    Returns
    -------
    LumpSumDesign or None
        None where ``make`` gives none. The bound is that of the optimum: what the ties cost is part of the gap.

    Examples
    --------
    >>> from bekostiging.lumpsum import example_data, preferred_design, SimpleTerms, with_simple_terms
    >>> simple = SimpleTerms(changes=1, shares=(0.0, 0.45, 0.75), free_zone=True)
    >>> preferred_design(with_simple_terms(example_data(), simple)).share[0]
    array([0.45, 0.  ])
    """
    best = make(data)
    if best is None or not data.simple.free_zone:
        return best
    limits = replace(data, breach=best.cap, near=best.terms)
    order = sorted(range(len(data.lots)), key=lambda j: (-lot_size(data, j), data.lots[j].name))
    lots = [j for j in order if best.form[j] == 0]
    design = _wider_zones(limits, best, lots)
    for j in lots:
        design = _of_lot(limits, design, j)
    # the bound is that of the optimum: what the ties cost is part of the gap
    criterion, bound = design.criterion, best.bound
    if criterion is None or bound is None or design is best:
        return best
    return replace(design, bound=bound, gap=max(0.0, (criterion - bound) / abs(criterion)))


def _wider_zones(data: LumpSumData, best: LumpSumDesign, lots: list[int]) -> LumpSumDesign:
    """The design with the widest free zones that cost hardly more than ``best`` together, its loadings made anew."""
    most = (best.criterion or 0.0) + ALLOWED_TOGETHER * MILLION * sum(
        lot_size(data, j) for j in range(len(data.lots))
    )
    design, zone = best, np.zeros(len(data.lots), dtype=np.int64)
    # no zone narrows for another to be wider
    zone[lots] = [zone_of(data.lots[j], best.share[j]) for j in lots]
    for j in lots:
        lot = data.lots[j]
        zone[j] = zone_of(lot, design.share[j])
        while len(inside_zone(lot, int(zone[j]) + 1)) > len(inside_zone(lot, int(zone[j]))):
            wider = zone.copy()
            wider[j] += 1
            found = design_within(replace(data, held=replace(data.held, zone=wider, form=best.form)), most)
            if found is None or found.criterion is None or found.criterion > most:
                break
            design, zone[j] = found, zone_of(lot, found.share[j])
    return design


def _of_lot(data: LumpSumData, design: LumpSumDesign, lot: int) -> LumpSumDesign:
    """The design with the widest free zone and the lowest share of one lot that cost hardly more."""
    most = (design.criterion or 0.0) + ALLOWED * MILLION * lot_size(data, lot)
    for layers in _groups(data.lots[lot], data):
        design = _of_group(data, design, lot, layers, most)
    return design


def _groups(lot: LotTerms, data: LumpSumData) -> Iterator[tuple[IntArray, ...]]:
    """Sides that are decided together, their layers from the reference outward."""
    sides = counted_sides(lot, data.simple)
    layers = {
        side: np.flatnonzero(lot.corridor.sign == (1.0 if side == "deficit" else -1.0)).astype(np.int64)
        for side in sides
    }
    if lot.symmetric and len(layers) == 2:
        yield tuple(layers.values())
    else:
        yield from ((own,) for own in layers.values())


def _of_group(
    data: LumpSumData, design: LumpSumDesign, lot: int, layers: tuple[IntArray, ...], most: float
) -> LumpSumDesign:
    """The first free zone, widest first, in which a share will do."""
    share, listed = design.share[lot], data.simple.shares
    widest = len(layers[0]) if not listed or 0.0 in listed else 0
    for zone in range(widest, -1, -1):
        free = np.concatenate([own[:zone] for own in layers])
        shared = np.concatenate([own[zone:] for own in layers])
        now = float(share[shared].max(initial=0.0))
        wider = bool((share[free] > 0).any())
        if not wider and now == 0.0:
            return design
        least = _least_share(data, design, lot, free, shared, most)
        for value in () if least is None else _listed(data, least, np.inf if wider else now):
            own = share.copy()
            own[free], own[shared] = 0.0, value
            found = _with_shares(data, design, lot, own, most)
            if found is not None:
                return found
        if not wider:
            return design
    return design


def _listed(data: LumpSumData, least: float, below: float) -> list[float]:
    """The first share of the list that is at least this, where it is lower than ``below``; any share where there is none."""
    listed = sorted(data.simple.shares) or [math.ceil(least / FINE) * FINE]
    enough = [value for value in listed if value >= least - EXACT * 100]
    return [value for value in enough[:1] if value < below]


def _least_share(
    data: LumpSumData, design: LumpSumDesign, lot: int, free: IntArray, shared: IntArray, most: float
) -> float | None:
    """The least share beyond a free zone with the criterion at most ``most`` and no loading above today's."""
    given = [own.copy() for own in design.share]
    given[lot][shared], given[lot][free] = np.nan, 0.0
    arrays = _fixed(data, design, given)
    program, limits = arrays.with_criterion_limit(most / MILLION)
    columns = arrays.columns.share[lot][shared]
    cost = np.zeros(arrays.columns.n)
    if len(columns):
        cost[columns[0]] = 1.0
    equal = np.zeros((max(0, len(columns) - 1), arrays.columns.n))
    for k, column in enumerate(columns[1:]):
        equal[k, column], equal[k, columns[0]] = 1.0, -1.0
    none = np.zeros(len(equal))
    names = tuple(f"equal[{k}]" for k in range(len(equal)))
    grown = replace(program, cost=cost).with_rows(equal, none, none, names)
    try:
        found = TailProgram(grown, (), limits, arrays.restore).solve(arrays.start(), EXACT, name_conflict=False)
    except InfeasibleError:
        return None
    return float(found.x[columns[0]]) if len(columns) else 0.0


def _with_shares(
    data: LumpSumData, design: LumpSumDesign, lot: int, share: FloatArray, most: float
) -> LumpSumDesign | None:
    """The design with these shares of one lot, where its criterion allows."""
    given = [share if j == lot else own for j, own in enumerate(design.share)]
    kept = with_shares(data, given, design.form)
    found = design_within(replace(kept, held=replace(kept.held, most=_most(kept, design))))
    if found is None or found.criterion is None or found.criterion > most + EXACT * abs(most):
        return None
    return found


def _fixed(data: LumpSumData, design: LumpSumDesign, given: list[FloatArray]) -> LumpSumArrays:
    """The linear program that is left when these shares are given."""
    kept = with_shares(data, given, design.form)
    return LumpSumArrays(replace(kept, held=replace(kept.held, most=_most(kept, design))))


def _most(data: LumpSumData, design: LumpSumDesign) -> FloatArray:
    """No loading rises, up to rounding."""
    most = design.loading + EXACT
    return np.asarray(most if data.held.most is None else np.fmin(most, data.held.most))
