"""What the case expects, in closed form with every risk factor at one.

Durations have the law, mean m and coefficient of variation of ``demand``. With survival S(u), the
equilibrium distribution is F_e(t) = (1/m) * integral_0^t S(u) du; starts at rate a from time 0 on and a sitting
stock of N0 clients in equilibrium occupy a m F_e(t) + N0 (1 - F_e(t)) places at time t (Cox 1962, Renewal
Theory, ch. 5). Time is in months; 12 months are 365/7 weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.distributions import LAWS, Empirical, Mixed
from bekostiging.units import MONTHS, WEEKS_PER_MONTH
from bekostiging_solvers.typing import FloatArray, IntArray


@dataclass(frozen=True)
class DemandForecast:
    """Demand per row of ``case.demand`` in the contract years, factors at one.

    ``stock`` (n_demand,): clients in care at the start of the term; ``starts`` (n_years, n_demand); ``durations``: laws
    in months and ``units_per_month`` (n_demand,) of who is in care then; ``longer`` and ``heavier`` (n_years,
    n_demand): what a start of a contract year has times those; ``yearly_growth`` (n_demand,) of the stock.
    """

    stock: FloatArray
    starts: FloatArray
    durations: Mixed
    longer: FloatArray
    units_per_month: FloatArray
    heavier: FloatArray
    yearly_growth: FloatArray


def demand_forecast(case: Case, n_years: int) -> DemandForecast:
    """Grow everything from the base year: starts by the demography of the age band times growth beyond it, durations
    and intensity each by their own growth, the stock by that of starts and durations (Little 1961)."""
    areas = {area.id: area for area in case.areas}
    bands = {form.id: form.age_band for form in case.care_forms}
    yearly = np.array(
        [
            (1 + row.growth) * (1 + getattr(areas[row.area], f"growth_{bands[row.care_form]}"))
            for row in case.demand
        ]
    )
    longer = 1 + np.array([row.growth_duration for row in case.demand])
    heavier = 1 + np.array([row.growth_intensity for row in case.demand])
    base = np.array([row.starts_per_year for row in case.demand])
    units = np.array([row.units_per_week for row in case.demand]) * WEEKS_PER_MONTH
    year, lead = np.arange(n_years)[:, None], case.lead_years
    return DemandForecast(
        stock=np.array([row.clients_at_start for row in case.demand]) * (yearly * longer) ** lead,
        starts=base * yearly ** (lead + year),
        durations=durations(case).lengthened(longer**lead),
        longer=longer**year,
        units_per_month=units * heavier**lead,
        heavier=heavier**year,
        yearly_growth=yearly * longer,
    )


def season_of(case: Case) -> FloatArray:
    """Starts of a calendar month over those of an average month, (12, n_demand): mean one, and all one without table season.

    A care form without rows is flat. Weights are divided by their mean, so that rounding moves no start to another year.
    """
    own: dict[str, FloatArray] = {}
    for row in case.season:
        own.setdefault(row.care_form, np.ones(MONTHS))[row.calendar_month - 1] = row.weight
    flat = np.ones(MONTHS)
    found = [own.get(row.care_form, flat) for row in case.demand]
    return np.stack([one if one is flat else one / one.mean() for one in found], axis=1)


def durations(case: Case) -> Mixed:
    """Durations in months, a law per row of demand; ``empirical`` is the shape of the care form's own durations."""
    own = sorted({row.care_form for row in case.demand if row.duration_distribution == "empirical"})
    names = [*LAWS, *own]
    chosen = [
        row.care_form if row.duration_distribution == "empirical" else row.duration_distribution
        for row in case.demand
    ]
    return Mixed(
        laws=(*LAWS.values(), *(empirical_durations(case, form) for form in own)),
        law=np.array([names.index(name) for name in chosen], dtype=np.int64),
        mean=np.array([row.mean_duration_weeks for row in case.demand]) / WEEKS_PER_MONTH,
        cv=np.array([row.duration_cv for row in case.demand]),
    )


def empirical_durations(case: Case, care_form: str) -> Empirical:
    """The shape of a care form's own completed durations."""
    rows = [row for row in case.durations if row.care_form == care_form]
    return Empirical.of(np.array([row.weeks for row in rows]), np.array([row.trajectories for row in rows]))


def integrated_survival(time: FloatArray, duration: Mixed) -> FloatArray:
    """Integral of S(u) from 0 to ``time``: the limited expected value E[min(D, t)]; months."""
    return duration.limited(np.maximum(time, 0.0))[0]


def twice_integrated_survival(time: FloatArray, duration: Mixed) -> FloatArray:
    """Integral of ``integrated_survival`` from 0 to ``time``: t E[min(D, t)] - E[min(D, t)^2] / 2."""
    safe = np.maximum(time, 0.0)
    first, second = duration.limited(safe)
    return np.asarray(safe * first - second / 2)


def _spread(begin: FloatArray, end: FloatArray, duration: Mixed, width: float) -> FloatArray:
    """Expected client-months in [begin, end] per start spread uniformly over [0, width]."""

    def up_to(t: FloatArray) -> FloatArray:
        """Expected client-months before t."""
        both = twice_integrated_survival(t, duration)
        return (both - twice_integrated_survival(t - width, duration)) / width

    return up_to(end) - up_to(begin)


def client_months_of_starts(begin: FloatArray, end: FloatArray, duration: Mixed) -> FloatArray:
    """Expected client-months in [begin, end] per start spread uniformly over the year that begins at 0."""
    return _spread(begin, end, duration, float(MONTHS))


def client_months_of_starts_in_month(begin: FloatArray, end: FloatArray, duration: Mixed) -> FloatArray:
    """Expected client-months in [begin, end] per start spread uniformly over the month that begins at 0."""
    return _spread(begin, end, duration, 1.0)


def client_months_of_stock(begin: FloatArray, end: FloatArray, duration: Mixed) -> FloatArray:
    """Expected client-months in [begin, end] of one client sitting in equilibrium at time 0."""

    def up_to(t: FloatArray) -> FloatArray:
        """Expected client-months before t."""
        return t - twice_integrated_survival(t, duration) / duration.mean

    return up_to(end) - up_to(begin)


def demand_of_cells(case: Case, cells: Cells) -> IntArray:
    """Row of ``case.demand`` of each cell; (n_cells,)."""
    rows = {(row.area, row.care_form): i for i, row in enumerate(case.demand)}
    return np.array(
        [rows[cells.area_ids[a], cells.care_form_ids[f]] for a, f in zip(cells.area, cells.care_form, strict=True)]
    )
