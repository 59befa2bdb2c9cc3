"""Hours budgets of clients (maatwerktraject), in closed form and drawn.

A client is authorised a units a week for W weeks: H = a W, spent in any rhythm. With rho = realised / agreed
(log-normal, mean one) and duration D it is paid at the realised rate a rho until week W / rho and then not: paid units =
a rho min(D, W / rho). Each time a budget runs out an external change gives a next one with chance r (policy
``revised_share``): W becomes (1 + K) W with P(K >= k) = r^k.

What is due at age x is paid where the client is still in care and the budget still runs, so in expectation

    E[paid] / E[a] = integral of S(x) B(x) dx,   S(x) = P(D > x),   B(x) = E[rho; (1 + K) W / rho > x],

and everything that the theory of stock and starts says of S holds for S B: see ``forecast``. Time is in months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import ndtr

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.model import Case
from bekostiging.scenarios.distributions import LogNormal, Mixed
from bekostiging.scenarios.forecast import DemandForecast, demand_forecast
from bekostiging.units import MONTHS, WEEKS_PER_MONTH
from bekostiging_solvers.typing import BoolArray, Float32Array, FloatArray, IntArray

STANDARD_WEEKS = (13, 26, 39, 52, 78, 104, 156, 208, 260)
"""Lengths of an authorisation that are tried where the case gives none."""
ENOUGH = 0.8
"""Part of the expected units that the estimated length pays at least, where the longest one does."""
SMALL = 1e-13
"""Part of the units that is left out of a sum over budgets."""
POINTS = 8
"""Gauss points in every panel of a time integral."""
MOST_BUDGETS = 60
"""Ends of budgets of one trajectory at which a panel ends."""
AT_ONCE = 32
"""Scenarios taken together: arrays that stay near the processor."""
RATIO_POINTS, RATIO_REACH = 401, 8.0
"""Points over realised over agreed, and how many standard deviations they reach."""


@dataclass(frozen=True)
class HoursBudgets:
    """Hours budgets by row of demand, or by cell (``rows``); every array (n_rows,).

    Parameters
    ----------
    months : array
        W: how long the agreed use lasts.
    sigma : array
        Standard deviation of ln rho, rho = realised over agreed use.
    revised : array
        r: chance, from 0 to 1, of a next budget when one runs out.
    new : array of bool
        Whether the caseload gets a whole budget at the switch.

    Examples
    --------
    >>> budgets = HoursBudgets(np.array([12.0]), np.array([0.0]), np.array([0.0]), np.array([False]))
    >>> budgets.running(np.array([6.0])).tolist(), budgets.running(np.array([18.0])).tolist()
    ([1.0], [0.0])
    """

    months: FloatArray
    sigma: FloatArray
    revised: FloatArray
    new: BoolArray

    def rows(self, rows: IntArray) -> HoursBudgets:
        """The budgets of some rows, in the order of ``rows``."""
        return HoursBudgets(self.months[rows], self.sigma[rows], self.revised[rows], self.new[rows])

    def draw(self, row: IntArray, ratio: Float32Array, rng: np.random.Generator) -> Float32Array:
        """Months a budget lasts from its start, (1 + K) W / rho, of clients with realised over agreed ``ratio``."""
        lasts: Float32Array = self.months.astype(np.float32)[row]
        lasts /= ratio
        if self.revised.any():
            may = np.flatnonzero(self.revised[row] > 0)
            rate = -1 / np.log(self.revised, where=self.revised > 0, out=np.full(len(self.revised), -np.inf))
            more = rng.standard_exponential(len(may), dtype=np.float32) * rate.astype(np.float32)[row[may]]
            lasts[may] *= 1 + np.floor(more)
        return lasts

    def running(self, age: FloatArray) -> FloatArray:
        """B at an ``age`` > 0, months, which broadcasts against the rows: part of what is due that is still paid."""
        total = np.zeros(np.broadcast_shapes(age.shape, self.months.shape))
        before, chance, k = total, np.ones(self.months.shape), 1
        while True:
            inside = self._ratio_below(k * self.months / age)
            total = total + chance * (inside - before)
            before, chance, k = inside, chance * self.revised, k + 1
            if not (chance * (1 - before) > SMALL).any():
                return total

    def _ratio_below(self, ratio: FloatArray) -> FloatArray:
        """E[rho; rho < ratio]: of units, not of clients."""
        known = np.where(self.sigma > 0, self.sigma, 1.0)
        return np.where(self.sigma > 0, ndtr(np.log(ratio) / known - known / 2), (ratio > 1).astype(np.float64))

    def paid_months(self, duration: Mixed) -> FloatArray:
        """E[paid] / E[a] of a start with these durations: sum over k of r^k (Lam((k + 1) W) - Lam(k W)); (n_rows,)."""
        total = np.zeros(self.months.shape)
        before, chance, k = total, np.ones(self.months.shape), 1
        while True:
            inside = self._limited(k * self.months, duration)
            total = total + chance * (inside - before)
            before, chance, k = inside, chance * self.revised, k + 1
            if not (chance * (duration.mean - before) > SMALL * duration.mean).any():
                return total

    def _limited(self, months: FloatArray, duration: Mixed) -> FloatArray:
        """Lam(w) = E[min(rho D, w)]: where D is log-normal rho D is too, with mean E[D]; else E[rho L(w / rho)]."""
        cv = np.sqrt((1 + np.square(duration.cv)) * np.exp(self.sigma**2) - 1)
        limited = LogNormal().limited_moments(months / duration.mean, cv)[0] * duration.mean
        lognormal = np.array([isinstance(law, LogNormal) for law in duration.laws])[duration.law]
        other = np.flatnonzero(~lognormal)
        if len(other):
            weight, ratio = _ratios(self.sigma[other])
            limited[other] = weight @ duration.rows(other).limited(months[other] / ratio)[0]
        return limited


def _ratios(sigma: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights (n_points,) and values (n_points, n_rows) of rho by units: ln rho is normal around sigma^2 / 2."""
    z = np.linspace(-RATIO_REACH, RATIO_REACH, RATIO_POINTS)
    weight = np.exp(-(z**2) / 2)
    return weight / weight.sum(), np.exp(sigma * z[:, None] + sigma**2 / 2)


