"""From a case to its contract objects, one per provider x lot, for each payment form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.corridor import corridor_of
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import Maatwerktraject
from bekostiging.contracts.outputgericht import Outputgericht
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
    common: dict[str, Any] = {
        "provider": row.provider,
        "lot": row.lot,
        "cells": own,
        "tariff": cells.tariff[own],
        "unit_cost": cells.unit_cost[own],
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
        **common,
        reference=amount,
        budget=amount,
        corridor=corridor_of(case, row.lot),
        base=case.corridor_base(row.lot),
        norm=amount / clients,
        reference_tariff=reference.tariff[own],
        reference_cost=reference.unit_cost[own],
    )


def _within(case: Case, cells: Cells, own: NDArray[np.int64]) -> FloatArray:
    """Expected part of the units within the hours budgets, per own cell."""
    spread = {(row.area, row.care_form): row.realised_cv for row in case.demand}
    place = zip(cells.area[own], cells.care_form[own], strict=True)
    return within_budget(
        np.array([spread[cells.area_ids[area], cells.care_form_ids[form]] for area, form in place])
    )


def with_design(contract: Taakgericht, budget: FloatArray, share: FloatArray) -> Taakgericht:
    """Return the lump sum with its decided budget (n_years,) and shares (n_layers,)."""
    return replace(contract, budget=budget, corridor=replace(contract.corridor, share=share))
