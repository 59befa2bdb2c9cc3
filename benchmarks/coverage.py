"""Do 95 % intervals cover 95 %? Many repeated runs of one case, each with its own seed.

``python benchmarks/coverage.py [RUNS] [SCENARIOS]``: the synthetic region of two municipalities, spending at tariff in
the second contract year. The truth is the estimate over all runs together, whose own error is a twentieth of a run's
at 400 runs. Intervals are value +- t(R - 1) x standard error, R scramblings.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.stats import binom

from bekostiging.case.region import synthetic_region
from bekostiging.scenarios import Block, map_blocks, plan
from bekostiging_solvers import Estimate, Scramblings, execute
from bekostiging_solvers.typing import FloatArray

QUANTITIES = ("expected", "sd", "p50", "p90", "cvar95", "probability")
YEAR = 1


def spending(block: Block) -> FloatArray:
    """Spending at tariff in one year; (n_scenarios,)."""
    return np.asarray(block.care_use().units[:, YEAR] @ block.plan.cells.tariff)


def one_run(n_scenarios: int, seed: int) -> tuple[int, FloatArray]:
    """Number of scramblings and the sample of one run."""
    planned = plan(synthetic_region(municipalities=2, providers=6), n_scenarios, 2, seed, "out_of_sample")
    return planned.n_scramblings, np.concatenate(map_blocks(planned, spending))


def estimates(scramblings: Scramblings, sample: FloatArray, limit: float) -> list[Estimate]:
    """In the order of ``QUANTITIES``."""
    return [
        scramblings.mean(sample),
        scramblings.deviation(sample),
        scramblings.quantile(sample, 0.5),
        scramblings.quantile(sample, 0.9),
        scramblings.tail_mean(sample, 0.95),
        scramblings.probability(sample > limit),
    ]


def main(runs: int, n_scenarios: int) -> None:
    found = list(execute(one_run, n_scenarios, runs, workers=2))
    pooled = np.concatenate([sample for _, sample in found])
    limit = float(np.quantile(pooled, 0.9))
    truth = [one.value for one in estimates(Scramblings(runs * found[0][0]), pooled, limit)]
    covered = np.zeros(len(QUANTITIES))
    for n_scramblings, sample in found:
        for q, one in enumerate(estimates(Scramblings(n_scramblings), sample, limit)):
            interval = one.interval(0.95)
            covered[q] += interval is not None and interval[0] <= truth[q] <= interval[1]
    low, high = binom.interval(0.95, runs, 0.95)
    print(f"{runs} runs of {len(found[0][1])} scenarios ({found[0][0]} scramblings); chance alone: "
          f"{100 * low / runs:.1f}-{100 * high / runs:.1f} %")  # fmt: skip
    for name, count in zip(QUANTITIES, covered, strict=True):
        print(f"{name}: {100 * count / runs:.1f} %")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [400, 512][len(given) :]))
