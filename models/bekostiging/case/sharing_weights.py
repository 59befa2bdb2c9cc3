"""Weights of the sharing keys that do not depend on what happens: known from the tables of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
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


Euros = Mapping[int, float]
"""Realised euro by year."""
YEARS_OF_HISTORY = 3
"""So many of the last years make the weights of key ``history``: one year would be chance."""


def _realised(case: Case, lot: Lot, areas: Sequence[Area]) -> dict[str, float]:
    """Realised euro of the lot, by municipality, in the last three years in which every municipality has a figure.

    No euro counts twice: a municipality has its own row, else its areas added; a lot has its care forms added where every
    municipality has those, else the totals of their laws. Zero is a figure; who never had one is not asked.
    """
    known: dict[tuple[str, str], dict[int, float]] = {}
    for row in case.history:
        if row.definition == "euro" and row.euro_realised is not None:
            known.setdefault((row.area, row.care_form), {})[row.year] = row.euro_realised
    laws: dict[str, list[str]] = {}
    for form in case.care_forms:
        laws.setdefault(str(form.law), []).append(form.id)
    own = [law for law, forms in laws.items() if not set(forms).isdisjoint(lot.care_forms)]

    def of_forms(code: str, forms: Sequence[str]) -> Euros:
        return _added([_of_municipality(known, areas, code, form) for form in forms])

    def of_laws(code: str) -> Euros:
        return _added([{**of_forms(code, laws[law]), **_of_municipality(known, areas, code, law)} for law in own])

    codes = dict.fromkeys(area.municipality for area in areas)
    for by_code in (
        {code: of_forms(code, lot.care_forms) for code in codes},
        {code: of_laws(code) for code in codes},
    ):
        years = sorted(set.intersection(*(set(euros) for euros in by_code.values())))[-YEARS_OF_HISTORY:]
        if years:
            return {code: fsum(euros[year] for year in years) for code, euros in by_code.items()}
    return dict.fromkeys(codes, 0.0)


def _of_municipality(known: Mapping[tuple[str, str], Euros], areas: Sequence[Area], code: str, name: str) -> Euros:
    """Euro of a care form or law in a municipality: its own rows, and in other years its areas added.

    An area with the name of its municipality is the area where other areas have figures.
    """
    whole = known.get((code, name), {})
    own = {area.id for area in areas if area.municipality == code}
    parts = [known[place, name] for place in sorted(own - {code}) if (place, name) in known]
    if code in own and parts:
        return _added([whole, *parts])
    return {**_added(parts), **whole}


def _added(parts: Sequence[Euros]) -> Euros:
    """The sum of parts in the years that all of them have; a part without any year is not asked."""
    asked = [part for part in parts if part]
    years = set.intersection(*(set(part) for part in asked)) if asked else set()
    return {year: fsum(part[year] for part in asked) for year in years}


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
