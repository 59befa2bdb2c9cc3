"""Risk of a sample: value at risk, CVaR, shortfall over a limit, and their standard errors.

Exact on the sample, equally likely or with probabilities; one column of losses, several columns or a data frame:
a number, an array or a series comes back. Where the sample has an atom at the quantile, CVaR splits it, so that the tail
has exactly probability 1 - confidence.

Standard errors are those of independent scenarios, with 1 / sum(p^2) scenarios when probabilities differ; scrambled
Sobol points have their own (``bekostiging_solvers.sampling``). Where the scenarios cannot show an error (one scenario, a
tail or quantile with less than one beyond it, a limit that none or one exceeds) it is absent: None for one column, and
for several a missing value in their array or series.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bekostiging_solvers.arrays import check_aligned, numbers
from bekostiging_solvers.risk import (
    MASS,
    ROUNDING,
    Losses,
    by_name,
    check_confidence,
    checked_probabilities,
    quantile_of,
    tail_is_seen,
    tail_of,
)
from bekostiging_solvers.typing import FloatArray


def value_at_risk(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Lower empirical quantile: the smallest loss with at least ``confidence`` of the probability at or below it.

    Parameters
    ----------
    losses : (n_scenarios,), (n_scenarios, k), Series or DataFrame
        A column per subject, in any unit.
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.
    probabilities : (n_scenarios,), optional
        Non-negative, adding up to one; equally likely when left out.

    Returns
    -------
    float, (k,) array or Series
        In the unit of the losses; a data frame gives a series with its column names.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, a confidence outside [0, 1), probabilities that do not fit.

    Examples
    --------
    >>> value_at_risk([1.0, 2.0, 3.0, 10.0], 0.75)
    3.0
    """
    check_confidence(confidence)
    return _by_column(losses, probabilities, lambda column, p: quantile_of(column, p, confidence)[0])


