"""The client reducer: clients in, ``CareUse`` out. The only maker of ``CareUse``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging.scenarios.arrangements import Arrangements
from bekostiging.scenarios.care_use import MEASURES, CareUse, Measure
from bekostiging.scenarios.claim_cap import Calendar, capped_lots, clients_over_cap, excess_over_cap
from bekostiging.scenarios.clients import CASELOAD, Clients, ClientSampler
from bekostiging.scenarios.combinations import ALONE
from bekostiging.scenarios.factors import Factors
from bekostiging.scenarios.high_cost import excess_of, months_in_year, price_factors, thresholds_of
from bekostiging.scenarios.hours_budget import paid_by_row
from bekostiging.scenarios.waiting import WaitingCounter
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import Float32Array, FloatArray, IntArray


class MonthTotals:
    """Units per group and month of clients at a constant rate, exact; what does not depend on the rate is made once.

    A client in care from a (month i, fraction f of it gone) adds rate (1 - f) to month i and rate to every
    later one; the end takes away the same. Summed as differences over the months, then accumulated.
    """

    def __init__(self, clients: Clients, group: IntArray, n_groups: int, n_months: int) -> None:
        self.n_groups, self.n_months, self.width = n_groups, n_months, n_months + 2
        base = group * self.width
        start = clients.start.astype(np.float64)
        self.moments = [self._moment(base, moment) for moment in (start, start + clients.duration)]

    def _moment(self, base: IntArray, moment: FloatArray) -> tuple[IntArray, FloatArray]:
        """Place of the month a moment is in, and the fraction of that month gone; after the term nothing counts."""
        inside = np.minimum(moment, self.n_months)
        month = inside.astype(np.int64)
        inside -= month
        month += base
        return month, inside

    def of(self, rate: NDArray[Any], who: IntArray | slice = slice(None)) -> FloatArray:
        """Totals of a rate, of the clients ``who`` alone; (n_groups, n_months)."""
        size = self.n_groups * self.width
        change = np.zeros(size)
        own = rate[who].astype(np.float64)
        for (month, gone), add in zip(self.moments, (np.add, np.subtract), strict=True):
            at = month[who]
            later = np.bincount(at, weights=own * gone[who], minlength=size)
            add(change, np.bincount(at, weights=own, minlength=size) - later, out=change)
            # the last place of a group is after the term, so nothing runs over into the next
            add(change[1:], later[:-1], out=change[1:])
        return np.cumsum(change.reshape(self.n_groups, self.width), axis=1)[:, : self.n_months]


class ClientReducer:
    """Reduces the clients of a block to ``CareUse``; holds what does not change between blocks."""

    def __init__(self, sampler: ClientSampler) -> None:
        self.sampler = sampler
        self.cells = sampler.cells
        self.n_years = sampler.n_years
        self.n_months = MONTHS * sampler.n_years
        self.counter = WaitingCounter(sampler.case, self.cells, sampler.n_years)
        self.thresholds = thresholds_of(sampler.case)
        self.calendar = Calendar(sampler.case.first_year, sampler.n_years)
        self.capped = np.array([*capped_lots(sampler.case), False])[self.cells.lot]
        self.arrangements = Arrangements(sampler)
        self.price_factors = price_factors(sampler.case, self.cells, paid_by_row(sampler.case)[sampler.row])

    def reduce(self, clients: Clients, factors: Factors) -> CareUse:
        """Return the care use of the clients as they stand, after any flow rule."""
        n_scenarios, n_cells = clients.n_scenarios, self.cells.n_cells
        group = clients.scenario * n_cells + clients.cell
        totals = MonthTotals(clients, group, n_scenarios * n_cells, self.n_months)
        urgent = np.flatnonzero(clients.crisis)

        def monthly(rate: Float32Array, who: IntArray | slice = slice(None)) -> FloatArray:
            """Monthly totals of a rate, by scenario, month and cell."""
            return totals.of(rate, who).reshape(n_scenarios, n_cells, self.n_months).transpose(0, 2, 1)

        units_month = monthly(clients.rate)
        units = self._yearly(units_month)
        counted = self.counter.count(clients)
        beyond, beyond_in_crisis = self._beyond_budget(clients, group)
        crisis_units = self._yearly(monthly(clients.rate, urgent))
        paid, at_result, crisis_arrangements = self.arrangements.reduce(clients)
        by_profile = self._by_profile(clients)
        return CareUse(
            cells=self.cells,
            starts=counted.starts,
            served=counted.served,
            waiting=counted.waiting,
            refused=counted.refused,
            moved=counted.moved,
            clients_beyond_norm=counted.clients_beyond_norm,
            weeks_beyond_norm=counted.weeks_beyond_norm,
            clients=self._clients_in_year(clients),
            second_trajectories=self._second_in_year(clients),
            units=units,
            units_month=units_month,
            units_claimable=units - self._over_cap(clients),
            units_within_budget=np.maximum(units - beyond, 0.0),
            thresholds=self.thresholds,
            excess=self._excess(clients, group, MEASURES),
            crisis_units=crisis_units,
            crisis_units_within_budget=np.maximum(crisis_units - beyond_in_crisis, 0.0),
            arrangement_units=paid,
            arrangement_units_at_result=at_result,
            crisis_arrangement_units=crisis_arrangements,
            starts_by_profile=by_profile[0],
            successes_by_profile=by_profile[1],
            repeats_by_profile=by_profile[2],
            ova_final=factors.ova_final,
            ppc_final=factors.ppc_final,
            cao=factors.cao,
        )

    def reduce_to_units(self, clients: Clients, factors: Factors) -> CareUse:
        """Care use with units, clients, starts and what lies above the thresholds alone, of clients whom no flow rule
        touched; every other array is nan, so that nothing can be made of it unseen."""
        n_scenarios, n_cells = clients.n_scenarios, self.cells.n_cells
        group = clients.scenario * n_cells + clients.cell
        totals = MonthTotals(clients, group, n_scenarios * n_cells, self.n_months)
        units_month = totals.of(clients.rate).reshape(n_scenarios, n_cells, self.n_months).transpose(0, 2, 1)
        started = clients.asked_month != CASELOAD
        starts = self.counter.by_place(n_scenarios, self.counter.asked(clients)[started])
        unknown = np.broadcast_to(np.nan, starts.shape)
        by_profile = np.broadcast_to(np.nan, (*starts.shape, self.sampler.profiles.intensity.shape[1]))
        return CareUse(
            cells=self.cells,
            starts=starts,
            served=starts,
            waiting=unknown,
            refused=unknown,
            moved=unknown,
            clients_beyond_norm=unknown,
            weeks_beyond_norm=unknown,
            clients=self._clients_in_year(clients),
            second_trajectories=unknown,
            units=self._yearly(units_month),
            units_month=units_month,
            units_claimable=unknown,
            units_within_budget=unknown,
            thresholds=self.thresholds,
            excess=self._excess(clients, group, ("delivered",)),
            crisis_units=unknown,
            crisis_units_within_budget=unknown,
            arrangement_units=unknown,
            arrangement_units_at_result=unknown,
            crisis_arrangement_units=unknown,
            starts_by_profile=by_profile,
            successes_by_profile=by_profile,
            repeats_by_profile=by_profile,
            ova_final=factors.ova_final,
            ppc_final=factors.ppc_final,
            cao=factors.cao,
        )

    def _beyond_budget(self, clients: Clients, group: IntArray) -> tuple[FloatArray, FloatArray]:
        """Units after the hours budget of the client ran out, and those of crisis clients; (n_scenarios, n_years, n_cells).

        Within its budget a client has the duration min(D, ``budget_months``); what is left of D is beyond it.
        """
        n_scenarios, n_cells = clients.n_scenarios, self.cells.n_cells
        over = np.flatnonzero(clients.duration > clients.budget_months)
        paid = np.maximum(clients.budget_months[over], 0)
        left = replace(clients, start=clients.start[over] + paid, duration=clients.duration[over] - paid)
        totals = MonthTotals(left, group[over], n_scenarios * n_cells, self.n_months)
        rate, crisis = clients.rate[over], np.flatnonzero(clients.crisis[over])

        def yearly(who: IntArray | slice) -> FloatArray:
            """Yearly totals by scenario, year and cell."""
            monthly = totals.of(rate, who).reshape(n_scenarios, n_cells, self.n_months)
            return self._yearly(monthly.transpose(0, 2, 1))

        return yearly(slice(None)), yearly(crisis)

    def _over_cap(self, clients: Clients) -> FloatArray:
        """Units above the monthly claim caps, in the lots that have them."""
        if not self.capped.any():
            return np.zeros((clients.n_scenarios, self.n_years, self.cells.n_cells))
        return np.asarray(excess_over_cap(clients, self.calendar, self.cells.n_cells) * self.capped)

    def _excess(self, clients: Clients, group: IntArray, measures: Sequence[Measure]) -> dict[Measure, FloatArray]:
        """Euro claimed for clients above each threshold, at the prices of the first contract year."""
        shape = (clients.n_scenarios, self.n_years, self.cells.n_cells)
        if not self.thresholds:
            return dict.fromkeys(MEASURES, np.zeros((*shape, 0)))
        unknown = np.broadcast_to(np.nan, (*shape, len(self.thresholds)))
        excess = dict.fromkeys(MEASURES, unknown)
        for measure in measures:
            price = (self.cells.tariff * self.price_factors[measure])[clients.cell]
            euro = (units * price for units in self._units_of(clients, measure))
            excess[measure] = excess_of(clients, group, shape, euro, self.thresholds)
        return excess

    def _units_of(self, clients: Clients, measure: Measure) -> Iterator[FloatArray]:
        """Units claimed for every client, year by year; each (n_clients,)."""
        if measure == "arranged":
            yield from self.arrangements.by_client(clients)
            return
        months = clients.duration
        if measure == "within_budget":
            months = np.clip(clients.budget_months, 0, clients.duration)
        end = clients.start + months
        own, over = self._clients_over_cap(clients) if measure == "claimable" else (np.zeros(0, np.int64), None)
        for year in range(self.n_years):
            units = clients.rate * months_in_year(clients.start, end, year)
            if over is not None:
                units[own] -= over[:, year]
            yield units

    def _clients_over_cap(self, clients: Clients) -> tuple[IntArray, FloatArray]:
        """Clients above the monthly claim caps of the lots that have them, and their units above."""
        if not self.capped.any():
            return np.zeros(0, dtype=np.int64), np.zeros((0, self.n_years))
        own, over = clients_over_cap(clients, self.calendar)
        return own, over * self.capped[clients.cell[own], None]

    def _yearly(self, monthly: FloatArray) -> FloatArray:
        """Sum months to years."""
        shape = (monthly.shape[0], self.n_years, MONTHS, monthly.shape[2])
        return np.asarray(monthly.reshape(shape).sum(axis=2))

    def _clients_in_year(self, clients: Clients) -> FloatArray:
        """Clients in care at some moment of each year."""
        inside = clients.start < self.n_months
        present = slice(None) if inside.all() else np.flatnonzero(inside)
        return self._over_years(clients, present, *self._first_and_last(clients, present))

    def _second_in_year(self, clients: Clients) -> FloatArray:
        """Second trajectories in the years in which the first of the same person is in care too."""
        if clients.partner is None:
            return np.zeros((clients.n_scenarios, self.n_years, self.cells.n_cells))
        second = np.flatnonzero((clients.partner != ALONE) & (clients.start < self.n_months))
        second = second[clients.start[clients.partner[second]] < self.n_months]
        first, last = self._first_and_last(clients, second)
        other_first, other_last = self._first_and_last(clients, clients.partner[second])
        first, last = np.maximum(first, other_first), np.minimum(last, other_last)
        together = first <= last
        return self._over_years(clients, second[together], first[together], last[together])

    def _first_and_last(self, clients: Clients, who: IntArray | slice) -> tuple[IntArray, IntArray]:
        """First and last contract year in care, of clients who start within the term."""
        first = (clients.start[who] / MONTHS).astype(np.int64)
        end = np.minimum(clients.start[who] + clients.duration[who], self.n_months)
        return first, np.minimum((end / MONTHS).astype(np.int64), self.n_years - 1)

    def _over_years(self, clients: Clients, who: IntArray | slice, first: IntArray, last: IntArray) -> FloatArray:
        """Clients by scenario, year and cell, each counted from its first year to its last."""
        width, n_cells = self.n_years + 1, self.cells.n_cells
        size = clients.n_scenarios * n_cells * width
        base = (clients.scenario[who] * n_cells + clients.cell[who]) * width
        change = np.bincount(base + first, minlength=size) - np.bincount(base + last + 1, minlength=size)
        count = np.cumsum(change.reshape(clients.n_scenarios, n_cells, width), axis=2)
        return count[:, :, :-1].transpose(0, 2, 1).astype(np.float64)

    def _by_profile(self, clients: Clients) -> list[FloatArray]:
        """Served starts, those with result and those that repeat, by profile; (s, t, cell, profile)."""
        asked = self.counter.asked(clients)
        served = (clients.asked_month != CASELOAD) & ~clients.deferred & ~clients.refused
        n_profiles = self.sampler.profiles.intensity.shape[1]
        shape = (clients.n_scenarios, self.cells.n_cells, self.n_years, n_profiles)
        index = asked * n_profiles + clients.profile
        return [
            np.bincount(index[chosen], minlength=int(np.prod(shape)))
            .reshape(shape)
            .transpose(0, 2, 1, 3)
            .astype(np.float64)
            for chosen in (served, served & clients.result, served & clients.repeat)
        ]
