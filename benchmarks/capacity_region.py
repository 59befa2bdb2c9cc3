"""The capacity decision of a region: 20 providers x 6 care forms x 10 areas x 4 quarters, blocks and contracts whole.

The Pyomo model of the package serves both: as a template for all scenarios, and scenario by scenario for mpi-sppy.

    python benchmarks/capacity_region.py ours 200 --integer --gap 0.01 --seconds 300
    python benchmarks/capacity_region.py mpisppy 20
"""

from __future__ import annotations

import argparse
import resource
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pyomo.environ as pyo

from bekostiging.capacity.data import CapacityData, CapacityScenarios, Substitute, Supply
from bekostiging.capacity.model import build_capacity
from bekostiging.capacity.program import capacity_program
from bekostiging_solvers import MeanCVaR, solve_recourse

PROVIDERS, FORMS, AREAS, QUARTERS = 20, 6, 10, 4
THREADS = 2


def instance(n_scenarios: int, seed: int = 1) -> CapacityData:
    """Sizes, prices and demand at random around those of youth care; three forms may replace another one."""
    rng = np.random.default_rng(seed)
    k = PROVIDERS * FORMS
    provider, form = np.repeat(np.arange(PROVIDERS), FORMS), np.tile(np.arange(FORMS), PROVIDERS)
    price = np.array([120.0, 110.0, 1600.0, 90.0, 300.0, 60.0])
    weeks = np.array([44.0, 36.0, 52.0, 30.0, 26.0, 70.0])
    mean = rng.uniform(4, 12, (FORMS, AREAS))
    stays = np.array([[np.exp(-13 * t / w) for t in range(QUARTERS)] for w in weeks])
    stays[:, 0] *= 0.6
    base = rng.integers(0, AREAS, PROVIDERS)
    travel = np.where(base[provider][:, None] == np.arange(AREAS), 2.0, 12.0)
    travel[provider >= PROVIDERS - 4] = 30.0
    common = rng.gamma(40, 1 / 40, (n_scenarios, 1, 1, 1)) * rng.gamma(60, 1 / 60, (n_scenarios, 1, FORMS, 1))
    regular = rng.poisson(mean * common, (n_scenarios, QUARTERS, FORMS, AREAS)).astype(float)
    return CapacityData(
        care_forms=tuple(f"form-{f}" for f in range(FORMS)),
        areas=tuple(f"area-{a}" for a in range(AREAS)),
        years=(2026,),
        supply=Supply(
            contract=provider,
            care_form=form,
            block=np.full(k, 5.0),
            minimum=np.full(k, 0.0),
            maximum=np.full(k, 80.0),
            availability_fee=0.45 * 52 * price[form] * rng.uniform(0.9, 1.1, k),
            usage_fee=0.5 * price[form] * rng.uniform(0.9, 1.1, k),
            ramp=np.full(k, np.inf),
            today=np.full(k, np.nan),
            far=provider >= PROVIDERS - 4,
            travel=travel,
            names=tuple((f"provider-{p}", "all") for p in range(PROVIDERS)),
            lot=np.zeros(PROVIDERS, dtype=np.int64),
            most=np.ones(PROVIDERS, dtype=np.int64),
            cost=np.full(PROVIDERS, 25_000.0),
            main=np.full(PROVIDERS, -1),
            lots=("all",),
            least=np.array([3]),
            most_contracts=np.array([14]),
            concentration=np.array([0.4]),
        ),
        scenarios=CapacityScenarios(
            regular=regular,
            crisis=rng.poisson(0.05 * mean * common, regular.shape).astype(float),
            caseload=rng.poisson(mean * weeks[:, None] / 13 * common[:, 0]).astype(float),
            available=rng.beta(45, 5, (n_scenarios, QUARTERS, PROVIDERS))[:, :, provider],
        ),
        stays=stays,
        remains=np.array([[np.exp(-13 * (t + 0.5) / w) for t in range(QUARTERS)] for w in weeks]),
        weeks=weeks,
        weeks_left=weeks,
        price=price,
        premium=np.full(FORMS, 0.35),
        adhoc_most=np.full(FORMS, np.inf),
        waiting_cost=np.full(FORMS, 60.0),
        waiting=np.round(0.3 * mean),
        waited=np.full((FORMS, AREAS), 6.0),
        norm_weeks=np.array([10.0, 14.0, 10.0, 6.0, 10.0, 6.0]),
        allowed=np.full(FORMS, np.inf),
        swap=np.zeros(1),
        discount=np.ones(QUARTERS),
        substitutes=(Substitute(0, 1, 0.2, 500.0), Substitute(2, 4, 0.1, 3000.0), Substitute(3, 5, 0.2, 400.0)),
    )


