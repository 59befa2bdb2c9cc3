"""Aggregate distributions against published figures, closed forms and convolution by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import lognorm, nbinom, poisson

from bekostiging_solvers import (
    aggregate,
    discretised,
    limited_means,
    negative_binomial_log,
    poisson_log,
    transform,
)
from bekostiging_solvers.typing import FloatArray


def _lognormal(mean: float, sd: float) -> tuple[float, lognorm]:
    sigma = float(np.sqrt(np.log1p((sd / mean) ** 2)))
    return sigma, lognorm(sigma, scale=mean * np.exp(-(sigma**2) / 2))


def _limited(mean: float, sd: float, x: FloatArray) -> FloatArray:
    """E[min(Z, x)] of a log-normal (Loss Models, app. A)."""
    from scipy.special import ndtr

    sigma, law = _lognormal(mean, sd)
    safe = np.maximum(x, 1e-300)
    mu = np.log(mean) - sigma**2 / 2
    return np.where(x > 0, mean * ndtr((np.log(safe) - mu - sigma**2) / sigma) + safe * law.sf(safe), 0.0)


def test_poisson_of_lognormals_is_the_published_example() -> None:
    """Poisson(3), log-normal mean 84541.68, sd 177728.3: mean 253625.04, CV 1.344059, skewness 7.284104 (GEMAct
    documentation, recomputed)."""
    n, step = 2**18, 1000.0
    severity = discretised(lambda x: _limited(84541.68, 177728.3, x), step, n)
    total = aggregate(poisson_log(3.0, transform(severity)), n)
    x = step * np.arange(n)
    mean = float(total @ x)
    centred = x - mean
    sd = float(np.sqrt(total @ centred**2))
    assert mean == pytest.approx(253625.04, rel=1e-5)
    assert sd / mean == pytest.approx(1.344059, rel=1e-4)
    assert float(total @ centred**3) / sd**3 == pytest.approx(7.284104, rel=2e-3)


def test_a_layer_per_claim_is_the_published_example() -> None:
    """1,000,000 above 10,000 per claim: ceded mean 215187.732 (GEMAct documentation, recomputed)."""

    def ceded(x: FloatArray) -> FloatArray:
        edge = np.minimum(x, 1e6)
        return _limited(84541.68, 177728.3, edge + 1e4) - _limited(84541.68, 177728.3, np.full_like(edge, 1e4))

    n, step = 2**16, 500.0
    total = aggregate(poisson_log(3.0, transform(discretised(ceded, step, n))), n)
    assert float(total @ (step * np.arange(n))) == pytest.approx(215187.732, rel=1e-5)


def test_severity_one_gives_the_counts_back() -> None:
    one = np.zeros(256)
    one[1] = 1.0
    counts = np.arange(256)
    np.testing.assert_allclose(
        aggregate(poisson_log(20.0, transform(one)), 256), poisson(20).pmf(counts), atol=1e-14
    )
    spread = aggregate(negative_binomial_log(20.0, 1.6, transform(one)), 256)
    np.testing.assert_allclose(spread, nbinom(20 / 0.6, 1 / 1.6).pmf(counts), atol=1e-14)


def test_two_claims_by_hand() -> None:
    """Exactly two of 0, 1 or 2 with a half, a quarter and a quarter: (4, 4, 5, 2, 1) / 16."""
    severity = np.zeros(16)
    severity[:3] = 0.5, 0.25, 0.25
    total = aggregate(2 * np.log(transform(severity)), 16)
    np.testing.assert_allclose(total[:5], np.array([4, 4, 5, 2, 1]) / 16, atol=1e-12)
    means = limited_means(total, 1.0, np.array([1.0, 2.0, 2.5]))
    np.testing.assert_allclose(means, [12 / 16, 12 / 16 + 8 / 16, 20 / 16 + 0.5 * 3 / 16], atol=1e-12)


@given(mean=st.floats(0.5, 40), cv=st.floats(0.2, 1.5))
@settings(max_examples=20, deadline=None)
def test_the_mean_is_kept_whatever_the_grid(mean: float, cv: float) -> None:
    """Local moment matching: the mean of the sum is exact on a coarse grid that is long enough."""
    severity = discretised(lambda x: _limited(1.0, cv, x), 0.25, 4096)
    total = aggregate(poisson_log(mean, transform(severity)), 4096)
    assert float(total @ (0.25 * np.arange(4096))) == pytest.approx(mean, rel=2e-3 if cv > 1 else 1e-6)


HALVES = np.array([0.5, 0.5])
ONE = transform(HALVES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: transform(np.array([np.nan, 1.0])), r"probabilities\[0\] is nan; give a finite number"),
        (lambda: transform(np.zeros(0)), "no grid point"),
        (lambda: poisson_log(np.inf, ONE), "mean is finite and at least 0"),
        (lambda: poisson_log(1.0, np.array([np.nan])), "severity has at least one dimension of finite numbers"),
        (lambda: negative_binomial_log(1.0, -2.0, ONE), "dispersion is finite and at least 0, not -2"),
        (lambda: aggregate(np.array([np.nan, 0.0]), 2), "log_transform has at least one dimension"),
        (lambda: aggregate(ONE, 8), "log_transform has 2 numbers, 8 grid points ask 5"),
        (lambda: limited_means(HALVES, 0.0, np.ones(1)), "step is a finite distance above 0"),
        (lambda: limited_means(HALVES, 1.0, np.full(1, np.nan)), r"at\[0\] is nan"),
        (lambda: limited_means(HALVES, 1.0, np.ones((1, 1))), "as many dimensions"),
        (lambda: discretised(lambda x: x[:-1], 1.0, 4), "limited gives 4 numbers for 5 points"),
        (lambda: discretised(lambda x: x, 1.0, 0), "n is a number of grid points, at least 1"),
    ],
)
def test_what_is_no_distribution_is_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
    assert (
        aggregate(np.array([0.0, -np.inf]), 2).tolist() == HALVES.tolist()
    )  # the log of nothing counts as nothing
