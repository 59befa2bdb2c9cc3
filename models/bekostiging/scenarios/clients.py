"""Clients one by one: drawn given the factors, alive only inside a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.model import Case
from bekostiging.case.tables import Channel, Profile
from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.cells import expected_shares, realised_shares
from bekostiging.scenarios.combinations import Combiner
from bekostiging.scenarios.distributions import LAWS, Mixed
from bekostiging.scenarios.factors import Factors
from bekostiging.scenarios.forecast import DemandForecast, demand_forecast, demand_of_cells
from bekostiging.scenarios.hours_budget import hours_budgets
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, Float32Array, FloatArray, IntArray

ChannelArray = NDArray[np.int8]
CHANNELS: tuple[str, ...] = get_args(Channel)
CASELOAD = -1
"""``asked_month`` of a client who was in care before the term."""


@dataclass(frozen=True)
class Clients:
    """Clients of a block; every array has shape (n_clients,). Time in months from the start of the term.

    ``start`` moves when a flow rule lets a client wait; ``asked_month`` never does. ``rate`` is realised and ``agreed``
    agreed units per month; ``budget_months``: how long from ``start`` on the hours budget lasts at the realised rate, at
    most zero where it ended before.
    """

    n_scenarios: int
    scenario: IntArray
    cell: IntArray
    asked_month: IntArray
    waited: Float32Array
    """Weeks waited before the term, of who is on today's list; else zero."""
    start: Float32Array
    duration: Float32Array
    rate: Float32Array
    agreed: Float32Array
    budget_months: Float32Array
    profile: IntArray
    crisis: BoolArray
    channel: ChannelArray
    """Place in the channels of ``case.tables.Channel``: own access, general practitioner, other."""
    result: BoolArray
    repeat: BoolArray
    partner: IntArray | None
    """The first trajectory of the person where this is the second of two, else -1; None without ``combinations``."""
    deferred: BoolArray
    refused: BoolArray
    moved: BoolArray
    """Whether another provider took the client than it asked first."""


@dataclass(frozen=True)
class ProfileTable:
    """Profiles per care form, padded to the largest number; (n_care_forms, n_profiles)."""

    cumulative_share: FloatArray
    intensity: FloatArray
    success: FloatArray
    repeat: FloatArray
    result_part: FloatArray
    priced: FloatArray
    """Intensity an arrangement is priced at: ``intensity``, or what the profile's own price is worth in it."""


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
    priced = intensity.copy()
    for i, rows in enumerate(own):
        for j, row in enumerate(rows):
            plain = None if row.price is None else _plain_price(case, row.care_form)
            if row.price is not None and plain is not None:
                priced[i, j] = row.price / plain
    return ProfileTable(np.cumsum(share, axis=1), intensity, success, repeat, result_part, priced)


def _plain_price(case: Case, care_form: str) -> float | None:
    """Price of an arrangement of intensity one by the build-up: expected units x tariff, over the case; euro. None of a care
    form that nobody asks or offers."""
    rows = [row for row in case.demand if row.care_form == care_form]
    starts = np.array([row.starts_per_year for row in rows])
    units = np.array([row.mean_duration_weeks * row.units_per_week for row in rows])
    offers = [row for row in case.offers if row.care_form == care_form]
    shares = np.array([row.market_share for row in offers])
    tariffs = np.array([row.tariff for row in offers])
    if not rows or not offers:
        return None
    weights = [own if own.sum() > 0 else np.ones(len(own)) for own in (starts, shares)]
    return float(np.average(units, weights=weights[0]) * np.average(tariffs, weights=weights[1]))


def _concentration(case: Case, cells: Cells) -> FloatArray:
    """Dirichlet concentration of the market shares of each cell, infinite where they are as offered; (n_cells,)."""
    lots = [case.policy.share_concentration(lot.id) for lot in case.lots]
    return np.array([*lots, np.inf])[cells.lot]


