"""The flow rule of a limit: intake stops when the money is (nearly) gone, crisis never.

Per contract and calendar year, months in order. Used: production so far this year at the rule's prices,
crisis included. From 70 % on (the signal of the spending ceiling, Contractstandaard Wmo v1.2 art. 1.5) intake
stops in the month in which used + last month's production x remaining months would reach the limit. Starts
that are not crisis then wait until January of the next contract year, or are refused where the lot has no
waiting list. January opens again. All starts of one month and contract are treated alike, so the rule works on
cohorts (contract x month of start) and moves the clients of the block themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.clients import SITTING, Clients
from bekostiging.scenarios.forecast import MONTHS
from bekostiging.scenarios.reduce import month_totals

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
SIGNAL = 0.70
"""Part of the ceiling at which written notice and consultation follow (art. 1.5)."""
NEVER = -1
"""Month of a signal or stop that does not come."""


@dataclass(frozen=True)
class FlowRule:
    """What may be used, at which prices.

    ``limit`` (n_scenarios, n_years, n_contracts): euro per contract year at the price level of the first
    year, infinite where there is none; ``price`` (n_cells,): euro per unit at that level; ``waiting_list``
    (n_contracts,): clients wait (True) or are refused.
    """

    limit: FloatArray
    price: FloatArray
    waiting_list: BoolArray


@dataclass(frozen=True)
class FlowOutcome:
    """Clients after the rule, and when it spoke.

    ``signal_month`` and ``stop_month`` (n_scenarios, n_years, n_contracts): 0 is January, -1 never.
    """

    clients: Clients
    signal_month: IntArray
    stop_month: IntArray


def apply_flow(clients: Clients, cells: Cells, rule: FlowRule) -> FlowOutcome:
    """Let the non-urgent starts wait that the rule stops; clients are moved, never created or lost."""
    n_years = rule.limit.shape[1]
    limited = np.asarray(np.isfinite(rule.limit).any(axis=(0, 1)))
    contract = cells.contract[clients.cell]
    chosen = np.where(contract >= 0, limited[contract], False)
    urgent = clients.crisis | (clients.asked_month == SITTING)
    fixed, cohorts = _production(clients, contract, chosen, urgent, rule, cells)
    stop, signal_month, stop_month = _stops(fixed, cohorts, rule.limit)
    month = np.maximum(clients.asked_month, 0)
    stopped = chosen & ~urgent
    stopped[stopped] = stop[clients.scenario[stopped], contract[stopped], month[stopped]]
    january = MONTHS * (month // MONTHS + 1)
    waits = stopped & rule.waiting_list[contract]
    refused = stopped & ~waits
    start = np.where(waits, clients.start + (january - month), clients.start)
    # a refused client never starts here: put beyond the term, where no care is counted
    start = np.where(refused, MONTHS * n_years, start).astype(np.float32)
    moved = replace(clients, start=start, deferred=waits, refused=refused)
    return FlowOutcome(moved, signal_month, stop_month)


def _production(
    clients: Clients, contract: IntArray, chosen: BoolArray, urgent: BoolArray, rule: FlowRule, cells: Cells
) -> tuple[FloatArray, FloatArray]:
    """Monthly production in euro: of urgent clients, and of the others by month of asking.

    Shapes (n_scenarios, n_contracts, n_months) and (n_scenarios, n_contracts, n_months, n_months).
    """
    n_scenarios, n_years, n_contracts = rule.limit.shape
    n_months = MONTHS * n_years
    euro = (clients.rate * rule.price[clients.cell]).astype(np.float32)

    def totals(who: BoolArray, group: IntArray, n_groups: int) -> FloatArray:
        """Monthly euros of some clients by group."""
        own = replace(clients, start=clients.start[who], duration=clients.duration[who])
        return month_totals(own, euro[who], group[who], n_groups, n_months)

    place = clients.scenario * n_contracts + contract
    fixed = totals(chosen & urgent, place, n_scenarios * n_contracts)
    cohort = place * n_months + np.maximum(clients.asked_month, 0)
    moving = totals(chosen & ~urgent, cohort, n_scenarios * n_contracts * n_months)
    shape = (n_scenarios, n_contracts, n_months)
    return fixed.reshape(shape), moving.reshape(*shape, n_months)


def _stops(fixed: FloatArray, cohorts: FloatArray, limit: FloatArray) -> tuple[BoolArray, IntArray, IntArray]:
    """Walk through the months: which cohorts are stopped, and the months of signal and stop."""
    n_scenarios, n_contracts, n_months = fixed.shape
    planned = fixed.copy()
    stop = np.zeros(fixed.shape, dtype=np.bool_)
    signal_month = np.full(limit.shape, NEVER)
    stop_month = np.full(limit.shape, NEVER)
    used = np.zeros((n_scenarios, n_contracts))
    closed = np.zeros((n_scenarios, n_contracts), dtype=np.bool_)
    for month in range(n_months):
        year, in_year = divmod(month, MONTHS)
        if in_year == 0:
            used[:], closed[:] = 0.0, False
        else:
            last = planned[:, :, month - 1]
            used += last
            signal = used >= SIGNAL * limit[:, year]
            stopping = signal & (used + last * (MONTHS - in_year) >= limit[:, year]) & ~closed
            first = signal & (signal_month[:, year] == NEVER)
            signal_month[:, year][first] = in_year
            stop_month[:, year][stopping] = in_year
            closed |= stopping
        stop[:, :, month] = closed
        own = cohorts[:, :, month, month:]
        planned[:, :, month:] += own * ~closed[:, :, None]
        january = MONTHS * (year + 1)
        if january < n_months:
            planned[:, :, january:] += own[:, :, : n_months - january] * closed[:, :, None]
    return stop, signal_month, stop_month
