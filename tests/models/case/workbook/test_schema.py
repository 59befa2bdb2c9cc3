"""A workbook of an earlier version becomes one of today, with a list of what changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbooks import Grids, grids_of, header_of, write_grids

from bekostiging.case import UserError, convert, read_case, scaffold_case
from bekostiging.case.rows import name_in
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import column_name, sheet_name
from bekostiging.case.workbook.schema import ADDED, NAMED, VERSION

FIRST_TABLES = {
    "areas": ["id", "municipality", "name", "inhabitants_0_17", "inhabitants_18_64", "inhabitants_65_plus", "growth_0_17",
              "growth_18_64", "growth_65_plus", "source", "status"],
    "lots": ["id", "name", "care_forms", "areas", "payment_form", "scale", "first_year", "years", "lead_years",
             "sharing_key", "messages", "sitting_clients", "source", "status"],
    "providers": ["id", "name", "equity", "total_assets", "turnover", "result_1", "result_2", "result_3",
                  "region_turnover_share", "fixed_share", "margin", "source", "status"],
    "administration": ["payment_form", "party", "hours_per_client", "hours_per_contract", "euro_per_hour", "source",
                       "status"],
}  # fmt: skip
"""Headers of four CSV files of this project as they were in its first commit with tables (b4ec152)."""


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("new") / "regio.xlsx"
    scaffold_case(place, "nl", wanted=["administratie", "profielen", "schokken"])
    return place


@pytest.fixture
def old(new: Path) -> Grids:
    """The example in the tables of version 0: no version, and none of the columns that came later."""
    grids = grids_of(new)
    grids["casus"] = [row for row in grids["casus"] if row[0] != "schemaversie"]
    for table, added in [pair for step in ADDED for pair in step.items()]:
        rows = grids.get(sheet_name(table, "nl"), [])
        for name in added if rows else ():
            place = rows[header_of(rows)].index(column_name(name, "nl"))
            for row in rows:
                del row[place]
    return grids


def test_version_0_is_what_the_first_tables_were(old: Grids) -> None:
    for table, names in FIRST_TABLES.items():
        rows = old[sheet_name(table, "nl")]
        assert rows[header_of(rows)] == [column_name(name, "nl") for name in names]


def test_an_older_workbook_is_upgraded_and_says_what_changed(old: Grids, new: Path, tmp_path: Path) -> None:
    path = write_grids(tmp_path / "oud.xlsx", old)
    case, today = read_case(path), read_case(new)
    for table in TABLES:
        assert [row.model_dump() for row in getattr(case, table)] == [
            row.model_dump() for row in getattr(today, table)
        ] or (
            table in NAMED or table == "begroting"  # whose example has something else than nothing there
        )
    assert case.areas[1].residential_places == 0
    told = [note["nl"] for note in case.notes]
    assert (
        "Dit werkboek is van versie 0; blad percelen heeft nu ook algemene voorziening (no), overnameweken (0), naam in het "
        "Engels, leeg of met wat leeg betekent."
    ) in told
    assert len(told) == sum(
        any(table in step for step in ADDED) for table in TABLES if sheet_name(table, "nl") in old
    )
    notes = convert(path, tmp_path / "nieuw.xlsx", "nl")
    assert notes == case.notes
    again = read_case(tmp_path / "nieuw.xlsx")
    assert again.notes == ()
    assert again.lots == tuple(
        row.model_copy(update={"line": place}) for place, row in enumerate(case.lots, start=7)
    )


def test_a_workbook_of_today_is_left_alone(new: Path) -> None:
    assert read_case(new).notes == ()


def test_added_columns_exist_and_mean_their_default() -> None:
    """What is written in is what the row model takes where the column is absent today."""
    for added in ADDED:
        for table, columns in added.items():
            for name, value in columns.items():
                default = TABLES[table].model_fields[name].default
                read = {"no": False, "": None if default is None else ""}.get(value, value)
                assert read == default or float(value) == default, (table, name)
    assert len(ADDED) == VERSION


@pytest.mark.parametrize(
    ("version", "sentence"),
    [(99, "Dit werkboek heeft schemaversie 99 en dit pakket kent 0 tot en met 7; werk bekostiging bij."),
     ("een", "casus!B4 (schemaversie) is geen geheel getal; vul 7 in.")],
)  # fmt: skip
def test_a_version_that_cannot_be_read(new: Path, tmp_path: Path, version: object, sentence: str) -> None:
    grids = grids_of(new)
    next(row for row in grids["casus"] if row[0] == "schemaversie")[1] = version
    with pytest.raises(UserError) as caught:
        read_case(write_grids(tmp_path / "x.xlsx", grids))
    assert caught.value.text("nl") == sentence


def test_version_7_has_names_for_english_pages_and_own_contributions(new: Path, tmp_path: Path) -> None:
    """A workbook of version 6 keeps its one name in both languages, and its own contributions are not entered."""
    grids = grids_of(new)
    next(row for row in grids["casus"] if row[0] == "schemaversie")[1] = 6
    for table, names in ADDED[6].items():
        rows = grids.get(sheet_name(table, "nl"), [])
        for name in names if rows else ():
            place = rows[header_of(rows)].index(column_name(name, "nl"))
            for row in rows:
                del row[place]
    case, today = read_case(write_grids(tmp_path / "zes.xlsx", grids)), read_case(new)
    assert {row.own_contributions for row in case.begroting} == {None}
    for lang in ("nl", "en"):
        assert [name_in(row, lang) for row in case.lots] == [row.name for row in today.lots]
    assert [name_in(row, "en") for row in today.lots] != [row.name for row in today.lots]
    (told,) = (note["nl"] for note in case.notes if "blad begroting" in note["nl"])
    assert told == (
        "Dit werkboek is van versie 6; blad begroting heeft nu ook eigen bijdragen, leeg of met wat leeg betekent."
    )
