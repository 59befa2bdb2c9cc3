"""A paper as a Word file: headings, lists, tables and figures as a screen reader needs them, and the same bytes each time.

Every table has a repeated header row, every figure a text, the document a title and a language (EN 301 549, WCAG 2.1 AA).
Needs python-docx: extra ``word``.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bekostiging.case.errors import UserError
from bekostiging.characters import visible
from bekostiging.report.kit.paragraphs import Block, Drawing, Grid, Heading, Paragraph, Points
from bekostiging.report.kit.style import house_style
from bekostiging.report.kit.word_lists import SPACE, Lists
from bekostiging.report.kit.word_styles import SHADE, TABLE, from_template, own_document
from bekostiging.report.kit.workbook import CREATED

if TYPE_CHECKING:
    from docx.document import Document

LANGUAGES = {"nl": "nl-NL", "en": "en-GB"}
LONGEST_PROPERTY = 255
"""Letters of a title in the properties of a file."""
LONGEST = 45
"""Letters up to which a longer text makes its column wider."""
LETTER, PADDING = 0.56, 3.5
"""Width of a bold letter as a part of its height, and letters of white beside a word."""
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
DOTS_PER_INCH = 200
MANY, TABLE_POINTS, SMALL_POINTS = 6, 9.5, 8.5
"""Columns from which a table has smaller letters, and both sizes."""
SHORT = 14
"""Rows up to which a table is kept on one page."""
LAST = 3
"""Rows at the end of a longer table that are kept together, with its note."""


@dataclass(frozen=True)
class About:
    """What a paper says of itself: ``title``, ``subject`` under it, ``head`` on top of every page, ``mark`` (confidential,
    concept) there in bold, and the words for page and of in the foot."""

    title: str
    subject: str
    lang: str
    head: str
    mark: str = ""
    page: tuple[str, str] = ("", "/")


@dataclass(frozen=True)
class WordPapers:
    """Writes papers in the house style, or in that of a template."""

    template: Path | None = None

    @cached_property
    def missing(self) -> list[str]:
        """Styles that the template lacks, for which the house's are used.

        Raises
        ------
        UserError
            The template is no Word document, or python-docx is not there.
        """
        return [] if self.template is None else from_template(self.template)[1]

    @cached_property
    def _empty(self) -> bytes:
        """An empty paper in the house style, dressed once for all that are written."""
        kept = io.BytesIO()
        own_document().save(kept)
        return kept.getvalue()

    def write(self, path: Path, about: About, blocks: Sequence[Block]) -> None:
        """Write a paper of these blocks.

        Raises
        ------
        UserError
            The template is no Word document, or python-docx is not there.
        """
        needs_word()
        from docx import Document

        document = Document(io.BytesIO(self._empty)) if self.template is None else from_template(self.template)[0]
        _Paper(document, about, own=self.template is None).write(blocks)
        kept = io.BytesIO()
        document.save(kept)
        path.write_bytes(_same_each_time(kept.getvalue()))


def needs_word() -> None:
    """Refuse where python-docx is not there, with the remedy.

    Raises
    ------
    UserError
        It is not installed.
    """
    try:
        import docx  # noqa: F401
    except ImportError:
        raise UserError(
            "Stukken in Word vragen python-docx; installeer bekostiging[word].",
            "Papers in Word need python-docx; install bekostiging[word].",
            exit_code=2,
        ) from None


def _same_each_time(content: bytes) -> bytes:
    """A Word file with the dates of its parts fixed."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = ZipInfo(name, ZIP_DATE)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, old.read(name))
    return out.getvalue()