class PaidMonths:
    """Expected client-months that budgets pay by contract year: weights made once, durations given per scenario.

    The integrals up to the end of every year are sums over Gauss points, with panels that end where a year, a budget or
    the bulk of the durations does; ``age`` and every ``weight`` (n_points, n_rows).
    """

    def __init__(self, budgets: HoursBudgets, forecast: DemandForecast) -> None:
        self.budgets, self.duration = budgets, forecast.durations
        self.n_years = len(forecast.starts)
        self.age, weight = _points(budgets, forecast.durations, self.n_years)
        self.paid = weight * budgets.running(self.age)
        ends = MONTHS * np.arange(1, self.n_years + 1)[:, None, None]
        self.since = np.maximum(ends - self.age, 0.0)
        self.stock = self._of_stock()

    def of_starts(self, duration: Mixed, n_years: int) -> FloatArray:
        """Per start spread uniformly over a year, in that year and the next ones; (n_years, n_scenarios, n_rows).

        ``duration`` of the starts, with means (n_scenarios, n_rows).
        """
        near = (self.age < MONTHS * n_years).any(axis=1)
        age, weight = self.age[near], self.paid[near] * self.since[:n_years, near] / MONTHS
        twice = np.zeros((n_years + 2, *duration.mean.shape))
        for first in range(0, len(duration.mean), AT_ONCE):
            few = slice(first, first + AT_ONCE)
            law = Mixed(duration.laws, duration.law, duration.mean[few, None], duration.cv)
            twice[2:, few] = np.einsum("ypr,cpr->ycr", weight, law.survival(age))
        return np.diff(twice, n=2, axis=0)

    def _of_stock(self) -> FloatArray:
        """Per sitting client in every year; its budget ran since its start, or is new at the switch; (n_years, n_rows)."""
        mean = self.duration.mean
        whole = self.budgets.paid_months(self.duration) * MONTHS * np.arange(1, self.n_years + 1)[:, None]
        used = (self.since * self.paid * self.duration.survival(self.age)).sum(axis=1)
        up_to = (whole - used) / mean
        left = 1 - self.duration.limited(self.age)[0] / mean
        anew = (np.sign(self.since) * self.paid * left).sum(axis=1)
        return np.diff(np.where(self.budgets.new, anew, up_to), axis=0, prepend=0.0)


