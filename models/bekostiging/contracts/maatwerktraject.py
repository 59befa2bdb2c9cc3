"""Maatwerktraject: tariff x hours up to an hours budget per client.

Legally inspanningsgericht with a total volume over its validity. In the national coding (iJw/iWmo 3.2) an
hours budget is unit 04 (hour), frequency 6 (total over the validity).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.terms import Claim, Contract, Party, pay_up_to_ceiling
from bekostiging.scenarios import CareUse

FloatArray = NDArray[np.float64]
UNIT_HOUR = "04"
FREQUENCY_TOTAL = "6"


@dataclass(frozen=True)
class HoursBudget:
    """An authorisation in the national coding."""

    volume: float
    unit: str = UNIT_HOUR
    frequency: str = FREQUENCY_TOTAL


def hours_budget(hours_per_week: float, weeks: float) -> HoursBudget:
    """Return the total volume of a weekly need over a number of weeks."""
    return HoursBudget(hours_per_week * weeks)


@dataclass(frozen=True, kw_only=True)
class Maatwerktraject(Contract):
    """Units within each client's budget are paid; what a client uses beyond it is the provider's.

    ``within`` (n_own_cells,): expected part of the units that falls within the budgets. The price per unit is
    tariff / within, so that at expected volume the payment equals that of P x Q (price parity).
    """

    form: ClassVar[PaymentForm] = "maatwerktraject"
    within: FloatArray
    ceiling: float | None = None

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Payment for units within budget; ceiling with crisis always paid."""
        price = self.tariff / self.within
        claimed = self.own(care_use.units_within_budget) @ price * levels.price
        produced = self.own(care_use.units) @ self.tariff
        crisis = self.own(care_use.crisis_units) @ self.tariff
        part = np.divide(crisis, produced, out=np.zeros_like(crisis), where=produced > 0)
        ceiling = None if self.ceiling is None else self.ceiling * levels.price
        urgent = claimed * part
        payment = pay_up_to_ceiling(claimed, urgent, ceiling)
        return Claim(payment, np.asarray(claimed - payment), claimed, urgent)

    def carries(self) -> dict[str, Party]:
        """Intensity is shared: under the budget the municipality's, above it the provider's."""
        volume: Party = "municipality" if self.ceiling is None else "municipality_up_to_ceiling"
        return {
            "volume": volume,
            "duration": volume,
            "intensity": "shared",
            "price": "provider",
            "result": "municipality",
        }
