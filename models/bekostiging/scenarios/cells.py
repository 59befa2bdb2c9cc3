"""The cells of a case: area x care form x provider, only where offered."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_array
from scipy.special import gammaincinv

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.case.model import Case
from bekostiging.case.tables import Offer
from bekostiging.scenarios.care_use import Cells
from bekostiging_solvers.typing import FloatArray, IntArray


@kinds_checked
def build_cells(case: Case) -> Cells:
    """The cells of a case: area x care form x provider, only where a provider offers the care form under a contract.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    Cells
        In the order of table demand, lot by lot. A care form without lot has one cell per area, with provider, lot and
        contract -1.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> cells.n_cells
    22
    >>> cells.area_ids[cells.area[0]], cells.care_form_ids[cells.care_form[0]], cells.provider_ids[cells.provider[0]]
    ('gebied-1', 'guidance', 'aanbieder-1')
    """
    areas = {row.id: i for i, row in enumerate(case.areas)}
    forms = {row.id: i for i, row in enumerate(case.care_forms)}
    providers = {row.id: i for i, row in enumerate(case.providers)}
    municipalities = {row.code: i for i, row in enumerate(case.municipalities)}
    payer = {row.id: municipalities[row.municipality] for row in case.areas}
    offers = _by_seller(case)
    rows: list[tuple[int, int, int, int, int, int, float, float, float, float]] = []
    for demand in case.demand:
        place = (areas[demand.area], forms[demand.care_form])
        offered = _contracted(case, offers, demand.area, demand.care_form)
        if not offered:
            rows.append((*place, -1, payer[demand.area], -1, -1, 1.0, 0.0, 0.0, 0.0))
        for lot, contract, provider, share, drift, cost, tariff in offered:
            home = (*place, providers[provider], payer[demand.area], lot, contract)
            rows.append((*home, share, drift, cost, tariff))
    columns = list(zip(*rows, strict=True))
    area, care_form, provider_of, payers, lot_of, contract_of = (
        np.array(column, dtype=np.int64) for column in columns[:6]
    )
    market_share, share_drift, unit_cost, tariffs = (np.array(column, dtype=np.float64) for column in columns[6:])
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
        share_drift=share_drift,
        unit_cost=unit_cost,
        tariff=tariffs,
    )


def _by_seller(case: Case) -> dict[tuple[str, str], dict[str, Offer]]:
    """Offers of every provider and care form, by area."""
    by_seller: dict[tuple[str, str], dict[str, Offer]] = {}
    for offer in case.offers:
        by_seller.setdefault((offer.provider, offer.care_form), {})[offer.area] = offer
    return by_seller


def _contracted(
    case: Case, offers: Mapping[tuple[str, str], Mapping[str, Offer]], area: str, care_form: str
) -> list[tuple[int, int, str, float, float, float, float]]:
    """Return (lot, contract, provider, market share, its drift, unit cost, tariff) of everyone contracted there."""
    contracted = []
    for i, lot in enumerate(case.lots):
        if care_form not in lot.care_forms or area not in lot.areas:
            continue
        for j, contract in enumerate(case.contracts):
            if contract.lot != lot.id:
                continue
            own = offers.get((contract.provider, care_form), {})
            offer = own.get(area, own.get(""))
            if offer is not None:
                tariff = offer.tariff * contract.tariff_factor
                contracted.append(
                    (i, j, contract.provider, offer.market_share, offer.share_drift, offer.unit_cost, tariff)
                )
    return contracted


def expected_shares(cells: Cells, row: IntArray, n_years: int) -> FloatArray:
    """Market shares of the stock (index 0) and of the starts of every year; (1 + n_years, n_cells).

    ``row`` (n_cells,): row of demand of each cell. Drift makes shares grow before they add up to 1 again.
    """
    growth = np.concatenate([[0], np.arange(n_years)])[:, None]
    return _adding_up(cells.market_share * (1 + cells.share_drift) ** growth, row, cells.market_share)


def realised_shares(
    shares: FloatArray, concentration: FloatArray, row: IntArray, n_scenarios: int, rng: np.random.Generator
) -> FloatArray:
    """Market shares that come true: Dirichlet around the expected; (n_scenarios, 1 + n_years, n_cells).

    ``concentration`` (n_cells,), infinite where shares are as expected. One position of a provider for the whole term:
    the years share their uniforms, and each is Dirichlet by itself. Who is in care already stays as expected.
    """
    drawn = np.broadcast_to(shares, (n_scenarios, *shares.shape)).copy()
    moved = np.flatnonzero(np.isfinite(concentration))
    uniform = rng.random((n_scenarios, 1, len(moved)))
    drawn[:, 1:, moved] = gammaincinv(concentration[moved] * shares[1:, moved], uniform)
    return _adding_up(drawn, row, shares)


def _adding_up(weights: FloatArray, row: IntArray, otherwise: FloatArray) -> FloatArray:
    """Weights over the cells of a row of demand (last axis) made to add up to 1; ``otherwise`` where all are zero."""
    total = summed_by(weights, row, int(row.max()) + 1)[..., row]
    return np.asarray(np.where(total > 0, weights / np.where(total > 0, total, 1.0), otherwise))


@kinds_checked
def summed_by(values: FloatArray, group: IntArray, n_groups: Count) -> FloatArray:
    """Sums over groups of the last axis.

    Parameters
    ----------
    values : array (..., n)
        What is summed, in any unit.
    group : array (n,)
        Group of every place of the last axis, whole numbers from 0 to ``n_groups`` - 1.
    n_groups : int
        Number of groups; one without members sums to zero.

    Returns
    -------
    array (..., n_groups)

    Examples
    --------
    >>> summed_by(np.array([[1.0, 2.0, 3.0]]), np.array([0, 2, 0]), 3).tolist()
    [[4.0, 0.0, 2.0]]
    """
    n = len(group)
    member = csr_array((np.ones(n), group, np.arange(n + 1)), shape=(n, n_groups))
    return np.asarray(values.reshape(-1, n) @ member).reshape(*values.shape[:-1], n_groups)
