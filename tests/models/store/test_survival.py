"""Kaplan and Meier by scipy's empirical distribution, a hand-made left truncation, and the errors by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bekostiging.store.estimates import _age_band
from bekostiging.store.sitting import still_in_care
from bekostiging.store.survival import kaplan_meier


def test_the_curve_is_that_of_scipy() -> None:
    """``scipy.stats.ecdf`` on right-censored durations, with ties."""
    rng = np.random.default_rng(1)
    life, censor = np.ceil(rng.exponential(30, 400)), np.ceil(rng.exponential(60, 400))
    leave, stopped = np.minimum(life, censor), life <= censor
    found = kaplan_meier(np.zeros(400), leave, stopped)
    theirs = stats.ecdf(stats.CensoredData(uncensored=leave[stopped], right=leave[~stopped])).sf
    assert found is not None
    at = np.isin(theirs.quantiles, found.age)
    np.testing.assert_allclose(found.survival, theirs.probabilities[at][: len(found.survival)], rtol=1e-12)


def test_late_entry_by_hand() -> None:
    """Ages (entry, leave): (0, 2), (0, 4), (3, 5), (1, 6 censored). At 2 three are at risk (the third enters at 3), at 4
    three, at 5 two: S = 2/3, 2/3 x 2/3, 2/3 x 2/3 x 1/2."""
    found = kaplan_meier(np.array([0.0, 0, 3, 1]), np.array([2.0, 4, 5, 6]), np.array([True, True, True, False]))
    assert found is not None
    np.testing.assert_allclose(found.age, [2, 4, 5])
    np.testing.assert_allclose(found.survival, [2 / 3, 4 / 9, 2 / 9])


def test_without_a_stop_there_is_no_curve() -> None:
    assert kaplan_meier(np.zeros(3), np.ones(3), np.zeros(3, dtype=bool)) is None


@pytest.mark.parametrize("truncated", [False, True])
def test_mean_and_spread_are_within_their_errors(truncated: bool) -> None:
    """Log-normal durations of mean 50 and coefficient of variation 0.8, seen through a window of three times the mean.

    The mean of the z-scores over 60 draws is near zero and their spread near one. The spread of durations with a heavy tail
    comes out a little low, by about one of its errors at most.
    """
    scores = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        sigma = np.sqrt(np.log1p(0.8**2))
        life = 50 * np.exp(sigma * rng.standard_normal(3000) - sigma**2 / 2)
        begin = rng.uniform(-600, 150, 3000)
        seen = (begin + life > 0) if truncated else (begin > 0)
        begin, life = begin[seen], life[seen]
        entry, end = np.maximum(-begin, 0), np.minimum(life, 150 - begin)
        found = kaplan_meier(entry, end, life <= 150 - begin)
        assert found is not None
        scores.append(((found.mean - 50) / found.mean_error, (found.cv - 0.8) / found.cv_error))
    table = np.array(scores)
    assert np.abs(table[:, 0].mean()) < (0.6 if truncated else 1.2)
    assert np.abs(table[:, 0]).max() < 5
    if truncated:
        assert 0.7 < table[:, 0].std() < 1.4
        assert np.abs(table[:, 1].mean()) < 1.1


def test_the_law_that_lies_nearest_is_found() -> None:
    rng = np.random.default_rng(2)
    for name, life in (
        ("lognormal", np.exp(rng.standard_normal(20_000))),
        ("gamma", rng.gamma(0.7, 1.0, 20_000)),
        ("weibull", rng.weibull(2.5, 20_000)),
    ):
        found = kaplan_meier(np.zeros(len(life)), life, np.ones(len(life), dtype=bool))
        assert found is not None
        assert found.law() == name


def test_the_error_of_who_is_still_in_care_by_hand() -> None:
    """Chance one half for each of three clients: 3 x 1/4 / 9 of their own, and 1/4 over 2,000 stops of the curve."""
    lasted = -np.log(1 - (np.arange(2000) + 0.5) / 2000)
    curve = kaplan_meier(np.zeros(2000), 100 * lasted, np.ones(2000, dtype=bool))
    found = still_in_care(curve, np.array([10.0, 50.0, 90.0]), 69)
    assert found.error == pytest.approx(np.sqrt(0.25 / 3 + 0.25 / 2000), rel=0.01)


def test_who_has_no_year_of_birth_has_no_age() -> None:
    assert _age_band(np.array([0, 0, 1990]), 2025, "wmo") == "18_64"
    assert _age_band(np.array([0, 0, 1950]), 2025, "wmo") == "65_plus"
