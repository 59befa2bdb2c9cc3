"""From a case to its contract objects, one per provider x lot, for each payment form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.budget_clauses import BudgetClause, GrowthPath, Performance, Sanction, VolumeClause
from bekostiging.contracts.clauses import Clause, EqualisationReserve, HighCostPool, QuotaShare, StopLoss
from bekostiging.contracts.corridor import corridor_of
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import Maatwerktraject
from bekostiging.contracts.outputgericht import Outputgericht
from bekostiging.contracts.pool import ProviderPool
from bekostiging.contracts.reference import Reference
from bekostiging.contracts.taakgericht import Taakgericht
from bekostiging.contracts.terms import Contract
from bekostiging.scenarios import Cells, within_budget

FloatArray = NDArray[np.float64]


def build_contracts(
    case: Case, cells: Cells, reference: Reference, form: PaymentForm, *, ceilings: bool = True
) -> tuple[Contract, ...]:
    """Return every contract of the case as if paid by ``form``, in the order of ``case.contracts``.

    A lump sum is at its reference amount with the shares its layers give (decided shares still nan).
    ``ceilings=False`` leaves the spending ceilings out.
    """
    return tuple(_contract(case, cells, reference, form, index, ceilings) for index in range(len(case.contracts)))


def _contract(
    case: Case, cells: Cells, reference: Reference, form: PaymentForm, index: int, ceilings: bool
) -> Contract:
    """Build one contract."""
    row = case.contracts[index]
    own = np.flatnonzero(cells.contract == index)
    clauses, on_budget = _clauses(case, reference, form, index)
    common: dict[str, Any] = {
        "provider": row.provider,
        "lot": row.lot,
        "cells": own,
        "tariff": cells.tariff[own],
        "unit_cost": cells.unit_cost[own],
        "reference": reference.amount[index],
        "clauses": clauses,
    }
    ceiling = row.ceiling if ceilings else None
    if form == "inspanningsgericht":
        return Inspanningsgericht(**common, ceiling=ceiling)
    if form == "outputgericht":
        return Outputgericht(**common, ceiling=ceiling)
    if form == "maatwerktraject":
        return Maatwerktraject(**common, within=_within(case, cells, own), ceiling=ceiling)
    amount = reference.amount[index]
    clients = np.maximum(reference.clients[index], np.finfo(np.float64).tiny)
    return Taakgericht(
        **common | {"clauses": (*clauses, corridor_of(case, row.lot))},
        budget=amount,
        budget_clauses=on_budget,
        base=case.corridor_base(row.lot),
        norm=amount / clients,
        reference_tariff=reference.tariff[own],
        reference_cost=reference.unit_cost[own],
    )


def _clauses(
    case: Case, reference: Reference, form: PaymentForm, index: int
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
                budget.append(Sanction(row.share, row.length or 12))
            case "volume_clause":
                expected = np.maximum(reference.clients[index], np.finfo(np.float64).tiny)
                budget.append(VolumeClause(lower, upper, row.share, expected))
            case "growth_path":
                budget.append(GrowthPath(row.share, row.length or 1, contract.revenue_last_year))
    return tuple(risk), tuple(budget)


def provider_pools(case: Case, form: PaymentForm) -> tuple[ProviderPool, ...]:
    """Pools between the providers of a lot, of table clauses."""
    return tuple(
        ProviderPool(row.lot, row.lower or 1.0, np.inf if row.upper is None else row.upper, row.share)
        for row in case.clauses
        if row.clause == "provider_pool" and row.payment_form == form
    )


def _within(case: Case, cells: Cells, own: NDArray[np.int64]) -> FloatArray:
    """Expected part of the units within the hours budgets, per own cell."""
    spread = {(row.area, row.care_form): row.realised_cv for row in case.demand}
    place = zip(cells.area[own], cells.care_form[own], strict=True)
    return within_budget(
        np.array([spread[cells.area_ids[area], cells.care_form_ids[form]] for area, form in place])
    )


def with_design(contract: Taakgericht, budget: FloatArray, share: FloatArray) -> Taakgericht:
    """Return the lump sum with its decided budget (n_years,) and shares of its corridor (n_layers,)."""
    corridor = replace(contract.corridor, share=share)
    return replace(contract, budget=budget, clauses=(*contract.clauses[:-1], corridor))
