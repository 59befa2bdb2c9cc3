"""Clients and costs of possible futures, reduced to ``CareUse``."""

from bekostiging.scenarios.care_use import CareUse, Cells
from bekostiging.scenarios.cells import build_cells
from bekostiging.scenarios.flow import FlowRule, apply_flow
from bekostiging.scenarios.forecast import (
    expected_client_months,
    expected_clients,
    expected_starts,
    expected_units,
)
from bekostiging.scenarios.simulate import Block, Plan, draw_block, map_blocks, plan

__all__ = [
    "Block",
    "CareUse",
    "Cells",
    "FlowRule",
    "Plan",
    "apply_flow",
    "build_cells",
    "draw_block",
    "expected_client_months",
    "expected_clients",
    "expected_starts",
    "expected_units",
    "map_blocks",
    "plan",
]
