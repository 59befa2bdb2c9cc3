"""A CSV file as rows of cells with the lines on which they stand, for tables of a case and for files of clients.

Nothing is lost in silence. A stray quotation mark makes one cell of whole rows, and a reader that forgives quotation
marks forgives the loss: here every mark must be well placed, and a cell that goes on over a line break is an error when
it can hold a row (it has as many separators as a row), else a note. Rows are numbered by the lines of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from bekostiging.case.errors import LONGEST_NAME, Note, Problem
from bekostiging.case.numbers import CELL, DUTCH

MOST_BYTES = 64 * 2**20
"""Size of a text file; a region of 342 municipalities and 1,000 providers takes 5 MB, a million clients 40 MB."""
MOST_UNFIT = 200
"""Rows that do not fit the header and are listed: more of them have one cause."""
SHOWN = 8
"""Row numbers that a note lists."""
TAB = "\t"
"""Separator of the text that Excel calls Unicode text; its numbers have either decimal mark."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class CsvText:
    """Separator and columns of a CSV text, and its rows: the line on which each begins, a cell per column."""

    separator: str
    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]


def text_of(file: Traversable | Path, name: str, problems: list[Problem]) -> str | None:
    """The text of a file with every line break as ``\\n``; None, with its problem, when it cannot be read as text."""
    content: bytes | None = None
    try:
        if not file.is_file():
            said = (
                "dit is geen gewoon bestand; zet er een bestand neer, geen map of kapotte koppeling",
                "this is no regular file; put a file there, no folder or broken link",
            )
        elif isinstance(file, Path) and file.stat().st_size > MOST_BYTES:
            most = MOST_BYTES // 2**20
            said = (
                f"dit bestand is groter dan {most} MB; dat wordt niet gelezen",
                f"this file is larger than {most} MB; it is not read",
            )
        else:
            content = file.read_bytes()
    except OSError as error:
        said = (
            f"dit bestand is niet te lezen ({error.strerror}); controleer de rechten",
            f"this file cannot be read ({error.strerror}); check its rights",
        )
    if content is not None:
        text = _decoded(content)
        if text is not None:
            return text
        said = (
            "dit bestand is geen UTF-8; bewaar het in Excel als 'CSV UTF-8'",
            "this file is not UTF-8; save it in Excel as 'CSV UTF-8'",
        )
    problems.append(Problem(name, *said))
    return None


def _decoded(content: bytes) -> str | None:
    """UTF-8, or UTF-16 with its mark (what Excel calls Unicode text); None where it is neither, or no text."""
    try:
        text = content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.replace("\r\n", "\n").replace("\r", "\n")


def csv_text(text: str, table: str, problems: list[Problem], notes: list[Note] | None) -> CsvText | None:
    """Columns and rows of a CSV text; None, with its problem, when its first row names no columns.

    Rows that do not fit the columns are problems when the rows are read. ``notes`` gets the rows in which a text goes on
    over a line break; None: no cell of this file may.
    """
    lines = text.split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if first is None:
        problems.append(
            Problem(
                table, "dit bestand is leeg; vul het of verwijder het", "this file is empty; fill or remove it"
            )
        )
        return None
    separator = _stated(lines[first])
    if separator is not None:
        first = next((place for place in range(first + 1, len(lines)) if lines[place].strip()), first)
    head = lines[first]
    if separator is None:
        counted = {mark: head.count(mark) for mark in (DUTCH, ",", TAB)}
        separator = max(counted, key=lambda mark: counted[mark])
    if separator not in (DUTCH, ",", TAB) or separator not in head:
        problems.append(
            Problem(
                table,
                f"rij {first + 1} heeft geen puntkomma's of komma's tussen de namen van de kolommen; bewaar het bestand "
                "als CSV met puntkomma's, met de kolommen op de eerste rij",
                f"row {first + 1} has no semicolons or commas between the names of the columns; save the file as CSV with "
                "semicolons, with the columns on the first row",
            )
        )
        return None
    reader = _Reader(lines[first:], first, separator, table, problems)
    _, header = next(reader.records(), (first + 1, []))
    if len(header) == 1:
        title = header[0][:LONGEST_NAME]
        nl = (
            f"rij {first + 1} is een titel ('{title}') en noemt geen kolommen; wis de regels erboven, zoals bij een "
            "tabel van StatLine"
        )
        en = (
            f"row {first + 1} is a title ('{title}') and names no columns; clear the lines over them, as of a table of "
            "StatLine"
        )
        problems.append(Problem(table, nl, en))
        return None
    columns = _named(header, table, first + 1, problems)
    return None if columns is None else CsvText(separator, columns, reader.rows(len(columns), len(header), notes))


def dialect(separator: str) -> str:
    """Dialect of the numbers in a file with this separator."""
    return CELL if separator == TAB else separator


