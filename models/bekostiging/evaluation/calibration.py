"""The model beside what was counted: ``history`` against the same figure computed from ``demand`` and ``offers``.

All in closed form. Between base year and first contract year prices are brought to the year of the published
figure with OVA and PPC (``case.price_index``), volume with the growth of the case.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bekostiging.case import Case
from bekostiging.case.errors import LANGUAGES
from bekostiging.case.persons import persons
from bekostiging.case.rows import name_in
from bekostiging.case.series import NATION
from bekostiging.case.tables import History
from bekostiging.evaluation.evidence import Calibration, Sentence
from bekostiging.scenarios import Cells, clients_in_year, units_in_year

LAWS: dict[str, Sentence] = {
    "jeugdwet": {"nl": "Jeugdwet", "en": "Youth Act"},
    "wmo": {"nl": "Wmo", "en": "Wmo"},
}


def calibration(case: Case, cells: Cells) -> tuple[Calibration, ...]:
    """Return every row of ``history`` the model can be held against, in the order of the table.

    Persons of a municipality are trajectories over ``trajectories_per_person`` of the law; persons of areas are compared
    as shares of the areas that have a row, because district counts do not add up to the municipality. Of a series of
    persons only the last year is compared: the model starts there, and ``backtest`` is for the others.
    """
    lines = []
    last: dict[tuple[str, str, str], int] = {}
    for row in case.history:
        key = (row.area, row.care_form, row.definition)
        last[key] = max(last.get(key, row.year), row.year)
    for row in case.history:
        if row.area == NATION or row.year < last[row.area, row.care_form, row.definition]:
            continue
        line = _persons(case, row) if row.definition == "persons_in_year" else _euro(case, cells, row)
        if line is not None:
            lines.append(line)
    return tuple(lines)


def _forms(case: Case, name: str) -> set[str]:
    """Care forms of a law, or the one care form named."""
    return {form.id for form in case.care_forms if name in (form.law, form.id)}


def _label(case: Case, row: History) -> tuple[Sentence, Sentence]:
    """Names of place and kind of care."""
    places = {area.id: area for area in case.areas} | {m.code: m for m in case.municipalities}
    forms: dict[str, Sentence] = {
        form.id: {lang: name_in(form, lang) for lang in LANGUAGES} for form in case.care_forms
    }
    place = places[row.area]
    return {lang: name_in(place, lang) for lang in LANGUAGES}, (forms | LAWS)[row.care_form]


def _demand_in(case: Case, area: str, forms: set[str], values: Callable[[str, str], float]) -> float:
    """Sum over the demand rows of an area or municipality and some care forms."""
    inside = {row.id for row in case.areas if area in (row.id, row.municipality)}
    return sum(
        values(row.area, row.care_form) for row in case.demand if row.area in inside and row.care_form in forms
    )


def _persons(case: Case, row: History) -> Calibration | None:
    """Distinct persons of a municipality, or the share of an area."""
    if row.clients is None:
        return None
    forms = _forms(case, row.care_form)
    counts = dict(zip(((d.area, d.care_form) for d in case.demand), clients_in_year(case), strict=True))
    count = _demand_in(case, row.area, forms, lambda area, form: float(counts[area, form]))
    place, care = _label(case, row)
    if row.area in {m.code for m in case.municipalities}:
        name = {
            "nl": f"{place['nl']}, {care['nl']}: personen met zorg in {row.year}",
            "en": f"{place['en']}, {care['en']}: persons with care in {row.year}",
        }
        return Calibration(
            name, persons(case, row.care_form, count), row.clients, "persons", row.source, row.status
        )
    peers = [
        other
        for other in case.history
        if (other.definition, other.care_form, other.year) == (row.definition, row.care_form, row.year)
        and other.area in {area.id for area in case.areas}
    ]
    total = sum(_demand_in(case, peer.area, forms, lambda a, f: float(counts[a, f])) for peer in peers)
    published = sum(peer.clients or 0.0 for peer in peers)
    name = {
        "nl": f"{place['nl']}: aandeel in de cliënten {care['nl']} van de bekende gebieden, {row.year}",
        "en": f"{place['en']}: share of the {care['en']} clients of the known areas, {row.year}",
    }
    return Calibration(name, count / total, row.clients / published, "fraction", row.source, row.status)


def _euro(case: Case, cells: Cells, row: History) -> Calibration | None:
    """Spending under the contracts at tariffs, for a law with what is outside them."""
    if row.euro_realised is None:
        return None
    forms = _forms(case, row.care_form)
    inside = {area.id for area in case.areas if row.area in (area.id, area.municipality)}
    own = np.array(
        [
            cells.area_ids[a] in inside and cells.care_form_ids[f] in forms
            for a, f in zip(cells.area, cells.care_form, strict=True)
        ]
    )
    euro = units_in_year(case, cells, row.year) * cells.tariff
    total = 0.0
    for j, lot in enumerate(case.lots):
        total += float(euro[own & (cells.lot == j)].sum()) / case.price_index.between(
            lot.id, row.year, case.first_year
        )
    place, care = _label(case, row)
    plus: Sentence = {"nl": "", "en": ""}
    if row.care_form in LAWS:
        outside = sum(
            line.outside_contracts
            for line in case.begroting
            if (line.municipality, line.law, line.year) == (row.area, row.care_form, case.first_year)
        )
        total += outside / case.price_index.between(case.lots[0].id, row.year, case.first_year)
        plus = {"nl": ", met wat buiten de contracten valt", "en": ", with what is outside the contracts"}
    name = {
        "nl": f"{place['nl']}, {care['nl']}: uitgaven {row.year}{plus['nl']}",
        "en": f"{place['en']}, {care['en']}: spending {row.year}{plus['en']}",
    }
    return Calibration(name, total, row.euro_realised, "euro", row.source, row.status)
