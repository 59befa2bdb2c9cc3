"""The flow rule: nobody is created or lost, crisis never waits, intake stops where the limit says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.scenarios import Block, FlowRule, apply_flow, draw_block, plan
from bekostiging.scenarios.flow import NEVER, SIGNAL

N_YEARS = 3


@pytest.fixture(scope="module")
def block(small_case: Case) -> Block:
    return draw_block(plan(small_case, 32, N_YEARS, 9, "design"), 0)


def _rule(block: Block, factor: float, *, waiting_list: bool = True) -> FlowRule:
    """A limit of ``factor`` x what every contract produces in each year on average."""
    cells, care = block.plan.cells, block.care_use()
    n_contracts = len(cells.contract_ids)
    member = (cells.contract[:, None] == np.arange(n_contracts)).astype(float)
    produced = (care.units * cells.tariff) @ member
    limit = np.broadcast_to(factor * produced.mean(axis=0), produced.shape)
    return FlowRule(limit, cells.tariff, np.full(n_contracts, waiting_list))


def test_an_ample_limit_changes_nothing(block: Block) -> None:
    outcome = apply_flow(block.clients, block.plan.cells, _rule(block, 10.0))
    assert not outcome.clients.deferred.any()
    np.testing.assert_array_equal(outcome.clients.start, block.clients.start)
    assert (outcome.stop_month == NEVER).all()


def test_crisis_and_sitting_clients_never_wait(block: Block) -> None:
    clients = apply_flow(block.clients, block.plan.cells, _rule(block, 0.6)).clients
    stopped = clients.deferred | clients.refused
    assert stopped.any()
    assert not (stopped & clients.crisis).any()
    assert not (stopped & (clients.asked_month < 0)).any()


def test_who_waits_starts_next_january_plus_what_was_left_of_the_month(block: Block) -> None:
    clients = apply_flow(block.clients, block.plan.cells, _rule(block, 0.7)).clients
    own = clients.deferred
    january = 12 * (clients.asked_month[own] // 12 + 1)
    assert (clients.start[own].astype(int) == january).all()


def test_without_a_waiting_list_they_are_refused(block: Block) -> None:
    waits = apply_flow(block.clients, block.plan.cells, _rule(block, 0.7)).clients
    refused = apply_flow(block.clients, block.plan.cells, _rule(block, 0.7, waiting_list=False)).clients
    assert not refused.deferred.any()
    assert refused.refused.sum() > 0
    assert waits.deferred.sum() > 0


def test_clients_move_to_who_is_open_and_change_its_use(block: Block) -> None:
    """Contract 0 is closed from the start: its clients go to others in the same area and care form, nobody is lost."""
    cells, rule = block.plan.cells, _rule(block, 10.0)
    limit = rule.limit.copy()
    limit[:, :, 0] = 1.0
    still = replace(rule, limit=limit)
    moving = replace(still, moves=np.ones(len(cells.contract_ids), dtype=bool))
    waits, moves = apply_flow(block.clients, cells, still), apply_flow(block.clients, cells, moving)
    clients = moves.clients
    assert waits.clients.deferred.sum() > 0
    assert not waits.clients.moved.any()
    moved = clients.moved
    assert moved.any()
    assert (cells.contract[block.clients.cell[moved]] == 0).all()
    assert (cells.contract[clients.cell[moved]] != 0).all()
    for name in ("area", "care_form"):
        place = getattr(cells, name)
        np.testing.assert_array_equal(place[clients.cell[moved]], place[block.clients.cell[moved]])
    np.testing.assert_array_equal(clients.start[moved], block.clients.start[moved])
    before, _ = block.under(still)
    after, _ = block.under(moving)
    np.testing.assert_allclose(after.starts.sum(), before.starts.sum())
    np.testing.assert_allclose(after.served + after.waiting + after.refused, after.starts)
    assert after.moved.sum() == moved[clients.start < 12 * N_YEARS].sum()
    others = cells.contract > 0
    assert after.units[..., others].sum() > before.units[..., others].sum()


def test_contracts_of_a_pool_share_their_limits(block: Block) -> None:
    """One contract far above its own limit and one with room: together within the limit, nobody waits."""
    rule = _rule(block, 10.0)
    limit = np.full(rule.limit.shape, np.inf)
    limit[:, :, 0], limit[:, :, 1] = 1.0, 1e9
    alone = replace(rule, limit=limit)
    together = replace(alone, pool=np.array([0, 0, *range(1, limit.shape[2] - 1)]))
    assert apply_flow(block.clients, block.plan.cells, alone).clients.deferred.any()
    outcome = apply_flow(block.clients, block.plan.cells, together)
    assert not outcome.clients.deferred.any()
    np.testing.assert_array_equal(outcome.stop_month[:, :, 0], outcome.stop_month[:, :, 1])


def test_what_the_consultation_adds_lets_fewer_wait(block: Block) -> None:
    rule = _rule(block, 0.8)
    lifted = replace(rule, lift=0.2)
    plain, raised = (apply_flow(block.clients, block.plan.cells, own) for own in (rule, lifted))
    assert raised.clients.deferred.sum() < plain.clients.deferred.sum()
    # the signal of the first year is measured on the ceiling as agreed: it does not move before the first stop
    both = (plain.stop_month[:, 0] == NEVER) & (raised.stop_month[:, 0] == NEVER)
    np.testing.assert_array_equal(raised.signal_month[:, 0][both], plain.signal_month[:, 0][both])


def test_a_provider_stops_clients_in_the_month_after_it_was_full(block: Block) -> None:
    """Never crisis (art. 3.6); who waits asks again next month, so nobody waits a whole year while there is room."""
    rule = _rule(block, 10.0)
    monthly = rule.limit[0, 0] / 10 / 12
    full = replace(rule, limit=np.full(rule.limit.shape, np.inf), capacity=0.9 * monthly)
    outcome = apply_flow(block.clients, block.plan.cells, full)
    clients = outcome.clients
    assert clients.deferred.any()
    assert not (clients.deferred & clients.crisis).any()
    assert (outcome.stop_month == NEVER).all()
    waited = (clients.start - block.clients.start)[clients.deferred]
    np.testing.assert_allclose(waited, np.rint(waited), atol=1e-4)
    assert np.median(waited) < 12
    ample = replace(full, capacity=100 * monthly)
    assert not apply_flow(block.clients, block.plan.cells, ample).clients.deferred.any()


def test_a_stop_comes_after_the_signal(block: Block) -> None:
    outcome = apply_flow(block.clients, block.plan.cells, _rule(block, 0.8))
    stopped = outcome.stop_month != NEVER
    assert stopped.any()
    assert (outcome.signal_month[stopped] != NEVER).all()
    assert (outcome.signal_month[stopped] <= outcome.stop_month[stopped]).all()
    assert SIGNAL == 0.70


def test_a_tighter_limit_lets_more_clients_wait(block: Block) -> None:
    counts = [
        apply_flow(block.clients, block.plan.cells, _rule(block, factor)).clients.deferred.sum()
        for factor in (1.1, 0.9, 0.7)
    ]
    assert counts[0] < counts[1] < counts[2]


def test_production_lies_between_the_urgent_and_the_free(block: Block) -> None:
    """In the first year a rule can take away what is not urgent, no more; and it takes away where it stopped."""
    cells, rule = block.plan.cells, _rule(block, 0.9)
    member = (cells.contract[:, None] == np.arange(len(cells.contract_ids))).astype(float)
    nothing = FlowRule(np.zeros(rule.limit.shape), rule.price, rule.waiting_list)
    free, limited, least = (
        (block.care_use(own).units[:, 0] * cells.tariff) @ member for own in (None, rule, nothing)
    )
    assert (limited <= free * (1 + 1e-9)).all()
    assert (limited >= least * (1 - 1e-9)).all()
    stopped = apply_flow(block.clients, cells, rule).stop_month[:, 0] != NEVER
    np.testing.assert_allclose(limited[~stopped], free[~stopped])
    assert limited[stopped].sum() < free[stopped].sum()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"limit": np.ones((1, 2))}, "FlowRule.limit has 2 axes: give scenario, contract year and contract"),
        (
            {"waiting_list": np.ones(2, dtype=bool)},
            r"FlowRule.waiting_list has shape \(2,\): .* each of 3 contracts",
        ),
        ({"pool": np.zeros(4, dtype=int)}, r"FlowRule.pool has shape \(4,\)"),
        ({"lift": -0.1}, "FlowRule.lift is -0.1: a part of the limit"),
    ],
)
def test_a_rule_of_other_contracts_is_refused(changes: dict[str, object], told: str) -> None:
    plain = {"limit": np.ones((1, 1, 3)), "price": np.ones(5), "waiting_list": np.ones(3, dtype=bool)}
    with pytest.raises(ValueError, match=told):
        FlowRule(**(plain | changes))  # type: ignore[arg-type]
