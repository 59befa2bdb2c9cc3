"""Safety places: raised to the next block until the count keeps the norm, within every rule; or named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from capacity_instances import care, clients_of, scenarios, supply

from bekostiging.capacity import (
    CapacityClients,
    CapacityData,
    Safety,
    count_waiting,
    decide_capacity,
    norm_checks,
    outcome_of,
    safety_places,
)
from bekostiging.capacity.count import CountedWaiting
from bekostiging.capacity.safety import excess, late_by_place, places_needed
from bekostiging.capacity.waiting import measured
from bekostiging.units import QUARTERS
from bekostiging_solvers import Scramblings

WAVE = clients_of([2.0] * 4, [3.0] * 4)
"""Four who ask on one day and stay a quarter: the plan, in whole quarters, has room for them in two places, half a
quarter each; two wait in the queue."""


def instance(
    offers: list[dict[str, Any]] | None = None, lots: list[dict[str, Any]] | None = None, **changes: Any
) -> CapacityData:
    """A wave of four clients in one quarter at the given offers, by default of at least two places, in blocks of one."""
    own = supply(
        offers or [{"minimum": 2, "maximum": 9, "availability_fee": 1000.0}],
        None,
        lots or [{"least": 1}],
    )
    future = scenarios(own, regular=np.array([4, 0, 0, 0])[None, :, None, None])
    norm = {"norm": "expected", "allowed": 0.1, "norm_weeks": 0.0, "adhoc_most": 0.0}
    return care(own, future, [0.5, 0.5], **(norm | changes))


def found(data: CapacityData, clients: CapacityClients = WAVE) -> tuple[Safety, float]:
    """The safety places, and what the norm then counts."""
    plan = decide_capacity(data)
    outcome = outcome_of(plan)[0]
    safety = safety_places(plan, outcome, clients, Scramblings(1))
    counted = count_waiting(outcome, clients, safety.places)
    return safety, norm_checks(counted, Scramblings(1))[0].value.value


def test_raised_until_the_count_keeps_the_norm() -> None:
    """Two places leave two waiting at the end of the first quarter, a mean of 0.5 where 0.1 is allowed: over by 0.4, a
    place. With three one waits, 0.25; with four nobody. Three counts."""
    safety, late = found(instance())
    assert (safety.places.tolist(), safety.counts, safety.unreachable, late) == ([[2.0]], 3, (), 0.0)


def test_in_whole_blocks() -> None:
    """The first raise is to the next block of five."""
    offer = {"minimum": 2, "maximum": 20, "block": 5.0, "availability_fee": 1000.0}
    data = instance([offer | {"block": 2.0}])
    safety, late = found(data)
    assert (safety.places.tolist(), safety.counts, late) == ([[2.0]], 2, 0.0)


def test_at_the_cheapest_provider_with_a_contract() -> None:
    """The second is cheaper and has room for one, the third for no block; the first takes the rest."""
    offers = [
        {"minimum": 1, "maximum": 9, "availability_fee": 1000.0},
        {"minimum": 1, "maximum": 2, "availability_fee": 990.0},
        {"maximum": 0.5, "availability_fee": 1.0},
    ]
    safety, late = found(instance(offers, [{"least": 3}]))
    assert safety.places[1, 0] == 1
    assert safety.places[2, 0] == 0
    assert safety.places[0, 0] >= 1
    assert (late, safety.unreachable) == (0.0, ())


def test_at_the_maximum_the_norm_is_named_with_its_providers() -> None:
    without_contract = {"maximum": 0.5, "availability_fee": 1.0}
    offers = [{"minimum": 2, "maximum": 3, "availability_fee": 1000.0}, without_contract]
    safety, late = found(instance(offers, [{"least": 1, "most_contracts": 1}]))
    (one,) = safety.unreachable
    assert (one.care_form, one.area, one.year, one.providers, one.why) == (
        "form0",
        "area0",
        2027,
        ("p0",),
        "maximum",
    )
    assert safety.places.tolist() == [[1.0], [0.0]]
    assert late == 0.25


def test_no_more_than_twelve_counts() -> None:
    """Sixty on one day, of whom none may wait: the mean over the year falls short of the places that one day asks."""
    crowd = clients_of([2.0] * 60, [3.0] * 60)
    data = instance([{"minimum": 2, "maximum": 99, "availability_fee": 1000.0}], allowed=1e-3)
    safety, _ = found(data, crowd)
    assert safety.counts <= 12
    assert bool(safety.unreachable) == (safety.counts == 12)
    for one in safety.unreachable:
        assert one.why == "counts"


def test_places_are_asked_where_clients_wait_in_the_scenarios_of_the_norm() -> None:
    """One scenario in four has forty too late in the first area, the others have ten in the second."""
    beyond = np.zeros((4, QUARTERS, 1, 2))
    beyond[0, :, 0, 0], beyond[1:, :, 0, 1] = 40.0, 10.0
    counted = cast(CountedWaiting, SimpleNamespace(late=beyond.sum(axis=3).mean(axis=1), beyond=beyond))
    for norm, expected in (("expected", [10.0, 7.5]), ("cvar", [40.0, 0.0])):
        data = cast(CapacityData, SimpleNamespace(norm=norm, confidence=0.9))
        assert late_by_place(data, counted, 0).tolist() == [expected]


def test_a_year_asks_for_what_waits_too_long_on_average_over_the_years() -> None:
    """Six too many on average over two years, of whom a third wait in the first: four places in the first, eight after."""
    beyond = np.repeat(np.array([3.0, 6.0]), QUARTERS)[None, :, None, None]
    counted = cast(CountedWaiting, SimpleNamespace(late=beyond[:, :, :, 0].mean(axis=1), beyond=beyond))
    data = cast(CapacityData, SimpleNamespace(norm="expected", confidence=0.9, years=(2027, 2028)))
    assert places_needed(data, counted, 0, 6.0).tolist() == [[4.0], [8.0]]


@pytest.mark.parametrize("most", [1, 2])
def test_the_last_count_raises_nothing_and_is_named(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Three counts are needed: with fewer the norm is not reached for want of counts, though there is room."""
    monkeypatch.setattr("bekostiging.capacity.safety.MOST_COUNTS", most)
    safety, _ = found(instance())
    assert (safety.counts, [one.why for one in safety.unreachable]) == (most, ["counts"])


