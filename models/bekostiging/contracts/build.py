"""From a case to its contract objects, one per provider x lot, for each payment form."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.cash import PaymentCalendar
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import Maatwerktraject
from bekostiging.contracts.outputgericht import Outputgericht
from bekostiging.contracts.reference import Reference
from bekostiging.contracts.taakgericht import Taakgericht
from bekostiging.contracts.terms import Contract, contract_class, register_payment_form
from bekostiging.scenarios import Cells
from bekostiging_solvers.typing import FloatArray

for _form in (Inspanningsgericht, Outputgericht, Taakgericht, Maatwerktraject):
    register_payment_form(_form)

BASELINE = Inspanningsgericht.form
"""The form that others are compared with: P x Q."""
LUMP_SUM = Taakgericht.form
"""The form that is designed, and in which a general provision is paid always."""


def build_contracts(
    case: Case, cells: Cells, reference: Reference, form: PaymentForm, *, ceilings: bool = True
) -> tuple[Contract, ...]:
    """Return every contract of the case as if paid by ``form``, in the order of ``case.contracts``; a general provision
    is a lump sum always.

    A lump sum is at its reference amount with the shares its layers give (decided shares still nan).
    ``ceilings=False`` leaves the spending ceilings out.

    Raises
    ------
    KeyError
        A payment form or clause that is not known.
    """
    basis, own = Basis(case, cells, reference), contract_class(form)
    # without registration nothing can be claimed
    general = {lot.id for lot in case.lots if lot.general_provision}
    return tuple(
        (Taakgericht if row.lot in general else own).of_case(basis, index, ceilings=ceilings)
        for index, row in enumerate(case.contracts)
    )


def payment_calendar(case: Case, contract: int, form: PaymentForm) -> PaymentCalendar:
    """When a contract is paid under a payment form."""
    advance = case.contracts[contract].payment_calendar == "advance"
    late = contract_class(form).paid_late(case, case.contracts[contract].lot)
    return PaymentCalendar(
        advance, round(case.policy.claim_delay_months), round(case.policy.settlement_delay_months), late
    )


def with_design(contract: Taakgericht, budget: FloatArray, share: FloatArray) -> Taakgericht:
    """Return the lump sum with its decided budget (n_years,) and shares of its corridor (n_layers,)."""
    corridor = replace(contract.corridor, share=share)
    return replace(contract, budget=budget, clauses=(*contract.clauses[:-1], corridor))
