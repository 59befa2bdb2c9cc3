"""What the lump-sum decision is given: arrays over scenarios, names, and the policy numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bekostiging.cache import Cache
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import LUMP_SUM, Corridor, WithoutCare
from bekostiging.lumpsum.limit import Limit
from bekostiging.units import MILLION
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

EURO = 1.0
"""A limit holds up to a euro, and what is less than a euro is nothing."""
NAMED = 10.0
"""Euro from which a breach or a yield is named beside others: what rounding leaves is less."""
POINT = 0.01
"""A percentage point."""
EXCESS_TOLERANCE = POINT / 1000
"""How far every excess may pass the least largest one: a thousandth of a point."""
LOADING_BOUND = 1.0
"""Twice the reference amount: the largest loading where the payment form is chosen too."""


@dataclass(frozen=True)
class LotTerms:
    """Terms of one lot: what limits the decision, and the law.

    Attributes
    ----------
    name : str
        Id of the lot.
    corridor : Corridor
        Its layers; shares that are nan are decided.
    share_max, share_min : float
        Largest share of a layer; least share of the outermost deficit layer where ``waiting_list_forbidden``.
    loading_cap : float
        Largest loading, a fraction of the reference amount.
    transition_cap : float
        Largest change of the first budgets from the revenue brought forward, a fraction of it.
    elasticity : float
        Induced demand where the next euro is not the provider's, as a part of cost.
    equity_requirement : float or None
        Free buffer asked of a provider, as a part of the reference amount of the first year.

    Examples
    --------
    >>> from bekostiging.lumpsum import example_data
    >>> (lot,) = example_data().lots
    >>> lot.name, lot.share_max, lot.loading_cap
    ('ambulant', 0.8, 0.1)
    """

    name: str
    corridor: Corridor
    share_max: float
    share_min: float
    loading_cap: float
    transition_cap: float
    elasticity: float
    waiting_list_forbidden: bool
    """Acceptance duty and no waiting list: the outermost deficit layer must be shared (share_min)."""
    equity_requirement: float | None
    symmetric: bool = True
    """Mirrored layers share alike."""
    general_provision: bool = False
    """Paid as a lump sum under every form: without registration nothing can be claimed."""
    agreed: bool = False
    """Its terms stand and are not decided (``with_agreed``)."""


@dataclass(frozen=True)
class SimpleTerms:
    """What a simple contract may have.

    Attributes
    ----------
    changes : int or None
        Changes of share at most, on each side of the reference amount; None: any number.
    shares : tuple of float
        Shares to choose from; empty: any.
    free_zone : bool
        Whether nothing is shared before the first change.

    Examples
    --------
    >>> SimpleTerms(changes=1, shares=(0.0, 0.5), free_zone=True).changes
    1
    """

    changes: int | None = None
    shares: tuple[float, ...] = ()
    free_zone: bool = False


@dataclass(frozen=True)
class BreachCap:
    """How far the caps on loading and transition may be passed: ``total`` euro over all lots, ``largest`` fraction in any
    lot. Not at all in the ordinary case.

    Examples
    --------
    >>> BreachCap().is_nothing, BreachCap(total=1e6, largest=0.02).is_nothing
    (True, False)
    """

    total: float = 0.0
    largest: float = 0.0

    @property
    def is_nothing(self) -> bool:
        """Whether both limits are hard."""
        return self.total == 0.0 and self.largest == 0.0


@dataclass(frozen=True)
class Held:
    """Decisions kept within bounds, where they are given: ``form`` (n_lots,), -1 where it is chosen; the ``least`` and
    ``most`` loading (n_lots,), nan where the usual bound holds; and the ``zone`` (n_lots,): so many layers from the
    reference outward are shared by nobody, where they are decided."""

    form: IntArray | None = None
    least: FloatArray | None = None
    most: FloatArray | None = None
    zone: IntArray | None = None


@dataclass(frozen=True)
class Terms:
    """``loading`` (n_lots,), ``share`` per lot (n_layers,) and ``form`` (n_lots,) of a design."""

    loading: FloatArray
    share: tuple[FloatArray, ...]
    form: IntArray


@dataclass(frozen=True)
class LeastPayment:
    """Payment as a part of B0 I when nothing is delivered: part (1 + loading) + moved + layers @ share."""

    part: float
    moved: float
    layers: FloatArray


@dataclass(frozen=True)
class LumpSumData:
    """Everything the formulation reads; symbols as on the model card (``bekostiging.lumpsum.model``).

    Money in euro, nominal. Shapes: s scenarios, c contracts, t years, m reported municipalities, p providers, k purses.

    Examples
    --------
    >>> from bekostiging.lumpsum import example_data
    >>> data = example_data()
    >>> data.cost.shape, data.capital_limit
    ((20, 1, 1), array([10000000.]))
    """

    lots: tuple[LotTerms, ...]
    """Terms of every lot."""
    contracts: tuple[tuple[str, str], ...]
    """(provider, lot) of every contract, the axis c."""
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
    """R (c,): revenue brought forward to the first contract year by expected volume and index; zero is unknown."""
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
    purses: tuple[tuple[str, IntArray], ...]
    """Lots that share one begroting and cover: all of them under the name "", or those of each law under its name."""
    begroting: FloatArray
    """G (k, m, t): begroting of a purse minus what is outside the contracts."""
    structural: FloatArray
    """(k, m, t): structural cover of the year."""
    stock: FloatArray
    """(m, t): incidental cover, the stock at the start and the additions up to the year."""
    free_buffer: FloatArray
    """K (p,)."""
    discount: FloatArray
    """v (t,)."""
    risk_weight: float
    """Weight of the tail in the criterion, from 0 to 1."""
    confidence: float
    """Level of the tails of losses and of spending."""
    cost_of_capital: float
    """Return asked on the buffer that is used, per year."""
    reserve_confidence: float
    """Level of the tail of the use of the stock."""
    reserve_refills: bool = False
    """Whether a year within the begroting refills what was used of the stock."""
    breach: BreachCap = BreachCap()
    """Outcomes of the stages before; nothing in the ordinary case."""
    held: Held = Held()
    """What is given beforehand."""
    margins: Mapping[Limit, float] = field(default_factory=dict)
    """Euro by which a limit that depends on scenarios is tightened, by its name; none in the plain design."""
    simple: SimpleTerms = SimpleTerms()
    """What makes an agreement simple; nothing unless asked."""
    other_payments: Mapping[str, FloatArray] = field(default_factory=dict)
    """P per other payment form (s, c, t), euro; where there are any, every lot chooses its form."""
    without_care: tuple[WithoutCare, ...] = ()
    """Per contract, what is paid when nothing is delivered; empty: the whole budget, and nothing but the corridor."""
    near: Terms | None = None
    """A design that is probably near: the tails are cut there first. It changes how long a design takes, not the design."""
    cache: Cache = field(default_factory=Cache, repr=False, compare=False)
    """What was computed from the arrays, kept for decisions that differ in limits and terms alone (``payments.sampled``)."""

    def least_payments(self, contract: int) -> tuple[LeastPayment, ...]:
        """What is paid of a contract when nothing is delivered, of years that differ."""
        own = self.without_care[contract] if self.without_care else WithoutCare(*np.array([[1.0], [0.0], [0.0]]))
        corridor = self.lots[self.lot[contract]].corridor
        found = set()
        for part, moved, left in zip(own.part, own.moved, own.leave, strict=True):
            layers = corridor.sign * corridor.amounts(np.array([left]), np.ones(1))[0]
            for fixed, times in _pieces(float(left), own.after):
                found.add((float(part), float(moved) + fixed, *(times * layers).tolist()))
        return tuple(LeastPayment(part, moved, np.array(layers)) for part, moved, *layers in sorted(found))

    def margin(self, limit: Limit) -> float:
        """Million euro by which a limit is tightened."""
        return self.margins.get(limit, 0.0) / MILLION

    @cached_property
    def headroom(self) -> FloatArray:
        """G over all purses (m, t)."""
        return np.asarray(self.begroting.sum(axis=0))

    def limited_years(self, municipality: int) -> tuple[int, ...]:
        """Years in which the use of the stock is limited: its use never falls, so a year whose stock is no less than the
        next year's asks nothing more."""
        own = self.stock[municipality]
        return tuple(t for t in range(self.n_years) if t == self.n_years - 1 or own[t] < own[t + 1])

    def begroting_limit(self, purse: int, municipality: int, year: int) -> Limit:
        """The limit on expected spending, with the law where laws do not share."""
        name = self.purses[purse][0]
        inside = (self.municipalities[municipality], *((name,) if name else ()), str(self.years[year]))
        return Limit("begroting", inside)

    def reserve_limit(self, municipality: int, year: int) -> Limit:
        """The limit on the use of the stock up to a year."""
        return Limit("reserve", (self.municipalities[municipality], str(self.years[year])))

    def solvency_limit(self, provider: int) -> Limit:
        """The limit on the capital of a provider."""
        return Limit("solvency", (self.providers[provider],))

    def return_limit(self, provider: int) -> Limit:
        """The return a provider asks on its capital."""
        return Limit("return_on_capital", (self.providers[provider],))

    def fair_price_limit(self, contract: int, year: int) -> Limit:
        """The fair price of a contract in a year."""
        return Limit("fair_price", (*self.contracts[contract], str(self.years[year])))

    @property
    def n_scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.cost)

    @property
    def forms(self) -> tuple[str, ...]:
        """The lump sum, then the other payment forms a lot may have."""
        return (LUMP_SUM, *self.other_payments)

    @property
    def forms_are_chosen(self) -> bool:
        """Whether a lot chooses its form."""
        return self.held.form is None or bool((self.held.form < 0).any())

    @property
    def is_integer(self) -> bool:
        """Whether something is chosen from a list."""
        return (
            bool((self.other_payments and self.forms_are_chosen) or self.simple.shares)
            or self.simple.changes is not None
        )

    @property
    def n_years(self) -> int:
        """Number of contract years."""
        return len(self.years)

    @cached_property
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

    @cached_property
    def below_requirement(self) -> BoolArray:
        """(p,): providers below a stated requirement; left out of solvency and return, with a flag."""
        limit = self.capital_limit
        return np.asarray(self.free_buffer < limit - 1e-9 * np.maximum(1.0, limit))

    def layer_probability(self, contract: int) -> FloatArray:
        """q (t, n_layers): probability that the base of a contract ends in each layer.

        It ends in a layer when that has an amount and the next one outward has none.
        """
        sign, amounts = self.lots[self.lot[contract]].corridor.sign, self.amounts[contract]

        def ends_in_layer() -> FloatArray:
            """Where the bases end, on average."""
            touched = amounts > 0
            ends = touched.copy()
            for inner in range(len(sign) - 1):
                if sign[inner] == sign[inner + 1]:
                    ends[:, :, inner] &= ~touched[:, :, inner + 1]
            return np.asarray(ends.mean(axis=0))

        return self.cache.of(("layer_probability", contract), (amounts, sign), ends_in_layer)

    def expected_cost(self, contract: int) -> FloatArray:
        """E[C] (t,) of a contract, euro."""
        return self.cache.of(
            ("expected_cost", contract),
            (self.cost,),
            lambda: np.asarray(self.cost[:, contract].mean(axis=0, dtype=np.float64)),
        )

    def of(self, scenarios: slice | IntArray) -> LumpSumData:
        """The decision on some of the scenarios."""
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
            cache=Cache(),
        )


