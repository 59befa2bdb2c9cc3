"""The bridge from today's spending to the designed one: volume, mix, price and loading, per lot.

Today is the year before the first contract year: R, the revenue of that year (``contracts.revenue_last_year``). With N the
trajectories in care, q the units and p the reference tariffs of the cells of a lot, 0 the year before and 1 the first
contract year, and the tariff of the year before p0 = r p1, where r = R / sum q0 p1 makes today's units cost what they did:

    volume  = R (N1 / N0 - 1)                    as many more or fewer clients, each at today's cost
    mix     = sum q1 p0 - R N1 / N0              other care forms, areas and providers, other use per client
    price   = B0 - sum q1 p0                     index, tariffs, and an agreed reference amount
    loading = b - B0                             what the design puts on the reference amount

    R + volume + mix + price + loading = b       in whole cents; price takes the rounding

After it comes what is expected beside the budget in the first year: corridor, clauses and index, E[Y] - b, on fresh futures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts import Reference
from bekostiging.lumpsum import decided_payment
from bekostiging.scenarios import Cells, clients_in_calendar_year, units_in_year
from bekostiging.stress.comparison import LumpSumResult
from bekostiging_solvers import Estimate, Scramblings


@dataclass(frozen=True)
class Effects:
    """The steps of a bridge, in whole cents of euro: today + volume + mix + price + loading = designed."""

    today: int
    volume: int
    mix: int
    price: int
    loading: int
    designed: int


@dataclass(frozen=True)
class Bridge:
    """The bridge of one lot in the first contract year; ``beside``: expected payment beside the budget, euro."""

    lot: str
    effects: Effects
    beside: Estimate


def effects(
    today: float,
    clients: tuple[float, float],
    value: tuple[float, float],
    reference: float,
    budget: float,
) -> Effects:
    """Split the way from today's euro to the budget; ``clients`` and ``value`` (units at the reference tariff) of the year
    before and of the first contract year, all positive."""
    use = today / value[0] * value[1]
    grown = today * clients[1] / clients[0]
    start, end = _cents(today), _cents(budget)
    volume, mix, loading = _cents(grown - today), _cents(use - grown), _cents(budget - reference)
    return Effects(start, volume, mix, end - start - volume - mix - loading, loading, end)


def _cents(euro: float) -> int:
    """Euro in whole cents."""
    return round(100 * euro)


def bridges(
    case: Case, cells: Cells, terms: Reference, result: LumpSumResult, scramblings: Scramblings
) -> tuple[Bridge, ...]:
    """The bridge of every lot that is paid a lump sum and whose revenue of last year is known; none without a design."""
    data, design = result.data, result.design
    if not design.feasible:
        return ()
    units = units_in_year(case, cells, case.first_year - 1)
    clients = clients_in_calendar_year(case, cells, case.first_year - 1)
    paid = decided_payment(result.fresh, design)[:, :, 0]
    found = []
    for j, lot in enumerate(data.lots):
        contracts, own = np.flatnonzero(data.lot == j), cells.lot == j
        today = float(data.revenue[contracts].sum())
        before, after = float(clients[own].sum()), float(terms.clients[contracts, 0].sum())
        value = tuple(float(q[own] @ terms.tariff[own]) for q in (units, terms.units[0]))
        if design.form[j] != 0 or min(today, before, *value) <= 0:
            continue
        budget = float(design.budget[contracts, 0].sum())
        split = effects(
            today, (before, after), (value[0], value[1]), float(data.reference[contracts, 0].sum()), budget
        )
        found.append(Bridge(lot.name, split, scramblings.mean(paid[:, contracts].sum(axis=1) - budget)))
    return tuple(found)
