"""The workbook of the annex: every line of the build-up with live formulas, and the budgets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bekostiging.case.workbook.book import new_book
from bekostiging.case.workbook_text import harmless
from bekostiging.contracts import BudgetLine, Line
from bekostiging.report.buildup.results import Annex
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import CREATED

MARK = 10
"""Column of the mark, behind the widest table."""
FRACTIONS = (
    "holiday_allowance",
    "irregular_hours",
    "year_end",
    "social_charges",
    "overhead",
    "indexation",
    "risk",
    "share",
)
"""Inputs of a function group that are shown as percentages."""


def line_name(texts: Texts, line: Line) -> str:
    """A line of the build-up in words."""
    return texts["buildup", line.name]


def budget_table(budgets: Sequence[BudgetLine], texts: Texts) -> list[list[str]]:
    """Expected units times cost price and tariff, per contract and care form; none in a private sheet."""
    if not budgets:
        return []
    columns = ("units", "cost_per_unit", "fair_amount", "tariff_per_unit", "amount", "reference_amount")
    rows = [[texts["columns", "provider"], texts["columns", "lot"], texts["columns", "care_form"],
             *(texts["buildup", name] for name in columns)]]  # fmt: skip
    for line in budgets:
        cells = [
            texts.numbers.plain(getattr(line, name), 2 if name.endswith("per_unit") else 0) for name in columns
        ]
        rows.append([line.provider, line.lot, line.care_form, *cells])
    return rows


def write_annex_workbook(annex: Annex, texts: Texts, path: Path) -> None:
    """One sheet with every line and live formulas, one with the budgets."""
    with new_book(path) as book:
        _annex_sheets(book, annex, texts)


def _annex_sheets(book: Any, annex: Annex, texts: Texts) -> None:
    """The sheet of the lines, and that of the budgets when there are any."""
    book.set_properties({"created": CREATED})
    bold, number, percent = (
        book.add_format(kind) for kind in ({"bold": True}, {"num_format": "#,##0.00"}, {"num_format": "0.0%"})
    )
    sheet = book.add_worksheet(texts["page", "buildup_sheet"])
    said, columns = texts.sections["page"], texts.sections["columns"]
    heads = [columns["care_form"], said["function_group"], said["line"], columns["value"], "Q1", "Q3", said["formula"],
             columns["source"], "status"]  # fmt: skip
    sheet.write_row(0, 0, heads, bold)
    sheet.set_column(0, 8, 18)
    mark = confidential_mark(annex.case, texts, named=annex.named)
    _marked(sheet, mark)
    places: dict[tuple[str, str, str], int] = {}
    for row, line in enumerate(annex.lines, start=1):
        places[line.care_form, line.group, line.name] = row
        for column, text in enumerate((line.care_form, line.group, line_name(texts, line))):
            sheet.write_string(row, column, harmless(text))
        shape = percent if line.name in FRACTIONS and line.group else number
        live = excel_formula(line, annex.lines, places)
        if live:
            sheet.write_formula(row, 3, live, shape, line.value)
        else:
            sheet.write_number(row, 3, line.value, shape)
        for column, value in ((4, line.low), (5, line.high)):
            if value is not None:
                sheet.write_number(row, column, value, shape)
        for column, text in ((6, line.formula), (7, line.source), (8, texts["statuses", line.status])):
            sheet.write_string(row, column, harmless(text))
    sheet.freeze_panes(1, 3)
    if annex.budgets:
        budgets = book.add_worksheet(texts["page", "budget_sheet"])
        _budget_sheet(budgets, annex.budgets, texts, bold, number)
        _marked(budgets, mark)


def _marked(sheet: Any, mark: str) -> None:
    """Put the mark beside the table, where it covers nothing, and under every printed page."""
    if mark:
        sheet.write_string(0, MARK, mark)
        sheet.set_footer(f"&C{mark}")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)


def _budget_sheet(sheet: Any, budgets: Sequence[BudgetLine], texts: Texts, bold: Any, number: Any) -> None:
    """Units times price per contract and care form."""
    rows = budget_table(budgets, texts)
    sheet.write_row(0, 0, rows[0], bold)
    sheet.set_column(0, 8, 20)
    for row, line in enumerate(budgets, start=1):
        for column, text in enumerate((line.provider, line.lot, line.care_form)):
            sheet.write_string(row, column, harmless(text))
        excel = row + 1
        sheet.write_number(row, 3, line.units, number)
        sheet.write_number(row, 4, line.cost_per_unit, number)
        sheet.write_formula(row, 5, f"=D{excel}*E{excel}", number, line.fair_amount)
        sheet.write_number(row, 6, line.tariff_per_unit, number)
        sheet.write_formula(row, 7, f"=D{excel}*G{excel}", number, line.amount)
        sheet.write_number(row, 8, line.reference_amount, number)


def excel_formula(line: Line, lines: Sequence[Line], places: dict[tuple[str, str, str], int]) -> str:
    """The formula of a step in cell references; sums over groups as a sum of products; empty for an input."""
    if not line.formula:
        return ""
    if not line.formula.startswith("sum over groups"):
        words = line.formula
        names = sorted(
            (name for form, group, name in places if (form, group) == (line.care_form, line.group)),
            key=len,
            reverse=True,
        )
        cells = {name: f"D{places[line.care_form, line.group, name] + 1}" for name in names}
        return "=" + "".join(cells.get(word, word) for word in formula_words(words))
    step = line.formula.rsplit(" ", 1)[1]
    hours = line.formula.split("(")[1].split(")")[0]
    groups = dict.fromkeys(one.group for one in lines if one.care_form == line.care_form and one.group)
    products = [
        f"D{places[line.care_form, group, 'share'] + 1}*D{places[line.care_form, group, step] + 1}"
        for group in groups
    ]
    return f"={hours}*({'+'.join(products)})"


def formula_words(formula: str) -> list[str]:
    """Names and what stands between them."""
    return re.findall(r"\w+|\W+", formula)
