"""The client reducer: clients in, ``CareUse`` out. The only maker of ``CareUse``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.model import Case
from bekostiging.scenarios.arrangements import Arrangements
from bekostiging.scenarios.care_use import CareUse
from bekostiging.scenarios.claim_cap import Calendar, capped_lots, excess_over_cap
from bekostiging.scenarios.clients import SITTING, Clients, ClientSampler
from bekostiging.scenarios.combinations import ALONE
from bekostiging.scenarios.factors import Factors
from bekostiging.scenarios.forecast import MONTHS
from bekostiging.scenarios.waiting import WaitingCounter

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


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


def thresholds_of(case: Case) -> tuple[float, ...]:
    """Edges of every high-cost pool of the case and of sharing key hybrid, rising; euro per client and year."""
    edges = {float(row.value) for row in case.policy if row.name == "high_cost_threshold"}
    edges |= {row.threshold for row in case.clauses if row.threshold is not None}
    edges |= {row.threshold + row.cap for row in case.clauses if row.threshold is not None and row.cap is not None}
    return tuple(sorted(edges))


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

    def reduce(self, clients: Clients, factors: Factors) -> CareUse:
        """Return the care use of the clients as they stand, after any flow rule."""
        n_scenarios, n_cells = clients.n_scenarios, self.cells.n_cells
        group = clients.scenario * n_cells + clients.cell
        totals = MonthTotals(clients, group, n_scenarios * n_cells, self.n_months)
        urgent = np.flatnonzero(clients.crisis)

        def monthly(rate: NDArray[np.float32], who: IntArray | slice = slice(None)) -> FloatArray:
            """Monthly totals of a rate, by scenario, month and cell."""
            return totals.of(rate, who).reshape(n_scenarios, n_cells, self.n_months).transpose(0, 2, 1)

        units_month = monthly(clients.rate)
        units = self._yearly(units_month)
        counted = self.counter.count(clients)
        paid, at_result = self.arrangements.reduce(clients)
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
            units_within_budget=self._yearly(monthly(clients.rate_within)),
            thresholds=self.thresholds,
            excess=self._excess(clients, group),
            crisis_units=self._yearly(monthly(clients.rate, urgent)),
            arrangement_units=paid,
            arrangement_units_at_result=at_result,
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
        started = clients.asked_month != SITTING
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
            excess=self._excess(clients, group),
            crisis_units=unknown,
            arrangement_units=unknown,
            arrangement_units_at_result=unknown,
            starts_by_profile=by_profile,
            successes_by_profile=by_profile,
            repeats_by_profile=by_profile,
            ova_final=factors.ova_final,
            ppc_final=factors.ppc_final,
            cao=factors.cao,
        )

    def _over_cap(self, clients: Clients) -> FloatArray:
        """Units above the monthly claim caps, in the lots that have them."""
        if not self.capped.any():
            return np.zeros((clients.n_scenarios, self.n_years, self.cells.n_cells))
        return np.asarray(excess_over_cap(clients, self.calendar, self.cells.n_cells) * self.capped)

    def _excess(self, clients: Clients, group: IntArray) -> FloatArray:
        """Euro of every client and year above each threshold, at the tariff of the first contract year."""
        n_cells = self.cells.n_cells
        shape = (clients.n_scenarios, self.n_years, n_cells, len(self.thresholds))
        total = np.zeros(shape)
        if not self.thresholds:
            return total
        euro_per_month = clients.rate * self.cells.tariff[clients.cell]
        end = clients.start + clients.duration
        for year in range(self.n_years):
            begin = MONTHS * year
            months = np.minimum(end, begin + MONTHS) - np.maximum(clients.start, begin)
            euro = euro_per_month * np.maximum(months, 0.0)
            for k, threshold in enumerate(self.thresholds):
                above = np.flatnonzero(euro > threshold)
                over = np.bincount(group[above], weights=euro[above] - threshold, minlength=shape[0] * n_cells)
                total[:, year, :, k] = over.reshape(shape[0], n_cells)
        return total

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
        served = (clients.asked_month != SITTING) & ~clients.deferred & ~clients.refused
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
