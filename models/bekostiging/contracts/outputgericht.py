"""Outputgericht: a price per client arrangement (profile x intensity), partly on result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.ceiling import Claim
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.tariff import TariffContract
from bekostiging.contracts.terms import PER_DELIVERY, Party
from bekostiging.scenarios import CareUse, Measure


@dataclass(frozen=True, kw_only=True)
class Outputgericht(TariffContract):
    """The price of an arrangement is tariff x the units its profile is expected to need.

    It is paid along the arrangement's expected course, so that given the number of starts the expected
    payment equals that of P x Q in every year (price parity): the number of clients is the municipality's
    risk, how long and how intensely each is helped the provider's.
    """

    form: ClassVar[PaymentForm] = "outputgericht"
    measure: ClassVar[Measure] = "arranged"
    disputed: float = 0.0
    """Part of the claims that is disputed and paid a year later."""
    disputed_lost: float = 0.0
    """Part of what is disputed that is never paid."""

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Priced units, the result part only with result; arrangements of crisis clients are urgent."""
        priced = self.own(care_use.arrangement_units) + self.own(care_use.arrangement_units_at_result)
        asked = priced @ self.tariff * levels.price
        urgent = self.own(care_use.crisis_arrangement_units) @ self.tariff * levels.price
        kept = 1 - self.disputed * self.disputed_lost
        return Claim(asked, asked * kept, urgent * kept)

    def carries(self) -> dict[str, Party]:
        """Per client everything is the provider's; the number of clients is not."""
        return {
            "volume": "municipality" if self.ceiling is None else "municipality_up_to_ceiling",
            "duration": "provider",
            "intensity": "provider",
            **PER_DELIVERY,
            "result": "shared",
        }
