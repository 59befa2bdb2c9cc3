"""A file is opened only when it is a workbook, is no bomb, and fits in memory; each refusal is one sentence."""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bekostiging.case import UserError, read_case, scaffold_case
from bekostiging.case.workbook import container
from bekostiging.case.workbook.container import open_container
from bekostiging.case.workbook.marks import MOST_COLUMNS, SharedTexts, marks_of

SHEET = "xl/worksheets/sheet3.xml"
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("new") / "regio.xlsx"
    scaffold_case(place, "nl")
    return place


def repacked(source: Path, target: Path, change: Change) -> Path:
    """The same zip with other parts."""
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target


def refused(path: Path, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        read_case(path)
    assert sentence in caught.value.text("nl"), caught.value.text("nl")


@pytest.mark.parametrize("kept", [0, 10, 0.3, 0.9, 0.999])
def test_a_truncated_file(written: Path, tmp_path: Path, kept: float) -> None:
    content = written.read_bytes()
    path = tmp_path / "x.xlsx"
    path.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    refused(path, "dit is geen .xlsx" if kept == 0 else "dit werkboek is beschadigd of onvolledig")


def test_a_password(tmp_path: Path) -> None:
    """An encrypted workbook is an OLE container (MS-OFFCRYPTO) with a stream of this name."""
    path = tmp_path / "x.xlsx"
    stream = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream + b"\0" * 500)
    refused(path, "dit werkboek heeft een wachtwoord; bewaar het zonder wachtwoord")


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"naam;bedrag\n", b"<html/>"]
)
def test_another_format(tmp_path: Path, content: bytes) -> None:
    for name in ("x.xlsx", "x.xls", "x.ods"):
        (tmp_path / name).write_bytes(content)
        refused(
            tmp_path / name, "dit is geen .xlsx; open het in Excel of LibreOffice en bewaar het als 'Excel-werkmap"
        )


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("brief.txt", "geachte")
    refused(tmp_path / "x.xlsx", "beschadigd of onvolledig")


def _replace(part: str, old: bytes, new: bytes, count: int = 1) -> Change:
    """A change of one part."""

    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new, count)

    return change


def _set_part(part: str, content: bytes) -> Change:
    return lambda parts: parts.update({part: content})


def _drop_part(part: str) -> Change:
    return lambda parts: parts.pop(part) and None


def _move(part: str, to: str) -> Change:
    return lambda parts: parts.update({to: parts.pop(part)})


LIST, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_drop_part(SHEET), "blad gebieden is er niet of is onleesbaar"),
        (_set_part(SHEET, b""), "blad gebieden is er niet of is onleesbaar"),
        (_set_part(SHEET, b"<a/>"), "blad gebieden is geen blad"),
        (_set_part(SHEET, b"<worksheet>"), "blad gebieden is er niet of is onleesbaar"),
        (_replace(SHEET, b'encoding="UTF-8"', b'encoding="bogus"'), "blad gebieden is er niet of is onleesbaar"),
        (_move(SHEET, "xl/worksheets/blad3.xml"), "blad gebieden is er niet of is onleesbaar"),
        (
            _replace(SHEET, b'<row r="7"', b'<row r="6"'),
            "blad gebieden: rij 6 staat er twee keer of niet op volgorde",
        ),
        (
            _replace(SHEET, b' r="B6"', b' r="A6"'),
            "blad gebieden: cel A6 staat er twee keer of op een andere plaats",
        ),
        (
            _replace(SHEET, b' r="B6"', b' r="B5"'),
            "blad gebieden: cel B5 staat er twee keer of op een andere plaats",
        ),
        (
            _replace(SHEET, b'<row r="7"', b'</sheetData><sheetData><row r="7"'),
            "blad gebieden: heeft zijn cellen twee keer",
        ),
        (_replace(SHEET, b"</v>", b"</v><v>0</v>"), "blad gebieden: cel A1 heeft twee waarden"),
        (_replace(SHEET, b"<v>", b"<v>99999"), "blad gebieden: de tekst van cel A1 is er niet"),
        (
            _replace(RELATIONS, b"worksheets/sheet3.xml", b"worksheets/sheet4.xml"),
            "heeft geen eigen inhoud in het bestand",
        ),
        (_replace(RELATIONS, b'Id="rId3"', b'Id="rId99"'), "blad gebieden heeft geen eigen inhoud in het bestand"),
        (_replace(LIST, b'name="gebieden"', b'name="gemeenten"'), "blad gemeenten staat er twee keer"),
        (
            _replace(LIST, b'<sheet name="gebieden" sheetId="3" r:id="rId3"/>', b""),
            "een blad in dat in geen lijst staat",
        ),
    ],
)
def test_what_would_cost_rows_in_silence_is_damage(
    written: Path, tmp_path: Path, change: Change, sentence: str
) -> None:
    path = repacked(written, tmp_path / "x.xlsx", change)
    refused(path, "beschadigd of onvolledig: ")
    refused(path, sentence)


