"""The lump sum of a large region: 8 municipalities, 40 providers with a contract in each of 3 lots, 4 years, 6 layers.

``python benchmarks/lumpsum_region.py [SCENARIOS ...] [--whole] [--simple]``; scenarios of a seeded factor model, arrays in
float32. Prints seconds, evaluations, gap, violation and the peak of memory. ``--simple``: at most two changes of share per
side on a menu of eight layers, shares from a list of five. ``--whole``: the Pyomo model in HiGHS too, with the ratio.
"""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from time import perf_counter

import numpy as np

from bekostiging.lumpsum import LotTerms, LumpSumData, SimpleTerms, design_lumpsum, menu_corridor
from bekostiging.units import MILLION

N_MUNICIPALITIES, N_PROVIDERS, N_LOTS, N_YEARS = 8, 40, 3, 4
EDGES = (0.03, 0.08)
MENU = (0.02, 0.05, 0.10)
LIST = (0.0, 0.2, 0.4, 0.6, 0.8)


def region(
    n_scenarios: int, edges: tuple[float, ...] = EDGES, seed: int = 7, municipalities: int = N_MUNICIPALITIES
) -> LumpSumData:
    """The decision of the region: costs of a common, a lot's and a contract's factor that wander over the years."""
    rng = np.random.default_rng(seed)
    n = N_PROVIDERS * N_LOTS
    lot, provider = np.tile(np.arange(N_LOTS), N_PROVIDERS), np.repeat(np.arange(N_PROVIDERS), N_LOTS)
    size = rng.lognormal(14.0, 0.7, n)
    corridor = menu_corridor(edges)
    common = rng.normal(0, 0.02, (n_scenarios, 1, N_YEARS)).cumsum(axis=2)
    by_lot = rng.normal(0, 0.02, (n_scenarios, N_LOTS, N_YEARS)).cumsum(axis=2)
    reference = np.repeat(size[:, None], N_YEARS, axis=1)
    cost = np.empty((n_scenarios, n, N_YEARS), dtype=np.float32)
    index = np.exp(rng.normal(0, 0.01, (n_scenarios, 1, N_YEARS))).astype(np.float32)
    amounts = []
    for c in range(n):
        own = rng.normal(0, 0.05, (n_scenarios, N_YEARS)) + common[:, 0] + by_lot[:, lot[c]]
        cost[:, c] = size[c] * np.exp(own - own.var() / 2) * index[:, 0]
        inside = corridor.amounts(cost[:, c].astype(np.float64), reference[c] * index[:, 0].astype(np.float64))
        amounts.append(inside.astype(np.float32))
    lots = tuple(LotTerms(f"lot{j}", corridor, 0.8, 0.5, 0.05, 10.0, 0.02, j == 0, None) for j in range(N_LOTS))
    weight = rng.dirichlet(np.full(municipalities, 5.0), N_LOTS)
    by_lot_size = np.array([reference[lot == j, 0].sum() for j in range(N_LOTS)])
    headroom = np.repeat((by_lot_size @ weight)[:, None], N_YEARS, axis=1)
    shape = (n_scenarios, n, N_YEARS)
    own = np.array([reference[provider == p, 0].sum() for p in range(N_PROVIDERS)])
    return LumpSumData(
        lots=lots,
        contracts=tuple((f"p{p}", f"lot{j}") for p, j in zip(provider, lot, strict=True)),
        providers=tuple(f"p{p}" for p in range(N_PROVIDERS)),
        municipalities=tuple(f"{m:04}" for m in range(municipalities)),
        years=tuple(range(2025, 2025 + N_YEARS)),
        lot=lot,
        provider=provider,
        reference=reference,
        fair_price=0.985 * reference,
        revenue=size,
        index=np.broadcast_to(index, shape),
        paid_part=np.broadcast_to(np.float32(1.0), shape),
        fixed=np.broadcast_to(np.float32(0.0), shape),
        cost=cost,
        amounts=tuple(amounts),
        key=np.broadcast_to(weight, (n_scenarios, N_YEARS, N_LOTS, municipalities)),
        other=np.zeros((n_scenarios, N_YEARS, municipalities)),
        purses=(("", np.arange(N_LOTS)),),
        begroting=1.04 * headroom[None],
        structural=np.zeros_like(headroom[None]),
        stock=0.40 * headroom,
        free_buffer=rng.uniform(0.08, 0.25, N_PROVIDERS) * own,
        discount=1.02 ** -np.arange(N_YEARS, dtype=np.float64),
        risk_weight=0.5,
        confidence=0.95,
        cost_of_capital=0.08,
        reserve_confidence=0.95,
    )


def main(sizes: list[int], *, whole: bool, simple: bool) -> None:
    print("scenarios  seconds  passes  feasible  gap  violation  data MB  peak MB")
    for size in sizes:
        data = region(size, MENU if simple else EDGES)
        if simple:
            data = replace(data, simple=SimpleTerms(2, LIST))
        held = (data.cost.nbytes + sum(own.nbytes for own in data.amounts)) / 1e6
        begin = perf_counter()
        design = design_lumpsum(data)
        seconds = perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"{size:9} {seconds:8.2f} {design.passes:7} {design.feasible!s:>9} {design.gap} {design.violation:.1e} "
              f"{held:.0f} {peak:.0f}")  # fmt: skip
        print("  loading", design.loading.round(4), "shares", *(own.round(3) for own in design.share))
        if whole:
            print(f"  whole model: {_extensive_form(data, design.criterion or 0.0, seconds)}")


def _extensive_form(data: LumpSumData, criterion: float, seconds: float) -> str:
    """The extensive form by Pyomo and HiGHS: seconds, ratio, relative difference of the criterion."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers.highs import Highs

    from bekostiging.lumpsum.model import build_lumpsum

    begin = perf_counter()
    model = build_lumpsum(data)
    built = perf_counter() - begin
    Highs().solve(model)
    total = perf_counter() - begin
    found = float(pyo.value(model.criterion)) * MILLION
    return (
        f"{total:.1f} s ({built:.1f} building), ratio {total / seconds:.0f}, {abs(found - criterion) / found:.1e}"
    )


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if not word.startswith("--")]
    main([int(word) for word in asked] or [10_000], whole="--whole" in sys.argv, simple="--simple" in sys.argv)
