"""What many tests share: a small case, a folder of it to break, and one comparison."""

from __future__ import annotations

import csv
import os
import pickle
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

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
T = TypeVar("T")
SECONDS_TO_MAKE = 240
"""How long one worker waits for what another is making before it makes it itself."""
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


class Once:
    """Results that take seconds are made by one worker of a test run, and read by the others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made here unless another worker is at it or has done it."""
        path = self.folder / f"{name}.pickle"
        try:
            (self.folder / f"{name}.begun").touch(exist_ok=False)
        except FileExistsError:
            for _ in range(SECONDS_TO_MAKE * 10):
                if path.exists():
                    result: T = pickle.loads(path.read_bytes())
                    return result
                time.sleep(0.1)
            return make()
        result = make()
        draft = path.with_suffix(".draft")
        draft.write_bytes(pickle.dumps(result))
        draft.rename(path)
        return result


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """One folder for all workers of a run: the parent of the folder that each has of its own."""
    own = tmp_path_factory.getbasetemp()
    return Once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def outcome(small_case: Case, once: Once) -> Comparison:
    """A small comparison, designed within all limits: 32 scenarios, one process."""
    return once("outcome", lambda: compare(small_case, n_scenarios=32, design_scenarios=DESIGN))


@pytest.fixture(scope="session")
def lumpsum_study(small_case: Case, once: Once) -> LumpSumStudy:
    """The lump sum of that comparison in depth; tens of designs."""
    return once("lumpsum_study", lambda: study_lumpsum(small_case, n_scenarios=32, design_scenarios=DESIGN))


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
