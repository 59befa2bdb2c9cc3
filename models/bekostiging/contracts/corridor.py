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
from bekostiging.case.arguments import checked_word, kinds_checked
from bekostiging.contracts.clauses import Clause, Position
from bekostiging.contracts.valid import require, require_share
from bekostiging_solvers.typing import BoolArray, FloatArray

EDGES_MEET = 1e-9
"""Distance of two edges, parts of the reference amount, that is rounding."""
NO_USE = 1e-12
"""Part of a euro of cost below which nothing of it is the provider's: a share of one on the cost itself."""


@dataclass(frozen=True)
class Corridor(Clause):
    """The layers of a lump sum, which together hold its whole deviation from the reference amount B0 I.

    Parameters
    ----------
    names : tuple of str
        Name of every layer.
    lower, upper : array (n_layers,)
        Edges as multiples of B0 I. Deficit layers follow each other from 1 to infinity, surplus layers from 1 to 0.
    sign : array (n_layers,)
        1 for a deficit layer, above 1, which the municipality pays; -1 for a surplus layer, below 1, which it gets back.
    share : array (n_layers,)
        Part of the euros in a layer that is the municipality's, from 0 to 1; nan where it is to be decided.

    Raises
    ------
    ValueError
        Arrays of different lengths, layers that overlap or leave a gap, a sign or a share that cannot be.

    Examples
    --------
    A first deficit layer of 3 % that is the provider's, a share of 80 % above it, and half of every surplus:

    >>> corridor = Corridor(
    ...     ("small", "large", "surplus"),
    ...     lower=np.array([1.0, 1.03, 0.0]),
    ...     upper=np.array([1.03, np.inf, 1.0]),
    ...     sign=np.array([1.0, 1.0, -1.0]),
    ...     share=np.array([0.0, 0.8, 0.5]),
    ... )
    >>> inside = corridor.amounts(np.array([110.0, 96.0]), np.array([100.0, 100.0]))
    >>> inside.round(2).tolist()
    [[3.0, 7.0, 0.0], [0.0, 0.0, 4.0]]
    >>> (inside @ (corridor.sign * corridor.share)).round(2).tolist()
    [5.6, -2.0]
    """

    kind: ClassVar[str] = "corridor"
    names: tuple[str, ...]
    lower: FloatArray
    upper: FloatArray
    sign: FloatArray
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse layers that do not hold the whole deviation once."""
        for name in ("lower", "upper", "sign"):
            shape = np.shape(getattr(self, name))
            require(shape == (self.n_layers,), self, name, f"an array with one number for each of {self.names}")
        require_share(self, self.share, self.n_layers)
        require(
            bool(np.isin(self.sign, (1.0, -1.0)).all()),
            self,
            "sign",
            "1 for a deficit layer, -1 for a surplus layer",
        )
        deficit = self.deficit
        require(
            _follow(self.lower[deficit], self.upper[deficit], 1.0, np.inf), self, "lower",
            f"with upper {self.upper}: deficit layers follow each other from 1 to np.inf, none left out",
        )  # fmt: skip
        require(
            _follow(self.lower[~deficit], self.upper[~deficit], 0.0, 1.0), self, "lower",
            f"with upper {self.upper}: surplus layers follow each other from 1 down to 0, none left out",
        )  # fmt: skip

    @property
    def n_layers(self) -> int:
        """Number of layers."""
        return len(self.names)

    @property
    def deficit(self) -> BoolArray:
        """Which layers are of deficits, the others of surpluses; (n_layers,)."""
        return np.asarray(self.sign == 1)

    def amounts(self, base: FloatArray, reference: FloatArray) -> FloatArray:
        """Euros U of ``|base - reference|`` in each layer.

        ``base`` and ``reference`` (= B0 I) of one shape; the layers are a new last axis.
        """
        inside = base[..., None], reference[..., None]
        low, high = self.lower * inside[1], self.upper * inside[1]
        deficit = np.clip(inside[0] - low, 0.0, high - low)
        surplus = np.clip(high - inside[0], 0.0, high - low)
        return np.where(self.deficit, deficit, surplus)

    def used_up_at(self, budget: FloatArray, reference: FloatArray, base_part: FloatArray) -> FloatArray:
        """Cost at which a budget and what the deficit layers pay are used up, infinite where they never are.

        All (n_scenarios, n_years), nominal euro; ``reference`` = B0 I, ``base_part``: base per euro of cost. From the budget
        on, layer by layer: a euro of cost uses up 1 - share x base_part of what is left.
        """
        shares = np.nan_to_num(self.share, nan=0.0)
        cost, left = budget.copy(), self.amounts(budget * base_part, reference) @ shares
        goes_on = budget * base_part >= reference
        used_up = np.where(goes_on, np.inf, budget)
        for layer in np.flatnonzero(self.deficit):
            until = np.maximum(self.upper[layer] * reference / base_part, cost)
            uses = 1 - shares[layer] * base_part
            uses[np.abs(uses) < NO_USE] = 0.0
            more = until - cost
            used = np.multiply(uses, more, out=np.zeros_like(uses), where=(uses != 0) & (more > 0))
            ends = goes_on & (used > left)
            used_up[ends] = cost[ends] + left[ends] / uses[ends]
            goes_on &= ~ends
            cost, left = until, left - used
        return used_up

    def euros(self, position: Position) -> FloatArray:
        """Euros in every layer, deficits positive and surpluses negative; (n_scenarios, n_years, n_layers)."""
        return self.amounts(position.base, position.reference) * self.sign


def _follow(lower: FloatArray, upper: FloatArray, first: float, last: float) -> bool:
    """Whether layers, in any order, follow each other from ``first`` to ``last``."""
    order = np.argsort(lower, kind="stable")
    begins, ends = np.append(lower[order], last), np.append(first, upper[order])
    return bool(np.isclose(begins, ends, rtol=0.0, atol=EDGES_MEET).all())


@kinds_checked
def corridor_of(case: Case, lot: str) -> Corridor:
    """The corridor of a lot, from table layers: deficit layers upward from 1, then surplus layers downward from 1.

    Parameters
    ----------
    case : Case
        Gives the layers, their shares and the policy of the lot.
    lot : str
        Id of the lot.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> corridor_of(case, "youth").names
    ('deficit_1', 'deficit_2', 'deficit_3', 'surplus_1', 'surplus_2', 'surplus_3')
    """
    checked_word("lot", lot, (row.id for row in case.lots))
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
