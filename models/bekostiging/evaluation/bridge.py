"""The bridge by year, from the revenue of today's contracts to the designed budget: volume and index of every year, then
mix, price and loading, per lot.

A contract begins with its revenue R of calendar year Y (``contracts.revenue_year``, else the base year) and Rhat, what that
revenue is expected to be in the first contract year (``contracts.expected_revenue``). With N[u] the trajectories in care in
year u, i[u] the index and A[u] the amount that the steps up to u make, A[Y] = R:

    volume[u] = A[u-1] (N[u] / N[u-1] - 1)                   as many more or fewer clients, at the prices of the year before
    index[u]  = A[u-1] N[u] / N[u-1] i[u]                    final OVA and PPC where known, else the forecast
    mix       = Rhat - A[first]                              other use per client, care forms and areas
    price     = B0 - Rhat                                    agreed tariffs and reference amounts beyond the index
    loading   = b - B0                                       what the design puts on the reference amount

    R + sum over u = Y + 1 .. first of (volume[u] + index[u]) + mix + price + loading = b        in whole cents

Every step is rounded to cents per contract, price takes the rounding, and contracts are added up: those of one lot may have
different years. A contract without revenue enters with its whole reference amount through price, against the clients it
takes over from others there. After it comes what is expected beside the budget in the first year: corridor, clauses and
index, E[payment] - b, on out-of-sample scenarios.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts import Reference, RevenuePath, revenue_paths
from bekostiging.evaluation.results import LumpSumResult
from bekostiging.lumpsum import decided_payment
from bekostiging.scenarios import Cells
from bekostiging.units import CENTS
from bekostiging_solvers import Estimate, Scramblings


@dataclass(frozen=True)
class Effects:
    """The steps of a bridge, in whole cents of euro: what is in ``revenue``, ``volume``, ``index`` (by calendar year), mix,
    price and loading adds up to ``designed``."""

    revenue: Mapping[int, int]
    volume: Mapping[int, int]
    index: Mapping[int, int]
    mix: int
    price: int
    loading: int
    designed: int

    def steps(self) -> dict[tuple[str, int | None], int]:
        """Cents by step and year, in the order in which a reader goes; what holds for all years has year None."""
        found: dict[tuple[str, int | None], int] = {
            ("revenue", year): self.revenue[year] for year in sorted(self.revenue)
        }
        for year in sorted(self.volume):
            found |= {("volume", year): self.volume[year], ("index", year): self.index[year]}
        return found | {(name, None): getattr(self, name) for name in ("mix", "price", "loading", "designed")}


@dataclass(frozen=True)
class Bridge:
    """The bridge of one lot to the first contract year; ``beside``: expected payment beside the budget, euro."""

    lot: str
    effects: Effects
    """From the revenue of its year to the designed budget, in whole cents."""
    beside: Estimate


def effects(path: RevenuePath, reference: float, budget: float) -> Effects:
    """Split the way of one contract from its revenue to its budget; ``reference``: B0 of the first contract year, euro."""
    volume, index = {}, {}
    amount = path.revenue
    for year in path.index:
        more = amount * (path.clients[year] - 1)
        dearer = (amount + more) * path.index[year]
        volume[year], index[year] = _cents(more), _cents(dearer)
        amount += more + dearer
    mix, loading, end = _cents(path.expected - amount), _cents(budget - reference), _cents(budget)
    revenue = {path.year: _cents(path.revenue)} if path.revenue > 0 else {}
    before = sum(revenue.values()) + sum(volume.values()) + sum(index.values()) + mix + loading
    return Effects(revenue, volume, index, mix, end - before, loading, end)


def added(parts: Iterable[Effects]) -> Effects:
    """Bridges of several contracts or lots as one."""
    found = tuple(parts)
    by_year: dict[str, dict[int, int]] = {}
    for name in ("revenue", "volume", "index"):
        total: Counter[int] = Counter()
        for one in found:
            total.update(getattr(one, name))
        by_year[name] = dict(total)
    mix, price, loading, designed = (
        sum(getattr(one, name) for one in found) for name in ("mix", "price", "loading", "designed")
    )
    return Effects(by_year["revenue"], by_year["volume"], by_year["index"], mix, price, loading, designed)


def _cents(euro: float) -> int:
    """Euro in whole cents."""
    return round(CENTS * euro)


@kinds_checked
def bridges(
    case: Case, cells: Cells, terms: Reference, result: LumpSumResult, scramblings: Scramblings
) -> tuple[Bridge, ...]:
    """From the revenue of a known year to the designed budget, step by step, for every lot.

    Parameters
    ----------
    case, cells : Case, Cells
        Of the design.
    terms : Reference
        Reference amounts the budgets are built on.
    result : LumpSumResult
        The designed lump sum with its out-of-sample scenarios.
    scramblings : Scramblings
        Of those scenarios.

    Returns
    -------
    tuple of Bridge
        One per lot that is paid a lump sum and has a known revenue, steps in whole cents; empty without a design.

    Examples
    --------
    >>> outcome.lumpsum.design.feasible and bridges(  # doctest: +SKIP
    ...     case, outcome.cells, outcome.reference, outcome.lumpsum, outcome.lumpsum.judge.scramblings
    ... )
    """
    data, design = result.data, result.design
    if not design.feasible:
        return ()
    paths = revenue_paths(case, cells, terms)
    paid = decided_payment(result.out_of_sample, design)[:, :, 0]
    found = []
    for j, lot in enumerate(data.lots):
        contracts = np.flatnonzero(data.lot == j)
        if design.form[j] != 0 or all(paths[c].revenue == 0 for c in contracts):
            continue
        budget = design.budget[contracts, 0]
        parts = [
            effects(paths[c], float(data.reference[c, 0]), float(euro))
            for c, euro in zip(contracts, budget, strict=True)
        ]
        beside = scramblings.mean(paid[:, contracts].sum(axis=1) - float(budget.sum()))
        found.append(Bridge(lot.name, added(parts), beside))
    return tuple(found)
