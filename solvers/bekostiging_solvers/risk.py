"""Risk measures of losses: the tail of a sample, its weights, and who contributes what.

Rockafellar and Uryasev (2002), doi:10.1016/S0378-4266(02)00271-6: CVaR_a(L) = min over v of v + E[(L - v)+]/(1 - a); where
the sample has an atom at the quantile, the atom is split, so that the tail has exactly probability 1 - a. Measures of
several columns at once, and standard errors, are in ``bekostiging_solvers.sample_risk``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from bekostiging_solvers.arrays import check_aligned, numbers
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

Losses: TypeAlias = "FloatArray | pd.DataFrame | pd.Series[float] | ArrayLike"
MASS = 1e-12
"""Rounding of cumulated probability: a tail of 5 % of 100 scenarios is five of them."""
ROUNDING = 1e-9
"""Of a number of scenarios: 10 x (1 - 0.9) is one."""


@dataclass(frozen=True)
class Expectation:
    """The expectation E[L].

    Examples
    --------
    >>> measure_of(np.array([1.0, 3.0]), Expectation())
    2.0
    """


@dataclass(frozen=True)
class CVaR:
    """CVaR of L, the mean of its worst part (Rockafellar and Uryasev 2002).

    Parameters
    ----------
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.

    Raises
    ------
    ValueError
        A confidence outside [0, 1).

    Examples
    --------
    >>> measure_of(np.array([1.0, 3.0]), CVaR(0.5))
    3.0
    """

    confidence: float

    def __post_init__(self) -> None:
        """Refuse a confidence without tail."""
        check_confidence(self.confidence)


@dataclass(frozen=True)
class MeanCVaR:
    """E[L] + ``weight`` x CVaR of L.

    Parameters
    ----------
    weight : float
        At least 0.
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.

    Raises
    ------
    ValueError
        A negative weight, or a confidence outside [0, 1).

    Examples
    --------
    >>> measure_of(np.array([1.0, 3.0]), MeanCVaR(weight=2.0, confidence=0.5))
    8.0
    """

    weight: float
    confidence: float

    def __post_init__(self) -> None:
        """Refuse a negative weight and a confidence without tail."""
        check_confidence(self.confidence)
        if not 0 <= self.weight < np.inf:
            raise ValueError(
                f"weight must be finite and at least 0, not {self.weight}; a negative one rewards risk"
            )


RiskMeasure: TypeAlias = Expectation | CVaR | MeanCVaR
"""What ``solve_recourse``, ``measure_of`` and ``euler_contributions`` can minimise or share out."""


def tail_is_seen(n: float, confidence: float) -> bool:
    """Whether the worst ``1 - confidence`` of so many equally likely scenarios is at least one of them."""
    return n * (1 - confidence) >= 1 - ROUNDING


def tail_weights(losses: FloatArray, confidence: float, probabilities: FloatArray | None = None) -> FloatArray:
    """Weights of the scenarios in the tail: CVaR = weights @ losses.

    Linear in the number of scenarios: the tail is found by partition, not by sorting.

    Parameters
    ----------
    losses : (n_scenarios,) array
        In any unit.
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.
    probabilities : (n_scenarios,) array, optional
        Adding up to one; equally likely when left out.

    Returns
    -------
    (n_scenarios,) array
        Adding up to one; zero outside the tail.

    Raises
    ------
    ValueError
        Losses that are not one finite row, a confidence outside [0, 1), or probabilities that do not fit.

    Examples
    --------
    >>> tail_weights(np.array([1.0, 2.0, 3.0, 10.0]), 0.5).tolist()
    [0.0, 0.0, 0.5, 0.5]
    """
    check_confidence(confidence)
    check_aligned(probabilities, "probabilities", losses, "losses")
    column = one_row(losses)
    if probabilities is None:
        return _equal_tail(column, confidence)
    probabilities = checked_probabilities(probabilities, len(column))
    threshold, excess = quantile_of(column, probabilities, confidence)
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
        threshold = quantile_of(losses, probabilities, confidence)[0]
        return threshold, float(threshold + probabilities @ np.maximum(losses - threshold, 0.0) / (1 - confidence))
    mass, whole = _equal_mass(len(losses), confidence)
    if whole == len(losses):
        return float(losses.min()), float(losses.mean())
    split = len(losses) - whole - 1
    worst = np.partition(losses, split)[split:]
    return float(worst[0]), float(worst[0] + (worst[1:] - worst[0]).sum() / mass)


def euler_contributions(losses: Losses, measure: RiskMeasure, probabilities: ArrayLike | None = None) -> Any:
    """Contribution of every column to the risk measure of their sum, to which they add up.

    The Euler (gradient) allocation: of CVaR the mean of a column over the tail of the sum (Tasche 1999).

    Parameters
    ----------
    losses : (n_scenarios, k) or DataFrame
        A column per contributor, in one unit.
    measure : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence)
        Of the sum.
    probabilities : (n_scenarios,), optional
        Adding up to one; equally likely when left out.

    Returns
    -------
    (k,) array or Series
        In the unit of the losses; a data frame gives a series with its column names.

    Raises
    ------
    ValueError
        Losses without columns, or probabilities that do not fit.

    Examples
    --------
    >>> euler_contributions([[0.0, 1.0], [4.0, 2.0]], CVaR(0.5)).tolist()
    [4.0, 2.0]
    """
    check_aligned(probabilities, "probabilities", losses, "losses")
    columns = numbers(losses, "losses")
    if columns.ndim != 2 or not columns.size:
        raise ValueError(f"losses must have a column per contributor, not shape {columns.shape}")
    if not np.isfinite(columns).all():
        raise ValueError("losses contain values that are not finite; mend them before taking a tail")
    p = checked_probabilities(probabilities, len(columns))
    contributions = p @ columns
    if not isinstance(measure, Expectation):
        weights = tail_weights(columns.sum(axis=1), measure.confidence, None if probabilities is None else p)
        tail = weights @ columns
        contributions = tail if isinstance(measure, CVaR) else contributions + measure.weight * tail
    return by_name(contributions, losses)


def measure_of(losses: FloatArray, measure: RiskMeasure, probabilities: FloatArray | None = None) -> float:
    """The risk measure of one column of losses.

    Parameters
    ----------
    losses : (n_scenarios,) array
        In any unit.
    measure : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence)
        What is measured.
    probabilities : (n_scenarios,) array, optional
        Adding up to one; equally likely when left out.

    Returns
    -------
    float
        In the unit of the losses.

    Raises
    ------
    ValueError
        Losses that are not one finite row, probabilities that do not fit, or something else than a measure.

    Examples
    --------
    >>> measure_of(np.array([1.0, 3.0]), CVaR(0.5), np.array([0.75, 0.25]))
    2.0
    """
    return float(measure_weights(losses, measure, probabilities) @ one_row(losses))


def measure_weights(
    losses: FloatArray, measure: RiskMeasure, probabilities: FloatArray | None = None
) -> FloatArray:
    """Weights with measure = weights @ losses: a subgradient of the risk measure.

    Parameters
    ----------
    losses : (n_scenarios,) array
        In any unit.
    measure : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence)
        What is measured.
    probabilities : (n_scenarios,) array, optional
        Adding up to one; equally likely when left out.

    Returns
    -------
    (n_scenarios,) array
        Adding up to one, or to 1 + weight for ``MeanCVaR``.

    Raises
    ------
    ValueError
        Losses that are not one finite row, probabilities that do not fit, or something else than a measure.

    Examples
    --------
    >>> measure_weights(np.array([1.0, 3.0]), MeanCVaR(weight=1.0, confidence=0.5)).tolist()
    [0.5, 1.5]
    """
    check_aligned(probabilities, "probabilities", losses, "losses")
    column = one_row(losses)
    p = checked_probabilities(probabilities, len(column))
    if isinstance(measure, Expectation):
        return p
    if not isinstance(measure, CVaR | MeanCVaR):
        raise ValueError(
            f"measure is Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence), not {measure!r}"
        )
    tail = tail_weights(column, measure.confidence, None if probabilities is None else p)
    return tail if isinstance(measure, CVaR) else np.asarray(p + measure.weight * tail)


def one_row(losses: ArrayLike) -> FloatArray:
    """Checked losses, one number per scenario."""
    column = numbers(losses, "losses")
    if column.ndim != 1 or len(column) == 0:
        raise ValueError(f"losses must be one row of at least one scenario, not shape {column.shape}")
    if not np.isfinite(column).all():
        raise ValueError("losses contain values that are not finite; mend them before taking a tail")
    return column


def check_confidence(confidence: float) -> None:
    """Refuse a confidence outside [0, 1)."""
    if not 0 <= confidence < 1:
        raise ValueError(f"confidence must be in [0, 1), not {confidence}; 0.95 is the worst 5 %")


def checked_probabilities(probabilities: ArrayLike | None, n: int) -> FloatArray:
    """Checked probabilities, equal when left out."""
    if probabilities is None:
        return np.full(n, 1 / n)
    p = numbers(probabilities, "probabilities")
    if p.shape != (n,):
        raise ValueError(f"probabilities have shape {p.shape}, the losses ask ({n},)")
    if not (np.isfinite(p).all() and (p >= 0).all()):
        raise ValueError("probabilities must be finite and at least 0")
    if abs(p.sum() - 1) > 1e-9:
        raise ValueError(
            f"probabilities add up to {p.sum():.12g}, must be 1; divide them by their sum if that is meant"
        )
    return p


def by_name(numbers: FloatArray, losses: Losses) -> Any:
    """One number per column: a series when the losses are a data frame."""
    # who passes a data frame has imported pandas; nobody else pays for it
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(losses, pandas.DataFrame):
        return pandas.Series(numbers, index=losses.columns)
    return numbers


def quantile_of(column: FloatArray, p: FloatArray, confidence: float) -> tuple[float, float]:
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
