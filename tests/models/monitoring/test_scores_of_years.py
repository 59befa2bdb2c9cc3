"""The track record: forecasts of years whose end is known, by months before it; by hand."""

from __future__ import annotations

import pytest

from bekostiging.monitoring.scores import Score, score, track_record
from bekostiging.store import Forecast


def test_one_forecast_by_hand() -> None:
    """100 (90 to 110) where 120 came: 20 too low, outside; loss (0.1 x 30 + 0.9 x 10) / 2 = 6."""
    found = score(Forecast(2028, "2028-06", 100.0, 90.0, 110.0), 120.0, 6)
    assert found == Score(6, -20.0, False, pytest.approx(6.0), 120.0)


def test_years_without_their_december_are_not_scored() -> None:
    assert track_record([Forecast(2028, f"2028-{month:02d}", 1.0, 0.0, 2.0) for month in range(1, 12)]) == ()


def test_a_record_by_months_before_the_end() -> None:
    """Two years: June 10 % too low and outside, June 5 % too high and inside; the last report of a year is its truth."""
    found = track_record(
        [
            Forecast(2028, "2028-06", 90.0, 80.0, 95.0),
            Forecast(2028, "2028-12", 101.0, 100.0, 102.0),
            Forecast(2028, "2029-03", 100.0, 100.0, 100.0),
            Forecast(2029, "2029-06", 210.0, 190.0, 230.0),
            Forecast(2029, "2029-12", 200.0, 199.0, 201.0),
            Forecast(2030, "2030-06", 1.0, 0.0, 2.0),
        ]
    )
    assert [(one.months_before, one.n, one.coverage) for one in found] == [(6, 2, 0.5), (0, 1, 1.0)]
    assert found[0].bias == pytest.approx((-0.10 + 0.05) / 2)
    # (0.1 x 20 + 0.9 x 5) / 2 of 100, and (0.1 x 10 + 0.1 x 30) / 2 of 200
    assert found[0].pinball == pytest.approx((0.0325 + 0.01) / 2)
    assert found[1].bias == pytest.approx(0.01)


def test_a_contract_is_a_subject_of_its_own() -> None:
    """Forecasts of one contract are never compared with the outcome of another."""
    found = track_record(
        [
            Forecast(2028, "2028-06", 10.0, 9.0, 11.0, "a", "lot"),
            Forecast(2028, "2028-06", 50.0, 40.0, 60.0, "b", "lot"),
            Forecast(2028, "2028-12", 10.0, 9.0, 11.0, "a", "lot"),
            Forecast(2028, "2028-12", 50.0, 40.0, 60.0, "b", "lot"),
        ]
    )
    assert [(one.n, one.coverage, one.bias) for one in found] == [(2, 1.0, 0.0)]
