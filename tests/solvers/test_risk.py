"""Tail risk: closed forms and what holds for every CVaR."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import expon, lognorm, norm

from bekostiging_solvers import cvar, tail_weights, value_at_risk

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
