"""Designs that cost hardly more than the best and differ as much as possible (modelling to generate alternatives).

After Brill, Chang and Hopkins (1982, doi:10.1287/mnsc.28.3.221): the objective becomes a limit, and loadings and shares are
pushed one way and the other inside it. Of what is found the most different are kept: each next one is the farthest from all
before it, in loadings and shares. They satisfy every limit of the model. For market consultation, competitive dialogue or a
council; once bids are in, only the design that was published may be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from bekostiging.lumpsum.data import MILLION, LumpSumData
from bekostiging.lumpsum.solve import LumpSumDesign
from bekostiging.lumpsum.tail import Columns, LumpSumArrays
from bekostiging_solvers import CVaRLimit, InfeasibleError, LinearProgram, TailProgram, cvar

FloatArray = NDArray[np.float64]
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
    """One design, on the scenarios of the decision; euro over the term, discounted.

    ``loading`` (n_lots,) and ``share`` per lot; ``cost``: objective over the optimum, fraction; ``spending``
    (n_municipalities,) and ``result`` (n_providers,): expected, more than under the optimum; ``tail`` (n_municipalities,):
    CVaR of spending, more than under it; ``capital`` (n_providers,): buffer used, more than under it.
    """

    loading: FloatArray
    share: tuple[FloatArray, ...]
    cost: float
    spending: FloatArray
    tail: FloatArray
    result: FloatArray
    capital: FloatArray


def alternatives(
    data: LumpSumData, design: LumpSumDesign, count: int = ALTERNATIVES, within: float = WITHIN
) -> tuple[Alternative, ...]:
    """The best design and up to ``count`` - 1 others within ``within`` of its objective, the most different first.

    Raises
    ------
    ValueError
        A design that is not feasible: there is nothing to vary.
    """
    if not design.feasible or design.objective is None:
        raise ValueError("there is no feasible lump sum, so there are no alternatives to it")
    arrays = LumpSumArrays(data)
    best = arrays.point(design.loading, design.share, design.form)
    best[arrays.columns.capital] = design.capital / MILLION
    program, limits = _near_optimal(arrays, design.objective / MILLION, within)
    found = [best]
    for direction in _directions(arrays.columns):
        try:
            pushed = TailProgram(replace(program, cost=direction), (), limits, arrays.restore)
            x = pushed.solve(arrays.start(), TOLERANCE).x
        except InfeasibleError:
            continue
        if _objective(arrays, x) <= (1 + within) * design.objective / MILLION * (1 + TOLERANCE):
            found.append(x)
    kept = _most_different(arrays.columns, found, count)
    return tuple(_described(arrays, x, best, design.objective / MILLION) for x in kept)


def _near_optimal(
    arrays: LumpSumArrays, objective: float, within: float
) -> tuple[LinearProgram, tuple[CVaRLimit, ...]]:
    """The program and limits with the objective as one more limit."""
    program, most = arrays.program, (1 + within) * objective - arrays.constant
    if arrays.terms:
        term = arrays.terms[0]
        own = CVaRLimit("objective", term.loss, term.confidence, program.cost / term.weight, most / term.weight)
        return program, (*arrays.limits, own)
    row = csr_array(program.cost[None])
    grown = replace(
        program,
        matrix=csr_array(vstack([program.matrix, row])),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, most),
        row_names=(*program.row_names, "objective"),
    )
    return grown, tuple(arrays.limits)


def _directions(columns: Columns) -> Iterator[FloatArray]:
    """Push every lot's loading and shares up and down, alone and all together."""
    lots = [[j] for j in range(len(columns.loading))]
    groups = lots if len(lots) == 1 else [*lots, [j for lot in lots for j in lot]]
    for group in groups:
        for sign in (1.0, -1.0):
            for what in (columns.loading[group], np.concatenate([columns.share[j] for j in group])):
                direction = np.zeros(columns.n)
                direction[what] = -sign
                # a little of everything else keeps slacks and capital where they belong
                direction[columns.premium_slack] = direction[columns.glide_slack] = 1.0
                yield direction


def _objective(arrays: LumpSumArrays, x: FloatArray) -> float:
    """The model's objective at a point, million euro."""
    value = float(arrays.program.cost @ x) + arrays.constant
    for term in arrays.terms:
        value += term.weight * float(cvar(term.loss.evaluate(x), term.confidence))
    return value


def _different(columns: Columns, one: FloatArray, other: FloatArray) -> float:
    """Largest difference in a share, or in a loading times its weight."""
    shares = np.concatenate([columns.share[j] for j in range(len(columns.share))])
    loading = LOADING_WEIGHT * np.abs(one[columns.loading] - other[columns.loading]).max()
    return float(max(loading, np.abs(one[shares] - other[shares]).max()))


def _most_different(columns: Columns, found: list[FloatArray], count: int) -> list[FloatArray]:
    """The first point, then each time the farthest from all that are kept."""
    kept, left = found[:1], found[1:]
    while left and len(kept) < count:
        distance = [min(_different(columns, x, own) for own in kept) for x in left]
        farthest = int(np.argmax(distance))
        if distance[farthest] < SAME:
            break
        kept.append(left.pop(farthest))
    return kept


def _described(arrays: LumpSumArrays, x: FloatArray, best: FloatArray, objective: float) -> Alternative:
    """What a point means beside the best one."""
    data, columns = arrays.data, arrays.columns

    def spent(point: FloatArray, m: int) -> FloatArray:
        """Discounted spending of a municipality over the term; (n_scenarios,)."""
        return np.asarray(arrays.spending.paid(point, m) @ data.discount)

    def result(point: FloatArray, p: int) -> float:
        """Expected result of a provider over the term."""
        return -float(arrays.losses[p].path(point)[:, -1].mean())

    places = range(len(data.municipalities))
    spending = [spent(x, m).mean() - spent(best, m).mean() for m in places]
    tail = [cvar(spent(x, m), data.confidence) - cvar(spent(best, m), data.confidence) for m in places]
    results = np.zeros(len(data.providers))
    for p in arrays.losses:
        results[p] = result(x, p) - result(best, p)
    return Alternative(
        loading=x[columns.loading],
        share=tuple(np.clip(x[columns.share[j]], 0.0, 1.0) for j in range(len(data.lots))),
        cost=_objective(arrays, x) / objective - 1,
        spending=MILLION * np.array(spending),
        tail=MILLION * np.array(tail),
        result=MILLION * results,
        capital=MILLION * (arrays.restore(x) - arrays.restore(best))[columns.capital],
    )
