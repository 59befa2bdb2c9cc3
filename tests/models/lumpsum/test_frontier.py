"""The corridor designer: by hand at the ends, efficient points, and the price of certainty as a slope."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from instances import alone, random_data

from bekostiging.lumpsum import (
    FrontierPoint,
    Judge,
    LumpSumData,
    corridor_frontier,
    design_lumpsum,
    price_of_certainty,
)
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate, Scramblings


@pytest.fixture(scope="module")
def points() -> tuple[FrontierPoint, ...]:
    own = random_data(2, n_scenarios=128)
    return corridor_frontier(own, design_lumpsum(own), Judge(own, Scramblings(16)))


def test_the_designed_corridor_comes_first(points: tuple[FrontierPoint, ...]) -> None:
    assert points[0].band is None
    assert all(one.band is not None for one in points[1:])
    assert len({(one.band, one.share, one.symmetric) for one in points}) == len(points)


def test_nothing_shared_by_hand() -> None:
    """Buffer 10: b = 107.6 in every scenario, and one of twenty uses the buffer to the last euro; none more than that."""
    own = alone(free_buffer=np.array([10 * MILLION]), share_max=0.5)
    found = {
        (one.band, one.share, one.symmetric): one
        for one in corridor_frontier(own, design_lumpsum(own), _judge(own))
    }
    nothing = found[0.0, 0.0, True]
    assert nothing.tail.value / MILLION == pytest.approx(107.6, abs=1e-5)
    assert nothing.provider == "p0"
    # half of every deficit: b + 8.8 = 107.6, which in the worst future is what is paid
    half = found[0.0, 0.4, False]
    assert half.tail.value / MILLION == pytest.approx(107.6, abs=1e-5)
    # shares beyond share_max are no candidates
    assert max(one.share for one in found.values()) == 0.4


def _judge(own: LumpSumData) -> Judge:
    return Judge(own, Scramblings(2))


def test_both_ends_are_measured_on_other_scenarios() -> None:
    """The same agreement where every cost is ten higher: the buffer of 10 is passed in one of twenty scenarios."""
    own = alone(free_buffer=np.array([10 * MILLION]))
    dearer = replace(own, cost=own.cost + 10 * MILLION)
    points = corridor_frontier(own, design_lumpsum(own), Judge(dearer, Scramblings(2)))
    assert points[0].weakest.value == pytest.approx(0.05)


def test_efficient_points_are_not_beaten(points: tuple[FrontierPoint, ...]) -> None:
    """A naive comparison of every pair."""
    for one in points:
        beaten = any(
            other.tail.value <= one.tail.value
            and other.weakest.value <= one.weakest.value
            and (other.tail.value < one.tail.value or other.weakest.value < one.weakest.value)
            for other in points
        )
        assert one.efficient == (not beaten)
    assert any(one.efficient for one in points)


def test_chances_are_chances_and_errors_come_with_them(points: tuple[FrontierPoint, ...]) -> None:
    for one in points:
        assert 0 <= one.weakest.value <= 1
        assert one.tail.standard_error >= 0
        assert np.isfinite(one.tail.value)


def test_the_price_of_certainty_by_hand() -> None:
    """From 2 % to 6 % the tail falls by 8 million over four years: 2 million a point, half a million a year."""

    def point(band: float | None, chance: float, tail: float) -> FrontierPoint:
        return FrontierPoint(band, 0.5, True, Estimate(tail, 0.0), Estimate(chance, 0.0), "a", efficient=True)

    line = (point(None, 0.03, 105e6), point(0.0, 0.02, 108e6), point(0.1, 0.06, 100e6))
    without = (line[1], line[2], FrontierPoint(None, 0, True, Estimate(105e6, 0), Estimate(0.03, 0), "a"))
    assert price_of_certainty(without, 4) == pytest.approx((0.5e6, 0.02, 0.06))
    assert price_of_certainty(line[:1], 4) is None
