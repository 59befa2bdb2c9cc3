"""National measures with their date and ground: ``national.toml``. None counts unless table measures has rows of its id."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bekostiging.case.errors import Note, Problem
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.rows import name_in
from bekostiging.case.tables import Measure

QUANTITIES: dict[str, Note] = {
    "inflow": {"nl": "instroom", "en": "inflow"},
    "duration": {"nl": "duur", "en": "duration"},
    "intensity": {"nl": "intensiteit", "en": "intensity"},
}
"""What a measure works on, in words."""
LAW_NAMES = {"jeugdwet": "Jeugdwet", "wmo": "Wmo"}


@dataclass(frozen=True)
class NationalMeasure:
    """``since``: date from which it holds, ``planned``: for when it was announced, both ISO and empty where none is known;
    ``rows``: of table measures, none where it was not chosen."""

    id: str
    name: Note
    law: str
    article: str
    since: str
    planned: str
    doubt: Note
    source: str
    rows: tuple[Measure, ...]

    @property
    def chosen(self) -> bool:
        """Whether the case counts on it."""
        return bool(self.rows)

    @property
    def first_year(self) -> int | None:
        """Calendar year from which it can work; None where no date is known."""
        date = self.since or self.planned
        return int(date[:4]) if date else None

    def effects(self, case: Case) -> Note:
        """What it does when it works, per care form."""
        forms = {row.id: row for row in case.care_forms}
        said = {
            lang: "; ".join(
                f"{name_in(forms[row.care_form], lang)}: {QUANTITIES[row.quantity][lang]} {percent(100 * row.effect)} %"
                for row in self.rows
            )
            for lang, percent in (("nl", in_nl), ("en", in_en))
        }
        return {lang: text.replace("-", "\u2212") for lang, text in said.items()}


@cache
def _known() -> dict[str, dict[str, Any]]:
    """What is known of every measure."""
    return tomllib.loads((files("bekostiging.case") / "national.toml").read_text(encoding="utf-8"))


def national_measures(case: Case) -> tuple[NationalMeasure, ...]:
    """Every national measure that is known, with the rows of the case that choose it."""
    return tuple(
        NationalMeasure(id=name, rows=tuple(row for row in case.measures if row.id == name), **own)
        for name, own in _known().items()
    )


def national_problems(case: Case) -> Iterator[Problem]:
    """A national measure moves care of its own law, and not before its date."""
    laws = {row.id: row.law for row in case.care_forms}
    for one in national_measures(case):
        for row in one.rows:
            law, own = laws.get(row.care_form), LAW_NAMES[one.law]
            if law is not None and law != one.law:
                yield Problem(
                    "measures",
                    f"landelijke maatregel {one.id} gaat over de {own}, en {row.care_form} valt onder de "
                    f"{LAW_NAMES[law]}; kies een zorgvorm van de {own}, of geef de maatregel een eigen id",
                    f"national measure {one.id} is about the {own}, and {row.care_form} comes under the "
                    f"{LAW_NAMES[law]}; choose a care form of the {own}, or give the measure an id of its own",
                    row=row.line,
                    column="care_form",
                )
            begins = case.first_year + row.first_year - 1
            if one.first_year is not None and begins < one.first_year:
                yield Problem(
                    "measures",
                    f"landelijke maatregel {one.id} begint hier in {begins}, en is er op zijn vroegst in "
                    f"{one.first_year}; begin in contractjaar {one.first_year - case.first_year + 1} of later",
                    f"national measure {one.id} begins here in {begins}, and is there in {one.first_year} at the "
                    f"earliest; begin in contract year {one.first_year - case.first_year + 1} or later",
                    row=row.line,
                    column="first_year",
                )
