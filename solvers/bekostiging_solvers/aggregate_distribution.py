"""Aggregate distributions by Fourier transform: a random number of independent severities on a grid.

A severity is known by its limited expected values E[min(Z, x)], discretised so that its mean is kept (the method of local
moment matching, Klugman, Panjer and Willmot, Loss Models, 5th edition, section 9.6.5). The transform of a sum of independent
compounds is the product of their probability generating functions at the transforms of their severities (section 9.8).
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral

import numpy as np
from scipy.fft import irfft, rfft

from bekostiging_solvers.arrays import finite, numbers
from bekostiging_solvers.typing import ComplexArray, FloatArray


def discretised(limited: Callable[[FloatArray], FloatArray], step: float, n: int) -> FloatArray:
    """Put a severity Z on a grid, its mean kept (local moment matching, Klugman, Panjer and Willmot, section 9.6.5).

    Parameters
    ----------
    limited : callable
        E[min(Z, x)] at points x (k,), in the unit of Z; (k,).
    step : float
        Distance between grid points, in the unit of Z.
    n : int
        Number of grid points 0, step, ..., (n - 1) step.

    Returns
    -------
    (n,) array
        Probabilities of the grid points; what lies beyond the grid stands on the last one.

    Raises
    ------
    ValueError
        A step or number of points that is none, or a function that gives anything else than finite numbers, one per point.

    Examples
    --------
    A severity that is always 1.5 lies halfway between two points:

    >>> discretised(lambda x: np.minimum(x, 1.5), 1.0, 4).tolist()
    [0.0, 0.5, 0.5, 0.0]
    """
    _check_step(step)
    values = finite(limited(np.arange(_points(n) + 1) * np.float64(step)), "what limited gives", 1) / step
    if len(values) != n + 1:
        raise ValueError(f"limited gives {len(values)} numbers for {n + 1} points")
    inner: FloatArray = 2 * values[1:-1] - values[:-2] - values[2:]
    probabilities = np.concatenate([np.array([1 - values[1]]), inner])
    probabilities[-1] += max(0.0, 1 - float(probabilities.sum()))
    return probabilities


def transform(probabilities: FloatArray) -> ComplexArray:
    """Fourier transform of probabilities on a grid (..., n); (..., n // 2 + 1), since probabilities are real numbers.

    Raises
    ------
    ValueError
        Probabilities that are no finite numbers.

    Examples
    --------
    >>> transform(np.array([0.0, 0.5, 0.5, 0.0]))[0].item()
    (1+0j)
    """
    own = finite(probabilities, "probabilities")
    if not own.shape[-1]:
        raise ValueError("probabilities of no grid point; give at least one")
    return np.asarray(rfft(own, axis=-1))


def poisson_log(mean: FloatArray | float, severity: ComplexArray) -> ComplexArray:
    """Log of the transform of a compound Poisson sum.

    Parameters
    ----------
    mean : float or (..., 1) array
        Expected number of terms; broadcasts with ``severity``.
    severity : (..., k) array
        ``transform`` of the probabilities of one term.

    Returns
    -------
    (..., k) array
        Logs of independent sums may be added before ``aggregate`` turns them into probabilities.

    Raises
    ------
    ValueError
        A mean that is negative or not finite, or a severity that is no finite row.

    Examples
    --------
    The sum of Poisson many ones is that Poisson number; none has probability exp(-2):

    >>> one = transform(np.array([0.0, 1.0, *np.zeros(30)]))
    >>> aggregate(poisson_log(2.0, one), 32)[:3].round(4).tolist()
    [0.1353, 0.2707, 0.2707]
    """
    return np.asarray(_mean(mean) * (_logs(severity, "severity") - 1))


def negative_binomial_log(mean: FloatArray | float, dispersion: float, severity: ComplexArray) -> ComplexArray:
    """Log of the transform of a compound negative binomial sum.

    Parameters
    ----------
    mean : float or (..., 1) array
        Expected number of terms; broadcasts with ``severity``.
    dispersion : float
        Variance of the number of terms over its mean; at most one is Poisson.
    severity : (..., k) array
        ``transform`` of the probabilities of one term.

    Returns
    -------
    (..., k) array
        Logs of independent sums may be added before ``aggregate`` turns them into probabilities.

    Raises
    ------
    ValueError
        A mean or dispersion that is negative or not finite, or a severity that is no finite row.

    Examples
    --------
    With a dispersion of 2 and a mean of 2, no term at all has probability 2^-2 instead of exp(-2):

    >>> one = transform(np.array([0.0, 1.0, *np.zeros(62)]))
    >>> float(aggregate(negative_binomial_log(2.0, 2.0, one), 64)[0].round(4))
    0.25
    """
    if not 0 <= dispersion < np.inf:
        raise ValueError(f"dispersion is finite and at least 0, not {dispersion}")
    if dispersion <= 1:
        return poisson_log(mean, severity)
    excess = dispersion - 1
    return np.asarray(-(_mean(mean) / excess) * np.log1p(excess * (1 - _logs(severity, "severity"))))


def aggregate(log_transform: ComplexArray, n: int) -> FloatArray:
    """Probabilities on the grid of the sum whose transform has this log.

    Parameters
    ----------
    log_transform : (..., n // 2 + 1) array
        Sum of the logs of independent compounds, as ``poisson_log`` and ``negative_binomial_log`` give them.
    n : int
        Number of grid points; what the sum has beyond them comes back at the beginning, so take enough.

    Returns
    -------
    (..., n) array
        Probabilities of 0, step, ..., (n - 1) step.

    Raises
    ------
    ValueError
        Logs that are no numbers, or of another length than ``n`` asks.

    Examples
    --------
    Two independent Poisson numbers of mean 1 are one of mean 2:

    >>> one = transform(np.array([0.0, 1.0, *np.zeros(30)]))
    >>> aggregate(poisson_log(1.0, one) + poisson_log(1.0, one), 32)[:2].round(4).tolist()
    [0.1353, 0.2707]
    """
    own = _logs(log_transform, "log_transform")
    if own.shape[-1] != _points(n) // 2 + 1:
        raise ValueError(f"log_transform has {own.shape[-1]} numbers, {n} grid points ask {n // 2 + 1}")
    return np.asarray(irfft(np.exp(own), n=n, axis=-1))


def limited_means(probabilities: FloatArray, step: float, at: FloatArray) -> FloatArray:
    """E[min(X, x)] of distributions on a grid, linear between grid points.

    Parameters
    ----------
    probabilities : (..., n) array
        Of 0, step, ..., (n - 1) step.
    step : float
        Distance between grid points, in the unit of X.
    at : (..., k) array
        Points x inside the grid, in the unit of X.

    Returns
    -------
    (..., k) array

    Raises
    ------
    ValueError
        Probabilities or points that are no finite numbers, or a step that is none.

    Examples
    --------
    X is 0 or 2, each with probability one half:

    >>> limited_means(np.array([0.5, 0.0, 0.5]), 1.0, np.array([0.5, 1.0, 2.0])).tolist()
    [0.25, 0.5, 1.0]
    """
    _check_step(step)
    probabilities, at = finite(probabilities, "probabilities"), finite(at, "at")
    if probabilities.ndim != at.ndim or not probabilities.shape[-1]:
        raise ValueError(
            f"probabilities {probabilities.shape} and points {at.shape} have as many dimensions, and a grid"
        )
    n = probabilities.shape[-1]
    beyond = 1 - np.cumsum(probabilities, axis=-1)
    values = np.concatenate([np.zeros((*probabilities.shape[:-1], 1)), np.cumsum(beyond, axis=-1)], axis=-1)
    place = np.clip(at / step, 0.0, n - 1.0)
    low = place.astype(np.int64)
    part = place - low
    left = np.take_along_axis(values, low, axis=-1)
    right = np.take_along_axis(values, np.minimum(low + 1, n), axis=-1)
    return np.asarray(step * (left + part * (right - left)))


def _check_step(step: float) -> None:
    """Refuse what is no distance."""
    if not 0 < step < np.inf:
        raise ValueError(f"step is a finite distance above 0, not {step}")


def _points(n: object) -> int:
    """A number of grid points."""
    if not isinstance(n, Integral) or isinstance(n, bool) or n < 1:
        raise ValueError(f"n is a number of grid points, at least 1, not {n!r}")
    return int(n)


def _mean(mean: FloatArray | float) -> FloatArray:
    """An expected number of terms."""
    own = numbers(mean, "mean")
    if not ((own >= 0) & np.isfinite(own)).all():
        raise ValueError("mean is finite and at least 0")
    return own


def _logs(values: ComplexArray, name: str) -> ComplexArray:
    """Complex numbers that are finite, or minus infinity: the log of nothing."""
    try:
        own = np.asarray(values, dtype=np.complex128)
    except (TypeError, ValueError):
        raise ValueError(f"{name} holds something other than numbers") from None
    if own.ndim == 0 or not (np.isfinite(own) | (own.real == -np.inf)).all():
        raise ValueError(f"{name} has at least one dimension of finite numbers, shape {own.shape}")
    return own