def induced_demand(data: LumpSumData, contract: int) -> list[float]:
    """sum_t v elasticity E[C] q_l per layer, million euro: care induced where the next euro is not the provider's."""
    return [float(value) for value in _elastic_cost(data, contract) @ data.layer_probability(contract)]


def induced_by_form(data: LumpSumData, contract: int) -> list[float]:
    """v elasticity E[C] per form of ``data.forms``, million euro: the part of the next euro of care that it pays.

    Zero for the lump sum, whose induced demand depends on its shares (``induced_demand``).
    """
    whole = float(_elastic_cost(data, contract).sum())
    return [0.0, *(whole * PAYMENT_FORMS[form].pays_next_euro for form in data.other_payments)]


def _elastic_cost(data: LumpSumData, contract: int) -> FloatArray:
    """v elasticity E[C], million euro; (t,)."""
    elasticity = data.lots[data.lot[contract]].elasticity
    return np.asarray(elasticity * data.expected_cost(contract) * data.discount / MILLION)


def lot_size(data: LumpSumData, lot: int) -> float:
    """Reference amounts of a lot over all years, discounted, million euro: what a unit of loading costs."""
    own = data.lot == lot
    return float((data.reference[own] * data.discount).sum()) / MILLION


def revenue_of_lot(data: LumpSumData, lot: int) -> float:
    """Revenue behind the transition cap of a lot, million euro."""
    return float(data.revenue[data.lot == lot].sum()) / MILLION


