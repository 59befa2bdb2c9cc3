"""What each term of a lump sum is worth, and to whom: one change at a time, in both orders, on the same clients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts import (
    BASELINE,
    LUMP_SUM,
    Contract,
    Corridor,
    PriceLevels,
    ProviderPool,
    Taakgericht,
    build_contracts,
    municipal_shares,
    provider_pools,
    settle,
)
from bekostiging.evaluation import Comparison, levels_by_lot
from bekostiging.evaluation.estimates import TAIL
from bekostiging.evaluation.settlement import by_provider, passed_on, pool_transfers
from bekostiging.scenarios import CareUse, draw_block, plan
from bekostiging.studies.comparison import contracts_in_force
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.sampling import tail_influence
from bekostiging_solvers.typing import FloatArray

LOADING, CORRIDOR, FIXED = "loading", "corridor", "fixed"
"""Steps beside the clauses of the case: the designed loading, the designed shares, and from P x Q to a fixed amount."""
Kind = Literal["large", "medium", "small", "subcontractor"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SMALL, MEDIUM = 10e6, 50e6
"""Euro of turnover up to which an undertaking is small, and medium-sized (Commission Recommendation 2003/361/EC, annex,
article 2)."""
POOLED = "pooled"
"""The agreement with its pools between providers."""
Order = Literal["forward", "backward"]
REACH_SOURCE = "CMS Innovation Center, ACO REACH Model, financial methodology: risk corridors"
PRESETS: dict[str, tuple[tuple[float, float], ...]] = {
    "reach_professional": ((0.05, 0.50), (0.10, 0.65), (0.15, 0.85), (np.inf, 0.95)),
    "reach_global": ((0.25, 0.0), (0.35, 0.50), (0.50, 0.75), (np.inf, 0.90)),
}
"""Published corridors of another country, by name: (to this distance from the reference, share of the payer); the provider
side carries the rest: 50, 35, 15 and 5 %, and 100, 50, 25 and 10 %."""


@dataclass(frozen=True)
class TermStep:
    """What one change (``name``) is worth over the term: ``municipality`` expected and ``tail`` (the worst 5 %), in the
    order forward and backward; ``providers`` expected, by provider, the mean of both orders, and ``kinds`` by their kind;
    all euro, plus is more payment.

    Examples
    --------
    >>> ways = (Estimate(4.0, 0.1), Estimate(6.0, 0.1)), (Estimate(5.0, 0.2), Estimate(5.0, 0.2))
    >>> one = TermStep("loading", *ways, {}, {})
    >>> one.mean
    5.0
    """

    name: str
    municipality: tuple[Estimate, Estimate]
    tail: tuple[Estimate, Estimate]
    providers: dict[str, Estimate]
    kinds: dict[Kind, Estimate]

    @property
    def mean(self) -> float:
        """Expected, the mean of both orders."""
        return (self.municipality[0].value + self.municipality[1].value) / 2


@dataclass(frozen=True)
class TermSteps:
    """From P x Q to the agreement: ``start`` and ``end`` of the municipalities (expected, tail), of every provider
    (``provider_start``, ``provider_end``) and kind of provider (``kind_start``, ``kind_end``), and the ``steps``, the fixed
    amount first, a pool between providers last; each order of them goes from start to end. ``presets``: what other corridors
    give in place of the designed one at the reference amounts, expected and tail.

    Examples
    --------
    >>> clause_worth(compare(read_case("almere"))).steps[0].name  # doctest: +SKIP
    >>> TermSteps((), (), {}, {}, {}, {}, (), {}).steps
    ()
    """

    start: tuple[Estimate, ...]
    end: tuple[Estimate, ...]
    provider_start: dict[str, Estimate]
    provider_end: dict[str, Estimate]
    kind_start: dict[Kind, Estimate]
    kind_end: dict[Kind, Estimate]
    steps: tuple[TermStep, ...]
    presets: dict[str, tuple[Estimate, Estimate]]


@kinds_checked
def clause_worth(outcome: Comparison) -> TermSteps:
    """What every term of the lump sums is worth on the clients of a comparison, everybody served.

    Parameters
    ----------
    outcome : Comparison
        What ``compare`` returns.

    Returns
    -------
    TermSteps
        First from payment per unit to a fixed amount at the reference; then loading, corridor and every clause of the
        case, in this order and in the opposite one. A pool between providers moves nothing for the municipalities and comes
        last in both.

    Raises
    ------
    UserError
        No comparison.

    Examples
    --------
    >>> worth = clause_worth(compare(read_case("almere")))  # doctest: +SKIP
    >>> clause_worth("almere")  # a comparison takes a minute
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: outcome almere: give ...
    """
    names = _terms(outcome)
    ways: list[tuple[str, ...]] = [names[:k] for k in range(len(names) + 1)]
    ways += [names[len(names) - k :] for k in range(1, len(names))]
    paid = _settled(outcome, ways)
    scramblings = Scramblings(outcome.n_scramblings)
    forward = [paid.of(names[:k]) for k in range(len(names) + 1)]
    backward = [paid.of(names[len(names) - k :]) for k in range(len(names) + 1)]
    steps = [_step(FIXED, (paid.baseline, forward[0]), (paid.baseline, forward[0]), outcome, scramblings)]
    for k, name in enumerate(names):
        there = len(names) - 1 - k
        steps.append(
            _step(name, (forward[k], forward[k + 1]), (backward[there], backward[there + 1]), outcome, scramblings)
        )
    end = forward[-1] if paid.pooled is None else paid.pooled
    if paid.pooled is not None:
        steps.append(_step(ProviderPool.kind, (forward[-1], end), (forward[-1], end), outcome, scramblings))
    return TermSteps(
        start=_ends(paid.baseline, scramblings),
        end=_ends(end, scramblings),
        provider_start=_by_provider(paid.baseline, outcome.case, scramblings),
        provider_end=_by_provider(end, outcome.case, scramblings),
        kind_start=_by_kind(paid.baseline.providers, outcome.case, scramblings),
        kind_end=_by_kind(end.providers, outcome.case, scramblings),
        steps=tuple(steps),
        presets={
            name: (_ends(one, scramblings)[0], _ends(one, scramblings)[1]) for name, one in paid.presets.items()
        },
    )


def _terms(outcome: Comparison) -> tuple[str, ...]:
    """The terms that are added one by one: those that any contract has."""
    kinds: dict[str, None] = {}
    for one in contracts_in_force(outcome)[LUMP_SUM]:
        assert isinstance(one, Taakgericht)
        kinds |= dict.fromkeys(clause.kind for clause in (*one.clauses[:-1], *one.budget_clauses, *one.after))
    return (LOADING, CORRIDOR, *kinds)


@dataclass(frozen=True)
class _Paid:
    """What the municipalities of the reported sum pay (n_scenarios,), and what every provider gets (n_scenarios,
    n_providers); euro over the term."""

    municipal: FloatArray
    providers: FloatArray


@dataclass(frozen=True)
class _Settled:
    """Payments per unit, of every set of terms, and of the presets."""

    baseline: _Paid
    ways: dict[frozenset[str], _Paid]
    presets: dict[str, _Paid]
    pooled: _Paid | None
    """With everything, and the pools between providers; None without a pool."""

    def of(self, names: Sequence[str]) -> _Paid:
        """With these terms."""
        return self.ways[frozenset(names)]


def _settled(outcome: Comparison, ways: Sequence[tuple[str, ...]]) -> _Settled:
    """Settle every set of terms on every block of the comparison."""
    case, cells = outcome.case, outcome.cells
    planned = plan(case, outcome.n_scenarios, outcome.n_years, outcome.seed, "out_of_sample")
    per_unit = tuple(
        replace(one, clauses=()) if not isinstance(one, Taakgericht) else bare(one, ())
        for one in build_contracts(case, cells, outcome.reference, BASELINE, ceilings=False)
    )
    in_force = contracts_in_force(outcome)[LUMP_SUM]
    asked: dict[object, Sequence[Contract]] = {None: per_unit}
    asked |= {frozenset(names): [bare(one, names) for one in in_force] for names in ways}
    asked |= {name: [with_preset(one, name) for one in in_force] for name in PRESETS}
    if any(pool.form == LUMP_SUM for pool in provider_pools(case)):
        asked[POOLED] = in_force
    parts: dict[object, list[_Paid]] = {key: [] for key in asked}
    for block in range(planned.n_blocks):
        care_use = draw_block(planned, block).care_use()
        levels = levels_by_lot(case, care_use)
        shares = [municipal_shares(case, cells, care_use, j) for j in range(len(case.lots))]
        for key, contracts in asked.items():
            parts[key].append(_paid(case, contracts, care_use, levels, shares, pooled=key == POOLED))
    whole = {key: _joined(found) for key, found in parts.items()}
    return _Settled(
        whole[None],
        {key: one for key, one in whole.items() if isinstance(key, frozenset)},
        {name: whole[name] for name in PRESETS},
        whole.get(POOLED),
    )


def bare(one: Contract, names: Sequence[str]) -> Contract:
    """A lump sum at its reference amount with the named terms of what was agreed, and no others."""
    assert isinstance(one, Taakgericht)
    corridor = one.corridor
    shares = np.nan_to_num(corridor.share, nan=0.0) if CORRIDOR in names else np.zeros(len(corridor.share))
    return replace(
        one,
        budget=one.budget if LOADING in names else one.reference,
        clauses=(*(own for own in one.clauses[:-1] if own.kind in names), replace(corridor, share=shares)),
        budget_clauses=tuple(own for own in one.budget_clauses if own.kind in names),
        after=tuple(own for own in one.after if own.kind in names),
    )


def with_preset(one: Contract, name: str) -> Contract:
    """A lump sum at its reference amount with a published corridor and nothing else."""
    assert isinstance(one, Taakgericht)
    return replace(one, budget=one.reference, clauses=(preset_corridor(name),), budget_clauses=(), after=())


def preset_corridor(name: str) -> Corridor:
    """A published corridor, deficits and surpluses alike.

    >>> preset_corridor("reach_professional").share.tolist()
    [0.5, 0.65, 0.85, 0.95, 0.5, 0.65, 0.85, 0.95]
    """
    far = np.array([distance for distance, _ in PRESETS[name]])
    near = np.array([0.0, *far[:-1]])
    n = len(far)
    return Corridor(
        tuple(f"{side}_{k + 1}" for side in ("deficit", "surplus") for k in range(n)),
        np.concatenate([1 + near, np.maximum(0.0, 1 - far)]),
        np.concatenate([1 + far, 1 - near]),
        np.concatenate([np.ones(n), -np.ones(n)]),
        np.tile([share for _, share in PRESETS[name]], 2),
    )


def _paid(
    case: Case,
    contracts: Sequence[Contract],
    care_use: CareUse,
    levels: dict[str, PriceLevels],
    shares: list[FloatArray],
    *,
    pooled: bool,
) -> _Paid:
    """Settle every contract on its own and add up over the term; a main contractor passes on what it agreed."""
    discount = case.discount(care_use.n_years)
    lots = [lot.id for lot in case.lots]
    settled = [settle(one, care_use, levels[one.lot]) for one in contracts]
    municipal = np.zeros(care_use.n_scenarios)
    for one, found in zip(contracts, settled, strict=True):
        municipal += (found.payment * case.of_reported(shares[lots.index(one.lot)])) @ discount
    payment = np.stack([found.payment for found in settled], axis=2)
    between = pool_transfers(case, contracts, settled, care_use, levels) if pooled else np.zeros_like(payment)
    paid = payment + between
    revenue = by_provider(case, paid, passed_on(case, settled, paid, between))
    return _Paid(municipal, np.einsum("stp,t->sp", revenue, discount))


def provider_kinds(case: Case) -> dict[str, Kind]:
    """The kind of every provider: a subcontractor in all its contracts, or else by its turnover.

    >>> from bekostiging import read_case
    >>> sorted(set(provider_kinds(read_case("almere")).values()))
    ['large', 'medium', 'small']
    """
    under = {
        row.id: all(own.main_contractor for own in case.contracts if own.provider == row.id)
        and any(own.provider == row.id for own in case.contracts)
        for row in case.providers
    }
    return {
        row.id: "subcontractor"
        if under[row.id]
        else "small"
        if row.turnover <= SMALL
        else "medium"
        if row.turnover <= MEDIUM
        else "large"
        for row in case.providers
    }


def _by_kind(paid: FloatArray, case: Case, scramblings: Scramblings) -> dict[Kind, Estimate]:
    """Of every kind that there is, together, out of (n_scenarios, n_providers)."""
    kinds = list(provider_kinds(case).values())
    return {
        kind: scramblings.mean(paid[:, [own == kind for own in kinds]].sum(axis=1))
        for kind in KINDS
        if kind in kinds
    }


def _joined(parts: Sequence[_Paid]) -> _Paid:
    """All blocks together."""
    return _Paid(
        np.concatenate([one.municipal for one in parts]), np.concatenate([one.providers for one in parts])
    )


def _step(
    name: str,
    forward: tuple[_Paid, _Paid],
    backward: tuple[_Paid, _Paid],
    outcome: Comparison,
    scramblings: Scramblings,
) -> TermStep:
    """What a change does in both orders, on the same scenarios."""
    ways = (forward, backward)

    def moved(of: Callable[[_Paid], FloatArray]) -> tuple[Estimate, Estimate]:
        """After minus before, forward and backward."""
        first, second = (scramblings.mean(of(after) - of(before)) for before, after in ways)
        return first, second

    change = sum((after.providers - before.providers for before, after in ways), np.zeros(1)) / 2
    return TermStep(
        name,
        moved(lambda one: one.municipal),
        moved(lambda one: tail_influence(one.municipal, TAIL)),
        {row.id: scramblings.mean(change[:, p]) for p, row in enumerate(outcome.case.providers)},
        _by_kind(change, outcome.case, scramblings),
    )


def _ends(paid: _Paid, scramblings: Scramblings) -> tuple[Estimate, Estimate]:
    """Expected and worst 5 % of the municipalities."""
    return scramblings.mean(paid.municipal), scramblings.tail_mean(paid.municipal, TAIL)


def _by_provider(paid: _Paid, case: Case, scramblings: Scramblings) -> dict[str, Estimate]:
    """Expected payment of every provider."""
    return {row.id: scramblings.mean(paid.providers[:, p]) for p, row in enumerate(case.providers)}
