"""Tail risk: closed forms and what holds for every CVaR."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import expon, lognorm, norm

from bekostiging_solvers import (
    CVaR,
    Expectation,
    MeanCVaR,
    cvar,
    cvar_error,
    euler_contributions,
    measure_of,
    shortfall_over,
    shortfall_over_error,
    tail_weights,
    value_at_risk,
    value_at_risk_error,
)

N = 200_000
GRID = (np.arange(N) + 0.5) / N
LOSSES = arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6))
CONFIDENCE = st.floats(0.0, 0.99)


@pytest.mark.parametrize(
    ("losses", "confidence", "expected"),
    [  # known_answers.md, closed forms
        (norm.ppf(GRID), 0.95, 2.062713),
        (norm.ppf(GRID), 0.99, 2.665214),
        (lognorm.ppf(GRID, 1.0), 0.95, 8.557227),
        (expon.ppf(GRID), 0.95, 3.995732),
    ],
)
def test_closed_forms(losses: np.ndarray, confidence: float, expected: float) -> None:
    assert cvar(losses, confidence) == pytest.approx(expected, rel=2e-3)


def test_four_costs_by_hand() -> None:
    """Costs 10, 20, 30, 40 at 0.6: tail mass 1.6 scenarios, (40 + 0.6 x 30) / 1.6 = 36.25, VaR 30."""
    costs = np.array([10.0, 20.0, 30.0, 40.0])
    assert cvar(costs, 0.6) == pytest.approx(36.25)
    assert value_at_risk(costs, 0.6) == 30.0
    assert cvar(costs, 0.0) == 25.0


@given(LOSSES, CONFIDENCE, st.floats(-1e3, 1e3), st.floats(0, 10))
def test_translation_and_scaling(losses: np.ndarray, confidence: float, shift: float, scale: float) -> None:
    moved = cvar(scale * losses + shift, confidence)
    assert moved == pytest.approx(scale * cvar(losses, confidence) + shift, rel=1e-9, abs=1e-4)


@given(LOSSES, CONFIDENCE)
def test_equals_the_minimum_of_rockafellar_and_uryasev(losses: np.ndarray, confidence: float) -> None:
    """min over v of v + E[(L - v)+]/(1 - a), attained at one of the losses."""
    values = [v + np.maximum(losses - v, 0).mean() / (1 - confidence) for v in losses]
    assert cvar(losses, confidence) == pytest.approx(min(values), rel=1e-9, abs=1e-6)


@given(LOSSES, CONFIDENCE)
def test_weights_are_a_tail(losses: np.ndarray, confidence: float) -> None:
    weights = tail_weights(losses, confidence)
    assert weights.sum() == pytest.approx(1.0)
    assert (weights >= 0).all()
    assert weights.max() <= 1 / (len(losses) * (1 - confidence)) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("losses", "confidence", "message"),
    [
        (np.ones(3), 1.0, "confidence must be in"),
        (np.array([]), 0.9, "at least one scenario"),
        (np.array([1.0, np.nan]), 0.9, "not finite"),
    ],
)
def test_what_has_no_tail_is_refused(losses: np.ndarray, confidence: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cvar(losses, confidence)


@given(LOSSES, CONFIDENCE, st.integers(1, 4))
def test_probabilities_are_repeated_scenarios(losses: np.ndarray, confidence: float, times: int) -> None:
    """A scenario of twice the probability is the scenario twice."""
    counts = 1 + np.arange(len(losses)) % times
    repeated = np.repeat(losses, counts)
    p = counts / counts.sum()
    assert cvar(losses, confidence, p) == pytest.approx(cvar(repeated, confidence), rel=1e-9, abs=1e-6)
    weights = tail_weights(losses, confidence, p)
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ losses == pytest.approx(cvar(losses, confidence, p), rel=1e-6, abs=1e-3)
    assert (weights <= p / (1 - confidence) * (1 + 1e-6) + 1e-12).all()


def test_scenarios_without_probability_do_not_count() -> None:
    assert value_at_risk(np.array([1.0, 5.0, 9.0]), 0.5, [0.5, 0.5, 0.0]) == 1.0
    assert cvar(np.array([1.0, 5.0, 9.0]), 0.5, [0.5, 0.5, 0.0]) == pytest.approx(5.0)
    assert value_at_risk(np.array([-9.0, 1.0]), 0.0, [0.0, 1.0]) == 1.0


def test_the_same_for_one_column_several_and_a_frame() -> None:
    losses = np.random.default_rng(1).normal(size=(200, 3))
    frame = pd.DataFrame(losses, columns=["a", "b", "c"])
    for measure in (value_at_risk, cvar, value_at_risk_error, cvar_error):
        single = [measure(losses[:, k], 0.9) for k in range(3)]
        np.testing.assert_allclose(measure(losses, 0.9), single)
        series = measure(frame, 0.9)
        assert list(series.index) == ["a", "b", "c"]
        np.testing.assert_allclose(series.to_numpy(), single)
        assert isinstance(single[0], float)
    np.testing.assert_allclose(shortfall_over(frame, 1.0).to_numpy(), np.maximum(losses - 1, 0).mean(axis=0))
    shares = euler_contributions(frame, CVaR(0.9))
    assert list(shares.index) == ["a", "b", "c"]
    np.testing.assert_allclose(shares.to_numpy(), euler_contributions(losses, CVaR(0.9)))


def test_shortfall_by_hand() -> None:
    """E(X - 1)+ of N(0,1) is phi(1) - (1 - Phi(1))."""
    assert shortfall_over(norm.ppf(GRID), 1.0) == pytest.approx(norm.pdf(1) - norm.sf(1), rel=1e-3)


def test_standard_errors_are_the_spread_of_repetitions() -> None:
    """2,000 samples of 400 from Exp(1): the mean stated error is the observed spread, within 15 %."""
    rng = np.random.default_rng(7)
    samples = rng.exponential(size=(400, 2000))
    for measure, error, argument in (
        (value_at_risk, value_at_risk_error, 0.9),
        (cvar, cvar_error, 0.9),
        (shortfall_over, shortfall_over_error, 1.0),
    ):
        observed = measure(samples, argument).std()
        assert error(samples, argument).mean() == pytest.approx(observed, rel=0.15)


@given(
    arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=st.floats(-1e4, 1e4)), CONFIDENCE
)
def test_contributions_add_up(losses: np.ndarray, confidence: float) -> None:
    total = losses.sum(axis=1)
    for measure, value in (
        (Expectation(), total.mean()),
        (CVaR(confidence), cvar(total, confidence)),
        (MeanCVaR(2.0, confidence), total.mean() + 2 * cvar(total, confidence)),
    ):
        assert euler_contributions(losses, measure).sum() == pytest.approx(value, rel=1e-7, abs=1e-4)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [([0.5, 0.4], "add up to 0.9, must be 1"), ([1.0], "have shape"), ([1.5, -0.5], "at least 0")],
)
def test_probabilities_that_do_not_fit(probabilities: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cvar(np.array([1.0, 2.0]), 0.5, probabilities)


def test_measures_check_their_numbers() -> None:
    with pytest.raises(ValueError, match="rewards risk"):
        MeanCVaR(-1.0, 0.9)
    with pytest.raises(ValueError, match="confidence"):
        CVaR(1.0)


@pytest.mark.parametrize(
    ("made", "n"),
    [
        (lambda x: cvar_error(x, 0.0), 1),
        (lambda x: value_at_risk_error(x, 0.5), 1),
        (lambda x: shortfall_over_error(x, -10.0), 1),
        (lambda x: cvar_error(x, 0.95), 19),
        (lambda x: value_at_risk_error(x, 0.95), 19),
        (lambda x: value_at_risk_error(x, 0.05), 19),
        (lambda x: value_at_risk_error(x, 0.0), 100),
        (lambda x: shortfall_over_error(x, 99.0), 100),
        (lambda x: cvar_error(x, 0.5, np.eye(len(x))[0]), 100),
    ],
)
def test_an_error_that_cannot_be_known_is_absent(made: Callable[[np.ndarray], object], n: int) -> None:
    """One scenario, a tail of less than one, nothing beyond the limit, all probability on one scenario."""
    assert made(np.arange(float(n))) is None


def test_an_absent_error_is_missing_in_a_frame() -> None:
    frame = pd.DataFrame({"a": np.arange(20.0), "b": np.zeros(20)})
    assert cvar_error(frame.iloc[:19], 0.95).isna().all()
    assert cvar_error(frame, 0.95).notna().all()
    assert shortfall_over_error(frame, 5.0).isna().tolist() == [False, True]


def test_two_scenarios_of_unequal_weight() -> None:
    """By hand: 0 and 1 with 0.9 and 0.1: variance 0.09, 1 / 0.82 scenarios, error sqrt(0.09 / (1 / 0.82 - 1))."""
    assert cvar_error(np.array([0.0, 1.0]), 0.0, [0.9, 0.1]) == pytest.approx((0.09 / (1 / 0.82 - 1)) ** 0.5)


def test_losses_and_probabilities_with_another_index_are_refused() -> None:
    """Matched by place they would give 2 for 6; names that are equal give the answer, plain arrays have no names."""
    losses = pd.Series([0.0, 8.0], index=["dry", "wet"])
    likely = pd.Series([0.25, 0.75], index=["dry", "wet"])
    assert cvar(losses, 0.0, likely) == pytest.approx(6.0)
    assert cvar(losses, 0.0, likely.to_numpy()) == pytest.approx(6.0)
    for call in (
        lambda p: cvar(losses, 0.5, p),
        lambda p: value_at_risk(losses, 0.5, p),
        lambda p: euler_contributions(losses.to_frame(), CVaR(0.5), p),
        lambda p: measure_of(losses, CVaR(0.5), p),
    ):
        with pytest.raises(ValueError, match="probabilities and losses have a different index; reindex"):
            call(likely[::-1])
