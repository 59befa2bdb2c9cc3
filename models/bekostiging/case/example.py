"""The invented region that ``new`` gives as an example to overwrite, in one language throughout."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from bekostiging.case.fields import choices
from bekostiging.case.keys import columns_with_keys, known_keys
from bekostiging.case.model import Case
from bekostiging.case.read import embedded, read_case, read_draft
from bekostiging.case.read_folder import FolderSource
from bekostiging.case.rows import Row
from bekostiging.case.tables import ASKED, TABLES

REGION = "veenrand"
SOURCE = {"nl": "voorbeeld om te overschrijven", "en": "example to overwrite"}


CARE_FORMS = "almere"
"""The worked example, whose care forms a small start chooses from."""


def example_history(lang: str) -> dict[str, tuple[Row, ...]]:
    """The five tables of a small start, with care forms by their names in Dutch and by their keys in English."""
    tables = read_draft(FolderSource(embedded("history")), ASKED, head="unread").tables
    if lang == "nl":
        names = {row.id: row.name for row in read_case(CARE_FORMS).care_forms}
        return {table: tuple(_said(row, names) for row in rows) for table, rows in tables.items()}
    marked = {"source": SOURCE[lang]}
    return {
        table: tuple(_said(row, _english()).model_copy(update=marked) for row in rows)
        for table, rows in tables.items()
    }


def example_region(lang: str) -> Case:
    """The invented region with every row marked as an example, and its words in a language.

    >>> case = example_region("en")
    >>> case.lots[0].name, case.lots[0].status, case.first_year
    ('Youth, ambulatory', 'illustrative', 2028)
    """
    case = read_case(REGION)
    words = {} if lang == "nl" else _english()
    marked = {"source": SOURCE[lang], "status": "illustrative"}
    tables: dict[str, Any] = {
        table: tuple(_said(row, words).model_copy(update=marked) for row in getattr(case, table))
        for table in TABLES
    }
    return replace(case, **tables)


def example_rows(table: str, tables: Mapping[str, Sequence[Row]], lang: str) -> tuple[Row, ...]:
    """Rows of an optional table to overwrite, with keys of the case they are laid beside.

    >>> from bekostiging.case.write import draft_of
    >>> [row.destination for row in example_rows("mergers", draft_of(example_region("nl")).tables, "nl")]
    ['9991']
    """
    rows = read_draft(FolderSource(embedded("optional")), head="unread").tables.get(table, ())
    known = known_keys({name: tuple(found) for name, found in tables.items()})
    words: dict[str, str] = {}
    for column, held in columns_with_keys(table).items():
        keys = [*known[held].names] if held in known else []
        said = dict.fromkeys(str(getattr(row, column)) for row in rows)
        words |= dict(zip((value for value in said if value not in keys), keys, strict=False))
    return tuple(_said(row, words).model_copy(update={"source": SOURCE[lang]}) for row in rows)


@cache
def _english() -> dict[str, str]:
    text = (files("bekostiging.case") / "embedded" / "example_en.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["words"])


def _said(row: Row, words: dict[str, str]) -> Row:
    """A row with its keys and names in other words, in English its English name alone; what is chosen from a list stays."""
    update: dict[str, object] = {}
    if words and (english := getattr(row, "name_en", "")):
        row = row.model_copy(update={"name": english, "name_en": ""})
    for name, info in type(row).model_fields.items():
        value = getattr(row, name)
        if isinstance(value, tuple):
            update[name] = tuple(words.get(part, part) for part in value)
        elif isinstance(value, str) and value in words and not choices(info):
            update[name] = words[value]
    return row.model_copy(update=update) if update else row
