"""The lump sum of ``almere``: tail cuts against the whole Pyomo model in HiGHS, in one run.

``python benchmarks/lumpsum.py [SCENARIOS ...]``; prints seconds, the ratio, and the difference of the criteria.
"""

from __future__ import annotations

import sys
from time import perf_counter

import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers.highs import Highs

from bekostiging.case import read_case
from bekostiging.contracts import LUMP_SUM, Taakgericht, build_contracts, reference
from bekostiging.evaluation.block_settlement import DesignWork
from bekostiging.evaluation.blocks import Blocks
from bekostiging.lumpsum import CorridorSeries, LumpSumData, design_lumpsum, lumpsum_data
from bekostiging.lumpsum.model import build_lumpsum
from bekostiging.scenarios import plan
from bekostiging.units import MILLION


def data_of(n_scenarios: int) -> LumpSumData:
    """The decision's data on this many scenarios."""
    case = read_case("almere")
    planned = plan(case, n_scenarios, 4, 1, "design")
    terms = reference(case, planned.cells, planned.n_years)
    contracts = build_contracts(case, planned.cells, terms, LUMP_SUM)
    work = DesignWork(case, planned.cells, tuple(one for one in contracts if isinstance(one, Taakgericht)))
    return lumpsum_data(
        case, planned.cells, terms, CorridorSeries.of(Blocks().series(planned, work, lambda done, total: None))
    )


def main(sizes: list[int]) -> None:
    print("scenarios  tail cuts s  passes  pyomo build s  pyomo solve s  ratio  relative difference")
    for size in sizes:
        data = data_of(size)
        begin = perf_counter()
        design = design_lumpsum(data)
        cuts = perf_counter() - begin
        begin = perf_counter()
        model = build_lumpsum(data)
        built = perf_counter() - begin
        begin = perf_counter()
        Highs().solve(model)
        solved = perf_counter() - begin
        criterion = float(pyo.value(model.criterion)) * MILLION
        difference = abs((design.criterion or 0.0) - criterion) / criterion
        ratio = (built + solved) / cuts
        print(
            f"{size:9} {cuts:12.3f} {design.passes:7} {built:14.2f} {solved:14.2f} {ratio:6.0f} {difference:10.1e}"
        )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [32, 64, 128])
