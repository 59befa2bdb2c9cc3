"""Writing a result folder: the workbook beside everything else, processor seconds of one process.

``python benchmarks/takeaway.py [MUNICIPALITIES PROVIDERS SCENARIOS]``; asked: 3 s for 8 municipalities and 40 providers. The
size of the tables does not depend on the number of scenarios.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bekostiging.case.region import synthetic_region
from bekostiging.report import write_results
from bekostiging.report.kit import export
from bekostiging.studies import compare

RUNS = 3


def main(municipalities: int = 8, providers: int = 40, scenarios: int = 32) -> None:
    """Print the best of three runs."""
    outcome = compare(
        synthetic_region(municipalities, providers), n_scenarios=scenarios, design_scenarios=scenarios
    )
    write_workbook = export.write_workbook
    spent: list[tuple[float, float]] = []
    for _ in range(RUNS):
        inside = [0.0]

        def timed(*arguments: Any, inside: list[float] = inside) -> None:
            """The workbook, with its seconds."""
            start = time.process_time()
            write_workbook(*arguments)
            inside[0] = time.process_time() - start

        export.write_workbook = timed
        start = time.process_time()
        with tempfile.TemporaryDirectory() as place:
            folder = write_results(outcome, Path(place) / "result")
            size = (folder / "resultaten.xlsx").stat().st_size
        spent.append((time.process_time() - start, inside[0]))
    whole, book = min(spent)
    size_of_case = f"{municipalities} municipalities, {providers} providers"
    print(f"{size_of_case}: folder {whole:.2f} s, of which resultaten.xlsx {book:.2f} s")
    print(f"the workbook is {book / (whole - book):.2f} times the rest of writing, {size / 1e3:,.0f} kB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
