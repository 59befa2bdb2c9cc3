"""The flow rules of a case: up to which production a contract serves who asks, on its own headroom and on a common one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts import Contract, PriceLevels, Taakgericht
from bekostiging.scenarios import CareUse, Cells, FlowRule
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

Levels = Mapping[str, PriceLevels]


@dataclass(frozen=True)
class Limits:
    """Rules for the contracts of a case; ``lump_sums``: every contract as a lump sum, in the order of ``case.contracts``.

    Limits are euro at the price level of the first year; of a lump sum they are cost at the provider's own unit cost, of the
    other forms production at the tariff.
    """

    case: Case
    cells: Cells
    lump_sums: tuple[Taakgericht, ...]

    def ceilings(self, care_use: CareUse) -> FlowRule | None:
        """Up to the ceiling, and up to what the provider can do; None where nothing is limited and nobody waits today."""
        case = self.case
        ceilings = np.array([np.inf if row.ceiling is None else row.ceiling for row in case.contracts])
        capacity = monthly_capacity(case, self.cells)
        if not np.isfinite([ceilings, capacity]).any() and not case.waiting:
            return None
        return FlowRule(
            np.broadcast_to(ceilings, (care_use.n_scenarios, care_use.n_years, len(ceilings))),
            self.cells.tariff,
            self._waiting_list,
            moves=self._moves,
            pool=_pool_numbers(case),
            capacity=capacity,
            lift=case.policy.ceiling_lift,
        )

    def budgets(self, levels: Levels) -> FlowRule:
        """A lump sum up to its indexed budget."""
        return self._of_costs([one.budget * levels[one.lot].contract for one in self.lump_sums], levels)

    def budgets_and_corridor(self, care_use: CareUse, levels: Levels) -> FlowRule:
        """A lump sum up to its indexed budget and what the corridor will pay beside it."""
        return self._of_costs([one.used_up_at(care_use, levels[one.lot]) for one in self.lump_sums], levels)

    def common(self, own: Sequence[Contract], levels: Levels) -> FlowRule:
        """Contracts of a form with a tariff up to the indexed budget of the lump sum, reckoned at the tariff.

        Without shared ceilings, and without a raise after consultation: the lump sum has neither. A provider that
        is full still takes nobody in.
        """
        budgets = [one.budget * levels[one.lot].contract / levels[one.lot].price for one in self.lump_sums]
        tariffs = FlowRule(
            np.stack(budgets, axis=2),
            self.cells.tariff,
            self._waiting_list,
            moves=self._moves,
            capacity=monthly_capacity(self.case, self.cells),
        )
        return self._lump_sums_among(own, tariffs, levels)

    def mixed(self, own: Sequence[Contract], care_use: CareUse, levels: Levels) -> FlowRule:
        """The limit of each contract under its own form."""
        ceilings = self.ceilings(care_use)
        if ceilings is not None:
            return self._lump_sums_among(own, ceilings, levels)
        budgets = self.budgets(levels)
        return replace(budgets, limit=np.where(_are_lump_sums(own), budgets.limit, np.inf))

    def _lump_sums_among(self, own: Sequence[Contract], rule: FlowRule, levels: Levels) -> FlowRule:
        """A rule for tariffs, with that of the budgets for the contracts that are lump sums."""
        budgets, lump = self.budgets(levels), _are_lump_sums(own)
        by_cell = np.append(lump, False)[self.cells.contract]
        capacity = np.full(len(own), np.inf) if rule.capacity is None else rule.capacity
        return replace(
            rule,
            limit=np.where(lump, budgets.limit, rule.limit),
            price=np.where(by_cell, budgets.price, rule.price),
            capacity=np.where(lump, np.inf, capacity),
        )

    def _of_costs(self, nominal: Sequence[FloatArray], levels: Levels) -> FlowRule:
        """Cost at the provider's own unit cost up to euros per contract, (n_scenarios, n_years) each."""
        limits = [euro / levels[one.lot].cost for one, euro in zip(self.lump_sums, nominal, strict=True)]
        return FlowRule(np.stack(limits, axis=2), self.cells.unit_cost, self._waiting_list, moves=self._moves)

    @property
    def _waiting_list(self) -> BoolArray:
        return np.array([self.case.policy.waiting_list(row.lot) == "allowed" for row in self.case.contracts])

    @property
    def _moves(self) -> BoolArray:
        return np.array([self.case.policy.when_stopped(row.lot) == "move" for row in self.case.contracts])


def _are_lump_sums(own: Sequence[Contract]) -> BoolArray:
    """Which contracts are; (n_contracts,)."""
    return np.array([one.lump_sum for one in own])


def monthly_capacity(case: Case, cells: Cells) -> FloatArray:
    """What each contract can produce a month at its tariffs, euro; infinite where an offer has no limit; (n_contracts,)."""
    found = np.full(len(case.contracts), np.inf)
    for c, row in enumerate(case.contracts):
        own = {cells.care_form_ids[cells.care_form[cell]] for cell in np.flatnonzero(cells.contract == c)}
        offers = [offer for offer in case.offers if offer.provider == row.provider and offer.care_form in own]
        total = 0.0
        for offer in offers:
            total += np.inf if offer.capacity is None else offer.capacity * offer.tariff * row.tariff_factor
        found[c] = total / MONTHS
    return found


def _pool_numbers(case: Case) -> IntArray:
    """A number per contract, the same for contracts that share their ceilings."""
    names = [row.ceiling_pool or f"contract {c}" for c, row in enumerate(case.contracts)]
    numbers = {name: k for k, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names])
