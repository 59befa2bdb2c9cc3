"""manifest.json: when, with what, on what, and a fingerprint of every file of a result folder."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bekostiging.case import Case

MANIFEST = "manifest.json"
PACKAGES = (
    "bekostiging", "highspy", "matplotlib", "numpy", "pyarrow", "pydantic", "pyomo", "scipy", "xlsxwriter",
)  # fmt: skip
"""What can change a result: recorded with it."""


def write_manifest(folder: Path, case: Case, settings: Mapping[str, object]) -> None:
    """Write the manifest of a folder that is otherwise complete."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    content = {
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "case": case.name,
        "disclaimer": case.disclaimer,
        "settings": dict(settings),
        "versions": {"python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}},
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "simd": np.show_config(mode="dicts")["SIMD Extensions"]["found"],
        },
        "sha256": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="")
