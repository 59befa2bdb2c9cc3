"""Risk equalisation between providers: norm amounts per profile, and the pool after the year.

``bekostiging.equalisation.program`` is the card of the norm amounts, ``bekostiging.equalisation.pool`` the definition of the
pool in Pyomo, imported by whoever reads or proves it.
"""

from bekostiging.equalisation.bootstrap import NormIntervals, enough_clients, intervals
from bekostiging.equalisation.by_lot import LotComparison, compare_by_lot
from bekostiging.equalisation.clients import Adjuster, ClientCosts, client_costs, simulated_clients
from bekostiging.equalisation.example import example_clients, example_pool
from bekostiging.equalisation.high_cost import KINDS, HighCostPool, high_cost_pool
from bekostiging.equalisation.judgement import (
    DISCLOSURE_LIMIT,
    Condition,
    GroupResult,
    Measures,
    PriceOfCondition,
    fitted,
    group_results,
    measures,
    price_of_conditions,
    provider_results,
    suppressed,
)
from bekostiging.equalisation.norm_amounts import NormAmounts, model_asked
from bekostiging.equalisation.pool_design import (
    PoolDesign,
    design_pool,
    least_power,
    power_risk_frontier,
    settled_transfers,
)
from bekostiging.equalisation.pool_inputs import PoolData, pool_data

__all__ = [
    "DISCLOSURE_LIMIT",
    "KINDS",
    "Adjuster",
    "ClientCosts",
    "Condition",
    "GroupResult",
    "HighCostPool",
    "LotComparison",
    "Measures",
    "NormAmounts",
    "NormIntervals",
    "PoolData",
    "PoolDesign",
    "PriceOfCondition",
    "client_costs",
    "compare_by_lot",
    "design_pool",
    "enough_clients",
    "example_clients",
    "example_pool",
    "fitted",
    "group_results",
    "high_cost_pool",
    "intervals",
    "least_power",
    "measures",
    "model_asked",
    "pool_data",
    "power_risk_frontier",
    "price_of_conditions",
    "provider_results",
    "settled_transfers",
    "simulated_clients",
    "suppressed",
]
