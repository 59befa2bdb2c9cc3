"""Lists of a Word paper: every numbered list begins at one, whatever the template counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
KINDS = {True: ("decimal", "%1."), False: ("bullet", "•")}
"""How a numbered list and one with bullets are marked."""
INDENT = 425
"""Twentieths of a point from the margin to the text."""


class Lists:
    """The lists of a document, whose template may count lists of its own."""

    def __init__(self, document: Document) -> None:
        self.numbering = _numbering(document)
        self.kinds = {numbered: self._kind(numbered) for numbered in KINDS}

    def _next(self, element: str, attribute: str) -> int:
        """A number that no list of the document has."""
        taken = [
            int(one.get(f"{{{SPACE}}}{attribute}")) for one in self.numbering.findall(f"{{{SPACE}}}{element}")
        ]
        return max(taken, default=0) + 1

    def _kind(self, numbered: bool) -> int:
        """Add what lists of a kind look like; Word wants it before every list."""
        from docx.oxml import parse_xml

        number, (form, text) = self._next("abstractNum", "abstractNumId"), KINDS[numbered]
        element = parse_xml(
            f'<w:abstractNum xmlns:w="{SPACE}" w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>'
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{INDENT}" w:hanging="{INDENT}"/></w:pPr></w:lvl></w:abstractNum>'
        )
        self.numbering.insert(0, element)
        return number

    def new(self, numbered: bool) -> int:
        """The number of a list that begins."""
        from docx.oxml import parse_xml

        number = self._next("num", "numId")
        start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if numbered else ""
        self.numbering.append(
            parse_xml(
                f'<w:num xmlns:w="{SPACE}" w:numId="{number}"><w:abstractNumId w:val="{self.kinds[numbered]}"/>'
                f"{start}</w:num>"
            )
        )
        return number

    def mark(self, paragraph: Any, number: int) -> None:
        """Make a paragraph a point of a list."""
        from docx.oxml import parse_xml

        properties = paragraph._element.get_or_add_pPr()
        properties._insert_numPr(
            parse_xml(
                f'<w:numPr xmlns:w="{SPACE}"><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>',
            )
        )


def _numbering(document: Document) -> Any:
    """The part of a document that counts its lists, made where a template has none."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.oxml import parse_xml
    from docx.parts.numbering import NumberingPart

    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return relation.target_part.element
    element = parse_xml(f'<w:numbering xmlns:w="{SPACE}"/>')
    part = NumberingPart(
        PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, element, document.part.package
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
    return element
