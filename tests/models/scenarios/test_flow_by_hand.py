"""Signal, stop, capacity and January on paper: one contract, a unit a euro, production the same every month."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.scenarios import Cells, FlowOutcome, FlowRule, apply_flow
from bekostiging.scenarios.clients import CASELOAD, Clients
from bekostiging.scenarios.flow import NEVER

ALWAYS = 1000.0
"""Months of care that outlast every term here."""
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = 7, 8, 9, 10, 11


def _cells(contracts: tuple[int, ...] = (0,)) -> Cells:
    """A cell per provider, all of one area and care form."""
    n = len(contracts)
    zero, one = np.zeros(n, dtype=np.int64), np.ones(n)
    return Cells(
        area_ids=("area",), care_form_ids=("care",), provider_ids=tuple(f"p{c}" for c in contracts),
        municipality_codes=("0001",), lot_ids=("lot",), contract_ids=tuple((f"p{c}", "lot") for c in contracts),
        area=zero, care_form=zero, provider=np.arange(n), municipality=zero, lot=zero, contract=np.array(contracts),
        market_share=one / n, share_drift=0 * one, unit_cost=one, tariff=one,
    )  # fmt: skip


def _clients(*rows: tuple[float, float, float, str]) -> Clients:
    """Clients (start, duration, units a month, kind: sitting, crisis or plain) of one scenario and cell."""
    start, duration, rate = (np.array([row[k] for row in rows], dtype=np.float32) for k in range(3))
    kind = np.array([row[3] for row in rows])
    n, no = len(rows), np.zeros(len(rows), dtype=bool)
    zero = np.zeros(n, dtype=np.int64)
    return Clients(
        n_scenarios=1, scenario=zero, cell=zero, asked_month=np.where(kind == "caseload", CASELOAD, start.astype(np.int64)),
        waited=np.zeros(n, dtype=np.float32), start=start, duration=duration, rate=rate, agreed=rate, profile=zero,
        budget_months=np.full(n, np.inf, dtype=np.float32),
        crisis=kind == "crisis", channel=zero.astype(np.int8), result=no, repeat=no, partner=None, deferred=no.copy(),
        refused=no.copy(), moved=no.copy(),
    )  # fmt: skip


def _walked(clients: Clients, *limits: float, capacity: float = np.inf, lift: float = 0.0) -> FlowOutcome:
    """One contract under a limit per year."""
    rule = FlowRule(
        np.array(limits).reshape(1, -1, 1),
        np.ones(1),
        np.ones(1, dtype=bool),
        capacity=np.array([capacity]),
        lift=lift,
    )
    return apply_flow(clients, _cells(), rule)


RISING = (
    (0.0, ALWAYS, 8.0, "caseload"),
    (9.0, ALWAYS, 5.0, "crisis"),
    (9.5, 1.0, 0.0, "plain"),
    (10.5, 1.0, 0.0, "plain"),
    (11.25, 1.0, 0.0, "plain"),
)
"""8 a month to September, 13 from October on; so much is used when a month begins: September 64, October 72, November 85,
December 98. Clients without production ask in October, November and December."""


def test_signal_in_october_and_stop_in_november() -> None:
    """Limit 100. October: 72 is 70 % or more, 72 + 3 x 8 = 96 is not 100. November: 85 + 2 x 13 = 111 is."""
    outcome = _walked(_clients(*RISING), 100.0)
    assert outcome.signal_month.item() == OCTOBER
    assert outcome.stop_month.item() == NOVEMBER
    np.testing.assert_array_equal(outcome.clients.deferred, [False, False, False, True, True])
    # who asks halfway November and a quarter into December is beyond the term, at the same moment of a month
    np.testing.assert_array_equal(outcome.clients.start, [0.0, 9.0, 9.5, 12.5, 12.25])


def test_the_signal_comes_at_seventy_percent_and_not_before() -> None:
    """8 a month: 64 in September. It is 70 % of 90 (63) and not of 92 (64.4), which has its signal in October."""
    assert _walked(_clients(*RISING), 90.0).signal_month.item() == SEPTEMBER
    assert _walked(_clients(*RISING), 92.0).signal_month.item() == OCTOBER


def test_the_pace_of_last_month_counts_over_the_months_that_are_left() -> None:
    """November: 85 + 2 x 13 = 111 stops a limit of 111 and not one of 111.5; then December, 98 + 13 = 111, neither."""
    assert _walked(_clients(*RISING), 111.0).stop_month.item() == NOVEMBER
    assert _walked(_clients(*RISING), 111.5).stop_month.item() == NEVER


def test_the_consultation_raises_the_limit_and_not_the_signal() -> None:
    """Limit 100 and a tenth more: November reaches 111 all the same; two tenths more: never. The signal stays at 70."""
    tenth, fifth = (_walked(_clients(*RISING), 100.0, lift=lift) for lift in (0.1, 0.2))
    assert tenth.signal_month.item() == fifth.signal_month.item() == OCTOBER
    assert (tenth.stop_month.item(), fifth.stop_month.item()) == (NOVEMBER, NEVER)


def test_january_opens_again_and_starts_from_nothing() -> None:
    """10 a month and 100 a year: signal and stop in August (70 + 5 x 10 = 120), and in the next year in August again; who
    waits from October on starts in January, and who asks in the second September waits to the end."""
    clients = _clients(
        (0.0, ALWAYS, 10.0, "caseload"),
        (9.5, 1.0, 0.0, "plain"),
        (14.5, 1.0, 0.0, "plain"),
        (20.5, 1.0, 0.0, "plain"),
    )
    outcome = _walked(clients, 100.0, 100.0)
    np.testing.assert_array_equal(outcome.signal_month[0, :, 0], [AUGUST, AUGUST])
    np.testing.assert_array_equal(outcome.stop_month[0, :, 0], [AUGUST, AUGUST])
    np.testing.assert_array_equal(outcome.clients.start, [0.0, 12.5, 14.5, 24.5])
    np.testing.assert_array_equal(outcome.clients.deferred, [False, True, False, True])


def test_who_waited_counts_in_the_year_in_which_care_starts() -> None:
    """Sitting 6 a month, a limit of 60 a year: 70 % (42) in August, 42 + 5 x 6 = 72. A client of 30 a month who asks in
    September starts in January: in February 36 are used, which is no 70 %; in March 72, and the limit is passed."""
    clients = _clients((0.0, ALWAYS, 6.0, "caseload"), (8.0, ALWAYS, 30.0, "plain"), (13.5, 1.0, 0.0, "plain"),
                       (14.5, 1.0, 0.0, "plain"))  # fmt: skip
    outcome = _walked(clients, 60.0, 60.0)
    np.testing.assert_array_equal(outcome.stop_month[0, :, 0], [AUGUST, 2])
    np.testing.assert_array_equal(outcome.clients.start, [0.0, 12.0, 13.5, 24.5])


def test_every_year_has_its_own_limit() -> None:
    """10 a month: 100 stops in August; of 171 the signal is at 119.7, and 110 are used when December begins."""
    outcome = _walked(_clients((0.0, ALWAYS, 10.0, "caseload")), 100.0, 171.0)
    np.testing.assert_array_equal(outcome.signal_month[0, :, 0], [AUGUST, NEVER])
    np.testing.assert_array_equal(outcome.stop_month[0, :, 0], [AUGUST, NEVER])


def test_a_full_provider_stops_in_the_month_after() -> None:
    """Capacity 10, and 10 a month from January to March: who asks in January starts; in February, March and April the month
    before was full; from May on there is room. Crisis starts at once, and no ceiling speaks."""
    asking = ((month + 0.5, 1.0, 0.0, "plain") for month in range(5))
    clients = _clients((0.0, 3.0, 10.0, "caseload"), *asking, (2.25, 1.0, 0.0, "crisis"))
    outcome = _walked(clients, np.inf, capacity=10.0)
    np.testing.assert_array_equal(outcome.clients.start, [0.0, 0.5, 4.5, 4.5, 4.5, 4.5, 2.25])
    assert outcome.signal_month.item() == outcome.stop_month.item() == NEVER
    not_full = _walked(clients, np.inf, capacity=10.5).clients
    np.testing.assert_array_equal(not_full.start, clients.start)


@pytest.mark.parametrize("capacity", [np.inf, 10.0])
def test_a_stop_of_one_provider_sends_who_asks_to_the_other(capacity: float) -> None:
    """Two providers with half each, the first stopped by its ceiling or because it is full: its clients move, in the month
    they asked, and nobody waits."""
    clients = _clients((0.0, ALWAYS, 10.0, "caseload"), (8.5, 1.0, 0.0, "plain"))
    limit = np.array([100.0 if np.isinf(capacity) else np.inf, np.inf]).reshape(1, 1, 2)
    rule = FlowRule(
        limit,
        np.ones(2),
        np.ones(2, dtype=bool),
        moves=np.ones(2, dtype=bool),
        capacity=np.array([capacity, np.inf]),
    )
    after = apply_flow(clients, _cells((0, 1)), rule).clients
    np.testing.assert_array_equal(after.cell, [0, 1])
    np.testing.assert_array_equal(after.start, [0.0, 8.5])
    assert not after.deferred.any()