class ClientSampler:
    """Draws the clients of a block given its factors.

    Starts of area x care form x year are negative binomial given the factors (variance = dispersion x mean), split
    over providers by Poisson thinning with the market shares; those that come true, where the policy gives them a
    concentration. The sitting stock is Poisson with its forecast times the inflow factor of the last lead year. A
    sitting client's remaining duration is its length-biased duration times a uniform, the equilibrium law. The duration
    factor of the year of start multiplies durations, the intensity factor of that year agreed units (the caseload:
    first contract year, and no duration factor, because their trajectories began before the term). The hours budget of a
    sitting client ran since its start: where its remaining duration is u L its age is (1 - u) L.
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
        self._n_profiles = self.profiles.intensity.shape[1]
        self._kind_intensity = self.profiles.intensity.ravel().astype(np.float32)
        self._kind_success = self.profiles.success.ravel().astype(np.float32)
        self._kind_repeat = self.profiles.repeat.ravel().astype(np.float32)
        self.crisis_share = np.array([row.crisis_share for row in rows], dtype=np.float32)[self.row]
        own_access = np.array([row.own_access_share for row in rows])[self.row]
        through_gp = np.array([row.gp_share for row in rows])[self.row]
        self.channel_edges = np.stack([own_access, own_access + through_gp]).astype(np.float32)
        self.shares = expected_shares(cells, self.row, n_years)
        self.concentration = _concentration(case, cells)
        self.combiner = Combiner(case, cells)
        self.budgets = hours_budgets(case).rows(self.row)

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
        shares = self.shares
        if np.isfinite(self.concentration).any():
            shares = realised_shares(shares, self.concentration, self.row, len(mean), rng)
        return rng.poisson(mixed[:, :, self.row] * shares)

    def draw(self, factors: Factors, rng: np.random.Generator) -> Clients:
        """Draw every client of the block's scenarios."""
        return self.of_counts(self.counts(factors, rng), factors, rng)

    def of_counts(self, counts: IntArray, factors: Factors, rng: np.random.Generator) -> Clients:
        """Draw as many clients as ``counts`` (n_scenarios, 1 + n_years, n_cells) says; moment 0 is the stock.

        Clients stand by scenario, moment and cell; what a place has in common is computed once per place and repeated.
        The order of the draws from ``rng`` is part of the result: another order gives other clients.
        """
        n_scenarios, n_moments, n_cells = counts.shape
        each, n = counts.ravel(), int(counts.sum())

        def by_place(values: NDArray[Any]) -> NDArray[Any]:
            """Values of every place (broadcast to scenario, moment, cell), one per client."""
            return np.repeat(np.broadcast_to(values, counts.shape).ravel(), each)

        cell = by_place(np.arange(n_cells))
        caseload = by_place((np.arange(n_moments) == 0)[:, None])
        start, asked_month = self._starts(counts, caseload, rng)
        mean_duration, mean_units = self._means_by_place(factors)
        duration = self.durations.draw(cell, caseload, rng)
        duration *= by_place(mean_duration)
        whole = duration[caseload]
        duration[caseload] *= rng.random(len(whole), dtype=np.float32)
        age = whole - duration[caseload]
        kind = self._profile_kinds(cell, rng)
        agreed = self.units.draw(cell, None, rng)
        agreed *= by_place(mean_units)
        agreed *= self._kind_intensity[kind]
        ratio = self.ratio_sigma[cell] * rng.standard_normal(n, dtype=np.float32)
        np.exp(ratio + self.ratio_mu[cell], out=ratio)
        crisis = rng.random(n, dtype=np.float32) < self.crisis_share[cell]
        channel = self._channels(cell, rng)
        result = rng.random(n, dtype=np.float32) < self._kind_success[kind]
        repeat = (rng.random(n, dtype=np.float32) < self._kind_repeat[kind]) & ~caseload
        partner = None
        if self.combiner.rows:
            places = np.arange(n_scenarios * n_moments).reshape(n_scenarios, n_moments, 1)
            partner = self.combiner.pair(by_place(places), cell, start, asked_month, rng)
        budget_months = self.budgets.draw(cell, ratio, rng)
        budget_months[caseload] -= np.where(self.budgets.new[cell[caseload]], np.float32(0), age)
        return Clients(
            n_scenarios=n_scenarios,
            scenario=np.repeat(np.arange(n_scenarios), counts.sum(axis=(1, 2))),
            cell=cell,
            asked_month=asked_month,
            waited=np.zeros(n, dtype=np.float32),
            start=start,
            duration=duration,
            rate=agreed * ratio,
            agreed=agreed,
            budget_months=budget_months,
            profile=kind % self._n_profiles,
            crisis=crisis,
            channel=channel,
            result=result,
            repeat=repeat,
            partner=partner,
            deferred=np.zeros(n, dtype=np.bool_),
            refused=np.zeros(n, dtype=np.bool_),
            moved=np.zeros(n, dtype=np.bool_),
        )

    def _means_by_place(self, factors: Factors) -> tuple[Float32Array, Float32Array]:
        """Mean duration (months) and mean agreed units a month of a moment; both (n_scenarios, 1 + n_years, n_cells).

        The caseload (moment 0) has the intensity of the first contract year, and no duration factor: their trajectories
        began before the term.
        """
        year = np.maximum(np.arange(1 + self.n_years) - 1, 0)
        longer = self.durations.mean * (factors.duration * self.forecast.longer)[:, year][:, :, self.row]
        longer[:, 0] = self.durations.mean
        heavier = self.units.mean * (factors.intensity * self.forecast.heavier)[:, year][:, :, self.row]
        return longer.astype(np.float32), heavier.astype(np.float32)

    def _starts(
        self, counts: IntArray, caseload: BoolArray, rng: np.random.Generator
    ) -> tuple[Float32Array, IntArray]:
        """Uniform within the year asked, zero for who is sitting; and the month asked."""
        moment = np.arange(counts.shape[1], dtype=np.float32)
        january = np.maximum(moment - 1, 0) * np.float32(MONTHS)
        width = np.where(moment == 0, np.float32(0), np.float32(MONTHS))
        # rounding to 32 bits may reach the next January: one asks within the year
        latest = np.where(moment == 0, january, np.nextafter(january + width, np.float32(0)))
        by_moment = counts.sum(axis=2).ravel()
        start = rng.random(len(caseload), dtype=np.float32)
        for operation, values in ((np.multiply, width), (np.add, january), (np.minimum, latest)):
            operation(start, np.repeat(np.tile(values, len(counts)), by_moment), out=start)
        month = start.astype(np.int64)
        month += CASELOAD * caseload
        return start, month

    def _channels(self, cell: IntArray, rng: np.random.Generator) -> ChannelArray:
        """How every client came."""
        uniform = rng.random(len(cell), dtype=np.float32)
        channel: ChannelArray = (uniform >= self.channel_edges[0][cell]).astype(np.int8)
        if (self.channel_edges[1] > self.channel_edges[0]).any():
            channel += uniform >= self.channel_edges[1][cell]
        else:
            channel *= 2
        return channel

    def _profile_kinds(self, cell: IntArray, rng: np.random.Generator) -> IntArray:
        """Care form and profile in one number, the profile by the shares of the care form."""
        kind: IntArray = (self.cells.care_form * self._n_profiles)[cell]
        uniform = rng.random(len(cell), dtype=np.float32)
        for step in range(self._n_profiles - 1):
            kind += uniform >= self.profiles.cumulative_share[self.cells.care_form, step].astype(np.float32)[cell]
        return kind
