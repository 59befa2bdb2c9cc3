"""Weights of the sharing keys that do not depend on what happens: known from the tables of the case."""

from __future__ import annotations

from typing import get_args

from bekostiging.case.arguments import checked_kind, checked_word
from bekostiging.case.model import Case
from bekostiging.case.tables import Area, Lot, SharingKey

RESIDENTIAL_UNIT = "etmaal"
"""Unit of care with accommodation: what the woonplaatsbeginsel is about."""


def key_weights(case: Case, lot: Lot, key: SharingKey) -> dict[str, float]:
    """Weight of every municipality of a lot under a sharing key.

    Parameters
    ----------
    case : Case
        A validated case.
    lot : Lot
        One of ``case.lots``.
    key : str
        A sharing key. For those that follow use (``actual_use``, ``clients_before``, ``three_year_mean``, ``dial``,
        ``hybrid``) the weights are the inhabitants, which divide what no use divides; for ``residence`` the residential
        places.

    Returns
    -------
    dict of str to float
        By the code of the municipality, in the unit of the key; all zero where the case has no figures for it.

    Raises
    ------
    UserError
        An argument of another kind; an unknown key.

    Examples
    --------
    >>> from bekostiging.case import key_weights, synthetic_region
    >>> region = synthetic_region(2, 6)
    >>> key_weights(region, region.lots[0], "youths")
    {'gemeente-1': 9485.0, 'gemeente-2': 12034.0}
    """
    checked_kind("case", case, Case, "read_case")
    checked_kind("lot", lot, Lot, "case.lots")
    checked_word("key", key, get_args(SharingKey))
    areas = [area for area in case.areas if area.id in lot.areas]
    present = list(dict.fromkeys(area.municipality for area in areas))
    if key in ("fixed", "gemeentefonds"):
        column = "key_weight" if key == "fixed" else "gemeentefonds"
        return {row.code: getattr(row, column) for row in case.municipalities if row.code in present}
    if key == "history":
        return _realised(case, lot, areas)
    return {code: sum(_count(area, key) for area in areas if area.municipality == code) for code in present}


def _count(area: Area, key: SharingKey) -> float:
    """Inhabitants, youths or residential places of an area, as the key counts."""
    if key == "residence":
        return area.residential_places
    adults = 0.0 if key == "youths" else area.inhabitants_18_64 + area.inhabitants_65_plus
    return area.inhabitants_0_17 + adults


def _realised(case: Case, lot: Lot, areas: list[Area]) -> dict[str, float]:
    """Realised euro of the lot's care forms in the last three years that history knows."""
    home = {area.id: area.municipality for area in areas} | {
        area.municipality: area.municipality for area in areas
    }
    laws = {form.law for form in case.care_forms if form.id in lot.care_forms}
    rows = [
        row
        for row in case.history
        if row.definition == "euro"
        and row.area in home
        and (row.care_form in lot.care_forms or row.care_form in laws)
    ]
    last = sorted({row.year for row in rows})[-3:]
    weight = dict.fromkeys(home.values(), 0.0)
    for row in rows:
        if row.year in last:
            weight[home[row.area]] += row.euro_realised or 0.0
    return weight


def residential_forms(case: Case, lot: Lot) -> tuple[str, ...]:
    """Care forms of a lot with accommodation, which the woonplaatsbeginsel is about.

    Parameters
    ----------
    case : Case
        A validated case.
    lot : Lot
        One of ``case.lots``.

    Returns
    -------
    tuple of str
        Their ids.

    Raises
    ------
    UserError
        An argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import residential_forms, synthetic_region
    >>> region = synthetic_region(2, 6)
    >>> [residential_forms(region, lot) for lot in region.lots]
    [(), ('residential',), ()]
    """
    checked_kind("case", case, Case, "read_case")
    checked_kind("lot", lot, Lot, "case.lots")
    return tuple(
        form.id for form in case.care_forms if form.id in lot.care_forms and form.unit == RESIDENTIAL_UNIT
    )
