"""What every contract has, and what settling gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.tables import PaymentForm
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.scenarios import CareUse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Party = Literal["municipality", "municipality_up_to_ceiling", "provider", "provider_with_corridor", "shared"]


@dataclass(frozen=True)
class Settlement:
    """Euros of one contract; every array (n_scenarios, n_years), nominal.

    ``claimed = payment + unpaid``; for a lump sum the claim is the payment.
    """

    payment: FloatArray
    cost: FloatArray
    unpaid: FloatArray


@dataclass(frozen=True)
class Contract(ABC):
    """One provider in one lot under one payment form.

    ``cells`` points at its own cells; ``tariff`` and ``unit_cost`` (n_own_cells,) are euro per unit in the
    first contract year at forecast index.
    """

    form: ClassVar[PaymentForm]
    provider: str
    lot: str
    cells: IntArray
    tariff: FloatArray
    unit_cost: FloatArray

    @abstractmethod
    def settle(self, care_use: CareUse, levels: PriceLevels) -> Settlement:
        """Euros of the contract given the care used and the price levels of its lot."""

    @abstractmethod
    def carries(self) -> dict[str, Party]:
        """Who carries volume, intensity, duration, price (wages and prices beyond the index) and result."""

    def own(self, array: FloatArray) -> FloatArray:
        """Own cells of an array whose last axis is the cells."""
        return array[..., self.cells]

    def cost(self, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """Cost of the provider: units x own unit cost x level of cost; (n_scenarios, n_years)."""
        return np.asarray(self.own(care_use.units) @ self.unit_cost * levels.cost)


def settle(contract: Contract, care_use: CareUse, levels: PriceLevels) -> Settlement:
    """Settle one contract on a block of futures."""
    return contract.settle(care_use, levels)


def pay_up_to_ceiling(claimed: FloatArray, urgent: FloatArray, ceiling: FloatArray | None) -> FloatArray:
    """Payment under a spending ceiling: crisis and specific authorisations always, the rest up to the ceiling.

    Contractstandaard Wmo v1.2 art. 1.5. All arrays (n_scenarios, n_years), euro; ``urgent`` is part of
    ``claimed`` and uses the ceiling first.
    """
    if ceiling is None:
        return claimed
    room = np.maximum(ceiling - urgent, 0.0)
    return np.asarray(urgent + np.minimum(claimed - urgent, room))
