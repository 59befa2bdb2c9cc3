"""Clients one by one: drawn given the factors, alive only inside a block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.model import Case
from bekostiging.case.tables import Profile
from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.distributions import LAWS, Mixed
from bekostiging.scenarios.factors import Factors
from bekostiging.scenarios.forecast import (
    MONTHS,
    DemandForecast,
    demand_forecast,
    demand_of_cells,
)

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
SITTING = -1
"""``asked_month`` of a client who was in care before the term."""


@dataclass(frozen=True)
class Clients:
    """Clients of a block; every array has shape (n_clients,). Time in months from the start of the term.

    ``start`` moves when a flow rule lets a client wait; ``asked_month`` never does. ``rate`` is realised
    units per month, ``rate_within`` the part inside the client's own hours budget (agreed units).
    """

    n_scenarios: int
    scenario: IntArray
    cell: IntArray
    asked_month: IntArray
    start: Float32Array
    duration: Float32Array
    rate: Float32Array
    rate_within: Float32Array
    profile: IntArray
    crisis: BoolArray
    own_access: BoolArray
    result: BoolArray
    repeat: BoolArray
    deferred: BoolArray
    refused: BoolArray


@dataclass(frozen=True)
class ProfileTable:
    """Profiles per care form, padded to the largest number; (n_care_forms, n_profiles)."""

    cumulative_share: FloatArray
    intensity: FloatArray
    success: FloatArray
    repeat: FloatArray
    result_part: FloatArray


def profile_table(case: Case) -> ProfileTable:
    """Return the profiles as arrays; a care form without profiles has one plain profile."""
    own: list[list[Profile]] = [
        [row for row in case.profiles if row.care_form == form.id] for form in case.care_forms
    ]
    shape = (len(own), max(1, *(len(rows) for rows in own)))
    share, result_part, repeat = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    intensity, success = np.ones(shape), np.ones(shape)
    for i, rows in enumerate(own):
        if not rows:
            share[i, 0] = 1.0
        for j, row in enumerate(rows):
            share[i, j], intensity[i, j] = row.share, row.intensity_factor
            success[i, j], repeat[i, j], result_part[i, j] = (
                row.success_share,
                row.repeat_share,
                row.result_part,
            )
    return ProfileTable(np.cumsum(share, axis=1), intensity, success, repeat, result_part)


class ClientSampler:
    """Draws the clients of a block given its factors.

    Starts of area x care form x year are negative binomial given the factors (variance = dispersion x
    mean), split over providers by Poisson thinning. The sitting stock is Poisson with its forecast times the
    inflow factor of the last lead year. A sitting client's remaining duration is its length-biased duration
    times a uniform, the equilibrium law. The duration factor of
    the year of start multiplies durations, the intensity factor of that year agreed units (sitting clients:
    first contract year, and no duration factor, because their trajectories began before the term).
    """

    def __init__(self, case: Case, cells: Cells, n_years: int) -> None:
        self.case = case
        self.cells = cells
        self.n_years = n_years
        self.forecast: DemandForecast = demand_forecast(case, n_years)
        self.row = demand_of_cells(case, cells)
        self.profiles = profile_table(case)
        rows = case.demand
        self.dispersion = np.array([row.starts_dispersion for row in rows])
        self.durations = self.forecast.durations.rows(self.row)
        names = [row.units_distribution for row in rows]
        self.units = Mixed(
            laws=tuple(LAWS.values()),
            law=np.array([list(LAWS).index(name) for name in names])[self.row],
            mean=self.forecast.units_per_month[self.row],
            cv=np.array([row.units_cv for row in rows])[self.row],
        )
        realised = np.log1p(np.square([row.realised_cv for row in rows]))[self.row]
        self.ratio_mu, self.ratio_sigma = (-realised / 2).astype(np.float32), np.sqrt(realised).astype(np.float32)
        self.crisis_share = np.array([row.crisis_share for row in rows], dtype=np.float32)[self.row]
        self.own_access_share = np.array([row.own_access_share for row in rows], dtype=np.float32)[self.row]

    @property
    def clients_per_scenario(self) -> float:
        """Expected clients of one scenario: what sizes a block."""
        return float(self.forecast.stock.sum() + self.forecast.starts.sum())

    def counts(self, factors: Factors, rng: np.random.Generator) -> IntArray:
        """Clients per scenario, moment (0 the stock, then the years) and cell."""
        mean = np.concatenate([self.forecast.stock[None], self.forecast.starts])[None] * factors.inflow
        excess = self.dispersion - 1.0
        mixed = mean.copy()
        wide = excess > 0
        # a gamma mixture of Poissons with this scale has variance = dispersion x mean
        mixed[:, 1:, wide] = excess[wide] * rng.standard_gamma(mean[:, 1:, wide] / excess[wide])
        return rng.poisson(mixed[:, :, self.row] * self.cells.market_share)

    def draw(self, factors: Factors, rng: np.random.Generator) -> Clients:
        """Draw every client of the block's scenarios."""
        counts = self.counts(factors, rng)
        n_scenarios, n_moments, n_cells = counts.shape
        place = np.repeat(np.arange(counts.size), counts.ravel())
        cell = place % n_cells
        moment = (place // n_cells) % n_moments
        scenario = place // (n_cells * n_moments)
        n = len(place)
        sitting = moment == 0
        year = np.maximum(moment - 1, 0)
        at = (scenario, year, self.row[cell])
        start = (MONTHS * (year + rng.random(n, dtype=np.float32))).astype(np.float32)
        # rounding to 32 bits may reach the next January: one asks within the year
        start = np.minimum(start, np.nextafter((MONTHS * (year + 1)).astype(np.float32), np.float32(0)))
        start[sitting] = 0.0
        duration = self._durations(cell, sitting, rng)
        duration *= np.where(sitting, 1.0, factors.duration[at]).astype(np.float32)
        profile = self._profiles(cell, rng)
        form = self.cells.care_form[cell]
        agreed = self.units.draw(cell, rng)
        intensity = self.profiles.intensity[form, profile] * factors.intensity[at]
        agreed *= (self.units.mean[cell] * intensity).astype(np.float32)
        ratio = np.exp(self.ratio_mu[cell] + self.ratio_sigma[cell] * rng.standard_normal(n, dtype=np.float32))
        return Clients(
            n_scenarios,
            scenario,
            cell,
            np.where(sitting, SITTING, start.astype(np.int64)),
            start,
            duration,
            agreed * ratio,
            agreed * np.minimum(ratio, 1.0),
            profile,
            rng.random(n, dtype=np.float32) < self.crisis_share[cell],
            rng.random(n, dtype=np.float32) < self.own_access_share[cell],
            rng.random(n, dtype=np.float32) < self.profiles.success[form, profile],
            (rng.random(n, dtype=np.float32) < self.profiles.repeat[form, profile]) & ~sitting,
            np.zeros(n, dtype=np.bool_),
            np.zeros(n, dtype=np.bool_),
        )

    def _durations(self, cell: IntArray, sitting: BoolArray, rng: np.random.Generator) -> Float32Array:
        """Durations of starts; equilibrium remaining durations of sitting clients: a part of a longer one."""
        duration = self.durations.draw(cell, rng, biased=sitting)
        duration *= self.durations.mean[cell].astype(np.float32)
        duration[sitting] *= rng.random(int(sitting.sum()), dtype=np.float32)
        return duration

    def _profiles(self, cell: IntArray, rng: np.random.Generator) -> IntArray:
        """Profile of each client by the shares of its care form."""
        uniform = rng.random(len(cell), dtype=np.float32)
        profile = np.zeros(len(cell), dtype=np.int64)
        form = self.cells.care_form[cell]
        for step in range(self.profiles.cumulative_share.shape[1] - 1):
            profile += uniform >= self.profiles.cumulative_share[form, step]
        return profile
