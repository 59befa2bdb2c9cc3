"""resultaten.xlsx, to read: what is read first, every table in words, contents and a data dictionary; and
resultaten-lang.xlsx, to compute with: every table as it is, one row per figure.

The same bytes for the same result: the date of creation is a constant and the archive carries no times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bekostiging.case import Case
from bekostiging.case.workbook.book import new_book
from bekostiging.case.workbook_text import harmless
from bekostiging.evaluation.figures import Figure, Unit
from bekostiging.report.kit.leading import LeadingSheet
from bekostiging.report.kit.leading_sheets import LeadingWriter, layout
from bekostiging.report.kit.long import COLUMN_UNITS, LongTable, Written, cell_in_words, cell_unit
from bekostiging.report.kit.readable import ERROR, Sheet, Words, readable
from bekostiging.report.kit.sheet_looks import (
    FILLED_BOLD,
    GROUPED,
    LINE,
    Look,
    Looks,
    height_of,
    on_paper,
    pixels,
    width_of,
    widths_of,
    write_top,
)
from bekostiging.report.kit.texts import Texts

NAME, LONG_NAME = "resultaten.xlsx", "resultaten-lang.xlsx"
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A result contains no times; manifest.json says when it was written."""
CONTENTS = (30, 110)
DICTIONARY = (26, 44, 90, 26)
HEAD = 16
"""A header wraps rather than widen its column beyond this."""
LONGEST = 32_767
"""Characters that fit in a cell of Excel."""
WIDE = 1500
"""Pixels that one page of a wide table takes: beyond it prints on more pages beside each other, its keys on each."""


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


def write_workbook(
    path: Path,
    front: Front,
    case: Case,
    tables: Sequence[LongTable],
    texts: Texts,
    leading: Sequence[LeadingSheet] = (),
) -> None:
    """Write the workbook to read; tables without rows are named in the contents and have no sheet."""
    with new_book(path) as book:
        book.set_properties({"title": front.title, "created": CREATED})
        made = _Book(book, front, texts)
        for sheet in leading:
            made.leading(sheet)
        made.contents(tables, leading)
        words = Words(case, texts)
        for table in tables:
            if table.rows:
                made.readable(table, readable(table, words))
        made.dictionary(tables)


def write_long_workbook(path: Path, front: Front, tables: Sequence[LongTable], texts: Texts) -> None:
    """Write the workbook to compute with; tables without rows are named in the contents and have no sheet."""
    with new_book(path) as book:
        book.set_properties({"title": front.title, "created": CREATED})
        made = _Book(book, front, texts)
        made.contents(tables)
        for table in tables:
            if table.rows:
                made.long(table)
        made.dictionary(tables)


