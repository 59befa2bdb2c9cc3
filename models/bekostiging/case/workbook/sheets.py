"""The sheets of a workbook with every value at its place, and what a reader must know about them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bekostiging.case.errors import Note, UserError
from bekostiging.case.folded import folded, meant
from bekostiging.case.read_rows import REMARKS
from bekostiging.case.rows import Row
from bekostiging.case.workbook.cells import Value, text_of
from bekostiging.case.workbook.container import Container, damaged
from bekostiging.case.workbook.marks import MOST_COLUMNS, DamageError, Marks
from bekostiging.case.workbook.names import known_columns
from bekostiging.case.workbook.places import letters

HEADER_ROWS = 40
"""Rows in which the names of the columns are looked for."""
Range = tuple[int, int, int, int]
Merged = dict[str, Range]
MOST_MERGED = 100
"""Merged ranges of a table that are looked at; one is enough to refuse it."""
SHOWN = 8
"""Row numbers that a note lists."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells from A1 on, merged ranges (first row, first column, last row, last column), its marks."""

    name: str
    visible: bool
    rows: list[list[Value]]
    merged: tuple[tuple[int, int, int, int], ...]
    marks: Marks

    def value(self, row: int, column: int) -> Value:
        """The value of a cell; empty text outside the sheet."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""


def read_sheets(path: Path, container: Container) -> list[Sheet]:
    """Every sheet with cells.

    Raises
    ------
    UserError
        The reader of the cells does not understand the file.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(container.content))
        sheets = []
        for metadata in book.sheets_metadata:
            if metadata.typ != SheetTypeEnum.WorkSheet or metadata.name not in container.marks:
                continue
            cells = book.get_sheet_by_name(metadata.name)
            merged = tuple((*first, *last) for first, last in cells.merged_cell_ranges or ())
            visible = str(metadata.visible).endswith("Visible")
            rows = cells.to_python(skip_empty_area=False)
            sheets.append(Sheet(metadata.name, visible, rows, merged, container.marks[metadata.name]))
        _check_all_read(path, sheets, container.marks)
    except UserError:
        raise
    except CalamineError:
        raise _not_understood(path) from None
    except BaseException as error:
        # a panic of the reader is no Exception; anything else of that kind is not ours to catch
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise _not_understood(path) from None
        raise
    return sheets


def _check_all_read(path: Path, sheets: Sequence[Sheet], marks: Mapping[str, Marks]) -> None:
    """Every cell that says something in the XML has come out of the reader of the cells."""
    read = {sheet.name: sheet for sheet in sheets}
    for name, own in marks.items():
        lost: tuple[int, int] | None = None
        if name in read:
            places = (divmod(place, MOST_COLUMNS) for place in own.filled)
            lost = next((place for place in places if read[name].value(*place) == ""), None)
        elif own.filled:
            lost = divmod(own.filled[0], MOST_COLUMNS)
        if lost is not None:
            cell = f"{letters(lost[1])}{lost[0] + 1}"
            nl, en = f"blad {name}: cel {cell} is niet te lezen", f"sheet {name}: cell {cell} cannot be read"
            raise damaged(path, DamageError(nl, en))


def _not_understood(path: Path) -> UserError:
    return UserError(
        f"{path}: de cellen van dit werkboek zijn niet te lezen; open en bewaar het opnieuw in Excel of LibreOffice.",
        f"{path}: the cells of this workbook cannot be read; open and save it again in Excel or LibreOffice.",
    )


def header_row(sheet: Sheet, model: type[Row]) -> int | None:
    """The row that names the columns: the first where at least half of the cells are names of this table.

    Where there is none, names with an addition count too, such as "inwoners 0-17 (2025)".
    """
    known = known_columns(model)
    for named in (known.get, lambda name: known.get(meant(name, known) or name)):
        for row, values in enumerate(sheet.rows[:HEADER_ROWS]):
            texts = [folded(text) for value in values if (text := text_of(value))]
            texts = [text for text in texts if not text.startswith(REMARKS)]
            found = {named(text) for text in texts} - {None}
            if len(found) >= 2 and 2 * len(found) >= len(texts):
                return row
    return None


def hidden(sheet: Sheet, rows: Sequence[int], columns: Sequence[int]) -> list[Note]:
    """Notes on hidden sheets, rows and columns: they are read although nobody sees them."""
    notes: list[Note] = []
    if not sheet.visible:
        nl, en = f"blad {sheet.name} is verborgen en wel gelezen", f"sheet {sheet.name} is hidden and was read"
        notes.append({"nl": nl, "en": en})
    lines = [row for row in rows if row in sheet.marks.hidden_rows]
    if lines:
        shown = ", ".join(str(row + 1) for row in lines[:SHOWN]) + (" …" if len(lines) > SHOWN else "")
        nl = f"{sheet.name}: {len(lines)} verborgen of weggefilterde rijen wel gelezen (rij {shown})"
        en = f"{sheet.name}: {len(lines)} hidden or filtered rows were read (row {shown})"
        notes.append({"nl": nl, "en": en})
    ranges = sheet.marks.hidden_columns
    unseen = [letters(column) for column in columns if any(first <= column <= last for first, last in ranges)]
    if unseen:
        shown = ", ".join(unseen)
        nl, en = (
            f"{sheet.name}: verborgen kolommen wel gelezen ({shown})",
            f"{sheet.name}: hidden columns were read ({shown})",
        )
        notes.append({"nl": nl, "en": en})
    return notes


def empty(name: str) -> Note:
    """The note on a sheet of an optional table without a single cell."""
    return {
        "nl": f"blad {name} is leeg; deze tabel is er niet",
        "en": f"sheet {name} is empty; this table is not there",
    }


def unread(names: Sequence[str], macros: bool) -> list[Note]:
    """Notes on what is in the workbook and is not read."""
    notes = [
        {
            "nl": f"blad {name} is niet gelezen: het heet niet naar een tabel",
            "en": f"sheet {name} was not read: it is not named after a table",
        }
        for name in names
    ]
    if macros:
        nl, en = (
            "het werkboek bevat macro's; zij zijn niet gelezen en niet uitgevoerd",
            "the workbook has macros; they were neither read nor run",
        )
        notes.append({"nl": nl, "en": en})
    return notes


def within(place: tuple[int, int], merged: Range) -> bool:
    """Whether a cell is part of merged cells."""
    top, left, bottom, right = merged
    return top <= place[0] <= bottom and left <= place[1] <= right


def merged_within(sheet: Sheet, first: int, last: int, columns: Sequence[int]) -> Merged:
    """Merged cells among the rows of a table, by their range."""
    merged: Merged = {}
    for top, left, bottom, right in sheet.merged:
        inside = top <= last and bottom >= first and any(left <= column <= right for column in columns)
        if inside and len(merged) < MOST_MERGED:
            merged[f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"] = (top, left, bottom, right)
    return merged
