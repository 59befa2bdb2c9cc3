"""Designs that cost hardly more than the chosen one and differ as much as possible (modelling to generate alternatives).

After Brill, Chang and Hopkins (1982, doi:10.1287/mnsc.28.3.221): the criterion becomes a limit, and loadings and shares are
pushed one way and the other inside it, between simple agreements where those are asked for. Of what is found the most
different are kept: each next one is the farthest from all before it, in loadings and shares. They satisfy every limit of
the model with the margins of the chosen design; what they cost more is measured from that design, on scenarios that made
neither. For market consultation, competitive dialogue or a council; once bids are in, only the published design may be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count, NotNegative
from bekostiging.lumpsum.columns import Columns
from bekostiging.lumpsum.data import LumpSumData, with_shares
from bekostiging.lumpsum.judgement import Judge
from bekostiging.lumpsum.solve import LumpSumDesign, design_within
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate, SolverError, TailProgram, together
from bekostiging_solvers.typing import FloatArray

ALTERNATIVES = 12
"""Designs kept, the best among them."""
WITHIN = 0.01
"""Part of the optimum they may cost more."""
TOLERANCE = 1e-6
LOADING_WEIGHT = 10.0
"""A point of loading counts as ten points of share: loadings are small."""
SAME = 1e-3
"""Designs nearer to each other than this are one."""


@dataclass(frozen=True)
class Alternative:
    """One design beside the chosen one; euro over the term, discounted.

    Attributes
    ----------
    design : LumpSumDesign
        Its loadings, shares and budgets.
    expected, tail : Estimate
        What all municipalities are expected to spend more, and more in the worst scenarios.
    spending : tuple of Estimate, (n_municipalities,)
        Expected spending, more than under the chosen design.
    result : tuple of Estimate, (n_providers,)
        Expected result, more than under the chosen design.
    capital : (n_providers,)
        Buffer used, more than under the chosen design.

    Examples
    --------
    >>> from bekostiging.lumpsum import alternatives, design_lumpsum, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> _, other = alternatives(data, design_lumpsum(data), Judge(data, Scramblings(2)), count=2, within=0.05)
    >>> other.design.loading.round(3), round(other.expected.value)  # what the higher loading costs more
    (array([0.094]), 8609900)
    """

    design: LumpSumDesign
    expected: Estimate
    tail: Estimate
    spending: tuple[Estimate, ...]
    result: tuple[Estimate, ...]
    capital: FloatArray


@kinds_checked
def alternatives(
    data: LumpSumData,
    design: LumpSumDesign,
    judge: Judge,
    count: Count = ALTERNATIVES,
    within: NotNegative = WITHIN,
    workers: Count = 1,
) -> tuple[Alternative, ...]:
    """The chosen design and others whose criterion is hardly higher, the most different first.

    Parameters
    ----------
    data : LumpSumData
        The decision, on the scenarios that made the design.
    design : LumpSumDesign
        The chosen one; feasible.
    judge : Judge
        Scenarios that made neither, on which the differences are measured.
    count : int
        Designs returned at most, the chosen one among them.
    within : float
        Part of the criterion that an alternative may have more.
    workers : int
        Processes that search.

    Returns
    -------
    tuple of Alternative
        The chosen design first.

    Raises
    ------
    ValueError
        A design that is not feasible: there is nothing to vary.

    Examples
    --------
    >>> from bekostiging.lumpsum import alternatives, design_lumpsum, example_data, Judge
    >>> from bekostiging_solvers import Scramblings
    >>> data = example_data()
    >>> beside = alternatives(data, design_lumpsum(data), Judge(data, Scramblings(2)), count=2, within=0.05)
    >>> [round(float(one.design.loading[0]), 3) for one in beside]
    [0.004, 0.094]
    """
    if not design.feasible or design.criterion is None:
        raise ValueError("there is no feasible lump sum, so there are no alternatives to it")
    most = (1 + within) * design.criterion / MILLION
    directions = _directions(LumpSumArrays(data).columns)
    pushed = together([partial(_pushed, data, most, direction) for direction in directions], workers)
    designs = [design, *(one for one in pushed if one is not None)]
    return tuple(_described(one, design, judge) for one in _most_different(designs, count))


def _pushed(data: LumpSumData, most: float, direction: FloatArray) -> LumpSumDesign | None:
    """The design that goes farthest in a direction with a criterion of at most ``most``; None where there is none."""
    arrays = LumpSumArrays(data)
    program, limits = arrays.with_criterion_limit(most)
    try:
        x = (
            TailProgram(replace(program, cost=direction), (), limits, arrays.restore)
            .solve(arrays.start(), TOLERANCE)
            .x
        )
    except SolverError:
        return None
    design = _design_at(data, arrays, x)
    if design is None or (design.criterion or 0.0) > most * MILLION * (1 + TOLERANCE):
        return None
    return design


def _design_at(data: LumpSumData, arrays: LumpSumArrays, x: FloatArray) -> LumpSumDesign | None:
    """The design at a point, its loadings and shares held."""
    columns = arrays.columns
    kept = with_shares(data, [np.clip(x[own], 0.0, 1.0) for own in columns.share], x[columns.form].argmax(axis=1))
    loading = x[columns.loading]
    held = replace(kept.held, least=loading - TOLERANCE, most=loading + TOLERANCE)
    return design_within(replace(kept, held=held))


def _directions(columns: Columns) -> Iterator[FloatArray]:
    """Push every lot's loading and shares up and down, alone and all together."""
    lots = [[j] for j in range(len(columns.loading))]
    groups = lots if len(lots) == 1 else [*lots, [j for lot in lots for j in lot]]
    for group in groups:
        for sign in (1.0, -1.0):
            for what in (columns.loading[group], np.concatenate([columns.share[j] for j in group])):
                direction = np.zeros(columns.n)
                direction[what] = -sign
                yield direction


