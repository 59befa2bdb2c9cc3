"""Which program made a result: a fingerprint of its own files and of the packages that can change a number."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

SOURCES = ("bekostiging", "bekostiging_solvers")
OTHERS = ("highspy", "numpy", "pyomo", "scipy")
"""Packages whose version can change a number."""


def program_fingerprint() -> str:
    """SHA-256 of every file of the program and the versions of what it computes with; equal programs give equal numbers."""
    digest = hashlib.sha256()
    for package in SOURCES:
        _add(digest, files(package), package)
    for name in OTHERS:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()


def _add(digest: hashlib._Hash, place: Traversable, name: str) -> None:
    """Add every file below a place, in the order of their names; what Python itself writes is left out."""
    for one in sorted(place.iterdir(), key=lambda entry: entry.name):
        if one.name == "__pycache__":
            continue
        if one.is_dir():
            _add(digest, one, f"{name}/{one.name}")
        else:
            digest.update(f"{name}/{one.name}\n".encode())
            digest.update(one.read_bytes())
