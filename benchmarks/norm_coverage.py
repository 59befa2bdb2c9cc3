"""Do 95 % intervals of norm amounts cover 95 %? Many samples of clients whose mean cost is known.

``python benchmarks/norm_coverage.py [SAMPLES]`` (a quarter at 1,000 clients): log-normal cost by number of clients and
coefficient of variation. Every profile of a region of ``PROFILES`` is a sample of its own, through the package's own
``fitted`` and ``intervals``. Beside it percentiles and BCa (Efron 1987, ``scipy.stats.bootstrap``, on half of the samples),
and the median of the coefficient of variation that the clients themselves show: it is lower than the true one, because a
sample seldom holds the most expensive clients. The table is in docs/equalisation.md; ``MOST_VARIATION`` of
``equalisation.bootstrap`` is from it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

from bekostiging.equalisation import Adjuster, ClientCosts, NormAmounts, fitted, intervals
from bekostiging_solvers.typing import FloatArray

CLIENTS = (20, 50, 100, 200, 1000)
VARIATIONS = (0.5, 1.0, 1.5, 2.0, 3.0)
PROFILES = 50
MANY = 1_000
MEAN = 5_000.0
"""Euro a year."""


@dataclass(frozen=True)
class Coverage:
    """Of ``samples`` samples: how many intervals cover, by percentiles too, and the median estimated variation."""

    samples: int
    covered: float
    percentiles: float
    bca: float | None
    shown_variation: float

    @property
    def error(self) -> float:
        """Monte Carlo error of ``covered``."""
        return float(np.sqrt(self.covered * (1 - self.covered) / self.samples))


def sampled(n: int, variation: float, seed: int, profiles: int = PROFILES) -> ClientCosts:
    """``profiles`` samples of ``n`` clients, each under a profile of its own; mean ``MEAN``."""
    rng = np.random.default_rng([seed, n, int(100 * variation)])
    width = np.sqrt(np.log1p(variation**2))
    cost = MEAN * rng.lognormal(-(width**2) / 2, width, n * profiles)
    place = np.repeat(np.arange(profiles), n)
    adjusters = tuple(Adjuster(f"p{k}") for k in range(profiles))
    return ClientCosts(
        adjusters, np.eye(profiles)[place], cost, np.ones(len(cost)), np.zeros(len(cost), int), ("a",), {}
    )


def covers(low: FloatArray, high: FloatArray) -> int:
    """How many intervals hold the true mean."""
    return int(((low <= MEAN) & (high >= MEAN)).sum())


def coverage(n: int, variation: float, samples: int, bca: int = 0) -> Coverage:
    """Of ``samples`` samples; BCa on the first ``bca`` of them."""
    covered = plain = accelerated = 0
    shown: list[FloatArray] = []
    rounds = -(-samples // PROFILES)
    for seed in range(rounds):
        clients = sampled(n, variation, seed)
        found = intervals(fitted(NormAmounts(), clients), clients, np.random.default_rng([seed, 1]))
        covered += covers(found.low, found.high)
        shown.append(found.variation)
        costs = clients.cost.reshape(PROFILES, n)
        rng = np.random.default_rng([seed, 2])
        drawn = rng.multinomial(n, np.full(n, 1 / n), 999) @ costs.T / n
        plain += covers(*np.quantile(drawn, [0.025, 0.975], axis=0))
        if seed * PROFILES < bca:
            ends = bootstrap((costs,), np.mean, axis=1, n_resamples=999, method="BCa", rng=rng).confidence_interval
            accelerated += covers(ends.low, ends.high)
    own = -(-bca // PROFILES) * PROFILES
    total = rounds * PROFILES
    return Coverage(
        total, covered / total, plain / total, accelerated / own if own else None, float(np.median(shown))
    )


def main(samples: int) -> None:
    print(
        "| clients | true CV | CV the clients show | bootstrap-t | percentiles | BCa |\n|---|---|---|---|---|---|"
    )
    for n in CLIENTS:
        for variation in VARIATIONS:
            own = samples if n < MANY else samples // 4
            one = coverage(n, variation, own, bca=own // 2)
            print(f"| {n:,} | {variation:g} | {one.shown_variation:.2f} | {100 * one.covered:.1f} ± {100 * one.error:.1f} | "
                  f"{100 * one.percentiles:.1f} | {100 * (one.bca or 0.0):.1f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
