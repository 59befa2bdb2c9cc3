"""The clients of scenarios month by month: who starts, who stops, who is in care at the end of a month, what they use.

Within a year a start has a month, by the weights of its care form (table season; all alike without it). Over-dispersed
starts are a gamma mixture of Poissons with shape mean / (dispersion - 1); were every month drawn so by itself, with one
scale, a year would keep exactly the law it has, and given the count of the year the months share it by a Dirichlet law with
those shapes. So the count of a year is drawn as it always is, and ``spread_over_months`` divides it: months are then
independent negative binomials, as they are when one counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging.scenarios import Plan
from bekostiging.scenarios.clients import CASELOAD, Clients
from bekostiging.scenarios.factors import Factors
from bekostiging.scenarios.forecast import season_of
from bekostiging.scenarios.reduce import MonthTotals
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray


@dataclass(frozen=True)
class Months:
    """What happens by month; every array (n_scenarios, n_months, n_cells).

    ``caseload``: in care at the end of the month; ``months``: client-months; ``units`` in the unit of the care form.
    """

    starts: FloatArray
    stops: FloatArray
    caseload: FloatArray
    months: FloatArray
    units: FloatArray


def spread_over_months(clients: Clients, planned: Plan, factors: Factors, rng: np.random.Generator) -> Clients:
    """Give every start of a year a month by Dirichlet weights about the season, and a moment in it; nobody changes year."""
    sampler, n_years = planned.sampler, planned.n_years
    mean = sampler.forecast.starts[None] * factors.inflow[:, 1:] / MONTHS
    excess = np.maximum(sampler.dispersion - 1.0, 0.0)
    shape = np.where(excess > 0, mean / np.where(excess > 0, excess, 1.0), 1.0)
    weight = season_of(sampler.case).T
    gamma = rng.standard_gamma(shape[..., None] * weight)
    gamma = np.where((excess > 0)[None, None, :, None], gamma + 1e-12, weight)
    edges = np.cumsum(gamma / gamma.sum(axis=-1, keepdims=True), axis=-1)
    starting = np.flatnonzero(clients.asked_month != CASELOAD)
    year = np.minimum(clients.asked_month[starting] // MONTHS, n_years - 1)
    own = edges[clients.scenario[starting], year, sampler.row[clients.cell[starting]]]
    uniform = rng.random(len(starting))
    place = np.minimum((uniform[:, None] > own).sum(axis=1), MONTHS - 1)
    start, month = clients.start.copy(), clients.asked_month.copy()
    month[starting] = MONTHS * year + place
    within = rng.random(len(starting), dtype=np.float32)
    latest = np.nextafter(month[starting].astype(np.float32) + np.float32(1), np.float32(0))
    start[starting] = np.minimum(month[starting] + within, latest)
    return replace(clients, start=start, asked_month=month)


def months_of(clients: Clients, n_cells: int, n_months: int) -> Months:
    """Count the clients of a block by month and cell."""
    n = clients.n_scenarios
    group = clients.scenario * n_cells + clients.cell
    totals = MonthTotals(clients, group, n * n_cells, n_months)

    def counted(month: FloatArray, who: BoolArray) -> FloatArray:
        """How many of ``who`` have this month; months after the last are not counted."""
        inside = who & (month < n_months)
        place = group[inside] * n_months + month[inside].astype(np.int64)
        found = np.bincount(place, minlength=n * n_cells * n_months).reshape(n, n_cells, n_months)
        return np.asarray(found.transpose(0, 2, 1), dtype=np.float64)

    def totalled(rate: NDArray[Any]) -> FloatArray:
        return totals.of(rate).reshape(n, n_cells, n_months).transpose(0, 2, 1)

    started = clients.asked_month != CASELOAD
    end = clients.start.astype(np.float64) + clients.duration
    starts = counted(np.floor(clients.start), started)
    stops = counted(np.floor(end), np.ones(len(end), dtype=np.bool_))
    stock = np.bincount(group[~started], minlength=n * n_cells).reshape(n, 1, n_cells)
    caseload = np.asarray(stock + np.cumsum(starts - stops, axis=1), dtype=np.float64)
    return Months(starts, stops, caseload, totalled(np.ones(len(end))), totalled(clients.rate))
