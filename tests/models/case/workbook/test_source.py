"""What a user's hand does to a workbook is understood, or named at its cell with rule and remedy."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from citizen_numbers import made
from workbooks import Grids, grids_of, header_of, write_grids

from bekostiging.case import (
    Case,
    CaseError,
    UserError,
    case_from_history,
    read_case,
    scaffold_case,
    scaffold_history,
)
from bekostiging.case.tables import TABLES

Change = Callable[[Grids], None]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("new") / "regio.xlsx"
    scaffold_case(place, "nl", wanted=["risicofactoren", "wachtenden"])
    return place


@pytest.fixture(scope="module")
def untouched(written: Path) -> Grids:
    return grids_of(written)


def test_a_case_knows_the_language_of_its_sheets(written: Path) -> None:
    case = read_case(written)
    assert case.sheets == "nl"
    assert read_case("almere").sheets == ""
    assert replace(case, sheets="") == case


@pytest.fixture
def grids(untouched: Grids) -> Grids:
    return copy.deepcopy(untouched)


def _column(grids: Grids, sheet: str, name: str) -> int:
    return grids[sheet][header_of(grids[sheet])].index(name)


def _set_cell(grids: Grids, sheet: str, row: int, name: str, value: object) -> None:
    """Row 0 is the first under the names."""
    grids[sheet][header_of(grids[sheet]) + 1 + row][_column(grids, sheet, name)] = value


def _problems(path: Path, lang: str = "nl") -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_case(path)
    return caught.value.text(lang).splitlines()


def _assert_same(one: Case, other: Case) -> None:
    for table in TABLES:
        assert [row.model_dump() for row in getattr(one, table)] == [
            row.model_dump() for row in getattr(other, table)
        ]


def test_plain_cells_without_our_formats_are_the_same_case(grids: Grids, written: Path, tmp_path: Path) -> None:
    _assert_same(read_case(write_grids(tmp_path / "x.xlsx", grids)), read_case(written))


def test_sheets_in_another_order_with_english_names_and_no_explanation(
    grids: Grids, written: Path, tmp_path: Path
) -> None:
    """Names in row 1, as somebody makes who pastes the CSV files; capitals and dashes do not matter."""
    head = grids.pop("casus")
    bare = {name: rows[header_of(rows) :] for name, rows in grids.items() if any("status" in row for row in rows)}
    bare["Care-Forms"] = bare.pop("zorgvormen")
    bare["PROVIDERS"] = bare.pop("aanbieders")
    bare["PROVIDERS"][0][bare["PROVIDERS"][0].index("eigen vermogen")] = "Equity"
    _assert_same(
        read_case(write_grids(tmp_path / "x.xlsx", dict(reversed(bare.items())) | {"case": head})),
        read_case(written),
    )


def test_an_error_points_to_its_cell(grids: Grids, tmp_path: Path) -> None:
    _set_cell(grids, "aanbieders", 2, "eigen vermogen", "veel")
    path = write_grids(tmp_path / "x.xlsx", grids)
    assert _problems(path) == ["aanbieders!D9 (eigen vermogen): 'veel' is geen getal; vul een getal in"]
    assert _problems(path, "en") == ["aanbieders!D9 (eigen vermogen): 'veel' is not a number; fill in a number"]


def test_rules_between_tables_point_to_cells_too(grids: Grids, tmp_path: Path) -> None:
    _set_cell(grids, "contracten", 0, "aanbieder", "aanbieder-99")
    _set_cell(grids, "gebieden", 1, "sleutel", "gebied-1")
    told = _problems(write_grids(tmp_path / "x.xlsx", grids))
    assert "gebieden!A8 (sleutel): sleutel gebied-1 staat ook op rij 7; laat er een staan" in told
    assert told[1].startswith(
        "percelen!E7:E9 (gebieden), 3 cellen: 'gebied-2' staat niet in blad gebieden; voeg de rij daar toe, of kies uit "
        "gebied-1 ("
    )
    assert any(
        line.startswith(
            "contracten!A7 (aanbieder): 'aanbieder-99' staat niet in blad aanbieders; voeg de rij daar toe, of"
        )
        for line in told
    )


@pytest.mark.parametrize(
    ("sheet", "name", "value", "read"),
    [
        ("aanbieders", "eigen vermogen", "1234567,5", 1234567.5),
        ("aanbieders", "marge", " 0,015 ", 0.015),
        ("aanbieders", "marge", "0.015", 0.015),
        ("aanbieders", "naam", "  Zorg BV\u200b ", "Zorg BV"),
        ("zorgvormen", "taakveld Iv3", 6.72, "6.72"),
        ("zorgvormen", "productcategorie", 45, "45"),
        ("gemeenten", "telt mee", True, True),
        ("gemeenten", "telt mee", "Ja", True),
        ("begroting", "jaar", dt.date(2026, 1, 1), 2026),
        ("begroting", "jaar", dt.date(1905, 7, 18), 2026),  # 2026 typed into a cell with the format of a date
    ],
)
def test_cells_as_people_type_them(
    grids: Grids, tmp_path: Path, sheet: str, name: str, value: object, read: object
) -> None:
    _set_cell(grids, sheet, 0, name, value)
    case = read_case(write_grids(tmp_path / "x.xlsx", grids))
    first = {"aanbieders": case.providers, "zorgvormen": case.care_forms, "gemeenten": case.municipalities,
             "begroting": case.begroting}[sheet][0]  # fmt: skip
    known = {"eigen vermogen": "equity", "marge": "margin", "naam": "name", "taakveld Iv3": "iv3",
             "productcategorie": "category", "telt mee": "reported", "jaar": "year"}  # fmt: skip
    assert getattr(first, known[name]) == read


def test_a_date_read_as_a_year_is_told(grids: Grids, tmp_path: Path) -> None:
    _set_cell(grids, "begroting", 0, "jaar", dt.date(2026, 1, 1))
    (note,) = read_case(write_grids(tmp_path / "x.xlsx", grids)).notes
    assert note["nl"] == "begroting!C7: datum 2026-01-01 gelezen als jaar 2026"


def test_municipality_34_is_0034_and_said_so_once(grids: Grids, tmp_path: Path) -> None:
    for sheet, name in (("gebieden", "gemeente"), ("gemeenten", "gemeentecode"), ("begroting", "gemeente")):
        column = _column(grids, sheet, name)
        for row in grids[sheet][header_of(grids[sheet]) + 1 :]:
            row[column] = 34 if row[column] == "gemeente-1" else row[column]
    case = read_case(write_grids(tmp_path / "x.xlsx", grids))
    assert case.municipalities[0].code == "0034"
    assert [note["nl"] for note in case.notes if "gemeenten" in note["nl"]] == [
        "gemeenten: 34 gelezen als gemeente 0034"
    ]


@pytest.mark.parametrize(
    ("sheet", "name", "value", "sentence"),
    [
        ("aanbieders", "omzet", "1.234", "aanbieders!F7 (omzet): getal 1.234 is dubbelzinnig (duizendtal of decimaal); "
         "schrijf het zonder scheiding van duizendtallen"),
        ("aanbieders", "omzet", "12,345", "aanbieders!F7 (omzet): getal 12,345 is dubbelzinnig"),
        ("aanbieders", "omzet", "12 %", "aanbieders!F7 (omzet): '12 %' is geen getal; vul een getal in"),
        ("aanbod", "kostprijs", dt.date(2024, 5, 1), "aanbod!D7 (kostprijs): '2024-05-01' is geen getal; vul een getal in "
         "(zet in Excel de celeigenschappen op Getal en typ het opnieuw)"),
        ("vraag", "gemiddelde duur", None, "vraag!F7 (gemiddelde duur): is leeg maar verplicht; vul in"),
        ("vraag", "deel crisis", 1.5, "vraag!Q7 (deel crisis): 1,5 is te groot, toegestaan is hoogstens 1; verbeter het"),
        ("percelen", "schaal", "locaal", "percelen!G7 (schaal): 'locaal' is geen bekende keuze (lokaal, regionaal, "
         "bovenregionaal, landelijk); bedoelt u lokaal?"),
        ("percelen", "schaal", "dorps", "percelen!G7 (schaal): 'dorps' is geen bekende keuze (lokaal, regionaal, "
         "bovenregionaal, landelijk); kies er een"),
        ("gebieden", "naam", int(made()), "gebieden!C7 (naam): hier staat wat een burgerservicenummer kan zijn;"),
        ("gebieden", "bron", "x" * 40_000, "gebieden!L7 (bron): de tekst is langer dan 32767 tekens; kort haar in"),
        ("beleid", "waarde", "wel", "beleid!C7 (waarde): gewicht slechtste toekomsten is wel, toegestaan is een getal van 0 "
         "tot en met 1"),
    ],
)  # fmt: skip
def test_cells_that_cannot_be(
    grids: Grids, tmp_path: Path, sheet: str, name: str, value: object, sentence: str
) -> None:
    _set_cell(grids, sheet, 0, name, value)
    if isinstance(value, str) and len(value) > 32_767:  # no library writes a cell that Excel cannot hold
        path = tmp_path / "x.xlsx"
        write_grids(path, grids)
        book = openpyxl.load_workbook(path)
        cell = book[sheet].cell(header_of(grids[sheet]) + 2, _column(grids, sheet, name) + 1)
        cell._value, cell.data_type = value, "s"
        book.save(path)
    told = _problems(
        write_grids(tmp_path / "x.xlsx", grids) if not (tmp_path / "x.xlsx").exists() else tmp_path / "x.xlsx"
    )
    assert told[0].startswith(sentence), told
    assert made() not in " ".join(told)


def test_a_renamed_column_offers_the_nearest(grids: Grids, tmp_path: Path) -> None:
    header = grids["aanbieders"][header_of(grids["aanbieders"])]
    header[header.index("eigen vermogen")] = "eigen vermogn"
    assert _problems(write_grids(tmp_path / "x.xlsx", grids)) == [
        "aanbieders!D6 (eigen vermogn): onbekende kolom; bedoelt u eigen vermogen?",
    ]


def test_a_column_twice(grids: Grids, tmp_path: Path) -> None:
    for number, row in enumerate(grids["gemeenten"]):
        row.append("equity" if number == header_of(grids["gemeenten"]) else None)
    header = grids["gemeenten"][header_of(grids["gemeenten"])]
    header[-1] = "Telt Mee"
    (told,) = _problems(write_grids(tmp_path / "x.xlsx", grids))
    assert told.startswith("gemeenten!")
    assert told.endswith("kolom Telt Mee staat er 2 keer; laat er een staan")


def test_cells_under_no_name_are_named(grids: Grids, tmp_path: Path) -> None:
    for number, row in enumerate(grids["gemeenten"]):
        row.append("opmerking van Piet" if number == len(grids["gemeenten"]) - 1 else None)
    width = len(grids["gemeenten"][0])
    (told,) = _problems(write_grids(tmp_path / "x.xlsx", grids))
    assert told == (
        f"gemeenten!{chr(64 + width)}8: boven deze kolom staat in rij 6 geen naam; geef haar een naam of wis de cellen"
    )


def test_a_total_under_the_table_is_no_row_and_said_so(grids: Grids, written: Path, tmp_path: Path) -> None:
    rows = grids["aanbieders"]
    rows.append([None] * len(rows[0]))
    rows.append(["Totaal", None, 12.0, *[None] * (len(rows[0]) - 3)])
    case = read_case(write_grids(tmp_path / "x.xlsx", grids))
    _assert_same(case, read_case(written))
    assert [note["nl"] for note in case.notes] == [
        "aanbieders!14:14: 'Totaal' gelezen als totaal onder de tabel, niet als rij"
    ]


def test_a_complete_row_that_is_called_total_is_a_row(grids: Grids, tmp_path: Path) -> None:
    """Only an incomplete last row is a total: this one breaks a rule as any row would."""
    rows = grids["aanbieders"]
    rows.append(["totaal", *rows[-1][1:]])
    assert len(read_case(write_grids(tmp_path / "x.xlsx", grids)).providers) == 7


def test_empty_rows_do_not_count(grids: Grids, written: Path, tmp_path: Path) -> None:
    rows = grids["vraag"]
    rows.insert(header_of(rows) + 2, [None] * len(rows[0]))
    rows.append(["  ", *[None] * (len(rows[0]) - 1)])
    _assert_same(read_case(write_grids(tmp_path / "x.xlsx", grids)), read_case(written))


def test_sheets_that_are_missing_misspelt_twice_or_no_table(grids: Grids, tmp_path: Path) -> None:
    grids["aanbidders"] = grids.pop("aanbieders")
    assert _problems(write_grids(tmp_path / "a.xlsx", grids)) == [
        "a.xlsx: blad aanbieders ontbreekt; is het blad aanbidders? Hernoem dat"
    ]
    del grids["aanbidders"]
    assert _problems(write_grids(tmp_path / "b.xlsx", grids)) == [
        "b.xlsx: blad aanbieders ontbreekt; voeg het toe (`bekostiging new voorbeeld.xlsx` geeft een voorbeeld)"
    ]
    grids["case"] = grids["casus"]
    assert any("er is meer dan een blad voor de casus (casus, case)" in line
               for line in _problems(write_grids(tmp_path / "d.xlsx", grids)))  # fmt: skip
    del grids["case"]
    grids["areas"] = grids["gebieden"]
    assert any("staat op meer bladen ('gebieden', 'areas'); laat er een staan" in line
               for line in _problems(write_grids(tmp_path / "c.xlsx", grids)))  # fmt: skip


def test_a_sheet_of_almost_the_name_of_an_optional_table_is_asked_about(grids: Grids, tmp_path: Path) -> None:
    grids["risicofactor"] = grids.pop("risicofactoren")
    assert _problems(write_grids(tmp_path / "x.xlsx", grids)) == [
        "risicofactor: is dit blad risicofactoren? Hernoem het zo, of geef het een heel andere naam: dan wordt het niet "
        "gelezen"
    ]


def test_a_sheet_that_is_no_table_is_told(grids: Grids, tmp_path: Path) -> None:
    grids["Draaitabel"] = [["x", 1]]
    (note,) = read_case(write_grids(tmp_path / "x.xlsx", grids)).notes
    assert note["nl"] == "blad Draaitabel is niet gelezen: het heet niet naar een tabel"


def test_a_table_full_of_mistakes_lists_the_first_and_says_so(grids: Grids, tmp_path: Path) -> None:
    rows = grids["gebieden"]
    rows += [["x", *[None] * (len(rows[0]) - 1)] for _ in range(300)]  # eight or so problems each, one per column
    told = _problems(write_grids(tmp_path / "x.xlsx", grids))
    assert len(told) < 12
    assert any(line.endswith("heeft 1000 fouten of meer; herstel deze eerst, de rijen hierna zijn niet bekeken")
               for line in told)  # fmt: skip


def test_more_sheets_than_a_case_can_have(grids: Grids, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="more than 200 sheets; remove what is no table"):
        read_case(write_grids(tmp_path / "x.xlsx", grids | {f"Blad {number}": [["x"]] for number in range(200)}))


def test_a_sheet_without_names(grids: Grids, tmp_path: Path) -> None:
    grids["vraag"] = grids["vraag"][header_of(grids["vraag"]) + 1 :]
    (told,) = _problems(write_grids(tmp_path / "x.xlsx", grids))
    assert told == (
        "vraag: geen rij met de namen van de kolommen gevonden; zet boven de cijfers gebied, zorgvorm, cliënten op "
        "1 januari enzovoort"
    )


def _edited(written: Path, path: Path, edit: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.load_workbook(written)
    for sheet in book:
        sheet.auto_filter.ref = None
        for row in sheet.iter_rows():  # formulas of ours would have no value in a file that openpyxl saves
            for cell in row:
                if cell.data_type == "f":
                    cell.value = None
    edit(book)
    book.save(path)
    return path


def test_hidden_rows_columns_and_sheets_are_read_and_told(written: Path, tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["aanbieders"].row_dimensions[8].hidden = True
        book["aanbieders"].column_dimensions["E"].hidden = True
        book["vraag"].sheet_state = "hidden"

    case = read_case(_edited(written, tmp_path / "x.xlsx", hide))
    _assert_same(case, read_case(written))
    assert [note["nl"] for note in case.notes] == [
        "aanbieders: 1 verborgen of weggefilterde rijen wel gelezen (rij 8)",
        "aanbieders: verborgen kolommen wel gelezen (E)",
        "blad vraag is verborgen en wel gelezen",
    ]


def test_merged_cells_among_the_rows_are_refused(written: Path, tmp_path: Path) -> None:
    told = _problems(_edited(written, tmp_path / "x.xlsx", lambda book: book["aanbieders"].merge_cells("G7:G8")))
    sentence = "hoort bij samengevoegde cellen (G7:G8); splits ze en vul elke cel"
    assert told == [f"aanbieders!G7:G8 (resultaat laatste jaar), 2 cellen: {sentence}"]


def test_a_formula_without_outcome_is_never_read_as_nothing(written: Path, tmp_path: Path) -> None:
    """Capacity may be empty: read as nothing, the limit would silently be gone."""
    column = "H"

    def formula(book: openpyxl.Workbook) -> None:
        assert book["aanbod"][f"{column}6"].value == "capaciteit"
        book["aanbod"][f"{column}7"] = "=1000+1"

    (told,) = _problems(_edited(written, tmp_path / "x.xlsx", formula))
    assert told == (
        "aanbod!H7 (capaciteit): een formule die nog niet is uitgerekend; open en bewaar het werkboek in Excel, of typ "
        "het getal"
    )


def test_an_error_of_excel_is_named(written: Path, tmp_path: Path) -> None:
    def error(book: openpyxl.Workbook) -> None:
        book["aanbod"]["H7"] = "#N/A"
        book["aanbod"]["H7"].data_type = "e"

    (told,) = _problems(_edited(written, tmp_path / "x.xlsx", error))
    assert told == "aanbod!H7 (capaciteit): bevat de fout #N/A; herstel de formule"


def test_the_head_is_read_and_its_mistakes_named(grids: Grids, tmp_path: Path) -> None:
    head = {row[0]: row for row in grids["casus"] if row[0]}
    head["basisjaar"][1] = "2024,5"
    head["naam"][1] = "mijn regio"
    grids["casus"].append(["kleur", "rood", None])
    assert _problems(write_grids(tmp_path / "x.xlsx", grids)) == [
        "casus!A17: onbekend veld 'kleur'; verwijder het",
        "casus!B7 (basisjaar): ontbreekt of heeft een verkeerd type; vul in",
        "casus!B5 (naam): mag alleen letters, cijfers en streepjes bevatten; pas de naam aan",
    ]


def test_the_small_workbook_points_to_cells_too(tmp_path: Path) -> None:
    scaffold_history(tmp_path / "klein.xlsx", "nl")
    grids = grids_of(tmp_path / "klein.xlsx")
    _set_cell(grids, "historie", 0, "zorgvorm", "jeugdhulp")
    _set_cell(grids, "contracten", 0, "omzet perceel", -1)
    path = write_grids(tmp_path / "x.xlsx", grids)
    with pytest.raises(CaseError) as caught:
        case_from_history(path, "mijn")
    first, second = caught.value.text("nl").splitlines()
    assert first == "contracten!F7 (omzet perceel): -1 is negatief; vul nul of een positief getal in"
    assert second.startswith(
        "historie!B7 (zorgvorm): 'jeugdhulp' staat niet in blad zorgvormen; voeg de rij daar toe, of"
    )
    _set_cell(grids, "contracten", 0, "omzet perceel", 1)
    with pytest.raises(CaseError) as caught:
        case_from_history(write_grids(tmp_path / "y.xlsx", grids), "mijn")
    assert "zorgvorm jeugdhulp is onbekend; gebruik een van youth_guidance" in caught.value.text("nl")
    assert "of leg blad zorgvormen ernaast" in caught.value.text("nl")


def test_a_workbook_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such workbook"):
        read_case(tmp_path / "nergens.xlsx")


def test_a_row_over_the_names_of_the_columns_is_named(grids: Grids, tmp_path: Path) -> None:
    """Sorting a sheet with its header in the selection leaves rows above it."""
    rows = grids["gebieden"]
    header = header_of(rows)
    rows[header], rows[header + 1] = rows[header + 1], rows[header]
    with pytest.raises(CaseError) as caught:
        read_case(write_grids(tmp_path / "x.xlsx", grids))
    row = f"gebieden!{header + 1}:{header + 1}"
    assert caught.value.text("nl").splitlines()[0] == (
        f"{row}: deze rij staat boven de namen van de kolommen (rij {header + 2}); zet haar eronder of wis haar"
    )


def test_an_empty_sheet_of_an_optional_table_is_told(grids: Grids, tmp_path: Path) -> None:
    grids["profielen"] = []
    notes = [note["nl"] for note in read_case(write_grids(tmp_path / "x.xlsx", grids)).notes]
    assert "blad profielen is leeg; deze tabel is er niet" in notes


def test_sheets_as_numbers_names_them_are_offered(grids: Grids, tmp_path: Path) -> None:
    grids["gebieden - Tabel 1"] = grids.pop("gebieden")
    with pytest.raises(CaseError) as caught:
        read_case(write_grids(tmp_path / "x.xlsx", grids))
    assert "blad gebieden ontbreekt; is het blad gebieden - Tabel 1? Hernoem dat" in caught.value.text("nl")
