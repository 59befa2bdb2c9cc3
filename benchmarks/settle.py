"""Settling one payment form on care use in memory: 10,000 scenarios x 4 years x 240 cells at year grain.

``python benchmarks/settle.py [SCENARIOS]``: the care use of one drawn block of a synthetic region of eight municipalities
and forty providers, repeated to the number of scenarios; contracts are settled until they fill 240 cells.
The month grain (staffing) is stated apart. Times are the least of five runs, ratios to a bare product of the same size.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np

from bekostiging.case.region import synthetic_region
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import BASELINE, Staffing, build_contracts, price_levels, reference
from bekostiging.scenarios import CareUse, draw_block, plan

N_YEARS, N_CELLS = 4, 240
MONTHLY = ("units_month",)
WITHOUT_CELLS = ("cells", "thresholds", "ova_final", "ppc_final", "cao")


def least(work: Callable[[], object], runs: int = 5) -> float:
    """Least time of some runs, seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def repeated(care_use: CareUse, n: int, *, months: bool) -> CareUse:
    """The same scenarios again and again, ``n`` in all; without month arrays unless asked."""
    times = -(-n // care_use.n_scenarios)
    arrays = {}
    for field in fields(CareUse):
        values = getattr(care_use, field.name)
        if not isinstance(values, np.ndarray) or (field.name in MONTHLY and not months):
            continue
        arrays[field.name] = np.concatenate([values] * times)[:n]
    return replace(care_use, **arrays)


def main(n: int) -> None:
    """Print seconds per payment form and ratios."""
    case = synthetic_region(municipalities=8, providers=40)
    planned = plan(case, 32, N_YEARS, 1, "design")
    drawn = draw_block(planned, 0).care_use()
    terms = reference(case, planned.cells, N_YEARS)
    care_use = repeated(drawn, n, months=False)
    product = least(lambda: care_use.units[:, :, :N_CELLS] @ planned.cells.tariff[:N_CELLS])
    print(
        f"{n} scenarios x {N_YEARS} years x {N_CELLS} cells of {planned.cells.n_cells}; one product {product:.4f} s"
    )
    levels = {lot.id: price_levels(case, lot.id, care_use) for lot in case.lots}
    for form in PAYMENT_FORMS:
        own, cells = [], 0
        for one in build_contracts(case, planned.cells, terms, form):
            if cells + len(one.cells) <= N_CELLS:
                own.append(one)
                cells += len(one.cells)
        seconds = least(lambda own=own: [one.settle(care_use, levels[one.lot]) for one in own])
        print(f"{form}: {len(own)} contracts, {cells} cells, {seconds:.3f} s, {seconds / product:.0f} products")
    few = repeated(drawn, n // 10, months=True)
    own = list(build_contracts(case, planned.cells, terms, BASELINE))[:4]
    staffed = [replace(one, staffing=Staffing(0.7, 6, 0.3, 1e5)) for one in own]
    few_levels = {lot.id: price_levels(case, lot.id, few) for lot in case.lots}
    plain, monthly = (
        least(lambda some=some: [one.settle(few, few_levels[one.lot]) for one in some]) for some in (own, staffed)
    )
    print(
        f"month grain (staffing), {n // 10} scenarios, {len(own)} contracts: {monthly:.3f} s, {monthly / plain:.1f} times"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
