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
from bekostiging.case.workbook.beside import numbers_beside
from bekostiging.case.workbook.marks import DamageError, Marks, has, marks_of, shared_texts, sheet_places

MOST_BYTES = 32 * 2**20
"""Unpacked size of a workbook; a region of 342 municipalities and 1,000 providers takes 5 MB."""
MOST_CELLS = 2_000_000
"""Cells of the smallest rectangle around everything in a sheet: the reader builds all of it."""
MOST_TEXT = 128 * 2**20
"""Characters of all text cells together; one long text may be shared by many cells."""
MOST_SHEETS = 200
LONGEST_TEXT = 32_767
"""Characters of one cell, the limit of Excel."""
_NUMBERS_PART = ".iwa"
"""How the name of a part of a Numbers file ends."""
_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, expat.ExpatError, EOFError, OSError, RuntimeError,
               ValueError, LookupError, OverflowError, struct.error)  # fmt: skip
"""What a damaged zip or XML raises; RuntimeError is an unknown compression, LookupError an unknown encoding."""
_BOOK = "xl/workbook.xml"
_TEXTS, _RELATIONS = "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"
_KNOWN = {name.lower(): name for name in (_BOOK, _TEXTS, _RELATIONS)}
_OTHER = {
    "mimetype",
    "content.xml",
    "xl/workbook.bin",
    "word/document.xml",
    "ppt/presentation.xml",
}
"""Parts of an .ods, an .xlsb, a .docx, a .pptx and a .numbers."""
_SHEETS = ("worksheet", "chartsheet", "dialogsheet", "macrosheet")
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
    numbers_beside: tuple[str, ...]
    """Places outside the cells where a text may hold a citizen service number (``beside.WHERE``)."""


def open_container(path: Path) -> Container:
    """Unpack and look through a workbook file.

    Raises
    ------
    UserError
        No such file, another format, a password, damaged, too large, or made to be too large.
    """
    content = _bytes(path)
    try:
        parts, names = _unpacked(path, content)
        book = parts.get(_BOOK, b"")
        marks = _marks(parts)
        never_computed = has(book, "calcPr", "fullCalcOnLoad")
        beside = numbers_beside(parts, names)
    except DamageError as error:
        raise damaged(path, error) from None
    except _UNREADABLE:
        raise damaged(path) from None
    if len(marks) > MOST_SHEETS:
        raise UserError(
            f"{path}: dit werkboek heeft meer dan {MOST_SHEETS} bladen; verwijder wat geen tabel is.",
            f"{path}: this workbook has more than {MOST_SHEETS} sheets; remove what is no table.",
        )
    for name, sheet in marks.items():
        if (sheet.last_row + 1) * (sheet.last_column + 1) > MOST_CELLS or sheet.text > MOST_TEXT:
            raise _far(path, name, sheet)
    macros = any("vbaproject" in name.lower() for name in names)
    return Container(_packed(parts), marks, macros, never_computed, beside)


def _unpacked(path: Path, content: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The parts of XML, names of known ones as the standard spells them; and the names of all parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if any(member.flag_bits & 1 for member in members):
            raise _password(path)
        if sum(member.file_size for member in members) > MOST_BYTES:
            raise _too_large(path)
        names = [member.filename for member in members]
        lower = {name.lower() for name in names}
        if _BOOK not in lower and any(name.endswith(_NUMBERS_PART) for name in lower):
            raise numbers_file(path)
        if _BOOK not in lower and lower & _OTHER:
            raise _other_format(path)
        if len(lower) < len(names):
            raise DamageError("een deel van het bestand staat er twee keer", "a part of the file is there twice")
        own = (name for name in sorted(names) if name.lower().endswith((".xml", ".rels")))
        parts = {_KNOWN.get(name.lower(), name): archive.read(name) for name in own}
    return parts, names


def _marks(parts: dict[str, bytes]) -> dict[str, Marks]:
    """The marks of every sheet of the workbook.

    Raises
    ------
    DamageError
        A sheet that is missing, empty, spoiled or named nowhere.
    """
    texts = shared_texts(parts.get(_TEXTS, b""))
    places = sheet_places(parts.get(_BOOK, b""), parts.get(_RELATIONS, b""))
    spelled = {name.lower(): name for name in parts}
    marks: dict[str, Marks] = {}
    for sheet, place in places.items():
        try:
            marks[sheet] = marks_of(parts[spelled[place.lower()]], texts)
        except DamageError as error:
            raise DamageError(f"blad {sheet}: {error.nl}", f"sheet {sheet}: {error.en}") from None
        except (KeyError, *_UNREADABLE):
            raise DamageError(
                f"blad {sheet} is er niet of is onleesbaar", f"sheet {sheet} is missing or spoiled"
            ) from None
        if marks[sheet].kind not in _SHEETS:
            raise DamageError(f"blad {sheet} is geen blad", f"sheet {sheet} is no sheet")
    if not marks:
        raise DamageError("er staan geen bladen in", "it has no sheets")
    listed = {place.lower() for place in places.values()}
    for name in spelled:
        if name.startswith("xl/worksheets/") and name.endswith(".xml") and name not in listed:
            raise DamageError(
                f"er zit een blad in dat in geen lijst staat ({name})",
                f"it has a sheet that is not listed ({name})",
            )
    return marks


def _bytes(path: Path) -> bytes:
    """The file, when it is a zip of a size that can be a case."""
    try:
        if not path.is_file():
            raise OSError
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
            raise _password(path)
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


def numbers_file(path: Path) -> UserError:
    """The error of a spreadsheet of Numbers, which on a Mac is a file or a folder."""
    return UserError(
        f"{path}: dit is een bestand van Numbers; kies daar Archief > Exporteer naar > Excel en geef dat .xlsx.",
        f"{path}: this is a file of Numbers; choose File > Export To > Excel there and give that .xlsx.",
    )


def _password(path: Path) -> UserError:
    return UserError(
        f"{path}: dit werkboek heeft een wachtwoord; bewaar het zonder wachtwoord.",
        f"{path}: this workbook has a password; save it without one.",
    )


def damaged(path: Path, damage: DamageError | None = None) -> UserError:
    """The error of a workbook that is not whole, with what is wrong where that is known.

    A spreadsheet repairs such a file by leaving out what it cannot place: the remedy is a copy.
    """
    if damage is None:
        return UserError(
            f"{path}: dit werkboek is beschadigd of onvolledig; open en bewaar het opnieuw in Excel of neem een "
            "reservekopie.",
            f"{path}: this workbook is damaged or incomplete; open and save it again in Excel or take a copy.",
        )
    return UserError(
        f"{path}: dit werkboek is beschadigd of onvolledig: {damage.nl}; neem een reservekopie, of herstel het in Excel en "
        "controleer wat er ontbreekt.",
        f"{path}: this workbook is damaged or incomplete: {damage.en}; take a copy, or repair it in Excel and check what is "
        "missing.",
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
