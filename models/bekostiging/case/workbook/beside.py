"""Texts of a workbook that stand in no cell, searched for citizen service numbers: nobody sees them, and they travel along.

Comments, properties, names of cells, headers and footers, text boxes and charts, choices and messages of cells, links, what
a pivot table remembers, and the names of the parts of the file. Numbers that Excel itself writes there (sizes, identifiers,
values in charts) are no texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from xml.parsers import expat

from bekostiging.case.bsn import find
from bekostiging.case.errors import Problem, Said
from bekostiging.case.not_bsn import WORKBOOK, Exceptions, citizen_number
from bekostiging.case.workbook.marks import DamageError, parse

_NAMED: dict[str, tuple[str, ...]] = {
    "cNvPr": ("name", "descr", "title"),
    "cacheField": ("name", "caption"),
    "connection": ("name", "description"),
    "dataValidation": ("promptTitle", "prompt", "errorTitle", "error"),
    "definedName": ("name", "comment", "description"),
    "hyperlink": ("location", "tooltip", "display"),
    "person": ("displayName",),
    "property": ("name",),
    "s": ("v",),
    "table": ("name", "displayName", "comment"),
    "tableColumn": ("name",),
    "Relationship": ("Target",),
}
"""Attributes in which a person writes, by the element that has them; ``s`` is a text in the memory of a pivot table."""
_HEADERS = tuple(f"{page}{place}" for page in ("odd", "even", "first") for place in ("Header", "Footer"))
_WRITTEN = frozenset({"author", "definedName", "formula1", "formula2", "p", "strCache", "text", *_HEADERS})
"""Elements whose content a person writes, in whatever fonts: ``text`` of a comment, ``p`` of a text box."""
_CELLS, _CACHED = "sheetData", "v"
_PROPERTIES = "docprops/"
_UNSEARCHED = ("xl/sharedstrings.xml", "xl/styles.xml", "xl/theme/", "xl/calcchain.xml", "[content_types].xml")
"""Texts of cells, which are judged with their column, and what only Excel writes."""
_PARTS: dict[str, str] = {
    _PROPERTIES: "properties",
    "comments": "comments",
    "xl/persons/": "authors",
    "xl/workbook.xml": "names",
    "xl/worksheets/": "sheets",
    "xl/pivot": "pivots",
    "xl/tables/": "tables",
}
"""What is in a part, by a piece of its name; in any other there are texts as in ``drawings``."""
WHERE: dict[str, Said] = {
    "properties": ("in de eigenschappen van het bestand", "in the properties of the file"),
    "comments": ("in een opmerking bij een cel", "in a comment at a cell"),
    "authors": ("in de naam van wie een opmerking schreef", "in the name of who wrote a comment"),
    "names": ("in een naam van cellen", "in a name of cells"),
    "sheets": (
        "in een kop- of voettekst, keuzelijst, invoerbericht of koppeling van een blad",
        "in a header, footer, list of choices, message or link of a sheet",
    ),
    "pivots": ("in wat een draaitabel van haar gegevens bewaart", "in what a pivot table keeps of its data"),
    "tables": (
        "in de naam van een Excel-tabel of van haar kolommen",
        "in the name of an Excel table or its columns",
    ),
    "drawings": ("in een tekstvak, grafiek of koppeling", "in a text box, chart or link"),
    "files": ("in de naam van een bestand in het werkboek", "in the name of a file inside the workbook"),
}
"""Where a text stands, by the name that an exception gives the place."""


class _Reader:
    """Walks the XML of one part and keeps every text that a person writes; ``whole``: all content is."""

    def __init__(self, *, whole: bool) -> None:
        self.texts: list[str] = []
        self.said, self.inside, self.whole, self.cells = "", "", whole, False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.cells = self.cells or name == _CELLS
        if self.cells:
            return
        self.texts += [attributes[one] for one in _NAMED.get(name, ()) if one in attributes]
        if name in _WRITTEN:
            self.inside, self.said = name, ""

    def text(self, part: str) -> None:
        """Keep what is written."""
        if (self.inside or self.whole) and not self.cells:
            self.said += part

    def end(self, name: str) -> None:
        """An element is complete."""
        if self.cells:
            self.cells = name != _CELLS
        elif self.whole or name in (self.inside, _CACHED):
            self.texts.append(self.said)
            self.said = ""
            self.inside = "" if name == self.inside else self.inside


def texts_of(content: bytes, *, whole: bool = False) -> list[str]:
    """Every text of one part that a person writes; ``whole``: all of its content is.

    >>> texts_of(b'<a><definedName name="x">areas!$A$1</definedName><extent>12345</extent></a>')
    ['x', 'areas!$A$1']
    """
    reader = _Reader(whole=whole)
    parse(content, reader.start, reader.end, reader.text)
    return reader.texts


def numbers_beside(parts: Mapping[str, bytes], names: Iterable[str]) -> tuple[str, ...]:
    """The places, keys of ``WHERE``, where a text that stands in no cell may hold a citizen service number.

    Parameters
    ----------
    parts : mapping of str to bytes
        The XML of the file.
    names : iterable of str
        Of every part, also of those that are no XML.

    Raises
    ------
    DamageError
        A part cannot be read, so that it cannot be searched.
    """
    found = {"files"} if any(find(name) for name in names) else set()
    for name, content in parts.items():
        lower = name.lower()
        if not content or lower.startswith(_UNSEARCHED):
            continue
        try:
            texts = texts_of(content, whole=lower.startswith(_PROPERTIES))
        except (ValueError, LookupError, expat.ExpatError):
            raise DamageError(f"deel {name} is onleesbaar", f"part {name} cannot be read") from None
        if any(find(text) for text in texts):
            found.add(next((place for piece, place in _PARTS.items() if piece in lower), "drawings"))
    return tuple(place for place in WHERE if place in found)


def problems_beside(file: str, places: Iterable[str], stated: Exceptions) -> Iterator[Problem]:
    """The problem of each of these places that no exception names, with what its reader calls it."""
    for place in places:
        if not stated.hold(WORKBOOK, place):
            problem, (nl, en) = citizen_number(WORKBOOK, place), WHERE[place]
            yield replace(problem, nl=f"{nl}: {problem.nl}", en=f"{en}: {problem.en}", place=file)
