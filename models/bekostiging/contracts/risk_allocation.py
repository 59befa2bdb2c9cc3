"""Who bears which risk: read off the contract objects of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.terms import Contract

RISKS = (
    "volume",
    "duration",
    "intensity",
    "wages",
    "prices",
    "sickness_vacancy",
    "empty_places",
    "bad_debt",
    "disputes",
    "result",
)
"""Number of clients; how long; how intensely; wages and prices beyond the index; hours lost to sickness and vacancies;
places kept empty; claims that turn out not to be due; claims in dispute; care without result."""


@kinds_checked
def risk_allocation_by_form(
    contracts: Mapping[PaymentForm, Sequence[Contract]],
) -> tuple[tuple[str, dict[PaymentForm, str]], ...]:
    """Who bears which risk under each payment form.

    Parameters
    ----------
    contracts : mapping of str to sequence of Contract
        Contracts by payment form.

    Returns
    -------
    tuple of (risk, dict of payment form to party)
        In the order of ``RISKS``; ``shared`` where contracts of a form differ. A general provision, a lump sum under every
        form, counts under the lump sum alone.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> amounts = reference(case, cells, n_years=2)
    >>> form = "inspanningsgericht"
    >>> risk_allocation_by_form({form: build_contracts(case, cells, amounts, form)})[0]
    ('volume', {'inspanningsgericht': 'municipality_up_to_ceiling'})
    """
    table = []
    for risk in RISKS:
        parties: dict[PaymentForm, str] = {}
        for form, own in contracts.items():
            carriers = {contract.risk_allocation()[risk] for contract in own if contract.form == form}
            parties[form] = carriers.pop() if len(carriers) == 1 else "shared"
        table.append((risk, parties))
    return tuple(table)
