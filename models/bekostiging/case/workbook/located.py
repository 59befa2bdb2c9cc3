"""A problem or note of the tables, as it stands in a workbook: at its cells, with the names of sheets and columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from bekostiging.case.errors import MOST_SPANS, Problem, runs
from bekostiging.case.policy_rows import CASE, POLICIES
from bekostiging.case.rows import columns
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import (
    all_columns,
    column_name,
    former_name,
    in_sheets,
    policy_name,
    sheet_name,
)
from bekostiging.case.workbook.places import letters
from bekostiging.case.year_tables import YEAR_TABLES

_QUOTED = re.compile(r"('[^']*'|`[^`]*`|\([^()]*\.[a-z]{2,4}\))")
"""What a sentence repeats of the user's own text, or a command: left as it is."""

_NAMED = re.compile(r"\b(?P<word>[a-z][a-z0-9_]*)\b(?:\.(?P<inside>[a-z][a-z_]*)\b)?")
"""A word that may be a table, a column or a policy, or a table and its column."""


@dataclass(frozen=True)
class Place:
    """Where a table stands: its sheet, the row of its names, the column of each."""

    sheet: str
    header: int
    columns: dict[str, int]


def at_cells(problem: Problem, place: Place, lang: str) -> Problem:
    """A problem at its cell, or its cells with their number; a row or column where it is about a whole one."""
    column = (problem.column or "").split(" + ")[0]
    label = f" ({_label(problem.table, column, lang)})" if column else ""
    letter = letters(place.columns[column]) if column in place.columns else ""
    if problem.row is None:
        return replace(
            problem,
            place=f"{place.sheet}!{letter}{place.header + 1}{label}" if letter else f"{place.sheet}{label}",
        )
    spans = runs(problem.rows or (problem.row,))
    shown = [
        f"{letter}{first}" if letter and first == last else f"{letter}{first}:{letter}{last}"
        for first, last in spans[:MOST_SPANS]
    ]
    more = ", …" if len(spans) > MOST_SPANS else ""
    return replace(problem, place=f"{place.sheet}!{', '.join(shown)}{more}{label}")


def _label(table: str, column: str, lang: str) -> str:
    """What the workbook calls a column."""
    former = former_name(table, column, lang)
    if former is not None:
        return former
    return column_name(column, lang) if column in all_columns() else column


def in_workbook(text: str, lang: str, names: str, table: str = "") -> str:
    """A sentence in a language with what the workbook calls the tables, columns and policies that it names.

    ``names``: the language of the workbook; ``table``: the one that the sentence is about, whose columns it may name by one
    word.

    >>> in_workbook("tarief in tabel offers, of vul market_share in", "nl", "nl")
    'tarief in blad aanbod, of vul marktaandeel in'
    """
    sheet = {"nl": "blad", "en": "sheet"}[lang]
    own = _words(names, table if lang == "nl" else "")
    parts = _QUOTED.split(in_sheets(text, lang, names))

    def said(found: re.Match[str]) -> str:
        """The name of what is meant."""
        word, inside = found["word"], found["inside"]
        name = sheet_name(word, names) if word in TABLES else word
        if inside:
            inner = column_name(inside, names) if inside in all_columns() else inside
            return f"{inner} ({sheet} {name})" if word in TABLES else found[0]
        if word not in TABLES:
            return own.get(word, word)
        if lang == "en" or name == word:
            return word
        first = found.start() == 0 and found.string is parts[0]
        return name if first else f"{sheet} {name}"

    return "".join(part if place % 2 else _NAMED.sub(said, part) for place, part in enumerate(parts))


_ENGLISH = (
    "ceiling",
    "equity",
    "growth",
    "reported",
    "revenue",
    "scope",
    "share",
    "tariff",
    "threshold",
    "turnover",
)
"""Columns of one word that no Dutch sentence has otherwise."""


@cache
def _words(names: str, table: str) -> Mapping[str, str]:
    """What a workbook calls columns and policies: those of several words, and every column of one table."""
    found = {name: column_name(name, names) for name in all_columns() if "_" in name or name in _ENGLISH}
    found |= {name: policy_name(name, names) for name in POLICIES if "_" in name}
    if table in (models := TABLES | YEAR_TABLES):
        found |= {name: column_name(name, names) for name in columns(models[table])}
    return found | ({CASE: "casus"} if table == "policy" and names == "nl" else {})
