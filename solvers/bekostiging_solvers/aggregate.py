"""Aggregate distributions by Fourier transform: a random number of independent severities on a grid.

A severity is known by its limited expected values E[min(Z, x)], discretised so that its mean is kept (the method of local
moment matching, Klugman, Panjer and Willmot, Loss Models, 5th edition, section 9.6.5). The transform of a sum of independent
compounds is the product of their probability generating functions at the transforms of their severities (section 9.8).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.fft import irfft, rfft

from bekostiging_solvers.typing import ComplexArray, FloatArray


def discretised(limited: Callable[[FloatArray], FloatArray], step: float, n: int) -> FloatArray:
    """Probabilities of 0, step, ..., (n - 1) step of a severity with E[min(Z, x)] = ``limited(x)``; (n,).

    What lies beyond the grid stands on its last point.
    """
    values: FloatArray = limited(np.arange(n + 1) * np.float64(step)) / step
    inner: FloatArray = 2 * values[1:-1] - values[:-2] - values[2:]
    probabilities = np.concatenate([np.array([1 - values[1]]), inner])
    probabilities[-1] += max(0.0, 1 - float(probabilities.sum()))
    return probabilities


def transform(probabilities: FloatArray) -> ComplexArray:
    """Fourier transform of probabilities on a grid (..., n)."""
    return np.asarray(rfft(probabilities, axis=-1))


def poisson_log(mean: FloatArray | float, severity: ComplexArray) -> ComplexArray:
    """Log of the transform of a compound Poisson sum; ``mean`` broadcasts."""
    return np.asarray(mean * (severity - 1))


def negative_binomial_log(mean: FloatArray | float, dispersion: float, severity: ComplexArray) -> ComplexArray:
    """Log of the transform of a compound negative binomial sum of variance = ``dispersion`` x mean (one: Poisson)."""
    if dispersion <= 1:
        return poisson_log(mean, severity)
    excess = dispersion - 1
    return np.asarray(-(mean / excess) * np.log1p(excess * (1 - severity)))


def aggregate(log_transform: ComplexArray, n: int) -> FloatArray:
    """Probabilities on the grid of the sum whose transform has this log; (..., n)."""
    return np.asarray(irfft(np.exp(log_transform), n=n, axis=-1))


def limited_means(probabilities: FloatArray, step: float, at: FloatArray) -> FloatArray:
    """E[min(X, x)] of distributions (..., n) on a grid at points ``at`` (..., k) inside it; linear between grid points."""
    n = probabilities.shape[-1]
    beyond = 1 - np.cumsum(probabilities, axis=-1)
    values = np.concatenate([np.zeros((*probabilities.shape[:-1], 1)), np.cumsum(beyond, axis=-1)], axis=-1)
    place = np.clip(at / step, 0.0, n - 1.0)
    low = place.astype(np.int64)
    part = place - low
    left = np.take_along_axis(values, low, axis=-1)
    right = np.take_along_axis(values, np.minimum(low + 1, n), axis=-1)
    return np.asarray(step * (left + part * (right - left)))
