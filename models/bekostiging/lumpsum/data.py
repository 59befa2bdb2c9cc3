"""What the lump-sum decision is given: arrays over scenarios, names, and the policy numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
LUMP_SUM = "taakgericht"
"""First of the payment forms a lot may have; the others are simulated, not designed."""
INVITES = {"inspanningsgericht": 1.0, "outputgericht": 0.0, "maatwerktraject": 1.0}
"""Part of one more euro of care that is paid under the other forms: the next hour is, the next hour of an arrangement is
not."""
LOADING_MAX = 1.0
"""Twice the reference amount: the largest loading where the payment form is chosen too."""


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
    symmetric: bool = True
    """Mirrored layers share alike."""
    general_provision: bool = False
    """Paid as a lump sum under every form: without registration nothing can be claimed."""


@dataclass(frozen=True)
class SimpleTerms:
    """What a simple contract may have: at most ``changes`` of share per side of the reference amount (None: any number),
    and shares from the list ``shares`` (empty: any)."""

    changes: int | None = None
    shares: tuple[float, ...] = ()


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
    simple: SimpleTerms = SimpleTerms()
    other_payments: Mapping[str, FloatArray] = field(default_factory=dict)
    """P per other payment form (s, c, t), euro; where there are any, every lot chooses its form."""

    def margin(self, name: str) -> float:
        """Million euro by which a limit is tightened."""
        return self.margins.get(name, 0.0) / MILLION

    @property
    def n_scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.cost)

    @property
    def forms(self) -> tuple[str, ...]:
        """The lump sum, then the other payment forms a lot may have."""
        return (LUMP_SUM, *self.other_payments)

    @property
    def is_integer(self) -> bool:
        """Whether something is chosen from a list."""
        return bool(self.other_payments or self.simple.shares) or self.simple.changes is not None

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

    def of(self, scenarios: slice | IntArray) -> LumpSumData:
        """The same decision on some of the scenarios."""
        return replace(
            self,
            index=self.index[scenarios],
            paid_part=self.paid_part[scenarios],
            fixed=self.fixed[scenarios],
            cost=self.cost[scenarios],
            amounts=tuple(amount[scenarios] for amount in self.amounts),
            key=self.key[scenarios],
            other=self.other[scenarios],
            other_payments={form: paid[scenarios] for form, paid in self.other_payments.items()},
        )


def mirrored_layers(lot: LotTerms) -> list[tuple[int, int]]:
    """(deficit, surplus) layers at the same distance from 1, where both shares are decided; none if asymmetric."""
    corridor = lot.corridor
    if not lot.symmetric:
        return []
    pairs = zip(np.flatnonzero(corridor.sign > 0), np.flatnonzero(corridor.sign < 0), strict=False)
    return [(int(d), int(s)) for d, s in pairs if np.isnan(corridor.share[[d, s]]).all()]


def outward_layers(lot: LotTerms) -> list[tuple[int, int]]:
    """(layer, next layer outward) on each side, where at least one share is decided."""
    sign, share = lot.corridor.sign, lot.corridor.share
    return [
        (i, i + 1) for i in range(len(sign) - 1) if sign[i] == sign[i + 1] and np.isnan(share[[i, i + 1]]).any()
    ]


def sides(lot: LotTerms) -> dict[str, list[tuple[int, int]]]:
    """(layer, next layer outward) of every layer of a side, deficits and surpluses."""
    sign = lot.corridor.sign
    pairs = [(i, i + 1) for i in range(len(sign) - 1) if sign[i] == sign[i + 1]]
    return {
        "deficit": [pair for pair in pairs if sign[pair[0]] > 0],
        "surplus": [pair for pair in pairs if sign[pair[0]] < 0],
    }


def decided_layers(lot: LotTerms) -> list[int]:
    """Layers whose share is decided."""
    return [int(k) for k in np.flatnonzero(np.isnan(lot.corridor.share))]


def outermost_deficit(lot: LotTerms) -> int:
    """Index of the outermost deficit layer."""
    return int(np.flatnonzero(lot.corridor.sign > 0)[-1])


def invited_use(data: LumpSumData, contract: int) -> list[float]:
    """sum_t v elasticity E[C] q_l per layer, million euro: use invited where the next euro is not the provider's."""
    return [float(value) for value in _invitable(data, contract) @ data.layer_probability(contract)]


def invited_by_form(data: LumpSumData, contract: int) -> list[float]:
    """The same per form of ``data.forms``; what a lump sum invites depends on its shares (``invited_use``)."""
    whole = float(_invitable(data, contract).sum())
    return [0.0, *(whole * INVITES[form] for form in data.other_payments)]


def _invitable(data: LumpSumData, contract: int) -> FloatArray:
    """v elasticity E[C], million euro; (t,)."""
    elasticity = data.lots[data.lot[contract]].elasticity
    expected = data.cost[:, contract].mean(axis=0, dtype=np.float64)
    return np.asarray(elasticity * expected * data.discount / MILLION)


def lot_size(data: LumpSumData, lot: int) -> float:
    """Reference amounts of a lot over all years, discounted, million euro: what a unit of loading costs."""
    own = data.lot == lot
    return float((data.reference[own] * data.discount).sum()) / MILLION
