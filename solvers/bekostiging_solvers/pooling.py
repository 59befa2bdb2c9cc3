"""Expert views on simulated scenarios by entropy pooling (Meucci 2008, Risk 21(10), 86-91).

    minimise    sum_s p_s ln(p_s / q_s)
    subject to  low_k <= sum_s p_s feature_sk <= high_k,   sum_s p_s = 1

The scenarios stay, their probabilities change as little as the views allow: "growth of at least 8 % has probability
0.8" is a feature that is one in those scenarios. Solved in the dual, one multiplier per side of a view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import logsumexp

from bekostiging_solvers.arrays import check_aligned, vector
from bekostiging_solvers.highs import solve_highs
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.risk import checked_probabilities
from bekostiging_solvers.solution import NumericalTroubleError
from bekostiging_solvers.typing import FloatArray

VIOLATION = 1e-7
"""Largest violation of a view, relative to the spread of its feature."""


@dataclass(frozen=True)
class View:
    """What an expert expects: the mean of a feature lies between two numbers.

    Parameters
    ----------
    name : str
        For messages and conflicts.
    feature : (n_scenarios,) array
        One number per scenario; ones and zeros for a view on a probability.
    low, high : float
        Limits of its mean, in its unit; equal for a view on one number, infinite where there is no limit.

    Examples
    --------
    Growth of at least 8 % has a probability of at least 0.8:

    >>> growth = np.array([0.02, 0.09, 0.12])
    >>> View("growth", (growth >= 0.08).astype(float), low=0.8, high=1.0).feature.tolist()
    [0.0, 1.0, 1.0]
    """

    name: str
    feature: FloatArray
    low: float
    high: float


@dataclass(frozen=True)
class Pooled:
    """Probabilities of the scenarios under the views.

    Attributes
    ----------
    probabilities : (n_scenarios,) array
        They add up to one.
    relative_entropy : float
        How far they are from the prior, in nats; zero is the prior itself.
    effective_scenarios : float
        exp(entropy): with how many equally likely scenarios one is left.

    Examples
    --------
    >>> from bekostiging_solvers import entropy_pooling
    >>> float(entropy_pooling([], 4).effective_scenarios)
    4.0
    """

    probabilities: FloatArray
    relative_entropy: float
    effective_scenarios: float


def entropy_pooling(views: Sequence[View], n_scenarios: int, prior: ArrayLike | None = None) -> Pooled:
    """The probabilities nearest to the prior that satisfy every view (Meucci 2008).

    Parameters
    ----------
    views : sequence of View
        They hold together.
    n_scenarios : int
        Number of scenarios.
    prior : (n_scenarios,), optional
        Probabilities before the views; equal when left out.

    Returns
    -------
    Pooled

    Raises
    ------
    InfeasibleError
        No probabilities satisfy the views together; ``conflict`` names them.
    ValueError
        A view that does not fit: another length, low above high, numbers that are not finite.
    NumericalTroubleError
        The views can be satisfied only in the limit of probability zero; relax one.

    Examples
    --------
    >>> pooled = entropy_pooling([View("rain", np.array([1.0, 1.0, 0.0, 0.0]), low=0.8, high=0.8)], 4)
    >>> pooled.probabilities.round(6).tolist()
    [0.4, 0.4, 0.1, 0.1]
    """
    named = [view.name or f"number {place}" for place, view in enumerate(views)]
    for name, view in zip(named, views, strict=True):
        check_aligned(
            view.feature, f"view {name}", prior if prior is not None else views[0].feature, "what it goes with"
        )
    q = checked_probabilities(prior, n_scenarios)
    views = [
        replace(view, name=name, feature=vector(view.feature, f"the feature of view {name}"))
        for name, view in zip(named, views, strict=True)
    ]
    for view in views:
        if view.feature.shape != (n_scenarios,) or not np.isfinite(view.feature).all():
            raise ValueError(f"view {view.name}: the feature has one finite number per scenario ({n_scenarios})")
        if not view.low <= view.high:
            raise ValueError(f"view {view.name}: low {view.low} is above high {view.high}")
    if not views:
        return _pooled(q, q)
    features = np.column_stack([view.feature for view in views])
    _check_possible(views, features, q)
    # views in units of their own spread
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (features - centre) / spread
    low, high = ((np.array([getattr(view, side) for view in views]) - centre) / spread for side in ("low", "high"))
    p = _dual_optimum(scaled, low, high, q)
    expected = p @ scaled
    if max((low - expected).max(), (expected - high).max()) > VIOLATION:
        raise NumericalTroubleError(
            "the views leave some scenarios with probability zero in the limit; relax a view a little"
        )
    return _pooled(p, q)


def _check_possible(views: Sequence[View], features: FloatArray, q: FloatArray) -> None:
    """A linear program without cost: its conflict is the answer."""
    n = len(features)
    solve_highs(
        LinearProgram(
            np.zeros(n),
            np.zeros(n),
            (q > 0).astype(np.float64),
            csr_array(np.vstack([features.T, np.ones(n)])),
            np.array([*(view.low for view in views), 1.0]),
            np.array([*(view.high for view in views), 1.0]),
            ("",) * n,
            (*(view.name for view in views), "probabilities add up to one"),
        )
    )


def _dual_optimum(features: FloatArray, low: FloatArray, high: FloatArray, q: FloatArray) -> FloatArray:
    """p_s proportional to q_s exp(-features_s (a - b)), a >= 0 on the high side, b >= 0 on the low side."""
    k = len(low)
    upper, lower = np.isfinite(high), np.isfinite(low)
    with np.errstate(divide="ignore"):
        log_q = np.log(q)

    def value(multipliers: FloatArray) -> tuple[float, FloatArray]:
        """Negative dual and its gradient."""
        a, b = multipliers[:k], multipliers[k:]
        exponent = log_q - features @ (a - b)
        log_total = float(logsumexp(exponent))
        expected = np.exp(exponent - log_total) @ features
        dual = log_total + float(a[upper] @ high[upper]) - float(b[lower] @ low[lower])
        return dual, np.concatenate([np.where(upper, high, 0.0) - expected, expected - np.where(lower, low, 0.0)])

    bounds = [(0.0, None if known else 0.0) for known in (*upper, *lower)]
    found = minimize(
        value, np.zeros(2 * k), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 10_000, "maxfun": 20_000, "ftol": 0.0, "gtol": 1e-10},
    )  # fmt: skip
    exponent = log_q - features @ (found.x[:k] - found.x[k:])
    return np.asarray(np.exp(exponent - logsumexp(exponent)))


def _pooled(p: FloatArray, q: FloatArray) -> Pooled:
    held = p > 0
    entropy = -float(p[held] @ np.log(p[held]))
    return Pooled(p, float(p[held] @ np.log(p[held] / q[held])), float(np.exp(entropy)))
