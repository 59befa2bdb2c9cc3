"""Care use at expectation: what ``CareUse`` would be without chance, under any factors.

Closed form, so it has no sampling error: the reference amounts, the named shocks and the sensitivities are
made of it. Waiting is not modelled here: everybody is served when they ask.
"""

from __future__ import annotations

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.case.model import Case
from bekostiging.scenarios.arrangements import arrangement_terms, extension_ratio
from bekostiging.scenarios.care_use import MEASURES, CareUse, Cells
from bekostiging.scenarios.cells import expected_shares
from bekostiging.scenarios.claim_cap import Calendar, capped_lots, claimable_part
from bekostiging.scenarios.clients import profile_table
from bekostiging.scenarios.combinations import expected_second
from bekostiging.scenarios.distributions import Mixed
from bekostiging.scenarios.factors import Factors, neutral_factors
from bekostiging.scenarios.forecast import (
    DemandForecast,
    client_months_of_starts,
    client_months_of_stock,
    demand_forecast,
    demand_of_cells,
    integrated_survival,
)
from bekostiging.scenarios.high_cost import thresholds_of
from bekostiging.scenarios.hours_budget import PaidMonths, paid_months
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray, IntArray


@kinds_checked
def expected_care_use(case: Case, cells: Cells, n_years: Count, factors: Factors | None = None) -> CareUse:
    """Care use at expectation, in closed form: the mean of the simulation given the factors, everybody served.

    Parameters
    ----------
    case : Case
        Gives demand, the care that clients use, and the years.
    cells : Cells
        Those of the case (``build_cells``).
    n_years : int
        Contract years, at most those of the case.
    factors : Factors, optional
        Multipliers per scenario; without them one scenario with every factor at one.

    Returns
    -------
    CareUse
        A scenario for each of ``factors``. Months of a year are taken as equal; crisis, profile and result are independent
        of intensity. The excess over thresholds has no closed form: it is zero here, so a high-cost pool moves nothing.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> expected_care_use(case, cells, 2).units.sum(axis=(0, 2)).round().tolist()
    [294286.0, 296099.0]
    """
    factors = neutral_factors(case, n_years) if factors is None else factors
    forecast = demand_forecast(case, n_years)
    row = demand_of_cells(case, cells)
    shares = expected_shares(cells, row, n_years)
    starts = (forecast.starts * factors.inflow[:, 1:])[:, :, row] * shares[1:]
    units = _units(forecast, factors, row, shares)
    within = _within(paid_months(case, n_years), forecast, factors, row, shares)
    arranged = _arranged(case, cells, forecast, factors, row, shares)
    profiles, form = profile_table(case), cells.care_form
    by_profile = np.diff(profiles.cumulative_share, axis=1, prepend=0.0)[form]
    intensity, part = profiles.priced[form], profiles.result_part[form]
    at_result = (by_profile * intensity * part).sum(axis=1)
    crisis = np.array([demand.crisis_share for demand in case.demand])[row]
    spread = np.array([demand.realised_cv for demand in case.demand])[row]
    capped = np.array([*capped_lots(case), False])[cells.lot]
    claimable = np.where(capped, claimable_part(spread, Calendar(case.first_year, n_years)), 1.0)
    none, edges = np.zeros_like(units), thresholds_of(case)
    return CareUse(
        cells=cells,
        starts=starts,
        served=starts,
        waiting=none,
        refused=none,
        moved=none,
        clients_beyond_norm=none,
        weeks_beyond_norm=none,
        clients=_clients(forecast, factors, row, shares),
        second_trajectories=expected_second(case, cells, forecast, factors, row, shares),
        units=units,
        units_month=np.repeat(units / MONTHS, MONTHS, axis=1),
        units_claimable=units * claimable,
        units_within_budget=within,
        thresholds=edges,
        excess=dict.fromkeys(MEASURES, np.zeros((*units.shape, len(edges)))),
        crisis_units=units * crisis,
        crisis_units_within_budget=within * crisis,
        arrangement_units=arranged * ((by_profile * intensity).sum(axis=1) - at_result),
        arrangement_units_at_result=arranged * at_result,
        crisis_arrangement_units=arranged * (by_profile * intensity).sum(axis=1) * crisis,
        starts_by_profile=starts[..., None] * by_profile,
        successes_by_profile=starts[..., None] * by_profile * profiles.success[form],
        repeats_by_profile=starts[..., None] * by_profile * profiles.repeat[form],
        ova_final=factors.ova_final,
        ppc_final=factors.ppc_final,
        cao=factors.cao,
    )


def _arranged(
    case: Case, cells: Cells, forecast: DemandForecast, factors: Factors, row: IntArray, shares: FloatArray
) -> FloatArray:
    """Units the arrangements are priced at, as they are paid; duration factors count through extensions alone."""
    terms = arrangement_terms(case, cells)
    times = extension_ratio(terms, forecast, factors, row)
    plain = _plain(factors)
    along = _units(forecast, plain, row, shares, times)
    starts = (forecast.starts * factors.inflow[:, 1:])[:, :, row] * shares[1:] * times
    whole = (forecast.durations.mean * forecast.longer * forecast.units_per_month * forecast.heavier)[:, row]
    return np.asarray((1 - terms.at_start) * along + terms.at_start * starts * whole)


@kinds_checked
def clients_in_year(case: Case) -> FloatArray:
    """Trajectories in care at some moment of the base year: the caseload at its start plus the starts.

    Returns
    -------
    array (n_demand,)
        By row of table demand.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> clients_in_year(case).round(1).tolist()[:2]
    [1306.7, 725.8]
    """
    return np.array([row.clients_at_start + row.starts_per_year for row in case.demand])


