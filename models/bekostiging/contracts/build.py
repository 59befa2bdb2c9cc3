"""From a case to its contract objects, one per provider x lot, for each payment form."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.case import Case
from bekostiging.case.arguments import checked_whole, kinds_checked
from bekostiging.case.kinds import Index
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.cash import PaymentCalendar
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import Maatwerktraject
from bekostiging.contracts.outputgericht import Outputgericht
from bekostiging.contracts.reference_amounts import Reference
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


@kinds_checked
def build_contracts(
    case: Case, cells: Cells, reference: Reference, form: PaymentForm, *, ceilings: bool = True
) -> tuple[Contract, ...]:
    """Every contract of the case as if paid by one payment form, in the order of ``case.contracts``.

    Parameters
    ----------
    case : Case
        Gives lots, terms and clauses.
    cells : Cells
        Those of the case.
    reference : Reference
        Reference figures of the same case, cells and years.
    form : str
        Name in ``case.tables.PAYMENT_FORMS``.
    ceilings : bool
        False leaves the spending ceilings out; True unless given.

    Returns
    -------
    tuple of Contract
        A lump sum is at its reference amount with the shares its layers give (nan where they are to be decided). A general
        provision is a lump sum under every form: without registration nothing can be claimed.

    Raises
    ------
    UserError
        A payment form that is not known.
    KeyError
        A clause of the case that is not known; ``check_case`` names it.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> amounts = reference(case, cells, n_years=2)
    >>> contracts = build_contracts(case, cells, amounts, "taakgericht")
    >>> contracts[0].provider, contracts[0].lot, contracts[0].budget.round().tolist()
    ('aanbieder-1', 'youth', [5128765.0, 5315311.0])
    """
    basis, own = Basis(case, cells, reference), contract_class(form)
    # without registration nothing can be claimed
    general = {lot.id for lot in case.lots if lot.general_provision}
    return tuple(
        (Taakgericht if row.lot in general else own).of_case(basis, index, ceilings=ceilings)
        for index, row in enumerate(case.contracts)
    )


@kinds_checked
def payment_calendar(case: Case, contract: Index, form: PaymentForm) -> PaymentCalendar:
    """When a contract is paid under a payment form.

    Parameters
    ----------
    case : Case
        Gives the advance and the delays of its contracts and policy.
    contract : int
        Place in ``case.contracts``.
    form : str
        Name in ``case.tables.PAYMENT_FORMS``.

    Raises
    ------
    UserError
        A payment form or a contract that is not known.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> payment_calendar(case, 0, "outputgericht")
    PaymentCalendar(advance=False, claim_delay=0, settlement_delay=12, disputed=0.0)
    """
    checked_whole("contract", contract, 0, len(case.contracts) - 1)
    advance = case.contracts[contract].payment_calendar == "advance"
    late = contract_class(form).paid_late(case, case.contracts[contract].lot)
    return PaymentCalendar(
        advance, round(case.policy.claim_delay_months), round(case.policy.settlement_delay_months), late
    )


@kinds_checked
def with_design(contract: Taakgericht, budget: FloatArray, share: FloatArray) -> Taakgericht:
    """The lump sum with its decided budget and shares.

    Parameters
    ----------
    contract : Taakgericht
        The lump sum at its reference amount; it stays as it is.
    budget : array (n_years,)
        b, euro, nominal at forecast index.
    share : array (n_layers,)
        Of its corridor, from 0 to 1.

    Raises
    ------
    ValueError
        A share outside 0 to 1, or another number of them than there are layers.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> amounts = reference(case, cells, n_years=2)
    >>> contract = build_contracts(case, cells, amounts, "taakgericht")[0]
    >>> designed = with_design(contract, 1.01 * contract.reference, np.array([0.0, 0.5, 0.8, 0.0, 0.5, 0.8]))
    >>> designed.corridor.decided, contract.corridor.decided
    (True, False)
    """
    corridor = replace(contract.corridor, share=share)
    return replace(contract, budget=budget, clauses=(*contract.clauses[:-1], corridor))
