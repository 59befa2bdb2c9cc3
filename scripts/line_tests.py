"""Pytest plugin of ``mutate.py``: which tests execute which lines, and chosen tests in an order, each with a time limit."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any

import pytest

FIXTURE = " fixture "
"""Between the place and the name of a fixture."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", type=Path, help="lines per file; what executes them comes in its place")
    parser.addoption("--choose", type=Path, help="tests in order with the seconds each may take")
    parser.addoption("--begun", type=Path, help="where the chosen test that began last is named")


def pytest_configure(config: pytest.Config) -> None:
    if path := config.getoption("--record"):
        config.pluginmanager.register(Recorder(path))
    if path := config.getoption("--choose"):
        config.pluginmanager.register(Chooser(json.loads(path.read_text()), config.getoption("--begun")))


class Recorder:
    """What every test executes, its fixtures included, of the lines asked for; and how many seconds that takes.

    A fixture is made for the first test that asks for it, so what it does is kept under its own name and counts for
    every test that has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked = {file: frozenset(lines) for file, lines in json.loads(path.read_text()).items()}
        self.fixtures: dict[str, list[str]] = {}
        """Names of fixtures of every test."""
        self.lines: defaultdict[str, set[str]] = defaultdict(set)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.under_way: list[str] = []
        self.since = 0.0
        threading.settrace(self.trace)
        sys.settrace(self.trace)

    def trace(self, frame: FrameType, event: str, argument: object) -> Any:
        """Note a line asked for; functions of other files are not followed."""
        file = frame.f_code.co_filename
        if file not in self.asked:
            return None
        if event == "line" and frame.f_lineno in self.asked[file]:
            for name in self.under_way:
                self.lines[name].add(f"{file}:{frame.f_lineno}")
        return self.trace

    def _clock(self) -> None:
        """Time since the last call was spent on the innermost that is under way."""
        now = perf_counter()
        if self.under_way:
            self.seconds[self.under_way[-1]] += now - self.since
        self.since = now

    def _during(self, name: str) -> Generator[None, object, object]:
        self._clock()
        self.under_way.append(name)
        try:
            return (yield)
        finally:
            self._clock()
            self.under_way.pop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Generator[None, object, object]:
        self.fixtures[item.nodeid] = list(item.fixturenames)
        return (yield from self._during(item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        return (yield from self._during(f"{fixturedef.baseid}{FIXTURE}{fixturedef.argname}"))

    def pytest_sessionfinish(self) -> None:
        sys.settrace(None)
        parts = {test: [test, *self._fixtures_of(test)] for test in self.fixtures}
        tests = {
            test: {
                "seconds": sum(self.seconds[part] for part in own),
                "lines": sorted(set().union(*(self.lines[part] for part in own))),
            }
            for test, own in parts.items()
        }
        self.path.write_text(json.dumps(tests))

    def _fixtures_of(self, test: str) -> list[str]:
        """Fixtures of a test, told apart by the file or folder they are defined in."""
        places = {name: name.split(FIXTURE) for name in self.seconds if FIXTURE in name}
        return [
            name
            for name, (place, fixture) in places.items()
            if fixture in self.fixtures[test] and test.startswith(place)
        ]


class Chooser:
    """Only the chosen tests, in their order; one that takes longer than its limit ends the process by SIGALRM."""

    def __init__(self, limits: dict[str, float], begun: Path) -> None:
        self.limits = limits
        self.begun = begun
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        found = {item.nodeid: item for item in items}
        items[:] = [found[name] for name in self.limits if name in found]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.begun.write_text(item.nodeid)
        signal.setitimer(signal.ITIMER_REAL, self.limits[item.nodeid])
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
