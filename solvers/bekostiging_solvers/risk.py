"""Tail risk of equally likely scenarios: value at risk and CVaR, exact, with the weights of the tail.

Rockafellar and Uryasev (2000), doi:10.21314/JOR.2000.038: CVaR_a(L) = min over v of v + E[(L - v)+]/(1 - a).
The minimiser is the a-quantile; the maximising weights put 1/(n (1 - a)) on the worst scenarios and what is
left on the next one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def _check(losses: FloatArray, confidence: float) -> None:
    """Refuse what has no tail."""
    if losses.ndim != 1 or len(losses) == 0:
        raise ValueError(f"losses must be one row of at least one scenario, not shape {losses.shape}")
    if not 0 <= confidence < 1:
        raise ValueError(f"confidence must be in [0, 1), not {confidence}; 0.95 is the worst 5 %")
    if not np.isfinite(losses).all():
        raise ValueError("losses contain values that are not finite; mend them before taking a tail")


def value_at_risk(losses: FloatArray, confidence: float) -> float:
    """Smallest loss with at least ``confidence`` of the scenarios at or below it.

    Raises
    ------
    ValueError
        No scenarios, losses that are not finite, or a confidence outside [0, 1).
    """
    _check(losses, confidence)
    return float(np.quantile(losses, confidence, method="inverted_cdf"))


def tail_weights(losses: FloatArray, confidence: float) -> FloatArray:
    """Weights (n_scenarios,) summing to one with CVaR = weights @ losses, the largest over all tails."""
    _check(losses, confidence)
    n = len(losses)
    mass = n * (1 - confidence)
    # a tail of 5 % of 100 scenarios is five of them, whatever rounding makes of 100 x 0.05
    whole = int(np.floor(mass + 1e-9))
    order = np.argsort(-losses, kind="stable")
    weights = np.zeros(n)
    weights[order[:whole]] = 1 / mass
    if whole < n:
        weights[order[whole]] = max(1 - whole / mass, 0.0)
    return np.asarray(weights / weights.sum())


def cvar(losses: FloatArray, confidence: float) -> float:
    """Mean of the worst ``1 - confidence`` of equally likely scenarios (n_scenarios,).

    Raises
    ------
    ValueError
        As ``value_at_risk``.
    """
    return float(tail_weights(losses, confidence) @ losses)
