"""Small lump sums, made by hand or by a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bekostiging.contracts import Corridor
from bekostiging.lumpsum import LotTerms, LumpSumData

FloatArray = NDArray[np.float64]
MILLION = 1e6


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
        room=np.full((1, n_years), 1e10),
        reserve=np.zeros((1, n_years)),
        free_buffer=np.full(n_providers, 1e10),
        discount=np.ones(n_years),
        risk_weight=0.0,
        confidence=0.95,
        cost_of_capital=0.08,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def amounts(
    lots: tuple[LotTerms, ...], lot: list[int], base: FloatArray, reference: FloatArray
) -> tuple[FloatArray, ...]:
    """U of every contract."""
    return tuple(lots[j].corridor.amounts(base[:, c], reference[:, c]) for c, j in enumerate(lot))


def random_data(seed: int, n_scenarios: int = 16, **changes: object) -> LumpSumData:
    """Two lots, three providers (one in both), two years, two layers a side; tight enough to be interesting."""
    rng = np.random.default_rng(seed)
    own = corridor([1.0, 1.04], [1.04, np.inf])
    lots = (
        terms("a", own, share_max=0.8, premium_max=0.05),
        terms(
            "b", own, share_max=0.8, premium_max=0.05, elasticity=0.05, waiting_list_forbidden=True, share_min=0.5
        ),
    )
    lot, provider = [0, 0, 1, 1], [0, 1, 1, 2]
    size = rng.uniform(2e6, 8e6, 4)
    common = rng.normal(0, 0.04, (n_scenarios, 1, 2)).cumsum(axis=2)
    cost = size[None, :, None] * np.exp(common + rng.normal(0, 0.05, (n_scenarios, 4, 2)))
    buffers = np.array([0.08, 0.06, 0.07]) * np.array([size[0], size[1] + size[2], size[3]])
    plain = data(
        cost,
        lots,
        lot,
        provider,
        free_buffer=buffers,
        risk_weight=0.5,
        confidence=0.75,
        revenue=size,
        discount=np.array([1.0, 0.97]),
        index=np.exp(rng.normal(0, 0.01, cost.shape)),
        room=np.full((1, 2), 1.02 * size.sum() * 1.03),
        reserve=np.full((1, 2), 0.05 * size.sum()),
    )
    measured = amounts(lots, lot, cost, plain.reference * plain.index)
    fair = replace(plain, fair_price=0.985 * plain.reference, amounts=measured)
    return replace(fair, **changes)  # type: ignore[arg-type]


def mixed_data(seed: int, n_scenarios: int = 16) -> LumpSumData:
    """The same, where every lot may also be paid per hour: cost plus three percent, shared by nobody."""
    plain = random_data(seed, n_scenarios)
    return replace(plain, other_payments={"inspanningsgericht": 1.03 * plain.cost})
