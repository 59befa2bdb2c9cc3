"""From a case to its contract objects, one per provider x lot, for each payment form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.budget_clauses import BudgetClause, GrowthPath, Performance, Sanction, VolumeClause
from bekostiging.contracts.cash import PaymentCalendar
from bekostiging.contracts.ceiling import CeilingPool
from bekostiging.contracts.clauses import Clause, EqualisationReserve, HighCostPool, QuotaShare, StopLoss
from bekostiging.contracts.corridor import corridor_of
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import Maatwerktraject
from bekostiging.contracts.outputgericht import Outputgericht
from bekostiging.contracts.pool import ProviderPool
from bekostiging.contracts.reference import Reference
from bekostiging.contracts.revenue import revenue_paths
from bekostiging.contracts.staffing import Staffing
from bekostiging.contracts.taakgericht import Taakgericht
from bekostiging.contracts.terms import Contract
from bekostiging.scenarios import Cells, paid_by_row
from bekostiging.scenarios.forecast import demand_of_cells
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray


def build_contracts(
    case: Case, cells: Cells, reference: Reference, form: PaymentForm, *, ceilings: bool = True
) -> tuple[Contract, ...]:
    """Return every contract of the case as if paid by ``form``, in the order of ``case.contracts``; a general provision
    is a lump sum always.

    A lump sum is at its reference amount with the shares its layers give (decided shares still nan).
    ``ceilings=False`` leaves the spending ceilings out.

    Raises
    ------
    ValueError
        A payment form or clause that no contract is made for.
    """
    within = paid_parts(case, cells)
    return tuple(
        _contract(case, cells, reference, form, index, ceilings, within) for index in range(len(case.contracts))
    )


def _contract(
    case: Case,
    cells: Cells,
    reference: Reference,
    form: PaymentForm,
    index: int,
    ceilings: bool,
    within: FloatArray,
) -> Contract:
    """Build one contract; ``within`` (n_cells,): part of the units that hours budgets are expected to pay."""
    row = case.contracts[index]
    own = np.flatnonzero(cells.contract == index)
    general = next(one.general_provision for one in case.lots if one.id == row.lot)
    # without registration nothing can be claimed: a general provision is a lump sum under every form
    form = "taakgericht" if general else form
    clauses, on_budget = _clauses(case, cells, reference, form, index)
    common: dict[str, Any] = {
        "provider": row.provider,
        "lot": row.lot,
        "cells": own,
        "tariff": cells.tariff[own],
        "unit_cost": cells.unit_cost[own],
        "reference": reference.amount[index],
        "clauses": clauses,
        "staffing": _staffing(case, row.provider, float(reference.units[0, own] @ cells.unit_cost[own])),
    }
    if form != "taakgericht" and ceilings and row.ceiling is not None:
        # contracts of a pool share their ceilings: see CeilingPool
        common["part_of_ceiling" if row.ceiling_pool else "ceiling"] = row.ceiling * (1 + case.policy.ceiling_lift)
    if form == "inspanningsgericht":
        return Inspanningsgericht(**common)
    if form == "outputgericht":
        disputed, lost = case.policy.disputed_share(row.lot), case.policy.disputed_lost(row.lot)
        return Outputgericht(**common, disputed=disputed, disputed_lost=lost)
    if form == "maatwerktraject":
        return Maatwerktraject(**common, within=within[own])
    if form != "taakgericht":
        raise ValueError(f"contract {row.provider} in {row.lot}: no contract is made for payment form {form}")
    amount = reference.amount[index]
    clients = np.maximum(reference.clients[index], np.finfo(np.float64).tiny)
    return Taakgericht(
        **common | {"clauses": (*clauses, corridor_of(case, row.lot))},
        budget=amount,
        budget_clauses=on_budget,
        base=case.policy.base(row.lot),
        norm=amount / clients,
        reference_tariff=reference.tariff[own],
        reference_cost=reference.unit_cost[own],
    )


def _clauses(
    case: Case, cells: Cells, reference: Reference, form: PaymentForm, index: int
) -> tuple[tuple[Clause, ...], tuple[BudgetClause, ...]]:
    """Clauses of table clauses for a contract under a payment form, in order: on the risk, and on the budget."""
    contract = case.contracts[index]
    rows = [row for row in case.clauses if (row.lot, row.payment_form) == (contract.lot, form)]
    risk: list[Clause] = []
    budget: list[BudgetClause] = []
    for row in sorted(rows, key=lambda row: row.position):
        share = np.array([row.share])
        lower, upper = row.lower or 0.0, np.inf if row.upper is None else row.upper
        match row.clause:
            case "quota_share":
                risk.append(QuotaShare(share))
            case "stop_loss":
                risk.append(StopLoss(lower, upper, share))
            case "high_cost_pool":
                risk.append(HighCostPool(row.threshold or 0.0, np.inf if row.cap is None else row.cap, share))
            case "equalisation_reserve":
                risk.append(EqualisationReserve(upper, share))
            case "performance":
                budget.append(Performance(row.share, upper))
            case "sanction":
                budget.append(Sanction(row.share, row.length or MONTHS))
            case "volume_clause":
                expected = np.maximum(reference.clients[index], np.finfo(np.float64).tiny)
                budget.append(VolumeClause(lower, upper, row.share, expected))
            case "growth_path":
                (path,) = revenue_paths(case, cells, reference, (index,))
                budget.append(GrowthPath(row.share, row.length or 1, path.expected))
            case "provider_pool":
                pass  # of several contracts: see provider_pools
            case unknown:
                raise ValueError(
                    f"contract {contract.provider} in {contract.lot}: no terms are made for clause {unknown}"
                )
    return tuple(risk), tuple(budget)


def _staffing(case: Case, provider: str, expected: float) -> Staffing | None:
    """Staff of a provider that expects ``expected`` euro of cost in the first year; None where it follows at once."""
    row = next(row for row in case.providers if row.id == provider)
    if row.adjustment_months == 0:
        return None
    return Staffing(row.fixed_share, row.adjustment_months, row.agency_premium, expected / MONTHS)


def ceiling_pools(case: Case) -> tuple[CeilingPool, ...]:
    """Contracts that share their ceilings."""
    names = dict.fromkeys(row.ceiling_pool for row in case.contracts if row.ceiling_pool)
    found = []
    for name in names:
        own = [c for c, row in enumerate(case.contracts) if row.ceiling_pool == name]
        total = sum(case.contracts[c].ceiling or 0.0 for c in own)
        found.append(CeilingPool(name, tuple(own), total * (1 + case.policy.ceiling_lift)))
    return tuple(found)


def payment_calendar(case: Case, contract: int, form: PaymentForm) -> PaymentCalendar:
    """When a contract is paid under a payment form."""
    advance = case.contracts[contract].payment_calendar == "advance"
    lot = case.contracts[contract].lot
    disputed, lost = case.policy.disputed_share(lot), case.policy.disputed_lost(lot)
    late = disputed * (1 - lost) / (1 - disputed * lost) if form == "outputgericht" else 0.0
    return PaymentCalendar(
        advance, round(case.policy.claim_delay_months), round(case.policy.settlement_delay_months), late
    )


def provider_pools(case: Case, form: PaymentForm) -> tuple[ProviderPool, ...]:
    """Pools between the providers of a lot, of table clauses."""
    return tuple(
        ProviderPool(row.lot, form, row.lower or 1.0, np.inf if row.upper is None else row.upper, row.share)
        for row in case.clauses
        if row.clause == "provider_pool" and row.payment_form == form
    )


def paid_parts(case: Case, cells: Cells) -> FloatArray:
    """Part of the units of a start that its hours budget is expected to pay; (n_cells,)."""
    return paid_by_row(case)[demand_of_cells(case, cells)]


def with_design(contract: Taakgericht, budget: FloatArray, share: FloatArray) -> Taakgericht:
    """Return the lump sum with its decided budget (n_years,) and shares of its corridor (n_layers,)."""
    corridor = replace(contract.corridor, share=share)
    return replace(contract, budget=budget, clauses=(*contract.clauses[:-1], corridor))
