"""Run a benchmark: every subject in a process of its own, in turn; write JSON and the pages of docs made of it.

``uv run --group peers python benchmarks/driver.py cvar [SIZE ...]``; without peers the subjects that need them are
left out; ``--pages`` writes the pages again from what is recorded. Sizes given by hand replace the rows of those sizes
alone. Seconds cover building and solving, not making the data; memory is the peak above that of the process
with its data, and the data stand beside it; of workers it is all that the largest of them held. A subject that takes longer
than five minutes, or more memory than the benchmark allows, is recorded as such.
"""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

from pages import RESULTS, write_pages
from registry import BENCHMARKS, Benchmark

PACKAGES = ("highspy", "numpy", "pyomo", "cvxpy", "linopy", "coopgame-py", "mpi-sppy")
LONG = 10
"""Each subject's seconds are the median of ``runs`` processes; of one, when it takes more seconds than this."""
MOST_SECONDS = 300
GIB = 1024**3
Runs = list[dict[str, Any]] | str
"""Results of the processes, or why there are none."""


def one(name: str, subject: str, size: int) -> dict[str, Any]:
    """Time one subject in this process."""
    benchmark = BENCHMARKS[name]
    idle = _memory("VmRSS")
    data = benchmark.data(size)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = _memory("VmRSS")
    if benchmark.most_gib is not None:
        resource.setrlimit(resource.RLIMIT_AS, (int(benchmark.most_gib * GIB),) * 2)
    watch = _Workers()
    begin, worked = perf_counter(), _processor_seconds()
    with watch:
        found = benchmark.subjects[subject](data)
    seconds, worked = perf_counter() - begin, _processor_seconds() - worked
    numbers, building = found if isinstance(found, tuple) else (found, None)
    return {
        "numbers": numbers,
        "seconds": seconds,
        "processor": worked,
        "building": building,
        "peak_mib": _memory("VmHWM") - before,
        "data_mib": before - idle,
        "worker_mib": watch.largest,
    }


class _Workers:
    """Looks ten times a second how much the largest process started by this one has held at most, MiB."""

    def __init__(self) -> None:
        self.largest = 0.0
        self._before = set(self._children())
        self._done = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            for child in set(self._children()) - self._before:
                with suppress(OSError, IndexError):  # it may just have ended
                    self.largest = max(self.largest, _memory("VmHWM", child))

    @staticmethod
    def _children() -> Iterator[str]:
        """Processes that any thread of this one has started and that still run."""
        for task in Path("/proc/self/task").iterdir():
            with suppress(OSError):  # the thread may just have ended
                yield from (task / "children").read_text().split()


def _processor_seconds() -> float:
    """Of this process and of those it waited for; hardly touched by other work on the machine."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _memory(kind: str, process: str = "self") -> float:
    """Resident memory of a process now (VmRSS) or at most (VmHWM), MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return float(re.findall(rf"{kind}:\s+(\d+) kB", status)[0]) / 1024


def run(name: str, size: int) -> list[dict[str, Any]]:
    """Every subject at one size; ratios against the first subject."""
    benchmark = BENCHMARKS[name]
    found = {
        subject: _runs(name, subject, size)
        for subject in _present(benchmark)
        if size <= benchmark.largest.get(subject, size)
    }
    ours = next(iter(found.values()))
    return [_row(benchmark, size, subject, runs, ours) for subject, runs in found.items()]


def _row(benchmark: Benchmark, size: int, subject: str, runs: Runs, ours: Runs) -> dict[str, Any]:
    """One line of the table; a subject that did not finish says why."""
    if isinstance(runs, str) or isinstance(ours, str):
        return {"size": size, "subject": subject, "failed": runs}
    seconds, own = _median(runs, "seconds"), _median(ours, "seconds")
    difference = 0.0
    if benchmark.alike:
        pairs = zip(runs[0]["numbers"], ours[0]["numbers"], strict=True)
        difference = max(abs(a - b) / max(1.0, abs(b)) for a, b in pairs)
    return {
        "size": size,
        "subject": subject,
        "seconds": seconds,
        "processor": _median(runs, "processor"),
        "ratio": seconds / own,
        "building": runs[0]["building"],
        "peak_mib": max(result["peak_mib"] for result in runs),
        "data_mib": max(result["data_mib"] for result in runs),
        "worker_mib": max(result["worker_mib"] for result in runs),
        "difference": difference,
        "agrees": difference <= benchmark.tolerance,
        "runs": len(runs),
    }


def _median(runs: list[dict[str, Any]], kind: str) -> float:
    return float(sorted(result[kind] for result in runs)[len(runs) // 2])


def _present(benchmark: Benchmark) -> list[str]:
    """Subjects whose peer is installed."""
    return [name for name in benchmark.subjects if find_spec(benchmark.needs.get(name, "numpy")) is not None]


def _runs(name: str, subject: str, size: int) -> Runs:
    """The results of some processes, or why there are none."""
    results: list[dict[str, Any]] = []
    while len(results) < BENCHMARKS[name].runs and not (results and results[0]["seconds"] > LONG):
        try:
            done = subprocess.run(
                [sys.executable, __file__, "--one", name, subject, str(size)],
                capture_output=True,
                text=True,
                check=True,
                timeout=MOST_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return f"more than {MOST_SECONDS} s"
        except subprocess.CalledProcessError as error:
            if BENCHMARKS[name].most_gib is None:
                raise
            if not any(word in error.stderr for word in ("MemoryError", "bad_alloc", "memory")):
                raise
            return f"more than {BENCHMARKS[name].most_gib:g} GiB"
        results.append(json.loads(done.stdout.splitlines()[-1]))
    return results


def _machine() -> dict[str, str]:
    """Processor, cores, memory and system."""
    found = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    total = re.findall(r"MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return {
        "processor": found[0].strip() if found else platform.machine(),
        "cores": f"{os.cpu_count()} cores",
        "memory": f"{int(total[0]) / 1024**2:.0f} GiB",
        "system": f"{platform.system()}, Python {platform.python_version()}",
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        name, subject, size = arguments[1:]
        print(json.dumps(one(name, subject, int(size))))
        return
    if arguments[:1] != ["--pages"]:
        name, given = arguments[0], tuple(int(size) for size in arguments[1:])
        _record(name, given or BENCHMARKS[name].sizes)
    write_pages()


def _record(name: str, sizes: tuple[int, ...]) -> None:
    """Run size by size and write the result after each, so that one that is stopped leaves what it had; others stay."""
    place = RESULTS / f"{name}.json"
    RESULTS.mkdir(exist_ok=True)
    for size in sizes:
        found = run(name, size)
        known = json.loads(place.read_text())["rows"] if place.is_file() else []
        rows = sorted([*(row for row in known if row["size"] != size), *found], key=lambda row: row["size"])
        content = {
            "benchmark": name,
            "date": datetime.now(UTC).date().isoformat(),
            "processes": BENCHMARKS[name].runs,
            "versions": _versions(),
            "machine": _machine(),
            "rows": rows,
        }
        place.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
