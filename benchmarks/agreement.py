"""How often another seed gives the same lump sum: free zones, shares and loadings of the headline design over ten seeds.

uv run python -m benchmarks.agreement almere region --scenarios 2048
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bekostiging.case import read_case
from bekostiging.contracts import reference
from bekostiging.evaluation.design import designed
from bekostiging.evaluation.study import prepared
from bekostiging.lumpsum import Decision
from bekostiging.options import RunOptions
from bekostiging.scenarios import plan

SEEDS = 10
YEARS = 4
RESULTS = Path(__file__).with_suffix(".json")


def decisions(name: str, n_design: int, seeds: int, workers: int = 2) -> Iterator[Decision]:
    """The decision of every seed."""
    case = read_case(name)
    terms = reference(case, plan(case, n_design, YEARS, 1, "design").cells, YEARS)
    for seed in range(1, seeds + 1):
        run = RunOptions(design_scenarios=n_design, n_years=YEARS, seed=seed, workers=workers)
        yield designed(prepared(case, run), terms).decision


def agreement(name: str, n_design: int, made: Iterable[Decision]) -> dict[str, Any]:
    """Outcome and terms of every seed; how many have the commonest terms; how far loadings lie from their median."""
    found, outcomes, loadings = [], [], []
    for decision in made:
        design = decision.headline
        found.append(tuple(tuple(round(float(share), 3) for share in own) for own in design.share))
        outcomes.append(decision.outcome)
        loadings.append(design.loading)
        print(name, n_design, decision.outcome, found[-1], np.round(100 * design.loading, 2), flush=True)
    commonest, count = Counter(found).most_common(1)[0]
    spread = np.abs(np.array(loadings) - np.median(loadings, axis=0))
    return {
        "case": name,
        "n_design": n_design,
        "seeds": len(found),
        "outcomes": dict(Counter(outcomes)),
        "same_terms": count,
        "terms": [list(own) for own in commonest],
        "median_loading": np.median(loadings, axis=0).tolist(),
        "largest_deviation_of_a_loading": float(spread.max()),
        "seeds_within_half_a_point": int((spread.max(axis=1) <= 0.005).sum()),
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--scenarios", type=int, nargs="+", default=[2048])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    asked = parser.parse_args()
    rows = [agreement(case, n, decisions(case, n, asked.seeds)) for n in asked.scenarios for case in asked.cases]
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
