"""What every contract has, and what settling gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, Literal, Self, TypeVar, cast

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import CLAUSES, PAYMENT_FORMS, FormFacts, PaymentForm
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.clauses import Clause, Position, TableClause
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.staffing import Staffing, staffing_of
from bekostiging.scenarios import CareUse, Measure
from bekostiging_solvers.typing import FloatArray, IntArray

Party = Literal[
    "municipality", "municipality_up_to_ceiling", "provider", "provider_with_corridor", "shared", "nobody"
]
PER_DELIVERY: dict[str, Party] = {
    "wages": "provider",
    "prices": "provider",
    "sickness_vacancy": "provider",
    "empty_places": "provider",
    "bad_debt": "provider",
    "disputes": "provider",
}
"""Who bears which risk wherever a tariff or price is claimed: what is not delivered is not paid."""


def contract_class(form: PaymentForm) -> type[Contract]:
    """The contract class of a payment form.

    Raises
    ------
    KeyError
        There is no such form.
    """
    return cast("type[Contract]", PAYMENT_FORMS[form])  # only register_payment_form adds


@dataclass(frozen=True)
class Settlement:
    """Euros of one contract; every array (n_scenarios, n_years), nominal.

    What was asked is ``payment - clauses + unpaid``; a lump sum leaves nothing unpaid.

    Parameters
    ----------
    payment : array
        What the municipalities pay.
    clauses : array
        Part of ``payment`` that clauses add or take (a main contractor passes it on by a share of its own).
    cost : array
        What the care costs the provider.
    unpaid : array
        Delivered and not paid.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> settled = Settlement(payment=95 * one, clauses=0 * one, cost=90 * one, unpaid=5 * one)
    >>> float((settled.payment - settled.clauses + settled.unpaid)[0, 0])  # what was asked
    100.0
    """

    payment: FloatArray
    clauses: FloatArray
    cost: FloatArray
    unpaid: FloatArray


@dataclass(frozen=True)
class Rows:
    """A contract in the optimisers' terms: payment = constant + coefficient b + euros @ share.

    Parameters
    ----------
    constant, coefficient : array (n_scenarios, n_years)
        Nominal euro, and what multiplies the lump sum b (zero without one).
    euros : array (n_scenarios, n_years, n_shares)
        Nominal euro that one unit of each share of the last clause moves.
    cost : array (n_scenarios, n_years)
        Nominal euro.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> rows = Rows(constant=0 * one, coefficient=one, euros=np.array([[[10.0, -4.0]]]), cost=90 * one)
    >>> budget, share = 100.0, np.array([0.5, 0.5])
    >>> float((rows.constant + rows.coefficient * budget + rows.euros @ share)[0, 0])
    103.0
    """

    constant: FloatArray
    coefficient: FloatArray
    euros: FloatArray
    cost: FloatArray


@dataclass(frozen=True)
class Step:
    """One clause in its turn; arrays (n_scenarios, n_years), nominal euro.

    Parameters
    ----------
    clause : Clause
    position : Position
        What it saw.
    paid : array
        What it adds to the payment.
    left : array
        What it leaves of the base for the next clause.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> from bekostiging.contracts import QuotaShare
    >>> position = Position(None, np.arange(1), "delivered", one, base=130 * one, reference=100 * one)
    >>> step = Step(QuotaShare(np.array([0.2])), position, paid=6 * one, left=124 * one)
    >>> float((step.position.base - step.left)[0, 0])
    6.0
    """

    clause: Clause
    position: Position
    paid: FloatArray
    left: FloatArray


@dataclass(frozen=True, kw_only=True)
class Contract(FormFacts, ABC):
    """One provider in one lot under one payment form.

    ``cells`` points at its own cells; ``tariff`` and ``unit_cost`` (n_own_cells,) are euro per unit in the
    first contract year at forecast index; ``reference`` B0 (n_years,), nominal at forecast index; ``clauses`` in
    the order in which they apply.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> contract = build_contracts(case, cells, reference(case, cells, n_years=2), "outputgericht")[0]
    >>> contract.provider, contract.lot, contract.reference.round()
    ('aanbieder-1', 'youth', array([5128765., 5315311.]))
    """

    measure: ClassVar[Measure]
    """What of a client's care the form claims: what a clause on single clients is measured on."""
    towards: ClassVar[float]
    """A clause relieves who bears the risk: -1 the municipality (the provider receives less), 1 the provider."""
    provider: str
    lot: str
    cells: IntArray
    tariff: FloatArray
    unit_cost: FloatArray
    reference: FloatArray
    clauses: tuple[Clause, ...] = ()
    staffing: Staffing | None = None
    """Cost that does not follow demand at once; None = it does."""

    @classmethod
    def of_case(cls, basis: Basis, contract: int, *, ceilings: bool = True) -> Self:
        """The contract of this place in the case as if paid by this form; ``ceilings=False`` leaves a ceiling out."""
        return cls(**cls._terms(basis, contract, ceilings))

    @classmethod
    def _terms(cls, basis: Basis, contract: int, ceilings: bool) -> dict[str, Any]:
        """Arguments of the class for one contract of a case; a form with more terms adds them."""
        row, cells = basis.case.contracts[contract], basis.cells
        own = np.flatnonzero(cells.contract == contract)
        expected = float(basis.reference.units[0, own] @ cells.unit_cost[own])
        return {
            "provider": row.provider,
            "lot": row.lot,
            "cells": own,
            "tariff": cells.tariff[own],
            "unit_cost": cells.unit_cost[own],
            "reference": basis.reference.amount[contract],
            "clauses": tuple(one for one in cls._table_clauses(basis, contract) if isinstance(one, Clause)),
            "staffing": staffing_of(basis.case, row.provider, expected),
        }

    @classmethod
    def _table_clauses(cls, basis: Basis, contract: int) -> list[TableClause]:
        """Its clauses of table clauses, in order."""
        lot = basis.case.contracts[contract].lot
        rows = [row for row in basis.case.clauses if (row.lot, row.payment_form) == (lot, cls.form)]
        kinds = [(CLAUSES[row.clause], row) for row in sorted(rows, key=lambda row: row.position)]
        return [kind.from_row(row, basis, contract) for kind, row in kinds if issubclass(kind, TableClause)]

    @property
    def agreed(self) -> FloatArray:
        """What advances are twelfths of, nominal at forecast index; (n_years,)."""
        return self.reference

    @classmethod
    def paid_late(cls, case: Case, lot: str) -> float:
        """Part of what is paid that is paid a year later than the rest."""
        return 0.0

    @abstractmethod
    def risk_allocation(self) -> dict[str, Party]:
        """Who bears volume, intensity, duration, price (wages and prices beyond the index) and result."""

    def beyond_budget(self, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """Part of what is unpaid because clients' hours budgets had run out: none without them; (n_scenarios, n_years)."""
        return np.zeros_like(levels.price)

    @abstractmethod
    def settle(self, care_use: CareUse, levels: PriceLevels) -> Settlement:
        """Euros of the contract, its clauses in order; an undecided share counts as zero."""

    @abstractmethod
    def retained(self, settled: Settlement, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """What its own clauses leave of what they are measured on, for a pool of providers; (n_scenarios, n_years)."""

    @abstractmethod
    def rows(self, care_use: CareUse, levels: PriceLevels) -> Rows:
        """The terms for the decision, linear in the shares of the last clause (those before it are decided).

        Raises
        ------
        ValueError
            No clause, one before the last whose share is still to be decided, or terms that are not linear in it.
        """

    @abstractmethod
    def measured_against(self, levels: PriceLevels) -> FloatArray:
        """Reference of its clauses, nominal; (n_scenarios, n_years)."""

    def __and__(self, clause: Clause) -> Self:
        """The contract with one more clause, after those it has."""
        return replace(self, clauses=(*self.clauses, clause))

    @property
    def in_order(self) -> tuple[Clause, ...]:
        """The clauses in the order in which they act."""
        return self.clauses

    def _checked(self) -> tuple[Clause, ...]:
        """The clauses, of which only the last may be undecided."""
        if not self.clauses:
            raise ValueError(f"contract {self.provider} in {self.lot} has no clause: nothing to decide")
        for clause, following in pairwise(self.in_order):
            if not clause.decided:
                raise ValueError(
                    f"contract {self.provider} in {self.lot}: the share of {clause.kind} is still to be decided and "
                    f"{following.kind} stands after it, so the terms are not linear; fix the share or put it last"
                )
        return self.in_order

    def _apply_clauses(
        self, clauses: Sequence[Clause], care_use: CareUse, levels: PriceLevels, base: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """What the clauses add to the payment, and what is left of the base."""
        paid = np.zeros_like(base)
        for step in self.steps(clauses, care_use, levels, base):
            paid, base = paid + step.paid, step.left
        return paid, base

    def steps(
        self, clauses: Sequence[Clause], care_use: CareUse, levels: PriceLevels, base: FloatArray
    ) -> Iterator[Step]:
        """What each clause in its turn adds to the payment and leaves of a base (n_scenarios, n_years)."""
        for clause in clauses:
            position = self._position(care_use, levels, base)
            moved = clause.euros(position) @ np.nan_to_num(clause.share, nan=0.0)
            base = self._left(clause, position, moved)
            yield Step(clause, position, self.towards * moved, base)

    def _left(self, clause: Clause, position: Position, moved: FloatArray) -> FloatArray:
        """What a clause that moves ``moved`` leaves of the base for the next one."""
        return np.asarray(position.base - moved)

    def _position(self, care_use: CareUse, levels: PriceLevels, base: FloatArray) -> Position:
        reference = self.measured_against(levels)
        return Position(care_use, self.cells, self.measure, levels.price, base, reference)

    def own(self, array: FloatArray) -> FloatArray:
        """Own cells of an array whose last axis is the cells."""
        return array[..., self.cells]

    def cost(self, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """Cost of the provider: units x own unit cost x level of cost, empty hours and agency; (n_scenarios, n_years)."""
        cost = self.cost_at(self.unit_cost, care_use, levels)
        if self.staffing is not None:
            extra = self.staffing.extra(self.own(care_use.units_month) @ self.unit_cost)
            cost = cost + extra * levels.cost
        return cost

    def cost_at(self, unit_cost: FloatArray, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """Units x a unit cost (n_own_cells,) x level of cost, that of each cao included; (n_scenarios, n_years)."""
        cao = levels.cao[..., care_use.cells.care_form[self.cells]]
        return np.asarray((self.own(care_use.units) * cao) @ unit_cost * levels.cost)


Form = TypeVar("Form", bound=type[Contract])


@kinds_checked
def register_payment_form(form: Form) -> Form:
    """Make a payment form known to every table and figure by form, after those before it; a decorator of its class.

    Parameters
    ----------
    form : type of Contract
        A frozen dataclass with the facts of ``case.tables.FormFacts``; tests/toy_extension.py has one.

    Returns
    -------
    type of Contract
        The class itself.

    Raises
    ------
    ValueError
        Its name is taken.

    Examples
    --------
    >>> from bekostiging.contracts import Inspanningsgericht
    >>> register_payment_form(Inspanningsgericht)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: payment form inspanningsgericht is there already: ...
    """
    PAYMENT_FORMS.add(form.form, form)
    return form


@kinds_checked
def settle(contract: Contract, care_use: CareUse, levels: PriceLevels) -> Settlement:
    """Settle one contract on a block of scenarios: what is paid, moved by clauses, left unpaid, and what the care costs.

    Parameters
    ----------
    contract : Contract
        With the clauses it settles.
    care_use : CareUse
        What its clients used.
    levels : PriceLevels
        Of its lot, in the same scenarios.

    Returns
    -------
    Settlement
        Nominal euro. Contracts that share a ceiling are settled together (``evaluation.settle_all``).

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, price_levels, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> amounts, care_use = reference(case, cells, 2), expected_care_use(case, cells, 2)
    >>> contract = build_contracts(case, cells, amounts, "inspanningsgericht")[0]
    >>> settled = settle(contract, care_use, price_levels(case, contract.lot, care_use))
    >>> settled.payment.round().tolist(), settled.cost.round().tolist()
    ([[5128765.0, 5315311.0]], [[4943554.0, 5123366.0]])
    """
    return contract.settle(care_use, levels)
