"""The lump sum whose corridor is measured against itself: b from an equation instead of a formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from bekostiging.case.arguments import kinds_checked, wrong_argument
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.taakgericht import Taakgericht
from bekostiging.scenarios import CareUse
from bekostiging_solvers.typing import FloatArray

WIDEST = 0.5
"""The budget is sought from half the reference amount to one and a half times it."""


@kinds_checked
def solve_budget(
    contract: Taakgericht, care_use: CareUse, levels: PriceLevels, target: FloatArray | float
) -> Taakgericht:
    """The lump sum whose corridor is measured against its own budget, so that its expected payment is a target.

    Budget and reference become B0 (1 + x). Expected payment rises in x as long as the municipality does not share
    everything, so bisection (Brent 1973, Algorithms for Minimization without Derivatives) finds x.

    Parameters
    ----------
    contract : Taakgericht
        With decided shares.
    care_use : CareUse
        Scenarios over which the payment is expected.
    levels : PriceLevels
        Of the contract's lot, in the same scenarios.
    target : float or array (n_years,)
        Euro over all years; an array is summed.

    Raises
    ------
    UserError
        No budget within half of the reference amount pays the target: with full sharing the payment is the base whatever b.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, price_levels, reference, with_design
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> amounts, care_use = reference(case, cells, 2), expected_care_use(case, cells, 2)
    >>> contract = build_contracts(case, cells, amounts, "taakgericht")[0]
    >>> levels = price_levels(case, contract.lot, care_use)
    >>> half = with_design(contract, contract.reference, np.full(contract.corridor.n_layers, 0.5))
    >>> solved = solve_budget(half, care_use, levels, 1.02 * contract.reference)
    >>> (solved.budget / contract.reference).round(4).tolist()
    [1.04, 1.04]
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
        least, most = (f"{100 * (1 + sign * WIDEST):.0f} %" for sign in (-1, 1))
        place = f"contract {contract.provider} in {contract.lot}"
        raise wrong_argument(
            "target",
            wanted,
            f"{place}: geen budget van {least} tot {most} van het referentiebedrag betaalt dit naar verwachting; verlaag de "
            "delen van de corridor of kies een ander bedrag",
            f"{place}: no budget from {least} to {most} of the reference amount is expected to pay this; lower the shares "
            "of the corridor or change the target",
        )
    return measured_against_itself(float(brentq(missing, -WIDEST, WIDEST, xtol=1e-12)))
