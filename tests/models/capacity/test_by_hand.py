"""Capacity agreements small enough for pencil: every expected number is derived in the docstring of its test.

Unless said, a client takes one place for one quarter, costs 1,000 euro at the tariff (so does ad-hoc purchase), a
client-quarter of waiting costs 1,000 euro, and all amounts below are thousands of euro.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from capacity_instances import WHOLE_YEAR, Plan, care, costs_again, scenarios, solved, supply
from scipy.stats import norm

from bekostiging.capacity import Substitute, Supply
from bekostiging.units import THOUSAND, WEEKS_PER_QUARTER, WEEKS_PER_YEAR

WEEKLY = THOUSAND / WEEKS_PER_QUARTER
"""A fee of this many euro a week makes a quarter of care cost 1,000 euro."""
FIRST_QUARTER = np.array([1.0, 0.0, 0.0, 0.0])[:, None, None]


def _counted(plan: Plan) -> Plan:
    """The plan, once its total is the cost counted from the flows."""
    assert plan.total == pytest.approx(costs_again(plan).mean() / THOUSAND, abs=1e-7)
    return plan


def _newsvendor(n_scenarios: int, block: float) -> tuple[Plan, np.ndarray]:
    """Crisis N(100, 20) starts in the first quarter and stays the year: a place costs 2, use 1, purchase 11."""
    demand = norm.ppf((np.arange(n_scenarios) + 0.5) / n_scenarios, 100, 20)
    own = supply([{"block": block, "availability_fee": 2 * THOUSAND, "usage_fee": WEEKLY / 4}])
    future = scenarios(own, crisis=demand[:, None, None, None] * FIRST_QUARTER, n_scenarios=n_scenarios)
    data = care(
        own,
        future,
        WHOLE_YEAR,
        weeks=WEEKS_PER_YEAR,
        weeks_left=WEEKS_PER_YEAR,
        price=11 * WEEKLY / 4,
    )
    return _counted(solved(data)), demand


def test_one_provider_one_care_form_is_a_newsvendor() -> None:
    """8 short, 2 over: q = F^-1(8 / (8 + 2)) = 100 + 20 x 0.841621 = 116.832425.

    A place short costs 11 - 1 - 2 = 8, one over costs 2. Cost at q: 3 x 100 (availability and use of the mean) plus
    the newsvendor's 10 x 20 phi(0.841621) = 55.992384. On 500 quantiles in blocks of 0.05 the place is right to the
    distance of two quantiles (0.15) and the cost to 0.1 %.
    """
    plan, demand = _newsvendor(500, 0.05)
    assert plan.places[0, 0] == pytest.approx(116.832425, abs=0.15)
    assert demand[399] - 0.05 <= plan.places[0, 0] <= demand[400] + 0.05
    assert plan.total == pytest.approx(300 + 55.992384, rel=1e-3)


def test_the_newsvendor_in_whole_places() -> None:
    """The best whole number: the least q with P(D <= q) + ... >= 0.8, found by trying all; 117 for N(100, 20)."""
    plan, demand = _newsvendor(200, 1.0)
    tried = [2 * q + np.minimum(demand, q).mean() + 11 * np.maximum(demand - q, 0).mean() for q in range(200)]
    assert plan.places[0, 0] == int(np.argmin(tried)) == 117
    assert plan.total == pytest.approx(min(tried), rel=1e-9)


def test_blocks_minimum_and_maximum() -> None:
    """12 clients a quarter, all of whom fit in 12 places. Blocks of 5: 15 places at 1 rather than 10 and 2 x 4 bought
    at 1; with at most 13 places 10 is all that fits; with at least 17 it is 20, or no contract at all when that is
    cheaper."""

    def places(**offer: Any) -> float:
        own = supply([{"block": 5.0, "availability_fee": THOUSAND} | offer])
        return float(_counted(solved(care(own, scenarios(own, crisis=12.0)))).places[0, 0])

    assert places() == 15
    assert places(maximum=13.0) == 10
    assert places(minimum=17.0) == 20
    assert places(minimum=17.0, availability_fee=3 * THOUSAND) == 0
    assert places(minimum=7.0, maximum=9.0) == 0


def test_two_providers_with_substitution() -> None:
    """Form 0: 10 clients a quarter (3 of them crisis), a place costs 6. Form 1: 4 a quarter, a place costs 2. Purchase 3.

    A place of form 0 saves 4 x 3 = 12 a year and costs 6: worth it, 10 places, 60. Form 1 likewise, 4 places, 8.
    At most 30 % of form 0 may go to form 1 at a loss of 0.5 a client: 2 + 4 x 0.5 = 4 against 6 for a place of form 0,
    so all 3 move: 7 x 6 + 7 x 2 + 12 x 0.5 = 62 instead of 68. At a loss of 1.1 a client nobody moves.
    """
    own = supply([{"availability_fee": 6 * THOUSAND}, {"care_form": 1, "availability_fee": 2 * THOUSAND}])
    future = scenarios(own, 2, regular=np.array([7.0, 4.0])[:, None], crisis=np.array([3.0, 0.0])[:, None])

    def plan(loss: float) -> Plan:
        one = Substitute(0, 1, 0.3, loss * THOUSAND)
        data = care(own, future, price=3 * WEEKLY, waiting_cost=100 * WEEKLY, substitutes=(one,))
        return _counted(solved(data))

    moved, stayed = plan(0.5), plan(1.1)
    np.testing.assert_allclose(moved.places[:, 0], [7, 7])
    assert moved.total == pytest.approx(62)
    np.testing.assert_allclose(moved.second("moved"), 3.0)
    np.testing.assert_allclose(stayed.places[:, 0], [10, 4])
    assert stayed.total == pytest.approx(68)


def test_travel_decides_who_is_served_where() -> None:
    """Two areas, 5 clients a quarter each; a place costs 4, purchase 10. Provider 0 in area 0: travel 0 and 0.5; provider 1
    in area 1: travel 0.5 and 0, and at most 2 places. The two of area 1 that fit go to provider 1, three travel:
    10 x 4 + 3 x 4 x 0.5 = 46. Without a route from area 1 to provider 0 they are bought: 7 x 4 + 3 x 4 x 10 = 148."""

    def plan(far: float) -> Plan:
        offers = [
            {"availability_fee": 4 * THOUSAND, "travel": [0.0, far * WEEKLY]},
            {"availability_fee": 4 * THOUSAND, "travel": [0.5 * WEEKLY, 0.0], "maximum": 2.0},
        ]
        own = supply(offers, n_areas=2)
        return _counted(solved(care(own, scenarios(own, crisis=5.0), price=10 * WEEKLY)))

    near, none = plan(0.5), plan(np.nan)
    assert near.total == pytest.approx(46)
    np.testing.assert_allclose(near.second("served")[0, 0], [[5, 3], [0, 2]], atol=1e-7)
    assert none.total == pytest.approx(148)


def test_todays_waiting_list_is_worked_off() -> None:
    """6 wait, nobody else comes, 2 places for nothing and no more: 6 -> 4 -> 2 -> 0 -> 0.

    Client-quarters waited by the trapezium: (6 + 4)/2 + (4 + 2)/2 + (2 + 0)/2 + 0 = 9; at 1 each the cost is 9.
    """
    own = supply([{"maximum": 2.0}])
    plan = _counted(solved(care(own, scenarios(own), waiting=6.0, adhoc_most=0.0)))
    np.testing.assert_allclose(plan.second("waiting")[0, :, 0, 0], [4, 2, 0, 0], atol=1e-7)
    assert plan.total == pytest.approx(9)


def test_who_still_waits_at_the_end_is_bought() -> None:
    """3 come a quarter, 2 places for nothing, no purchase: waiting 1, 2, 3, 4.

    Waited 0.5 + 1.5 + 2.5 + 3.5 = 8 client-quarters at 1, and 4 bought at the end at 1 (1 + 0.5): 14. With a place at
    3.9 a third place saves all of 14, at 14.1 it does not.
    """

    def plan(maximum: float, fee: float) -> Plan:
        own = supply([{"maximum": maximum, "availability_fee": fee * THOUSAND}])
        return _counted(solved(care(own, scenarios(own, regular=3.0), premium=0.5, adhoc_most=0.0)))

    bound = plan(2.0, 0.0)
    np.testing.assert_allclose(bound.second("waiting")[0, :, 0, 0], [1, 2, 3, 4], atol=1e-7)
    assert bound.total == pytest.approx(14)
    assert plan(5.0, 3.9).places[0, 0] == 3
    assert plan(5.0, 50.0).places[0, 0] == 0


def test_crisis_is_always_served_and_regular_care_gives_way() -> None:
    """2 places, 2 regular and 2 crisis clients in the first quarter, purchase of regular care not allowed at 9 a client.

    Serving the crisis in the places lets the regular two wait a quarter (1 each, half of it within the first): 2 x 1;
    buying the crisis would cost 18. Without places the crisis is bought even though waiting would be free.
    """
    start = np.array([1.0, 0.0, 0.0, 0.0])[:, None, None]
    own = supply([{"maximum": 2.0}])
    future = scenarios(own, regular=2 * start, crisis=2 * start)
    plan = _counted(solved(care(own, future, price=9 * WEEKLY, adhoc_most=0.0)))
    np.testing.assert_allclose(plan.second("waiting")[0, :, 0, 0], [2, 0, 0, 0], atol=1e-7)
    assert plan.total == pytest.approx(2)
    none = supply([{"maximum": 0.0}])
    bare = _counted(solved(care(none, future, price=9 * WEEKLY, adhoc_most=0.0, waiting_cost=0.0)))
    np.testing.assert_allclose(bare.second("bought")[0, :, 0, 0], [2, 0, 0, 0], atol=1e-7)
    assert bare.total == pytest.approx(36)  # two bought at once, two at the end of the year


def test_ramp_from_year_to_year() -> None:
    """Demand 4, 12, 0 a quarter in three years, ramp 3 places, today 4; places cost 1, purchase 10 a client.

    Up: at most 4 + 3 = 7 in the first year and 10 in the second; every place missing in the second year costs 40.
    So 7, 10 and, no faster down, 7. Without a ramp 4, 12, 0; without knowing today's places 9, 12, 9.
    """

    def places(**offer: Any) -> list[float]:
        own = supply([{"availability_fee": THOUSAND} | offer])
        demand = np.repeat([4.0, 12.0, 0.0], 4)[:, None, None]
        return list(_counted(solved(care(own, scenarios(own, 1, 3, crisis=demand), price=10 * WEEKLY))).places[0])

    assert places(ramp=3.0, today=4.0) == pytest.approx([7, 10, 7])
    assert places() == pytest.approx([4, 12, 0])
    assert places(ramp=3.0) == pytest.approx([9, 12, 9])


def test_number_of_contracts_and_concentration() -> None:
    """Three providers at 1, 2 and 3 a place for 12 crisis clients a quarter; purchase 10, a contract costs 0.1.

    Free: all from the cheapest, 12.1. At least two contracts: 12.2 (an empty one will do). With at most half with one:
    6 + 6 x 2 + 0.2 = 18.2. At most a third: 4 + 8 + 12 + 0.3 = 24.3. A third but at most two contracts: nobody may have
    anything, so all is bought at 480.
    """

    def total(**lot: Any) -> float:
        own = supply([{"availability_fee": fee * THOUSAND} for fee in (1, 2, 3)], [{"cost": 100.0}] * 3, [lot])
        return _counted(solved(care(own, scenarios(own, crisis=12.0), price=10 * WEEKLY))).total

    assert total() == pytest.approx(12.1)
    assert total(least=2) == pytest.approx(12.2)
    assert total(concentration=0.5) == pytest.approx(18.2)
    assert total(concentration=1 / 3) == pytest.approx(24.3)
    assert total(concentration=1 / 3, most_contracts=2) == pytest.approx(480)


def test_an_archetype_takes_several_contracts() -> None:
    """Contracts of 5 to 6 places each, 12 clients a quarter, place 1, contract 0.5, purchase 10: two contracts, 13.
    With at most one contract 6 places and 6 x 4 x 10 bought: 246.5. Three would need 15 places. With at most half of
    the places at one provider two contracts of the archetype are two providers: still 13."""

    def plan(**lot: Any) -> Plan:
        own = supply(
            [{"availability_fee": THOUSAND, "minimum": 5.0, "maximum": 6.0}], [{"most": 3, "cost": 500.0}], [lot]
        )
        return _counted(solved(care(own, scenarios(own, crisis=12.0), price=10 * WEEKLY)))

    assert plan().total == pytest.approx(13)
    assert [plan().first("open", 0, n) for n in (1, 2, 3)] == pytest.approx([1, 1, 0])
    assert plan(most_contracts=1).total == pytest.approx(246.5)
    assert plan(concentration=0.5).total == pytest.approx(13)
    assert plan(least=3).total == pytest.approx(16.5)


def test_concentration_counts_the_contracts_of_an_archetype() -> None:
    """Two contracts of an archetype at 1 a place, 0.5 each, and a rival at 3, for 12 clients; at most 40 % with one.

    With both contracts open the archetype may have 80 % of 12, nine whole places: 9 + 1 + 3 x 3 = 19. With at most one
    contract of it 40 % each is no plan for anybody, so all is bought at 12 x 4 x 10 = 480.
    """

    def total(most: int) -> float:
        offers = [{"availability_fee": THOUSAND, "maximum": 6.0}, {"availability_fee": 3 * THOUSAND}]
        contracts: list[dict[str, Any]] = [{"most": most, "cost": 500.0}, {}]
        own = supply(offers, contracts, [{"concentration": 0.4}])
        return _counted(solved(care(own, scenarios(own, crisis=12.0), price=10 * WEEKLY))).total

    assert total(2) == pytest.approx(19)
    assert total(1) == pytest.approx(480)


def test_a_subcontractor_needs_its_main_contractor() -> None:
    """Main at 3 a place and 5 a contract, its subcontractor at 1 a place: 10 clients a quarter cost 5 + 10 x 1 = 15.

    A rival main at 1.4 a place: 14, so it wins; with at most half with one main contractor, subcontractors counted,
    5 places come from each: 5 + 5 x 1 + 5 x 1.4 = 17.
    """

    def plan(rival: float, concentration: float = 1.0) -> Plan:
        offers = [{"availability_fee": fee * THOUSAND} for fee in (3, 1, rival)]
        contracts: list[dict[str, Any]] = [{"cost": 5 * THOUSAND}, {"main": 0}, {}]
        own = supply(offers, contracts, [{"concentration": concentration}])
        return _counted(solved(care(own, scenarios(own, crisis=10.0), price=10 * WEEKLY)))

    assert plan(100.0).total == pytest.approx(15)
    assert plan(100.0).first("open", 0, 1) == pytest.approx(1)
    assert plan(1.4).total == pytest.approx(14)
    assert plan(1.4).first("open", 1, 1) * plan(1.4).places[1, 0] == pytest.approx(0)
    assert plan(1.4, 0.5).total == pytest.approx(17)


def test_swap_clause() -> None:
    """One contract, form 0 at 3 a place and form 1 at 1, a week of form 1 costs half of form 0.

    8 clients of form 1 come in one quarter, 4 of form 0 in another; purchase 30 for form 0 and 15 for form 1. Without a
    swap 4 x 3 + 8 x 1 = 20. Half of the places may swap and a place of form 1 is worth 1/2 of form 0: with p and r places,
    p + r/4 >= 4 and r + 2 p/2 >= 8 (swapping p/2 gives p places of form 1): p = 8/3, r = 16/3, cost 8 + 16/3 = 13.33 in
    thirds of a place.
    """

    def plan(swap: float) -> Plan:
        offers = [
            {"contract": 0, "availability_fee": 3 * THOUSAND, "block": 1 / 3},
            {"contract": 0, "care_form": 1, "availability_fee": THOUSAND, "block": 1 / 3},
        ]
        own = supply(offers, [{}])
        demand = np.zeros((4, 2, 1))
        demand[0, 1], demand[2, 0] = 8, 4
        price = np.array([30.0, 15.0]) * WEEKLY
        return _counted(solved(care(own, scenarios(own, 2, crisis=demand), price=price, swap=swap)))

    assert plan(0.0).total == pytest.approx(20)
    with_swap = plan(0.5)
    np.testing.assert_allclose(with_swap.places[:, 0], [8 / 3, 16 / 3])
    assert with_swap.total == pytest.approx(8 + 16 / 3)


def _failing(**offer: Any) -> Supply:
    """Ten places that must be reserved."""
    return supply([{"minimum": 10.0, "maximum": 10.0} | offer], None, [{"least": 1}])


FAILS = np.array([1.0, 1.0, 0.0, 0.0])[:, None]


def test_a_provider_that_fails() -> None:
    """10 clients start at once and stay the year; the provider of their places fails halfway.

    Use 1 a quarter, purchase 3 a quarter. Served: 4 for the whole year and 3 - 1 = 2 on top in each of the two quarters
    bought elsewhere: 8 a client, 80; against 12 a client for buying at once. Had it failed at the start, nobody was in
    its care and all is bought: 120. Had half of its places been kept, half is displaced: 60.
    """
    own = _failing(usage_fee=WEEKLY)
    cell = {"weeks": WEEKS_PER_YEAR, "price": 3 * WEEKLY}

    def plan(available: Any) -> Plan:
        future = scenarios(own, crisis=10 * FIRST_QUARTER, available=available)
        return _counted(solved(care(own, future, WHOLE_YEAR, **cell)))

    halfway, at_once, partly = plan(FAILS), plan(0.0), plan(0.5 + 0.5 * FAILS)
    np.testing.assert_allclose(halfway.second("displaced")[0, :, 0], [0, 0, 10, 10], atol=1e-7)
    assert halfway.total == pytest.approx(80)
    assert at_once.total == pytest.approx(120)
    np.testing.assert_allclose(partly.second("displaced")[0, :, 0], [0, 0, 5, 5], atol=1e-7)
    assert partly.total == pytest.approx(60)


def test_who_sits_with_a_provider_that_fails_is_bought() -> None:
    """10 sit in care, half of them leave every quarter: 2 quarters left for each, now and at any time.

    Use 1 a quarter, purchase 3. Halfway a quarter of them is still there, with 2 quarters to go at 3 - 1 extra each:
    10 x (2 x 1 + 0.25 x 2 x 2) = 30. In the model 0.25 x 2 in the third quarter and 0.125 x 2 x 2 in the last.
    Buying all from the start costs 60, and so does a provider that has failed before.
    """
    own = _failing(usage_fee=WEEKLY)
    rest = {"remains": [1.0, 0.5, 0.25, 0.125], "price": 3 * WEEKLY, "weeks_left": 2 * WEEKS_PER_QUARTER}
    halfway = _counted(solved(care(own, scenarios(own, caseload=10.0, available=FAILS), **rest)))
    assert halfway.total == pytest.approx(30)
    np.testing.assert_allclose(halfway.second("displaced")[0, :, 0], [0, 0, 2.5, 1.25], atol=1e-7)
    assert _counted(
        solved(care(own, scenarios(own, caseload=10.0, available=0.0), **rest))
    ).total == pytest.approx(60)


def test_a_failed_provider_takes_nobody_and_lends_no_places() -> None:
    """Regular clients come after the failure, purchase is not allowed, a client-quarter waited costs 100.

    One client in the third quarter waits half a year to its end: (1 + 0.5) x 100, and is bought: 151. The same when the
    failed provider had places of another form to swap. Nobody may be counted as displaced from where it never was.
    """
    came = np.zeros((4, 2, 1))
    came[2, 1] = 1.0
    offers = [
        {"contract": 0, "minimum": 10.0, "maximum": 10.0},
        {"contract": 0, "care_form": 1, "maximum": 0.0},
    ]
    two = supply(offers, [{}], [{"least": 1}])
    fails = np.hstack([FAILS, np.ones((4, 1))])
    own = _failing()
    terms = {"adhoc_most": 0.0, "waiting_cost": 100 * WEEKLY}
    alone = _counted(solved(care(own, scenarios(own, regular=came[:, 1:], available=FAILS), **terms)))
    swapping = _counted(solved(care(two, scenarios(two, 2, regular=came, available=fails), swap=0.5, **terms)))
    for plan in (alone, swapping):
        assert plan.total == pytest.approx(151)
        assert plan.second("displaced").sum() == pytest.approx(0)


def test_nobody_is_displaced_for_money() -> None:
    """A place that costs 2 a quarter in use against 1 for purchase: an empty provider that fails earns nothing."""
    own = _failing(usage_fee=2 * WEEKLY)
    assert _counted(solved(care(own, scenarios(own, available=FAILS)))).total == pytest.approx(0)