class _Book:
    """A workbook under construction."""

    def __init__(self, book: Any, front: Front, texts: Texts) -> None:
        self.book, self.front, self.texts = book, front, texts
        self.looks = Looks(book)

    def name(self, table: LongTable) -> str:
        """The name of a sheet."""
        return self.texts["files", table.name]

    def leading(self, sheet: LeadingSheet) -> None:
        """A sheet that is read first."""
        made = self.book.add_worksheet(sheet.name)
        widths, n_shown = layout(sheet.panels)
        top = self._top(made, sheet.title, (), widths[:n_shown])
        area = LeadingWriter(self.book, made, self.looks, sheet, top).write()
        self._printed(made, *area, top if sheet.flows else None)

    def contents(self, tables: Sequence[LongTable], leading: Sequence[LeadingSheet] = ()) -> None:
        """What this is, with which settings, and where everything stands."""
        said, looks = self.texts.sections["takeaway"], self.looks
        sheet = self.book.add_worksheet(said["contents"])
        row = self._top(sheet, self.front.title, (), CONTENTS)
        for name, value in self.front.settings:
            sheet.write_string(row, 0, name, looks.text)
            sheet.write_string(row, 1, harmless(value), looks.text)
            row += 1
        for line in self.front.remarks:
            sheet.write_string(row, 1, harmless(line), looks.text)
            sheet.set_row(row, height_of([line], [CONTENTS[1]]))
            row += 1
        row += 1
        for column, name in enumerate((said["sheet"], said["what"])):
            sheet.write_string(row, column, name, looks.head)
        listed = [(one.name, one.title, True) for one in leading]
        listed += [(self.name(table), self._what(table), bool(table.rows)) for table in tables]
        listed.append((said["dictionary"], said["dictionary_what"], True))
        for name, what, linked in listed:
            row += 1
            if linked:
                sheet.write_url(row, 0, f"internal:'{name}'!A1", looks.link, string=name)
            else:
                sheet.write_string(row, 0, name, looks.text)
            sheet.write_string(row, 1, harmless(what), looks.text)
            sheet.set_row(row, height_of([what], [CONTENTS[1]]))
        for column, width in enumerate(CONTENTS):
            sheet.set_column(column, column, width)
        sheet.fit_to_pages(1, 0)
        self._printed(sheet, row, 1)

    def _what(self, table: LongTable) -> str:
        """What is in a table, or that nothing is."""
        title = self.texts["sheets", table.name]
        return title if table.rows else f"{title} ({self.texts['takeaway', 'empty']})"

    def _top(self, sheet: Any, title: str, notes: Sequence[str], widths: Sequence[int]) -> int:
        """Title, marks and notes; returns the first free row."""
        return write_top(sheet, self.looks, (title, *self.front.marks, *notes), widths)

    def readable(self, table: LongTable, table_sheet: Sheet) -> None:
        """A sheet to read: title and marks above, ids in words, totals in bold, standard errors grouped and hidden."""
        sheet = self.book.add_worksheet(self.name(table))
        columns, looks = table_sheet.columns, self.looks
        heads = [harmless(one.head) for one in columns]
        widths = widths_of(
            [min(len(head), HEAD) for head in heads],
            [[width_of(*cell) for cell in row] for row in table_sheet.rows],
        )
        shown = [column for column in range(len(columns)) if columns[column].name != ERROR]
        own = [widths[column] for column in shown]
        seen = [width if column in shown else 0 for column, width in enumerate(widths)]
        top = self._top(sheet, self.texts["sheets", table.name], table.notes, seen)
        sheet.set_row(top, height_of([heads[column] for column in shown], own, FILLED_BOLD))
        for column, head in enumerate(heads):
            sheet.write_string(top, column, head, looks.right if columns[column].spread else looks.head)
            sheet.set_column(column, column, widths[column], None, None if column in shown else GROUPED)
        for row, cells in enumerate(table_sheet.rows, start=top + 1):
            height = height_of([cells[column][0] for column in shown], own)
            if height > LINE:
                sheet.set_row(row, height)
            total: Look = "bold" if row - top - 1 in table_sheet.totals else ""
            for column, (value, unit) in enumerate(cells):
                self._cell(sheet, row, column, value, unit, total if column in shown else "soft")
        keys = sum(not column.spread for column in columns)
        sheet.freeze_panes(top + 1, min(keys, 3) if keys < len(columns) else 0)
        self._wide(sheet, own, keys if keys < len(columns) else 0)
        self._printed(sheet, top + len(table_sheet.rows), len(columns) - 1, top)

    def long(self, table: LongTable) -> None:
        """A sheet to compute with: the header in the first row, ids as they are, the marks in a last column."""
        sheet = self.book.add_worksheet(self.name(table))
        note = " ".join(self.front.marks)
        heads = [self.texts["columns", name] for name in (*table.columns, *(["disclaimer"] if note else []))]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.looks.head)
        widths = [len(head) for head in heads]
        for row, cells in enumerate(table.rows, start=1):
            for column, name in enumerate(table.columns):
                value, unit = cell_in_words(name, cells[name], self.texts), cell_unit(name, cells)
                self._cell(sheet, row, column, value, unit, "soft" if name == ERROR else "", wrap=False)
                widths[column] = max(widths[column], width_of(value, unit))
            if note:
                sheet.write_string(row, len(table.columns), harmless(note))
        sheet.autofilter(0, 0, len(table.rows), len(heads) - 1)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths_of(widths, [])):
            sheet.set_column(column, column, width)
        sheet.fit_to_pages(1, 0)
        self._printed(sheet, len(table.rows), len(heads) - 1, 0)

    def dictionary(self, tables: Sequence[LongTable]) -> None:
        """Every column with its meaning and unit, then every figure with its unit."""
        said, columns = self.texts.sections["takeaway"], self.texts.sections["columns"]
        sheet = self.book.add_worksheet(said["dictionary"])
        top = self._top(sheet, said["dictionary_what"], (), DICTIONARY)
        for column, name in enumerate((said["sheet"], said["column_or_figure"], said["meaning"], columns["unit"])):
            sheet.write_string(top, column, name, self.looks.head)
        rows = dictionary_rows(tables, self.texts)
        for row, cells in enumerate(rows, start=top + 1):
            sheet.set_row(row, height_of(cells, DICTIONARY))
            for column, text in enumerate(cells):
                sheet.write_string(row, column, harmless(text), self.looks.text)
        for column, width in enumerate(DICTIONARY):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(top + 1, 0)
        sheet.fit_to_pages(1, 0)
        self._printed(sheet, top + len(rows), 3, top)

    def _cell(
        self,
        sheet: Any,
        row: int,
        column: int,
        value: Written,
        unit: Unit,
        look: Look,
        *,
        wrap: bool = True,
    ) -> None:
        """A number as a number in its format, a text as a text, nothing for nothing."""
        if value is None:
            return
        if isinstance(value, str):
            text = value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
            own = self.looks.bold if look == "bold" else self.looks.indented if column else self.looks.text
            sheet.write_string(row, column, text, own if wrap else None)
            return
        sheet.write_number(row, column, value, self.looks.number(unit, look))

    @staticmethod
    def _wide(sheet: Any, widths: Sequence[int], keys: int) -> None:
        """As many pages beside each other as it takes to stay legible; the columns of keys on each of them."""
        beside = max(1, -(-pixels(widths) // WIDE))
        sheet.fit_to_pages(beside, 0)
        if beside > 1 and keys:
            sheet.repeat_columns(0, keys - 1)

    def _printed(self, sheet: Any, rows: int, columns: int, top: int | None = None) -> None:
        """As it prints, the header of the table on every page; codes such as 0034 are texts without a warning."""
        on_paper(sheet, self.front.title, self.front.confidential, self.texts, (rows, columns))
        if top is not None:
            sheet.repeat_rows(top)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_letters(columns)}{rows + 1}"})


def _letters(column: int) -> str:
    """The letters of a column, A for 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


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
