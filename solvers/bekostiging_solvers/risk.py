"""Risk of a sample of scenarios: value at risk, CVaR, shortfall over a limit, and who contributes what.

Exact on the sample, equally likely or with probabilities; one column of losses, several columns or a data frame:
a number, an array or a series comes back. Rockafellar and Uryasev (2002), doi:10.1016/S0378-4266(02)00271-6:
CVaR_a(L) = min over v of v + E[(L - v)+]/(1 - a); where the sample has an atom at the quantile, the atom is split,
so that the tail has exactly probability 1 - a.

Standard errors are those of independent scenarios, with 1 / sum(p^2) scenarios when probabilities differ; scrambled
Sobol points have their own (``bekostiging_solvers.sampling``). Where the scenarios cannot tell an error (one scenario, a
tail or quantile with less than one beyond it, a limit that none or one exceeds) it is absent: None for one column, and
for several a missing value in their array or series.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

Losses: TypeAlias = "FloatArray | pd.DataFrame | pd.Series[float] | ArrayLike"
Result: TypeAlias = "float | FloatArray | pd.Series[float]"
MASS = 1e-12
"""Rounding of cumulated probability: a tail of 5 % of 100 scenarios is five of them."""
ROUNDING = 1e-9
"""Of a number of scenarios: 10 x (1 - 0.9) is one."""


@dataclass(frozen=True)
class Expectation:
    """E[L]."""


@dataclass(frozen=True)
class CVaR:
    """CVaR of L; ``confidence`` 0.95 is the worst 5 %."""

    confidence: float

    def __post_init__(self) -> None:
        """Refuse a confidence without tail."""
        check_confidence(self.confidence)


@dataclass(frozen=True)
class MeanCVaR:
    """E[L] + ``weight`` x CVaR of L, ``weight`` >= 0."""

    weight: float
    confidence: float

    def __post_init__(self) -> None:
        """Refuse a negative weight and a confidence without tail."""
        check_confidence(self.confidence)
        if not self.weight >= 0:
            raise ValueError(f"weight must be at least 0, not {self.weight}; a negative one rewards risk")


RiskMeasure: TypeAlias = Expectation | CVaR | MeanCVaR


def value_at_risk(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Lower empirical quantile: the smallest loss with at least ``confidence`` of the probability at or below it.

    Parameters
    ----------
    losses : (n_scenarios,), (n_scenarios, k), Series or DataFrame
    confidence : float
        In [0, 1).
    probabilities : (n_scenarios,), optional
        Non-negative, adding up to one; equally likely when left out.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, a confidence outside [0, 1), probabilities that do not fit.
    """
    check_confidence(confidence)
    return _by_column(losses, probabilities, lambda column, p: _quantile(column, p, confidence)[0])


