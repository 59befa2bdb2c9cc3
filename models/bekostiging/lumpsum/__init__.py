"""The lump sum: how much, with which corridor, so that it holds for municipality and provider.

``bekostiging.lumpsum.model`` is the readable definition in Pyomo (``build_lumpsum``); it is imported by whoever
reads or proves it, not by the command, which solves the same model by tail cuts.
"""

from typing import TYPE_CHECKING

from bekostiging.former import former_names
from bekostiging.lumpsum.agreed import AgreedTerms, with_agreed
from bekostiging.lumpsum.certainty import (
    LimitCheck,
    Proof,
    hold,
    joint_certainty,
    proofs,
    scenarios_needed,
    widest_limit,
)
from bekostiging.lumpsum.conflict import Conflict, Relaxation
from bekostiging.lumpsum.data import BreachCap, LotTerms, LumpSumData, SimpleTerms, with_shares
from bekostiging.lumpsum.data_value import ValueOfData, value_of_data
from bekostiging.lumpsum.deciding_limits import LIFTED, Decider, binding_providers, deciders
from bekostiging.lumpsum.decision import OUTCOMES, Decision, Outcome, changed_answer, decide, without_simplicity
from bekostiging.lumpsum.design_stability import Stability, stability
from bekostiging.lumpsum.example import example_data
from bekostiging.lumpsum.frontier import FrontierPoint, corridor_frontier, price_of_certainty
from bekostiging.lumpsum.gather import (
    CorridorSeries,
    begroting_sum,
    corridor_series,
    free_buffer,
    lumpsum_data,
    under_policy_of,
)
from bekostiging.lumpsum.judgement import Judge, JudgedDesign, check_limits, judged_design, measured_against_budget
from bekostiging.lumpsum.layers import free_zone
from bekostiging.lumpsum.limit import Limit
from bekostiging.lumpsum.margin import LimitMargin, limit_margin
from bekostiging.lumpsum.matching import matched, matching_factors
from bekostiging.lumpsum.other_designs import Alternative, alternatives
from bekostiging.lumpsum.payments import used_of_stock
from bekostiging.lumpsum.recut import menu_corridor, with_corridor
from bekostiging.lumpsum.requirement import EquityRequirement, contracts_apart, minimum_equity_requirements
from bekostiging.lumpsum.simple import asked_terms, signable_terms, with_simple_terms
from bekostiging.lumpsum.solve import (
    Breach,
    LumpSumDesign,
    decided_payment,
    decided_spending,
    design_lumpsum,
    design_within,
    feasible_design,
    without_design,
)
from bekostiging.lumpsum.tie_break import preferred_design
from bekostiging.lumpsum.validity import FRACTIONS, PriceRange, price_ranges

__all__ = [
    "FRACTIONS",
    "LIFTED",
    "OUTCOMES",
    "AgreedTerms",
    "Alternative",
    "Breach",
    "BreachCap",
    "Conflict",
    "CorridorSeries",
    "Decider",
    "Decision",
    "EquityRequirement",
    "FrontierPoint",
    "Judge",
    "JudgedDesign",
    "Limit",
    "LimitCheck",
    "LimitMargin",
    "LotTerms",
    "LumpSumData",
    "LumpSumDesign",
    "Outcome",
    "PriceRange",
    "Proof",
    "Relaxation",
    "SimpleTerms",
    "Stability",
    "ValueOfData",
    "alternatives",
    "asked_terms",
    "begroting_sum",
    "binding_providers",
    "changed_answer",
    "check_limits",
    "contracts_apart",
    "corridor_frontier",
    "corridor_series",
    "decide",
    "decided_payment",
    "decided_spending",
    "deciders",
    "design_lumpsum",
    "design_within",
    "example_data",
    "feasible_design",
    "free_buffer",
    "free_zone",
    "hold",
    "joint_certainty",
    "judged_design",
    "limit_margin",
    "lumpsum_data",
    "matched",
    "matching_factors",
    "measured_against_budget",
    "menu_corridor",
    "minimum_equity_requirements",
    "preferred_design",
    "price_of_certainty",
    "price_ranges",
    "proofs",
    "scenarios_needed",
    "signable_terms",
    "stability",
    "under_policy_of",
    "used_of_stock",
    "value_of_data",
    "widest_limit",
    "with_agreed",
    "with_corridor",
    "with_shares",
    "with_simple_terms",
    "without_design",
    "without_simplicity",
]

if not TYPE_CHECKING:
    __getattr__ = former_names(__name__)
