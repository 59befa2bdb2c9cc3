"""What starts, stops and units per client are expected by month, given factors and given what was seen: closed form.

A sitting stock of N clients in equilibrium has N (1 - F_e(t)) left after t months; of starts spread evenly over a month
there are L(j + 1) - L(j) left at the end of the j-th month after it, L(t) = E[min(D, t)] the limited expected duration. The
stops of a month are those of who was in care at its begin (the caseload that was seen, with the ages that starts seen and
equilibrium give) and of who started in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.monitoring.seen import ENOUGH, Completed, Seen, average_caseload, first_caseload
from bekostiging.scenarios import Cells, Factors, summed_by
from bekostiging.scenarios.cells import expected_shares
from bekostiging.scenarios.clients import profile_table
from bekostiging.scenarios.forecast import DemandForecast, demand_forecast, demand_of_cells, season_of
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Observed:
    """Numbers that were seen, in the order of what is expected of them, and how they scatter; arrays (n_observations,).

    ``kind``: 0 starts (negative binomial with ``dispersion``), 1 stock or stops (Poisson), 2 logs (Gaussian with variance
    ``dispersion``).
    """

    kind: IntArray
    value: FloatArray
    dispersion: FloatArray


@dataclass(frozen=True)
class ObservedMonths:
    """The months seen by row of demand, and what they are expected to be.

    ``share`` and ``share_stock``: part of a row's starts and stock that is with contracts that reported; ``starts`` and
    ``stops`` as reported; ``part``: of them that is in; ``stock``: at the start of the contracts; ``begin``: caseload at the
    begin of each month; ``rate`` and ``rate_variance``: log of units per client and month. Arrays (n_months, n_rows) or
    (n_rows,). ``season`` (12, n_rows): starts of a calendar month over those of an average one.
    """

    forecast: DemandForecast
    dispersion: FloatArray
    share: FloatArray
    share_stock: FloatArray
    starts: FloatArray
    stops: FloatArray
    part: FloatArray
    stock: FloatArray
    begin: FloatArray
    rate: FloatArray
    rate_variance: FloatArray
    season: FloatArray

    @property
    def n_months(self) -> int:
        """Months seen."""
        return len(self.starts)

    @property
    def _kept(self) -> tuple[BoolArray, BoolArray, BoolArray, BoolArray]:
        """Which starts, stocks, stops and rates were seen."""
        starts = self.share > 0
        return starts, self.share_stock > 0, starts & (self.begin > 0), np.isfinite(self.rate)

    def observed(self) -> Observed:
        """Everything that was seen, as one list."""
        starts, stock, stops, rate = self._kept
        wide = 1 + (self.dispersion - 1)[None, :] * self.share * self.part[:, None]
        kinds = [np.zeros(starts.sum()), np.ones(stock.sum()), np.ones(stops.sum()), np.full(rate.sum(), 2)]
        values = [self.starts[starts], self.stock[stock], self.stops[stops], self.rate[rate]]
        scatter = [wide[starts], np.ones(stock.sum()), np.ones(stops.sum()), self.rate_variance[rate]]
        return Observed(*(np.concatenate(one) for one in (kinds, values, scatter)))

    def expected(self, factors: Factors) -> FloatArray:
        """Logs of the means of counts, and means of logs, for each of ``factors``; (n_scenarios, n_observations)."""
        n = len(factors.inflow)
        year = np.arange(self.n_months) // MONTHS
        season = self.season[np.arange(self.n_months) % MONTHS]
        means = self.forecast.starts[year] / MONTHS * season * self.share * self.part[:, None]
        starts = factors.inflow[:, 1 + year] * means
        stock = factors.inflow[:, 0] * self.forecast.stock * self.share_stock
        alive, stops = self._alive_and_stops(factors)
        rates = self._rates(factors, alive)
        seen = zip((starts, stock, stops, rates), self._kept, strict=True)
        return np.concatenate(
            [np.log(np.maximum(one[:, kept], 1e-9)).reshape(n, -1) for one, kept in seen], axis=1
        )

    def _alive_and_stops(self, factors: Factors) -> tuple[FloatArray, FloatArray]:
        """By who was there at the start or started in which year: alive in the month (n_scenarios, n_months, 1 + n_years,
        n_rows); and stops of the month, (n_scenarios, n_months, n_rows)."""
        n, m, n_rows = len(factors.inflow), self.n_months, self.starts.shape[1]
        n_years = (m - 1) // MONTHS + 1 if m else 0
        law = self.forecast.durations
        edges = np.arange(m + 2, dtype=float)[:, None]
        gone = law.limited(np.broadcast_to(edges, (m + 2, n_rows)))[0] / law.mean
        alive = np.zeros((n, m, 1 + n_years, n_rows))
        alive[:, :, 0] = self.stock * (1 - gone[:m])
        ending = np.broadcast_to(self.stock * (gone[1 : m + 1] - gone[:m]), (n, m, n_rows)).copy()
        fresh = np.zeros((n, m, n_rows))
        whole = self.starts / np.maximum(self.part, 1e-9)[:, None]
        for year in range(n_years):
            lengthened = law.lengthened((factors.duration[:, year] * self.forecast.longer[year])[:, None, :])
            up_to = lengthened.limited(np.broadcast_to(edges, (n, m + 2, n_rows)))[0]
            left = np.diff(up_to, axis=1)  # at the end of the month they started in, and of each month after it
            for s in range(MONTHS * year, min(MONTHS * (year + 1), m)):
                fresh[:, s] += whole[s] * (1 - left[:, 0])
                if s + 1 < m:
                    ahead = m - s - 1
                    alive[:, s + 1 :, 1 + year] += whole[s] * left[:, :ahead]
                    ending[:, s + 1 :] += whole[s] * (left[:, :ahead] - left[:, 1 : ahead + 1])
        total = alive.sum(axis=2)
        hazard = np.divide(ending, total, out=np.zeros_like(ending), where=total > 0)
        stops = (hazard * self.begin + fresh) * self.part[:, None]
        return alive, stops

    def _rates(self, factors: Factors, alive: FloatArray) -> FloatArray:
        """Units per client and month over the months seen, (n_scenarios, n_rows)."""
        n_years = alive.shape[2] - 1
        heavier = factors.intensity[:, :n_years] * self.forecast.heavier[:n_years]
        by_year = np.concatenate([heavier[:, :1] / self.forecast.heavier[0], heavier], axis=1)
        weight = alive.sum(axis=1) + 1e-9
        mean = (weight * by_year).sum(axis=1) / weight.sum(axis=1)
        return np.asarray(self.forecast.units_per_month * mean)


def spread_of_cells(case: Case, cells: Cells) -> FloatArray:
    """Coefficient of variation of the units of a client and month between clients, by cell."""
    row = demand_of_cells(case, cells)
    profiles = profile_table(case)
    part = np.diff(profiles.cumulative_share, axis=1, prepend=0.0)
    square = (part * profiles.intensity**2).sum(axis=1) / np.square((part * profiles.intensity).sum(axis=1))
    agreed = np.array([1 + one.units_cv**2 for one in case.demand])[row]
    realised = np.array([1 + one.realised_cv**2 for one in case.demand])[row]
    return np.asarray(np.sqrt(np.maximum(agreed * realised * square[cells.care_form] - 1, 0.0)))


def rate_of_cells(case: Case, cells: Cells) -> FloatArray:
    """Units of a client and month that the case expects when the contracts begin, by cell."""
    return np.asarray(demand_forecast(case, 1).units_per_month[demand_of_cells(case, cells)])


def observed_months(case: Case, cells: Cells, seen: Seen, units: Completed) -> ObservedMonths:
    """Lay what was seen out by row of demand; nothing seen enters twice."""
    row, n_rows = demand_of_cells(case, cells), len(case.demand)
    forecast = demand_forecast(case, case.n_years)
    shares = expected_shares(cells, row, case.n_years)
    year = np.arange(seen.months) // MONTHS

    def by_row(values: FloatArray) -> FloatArray:
        return summed_by(np.asarray(values, dtype=float), row, n_rows)

    known = seen.known
    # of one month alone nobody knows which part of its starts and stops is in
    judged = known & (seen.months > 1)
    at_start = (forecast.stock[row]) * shares[0]
    caseload = average_caseload(seen, at_start)
    given = (~np.isnan(seen.caseload)).any(axis=0)
    first = first_caseload(seen, at_start)
    net = (seen.starts - seen.stops) / seen.starts_part[:, None]
    end = np.where(
        np.isnan(seen.caseload), np.maximum(first + np.cumsum(np.where(known, net, 0), axis=0), 0), seen.caseload
    )
    begin = np.concatenate([first[None], end[:-1]])
    believed = (units.part >= ENOUGH) & known & (caseload > 0)
    gross = np.nansum(seen.claims, axis=1)
    claimed = np.divide(gross, units.part, out=np.zeros_like(gross), where=believed)
    # what is credited was not delivered
    whole = by_row(np.where(believed, claimed * (1 + units.credit) + np.nansum(seen.credits, axis=1), 0.0))
    months = by_row(np.where(believed, caseload, 0.0))
    spread = np.zeros(n_rows)
    spread[row] = spread_of_cells(case, cells)
    error = by_row(np.where(believed, np.square(units.error), 0.0)).sum(axis=0)
    total, client_months = whole.sum(axis=0), months.sum(axis=0)
    counted = np.maximum((months > 0).sum(axis=0), 1)
    seen_rate = (total > 0) & (client_months > 0)
    rate, variance = np.full(n_rows, np.nan), np.ones(n_rows)
    rate[seen_rate] = np.log(total[seen_rate] / client_months[seen_rate])
    variance[seen_rate] = (
        np.square(spread) * counted / np.maximum(client_months, 1e-9) + error / np.maximum(total, 1e-9) ** 2
    )[seen_rate]
    rate[seen_rate] += (
        variance[seen_rate] / 2
    )  # the log of a mean lies half its variance below the log of what it is of
    return ObservedMonths(
        forecast=forecast,
        dispersion=np.array([one.starts_dispersion for one in case.demand]),
        share=by_row(np.where(judged, shares[1 + year], 0.0)),
        share_stock=by_row(np.where(given, shares[0], 0.0)),
        starts=by_row(np.where(judged, seen.starts, 0.0)),
        stops=by_row(np.where(judged, seen.stops, 0.0)),
        part=seen.starts_part,
        stock=by_row(np.where(given, first, 0.0)),
        begin=by_row(np.where(known, begin, 0.0)),
        rate=rate,
        rate_variance=variance,
        season=season_of(case),
    )
