"""A name is read where a key is asked; what is unknown is named with what there is; a slip hides nothing behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Edit
from csv_tables import put_table, table_of

from bekostiging.case import CaseError, read_case
from bekostiging.case.errors import Problem, gathered
from bekostiging.case.folded import near


def _sentences(folder: Path, lang: str = "nl") -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return caught.value.text(lang).splitlines()


def test_names_and_other_spellings_are_read_as_keys_and_told(folder: Path, edit: Edit) -> None:
    before = read_case(folder)
    names = {row.id: row.name for row in before.providers}
    put_table(
        folder, "contracts", [row | {"provider": names[row["provider"]]} for row in table_of(folder, "contracts")]
    )
    edit("demand", 0, "area", before.demand[0].area.upper())
    edit("history", 0, "care_form", "JEUGDWET")
    edit("policy", 0, "scope", "Casus")
    case = read_case(folder)
    assert [row.provider for row in case.contracts] == [row.provider for row in before.contracts]
    assert (case.demand[0].area, case.history[0].care_form, case.policy[0].scope) == (
        before.demand[0].area, "jeugdwet", "case",
    )  # fmt: skip
    told = [note["nl"] for note in case.notes]
    first = before.contracts[0].provider
    assert any(
        line.startswith(f"contracts: naam gelezen als sleutel: '{names[first]}' is {first}") for line in told
    )
    assert any(line.startswith("demand: naam gelezen als sleutel") for line in told)


def test_a_name_of_two_rows_is_asked_about(folder: Path) -> None:
    put_table(folder, "providers", [row | {"name": "Zorg B.V."} for row in table_of(folder, "providers")[:2]])
    rows = table_of(folder, "contracts")
    put_table(folder, "contracts", [rows[0] | {"provider": "Zorg B.V."}, *rows[1:]])
    one, two = (row["id"] for row in table_of(folder, "providers"))
    assert _sentences(folder)[0] == (
        f"tabel contracts, rij 2, kolom provider: 'Zorg B.V.' staat niet in tabel providers; die naam hebben er meer: "
        f"{one} (Zorg B.V.), {two} (Zorg B.V.); vul de sleutel in"
    )


def test_a_code_that_is_unknown_is_named_with_those_that_are_there(folder: Path) -> None:
    """An unknown municipality used to be offered the first code there was."""
    rows = table_of(folder, "begroting")
    put_table(folder, "begroting", [rows[0] | {"municipality": "0599"}, *rows[1:]])
    listed = ", ".join(f"{row.code} ({row.name})" if row.name.lower().replace(" ", "-") != row.code else row.code
                       for row in read_case(_restored(folder, rows)).municipalities)  # fmt: skip
    put_table(folder, "begroting", [rows[0] | {"municipality": "0599"}, *rows[1:]])
    assert (
        "tabel begroting, rij 2, kolom municipality: '0599' staat niet in tabel municipalities; voeg de rij daar toe, of "
        f"kies uit {listed}" in _sentences(folder)
    )


def _restored(folder: Path, rows: list[dict[str, str]]) -> Path:
    put_table(folder, "begroting", rows)
    return folder


@pytest.mark.parametrize(
    ("name", "known", "offered"),
    [
        ("0363", ["0362", "0034"], None),  # another code is another municipality
        ("6012345", ["06012345"], "06012345"),  # a spreadsheet took off the zero
        ("6012345", ["06-012345", "x6012345"], "06-012345"),
        ("aanbieder-9", ["aanbieder-1"], None),
        ("anbieder-1", ["aanbieder-2", "aanbieder-1"], "aanbieder-1"),
        ("Utrecht", ["Almere", "Zeewolde"], None),
        ("Almeer", ["Almere", "Zeewolde"], "Almere"),
    ],
)
def test_only_a_near_name_is_offered(name: str, known: list[str], offered: str | None) -> None:
    assert near(name, known) == offered


Damage = Callable[[Path, Edit], str]


def _unknown_column(folder: Path, edit: Edit) -> str:
    put_table(folder, "demand", [row | {"kleur": "rood"} for row in table_of(folder, "demand")])
    return "kolom kleur: onbekende kolom"


def _misspelt_column(folder: Path, edit: Edit) -> str:
    path = folder / "demand.csv"
    path.write_text(path.read_text().replace("mean_duration_weeks", "mean_duration_week", 1))
    return "bedoelt u mean_duration_weeks?"


def _near_choice(folder: Path, edit: Edit) -> str:
    edit("lots", 0, "scale", "regionale")
    return "'regionale' is geen bekende keuze"


@pytest.mark.parametrize("slip", [_unknown_column, _misspelt_column, _near_choice])
def test_a_slip_hides_no_error_behind_it(folder: Path, edit: Edit, slip: Damage) -> None:
    """A cell, a key and a rule between tables are told in the same round."""
    told = slip(folder, edit)
    edit("profiles", 0, "share", "0.9")
    found = _sentences(folder)
    assert any(told in line for line in found)
    assert any("kolom share" in line and "moet 1 zijn" in line for line in found), found
    edit("contracts", 0, "provider", "niemand")
    edit("demand", 0, "starts_per_year", "veel")
    found = _sentences(folder)
    for part in (told, "'niemand' staat niet in tabel providers", "'veel' is geen getal"):
        assert any(part in line for line in found), part


def test_a_row_with_two_mistakes_tells_both(folder: Path, edit: Edit) -> None:
    edit("contracts", 0, "provider", "niemand")
    edit("contracts", 0, "revenue", "veel")
    assert len(_sentences(folder)) == 2


def test_a_remark_is_not_read_and_said(folder: Path) -> None:
    names = ("opmerking van Piet", "# intern", "Opmerkingen")
    put_table(folder, "demand", [row | dict.fromkeys(names, "nog nabellen") for row in table_of(folder, "demand")])
    told = [note["nl"] for note in read_case(folder).notes]
    assert [f"demand: kolom '{name}' is een opmerking en is niet gelezen" in told for name in names] == [True] * 3


def test_one_mistake_in_many_rows_is_one_sentence() -> None:
    def wrong(row: int, given: str) -> Problem:
        said = f"getal {given} is dubbelzinnig", f"number {given} is ambiguous"
        return Problem("history", *said, row, "clients", given=given)

    (found,) = gathered([wrong(row, f"{row}.000") for row in (*range(7, 40), 42)])
    assert found.text("nl") == (
        "tabel history, rij 7-39, 42, kolom clients, 34 cellen: getal 7.000 is dubbelzinnig (ook: 8.000, 9.000, 10.000, "
        "11.000, 12.000, 13.000 en nog 27)"
    )
    other = Problem("history", "is leeg", "is empty", 8, "clients")
    assert len(gathered([wrong(7, "1.234"), other])) == 2


def test_numbers_that_were_typed_with_signs_are_listed(folder: Path) -> None:
    rows = table_of(folder, "begroting")
    put_table(folder, "begroting", [row | {"amount": f"EUR {float(row['amount']):,.0f}"} for row in rows])
    case = read_case(folder)
    assert [row.amount for row in case.begroting] == [round(float(row["amount"])) for row in rows]
    (told,) = [note["nl"] for note in case.notes]
    place = f"begroting, amount, rij 2-{len(rows) + 1}: getal met teken of scheiding gelezen"
    assert re.match(rf"{place}: EUR [\d,]+ is \d+;", told)


@pytest.mark.parametrize("source", ["CBS StatLine 85081", "statline"])
def test_symbols_of_statline_are_read_where_the_source_says_so(folder: Path, source: str) -> None:
    rows = table_of(folder, "history")
    put_table(folder, "history", [rows[0] | {"year": f"{rows[0]['year']}*", "clients": "."}, *rows[1:]])
    found = _sentences(folder)
    remedy = "'.' is geen getal; laat de cel leeg als het niet bekend is, of noem in de bron StatLine"
    assert any(remedy in line for line in found)
    put_table(
        folder, "history", [rows[0] | {"year": f"{rows[0]['year']}*", "clients": ".", "source": source}, *rows[1:]]
    )
    case = read_case(folder)
    assert (case.history[0].year, case.history[0].clients) == (int(rows[0]["year"]), None)
    assert (
        f"history, rij 2: tekens van StatLine gelezen: . is niet bekend; {rows[0]['year']}* is {rows[0]['year']}"
        in [note["nl"] for note in case.notes]
    )


def _history(folder: Path, *more: dict[str, str]) -> None:
    rows = table_of(folder, "history")
    put_table(folder, "history", [*rows, *(rows[0] | row for row in more)])


def test_a_credit_is_netted_with_the_row_it_corrects(folder: Path) -> None:
    rows = table_of(folder, "history")
    put_table(folder, "history", [rows[0] | {"euro_realised": "1938000", "units": "28080"}, *rows[1:]])
    _history(folder, {"euro_realised": "-38000", "units": "-80", "clients": "", "starts": ""})
    case = read_case(folder)
    assert len(case.history) == len(rows)
    assert (case.history[0].euro_realised, case.history[0].units) == (1_900_000, 28_000)
    assert case.history[0].clients == (float(rows[0]["clients"]) if rows[0]["clients"] else None)
    key = " / ".join(rows[0][name] for name in ("area", "care_form", "year"))
    assert f"history: negatieve rijen zijn als correctie opgeteld bij de andere rij van {key}." in [
        note["nl"] for note in case.notes
    ]


def test_what_stays_negative_is_named_in_plain_digits(folder: Path) -> None:
    rows = table_of(folder, "history")
    put_table(folder, "history", [rows[0] | {"euro_realised": "-1938000"}, *rows[1:]])
    (told,) = _sentences(folder)
    assert told.startswith(
        "tabel history, rij 2, kolom euro_realised: -1938000 is negatief; vul nul of een positief getal in"
    )
    put_table(folder, "history", [rows[0] | {"euro_realised": "1000"}, *rows[1:]])
    _history(folder, {"euro_realised": "-1938000"})
    (told,) = _sentences(folder)
    assert "alle rijen samen zijn -1937000, minder dan nul" in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_file_with_tabs_or_of_unicode_text_is_read(folder: Path, encoding: str) -> None:
    before = read_case(folder)
    path = folder / "areas.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace(",", "\t").encode(encoding))
    assert read_case(folder).areas == before.areas
