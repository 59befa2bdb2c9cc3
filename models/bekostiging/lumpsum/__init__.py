"""The lump sum: how much, with which corridor, so that it holds for municipality and provider.

``bekostiging.lumpsum.model`` is the readable definition in Pyomo (``build_lumpsum``); it is imported by whoever
reads or proves it, not by the command, which solves the same model by tail cuts.
"""

from bekostiging.lumpsum.alternatives import Alternative, alternatives
from bekostiging.lumpsum.conflict import Conflict, Relaxation
from bekostiging.lumpsum.data import LUMP_SUM, MILLION, LotTerms, LumpSumData, SimpleTerms
from bekostiging.lumpsum.frontier import FrontierPoint, corridor_frontier, price_of_certainty
from bekostiging.lumpsum.gather import (
    CorridorSeries,
    begroting_sum,
    corridor_series,
    free_buffer,
    lumpsum_data,
)
from bekostiging.lumpsum.margin import (
    LimitMargin,
    LimitPrecision,
    futures_needed,
    holds_at_95,
    limit_margin,
    widest_limit,
)
from bekostiging.lumpsum.recut import menu_corridor, with_corridor
from bekostiging.lumpsum.requirement import EquityRequirement, minimum_equity_requirements
from bekostiging.lumpsum.simple import with_simple_terms
from bekostiging.lumpsum.solve import (
    FRACTIONS,
    LimitCheck,
    LumpSumDesign,
    decided_payment,
    decided_spending,
    design_lumpsum,
    feasible_design,
    measured_against_budget,
    out_of_sample,
)
from bekostiging.lumpsum.validity import PriceRange, price_ranges
from bekostiging.lumpsum.value_of_data import ValueOfData, value_of_data

__all__ = [
    "FRACTIONS",
    "LUMP_SUM",
    "MILLION",
    "Alternative",
    "Conflict",
    "CorridorSeries",
    "EquityRequirement",
    "FrontierPoint",
    "LimitCheck",
    "LimitMargin",
    "LimitPrecision",
    "LotTerms",
    "LumpSumData",
    "LumpSumDesign",
    "PriceRange",
    "Relaxation",
    "SimpleTerms",
    "ValueOfData",
    "alternatives",
    "begroting_sum",
    "corridor_frontier",
    "corridor_series",
    "decided_payment",
    "decided_spending",
    "design_lumpsum",
    "feasible_design",
    "free_buffer",
    "futures_needed",
    "holds_at_95",
    "limit_margin",
    "lumpsum_data",
    "measured_against_budget",
    "menu_corridor",
    "minimum_equity_requirements",
    "out_of_sample",
    "price_of_certainty",
    "price_ranges",
    "value_of_data",
    "widest_limit",
    "with_corridor",
    "with_simple_terms",
]
