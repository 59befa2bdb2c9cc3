"""Reading a case from a workbook against reading the same case from CSV: 40 providers and 8 municipalities.

Run ``python benchmarks/workbook.py``; interleaved, medians of processor time in one process, so that others on the
machine matter little.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bekostiging.case import convert, read_case

REPEATS = 15


def processor_seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print medians and their ratio, and one ``bekostiging check`` as a user waits for it."""
    with tempfile.TemporaryDirectory() as place:
        book, folder = Path(place) / "region.xlsx", Path(place) / "region"
        convert("region", book, "nl")
        convert("region", folder, "nl")
        reading: dict[str, Callable[[], object]] = {
            "workbook": lambda: read_case(book),
            "csv": lambda: read_case(folder),
            "writing": lambda: convert(folder, Path(place) / f"{time.monotonic_ns()}.xlsx", "nl"),
        }
        seconds: dict[str, list[float]] = {name: [] for name in reading}
        for _ in range(REPEATS):
            for name, work in reading.items():
                seconds[name].append(processor_seconds(work))
        median = {name: statistics.median(own) for name, own in seconds.items()}
        waited = {}
        for target in (book, folder):
            start = time.perf_counter()
            program = Path(sys.executable).parent / "bekostiging"
            subprocess.run([program, "check", target], check=True, capture_output=True)
            waited[target.suffix or "folder"] = time.perf_counter() - start
    print(f"read from workbook {median['workbook']:.3f} s, from CSV {median['csv']:.3f} s of processor time: "
          f"{median['workbook'] / median['csv']:.2f} times")  # fmt: skip
    print(f"convert CSV to workbook {median['writing']:.3f} s")
    print(", ".join(f"bekostiging check on {name}: {wall:.2f} s wall" for name, wall in waited.items()))


if __name__ == "__main__":
    main()
