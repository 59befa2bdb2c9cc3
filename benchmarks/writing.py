"""Writing the folder of a comparison once computed: processor time, wall clock and sizes.

``python benchmarks/writing.py [CASE] [SCENARIOS]``; nothing is asserted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bekostiging.case import read_case
from bekostiging.report import write_results
from bekostiging.studies import compare

RUNS = 3
MEGABYTE = 1e6


def main(case: str = "almere", scenarios: str = "64") -> None:
    """Compute once, write three times."""
    outcome = compare(read_case(case), n_scenarios=int(scenarios))
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as place:
            used, start = time.process_time(), time.perf_counter()
            folder = write_results(outcome, Path(place) / "result")
            used, wall = time.process_time() - used, time.perf_counter() - start
            files = [path for path in folder.rglob("*") if path.is_file()]
            page = (folder / "report.html").stat().st_size / MEGABYTE
            books = sum(path.stat().st_size for path in folder.glob("*.xlsx")) / MEGABYTE
            whole = sum(path.stat().st_size for path in files) / MEGABYTE
        print(f"{used:.2f} s of processor time, {wall:.2f} s wall; report {page:.2f} MB, workbooks {books:.2f} MB, "
              f"folder {whole:.2f} MB")  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
