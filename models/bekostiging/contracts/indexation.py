"""Indexation of tariffs and budgets, and what a surprise in wages or prices does to cost.

Contractstandaard Wmo v1.2 art. 3.2 (for youth lots: check the youth article): the index of year t is
forecast(t) + [final(t-1) - forecast(t-1)], wages (OVA) and materials (PPC) weighted. So a surprise in year u
is in the contract's level I from u + 1 on, while cost carries it from u.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import checked_word, kinds_checked, wrong_argument
from bekostiging.case.kinds import Count
from bekostiging.contracts.valid import require, require_fraction
from bekostiging.scenarios import CareUse, Factors
from bekostiging_solvers.typing import FloatArray

METHODS = ("additive", "multiplicative")
"""How last year's surprise is caught up: added to the index, or as the ratio of final to forecast level."""


@dataclass(frozen=True)
class IndexRule:
    """How the index of a lot follows from forecasts and final figures of wages (OVA) and materials (PPC).

    Parameters
    ----------
    weight_ova, weight_ppc : float
        From 0 to 1.
    method : str
        ``additive``, as the contract text has it, or ``multiplicative``.

    Raises
    ------
    ValueError
        A weight outside 0 to 1, another method.

    Examples
    --------
    A forecast of 3 % and 2 %, while last year's wages became 5 % where 4 % was forecast:

    >>> rule = IndexRule(weight_ova=0.9, weight_ppc=0.1, method="additive")
    >>> round(float(rule.index(forecast=(0.03, 0.02), forecast_before=(0.04, 0.02), final_before=(0.05, 0.02))), 4)
    0.038
    """

    weight_ova: float
    weight_ppc: float
    method: str

    def __post_init__(self) -> None:
        """Refuse a weight outside 0 to 1 and a method that is not known."""
        require_fraction(self, "weight_ova", "weight_ppc")
        require(self.method in METHODS, self, "method", f"one of {', '.join(METHODS)}")

    def index(
        self,
        forecast: tuple[float, float],
        forecast_before: tuple[float, float],
        final_before: tuple[FloatArray | float, FloatArray | float],
    ) -> FloatArray:
        """Index of a year from its forecast and last year's forecast and final (OVA, PPC), fractions.

        additive: sum of weight x (forecast + final_before - forecast_before); multiplicative catch-up: sum of
        weight x (forecast + (1 + final_before)/(1 + forecast_before) - 1), not compounded.
        """
        total: FloatArray = np.zeros(np.shape(final_before[0]))
        for weight, now, before, final in zip(
            (self.weight_ova, self.weight_ppc), forecast, forecast_before, final_before, strict=True
        ):
            catch_up = final - before if self.method == "additive" else (1 + final) / (1 + before) - 1
            total = total + weight * (now + catch_up)
        return total


@dataclass(frozen=True)
class PriceLevels:
    """Levels of price and cost of one lot, relative to the first contract year at its forecast index.

    Parameters
    ----------
    expected : array (n_years,)
        At forecast.
    contract : array (n_scenarios, n_years)
        I: the level of the contract over the expected level.
    cost : array (n_scenarios, n_years)
        Nominal level of cost, surprises included.
    cao : array (n_scenarios, n_years, n_care_forms)
        What the wages of a care form's own cao multiply that by.

    Examples
    --------
    >>> one = np.ones((1, 2))
    >>> levels = PriceLevels(np.array([1.0, 1.03]), np.array([[1.0, 1.01]]), one, np.ones((1, 2, 1)))
    >>> levels.price.round(4).tolist()
    [[1.0, 1.0403]]
    """

    expected: FloatArray
    contract: FloatArray
    cost: FloatArray
    cao: FloatArray

    @property
    def price(self) -> FloatArray:
        """Nominal level of tariffs and budgets; (n_scenarios, n_years)."""
        return self.expected * self.contract


def index_rule(case: Case, lot: str) -> IndexRule:
    """Return the indexation rule of a lot."""
    checked_word("lot", lot, (row.id for row in case.lots))
    policy = case.policy
    return IndexRule(policy.weight_ova(lot), policy.weight_ppc(lot), policy.indexation(lot))


@kinds_checked
def expected_level(case: Case, lot: str, n_years: Count) -> FloatArray:
    """Expected price level of a lot by contract year.

    Parameters
    ----------
    case : Case
        Gives the forecast indices, and the weights of wages and prices in the lot.
    lot : str
        Id of the lot.
    n_years : int
        Contract years.

    Returns
    -------
    array (n_years,)
        1 in the first contract year.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> expected_level(case, "youth", 3).round(6).tolist()
    [1.0, 1.029, 1.058841]
    """
    rule = index_rule(case, lot)
    return np.asarray(np.cumprod([1.0, *(1 + _expected_index(case, rule, t) for t in range(1, n_years))]))


def _forecast(case: Case, year: int) -> tuple[float, float]:
    row = next(row for row in case.indices if row.year == case.first_year + year)
    return row.ova_forecast, row.ppc_forecast


def _expected_index(case: Case, rule: IndexRule, year: int) -> float:
    ova, ppc = _forecast(case, year)
    return rule.weight_ova * ova + rule.weight_ppc * ppc


