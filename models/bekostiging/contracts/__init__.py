"""What is paid, given the clients: one frozen object per contract, one file per payment form."""

from typing import TYPE_CHECKING

from bekostiging.contracts.basis import Basis
from bekostiging.contracts.budget import solve_budget
from bekostiging.contracts.budget_clauses import BudgetClause, GrowthPath, Performance, Sanction, VolumeClause
from bekostiging.contracts.budget_notes import hours_budget_notes, hours_budget_terms
from bekostiging.contracts.build import BASELINE, LUMP_SUM, build_contracts, payment_calendar, with_design
from bekostiging.contracts.buildup import Line, build_up, fair_cost
from bekostiging.contracts.cash import PaymentCalendar, course_of_year, lowest_position
from bekostiging.contracts.ceiling import CeilingPool, Claim, Due, ceiling_pools
from bekostiging.contracts.clauses import (
    Clause,
    EqualisationReserve,
    HighCostPool,
    Position,
    QuotaShare,
    StopLoss,
    TableClause,
    register_clause,
)
from bekostiging.contracts.corridor import Corridor, corridor_of
from bekostiging.contracts.crisis import CrisisCare
from bekostiging.contracts.indexation import (
    IndexRule,
    IndexYear,
    PriceLevels,
    expected_level,
    index_of_year,
    index_years,
    price_levels,
)
from bekostiging.contracts.inspanningsgericht import Inspanningsgericht
from bekostiging.contracts.maatwerktraject import (
    HoursBudget,
    Maatwerktraject,
    hours_budget,
    revised,
    standard_list,
)
from bekostiging.contracts.outputgericht import Outputgericht
from bekostiging.contracts.pool import ProviderPool, provider_pools, zero_sum_transfers
from bekostiging.contracts.reference_amounts import BudgetLine, Reference, budget_lines, reference
from bekostiging.contracts.revenue import RevenuePath, expected_revenue, revenue_paths
from bekostiging.contracts.risk_allocation import RISKS, risk_allocation_by_form
from bekostiging.contracts.sharing_keys import in_cents, municipal_shares
from bekostiging.contracts.spending_clauses import BlendedPayment, CaseMixCap, MinimumCareSpend
from bekostiging.contracts.staffing import Staffing
from bekostiging.contracts.taakgericht import Taakgericht, WithoutCare
from bekostiging.contracts.tariff import TariffContract
from bekostiging.contracts.terms import (
    PER_DELIVERY,
    Contract,
    Party,
    Rows,
    Settlement,
    Step,
    register_payment_form,
    settle,
)
from bekostiging.former import former_names

__all__ = [
    "BASELINE",
    "LUMP_SUM",
    "PER_DELIVERY",
    "RISKS",
    "Basis",
    "BlendedPayment",
    "BudgetClause",
    "BudgetLine",
    "CaseMixCap",
    "CeilingPool",
    "Claim",
    "Clause",
    "Contract",
    "Corridor",
    "CrisisCare",
    "Due",
    "EqualisationReserve",
    "GrowthPath",
    "HighCostPool",
    "HoursBudget",
    "IndexRule",
    "IndexYear",
    "Inspanningsgericht",
    "Line",
    "Maatwerktraject",
    "MinimumCareSpend",
    "Outputgericht",
    "Party",
    "PaymentCalendar",
    "Performance",
    "Position",
    "PriceLevels",
    "ProviderPool",
    "QuotaShare",
    "Reference",
    "RevenuePath",
    "Rows",
    "Sanction",
    "Settlement",
    "Staffing",
    "Step",
    "StopLoss",
    "Taakgericht",
    "TableClause",
    "TariffContract",
    "VolumeClause",
    "WithoutCare",
    "budget_lines",
    "build_contracts",
    "build_up",
    "ceiling_pools",
    "corridor_of",
    "course_of_year",
    "expected_level",
    "expected_revenue",
    "fair_cost",
    "hours_budget",
    "hours_budget_notes",
    "hours_budget_terms",
    "in_cents",
    "index_of_year",
    "index_years",
    "lowest_position",
    "municipal_shares",
    "payment_calendar",
    "price_levels",
    "provider_pools",
    "reference",
    "register_clause",
    "register_payment_form",
    "revenue_paths",
    "revised",
    "risk_allocation_by_form",
    "settle",
    "solve_budget",
    "standard_list",
    "with_design",
    "zero_sum_transfers",
]

if not TYPE_CHECKING:
    __getattr__ = former_names(__name__)
