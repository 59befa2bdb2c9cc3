"""The minimum equity requirement of a lot: the least free buffer to ask of its providers at which a design still exists.

The requirement is a fraction of the reference amount of the first year. All limits are hard and the margins of the design
are kept. Every contract stands on its own: what a provider risks in other lots is covered there, so the requirements of
its lots add up to what it must have (CVaR of the largest cumulative loss is subadditive). In the other lots buffers are
ample. One linear program, no search; its shares are free, and where no simple agreement exists at its outcome, one integer
program:

    minimise r   subject to   capital[c] + margin <= r B0[c, first year]   for every contract of the lot, and the limits

Closed form of one contract and one year, nothing shared, I = 1, transition cap free, confidence a:
r = max(0, CVaR_a(C) - B0 (1 + loading_cap)) / B0, while B0 (1 + loading_cap) - E[C] >= cost_of_capital x that capital.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.conflict import EXACT
from bekostiging.lumpsum.data import POINT, LumpSumData, SimpleTerms
from bekostiging.lumpsum.solve import LumpSumDesign, design_within
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import InfeasibleError, TailProgram

ENOUGH = 1e12
"""Euro of buffer that everybody is taken to have."""
ROUNDING = 1e-7
"""Added to a least requirement, so that its design exists."""


@dataclass(frozen=True)
class EquityRequirement:
    """The least free buffer to ask of the providers of a lot at which a design still exists.

    Attributes
    ----------
    lot : str
        Id of the lot.
    requirement : float or None
        Fraction of B0 of the first year; None where even ample equity gives no design.
    design, stricter : LumpSumDesign or None
        The design at that requirement, and the one when a percentage point more is asked.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import example_data, minimum_equity_requirements
    >>> data = example_data()
    >>> lots = tuple(replace(lot, share_max=0.2) for lot in data.lots)
    >>> (one,) = minimum_equity_requirements(replace(data, lots=lots))
    >>> round(one.requirement, 3), one.design.loading.round(3)
    (0.041, array([0.1]))
    """

    lot: str
    requirement: float | None
    design: LumpSumDesign | None
    stricter: LumpSumDesign | None


@kinds_checked
def minimum_equity_requirements(data: LumpSumData) -> tuple[EquityRequirement, ...]:
    """The least free buffer to ask of the providers of each lot at which a design still exists.

    Parameters
    ----------
    data : LumpSumData
        The decision, with the margins of its design; they are kept.

    Returns
    -------
    tuple of EquityRequirement, (n_lots,)
        A fraction of the reference amount of the first year.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import example_data, minimum_equity_requirements
    >>> data = example_data()
    >>> lots = tuple(replace(lot, share_max=0.2) for lot in data.lots)
    >>> [(one.lot, round(one.requirement, 3)) for one in minimum_equity_requirements(replace(data, lots=lots))]
    [('ambulant', 0.041)]
    """
    apart = contracts_apart(data)
    return tuple(_of_lot(apart, j) for j in range(len(data.lots)))


@kinds_checked
def contracts_apart(data: LumpSumData) -> LumpSumData:
    """The decision with every contract as a provider of its own and ample equity; margins are divided by reference amount.

    Examples
    --------
    >>> from bekostiging.lumpsum import contracts_apart, example_data
    >>> contracts_apart(example_data()).free_buffer
    array([1.e+12])
    """
    alone = np.bincount(data.provider, minlength=len(data.providers)) == 1
    names = tuple(
        data.providers[p] if alone[p] else "/".join(contract)
        for p, contract in zip(data.provider, data.contracts, strict=True)
    )
    margins = dict(data.margins)
    for c, p in enumerate(data.provider):
        part = float(data.reference[c].sum() / data.reference[data.provider == p].sum())
        for own in (data.solvency_limit(p), data.return_limit(p)):
            margins[replace(own, keys=(names[c],))] = part * data.margins.get(own, 0.0)
    return replace(
        data,
        providers=names,
        provider=np.arange(len(names)),
        free_buffer=np.full(len(names), ENOUGH),
        lots=tuple(replace(lot, equity_requirement=None) for lot in data.lots),
        margins=margins,
    )


def _of_lot(data: LumpSumData, lot: int) -> EquityRequirement:
    """The least requirement, its design and the one a point stricter."""
    name = data.lots[lot].name
    # with free shares it is never more
    least = _least(replace(data, simple=SimpleTerms()), lot)
    design = None if least is None else _design_under(data, lot, least + ROUNDING)
    if least is not None and design is None:
        least = _least(data, lot)
        design = None if least is None else _design_under(data, lot, least + ROUNDING)
    if least is None:
        return EquityRequirement(name, None, None, None)
    near = data if design is None else replace(data, near=design.terms)
    return EquityRequirement(name, least, design, _design_under(near, lot, least + POINT))


def _design_under(data: LumpSumData, lot: int, requirement: float) -> LumpSumDesign | None:
    """The design when a lot asks this much."""
    own = data.lot == lot
    buffer = np.where(own, requirement * data.reference[:, 0], ENOUGH)
    return design_within(replace(data, free_buffer=buffer))


def _least(data: LumpSumData, lot: int) -> float | None:
    """The least requirement of one lot; None where there is no design at all."""
    arrays = LumpSumArrays(data)
    column = arrays.columns.largest
    own = np.flatnonzero(data.lot == lot)
    rows, upper = np.zeros((len(own), arrays.columns.n)), np.zeros(len(own))
    for k, c in enumerate(own):
        rows[k, arrays.columns.capital[c]] = 1.0
        rows[k, column] = -float(data.reference[c, 0]) / MILLION
        upper[k] = -data.margin(data.solvency_limit(int(c)))
    cost, most = np.zeros(arrays.columns.n), arrays.program.upper.copy()
    cost[column], most[column] = 1.0, np.inf
    program = replace(arrays.program, cost=cost, upper=most).with_rows(
        rows, np.full(len(own), -np.inf), upper, tuple(f"requirement[{data.providers[c]}]" for c in own)
    )
    try:
        found = TailProgram(program, (), arrays.limits, arrays.restore).solve(
            arrays.start(), EXACT, name_conflict=False
        )
    except InfeasibleError:
        return None
    return max(0.0, float(found.x[column]))