@kinds_checked
def index_of_year(case: Case, lot: str, year: int) -> float:
    """Index of a calendar year at the weights of a lot.

    Parameters
    ----------
    case : Case
        Gives table indices, and the weights of wages and prices in the lot.
    lot : str
        Id of the lot.
    year : int
        Calendar year in table indices.

    Returns
    -------
    float
        A fraction: final OVA and PPC where they are known, else the forecast.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> round(index_of_year(case, "youth", 2026), 4)
    0.029
    """
    checked_word("lot", lot, (row.id for row in case.lots))
    if year not in (known := [row.year for row in case.indices]):
        years = ", ".join(map(str, known))
        raise wrong_argument(
            "year", year, f"kies een jaar van tabel indices: {years}", f"choose a year of table indices: {years}"
        )
    return case.price_index.of_year(lot, year)


@kinds_checked
def price_levels(case: Case, lot: str, indices: CareUse | Factors) -> PriceLevels:
    """The price levels of a lot in every scenario.

    Parameters
    ----------
    case : Case
        Gives the index rule and the weights of wages and prices in the lot.
    lot : str
        Id of the lot.
    indices : CareUse or Factors
        Whose final indices count: those of a block, or of its factors.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> from bekostiging.scenarios import neutral_factors
    >>> levels = price_levels(case, "youth", neutral_factors(case, n_years=2))
    >>> levels.price.round(3).tolist(), levels.cost.round(3).tolist()  # everything as forecast
    ([[1.0, 1.029]], [[1.0, 1.029]])
    """
    rule = index_rule(case, lot)
    n_scenarios, n_years = indices.ova_final.shape
    expected = expected_level(case, lot, n_years)
    contract = np.ones((n_scenarios, n_years))
    cost = np.ones((n_scenarios, n_years))
    planned = np.array([_expected_index(case, rule, year) for year in range(n_years)])
    realised = _realised(rule, indices)
    for year in range(n_years):
        forecast = 1 + planned[year]
        cost[:, year:] *= (realised[:, year] / forecast)[:, None]
        if year > 0:
            final = (indices.ova_final[:, year - 1], indices.ppc_final[:, year - 1])
            index = rule.index(_forecast(case, year), _forecast(case, year - 1), final)
            contract[:, year:] *= ((1 + index) / forecast)[:, None]
    contract *= 1 + _within_year(case, lot, n_years) * (_realised(rule, indices) / (1 + planned) - 1)
    cao: FloatArray = np.cumprod(1 + rule.weight_ova * (indices.cao - 1), axis=1, dtype=np.float64)
    return PriceLevels(expected, contract, cost * expected, cao)


@dataclass(frozen=True)
class IndexYear:
    """The index of a lot in one calendar year, as its contract has it; fractions.

    Parameters
    ----------
    year : int
    forecast : float
        Wages and prices as they were forecast for the year.
    caught_up : float
        What the contract adds for the surprise of the year before.
    revision : float
        What is paid beside it within the year: a provisional first year, or a revision in mid-year.

    Examples
    --------
    >>> one = IndexYear(2029, forecast=0.029, caught_up=0.01, revision=0.0)
    >>> round(one.rate, 3)
    0.039
    """

    year: int
    forecast: float
    caught_up: float
    revision: float

    @property
    def rate(self) -> float:
        """By which the price level rises for good."""
        return self.forecast + self.caught_up


@kinds_checked
def index_years(case: Case, lot: str, indices: CareUse | Factors) -> tuple[IndexYear, ...]:
    """The index of a lot year by year in the first scenario: what ``price_levels`` multiplies.

    Parameters
    ----------
    case : Case
        Gives the index rule and the weights of wages and prices in the lot.
    lot : str
        Id of the lot.
    indices : CareUse or Factors
        Whose final indices count.

    Returns
    -------
    tuple of IndexYear
        One per contract year; the first has no rate, because tariffs and budgets are in its prices.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import neutral_factors
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> [round(one.rate, 4) for one in index_years(case, "youth", neutral_factors(case, n_years=3))]
    [0.0, 0.029, 0.029]
    """
    rule = index_rule(case, lot)
    n_years = indices.ova_final.shape[1]
    revised = _within_year(case, lot, n_years)
    found = []
    for year in range(n_years):
        planned = _expected_index(case, rule, year)
        surprise = float(_realised(rule, indices)[0, year]) / (1 + planned) - 1
        rate = 0.0
        if year > 0:
            final = (indices.ova_final[0, year - 1], indices.ppc_final[0, year - 1])
            rate = float(rule.index(_forecast(case, year), _forecast(case, year - 1), final))
        forecast = planned if year > 0 else 0.0
        found.append(IndexYear(case.first_year + year, forecast, rate - forecast, float(revised[year]) * surprise))
    return tuple(found)


def _realised(rule: IndexRule, indices: CareUse | Factors) -> FloatArray:
    """One plus the realised index of every year; (n_scenarios, n_years)."""
    return 1 + rule.weight_ova * indices.ova_final + rule.weight_ppc * indices.ppc_final


def _within_year(case: Case, lot: str, n_years: int) -> FloatArray:
    """Part of a year's surprise that is paid within the year, (n_years,): a revision in mid-year (``mid_year_revision``,
    the part of the year after it), and all of it in the first year where its index is provisional."""
    part = np.full(n_years, case.policy.mid_year_revision(lot))
    if case.policy.first_year_index(lot) == "provisional":
        part[0] = 1.0
    return part
