"""OpenDocument beside Word and Excel, made by LibreOffice where it is on the machine."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from bekostiging.case.errors import Note
from bekostiging.report.kit.workbook import CREATED

ENDINGS = {".docx": "odt", ".xlsx": "ods"}
PATIENCE = 300
"""Seconds after which the program is taken to hang."""
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(r"<(meta:creation-date|dc:date|meta:print-date)>[^<]*</")
_CHANCE = re.compile(r'\blist\d{6,}\b|(?<="Rsid" config:type="int">)\d+|(?<="RsidRoot" config:type="int">)\d+')
"""Numbers that the program draws: of lists, and of its own sessions."""
_SPENT = re.compile(r"<(meta:editing-duration|meta:editing-cycles)>[^<]*</[^>]*>")


def write_odf(files: Sequence[Path]) -> list[Note]:
    """Write an OpenDocument file beside each Word file and workbook; what cannot be done is told in one sentence."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return [
            {
                "nl": "LibreOffice staat niet op deze computer; de stukken zijn er daarom niet als .odt en .ods.",
                "en": "LibreOffice is not on this machine; so the papers are not there as .odt and .ods.",
            }
        ]
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as profile:
        for ending, wanted in ENDINGS.items():
            own = [file for file in files if file.suffix == ending]
            for folder in dict.fromkeys(file.parent for file in own):
                names = [file for file in own if file.parent == folder]
                _convert(program, Path(profile), names, wanted)
                made = [(file, file.with_suffix(f".{wanted}")) for file in names]
                failed += [file.name for file, odf in made if not odf.is_file()]
                for _, odf in made:
                    if odf.is_file():
                        odf.write_bytes(_same_each_time(odf.read_bytes()))
    if not failed:
        return []
    listed = ", ".join(failed)
    return [
        {
            "nl": f"LibreOffice kon dit niet omzetten: {listed}; open het zelf en bewaar het als .odt of .ods.",
            "en": f"LibreOffice could not convert this: {listed}; open it and save it as .odt or .ods yourself.",
        }
    ]


def _convert(program: str, profile: Path, files: Sequence[Path], wanted: str) -> None:
    """Run LibreOffice once for some files of a folder, with settings of its own."""
    command = [
        program,
        f"-env:UserInstallation={(profile / 'settings').as_uri()}",
        "--headless",
        "--convert-to",
        wanted,
    ]
    try:
        subprocess.run(
            [*command, "--outdir", str(files[0].parent), *map(str, files)],
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except (subprocess.TimeoutExpired, OSError):
        return  # what was not made is told by name


def _same_each_time(content: bytes) -> bytes:
    """An OpenDocument file without the moment at which it was made; its first part stays uncompressed, as readers ask."""
    day = CREATED.isoformat()
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xml"):
                text = _DATES.sub(lambda found: f"<{found[1]}>{day}</", part.decode("utf-8"))
                part = _numbered_in_order(_SPENT.sub("", text)).encode("utf-8")
            info = ZipInfo(name, ZIP_DATE)
            info.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            new.writestr(info, part)
    return out.getvalue()


def _numbered_in_order(text: str) -> str:
    """The text of a part with what was drawn numbered in the order in which it stands there."""
    drawn: dict[str, str] = {}
    return _CHANCE.sub(
        lambda found: drawn.setdefault(found[0], f"{found[0].rstrip('0123456789')}{len(drawn)}"), text
    )
