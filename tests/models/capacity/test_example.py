"""The worked example of docs/capacity.md: pocket-calculator numbers, from the code and on the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from capacity_instances import WHOLE_YEAR, care, scenarios, supply

from bekostiging.capacity import (
    decide_capacity,
    failures,
    outcome_of,
    outcome_under,
    place_prices,
    plan_on_averages,
)
from bekostiging.units import WEEKS_PER_QUARTER, WEEKS_PER_YEAR

PAGE = " ".join((Path(__file__).parents[3] / "docs" / "capacity.md").read_text().split())
STARTS = np.array([80.0, 100.0, 150.0])[:, None, None, None] * np.array([1.0, 0.0, 0.0, 0.0])[:, None, None]
OWN = supply([{"availability_fee": 10_000.0, "usage_fee": 20_000 / WEEKS_PER_YEAR}])
DATA = care(
    OWN,
    scenarios(OWN, crisis=STARTS, n_scenarios=3),
    WHOLE_YEAR,
    weeks=WEEKS_PER_YEAR,
    weeks_left=WEEKS_PER_YEAR / 2,
    price=45_000 / WEEKS_PER_YEAR,
)


def _on_page(*texts: str) -> None:
    for text in texts:
        assert text in PAGE, text


def test_the_plan_the_price_of_a_place_and_planning_on_averages() -> None:
    plan = decide_capacity(DATA, gap=1e-9)
    outcome = outcome_of(plan)[0]
    assert plan.places[0, 0] == pytest.approx(100)
    assert outcome.costs.mean() == pytest.approx(3_616_666.67, abs=0.01)
    x = plan_on_averages(plan, None)
    averaged = outcome_under(plan, DATA.scenarios, np.zeros(0), x)
    assert averaged.places[0, 0] == pytest.approx(110)
    assert averaged.costs.mean() - outcome.costs.mean() == pytest.approx(16_666.67, abs=0.01)
    tens = replace(DATA, supply=replace(OWN, block=np.array([10.0])))
    in_tens = decide_capacity(tens, gap=1e-9)
    (price,) = place_prices(in_tens, outcome_of(in_tens)[0], np.zeros(0), None)
    assert price.block == pytest.approx(25_000 / 3 - 10_000, abs=0.01)
    _on_page("**100 places**", "**3,616.67**", "**-1.67**", "110 places", "**16.67**")


def test_the_dual_price_lies_between_the_slopes() -> None:
    """At 100 places the saving jumps from 2/3 of 25 (one place less) to 1/3 (one more): duals give a point between."""
    plan = decide_capacity(DATA, gap=1e-9)
    (price,) = place_prices(plan, outcome_of(plan)[0], np.zeros(0), None)
    assert 25_000 / 3 - 10_000 - 1e-6 <= price.margin <= 2 * 25_000 / 3 - 10_000 + 1e-6


def test_a_provider_that_fails() -> None:
    """From the third quarter on everybody it serves is bought: two quarters, in the last one for the half year left.

    The model buys the third quarter and, in the last one, the ``weeks_left``; with those one quarter the half year is 12.5.
    """
    half = replace(DATA, weeks_left=np.array([WEEKS_PER_QUARTER]))
    plan = decide_capacity(half, gap=1e-9)
    (found,) = failures(plan, np.zeros(0), None)
    assert found.extra_cost.mean() == pytest.approx((80 + 100 + 100) / 3 * 12_500, rel=1e-9)
    _on_page("**1,166.67** thousand")
