"""Cash and staffing by hand."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import A, B, case_on_paper, with_contract, with_policy

from bekostiging.case import Case, check_case
from bekostiging.contracts import PaymentCalendar, Staffing, course_of_year, lowest_position, payment_calendar


def test_claims_two_months_late() -> None:
    """1,200 a year, a hundred of cost a month, paid two months later: never more than 200 short."""
    even = np.full((1, 12), 1 / 12)
    calendar = PaymentCalendar(advance=False, claim_delay=2, settlement_delay=12)
    received = calendar.received(np.array([[1200.0]]), even, np.array([[1200.0]]))
    assert received[0].sum() == pytest.approx(1200)
    assert received[0, :4].tolist() == pytest.approx([0, 0, 100, 100])
    assert lowest_position(received, np.full((1, 12), 100.0))[0] == pytest.approx(-200)


def test_advances_are_settled_a_year_later() -> None:
    """Advances of 100 a month, 120 due: the missing 240 comes twelve months after December, so 240 short till then."""
    even = np.full((1, 12), 1 / 12)
    calendar = PaymentCalendar(advance=True, claim_delay=0, settlement_delay=12)
    received = calendar.received(np.array([[1440.0]]), even, np.array([[1200.0]]))
    assert received[0, 23] == pytest.approx(240)
    assert received[0].sum() == pytest.approx(1440)
    assert lowest_position(received, np.full((1, 12), 120.0))[0] == pytest.approx(-240)


def test_money_that_comes_in_time_is_never_short() -> None:
    received = np.array([[10.0, 10.0]])
    assert lowest_position(received, np.array([[5.0, 15.0]]))[0] == 0.0


def test_a_course_adds_up_within_each_year() -> None:
    course = course_of_year(np.array([[*([1.0] * 6), *([3.0] * 6), *([0.0] * 12)]]))
    assert course.reshape(2, 12).sum(axis=1).tolist() == pytest.approx([1, 1])
    assert course[0, 0] == pytest.approx(1 / 24)
    assert course[0, 12] == pytest.approx(1 / 12)


def test_the_course_of_little_is_a_course() -> None:
    """Half a unit in January is all of the year's."""
    assert course_of_year(np.array([[0.5, *([0.0] * 11)]]))[0, :2].tolist() == [1, 0]


@pytest.mark.parametrize(("months", "euro"), [(0, 0.0), (0.5, 16.0), (1, 16.0)])
def test_staff_that_follows_at_once_or_within_a_month(months: float, euro: float) -> None:
    """Planned 100, 80 and then 100 again: at once costs nothing; within a month 20 are empty, half of it paid,
    and later 20 are done by agencies at 0.3 more."""
    staff = Staffing(fixed_share=0.5, adjustment_months=months, agency_premium=0.3, planned=100.0)
    assert staff.extra(np.array([[80.0, 80.0, *([100.0] * 10)]])).tolist() == [[pytest.approx(euro)]]


def test_staff_follows_slowly() -> None:
    """Own staff 100; production falls to 80 and stays: empty 20, 10, 5 ... with two months, half of it fixed."""
    low = np.full((1, 12), 80.0)
    extra = Staffing(fixed_share=0.5, adjustment_months=2, agency_premium=0.3, planned=100.0).extra(low)
    assert extra[0, 0] == pytest.approx(0.5 * 20 * (1 - 0.5**12) / 0.5)
    high = np.full((1, 12), 120.0)
    agency = Staffing(fixed_share=0.5, adjustment_months=2, agency_premium=0.3, planned=100.0).extra(high)
    assert agency[0, 0] == pytest.approx(0.3 * 20 * (1 - 0.5**12) / 0.5)


def test_staff_as_planned_costs_nothing_more() -> None:
    even = np.full((1, 24), 100.0)
    assert Staffing(0.8, 6, 0.4, 100.0).extra(even).tolist() == [[0.0, 0.0]]


def test_disputed_claims_are_paid_a_year_later() -> None:
    even = np.full((1, 12), 1 / 12)
    calendar = PaymentCalendar(advance=False, claim_delay=0, settlement_delay=12, disputed=0.25)
    received = calendar.received(np.array([[1200.0]]), even, np.array([[1200.0]]))
    assert received[0, :12].tolist() == pytest.approx([75.0] * 12)
    assert received[0, 12:24].tolist() == pytest.approx([25.0] * 12)


def test_the_calendar_of_a_contract(small_case: Case) -> None:
    """Policies and the contract's own column: claims two months late, a quarter disputed, a fifth of that lost.

    What is due is 0.95 of what was claimed, so 0.25 x 0.8 / 0.95 of it comes a year later: per 95 euro 75, then 20. Only an
    arrangement is disputed. An advance is settled seven months after December.
    """
    case = with_policy(case_on_paper(small_case), disputed_share="0.25", disputed_lost="0.2")
    case = with_policy(case, "case", claim_delay_months="2", settlement_delay_months="7")
    case = with_contract(case, B, payment_calendar="advance")
    check_case(case)
    even = np.full((1, 12), 1 / 12)
    due, agreed = np.array([[1140.0]]), np.array([[900.0]])
    disputed = payment_calendar(case, A, "outputgericht").received(due, even, agreed)
    assert disputed[0, :26].tolist() == pytest.approx([0] * 2 + [75] * 12 + [20] * 12)
    undisputed = payment_calendar(case, A, "inspanningsgericht").received(due, even, agreed)
    assert undisputed[0, :14].tolist() == pytest.approx([0] * 2 + [95] * 12)
    advance = payment_calendar(case, B, "outputgericht").received(due, even, agreed)
    assert advance[0, :19].tolist() == pytest.approx([75] * 12 + [0] * 6 + [240])


def test_the_calendar_without_policies(small_case: Case) -> None:
    """Claims in the month itself; an advance is settled a year after December."""
    case = with_contract(case_on_paper(small_case), B, payment_calendar="advance")
    even = np.full((1, 12), 1 / 12)
    due, agreed = np.array([[1200.0]]), np.array([[900.0]])
    assert payment_calendar(case, A, "outputgericht").received(due, even, agreed)[
        0, :12
    ].tolist() == pytest.approx([100] * 12)
    assert payment_calendar(case, B, "outputgericht").received(due, even, agreed)[0, 23] == pytest.approx(300)