@kinds_checked
def with_shares(data: LumpSumData, share: Sequence[FloatArray], form: IntArray) -> LumpSumData:
    """The decision with every share and payment form given: loadings and capital are left, a linear program.

    Parameters
    ----------
    data : LumpSumData
        The decision as it is.
    share : sequence of (n_layers,)
        Per lot.
    form : (n_lots,)
        Places in ``data.forms``; 0 is the lump sum.

    Examples
    --------
    With nothing shared the reward is 8 % of the 16.3 million that is then used; half of it shared asks less.

    >>> from dataclasses import replace
    >>> import numpy as np
    >>> from bekostiging.lumpsum import design_lumpsum, example_data, with_shares
    >>> data = replace(example_data(), free_buffer=np.array([20e6]))
    >>> nothing_shared = with_shares(data, [np.array([0.0, 0.0])], np.array([0]))
    >>> round(float(design_lumpsum(nothing_shared).loading[0]), 3)
    0.013
    """
    lots = tuple(
        replace(lot, corridor=replace(lot.corridor, share=np.asarray(own)))
        for lot, own in zip(data.lots, share, strict=True)
    )
    return replace(data, lots=lots, simple=SimpleTerms(), held=replace(data.held, form=form))


def _pieces(leave: float, after: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What corridor and clauses after it add when nothing is delivered: fixed + times x layers @ share, of which the least
    is paid; parts of B0 I. ``leave``: what stood of the base before the corridor.

    A clause takes share x max(0, multiple - left), where left is ``leave`` and everything that was given back, so the least
    of with and without it; both are linear in the corridor's shares.
    """
    found = [(0.0, 1.0)]
    for multiple, share in after:
        found += [(fixed - share * (multiple - leave + fixed), times * (1 - share)) for fixed, times in found]
    return found