def cvar(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Mean of the worst ``1 - confidence``, the atom at the quantile split; arguments as ``value_at_risk``."""
    check_confidence(confidence)
    return _by_column(losses, probabilities, lambda column, p: tail_of(column, confidence, p)[1])


def shortfall_over(losses: Losses, limit: float, probabilities: ArrayLike | None = None) -> Any:
    """E[(L - limit)+]: expected shortfall over a limit; arguments as ``value_at_risk``."""
    return _by_column(losses, probabilities, lambda column, p: float(p @ np.maximum(column - limit, 0.0)))


def value_at_risk_error(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Standard error of the quantile: half the distance of the quantiles one binomial deviation up and down."""
    check_confidence(confidence)

    def error(column: FloatArray, p: FloatArray) -> float | None:
        """Standard error of one column."""
        effective = 1 / float(p @ p)
        if not (tail_is_seen(effective, confidence) and tail_is_seen(effective, 1 - confidence)):
            return None
        deviation = float(np.sqrt(confidence * (1 - confidence) / effective))
        up = _quantile(column, p, min(confidence + deviation, 1 - MASS))[0]
        down = _quantile(column, p, max(confidence - deviation, 0.0))[0]
        return (up - down) / 2

    return _by_column(losses, probabilities, error)


def cvar_error(losses: Losses, confidence: float, probabilities: ArrayLike | None = None) -> Any:
    """Standard error of CVaR, from its influence VaR + (L - VaR)+/(1 - confidence).

    Trindade et al. (2007), doi:10.1016/j.jbankfin.2007.04.014.
    """
    check_confidence(confidence)

    def error(column: FloatArray, p: FloatArray) -> float | None:
        """Standard error of one column."""
        if not tail_is_seen(1 / float(p @ p), confidence):
            return None
        threshold = _quantile(column, p, confidence)[0]
        return _mean_error(np.maximum(column - threshold, 0.0) / (1 - confidence), p)

    return _by_column(losses, probabilities, error)


def shortfall_over_error(losses: Losses, limit: float, probabilities: ArrayLike | None = None) -> Any:
    """Standard error of ``shortfall_over``."""

    def error(column: FloatArray, p: FloatArray) -> float | None:
        """Standard error of one column."""
        over = np.maximum(column - limit, 0.0)
        return _mean_error(over, p) if np.count_nonzero(over[p > 0]) > 1 else None

    return _by_column(losses, probabilities, error)


def tail_is_seen(n: float, confidence: float) -> bool:
    """Whether the worst ``1 - confidence`` of so many equally likely scenarios is at least one of them."""
    return n * (1 - confidence) >= 1 - ROUNDING


def tail_weights(losses: FloatArray, confidence: float, probabilities: FloatArray | None = None) -> FloatArray:
    """Weights (n_scenarios,) adding up to one with CVaR = weights @ losses, the largest over all tails.

    Linear in the number of scenarios: the tail is found by partition, not by sorting.
    """
    check_confidence(confidence)
    column = np.asarray(losses)
    if column.ndim != 1 or len(column) == 0:
        raise ValueError(f"losses must be one row of at least one scenario, not shape {column.shape}")
    if not np.isfinite(column).all():
        raise ValueError("losses contain values that are not finite; mend them before taking a tail")
    if probabilities is None:
        return _equal_tail(column, confidence)
    threshold, excess = _quantile(column, probabilities, confidence)
    weights = np.where(column > threshold, probabilities, 0.0) / (1 - confidence)
    # what the strictly worse scenarios leave of the tail goes to the atom at the quantile
    atom = np.flatnonzero(column == threshold)
    own = probabilities[atom]
    left = max(0.0, 1.0 - excess / (1 - confidence))
    weights[atom] = left * (own / own.sum() if own.sum() > 0 else 1 / len(atom))
    return np.asarray(weights / weights.sum())


def tail_of(losses: FloatArray, confidence: float, probabilities: FloatArray | None = None) -> tuple[float, float]:
    """Value at risk and CVaR of one column in one go, equally likely scenarios by partition."""
    if probabilities is not None:
        threshold = _quantile(losses, probabilities, confidence)[0]
        return threshold, float(threshold + probabilities @ np.maximum(losses - threshold, 0.0) / (1 - confidence))
    mass, whole = _equal_mass(len(losses), confidence)
    if whole == len(losses):
        return float(losses.min()), float(losses.mean())
    split = len(losses) - whole - 1
    worst = np.partition(losses, split)[split:]
    return float(worst[0]), float(worst[0] + (worst[1:] - worst[0]).sum() / mass)


def euler_contributions(losses: Losses, measure: RiskMeasure, probabilities: ArrayLike | None = None) -> Any:
    """Contribution of every column (n_scenarios, k) to the measure of their sum; they add up to it.

    The Euler (gradient) allocation: of CVaR the mean of a column over the tail of the sum (Tasche 1999). A data frame
    gives a series with its column names.
    """
    columns = np.asarray(losses, dtype=np.float64)
    if columns.ndim != 2:
        raise ValueError(f"losses must have a column per contributor, not shape {columns.shape}")
    p = checked_probabilities(probabilities, len(columns))
    found = p @ columns
    if not isinstance(measure, Expectation):
        weights = tail_weights(columns.sum(axis=1), measure.confidence, None if probabilities is None else p)
        tail = weights @ columns
        found = tail if isinstance(measure, CVaR) else found + measure.weight * tail
    return _named(found, losses)


def measure_of(losses: FloatArray, measure: RiskMeasure, probabilities: FloatArray | None = None) -> float:
    """The measure of one column of losses."""
    return float(measure_weights(losses, measure, probabilities) @ losses)


def measure_weights(
    losses: FloatArray, measure: RiskMeasure, probabilities: FloatArray | None = None
) -> FloatArray:
    """Weights (n_scenarios,) with measure = weights @ losses; a subgradient of the measure."""
    p = checked_probabilities(probabilities, len(losses))
    if isinstance(measure, Expectation):
        return p
    tail = tail_weights(losses, measure.confidence, probabilities)
    return tail if isinstance(measure, CVaR) else np.asarray(p + measure.weight * tail)


def check_confidence(confidence: float) -> None:
    """Refuse a confidence outside [0, 1)."""
    if not 0 <= confidence < 1:
        raise ValueError(f"confidence must be in [0, 1), not {confidence}; 0.95 is the worst 5 %")


def checked_probabilities(probabilities: ArrayLike | None, n: int) -> FloatArray:
    """Checked probabilities, equal when left out."""
    if probabilities is None:
        return np.full(n, 1 / n)
    p = np.asarray(probabilities, dtype=np.float64)
    if p.shape != (n,):
        raise ValueError(f"probabilities have shape {p.shape}, the losses ask ({n},)")
    if not (np.isfinite(p).all() and (p >= 0).all()):
        raise ValueError("probabilities must be finite and at least 0")
    if abs(p.sum() - 1) > 1e-9:
        raise ValueError(
            f"probabilities add up to {p.sum():.12g}, must be 1; divide them by their sum if that is meant"
        )
    return p


def _by_column(
    losses: Losses, probabilities: ArrayLike | None, of_column: Callable[[FloatArray, FloatArray], float | None]
) -> Any:
    """Apply to one column or each; a data frame gives a series with its column names. None in a row is a missing value."""
    values = np.asarray(losses, dtype=np.float64)
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
    return _named(np.array([np.nan if one is None else one for one in columns]), losses)


def _named(found: FloatArray, losses: Losses) -> Any:
    """One number per column: a series when the losses are a data frame."""
    # who passes a data frame has imported pandas; nobody else pays for it
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(losses, pandas.DataFrame):
        return pandas.Series(found, index=losses.columns)
    return found


def _quantile(column: FloatArray, p: FloatArray, confidence: float) -> tuple[float, float]:
    """The lower quantile, and the probability strictly above it."""
    order = np.argsort(column, kind="stable")
    below = np.cumsum(p[order])
    place = int(np.searchsorted(below, confidence - MASS))
    # without confidence asked, the smallest loss that can happen
    first = int(np.argmax(p[order] > 0))
    threshold = float(column[order[min(max(place, first), len(column) - 1)]])
    return threshold, float(p[column > threshold].sum())


def _equal_mass(n: int, confidence: float) -> tuple[float, int]:
    """How many of n equally likely scenarios the tail has, and how many of them entirely."""
    mass = n * (1 - confidence)
    return mass, min(int(np.floor(mass + ROUNDING)), n)


def _equal_tail(column: FloatArray, confidence: float) -> FloatArray:
    """Tail weights of equally likely scenarios by partition."""
    n = len(column)
    mass, whole = _equal_mass(n, confidence)
    weights = np.zeros(n)
    if whole == n:
        weights[:] = 1 / n
        return weights
    # the worst `whole` scenarios and, as the next one, the scenario that is split
    worst = np.argpartition(column, n - whole - 1)
    weights[worst[n - whole :]] = 1 / mass
    weights[worst[n - whole - 1]] = max(1 - whole / mass, 0.0)
    return np.asarray(weights / weights.sum())


def _mean_error(sample: FloatArray, p: FloatArray) -> float | None:
    """Standard error of a mean of independent scenarios; None for one scenario."""
    beyond_one = 1 / float(p @ p) - 1
    if beyond_one < ROUNDING:
        return None
    mean = float(p @ sample)
    return float(np.sqrt(float(p @ (sample - mean) ** 2) / beyond_one))