@kinds_checked
def units_in_year(case: Case, cells: Cells, year: int) -> FloatArray:
    """Units delivered in a calendar year before the term, by a caseload in equilibrium that grew as it does later.

    Parameters
    ----------
    case : Case
        Gives demand in the base year and its growth.
    cells : Cells
        Those of the case.
    year : int
        Calendar year; also one before the base year, to which growth is continued backward.

    Returns
    -------
    array (n_cells,)
        Units of the care form of each cell, at the market shares of the first contract year.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> units_in_year(case, build_cells(case), 2024).round().tolist()[:2]
    [20237.0, 8983.0]
    """
    forecast, row = demand_forecast(case, 2), demand_of_cells(case, cells)
    back = case.first_year - year
    units = forecast.stock * forecast.units_per_month / (forecast.yearly_growth * forecast.heavier[1]) ** back
    return np.asarray((MONTHS * units)[row] * cells.market_share)


@kinds_checked
def clients_in_calendar_year(case: Case, cells: Cells, year: int) -> FloatArray:
    """Trajectories in care at some moment of a calendar year before the term, as ``clients_in_year`` grows or shrinks to it.

    Parameters
    ----------
    case : Case
        Gives demand in the base year and its growth.
    cells : Cells
        Those of the case.
    year : int
        Calendar year; also one before the base year.

    Returns
    -------
    array (n_cells,)
        At the market shares of the first contract year.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> float(clients_in_calendar_year(case, build_cells(case), 2024).sum().round(1))
    6698.4
    """
    forecast, row = demand_forecast(case, 2), demand_of_cells(case, cells)
    back = case.first_year - year
    stock = forecast.stock / forecast.yearly_growth**back
    starts = forecast.starts[0] / (forecast.yearly_growth / forecast.longer[1]) ** back
    return np.asarray((stock + starts)[row] * cells.market_share)


def _plain(factors: Factors) -> Factors:
    """The factors without duration and intensity: what an arrangement is priced at."""
    ones = np.ones_like(factors.duration)
    return Factors(factors.inflow, ones, ones, factors.ova_final, factors.ppc_final, factors.cao)


def _units(
    forecast: DemandForecast,
    factors: Factors,
    row: IntArray,
    shares: FloatArray,
    times: FloatArray | None = None,
) -> FloatArray:
    """Units per scenario, year and cell; ``times`` (n_scenarios, n_years, n_cells) counts the starts of a year anew."""
    n_scenarios, n_years, n_demand = factors.duration.shape
    duration = forecast.durations
    total = np.zeros((n_scenarios, n_years, len(row)))
    for year in range(n_years):
        begin, end = np.full(n_demand, MONTHS * year), np.full(n_demand, MONTHS * (year + 1))
        stock = forecast.stock * client_months_of_stock(begin, end, duration)
        total[:, year] = (factors.inflow[:, 0] * factors.intensity[:, 0] * stock)[:, row] * shares[0]
        for start in range(year + 1):
            shift = MONTHS * start
            months = client_months_of_starts(begin - shift, end - shift, _of_starts(forecast, factors, start))
            rate = factors.intensity[:, start] * forecast.heavier[start]
            cohort = factors.inflow[:, 1 + start] * forecast.starts[start] * rate * months
            own = cohort[:, row] * shares[1 + start]
            total[:, year] += own if times is None else own * times[:, start]
    return total * forecast.units_per_month[row]


def _within(
    months: PaidMonths, forecast: DemandForecast, factors: Factors, row: IntArray, shares: FloatArray
) -> FloatArray:
    """Units within the hours budgets per scenario, contract year and cell."""
    n_years = len(forecast.starts)
    stock = (factors.inflow[:, 0] * factors.intensity[:, 0])[:, None] * forecast.stock * months.stock
    total = stock[:, :, row] * shares[0]
    for start in range(n_years):
        rate = factors.inflow[:, 1 + start] * factors.intensity[:, start] * forecast.heavier[start]
        paid = months.of_starts(_of_starts(forecast, factors, start), n_years - start)
        cohort = (rate * forecast.starts[start] * paid)[:, :, row] * shares[1 + start]
        total[:, start:] += cohort.transpose(1, 0, 2)
    return np.asarray(total * forecast.units_per_month[row])


def _clients(forecast: DemandForecast, factors: Factors, row: IntArray, shares: FloatArray) -> FloatArray:
    """Clients in care at some moment of the year, per cell."""
    n_scenarios, n_years, n_demand = factors.duration.shape
    duration = forecast.durations
    total = np.zeros((n_scenarios, n_years, len(row)))
    for year in range(n_years):
        begin = np.full(n_demand, float(MONTHS * year))
        left = forecast.stock * (1 - integrated_survival(begin, duration) / duration.mean)
        total[:, year] = (factors.inflow[:, 0] * left)[:, row] * shares[0]
        total[:, year] += (factors.inflow[:, 1 + year] * forecast.starts[year])[:, row] * shares[1 + year]
        for start in range(year):
            since = begin - MONTHS * start
            lengthened = _of_starts(forecast, factors, start)
            alive = integrated_survival(since, lengthened)
            alive = alive - integrated_survival(since - MONTHS, lengthened)
            cohort = factors.inflow[:, 1 + start] * forecast.starts[start] * alive / MONTHS
            total[:, year] += cohort[:, row] * shares[1 + start]
    return total


def _of_starts(forecast: DemandForecast, factors: Factors, start: int) -> Mixed:
    """Durations of the starts of a contract year, per scenario."""
    return forecast.durations.lengthened(factors.duration[:, start] * forecast.longer[start])