def _points(budgets: HoursBudgets, duration: Mixed, n_years: int) -> tuple[FloatArray, FloatArray]:
    """Gauss points up to the end of the term and their weights; both (n_points, n_rows)."""
    horizon = float(MONTHS * n_years)
    spread = np.sqrt(np.log1p(np.square(duration.cv)))
    bulk = [duration.mean * np.exp(step * spread) for step in (-3.0, -1.0, 1.0)]
    shortest = float(budgets.months.min())
    n_budgets = min(int(np.ceil(horizon / shortest)), MOST_BUDGETS) if budgets.revised.any() else 1
    ran_out = [k * budgets.months for k in range(1, n_budgets + 1)]
    about = [budgets.months * np.exp(step * budgets.sigma) for step in (-3.0, 3.0)]
    years = [np.full(len(duration.cv), float(MONTHS * year)) for year in range(n_years + 1)]
    edges = np.sort(np.minimum(np.stack([*years, *bulk, *ran_out, *about, *duration.steps()]), horizon), axis=0)
    point, weight = leggauss(POINTS)
    width = np.diff(edges, axis=0)[:, None] / 2
    age = edges[:-1, None] + width * (1 + point[:, None])
    n_rows = len(duration.cv)
    # a panel without width has weight zero, at an age that is not zero
    return np.maximum(age, 1e-9).reshape(-1, n_rows), (width * weight[:, None]).reshape(-1, n_rows)


@kinds_checked
def hours_budgets(case: Case) -> HoursBudgets:
    """Hours budgets (maatwerktraject) of every row of table demand: as the case gives them, else estimated.

    Returns
    -------
    HoursBudgets
        Arrays (n_demand,), kept with the case.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> hours_budgets(case).months.round(1).tolist()[:3]
    [18.0, 18.0, 23.9]
    """
    return case.cache.of("hours_budgets", (), lambda: _budgets(case))


def paid_months(case: Case, n_years: int) -> PaidMonths:
    """What the budgets of a case pay, by contract year."""
    return case.cache.of(
        ("paid_months", n_years), (), lambda: PaidMonths(hours_budgets(case), demand_forecast(case, n_years))
    )


def _budgets(case: Case) -> HoursBudgets:
    """Length of the case or an estimated one, and the policies of the lot that buys the care."""
    lots = [_lot(case, row.area, row.care_form) for row in case.demand]
    spread = np.array([row.realised_cv for row in case.demand])
    plain = HoursBudgets(
        months=np.ones(len(lots)),
        sigma=np.sqrt(np.log1p(np.square(spread))),
        revised=np.array([case.policy.revised_share(lot) for lot in lots]),
        new=np.array([case.policy.new_budget(lot) for lot in lots], dtype=np.bool_),
    )
    weeks = {form.id: form.authorisation_weeks for form in case.care_forms}
    for form in {row.care_form for row in case.demand}:
        if weeks[form] is None:
            weeks[form] = estimated_weeks(case, form, plain)
    months = np.array([weeks[row.care_form] for row in case.demand], dtype=np.float64) / WEEKS_PER_MONTH
    return HoursBudgets(months, plain.sigma, plain.revised, plain.new)


def _lot(case: Case, area: str, care_form: str) -> str | None:
    """The lot that buys a care form in an area, at most one (validated)."""
    return next((lot.id for lot in case.lots if care_form in lot.care_forms and area in lot.areas), None)


def estimated_weeks(case: Case, care_form: str, budgets: HoursBudgets) -> int:
    """The shortest standard length that pays ``ENOUGH`` of the units a care form's starts are expected to use."""
    own = np.array([i for i, row in enumerate(case.demand) if row.care_form == care_form])
    for weeks in STANDARD_WEEKS[:-1]:
        months = np.full(len(case.demand), weeks / WEEKS_PER_MONTH)
        paid = paid_part(case, own, HoursBudgets(months, budgets.sigma, budgets.revised, budgets.new))
        if paid >= ENOUGH:
            return weeks
    return STANDARD_WEEKS[-1]


@kinds_checked
def paid_by_row(case: Case) -> FloatArray:
    """Part of the units of a start that its hours budget is expected to pay, E[paid] / E[R], in the first contract year.

    Returns
    -------
    array (n_demand,)
        From 0 to 1, by row of table demand.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> paid_by_row(case).round(3).tolist()[:3]
    [0.855, 0.877, 0.839]
    """
    law = demand_forecast(case, 1).durations
    return hours_budgets(case).paid_months(law) / law.mean


def paid_part(case: Case, own: IntArray, budgets: HoursBudgets) -> float:
    """E[paid] / E[R] over the starts of some rows of demand in the first contract year."""
    law = demand_forecast(case, 1).durations.rows(own)
    starts = np.array([case.demand[i].starts_per_year * case.demand[i].units_per_week for i in own])
    weight = starts if starts.sum() > 0 else np.ones(len(own))
    return float(weight @ budgets.rows(own).paid_months(law) / (weight @ law.mean))
