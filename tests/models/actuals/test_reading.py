"""Tables of a contract year: read as they were written, and every mistake told at its row with its remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from citizen_numbers import made
from pydantic import TypeAdapter

from bekostiging.actuals import SETS, YearFigures, read_actuals, scaffold_year, write_year
from bekostiging.case import Case, CaseError, UserError
from bekostiging.case.year_tables import YEAR_TABLES, Month

TODAY = date(2029, 4, 2)
BASE: dict[str, object] = {
    "provider": "aanbieder-1",
    "lot": "youth",
    "source": "verantwoording van 27-02-2029",
    "status": "own_data",
    "entered_by": "M. de Boer",
    "entered_on": "2029-03-01",
}

_BOOKING: dict[str, object] = {"year": 2028, "booking": "advance", "paid_on": "2028-01-31", "euros": 5.0}


def _rows(table: str, *rows: dict[str, object]) -> tuple[Any, ...]:
    names = YEAR_TABLES[table].model_fields
    return tuple(
        YEAR_TABLES[table].model_validate({key: value for key, value in (BASE | row).items() if key in names})
        for row in rows
    )


def _cell(case: Case) -> dict[str, object]:
    lot = next(lot for lot in case.lots if lot.id == "youth")
    return {"care_form": lot.care_forms[0], "area": lot.areas[0]}


def _folder(place: Path, table: str, *rows: dict[str, object]) -> Path:
    """A folder with one table of these rows, past the row models: a user's file may hold anything."""
    place.mkdir()
    names = [name for name in YEAR_TABLES[table].model_fields if name != "line"]
    lines = [",".join(names)]
    lines += [",".join(str((BASE | row).get(name, "")) for name in names) for row in rows]
    (place / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


@pytest.fixture
def figures(small_case: Case) -> YearFigures:
    cell = _cell(small_case)
    return YearFigures(
        statements=_rows("statements", {**cell, "year": 2028, "units": 1234.5, "crisis_units": 30.25}),
        deductions=_rows(
            "deductions", {"year": 2028, "reason": "double", "finding": "error", "euros": 12.34, "disputed": True}
        ),
        bookings=_rows(
            "bookings",
            {"year": 2028, "booking": "advance", "paid_on": "2028-01-31", "euros": 1000.01},
            {"year": 2028, "booking": "earlier_year", "paid_on": "2029-02-01", "euros": -8450.0, "of_year": 2027},
        ),
        changes=_rows(
            "changes",
            {
                "letter": "2",
                "dated": "2028-05-01",
                "from_month": "2028-07",
                "euros": 9e4,
                "price_level": 2028,
            },
        ),
    )


@pytest.mark.parametrize("ending", ["", ".xlsx"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_what_is_written_is_read_back(
    small_case: Case, figures: YearFigures, tmp_path: Path, ending: str, lang: str
) -> None:
    place = tmp_path / f"jaar{ending}"
    write_year(place, {name: rows for name, rows in figures.tables().items()}, "settlement", lang)
    read = read_actuals(place, small_case, today=TODAY)
    for name, rows in figures.tables().items():
        assert [row.model_dump() for row in getattr(read, name)] == [row.model_dump() for row in rows], name
    assert read.years == (2028,)


@pytest.mark.parametrize("wanted", SETS)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_an_empty_workbook_is_read_and_never_replaced(
    small_case: Case, tmp_path: Path, wanted: str, lang: str
) -> None:
    place = tmp_path / "leeg.xlsx"
    scaffold_year(place, wanted, lang)
    assert read_actuals(place, small_case, today=TODAY).years == ()
    with pytest.raises(UserError, match="exists; choose a new name"):
        scaffold_year(place, wanted, lang)


def test_names_are_read_as_keys_and_told(small_case: Case, tmp_path: Path) -> None:
    lot = next(lot for lot in small_case.lots if lot.id == "youth")
    row = _cell(small_case) | {"lot": lot.name.upper(), "year": 2028, "units": 5}
    read = read_actuals(_folder(tmp_path / "jaar", "statements", row), small_case, today=TODAY)
    assert read.statements[0].lot == "youth"
    assert any("name read as key" in note["en"] for note in read.notes)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2028-03", "2028-03"),
        ("2028-3", "2028-03"),
        ("3-2028", "2028-03"),
        ("2028-03-01", "2028-03"),
        ("31/12/2028", "2028-12"),
    ],
)
def test_months_are_read_either_way_round(text: str, month: str) -> None:
    assert TypeAdapter(Month).validate_python(text) == month


CALLED: list[tuple[str, dict[str, object], str, str]] = [
    (
        "statements",
        {"year": 2028, "units": 5, "provider": "niemand"},
        "'niemand' staat niet in tabel providers",
        "add the row there",
    ),
    (
        "statements",
        {"year": 2028, "units": 5, "provider": "aanbieder-2"},
        "heeft in perceel youth geen contract; kies uit",
        "has no contract in lot youth; choose from",
    ),
    ("statements", {"year": 2028, "units": -5}, "is negatief; vul nul of een positief getal in", "is negative"),
    (
        "statements",
        {"year": 2019, "units": 5},
        "2019 is geen contractjaar; de contracten lopen van",
        "is no contract year",
    ),
    (
        "statements",
        {"year": 2028, "units": 5, "crisis_units": 6},
        "6 is meer dan units (5), waar het een deel van is",
        "of which it is a part",
    ),
    (
        "statements",
        {"year": 2028, "units": 5, "entered_on": "gisteren"},
        "'gisteren' is geen datum die hier past",
        "is no date that fits here",
    ),
    (
        "actuals",
        {"month": "2028-13", "received": "2029-01", "units": 5},
        "is geen datum die hier past",
        "is no date that fits here",
    ),
    (
        "actuals",
        {"month": "2028-05", "received": "2028-03", "units": 5},
        "vóór de zorg van 2028-05; zijn de maanden verwisseld?",
        "were the months exchanged?",
    ),
    (
        "actuals",
        {"month": "2028-05", "received": "2030-03", "units": 5},
        "2030-03 ligt voor ons (vandaag is 02-04-2029)",
        "2030-03 lies ahead",
    ),
    (
        "actuals",
        {"month": "2028-05", "received": "2028-06", "euros": 500},
        "500 euro zonder eenheden; vul de eenheden in",
        "500 euro without units",
    ),
    (
        "actuals",
        {"month": "2028-05", "received": "2028-06", "units": -5},
        "daalt het aantal eenheden van 2028-05 tot -5, onder nul",
        "fall to -5, below zero",
    ),
    (
        "actuals",
        {"month": "2021-05", "received": "2028-06", "units": 5},
        "2021-05 valt buiten de contracten",
        "is outside the contracts",
    ),
    (
        "outcomes",
        {"year": 2028, "outcome": "goals_reached", "numerator": 9, "denominator": 5},
        "9 van de 5 kan niet; zijn teller en noemer verwisseld?",
        "were the two exchanged?",
    ),
    (
        "outcomes",
        {"year": 2028, "outcome": "dropout", "numerator": 0, "denominator": 0},
        "niemand is gemeten",
        "nobody was measured",
    ),
    (
        "terms",
        {"term": "loading", "from_month": "2028-01", "agreed": 1.5},
        "een opslag van 1,5 is 150 %; 1,5 % is 0,015",
        "a loading of 1.5 is 150 %",
    ),
    (
        "terms",
        {"term": "ceiling", "from_month": "2028-01", "agreed": -5},
        "is negatief; vul nul of een positief bedrag in",
        "is negative",
    ),
    (
        "terms",
        {"term": "ceiling", "from_month": "2048-01", "agreed": 5},
        "2048-01 valt buiten de contracten",
        "is outside the contracts",
    ),
    (
        "changes",
        {"letter": "1", "dated": "2028-05-01", "from_month": "2028-07", "euros": 5, "price_level": 2031},
        "prijspeil 2031 kan niet",
        "price level 2031 cannot be",
    ),
    (
        "outcomes",
        {"year": 2028, "outcome": "goals_reached", "numerator": 0.74, "denominator": 530},
        "0,74 is een deel en geen aantal; vul in bij hoeveel van de 530 gemeten trajecten dit zo was",
        "0.74 is a part and no number",
    ),
    (
        "council_limits",
        {"year": 2028, "municipality": "gemeente-1", "share": 1, "total_costs": 1e6},
        "een grens van 100 % van de lasten is te hoog; 1 % is 0,01",
        "a limit of 100 % of the costs is too high",
    ),
    (
        "deductions",
        {"year": 2028, "reason": "price", "finding": "error", "euros": 5, "disputed": "x"},
        "'x' is geen ja of nee; vul ja of nee in",
        "'x' is not yes or no; fill in yes or no",
    ),
    (
        "statements",
        {"year": 2028, "units": 6176.06356916, "crisis_units": 6177.06356916},
        "6177,0636 is meer dan units (6176,0636)",  # eight decimals would be masked as a citizen service number
        "6177.0636 is more than units (6176.0636)",
    ),
    (
        "determinations",
        {"year": 2028, "checked_by": "Piet", "approved_by": "piet"},
        "'piet' heeft ook gecontroleerd; laat iemand anders vaststellen",
        "let somebody else determine it",
    ),
]


@pytest.mark.parametrize(("table", "row", "nl", "en"), CALLED)
def test_a_mistake_is_told_at_its_row_with_the_rule_and_the_remedy(
    small_case: Case, tmp_path: Path, table: str, row: dict[str, object], nl: str, en: str
) -> None:
    cell = _cell(small_case)
    with pytest.raises(CaseError) as caught:
        read_actuals(_folder(tmp_path / "jaar", table, cell | row), small_case, today=TODAY)
    assert nl in caught.value.text("nl")
    assert en in caught.value.text("en")
    assert f"tabel {table}, rij 2" in caught.value.text("nl")


def test_agreed_shares_add_up(small_case: Case, tmp_path: Path) -> None:
    codes = [one.code for one in small_case.municipalities]
    rows = [
        {"year": 2028, "municipality": code, "share": share} for code, share in zip(codes, (0.5, 0.4), strict=True)
    ]
    with pytest.raises(CaseError, match="the shares of lot youth in 2028 are 90 % together, not 100 %"):
        read_actuals(_folder(tmp_path / "jaar", "keys", *rows), small_case, today=TODAY)


def test_the_same_row_twice_is_named(small_case: Case, tmp_path: Path) -> None:
    row = _cell(small_case) | {"year": 2028, "units": 5}
    with pytest.raises(CaseError, match="is also on row 2; keep one of them"):
        read_actuals(_folder(tmp_path / "jaar", "statements", row, row), small_case, today=TODAY)


def test_a_key_that_stands_twice_is_shown_without_its_empty_parts(small_case: Case, tmp_path: Path) -> None:
    row = {"year": 2028, "booking": "advance", "paid_on": "2028-01-31", "euros": 1000.0}
    with pytest.raises(CaseError, match=r"advance / 2028-01-31 / 1000 is also on row 2"):
        read_actuals(_folder(tmp_path / "jaar", "bookings", row, row), small_case, today=TODAY)


def test_a_mistake_in_a_workbook_is_told_at_its_cell(small_case: Case, tmp_path: Path) -> None:
    rows = _rows("statements", _cell(small_case) | {"year": 2028, "units": 5, "provider": "niemand"})
    write_year(tmp_path / "jaar.xlsx", {"statements": rows}, "settlement")
    with pytest.raises(CaseError) as caught:
        read_actuals(tmp_path / "jaar.xlsx", small_case, today=TODAY)
    assert "verantwoording!" in caught.value.text("nl")
    assert "(aanbieder)" in caught.value.text("nl")


def test_a_file_without_a_table_and_no_file_at_all(small_case: Case, tmp_path: Path) -> None:
    (tmp_path / "leeg").mkdir()
    with pytest.raises(UserError, match="none of the tables of a contract year is in it"):
        read_actuals(tmp_path / "leeg", small_case)
    with pytest.raises(UserError, match="is no folder and no workbook"):
        read_actuals(tmp_path / "weg", small_case)


@pytest.mark.parametrize("column", ["provider", "source", "entered_by"])
def test_a_citizen_service_number_is_refused_and_never_shown(
    small_case: Case, tmp_path: Path, column: str
) -> None:
    row = _cell(small_case) | {"year": 2028, "units": 5, column: made()}
    with pytest.raises(CaseError) as caught:
        read_actuals(_folder(tmp_path / "jaar", "statements", row), small_case, today=TODAY)
    assert made() not in str(caught.value)
    assert "burgerservicenummer" in caught.value.text("nl")


def test_the_month_we_are_in_does_not_lie_ahead(small_case: Case, tmp_path: Path) -> None:
    row = _cell(small_case) | {"month": "2029-03", "received": "2029-04", "units": 5}
    assert len(read_actuals(_folder(tmp_path / "jaar", "actuals", row), small_case, today=TODAY).actuals) == 1


def test_days_of_a_contract_a_lot_and_the_region(small_case: Case, tmp_path: Path) -> None:
    """A day may be of one contract, of all contracts of a lot or of the region; a contract that is not there is refused."""
    own = {"event": "notice", "due": "30-06-2028"}
    rows = ({**own}, {**own, "provider": ""}, {**own, "provider": "", "lot": "", "event": "budget"})
    figures = read_actuals(_folder(tmp_path / "days", "dates", *rows), small_case, today=TODAY)
    assert [(row.provider, row.lot, row.due) for row in figures.dates] == [
        ("aanbieder-1", "youth", "2028-06-30"),
        ("", "youth", "2028-06-30"),
        ("", "", "2028-06-30"),
    ]
    with pytest.raises(CaseError) as wrong:
        read_actuals(_folder(tmp_path / "wrong", "dates", {**own, "due": "31-06-2028"}), small_case, today=TODAY)
    assert "een dag, zoals 2029-03-28" in wrong.value.text("nl")
    with pytest.raises(CaseError) as unknown:
        read_actuals(_folder(tmp_path / "unknown", "dates", {**own, "lot": "nowhere"}), small_case, today=TODAY)
    assert "nowhere" in unknown.value.text("nl")


def test_figures_are_numbered_as_their_case(figures: YearFigures, small_case: Case) -> None:
    """A running case has numbers for its providers, in every table; another stays as it is."""
    running = replace(small_case, kind="running")
    named = replace(figures, bookings=_rows("bookings", {**_BOOKING, "provider": small_case.providers[1].id}))
    assert named.numbered(small_case) == named
    assert [row.provider for row in named.numbered(running).bookings] == ["aanbieder-2"]
