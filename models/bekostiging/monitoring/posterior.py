"""The risk factors given what was seen: the mode of their normals by Gauss-Newton, and a Gaussian around it (Laplace).

z are the independent standard normals that a distribution of risk factors turns into scenarios, so the prior is the case's
own whatever that distribution is, with the uncertainty of what was estimated in it. log p(z | seen) = -z'z / 2 + the logs of
what was seen given q(z): starts (negative binomial, variance dispersion x mean), stock and stops (Poisson), units per client
(Gaussian, log). With J the derivative of q and W the information of the observations on q, the covariance is
V = (I + J' W J)^-1; scenarios of the posterior are those of the prior with z replaced by mode + V^(1/2) z. With nothing seen
that is the prior, bit for bit.

Nothing is re-weighted. Only sums of factors are identified by what is seen; z itself is never reported.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import cast

import numpy as np
from scipy.special import digamma, gammaln

from bekostiging.case import Case
from bekostiging.monitoring.expected_months import Observed, ObservedMonths
from bekostiging.scenarios import Factors, RiskFactorModel, with_factor_distribution
from bekostiging.scenarios.factor_distributions import factor_model
from bekostiging_solvers.typing import FloatArray

STEPS, HALVINGS = 12, 10
NEARLY = 1e-3
"""Largest step that ends the search."""
LONGEST = 8.0
"""Most that a normal moves in one step: beyond it the logs of what is expected are no guide."""
DIFFERENCE = 1e-4
"""Of a normal, to differentiate with."""


@dataclass(frozen=True)
class GivenWhatWasSeen:
    """A distribution of risk factors: that of the case, given what was seen of its first months.

    ``mode`` (n_dimensions,) and ``root`` (its rows) are tuples, so that the distribution is the same where its numbers are.
    """

    mode: tuple[float, ...]
    root: tuple[tuple[float, ...], ...]
    horizon: int
    """Contract years over which the inner distribution was asked."""
    inner: object = None
    name: tuple[str, str] = (
        "die van de casus, gegeven wat er is gezien",
        "that of the case, given what was seen",
    )

    def model(self, case: Case, n_years: int) -> RiskFactorModel:
        """The model over ``n_years``, at most the horizon."""
        return _Shifted(
            inner_model(case, self.inner, self.horizon), np.array(self.mode), np.array(self.root), n_years
        )


def inner_model(case: Case, inner: object, n_years: int) -> RiskFactorModel:
    """The model of the case before anything was seen, over its first contract years."""
    return factor_model(with_factor_distribution(case, inner), n_years)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Shifted:
    """The inner model at mode + root z, cut to ``n_years``."""

    inner: RiskFactorModel
    mode: FloatArray
    root: FloatArray
    n_years: int

    @property
    def n_dimensions(self) -> int:
        """As many normals as the inner model."""
        return self.inner.n_dimensions

    def multipliers(self, normals: FloatArray) -> Factors:
        """Factors of the inner model."""
        return cut(self.inner.multipliers(self.mode + normals @ self.root), self.n_years)


def cut(factors: Factors, n_years: int) -> Factors:
    """The first years of factors."""
    own = {one.name: getattr(factors, one.name)[:, :n_years] for one in fields(Factors)}
    return replace(Factors(**own), inflow=factors.inflow[:, : 1 + n_years])


@dataclass(frozen=True)
class Posterior:
    """``mode`` (n_dimensions,) of the normals, their ``covariance``, and its symmetric ``root``; ``jacobian``
    (n_observations, n_dimensions) and ``information`` (n_observations,) at the mode."""

    mode: FloatArray
    covariance: FloatArray
    root: FloatArray
    jacobian: FloatArray
    information: FloatArray

    def distribution(self, case: Case, n_years: int) -> GivenWhatWasSeen:
        """As a distribution that scenarios of the case can be drawn from."""
        root = tuple(tuple(row) for row in self.root.tolist())
        return GivenWhatWasSeen(tuple(self.mode.tolist()), root, n_years, case.factor_distribution)


def posterior_of(case: Case, months: ObservedMonths, n_years: int) -> Posterior:
    """The posterior of the normals of a case over its first contract years, those of the months seen at least."""
    model = inner_model(case, case.factor_distribution, n_years)
    n = model.n_dimensions
    observed = months.observed()
    if not len(observed.value):
        return Posterior(np.zeros(n), np.eye(n), np.eye(n), np.zeros((0, n)), np.zeros(0))

    def q(z: FloatArray) -> FloatArray:
        return months.expected(model.multipliers(z))

    return laplace(q, observed, n)


def laplace(q: object, observed: Observed, n: int) -> Posterior:
    """Mode and covariance of n standard normals given observations whose means or logs are ``q`` of them.

    ``q`` takes (n_points, n) and gives (n_points, n_observations).
    """
    expected = cast("_Expected", q)
    z = np.zeros(n)
    at = expected(z[None])[0]
    best = log_likelihood(at, observed) - z @ z / 2
    for _ in range(STEPS):
        jacobian = _jacobian(expected, z)
        score, information = score_and_information(at, observed)
        precision = np.eye(n) + jacobian.T @ (information[:, None] * jacobian)
        step = np.linalg.solve(precision, jacobian.T @ score - z)
        step = step * min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-12))
        for _ in range(HALVINGS):
            there = expected((z + step)[None])[0]
            value = log_likelihood(there, observed) - (z + step) @ (z + step) / 2
            if value >= best - 1e-12 * abs(best):
                break
            step = step / 2
        else:
            break
        z, at, best = z + step, there, value
        if np.abs(step).max() < NEARLY:
            break
    jacobian = _jacobian(expected, z)
    information = score_and_information(at, observed)[1]
    covariance = np.asarray(np.linalg.inv(np.eye(n) + jacobian.T @ (information[:, None] * jacobian)))
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root = np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
    return Posterior(z, covariance, root, jacobian, information)


class _Expected:
    """Protocol of ``q``."""

    def __call__(self, z: FloatArray) -> FloatArray:
        """(n_points, n) to (n_points, n_observations)."""
        raise NotImplementedError


def _jacobian(expected: _Expected, z: FloatArray) -> FloatArray:
    """Central differences, a few normals at a time; (n_observations, n)."""
    n = len(z)
    columns = []
    for first in range(0, n, 16):
        own = DIFFERENCE * np.eye(n)[first : first + 16]
        points = expected(np.concatenate([z + own, z - own]))
        columns.append((points[: len(own)] - points[len(own) :]) / (2 * DIFFERENCE))
    return np.concatenate(columns).T


def log_likelihood(q: FloatArray, observed: Observed) -> float:
    """Log of the probability of what was seen, up to a constant."""
    kind, y, dispersion = observed.kind, observed.value, observed.dispersion
    mean = np.exp(np.where(kind == 2, 0.0, q))
    excess = np.maximum(dispersion - 1, 1e-9)
    shape = mean / excess
    binomial = gammaln(y + shape) - gammaln(shape) - shape * np.log(dispersion)
    poisson = y * q - mean
    gaussian = -np.square(y - q) / (2 * dispersion)
    counts = np.where((kind == 0) & (dispersion > 1 + 1e-6), binomial, poisson)
    return float(np.where(kind == 2, gaussian, counts).sum())


def score_and_information(q: FloatArray, observed: Observed) -> tuple[FloatArray, FloatArray]:
    """Derivative of the log-likelihood of each observation to its q, and what it tells of q on average."""
    kind, y, dispersion = observed.kind, observed.value, observed.dispersion
    mean = np.exp(np.where(kind == 2, 0.0, q))
    excess = np.maximum(dispersion - 1, 1e-9)
    shape = mean / excess
    binomial = shape * (digamma(y + shape) - digamma(shape) - np.log(dispersion))
    wide = (kind == 0) & (dispersion > 1 + 1e-6)
    counts = np.where(wide, binomial, y - mean)
    score = np.where(kind == 2, (y - q) / dispersion, counts)
    return score, np.where(kind == 2, 1 / dispersion, mean / np.where(kind == 0, dispersion, 1.0))
