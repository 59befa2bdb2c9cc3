"""Systematic risk factors: log-normal with mean one, AR(1) over the years from the base year on, under a copula.

A factor follows x_t = phi x_(t-1) + sigma e_t with x = 0 in the base year, so the lead years already accumulate
uncertainty; its multiplier is exp(x_t - Var(x_t)/2). ``level`` says how many copies there are: one national, one per
municipality, one per care form. Wages and prices: the final index of a contract year is
(1 + forecast) exp(x - Var(x)/2) - 1, with x = 0 before the first contract year.

The innovations e of a year are standard normal and correlated within a group (``case.correlation``): joined by a
Gaussian copula, or by a t copula with policy ``copula_freedom``, one mixing variable a year for all factors, so that
extremes come together. Every factor alone has mean one either way; a product of correlated factors has not.

Standard deviations and growth that were estimated from history differ between scenarios (``scenarios.uncertainty``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import chi2
from scipy.stats import t as student

from bekostiging.case.arguments import checked_word, kinds_checked
from bekostiging.case.correlation import GROUPS, correlation_matrix, group_of
from bekostiging.case.kinds import Count
from bekostiging.case.model import Case
from bekostiging.case.tables import RiskFactor
from bekostiging.scenarios.uncertainty import ParameterUncertainty
from bekostiging_solvers.typing import FloatArray, IntArray

NO_VARIANCE = 1e-14
"""Part of the largest variance below which a principal component is rounding."""
NEAREST_TO_ONE = 1 - 1e-16


@dataclass(frozen=True)
class Factors:
    """Multipliers of one block of scenarios; rows of demand are those of ``case.demand``.

    Parameters
    ----------
    inflow : array (n_scenarios, 1 + n_years, n_demand)
        Of the caseload (index 0) and of the starts of every contract year.
    duration, intensity : array (n_scenarios, n_years, n_demand)
        Of who starts in a contract year; the caseload has the intensity of the first year.
    ova_final, ppc_final : array (n_scenarios, n_years)
        Realised indices of wages and prices, fractions.
    cao : array (n_scenarios, n_years, n_care_forms)
        Growth of wages under the care form's own cao over that of the index.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> factors = neutral_factors(case, n_years=2)
    >>> factors.ova_final.tolist(), bool((factors.inflow == 1).all())
    ([[0.03, 0.03]], True)
    """

    inflow: FloatArray
    duration: FloatArray
    intensity: FloatArray
    ova_final: FloatArray
    ppc_final: FloatArray
    cao: FloatArray


@dataclass(frozen=True)
class _Group:
    """One copy of the factors of a group, over all years: ``loadings`` (n_factors, n_horizon, k) of their paths on k
    normals (Gaussian), or of their innovations (t copula: ``response`` (n_factors, n_horizon, n_horizon) follows);
    ``dimensions`` (k,): which normals. ``variance`` (n_factors, n_horizon) of the paths.
    """

    factors: tuple[RiskFactor, ...]
    copy: int
    loadings: FloatArray
    response: FloatArray
    variance: FloatArray
    dimensions: IntArray


class FactorModel:
    """The risk factors of tables risk_factors and correlations as a function of independent standard normals.

    Dimensions are given out by falling variance (principal components over time first), so that the best Sobol
    coordinates carry most of the spread; under a t copula the mixing variables of the years come before them. Behind them
    come the normals of what was estimated (``uncertainty``).

    Parameters
    ----------
    case : Case
    n_years : int
        Contract years.

    Raises
    ------
    ValueError
        A risk factor without standard deviation (``read_case`` estimates it).

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> model = FactorModel(case, n_years=2)
    >>> model.n_dimensions
    40
    >>> middle = model.multipliers(np.zeros((1, model.n_dimensions)))
    >>> bool((middle.inflow[:, 1:] < 1).all())  # the median of a log-normal of mean one
    True
    """

    def __init__(self, case: Case, n_years: int) -> None:
        self.case = case
        self.n_years = n_years
        self.n_horizon = case.lead_years + n_years  # the base year is the first
        self.freedom = case.policy.copula_freedom
        payers = {row.code: i for i, row in enumerate(case.municipalities)}
        payer = {area.id: payers[area.municipality] for area in case.areas}
        forms = {row.id: i for i, row in enumerate(case.care_forms)}
        self._payer = np.array([payer[row.area] for row in case.demand], dtype=np.int64)
        self._care_form = np.array([forms[row.care_form] for row in case.demand], dtype=np.int64)
        copies = (1, len(case.municipalities), len(case.care_forms))
        pieces = []
        for group, n_copies in enumerate(copies[: len(GROUPS)]):
            factors = tuple(row for row in case.risk_factors if group_of(row) == group)
            if factors:
                loadings = self._loadings(factors)
                pieces += [(factors, copy, *loadings) for copy in range(n_copies)]
        mixing = 0 if self.freedom is None else self.n_horizon
        variances = np.concatenate([piece[5] for piece in pieces]) if pieces else np.zeros(0)
        rank = np.empty(len(variances), dtype=np.int64)
        rank[np.argsort(-variances, kind="stable")] = mixing + np.arange(len(variances))
        sizes = np.cumsum([len(piece[5]) for piece in pieces])
        ranks = np.split(rank, sizes[:-1]) if pieces else []
        self.groups = tuple(_Group(*piece[:5], own) for piece, own in zip(pieces, ranks, strict=True))
        n_factors = mixing + len(variances) if pieces else 0
        self.uncertainty = ParameterUncertainty.of(case)
        self.n_dimensions = n_factors + self.uncertainty.n_normals

    def _loadings(self, factors: tuple[RiskFactor, ...]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Loadings, response, variance of the paths and of each normal, for one copy of correlated factors."""
        n, years = len(factors), self.n_horizon
        response = np.array([self._response(factor) for factor in factors])
        root = _root(np.array(correlation_matrix(factors, self.case.correlations)))
        variance = np.square(response).sum(axis=2)
        if self.freedom is None:
            # paths (factor, year) on innovations (normal, year): their principal components
            whole = np.einsum("ktu,kj->ktju", response, root).reshape(n * years, n * years)
            variances, vectors = np.linalg.eigh(whole @ whole.T)
            kept = np.flatnonzero(variances > NO_VARIANCE * max(variances[-1], np.finfo(float).tiny))[::-1]
            loadings = (vectors[:, kept] * np.sqrt(variances[kept])).reshape(n, years, -1)
            return loadings, response, variance, variances[kept]
        # innovations (factor, year) on normals (normal, year), ordered by what they do to the paths
        loadings = np.einsum("kj,tu->ktju", root, np.eye(years)).reshape(n, years, n * years)
        effect = np.einsum("kj,ktu->ju", np.square(root), np.square(response)).ravel()
        return loadings, response, variance, effect

    def _response(self, factor: RiskFactor) -> FloatArray:
        """What an innovation of year u does to the path in year t; (n_horizon, n_horizon)."""
        gap = np.arange(self.n_horizon)[:, None] - np.arange(self.n_horizon)
        # 0**0 is one: an uncorrelated factor has the identity as its response
        response = np.where(gap >= 0, factor.autocorrelation ** np.maximum(gap, 0), 0.0)
        # demand was counted in the base year, an index is known until the term begins
        known = self.case.lead_years if factor.quantity == "index" else 1
        response[:, :known] = 0.0
        if factor.standard_deviation is None:
            raise ValueError(f"risk factor {factor.id} has no standard deviation; read_case estimates it")
        return np.asarray(factor.standard_deviation * response)

    def _paths(self, group: _Group, normals: FloatArray, scales: dict[str, FloatArray]) -> FloatArray:
        """Logs of the multipliers, paths times their ``scales``; (n_scenarios, n_factors, n_horizon)."""
        paths = np.einsum("nd,ktd->nkt", normals[:, group.dimensions], group.loadings)
        if self.freedom is not None:
            mixing = chi2.ppf(ndtr(normals[:, : self.n_horizon]), self.freedom) / self.freedom
            shared = student.cdf(paths / np.sqrt(mixing)[:, None, :], self.freedom)
            innovations = ndtri(np.clip(shared, 1 - NEAREST_TO_ONE, NEAREST_TO_ONE))
            paths = np.einsum("nku,ktu->nkt", innovations, group.response)
        if not any(factor.id in scales for factor in group.factors):
            return np.asarray(paths - group.variance / 2)
        certain = np.ones(len(normals))
        scale = np.stack([scales.get(factor.id, certain) for factor in group.factors], axis=1)[:, :, None]
        return np.asarray(scale * paths - scale**2 * group.variance / 2)

    def multipliers(self, normals: FloatArray) -> Factors:
        """Return the factors of scenarios with these normals (n_scenarios, n_dimensions)."""
        case, n, years, lead = self.case, len(normals), self.n_years, self.case.lead_years
        shape = (n, 1 + years, len(case.demand))
        logs = {name: np.zeros(shape) for name in ("inflow", "duration", "intensity")}
        cao = np.zeros((n, years, len(case.care_forms)))
        surprise = {"wages": np.zeros((n, years)), "prices": np.zeros((n, years))}
        estimated = normals[:, self.n_dimensions - self.uncertainty.n_normals :]
        scales = self.uncertainty.scales(estimated)
        for group in self.groups:
            paths = self._paths(group, normals, scales)
            before = np.zeros((n, len(group.factors), 1)) if lead == 0 else paths[:, :, [lead - 1]]
            term = np.concatenate([before, paths[:, :, lead:]], axis=2)
            for factor, value in zip(group.factors, term.transpose(1, 0, 2), strict=True):
                if factor.level == "care_form" and factor.quantity == "index":
                    cao[:, :, group.copy] += value[:, 1:]
                elif factor.quantity == "index":
                    surprise[factor.level] += value[:, 1:]
                else:
                    logs[factor.quantity][:, :, self._rows(factor, group.copy)] += value[:, :, None]
        if self.uncertainty.growth_error.any():
            logs["inflow"] += self.uncertainty.growth(estimated, [lead, *(lead + t for t in range(years))])
        forecast = neutral_factors(case, years)
        return Factors(
            np.exp(logs["inflow"]),
            np.exp(logs["duration"][:, 1:]),
            np.exp(logs["intensity"][:, 1:]),
            (1 + forecast.ova_final) * np.exp(surprise["wages"]) - 1,
            (1 + forecast.ppc_final) * np.exp(surprise["prices"]) - 1,
            np.exp(cao),
        )

    def _rows(self, factor: RiskFactor, copy: int) -> IntArray:
        """Rows of ``case.demand`` that a copy of a factor moves."""
        owner = {"municipality": self._payer, "care_form": self._care_form}.get(factor.level)
        return np.arange(len(self._payer)) if owner is None else np.flatnonzero(owner == copy)


