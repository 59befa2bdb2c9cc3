"""The lump sum whose corridor is measured against itself: b from an equation instead of a formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.taakgericht import Taakgericht
from bekostiging.scenarios import CareUse
from bekostiging_solvers.typing import FloatArray

WIDEST = 0.5
"""The budget is sought from half the reference amount to one and a half times it."""


def solve_budget(
    contract: Taakgericht, care_use: CareUse, levels: PriceLevels, target: FloatArray | float
) -> Taakgericht:
    """The contract with budget and reference both B0 (1 + x), so that expected payment over the years is ``target``.

    Its layers are measured against b I. Expected payment rises in x as long as the municipality does not share everything,
    so bisection (Brent 1973) finds x; ``target`` is euro over the years, or an array by year that is summed.

    Raises
    ------
    ValueError
        No budget within half of the reference amount pays the target: with full sharing the payment is the base whatever b.
    """
    wanted = float(np.sum(target))

    def measured_against_itself(x: float) -> Taakgericht:
        """Budget and reference at the same amount."""
        amount = contract.reference * (1 + x)
        return replace(contract, budget=amount, reference=amount)

    def missing(x: float) -> float:
        """Expected payment over the years less the target."""
        return float(measured_against_itself(x).settle(care_use, levels).payment.mean(axis=0).sum()) - wanted

    low, high = missing(-WIDEST), missing(WIDEST)
    if low * high > 0:
        raise ValueError(
            f"contract {contract.provider} in {contract.lot}: no budget from {1 - WIDEST:g} to {1 + WIDEST:g} times the "
            f"reference amount is expected to pay {wanted:.0f}; lower the shares of the corridor or change the target"
        )
    return measured_against_itself(float(brentq(missing, -WIDEST, WIDEST, xtol=1e-12)))
