"""Contracts on scenarios: euros and who waits, as estimates with their error; and the lump sum judged on fresh ones."""

from typing import TYPE_CHECKING

from bekostiging.evaluation.assumptions import Assumed, assumed
from bekostiging.evaluation.begroting_table import BudgetLine, BudgetTable
from bekostiging.evaluation.break_even import BREAK_EVEN
from bekostiging.evaluation.bridge import Bridge, bridges
from bekostiging.evaluation.changes import BreakEven, SubstitutionOutcome, WithMeasures
from bekostiging.evaluation.client_counts import COUNT_FIGURES
from bekostiging.evaluation.deterministic_scenarios import cheapest, check_shocks, deterministic_scenario
from bekostiging.evaluation.estimates import (
    CORNER_FIGURES,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    provider_results,
    regimes,
)
from bekostiging.evaluation.evidence import Calibration, ControlVariate, ExactLayer
from bekostiging.evaluation.figures import OVERRUN_PROBABILITY, Estimates, Figure
from bekostiging.evaluation.legal_flags import Flag, flags
from bekostiging.evaluation.memory import check_memory_of_case
from bekostiging.evaluation.results import (
    TERM,
    TOTAL,
    CeilingResult,
    Comparison,
    DeterministicScenario,
    FormResult,
    LumpSumResult,
    MixResult,
)
from bekostiging.evaluation.samples import CORNERS, HEADROOMS, Headroom, Samples
from bekostiging.evaluation.sense import Influence, Remark, influences, sense_check, store_remarks
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.evaluation.study import Study
from bekostiging.evaluation.waiting import WAITING_FIGURES
from bekostiging.former import former_names

__all__ = [
    "BREAK_EVEN",
    "CORNERS",
    "CORNER_FIGURES",
    "COUNT_FIGURES",
    "HEADROOMS",
    "OVERRUN_PROBABILITY",
    "PROVIDER_FIGURES",
    "SPENDING_FIGURES",
    "TERM",
    "TOTAL",
    "WAITING_FIGURES",
    "Assumed",
    "BreakEven",
    "Bridge",
    "BudgetLine",
    "BudgetTable",
    "Calibration",
    "CeilingResult",
    "Comparison",
    "ControlVariate",
    "DeterministicScenario",
    "Estimates",
    "ExactLayer",
    "Figure",
    "Flag",
    "FormResult",
    "Headroom",
    "Influence",
    "LumpSumResult",
    "MixResult",
    "Remark",
    "Samples",
    "Study",
    "SubstitutionOutcome",
    "WithMeasures",
    "assumed",
    "bridges",
    "cheapest",
    "check_memory_of_case",
    "check_shocks",
    "deterministic_scenario",
    "flags",
    "influences",
    "levels_by_lot",
    "provider_results",
    "regimes",
    "sense_check",
    "settle_all",
    "store_remarks",
]

if not TYPE_CHECKING:
    __getattr__ = former_names(__name__)
