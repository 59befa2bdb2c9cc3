"""Inspanningsgericht: tariff x delivered units, up to a spending ceiling where one is agreed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.contracts.ceiling import Claim
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.tariff import TariffContract
from bekostiging.contracts.terms import PER_DELIVERY, Party
from bekostiging.scenarios import CareUse


@dataclass(frozen=True, kw_only=True)
class Inspanningsgericht(TariffContract):
    """P x Q: every unit inside the monthly claim caps is paid at the tariff, up to a spending ceiling where one is agreed.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import Basis, price_levels, reference
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, n_years = build_cells(case), 2
    >>> basis = Basis(case, cells, reference(case, cells, n_years))
    >>> care_use = expected_care_use(case, cells, n_years)
    >>> contract = Inspanningsgericht.of_case(basis, contract=0)
    >>> settled = contract.settle(care_use, price_levels(case, contract.lot, care_use))
    >>> settled.payment.round().tolist()
    [[5128765.0, 5315311.0]]
    """

    form = "inspanningsgericht"
    name = ("inspanningsgericht", "inspanningsgericht")
    pays = (
        "tarief × geleverde eenheden, tot een bestedingsruimte waar die is afgesproken",
        "tariff × delivered units, up to a spending ceiling where one is agreed",
    )
    legal_variant = "inspanningsgericht"
    colour = "#1b3a5c"
    line = "-"
    marker = "o"
    measure = "claimable"

    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """Units inside the monthly claim caps at the tariff; crisis is urgent."""
        produced = self.own(care_use.units) @ self.tariff * levels.price
        claimed = self.own(care_use.units_claimable) @ self.tariff * levels.price
        urgent = np.minimum(self.own(care_use.crisis_units) @ self.tariff * levels.price, claimed)
        return Claim(produced, claimed, urgent)

    def risk_allocation(self) -> dict[str, Party]:
        """Who bears which risk: volume is the municipality's, up to the ceiling where there is one."""
        volume: Party = "municipality" if self.ceiling is None else "municipality_up_to_ceiling"
        return {
            "volume": volume,
            "duration": volume,
            "intensity": volume,
            **PER_DELIVERY,
            "result": "municipality",
        }
