"""Scenarios of the rest of a year: clients drawn from the posterior, joined to what was seen.

What was seen of a month stands (completed, with the error of what is still to be reported drawn anew in every scenario).
Who is in care in the last month seen goes on as the clients of the scenario do who are in care then, in proportion to their
units: ages, durations and rates are those of the scenario. Who starts later is as the scenario drew. Everything else of a
year that contracts settle (crisis, hours within budgets, arrangements) moves in proportion to the units of its cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.contracts import Contract
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.monitoring.by_month import Months, months_of, spread_over_months
from bekostiging.monitoring.prices import PricesSeen, priced
from bekostiging.monitoring.seen import Completed, Seen
from bekostiging.scenarios import Block, CareUse, Cells
from bekostiging.scenarios.clients import Clients
from bekostiging.scenarios.reduce import MonthTotals
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

LITTLE = 0.5
"""Part of its mean over the scenarios below which the course of all scenarios stands in for that of one scenario."""
OF_UNITS = (
    "units_claimable",
    "units_within_budget",
    "crisis_units",
    "crisis_units_within_budget",
    "arrangement_units",
    "crisis_arrangement_units",
    "arrangement_units_at_result",
)
"""Fields of ``CareUse`` that move with units."""
OF_STARTS = ("starts_by_profile", "successes_by_profile", "repeats_by_profile")


@dataclass(frozen=True)
class YearSamples:
    """A contract year in every scenario; nominal euro. ``units``, ``months`` (client-months), ``starts`` and ``clients``
    (n_scenarios, n_cells); ``by_month`` (n_scenarios, 12, n_contracts): units times the tariff of the year; ``to_date``
    (n_scenarios, n_contracts): the part of it of months seen; ``payment`` and ``cost`` (n_scenarios, n_contracts);
    ``municipal`` (n_scenarios, n_municipalities); ``price`` (n_scenarios, n_cells): tariff of the year; ``fresh``
    (n_scenarios, n_contracts): claims of this year of who starts after the months seen; ``lots`` (n_scenarios, n_lots): what
    the reported municipalities pay by lot."""

    units: FloatArray
    months: FloatArray
    starts: FloatArray
    clients: FloatArray
    by_month: FloatArray
    to_date: FloatArray
    payment: FloatArray
    cost: FloatArray
    municipal: FloatArray
    price: FloatArray
    fresh: FloatArray
    lots: FloatArray


@dataclass(frozen=True)
class Known:
    """What was seen, its claims completed, who was in care on average in each month seen, (n_months, n_cells), and what is
    seen of prices."""

    seen: Seen
    completed: Completed
    caseload: FloatArray
    prices: PricesSeen | None = None


@dataclass(frozen=True)
class YearWork:
    """Settles one contract year on the blocks of a plan, given what was seen of it, if anything; picklable."""

    case: Case
    cells: Cells
    contracts: tuple[Contract, ...]
    year: int
    known: Known | None = None

    def __call__(self, block: Block) -> YearSamples:
        """One block."""
        rng = block.plan.generator(1, 2 * block.plan.n_blocks + 1 + block.index)
        return self.settled(*self.drawn(block), rng)

    def drawn(self, block: Block) -> tuple[CareUse, Months, FloatArray]:
        """Care use and months of one block with what was seen in them, and the units by month (n_scenarios, n_months,
        n_cells) of who starts after it."""
        planned = block.plan
        rng = planned.generator(1, planned.n_blocks + 1 + block.index)
        clients = spread_over_months(block.clients, planned, block.factors, rng)
        months = months_of(clients, self.cells.n_cells, MONTHS * planned.n_years)
        care_use = planned.reducer.reduce(clients, block.factors)
        n_cells, n_months = self.cells.n_cells, MONTHS * planned.n_years
        later = np.flatnonzero(clients.start >= self._n_seen)
        totals = MonthTotals(
            clients, clients.scenario * n_cells + clients.cell, clients.n_scenarios * n_cells, n_months
        )
        fresh = totals.of(clients.rate, later).reshape(clients.n_scenarios, n_cells, n_months).transpose(0, 2, 1)
        if self.known is not None:
            care_use, months = self.joined(self.known, care_use, months, clients, rng)
        return care_use, months, fresh

    @cached_property
    def _n_seen(self) -> int:
        return 0 if self.known is None else self.known.seen.months

    def joined(
        self, known: Known, care_use: CareUse, months: Months, clients: Clients, rng: np.random.Generator
    ) -> tuple[CareUse, Months]:
        """Care use and months with what was seen in the place of what was drawn."""
        seen, completed, caseload = known.seen, known.completed, known.caseload
        n, n_cells, m = clients.n_scenarios, self.cells.n_cells, seen.months
        n_months = months.units.shape[1]
        group = clients.scenario * n_cells + clients.cell
        totals = MonthTotals(clients, group, n * n_cells, n_months)
        going_on = np.flatnonzero(clients.start < m)

        def monthly(rate: NDArray[Any]) -> FloatArray:
            return totals.of(rate, going_on).reshape(n, n_cells, n_months).transpose(0, 2, 1)

        under_contract = self.cells.contract >= 0
        ones = np.ones(len(clients.cell))
        drawn = rng.standard_normal((n, m, n_cells)) * completed.error + completed.units
        drawn = np.maximum(drawn, np.minimum(seen.reported, completed.units))
        parts = ((monthly(clients.rate), months.units, drawn), (monthly(ones), months.months, caseload))
        found = []
        for continuing, whole, until in parts:
            after = _continued(continuing, whole[:, m - 1], np.broadcast_to(until, (n, m, n_cells))[:, -1], m)
            course = np.concatenate(
                [np.broadcast_to(until, (n, m, n_cells)), after + whole[:, m:] - continuing[:, m:]], axis=1
            )
            found.append(np.where(under_contract, np.maximum(course, 0.0), whole))
        starts = months.starts.copy()
        whole_starts = seen.starts / seen.starts_part[:, None]
        starts[:, :m] = np.where(under_contract & seen.known, whole_starts, starts[:, :m])
        joined = Months(starts, months.stops, months.caseload, found[1], found[0])
        return with_units(care_use, joined, found[0]), joined

    def at_prices_seen(
        self,
        prices: PricesSeen,
        care_use: CareUse,
        units: FloatArray,
        level: FloatArray,
        price: FloatArray,
        rng: np.random.Generator,
    ) -> tuple[FloatArray, FloatArray, CareUse]:
        """Units of the months as their euros count at the price of the contract, the price of the year over that price, and
        care use whose units of the year count so; what care costs does not change with it."""
        normals = rng.standard_normal((2, len(units), len(prices.seen)))
        log_level = np.log(level[:, self.cells.lot])
        counted = priced(units, prices, prices.ratios(log_level, normals), price)
        whole = units.sum(axis=1)
        ratio = np.divide(counted.sum(axis=1), whole, out=np.ones_like(whole), where=whole > 0)
        return counted, ratio, _year_at(care_use, self.year, ratio)

    def settled(
        self, care_use: CareUse, months: Months, fresh: FloatArray, rng: np.random.Generator
    ) -> YearSamples:
        """The contracts on the completed year, at the prices that were seen."""
        case, cells, y = self.case, self.cells, self.year
        levels = levels_by_lot(case, care_use)
        cost = samples = settle_all(case, cells, self.contracts, care_use, levels)
        own = slice(MONTHS * y, MONTHS * (y + 1))
        level = np.stack(
            [levels[lot.id].price[:, y] for lot in case.lots] + [np.ones(care_use.n_scenarios)], axis=1
        )
        price = cells.tariff * level[:, cells.lot]
        units, ratio = months.units[:, own], np.ones_like(price)
        if self.known is not None and self.known.prices is not None:
            units, ratio, care_use = self.at_prices_seen(self.known.prices, care_use, units, level, price, rng)
            samples = settle_all(case, cells, self.contracts, care_use, levels)
        euro = units * price[:, None, :]
        member = np.zeros((cells.n_cells, len(self.contracts)))
        inside = cells.contract >= 0
        member[np.flatnonzero(inside), cells.contract[inside]] = 1.0
        by_month = euro @ member
        until = max(self._n_seen - MONTHS * y, 0)
        return YearSamples(
            units=months.units[:, own].sum(axis=1),
            months=months.months[:, own].sum(axis=1),
            starts=months.starts[:, own].sum(axis=1),
            clients=care_use.clients[:, y],
            by_month=by_month,
            to_date=by_month[:, :until].sum(axis=1),
            payment=samples.payment[:, y],
            cost=cost.cost[:, y],
            municipal=samples.municipal[:, y],
            price=price * ratio,
            fresh=(fresh[:, own].sum(axis=1) * price * ratio) @ member,
            lots=samples.lot_spending[:, y],
        )


def _year_at(care_use: CareUse, year: int, ratio: FloatArray) -> CareUse:
    """Care use whose units of one year are multiplied, (n_scenarios, n_cells)."""

    def multiplied(values: FloatArray) -> FloatArray:
        found = values.copy()
        found[:, year] = values[:, year] * ratio.reshape(*ratio.shape, *(1,) * (values.ndim - 3))
        return found

    months = care_use.units_month.copy()
    months[:, MONTHS * year : MONTHS * (year + 1)] *= ratio[:, None, :]
    moved: dict[str, Any] = {name: multiplied(getattr(care_use, name)) for name in ("units", *OF_UNITS)}
    return replace(care_use, units_month=months, **moved)


def _continued(continuing: FloatArray, drawn: FloatArray, seen: FloatArray, m: int) -> FloatArray:
    """How what was seen in the last month goes on, (n_scenarios, n_months - m, n_cells).

    ``continuing``: of who started before; ``drawn`` and ``seen`` (n_scenarios, n_cells): of the last month.
    """
    later = continuing[:, m:]
    on_average = later.mean(axis=0) / np.maximum(drawn.mean(axis=0), 1e-9)
    own = np.divide(later, drawn[:, None], out=np.zeros_like(later), where=(drawn > 0)[:, None])
    # a scenario with hardly anybody in care says nothing of how care goes on
    plain = np.where((drawn > LITTLE * drawn.mean(axis=0))[:, None], own, on_average[None])
    return np.asarray(plain * seen[:, None])


def with_units(care_use: CareUse, months: Months, units_month: FloatArray) -> CareUse:
    """Care use with these units by month, and what moves with them."""
    n, n_years = care_use.n_scenarios, care_use.n_years

    def yearly(values: FloatArray) -> FloatArray:
        return np.asarray(values.reshape(n, n_years, MONTHS, -1).sum(axis=2))

    units, starts = yearly(units_month), yearly(months.starts)
    moved: dict[str, Any] = {name: _moved(getattr(care_use, name), care_use.units, units) for name in OF_UNITS}
    started: dict[str, Any] = {
        name: _moved(getattr(care_use, name), care_use.starts, starts) for name in OF_STARTS
    }
    excess = {key: _moved(value, care_use.units, units) for key, value in care_use.excess.items()}
    clients = _moved(care_use.clients, care_use.clients, care_use.clients + starts - care_use.starts)
    return replace(
        care_use,
        starts=starts,
        served=starts,
        waiting=np.zeros_like(starts),
        refused=np.zeros_like(starts),
        clients=np.maximum(clients, starts),
        units=units,
        units_month=units_month,
        excess=excess,
        **moved,
        **started,
    )


def _moved(values: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """Values times after over before; where there was nothing before, what is usual per unit."""
    extra = (1,) * (values.ndim - before.ndim)
    before, after = before.reshape(*before.shape, *extra), after.reshape(*after.shape, *extra)
    usual = values.mean(axis=0) / np.maximum(before.mean(axis=0), 1e-9)
    ratio = np.divide(values, before, out=np.broadcast_to(usual, values.shape).copy(), where=before > 0)
    return np.asarray(ratio * after)