@dataclass
class _Paper:
    """One document on its way; ``own``: in the house style."""

    document: Document
    about: About
    own: bool

    def write(self, blocks: Sequence[Block]) -> None:
        """Title, properties and margins, then every block."""
        self._describe()
        self._margins()
        self.lists = Lists(self.document)
        self.document.add_paragraph(visible(self.about.title), style="Title")
        if self.about.subject:
            self.document.add_paragraph(visible(self.about.subject), style="Subtitle")
        for block in blocks:
            self._turn(sideways=isinstance(block, Grid) and WordTable(self.document, block).breaks_words)
            match block:
                case Heading():
                    line = self.document.add_paragraph(visible(block.text), style=f"Heading {block.level}")
                    line.paragraph_format.page_break_before = block.new_page or None
                case Paragraph():
                    self._paragraph(block)
                case Points():
                    self._points(block)
                case Grid():
                    self._grid(block)
                case Drawing():
                    self._drawing(block)

    def _turn(self, *, sideways: bool) -> None:
        """A page of its own across for a table in which words would break, and upright again after it."""
        from docx.enum.section import WD_ORIENT, WD_SECTION

        last = self.document.sections[-1]
        width, height = last.page_width, last.page_height
        if width is None or height is None or sideways == (width > height):
            return
        turned = self.document.add_section(WD_SECTION.NEW_PAGE)
        turned.orientation = WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT
        turned.page_width, turned.page_height = height, width

    def _describe(self) -> None:
        """Title, language and dates, that are the same each time."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        about, own = self.about, self.document.core_properties
        own.title, own.subject = (visible(one)[:LONGEST_PROPERTY] for one in (about.title, about.subject))
        own.language = LANGUAGES[about.lang]
        own.author = own.last_modified_by = "bekostiging"
        own.comments, own.keywords, own.category, own.revision = "", "", "", 1
        own.created = own.modified = CREATED
        for properties in (*self._defaults(), self.document.styles["Normal"].element.get_or_add_rPr()):
            for old in properties.findall(qn("w:lang")):
                properties.remove(old)
            language = OxmlElement("w:lang")
            language.set(qn("w:val"), LANGUAGES[about.lang])
            properties.append(language)

    def _defaults(self) -> list[Any]:
        """Where a document says the language of everything."""
        return list(self.document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr"))

    def _margins(self) -> None:
        """Head and mark on top of every page, its number below; what a template has there is kept."""
        for section in self.document.sections:
            tops, feet = [section.header], [section.footer]
            if section.different_first_page_header_footer:
                tops, feet = [*tops, section.first_page_header], [*feet, section.first_page_footer]
            if self.document.settings.odd_and_even_pages_header_footer:
                tops, feet = [*tops, section.even_page_header], [*feet, section.even_page_footer]
            for top in tops:
                self._head(top)
            for foot in feet:
                if self.own or not _said(foot):
                    self._foot(foot)

    def _head(self, top: Any) -> None:
        """What the paper is, in the house style, and the mark in any."""
        kept = _said(top) and not self.own
        top.is_linked_to_previous = False
        for paragraph in [] if kept else top.paragraphs[1:]:
            paragraph._element.getparent().remove(paragraph._element)
        line = top.add_paragraph() if kept else top.paragraphs[0]
        line.style = self.document.styles["Header"]
        if not kept:
            line.add_run(visible(self.about.head) + ("    " if self.about.mark else ""))
        if self.about.mark:
            line.add_run(visible(self.about.mark)).bold = True

    def _foot(self, foot: Any) -> None:
        """Page so much of so many."""
        foot.is_linked_to_previous = False
        line = foot.paragraphs[0]
        line.style = self.document.styles["Footer"]
        page, of = self.about.page
        line.add_run(f"{page} ".lstrip())
        _field(line, "PAGE")
        line.add_run(f" {of} ")
        _field(line, "NUMPAGES")

    def _paragraph(self, block: Paragraph) -> None:
        """Sentences, the lead in bold."""
        line = self.document.add_paragraph(style="Quote" if block.remark else "Normal")
        if block.lead:
            line.add_run(f"{visible(block.lead)} ").bold = True
        line.add_run(visible(block.text))

    def _points(self, block: Points) -> None:
        """A list of its own, numbered from one."""
        number = self.lists.new(block.numbered)
        for item in block.items:
            line = self.document.add_paragraph(
                visible(item), style="List Number" if block.numbered else "List Bullet"
            )
            self.lists.mark(line, number)

    def _grid(self, block: Grid) -> None:
        """Caption, table, note."""
        self.document.add_paragraph(visible(block.caption), style="Caption")
        WordTable(self.document, block).write()
        note = self.document.add_paragraph(visible(block.note), style="Quote" if block.note else "Normal")
        if not block.note:
            note.paragraph_format.space_after = 0

    def _drawing(self, block: Drawing) -> None:
        """The figure with its text, and the caption under it."""
        from docx.shared import Cm

        kept = io.BytesIO()
        with house_style():
            block.figure().savefig(kept, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        kept.seek(0)
        line = self.document.add_paragraph()
        line.paragraph_format.keep_with_next = True
        line.add_run().add_picture(kept, width=min(_wide(self.document), Cm(16)))
        named = line._element.xpath(".//wp:docPr")[0]
        named.set("descr", visible(block.alt))
        named.set("title", visible(block.caption))
        below = self.document.add_paragraph(visible(block.caption), style="Caption")
        # that of a table stays with it; under a figure a page may end
        below.paragraph_format.keep_with_next = False


@dataclass
class WordTable:
    """One table of a document."""

    document: Document
    block: Grid

    def write(self) -> None:
        """Rows with a repeated header, numbers to the right, totals in bold."""
        from docx.oxml.ns import qn

        rows = self.block.rows
        table = self.document.add_table(0, len(rows[0]), style=TABLE)
        table.autofit = False
        self._describe(table)
        widths = self._widths()
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in self._rows(widths):
            table._tbl.append(row)
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        for key, value in {"w:firstRow": "1", "w:firstColumn": "1", "w:noVBand": "1"}.items():
            look.set(qn(key), value)

    def _rows(self, widths: Sequence[int]) -> list[Any]:
        """Every row, read from one text of Word's own language: cell by cell python-docx takes ten times as long."""
        from docx.oxml import parse_xml
        from docx.shared import Emu

        columns = [
            (Emu(width).twips, '<w:jc w:val="right"/>' if self.block.right_aligned(c) else "")
            for c, width in enumerate(widths)
        ]
        # a short table stays on one page, with its note; of a long one the total is never alone on the next
        short = len(self.block.rows) <= SHORT
        size = round(2 * self._points())
        texts = [f'<w:tbl xmlns:w="{SPACE}">']
        for r, row in enumerate(self.block.rows):
            keep = "<w:keepNext/>" if r == 0 or short or r >= len(self.block.rows) - LAST else ""
            bold = "<w:b/>" if r == 0 or r in self.block.totals else '<w:b w:val="0"/>'
            shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/>' if r == 0 else ""
            texts.append(f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if r == 0 else ''}</w:trPr>")
            texts += [
                f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{shade}</w:tcPr><w:p><w:pPr>{keep}'
                f'<w:spacing w:before="30" w:after="30"/>{side}</w:pPr><w:r><w:rPr>{bold}<w:sz w:val="{size}"/></w:rPr>'
                f"{_run_text(text)}</w:r></w:p></w:tc>"
                for text, (width, side) in zip(row, columns, strict=True)
            ]
            texts.append("</w:tr>")
        return list(parse_xml("".join([*texts, "</w:tbl>"])))

    def _describe(self, table: Any) -> None:
        """What the table is, for who does not see it."""
        properties = table._tbl.tblPr
        properties.append(_element("w:tblCaption", {"w:val": visible(self.block.caption)}))
        said = "; ".join(visible(one) for one in self.block.rows[0] if one)
        properties.append(_element("w:tblDescription", {"w:val": said}))

    def _widths(self) -> list[int]:
        """Widths in which no word is broken, together those of the page; what is left goes where the longest texts are."""
        columns, wide = self._columns(), _wide(self.document)
        words = [_longest_word(column) for column in columns]
        texts = [min(max(map(len, column)), LONGEST) for column in columns]
        least = self._least()
        more = [max(text - word, 0) for text, word in zip(texts, words, strict=True)]
        left = wide - sum(least)
        if left < 0:
            return [int(wide * one / sum(least)) for one in least]
        parts = [(extra / sum(more) if sum(more) else 1 / len(least)) for extra in more]
        return [one + int(left * (part + 1 / len(least)) / 2) for one, part in zip(least, parts, strict=True)]

    @property
    def breaks_words(self) -> bool:
        """Whether an upright page is too narrow for the longest word of every column."""
        first = self.document.sections[0]
        return sum(self._least()) > _wide(self.document, first)

    def _columns(self) -> list[list[str]]:
        """The texts of every column."""
        return [[row[c] for row in self.block.rows] for c in range(len(self.block.rows[0]))]

    def _least(self) -> list[int]:
        """The width of every column in which no word is broken."""
        from docx.shared import Pt

        letter = int(Pt(LETTER * self._points()))
        return [int((_longest_word(column) + PADDING) * letter) for column in self._columns()]

    def _points(self) -> float:
        """The size of the letters, small where there are many columns."""
        return SMALL_POINTS if len(self.block.rows[0]) >= MANY else TABLE_POINTS


