"""Outputgericht: a price per client arrangement (profile x intensity), partly on result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bekostiging.case import Case
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.ceiling import Claim
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.tariff import TariffContract
from bekostiging.contracts.terms import PER_DELIVERY, Party
from bekostiging.scenarios import CareUse


@dataclass(frozen=True, kw_only=True)
class Outputgericht(TariffContract):
    """A price per client arrangement: tariff x the units its profile is expected to need.

    It is paid along the arrangement's expected course, so that given the number of starts the expected
    payment equals that of P x Q in every year (price parity): the number of clients is the municipality's
    risk, how long and how intensely each is helped the provider's.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import Basis, price_levels, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, n_years = build_cells(case), 2
    >>> basis = Basis(case, cells, reference(case, cells, n_years))
    >>> care_use = expected_care_use(case, cells, n_years)
    >>> contract = Outputgericht.of_case(basis, contract=0)
    >>> settled = contract.settle(care_use, price_levels(case, contract.lot, care_use))
    >>> settled.payment.round().tolist()
    [[5128765.0, 5315311.0]]
    """

    form = "outputgericht"
    name = ("outputgericht", "outputgericht")
    pays = (
        "een prijs per cliëntarrangement, deels op resultaat",
        "a price per client arrangement, partly on result",
    )
    legal_variant = "outputgericht"
    colour = "#b3541e"
    line = "--"
    marker = "s"
    by_arrangement = True
    pays_next_euro = 0.0
    measure = "arranged"
    disputed: float = 0.0
    """Part of the claims that is disputed and paid a year later."""
    disputed_lost: float = 0.0
    """Part of what is disputed that is never paid."""

    @classmethod
    def _terms(cls, basis: Basis, contract: int, ceilings: bool) -> dict[str, Any]:
        """With what is disputed in its lot."""
        terms, policy = super()._terms(basis, contract, ceilings), basis.case.policy
        return terms | {
            "disputed": policy.disputed_share(terms["lot"]),
            "disputed_lost": policy.disputed_lost(terms["lot"]),
        }

    @classmethod
    def paid_late(cls, case: Case, lot: str) -> float:
        """Part of what is paid that is paid a year later: what is disputed and not lost."""
        disputed, lost = case.policy.disputed_share(lot), case.policy.disputed_lost(lot)
        return disputed * (1 - lost) / (1 - disputed * lost)

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Priced units, the result part only with result; arrangements of crisis clients are urgent."""
        priced = self.own(care_use.arrangement_units) + self.own(care_use.arrangement_units_at_result)
        asked = priced @ self.tariff * levels.price
        urgent = self.own(care_use.crisis_arrangement_units) @ self.tariff * levels.price
        kept = 1 - self.disputed * self.disputed_lost
        return Claim(asked, asked * kept, urgent * kept)

    def risk_allocation(self) -> dict[str, Party]:
        """Who bears which risk: per client the provider, the number of clients the municipality."""
        return {
            "volume": "municipality" if self.ceiling is None else "municipality_up_to_ceiling",
            "duration": "provider",
            "intensity": "provider",
            **PER_DELIVERY,
            "result": "shared",
        }
