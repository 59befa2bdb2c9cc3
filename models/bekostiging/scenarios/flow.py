"""The flow rule of a limit: intake stops when the money is (nearly) gone, crisis never.

Months are walked in order. Used: production so far this year at the rule's prices, crisis included; contracts of one
pool share their limits. From 70 % on (the signal of the spending ceiling, Contractstandaard Wmo v1.2 art. 1.5) intake
stops in the month in which used + last month's production x remaining months would reach the limit, raised by what the
consultation after the signal agreed (``lift``). A provider may stop clients of its own (art. 3.6) in a month after
one in which it produced all it can. A start that is not crisis and meets a stop goes, where ``moves``, to an open provider
of the same area and care form by market share; else it asks again next month (so after an intake stop in January), or is
refused where there is no waiting list. Clients are moved, never created or lost, and their care counts where they go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.clients import CASELOAD, Clients
from bekostiging.scenarios.reduce import MonthTotals
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

SIGNAL = 0.70
"""Part of the ceiling at which written notice and consultation follow (art. 1.5)."""
NEVER = -1
"""Month of a signal or stop that does not come."""


@dataclass(frozen=True)
class FlowRule:
    """What may be used, at which prices, and what happens to who is stopped.

    Parameters
    ----------
    limit : array (n_scenarios, n_years, n_contracts)
        Euro per contract year at the price level of the first year; infinite where there is none.
    price : array (n_cells,)
        Euro per unit at that level.
    waiting_list : array of bool (n_contracts,)
        Whether who is stopped waits; else is refused.
    moves : array of bool (n_contracts,), optional
        Whether who is stopped first looks for another provider; nobody unless given.
    pool : array of int (n_contracts,), optional
        Contracts with one number share their limits; each its own unless given.
    capacity : array (n_contracts,), optional
        Euro a month that a provider can produce; no provider stops unless given.
    lift : float
        What the consultation after the signal adds, as a part of the limit; 0 unless given.

    Raises
    ------
    ValueError
        An array of another length than there are contracts; a lift below zero.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> block = draw_block(plan(case, 32, n_years=1, seed=1, stream="out_of_sample"), 0)
    >>> n = len(block.plan.cells.contract_ids)
    >>> limit = np.full((block.clients.n_scenarios, 1, n), np.inf)
    >>> rule = FlowRule(limit, block.plan.cells.tariff, waiting_list=np.ones(n, dtype=bool))
    >>> bool(block.care_use(rule).waiting.any())  # without a limit nobody waits
    False
    """

    limit: FloatArray
    price: FloatArray
    waiting_list: BoolArray
    moves: BoolArray | None = None
    pool: IntArray | None = None
    capacity: FloatArray | None = None
    lift: float = 0.0

    def __post_init__(self) -> None:
        """Refuse arrays of other contracts and a lift below zero."""
        if np.ndim(self.limit) != len(("scenario", "year", "contract")):
            raise ValueError(
                f"FlowRule.limit has {np.ndim(self.limit)} axes: give scenario, contract year and contract"
            )
        n_contracts = self.limit.shape[2]
        for name in ("waiting_list", "moves", "pool", "capacity"):
            own = getattr(self, name)
            if own is not None and np.shape(own) != (n_contracts,):
                raise ValueError(
                    f"FlowRule.{name} has shape {np.shape(own)}: one value for each of {n_contracts} contracts"
                )
        if self.lift < 0:
            raise ValueError(f"FlowRule.lift is {self.lift}: a part of the limit, zero or more; give 5 % as 0.05")


@dataclass(frozen=True)
class FlowOutcome:
    """Clients after a flow rule, and when it spoke.

    Parameters
    ----------
    clients : Clients
        Moved, deferred or refused where the rule stopped them.
    signal_month, stop_month : array of int (n_scenarios, n_years, n_contracts)
        Month of the 70 % signal and of the stop of intake: 0 is January, -1 never.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> block = draw_block(plan(case, 32, n_years=1, seed=1, stream="out_of_sample"), 0)
    >>> import numpy as np
    >>> n = len(block.plan.cells.contract_ids)
    >>> rule = FlowRule(np.full((block.clients.n_scenarios, 1, n), 1e6), block.plan.cells.tariff, np.ones(n, dtype=bool))
    >>> outcome = apply_flow(block.clients, block.plan.cells, rule)
    >>> bool((outcome.stop_month >= outcome.signal_month).all())
    True
    """

    clients: Clients
    signal_month: IntArray
    stop_month: IntArray


@kinds_checked
def apply_flow(clients: Clients, cells: Cells, rule: FlowRule) -> FlowOutcome:
    """Let a flow rule stop intake: non-urgent starts that meet a stop move to another provider, wait or are refused.

    Parameters
    ----------
    clients : Clients
        Of a block, everybody served when they asked.
    cells : Cells
        Those of the case.
    rule : FlowRule
        Limits per scenario, contract year and contract.

    Returns
    -------
    FlowOutcome
        The clients after it (none created or lost), and the months of signals and stops.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> from bekostiging.scenarios import draw_block, plan
    >>> block = draw_block(plan(case, 32, 1, 1, "out_of_sample"), 0)
    >>> cells, n = block.plan.cells, len(block.plan.cells.contract_ids)
    >>> low = np.full((block.clients.n_scenarios, 1, n), 1e6)  # a million euro a contract and year
    >>> outcome = apply_flow(block.clients, cells, FlowRule(low, cells.tariff, waiting_list=np.ones(n, dtype=bool)))
    >>> bool(outcome.clients.deferred.any()), bool(outcome.clients.refused.any())
    (True, False)
    """
    walk = _Walk(clients, cells, rule)
    for month in range(walk.n_months):
        walk.step(month)
    walk.end()
    moved = replace(
        clients,
        cell=walk.cell,
        start=walk.start,
        deferred=walk.deferred,
        refused=walk.refused,
        moved=walk.cell != clients.cell,
    )
    by_contract = (walk.signal_month[:, :, walk.pool], walk.stop_month[:, :, walk.pool])
    return FlowOutcome(moved, *by_contract)


class _Walk:
    """The clients of a block, month by month."""

    def __init__(self, clients: Clients, cells: Cells, rule: FlowRule) -> None:
        n_scenarios, n_years, n_contracts = rule.limit.shape
        self.clients, self.cells, self.rule = clients, cells, rule
        self.n_months, self.n_contracts = MONTHS * n_years, n_contracts
        self.cell, self.start = clients.cell.copy(), clients.start.copy()
        self.deferred, self.refused = (np.zeros(len(self.cell), dtype=np.bool_) for _ in range(2))
        self.pool = np.arange(n_contracts) if rule.pool is None else rule.pool
        self.member = (self.pool[:, None] == np.arange(self.pool.max() + 1)).astype(np.float64)
        self.limit = _pooled(rule.limit, self.pool)
        self.capacity = np.full(n_contracts, np.inf) if rule.capacity is None else rule.capacity
        self.moves = np.zeros(n_contracts, dtype=np.bool_) if rule.moves is None else rule.moves
        self.siblings, self.sibling_share = _siblings(cells)
        self.used = np.zeros((n_scenarios, self.limit.shape[2]))
        self.closed = np.zeros(self.used.shape, dtype=np.bool_)
        self.signal_month = np.full(self.limit.shape, NEVER)
        self.stop_month = np.full(self.limit.shape, NEVER)
        limited = np.isfinite(rule.limit).any(axis=(0, 1)) | np.isfinite(self.capacity)
        contract = cells.contract[clients.cell]
        chosen = np.where(contract >= 0, limited[contract], False)
        urgent = clients.crisis | (clients.asked_month == CASELOAD)
        self.planned = np.zeros((n_scenarios, n_contracts, self.n_months))
        self._produce(np.flatnonzero(chosen & urgent))
        asking = np.flatnonzero(chosen & ~urgent)
        self.order = asking[np.argsort(clients.asked_month[asking], kind="stable")]
        self.edges = np.searchsorted(clients.asked_month[self.order], np.arange(self.n_months + 1))
        self.waiting: IntArray = np.zeros(0, dtype=np.int64)

    def _produce(self, who: IntArray) -> None:
        """Plan the production of clients who start."""
        clients, cell = self.clients, self.cell[who]
        own = replace(clients, start=self.start[who], duration=clients.duration[who])
        euro = (clients.rate[who] * self.rule.price[cell]).astype(np.float32)
        place = clients.scenario[who] * self.n_contracts + self.cells.contract[cell]
        n_groups = self.planned.shape[0] * self.n_contracts
        totals = MonthTotals(own, place, n_groups, self.n_months)
        self.planned += totals.of(euro).reshape(self.planned.shape)

    def step(self, month: int) -> None:
        """One month: what is closed, who asks, who starts, who moves, who waits."""
        shut = self._closed_contracts(month)
        who = np.concatenate([self.waiting, self.order[self.edges[month] : self.edges[month + 1]]])
        scenario, contract = self.clients.scenario[who], self.cells.contract[self.cell[who]]
        stopped = shut[scenario, contract]
        if self.moves.any():
            stopped = self._move(who, stopped & self.moves[contract], shut, stopped)
        self._produce(who[~stopped])
        held = who[stopped]
        waits = self.rule.waiting_list[self.cells.contract[self.cell[held]]]
        self.refused[held[~waits]] = True
        self.waiting = held[waits]
        self.deferred[self.waiting] = True
        self.start[self.waiting] += np.float32(1)

    def end(self) -> None:
        """A refused client never starts here: put beyond the term, where no care is counted."""
        self.start[self.refused] = self.n_months

    def _closed_contracts(self, month: int) -> BoolArray:
        """Contracts that take nobody this month; (n_scenarios, n_contracts)."""
        year, in_year = divmod(month, MONTHS)
        last = self.planned[:, :, month - 1] if month > 0 else np.zeros(self.planned.shape[:2])
        if in_year == 0:
            self.used[:], self.closed[:] = 0.0, False
        else:
            produced = last @ self.member
            self.used += produced
            limit = self.limit[:, year]
            signal = self.used >= SIGNAL * limit
            reached = self.used + produced * (MONTHS - in_year) >= limit * (1 + self.rule.lift)
            stopping = signal & reached & ~self.closed
            first = signal & (self.signal_month[:, year] == NEVER)
            self.signal_month[:, year][first] = in_year
            self.stop_month[:, year][stopping] = in_year
            self.closed |= stopping
        full = last >= self.capacity if month > 0 else np.zeros(last.shape, dtype=np.bool_)
        return self.closed[:, self.pool] | full

    def _move(self, who: IntArray, seeking: BoolArray, shut: BoolArray, stopped: BoolArray) -> BoolArray:
        """Give those who seek an open provider, by market share; returns who is still stopped."""
        seekers = who[seeking]
        near = self.siblings[self.cell[seekers]]
        contract = self.cells.contract[near]
        is_open = ~shut[self.clients.scenario[seekers][:, None], contract]
        weight = np.cumsum(self.sibling_share[self.cell[seekers]] * is_open, axis=1)
        # the moment within the month is uniform and has nothing to do with the providers
        uniform = (self.start[seekers] % 1)[:, None] * weight[:, -1:]
        has_place = weight[:, -1] > 0
        place = np.minimum((weight <= uniform).sum(axis=1), near.shape[1] - 1)
        self.cell[seekers[has_place]] = near[np.flatnonzero(has_place), place[has_place]]
        left = stopped.copy()
        left[np.flatnonzero(seeking)[has_place]] = False
        return left


def _pooled(limit: FloatArray, pool: IntArray) -> FloatArray:
    """Limits of the pools: the sum over their contracts; (n_scenarios, n_years, n_pools)."""
    total = np.zeros((*limit.shape[:2], int(pool.max()) + 1))
    for contract, own in enumerate(pool):
        total[:, :, own] += limit[:, :, contract]
    return total


def _siblings(cells: Cells) -> tuple[IntArray, FloatArray]:
    """Cells of other providers in the same area and care form, and their market shares; (n_cells, most)."""
    place: dict[tuple[int, int], list[int]] = {}
    for cell, key in enumerate(zip(cells.area.tolist(), cells.care_form.tolist(), strict=True)):
        place.setdefault(key, []).append(cell)
    most = max(len(own) for own in place.values())
    near = np.tile(np.arange(cells.n_cells)[:, None], (1, most))
    share = np.zeros(near.shape)
    for own in place.values():
        for cell in own:
            others = [other for other in own if other != cell]
            near[cell, : len(others)] = others
            share[cell, : len(others)] = cells.market_share[others]
    return near, share
