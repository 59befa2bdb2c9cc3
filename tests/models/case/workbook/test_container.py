"""A file is opened only when it is a workbook, is no bomb, and fits in memory; each refusal is one sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bekostiging.case import UserError, read_case, scaffold_case
from bekostiging.case.workbook import container
from bekostiging.case.workbook.container import open_container
from bekostiging.case.workbook.marks import marks_of

SHEET = "xl/worksheets/sheet3.xml"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("new") / "regio.xlsx"
    scaffold_case(place, "nl")
    return place


def repacked(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
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
        [7],
    )
    assert (found.hidden_rows, found.hidden_columns, found.text) == ({1}, [(1, 2)], 7)
    assert found.formulas == {(1, 2), (2, 0), (2, 1)}
    assert found.uncomputed == {(2, 0)}
    assert found.errors == {(2, 2): "#REF!"}
    assert (found.last_row, found.last_column) == (2, 2)
