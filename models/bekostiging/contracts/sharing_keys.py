"""How a payment is split over municipalities; every key sums to one in every scenario and year.

``actual_use``: value of the care its inhabitants used, at the tariffs (profijtbeginsel). ``inhabitants``, ``youths``: of
the lot's areas. ``gemeentefonds``, ``fixed``: weights of table municipalities. ``history``: realised euro of the last three
years known. ``clients_before``: clients in care a year earlier. ``three_year_mean``: the mean of the shares by use of the
three years before; years before the term are those of the clients in care at its start. ``dial``: a part ``solidarity`` by
inhabitants, the rest by use. ``hybrid``: what a client costs above ``high_cost_threshold`` a year by inhabitants, the rest
by use. ``residence``: care with accommodation by where its places are, the rest by use.

Areas are where a client lived before care with accommodation: under every key that follows use the municipality of origin
pays (woonplaatsbeginsel, Jeugdwet art. 1.1, since 1 January 2022). ``residence`` shows what it is worth.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bekostiging.case import Case, key_weights, residential_forms
from bekostiging.case.arguments import checked_whole, kinds_checked
from bekostiging.case.kinds import Index
from bekostiging.case.tables import SharingKey
from bekostiging.scenarios import CareUse, Cells, summed_by
from bekostiging.units import CENTS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

BEFORE = 3
"""Years of the mean of key three_year_mean."""


@kinds_checked
def municipal_shares(
    case: Case, cells: Cells, care_use: CareUse, lot: Index, key: SharingKey | None = None
) -> FloatArray:
    """Share of each municipality in the payments of a lot.

    Parameters
    ----------
    case : Case
        Gives municipalities, and the figures that fixed keys are made of.
    cells : Cells
        Those of the case.
    care_use : CareUse
        What the keys that follow use look at.
    lot : int
        Place in ``case.lots``.
    key : str, optional
        A sharing key of the module's list; the one of the lot unless given.

    Returns
    -------
    array (n_scenarios, n_years, n_municipalities)
        Adds up to one over the municipalities.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> from bekostiging.scenarios import expected_care_use
    >>> care_use = expected_care_use(case, cells, 1)
    >>> municipal_shares(case, cells, care_use, lot=0).round(3).tolist()
    [[[0.441, 0.559]]]
    """
    checked_whole("lot", lot, 0, len(case.lots) - 1)
    chosen = case.lots[lot].sharing_key if key is None else key
    maker = _BY_USE.get(chosen)
    if maker is not None:
        return maker(_Lot(case, cells, care_use, lot))
    shape = (care_use.n_scenarios, care_use.n_years, len(case.municipalities))
    return np.broadcast_to(_static(case, lot, chosen), shape)


def _static(case: Case, lot: int, key: SharingKey) -> FloatArray:
    """Shares that do not depend on use; (n_municipalities,)."""
    known = key_weights(case, case.lots[lot], key)
    weight = np.array([known.get(row.code, 0.0) for row in case.municipalities])
    return np.asarray(weight / weight.sum())


class _Lot:
    """Use in one lot, by municipality."""

    def __init__(self, case: Case, cells: Cells, care_use: CareUse, lot: int) -> None:
        self.case, self.cells, self.care_use, self.lot = case, cells, care_use, lot
        self.own = np.flatnonzero(cells.lot == lot)
        self.by_inhabitants = _static(case, lot, "inhabitants")

    def shares(self, weight: FloatArray) -> FloatArray:
        """Weights (..., n_municipalities) made to add up to one; without any, as the inhabitants."""
        total = weight.sum(axis=-1, keepdims=True)
        return np.asarray(np.where(total != 0, weight / np.where(total != 0, total, 1.0), self.by_inhabitants))

    def value(self, cells: BoolArray | None = None) -> FloatArray:
        """Euro at the tariffs of the first year, of all own cells or of some; (s, t, m)."""
        euro = self.care_use.units[:, :, self.own] * self.cells.tariff[self.own]
        return self.by_payer(euro if cells is None else euro * cells)

    def by_payer(self, values: FloatArray) -> FloatArray:
        """Sums of own cells (..., n_own) by municipality; (..., n_municipalities)."""
        return summed_by(values, self.cells.municipality[self.own], len(self.case.municipalities))

    def at_start(self, per_client: FloatArray) -> FloatArray:
        """Shares by the clients in care in the base year, each weighing ``per_client`` (n_own cells,); (m,)."""
        stock = {(row.area, row.care_form): row.clients_at_start for row in self.case.demand}
        cells = self.cells
        clients = np.array(
            [stock[cells.area_ids[cells.area[c]], cells.care_form_ids[cells.care_form[c]]] for c in self.own]
        )
        return self.shares(self.by_payer(clients * cells.market_share[self.own] * per_client))


def _actual_use(own: _Lot) -> FloatArray:
    return own.shares(own.value())


def _clients_before(own: _Lot) -> FloatArray:
    """The first year follows the clients in care in the base year."""
    clients = own.shares(own.by_payer(own.care_use.clients[:, :, own.own]))
    first = np.broadcast_to(own.at_start(np.ones(len(own.own))), clients[:, :1].shape)
    return np.concatenate([first, clients[:, :-1]], axis=1)


def _three_year_mean(own: _Lot) -> FloatArray:
    """Years before the term weigh a client in care in the base year by its units a week at the tariff."""
    rate = {(row.area, row.care_form): row.units_per_week for row in own.case.demand}
    cells = own.cells
    per_week = [rate[cells.area_ids[cells.area[c]], cells.care_form_ids[cells.care_form[c]]] for c in own.own]
    start = own.at_start(np.array(per_week) * cells.tariff[own.own])
    used = _actual_use(own)
    known = np.concatenate([np.broadcast_to(start, (len(used), BEFORE, len(start))), used], axis=1)
    return np.asarray(np.mean([known[:, lag : lag + used.shape[1]] for lag in range(BEFORE)], axis=0))


def _solidarity_shares(own: _Lot) -> FloatArray:
    solidarity = own.case.policy.solidarity(own.case.lots[own.lot].id)
    return np.asarray((1 - solidarity) * _actual_use(own) + solidarity * own.by_inhabitants)


def _hybrid(own: _Lot) -> FloatArray:
    threshold = own.case.policy.high_cost_threshold(own.case.lots[own.lot].id)
    above = own.by_payer(own.care_use.excess_over(threshold, "delivered")[:, :, own.own])
    pooled = above.sum(axis=-1, keepdims=True) * own.by_inhabitants
    return own.shares(np.maximum(own.value() - above, 0.0) + pooled)


def _residence(own: _Lot) -> FloatArray:
    forms = residential_forms(own.case, own.case.lots[own.lot])
    inside = np.isin(np.array(own.cells.care_form_ids)[own.cells.care_form[own.own]], forms)
    residential = own.value(inside).sum(axis=-1, keepdims=True)
    if not inside.any():
        return _actual_use(own)
    return own.shares(own.value(~inside) + residential * _static(own.case, own.lot, "residence"))


_BY_USE: dict[SharingKey, Callable[[_Lot], FloatArray]] = {
    "actual_use": _actual_use,
    "clients_before": _clients_before,
    "three_year_mean": _three_year_mean,
    "dial": _solidarity_shares,
    "hybrid": _hybrid,
    "residence": _residence,
}


@kinds_checked
def in_cents(amount: FloatArray, shares: FloatArray) -> IntArray:
    """Split amounts into whole cents by largest remainder.

    Parameters
    ----------
    amount : array (...,)
        Euro, also negative.
    shares : array (..., n)
        Add up to one over the last axis.

    Returns
    -------
    array of int (..., n)
        Cents, which add up exactly to the amount rounded to cents.

    Examples
    --------
    >>> in_cents(np.array(100.0), np.full(3, 1 / 3)).tolist()
    [3334, 3333, 3333]
    """
    cents = np.rint(np.asarray(amount) * CENTS).astype(np.int64)
    exact = np.asarray(shares) * cents[..., None]
    whole = np.floor(exact).astype(np.int64)
    missing = cents - whole.sum(axis=-1)
    # rank 0 is the largest remainder; as many cents are missing, as many ranks get one
    rank = np.argsort(np.argsort(-(exact - whole), axis=-1, kind="stable"), axis=-1, kind="stable")
    return np.asarray(whole + (rank < missing[..., None]))