def cvar(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Mean of the worst ``1 - confidence``, the atom at the quantile split (Rockafellar and Uryasev 2002).

    Parameters
    ----------
    losses : (n_scenarios,), (n_scenarios, k), Series or DataFrame
        A column per subject, in any unit.
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.
    probabilities : (n_scenarios,), optional
        Non-negative, adding up to one; equally likely when left out.

    Returns
    -------
    float, (k,) array or Series
        In the unit of the losses; a data frame gives a series with its column names.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, a confidence outside [0, 1), probabilities that do not fit.

    Examples
    --------
    Of the worst 37.5 % of four scenarios, 25 % lose 10 and 12.5 % lose 3:

    >>> round(cvar([1.0, 2.0, 3.0, 10.0], 0.625), 6)
    7.666667
    """
    check_confidence(confidence)
    return _by_column(losses, probabilities, lambda column, p: tail_of(column, confidence, p)[1])


def shortfall_over(losses: Losses, limit: float, probabilities: ArrayLike | None = None) -> Any:
    """E[(L - limit)+]: by how much a limit is exceeded in expectation.

    Parameters
    ----------
    losses : (n_scenarios,), (n_scenarios, k), Series or DataFrame
        A column per subject, in any unit.
    limit : float
        In the unit of the losses.
    probabilities : (n_scenarios,), optional
        Non-negative, adding up to one; equally likely when left out.

    Returns
    -------
    float, (k,) array or Series
        In the unit of the losses; a data frame gives a series with its column names.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, probabilities that do not fit.

    Examples
    --------
    >>> shortfall_over([1.0, 2.0, 3.0, 10.0], 2.0)
    2.25
    """
    return _by_column(losses, probabilities, lambda column, p: float(p @ np.maximum(column - limit, 0.0)))


def value_at_risk_error(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Standard error of the quantile: half the distance of the quantiles one binomial deviation up and down.

    Parameters
    ----------
    losses : (n_scenarios,), (n_scenarios, k), Series or DataFrame
        A column per subject, in any unit.
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.
    probabilities : (n_scenarios,), optional
        Non-negative, adding up to one; equally likely when left out.

    Returns
    -------
    float, (k,) array or Series
        In the unit of the losses; absent where the scenarios cannot show it: None for one column, nan among several.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, a confidence outside [0, 1), probabilities that do not fit.

    Examples
    --------
    >>> value_at_risk_error(np.arange(100.0), 0.5)
    5.0
    """
    check_confidence(confidence)

    def error(column: FloatArray, p: FloatArray) -> float | None:
        """Standard error of one column."""
        effective = 1 / float(p @ p)
        if not (tail_is_seen(effective, confidence) and tail_is_seen(effective, 1 - confidence)):
            return None
        deviation = float(np.sqrt(confidence * (1 - confidence) / effective))
        up = quantile_of(column, p, min(confidence + deviation, 1 - MASS))[0]
        down = quantile_of(column, p, max(confidence - deviation, 0.0))[0]
        return (up - down) / 2

    return _by_column(losses, probabilities, error)


def cvar_error(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Standard error of CVaR, from its influence VaR + (L - VaR)+/(1 - confidence).

    Trindade et al. (2007), doi:10.1016/j.jbankfin.2007.04.014.

    Parameters
    ----------
    losses : (n_scenarios,), (n_scenarios, k), Series or DataFrame
        A column per subject, in any unit.
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.
    probabilities : (n_scenarios,), optional
        Non-negative, adding up to one; equally likely when left out.

    Returns
    -------
    float, (k,) array or Series
        In the unit of the losses; absent where the scenarios cannot show it: None for one column, nan among several.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, a confidence outside [0, 1), probabilities that do not fit.

    Examples
    --------
    >>> round(cvar_error(np.arange(100.0), 0.9), 4)
    1.893
    >>> cvar_error(np.arange(5.0), 0.9) is None
    True
    """
    check_confidence(confidence)

    def error(column: FloatArray, p: FloatArray) -> float | None:
        """Standard error of one column."""
        if not tail_is_seen(1 / float(p @ p), confidence):
            return None
        threshold = quantile_of(column, p, confidence)[0]
        return _mean_error(np.maximum(column - threshold, 0.0) / (1 - confidence), p)

    return _by_column(losses, probabilities, error)


def shortfall_over_error(losses: Losses, limit: float, probabilities: ArrayLike | None = None) -> Any:
    """Standard error of ``shortfall_over``, of independent scenarios.

    Parameters
    ----------
    losses : (n_scenarios,), (n_scenarios, k), Series or DataFrame
        A column per subject, in any unit.
    limit : float
        In the unit of the losses.
    probabilities : (n_scenarios,), optional
        Non-negative, adding up to one; equally likely when left out.

    Returns
    -------
    float, (k,) array or Series
        In the unit of the losses; absent where the scenarios cannot show it: None for one column, nan among several.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, probabilities that do not fit.

    Examples
    --------
    >>> round(shortfall_over_error([0.0, 0.0, 2.0, 2.0], 1.0), 4)
    0.2887
    """

    def error(column: FloatArray, p: FloatArray) -> float | None:
        """Standard error of one column."""
        over = np.maximum(column - limit, 0.0)
        return _mean_error(over, p) if np.count_nonzero(over[p > 0]) > 1 else None

    return _by_column(losses, probabilities, error)


def _by_column(
    losses: Losses, probabilities: ArrayLike | None, of_column: Callable[[FloatArray, FloatArray], float | None]
) -> Any:
    """Apply to one column or each; a data frame gives a series with its column names. None in a row is a missing value."""
    check_aligned(probabilities, "probabilities", losses, "losses")
    values = numbers(losses, "losses")
    if values.ndim not in (1, 2) or len(values) == 0:
        raise ValueError(
            f"losses must have at least one scenario in one or two dimensions, not shape {values.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError("losses contain values that are not finite; mend them before taking a tail")
    p = checked_probabilities(probabilities, len(values))
    if values.ndim == 1:
        return of_column(values, p)
    columns = (of_column(values[:, k], p) for k in range(values.shape[1]))
    return by_name(np.array([np.nan if one is None else one for one in columns]), losses)


def _mean_error(sample: FloatArray, p: FloatArray) -> float | None:
    """Standard error of a mean of independent scenarios; None for one scenario."""
    beyond_one = 1 / float(p @ p) - 1
    if beyond_one < ROUNDING:
        return None
    mean = float(p @ sample)
    return float(np.sqrt(float(p @ (sample - mean) ** 2) / beyond_one))
