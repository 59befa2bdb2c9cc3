"""Every subject of a benchmark is built once, at a small size, and gives the same answer as ours."""

from __future__ import annotations

import importlib
import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(FOLDER))
registry = importlib.import_module("registry")
driver = importlib.import_module("driver")
SMALL = {"cvar": 60, "nucleolus": 5}
"""Sizes; of the others three scenarios."""
CASES = [(name, subject) for name, one in registry.BENCHMARKS.items() for subject in one.subjects]


@pytest.mark.parametrize(("name", "subject"), CASES)
def test_subject(name: str, subject: str) -> None:
    benchmark = registry.BENCHMARKS[name]
    if find_spec(benchmark.needs.get(subject, "numpy")) is None:
        pytest.skip(f"{benchmark.needs[subject]} is in the optional group peers")
    data = benchmark.data(SMALL.get(name, 3))
    ours, found = next(iter(benchmark.subjects.values()))(data), benchmark.subjects[subject](data)
    if isinstance(ours, tuple):  # with seconds of building
        (ours, _), (found, _) = ours, found
    assert found == pytest.approx(ours, rel=1e-5, abs=1e-6)


def test_the_tables_are_made_of_the_recorded_results() -> None:
    page = (FOLDER.parent / "docs" / "performance.md").read_text()
    for path in (FOLDER / "results").glob("*.json"):
        assert driver.table(json.loads(path.read_text())) in page, f"{path.name}: run the driver again"
