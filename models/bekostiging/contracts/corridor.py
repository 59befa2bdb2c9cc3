"""The layered corridor of a lump sum.

Layers partition [0, infinity) with 1 always an edge, edges as multiples of the indexed reference amount
B0 I; deficit layers lie above 1, surplus layers below. With U_l >= 0 the euros of |base - B0 I| in layer l and
sign +1 (deficit) or -1 (surplus), the payment is Y = b I + sum_l sign_l share_l U_l; share 1 everywhere and
b = B0 gives Y = base (design section 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts.clauses import Clause, Position
from bekostiging_solvers.typing import FloatArray

NO_USE = 1e-12
"""Part of a euro of cost below which nothing of it is the provider's: a share of one on the cost itself."""


@dataclass(frozen=True)
class Corridor(Clause):
    """Layers of one lot; every array (n_layers,). ``share`` is nan where it is to be decided."""

    kind: ClassVar[str] = "corridor"
    names: tuple[str, ...]
    lower: FloatArray
    upper: FloatArray
    sign: FloatArray
    share: FloatArray

    @property
    def n_layers(self) -> int:
        """Number of layers."""
        return len(self.names)

    def amounts(self, base: FloatArray, reference: FloatArray) -> FloatArray:
        """Euros U of ``|base - reference|`` in each layer.

        ``base`` and ``reference`` (= B0 I) of one shape; the layers are a new last axis.
        """
        inside = base[..., None], reference[..., None]
        low, high = self.lower * inside[1], self.upper * inside[1]
        deficit = np.clip(inside[0] - low, 0.0, high - low)
        surplus = np.clip(high - inside[0], 0.0, high - low)
        return np.where(self.sign > 0, deficit, surplus)

    def used_up_at(self, budget: FloatArray, reference: FloatArray, base_part: FloatArray) -> FloatArray:
        """Cost at which a budget and what the deficit layers pay are used up, infinite where they never are.

        All (n_scenarios, n_years), nominal euro; ``reference`` = B0 I, ``base_part``: base per euro of cost. From the budget
        on, layer by layer: a euro of cost uses up 1 - share x base_part of what is left.
        """
        shares = np.nan_to_num(self.share, nan=0.0)
        cost, left = budget.copy(), self.amounts(budget * base_part, reference) @ shares
        goes_on = budget * base_part >= reference
        found = np.where(goes_on, np.inf, budget)
        for layer in np.flatnonzero(self.sign > 0):
            until = np.maximum(self.upper[layer] * reference / base_part, cost)
            uses = 1 - shares[layer] * base_part
            uses[np.abs(uses) < NO_USE] = 0.0
            more = until - cost
            used = np.multiply(uses, more, out=np.zeros_like(uses), where=(uses != 0) & (more > 0))
            ends = goes_on & (used > left)
            found[ends] = cost[ends] + left[ends] / uses[ends]
            goes_on &= ~ends
            cost, left = until, left - used
        return found

    def euros(self, position: Position) -> FloatArray:
        """U with its sign: deficits are received, surpluses returned."""
        return self.amounts(position.base, position.reference) * self.sign


def corridor_of(case: Case, lot: str) -> Corridor:
    """Return the corridor of a lot: deficit layers upward from 1, then surplus layers downward from 1."""
    rows = [row for row in case.layers if row.lot == lot]
    deficit = sorted((row for row in rows if row.lower >= 1), key=lambda row: row.lower)
    surplus = sorted((row for row in rows if row.lower < 1), key=lambda row: -row.lower)
    ordered = deficit + surplus
    return Corridor(
        names=tuple(row.layer for row in ordered),
        lower=np.array([row.lower for row in ordered], dtype=np.float64),
        upper=np.array([np.inf if row.upper is None else row.upper for row in ordered], dtype=np.float64),
        sign=np.array([1.0] * len(deficit) + [-1.0] * len(surplus)),
        share=np.array([np.nan if row.share is None else row.share for row in ordered], dtype=np.float64),
    )
