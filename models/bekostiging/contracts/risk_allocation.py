"""Who carries what: read off the contract objects of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def risk_allocation_by_form(
    contracts: Mapping[PaymentForm, Sequence[Contract]],
) -> tuple[tuple[str, dict[PaymentForm, str]], ...]:
    """Return per risk the party under each payment form; "shared" when contracts of the case differ.

    A general provision, a lump sum under every form, counts under that alone.
    """
    table = []
    for risk in RISKS:
        parties: dict[PaymentForm, str] = {}
        for form, own in contracts.items():
            found = {contract.risk_allocation()[risk] for contract in own if contract.form == form}
            parties[form] = found.pop() if len(found) == 1 else "shared"
        table.append((risk, parties))
    return tuple(table)