def _root(matrix: FloatArray) -> FloatArray:
    """A root of a correlation matrix, singular ones included; the identity of the identity."""
    if np.array_equal(matrix, np.eye(len(matrix))):
        return matrix
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


@kinds_checked
def neutral_factors(case: Case, n_years: Count, n_scenarios: Count = 1) -> Factors:
    """Equal scenarios with every factor at one and final indices as forecast.

    Parameters
    ----------
    case : Case
        Gives care forms, areas and forecast indices.
    n_years : int
        Contract years.
    n_scenarios : int
        Number of equal scenarios, 1 unless given; ``multiply`` and ``apply_shocks`` may change each of them.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> factors = neutral_factors(case, n_years=2, n_scenarios=3)
    >>> factors.inflow.shape, factors.duration.shape, factors.ova_final.shape
    ((3, 3, 8), (3, 2, 8), (3, 2))
    """
    shape = (n_scenarios, n_years, len(case.demand))
    forecast = {row.year: row for row in case.indices}
    term = [forecast[case.first_year + t] for t in range(n_years)]
    ova, ppc = np.array([row.ova_forecast for row in term]), np.array([row.ppc_forecast for row in term])
    return Factors(
        np.ones((n_scenarios, 1 + n_years, len(case.demand))),
        np.ones(shape),
        np.ones(shape),
        np.tile(ova, (n_scenarios, 1)),
        np.tile(ppc, (n_scenarios, 1)),
        np.ones((n_scenarios, n_years, len(case.care_forms))),
    )


