"""The file of a workbook: opened only when it is what it says, is no bomb, and fits in memory.

An .xlsx is a zip of XML. Its parts are unpacked here, within limits, measured (``marks``), and packed again for the
reader of the cells, so that what that reader sees is what was measured, whatever the headers of the zip say.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from bekostiging.case.errors import UserError
from bekostiging.case.workbook.marks import Marks, has, marks_of, shared_lengths, sheet_places

MOST_BYTES = 32 * 2**20
"""Unpacked size of a workbook; a region of 342 municipalities and 1,000 providers takes 5 MB."""
MOST_CELLS = 2_000_000
"""Cells of the smallest rectangle around everything in a sheet: the reader builds all of it."""
MOST_TEXT = 128 * 2**20
"""Characters of all text cells together; one long text may be shared by many cells."""
MOST_SHEETS = 200
LONGEST_TEXT = 32_767
"""Characters of one cell, the limit of Excel."""
_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, expat.ExpatError, EOFError, OSError, RuntimeError,
               ValueError, struct.error)  # fmt: skip
"""What a damaged zip or XML raises; RuntimeError is a part with a password or an unknown compression."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Container:
    """An opened workbook file: its bytes, the marks of every sheet by name, and what is in it beside cells."""

    content: bytes
    marks: dict[str, Marks]
    macros: bool
    never_computed: bool
    """A program wrote the formulas and no spreadsheet has computed them since."""


def open_container(path: Path) -> Container:
    """Unpack and look through a workbook file.

    Raises
    ------
    UserError
        No such file, another format, a password, damaged, too large, or made to be too large.
    """
    content = _bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                raise _too_large(path)
            names = sorted(set(archive.namelist()))
            parts = {name: archive.read(name) for name in names if name.endswith((".xml", ".rels"))}
        book = parts.get("xl/workbook.xml", b"")
        lengths = shared_lengths(parts.get("xl/sharedStrings.xml", b""))
        places = sheet_places(book, parts.get("xl/_rels/workbook.xml.rels", b""))
        marks = {name: marks_of(parts[part], lengths) for name, part in places.items() if part in parts}
        never_computed = has(book, "calcPr", "fullCalcOnLoad")
    except _UNREADABLE:
        raise _damaged(path) from None
    if not marks:
        raise _damaged(path)
    if len(marks) > MOST_SHEETS:
        raise UserError(
            f"{path}: dit werkboek heeft meer dan {MOST_SHEETS} bladen; verwijder wat geen tabel is.",
            f"{path}: this workbook has more than {MOST_SHEETS} sheets; remove what is no table.",
        )
    for name, sheet in marks.items():
        if (sheet.last_row + 1) * (sheet.last_column + 1) > MOST_CELLS or sheet.text > MOST_TEXT:
            raise _far(path, name, sheet)
    return Container(_packed(parts), marks, any("vbaProject" in name for name in names), never_computed)


def _bytes(path: Path) -> bytes:
    """The file, when it is a zip of a size that can be a case."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(path)
        content = path.read_bytes()
    except OSError:
        raise UserError(
            f"{path}: dit werkboek is er niet of kan niet worden gelezen; controleer naam en rechten.",
            f"{path}: there is no such workbook, or it cannot be read; check its name and rights.",
        ) from None
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise UserError(
                f"{path}: dit werkboek heeft een wachtwoord; bewaar het zonder wachtwoord.",
                f"{path}: this workbook has a password; save it without one.",
            )
        raise _other_format(path)
    if not content.startswith(b"PK"):
        raise _other_format(path)
    return content


def _packed(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts and nothing else."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _other_format(path: Path) -> UserError:
    return UserError(
        f"{path}: dit is geen .xlsx; open het in Excel of LibreOffice en bewaar het als 'Excel-werkmap (.xlsx)'.",
        f"{path}: this is no .xlsx; open it in Excel or LibreOffice and save it as 'Excel workbook (.xlsx)'.",
    )


def _damaged(path: Path) -> UserError:
    return UserError(
        f"{path}: dit werkboek is beschadigd of onvolledig; open en bewaar het opnieuw in Excel of neem een reservekopie.",
        f"{path}: this workbook is damaged or incomplete; open and save it again in Excel or take a copy.",
    )


def _too_large(path: Path) -> UserError:
    return UserError(
        f"{path}: dit werkboek is uitgepakt groter dan {MOST_BYTES // 2**20} MB; dat is geen casus, er wordt niets gelezen.",
        f"{path}: this workbook unpacks to more than {MOST_BYTES // 2**20} MB; that is no case, nothing is read.",
    )


def _far(path: Path, name: str, sheet: Marks) -> UserError:
    rows, columns = sheet.last_row + 1, sheet.last_column + 1
    return UserError(
        f"{path}: blad {name} loopt tot rij {rows} en kolom {columns}, of heeft zeer lange teksten; wis "
        "wat ver buiten de tabel staat.",
        f"{path}: sheet {name} goes on to row {rows} and column {columns}, or has very long texts; clear what is far "
        "outside the table.",
    )
