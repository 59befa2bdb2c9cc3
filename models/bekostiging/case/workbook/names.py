"""What a workbook calls tables and columns: Dutch names beside those of the row models, both read, one written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic.fields import FieldInfo

from bekostiging.case.errors import in_language
from bekostiging.case.fields import choices, registry_of
from bekostiging.case.folded import folded
from bekostiging.case.rows import Row, columns

SHEETS = {
    "case": {"nl": "casus", "en": "case"},
    "guide": {"nl": "lees dit eerst", "en": "read this first"},
    "policy_names": {"nl": "uitleg beleid", "en": "policy names"},
    "help": {"nl": "hulp bij invullen", "en": "help while filling"},
    "care_form_list": {"nl": "lijst zorgvormen", "en": "list of care forms"},
}
"""Sheets that are no table: the head, the instruction, and the names that a policy may have."""


@cache
def _names() -> dict[str, Any]:
    """The files of names: those of a case and those of a contract year, which never name the same twice."""
    first, second = (
        tomllib.loads((files("bekostiging.case.workbook") / file).read_text(encoding="utf-8"))
        for file in ("names.toml", "year_names.toml")
    )
    return first | {section: first[section] | own for section, own in second.items()}


def sheet_name(table: str, lang: str) -> str:
    """Name of the sheet of a table."""
    if table in SHEETS:
        return SHEETS[table][lang]
    return str(_names()["sheets"][table]) if lang == "nl" else table


_TABLES = re.compile(
    r"\b(tabellen|tabel|tables|table) (\w+)(?: (en|and) (\w+))?|\b(\w+)\.csv|\bin (history)\b(?!\.\w)",
    re.IGNORECASE,
)
_SHEETS = {"tabel": "blad", "tabellen": "bladen", "table": "sheet", "tables": "sheets"}


def in_sheets(text: str, lang: str, book: str) -> str:
    """A sentence (in ``lang``) with the sheets of a workbook (in ``book``) for the tables it names.

    >>> in_sheets("Tabellen demand en history: 3 in history; zie tabel offers", "nl", "nl")
    'Bladen vraag en historie: 3 op blad historie; zie blad aanbod'
    >>> in_sheets("table offers, but a table of prices", "en", "nl")
    'sheet aanbod, but a table of prices'
    """

    def sheet(match: re.Match[str]) -> str:
        """What stands for one name, or two."""
        word, first, joint, second, file, history = match.groups()
        if table := file or history:
            alone, at = {"nl": ("blad", "op"), "en": ("sheet", "on")}[lang]
            named = f"{alone} {sheet_name(table, book)}" if table in _names()["sheets"] else ""
            return (f"{at} {named}" if history and named else named) or match[0]
        if first not in _names()["sheets"]:
            return match[0]
        both = word.lower().endswith(("len", "s")) and second in _names()["sheets"]
        kind = _SHEETS[word.lower()]
        rest = "" if joint is None else f" {joint} {sheet_name(second, book) if both else second}"
        return f"{kind.capitalize() if word[0].isupper() else kind} {sheet_name(first, book)}{rest}"

    return _TABLES.sub(sheet, text)


def all_columns() -> tuple[str, ...]:
    """The columns of all tables."""
    return tuple(_names()["columns"])


def column_name(column: str, lang: str) -> str:
    """Name of a column over its cells."""
    return str(_names()["columns"][column][0]) if lang == "nl" else column


def head_name(field: str, lang: str) -> str:
    """Name of a field of the head."""
    return str(_names()["head"][field]) if lang == "nl" else field


def head_fields() -> tuple[str, ...]:
    """Fields of the head in their order, texts apart by language."""
    return tuple(_names()["head"])


def unit_of(column: str) -> dict[str, str] | None:
    """Words and number format of a column with numbers; None for the others."""
    kind = unit_kind(column)
    return dict(_names()["units"][kind]) if kind else None


def unit_kind(column: str) -> str:
    """What the numbers of a column are in, such as ``euro`` or ``fraction``; empty for other columns."""
    named = _names()["columns"].get(column, ())
    return str(named[1]) if len(named) > 1 else ""


def choice_name(column: str, word: str, lang: str) -> str:
    """A word of a closed set as a workbook shows it."""
    return str(_names()["choices"].get(column, {}).get(word, word)) if lang == "nl" else word


def choice_names(column: str, info: FieldInfo, lang: str) -> dict[str, str]:
    """Every word that a field chooses from, as a workbook shows it; those of an open set carry their own names."""
    open_set = registry_of(info)
    return {
        word: choice_name(column, word, lang)
        if open_set is None or lang == "en"
        else in_language(open_set[word].name, lang)
        for word in choices(info)
    }


@cache
def _policies() -> dict[str, str]:
    return dict(_names()["policies"])


def policy_name(name: str, lang: str) -> str:
    """A policy as sheet beleid shows it; one of another package has its own name in every language."""
    return _policies().get(name, name) if lang == "nl" else name


def totalled(table: str) -> tuple[str, ...]:
    """Columns of a table whose sum means something."""
    return tuple(_names()["totals"].get(table, ()))


@cache
def known_sheets() -> dict[str, str]:
    """Table (or other sheet) by the folded name of its sheet, Dutch and English."""
    tables = _names()["sheets"]
    return {folded(sheet_name(table, lang)): table for table in (*tables, *SHEETS) for lang in ("nl", "en")}


@cache
def known_columns(model: type[Row]) -> dict[str, str]:
    """Column of a table by its folded name, Dutch and English; those of earlier versions too."""
    today = {folded(column_name(name, lang)): name for name in columns(model) for lang in ("nl", "en")}
    former = _names()["former"].get(model.table, {})
    return today | {folded(label): name for name, dutch in former.items() for label in (name, dutch)}


def former_name(table: str, column: str, lang: str) -> str | None:
    """Name that a column had over its cells in earlier versions; None for a present column."""
    dutch = _names()["former"].get(table, {}).get(column)
    return column if dutch is not None and lang != "nl" else dutch


@cache
def known_fields() -> dict[str, str]:
    """Field of the head by its folded name, Dutch and English."""
    return {folded(head_name(name, lang)): name for name in head_fields() for lang in ("nl", "en")}
