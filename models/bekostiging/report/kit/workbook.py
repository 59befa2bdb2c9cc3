"""resultaten.xlsx: every table in readable and in long form, with contents and a data dictionary.

The same bytes for the same result: the date of creation is a constant and the archive carries no times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from typing import Any

from bekostiging.case import Case
from bekostiging.case.workbook.book import new_book
from bekostiging.case.workbook_text import harmless
from bekostiging.evaluation.figures import Figure, Unit
from bekostiging.report.kit.long import COLUMN_UNITS, LongTable, Written, cell_in_words, cell_unit
from bekostiging.report.kit.readable import Sheet, Words, readable
from bekostiging.report.kit.texts import Texts

NAME = "resultaten.xlsx"
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A result contains no times; manifest.json says when it was written."""
FORMATS: dict[Unit, str] = {
    "euro": '"€" #,##0',
    "euro_per_year": '"€" #,##0',
    "fraction": "0.0%",
    "persons": "#,##0",
    "clients": "#,##0.0",
    "trajectories": "#,##0",
    "client_weeks": "#,##0",
    "weeks": "#,##0.0",
    "hours_per_year": "#,##0",
    "number": "#,##0.00",
    "count": "#,##0",
    "year": "0",
    "month": "0",
}
"""Number format of each unit; thousands marks and decimal commas follow the reader's own Excel."""
WIDTHS = (7, 46)
"""Least and widest column, characters; longer texts wrap."""
CONTENTS = (26, 100, 32)
DICTIONARY = (26, 44, 90, 26)
HEAD = 16
"""A header wraps rather than widen its column beyond this."""
FILLED = 1.08
"""Letters in a column per unit of its width: a unit is a digit, and letters are narrower."""
FILLED_BOLD = 0.85
"""The same of a header."""
LINE = 15.0
"""Height of one line, points."""
LONGEST = 32_767
"""Characters that fit in a cell of Excel."""
INK, PALE, SOFT = "#1b3a5c", "#e8edf2", "#777777"


@dataclass(frozen=True)
class Front:
    """What stands on every sheet: ``title``, ``marks`` (disclaimer, worked example, confidential), ``settings`` in words;
    and on the first alone what is odd in the case, ``remarks`` (a heading first)."""

    title: str
    marks: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    confidential: str = ""
    """Under every printed page; empty where nothing is confidential."""
    remarks: tuple[str, ...] = ()


def write_workbook(path: Path, front: Front, case: Case, tables: Sequence[LongTable], texts: Texts) -> None:
    """Write the workbook; tables without rows are named in the contents and have no sheet."""
    with new_book(path) as book:
        book.set_properties({"title": front.title, "created": CREATED})
        made = _Book(book, front, texts)
        words = Words(case, texts)
        shown_tables = [table for table in tables if table.rows]
        made.contents(tables)
        for table in shown_tables:
            made.readable(table, readable(table, words))
        for table in shown_tables:
            made.long(table)
        made.dictionary(tables)


