"""Type the invented region into the workbooks of ``new`` as a person would, and count the rounds until they are accepted.

``python scripts/type_region.py [FOLDER]``. The person types amounts with signs and points, percentages, dates for years,
names where keys are asked, capitals, and notes of its own. Where the check asks about a number, the person types that column
again without points. A round is one check; two are allowed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from bekostiging.case import (
    Case,
    CaseError,
    UserError,
    case_from_history,
    read_case,
    scaffold_case,
    scaffold_history,
)
from bekostiging.case.example import CARE_FORMS, REGION, example_region
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import ASKED, REFERENCES, TABLES, Contract, History
from bekostiging.case.workbook.names import choice_names, column_name, policy_name, sheet_name, unit_kind

MOST_ROUNDS = 2
HEADER = 6
"""Row of the names of the columns in a workbook of ``new``, counted from 1."""
Plain = set[tuple[str, str]]
"""Sheets and columns that were asked about, and are typed without points."""


def typed(value: object, row: Row, column: str, at: int, named: Mapping[str, str], *, plain: bool) -> object:
    """A value as somebody types it; ``at`` counts the cells, so that habits differ from one to the next."""
    info = type(row).model_fields[column]
    if isinstance(value, tuple):
        return " | ".join(named.get(part, part) for part in value)
    if isinstance(value, bool):
        return ("Ja", "ja", "JA")[at % 3] if value else "Nee"
    if isinstance(value, int | float):
        return typed_number(value, unit_kind(column), at, plain=plain)
    if not isinstance(value, str):
        return None
    if words := choice_names(column, info, "nl"):
        return (words[value], words[value].upper(), words[value].capitalize())[at % 3]
    if type(row).table == "policy" and column == "name":
        return policy_name(value, "nl").capitalize()
    if column in REFERENCES and column != "lot":
        return named.get(value, value)
    return value


def typed_number(value: float, unit: str, at: int, *, plain: bool) -> object:
    """A number as a text with signs and points, or as a number."""
    grouped = f"{value:,.2f}".removesuffix(".00").translate(str.maketrans(",.", ".,"))
    if plain:
        return value
    if unit == "euro":
        return (f"€ {grouped}", value, f"EUR {grouped}")[at % 3] if abs(value) >= 1e6 else (value, grouped)[at % 2]
    if unit == "fraction":
        return (f"{100 * value:.4g} %".replace(".", ","), value)[at % 2]
    if unit == "year":
        return (value, f"1-1-{value:.0f}", str(value))[at % 3]
    return (value, grouped)[at % 2] if unit in ("persons", "clients", "units") else value


def type_table(book: Any, table: str, rows: Sequence[Row], named: Mapping[str, str], plain: Plain) -> None:
    """Clear the example of a sheet and type the rows, with a column of notes behind them."""
    sheet = book[sheet_name(table, "nl")]
    sheet.auto_filter.ref = None
    for cell in sheet[HEADER - 1]:  # totals that no spreadsheet computes here
        cell.value = None
    sheet.delete_rows(HEADER + 1, sheet.max_row)
    names = columns(TABLES[table])
    sheet.cell(HEADER, len(names) + 1).value = "Opmerking van Femke"
    for number, row in enumerate(rows):
        for place, column in enumerate(names):
            value = typed(getattr(row, column), row, column, number + place, named, plain=(table, column) in plain)
            sheet.cell(HEADER + 1 + number, place + 1).value = value
        if number % 5 == 0:
            sheet.cell(HEADER + 1 + number, len(names) + 1).value = "nog nabellen"


def type_head(book: Any, values: Mapping[str, object]) -> None:
    """Fill in sheet casus."""
    for row in book[sheet_name("case", "nl")].iter_rows(min_row=4):
        if str(row[0].value) in values:
            row[1].value = values[str(row[0].value)]


def rounds(read: Callable[[], Case], type_again: Callable[[Plain], None]) -> tuple[int, Case]:
    """Check, type again what was asked about, and so on until it is accepted.

    Raises
    ------
    CaseError
        A round told nothing that the person can mend.
    """
    plain: Plain = set()
    for number in range(1, 10):
        type_again(plain)
        try:
            return number, read()
        except CaseError as error:
            asked = {
                (table, column)
                for problem in error.problems
                for table, model in TABLES.items()
                for column in columns(model)
                if "dubbelzinnig" in problem.nl
                and problem.text("nl").startswith(f"{sheet_name(table, 'nl')}!")
                and f"({column_name(column, 'nl')})" in problem.text("nl")
            }
            if not asked - plain:
                raise
            plain |= asked
    raise UserError("niet aanvaard in tien rondes", "not accepted in ten rounds")


def full(place: Path) -> tuple[int, Case]:
    """The whole region in the workbook of ``new regio.xlsx``."""
    case = read_case(REGION)
    scaffold_case(place, "nl", example_region("nl"))
    named = {row.id: row.name for table in ("providers", "care_forms", "areas") for row in getattr(case, table)}

    def type_again(plain: Plain) -> None:
        book = openpyxl.load_workbook(place)
        for table, model in TABLES.items():
            if model.required:
                type_table(book, table, getattr(case, table), named, plain)
        type_head(
            book,
            {
                "naam": "veenrand",
                "soort": "Lopend",
                "basisjaar": case.base_year,
                "namen van aanbieders": "Verzonnen",
            },
        )
        book.save(place)

    return rounds(lambda: read_case(place), type_again)


def small(place: Path) -> tuple[int, Case]:
    """What a controller has of the region in the workbook of ``new klein.xlsx --from history``."""
    case = read_case(REGION)
    scaffold_history(place, "nl")
    listed = {row.name: row.name for row in read_case(CARE_FORMS).care_forms}
    named = {
        row.id: next((name for name in listed if name.startswith(row.name)), row.name) for row in case.care_forms
    }
    named |= {row.id: row.name for table in ("providers", "areas") for row in getattr(case, table)}
    tables: dict[str, Sequence[Row]] = {table: getattr(case, table) for table in ASKED} | {
        "contracts": _by_care_form(case, named)
    }

    def type_again(plain: Plain) -> None:
        book = openpyxl.load_workbook(place)
        for table, rows in tables.items():
            type_table(book, table, rows, named, plain)
        type_head(book, {"titel (Nederlands)": case.title["nl"], "soort": "LOPEND"})
        book.save(place)

    return rounds(lambda: case_from_history(place, "veenrand"), type_again)


def _by_care_form(case: Case, named: Mapping[str, str]) -> list[Contract]:
    """A contract per provider and care form, which is what a small start calls a lot, with the provider by its name."""
    euro: dict[str, float] = {}
    for row in case.history:
        if isinstance(row, History) and row.year == case.base_year:
            euro[row.care_form] = euro.get(row.care_form, 0.0) + (row.euro_realised or 0.0)
    return [
        Contract(
            provider=named[row.provider],
            lot=named[row.care_form],
            revenue=round(row.market_share * euro[row.care_form]),
            revenue_year=case.base_year,
            source="contractenregister",
            status="own_data",
        )
        for row in case.offers
    ]


def main(folder: Path) -> int:
    """Type both, print the rounds, and fail where there are more than two."""
    counted = {name: type_it(folder / name)[0] for name, type_it in (("klein.xlsx", small), ("regio.xlsx", full))}
    for name, number in counted.items():
        print(f"{name}: {number} {'ronde' if number == 1 else 'rondes'}")
    return int(max(counted.values()) > MOST_ROUNDS)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(main(Path(scratch)))
