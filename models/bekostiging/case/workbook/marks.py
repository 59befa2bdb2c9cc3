"""What the XML of a workbook says beside the values of its cells.

The reader of the cells (calamine) does not tell what a procurement team must know: which rows and columns are hidden,
which formulas were never computed, which cells hold an error. One pass over the XML does, and measures the sheets
before anything is built in memory.
"""

from __future__ import annotations

import posixpath
import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from bekostiging.case.workbook.places import INVISIBLE, letters

_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")
MOST_COLUMNS = 16_384
"""Columns of a sheet, the limit of Excel."""


@dataclass
class Marks:
    """What the XML of one sheet says beside its values; rows and columns count from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """First and last of each range."""
    formulas: set[tuple[int, int]] = field(default_factory=set)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    filled: array[int] = field(default_factory=lambda: array("q"))
    """Row x MOST_COLUMNS + column of every cell that says something, so that the reader of the cells can be checked."""
    kind: str = ""
    """Name of the outermost element: ``worksheet``, or a sheet without cells, such as ``chartsheet``."""
    last_row: int = -1
    last_column: int = -1
    text: int = 0


class DamageError(ValueError):
    """What no workbook has, in Dutch and English: it would cost rows or cells in silence."""

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(en)
        self.nl, self.en = nl, en


@dataclass
class SharedTexts:
    """The texts that cells refer to by number: how long each is, and which of them shows nothing."""

    lengths: list[int] = field(default_factory=list)
    blank: list[bool] = field(default_factory=list)


def marks_of(content: bytes, texts: SharedTexts) -> Marks:
    """The marks of one sheet.

    Raises
    ------
    DamageError
        Rows or cells with one number or out of order, a text that is not there, no sheet at all.
    ValueError
        No XML, or nothing that a cell or row can be.
    """
    reader = _Reader(texts)
    parse(content, reader.start, reader.end, reader.text)
    return reader.marks


class _Reader:
    """Walks the XML of one sheet: the cell it is in, and the parts of that cell so far."""

    def __init__(self, texts: SharedTexts) -> None:
        self.marks, self.texts = Marks(), texts
        self.row, self.column, self.depth = -1, -1, 0
        self.kind, self.said, self.inside, self.formula = "", "", "", False
        self.cells = self.numbered = self.valued = False
        """Whether it is among the cells; whether this row says its number; whether this cell has had its value."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell, or one of its parts begins."""
        self.depth += 1
        if self.depth == 1:
            self.marks.kind = name
        elif name == "sheetData":
            if self.cells or self.row >= 0:
                raise DamageError("heeft zijn cellen twee keer", "has its cells twice")
            self.cells = True
        elif name == "row" and self.cells:
            self._row(attributes)
        elif name == "c" and self.cells:
            self._place(attributes.get("r"))
            self.kind, self.said, self.formula, self.valued = attributes.get("t", ""), "", False, False
        elif name in ("v", "t"):
            self.inside = name
            if name == "v" and self.valued and self.cells:
                raise DamageError(f"cel {self._name()} heeft twee waarden", f"cell {self._name()} has two values")
            self.valued = self.valued or name == "v"
        elif name == "f":
            self.inside, self.formula = name, True
        elif name == "col" and _is_set(attributes, "hidden"):
            if len(self.marks.hidden_columns) >= MOST_COLUMNS:
                raise ValueError("more ranges of columns than columns")
            self.marks.hidden_columns.append(
                (int(attributes.get("min", 1)) - 1, int(attributes.get("max", 1)) - 1)
            )

    def text(self, part: str) -> None:
        """Keep the value of the cell."""
        if self.inside in ("v", "t"):
            self.said += part

    def end(self, name: str) -> None:
        """A cell is complete."""
        self.depth -= 1
        if name in ("v", "t", "f"):
            self.inside = ""
        elif name == "sheetData":
            self.cells = False
        if name != "c" or not self.cells:
            return
        place, marks = (self.row, self.column), self.marks
        if self.formula:
            marks.formulas.add(place)
            if not self.said and self.kind != "str":
                marks.uncomputed.add(place)
        if self.kind == "e":
            marks.errors[place] = self.said
        if self.said or self.formula:
            marks.last_row, marks.last_column = max(marks.last_row, self.row), max(marks.last_column, self.column)
        if self._shows():
            marks.filled.append(self.row * MOST_COLUMNS + self.column)

    def _shows(self) -> bool:
        """Whether the cell has a value that can be seen; a shared text is measured."""
        if self.kind != "s":
            return self.kind != "e" and _visible(self.said)
        if not self.said:
            return False
        number = int(self.said)
        if not 0 <= number < len(self.texts.lengths):
            raise DamageError(
                f"de tekst van cel {self._name()} is er niet", f"the text of cell {self._name()} is not there"
            )
        self.marks.text += self.texts.lengths[number]
        return not self.texts.blank[number]

    def _row(self, attributes: dict[str, str]) -> None:
        """The next row: as it says, or under the one before it."""
        row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
        if row <= self.row:
            raise DamageError(
                f"rij {row + 1} staat er twee keer of niet op volgorde",
                f"row {row + 1} is there twice or out of order",
            )
        self.row, self.column, self.numbered = row, -1, "r" in attributes
        if _is_set(attributes, "hidden"):
            self.marks.hidden_rows.add(row)

    def _place(self, reference: str | None) -> None:
        """The place of a cell: as it says, or next to the one before it."""
        before = self.column
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.match(reference)
        if found is None:
            raise ValueError(f"no cell: {reference}")
        self.column = 0
        for letter in found[1]:
            self.column = 26 * self.column + ord(letter) - ord("A") + 1
        self.column -= 1
        if not self.numbered and before < 0:
            self.row, self.numbered = max(self.row, int(found[2]) - 1), True
        if int(found[2]) != self.row + 1 or self.column <= before:
            raise DamageError(
                f"cel {reference} staat er twee keer of op een andere plaats",
                f"cell {reference} is there twice or at another place",
            )

    def _name(self) -> str:
        return f"{letters(self.column)}{self.row + 1}"


