"""Municipalities that merged (herindeling), with the year: figures of an old one count for today's until then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bekostiging.case.csv_text import csv_text, text_of
from bekostiging.case.errors import CaseError, Problem

COLUMNS = ("origin", "destination", "year")
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Mergers:
    """By code of a municipality that is gone: the one that it went into, and the first year without it.

    Examples
    --------
    Weesp (0457) became part of Amsterdam (0363) on 24 March 2022; its figures of 2022 and before are added to those of
    Amsterdam where the file has it as a municipality until 2022.

    >>> known = Mergers({"0457": ("0363", 2023)})
    >>> known.home("0457", 2022), known.home("0457", 2023), known.home("0363", 2022)
    ('0363', None, '0363')
    """

    steps: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def home(self, code: str, year: int) -> str | None:
        """The municipality of today that a figure of a year counts for; None where the old one is gone by then."""
        if code in self.steps and year >= self.steps[code][1]:
            return None
        while code in self.steps and year < self.steps[code][1]:
            code = self.steps[code][0]
        return code

    def parts(self, home: str, year: int) -> set[str]:
        """Old municipalities that a figure of today's must hold in a year, those that a later merger made left out."""
        made = {destination: first for destination, first in self.steps.values()}
        return {
            code
            for code in self.steps
            if self.home(code, year) == home and not (code in made and year < made[code])
        }


def read_mergers(file: Path) -> Mergers:
    """The mergers of a CSV with columns origin, destination and year: the first year in which the old one is no more.

    Raises
    ------
    CaseError
        A column that is missing, a code that is none, a year that is none, a municipality that goes into itself.
    """
    problems: list[Problem] = []
    text = text_of(file, "mergers", problems)
    read = None if text is None else csv_text(text, "mergers", problems, None)
    if read is None:
        raise CaseError(problems)
    names = [name.strip().lower() for name in read.columns]
    problems += [
        Problem("mergers", f"kolom {name} ontbreekt; voeg haar toe", f"column {name} is missing; add it")
        for name in COLUMNS
        if name not in names
    ]
    if problems:
        raise CaseError(problems)
    steps: dict[str, tuple[str, int]] = {}
    for line, cells in read.rows:
        own = dict(zip(names, (cell.strip() for cell in cells), strict=True))
        codes = tuple(own[name].zfill(4) for name in COLUMNS[:2])
        year = int(own["year"]) if own["year"].isascii() and own["year"].isdecimal() else 0
        if not all(len(code) == 4 and code.isascii() and code.isdecimal() for code in codes) or codes[0] in steps:
            nl = "geef elke oude gemeente één keer, met CBS-codes van vier cijfers zoals 0457"
            en = "give every old municipality once, with CBS codes of four digits such as 0457"
            problems.append(Problem("mergers", nl, en, line, "origin"))
        elif not FIRST_YEAR <= year <= LAST_YEAR:
            nl, en = (
                "geef het eerste jaar zonder de oude gemeente",
                "give the first year without the old municipality",
            )
            problems.append(Problem("mergers", nl, en, line, "year"))
        else:
            steps[codes[0]] = codes[1], year
    problems += _circles(steps)
    if problems:
        raise CaseError(problems)
    return Mergers(steps)


def _circles(steps: Mapping[str, tuple[str, int]]) -> Iterable[Problem]:
    """A municipality that goes into itself, by way of others or not."""
    for code in steps:
        at, seen = code, set[str]()
        while at in steps and at not in seen:
            seen.add(at)
            at = steps[at][0]
        if at == code:
            nl = f"{code} gaat (via andere) op in zichzelf; laat elke rij naar de gemeente van daarna wijzen"
            en = f"{code} merges into itself (by way of others); let every row point to the municipality after it"
            yield Problem("mergers", nl, en, column="destination")
