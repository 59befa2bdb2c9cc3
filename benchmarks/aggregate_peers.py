"""The aggregate distribution of this package against aggregate and GEMAct, in the peers' own environment.

``python benchmarks/aggregate_peers.py`` with aggregate and gemact installed beside bekostiging: Poisson(3) claims,
log-normal with mean 84541.68 and standard deviation 177728.3 (the example of GEMAct's documentation), and a negative
binomial of mean 40 and dispersion 1.6. Prints mean, standard deviation and the mean of a layer of the total.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from bekostiging_solvers import (
    aggregate,
    discretised,
    limited_means,
    negative_binomial_log,
    poisson_log,
    transform,
)
from bekostiging_solvers.typing import FloatArray

MEAN, SD = 84541.68, 177728.3
N, STEP = 2**17, 500.0


def limited(x: FloatArray) -> FloatArray:
    """E[min(Z, x)] of the log-normal."""
    sigma = float(np.sqrt(np.log1p((SD / MEAN) ** 2)))
    safe = np.maximum(x, 1e-300)
    scaled = (np.log(safe) - np.log(MEAN) + sigma**2 / 2) / sigma
    return np.asarray(np.where(x > 0, MEAN * ndtr(scaled - sigma) + x * ndtr(-scaled), 0.0))


def told(
    name: str, probabilities: FloatArray, step: float, lower: float = 300_000.0, width: float = 200_000.0
) -> None:
    """Mean, standard deviation and the mean of the layer ``width`` above ``lower`` of a distribution on a grid."""
    x = step * np.arange(len(probabilities))
    mean = float(probabilities @ x)
    sd = float(np.sqrt(probabilities @ (x - mean) ** 2))
    edges = limited_means(probabilities, step, np.array([lower, lower + width]))
    print(f"{name}: mean {mean:.2f}, sd {sd:.1f}, layer {edges[1] - edges[0]:.3f}")


def ours(dispersion: float, count: float) -> FloatArray:
    """The distribution by this package."""
    severity = transform(discretised(limited, STEP, N))
    log = poisson_log(count, severity) if dispersion == 1 else negative_binomial_log(count, dispersion, severity)
    return aggregate(log, N)


def by_aggregate(frequency: str, count: float) -> FloatArray:
    """The distribution by the package aggregate, on the same grid."""
    from aggregate import build

    cv = SD / MEAN
    own = build(f"agg Own {count} claims sev lognorm {MEAN} cv {cv} {frequency}", update=False)
    own.update(log2=17, bs=STEP, normalize=False, padding=1)
    return np.asarray(own.agg_density)


def by_gemact(count: float) -> FloatArray:
    """The Poisson case by GEMAct, on the same grid."""
    from gemact.lossmodel import Frequency, LossModel, Severity

    sigma = float(np.sqrt(np.log1p((SD / MEAN) ** 2)))
    model = LossModel(
        frequency=Frequency(dist="poisson", par={"mu": count}),
        severity=Severity(dist="lognormal", par={"shape": sigma, "scale": MEAN * np.exp(-(sigma**2) / 2)}),
        aggr_loss_dist_method="fft",
        sev_discr_method="localmoments",
        sev_discr_step=STEP,
        n_sev_discr_nodes=N,
        n_aggr_dist_nodes=N,
    )
    below = np.asarray(model.cdf(STEP * np.arange(N)))
    return np.diff(below, prepend=0.0)


if __name__ == "__main__":
    told("Poisson, bekostiging", ours(1.0, 3.0), STEP)
    told("Poisson, aggregate", by_aggregate("poisson", 3.0), STEP)
    told("Poisson, GEMAct", by_gemact(3.0), STEP)
    wide = (4_000_000.0, 2_000_000.0)
    told("negative binomial, bekostiging", ours(1.6, 40.0), STEP, *wide)
    told("negative binomial, aggregate", by_aggregate(f"mixed gamma {np.sqrt(0.6 / 40)}", 40.0), STEP, *wide)
