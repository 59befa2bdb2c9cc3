"""Estimators over scramblings: by hand, closed forms, and honest standard errors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student

from bekostiging_solvers import EXACTLY_ZERO, Estimate, Scramblings, cvar_error, value_at_risk_error

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
    """90 and 95 % intervals over R scramblings cover the true mean so often: 4,000 repeats, three standard deviations.

    Over four scramblings the normal law would cover 85 %: P(abs(t_3) <= 1.96) = 0.855.
    """
    rng = np.random.default_rng(3)
    for n_scramblings in (4, 16):
        found = [Scramblings(n_scramblings).mean(own) for own in rng.normal(1.0, 1.0, (4000, n_scramblings * 4))]
        for level in (0.9, 0.95):
            inside = [low <= 1.0 <= high for low, high in (known(one.interval(level)) for one in found)]
            assert np.mean(inside) == pytest.approx(level, abs=3 * (level * (1 - level) / 4000) ** 0.5)
        normal = [low <= 1.0 <= high for low, high in (known(_normal(one).interval()) for one in found)]
        expected = student.cdf(1.959964, n_scramblings - 1) - student.cdf(-1.959964, n_scramblings - 1)
        assert np.mean(normal) == pytest.approx(expected, abs=0.015)
        assert np.mean(normal) < 0.945


def _normal(one: Estimate) -> Estimate:
    return Estimate(one.value, one.standard_error)


def known(interval: tuple[float, float] | None) -> tuple[float, float]:
    """An interval that is there."""
    assert interval is not None
    return interval


def test_interval_by_hand() -> None:
    """Tables: t of 15 degrees is 2.13145 at 0.975 and 1.75305 at 0.95; the normal law 1.95996 and 1.64485."""
    few, many = Estimate(10.0, 2.0, degrees_of_freedom=15), Estimate(10.0, 2.0)
    assert few.interval() == pytest.approx((10 - 2 * 2.13145, 10 + 2 * 2.13145), abs=1e-4)
    assert many.interval() == pytest.approx((10 - 2 * 1.95996, 10 + 2 * 1.95996), abs=1e-4)
    assert (few.half_width(0.9), many.half_width(0.9)) == pytest.approx((3.50610, 3.28971), abs=1e-4)
    assert (few.upper(0.95), many.upper(0.95)) == pytest.approx((13.50610, 13.28971), abs=1e-4)
    assert few.certainty_below(10 + 2 * 1.75305) == pytest.approx(0.95, abs=1e-5)
    assert many.certainty_below(10 + 2 * 1.64485) == pytest.approx(0.95, abs=1e-5)


@given(
    st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 200) | st.none(), st.floats(0.01, 0.99),
    st.floats(-100, 100),
)  # fmt: skip
def test_intervals_and_certainties_agree(
    value: float, error: float, freedom: int | None, level: float, factor: float
) -> None:
    one = Estimate(value, error, degrees_of_freedom=freedom)
    low, high = known(one.interval(level))
    assert (low + high) / 2 == pytest.approx(value, rel=1e-9, abs=1e-6 * error)
    assert one.upper((1 + level) / 2) == pytest.approx(high)
    upper = one.upper(level)
    assert upper is not None
    assert one.certainty_below(upper) == pytest.approx(level, abs=1e-6)
    assert one.certainty_below(value) == pytest.approx(0.5)
    scaled = known(one.scaled(factor).interval(level))
    assert scaled == pytest.approx(sorted((factor * low, factor * high)), rel=1e-9, abs=1e-6 * error)


@pytest.mark.parametrize("value", [1.0, 2.0, 3.0])
def test_an_exact_number_is_certain_and_an_unknown_error_says_nothing(value: float) -> None:
    exact, unknown = Estimate(value, 0.0, degrees_of_freedom=15), Estimate(value, None, degrees_of_freedom=15)
    assert exact.interval() == (value, value)
    assert exact.certainty_below(2.0) == (1.0 if value <= 2 else 0.0)
    assert (unknown.interval(), unknown.half_width(), unknown.upper(), unknown.certainty_below(2.0)) == (None,) * 4
    assert unknown.scaled(3.0) == Estimate(3 * value, None, degrees_of_freedom=15)
    assert unknown.plus_together(exact).standard_error is unknown.plus_independent(exact).standard_error is None


def test_sums_by_hand() -> None:
    """Errors 3 and 4: 5 when independent, at most 7 together. Welch: 5^4 / (3^4 / 9 + 4^4 / 16) = 625 / 25 = 25."""
    one, other = Estimate(1.0, 3.0, degrees_of_freedom=9), Estimate(2.0, 4.0, degrees_of_freedom=16)
    assert one.plus_independent(other) == Estimate(3.0, 5.0, degrees_of_freedom=25)
    assert one.plus_together(other) == Estimate(3.0, 7.0, degrees_of_freedom=9)
    assert one.plus_independent(EXACTLY_ZERO) == one.plus_together(EXACTLY_ZERO) == one
    assert EXACTLY_ZERO.plus_independent(EXACTLY_ZERO) == EXACTLY_ZERO


UNKNOWN: tuple[tuple[str, Callable[[], Estimate | None]], ...] = (
    ("one scrambling", lambda: Scramblings(1).mean(np.arange(8.0))),
    ("one observation", lambda: Scramblings(1).quantile(np.ones(1), 0.5)),
    ("its deviation", lambda: Scramblings(1).deviation(np.ones(1))),
    ("tail of 0.8 scenario", lambda: Scramblings(4).tail_mean(np.arange(16.0), 0.95)),
    ("the same, controlled", lambda: Scramblings(4).controlled_tail_mean(NOISE, NOISE[::-1], 0.95, EXACTLY_ZERO)),
    ("control unknown", lambda: Scramblings(4).controlled_mean(NOISE, NOISE[::-1], Estimate(1.0, None))),
    ("quantile beyond", lambda: Scramblings(4).quantile(np.arange(16.0), 0.95)),
    ("quantile below", lambda: Scramblings(4).quantile(np.arange(16.0), 0.05)),
    ("largest", lambda: Scramblings(4).quantile(np.arange(16.0), 1.0)),
    ("never seen", lambda: Scramblings(4).probability(np.zeros(16, dtype=np.bool_))),
    ("always seen", lambda: Scramblings(4).probability(np.ones(16, dtype=np.bool_))),
    ("once in every scrambling", lambda: Scramblings(4).probability(np.arange(16) % 4 == 0)),
    ("ratio seen once", lambda: Scramblings(4).ratio(np.eye(16)[3], np.eye(16)[3])),
)
NOISE = np.random.default_rng(9).normal(size=16)


@pytest.mark.parametrize(("why", "made"), UNKNOWN, ids=[why for why, _ in UNKNOWN])
def test_an_error_that_cannot_be_known_is_absent(why: str, made: Callable[[], Estimate | None]) -> None:
    found = made()
    assert found is not None
    assert found.standard_error is None


def test_a_ratio_to_nothing_is_unknown_itself() -> None:
    assert PAIRS.ratio(np.ones(4), np.zeros(4)) is None


@pytest.mark.parametrize(
    "found",
    [
        Scramblings(4).mean(np.full(16, 3.0)),
        Scramblings(4).quantile(np.full(16, 3.0), 0.5),
        Scramblings(4).deviation(np.full(16, 3.0)),
        Scramblings(4).tail_mean(np.full(16, 3.0), 0.9),
        Scramblings(4).ratio(np.arange(16.0) * 2, np.arange(16.0)),
    ],
)
def test_the_same_in_every_scenario_is_exact(found: Estimate) -> None:
    assert (found.standard_error, found.degrees_of_freedom) == (0.0, 3)


@pytest.mark.parametrize(("n", "known_"), [(9, False), (10, True), (11, True)])
def test_a_tail_of_one_scenario_has_an_error(n: int, known_: bool) -> None:
    """Ten scenarios have one in the worst tenth, although 10 x (1 - 0.9) is 0.9999999999999998."""
    sample = np.random.default_rng(n).normal(size=n)
    for found in (Scramblings(n).tail_mean(sample, 0.9), Scramblings(n).quantile(sample, 0.9)):
        assert (found.standard_error is not None) == known_


REPEATS = 400
LAWS = {"normal": lambda x: x, "lognormal": np.exp}
ACCURACY = 1.15
"""Of the mean stated error over the true spread: 400 repeats know the spread to 3.5 %, so a factor of 1.3 is seen."""


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    return np.random.default_rng(8).normal(size=(REPEATS, 16 * 64))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_error_of_a_quantile_is_its_spread(draws: np.ndarray, law: str, level: float) -> None:
    """Stated errors against the spread of the quantile over independent repetitions, and against its closed form.

    Asymptotically sqrt(p (1 - p) / n) / density (textbook), here for the median, where 1,024 is near infinity.
    """
    samples = LAWS[law](draws)
    found = [Scramblings(16).quantile(own, level) for own in samples]
    spread = np.std([one.value for one in found])
    stated = np.mean([one.standard_error for one in found])
    assert 1 / ACCURACY < stated / spread < ACCURACY
    plain = np.mean(value_at_risk_error(samples.T, level))
    assert 1 / ACCURACY < plain / spread < ACCURACY
    if level == 0.5:
        assert stated == pytest.approx((0.25 / samples.shape[1]) ** 0.5 / norm.pdf(0), rel=0.1)


@pytest.mark.parametrize("law", LAWS)
def test_error_of_cvar_is_its_spread(draws: np.ndarray, law: str) -> None:
    """CVaR at 0.95; for N(0, 1) also the closed form: variance of (x - v)+ / 0.05 over n.

    With v = 1.644854, phi = 0.103136: E(x - v)+ = phi - 0.05 v, E((x - v)+)^2 = 0.05 (1 + v^2) - v phi.
    """
    samples = LAWS[law](draws)
    found = [Scramblings(16).tail_mean(own, 0.95) for own in samples]
    spread = np.std([one.value for one in found])
    stated = np.mean([one.standard_error for one in found])
    plain = np.mean(cvar_error(samples.T, 0.95))
    assert 1 / ACCURACY < stated / spread < ACCURACY
    assert 1 / ACCURACY < plain / spread < ACCURACY
    if law == "normal":
        v = norm.ppf(0.95)
        first, second = norm.pdf(v) - 0.05 * v, 0.05 * (1 + v**2) - v * norm.pdf(v)
        expected = (second - first**2) ** 0.5 / 0.05 / samples.shape[1] ** 0.5
        assert stated == pytest.approx(expected, rel=0.1)
        assert plain == pytest.approx(expected, rel=0.1)


def test_quantile_of_points_in_equal_numbers_has_its_own_spread() -> None:
    """One dimension, the median: every scrambling has exactly half its points below it, yet the median moves."""
    rng = np.random.default_rng(5)
    points = (np.arange(32) + rng.random((200, 16, 32))) / 32
    found = [Scramblings(16).quantile(own.ravel(), 0.5) for own in points]
    stated = np.mean([one.standard_error for one in found])
    assert 0.5 < stated / np.std([one.value for one in found]) < 3.0
