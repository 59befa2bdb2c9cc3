"""The cells of a case: area x care form x provider, only where offered."""

from __future__ import annotations

import numpy as np

from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import Cells


def build_cells(case: Case) -> Cells:
    """Return the index of the cells of a validated case.

    A cell exists where demand meets an offer of a provider contracted in the lot; a care form without lot
    has one cell per area, with provider, lot and contract -1.
    """
    areas = {row.id: i for i, row in enumerate(case.areas)}
    forms = {row.id: i for i, row in enumerate(case.care_forms)}
    providers = {row.id: i for i, row in enumerate(case.providers)}
    municipalities = {row.code: i for i, row in enumerate(case.municipalities)}
    payer = {row.id: municipalities[row.municipality] for row in case.areas}
    rows: list[tuple[int, int, int, int, int, int, float, float, float]] = []
    for demand in case.demand:
        place = (areas[demand.area], forms[demand.care_form])
        offered = _offers(case, demand.area, demand.care_form)
        if not offered:
            rows.append((*place, -1, payer[demand.area], -1, -1, 1.0, 0.0, 0.0))
        for lot, contract, provider, share, cost, tariff in offered:
            rows.append((*place, providers[provider], payer[demand.area], lot, contract, share, cost, tariff))
    columns = list(zip(*rows, strict=True))
    area, care_form, provider_of, payers, lot_of, contract_of = (
        np.array(column, dtype=np.int64) for column in columns[:6]
    )
    market_share, unit_cost, tariffs = (np.array(column, dtype=np.float64) for column in columns[6:])
    return Cells(
        area_ids=tuple(areas),
        care_form_ids=tuple(forms),
        provider_ids=tuple(providers),
        municipality_codes=tuple(municipalities),
        lot_ids=tuple(row.id for row in case.lots),
        contract_ids=tuple((row.provider, row.lot) for row in case.contracts),
        area=area,
        care_form=care_form,
        provider=provider_of,
        municipality=payers,
        lot=lot_of,
        contract=contract_of,
        market_share=market_share,
        unit_cost=unit_cost,
        tariff=tariffs,
    )


def _offers(case: Case, area: str, care_form: str) -> list[tuple[int, int, str, float, float, float]]:
    """Return (lot, contract, provider, market share, unit cost, tariff) of everyone contracted there."""
    found = []
    for i, lot in enumerate(case.lots):
        if care_form not in lot.care_forms or area not in lot.areas:
            continue
        for j, contract in enumerate(case.contracts):
            if contract.lot != lot.id:
                continue
            own = {o.area: o for o in case.offers if (o.provider, o.care_form) == (contract.provider, care_form)}
            offer = own.get(area, own.get(""))
            if offer is not None:
                tariff = offer.tariff * contract.tariff_factor
                found.append((i, j, contract.provider, offer.market_share, offer.unit_cost, tariff))
    return found
