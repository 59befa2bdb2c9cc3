"""When no lump sum satisfies every limit that never yields: which conflict, and by how many euros something must give way.

The begroting, the stock, the buffers and the asked return can be widened by somebody; the fair price and the legal least
share are law and never yield. The caps on loading and transition are free here: they have given way already. In two
steps: the least euro in sum, then with the shares of that the least largest yield.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.lumpsum.data import EURO, NAMED, LumpSumData, with_shares
from bekostiging.lumpsum.limit import Limit
from bekostiging.lumpsum.tail import RELAXABLE, LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import InfeasibleError, TailProgram, TailSolution

EXACT = 1e-8
"""Relative tolerance of the tail cuts: a few euro on hundreds of millions."""
ROUNDINGS = (0.0, 10.0, 100.0, 1000.0)
"""Euro by which the least of a stage may be passed, until the next stage has a point: whole numbers are found to 1e-7 or so,
and the least is then that much too low."""
AGAINST = ("solvency", "return_on_capital", "fair_price", "law")
"""Limits that may hold against a yielding begroting."""


@dataclass(frozen=True)
class Conflict:
    """A limit that takes part in a conflict.

    Attributes
    ----------
    limit : Limit
        What it is a limit on.
    euro : float
        By how much it would have to yield; 0 where it holds its ground.

    Examples
    --------
    >>> from bekostiging.lumpsum import Limit
    >>> str(Conflict(Limit("solvency", ("Anker",)), 250_000.0).limit)
    'solvency[Anker]'
    """

    limit: Limit
    euro: float


@dataclass(frozen=True)
class Relaxation:
    """What makes a design possible when only some kinds of limit yield.

    Attributes
    ----------
    kinds : tuple of str
        Kinds of limit that may yield.
    euro : float or None
        Least sum by which they must; None where they alone cannot make a design possible.
    limits : tuple of Conflict
        Those that yield, each with its euros.
    against : tuple of Limit
        Limits that hold their ground and ask for it.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import example_data
    >>> from bekostiging.lumpsum.conflict import relaxed
    >>> data = example_data()
    >>> way = relaxed(replace(data, begroting=data.begroting - 30e6), ("begroting",))
    >>> way.kinds, round(way.euro), [str(one.limit) for one in way.limits]
    (('begroting',), 10312889, ['begroting[0034,2027]'])
    """

    kinds: tuple[str, ...]
    euro: float | None
    limits: tuple[Conflict, ...]
    against: tuple[Limit, ...]


def relaxations(data: LumpSumData) -> tuple[Relaxation, ...]:
    """Every kind alone, then all together: the cheapest way in sum of euros."""
    return tuple(relaxed(data, kinds) for kinds in (*((kind,) for kind in RELAXABLE), RELAXABLE))


def relaxed(data: LumpSumData, kinds: tuple[str, ...]) -> Relaxation:
    """The least euros by which limits of these kinds must yield."""
    arrays = LumpSumArrays(data, "least_yield", yielding=kinds)
    try:
        least = TailProgram(arrays.program, arrays.terms, arrays.limits).solve(arrays.start(), EXACT)
    except InfeasibleError:
        return Relaxation(kinds, None, (), ())
    against = arrays.priced(least.duals, [kind for kind in AGAINST if kind not in kinds])
    kept = with_shares(
        data, [least.x[own] for own in arrays.columns.share], least.x[arrays.columns.form].argmax(axis=1)
    )
    arrays, spread = _spread(kept, kinds, least.objective) or (arrays, least)
    every = [Conflict(limit, euro) for limit, euro in _yielded(arrays, spread).items() if euro > EURO]
    limits = [one for one in every if one.euro > NAMED] or every
    total = MILLION * least.objective
    return Relaxation(kinds, total, tuple(limits), against)


def _spread(data: LumpSumData, kinds: tuple[str, ...], least: float) -> tuple[LumpSumArrays, TailSolution] | None:
    """The least largest yield with the least in sum, up to rounding; None where rounding leaves no point."""
    for rounding in ROUNDINGS:
        arrays = LumpSumArrays(data, "largest_yield", yielding=kinds, most=least + rounding / MILLION)
        try:
            return arrays, TailProgram(arrays.program, arrays.terms, arrays.limits).solve(arrays.start(), EXACT)
        except InfeasibleError:
            continue
    return None


def _yielded(arrays: LumpSumArrays, solution: TailSolution) -> dict[Limit, float]:
    """Euros by which each limit yields; a stock once, not by year."""
    data, columns, x = arrays.data, arrays.columns, MILLION * solution.x
    found = {
        data.begroting_limit(k, m, t): float(x[columns.begroting_yield[k, m, t]])
        for k, m, t in np.ndindex(columns.begroting_yield.shape)
    }
    found |= {
        Limit("stock", (code,)): float(x[columns.reserve_yield[m]]) for m, code in enumerate(data.municipalities)
    }
    for p in range(len(data.providers)):
        found[data.solvency_limit(p)] = float(x[columns.solvency_yield[p]])
        found[data.return_limit(p)] = float(x[columns.return_yield[p]])
    return found