def parse(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk XML, names without their prefix; a document type, which a workbook never has, is refused."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        """A document type may define entities without end."""
        raise ValueError("document type in a workbook")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()}
    )
    if end is not None:
        close = end
        parser.EndElementHandler = lambda name: close(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    parser.buffer_text = True
    parser.Parse(content, True)


def sheet_places(book: bytes, relations: bytes) -> dict[str, str]:
    """Part of the file by the name of its sheet.

    Raises
    ------
    DamageError
        Two sheets of one name or one part; a sheet without a part in the file.
    """
    targets: dict[str, list[str]] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        """A relation of the workbook to one of its parts."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets.setdefault(attributes.get("Id", ""), []).append(place)

    def sheet(name: str, attributes: dict[str, str]) -> None:
        """A sheet with the number of its relation."""
        if name != "sheet":
            return
        own, parts = attributes.get("name", ""), targets.get(attributes.get("id", ""), [])
        if own in sheets:
            raise DamageError(f"blad {own} staat er twee keer", f"sheet {own} is there twice")
        if len(parts) != 1 or parts[0] in sheets.values():
            raise DamageError(
                f"blad {own} heeft geen eigen inhoud in het bestand",
                f"sheet {own} has no content of its own in the file",
            )
        sheets[own] = parts[0]

    parse(relations, relation)
    parse(book, sheet)
    return sheets


def has(content: bytes, element: str, attribute: str) -> bool:
    """Whether an element has an attribute that is on."""
    found: list[bool] = []

    def look(name: str, attributes: dict[str, str]) -> None:
        """Keep what the attribute says."""
        if name == element:
            found.append(attributes.get(attribute, "") in ("1", "true"))

    parse(content, look)
    return any(found)


def shared_texts(content: bytes) -> SharedTexts:
    """Every shared text; how a Japanese text is pronounced is no part of it."""
    texts, pronounced = SharedTexts(), False

    def start(name: str, _: dict[str, str]) -> None:
        """A new text, or a pronunciation, begins."""
        nonlocal pronounced
        if name == "si":
            texts.lengths.append(0)
            texts.blank.append(True)
        pronounced = pronounced or name == "rPh"

    def end(name: str) -> None:
        """A pronunciation ends."""
        nonlocal pronounced
        pronounced = pronounced and name != "rPh"

    def text(part: str) -> None:
        """Count what it says."""
        if texts.lengths:
            texts.lengths[-1] += len(part)
            texts.blank[-1] = texts.blank[-1] and (pronounced or not _visible(part))

    if content:
        parse(content, start, end, text)
    return texts


def _visible(text: str) -> bool:
    """Whether a text has a character that can be seen."""
    return any(not character.isspace() and character not in INVISIBLE for character in text)


def _is_set(attributes: dict[str, str], name: str) -> bool:
    return attributes.get(name, "") in ("1", "true")
