"""The lump sum: how much, with which corridor, so that it holds for municipality and provider.

``bekostiging.lumpsum.model`` is the readable definition in Pyomo (``build_lumpsum``); it is imported by whoever
reads or proves it, not by the command, which solves the same model by tail cuts.
"""

from bekostiging.lumpsum.alternatives import Alternative, alternatives
from bekostiging.lumpsum.conflict import Conflict, Relaxation
from bekostiging.lumpsum.data import LotTerms, LumpSumData, SimpleTerms
from bekostiging.lumpsum.frontier import FrontierPoint, corridor_frontier, price_of_certainty
from bekostiging.lumpsum.gather import (
    CorridorSeries,
    begroting_sum,
    corridor_series,
    free_buffer,
    lumpsum_data,
)
from bekostiging.lumpsum.margin import LimitMargin, holds_at_95, limit_margin
from bekostiging.lumpsum.requirement import EquityRequirement, minimum_equity_requirements
from bekostiging.lumpsum.solve import (
    LimitCheck,
    LumpSumDesign,
    design_lumpsum,
    feasible_design,
    measured_against_budget,
    out_of_sample,
)

__all__ = [
    "Alternative",
    "Conflict",
    "CorridorSeries",
    "EquityRequirement",
    "FrontierPoint",
    "LimitCheck",
    "LimitMargin",
    "LotTerms",
    "LumpSumData",
    "LumpSumDesign",
    "Relaxation",
    "SimpleTerms",
    "alternatives",
    "begroting_sum",
    "corridor_frontier",
    "corridor_series",
    "design_lumpsum",
    "feasible_design",
    "free_buffer",
    "holds_at_95",
    "limit_margin",
    "lumpsum_data",
    "measured_against_budget",
    "minimum_equity_requirements",
    "out_of_sample",
    "price_of_certainty",
]