def _different(one: LumpSumDesign, other: LumpSumDesign) -> float:
    """Largest difference in a share, or in a loading times its weight."""
    shares = max(float(np.abs(mine - theirs).max()) for mine, theirs in zip(one.share, other.share, strict=True))
    return max(LOADING_WEIGHT * float(np.abs(one.loading - other.loading).max()), shares)


def _most_different(found: list[LumpSumDesign], count: int) -> list[LumpSumDesign]:
    """The first design, then each time the farthest from all that are kept."""
    kept, left = found[:1], found[1:]
    while left and len(kept) < count:
        distance = [min(_different(one, own) for own in kept) for one in left]
        farthest = int(np.argmax(distance))
        if distance[farthest] < SAME:
            break
        kept.append(left.pop(farthest))
    return kept


def _described(one: LumpSumDesign, chosen: LumpSumDesign, judge: Judge) -> Alternative:
    """What a design means beside the chosen one."""
    data = judge.data
    expected, tail = judge.difference(one, chosen)
    mine, theirs = judge.point(one), judge.point(chosen)

    def more(arrays: LumpSumArrays, x: FloatArray, m: int) -> FloatArray:
        """Discounted spending of a municipality more than under the chosen design, euro."""
        spent = arrays.spending.paid(x, m) - arrays.spending.paid(theirs, m)
        return np.asarray(MILLION * spent @ data.discount)

    def earned(arrays: LumpSumArrays, x: FloatArray, p: int) -> FloatArray:
        """Result of a provider over the term more than under it, euro."""
        if p not in arrays.losses:
            return np.zeros(arrays.data.n_scenarios)
        return np.asarray(MILLION * (arrays.losses[p].path(theirs) - arrays.losses[p].path(x))[:, -1])

    return Alternative(
        design=one,
        expected=expected,
        tail=tail,
        spending=tuple(judge.mean(mine, partial(more, m=m)) for m in range(len(data.municipalities))),
        result=tuple(judge.mean(mine, partial(earned, p=p)) for p in range(len(data.providers))),
        capital=one.capital - chosen.capital,
    )
