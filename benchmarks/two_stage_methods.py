"""Both methods of ``solve_recourse`` on SMPS files, and what ``auto`` makes of their sizes: the table in docs/solvers.md.

    python benchmarks/two_stage_methods.py STEM [STEM ...] [--sample 200]

Processor seconds of solving, in this process; whole numbers are relaxed. Published files are no part of this repository.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import replace
from pathlib import Path
from time import process_time

from bekostiging_solvers import CoreScenarios, TwoStageProgram, read_smps, solve_recourse
from bekostiging_solvers.recourse import LARGEST_EXTENSIVE, extensive_size
from bekostiging_solvers.scenarios import nonzeros, sizes


def _read(stem: Path, sample: int | None) -> TwoStageProgram:
    """The relaxation; scenarios drawn where a number is given."""
    drawn = {} if sample is None else {"sample": sample, "rng": 1}
    program = read_smps(stem, normalise=True, **drawn)  # type: ignore[arg-type]
    scenarios = program.scenarios
    assert isinstance(scenarios, CoreScenarios)
    relaxed = CoreScenarios(replace(scenarios.core, integer=None), scenarios.changes, len(scenarios))
    return replace(program, first=replace(program.first, integer=None), scenarios=relaxed)


def main() -> None:
    """Print one line per file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("stems", type=Path, nargs="+")
    parser.add_argument("--sample", type=int)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for stem in given.stems:
        program = _read(stem, given.sample)
        taken = {}
        for method in ("extensive", "l-shaped"):
            begin = process_time()
            solve_recourse(program, method=method)  # type: ignore[arg-type]
            taken[method] = process_time() - begin
        size = extensive_size(program.scenarios)
        auto = "extensive" if size <= LARGEST_EXTENSIVE else "l-shaped"
        cells = (
            stem.name, f"{program.n_scenarios:,}", f"{sizes(program.scenarios)[0].sum():,}",
            f"{nonzeros(program.scenarios):,}", f"{size:,.0f}", f"{taken['extensive']:.2f}", f"{taken['l-shaped']:.2f}",
            f"{taken[auto] / min(taken.values()):.2f}",
        )  # fmt: skip
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
