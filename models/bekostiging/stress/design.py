"""Designing the lump sum on one set of futures and judging it on another, alike for every command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from bekostiging.contracts import Contract, Reference, Taakgericht, build_contracts
from bekostiging.lumpsum import (
    CorridorSeries,
    LumpSumData,
    LumpSumDesign,
    design_lumpsum,
    limit_margin,
    lumpsum_data,
    measured_against_budget,
    minimum_equity_requirements,
    out_of_sample,
    price_ranges,
)
from bekostiging.scenarios import Plan
from bekostiging.stress.blocks import Blocks
from bekostiging.stress.comparison import LumpSumResult
from bekostiging.stress.settle_block import DesignWork
from bekostiging_solvers import Scramblings

Progress = Callable[[str, int, int], None]
Shape = Callable[[LumpSumData], LumpSumData]


def design_series(
    made: Plan,
    terms: Reference,
    blocks: Blocks,
    advance: Callable[[int, int], None],
    others: Mapping[str, tuple[Contract, ...]] | None = None,
    *,
    observed: bool = False,
) -> CorridorSeries:
    """Draw the futures of a plan for the decision; ``others`` and ``observed`` as in ``DesignWork``."""
    undecided = lump_sums(build_contracts(made.case, made.cells, terms, "taakgericht"))
    work = DesignWork(made.case, made.cells, undecided, others or {}, observed)
    return CorridorSeries.of(blocks.series(made, work, advance))


def designed(
    made: Plan, terms: Reference, blocks: Blocks, report: Progress
) -> tuple[LumpSumData, LumpSumDesign, CorridorSeries]:
    """Draw the design futures and design the lump sum on them."""
    series = design_series(made, terms, blocks, partial(report, "design"))
    report("lumpsum", 0, 1)
    data = lumpsum_data(made.case, terms, series)
    design = design_lumpsum(data)
    report("lumpsum", 1, 1)
    return data, design, series


def judged(
    data: LumpSumData, fresh: LumpSumData, design: LumpSumDesign, scramblings: Scramblings
) -> LumpSumResult:
    """The design with its limits on fresh futures, its margin, how far its prices hold and the least buffer to ask."""
    checks = out_of_sample(design, fresh, scramblings)
    margin = limit_margin(data, fresh, design, checks, scramblings)
    extra = measured_against_budget(design, fresh, scramblings) if design.feasible else []
    ranges, least = price_ranges(data, design), minimum_equity_requirements(data)
    return LumpSumResult(data, fresh, design, checks, margin, tuple(extra), ranges, least)


def lump_sums(contracts: tuple[Contract, ...]) -> tuple[Taakgericht, ...]:
    """The lump sums among contracts."""
    return tuple(contract for contract in contracts if isinstance(contract, Taakgericht))


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