def test_a_part_that_is_there_twice(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(written.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET.upper(), b"<worksheet><sheetData/></worksheet>")
    refused(path, "beschadigd of onvolledig: een deel van het bestand staat er twee keer")


def test_names_of_parts_in_capitals_are_the_same_names(written: Path, tmp_path: Path) -> None:
    """Names of parts are equal without regard to capitals (ECMA-376 part 2, 6.2.2.3)."""
    path = repacked(written, tmp_path / "x.xlsx", _move("xl/sharedStrings.xml", "xl/SharedStrings.xml"))
    assert read_case(path) == read_case(written)


@pytest.mark.parametrize("part", ["mimetype", "xl/workbook.bin", "word/document.xml"])
def test_a_zip_of_another_program(tmp_path: Path, part: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr(part, b"x")
    refused(tmp_path / "x.xlsx", "dit is geen .xlsx; open het in Excel of LibreOffice")


def test_macros_are_neither_read_nor_run_and_told(written: Path, tmp_path: Path) -> None:
    path = repacked(
        written, tmp_path / "x.xlsm", lambda parts: parts.update({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    )
    (note,) = read_case(path).notes
    assert note["nl"] == "het werkboek bevat macro's; zij zijn niet gelezen en niet uitgevoerd"


def test_a_bomb_that_says_its_size(written: Path, tmp_path: Path) -> None:
    """1 GB of spaces is 1 MB packed: its size is read from the directory, it is never unpacked."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(written.read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bom.xml", "w") as part:
        for _ in range(80):
            part.write(b" " * 2**20)
    refused(path, "is uitgepakt groter dan 32 MB; dat is geen casus, er wordt niets gelezen")


def test_a_bomb_that_lies_about_its_size(written: Path, tmp_path: Path) -> None:
    """The directory says 10 bytes: more is never unpacked, and the checksum does not fit."""
    path = repacked(written, tmp_path / "x.xlsx", lambda parts: parts.update({SHEET: b" " * 2**22}))
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    while content[place + 46 : place + 46 + len(SHEET)] != SHEET.encode():
        place = content.index(b"PK\x01\x02", place + 4)
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    path.write_bytes(bytes(content))
    refused(path, "beschadigd of onvolledig")


def test_entities_without_end(written: Path, tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    refused(
        repacked(written, tmp_path / "x.xlsx", lambda parts: parts.update({SHEET: bomb})),
        "beschadigd of onvolledig",
    )


def test_a_cell_far_outside_the_table(written: Path, tmp_path: Path) -> None:
    def far(parts: dict[str, bytes]) -> None:
        cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", cell)

    refused(repacked(written, tmp_path / "x.xlsx", far), "blad gebieden loopt tot rij 1048576 en kolom 16384")


def test_one_long_text_in_many_cells(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shared texts are stored once and copied into every cell that refers to them."""
    monkeypatch.setattr(container, "MOST_TEXT", 100)
    refused(written, "of heeft zeer lange teksten")


def test_the_reader_of_cells_gets_the_measured_parts_and_no_others(written: Path, tmp_path: Path) -> None:
    path = repacked(written, tmp_path / "x.xlsx", lambda parts: parts.update({"xl/media/foto.png": b"\x89PNG"}))
    with zipfile.ZipFile(io.BytesIO(open_container(path).content)) as archive:
        assert all(name.endswith((".xml", ".rels")) for name in archive.namelist())


def test_marks_of_a_sheet_written_by_hand() -> None:
    """Cells with and without a place, formulas with and without outcome, prefixes as other programs write them."""
    found = marks_of(
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<x:cols><x:col min="2" max="3" hidden="1"/></x:cols><x:sheetData>'
        b'<x:row r="2" hidden="true"><x:c r="B2" t="s"><x:v>0</x:v></x:c><x:c><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>'
        b'<x:row><x:c><x:f>A1</x:f><x:v/></x:c><x:c t="str"><x:f>""</x:f><x:v></x:v></x:c>'
        b'<x:c t="e"><x:v>#REF!</x:v></x:c></x:row>'
        b"</x:sheetData></x:worksheet>",
        SharedTexts([7], [False]),
    )
    assert (found.hidden_rows, found.hidden_columns, found.text) == ({1}, [(1, 2)], 7)
    assert found.formulas == {(1, 2), (2, 0), (2, 1)}
    assert found.uncomputed == {(2, 0)}
    assert found.errors == {(2, 2): "#REF!"}
    assert (found.last_row, found.last_column) == (2, 2)
    assert [divmod(place, MOST_COLUMNS) for place in found.filled] == [(1, 1), (1, 2)]


def test_a_file_of_numbers_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    """As a file, as a folder, and with another name."""
    inside = {"Index/Document.iwa": b"x", "Index/Tables/Tile.iwa": b"x", "preview.jpg": b"x"}
    for name in ("regio.numbers", "regio.xlsx"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for part, content in inside.items():
                archive.writestr(part, content)
    (tmp_path / "map.numbers").mkdir()
    for name in ("regio.numbers", "regio.xlsx", "map.numbers"):
        with pytest.raises(UserError) as caught:
            read_case(tmp_path / name)
        assert "dit is een bestand van Numbers; kies daar Archief > Exporteer naar > Excel" in caught.value.text(
            "nl"
        )
        assert "\n" not in caught.value.text("nl")


def test_a_folder_with_a_workbook_and_one_table_alone_are_a_sentence(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).parents[4] / "examples" / "veenrand.xlsx", tmp_path / "regio.xlsx")
    (tmp_path / "areas.csv").write_text("id;name\n")
    with pytest.raises(UserError, match=r"areas\.csv is one table; give the folder that holds all tables"):
        read_case(tmp_path / "areas.csv")
    (tmp_path / "areas.csv").unlink()
    with pytest.raises(UserError, match=r"holds no tables .* but regio.xlsx; give that workbook itself"):
        read_case(tmp_path)
