"""What every run may be asked, alike for the commands and in Python: how much is drawn, where, and who is named.

Imports nothing of the package, so that the command line reads the defaults and answers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""


def silent(*_: object) -> None:
    """Progress that nobody watches."""


class Options(TypedDict, total=False):
    """The keywords of every study; ``RunOptions`` says what each means and what holds without it."""

    n_scenarios: int
    design_scenarios: int
    n_years: int
    seed: int
    workers: int
    cluster: str | None
    keep: Path | None
    named: bool
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What a run was asked.

    Parameters
    ----------
    n_scenarios : int
        Scenarios that everything is settled and judged on; rounded up to whole scramblings.
    design_scenarios : int
        Scenarios that the lump sum is designed on, as many for the margins of its limits, and at least as many that judge
        it; rounded up likewise. With 512 its terms follow chance (docs/lumpsum.md).
    n_years : int
        Cuts the term, never lengthens it.
    seed : int
        The outcome depends on case, numbers and seed alone, not on ``workers``.
    workers : int
        Processes.
    cluster : str, optional
        Address of a Dask scheduler (tcp://host:port) whose workers draw and settle instead of processes here.
    keep : Path, optional
        Folder that keeps every finished block as Parquet: a run that was stopped goes on from there with the same bits,
        and the series stay on disk instead of in memory.
    named : bool
        Keep the names of the providers of a running case; otherwise they are numbered before anything is computed.
    progress : callable
        Called with (stage, done, total).
    """

    n_scenarios: int = 512
    design_scenarios: int = 2048
    n_years: int = 4
    seed: int = 1
    workers: int = 1
    cluster: str | None = None
    keep: Path | None = None
    named: bool = False
    progress: Progress = silent


OF_CAPACITY: Options = {"n_scenarios": 128, "n_years": 1}
"""Of a capacity plan, unless asked otherwise: every scenario is a second stage of its program."""
