"""Small lump sums, made by hand or by a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bekostiging.contracts import Corridor
from bekostiging.lumpsum import LotTerms, LumpSumData
from bekostiging.scenarios.distributions import Empirical
from bekostiging.units import MILLION
from bekostiging_solvers.typing import FloatArray


def corridor(lower: list[float], upper: list[float], share: float = np.nan) -> Corridor:
    """Deficit layers with these edges, and their mirror image."""
    n = len(lower)
    names = tuple(f"{side}_{k + 1}" for side in ("deficit", "surplus") for k in range(n))
    below = [max(0.0, 2 - edge) if np.isfinite(edge) else 0.0 for edge in upper]
    return Corridor(
        names,
        np.array([*lower, *below]),
        np.array([*upper, *(2 - edge for edge in lower)]),
        np.array([1.0] * n + [-1.0] * n),
        np.full(2 * n, share),
    )


def terms(name: str = "lot", own: Corridor | None = None, **changes: object) -> LotTerms:
    """Terms that do not bind, unless changed."""
    wide = corridor([1.0], [np.inf]) if own is None else own
    plain = LotTerms(name, wide, 1.0, 0.0, 1.0, 10.0, 0.0, False, None)
    return replace(plain, **changes)  # type: ignore[arg-type]


def data(
    cost: FloatArray, lots: tuple[LotTerms, ...], lot: list[int], provider: list[int], **changes: object
) -> LumpSumData:
    """Audited cost as base, B0 = E[C], no fair price, ample begroting and equity; ``cost`` (s, c, t) in euro."""
    n_scenarios, n_contracts, n_years = cost.shape
    reference = cost.mean(axis=0)
    index = np.ones(cost.shape)
    n_providers = max(provider) + 1
    plain = LumpSumData(
        lots=lots,
        contracts=tuple((f"p{p}", lots[j].name) for p, j in zip(provider, lot, strict=True)),
        providers=tuple(f"p{p}" for p in range(n_providers)),
        municipalities=("0034",),
        years=tuple(2025 + t for t in range(n_years)),
        lot=np.array(lot),
        provider=np.array(provider),
        reference=reference,
        fair_price=np.zeros(reference.shape),
        revenue=np.zeros(n_contracts),
        index=index,
        paid_part=np.ones(cost.shape),
        fixed=np.zeros(cost.shape),
        cost=cost,
        amounts=amounts(lots, lot, cost, reference[None] * index),
        key=np.ones((n_scenarios, n_years, len(lots), 1)),
        other=np.zeros((n_scenarios, n_years, 1)),
        purses=(("", np.arange(len(lots))),),
        begroting=np.full((1, 1, n_years), 1e10),
        structural=np.zeros((1, 1, n_years)),
        stock=np.zeros((1, n_years)),
        free_buffer=np.full(n_providers, 1e10),
        discount=np.ones(n_years),
        risk_weight=0.0,
        confidence=0.95,
        cost_of_capital=0.08,
        reserve_confidence=0.95,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def tail_of(mean: float = 100.0, tail: float = 117.6, n_years: int = 1, n_contracts: int = 1) -> FloatArray:
    """Twenty costs in million euro with this mean; the worst one is the CVaR at 0.95. Contracts and years move together."""
    one = np.append(np.full(19, (20 * mean - tail) / 19), tail)
    return np.tile(one[:, None, None], (1, n_contracts, n_years)) * MILLION


def nothing_shared() -> Corridor:
    """One layer a side, of which the municipality pays nothing."""
    return corridor([1.0], [np.inf], share=0.0)


def deficits_shared(share: float = np.nan) -> Corridor:
    """One layer a side: the share of deficits is decided unless given, surpluses are the provider's."""
    own = corridor([1.0], [np.inf])
    return replace(own, share=np.array([share, 0.0]))


