"""Run a benchmark: every subject in a process of its own, in turn; write JSON and the table of docs/performance.md.

``uv run --group peers python benchmarks/driver.py cvar [SIZE ...]``; without peers the subjects that need them are
left out. Seconds cover building and solving, not making the data; memory is the peak above that of the process
with its data.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from registry import BENCHMARKS, Benchmark

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = ("highspy", "numpy", "pyomo", "cvxpy", "linopy", "coopgame-py")
RUNS = 3
"""Each subject's seconds are the median of so many processes, taken in turn."""
MOST_SECONDS = 900


def one(name: str, subject: str, size: int) -> dict[str, Any]:
    """Time one subject in this process."""
    benchmark = BENCHMARKS[name]
    data = benchmark.data(size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = perf_counter()
    numbers = benchmark.subjects[subject](data)
    seconds = perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"numbers": numbers, "seconds": seconds, "peak_mib": peak / 1024}


def run(name: str, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Every subject at every size; ratios against the first subject."""
    benchmark = BENCHMARKS[name]
    rows = []
    for size in sizes:
        found = {subject: _runs(name, benchmark, subject, size) for subject in _present(benchmark)}
        ours = next(iter(found.values()))
        for subject, runs in found.items():
            seconds = sorted(result["seconds"] for result in runs)[len(runs) // 2]
            own = sorted(result["seconds"] for result in ours)[len(ours) // 2]
            pairs = zip(runs[0]["numbers"], ours[0]["numbers"], strict=True)
            difference = max(abs(a - b) / max(1.0, abs(b)) for a, b in pairs)
            rows.append(
                {
                    "size": size,
                    "subject": subject,
                    "seconds": seconds,
                    "ratio": seconds / own,
                    "peak_mib": max(result["peak_mib"] for result in runs),
                    "difference": difference,
                    "agrees": difference <= benchmark.tolerance,
                }
            )
    return {"benchmark": name, "date": datetime.now(UTC).date().isoformat(), "versions": _versions(), "rows": rows}


def _present(benchmark: Benchmark) -> list[str]:
    """Subjects whose peer is installed."""
    return [name for name in benchmark.subjects if find_spec(benchmark.needs.get(name, "numpy")) is not None]


def _runs(name: str, benchmark: Benchmark, subject: str, size: int) -> list[dict[str, Any]]:
    results = []
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, __file__, "--one", name, subject, str(size)],
            capture_output=True,
            text=True,
            check=True,
            timeout=MOST_SECONDS,
        )
        results.append(json.loads(done.stdout.splitlines()[-1]))
    return results


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def table(content: dict[str, Any]) -> str:
    """The result as Markdown."""
    benchmark = BENCHMARKS[content["benchmark"]]
    lines = [
        f"### {benchmark.title}",
        "",
        f"`uv run --group peers python benchmarks/driver.py {content['benchmark']}`, {content['date']}, "
        f"median of {RUNS} processes; " + ", ".join(f"{k} {v}" for k, v in content["versions"].items()),
        "",
        f"| {benchmark.unit} | by | seconds | ratio to ours | memory above the data, MiB | relative difference |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['size']:,} | {row['subject']} | {row['seconds']:.3g} | {row['ratio']:.3g} | {row['peak_mib']:.0f} | "
        f"{row['difference']:.0e}{'' if row['agrees'] else ' (differs)'} |"
        for row in content["rows"]
    ]
    return "\n".join(lines)


def write_tables() -> None:
    """Put every recorded result between the markers of docs/performance.md."""
    page = ROOT / "docs" / "performance.md"
    recorded = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]
    text = "\n\n".join(table(content) for content in recorded)
    marked = f"<!-- benchmarks -->\n{text}\n<!-- /benchmarks -->"
    page.write_text(re.sub(r"(?s)<!-- benchmarks -->.*<!-- /benchmarks -->", lambda _: marked, page.read_text()))


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        name, subject, size = arguments[1:]
        print(json.dumps(one(name, subject, int(size))))
        return
    name = arguments[0]
    sizes = tuple(int(size) for size in arguments[1:]) or BENCHMARKS[name].sizes
    content = run(name, sizes)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
    write_tables()


if __name__ == "__main__":
    main(sys.argv[1:])
