"""What many tests share: a small case, a folder of it to break, and one comparison."""

from __future__ import annotations

import csv
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bekostiging.case import Case, write_case
from bekostiging.case.region import synthetic_region
from bekostiging.evaluation import Comparison
from bekostiging.studies import LumpSumStudy, compare, study_lumpsum

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None)
settings.load_profile("repeatable")
"""The suite tries the same examples every time; ``--hypothesis-profile search`` looks for new ones."""
Edit = Callable[..., None]
DESIGN = 48
"""Scenarios to design on: about the fewest with which the small case has a margin on every limit (32 have none)."""


@pytest.fixture(autouse=True, scope="session")
def _interrupts_reach_us() -> None:
    """A shell that starts the tests in the background lets them ignore Ctrl-C, and so would every command they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody connects anywhere or looks up a name; that somebody tried fails the test, also where it was caught."""
    tried: list[object] = []

    def refuse(*asked: object, **_: object) -> None:
        tried.append(asked)
        raise AssertionError("a connection")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
    assert tried == []


@pytest.fixture(scope="session")
def small_case() -> Case:
    """Two municipalities, six archetypes; every figure invented."""
    return synthetic_region(municipalities=2, providers=6)


@pytest.fixture(scope="session")
def outcome(small_case: Case) -> Comparison:
    """A small comparison, designed within all limits: 32 scenarios, one process."""
    return compare(small_case, n_scenarios=32, design_scenarios=DESIGN)


@pytest.fixture(scope="session")
def lumpsum_study(small_case: Case) -> LumpSumStudy:
    """The lump sum of that comparison in depth; tens of designs, so made once."""
    return study_lumpsum(small_case, n_scenarios=32, design_scenarios=DESIGN)


@pytest.fixture
def folder(small_case: Case, tmp_path: Path) -> Path:
    """The small case as a folder, decimal points."""
    place = tmp_path / "mine"
    place.mkdir()
    write_case(small_case, place, "en")
    return place


@pytest.fixture
def edit(folder: Path) -> Edit:
    """``edit(table, row, column, value)`` changes a cell, row 0 being the first under the header."""

    def change(table: str, row: int, column: str, value: str) -> None:
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        rows[row + 1][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    return change
