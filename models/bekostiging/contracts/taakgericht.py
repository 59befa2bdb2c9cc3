"""Taakgericht: a lump sum for a task, indexed, with a layered corridor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.tables import CorridorBase, PaymentForm
from bekostiging.contracts.corridor import Corridor
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.terms import Contract, Party, Settlement
from bekostiging.scenarios import CareUse

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class CorridorRows:
    """The corridor in the optimisers' terms: payment = b I + sum_l sign_l share_l U_l.

    ``index`` (n_scenarios, n_years): I; ``cost`` (n_scenarios, n_years): at the lot's reference unit cost;
    ``amounts`` (n_scenarios, n_years, n_layers): U.
    """

    index: FloatArray
    cost: FloatArray
    amounts: FloatArray


@dataclass(frozen=True)
class Taakgericht(Contract):
    """``reference`` B0 and ``budget`` b (n_years,), nominal at forecast index; ``base``: what the corridor is
    measured on; ``norm`` (n_years,): euro per client for clients_times_norm; ``reference_tariff`` and
    ``reference_cost`` (n_own_cells,): the lot's, equal for all its providers.
    """

    form: ClassVar[PaymentForm] = "taakgericht"
    reference: FloatArray
    budget: FloatArray
    corridor: Corridor
    base: CorridorBase
    norm: FloatArray
    reference_tariff: FloatArray
    reference_cost: FloatArray

    def corridor_base(self, care_use: CareUse, levels: PriceLevels, unit_cost: FloatArray) -> FloatArray:
        """What the corridor is measured on, nominal; (n_scenarios, n_years)."""
        if self.base == "audited_cost":
            return np.asarray(self.own(care_use.units) @ unit_cost * levels.cost)
        if self.base == "shadow_production":
            return np.asarray(self.own(care_use.units) @ self.reference_tariff * levels.price)
        return np.asarray(self.own(care_use.clients).sum(axis=-1) * self.norm * levels.contract)

    def settle(self, care_use: CareUse, levels: PriceLevels) -> Settlement:
        """Payment = b I + corridor, measured against B0 I."""
        base = self.corridor_base(care_use, levels, self.unit_cost)
        amounts = self.corridor.amounts(base, self.reference * levels.contract)
        share = np.nan_to_num(self.corridor.share, nan=0.0)
        payment = self.budget * levels.contract + amounts @ (self.corridor.sign * share)
        return Settlement(payment, self.cost(care_use, levels), np.zeros_like(payment))

    def rows(self, care_use: CareUse, levels: PriceLevels) -> CorridorRows:
        """The same terms for the decision, with cost at the lot's reference unit cost."""
        base = self.corridor_base(care_use, levels, self.reference_cost)
        return CorridorRows(
            index=levels.contract,
            cost=np.asarray(self.own(care_use.units) @ self.reference_cost * levels.cost),
            amounts=self.corridor.amounts(base, self.reference * levels.contract),
        )

    def carries(self) -> dict[str, Party]:
        """The provider's, shared where the corridor has a share."""
        shares = np.nan_to_num(self.corridor.share, nan=0.0)
        volume: Party = "provider_with_corridor" if bool((shares > 0).any()) else "provider"
        price: Party = volume if self.base == "audited_cost" else "provider"
        intensity: Party = "provider" if self.base == "clients_times_norm" else volume
        return {
            "volume": volume,
            "duration": volume,
            "intensity": intensity,
            "price": price,
            "result": "provider",
        }