class _Book:
    """A workbook under construction."""

    def __init__(self, book: Any, front: Front, texts: Texts) -> None:
        self.book, self.front, self.texts = book, front, texts
        self.formats: dict[tuple[Unit, bool], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": INK})
        self.mark = book.add_format({"italic": True, "font_color": SOFT})
        look = {"bold": True, "bg_color": PALE, "text_wrap": True, "valign": "top", "bottom": 1}
        self.head = book.add_format(look)
        self.right = book.add_format(look | {"align": "right"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.indented = book.add_format({"text_wrap": True, "valign": "top", "indent": 1})
        self.link = book.add_format({"font_color": INK, "underline": 1, "valign": "top"})

    def name(self, table: str, *, long: bool = False) -> str:
        """The name of a sheet."""
        return self.texts["files", table] + (f" ({self.texts['takeaway', 'long']})" if long else "")

    def contents(self, tables: Sequence[LongTable]) -> None:
        """The first sheet: what this is, with which settings, and where everything stands."""
        said = self.texts.sections["takeaway"]
        sheet = self.book.add_worksheet(said["contents"])
        row = self._top(sheet, self.front.title, ())
        for name, value in self.front.settings:
            sheet.write_string(row, 0, name, self.text)
            sheet.write_string(row, 1, harmless(value), self.text)
            row += 1
        for line in self.front.remarks:
            sheet.write_string(row, 1, harmless(line), self.text)
            sheet.set_row(row, _height([line], [CONTENTS[1]]))
            row += 1
        row += 1
        for column, name in enumerate((said["sheet"], said["what"], said["long_form"])):
            sheet.write_string(row, column, name, self.head)
        for table in tables:
            row += 1
            self._link(sheet, row, 0, self.name(table.name), linked=bool(table.rows))
            title = self.texts["sheets", table.name]
            sheet.write_string(row, 1, title, self.text)
            sheet.set_row(row, _height([title], [CONTENTS[1]]))
            if table.rows:
                self._link(sheet, row, 2, self.name(table.name, long=True), linked=True)
            else:
                sheet.write_string(row, 2, said["empty"], self.mark)
        row += 1
        self._link(sheet, row, 0, said["dictionary"], linked=True)
        sheet.write_string(row, 1, said["dictionary_what"], self.text)
        for column, width in enumerate(CONTENTS):
            sheet.set_column(column, column, width)
        self._printed(sheet, row, 2)

    def _link(self, sheet: Any, row: int, column: int, name: str, *, linked: bool) -> None:
        """The name of a sheet, leading there."""
        if linked:
            sheet.write_url(row, column, f"internal:'{name}'!A1", self.link, string=name)
        else:
            sheet.write_string(row, column, name, self.text)

    def _top(self, sheet: Any, title: str, notes: Sequence[str]) -> int:
        """Title, marks and notes; returns the first free row."""
        sheet.write_string(0, 0, harmless(title), self.title)
        for row, text in enumerate((*self.front.marks, *notes), start=1):
            sheet.write_string(row, 0, harmless(text), self.mark)
        return len(self.front.marks) + len(notes) + 2

    def readable(self, table: LongTable, table_sheet: Sheet) -> None:
        """A sheet to read: title and marks above, ids in words."""
        sheet = self.book.add_worksheet(self.name(table.name))
        top = self._top(sheet, self.texts["sheets", table.name], table.notes)
        heads = [harmless(one.head) for one in table_sheet.columns]
        widths = _widths(
            [min(len(head), HEAD) for head in heads], [[_width(*cell) for cell in row] for row in table_sheet.rows]
        )
        sheet.set_row(top, _height(heads, widths, FILLED_BOLD))
        for column, head in enumerate(heads):
            sheet.write_string(top, column, head, self.right if table_sheet.columns[column].spread else self.head)
            sheet.set_column(column, column, widths[column])
        for row, cells in enumerate(table_sheet.rows, start=top + 1):
            height = _height([value for value, _ in cells], widths)
            if height > LINE:
                sheet.set_row(row, height)
            for column, (value, unit) in enumerate(cells):
                soft = table_sheet.columns[column].name == "standard_error"
                self._cell(sheet, row, column, value, unit, soft=soft, wrap=True)
        keys = sum(not column.spread for column in table_sheet.columns)
        sheet.freeze_panes(top + 1, min(keys, 3) if keys < len(table_sheet.columns) else 0)
        self._printed(sheet, top + len(table_sheet.rows), len(table_sheet.columns) - 1, top)

    def long(self, table: LongTable) -> None:
        """A sheet to compute with: the header in the first row, ids as they are, the marks in a last column."""
        sheet = self.book.add_worksheet(self.name(table.name, long=True))
        note = " ".join(self.front.marks)
        heads = [self.texts["columns", name] for name in (*table.columns, *(["disclaimer"] if note else []))]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.head)
        widths = [len(head) for head in heads]
        for row, cells in enumerate(table.rows, start=1):
            for column, name in enumerate(table.columns):
                value, unit = cell_in_words(name, cells[name], self.texts), cell_unit(name, cells)
                self._cell(sheet, row, column, value, unit, soft=name == "standard_error", wrap=False)
                widths[column] = max(widths[column], _width(value, unit))
            if note:
                sheet.write_string(row, len(table.columns), harmless(note))
        sheet.autofilter(0, 0, len(table.rows), len(heads) - 1)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(_widths(widths, [])):
            sheet.set_column(column, column, width)
        self._printed(sheet, len(table.rows), len(heads) - 1, 0)

    def dictionary(self, tables: Sequence[LongTable]) -> None:
        """Every column with its meaning and unit, then every figure with its unit."""
        said, columns = self.texts.sections["takeaway"], self.texts.sections["columns"]
        sheet = self.book.add_worksheet(said["dictionary"])
        top = self._top(sheet, said["dictionary_what"], ())
        for column, name in enumerate((said["sheet"], said["column_or_figure"], said["meaning"], columns["unit"])):
            sheet.write_string(top, column, name, self.head)
        for row, cells in enumerate(dictionary_rows(tables, self.texts), start=top + 1):
            sheet.set_row(row, _height(cells, DICTIONARY))
            for column, text in enumerate(cells):
                sheet.write_string(row, column, harmless(text), self.text)
        for column, width in enumerate(DICTIONARY):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(top + 1, 0)
        self._printed(sheet, top + 1, 3, top)

    def _cell(
        self, sheet: Any, row: int, column: int, value: Written, unit: Unit, *, soft: bool, wrap: bool
    ) -> None:
        """A number as a number in its format, a text as a text, nothing for nothing."""
        if value is None:
            return
        if isinstance(value, str):
            text = value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
            look = (self.indented if column else self.text) if wrap else None
            sheet.write_string(row, column, text, look)
            return
        sheet.write_number(row, column, value, self._format(unit, soft=soft))

    def _format(self, unit: Unit, *, soft: bool) -> Any:
        """The number format of a unit, made once; errors paler, years at the left like the keys they are."""
        if (unit, soft) not in self.formats:
            look = {"font_color": SOFT} if soft else {"align": "left"} if unit in ("year", "month") else {}
            form = {"num_format": FORMATS.get(unit, "General"), "valign": "top"}
            self.formats[unit, soft] = self.book.add_format(form | look)
        return self.formats[unit, soft]

    def _printed(self, sheet: Any, rows: int, columns: int, top: int | None = None) -> None:
        """Landscape, one page wide, the header on every page; codes such as 0034 are texts without a warning."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if self.front.confidential:
            sheet.set_footer(f"&C{self.front.confidential}")
        if top is not None:
            sheet.repeat_rows(top)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_letters(columns)}{rows + 1}"})


def _letters(column: int) -> str:
    """The letters of a column, A for 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _widths(heads: Sequence[int], rows: Sequence[Sequence[int]]) -> list[int]:
    """Columns as wide as what is in them, within bounds."""
    return [min(max(*own, WIDTHS[0]) + 2, WIDTHS[1]) for own in zip(heads, *rows, strict=True)]


def _height(cells: Sequence[Written], widths: Sequence[int], filled: float = FILLED) -> float:
    """Height of a row whose texts wrap; programs do not all find it themselves."""
    lines = [
        len(wrap(value, int(filled * width))) if isinstance(value, str) and len(value) > filled * width else 1
        for value, width in zip(cells, widths, strict=True)
    ]
    return LINE * max(lines, default=1)


def _width(value: Written, unit: Unit) -> int:
    """Characters a cell takes."""
    if isinstance(value, str):
        return len(value)
    if value is None:
        return 0
    return 8 if unit in ("fraction", "year", "number") else len(f"{value:,.0f}") + 3


def dictionary_rows(tables: Sequence[LongTable], texts: Texts) -> list[tuple[str, str, str, str]]:
    """Sheet, column or figure, meaning, unit: every column of every table, then its figures."""
    rows = []
    for table in tables:
        sheet = texts["files", table.name]
        for name in table.columns:
            unit = texts["units", COLUMN_UNITS.get(name, "text")]
            rows.append((sheet, texts["columns", name], texts.meanings["columns"][name], unit))
        if "figure" in table.columns:
            for figure, unit in dict.fromkeys((row["figure"], str(row["unit"])) for row in table.rows):
                words = str(cell_in_words("figure", figure, texts))
                meaning = figure.meaning(texts.lang) if isinstance(figure, Figure) else words
                rows.append((sheet, words, meaning, texts["units", unit]))
    return rows
