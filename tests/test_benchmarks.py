"""Every subject of a benchmark is run once, at a small size, and gives the same answer as ours."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(FOLDER))
registry = importlib.import_module("registry")
pages = importlib.import_module("pages")
WHOLE = ("whole", "report")
"""Phases that run whole commands, seconds each: these carry ``slow``."""
CASES = [
    pytest.param(name, subject, marks=[pytest.mark.slow] if one.phase in WHOLE or "two workers" in subject else [])
    for name, one in registry.BENCHMARKS.items()
    for subject in one.subjects
]
PHASES = {"simulate", "settle", "build", "compile", "solve", "report", "whole"}


@cache
def data_of(name: str) -> Any:
    """Data of the smoke size."""
    benchmark = registry.BENCHMARKS[name]
    return (benchmark.smoke_data or benchmark.data)(benchmark.smoke)


@cache
def numbers(name: str, subject: str) -> list[float]:
    """What a subject returns, without its seconds of building."""
    found = registry.BENCHMARKS[name].subjects[subject](data_of(name))
    return found[0] if isinstance(found, tuple) else found


@pytest.mark.parametrize(("name", "subject"), CASES)
def test_subject(name: str, subject: str) -> None:
    benchmark = registry.BENCHMARKS[name]
    if find_spec(benchmark.needs.get(subject, "numpy")) is None:
        pytest.skip(f"{benchmark.needs[subject]} is in the optional group peers")
    found = numbers(name, subject)
    assert all(value == value for value in found)
    if benchmark.alike:
        assert found == pytest.approx(numbers(name, next(iter(benchmark.subjects))), rel=1e-5, abs=1e-6)


def test_every_phase_is_measured() -> None:
    assert {one.phase for one in registry.BENCHMARKS.values()} == PHASES


def test_sizes_of_a_series_with_a_slope_are_geometric() -> None:
    """Ratios of one size to the next differ by at most the 8, 5 and 9 of 1, 8, 40 and 342 municipalities."""
    for name, one in registry.BENCHMARKS.items():
        if one.reach is not None:
            steps = [b / a for a, b in zip(one.sizes, one.sizes[1:], strict=False)]
            assert len(steps) >= 2, name
            assert max(steps) <= 2 * min(steps), name


def _content(seconds: list[float], subject: str = "template", name: str = "compile") -> dict[str, Any]:
    rows = [
        {"size": 10 ** (k + 1), "subject": subject, "seconds": 9.0, "processor": one, "ratio": 1.0, "building": None,
         "peak_mib": 10.0, "data_mib": 0.0, "difference": 0.0, "agrees": True, "runs": 3}
        for k, one in enumerate(seconds)
    ]  # fmt: skip
    return {"benchmark": name, "date": "2026-11-25", "processes": 3, "versions": {"numpy": "2"}, "rows": rows}


def test_slopes_by_hand() -> None:
    """Ten times the size at ten times the cost is linear; a hundred times the cost in the last step is quadratic."""
    found = pages.slopes(_content([1.0, 10.0, 1000.0]))["template"]
    assert found["seconds"] == pytest.approx(1.5)
    assert found["last"] == pytest.approx(2.0)
    assert found["memory"] == pytest.approx(0.0)
    assert pages.slopes(_content([1.0, 10.0])) == {}


def test_what_lies_beyond_is_never_reckoned_flatter_than_in_proportion() -> None:
    """Start-up that still shows would promise that a million scenarios cost hardly more than a thousand."""
    assert pages.beyond({"last": 0.3, "last_memory": 0.1}) == (1.0, 0.0)
    assert pages.beyond({"last": 1.2, "last_memory": 0.7}) == (1.2, 1.0)


def test_a_peer_with_another_answer_is_not_compared() -> None:
    content = _content([1.0])
    content["rows"][0] |= {"agrees": False, "difference": 0.1, "ratio": 0.01}
    assert "not compared: another answer" in pages.table(content)
    assert "0.01" not in pages.table(content)


def test_the_pages_are_made_of_the_recorded_results() -> None:
    page = (FOLDER.parent / "docs" / "performance.md").read_text()
    assert pages.whole_text() in page, "python benchmarks/driver.py --pages"
    for content in pages.recorded():
        if pages.slopes(content):
            assert (pages.IMAGES / f"{content['benchmark']}.svg").is_file(), content["benchmark"]
    assert pages.reach_table() in (FOLDER.parent / "docs" / "scale.md").read_text(), "driver.py --pages"
