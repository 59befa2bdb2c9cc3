"""The recalculation sheet (narekenblad): every line of a statement with its formula, protected, and the same cents.

Column D holds the unrounded amount, as a formula in inputs and unrounded lines; column E what is printed: D rounded, or the
sum of printed lines. A spreadsheet computes all of it again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bekostiging.case.workbook.book import new_book
from bekostiging.case.workbook_text import harmless
from bekostiging.report.kit.workbook import CREATED
from bekostiging.report.settlement.papers import Papers
from bekostiging.settlement import ContractSettlement, Given, Line

FIRST = 5
"""Row of the first line on a sheet, counted from 0."""
_PLACE = re.compile(r"\{(line:)?([^{}]+)\}")
NUMBER, AMOUNT = "#,##0.00######", "#,##0.00"


def write_recalculation(papers: Papers, contracts: Sequence[ContractSettlement], path: Path, mark: str) -> None:
    """Two sheets per contract: its lines with live formulas, and their inputs; ``mark``: confidential, or empty."""
    with new_book(path) as book:
        book.set_properties({"created": CREATED, "title": papers.said("recalculation")})
        formats = {
            "bold": book.add_format({"bold": True, "valign": "top"}),
            "title": book.add_format({"bold": True, "font_size": 13}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "number": book.add_format({"num_format": NUMBER, "font_color": "#595959", "valign": "top"}),
            "amount": book.add_format({"num_format": AMOUNT, "valign": "top"}),
            "total": book.add_format({"num_format": AMOUNT, "bold": True, "top": 1, "valign": "top"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for number, one in enumerate(contracts, start=1):
            _Sheets(book, papers, one, number, formats, mark).write()


class _Sheets:
    """The two sheets of one contract."""

    def __init__(
        self,
        book: Any,
        papers: Papers,
        one: ContractSettlement,
        number: int,
        formats: Mapping[str, Any],
        mark: str,
    ) -> None:
        self.papers, self.one, self.formats, self.mark = papers, one, formats, mark
        self.inputs_name = f"{number} {papers.said('inputs')}"
        self.sheet = book.add_worksheet(f"{number} {papers.said('sheet')}")
        self.inputs = book.add_worksheet(self.inputs_name)
        self.places: dict[str, str] = {}
        self.rows = {line.key: FIRST + k for k, line in enumerate(one.lines)}

    def write(self) -> None:
        """Inputs first, because the lines refer to them."""
        self._inputs()
        self._lines()
        for sheet in (self.sheet, self.inputs):
            sheet.protect("", {"select_locked_cells": True, "format_columns": True})
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            foot = self.papers.said("sheet")
            sheet.set_footer(f"&L{foot}&C{self.mark}&R&P / &N")

    def _inputs(self) -> None:
        """A row per input, or per label of one."""
        said, sheet = self.papers.said, self.inputs
        sheet.set_column(0, 0, 56)
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, 2, 18)
        sheet.set_column(3, 3, 48)
        for column, text in enumerate((said("input"), "", said("value"), said("source"))):
            sheet.write_string(0, column, text, self.formats["head"])
        sheet.freeze_panes(1, 0)
        row = 1
        for name, given in self.one.inputs.items():
            first = row
            for label, value in zip(given.labels or ("",), given.values, strict=True):
                sheet.write_string(row, 0, harmless(given.said[self.papers.place]))
                sheet.write_string(row, 1, harmless(label))
                sheet.write_number(row, 2, value, self.formats["number"])
                sheet.write_string(row, 3, harmless(given.source))
                row += 1
            self.places[name] = self._reference(given, first, row - 1)

    def _reference(self, given: Given, first: int, last: int) -> str:
        """The cells of an input."""
        start = f"'{self.inputs_name}'!$C${first + 1}"
        return f"{start}:$C${last + 1}" if given.labels else start

    def _lines(self) -> None:
        """Every line: number, words, calculation, unrounded, printed, source."""
        papers, sheet, formats = self.papers, self.sheet, self.formats
        year, name = papers.settled.year, papers.names[self.one.provider]
        sheet.write_string(0, 0, papers.said("of_provider", year=year, name=name), formats["title"])
        lot, form = papers.names[self.one.lot], self.one.form[papers.place]
        sheet.write_string(1, 0, f"{papers.said('contract', lot=lot, form=form)}. {papers.subject}")
        sheet.write_string(2, 0, papers.said("recalculation"))
        sheet.write_string(3, 0, papers.said("by_object"))
        for column, (key, width) in enumerate(
            (("number", 5), ("line", 52), ("calculation", 46), ("unrounded", 20), ("euro", 16), ("source", 44))
        ):
            sheet.set_column(column, column, width)
            sheet.write_string(FIRST - 1, column, papers.said(key), formats["head"])
        sheet.freeze_panes(FIRST, 0)
        for line in self.one.lines:
            self._line(line)

    def _line(self, line: Line) -> None:
        """One line."""
        row, sheet, formats = self.rows[line.key], self.sheet, self.formats
        place = self.papers.place
        total = line.kind == "total"
        longest = max(len(line.said[place]) / 50, len(line.words[place]) / 44, len(line.source) / 42)
        sheet.set_row(row, 14.5 * max(1, math.ceil(longest)))
        sheet.write_number(row, 0, line.number, formats["text"])
        sheet.write_string(row, 1, harmless(line.said[place]), formats["bold" if total else "text"])
        sheet.write_string(row, 2, harmless(line.words[place]), formats["text"])
        sheet.write_formula(row, 3, f"={self._formula(line.formula, 'D')}", formats["number"], line.exact)
        shown = self._formula(line.formula, "E") if total else f"ROUND(D{row + 1},2)"
        sheet.write_formula(row, 4, f"={shown}", formats["total" if total else "amount"], line.euro)
        sheet.write_string(row, 5, harmless(line.source), formats["text"])

    def _formula(self, text: str, column: str) -> str:
        """A formula with cells for its names; lines by the column that is asked."""

        def cell(found: re.Match[str]) -> str:
            """The cell or cells of one name."""
            if found[1]:
                return f"${column}${self.rows[found[2]] + 1}"
            return self.places[found[2]]

        return _PLACE.sub(cell, text)
