"""Design points and failure probabilities with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, norm

from bekostiging_solvers import design_point, drawn_around, weighted_probability


@pytest.mark.parametrize("beta", [0.5, 2.0, 4.0])
def test_a_linear_limit_is_exact(beta: float) -> None:
    """g = a z - beta ||a||: the point is beta a / ||a||, the probability Phi(-beta)."""
    a = np.array([3.0, -1.0, 2.0, 0.5])
    unit = a / np.linalg.norm(a)
    found = design_point(lambda z: z @ unit - beta, 4)
    assert found is not None
    assert found.distance == pytest.approx(beta, rel=1e-6)
    np.testing.assert_allclose(found.point, beta * unit, atol=1e-5)
    assert found.agreeing == found.starts
    rng = np.random.default_rng(1)
    normals, weights = drawn_around(rng.standard_normal((20_000, 4)), found.point)
    assert weights.max() <= 5
    assert weights.mean() == pytest.approx(1, abs=0.06)
    estimate = weighted_probability(normals @ unit >= beta, weights)
    assert abs(estimate.value - norm.sf(beta)) < 4 * estimate.standard_error
    assert estimate.standard_error < 0.05 * norm.sf(beta)


def test_of_two_ways_to_fail_the_nearer_is_found() -> None:
    """max(z1 - 3, 0.5 (-z1 - 2)): fails beyond 3 and below -2; the gradient at the origin points the wrong way."""

    def limit_state(z: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(z[:, 0] - 3, 0.5 * (-z[:, 0] - 2)))

    found = design_point(limit_state, 3, n_starts=16)
    assert found is not None
    assert found.distance == pytest.approx(2.0, rel=1e-4)


def test_the_probability_of_a_curved_set_is_unbiased() -> None:
    """||z|| >= 3 in three dimensions: every direction fails, one point stands for all; chi-squared tells the truth."""
    rng = np.random.default_rng(2)
    normals, weights = drawn_around(rng.standard_normal((100_000, 3)), np.array([3.0, 0.0, 0.0]))
    estimate = weighted_probability(np.square(normals).sum(axis=1) >= 9, weights)
    assert abs(estimate.value - chi2.sf(9, 3)) < 4 * estimate.standard_error
    assert estimate.standard_error < 0.05 * chi2.sf(9, 3)


def test_failing_already_and_never() -> None:
    found = design_point(lambda z: z[:, 0] + 1, 2)
    assert found is not None
    assert found.distance == 0
    assert design_point(lambda z: -1 - np.square(z).sum(axis=1), 2) is None
    assert design_point(lambda z: z[:, 0] - 20, 2) is None


@pytest.mark.parametrize(("fails", "value"), [([False] * 8, 0.0), ([True] * 8, 1.0), ([True], 1.0)])
def test_a_failure_never_or_always_seen_has_no_error(fails: list[bool], value: float) -> None:
    found = weighted_probability(np.array(fails), np.ones(len(fails)))
    assert (found.value, found.standard_error) == (value, None)
