"""Every command on fixed seeds gives what it gave before the code was moved about.

``tests/golden`` holds what each command wrote, expected values of our own making: they say that nothing changed, not that
it is right. Of the region that ``new`` makes, compare, lumpsum and share are of commit 0ac8a9a; others were written again
when a formulation changed (equalise: intervals by bootstrap-t; capacity: waiting that is counted; almere: years, history,
parameter uncertainty). Notes are sentences, not numbers, and left out. Results may only be renamed as the table "Renamed"
of docs/results.md says, and gain the keys its table "New" names. Where numbers are meant to change,
``python tests/test_golden.py`` writes them again, and the commit says why.

On the machine that wrote them every number is the same to the last bit; another processor may differ in the last digits.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SIZE = ("--scenarios", "64", "--design-scenarios", "64", "--seed", "1")
RUNS: dict[str, tuple[str, ...]] = {
    "check": ("check", "base"),
    "compare_new": ("compare", "base", *SIZE),
    "compare_almere": ("compare", "almere", *SIZE),
    "compare_region": ("compare", "region", *SIZE),
    "lumpsum": ("lumpsum", "base", *SIZE),
    "equalise": ("equalise", "base", *SIZE),
    "share": ("share", "base", *SIZE),
    "capacity": ("capacity", "base", "--scenarios", "20", "--design-scenarios", "64", "--seconds", "600"),
    "stress": ("stress", "base", *SIZE, "--reverse", "begroting", "--view", "P(growth >= 3 %) = 0.5"),
    "backtest": ("backtest", "almere", "--scenarios", "64"),
    "benchmark": ("benchmark", str(GOLDEN / "suite.toml"), "--case", "base"),
}
"""A run: its command line; ``base`` is the region that ``bekostiging new`` makes."""
RESULTS = {"lumpsum": "lumpsum.json"}
"""The file of a result folder that is compared, where it is not results.json."""
PRINTED = ("check", "stress")
"""Runs whose printed text is compared: every line still stands, in its order; others may have come."""
EXIT_CODES = (0, 3)
"""Done, or done without a lump sum that is within every limit."""


def _bekostiging(place: Path, *arguments: str) -> str:
    """Run a command in a place and return what it printed."""
    call = "from bekostiging.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", call, *arguments], cwd=place, capture_output=True, text=True, timeout=600,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode in EXIT_CODES, done.stderr
    return done.stdout


def _run_output(run: str, place: Path) -> str:
    """What a run writes or prints."""
    if not (place / "base").exists():
        _bekostiging(place, "new", "base", "--municipalities", "2", "--providers", "6")
    if run in PRINTED:
        return _bekostiging(place, *RUNS[run])
    _bekostiging(place, *RUNS[run], "--out", run)
    return (place / run / RESULTS.get(run, "results.json")).read_text(encoding="utf-8")


def _file(run: str) -> Path:
    return GOLDEN / f"{run}.{'txt' if run in PRINTED else 'json'}"


def _table(heading: str) -> list[list[str]]:
    """Rows of the table under a heading of docs/results.md: the code in each cell."""
    page = (HERE.parent / "docs" / "results.md").read_text(encoding="utf-8")
    found = re.search(rf"^### {heading}$(.*?)(^#|\Z)", page, flags=re.MULTILINE | re.DOTALL)
    assert found, f"docs/results.md has no heading {heading}"
    return [re.findall(r"`([^`]+)`", line) for line in found[1].splitlines() if line.startswith("| `")]


def _leaves(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its place."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if not children:
        yield place, node
        return
    for key, value in children:
        yield from _leaves(value, f"{place}/{key}")


NOTES = "/notes/"
NEAR_TIE = r"^/alternatives/[1-9]"
"""Designs that cost hardly more than the chosen one: which is met first hangs on the last digit, so on the processor."""
CLOSE = 1e-6
"""Relative, and absolute in euro or fractions: matrix arithmetic of another processor adds in another order."""
IDENTIFIER = r"[a-z_]+(\[.*\])?"


def _renamed(text: str) -> str:
    """Keys of the stored results, and values that are identifiers, under the names of today."""
    for was, now, *_ in _table("Renamed"):
        text = re.sub(rf"(?<![A-Za-z_]){re.escape(was)}(?![A-Za-z_])", now, text)
    return text


def _today(value: Any) -> Any:
    return _renamed(value) if isinstance(value, str) and re.fullmatch(IDENTIFIER, value) else value


def _is_new(place: str) -> bool:
    return any(re.search(rf"/{re.escape(key)}(/|$)", place) for (key, *_) in _table("New"))


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_nothing_changed(run: str, tmp_path: Path) -> None:
    stored, made = _file(run).read_text(encoding="utf-8"), _run_output(run, tmp_path)
    if run in PRINTED:
        lines = iter(made.splitlines())
        assert all(line in lines for line in stored.splitlines())
        return
    was = {_renamed(place): _today(value) for place, value in _leaves(json.loads(stored))}
    now = dict(_leaves(json.loads(made)))
    new = {place for place in now.keys() - was.keys() if NOTES not in place}
    gone = {place for place in was.keys() - now.keys() if NOTES not in place}
    assert not {place for place in new if not _is_new(place)}, "not in the stored results"
    assert not gone, "not in the results of today"
    for place, value in was.items():
        if place.endswith("/schema_version") or NOTES in place or re.match(NEAR_TIE, place):
            continue
        close = pytest.approx(value, rel=CLOSE, abs=CLOSE) if isinstance(value, float) else value
        assert now[place] == close, place


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        for run in RUNS:
            _file(run).write_text(_run_output(run, Path(place)), encoding="utf-8")
