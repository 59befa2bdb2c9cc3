"""The monthly claim cap: calendar weeks touched times the agreed weekly units (rule IV077)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.models.scenarios.test_clients import MARK

from bekostiging.case import Case
from bekostiging.case.tables import Policy
from bekostiging.scenarios import draw_block, expected_care_use, plan
from bekostiging.scenarios.claim_cap import Calendar, claimable_part, excess_over_cap


def test_weeks_touched_by_the_calendar() -> None:
    """January 2025 begins on a Wednesday: 5 weeks; February 2027 on a Monday, 28 days: 4; March 2026 on a Sunday: 6."""
    calendar = Calendar(2025, 3)
    months = np.array([0, 25, 14])
    assert calendar.weeks(months, np.zeros(3, dtype=np.int64), calendar.days[months] - 1).tolist() == [5, 4, 6]
    # Sunday 5 and Monday 6 January 2025 lie in two weeks, Monday 6 and Tuesday 7 in one
    two = calendar.weeks(np.array([0, 0]), np.array([4, 5]), np.array([5, 6]))
    assert two.tolist() == [2, 1]
    assert (calendar.allowance >= 1).all()
    assert calendar.allowance[25] == pytest.approx(1.0)


@pytest.fixture(scope="module")
def capped(small_case: Case) -> Case:
    policy = (*small_case.policy, Policy(name="claim_cap", scope="case", value="weekly", **MARK))
    return replace(small_case, policy=policy)


def test_against_a_loop_over_clients_and_days(capped: Case) -> None:
    """Every client month by month with dates: what is delivered above weeks touched x agreed weekly units."""
    from datetime import date, timedelta

    planned = plan(capped, 32, 2, 5, "design")
    block = draw_block(planned, 0)
    clients, n_cells = block.clients, planned.cells.n_cells
    chosen = np.arange(0, len(clients.cell), 37)
    few = replace(clients, **{name: getattr(clients, name)[chosen] for name in (
        "scenario", "cell", "asked_month", "waited", "start", "duration", "rate", "agreed", "profile", "crisis", "channel",
        "result", "repeat", "budget_months", "deferred", "refused", "moved")}, partner=None)  # fmt: skip
    calendar = Calendar(capped.first_year, 2)
    expected = np.zeros((clients.n_scenarios, 2, n_cells))
    for i in range(len(chosen)):
        for month in range(24):
            begin = max(float(few.start[i]) - month, 0.0)
            until = min(float(few.start[i]) + float(few.duration[i]) - month, 1.0)
            if until <= begin:
                continue
            first = date(capped.first_year + month // 12, month % 12 + 1, 1)
            days = int(calendar.days[month])
            spell = range(int(begin * days), max(int(np.ceil(until * days)), int(begin * days) + 1))
            weeks = {(first + timedelta(days=d)).isocalendar()[:2] for d in spell}
            cap = float(few.agreed[i]) * 7 * len(weeks) / days
            over = max(float(few.rate[i]) * (until - begin) - cap, 0.0)
            if few.rate[i] > few.agreed[i]:
                expected[few.scenario[i], month // 12, few.cell[i]] += over
    np.testing.assert_allclose(excess_over_cap(few, calendar, n_cells), expected, rtol=1e-5, atol=1e-5)
    assert expected.sum() > 0


def test_claims_are_capped_only_where_the_policy_says_so(small_case: Case, capped: Case) -> None:
    free = draw_block(plan(small_case, 32, 2, 5, "design"), 0).care_use()
    np.testing.assert_array_equal(free.units_claimable, free.units)
    held = draw_block(plan(capped, 32, 2, 5, "design"), 0).care_use()
    assert (held.units_claimable <= held.units * (1 + 1e-9)).all()
    assert held.units_claimable.sum() < held.units.sum()


def test_expectation_against_the_simulation(capped: Case) -> None:
    """Parts of months have wider caps, so the closed form lies a little below; less than half a percent."""
    planned = plan(capped, 64, 2, 5, "design")
    shares = []
    for index in range(planned.n_blocks):
        use = draw_block(planned, index).care_use()
        own = use.cells.contract >= 0
        shares.append([use.units_claimable[..., own].sum(), use.units[..., own].sum()])
    drawn = np.sum(shares, axis=0)
    expected = expected_care_use(capped, planned.cells, 2)
    own = planned.cells.contract >= 0
    whole = expected.units_claimable[..., own].sum() / expected.units[..., own].sum()
    assert whole <= drawn[0] / drawn[1] + 1e-3
    assert whole == pytest.approx(drawn[0] / drawn[1], abs=5e-3)


def test_no_spread_no_cap() -> None:
    part = claimable_part(np.array([0.0, 0.3]), Calendar(2025, 1))
    assert part[0, 0] == 1.0
    assert part[0, 1] < 1.0
