"""Entropy pooling: closed forms, and the conditions of the optimum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from bekostiging_solvers import InfeasibleError, View, entropy_pooling

INF = np.inf


def test_a_probability_scales_both_sides() -> None:
    """P(A) = 0.8: scenarios in A get 0.8 / |A| each, the others 0.2 / |not A|; entropies by hand."""
    inside = np.arange(10) < 3
    found = entropy_pooling([View("growth", inside.astype(float), 0.8, 0.8)], 10)
    np.testing.assert_allclose(found.probabilities, np.where(inside, 0.8 / 3, 0.2 / 7), rtol=1e-6)
    entropy = 0.8 * np.log(0.8 / 0.3) + 0.2 * np.log(0.2 / 0.7)
    assert found.relative_entropy == pytest.approx(entropy, rel=1e-6)
    assert found.effective_scenarios == pytest.approx(10 * np.exp(-entropy), rel=1e-6)


def test_a_mean_tilts_the_normal_exponentially() -> None:
    """N(0, 1) with mean 0.5 becomes N(0.5, 1), relative entropy 1/8 (Kullback 1959)."""
    grid = norm.ppf((np.arange(40_000) + 0.5) / 40_000)
    found = entropy_pooling([View("mean", grid, 0.5, 0.5)], len(grid))
    p = found.probabilities
    assert p @ grid == pytest.approx(0.5, abs=1e-7)
    assert p @ grid**2 - 0.25 == pytest.approx(1.0, abs=2e-3)
    assert found.relative_entropy == pytest.approx(0.125, abs=1e-3)


def test_a_view_that_holds_already_changes_nothing() -> None:
    feature = np.linspace(-1, 1, 11)
    prior = np.arange(1.0, 12.0) / 66
    found = entropy_pooling([View("wide", feature, -0.5, 0.9), View("open", feature, -INF, INF)], 11, prior)
    np.testing.assert_allclose(found.probabilities, prior, atol=1e-9)
    assert entropy_pooling([], 11).effective_scenarios == pytest.approx(11.0)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_nothing_nearer_satisfies_the_views(seed: int) -> None:
    """Any other probabilities that satisfy them (mixtures with a feasible point) are farther from the prior."""
    rng = np.random.default_rng(seed)
    features, prior = rng.normal(size=(50, 2)), rng.dirichlet(np.ones(50))
    other = rng.dirichlet(np.ones(50))
    aimed = other @ features
    views = [View("point", features[:, 0], aimed[0], aimed[0]), View("half", features[:, 1], aimed[1] - 0.1, INF)]
    found = entropy_pooling(views, 50, prior)
    p = found.probabilities
    assert p.sum() == pytest.approx(1.0)
    assert p @ features[:, 0] == pytest.approx(aimed[0], abs=1e-6)
    assert p @ features[:, 1] >= aimed[1] - 0.1 - 1e-6
    for share in (0.01, 0.3, 1.0):
        mixed = (1 - share) * p + share * other
        assert mixed @ np.log(mixed / prior) >= found.relative_entropy - 1e-7


def test_what_cannot_be_is_named() -> None:
    feature = np.linspace(0, 1, 5)
    with pytest.raises(InfeasibleError, match="too high") as caught:
        entropy_pooling([View("too high", feature, 1.5, 2.0)], 5)
    assert "too high" in caught.value.conflict
    with pytest.raises(InfeasibleError):
        entropy_pooling([View("low", feature, 0.0, 0.2), View("high", feature, 0.6, 1.0)], 5)
    with pytest.raises(ValueError, match="view turned: low 2 is above high 1"):
        entropy_pooling([View("turned", feature, 2, 1)], 5)
    with pytest.raises(ValueError, match=r"view short: the feature has one finite number per scenario \(6\)"):
        entropy_pooling([View("short", feature, 0, 1)], 6)


def test_a_view_without_a_name_is_numbered_and_bounds_of_probabilities_are_not_named() -> None:
    """Two views that contradict each other, the second without a name; the conflict holds no empty name."""
    rain = [1.0, 1.0, 0.0, 0.0]
    views = [View("rain", rain, 0.8, 1.0), View("", rain, 0.0, 0.5)]  # type: ignore[arg-type]
    with pytest.raises(InfeasibleError, match="rain") as caught:
        entropy_pooling(views, 4)
    assert set(caught.value.conflict) == {"rain", "number 1"}
    with pytest.raises(ValueError, match=r"view number 0: low 2\.0 is above high 1\.0"):
        entropy_pooling([View("", np.ones(4), 2.0, 1.0)], 4)


def test_views_and_prior_with_another_index_are_refused() -> None:
    import pandas as pd

    rain = pd.Series([1.0, 1.0, 0.0, 0.0], index=list("abcd"))
    prior = pd.Series(np.full(4, 0.25), index=list("abcd"))
    assert entropy_pooling([View("rain", rain, 0.8, 0.8)], 4, prior).probabilities[0] == pytest.approx(0.4)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="view rain and what it goes with have a different index; reindex"):
        entropy_pooling([View("rain", rain, 0.8, 0.8)], 4, prior[::-1])  # type: ignore[arg-type]
