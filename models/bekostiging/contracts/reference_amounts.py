"""Reference prices and amounts: one build-up behind all payment forms.

The reference tariff and unit cost of a lot x care form are the means over its providers, weighted with
expected units: equal for every provider (equal treatment), and the lot as a whole is priced as P x Q expects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.contracts.buildup import build_up, fair_cost
from bekostiging.contracts.indexation import expected_level
from bekostiging.scenarios import Cells, expected_care_use
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class Reference:
    """Reference figures of a case: what prices and budgets of every payment form are made from.

    Parameters
    ----------
    tariff, unit_cost, fair_cost : array (n_cells,)
        Euro per unit, first contract year. ``fair_cost`` is the AMvB build-up without risk loading where the case gives
        one, else the reference unit cost.
    units : array (n_years, n_cells)
        Expected units.
    amount, fair_price : array (n_contracts, n_years)
        B0 and F: euro, nominal at forecast index.
    clients : array (n_contracts, n_years)
        Expected clients in the year.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> figures = reference(case, build_cells(case), n_years=2)
    >>> figures.amount[0].round().tolist(), figures.clients[0].round(1).tolist()
    ([5128765.0, 5315311.0], [2002.6, 2019.6])
    """

    tariff: FloatArray
    unit_cost: FloatArray
    fair_cost: FloatArray
    units: FloatArray
    amount: FloatArray
    fair_price: FloatArray
    clients: FloatArray


@kinds_checked
def reference(case: Case, cells: Cells, n_years: Count) -> Reference:
    """The reference figures of a case: one build-up behind all payment forms.

    Parameters
    ----------
    case : Case
        Gives demand, unit costs, tariffs, and the reference amounts that contracts state.
    cells : Cells
        Those of the case.
    n_years : int
        Contract years.

    Returns
    -------
    Reference
        ``contracts.reference_amount``, where given, replaces the amount of the first year; later years grow as the
        build-up does.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> reference(case, cells, n_years=2).amount.sum(axis=0).round().tolist()
    [30197870.0, 31265437.0]
    """
    expected = expected_care_use(case, cells, n_years)
    units, clients = expected.units[0], expected.clients[0]
    tariff = _lot_mean(cells, cells.tariff, units)
    unit_cost = _lot_mean(cells, cells.unit_cost, units)
    fair_cost = _fair_cost(case, cells, unit_cost)
    n_contracts = len(cells.contract_ids)
    amount, fair, in_care = (np.zeros((n_contracts, n_years)) for _ in range(3))
    for index, contract in enumerate(case.contracts):
        own = cells.contract == index
        level = expected_level(case, contract.lot, n_years)
        amount[index] = units[:, own] @ tariff[own] * level
        fair[index] = units[:, own] @ fair_cost[own] * level
        in_care[index] = clients[:, own].sum(axis=1)
        if contract.reference_amount is not None:
            amount[index] *= contract.reference_amount / amount[index, 0]
    return Reference(tariff, unit_cost, fair_cost, units, amount, fair, in_care)


def _lot_mean(cells: Cells, price: FloatArray, units: FloatArray) -> FloatArray:
    """Mean price of the lot x care form of each cell, weighted with expected units; 0 without lot."""
    weight = units.sum(axis=0)
    mean = np.zeros(cells.n_cells)
    for lot in range(len(cells.lot_ids)):
        for form in range(len(cells.care_form_ids)):
            own = (cells.lot == lot) & (cells.care_form == form)
            if own.any() and weight[own].sum() > 0:
                mean[own] = price[own] @ weight[own] / weight[own].sum()
    return mean


def _fair_cost(case: Case, cells: Cells, unit_cost: FloatArray) -> FloatArray:
    """The cost price of the build-up, per care form; else the reference unit cost."""
    fair, built = unit_cost.copy(), fair_cost(case)
    for index, form in enumerate(cells.care_form_ids):
        if form in built:
            fair[(cells.care_form == index) & (cells.lot >= 0)] = built[form]
    return fair


@dataclass(frozen=True)
class BudgetLine:
    """The lump sum of one contract and care form in the first year; euro.

    Parameters
    ----------
    provider, lot, care_form : str
    units : float
        Expected in the first contract year.
    cost_per_unit, tariff_per_unit, reference_tariff : float
        Euro: cost price without and with the risk loading of the build-up, and the lot's reference tariff.

    Examples
    --------
    >>> line = BudgetLine("provider", "lot", "form", 100.0, cost_per_unit=70.0, tariff_per_unit=72.0, reference_tariff=71.0)
    >>> line.fair_amount, line.amount, line.reference_amount
    (7000.0, 7200.0, 7100.0)
    """

    provider: str
    lot: str
    care_form: str
    units: float
    cost_per_unit: float
    tariff_per_unit: float
    reference_tariff: float

    @property
    def fair_amount(self) -> float:
        """Euro that the budget must at least be expected to pay: units x cost price."""
        return self.units * self.cost_per_unit

    @property
    def amount(self) -> float:
        """Euro at the tariff of the build-up, its risk loading included."""
        return self.units * self.tariff_per_unit

    @property
    def reference_amount(self) -> float:
        """Euro at the lot's reference tariff: what B0 of the contract is the sum of."""
        return self.units * self.reference_tariff


@kinds_checked
def budget_lines(case: Case, cells: Cells, terms: Reference) -> tuple[BudgetLine, ...]:
    """The lump sum of every contract and care form with a build-up, in the first contract year.

    Parameters
    ----------
    case : Case
        Gives the offers and the build-up of their unit costs.
    cells : Cells
        Those of the case.
    terms : Reference
        Reference figures of the same cells.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.scenarios import build_cells
    >>> almere = read_case("almere")
    >>> cells = build_cells(almere)
    >>> line = budget_lines(almere, cells, reference(almere, cells, 1))[0]
    >>> line.amount >= line.fair_amount
    True
    """
    lines = build_up(case)
    cost, tariff = (
        {line.care_form: line.value for line in lines if line.name == name}
        for name in ("cost_per_unit", "tariff_per_unit")
    )
    budgets = []
    for c, row in enumerate(case.contracts):
        for f, form in enumerate(cells.care_form_ids):
            own = np.flatnonzero((cells.contract == c) & (cells.care_form == f))
            units = float(terms.units[0, own].sum())
            if form in cost and units > 0:
                reference = float(terms.tariff[own] @ terms.units[0, own]) / units
                budgets.append(BudgetLine(row.provider, row.lot, form, units, cost[form], tariff[form], reference))
    return tuple(budgets)