def _stated(line: str) -> str | None:
    """The separator that a first line ``sep=;`` states, as Excel reads and writes it."""
    stated = line.strip(" \r\n").strip('"').lower()
    if not stated.startswith("sep="):
        return None
    mark = stated.removeprefix("sep=")
    return TAB if mark == "\\t" else (mark or TAB)[:1]


def _named(header: list[str], table: str, row: int, problems: list[Problem]) -> list[str] | None:
    """The names of the columns without the empty ones that a spreadsheet leaves at the end; all others have a name."""
    columns = [column.strip() for column in header]
    while columns and not columns[-1]:
        columns.pop()
    nameless = [place for place, column in enumerate(columns or [""], start=1) if not column]
    for place in nameless:
        problems.append(
            Problem(
                table,
                f"kolom {place} heeft geen naam; geef haar een naam of verwijder haar",
                f"column {place} has no name; name it or remove it",
                row=row,
            )
        )
    return None if nameless else columns


class _Reader:
    """Walks the records of a CSV text; the first that is no CSV is a problem and the end."""

    def __init__(self, lines: list[str], before: int, separator: str, table: str, problems: list[Problem]) -> None:
        self.before, self.separator, self.table, self.problems = before, separator, table, problems
        self.reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Records with the line on which each begins."""
        while True:
            start = self.before + self.reader.line_num + 1
            try:
                cells = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._problem(start, *_csv_error_in_words(str(error), self.before + self.reader.line_num))
                return
            yield start, cells

    def rows(self, width: int, header: int, notes: list[Note] | None) -> Iterator[tuple[int, list[str]]]:
        """Records with something in them that fit the columns; ``header``: columns with the empty ones at the end."""
        unfit, broken = 0, list[int]()
        for row, cells in self.records():
            if not any(cell.strip() for cell in cells):
                continue
            wrong = self._unfit(cells, width, header, notes is None)
            if wrong is None:
                if any("\n" in cell for cell in cells):
                    broken.append(row)
                yield row, cells[:width]
                continue
            unfit += 1
            self._problem(row, *wrong)
            if unfit == MOST_UNFIT:
                self._problem(row, *_REST)
                break
        if broken and notes is not None:
            shown = ", ".join(map(str, broken[:SHOWN])) + (" …" if len(broken) > SHOWN else "")
            nl = f"{self.table}: een cel loopt door over een regeleinde en is als één cel gelezen (rij {shown})"
            en = f"{self.table}: a cell goes on over a line break and was read as one cell (row {shown})"
            notes.append({"nl": nl, "en": en})

    def _unfit(self, cells: list[str], width: int, header: int, one_line: bool) -> tuple[str, str] | None:
        """Why a record is not a row of so many columns; None when it is."""
        last = self.before + self.reader.line_num
        if any("\n" in cell and (one_line or cell.count(self.separator) >= width - 1) for cell in cells):
            return (
                f"een cel tussen aanhalingstekens loopt door tot en met rij {last}; verwijder de losse aanhalingstekens, of "
                "het regeleinde in de cel",
                f"a cell between quotation marks goes on to row {last}; remove the stray quotation marks, or the line break "
                "in the cell",
            )
        beyond = next((place for place, cell in enumerate(cells[width:], start=width + 1) if cell.strip()), 0)
        if beyond and len(cells) <= header:
            return (
                f"heeft iets in kolom {beyond}, die geen naam heeft; geef de kolom een naam of wis de cel",
                f"has something in column {beyond}, which has no name; name the column or clear the cell",
            )
        if beyond or len(cells) < width:
            return (
                f"heeft {len(cells)} velden waar de kop er {width} heeft; maak ze gelijk",
                f"has {len(cells)} fields where the header has {width}; make them equal",
            )
        return None

    def _problem(self, row: int, nl: str, en: str) -> None:
        self.problems.append(Problem(self.table, nl, en, row=row))


_REST = (
    f"ook deze rij past niet, als {MOST_UNFIT} rijen of meer; herstel deze eerst, de rijen hierna zijn niet bekeken",
    f"this row does not fit either, as {MOST_UNFIT} rows or more; mend these first, the rows below were not looked at",
)


def _csv_error_in_words(error: str, last: int) -> tuple[str, str]:
    """What the reader of CSV found wrong, in words."""
    if "expected after" in error:
        return (
            f"achter een sluitend aanhalingsteken (rij {last}) staat nog tekst; verwijder losse aanhalingstekens, of "
            "verdubbel die in een tekst",
            f"text follows a closing quotation mark (row {last}); remove stray quotation marks, or double those in a text",
        )
    if "unexpected end" in error:
        return (
            "een aanhalingsteken in deze rij wordt nergens gesloten; verwijder het of sluit het",
            "a quotation mark in this row is closed nowhere; remove or close it",
        )
    return (
        f"een cel heeft meer dan {csv.field_size_limit()} tekens; misschien sluit een aanhalingsteken niet",
        f"a cell has more than {csv.field_size_limit()} characters; a quotation mark may not be closed",
    )
