"""Files of earlier versions: read with what is told of them, equal to the case of today, written in today's form.

The old files are the embedded case turned back: ``begroting.reserve`` per law and year in place of a stock and its
additions, ``contracts.revenue_last_year`` in place of revenue and its year.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from csv_tables import put_table, table_of
from workbooks import grids_of, header_of, write_grids

from bekostiging.case import (
    POLICIES,
    Case,
    CaseError,
    case_from_history,
    convert,
    read_case,
    scaffold_history,
    synthetic_region,
    write_case,
)
from bekostiging.case.former import FORMER_ROWS, RENAMED, RENAMED_POLICIES
from bekostiging.case.rows import columns
from bekostiging.case.tables import TABLES
from bekostiging.case.typed import policy_of
from bekostiging.case.workbook.names import column_name, former_name, known_columns, sheet_name

LAGE_RIJN = Path(__file__).parents[4] / "shared" / "cases" / "workbooks" / "lage-rijn.xlsx"
STOCK = {"jeugdwet": 16_600_000.0, "wmo": 103_400_000.0}
"""Of almere in 2028, per law, as an old begroting would have it."""
ALMERE = (
    "begroting: reserve per wet en jaar is gelezen als één voorraad per gemeente in 2028, alle wetten samen, met "
    "toevoegingen daarna, want een voorraad kan maar één keer worden gebruikt: Almere 120.000.000 euro, toevoegingen "
    "+300.000 (2029), +400.000 (2030), +500.000 (2031). Zij staat nu in municipalities.reserve en "
    "begroting.reserve_addition."
)
RENAMED_2022 = (
    "contracts: kolom revenue_last_year heet nu revenue; elk bedrag is gelezen als omzet van het basisjaar 2022, tenzij "
    "revenue_year iets anders zegt."
)


def _old_begroting(rows: list[dict[str, str]], stock: dict[str, float]) -> list[dict[str, str]]:
    """The begroting with an amount of every law and year: the stock of the law and its additions so far."""
    left: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        law = row["municipality"], row["law"]
        left[law] = left[law] + float(row.pop("reserve_addition")) if law in left else stock[row["law"]]
        del row["structural_cover"]
        row["reserve"] = f"{left[law]:.0f}"
    return rows


def _old_contracts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    for row in rows:
        row["revenue_last_year"] = row.pop("revenue")
        del row["revenue_year"]
    return rows


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """almere as a folder of the earlier version."""
    folder = tmp_path / "oud"
    write_case(read_case("almere"), folder, "en")
    put_table(folder, "begroting", _old_begroting(table_of(folder, "begroting"), STOCK))
    put_table(folder, "contracts", _old_contracts(table_of(folder, "contracts")))
    cover = ("reserve", "resistance_required", "resistance_available")
    payers = table_of(folder, "municipalities")
    payers[0] |= {"source": "CBS gemeentecode GM0034", "status": "published"}
    put_table(folder, "municipalities", [{k: v for k, v in row.items() if k not in cover} for row in payers])
    return folder


def _same(case: Case, other: Case, table: str, *besides: str) -> bool:
    """Whether a table holds the same rows, some columns left out."""
    return all(
        one.model_dump(exclude=set(besides)) == two.model_dump(exclude=set(besides))
        for one, two in zip(getattr(case, table), getattr(other, table), strict=True)
    )


def test_an_old_folder_is_the_case_of_today(old: Path) -> None:
    """Also where the stock came from: the row of the municipality is as weak as the begroting it was read from."""
    case, today = read_case(old), read_case("almere")
    assert [note["nl"] for note in case.notes] == [RENAMED_2022, ALMERE]
    for table in TABLES:
        besides = {"contracts": ("revenue_year",), "municipalities": ("source",)}.get(table, ())
        assert _same(case, today, table, *besides), table
    assert {row.revenue_year for row in case.contracts} == {None}
    assert (case.municipalities[0].source, case.municipalities[0].status) == (
        "CBS gemeentecode GM0034; reserve: begroting 2028",
        "illustrative",
    )


def test_the_english_notes(old: Path) -> None:
    renamed, stock = (note["en"] for note in read_case(old).notes)
    assert renamed == (
        "contracts: column revenue_last_year is now revenue; every amount was read as revenue of the base year 2022, unless "
        "revenue_year says otherwise."
    )
    assert "one stock per municipality in 2028, all laws together, with additions after it" in stock
    assert "Almere 120,000,000 euro, additions +300,000 (2029), +400,000 (2030), +500,000 (2031)" in stock


@pytest.mark.parametrize("name", ["nieuw", "nieuw.xlsx"])
def test_converting_writes_the_form_of_today(old: Path, tmp_path: Path, name: str) -> None:
    case = read_case(old)
    assert convert(old, tmp_path / name, "nl") == case.notes
    again = read_case(tmp_path / name)
    assert again.notes == ()
    assert all(_same(case, again, table) for table in TABLES)


def test_an_old_workbook_is_read_under_its_old_names(old: Path, tmp_path: Path) -> None:
    """A workbook of version 1: weerstandscapaciteit per law and year, omzet vorig jaar; problems stand at its own cells."""
    convert(old, tmp_path / "nieuw.xlsx", "nl")
    grids = grids_of(tmp_path / "nieuw.xlsx")
    next(row for row in grids["casus"] if row[0] == "schemaversie")[1] = 1
    amounts = {
        (row["municipality"], row["law"], row["year"]): float(row["reserve"]) for row in table_of(old, "begroting")
    }
    for sheet, gone in (
        ("begroting", ("structural_cover", "reserve_addition")),
        ("gemeenten", ("reserve", "resistance_required", "resistance_available")),
        ("contracten", ("revenue_year",)),
    ):
        rows = grids[sheet]
        header = header_of(rows)
        for name in gone:
            place = rows[header].index(column_name(name, "nl"))
            for row in rows:
                del row[place]
        if sheet == "begroting":
            for row in rows[:header]:
                row.append(None)
            rows[header].append("Weerstandscapaciteit")
            for row in rows[header + 1 :]:
                if row[0]:
                    row.append(amounts[str(row[0]), str(row[1]).lower(), f"{row[2]:.0f}"])
        if sheet == "contracten":
            rows[header][rows[header].index("omzet perceel")] = "omzet vorig jaar"
    case = read_case(write_grids(tmp_path / "oud.xlsx", grids))
    assert [note["nl"] for note in case.notes][-2:] == [
        RENAMED_2022.replace("contracts:", "contracten:")
        .replace("revenue_last_year", "omzet vorig jaar")
        .replace("nu revenue", "nu omzet perceel")
        .replace("tenzij revenue_year", "tenzij jaar van de omzet"),
        ALMERE.replace("municipalities.reserve", "incidentele weerstandscapaciteit (blad gemeenten)").replace(
            "begroting.reserve_addition", "toevoeging weerstandscapaciteit (blad begroting)"
        ),
    ]
    assert (
        sum(note["nl"].startswith("Dit werkboek is van versie 1") for note in case.notes)
        == len(case.notes) - 2
        == 3
    )
    assert _same(case, read_case(old), "begroting")
    first = header_of(grids["contracten"]) + 1
    place = grids["contracten"][first - 1].index("omzet vorig jaar")
    grids["contracten"][first][place] = -1
    grids["begroting"][header_of(grids["begroting"]) + 1][-1] = "veel"
    with pytest.raises(CaseError) as caught:
        read_case(write_grids(tmp_path / "fout.xlsx", grids))
    assert caught.value.text("nl").splitlines() == [
        "begroting!I7 (weerstandscapaciteit): 'veel' is geen getal; vul een getal in",
        "contracten!F7 (omzet vorig jaar): -1 is negatief; vul nul of een positief getal in",
    ]


@pytest.mark.skipif(not LAGE_RIJN.is_file(), reason="on top: the shared workbooks are not here")
def test_a_workbook_as_a_procurement_team_filled_it_in(tmp_path: Path) -> None:
    """One value repeated each year is the stock: 950 + 400, 525 + 225 and 280 + 120 thousand, nothing added."""
    case = read_case(LAGE_RIJN)
    told = [note["nl"] for note in case.notes if not note["nl"].startswith("Dit werkboek is van versie 1")]
    assert told == [
        "contracten: kolom omzet vorig jaar heet nu omzet perceel; elk bedrag is gelezen als omzet van het basisjaar 2025, "
        "tenzij jaar van de omzet iets anders zegt.",
        "begroting: reserve per wet en jaar is gelezen als één voorraad per gemeente in 2028, alle wetten samen, met "
        "toevoegingen daarna, want een voorraad kan maar één keer worden gebruikt: Waalmonde 1.350.000 euro, zonder "
        "toevoegingen; Ruigenhoek 750.000 euro, zonder toevoegingen; Sint-Anthonisveen 400.000 euro, zonder toevoegingen. "
        "Zij staat nu in incidentele weerstandscapaciteit (blad gemeenten) en toevoeging weerstandscapaciteit "
        "(blad begroting).",
        "beleid: premium_max heet nu grootste opslag en glide_max heet nu grootste verandering omzet; de betekenis is "
        "dezelfde.",
    ]
    assert [row.reserve for row in case.municipalities] == [1_350_000, 750_000, 400_000]
    assert {row.reserve_addition for row in case.begroting} == {0.0}
    assert {case.year_of_revenue(row) for row in case.contracts} == {2025}
    assert convert(LAGE_RIJN, tmp_path / "nieuw.xlsx", "nl") == case.notes
    again = read_case(tmp_path / "nieuw.xlsx")
    assert again.notes == ()
    assert all(_same(case, again, table) for table in TABLES)


def test_a_stock_that_shrinks_and_a_year_before_the_term(old: Path) -> None:
    """Amounts of 2027, before the first contract year, count nowhere; less in 2029 than in 2028 is a negative addition."""
    rows = table_of(old, "begroting")
    rows.insert(0, rows[0] | {"year": "2027", "reserve": "9000000"})
    rows[2]["reserve"] = "13600000.50"
    put_table(old, "begroting", rows)
    case = read_case(old)
    assert case.municipalities[0].reserve == 120_000_000
    youth = {row.year: row.reserve_addition for row in case.begroting if row.law == "jeugdwet"}
    assert youth == {2027: 0.0, 2028: 0.0, 2029: -2_999_999.5, 2030: 3_399_999.5, 2031: 300_000.0}
    assert "toevoegingen -2.900.000 (2029), +3.600.000 (2030), +500.000 (2031)" in case.notes[1]["nl"]


def test_an_old_column_without_amounts_is_nothing(old: Path) -> None:
    rows = [row | {"reserve": ""} for row in table_of(old, "begroting")]
    put_table(old, "begroting", rows)
    case = read_case(old)
    assert [note["nl"] for note in case.notes] == [RENAMED_2022]
    assert case.municipalities[0].reserve == 0


def test_old_columns_never_hide_other_errors(old: Path) -> None:
    """A bad cell under an old name is named as the file names it, beside whatever else is wrong."""
    contracts = table_of(old, "contracts")
    contracts[1]["revenue_last_year"] = "veel"
    contracts[2]["tariff_factor"] = "0"
    put_table(old, "contracts", contracts)
    begroting = table_of(old, "begroting")
    begroting[3]["reserve"] = "-5"
    put_table(old, "begroting", begroting)
    with pytest.raises(CaseError) as caught:
        read_case(old)
    assert caught.value.text("en").splitlines() == [
        "table begroting, row 5, column reserve: -5 is negative; fill in zero or a positive number",
        "table contracts, row 3, column revenue_last_year: 'veel' is not a number; fill in a number",
        "table contracts, row 4, column tariff_factor: 0 is too small, allowed is 0.01 or more; mend the number "
        "(a multiple: 1 is unchanged, 1.2 is 20 % more)",
    ]


def test_an_old_and_a_new_name_together(old: Path) -> None:
    rows = [row | {"revenue": "1"} for row in table_of(old, "contracts")]
    put_table(old, "contracts", rows)
    with pytest.raises(CaseError) as caught:
        read_case(old)
    assert caught.value.text("nl") == (
        "tabel contracts, kolom revenue_last_year: onbekende kolom; zij heet nu revenue en die staat er ook; "
        "laat er een staan"
    )


@pytest.mark.parametrize("table", ["municipalities", "begroting"])
def test_a_stock_in_the_old_and_in_the_new_form(old: Path, table: str) -> None:
    column = {"municipalities": "reserve", "begroting": "reserve_addition"}[table]
    put_table(old, table, [row | {column: "1000"} for row in table_of(old, table)])
    with pytest.raises(CaseError) as caught:
        read_case(old)
    assert caught.value.text("en") == (
        "table begroting, column reserve: this old column is filled in and so is municipalities.reserve or "
        "begroting.reserve_addition; a stock counts once: remove this column or clear those"
    )
    assert caught.value.text("nl").startswith("tabel begroting, kolom reserve: deze oude kolom is ingevuld en ")


def test_the_small_start_of_then_and_of_now(tmp_path: Path) -> None:
    """Without municipalities the stock is the addition of the first year, and the estimated case names it as a stock."""
    scaffold_history(tmp_path / "klein", "en")
    now = case_from_history(tmp_path / "klein", "mijn")
    assert [row.reserve for row in now.municipalities] == [709_000, 171_000]
    assert {row.reserve_addition for row in now.begroting if row.year == now.first_year} == {0.0}
    assert now.notes == ()
    rows = table_of(tmp_path / "klein", "begroting")
    left: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        left[row["municipality"], row["law"]] += float(row.pop("reserve_addition"))
        del row["structural_cover"]
        row["reserve"] = str(left[row["municipality"], row["law"]])
    put_table(tmp_path / "klein", "begroting", rows)
    put_table(tmp_path / "klein", "contracts", _old_contracts(table_of(tmp_path / "klein", "contracts")))
    then = case_from_history(tmp_path / "klein", "mijn")
    assert all(_same(then, now, table) for table in TABLES)
    renamed, stock = (note["nl"] for note in then.notes)
    assert "omzet van het basisjaar, tenzij" in renamed
    later = ", ".join(f"+8.000 ({now.first_year + t})" for t in (1, 2, 3))
    assert f"examplevillage 171.000 euro, toevoegingen {later}" in stock


def test_many_municipalities_are_summed_up(tmp_path: Path) -> None:
    """A note of a region of fifteen lists twelve."""
    write_case(synthetic_region(municipalities=15, providers=6), tmp_path / "regio", "en")
    stock = dict.fromkeys(("jeugdwet", "wmo"), 100.0)
    rows = [row | {"reserve_addition": "0"} for row in table_of(tmp_path / "regio", "begroting")]
    put_table(tmp_path / "regio", "begroting", _old_begroting(rows, stock))
    payers = [row | {"reserve": "0"} for row in table_of(tmp_path / "regio", "municipalities")]
    put_table(tmp_path / "regio", "municipalities", payers)
    (note,) = read_case(tmp_path / "regio").notes
    assert note["nl"].count("200 euro, zonder toevoegingen") == 12
    assert "; en nog 3 gemeenten. Zij staat nu" in note["nl"]
    assert "; and 3 more municipalities. It is now" in note["en"]


def test_every_name_of_then_is_known_to_a_workbook_in_both_languages() -> None:
    """And is no name of today in the same table."""
    gone = {table: (*RENAMED.get(table, {}), *(name for name, _ in [FORMER_ROWS[table]])) for table in FORMER_ROWS}
    gone |= {table: tuple(names) for table, names in RENAMED.items() if table not in gone}
    for table, names in gone.items():
        model = TABLES[table]
        assert not set(names) & set(columns(model))
        today = {column_name(name, lang) for name in columns(model) for lang in ("nl", "en")}
        for name in names:
            for lang in ("nl", "en"):
                label = former_name(table, name, lang)
                assert label is not None
                assert label not in today
                assert known_columns(model)[label.replace("_", " ")] == name


def _with_former_policies(folder: Path) -> list[dict[str, str]]:
    """Turn the policies of a folder back to their names of schema version 3."""
    former = {new: name for name, new in RENAMED_POLICIES.items()}
    rows = [row | {"name": former.get(row["name"], row["name"])} for row in table_of(folder, "policy")]
    put_table(folder, "policy", rows)
    return rows


POLICIES_NOTE = {
    "nl": "policy: premium_max heet nu loading_cap en glide_max heet nu transition_cap; de betekenis is dezelfde.",
    "en": "policy: premium_max is now loading_cap and glide_max is now transition_cap; the meaning is the same.",
}


def test_a_policy_under_its_former_name_is_read(tmp_path: Path) -> None:
    """From a folder and from a workbook, with one note; writing gives the present name."""
    today = read_case("almere")
    write_case(today, tmp_path / "oud", "en")
    _with_former_policies(tmp_path / "oud")
    case = read_case(tmp_path / "oud")
    assert case.notes == (POLICIES_NOTE,)
    assert _same(case, today, "policy")
    convert(tmp_path / "oud", tmp_path / "nieuw.xlsx", "nl")
    assert read_case(tmp_path / "nieuw.xlsx").notes == ()
    grids = grids_of(tmp_path / "nieuw.xlsx")
    next(row for row in grids["casus"] if row[0] == "schemaversie")[1] = 3
    former = {new: name for name, new in RENAMED_POLICIES.items()}
    sheet = grids[sheet_name("policy", "nl")]
    for row in sheet[header_of(sheet) + 1 :]:
        row[0] = former.get(policy_of(str(row[0])), row[0])
    workbook = read_case(write_grids(tmp_path / "oud.xlsx", grids))
    (note,) = workbook.notes
    assert note["nl"] == (
        "beleid: premium_max heet nu grootste opslag en glide_max heet nu grootste verandering omzet; de betekenis is "
        "dezelfde."
    )
    assert _same(workbook, today, "policy")


def test_a_policy_under_both_names_is_refused(tmp_path: Path) -> None:
    write_case(read_case("almere"), tmp_path / "oud", "en")
    rows = _with_former_policies(tmp_path / "oud")
    row = next(row for row in rows if row["name"] == "glide_max")
    put_table(tmp_path / "oud", "policy", [*rows, row | {"name": "transition_cap"}])
    with pytest.raises(CaseError) as caught:
        read_case(tmp_path / "oud")
    assert caught.value.text("en") == (
        f"table policy, row {rows.index(row) + 2}, column name: glide_max is now transition_cap, which is there too for "
        "case; keep one"
    )


def test_a_former_policy_name_is_no_present_one() -> None:
    assert not set(RENAMED_POLICIES) & set(POLICIES)
    assert set(RENAMED_POLICIES.values()) <= set(POLICIES)