def _longest_word(column: Sequence[str]) -> int:
    """Letters of the longest word of a column."""
    return max(len(word) for cell in column for word in cell.split(" "))


def _wide(document: Document, section: Any = None) -> int:
    """Room for text on a page, that of the last section unless given, in Word's own unit; that of A4 where a template
    does not say."""
    from docx.shared import Cm

    section = section or document.sections[-1]
    page, left, right = section.page_width, section.left_margin, section.right_margin
    return int(Cm(16) if page is None or left is None or right is None else page - left - right)


def _said(part: Any) -> bool:
    """Whether a head or foot of a template has anything in it."""
    return not part.is_linked_to_previous and (
        any(one.text.strip() for one in part.paragraphs)
        or bool(part.tables)
        or bool(part._element.xpath(".//w:drawing"))
    )


def _element(name: str, values: dict[str, str] | None = None) -> Any:
    """An element of Word's own language."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in (values or {}).items():
        element.set(qn(key), value)
    return element


def _run_text(text: str) -> str:
    """A text in Word's own language, with its breaks.

    >>> _run_text("a < b\\nc"), _run_text("")
    ('<w:t>a &lt; b</w:t><w:br/><w:t>c</w:t>', '')
    """
    found = []
    for line in visible(text).split("\n"):
        space = ' xml:space="preserve"' if line != line.strip() else ""
        found.append(f"<w:t{space}>{escape(line)}</w:t>" if line else "")
    return "<w:br/>".join(found)


def _field(line: Any, code: str) -> None:
    """A field that the reader's program fills in, such as the number of the page."""
    run = line.add_run()
    for kind in ("begin", "", "separate", "1", "end"):
        if kind in ("begin", "separate", "end"):
            run._element.append(_element("w:fldChar", {"w:fldCharType": kind}))
            continue
        text = _element("w:t" if kind else "w:instrText")
        text.text = kind or code
        run._element.append(text)
