"""Clients and costs of possible scenarios, reduced to ``CareUse``."""

from bekostiging.scenarios.care_use import MEASURES, CareUse, Cells, Measure
from bekostiging.scenarios.cells import build_cells, summed_by
from bekostiging.scenarios.expected import (
    clients_in_calendar_year,
    clients_in_year,
    expected_care_use,
    units_in_year,
)
from bekostiging.scenarios.factor_distributions import (
    RiskFactorModel,
    factor_distribution_notes,
    with_factor_distribution,
)
from bekostiging.scenarios.factors import FactorModel, Factors, multiply, named_shocks, neutral_factors
from bekostiging.scenarios.flow import FlowOutcome, FlowRule, apply_flow
from bekostiging.scenarios.hours_budget import HoursBudgets, hours_budgets, paid_by_row
from bekostiging.scenarios.measures import expected_moved, expected_with
from bekostiging.scenarios.observed import observables
from bekostiging.scenarios.selfcheck import Deviations, SelfCheck, deviations, self_check
from bekostiging.scenarios.simulate import Block, Plan, draw_block, each_block, map_blocks, normals_of, plan
from bekostiging.scenarios.waiting import WaitingCount

__all__ = [
    "MEASURES",
    "Block",
    "CareUse",
    "Cells",
    "Deviations",
    "FactorModel",
    "Factors",
    "FlowOutcome",
    "FlowRule",
    "HoursBudgets",
    "Measure",
    "Plan",
    "RiskFactorModel",
    "SelfCheck",
    "WaitingCount",
    "apply_flow",
    "build_cells",
    "clients_in_calendar_year",
    "clients_in_year",
    "deviations",
    "draw_block",
    "each_block",
    "expected_care_use",
    "expected_moved",
    "expected_with",
    "factor_distribution_notes",
    "hours_budgets",
    "map_blocks",
    "multiply",
    "named_shocks",
    "neutral_factors",
    "normals_of",
    "observables",
    "paid_by_row",
    "plan",
    "self_check",
    "summed_by",
    "units_in_year",
    "with_factor_distribution",
]