def test_a_norm_asks_one_standard_error_more() -> None:
    """Nobody and two too late in two halves of the scenarios: 1 with an error of 1, so beyond a norm of 1.5."""
    data = instance(allowed=1.5)
    late = np.repeat([0.0, 2.0], 2)[:, None]
    counted = cast(CountedWaiting, SimpleNamespace(late=late))
    value = measured(data, late[:, 0], Scramblings(2))
    assert (value.value, value.standard_error) == pytest.approx((1.0, 1.0))
    assert excess(data, counted, 0, Scramblings(2)) == pytest.approx(0.5)


@pytest.mark.parametrize("norm", ["expected", "cvar", "chance"])
def test_every_kind_of_norm_ends_within_it_or_named(norm: str) -> None:
    safety, late = found(instance(norm=norm))
    assert safety.unreachable or late <= 0.1


def test_without_a_norm_nothing_is_reserved_or_counted() -> None:
    plan = decide_capacity(instance(allowed=np.inf))
    safety = safety_places(plan, outcome_of(plan)[0], WAVE, Scramblings(1))
    assert (safety.places.sum(), safety.counts, safety.unreachable) == (0.0, 0, ())


def test_the_rules_on_contracts_hold_with_safety_places() -> None:
    """No provider may have more than 60 % of the places: of 1 and 1 neither may rise alone, both may together."""
    offers = [
        {"minimum": 1, "maximum": 9, "availability_fee": 900.0},
        {"minimum": 1, "maximum": 9, "availability_fee": 1000.0},
    ]
    data = instance(offers, [{"least": 2, "concentration": 0.6}])
    plan = decide_capacity(data)
    safety = safety_places(plan, outcome_of(plan)[0], WAVE, Scramblings(1))
    places = (plan.places + safety.places)[:, 0]
    assert places.max() <= 0.6 * places.sum() + 1e-9
    assert safety.places.sum() > 0


def test_they_are_paid_and_help_nobody_in_the_flows() -> None:
    """1,000 euro a place and year; use, purchase and waiting of the plan stay as they were."""
    plan = decide_capacity(instance())
    outcome = outcome_of(plan)[0]
    secured = outcome.with_safety(np.array([[3.0]]))
    np.testing.assert_allclose(secured.costs - outcome.costs, 3000.0)
    np.testing.assert_allclose(secured.parts["availability"] - outcome.parts["availability"], 3000.0)
    np.testing.assert_allclose(sum(secured.parts.values()), secured.costs)
    np.testing.assert_array_equal(secured.waiting, outcome.waiting)
