"""Today's list in the flow, and who waits beyond the norm, counted on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import Waiting
from bekostiging.scenarios import Block, FlowRule, draw_block, plan
from bekostiging.scenarios.clients import Clients
from bekostiging.scenarios.waiting import WaitingCounter, joined

MARK = {"source": "test", "status": "illustrative"}
WEEKS = 365 / 7 / 12
"""In a month."""


def _listed(case: Case, clients: float, mean_weeks: float) -> Case:
    """So many on the list for the first contracted care form in the first area."""
    care_form = case.lots[0].care_forms[0]
    row = Waiting(area=case.areas[0].id, care_form=care_form, clients=clients, mean_weeks=mean_weeks, **MARK)
    return replace(case, waiting=(row,))


@pytest.fixture(scope="module")
def block(small_case: Case) -> Block:
    return draw_block(plan(_listed(small_case, 40, 10), 32, 2, 9, "out_of_sample"), 0)


def _rule(block: Block, limit: float) -> FlowRule:
    """One limit for every contract and year."""
    n = len(block.plan.case.contracts)
    shape = (block.clients.n_scenarios, block.plan.n_years, n)
    return FlowRule(np.full(shape, limit), block.plan.cells.tariff, np.ones(n, dtype=bool))


def test_the_list_changes_nothing_that_was_drawn(small_case: Case, block: Block) -> None:
    plain = draw_block(plan(small_case, 32, 2, 9, "out_of_sample"), 0)
    for name in ("scenario", "cell", "asked_month", "start", "duration", "rate", "profile", "crisis"):
        np.testing.assert_array_equal(getattr(block.clients, name), getattr(plain.clients, name))
    assert plain.asking is plain.clients
    np.testing.assert_array_equal(block.care_use().units, plain.care_use().units)


def test_forty_clients_ask_in_the_first_month_of_every_scenario(block: Block) -> None:
    case, cells, n = block.plan.case, block.plan.cells, len(block.clients.cell)
    listed = {
        name: getattr(block.asking, name)[n:]
        for name in ("scenario", "cell", "asked_month", "start", "waited", "crisis")
    }
    np.testing.assert_array_equal(np.bincount(listed["scenario"]), np.full(block.clients.n_scenarios, 40))
    assert {cells.area_ids[a] for a in cells.area[listed["cell"]]} == {case.areas[0].id}
    assert {cells.care_form_ids[f] for f in cells.care_form[listed["cell"]]} == {case.lots[0].care_forms[0]}
    assert (listed["asked_month"] == 0).all()
    assert ((listed["start"] >= 0) & (listed["start"] < 1)).all()
    assert not listed["crisis"].any()
    # evenly over twice the mean, as in the capacity agreements
    assert ((listed["waited"] >= 0) & (listed["waited"] <= 20)).all()
    assert listed["waited"].mean() == pytest.approx(10, abs=4 * 20 / 12**0.5 / len(listed["waited"]) ** 0.5)
    assert (block.asking.waited[:n] == 0).all()


def test_the_list_adds_up_with_who_is_kept_and_who_moves(block: Block) -> None:
    """Served + waiting + refused = starts, the list among those of the first year, and the two ways to count agree."""
    for limit in (1e5, 1e12):
        rule = _rule(block, limit)
        whole, counted = block.under(rule)[0], block.waiting_under(rule)
        for name in (
            "starts",
            "served",
            "waiting",
            "refused",
            "moved",
            "clients_beyond_norm",
            "weeks_beyond_norm",
        ):
            np.testing.assert_array_equal(getattr(whole, name), getattr(counted, name))
        np.testing.assert_array_equal(counted.served + counted.waiting + counted.refused, counted.starts)
        more = counted.starts - block.care_use().starts
        assert (more[:, 0].sum(axis=1) == 40).all()
        assert not more[:, 1].any()
    assert not counted.waiting.any()


def _waiters(*rows: tuple[float, float, float]) -> Clients:
    """Clients (asked, waited before in weeks, start) of one scenario and cell, all deferred."""
    asked, waited, start = (np.array([row[k] for row in rows], dtype=np.float32) for k in range(3))
    n = len(rows)
    zero, no = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    return Clients(
        n_scenarios=1, scenario=zero, cell=zero, asked_month=asked.astype(np.int64), waited=waited, start=start,
        duration=np.ones(n, dtype=np.float32), rate=np.ones(n, dtype=np.float32), agreed=np.ones(n, dtype=np.float32),
        budget_months=np.full(n, np.inf, dtype=np.float32),
        profile=zero, crisis=no, channel=zero.astype(np.int8), result=no, repeat=no, partner=None,
        deferred=~no, refused=no, moved=no,
    )  # fmt: skip


def test_weeks_beyond_the_norm_by_hand(block: Block) -> None:
    """A month is 365/84 = 4.345 weeks. Three months are 13.04 weeks; with 8 weeks before the term 21.04. Of a norm of 14
    that is nothing and 7.04 too long. Who asks halfway the second November and is not served in the term waits 1.5 months,
    6.52 weeks; 20.52 with 14 before it (which only who asks in the first month can have; the count does not mind)."""
    counter = WaitingCounter(block.plan.case, block.plan.cells, 2)
    counter.norm_weeks = np.full(block.plan.cells.n_cells, 14.0)
    found = counter.count(_waiters((0.0, 0.0, 3.5), (0.0, 8.0, 3.5), (22.0, 0.0, 24.5), (22.0, 14.0, 24.5)))
    first, second = (1, 3 * WEEKS + 8 - 14), (1, 1.5 * WEEKS)
    assert (found.waiting[0, 0, 0], found.waiting[0, 1, 0]) == (2, 2)
    for year, (clients, weeks) in enumerate((first, second)):
        assert found.clients_beyond_norm[0, year, 0] == clients
        assert found.weeks_beyond_norm[0, year, 0] == pytest.approx(weeks, rel=1e-6)


def test_pairs_of_the_list_keep_their_first_trajectory(block: Block) -> None:
    """Joined, the first of a pair in the second group is found past the clients of the first group."""
    own = replace(_waiters((0, 0, 0), (0, 0, 0)), partner=np.array([-1, 0]))
    np.testing.assert_array_equal(joined(own, own).partner, [-1, 0, -1, 2])
