"""What every run may be asked, alike for the commands and in Python: how much is drawn, where, and who is named.

While imported it imports nothing of the package, so that the command line reads the defaults and answers at once.
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
    """The keywords of every study; ``RunOptions`` says what each means, and its default."""

    n_scenarios: int
    design_scenarios: int
    n_years: int
    seed: int
    workers: int
    cluster: str | None
    keep: Path | str | None
    named: bool
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What a run was asked: the keywords of every study.

    Parameters
    ----------
    n_scenarios : int, default 512
        Scenarios that everything is settled and judged on; rounded up to whole scramblings.
    design_scenarios : int, default 2048
        Scenarios that the lump sum is designed on, as many for the margins of its limits, and at least as many that judge
        it; rounded up to whole scramblings. With 512 its terms follow chance (docs/lumpsum.md).
    n_years : int, default 4
        Contract years computed; cuts the term, never lengthens it.
    seed : int, default 1
        Of all randomness, zero or more. The outcome depends on case, numbers and seed alone, not on ``workers``.
    workers : int, default 1
        Processes that draw and settle.
    cluster : str, optional
        Address of a Dask scheduler (tcp://host:port) whose workers draw and settle instead of processes here.
    keep : Path or str, optional
        Folder that keeps every finished block as Parquet: a run that was stopped goes on from there with the same bits,
        and the series stay on disk instead of in memory.
    named : bool, default False
        Keep the names of the providers of a running case; otherwise they are numbered before anything is computed.
    progress : callable, optional
        Called with (stage, done, total); silent by default.

    Raises
    ------
    UserError
        A value of another type or outside its range.

    Examples
    --------
    >>> RunOptions(n_scenarios=64, keep="series").keep
    PosixPath('series')
    >>> RunOptions(n_years=0)
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: n_years 0: give a whole number of 1 or more
    """

    n_scenarios: int = 512
    design_scenarios: int = 2048
    n_years: int = 4
    seed: int = 1
    workers: int = 1
    cluster: str | None = None
    keep: Path | str | None = None
    named: bool = False
    progress: Progress = silent

    def __post_init__(self) -> None:
        """Check every value; a folder given as text becomes a path."""
        from bekostiging.case.arguments import (
            check_callable,
            checked_flag,
            checked_kind,
            checked_path,
            checked_whole,
        )

        for name, lowest in LOWEST.items():
            object.__setattr__(self, name, checked_whole(name, getattr(self, name), lowest))
        if self.cluster is not None:
            checked_kind("cluster", self.cluster, str, "dask.distributed.Client.scheduler.address")
        if self.keep is not None:
            object.__setattr__(self, "keep", checked_path("keep", self.keep))
        checked_flag("named", self.named)
        check_callable("progress", self.progress)

    @property
    def folder(self) -> Path | None:
        """``keep`` as a path."""
        return None if self.keep is None else Path(self.keep)


LOWEST = {"n_scenarios": 1, "design_scenarios": 1, "n_years": 1, "seed": 0, "workers": 1}
"""Whole-number options and the lowest value of each."""


def run_options(options: Options) -> RunOptions:
    """The options of a run from the keywords of a study.

    Parameters
    ----------
    options : Options
        Keywords as the caller gave them.

    Raises
    ------
    UserError
        A keyword that no study has, with the nearest that it has; a value out of range.

    Examples
    --------
    >>> run_options({"seed": 7}).seed
    7
    >>> run_options({"scenarios": 64})
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: scenarios: no such argument; did you mean n_scenarios?
    """
    from bekostiging.case.arguments import check_known

    check_known(options, RunOptions.__dataclass_fields__)
    return RunOptions(**options)


OF_CAPACITY: Options = {"n_scenarios": 128, "n_years": 1}
"""Defaults of a capacity plan, whose program has a second stage per scenario."""
OF_DIFFERENCE: Options = {"n_scenarios": 128, "design_scenarios": 128}
"""Defaults of the runs that attribute the difference between two results: sixteen of them, on one seed."""
