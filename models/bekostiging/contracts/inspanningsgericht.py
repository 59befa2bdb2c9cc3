"""Inspanningsgericht: tariff x delivered units, up to a spending ceiling where one is agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.terms import PER_DELIVERY, Claim, Contract, Party, claim_up_to_ceiling
from bekostiging.scenarios import CareUse


@dataclass(frozen=True, kw_only=True)
class Inspanningsgericht(Contract):
    """P x Q. ``ceiling``: bestedingsruimte in euro per calendar year, indexed like the tariff; None = none."""

    form: ClassVar[PaymentForm] = "inspanningsgericht"
    ceiling: float | None = None

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Payment = crisis claims + min(other claims, what is left of the ceiling); claims inside the monthly caps."""
        produced = self.own(care_use.units) @ self.tariff * levels.price
        claimed = self.own(care_use.units_claimable) @ self.tariff * levels.price
        urgent = np.minimum(self.own(care_use.crisis_units) @ self.tariff * levels.price, claimed)
        return claim_up_to_ceiling(produced, claimed, urgent, self.ceiling, levels)

    def carries(self) -> dict[str, Party]:
        """Volume is the municipality's, up to the ceiling where there is one."""
        volume: Party = "municipality" if self.ceiling is None else "municipality_up_to_ceiling"
        return {
            "volume": volume,
            "duration": volume,
            "intensity": volume,
            **PER_DELIVERY,
            "result": "municipality",
        }
