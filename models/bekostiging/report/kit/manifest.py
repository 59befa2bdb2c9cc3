"""manifest.json: when, with what, on what, and a fingerprint of every file of a result folder."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bekostiging.program import program_fingerprint
from bekostiging.report.kit.blas import blas_kernels
from bekostiging.report.kit.json_text import write_json

MANIFEST = "manifest.json"
PACKAGES = (
    "bekostiging", "highspy", "matplotlib", "numpy", "pyarrow", "pydantic", "pyomo", "scipy", "xlsxwriter",
)  # fmt: skip
"""What can change a result: recorded with it."""


def versions() -> dict[str, str]:
    """The version of Python and of every package that can change a result."""
    return {"python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}}


def processor() -> dict[str, str | list[str]]:
    """What of the machine can change the last bits of a result."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "simd": np.show_config(mode="dicts")["SIMD Extensions"]["found"],
        "blas": blas_kernels(),
    }


def write_manifest(folder: Path, about: Mapping[str, object]) -> None:
    """Write the manifest of a folder that is otherwise complete, with what it is ``about``."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = {
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        **about,
        "program": program_fingerprint(),
        "versions": versions(),
        "machine": {**processor(), "cores": os.cpu_count()},
        "sha256": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
        },
    }
    write_json(folder / MANIFEST, content)
