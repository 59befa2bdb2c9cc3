"""Every table and column has its Dutch name, one per table, and a unit where it is a number."""

from __future__ import annotations

import unicodedata
from typing import get_origin

import pytest

from bekostiging.case.fields import choices, leaf, registry_of
from bekostiging.case.folded import folded
from bekostiging.case.policy_rows import POLICIES, Words
from bekostiging.case.rows import columns
from bekostiging.case.tables import TABLES as CASE_TABLES
from bekostiging.case.typed import value_of
from bekostiging.case.workbook.guide import _guide
from bekostiging.case.workbook.head_sheet import CHOICES
from bekostiging.case.workbook.names import (
    _names,
    choice_names,
    column_name,
    in_sheets,
    known_columns,
    known_sheets,
    sheet_name,
    totalled,
    unit_of,
)
from bekostiging.case.year_tables import YEAR_TABLES

TABLES = CASE_TABLES | YEAR_TABLES


def test_the_file_of_names_holds_these_tables_and_columns_and_no_others() -> None:
    assert set(_names()["sheets"]) == set(TABLES)
    assert set(_names()["columns"]) == {name for model in TABLES.values() for name in columns(model)}
    assert {named[1] for named in _names()["columns"].values() if len(named) > 1} == set(_names()["units"])


@pytest.mark.parametrize(
    ("text", "lang", "book", "said"),
    [
        ("tabel lots; zie lots.csv", "nl", "nl", "blad percelen; zie blad percelen"),
        ("table lots; see lots.csv", "en", "nl", "sheet percelen; see sheet percelen"),
        ("Table lots; see lots.csv", "en", "en", "Sheet lots; see sheet lots"),
        ("Tabellen demand en history: 3 in history.", "nl", "nl", "Bladen vraag en historie: 3 op blad historie."),
        (
            "Tables demand and history: 3 in history.",
            "en",
            "nl",
            "Sheets vraag and historie: 3 on sheet historie.",
        ),
        ("tabel lots en twee in geschiedenis", "nl", "nl", "blad percelen en twee in geschiedenis"),
        ("een tabel van prijzen, of notes.csv", "nl", "nl", "een tabel van prijzen, of notes.csv"),
    ],
)
def test_sentences_name_sheets_for_tables(text: str, lang: str, book: str, said: str) -> None:
    assert in_sheets(text, lang, book) == said


@pytest.mark.parametrize("table", TABLES)
def test_no_two_columns_of_a_table_share_a_name(table: str) -> None:
    names = columns(TABLES[table])
    for name in names:
        for lang in ("nl", "en"):
            assert known_columns(TABLES[table])[folded(column_name(name, lang))] == name
    assert set(totalled(table)) <= set(names)


def _chosen() -> dict[str, set[str]]:
    """Words that a column of any table, a field of the head or a policy chooses from."""
    found: dict[str, set[str]] = {field: set(words) for field, words in CHOICES.items()}
    found["value"] = {
        word for row in POLICIES.values() if isinstance(row.kind, Words) for word in row.kind.choices
    }
    for model in TABLES.values():
        for name in columns(model):
            info = model.model_fields[name]
            if choices(info) and registry_of(info) is None:
                found.setdefault(name, set()).update(choices(info))
    return found


def test_every_word_that_is_chosen_has_a_dutch_name_and_no_other_word_has_it() -> None:
    chosen = _chosen()
    assert set(_names()["choices"]) == set(chosen)
    for column, words in chosen.items():
        names = _names()["choices"][column]
        assert set(names) == words, column
        for word, name in names.items():
            assert not {other for other in words if folded(other) == folded(name)} - {word}, (column, word)
        assert len({folded(name) for name in names.values()}) == len(names), column


def test_every_policy_has_a_dutch_name_of_its_own() -> None:
    names = _names()["policies"]
    assert set(names) == set(POLICIES)
    assert len({folded(name) for name in names.values()} | {folded(name) for name in names}) == 2 * len(names)


@pytest.mark.parametrize("table", TABLES)
def test_a_choice_is_read_in_dutch_and_english_in_any_capitals_and_form(table: str) -> None:
    for name in columns(TABLES[table]):
        info = TABLES[table].model_fields[name]
        for lang in ("nl", "en"):
            for word, label in choice_names(name, info, lang).items():
                for text in (label, label.upper(), unicodedata.normalize("NFD", label), label.replace(" ", "_")):
                    assert value_of(text, name, info, ";") == word


@pytest.mark.parametrize("table", TABLES)
def test_numbers_have_a_unit_and_words_have_none(table: str) -> None:
    for name in columns(TABLES[table]):
        kind = leaf(TABLES[table].model_fields[name])
        assert (unit_of(name) is not None) == (kind in (int, float)), name
        assert get_origin(kind) is not tuple or unit_of(name) is None


def test_sheets_are_known_by_both_names_whatever_their_capitals() -> None:
    assert known_sheets()[folded("Aanbieders")] == "providers"
    assert known_sheets()[folded("care-forms ")] == "care_forms"
    assert all(len(sheet_name(table, lang)) <= 31 for table in TABLES for lang in ("nl", "en"))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_table_says_where_its_figures_are_found(lang: str) -> None:
    guide = _guide()[lang]
    assert set(guide["where"]) == {"case", *CASE_TABLES}
    told = " ".join(guide["where"].values())
    for source, meaning in guide["sources"]:
        assert source in told, source
        assert meaning
    assert len(guide["steps"]) == len(_guide()["nl"]["steps"])
