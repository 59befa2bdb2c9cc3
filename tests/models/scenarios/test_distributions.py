"""Every law: its moments against quadrature of its own density, its draws against its moments."""

from __future__ import annotations

from math import gamma as gamma_function

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import coefficient_of_variation
from scipy import stats
from scipy.integrate import quad

from bekostiging.scenarios.distributions import LAWS, Empirical, Law, Mixed

CVS = [0.3, 0.5, 1.0, 2.0]
N = 200_000


def _scipy(law: str, cv: float) -> object:
    """The same law of scipy, mean one."""
    if law == "lognormal":
        sigma = np.sqrt(np.log1p(cv**2))
        return stats.lognorm(sigma, scale=np.exp(-(sigma**2) / 2))
    if law == "gamma":
        return stats.gamma(1 / cv**2, scale=cv**2)
    shapes = np.linspace(0.2, 15, 200_001)
    ratio = stats.weibull_min.var(shapes) / stats.weibull_min.mean(shapes) ** 2
    shape = float(np.interp(-(cv**2), -ratio, shapes))
    return stats.weibull_min(shape, scale=1 / gamma_function(1 + 1 / shape))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("cv", CVS)
def test_limited_moments_are_integrals_of_the_survival(law: str, cv: float) -> None:
    """E[min(D, t)^k] = integral of k u^(k-1) S(u) from 0 to t, S from scipy."""
    own = _scipy(law, cv)
    for time in (0.0, 0.05, 0.7, 1.0, 3.0, 12.0):
        first, second = LAWS[law].limited_moments(np.array([time]), np.array([cv]))
        assert first[0] == pytest.approx(quad(own.sf, 0, time, limit=400)[0], abs=2e-5)  # type: ignore[attr-defined]
        expected = quad(lambda u: 2 * u * own.sf(u), 0, time, limit=400)[0]  # type: ignore[attr-defined]
        assert second[0] == pytest.approx(expected, abs=1e-4)


def _law(name: str) -> tuple[Law, float]:
    if name == "empirical":
        own = Empirical.of(np.array([3.0, 1.0, 8.0, 20.0]), np.array([5.0, 2.0, 2.0, 1.0]))
        return own, coefficient_of_variation(own)
    return LAWS[name], 0.8


@pytest.mark.parametrize("name", [*LAWS, "empirical"])
def test_draws_have_the_moments_of_the_law(name: str) -> None:
    """Mean 1 and the cv; length-biased mean 1 + cv^2; a uniform part of it (1 + cv^2) / 2 (Cox 1962)."""
    law, cv = _law(name)
    rng = np.random.default_rng(3)
    spread, row = np.array([cv]), np.zeros(N, dtype=np.int64)
    drawn = law.draw(spread, row, row < 0, rng).astype(np.float64)
    biased = law.draw(spread, row, row == 0, rng).astype(np.float64)
    assert abs(drawn.mean() - 1) < 5 * drawn.std() / np.sqrt(N)
    assert drawn.std() == pytest.approx(cv, rel=0.03)
    assert abs(biased.mean() - (1 + cv**2)) < 5 * biased.std() / np.sqrt(N)
    for time in (0.3, 1.0, 2.5):
        limited = law.limited_moments(np.array([time]), spread)[0][0]
        assert np.minimum(drawn, time).mean() == pytest.approx(limited, abs=5 * time / np.sqrt(N))
        # the equilibrium law: P(part of a length-biased draw <= t) = E[min(D, t)]
        remaining = biased * rng.random(N)
        assert (remaining <= time).mean() == pytest.approx(limited, abs=5 * 0.5 / np.sqrt(N))


def test_empirical_moments_by_hand() -> None:
    """Values 1 and 3, equally often: scaled to 0.5 and 1.5; E min(D, 1) = 0.75, squared 0.625; cv 0.5."""
    own = Empirical.of(np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    np.testing.assert_allclose(own.values, [0.5, 1.5])
    assert coefficient_of_variation(own) == pytest.approx(0.5)
    first, second = own.limited_moments(np.array([0.0, 1.0, 9.0]), np.full(3, 0.5))
    np.testing.assert_allclose(first, [0.0, 0.75, 1.0])
    np.testing.assert_allclose(second, [0.0, 0.625, 1.25])


@settings(max_examples=40, deadline=None)
@given(cv=st.floats(0.1, 3.0), time=st.floats(0.0, 50.0), name=st.sampled_from([*LAWS]))
def test_limited_moments_rise_to_the_moments(cv: float, time: float, name: str) -> None:
    near, far = (LAWS[name].limited_moments(np.array([t]), np.array([cv])) for t in (time, time * 1.5 + 0.1))
    assert -1e-12 <= near[0][0] <= min(time, 1.0) + 1e-9
    assert near[0][0] <= far[0][0] + 1e-12
    assert near[1][0] <= far[1][0] + 1e-12 <= (1 + cv**2) * (1 + 1e-9)


def test_rows_keep_their_own_law() -> None:
    mixed = Mixed(tuple(LAWS.values()), np.array([0, 1, 2]), np.array([2.0, 3.0, 4.0]), np.array([0.5, 1.0, 0.8]))
    times = np.array([1.0, 2.0, 5.0])
    first, second = mixed.limited(times)
    for i, law in enumerate(LAWS.values()):
        one, two = law.limited_moments(times[i : i + 1] / mixed.mean[i], mixed.cv[i : i + 1])
        assert first[i] == pytest.approx(one[0] * mixed.mean[i])
        assert second[i] == pytest.approx(two[0] * mixed.mean[i] ** 2)
    row = np.repeat(np.arange(3), 60_000)
    drawn = mixed.draw(row, row == 2, np.random.default_rng(1)).astype(np.float64)
    for i, mean in enumerate((1.0, 1.0, 1 + 0.8**2)):
        assert drawn[row == i].mean() == pytest.approx(mean, rel=0.02)
    np.testing.assert_allclose(mixed.lengthened(np.full((4, 3), 2.0)).limited(times)[0].shape, (4, 3))
    assert mixed.rows(np.array([2, 0])).mean.tolist() == [4.0, 2.0]
