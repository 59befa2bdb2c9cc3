"""Pieces of work that other processes can import."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np


def piece(context: int, index: int) -> tuple[int, float]:
    """A number only seed and index decide."""
    return index, float(np.random.default_rng([context, index]).normal())


def deadly(marker: str, index: int) -> int:
    """The first worker that takes piece 3 dies of it."""
    if index == 3 and not Path(marker).exists():
        Path(marker).touch()
        os._exit(1)
    return index


def fatal(context: int, index: int) -> int:
    """Every worker that takes piece 0 dies of it."""
    if index == 0:
        os._exit(1)
    return index


def wrong(context: int, index: int) -> int:
    """A mistake of the work itself."""
    raise ValueError(f"piece {index} is wrong")


def of_process(context: int, index: int) -> tuple[int, int]:
    """The context, and who worked on it."""
    return context, os.getpid()


def endless(folder: str, index: int) -> None:
    """Says who works on it, and does not end."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)
