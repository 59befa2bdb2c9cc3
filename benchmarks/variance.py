"""Variance reduction at equal running time against plain sampling, beside its ceiling.

``python benchmarks/variance.py [CASE ...]``: spending over the term of the reported municipalities, everybody served.
Linear: per hour without ceiling, expected (conditional expectation: no client is drawn). Layered: the lump sum as it is
designed, expected and CVaR95. Plain sampling is independent scenarios with clients; its variance per scenario and
its time per scenario come from the same run. factor = (variance x time) of plain over (variance x time) of the method.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import perf_counter

import numpy as np

from bekostiging.case import Case, read_case
from bekostiging.contracts import BASELINE, LUMP_SUM, Contract, build_contracts, reference
from bekostiging.evaluation.control_variates import TAIL, closed_spending, control_variates, controlled_tail
from bekostiging.evaluation.deterministic_scenarios import euros
from bekostiging.evaluation.figures import EXPECTED
from bekostiging.scenarios import Block, CareUse, expected_care_use, map_blocks, plan
from bekostiging.studies import compare, contracts_in_force
from bekostiging_solvers import Scramblings, tail_influence
from bekostiging_solvers.typing import FloatArray

DRAWN, CLOSED, YEARS = 512, 2048, 4


def layered(case: Case) -> Sequence[Contract]:
    """The lump sum as ``compare`` designs it on 512 scenarios."""
    return contracts_in_force(compare(case, n_scenarios=DRAWN, design_scenarios=DRAWN, n_years=YEARS))[LUMP_SUM]


def spending(case: Case, contracts: Sequence[Contract], care_use: CareUse) -> FloatArray:
    """Spending of the reported municipalities over the term."""
    paid, _ = euros(case, care_use.cells, {BASELINE: contracts}, np.ones(YEARS), care_use)
    return paid[BASELINE]


def plainly(
    case: Case, contracts: dict[str, Sequence[Contract]], seed: int
) -> tuple[dict[str, FloatArray], dict[str, FloatArray], float]:
    """Spending per name in independent scenarios, its closed form, and seconds per scenario with clients."""
    planned = plan(case, DRAWN, YEARS, seed, "out_of_sample")
    rng = np.random.default_rng(seed)
    found: dict[str, list[FloatArray]] = {name: [] for name in contracts}
    control: dict[str, list[FloatArray]] = {name: [] for name in contracts}
    spent = 0.0
    for _ in range(planned.n_blocks):
        begin = perf_counter()
        normals = rng.standard_normal((planned.scenarios_per_block, planned.factor_model.n_dimensions))
        factors = planned.factor_model.multipliers(normals)
        care_use = planned.reducer.reduce(planned.sampler.draw(factors, rng), factors)
        paid = {name: spending(case, own, care_use) for name, own in contracts.items()}
        spent += perf_counter() - begin
        expected = expected_care_use(case, planned.cells, YEARS, factors)
        for name, own in contracts.items():
            found[name].append(paid[name])
            control[name].append(spending(case, own, expected))
    joined = [{name: np.concatenate(own) for name, own in part.items()} for part in (found, control)]
    return joined[0], joined[1], spent / planned.n_scenarios


def closed(case: Case, contracts: Sequence[Contract], seed: int) -> tuple[Scramblings, FloatArray, float]:
    """Spending in scenarios without clients, and the seconds it took."""
    begin = perf_counter()
    planned = plan(case, CLOSED, YEARS, seed, "closed")
    whole = closed_spending(planned, {BASELINE: contracts}, np.ones(YEARS))[BASELINE]
    return Scramblings(planned.n_scramblings), whole, perf_counter() - begin


def sobol_run(case: Case, contracts: Sequence[Contract], seed: int) -> tuple[Scramblings, FloatArray, FloatArray]:
    """Spending on the engine's own points with clients, and its closed form."""
    planned = plan(case, DRAWN, YEARS, seed, "out_of_sample")

    def both(block: Block) -> FloatArray:
        care_use = block.care_use()
        expected = expected_care_use(case, planned.cells, YEARS, block.factors)
        return np.stack([spending(case, contracts, use) for use in (care_use, expected)])

    drawn = np.concatenate(map_blocks(planned, both), axis=1)
    return Scramblings(planned.n_scramblings), drawn[0], drawn[1]


def measure(name: str) -> None:
    """Print the table of one case."""
    case = read_case(name)
    planned = plan(case, 32, YEARS, 1, "out_of_sample")
    linear = build_contracts(case, planned.cells, reference(case, planned.cells, YEARS), BASELINE, ceilings=False)
    contracts: dict[str, Sequence[Contract]] = {"linear": linear, "layered": layered(case)}
    sample, control, seconds = plainly(case, contracts, 1)
    share = {n: float((sample[n] - control[n]).var() / sample[n].var()) for n in contracts}
    rows = []

    _, whole, took = closed(case, linear, 1)
    error = Scramblings(CLOSED // 32).mean(whole).standard_error
    rows.append(("linear, expected", error, took, float(sample["linear"].var()), 1 / share["linear"]))

    drawn, paid, own = sobol_run(case, contracts["layered"], 2)
    many, whole, took = closed(case, contracts["layered"], 2)
    both = control_variates(drawn, paid, own, many, whole)[EXPECTED]
    time = took + DRAWN * seconds
    rows.append(
        (
            "layered, expected",
            both.estimate.standard_error,
            time,
            float(sample["layered"].var()),
            1 / share["layered"],
        )
    )

    begin = perf_counter()
    scenarios = plan(case, CLOSED, YEARS, 3, "closed")
    tail = controlled_tail(scenarios, contracts["layered"], np.ones(YEARS), paid - own, DRAWN)
    time = perf_counter() - begin
    variance = float(tail_influence(sample["layered"], TAIL).var())
    rows.append(("layered, CVaR95", tail.estimate.standard_error, time, variance, tail.ceiling))
    print(f"{name}: {1e3 * seconds:.1f} ms per scenario with clients")
    print(
        "| quantity | standard error, euro | seconds | plain in that time | factor | 1 / share of client noise |"
    )
    print("|---|---|---|---|---|---|")
    for title, error, time, variance, ceiling in rows:
        plain = variance / (time / seconds)
        print(
            f"| {title} | {error:,.0f} | {time:.2f} | {plain**0.5:,.0f} | {plain / error**2:.1f} | {ceiling:.1f} |"
        )


if __name__ == "__main__":
    for asked in sys.argv[1:] or ("almere", "region"):
        measure(asked)
