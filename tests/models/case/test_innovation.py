"""Variance of the innovation behind growth rates: by hand, and unbiased on simulated series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import toeplitz
from scipy.signal import lfilter

from bekostiging.case.client_response import AT_ONCE, response
from bekostiging.case.innovation import change_variance, innovation, pooled, still_counted
from bekostiging.case.series import NATIONAL_GROWTH, Series
from bekostiging_solvers.typing import FloatArray

SLOW = response(np.array([30.0]), np.array([60.0]))
"""Clients of whom a third follows at once."""


def test_the_national_prior_by_hand() -> None:
    """Random walk: mean growth 0.1276 / 5 a year; squared deviations over their years, two degrees of freedom."""
    logs, years = [math.log(1.06), math.log(469 / 443), math.log(474 / 469)], [1, 3, 1]
    mean = sum(logs) / 5
    by_hand = sum((x - mean * d) ** 2 / d for x, d in zip(logs, years, strict=True)) / 2
    found = innovation(NATIONAL_GROWTH, 1.0)
    assert found.variance == pytest.approx(by_hand)
    assert math.sqrt(by_hand) == pytest.approx(0.0267, abs=1e-4)


def _paths(phi: float, follow: FloatArray, shape: tuple[int, int], seed: int) -> FloatArray:
    """Clients (log) of factors that have run for long."""
    warm = 300
    noise = np.random.default_rng(seed).standard_normal((shape[0], warm + shape[1]))
    return np.asarray(lfilter(follow, [1.0], lfilter([1.0], [1.0, -phi], noise))[:, warm:])


@pytest.mark.parametrize("phi", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("follow", [AT_ONCE, SLOW], ids=["at once", "slow"])
@pytest.mark.parametrize("years", [1, 3])
def test_variance_of_the_change_of_clients(phi: float, follow: FloatArray, years: int) -> None:
    paths = _paths(phi, follow, (4_000, 12), 1)
    change = paths[:, years:] - paths[:, :-years]
    assert (change**2).mean() == pytest.approx(change_variance(years, phi, follow), rel=0.05)


@pytest.mark.parametrize("phi", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("follow", [AT_ONCE, SLOW], ids=["at once", "slow"])
def test_the_estimate_is_unbiased_and_as_wide_as_its_degrees_of_freedom_say(
    phi: float, follow: FloatArray
) -> None:
    """Innovations of 5 % in 1,500 series of seven years, one of them missing, with counting around them."""
    dispersion, size = 1.0, 200_000.0
    rng = np.random.default_rng(7)
    same = toeplitz([still_counted(span, follow) for span in range(7)])
    level = 0.05 * _paths(phi, follow, (1_500, 7), 2) + 0.03 * np.arange(7)
    mean = size * np.exp(level)
    counts = mean + np.sqrt(dispersion * mean) * (rng.standard_normal(mean.shape) @ np.linalg.cholesky(same).T)
    keep = [0, 1, 2, 4, 5, 6]
    found = []
    for own in counts:
        series = Series("a", "b", "persons_in_year", tuple(2000 + t for t in keep), tuple(own[keep]))
        found.append(innovation(series.growths(dispersion), phi, follow))
    variances = np.array([one.variance for one in found])
    assert variances.mean() == pytest.approx(0.05**2, rel=0.06)
    freedom = 2 * variances.mean() ** 2 / variances.var()  # of a chi-squared with that mean and variance
    assert found[0].freedom == pytest.approx(freedom, rel=0.15)


def test_one_growth_rate_has_no_spread() -> None:
    assert innovation(NATIONAL_GROWTH[:1], 0.7) == (0.0, 0.0)
    assert pooled([]) == (0.0, 0.0)
