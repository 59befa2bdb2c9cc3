"""Papers in Word: readable for everybody, the same bytes each time, in the user's own template where there is one."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from accessible import AA, barriers, contrast, words_of
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from matplotlib.figure import Figure

from bekostiging.case import UserError
from bekostiging.characters import visible
from bekostiging.report.kit.odf import write_odf
from bekostiging.report.kit.paragraphs import (
    Block,
    Drawing,
    Grid,
    Heading,
    Paragraph,
    Points,
)
from bekostiging.report.kit.word import About, WordPapers
from bekostiging.report.kit.word_styles import SHADE, STYLES

ABOUT = About("Raadsvoorstel", "Financiële kaders", "nl", "Waalmonde", "CONCEPT", ("bladzijde", "van"))
TABLE = [["jaar", "raming", "begroot"], ["2028", "19.000", "21.000"], ["samen", "19.000", "21.000"]]


def _blocks() -> list[Block]:
    figure = Figure(figsize=(3, 1))
    figure.subplots().plot([1, 2])
    return [
        Heading("Voorgesteld besluit"),
        Points(["de kaders vast te stellen", "het risico op te nemen"], numbered=True),
        Heading("Argumenten", 2),
        Paragraph("Begroot is meer.", "1.1 De raming past."),
        Points(["opnieuw vanaf één"], numbered=True),
        Points(["zonder nummer"]),
        Grid(TABLE, "Tabel 1. Raming", "In duizenden euro.", totals=(2,)),
        Drawing(figure, "een stijgende lijn", "De uitgaven stijgen."),
        Heading("Bijlage", new_page=True),
        Paragraph("Nog in te vullen.", remark=True),
    ]


def _written(folder: Path, template: Path | None = None, about: About = ABOUT) -> Path:
    path = folder / "paper.docx"
    WordPapers(template).write(path, about, _blocks())
    return path


def test_nothing_keeps_a_reader_out(tmp_path: Path) -> None:
    assert barriers(_written(tmp_path), "nl") == []
    english = About("Council proposal", "", "en", "Waalmonde")
    assert barriers(_written(tmp_path, about=english), "en") == []
    assert barriers(tmp_path / "paper.docx", "nl") != []  # the look-out sees another language


@pytest.mark.parametrize("harm", ["skipped", "header", "alt", "title", "merged"])
def test_the_look_out_sees_what_is_wrong(tmp_path: Path, harm: str) -> None:
    document = Document(str(_written(tmp_path)))
    row = document.tables[0].rows[0]._tr
    if harm == "skipped":
        next(one for one in document.paragraphs if one.text == "Argumenten").style = "Heading 3"
    elif harm == "header":
        row.trPr.remove(row.trPr.find(qn("w:tblHeader")))
    elif harm == "alt":
        document.element.body.xpath(".//wp:docPr")[0].set("descr", " ")
    elif harm == "title":
        document.core_properties.title = ""
    else:
        document.tables[0].cell(0, 0).merge(document.tables[0].cell(0, 1))
    kept = io.BytesIO()
    document.save(kept)
    assert len(barriers(kept.getvalue(), "nl")) == 1


@pytest.mark.parametrize("style", STYLES)
def test_letters_of_the_house_have_contrast(style: str) -> None:
    assert contrast(STYLES[style].colour, "FFFFFF") >= AA
    assert contrast(STYLES["Normal"].colour, SHADE) >= AA


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21 to 1 (WCAG 2.1, definition of contrast ratio); #767676 is the lightest grey of 4.5 to 1."""
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("767676", "FFFFFF") >= AA > contrast("777777", "FFFFFF")


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    first = _written(tmp_path).read_bytes()
    assert _written(tmp_path).read_bytes() == first
    with ZipFile(io.BytesIO(first)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_paper_says_what_it_was_given(tmp_path: Path) -> None:
    document = Document(str(_written(tmp_path)))
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == TABLE
    bold = [row.cells[1].paragraphs[0].runs[0].bold for row in document.tables[0].rows]
    assert bold == [True, False, True]
    written = " ".join(one.text for one in document.paragraphs)
    cells = {cell for row in TABLE for cell in row}
    missing = [text for text in words_of(_blocks()) if text not in written and text not in cells]
    assert missing == ["een stijgende lijn"]  # the text of the figure, which nobody sees
    assert "CONCEPT" in document.sections[0].header.paragraphs[0].text


def test_every_numbered_list_begins_at_one(tmp_path: Path) -> None:
    document = Document(str(_written(tmp_path)))
    numbers = [
        one._element.pPr.numPr.numId.val for one in document.paragraphs if one.style.name.startswith("List")
    ]
    assert len(numbers) == 4
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3


def _template(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    document = Document()
    document.styles["Heading 1"].font.name = "Comic Sans MS"
    document.sections[0].header.paragraphs[0].text = "Gemeente Waalmonde"
    document.add_paragraph("Voorbeeldtekst van het sjabloon")
    for name in without:
        element = document.styles[name].element
        element.getparent().remove(element)
    path = folder / "template.docx"
    document.save(str(path))
    return path


def test_a_template_keeps_its_styles_and_its_head(tmp_path: Path) -> None:
    template = _template(tmp_path)
    assert WordPapers(template).missing == []
    document = Document(str(_written(tmp_path, template)))
    assert document.styles["Heading 1"].font.name == "Comic Sans MS"
    head = [one.text for one in document.sections[0].header.paragraphs]
    assert head == ["Gemeente Waalmonde", "CONCEPT"]
    assert "Voorbeeldtekst van het sjabloon" not in [one.text for one in document.paragraphs]
    assert barriers(tmp_path / "paper.docx", "nl") == []


def test_styles_are_found_however_another_program_spells_them(tmp_path: Path) -> None:
    """LibreOffice writes Heading 1, Caption, Header and Footer; Word stores them in small letters."""
    document = Document(str(_template(tmp_path)))
    for name in document.styles.element.iter(qn("w:name")):
        value = name.get(qn("w:val"))
        if value.split()[0] in ("heading", "caption", "header", "footer"):
            name.set(qn("w:val"), value[:1].upper() + value[1:])
    document.save(str(tmp_path / "template.docx"))
    assert WordPapers(tmp_path / "template.docx").missing == []
    written = Document(str(_written(tmp_path, tmp_path / "template.docx")))
    assert written.styles["Heading 1"].font.name == "Comic Sans MS"
    assert barriers(tmp_path / "paper.docx", "nl") == []


@pytest.mark.parametrize("text", ["\x00\x1b[2J\x0b", "\ud800 \u202e", "<w:p>&amp;]]>", "{0} %s", "lang " * 80])
def test_a_strange_text_is_written_as_it_can_be_seen(tmp_path: Path, text: str) -> None:
    """Signs that Word cannot hold are shown by their code, a long title is cut in the properties alone."""
    about = About(text, text, "nl", text, text)
    grid = Grid([[text, "b"], [text, "1"]], text, text)
    drawn = Figure(figsize=(1, 1))
    blocks: list[Block] = [Heading(text), Paragraph(text, text), Points([text]), grid, Drawing(drawn, text, text)]
    WordPapers().write(tmp_path / "paper.docx", about, blocks)
    assert barriers(tmp_path / "paper.docx", "nl") == []
    document = Document(str(tmp_path / "paper.docx"))
    assert document.paragraphs[0].text == visible(text)


def test_what_a_template_lacks_is_the_house_style(tmp_path: Path) -> None:
    template = _template(tmp_path, without=("List Number", "Table Grid", "Heading 2"))
    assert WordPapers(template).missing == ["Heading 2", "List Number", "Table Grid"]
    assert barriers(_written(tmp_path, template), "nl") == []


def test_a_template_without_lists_gets_them(tmp_path: Path) -> None:
    template = _template(tmp_path)
    document = Document(str(template))
    for key in [key for key, one in document.part.rels.items() if one.reltype.endswith("/numbering")]:
        document.part.rels.pop(key)
    for style in document.styles.element.xpath(".//w:numPr"):
        style.getparent().remove(style)
    document.save(str(template))
    numbering = Document(str(_written(tmp_path, template))).part.numbering_part.element
    kinds = [one.tag == qn("w:abstractNum") for one in numbering]
    assert kinds == sorted(kinds, reverse=True)  # Word wants the kinds before the lists
    assert sum(kinds) == 2


def test_the_mark_stands_on_a_first_page_of_its_own_too(tmp_path: Path) -> None:
    template = _template(tmp_path)
    document = Document(str(template))
    document.sections[0].different_first_page_header_footer = True
    document.settings.element.append(OxmlElement("w:evenAndOddHeaders"))
    document.save(str(template))
    section = Document(str(_written(tmp_path, template))).sections[0]
    for head in (section.header, section.first_page_header, section.even_page_header):
        assert "CONCEPT" in " ".join(one.text for one in head.paragraphs)


def test_a_page_may_end_under_a_figure_and_not_under_the_title_of_a_table(tmp_path: Path) -> None:
    document = Document(str(_written(tmp_path)))
    captions = {one.text: one for one in document.paragraphs if one.style.name == "Caption"}
    assert captions["De uitgaven stijgen."].paragraph_format.keep_with_next is False
    assert captions["Tabel 1. Raming"].paragraph_format.keep_with_next is None


def test_the_total_of_a_long_table_never_stands_alone_on_a_page(tmp_path: Path) -> None:
    """The last three rows stay together and with the note; before them a page may end."""
    rows = [["jaar", "raming"], *([str(2000 + k), "1"] for k in range(20)), ["samen", "20"]]
    path = tmp_path / "long.docx"
    WordPapers().write(path, ABOUT, [Grid(rows, "Tabel 1", "In euro.", totals=(21,))])
    (table,) = Document(str(path)).tables
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert [k for k, one in enumerate(kept) if one] == [0, 19, 20, 21]


def test_what_is_no_template_is_refused(tmp_path: Path) -> None:
    text, macro = tmp_path / "brief.docx", tmp_path / "zip.docx"
    text.write_text("geen Word")
    with ZipFile(macro, "w") as parts:
        parts.writestr("a", "b")
    whole = tmp_path / "heel.docx"
    Document().save(str(whole))
    broken, without = tmp_path / "kapot.docx", tmp_path / "leeg.docx"
    with ZipFile(whole) as old, ZipFile(broken, "w") as first, ZipFile(without, "w") as second:
        for name in old.namelist():
            part = old.read(name)
            first.writestr(name, part[: len(part) // 2] if name == "word/document.xml" else part)
            if name != "word/document.xml":
                second.writestr(name, part)
    for file in (text, macro, broken, without):
        with pytest.raises(UserError, match=r"no readable Word document; open it in Word and save it as \.docx"):
            WordPapers(file).write(tmp_path / "x.docx", ABOUT, _blocks())
    with pytest.raises(UserError, match="does not exist"):
        _ = WordPapers(tmp_path / "absent.docx").missing


def test_without_python_docx_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(UserError, match=r"install bekostiging\[word\]"):
        WordPapers().write(tmp_path / "x.docx", ABOUT, _blocks())


def test_without_libreoffice_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (note,) = write_odf([_written(tmp_path)])
    assert (
        note["nl"] == "LibreOffice staat niet op deze computer; de stukken zijn er daarom niet als .odt en .ods."
    )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
@pytest.mark.slow
def test_open_document_keeps_what_a_reader_needs(tmp_path: Path) -> None:
    """Headings, header rows, the text of the figure and the language; the same bytes for the same paper."""
    path = _written(tmp_path)
    assert write_odf([path]) == []
    odf = path.with_suffix(".odt").read_bytes()
    with ZipFile(io.BytesIO(odf)) as parts:
        content = parts.read("content.xml").decode()
        styles = parts.read("styles.xml").decode()
    assert content.count("<table:table-header-rows>") == 1
    assert 'text:outline-level="2"' in content
    assert "een stijgende lijn" in content
    assert 'fo:language="nl"' in styles
    assert write_odf([path]) == []
    assert path.with_suffix(".odt").read_bytes() == odf


def test_a_table_in_which_words_would_break_lies_across(tmp_path: Path) -> None:
    """Nine long headers do not fit upright: two such tables share a page across, what follows is upright again."""
    wide = Grid([["gerealiseerd"] * 9, ["143.229–143.323"] * 9], "Breed")
    WordPapers().write(tmp_path / "a.docx", ABOUT, [Grid(TABLE, "Smal"), wide, wide, Grid(TABLE, "Smal")])
    sections = Document(str(tmp_path / "a.docx")).sections
    assert [(one.page_width or 0) > (one.page_height or 0) for one in sections] == [False, True, False]
    assert sections[1].page_width == sections[0].page_height
