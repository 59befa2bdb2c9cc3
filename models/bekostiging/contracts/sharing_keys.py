"""How a payment is split over municipalities; every key sums to one in every scenario and year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.scenarios import CareUse, Cells

FloatArray = NDArray[np.float64]


def municipal_shares(case: Case, cells: Cells, care_use: CareUse, lot: int) -> FloatArray:
    """Share of each municipality in the payments of a lot; (n_scenarios, n_years, n_municipalities).

    ``actual_use``: value of the care its inhabitants used, at the tariffs (profijtbeginsel); ``inhabitants``,
    ``youths``: of the lot's areas; ``fixed``: ``municipalities.key_weight`` of those with an area in the lot.
    """
    own = np.flatnonzero(cells.lot == lot)
    key = case.lots[lot].sharing_key
    shape = (care_use.n_scenarios, care_use.n_years, len(case.municipalities))
    if key != "actual_use":
        return np.broadcast_to(_fixed_shares(case, lot), shape)
    payer = (cells.municipality[own][:, None] == np.arange(shape[2])).astype(np.float64)
    value = (care_use.units[:, :, own] * cells.tariff[own]) @ payer
    total = value.sum(axis=2, keepdims=True)
    # without any care in a year the split follows the inhabitants
    return np.asarray(np.where(total > 0, value / np.where(total > 0, total, 1.0), _inhabitants(case, lot)))


def _fixed_shares(case: Case, lot: int) -> FloatArray:
    """Shares that do not depend on use; (n_municipalities,)."""
    key = case.lots[lot].sharing_key
    if key == "fixed":
        present = {area.municipality for area in case.areas if area.id in case.lots[lot].areas}
        weight = np.array([row.key_weight if row.code in present else 0.0 for row in case.municipalities])
        return np.asarray(weight / weight.sum())
    return _inhabitants(case, lot, youths=key == "youths")


def _inhabitants(case: Case, lot: int, youths: bool = False) -> FloatArray:
    """Shares in the inhabitants (or youths) of the lot's areas."""
    weight = np.zeros(len(case.municipalities))
    place = {row.code: i for i, row in enumerate(case.municipalities)}
    for area in case.areas:
        if area.id in case.lots[lot].areas:
            adults = 0.0 if youths else area.inhabitants_18_64 + area.inhabitants_65_plus
            weight[place[area.municipality]] += area.inhabitants_0_17 + adults
    return np.asarray(weight / weight.sum())


def in_cents(amount: FloatArray, shares: FloatArray) -> NDArray[np.int64]:
    """Split amounts in euro (...,) over the last axis of ``shares`` (..., n) into whole cents, largest remainder.

    The parts add up exactly to the amount rounded to cents; amounts may be negative.
    """
    cents = np.rint(np.asarray(amount) * 100).astype(np.int64)
    exact = np.asarray(shares) * cents[..., None]
    whole = np.floor(exact).astype(np.int64)
    missing = cents - whole.sum(axis=-1)
    # rank 0 is the largest remainder; as many cents are missing, as many ranks get one
    rank = np.argsort(np.argsort(-(exact - whole), axis=-1, kind="stable"), axis=-1, kind="stable")
    return np.asarray(whole + (rank < missing[..., None]))
