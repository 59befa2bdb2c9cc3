"""What a reader with a screen reader needs of a Word paper, as far as a program can see it (EN 301 549, WCAG 2.1 AA).

1.1.1 figures have a text; 1.3.1 headings are headings, in order, and tables have a header row that is repeated; 1.4.3
letters have contrast; 2.4.2 the document has a title; 2.4.6 no heading is empty; 3.1.1 it has a language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from bekostiging.report.kit.paragraphs import Block, Drawing, Grid, Heading, Paragraph, Points

AA = 4.5
"""Least contrast of letters of ordinary size, WCAG 2.1 success criterion 1.4.3."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour such as 1F3864 (WCAG 2.1, definitions)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def barriers(paper: Path | bytes, lang: str) -> list[str]:
    """Everything in a Word paper that keeps somebody from reading it."""
    document = Document(BytesIO(paper) if isinstance(paper, bytes) else str(paper))
    return [*_properties(document, lang), *_headings(document), *_tables(document), *_figures(document)]


def _properties(document: Any, lang: str) -> list[str]:
    wanted = {"nl": "nl-NL", "en": "en-GB"}[lang]
    found = [] if document.core_properties.title.strip() else ["no title"]
    told = {one.get(qn("w:val")) for one in document.styles.element.xpath("w:docDefaults//w:lang")}
    told.add(document.core_properties.language)
    return found + ([] if told == {wanted} else [f"language {told}"])


def _headings(document: Any) -> list[str]:
    found, before, seen = [], 0, 0
    for paragraph in document.paragraphs:
        name = paragraph.style.name
        if name.startswith("Heading"):
            seen += 1
            level = int(name.split()[-1])
            if level > before + 1:
                found.append(f"heading {paragraph.text} skips a level")
            if not paragraph.text.strip():
                found.append("empty heading")
            before = level
    return found if seen else [*found, "no headings"]


def _tables(document: Any) -> list[str]:
    found = []
    for n, table in enumerate(document.tables, 1):
        properties = table._tbl.tblPr
        if table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None:
            found.append(f"table {n} has no header row")
        if properties.find(qn("w:tblCaption")) is None or properties.find(qn("w:tblDescription")) is None:
            found.append(f"table {n} is not described")
        if any(not cell.text.strip() for cell in table.rows[0].cells):
            found.append(f"table {n} has a column without a name")
        if table._tbl.xpath(".//w:gridSpan | .//w:vMerge"):
            found.append(f"table {n} has merged cells")
    return found


def _figures(document: Any) -> list[str]:
    told = [one.get("descr", "").strip() for one in document.element.body.xpath(".//wp:docPr")]
    return [f"figure {n} has no text" for n, text in enumerate(told, 1) if not text]


def words_of(blocks: Sequence[Block]) -> Iterator[str]:
    """Every text of a paper, in the order in which it is read."""
    for block in blocks:
        match block:
            case Heading():
                yield block.text
            case Paragraph():
                yield f"{block.lead} {block.text}".strip()
            case Points():
                yield from block.items
            case Grid():
                yield block.caption
                yield from (cell for row in block.rows for cell in row)
                yield from [block.note] if block.note else []
            case Drawing():
                yield from (block.alt, block.caption)
