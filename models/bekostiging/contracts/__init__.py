"""What is paid, given the clients: one frozen object per contract, one file per payment form."""

from bekostiging.contracts.budget_clauses import BudgetClause, GrowthPath, Performance, Sanction, VolumeClause
from bekostiging.contracts.build import build_contracts, provider_pools, with_design
from bekostiging.contracts.carries import RISKS, who_carries_what
from bekostiging.contracts.clauses import (
    Clause,
    EqualisationReserve,
    HighCostPool,
    Position,
    QuotaShare,
    StopLoss,
)
from bekostiging.contracts.corridor import Corridor, corridor_of
from bekostiging.contracts.indexation import IndexRule, PriceLevels, expected_level, price_levels
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import Maatwerktraject, hours_budget
from bekostiging.contracts.outputgericht import Outputgericht
from bekostiging.contracts.pool import ProviderPool
from bekostiging.contracts.reference import Reference, reference
from bekostiging.contracts.sharing_keys import in_cents, municipal_shares
from bekostiging.contracts.taakgericht import Taakgericht
from bekostiging.contracts.terms import Claim, Contract, Rows, Settlement, settle

__all__ = [
    "RISKS",
    "BudgetClause",
    "Claim",
    "Clause",
    "Contract",
    "Corridor",
    "EqualisationReserve",
    "GrowthPath",
    "HighCostPool",
    "IndexRule",
    "Inspanningsgericht",
    "Maatwerktraject",
    "Outputgericht",
    "Performance",
    "Position",
    "PriceLevels",
    "ProviderPool",
    "QuotaShare",
    "Reference",
    "Rows",
    "Sanction",
    "Settlement",
    "StopLoss",
    "Taakgericht",
    "VolumeClause",
    "build_contracts",
    "corridor_of",
    "expected_level",
    "hours_budget",
    "in_cents",
    "municipal_shares",
    "price_levels",
    "provider_pools",
    "reference",
    "settle",
    "who_carries_what",
    "with_design",
]