def alone(**changes: object) -> LumpSumData:
    """One contract, mean 100, worst of twenty 117.6 million, nothing shared, the terms of ``terms`` among the changes."""
    own = {name: changes.pop(name) for name in ("loading_cap", "transition_cap", "share_max") if name in changes}
    return data(tail_of(), (terms(own=nothing_shared(), **own),), [0], [0], **changes)


def amounts(
    lots: tuple[LotTerms, ...], lot: list[int], base: FloatArray, reference: FloatArray
) -> tuple[FloatArray, ...]:
    """U of every contract."""
    return tuple(lots[j].corridor.amounts(base[:, c], reference[:, c]) for c, j in enumerate(lot))


def random_data(seed: int, n_scenarios: int = 16, n_years: int = 2, **changes: object) -> LumpSumData:
    """Two lots, three providers (one in both), two layers a side; tight enough to be interesting."""
    rng = np.random.default_rng(seed)
    own = corridor([1.0, 1.04], [1.04, np.inf])
    lots = (
        terms("a", own, share_max=0.8, loading_cap=0.05),
        terms(
            "b", own, share_max=0.8, loading_cap=0.05, elasticity=0.05, waiting_list_forbidden=True, share_min=0.5
        ),
    )
    lot, provider = [0, 0, 1, 1], [0, 1, 1, 2]
    size = rng.uniform(2e6, 8e6, 4)
    common = rng.normal(0, 0.04, (n_scenarios, 1, n_years)).cumsum(axis=2)
    cost = size[None, :, None] * np.exp(common + rng.normal(0, 0.05, (n_scenarios, 4, n_years)))
    buffers = np.array([0.08, 0.06, 0.07]) * np.array([size[0], size[1] + size[2], size[3]])
    plain = data(
        cost,
        lots,
        lot,
        provider,
        free_buffer=buffers,
        risk_weight=0.5,
        confidence=0.75,
        reserve_confidence=0.75,
        revenue=size,
        discount=0.97 ** np.arange(n_years),
        index=np.exp(rng.normal(0, 0.01, cost.shape)),
        begroting=np.full((1, 1, n_years), 1.05 * size.sum()),
        stock=np.full((1, n_years), 0.06 * n_years * size.sum()),
    )
    measured = amounts(lots, lot, cost, plain.reference * plain.index)
    fair = replace(plain, fair_price=0.985 * plain.reference, amounts=measured)
    return replace(fair, **changes)  # type: ignore[arg-type]


def shared_out(plain: LumpSumData, seed: int) -> LumpSumData:
    """The same for two municipalities and two laws that do not share: a lot, a begroting and structural cover each, payments
    outside the decision, keys that differ by scenario and year; ample stock."""
    rng = np.random.default_rng(seed)
    first = rng.uniform(0.4, 0.6, (*plain.key.shape[:3], 1))
    cost = np.stack([plain.cost[:, plain.lot == j].sum(axis=1).mean(axis=0) for j in range(2)])
    begroting = 0.535 * np.stack([cost, cost], axis=1)
    begroting[0] += 0.02 * cost.sum()
    return replace(
        plain,
        municipalities=("0034", "0050"),
        key=np.concatenate([first, 1 - first], axis=3),
        other=rng.uniform(0.01, 0.02, (plain.n_scenarios, plain.n_years, 2)) * cost.sum(),
        purses=(("jeugdwet", np.array([0])), ("wmo", np.array([1]))),
        begroting=begroting,
        structural=0.01 * begroting,
        stock=np.full((2, plain.n_years), 0.06 * plain.n_years * cost.sum()),
    )


def mixed_data(seed: int, n_scenarios: int = 16) -> LumpSumData:
    """The same, where every lot may also be paid per hour: cost plus three percent, shared by nobody."""
    plain = random_data(seed, n_scenarios)
    return replace(plain, other_payments={"inspanningsgericht": 1.03 * plain.cost})


def coefficient_of_variation(own: Empirical) -> float:
    """Of the values of a history, whose mean is one."""
    return float(np.sqrt(own.weights @ np.square(own.values) - 1))
