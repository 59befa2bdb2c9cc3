"""What another package may add, one of each: a clause, a figure, a policy and a payment form.

Nobody imports this module: it is named in an entry point, as ``test_extensions.py`` does and CONTRIBUTING says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bekostiging.case import LotPolicy, Number, register_policy
from bekostiging.case.tables import ContractClause
from bekostiging.contracts import (
    PER_DELIVERY,
    Basis,
    Claim,
    Clause,
    Party,
    Position,
    PriceLevels,
    TableClause,
    TariffContract,
    register_clause,
    register_payment_form,
)
from bekostiging.evaluation import SPENDING_FIGURES, Figure
from bekostiging.scenarios import CareUse
from bekostiging_solvers.typing import FloatArray

TOLERANCE = register_policy(
    "tolerance",
    LotPolicy(
        Number(0, 1),
        nl="deel boven het referentiebedrag dat niemand overneemt",
        en="part above the reference amount that nobody takes over",
        default=0.0,
        absent_nl="niets",
        absent_en="nothing",
    ),
)

P99 = Figure("p99", "euro", 1, "P99", "P99")
SPENDING_FIGURES.add(P99, lambda own: own.quantile(0.99))


@register_clause
@dataclass(frozen=True)
class DeficitShare(Clause, TableClause):
    """A share (1,) of what is above the reference by more than a tolerance, part of it."""

    kind = "deficit_share"
    name = ("tekortdeling", "shared deficit")
    tolerance: float
    share: FloatArray

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """Its share; the tolerance is a policy of the lot."""
        return cls(basis.case.policy.value(TOLERANCE, row.lot), np.array([row.share]))

    def euros(self, position: Position) -> FloatArray:
        """What is above the reference and the tolerance."""
        return np.maximum(position.base - (1 + self.tolerance) * position.reference, 0.0)[..., None]


@register_payment_form
@dataclass(frozen=True, kw_only=True)
class Subscription(TariffContract):
    """A fixed amount for every client in care, whatever is delivered; ``fee`` (n_years,), nominal at forecast index."""

    form = "abonnement"
    name = ("abonnement", "subscription")
    pays = ("een vast bedrag per cliënt in zorg", "a fixed amount per client in care")
    legal_variant = "outputgericht"
    measure = "delivered"
    colour = "#5a2a6b"
    line = (0, (1, 3))
    marker = "v"
    pays_next_euro = 0.0
    fee: FloatArray

    @classmethod
    def _terms(cls, basis: Basis, contract: int, ceilings: bool) -> dict[str, Any]:
        """The fee with which it is expected to pay the reference amount."""
        made = super()._terms(basis, contract, ceilings)
        return made | {"fee": made["reference"] / basis.clients(contract)}

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Clients in care times the fee; none of it urgent."""
        asked = self.own(care_use.clients).sum(axis=-1) * self.fee * levels.contract
        return Claim(asked, asked, np.zeros_like(asked))

    def risk_allocation(self) -> dict[str, Party]:
        """The number of clients is the municipality's, the rest the provider's."""
        return {
            "volume": "municipality",
            "duration": "municipality",
            "intensity": "provider",
            **PER_DELIVERY,
            "result": "provider",
        }
