"""The dossier: inputs, settings, seeds, versions, results and report of a run in one zip, for who wants to see it again.

A zip with

    manifest.json   command, settings, cases, versions, processor, and the SHA-256 of every other file
    inputs/CASE/    the files of every case (a simulated region has none)
    suite.toml      of a benchmark
    results/        report and results

The same run gives the same bytes: names in order, no times, no paths of this machine, no number of workers. The comment at
the end of the zip is the SHA-256 of everything before it, so that no byte can change unnoticed. A public dossier has no
provider data and no inputs that a run could be repeated with; it names the full one by its SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from bekostiging.case import UserError
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.manifest import MANIFEST, processor, versions

FORMAT: Literal["bekostiging dossier 1"] = "bekostiging dossier 1"
DOSSIER, PUBLIC = "dossier.zip", "dossier-public.zip"
INPUTS, RESULTS, SUITE = "inputs", "results", "suite.toml"
LEFT_OUT = (DOSSIER, PUBLIC, MANIFEST, "scenarios.parquet")
"""Of a result folder: a dossier is not in a dossier, the folder's manifest has times, scenarios follow from the seed."""
EPOCH = (1980, 1, 1, 0, 0, 0)
DIGEST = 64
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
"""What a changed byte makes the readers of a zip raise."""


class Packed(BaseModel):
    """A case in a dossier: ``name``, ``path`` in the zip of its folder or file, None for a simulated region."""

    name: str
    path: str | None


class About(BaseModel):
    """The manifest of a dossier; ``of``: SHA-256 of the full dossier that a public one belongs to."""

    format: Literal["bekostiging dossier 1"] = FORMAT
    command: str
    settings: dict[str, Any]
    cases: list[Packed] = []
    public: bool = False
    of: str = ""
    versions: dict[str, str]
    machine: dict[str, Any]
    sha256: dict[str, str]


def packed_inputs(named: Sequence[tuple[str, Mapping[str, bytes]]]) -> tuple[list[Packed], dict[str, bytes]]:
    """Cases with their files, and every file by its place in the zip."""
    cases, files = [], {}
    for name, own in named:
        folder = f"{INPUTS}/{name}"
        files.update({f"{folder}/{file}": content for file, content in own.items()})
        alone = len(own) == 1
        path = None if not own else f"{folder}/{next(iter(own))}" if alone else folder
        cases.append(Packed(name=name, path=path))
    return cases, files


def packed_results(folder: Path) -> dict[str, bytes]:
    """Files of a result folder by their place in the zip."""
    return {
        f"{RESULTS}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in LEFT_OUT
    }


def pack(
    command: str,
    settings: Mapping[str, Any],
    files: Mapping[str, bytes],
    cases: Sequence[Packed] = (),
    public_of: str = "",
) -> bytes:
    """The bytes of a dossier; ``public_of``: the SHA-256 of the full one, when it is public."""
    about = About(
        command=command,
        settings=dict(settings),
        cases=list(cases),
        public=bool(public_of),
        of=public_of,
        versions=versions(),
        machine=processor(),
        sha256={name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    )
    manifest = json_text(about.model_dump()).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in [(MANIFEST, manifest), *sorted(files.items())]:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # alike on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
        archive.comment = b"0" * DIGEST
    body = out.getvalue()[:-DIGEST]
    return body + hashlib.sha256(body).hexdigest().encode()


@dataclass(frozen=True)
class Dossier:
    """An opened dossier: what its manifest says, its files, and the names of those that were changed afterwards."""

    about: About
    files: Mapping[str, bytes]
    changed: tuple[str, ...]
    results: dict[str, Any]
    """The content of results.json."""


def open_dossier(path: Path) -> Dossier:
    """Open a dossier and check every byte of it.

    Raises
    ------
    UserError
        No file, no dossier, cut off, or damaged: the file in it is named.
    """
    if not path.is_file():
        raise UserError(
            f"Dossier {path} bestaat niet; geef het zip-bestand dat als dossier is geschreven.",
            f"Dossier {path} does not exist; give the zip file that was written as dossier.",
            exit_code=2,
        )
    content = path.read_bytes()
    if not content.startswith(b"PK\x03\x04"):
        raise _no_dossier(path)
    try:
        opened = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE:
        raise _cut_off(path) from None
    with opened:
        files = _contents(path, opened)
        comment = opened.comment
    if 0 < len(comment) < DIGEST:
        raise _cut_off(path)
    try:
        about = About.model_validate_json(files[MANIFEST])
        results = json.loads(files[f"{RESULTS}/results.json"])
    except (KeyError, ValueError):
        raise _no_dossier(path) from None
    wanted = about.sha256
    changed = [
        name
        for name in sorted({*wanted, *files} - {MANIFEST})
        if name not in files or name not in wanted or hashlib.sha256(files[name]).hexdigest() != wanted[name]
    ]
    whole = comment == hashlib.sha256(content[: len(content) - len(comment)]).hexdigest().encode()
    if not whole and not changed:
        raise UserError(
            f"Dossier {path} is na het schrijven gewijzigd: de bestanden erin kloppen, {MANIFEST} of de zip zelf niet meer "
            "(opnieuw ingepakt?); gebruik het oorspronkelijke bestand.",
            f"Dossier {path} was changed after it was written: the files in it are right, {MANIFEST} or the zip itself is "
            "not (packed again?); use the original file.",
        )
    return Dossier(about, files, tuple(changed), results)


def _contents(path: Path, opened: zipfile.ZipFile) -> dict[str, bytes]:
    """Every file of a zip."""
    files = {}
    for entry in opened.infolist():
        try:
            files[entry.filename] = opened.read(entry)
        except DAMAGE:
            raise UserError(
                f"Dossier {path} is beschadigd in {entry.filename}; vraag het opnieuw op.",
                f"Dossier {path} is damaged in {entry.filename}; ask for it again.",
            ) from None
    return files


def _no_dossier(path: Path) -> UserError:
    return UserError(
        f"{path} is geen dossier van bekostiging; geef het zip-bestand dat als dossier is geschreven.",
        f"{path} is no dossier of bekostiging; give the zip file that was written as dossier.",
    )


def _cut_off(path: Path) -> UserError:
    return UserError(
        f"Dossier {path} is afgebroken of beschadigd: het einde van de zip is niet te lezen; vraag het opnieuw op.",
        f"Dossier {path} is cut off or damaged: the end of the zip cannot be read; ask for it again.",
    )
