"""The workbook that ``new`` writes: complete, in order, explained, and safe to open."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from workbooks import grids_of, header_of

from bekostiging.case import Case, UserError, convert, read_case, scaffold_case, scaffold_history, write_case
from bekostiging.case.read import embedded
from bekostiging.case.rows import columns
from bekostiging.case.tables import ASKED, TABLES
from bekostiging.case.workbook.names import choice_names, column_name, sheet_name, unit_of
from bekostiging.case.workbook.write import FIRST, HEADER, MEANING, TOTAL, UNIT, write_workbook
from bekostiging.case.write import draft_of


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_new_workbook_is_the_example_in_core_tables(small_case: Case, tmp_path: Path, lang: str) -> None:
    scaffold_case(tmp_path / "regio.xlsx", lang)
    case = read_case(tmp_path / "regio.xlsx")
    for table, model in TABLES.items():
        rows = [row.model_dump() for row in getattr(case, table)]
        assert rows == ([row.model_dump() for row in getattr(small_case, table)] if model.required else [])
    assert (case.title, case.kind, case.base_year, case.notes) == (small_case.title, "planning", 2024, ())


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_sheet_explains_its_columns(tmp_path: Path, lang: str) -> None:
    scaffold_case(tmp_path / "regio.xlsx", lang, wanted=["all"])
    book = openpyxl.load_workbook(tmp_path / "regio.xlsx")
    assert book.sheetnames[:2] == {"nl": ["lees dit eerst", "casus"], "en": ["read this first", "case"]}[lang]
    for table, model in TABLES.items():
        sheet = book[sheet_name(table, lang)]
        rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
        for column, name in enumerate(columns(model), start=1):
            assert sheet.cell(HEADER + 1, column).value == column_name(name, lang)
            assert sheet.cell(UNIT + 1, column).value
            assert sheet.cell(MEANING + 1, column).value, (table, name)
            unit = unit_of(name)
            first = sheet.cell(FIRST + 1, column)
            if unit is not None and first.value is not None:
                assert first.number_format == unit["format"]
            if words := choice_names(name, model.model_fields[name], lang).values():
                assert rules[first.coordinate].formula1 == f'"{",".join(words)}"'
    rules = book[sheet_name("contracts", lang)].data_validations.dataValidation
    keys = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in rules}
    assert sheet_name("providers", lang) in keys[f"A{FIRST + 1}"]


def test_every_optional_table_has_an_example_that_is_in_order(tmp_path: Path) -> None:
    scaffold_case(tmp_path / "alles.xlsx", "nl", wanted=["all"])
    case = read_case(tmp_path / "alles.xlsx")
    assert all(getattr(case, table) for table in TABLES)
    scaffold_case(tmp_path / "een.xlsx", "nl", wanted=["correlaties"])
    case = read_case(tmp_path / "een.xlsx")
    assert case.correlations
    assert case.risk_factors
    assert not case.measures
    scaffold_case(tmp_path / "map", "nl", wanted=["measures"])
    assert read_case(tmp_path / "map").measures
    with pytest.raises(UserError, match="Did you mean measures") as caught:
        scaffold_case(tmp_path / "x.xlsx", "nl", wanted=["measure"])
    assert caught.value.exit_code == 2


def test_totals_stand_above_the_table_with_their_value(tmp_path: Path, small_case: Case) -> None:
    scaffold_case(tmp_path / "regio.xlsx", "nl")
    column = columns(TABLES["begroting"]).index("amount")
    formula = openpyxl.load_workbook(tmp_path / "regio.xlsx")["begroting"].cell(TOTAL + 1, column + 1).value
    assert re.fullmatch(r"=SUBTOTAL\(109,D7:D\d+\)", formula)
    value = grids_of(tmp_path / "regio.xlsx")["begroting"][TOTAL][column]
    assert value == pytest.approx(sum(row.amount for row in small_case.begroting))


def test_the_small_workbook_estimates_a_case(tmp_path: Path) -> None:
    from bekostiging.case import case_from_history

    scaffold_history(tmp_path / "klein.xlsx", "nl")
    scaffold_history(tmp_path / "klein", "nl")
    sheets = openpyxl.load_workbook(tmp_path / "klein.xlsx").sheetnames
    assert [name for name in sheets if name in {sheet_name(table, "nl") for table in TABLES}] == [
        sheet_name(table, "nl") for table in TABLES if table in ASKED
    ]
    made = [case_from_history(tmp_path / name, "mijn regio") for name in ("klein.xlsx", "klein")]
    assert made[0].name == "mijn-regio"
    for table in TABLES:
        one, other = ([row.model_dump() for row in getattr(case, table)] for case in made)
        assert one == other
    scaffold_case(tmp_path / "volledig.xlsx", "nl", made[0], estimated=True)
    again = read_case(tmp_path / "volledig.xlsx")
    assert again.risk_factors
    assert {row.id for row in again.lots} == {"youth_guidance", "youth_mental_care", "wmo_guidance"}
    with pytest.raises(UserError, match="this is the small workbook") as caught:
        read_case(tmp_path / "klein.xlsx")
    assert "bekostiging new volledig.xlsx --from" in caught.value.text("nl")
    readme = (tmp_path / "klein" / "LEESMIJ.md").read_text(encoding="utf-8")
    assert "`history.csv`" in readme
    assert "`providers.csv`" not in readme


def test_the_examples_that_come_along_are_marked_invented() -> None:
    for folder in ("history", "optional"):
        for file in (embedded(folder)).iterdir():
            if file.name != "policy.csv":  # the choices of the worked example, some of them published
                lines = file.read_text(encoding="utf-8").splitlines()[1:]
                assert all(line.endswith(",illustrative") for line in lines), file.name


def test_texts_that_would_be_formulas_are_texts(small_case: Case, tmp_path: Path) -> None:
    first, *others = small_case.areas
    case = replace(small_case, areas=(first.model_copy(update={"name": "=1+1", "source": "@x"}), *others))
    write_workbook(draft_of(case), tmp_path / "x.xlsx", "nl")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["gebieden"]
    cells = [sheet.cell(FIRST + 1, columns(TABLES["areas"]).index(name) + 1) for name in ("name", "source")]
    assert [(cell.data_type, cell.value, cell.quotePrefix) for cell in cells] == [
        ("s", "=1+1", True),
        ("s", "@x", True),
    ]
    assert read_case(tmp_path / "x.xlsx").areas[0].name == "=1+1"


def test_nothing_is_overwritten_and_nothing_left_half(small_case: Case, tmp_path: Path) -> None:
    (tmp_path / "regio.xlsx").write_text("blijf af")
    with pytest.raises(UserError, match=r"regio\.xlsx exists; choose a new name, nothing is overwritten"):
        scaffold_case(tmp_path / "regio.xlsx", "nl")
    assert (tmp_path / "regio.xlsx").read_text() == "blijf af"
    with pytest.raises(UserError, match=r"a workbook is written as \.xlsx"):
        scaffold_case(tmp_path / "regio.ods", "nl")
    long = replace(
        small_case, areas=(small_case.areas[0].model_copy(update={"name": "x" * 40_000}), *small_case.areas[1:])
    )
    write_case(long, tmp_path / "lang", "nl")
    with pytest.raises(UserError, match=r"gebieden!C7: the text is longer than 32767 characters"):
        convert(tmp_path / "lang", tmp_path / "lang.xlsx", "nl")
    with pytest.raises(UserError, match="cannot be written"):
        scaffold_case(tmp_path / "regio.xlsx" / "x.xlsx", "nl")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lang", "regio.xlsx"]


def test_the_header_row_is_where_the_reader_looks_for_it(tmp_path: Path) -> None:
    scaffold_case(tmp_path / "regio.xlsx", "nl")
    grids = grids_of(tmp_path / "regio.xlsx")
    assert header_of(grids["aanbieders"]) == HEADER
