"""Seconds per drawn client, against the bare random draws it needs; reducers and flow rules apart; by size and workers.

``python benchmarks/engine.py [CASE]``: one run, every figure from the same process. The bare draws of a client are
those of its fields, with the same generator, types and numbers of values: start (uniform), duration (normal), remaining
part (uniform, the caseload), units (normal), realised over agreed (normal), profile, crisis, own access, result and
repeat (uniform each); and per cell the Poisson counts with their gamma mixture.
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np

from bekostiging.case import read_case
from bekostiging.scenarios import FlowRule, apply_flow, deviations, expected_care_use, map_blocks, plan
from bekostiging.scenarios.clients import CASELOAD
from bekostiging.scenarios.simulate import Block, Plan, draw_block
from bekostiging_solvers import keep_freed_memory

N_SCENARIOS = 512
BLOCKS = 8
"""Blocks timed for the shares of the work; the medians are printed."""


def bare_draws(planned: Plan, block: Block, rng: np.random.Generator) -> None:
    """The random numbers of a block and nothing else."""
    clients, sampler = block.clients, planned.sampler
    n, caseload = len(clients.start), int((clients.asked_month == CASELOAD).sum())
    mean = np.concatenate([sampler.forecast.stock[None], sampler.forecast.starts])[None] * block.factors.inflow
    excess = np.maximum(sampler.dispersion - 1.0, 1e-9)
    rng.standard_gamma(mean[:, 1:] / excess)
    rng.poisson(mean[:, :, sampler.row] * planned.cells.market_share)
    for _ in range(3):
        rng.standard_normal(n, dtype=np.float32)
    for _ in range(6):
        rng.random(n, dtype=np.float32)
    rng.random(caseload, dtype=np.float32)


def shares(planned: Plan) -> dict[str, float]:
    """Median seconds per client of drawing, bare draws, reducing, a flow rule and the self-check."""
    ceilings = np.broadcast_to(1e7, (planned.scenarios_per_block, planned.n_years, len(planned.case.contracts)))
    waiting = np.ones(len(planned.case.contracts), dtype=np.bool_)
    rule = FlowRule(ceilings, planned.cells.tariff, waiting)
    rng, found = np.random.Generator(np.random.SFC64(1)), []
    draw_block(planned, 0)  # what is made once
    for index in range(min(BLOCKS, planned.n_blocks)):
        marks = [perf_counter()]
        block = draw_block(planned, index)
        marks.append(perf_counter())
        bare_draws(planned, block, rng)
        marks.append(perf_counter())
        care_use = block.care_use()
        marks.append(perf_counter())
        apply_flow(block.clients, planned.cells, rule)
        marks.append(perf_counter())
        deviations(care_use, expected_care_use(planned.case, planned.cells, planned.n_years, block.factors))
        marks.append(perf_counter())
        found.append(np.diff(marks) / len(block.clients.start))
    names = ("drawing", "bare draws", "reducing", "flow rule", "self-check")
    return dict(zip(names, np.median(found, axis=0).tolist(), strict=True))


def counted(block: Block) -> int:
    """Clients of a block, after all work on it."""
    block.care_use()
    return len(block.clients.start)


def main(case_name: str) -> None:
    keep_freed_memory()  # as every run does
    case = read_case(case_name)
    planned = plan(case, N_SCENARIOS, 4, 1, "out_of_sample")
    found = shares(planned)
    for name, seconds in found.items():
        print(f"{name}: {1e9 * seconds:.0f} ns per client, {seconds / found['bare draws']:.2f} x the bare draws")
    print("scenarios | workers | seconds | clients | ns per client and worker-second")
    for n, workers in ((256, 1), (1024, 1), (8192, 1), (8192, 2)):
        begin = perf_counter()
        clients = sum(map_blocks(plan(case, n, 4, 1, "out_of_sample"), counted, workers))
        seconds = perf_counter() - begin
        print(f"{n} | {workers} | {seconds:.2f} | {clients} | {1e9 * seconds / clients:.0f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "almere")