@kinds_checked
def multiply(factors: Factors, quantity: str, years: slice, factor: FloatArray) -> None:
    """Multiply one quantity by a factor per scenario, in place.

    Parameters
    ----------
    factors : Factors
        Changed in place; the caseload (index 0 of ``inflow``) keeps its inflow.
    quantity : str
        ``inflow``, ``duration``, ``intensity``, or ``wages`` and ``prices``, where one plus the final index is multiplied.
    years : slice
        Contract years, 0 the first.
    factor : array (n_scenarios,)
        1 leaves the scenario as it is.

    Raises
    ------
    UserError
        Another quantity.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> factors = neutral_factors(case, n_years=3, n_scenarios=2)
    >>> multiply(factors, "inflow", slice(1, None), np.array([1.0, 1.05]))
    >>> factors.inflow[:, :, 0].tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.05, 1.05]]
    """
    checked_word("quantity", quantity, ("inflow", "duration", "intensity", "wages", "prices"))
    if quantity in ("wages", "prices"):
        index = factors.ova_final if quantity == "wages" else factors.ppc_final
        index[:, years] = (1 + index[:, years]) * factor[:, None] - 1
        return
    changed = {
        "inflow": factors.inflow[:, 1:],
        "duration": factors.duration,
        "intensity": factors.intensity,
    }[quantity]
    changed[:, years] *= factor[:, None, None]


@kinds_checked
def named_shocks(case: Case, n_years: Count, shocks: Sequence[str]) -> Factors:
    """One deterministic scenario in which named shocks of the case happen together; those on one quantity multiply.

    Parameters
    ----------
    case : Case
        Gives table shocks.
    n_years : int
        Contract years.
    shocks : sequence of str
        Ids of table shocks; another id changes nothing (``evaluation.check_shocks`` refuses it).

    Returns
    -------
    Factors
        One scenario.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> almere = read_case("almere")
    >>> named_shocks(almere, 2, ["ova_2023"]).ova_final.round(4).tolist(), neutral_factors(almere, 2).ova_final.tolist()
    ([[0.0459, 0.03]], [[0.03, 0.03]])
    """
    factors = neutral_factors(case, n_years)
    apply_shocks(case, factors, shocks)
    return factors


def apply_shocks(case: Case, factors: Factors, shocks: Sequence[str]) -> None:
    """Let named shocks of the case hit every scenario of ``factors``, in place.

    A shock on a cao multiplies one plus the growth of the wages of the care forms under that cao alone.
    """
    for row in case.shocks:
        if row.id in shocks:
            years = slice(row.first_year - 1, row.first_year - 1 + row.years)
            if row.cao:
                factors.cao[:, years, [form.cao == row.cao for form in case.care_forms]] *= row.factor
                continue
            multiply(factors, row.quantity, years, np.array([row.factor]))
