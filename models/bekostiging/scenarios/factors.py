"""Systematic risk factors: log-normal with mean one, AR(1) over the years from the base year on.

A factor follows x_t = phi x_(t-1) + sigma e_t with x = 0 in the base year, so the lead years already
accumulate uncertainty; its multiplier is exp(x_t - Var(x_t)/2). ``level`` says how many copies there are:
one national, one per municipality, one per care form. Wages and prices: the final index of a contract year
is (1 + forecast) exp(x - Var(x)/2) - 1, with x = 0 before the first contract year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.model import Case
from bekostiging.case.tables import RiskFactor

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Factors:
    """Multipliers of one block; demand rows as in ``case.demand``.

    ``inflow`` (n_scenarios, 1 + n_years, n_demand), index 0 for the stock; ``duration`` and ``intensity``
    (n_scenarios, n_years, n_demand); ``ova_final`` and ``ppc_final`` (n_scenarios, n_years), fractions.
    """

    inflow: FloatArray
    duration: FloatArray
    intensity: FloatArray
    ova_final: FloatArray
    ppc_final: FloatArray


@dataclass(frozen=True)
class _Path:
    """One copy of one factor: loadings of its years on its own normals, largest variance first."""

    factor: RiskFactor
    copy: int
    loadings: FloatArray
    dimensions: IntArray


class FactorModel:
    """All factor paths of a case and the Sobol dimension of each principal component.

    Dimensions are given out by falling variance (principal components over time first), so that the best
    Sobol coordinates carry most of the spread.
    """

    def __init__(self, case: Case, n_years: int) -> None:
        self.case = case
        self.n_years = n_years
        copies = {
            "national": 1,
            "municipality": len(case.municipalities),
            "care_form": len(case.care_forms),
            "wages": 1,
            "prices": 1,
        }
        pieces = []
        for factor in case.risk_factors:
            lead = 0 if factor.quantity == "index" else case.lead_years
            loadings, variances = _components(factor, lead + n_years)
            pieces += [(factor, copy, loadings, variances) for copy in range(copies[factor.level])]
        sizes = [len(piece[3]) for piece in pieces]
        variances = np.concatenate([piece[3] for piece in pieces]) if pieces else np.zeros(0)
        rank = np.empty(len(variances), dtype=np.int64)
        rank[np.argsort(-variances, kind="stable")] = np.arange(len(variances))
        ranks = np.split(rank, np.cumsum(sizes)[:-1]) if pieces else []
        self.paths = tuple(_Path(p[0], p[1], p[2], own) for p, own in zip(pieces, ranks, strict=True))
        self.n_dimensions = len(variances)

    def multipliers(self, normals: FloatArray) -> Factors:
        """Return the factors of scenarios with these normals (n_scenarios, n_dimensions)."""
        case, n, years = self.case, len(normals), self.n_years
        shape = (n, 1 + years, len(case.demand))
        logs = {name: np.zeros(shape) for name in ("inflow", "duration", "intensity")}
        surprise = {"wages": np.zeros((n, years)), "prices": np.zeros((n, years))}
        for path in self.paths:
            value = normals[:, path.dimensions] @ path.loadings.T
            value -= np.square(path.loadings).sum(axis=1) / 2
            if path.factor.quantity == "index":
                surprise[path.factor.level] += value
                continue
            before = np.zeros((n, 1)) if case.lead_years == 0 else value[:, [case.lead_years - 1]]
            years_of_term = np.concatenate([before, value[:, case.lead_years :]], axis=1)
            rows = self._rows(path)
            logs[path.factor.quantity][:, :, rows] += years_of_term[:, :, None]
        forecast = neutral_factors(case, years)
        return Factors(
            np.exp(logs["inflow"]),
            np.exp(logs["duration"][:, 1:]),
            np.exp(logs["intensity"][:, 1:]),
            (1 + forecast.ova_final) * np.exp(surprise["wages"]) - 1,
            (1 + forecast.ppc_final) * np.exp(surprise["prices"]) - 1,
        )

    def _rows(self, path: _Path) -> IntArray:
        """Rows of ``case.demand`` that a copy of a factor moves."""
        case = self.case
        payer = {area.id: area.municipality for area in case.areas}
        if path.factor.level == "municipality":
            code = case.municipalities[path.copy].code
            moved = [payer[row.area] == code for row in case.demand]
        elif path.factor.level == "care_form":
            moved = [row.care_form == case.care_forms[path.copy].id for row in case.demand]
        else:
            moved = [True] * len(case.demand)
        return np.flatnonzero(moved)


def _components(factor: RiskFactor, n_years: int) -> tuple[FloatArray, FloatArray]:
    """Principal components of the AR(1) path: loadings (n_years, n_years) and their variances."""
    gap = np.arange(n_years)[:, None] - np.arange(n_years)
    # 0**0 is one: an uncorrelated factor has the identity as its response
    response = np.where(gap >= 0, factor.autocorrelation ** np.maximum(gap, 0), 0.0)
    response = factor.standard_deviation * response
    variances, vectors = np.linalg.eigh(response @ response.T)
    order = np.argsort(-variances, kind="stable")
    variances = np.maximum(variances[order], 0.0)
    return vectors[:, order] * np.sqrt(variances), variances


def neutral_factors(case: Case, n_years: int, n_courses: int = 1) -> Factors:
    """``n_courses`` equal courses with every factor at one and final indices as forecast."""
    shape = (n_courses, n_years, len(case.demand))
    forecast = {row.year: row for row in case.indices}
    term = [forecast[case.first_year + t] for t in range(n_years)]
    ova, ppc = np.array([row.ova_forecast for row in term]), np.array([row.ppc_forecast for row in term])
    return Factors(
        np.ones((n_courses, 1 + n_years, len(case.demand))),
        np.ones(shape),
        np.ones(shape),
        np.tile(ova, (n_courses, 1)),
        np.tile(ppc, (n_courses, 1)),
    )


def multiply(factors: Factors, quantity: str, years: slice, factor: FloatArray) -> None:
    """Multiply a quantity of ``shocks`` in some contract years by ``factor`` (n_courses,), in place.

    The sitting stock keeps its inflow; ``wages`` and ``prices`` multiply one plus the final index.
    """
    if quantity in ("wages", "prices"):
        index = factors.ova_final if quantity == "wages" else factors.ppc_final
        index[:, years] = (1 + index[:, years]) * factor[:, None] - 1
        return
    course = {
        "inflow": factors.inflow[:, 1:],
        "duration": factors.duration,
        "intensity": factors.intensity,
    }[quantity]
    course[:, years] *= factor[:, None, None]


def named_shock(case: Case, n_years: int, shock: str) -> Factors:
    """The course of a named shock of the case: all its rows together."""
    factors = neutral_factors(case, n_years)
    for row in case.shocks:
        if row.id == shock:
            years = slice(row.first_year - 1, row.first_year - 1 + row.years)
            multiply(factors, row.quantity, years, np.array([row.factor]))
    return factors
