"""Clauses that move part of a risk to the other party; ``contract & clause`` adds one, in the order written.

Every clause is linear in its shares: it moves share x euros from who carries the risk to the other party, and the next
clause sees what is left of the base (reinsurers say the first clause inures to the benefit of the next). So the terms
of the last clause are linear in its shares, given those before it (``Contract.rows``).

The base of a lump sum is what its corridor is measured on, with reference B0 I; of the other forms what the ceiling lets
through, with reference the smaller of B0 I and the ceiling (``TariffContract``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bekostiging.scenarios import CareUse, Measure
from bekostiging_solvers.typing import FloatArray, IntArray


@dataclass(frozen=True)
class Position:
    """What a clause sees; ``base`` and ``reference`` (n_scenarios, n_years), nominal euro; ``cells`` of the contract;
    ``measure``: what of a client's care is claimed.

    ``tariff_level`` (n_scenarios, n_years): level of the tariff, 1 in the first year at forecast.
    """

    care_use: CareUse
    cells: IntArray
    measure: Measure
    tariff_level: FloatArray
    base: FloatArray
    reference: FloatArray


class Clause(ABC):
    """Moves ``euros @ share`` to the party that does not carry the risk; ``share`` is nan where it is to be decided."""

    kind: ClassVar[str]
    per_client: ClassVar[bool] = False
    """Whether it is about single clients: under a tariff it comes before the ceiling."""
    share: FloatArray

    @abstractmethod
    def euros(self, position: Position) -> FloatArray:
        """Euros one unit of every share moves, signed; (n_scenarios, n_years, n_shares)."""

    def leaves(self, position: Position, moved: FloatArray) -> FloatArray:
        """What it leaves of the base of a lump sum for the next clause when it moves ``moved``; (n_scenarios, n_years)."""
        return np.asarray(position.base - moved)

    @property
    def decided(self) -> bool:
        """Whether every share is known."""
        return not bool(np.isnan(self.share).any())


@dataclass(frozen=True)
class QuotaShare(Clause):
    """A share (1,) of the whole deviation of the base from the reference, deficits and surpluses alike."""

    kind: ClassVar[str] = "quota_share"
    share: FloatArray

    def euros(self, position: Position) -> FloatArray:
        """Base - B0 I."""
        return np.asarray((position.base - position.reference)[..., None])


@dataclass(frozen=True)
class StopLoss(Clause):
    """A share (1,) of the base between two multiples of the reference: aggregate stop-loss on one contract.

    ``upper`` may be infinite. Layer mean: E[min((X - lower)+, upper - lower)] (Klugman, Panjer and Willmot,
    Loss Models, 5th edition, section 8.5).
    """

    kind: ClassVar[str] = "stop_loss"
    lower: float
    upper: float
    share: FloatArray

    def euros(self, position: Position) -> FloatArray:
        """Euros of the base inside the layer."""
        over = np.maximum(position.base - self.lower * position.reference, 0.0)
        if np.isfinite(self.upper):
            over = np.minimum(over, (self.upper - self.lower) * position.reference)
        return np.asarray(over[..., None])


@dataclass(frozen=True)
class HighCostPool(Clause):
    """A share (1,) of what is claimed for one client in a year above a threshold, up to a cap above it.

    Measured on what the payment form claims for the client, at the prices of the first contract year and indexed with
    them; ``threshold`` and ``cap`` in euro, ``cap`` may be infinite. Both edges are in ``CareUse.thresholds`` (table
    clauses): a clause never sees a client.
    """

    kind: ClassVar[str] = "high_cost_pool"
    per_client: ClassVar[bool] = True
    threshold: float
    cap: float
    share: FloatArray

    def euros(self, position: Position) -> FloatArray:
        """Excess over the threshold less the excess over threshold + cap."""
        excess = position.care_use.excess_over(self.threshold, position.measure)
        if np.isfinite(self.cap):
            excess = excess - position.care_use.excess_over(self.threshold + self.cap, position.measure)
        return np.asarray((excess[..., position.cells].sum(axis=-1) * position.tariff_level)[..., None])


@dataclass(frozen=True)
class EqualisationReserve(Clause):
    """Egalisatiereserve at the provider: surpluses on the reference are kept for deficits, up to a cap.

    Measured on the reference result B0 I - base, not on the decided result, so it is scenario data. ``cap``: part of
    B0 I. What does not fit flows back, and so does what is left after the last year; ``share`` (1,) of both goes to the
    municipality, the rest stays with the provider. Without a surplus nothing moves. Beside a lump sum, what is put in the
    reserve and what it covers is not seen by the next clause, or the same surplus would be given back twice.
    """

    kind: ClassVar[str] = "equalisation_reserve"
    cap: float
    share: FloatArray

    def levels(self, position: Position) -> tuple[FloatArray, FloatArray]:
        """Reserve at the end of each year, and what flowed back in it; both (n_scenarios, n_years)."""
        result = position.reference - position.base
        reserve, back = np.zeros_like(result), np.zeros_like(result)
        held = np.zeros(len(result))
        for year in range(result.shape[1]):
            held = np.maximum(held + result[:, year], 0.0)
            kept = np.minimum(held, self.cap * position.reference[:, year])
            back[:, year] = held - kept
            held = reserve[:, year] = kept
        return reserve, back

    def euros(self, position: Position) -> FloatArray:
        """Minus what flows back, at the end of the term what is left as well."""
        return np.asarray(-self._back(position)[..., None])

    def leaves(self, position: Position, moved: FloatArray) -> FloatArray:
        """The reference less what flows back and stays with the provider, plus deficits the reserve did not cover."""
        reserve, _ = self.levels(position)
        before = np.concatenate([np.zeros((len(reserve), 1)), reserve[:, :-1]], axis=1)
        uncovered = np.maximum(position.base - position.reference - before, 0.0)
        # moved is what flows back to the municipality, negative
        return np.asarray(position.reference - (self._back(position) + moved) + uncovered)

    def _back(self, position: Position) -> FloatArray:
        """What flows back in each year, at the end of the term what is left as well."""
        reserve, back = self.levels(position)
        back[:, -1] += reserve[:, -1]
        return back
