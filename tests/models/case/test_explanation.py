"""Every column of a case is explained, in both languages alike, and as the code treats it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bekostiging
from bekostiging.case.explanation import _columns, meanings
from bekostiging.case.rows import columns
from bekostiging.case.tables import TABLES as CASE_TABLES
from bekostiging.case.year_tables import YEAR_TABLES

TABLES = CASE_TABLES | YEAR_TABLES
UNUSED = {"nl": "niet doorgerekend", "en": "not computed"}
"""What an explanation says of a column that no model reads."""


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_explained_and_nothing_else(table: str) -> None:
    own = set(columns(TABLES[table]))
    assert _columns()[table].keys() <= own | {""}
    for lang in ("nl", "en"):
        told = meanings(TABLES[table], lang)
        assert own | {""} <= told.keys()
        assert all(told.values())


def _numbers(text: str) -> list[str]:
    return sorted(re.sub("[.,]", "", found) for found in re.findall(r"\d[\d.,]*", text))


def test_both_languages_tell_the_same_numbers() -> None:
    for table, entries in _columns().items():
        for column, entry in entries.items():
            if column:
                assert _numbers(entry["nl"]) == _numbers(entry["en"]), (table, column)


def test_a_column_is_called_unused_only_where_no_model_reads_it() -> None:
    """Attributes read anywhere but in the definition of the tables."""
    read = {
        node.attr
        for source in Path(bekostiging.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    for table, model in TABLES.items():
        for lang, words in UNUSED.items():
            for column, meaning in meanings(model, lang).items():
                assert words not in meaning or column not in read, (table, column)