def ours(data: CapacityData, *, integer: bool, method: str, gap: float, seconds: float, weight: float) -> None:
    """Template and ``solve_recourse`` on two threads."""
    begin = perf_counter()
    made = capacity_program(data).program
    if not integer:
        made = replace(made, first=replace(made.first, integer=None))
    built = perf_counter() - begin
    risk = MeanCVaR(weight, 0.95) if weight else None
    with ThreadPoolExecutor(THREADS) as executor:
        found = solve_recourse(made, method=method, risk=risk, gap=gap, time_limit=seconds, executor=executor)
    tell(
        "ours",
        data,
        built,
        perf_counter() - begin,
        found.objective,
        found.gap,
        f"{found.method} {found.iterations}",
    )


def mpisppy(data: CapacityData, *, integer: bool, gap: float, seconds: float) -> None:
    """The extensive form of mpi-sppy, solved by HiGHS."""
    from mpisppy.opt.ef import ExtensiveForm
    from mpisppy.utils import sputils

    def creator(name: str, **_: Any) -> Any:
        """One scenario with its root node."""
        m = build_capacity(data, int(name[4:]))
        if not integer:
            pyo.TransformationFactory("core.relax_integer_vars").apply_to(m)
        sputils.attach_root_node(m, m.first_cost, [m.open, m.blocks])
        m._mpisppy_probability = 1 / data.scenarios.n_scenarios
        return m

    begin = perf_counter()
    names = [f"scen{s}" for s in range(data.scenarios.n_scenarios)]
    form = ExtensiveForm({"solver": "appsi_highs"}, names, creator)
    built = perf_counter() - begin
    form.solve_extensive_form({"time_limit": seconds, "mip_rel_gap": gap})
    value = form.get_objective_value()
    if value is None:
        raise SystemExit(f"mpi-sppy: no solution in {seconds:.0f} s")
    tell("mpi-sppy", data, built, perf_counter() - begin, float(value), None, "extensive")


def tell(
    who: str, data: CapacityData, built: float, total: float, value: float, gap: float | None, how: str
) -> None:
    """A line of the table in docs/performance.md; processor seconds depend least on what else runs."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    shown = "" if gap is None else f"{gap:.1e}"
    cells = (
        f"{who} ({how})",
        data.scenarios.n_scenarios,
        f"{built:.1f}",
        f"{total:.1f}",
        f"{process_time():.1f}",
        f"{memory:.2f}",
        f"{value:.8g}",
        shown,
    )
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def main() -> None:
    """Run one row."""
    parser = argparse.ArgumentParser()
    parser.add_argument("who", choices=["ours", "mpisppy"])
    parser.add_argument("scenarios", type=int)
    parser.add_argument("--integer", action="store_true")
    parser.add_argument("--method", default="auto")
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--weight", type=float, default=0.0)
    given = parser.parse_args()
    data = instance(given.scenarios)
    if given.who == "mpisppy":
        mpisppy(data, integer=given.integer, gap=given.gap, seconds=given.seconds)
    else:
        ours(
            data,
            integer=given.integer,
            method=given.method,
            gap=given.gap,
            seconds=given.seconds,
            weight=given.weight,
        )


if __name__ == "__main__":
    main()
