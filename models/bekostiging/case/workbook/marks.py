"""What the XML of a workbook says beside the values of its cells.

The reader of the cells (calamine) does not tell what a procurement team must know: which rows and columns are hidden,
which formulas were never computed, which cells hold an error. One pass over the XML does, and measures the sheets
before anything is built in memory.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

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
    last_row: int = -1
    last_column: int = -1
    text: int = 0


def marks_of(content: bytes, lengths: list[int]) -> Marks:
    """The marks of one sheet; ``lengths``: of the shared texts."""
    reader = _Reader(lengths)
    _parse(content, reader.start, reader.end, reader.text)
    return reader.marks


class _Reader:
    """Walks the XML of one sheet: the cell it is in, and the parts of that cell so far."""

    def __init__(self, lengths: list[int]) -> None:
        self.marks, self.lengths = Marks(), lengths
        self.row, self.column = -1, -1
        self.kind, self.said, self.inside, self.formula = "", "", "", False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell, or one of its parts begins."""
        if name == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
            if _on(attributes, "hidden"):
                self.marks.hidden_rows.add(self.row)
        elif name == "c":
            self._place(attributes.get("r"))
            self.kind, self.said, self.formula = attributes.get("t", ""), "", False
        elif name in ("v", "t"):
            self.inside = name
        elif name == "f":
            self.inside, self.formula = name, True
        elif name == "col" and _on(attributes, "hidden"):
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
        if name in ("v", "t", "f"):
            self.inside = ""
        if name != "c":
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
        if self.kind == "s":
            number = int(self.said or 0)
            marks.text += self.lengths[number] if 0 <= number < len(self.lengths) else 0

    def _place(self, reference: str | None) -> None:
        """The place of a cell: as it says, or next to the one before it."""
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.match(reference)
        if found is None:
            raise ValueError(f"no cell: {reference}")
        self.column = 0
        for letter in found[1]:
            self.column = 26 * self.column + ord(letter) - ord("A") + 1
        self.column, self.row = self.column - 1, int(found[2]) - 1


def _parse(
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
    """Part of the file by the name of its sheet."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        """A relation of the workbook to one of its parts."""
        if name == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )

    def sheet(name: str, attributes: dict[str, str]) -> None:
        """A sheet with the number of its relation."""
        if name == "sheet":
            sheets[attributes.get("name", "")] = targets.get(attributes.get("id", ""), "")

    _parse(relations, relation)
    _parse(book, sheet)
    return sheets


def has(content: bytes, element: str, attribute: str) -> bool:
    """Whether an element has an attribute that is on."""
    found: list[bool] = []

    def look(name: str, attributes: dict[str, str]) -> None:
        """Keep what the attribute says."""
        if name == element:
            found.append(attributes.get(attribute, "") in ("1", "true"))

    _parse(content, look)
    return any(found)


def shared_lengths(content: bytes) -> list[int]:
    """Length of every shared text."""
    lengths: list[int] = []

    def start(name: str, _: dict[str, str]) -> None:
        """A new text begins."""
        if name == "si":
            lengths.append(0)

    def text(part: str) -> None:
        """Count what it says."""
        if lengths:
            lengths[-1] += len(part)

    if content:
        _parse(content, start, text=text)
    return lengths


def _on(attributes: dict[str, str], name: str) -> bool:
    return attributes.get(name, "") in ("1", "true")
