"""Estimators over scramblings: by hand, closed forms, and honest standard errors."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging_solvers import Scramblings

PAIRS = Scramblings(2)


def test_by_hand() -> None:
    """Four values in two scramblings: means 1.5 and 3.5, so the error is sqrt(2)/sqrt(2) = 1."""
    sample = np.array([1.0, 2.0, 3.0, 4.0])
    estimate = PAIRS.mean(sample)
    assert (estimate.value, estimate.standard_error) == (2.5, 1.0)
    assert PAIRS.probability(sample > 3.5).value == 0.25
    assert PAIRS.quantile(sample, 0.5).value == 2.0


def test_tail_mean_of_four_costs() -> None:
    """known_answers: costs 10, 20, 30, 40 equally likely, confidence 0.6: CVaR 36.25 (by hand)."""
    assert PAIRS.tail_mean(np.array([10.0, 20.0, 30.0, 40.0]), 0.6).value == pytest.approx(36.25)


def test_normal_tail_and_its_error() -> None:
    """CVaR of N(0,1) at 0.95 is 2.062713 (closed form); the error must be of the right size."""
    sample = np.random.default_rng(1).normal(size=64 * 512)
    estimate = Scramblings(64).tail_mean(sample, 0.95)
    assert estimate.value == pytest.approx(2.062713, abs=4 * estimate.standard_error)
    assert 0.01 < estimate.standard_error < 0.03


def test_deviation_error_matches_theory() -> None:
    """The standard error of a normal sample's sd is sd / sqrt(2 n) (textbook)."""
    sample = np.random.default_rng(2).normal(scale=3.0, size=400 * 100)
    estimate = Scramblings(400).deviation(sample)
    assert estimate.value == pytest.approx(3.0, abs=4 * estimate.standard_error)
    assert estimate.standard_error == pytest.approx(3 / np.sqrt(2 * 40_000), rel=0.15)


def test_intervals_cover() -> None:
    """95 % t intervals over 16 scramblings cover the true mean in 93-97 % of 2,000 repeats (2.131: t, 15)."""
    rng = np.random.default_rng(3)
    samples = rng.exponential(size=(2000, 16 * 32))
    hits = 0
    for sample in samples:
        estimate = Scramblings(16).mean(sample)
        hits += abs(estimate.value - 1.0) <= 2.131 * estimate.standard_error
    assert 0.93 < hits / 2000 < 0.97


def test_ratio_of_nothing_is_zero() -> None:
    assert PAIRS.ratio(np.ones(4), np.zeros(4)).value == 0.0
