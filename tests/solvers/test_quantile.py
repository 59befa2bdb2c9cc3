"""Quantile fits: by hand, against all fits through k observations, with limits, and with many observations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from bekostiging_solvers import InfeasibleError, LinearProgram, fit_quantile

Array = np.ndarray


def _free(k: int, lower: float = -np.inf) -> LinearProgram:
    empty = np.zeros(0)
    names = tuple(f"b{i}" for i in range(k))
    return LinearProgram(
        np.zeros(k), np.full(k, lower), np.full(k, np.inf), csr_array((0, k)), empty, empty, names, ()
    )


def _with_row(k: int, row: Array, low: float, high: float) -> LinearProgram:
    return LinearProgram(
        np.zeros(k),
        np.zeros(k),
        np.full(k, np.inf),
        csr_array(row.reshape(1, k)),
        np.array([low]),
        np.array([high]),
        tuple(f"b{i}" for i in range(k)),
        ("total",),
    )


def test_one_coefficient_is_the_median_and_the_quantile() -> None:
    """Of 1, 2, 10: the median is 2 with loss 1/2 (1 + 0 + 8); at 0.9 it is 10."""
    matrix, target = np.ones((3, 1)), np.array([1.0, 2.0, 10.0])
    half = np.full(3, 0.5)
    found = fit_quantile(matrix, target, half, half, _free(1))
    assert found.x[0] == pytest.approx(2)
    assert (found.objective, found.bound) == (pytest.approx(4.5), pytest.approx(4.5))
    assert fit_quantile(matrix, target, np.full(3, 0.9), np.full(3, 0.1), _free(1)).x[0] == pytest.approx(10)


def test_least_absolute_deviations_pass_through_k_observations() -> None:
    """An optimum interpolates k observations (Koenker and Bassett 1978): the best of all such fits is no better."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        matrix, target = rng.normal(size=(14, 3)), rng.standard_t(2, size=14)
        weight = rng.uniform(0.5, 2, size=14)
        found = fit_quantile(matrix, target, weight / 2, weight / 2, _free(3))
        best = min(
            float(weight @ np.abs(target - matrix @ np.linalg.solve(matrix[list(own)], target[list(own)]))) / 2
            for own in combinations(range(14), 3)
        )
        assert found.objective == pytest.approx(best)
        assert found.bound == pytest.approx(best)


def test_the_price_of_a_row_is_what_moving_it_costs() -> None:
    rng = np.random.default_rng(4)
    matrix, target = rng.uniform(size=(300, 3)), rng.lognormal(size=300)
    half = np.full(300, 0.5)

    def loss(total: float) -> float:
        return fit_quantile(matrix, target, half, half, _with_row(3, matrix.mean(axis=0), total, total)).objective

    total = float(target.mean())
    found = fit_quantile(matrix, target, half, half, _with_row(3, matrix.mean(axis=0), total, total))
    assert float(matrix.mean(axis=0) @ found.x) == pytest.approx(total)
    step = 1e-4
    assert found.duals[0] == pytest.approx((loss(total + step) - loss(total)) / step, rel=1e-3)


def test_many_observations_reach_the_weighted_medians_of_their_profiles() -> None:
    """Profiles that exclude each other: every coefficient is its own profile's median, found without any program."""
    rng = np.random.default_rng(5)
    n, k = 30_000, 6
    profile = rng.integers(k, size=n)
    target = rng.lognormal(profile / 3, 1.0)
    half = np.full(n, 0.5)
    found = fit_quantile(np.eye(k)[profile], target, half, half, _free(k, 0.0))
    medians = np.array([np.median(target[profile == j]) for j in range(k)])
    loss = 0.5 * float(np.abs(target - medians[profile]).sum())
    assert found.objective == pytest.approx(loss, rel=1e-10)
    assert found.gap == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(found.x, medians, rtol=1e-3)


def test_limits_that_contradict_are_named() -> None:
    matrix, half = np.ones((3, 1)), np.full(3, 0.5)
    with pytest.raises(InfeasibleError) as caught:
        fit_quantile(matrix, np.arange(3.0), half, half, _with_row(1, np.ones(1), -2, -1))
    assert set(caught.value.conflict) == {"total", "b0"}


def test_slopes_that_reward_an_error_are_refused() -> None:
    with pytest.raises(ValueError, match="at least zero"):
        fit_quantile(np.ones((2, 1)), np.ones(2), np.ones(2), -np.ones(2), _free(1))
