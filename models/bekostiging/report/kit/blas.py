"""Which library and kernel do the matrix arithmetic of NumPy and SciPy: another kernel adds in another order.

OpenBLAS chooses its kernel when it is loaded, after the processor (or ``OPENBLAS_CORETYPE``), so that two machines with the
same packages can differ in the last digits.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scipy

ASKED = (
    "scipy_openblas_get_corename64_", "scipy_openblas_get_corename", "openblas_get_corename64_", "openblas_get_corename",
)  # fmt: skip
"""Names under which OpenBLAS tells its kernel: as wheels build it and as it builds itself."""


def blas_kernels() -> list[str]:
    """Package, library and kernel, such as ``"numpy: scipy-openblas 0.3.31, SkylakeX"``; a kernel if it can be asked."""
    told = []
    for name, package in (("numpy", np), ("scipy", scipy)):
        built = package.show_config(mode="dicts")["Build Dependencies"]["blas"]
        kernels = sorted(
            {kernel for file in _shipped(name, Path(str(package.__file__))) for kernel in _kernel(file)}
        )
        library = f"{built.get('name', '')} {built.get('version', '')}".strip()
        told.append(f"{name}: {', '.join([library, *kernels])}")
    return told


def _shipped(name: str, module: Path) -> list[Path]:
    """Files of OpenBLAS that a wheel brings: beside the package, on macOS inside it."""
    places = (module.parent.parent / f"{name}.libs", module.parent / ".dylibs")
    return [file for place in places if place.is_dir() for file in place.iterdir() if "openblas" in file.name]


def _kernel(file: Path) -> Iterator[str]:
    """The kernel that a library chose, when it can be asked."""
    try:
        library = ctypes.CDLL(str(file))  # loaded already: the same library again
    except OSError:
        return
    for name in ASKED:
        if hasattr(library, name):
            ask = getattr(library, name)
            ask.argtypes, ask.restype = (), ctypes.c_char_p
            yield ask().decode("ascii", "replace")
            return
