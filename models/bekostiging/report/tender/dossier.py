"""Packing a dossier: inputs, settings, seeds, versions, results and report of a run in one zip, to be seen again.

A zip with

    manifest.json   command, settings, cases, versions, processor with its BLAS kernel, and the SHA-256 of every other file
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
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bekostiging.case.kept import KEPT
from bekostiging.report.kit.export import KEY_LIST
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.manifest import MANIFEST, processor, versions
from bekostiging.report.tender.about import About, Machine, Packed

DOSSIER, PUBLIC = "dossier.zip", "dossier-public.zip"
INPUTS, RESULTS, SUITE = "inputs", "results", "suite.toml"
LEFT_OUT = (DOSSIER, PUBLIC, MANIFEST, KEY_LIST, KEPT, "scenarios.parquet")
"""Of a result folder: a dossier is not in a dossier, the folder's manifest has times, the key list stays apart, the
case stands among the inputs, scenarios follow from the seed."""
EPOCH = (1980, 1, 1, 0, 0, 0)
DIGEST = 64
NOT_EVERYWHERE = re.compile(r"[^\w .()+,@-]")
"""What the name of a workbook may have on one system and not on another."""


def packed_inputs(named: Sequence[tuple[str, Mapping[str, bytes]]]) -> tuple[list[Packed], dict[str, bytes]]:
    """Cases with their files, and every file by its place in the zip."""
    cases, files = [], {}
    for name, own in named:
        folder = f"{INPUTS}/{name}"
        places = {file: f"{folder}/{NOT_EVERYWHERE.sub('-', file)}" for file in own}
        files.update({places[file]: content for file, content in own.items()})
        path = None if not own else next(iter(places.values())) if len(own) == 1 else folder
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
        machine=Machine.model_validate(processor()),
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
