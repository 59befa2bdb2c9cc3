"""What the door does with a citizen service number: refuse it with its place, unless the head of the case says what it is.

``not_bsn`` in the head is a text such as ``providers.source: numbers of our files | lots.name 3: number of the decision``: a
table and column, or ``case`` and a field of the head, or ``clients`` and a column of a file with clients, or ``workbook``
and a place outside its cells; a row or none for all; and the reason. It names the place and never the digits, and the report
repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

from bekostiging.case.bsn import comments, find, found_in, mask
from bekostiging.case.errors import Note, Problem, Said, UserError

FIELD = "not_bsn"
CASE_FILE = "case.toml"
CASE, CLIENTS, WORKBOOK = "case", "clients", "workbook"
"""What an exception calls the head of a case, a file with clients, and the texts of a workbook that stand in no cell."""
BETWEEN = "|"
_ENTRY = re.compile(
    r"(?P<table>\w+)\.(?P<column>[^:]+?)(?:\s+(?P<row>\d{1,7}))?\s*:\s*(?P<reason>\S.*)", re.DOTALL
)


class Place(NamedTuple):
    """Where a text stands; ``row`` None where it has none, or for all of them."""

    table: str
    column: str
    row: int | None = None

    def __str__(self) -> str:
        """As ``not_bsn`` writes it."""
        return f"{self.table}.{self.column}" + (f" {self.row}" if self.row is not None else "")


@dataclass(frozen=True)
class Exceptions:
    """Places whose numbers are no citizen service numbers, with the reason of each."""

    reasons: Mapping[Place, str] = field(default_factory=dict)

    def hold(self, table: str, column: str, row: int | None = None) -> bool:
        """Whether the place, or its whole column, is stated."""
        return Place(table, column, row) in self.reasons or Place(table, column) in self.reasons

    def notes(self) -> tuple[Note, ...]:
        """One sentence per exception, for every report."""
        return tuple(
            {
                "nl": f"Volgens de casus geen burgerservicenummer: {place} ({reason}).",
                "en": f"According to the case no citizen service number: {place} ({reason}).",
            }
            for place, reason in self.reasons.items()
        )


def exceptions(text: str, known: Iterable[str], problems: list[Problem]) -> Exceptions:
    """The exceptions that the head states; what cannot be read, holds a number itself or names no table is a problem.

    >>> problems = []
    >>> stated = exceptions("providers.source: files | lots.name 3: decision", ["lots", "providers"], problems)
    >>> stated.hold("lots", "name", 3), stated.hold("lots", "name", 4), problems
    (True, False, [])
    """
    tables = (CASE, CLIENTS, WORKBOOK, *known)
    reasons = {}
    for part in text.split(BETWEEN) if text.strip() else ():
        entry = _ENTRY.fullmatch(part.strip())
        if entry is None or entry["table"] not in tables or find(part):
            problems.append(
                Problem(
                    CASE_FILE,
                    "schrijf elke uitzondering als `tabel.kolom rij: reden` (de rij mag weg), met | ertussen en zonder de "
                    "cijfers zelf",
                    "write every exception as `table.column row: reason` (the row may be left out), with | between them and "
                    "without the digits",
                    column=FIELD,
                )
            )
            continue
        row = None if entry["row"] is None else int(entry["row"])
        reasons[Place(entry["table"], entry["column"], row)] = entry["reason"].strip()
    return Exceptions(reasons)


def citizen_number(table: str, column: str, row: int | None = None, place: str | None = None) -> Problem:
    """The problem of a text that may hold a citizen service number; ``place``: where neither table nor column says it."""
    stated = Place(CASE if table == CASE_FILE else table, mask(column), row)
    nl, en = _REMOVE
    if place is None:
        nl += f' (is het er geen: zet in de kop van de casus {FIELD} = "{stated}: waarom niet")'
        en += f' (if it is none: put {FIELD} = "{stated}: why not" in the head of the case)'
    return Problem(table, nl, en, row=row, column=column, place=place)


def refuse_numbers(file: str, told: Mapping[str, object], text: str) -> None:
    """Refuse a TOML file in whose values, keys or comments a citizen service number may stand.

    Raises
    ------
    UserError
        It names the key or the line.
    """
    keys = [place for place, _ in found_in(told)]
    lines = [number for number, said in comments(text) if find(said)]
    if keys or lines:
        nl, en = (keys[0], keys[0]) if keys else (f"regel {lines[0]}", f"line {lines[0]}")
        raise UserError(
            f"{file}, {nl}: {_REMOVE[0]}.",
            f"{file}, {en}: {_REMOVE[1]}.",
        )


def head_numbers(head: Mapping[str, object], stated: Exceptions) -> list[Problem]:
    """Problems of texts and names in the head of a case that may hold a citizen service number."""
    return [
        citizen_number(CASE_FILE, place)
        for place in dict.fromkeys(place for place, _ in found_in(head))
        if place != FIELD and not stated.hold(CASE, place.split(".")[0]) and not stated.hold(CASE, place)
    ]


def name_number(name: str) -> Problem | None:
    """The problem of the name of a table or sheet that may hold a citizen service number; None where it holds none."""
    if not find(name):
        return None
    nl, en = _RENAME
    return Problem(name, nl, en, place=name)


def check_name(path: PurePath) -> None:
    """Refuse a file or folder whose own name may hold a citizen service number.

    Raises
    ------
    UserError
        It does; the sentence shows the name masked.
    """
    if find(path.name):
        nl, en = _RENAME
        raise UserError(f"{mask(path.name)}: {nl}.", f"{mask(path.name)}: {en}.")


_REMOVE: Said = (
    "hier staat wat een burgerservicenummer kan zijn; verwijder het, dit pakket heeft het niet nodig",
    "this may be a citizen service number; remove it, this package does not need it",
)
_RENAME: Said = (
    "in deze naam staat wat een burgerservicenummer kan zijn; geef een andere naam",
    "this name holds what may be a citizen service number; give another name",
)
