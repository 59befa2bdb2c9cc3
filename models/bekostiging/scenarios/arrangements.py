"""Units an arrangement is priced at: when they are paid, on result, again for a repeat or an extension.

The price of an arrangement is tariff x the units its profile is expected to need. By the terms of its lot a part is paid
at the start, the rest accrues along the expected course; a repeat within the period is not paid a second time; a
trajectory that outlasts a multiple of its expected duration counts as a new arrangement. Every term is divided by its own
expectation, so that at expected volume and duration a lot pays what P x Q pays (price parity) and only the risk moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.clients import CASELOAD, Clients, ClientSampler
from bekostiging.scenarios.distributions import Mixed
from bekostiging.scenarios.factors import Factors
from bekostiging.scenarios.forecast import (
    DemandForecast,
    client_months_of_starts_in_month,
    client_months_of_stock,
    integrated_survival,
)
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

MOST_EXTENSIONS = 20
"""Extensions of one trajectory that are counted."""
SMALL = 1e-4
"""Relative step of the derivative of limited durations, which is their survival."""


@dataclass(frozen=True)
class ArrangementTerms:
    """Terms per cell, (n_cells,): ``at_start`` part paid at the start; ``unpaid_repeats``; ``extension_after`` multiple of
    the expected duration, infinite where an arrangement lasts as long as the trajectory."""

    at_start: FloatArray
    unpaid_repeats: BoolArray
    extension_after: FloatArray


def arrangement_terms(case: Case, cells: Cells) -> ArrangementTerms:
    """Terms of every lot (policies paid_at_start, repeat_payment, extension_after), none outside the lots."""
    lots = [lot.id for lot in case.lots]
    at_start = [case.policy.paid_at_start(lot) for lot in lots]
    unpaid = [case.policy.repeat_payment(lot) == "unpaid" for lot in lots]
    extension = [case.policy.extension_after(lot) for lot in lots]
    return ArrangementTerms(
        np.array([*at_start, 0.0])[cells.lot],
        np.array([*unpaid, False])[cells.lot],
        np.array([*extension, np.inf])[cells.lot],
    )


def expected_arrangements(duration: Mixed, length: FloatArray) -> FloatArray:
    """E[1 + floor(D / length)] = sum over j of S(j length); the shape of the durations, one where ``length`` is infinite."""
    total = np.ones(np.broadcast_shapes(duration.mean.shape, length.shape))
    finite = np.isfinite(length)
    if not finite.any():
        return total
    for j in range(1, MOST_EXTENSIONS + 1):
        at = np.where(finite, j * np.where(finite, length, 1.0), 1.0)
        slope = integrated_survival(at * (1 + SMALL), duration) - integrated_survival(at * (1 - SMALL), duration)
        total = total + np.where(finite, slope / (2 * SMALL * at), 0.0)
    return np.asarray(total)


def extension_ratio(
    terms: ArrangementTerms, forecast: DemandForecast, factors: Factors, row: IntArray
) -> FloatArray:
    """Expected arrangements per start with the duration factors over those without them; (n_scenarios, n_years, n_cells)."""
    n_scenarios, n_years, _ = factors.duration.shape
    ratio = np.ones((n_scenarios, n_years, len(row)))
    if not np.isfinite(terms.extension_after).any():
        return ratio
    duration = forecast.durations.rows(row)
    length = terms.extension_after * duration.mean
    for year in range(n_years):
        plain = duration.lengthened(forecast.longer[year, row])
        changed = plain.lengthened(factors.duration[:, year][:, row])
        ratio[:, year] = expected_arrangements(changed, length) / expected_arrangements(plain, length)
    return ratio


class Arrangements:
    """Spreads the arrangements of a block's clients over the years."""

    def __init__(self, sampler: ClientSampler) -> None:
        self.sampler, self.cells, self.n_years = sampler, sampler.cells, sampler.n_years
        self.n_months = MONTHS * sampler.n_years
        self.terms = arrangement_terms(sampler.case, sampler.cells)
        self._length = self.terms.extension_after * sampler.durations.mean
        longer = sampler.forecast.longer[:, sampler.row]
        self._expected = np.stack(
            [expected_arrangements(sampler.durations.lengthened(own), self._length) for own in longer]
        )
        self._course_of_starts, self._course_of_stock = self._deterministic()

    def _deterministic(self) -> tuple[FloatArray, FloatArray]:
        """Expected units per contract year of an arrangement of intensity one, as they are paid.

        Shapes (n_cells, n_years, n_months) by month of start and (n_cells, n_years) for the stock.
        """
        forecast, row = self.sampler.forecast, self.sampler.row
        duration, at_start = forecast.durations.rows(row), self.terms.at_start
        rate = forecast.units_per_month[row]
        by_start = [duration.lengthened(longer[row]) for longer in forecast.longer]
        starts = np.zeros((len(row), self.n_years, self.n_months))
        stock = np.zeros((len(row), self.n_years))
        for year in range(self.n_years):
            begin, end = np.full(len(row), MONTHS * year), np.full(len(row), MONTHS * (year + 1))
            stock[:, year] = (1 - at_start) * rate * client_months_of_stock(begin, end, duration)
            for month in range(MONTHS * (year + 1)):
                law, heavier = by_start[month // MONTHS], forecast.heavier[month // MONTHS, row]
                months = (1 - at_start) * client_months_of_starts_in_month(begin - month, end - month, law)
                if month // MONTHS == year:
                    months = months + at_start * law.mean
                starts[:, year, month] = rate * heavier * months
        return starts, stock

    def reduce(self, clients: Clients) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Units the arrangements are priced at per year, (n_scenarios, n_years, n_cells): paid anyway, on result, and both
        of crisis clients."""
        anyway, on_result = self._weights(clients)
        urgent = (anyway + on_result) * clients.crisis
        return self._accrue(clients, anyway), self._accrue(clients, on_result), self._accrue(clients, urgent)

    def by_client(self, clients: Clients) -> Iterator[FloatArray]:
        """Units the arrangement of every client is priced at, year by year; each (n_clients,)."""
        weight = np.sum(self._weights(clients), axis=0)
        caseload = clients.asked_month == CASELOAD
        month = np.minimum(clients.start, self.n_months - 1).astype(np.int64)
        inside = clients.start < self.n_months
        for year in range(self.n_years):
            started = self._course_of_starts[clients.cell, year, month] * inside
            yield weight * np.where(caseload, self._course_of_stock[clients.cell, year], started)

    def _weights(self, clients: Clients) -> tuple[FloatArray, FloatArray]:
        """Intensity the arrangement of every client is paid at: anyway, and on result; (n_clients,)."""
        profiles, form = self.sampler.profiles, self.cells.care_form[clients.cell]
        intensity = profiles.priced[form, clients.profile] * self._times(clients)
        part = profiles.result_part[form, clients.profile]
        # divided by the expected share of results, so that the expected payment is the price
        return intensity * (1 - part), intensity * part * clients.result / profiles.success[form, clients.profile]

    def _times(self, clients: Clients) -> FloatArray:
        """How often the arrangement of a client is paid, over its expectation; one for who is sitting."""
        times = np.ones(len(clients.cell))
        started = clients.asked_month != CASELOAD
        if self.terms.unpaid_repeats.any():
            form = self.cells.care_form[clients.cell]
            share = self.sampler.profiles.repeat[form, clients.profile]
            once = ~clients.repeat / np.maximum(1 - share, np.finfo(np.float64).tiny)
            times = np.where(started & self.terms.unpaid_repeats[clients.cell], once, times)
        if np.isfinite(self._length).any():
            year = np.minimum(np.maximum(clients.start, 0) // MONTHS, self.n_years - 1).astype(np.int64)
            count = 1 + np.minimum(np.floor(clients.duration / self._length[clients.cell]), MOST_EXTENSIONS)
            times = np.where(started, times * count / self._expected[year, clients.cell], times)
        return times

    def _accrue(self, clients: Clients, weight: FloatArray) -> FloatArray:
        """Spread weighted arrangements over the years as they are paid."""
        n_cells, width = self.cells.n_cells, self.n_months + 1
        caseload = clients.asked_month == CASELOAD
        month = np.where(caseload, self.n_months, np.minimum(clients.start, self.n_months).astype(np.int64))
        inside = caseload | (month < self.n_months)
        index = (clients.scenario * n_cells + clients.cell) * width + month
        size = clients.n_scenarios * n_cells * width
        total = np.bincount(index[inside], weights=weight[inside], minlength=size)
        by_month = total.reshape(clients.n_scenarios, n_cells, width)
        units = np.matmul(by_month[:, :, None, :-1], self._course_of_starts.transpose(0, 2, 1))[:, :, 0]
        units += by_month[:, :, [-1]] * self._course_of_stock
        return np.asarray(units.transpose(0, 2, 1))
