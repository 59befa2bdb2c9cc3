"""The alarm of the inflow: false alarms as promised, planted shifts seen, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.case import UserError
from bekostiging.monitoring.alarm import AlarmRule, alarm_rule

STARTS, DISPERSION, LEVEL = 590.0, 1.6, 0.03
"""Starts a month and their dispersion in a large municipality; the level of the year is uncertain by 3 %."""


def years(n: int, shift: float, seed: int, level: float = LEVEL) -> tuple[AlarmRule, np.ndarray]:
    """The rule and the starts of n years, by series (total and two laws), with a shift from March on."""
    rng = np.random.default_rng(seed)
    means = np.full((2, 12), STARTS / 2)
    levels = level * rng.standard_normal((2000, 1)) * np.ones((1, 2))
    rule = alarm_rule(means, np.full(2, DISPERSION), levels, seed=1)
    mean = means[None] * np.exp(level * rng.standard_normal((n, 1, 1)))
    mean[:, :, 2:] *= 1 + shift
    excess = DISPERSION - 1
    counts = rng.poisson(excess * rng.standard_gamma(mean / excess)).astype(float)
    return rule, np.concatenate([counts.sum(axis=1, keepdims=True), counts], axis=1)


def alarmed(rule: AlarmRule, counts: np.ndarray, reports: int) -> float:
    """Part of the years with an alarm by a report."""
    return float(rule.alarms(counts)[..., :reports].any(axis=(1, 2)).mean())


def test_false_alarms_are_as_promised() -> None:
    """Five of a hundred years, by the total or either law at any report; 4,000 years have an error of 0.35 of a hundred."""
    rule, counts = years(4000, 0.0, seed=2)
    assert alarmed(rule, counts, 12) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(
    ("level", "shift", "reports", "least"),
    [(0.03, 0.15, 6, 0.80), (0.03, 0.10, 11, 0.65), (0.05, 0.15, 6, 0.78), (0.05, 0.10, 11, 0.62)],
)
def test_planted_shifts_are_seen(level: float, shift: float, reports: int, least: float) -> None:
    """More inflow from March on, by the reports through June and November: 0.80 and 0.65 are asked. Where the level is
    uncertain by 5 % they are just reached; years and threshold together have a standard error of 0.01."""
    rule, counts = years(3000, shift, seed=3, level=level)
    assert alarmed(rule, counts, reports) >= least


def test_a_fall_is_seen_too_but_needs_more() -> None:
    """Of the false alarms one in ten is for falls: the same step down is seen less often."""
    rule, up = years(1500, 0.15, seed=3)
    _, down = years(1500, -0.15, seed=3)
    assert 0.5 < alarmed(rule, down, 12) < alarmed(rule, up, 12)
    assert rule.below > rule.threshold


def test_what_lasted_two_months_is_not_yet_a_shift() -> None:
    """An eighth more in the last two months is none; with the third month it is, from the right month on."""
    rule, _ = years(1, 0.0, seed=5)
    counts = rule.means.copy()
    counts[:, 4:7] *= 1.125
    assert rule.sounded(counts[:, :6]) is None
    assert not rule.alarms(counts[:, :6]).any()
    assert rule.sounded(counts[:, :7]) == (0, 4)
    assert rule.alarms(counts[:, :7])[0].tolist() == [False] * 6 + [True]
    assert np.isinf(rule.smallest_shift(10)).all()


def test_five_percent_cannot_be_seen_within_the_year() -> None:
    rule, counts = years(1500, 0.05, seed=4)
    assert alarmed(rule, counts, 12) < 0.5
    assert rule.smallest_shift(2)[0, -1] > 0.05


def test_the_smallest_shift_is_seen_in_eight_of_ten_years() -> None:
    """The shift that is printed for a report is seen by the test of that month, or an earlier one, at least as often."""
    rule, _ = years(1, 0.0, seed=5)
    shift = float(rule.smallest_shift(2)[0, 8])
    assert alarmed(rule, years(1500, shift, seed=6)[1], 9) >= 0.78


def test_statistic_by_hand() -> None:
    """Two months of 100, dispersion 1, a known level, the second 20 above: 0.2 / sqrt(0.02) over both months, and
    0.2 / sqrt(0.01) from the second on."""
    rule = AlarmRule(np.full((1, 2), 100.0), np.ones(1), np.zeros(1), 3.0, 3.0, np.zeros((1, 2, 2)))
    assert rule.statistics(np.array([[100.0, 120.0]]))[0] == pytest.approx([0.2 / np.sqrt(0.02), 2.0])


def test_a_month_without_expectation_is_refused() -> None:
    with pytest.raises(UserError, match="above zero"):
        alarm_rule(np.zeros((1, 12)), np.ones(1), np.zeros((1, 1)), seed=1)
