"""What the lump-sum decision is given: arrays over scenarios, names, and the policy numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bekostiging.contracts import Corridor

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


MILLION = 1e6
"""Money is in millions inside the model: coefficients near one, tolerances of a thousandth of a euro."""
GLIDE_PENALTY = 10.0
"""Euro per euro: glide yields when a harder limit asks, never to save spending."""
PREMIUM_PENALTY = 100.0
"""Euro per euro of premium above its maximum: yields after glide."""


@dataclass(frozen=True)
class LotTerms:
    """Terms of one lot: ``corridor`` (decided shares nan), limits on what is decided, and the law."""

    name: str
    corridor: Corridor
    share_max: float
    share_min: float
    premium_max: float
    glide_max: float
    elasticity: float
    waiting_list_forbidden: bool
    """Acceptance duty and no waiting list: the outermost deficit layer must be shared (share_min)."""
    equity_requirement: float | None


@dataclass(frozen=True)
class LumpSumData:
    """Everything the formulation reads; symbols as on the model card (``bekostiging.lumpsum.model``).

    Money in euro, nominal. Shapes: s scenarios, c contracts, t years, m reported municipalities, p providers.
    """

    lots: tuple[LotTerms, ...]
    contracts: tuple[tuple[str, str], ...]
    providers: tuple[str, ...]
    municipalities: tuple[str, ...]
    years: tuple[int, ...]
    lot: IntArray
    """(c,): lot of each contract."""
    provider: IntArray
    """(c,): provider of each contract."""
    reference: FloatArray
    """B0 (c, t)."""
    fair_price: FloatArray
    """F (c, t)."""
    revenue: FloatArray
    """R (c,): last year."""
    index: FloatArray
    """I (s, c, t)."""
    paid_part: FloatArray
    """A (s, c, t): part of b I that is paid; one without clauses on the budget."""
    fixed: FloatArray
    """Z (s, c, t): euro paid beside b I and the corridor by clauses that are decided."""
    cost: FloatArray
    """C (s, c, t), at the lot's reference unit cost."""
    amounts: tuple[FloatArray, ...]
    """U per contract (s, t, n_layers of its lot)."""
    key: FloatArray
    """key (s, t, n_lots, m): share of the municipality in the payments of the lot, in the scenario."""
    other: FloatArray
    """other (s, t, m): payments outside the decision."""
    room: FloatArray
    """G (m, t): begroting minus what is outside the contracts."""
    reserve: FloatArray
    """(m, t): weerstandscapaciteit."""
    free_buffer: FloatArray
    """K (p,)."""
    discount: FloatArray
    """v (t,)."""
    risk_weight: float
    confidence: float
    cost_of_capital: float
    margins: Mapping[str, float] = field(default_factory=dict)
    """Euro by which a limit that depends on futures is tightened, by its name; none in the plain design."""

    def margin(self, name: str) -> float:
        """Million euro by which a limit is tightened."""
        return self.margins.get(name, 0.0) / MILLION

    @property
    def n_scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.cost)

    @property
    def n_years(self) -> int:
        """Number of contract years."""
        return len(self.years)

    @property
    def capital_limit(self) -> FloatArray:
        """limit (p,): the stated equity requirement where every lot of the provider states one, else K."""
        limits = self.free_buffer.copy()
        for index in range(len(self.providers)):
            stated = [self._stated(int(c)) for c in np.flatnonzero(self.provider == index)]
            if stated and None not in stated:
                limits[index] = sum(value for value in stated if value is not None)
        return limits

    def _stated(self, contract: int) -> float | None:
        """equity_requirement of the contract's lot x B0 of the first year; None where none is stated."""
        requirement = self.lots[self.lot[contract]].equity_requirement
        return None if requirement is None else requirement * float(self.reference[contract, 0])

    @property
    def below_requirement(self) -> NDArray[np.bool_]:
        """(p,): providers below a stated requirement; left out of solvency and return, with a flag."""
        limit = self.capital_limit
        return np.asarray(self.free_buffer < limit - 1e-9 * np.maximum(1.0, limit))

    def layer_probability(self, contract: int) -> FloatArray:
        """q (t, n_layers): probability that the base of a contract ends in each layer.

        It ends in a layer when that has an amount and the next one outward has none.
        """
        corridor, amounts = self.lots[self.lot[contract]].corridor, self.amounts[contract]
        touched = amounts > 0
        ends = touched.copy()
        for inner in range(corridor.n_layers - 1):
            if corridor.sign[inner] == corridor.sign[inner + 1]:
                ends[:, :, inner] &= ~touched[:, :, inner + 1]
        return np.asarray(ends.mean(axis=0))


def mirrored_layers(lot: LotTerms) -> list[tuple[int, int]]:
    """(deficit, surplus) layers at the same distance from 1, where both shares are decided."""
    corridor = lot.corridor
    pairs = zip(np.flatnonzero(corridor.sign > 0), np.flatnonzero(corridor.sign < 0), strict=False)
    return [(int(d), int(s)) for d, s in pairs if np.isnan(corridor.share[[d, s]]).all()]


def outward_layers(lot: LotTerms) -> list[tuple[int, int]]:
    """(layer, next layer outward) on each side, where at least one share is decided."""
    sign, share = lot.corridor.sign, lot.corridor.share
    return [
        (i, i + 1) for i in range(len(sign) - 1) if sign[i] == sign[i + 1] and np.isnan(share[[i, i + 1]]).any()
    ]


def outermost_deficit(lot: LotTerms) -> int:
    """Index of the outermost deficit layer."""
    return int(np.flatnonzero(lot.corridor.sign > 0)[-1])


def invited_use(data: LumpSumData, contract: int) -> list[float]:
    """sum_t v elasticity E[C] q_l per layer, million euro: use invited where the next euro is not the provider's."""
    elasticity = data.lots[data.lot[contract]].elasticity
    expected = data.cost[:, contract].mean(axis=0) * data.discount / MILLION
    return [float(value) for value in elasticity * expected @ data.layer_probability(contract)]


def lot_size(data: LumpSumData, lot: int) -> float:
    """Reference amounts of a lot over all years, discounted, million euro: what a unit of loading costs."""
    own = data.lot == lot
    return float((data.reference[own] * data.discount).sum()) / MILLION
