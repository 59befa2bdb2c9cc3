"""Help while filling: of columns that exist, short enough for a cell, with the euros that the model gives in Veenrand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from bekostiging.case import read_case, scaffold_case
from bekostiging.case.check import WITHOUT
from bekostiging.case.example import REGION
from bekostiging.case.rows import columns
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.help import LONGEST, entries, help_of
from bekostiging.case.workbook.names import column_name, sheet_name, unit_kind
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.scenarios import draw_block, plan

COLUMNS = [
    (table, column)
    for table, model in TABLES.items()
    for column in columns(model)
    if column not in ("source", "status")
]
APART = ("who", "moves", "usual")
"""Sections of the file that are no table."""
MOVED = [
    (table, column, own)
    for table, inner in entries().items()
    if table not in APART
    for column, own in inner.items()
    if "euro" in own
]
WIDE = {"starts_dispersion", "duration_cv", "units_cv", "realised_cv", "autocorrelation", "correlation"}
"""What no municipality has."""


def test_help_is_about_columns_that_exist_and_people_who_are_named() -> None:
    assert entries()["usual"].keys() == TABLES.keys()
    for table, inner in entries().items():
        if table in APART:
            continue
        for column, own in inner.items():
            assert column in columns(TABLES[table]), (table, column)
            assert ("nl" in own) == ("en" in own)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_help_fits_the_message_of_a_cell_and_tells_what_is_without_a_column_that_may_be_empty(lang: str) -> None:
    for table, column in COLUMNS:
        told = help_of(TABLES[table], column, lang)
        assert len(told.text(lang)) <= LONGEST, (table, column)
        required = TABLES[table].model_fields[column].is_required()
        assert told.level != "useful" or not required, (table, column)
        assert told.level != "required" or required, (table, column)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_column_lacks_a_part(lang: str) -> None:
    """Who has it, how long it takes, what holds without it, what it is worth."""
    for table, column in COLUMNS:
        told = help_of(TABLES[table], column, lang)
        assert told.minutes > 0 or told.who == entries()["who"]["nobody"][lang]
        assert all((told.who, told.without, told.worth)), (table, column)
        optional = not TABLES[table].required and TABLES[table].model_fields[column].is_required()
        assert (WITHOUT.get(table, {}).get(lang, "\0") in told.without) == optional, (table, column)


def test_what_is_said_to_move_no_expected_euro_moves_none() -> None:
    """A tenth more in every row, or a point where all are zero: less than 50,000 euro of the 131 million of Veenrand."""
    case = read_case(REGION)
    before = Facts.of(case)
    paid = np.isin(before.cells.municipality, list(case.reported))
    for table, column in COLUMNS:
        own = entries().get(table, {}).get(column, {})
        rows = getattr(case, table)
        values = [getattr(row, column) for row in rows]
        numbers = [value for value in values if isinstance(value, float)]
        if "euro" in own or not numbers:
            continue
        moved = tuple(
            row.model_copy(update={column: 1.1 * value if any(numbers) else value + 0.01})
            if isinstance(value := getattr(row, column), float)
            else row
            for row in rows
        )
        after = Facts.of(replace(case, **{table: moved}))
        assert abs(float((after.euros - before.euros)[:, paid].sum())) < 50_000, (table, column)


def test_what_no_municipality_has_gets_a_band_that_says_it_is_invented() -> None:
    banded = {
        column
        for inner in entries().values()
        for column, own in inner.items()
        if isinstance(own, dict) and "band" in own
    }
    assert banded >= WIDE
    for table, column in COLUMNS:
        told = help_of(TABLES[table], column, "nl")
        numbers = unit_kind(column) not in ("", "year")
        assert not told.band or "verzonnen; geen gepubliceerd cijfer gevonden" in told.band
        nobody = told.who == "geen gemeente heeft dit cijfer"
        assert (told.minutes == 0) == nobody
        assert bool(told.band) == (nobody and numbers), (table, column)


@pytest.mark.parametrize(("table", "column", "own"), MOVED, ids=lambda part: str(part)[:20])
def test_the_euros_are_those_of_the_model(table: str, column: str, own: dict[str, float]) -> None:
    """Expected payments of the term when every row of the column is a step higher, as the sense check steps them."""
    case = read_case(REGION)
    step = own.get("worth", own.get("point"))
    assert step is not None

    def stepped(value: float) -> float:
        return value * (1 + step) if "worth" in own else value + step

    rows = tuple(row.model_copy(update={column: stepped(getattr(row, column))}) for row in getattr(case, table))
    before, after = Facts.of(case), Facts.of(replace(case, **{table: rows}))
    paid = np.isin(before.cells.municipality, list(case.reported))
    assert own["euro"] == round(float((after.euros - before.euros)[:, paid].sum()) / 1e6, 1)


SPREAD = [
    (table, column, own)
    for table, inner in entries().items()
    if table not in APART
    for column, own in inner.items()
    if "spread" in own
]


def _above_expected(table: str, column: str, value: float) -> float:
    """Million euro of the amount at 90 % certainty above the mean, over the term, when a column has one value."""
    case = read_case(REGION)
    rows = tuple(row.model_copy(update={column: value}) for row in getattr(case, table))
    planned = plan(replace(case, **{table: rows}), 512, 4, 1, "out_of_sample")
    spent = np.concatenate(
        [
            (draw_block(planned, block).care_use().units * planned.cells.tariff).sum(axis=(1, 2))
            for block in range(planned.n_blocks)
        ]
    )
    return float(np.quantile(spent, 0.9) - spent.mean()) / 1e6


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column", "own"), SPREAD, ids=lambda part: str(part)[:20])
def test_what_a_band_does_to_the_amount_at_certainty(table: str, column: str, own: dict[str, Any]) -> None:
    """With half the scenarios: some 0.8 million of simulation error in each of the two."""
    low, high = (float(end.replace(",", ".")) for end in own["band"].split(" - "))
    found = abs(_above_expected(table, column, high) - _above_expected(table, column, low))
    assert found == pytest.approx(own["spread"], rel=0.15, abs=2.0)


def test_expert_columns_are_grouped_and_hidden_where_they_may_be_empty(tmp_path: Path) -> None:
    scaffold_case(tmp_path / "regio.xlsx", "nl")
    book = openpyxl.load_workbook(tmp_path / "regio.xlsx")
    sheet = book[sheet_name("demand", "nl")]
    names = {cell.value: cell for cell in sheet[6]}
    hidden = names[column_name("growth_duration", "nl")]
    shown = names[column_name("duration_cv", "nl")]
    assert sheet.column_dimensions[hidden.column_letter].outlineLevel == 1
    assert sheet.column_dimensions[hidden.column_letter].hidden
    assert not sheet.column_dimensions[shown.column_letter].hidden
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    units = rules[f"{names['eenheden per week'].column_letter}7"]
    assert units.prompt == (
        "Wie: berichtenverkeer (301, 305, 307, 323). Tijd: 60 minuten. Leeg: mag niet. Waard: 10 % hoger is 13,1 miljoen "
        "euro in Veenrand."
    )
    assert read_case(tmp_path / "regio.xlsx").notes == ()
