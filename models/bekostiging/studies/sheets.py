"""What one provider must know before it signs, without any other provider's data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import checked_number, kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.estimates import TAIL
from bekostiging.evaluation.figures import Estimates
from bekostiging.evaluation.settlement import by_provider
from bekostiging.lumpsum import LumpSumData, menu_corridor
from bekostiging.lumpsum.payments import Payments
from bekostiging.lumpsum.recut import base_of
from bekostiging.units import MILLION
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.sampling import tail_influence
from bekostiging_solvers.typing import FloatArray, IntArray

ROUNDS = (0.1, 0.5, 0.9)
"""Little, middling and much care: one in ten scenarios has less than the first, or more than the last."""
BEST = 0.05
"""What it earns at best: the mean of the best 5 %, as what it loses is that of the worst."""
LARGEST_LOADING = 1.0
"""Of a counter-offer: twice the reference amount."""


@dataclass(frozen=True)
class CounterOffer:
    """What a provider may ask: ``loading`` on the reference amounts and ``free_zone`` around them, fractions; beyond it
    the share stays as it is.

    Examples
    --------
    >>> CounterOffer(loading=0.02)
    CounterOffer(loading=0.02, free_zone=0.05)
    """

    loading: float = 0.03
    free_zone: float = 0.05

    def __post_init__(self) -> None:
        """Both within what an agreement can have."""
        checked_number("loading", self.loading, -1.0, LARGEST_LOADING)
        checked_number("free_zone", self.free_zone, 0.0, 1.0)


@dataclass(frozen=True)
class SheetContract:
    """One contract of the provider: ``reference`` and ``budget`` (n_years,) at expected index, ``loading``; the layers
    of the corridor (lower, upper, share) of deficits and surpluses; ``lot_amounts``: the reference amount of the first year
    of every provider of the lot, of which a sheet never shows one."""

    lot: str
    reference: FloatArray
    budget: FloatArray
    loading: float
    layers: tuple[tuple[float, float, float], ...]
    lot_amounts: tuple[float, ...]


@dataclass(frozen=True)
class OneScenario:
    """The term in one scenario, euro: ``budget`` with its index, ``settlement`` by corridor and clauses, what it gets or
    passes on under a main contractor (``passed``), its own ``cost``."""

    budget: float
    settlement: float
    passed: float
    cost: float

    @property
    def payment(self) -> float:
        """What it gets in all."""
        return self.budget + self.settlement + self.passed

    @property
    def result(self) -> float:
        """What is left."""
        return self.payment - self.cost


@dataclass(frozen=True)
class CounterCost:
    """What a counter-offer of this provider costs over the term: the municipalities ``expected`` and in the ``tail`` of its
    own payments; and what it changes in its own worst 5 % (``worst``, euro less lost is positive)."""

    offer: CounterOffer
    expected: Estimate
    tail: Estimate
    worst: Estimate


@dataclass(frozen=True)
class ProviderSheet:
    """One ``provider`` under the lump sum, and its result under every form.

    ``buffer``: its free buffer, euro. ``contracts``: its terms in every lot.
    ``scenarios``: little, middling, much care. ``results``: figures per payment form over the term. ``best``: its result in
    the best 5 %. ``decides``: whether its limit decides the terms, with ``extra_equity`` in euro; ``counter`` None without a
    design.

    Examples
    --------
    >>> sheet = ProviderSheet("anker", 1e6, (), (), {}, Estimate(2e5, 1e4), True, 5e4, None)
    >>> sheet.decides, sheet.extra_equity
    (True, 50000.0)
    """

    provider: str
    buffer: float
    contracts: tuple[SheetContract, ...]
    scenarios: tuple[OneScenario, ...]
    results: dict[PaymentForm, Estimates]
    best: Estimate
    decides: bool
    extra_equity: float
    counter: CounterCost | None


@kinds_checked
def provider_sheets(outcome: Comparison, counter: CounterOffer | None = None) -> tuple[ProviderSheet, ...]:
    """A sheet for every provider with a contract.

    Parameters
    ----------
    outcome : Comparison
        What ``compare`` returns.
    counter : CounterOffer, optional
        What a provider may ask instead: 3 % loading and 5 % free zone by default.

    Returns
    -------
    tuple of ProviderSheet
        In the order of table providers.

    Raises
    ------
    UserError
        A loading or free zone that no agreement can have.

    Examples
    --------
    >>> sheets = provider_sheets(compare(read_case("almere")))  # doctest: +SKIP
    >>> sheets[0].scenarios[1].result  # doctest: +SKIP
    >>> provider_sheets("almere")  # a comparison takes a minute
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: outcome almere: give ...
    """
    offer = counter or CounterOffer()
    return tuple(
        _sheet(outcome, p, offer)
        for p in range(len(outcome.case.providers))
        if (outcome.lumpsum.data.provider == p).any()
    )


def _sheet(outcome: Comparison, p: int, offer: CounterOffer) -> ProviderSheet:
    """The sheet of one provider."""
    provider, data = outcome.case.providers[p].id, outcome.lumpsum.data
    own = np.flatnonzero(data.provider == p)
    decider = next((one for one in outcome.lumpsum.deciders if one.provider == provider), None)
    results = _results(outcome, p)
    scramblings = Scramblings(outcome.n_scramblings)
    best = scramblings.tail_mean(results, 1 - BEST)
    return ProviderSheet(
        provider=provider,
        buffer=float(outcome.buffer[p]),
        contracts=tuple(_contracts(outcome, own)),
        scenarios=_scenarios(outcome, p, own),
        results={form: outcome.forms[form].providers[provider] for form in PAYMENT_FORMS},
        best=best,
        decides=decider is not None,
        extra_equity=0.0 if decider is None else decider.extra_equity,
        counter=_counter(outcome, own, offer) if outcome.lumpsum.design.feasible else None,
    )


def _contracts(outcome: Comparison, own: IntArray) -> Iterator[SheetContract]:
    """Budget and corridor of every contract of the provider."""
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    for c in own:
        j = int(data.lot[c])
        corridor = data.lots[j].corridor
        shares = design.share[j] if design.feasible else np.zeros(len(corridor.sign))
        yield SheetContract(
            lot=data.lots[j].name,
            reference=data.reference[c],
            budget=design.budget[c] if design.feasible else data.reference[c],
            loading=float(design.loading[j]) if design.feasible else 0.0,
            layers=tuple(
                (float(low), float(high), float(share))
                for low, high, share in zip(corridor.lower, corridor.upper, shares, strict=True)
            ),
            lot_amounts=tuple(float(data.reference[k, 0]) for k in np.flatnonzero(data.lot == j)),
        )


def _results(outcome: Comparison, p: int) -> FloatArray:
    """Its result over the term under the lump sum, discounted; (n_scenarios,)."""
    samples, case = outcome.forms[LUMP_SUM].samples[outcome.corner], outcome.case
    revenue = by_provider(case, samples.payment, samples.received)[:, :, p]
    cost = by_provider(case, samples.cost, samples.cost)[:, :, p]
    return np.asarray((revenue - cost) @ case.discount(outcome.n_years))


def _scenarios(outcome: Comparison, p: int, own: IntArray) -> tuple[OneScenario, ...]:
    """Three scenarios as they were settled, from little to much care by its own cost; nominal euro, so that they add up."""
    samples, case = outcome.forms[LUMP_SUM].samples[outcome.corner], outcome.case
    design, data = outcome.lumpsum.design, outcome.lumpsum.data
    budgets = design.budget if design.feasible else data.reference
    budget = (outcome.index[:, own] * budgets[own]).sum(axis=(1, 2))
    paid = samples.payment[:, :, own].sum(axis=(1, 2))
    revenue = by_provider(case, samples.payment, samples.received)[:, :, p].sum(axis=1)
    cost = by_provider(case, samples.cost, samples.cost)[:, :, p].sum(axis=1)
    order = np.argsort(cost, kind="stable")
    chosen = [order[min(int(level * len(order)), len(order) - 1)] for level in ROUNDS]
    return tuple(
        OneScenario(float(budget[s]), float(paid[s] - budget[s]), float(revenue[s] - paid[s]), float(cost[s]))
        for s in chosen
    )


def _counter(outcome: Comparison, own: IntArray, offer: CounterOffer) -> CounterCost:
    """Other terms on the contracts of the provider, on the scenarios that judge the design."""
    judge, design = outcome.lumpsum.judge, outcome.lumpsum.design
    data, scramblings = judge.data, judge.scramblings
    payments = Payments(data)
    now, then, cost = (np.zeros(len(data.index)) for _ in range(3))
    for c in own:
        j = int(data.lot[c])
        columns = np.concatenate([np.eye(payments.n_forms)[0], [design.loading[j]], design.share[j]])
        now += payments.paid(int(c), columns) @ data.discount * MILLION
        then += _countered(data, payments, int(c), design.share[j], offer) @ data.discount
        cost += data.cost[:, c].astype(np.float64) @ data.discount
    return CounterCost(
        offer,
        scramblings.mean(then - now),
        _between_tails(scramblings, then, now),
        _between_tails(scramblings, cost - now, cost - then),
    )


def _countered(
    data: LumpSumData, payments: Payments, contract: int, share: FloatArray, offer: CounterOffer
) -> FloatArray:
    """Payment of a contract under the counter-offer, euro; (s, t)."""
    corridor = data.lots[data.lot[contract]].corridor
    cut = menu_corridor((offer.free_zone,) if offer.free_zone > 0 else ())
    beyond = [float(share[corridor.sign == sign].max(initial=0.0)) for sign in (1.0, -1.0)]
    zone = [[0.0] if offer.free_zone > 0 else [] for _ in beyond]
    shares = np.array([*zone[0], beyond[0], *zone[1], beyond[1]])
    indexed = data.reference[contract] * data.index[:, contract]
    moved = cut.amounts(base_of(data, contract), indexed) @ (cut.sign * shares)
    lump = payments.lump(contract) * MILLION + data.fixed[:, contract]
    return np.asarray(lump + offer.loading * payments.lump(contract) * MILLION + moved)


def _between_tails(scramblings: Scramblings, one: FloatArray, other: FloatArray) -> Estimate:
    """The worst 5 % of one minus that of the other, on the same scenarios."""
    return scramblings.mean(tail_influence(one, TAIL) - tail_influence(other, TAIL))
