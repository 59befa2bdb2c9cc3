"""How a paper in Word looks: as the house writes, or as a template of the user, with the house's style where it has none."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from bekostiging.case.errors import UserError

if TYPE_CHECKING:
    from docx.document import Document

INK, BLUE, GREY, SHADE, LINE = "222222", "1F3864", "595959", "E4EAF4", "8C97A8"
"""Letters, headings, small print, the header of a table and its lines, as Word writes colours."""
FONT = "Arial"
BODY_POINTS = 10.5


@dataclass(frozen=True)
class Look:
    """A style of the house: points, colour, bold, and space before and after in points."""

    points: float
    colour: str = INK
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 6
    keep_with_next: bool = False


STYLES: dict[str, Look] = {
    "Normal": Look(BODY_POINTS),
    "Title": Look(20, BLUE, bold=True, after=4),
    "Subtitle": Look(12, GREY, after=12),
    "Heading 1": Look(14, BLUE, bold=True, before=16, after=4, keep_with_next=True),
    "Heading 2": Look(11.5, BLUE, bold=True, before=10, after=3, keep_with_next=True),
    "Heading 3": Look(BODY_POINTS, BLUE, bold=True, before=8, after=2, keep_with_next=True),
    "List Number": Look(BODY_POINTS, after=3),
    "List Bullet": Look(BODY_POINTS, after=3),
    "Caption": Look(9.5, BLUE, bold=True, before=8, after=3, keep_with_next=True),
    "Quote": Look(9.5, GREY, italic=True, before=3, after=8),
    "Header": Look(8.5, GREY, after=0),
    "Footer": Look(8.5, GREY, after=0),
}
"""Every paragraph style that a paper uses, and how the house writes it."""
STORED_SMALL = ("Heading", "Caption", "Header", "Footer")
"""First words of styles that Word stores in small letters and shows with a capital."""
TABLE = "Table Grid"
"""The style of every table."""


def own_document() -> Document:
    """An empty paper in the style of the house: A4, no thumbnail, none of the styles of the program's own template but those
    that are used."""
    from docx import Document
    from docx.shared import Cm

    document = Document()
    for name, look in STYLES.items():
        _dress(document.styles[name], look)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    _without_unused(document)
    _draw_lines(document.styles[TABLE].element)
    package = document.part.package
    for key in [key for key, part in package.rels.items() if part.reltype.endswith("/thumbnail")]:
        package.rels.pop(key)
    return document


def _dress(style: Any, look: Look) -> None:
    """Give a paragraph style the look of the house."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    properties = style.element.get_or_add_rPr()
    for kind in ("w:rFonts", "w:color", "w:spacing", "w:kern", "w:sz", "w:szCs", "w:b", "w:bCs", "w:i", "w:iCs"):
        for one in properties.findall(qn(kind)):
            properties.remove(one)
    style.font.name, style.font.size = FONT, Pt(look.points)
    style.font.color.rgb = RGBColor.from_string(look.colour)
    style.font.bold, style.font.italic = look.bold, look.italic
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(look.before), Pt(look.after)
    shape.keep_with_next = look.keep_with_next
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)


def _without_unused(document: Document) -> None:
    """Leave out the coloured table styles of the program's own template."""
    from docx.enum.style import WD_STYLE_TYPE

    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", TABLE):
            style.element.getparent().remove(style.element)


def _draw_lines(style: Any) -> None:
    """A table has thin lines between its rows and none between its columns."""
    from docx.oxml.ns import qn

    for border in style.find(f".//{qn('w:tblBorders')}"):
        drawn = border.tag in (qn("w:top"), qn("w:bottom"), qn("w:insideH"))
        for key, value in {"w:val": "single" if drawn else "nil", "w:sz": "4", "w:color": LINE}.items():
            border.set(qn(key), value)


def _named_as_word_does(document: Document) -> None:
    """Give styles the spelling under which Word stores them: other programs write Heading 1, Word heading 1."""
    from docx.oxml.ns import qn

    stored = {name.lower(): name.lower() for name in STYLES if name.split()[0] in STORED_SMALL}
    for name in document.styles.element.iter(qn("w:name")):
        own = str(name.get(qn("w:val")))
        name.set(qn("w:val"), stored.get(own.lower(), own))


def from_template(file: Path) -> tuple[Document, list[str]]:
    """The user's own template, emptied, with its styles, margins, header and footer; and which styles it lacks, that are
    then the house's.

    Raises
    ------
    UserError
        The file is not there or is no Word document.
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docx.oxml.ns import qn

    if not file.is_file():
        raise UserError(
            f"Sjabloon {file} bestaat niet; noem een Word-bestand (.docx) met {{template}}.",
            f"Template {file} does not exist; name a Word file (.docx) with {{template}}.",
            exit_code=2,
            arguments=["template"],
        )
    try:
        document = Document(str(file))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise UserError(
            f"Sjabloon {file} is geen leesbaar Word-document; open het in Word en bewaar het als .docx, niet als .dotx.",
            f"Template {file} is no readable Word document; open it in Word and save it as .docx, not as .dotx.",
            exit_code=2,
            arguments=["template"],
        ) from error
    for one in list(document.element.body):
        if one.tag != qn("w:sectPr"):
            document.element.body.remove(one)
    _named_as_word_does(document)
    known = {style.name for style in document.styles}
    missing = [name for name in (*STYLES, TABLE) if name not in known]
    if missing:
        house = own_document()
        for name in missing:
            style = deepcopy(house.styles[name].element)
            for link in (*style.iter(qn("w:link")), *style.iter(qn("w:numPr"))):
                link.getparent().remove(link)
            document.styles.element.append(style)
    return document, missing
