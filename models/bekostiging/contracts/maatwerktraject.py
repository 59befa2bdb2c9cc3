"""Maatwerktraject: tariff x hours up to an hours budget per client.

Legally inspanningsgericht with a total volume over its validity. In the national coding (iJw/iWmo 3.2) an
hours budget is unit 04 (hour), frequency 6 (total over the validity).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.ceiling import Claim
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.tariff import TariffContract
from bekostiging.contracts.terms import PER_DELIVERY, Party
from bekostiging.scenarios import CareUse, Measure

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


STANDARD_HOURS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Weekly hours of the standard list; a choice of this package, any other number is as good."""
STANDARD_WEEKS = (13, 26, 39, 52)
"""Quarters of a year; any period between is as good."""


def standard_list(
    hours: Sequence[float] = STANDARD_HOURS, weeks: Sequence[float] = STANDARD_WEEKS
) -> dict[tuple[float, float], HoursBudget]:
    """Hours budgets by weekly hours and weeks: the standard list of a region."""
    return {(h, w): hours_budget(h, w) for h in hours for w in weeks}


def revised(
    budget: HoursBudget, used: float, hours_per_week: float, weeks_left: float, *, external: bool
) -> HoursBudget:
    """A budget revised during its validity: what was used and the new weekly need over the weeks left.

    Raises
    ------
    ValueError
        No external change: then the budget stands and the client spends it freely.
    """
    if not external:
        raise ValueError(
            f"an hours budget of {budget.volume:g} is revised only for an external change (a move, another household, a "
            f"new diagnosis); {used:g} of it is used, the rest is spent freely"
        )
    return replace(budget, volume=used + hours_per_week * weeks_left)


@dataclass(frozen=True, kw_only=True)
class Maatwerktraject(TariffContract):
    """Units within each client's budget are paid; what a client uses beyond it is the provider's.

    ``within`` (n_own_cells,): expected part of the units that falls within the budgets. The price per unit is
    tariff / within, so that at expected volume the payment equals that of P x Q (price parity).
    """

    form: ClassVar[PaymentForm] = "maatwerktraject"
    measure: ClassVar[Measure] = "within_budget"
    within: FloatArray

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Units within budget; those of crisis clients are urgent."""
        price = self.tariff / self.within
        claimed = self.own(care_use.units_within_budget) @ price * levels.price
        urgent = self.own(care_use.crisis_units_within_budget) @ price * levels.price
        return Claim(claimed, claimed, urgent)

    def carries(self) -> dict[str, Party]:
        """Intensity is shared: under the budget the municipality's, above it the provider's."""
        volume: Party = "municipality" if self.ceiling is None else "municipality_up_to_ceiling"
        return {
            "volume": volume,
            "duration": volume,
            "intensity": "shared",
            **PER_DELIVERY,
            "result": "municipality",
        }
