"""What a measure takes from the months to come: by hand, and the course that a shorter duration gives in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.monitoring.levers import SIZES, reductions, settings_of

R = 0.8
"""Part of the clients in care who are there a month later: exponential durations."""
UNITS = 100.0
SEEN, LATER = 5, 7


def _year() -> tuple[np.ndarray, np.ndarray]:
    """A steady cell of 100 units: whoever was there after the months seen stays by R, the rest is new."""
    units = np.full((2, SEEN + LATER, 1), UNITS)
    fresh = np.zeros_like(units)
    fresh[:, SEEN:, 0] = UNITS * (1 - R ** np.arange(1, LATER + 1))
    return units, fresh


def _left(name: str, size: float, urgent: float = 0.0) -> np.ndarray:
    units, fresh = _year()
    part, _ = reductions((name, size), units, fresh, SEEN, np.array([urgent]), np.array([True]))  # type: ignore[arg-type]
    return np.asarray((1 - part) * units[:, SEEN:])[0, :, 0]


def test_a_shorter_duration_is_the_closed_form_of_exponential_durations() -> None:
    """Remaining times halve: R^(2t) of who is in care, and half of what 1 - R^(2t) of the new ones was."""
    t = np.arange(1, LATER + 1)
    by_hand = UNITS * R ** (2 * t) + UNITS * (1 - R ** (2 * t)) / 2
    assert _left("duration", 0.5) == pytest.approx(by_hand)


def test_who_stays_away_and_what_is_lighter() -> None:
    t = np.arange(1, LATER + 1)
    assert _left("volume", 0.25) == pytest.approx(UNITS - 0.25 * UNITS * (1 - R**t))
    assert _left("intensity", 0.1) == pytest.approx(np.full(LATER, 90.0))
    units, fresh = _year()
    part, starts = reductions(("tariff", 0.1), units, fresh, SEEN, np.zeros(1), np.array([False]))
    assert not part.any()
    assert not starts.any()


def test_an_intake_stop_leaves_crisis_and_those_before_it() -> None:
    """From the third month on nobody starts: new ones are those of two months ago, decayed; a fifth of them is crisis."""
    t = np.arange(1, LATER + 1)
    new = UNITS * (1 - R**t)
    since = np.where(t > 2, UNITS * (1 - R ** np.maximum(t - 2, 0)), 0.0)
    assert _left("stop", 2.0) == pytest.approx(UNITS - since)
    assert _left("stop", 2.0, urgent=0.2) == pytest.approx(UNITS - 0.8 * since)
    assert _left("stop", 0.0) == pytest.approx(UNITS - new)
    assert _left("volume", 1.0) == pytest.approx(_left("stop", 0.0))


def test_every_measure_is_settled_at_every_size_and_a_stop_from_every_month_left() -> None:
    settings = settings_of(SEEN)
    assert sum(name == "stop" for name, _ in settings) == LATER
    assert len(settings) == LATER + sum(map(len, SIZES.values()))
