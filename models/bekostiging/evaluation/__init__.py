"""Contracts on scenarios: euros and who waits, as estimates with their error; and the lump sum judged on fresh ones."""

from bekostiging.evaluation.break_even import BREAK_EVEN
from bekostiging.evaluation.bridge import Bridge, bridges
from bekostiging.evaluation.deterministic_scenarios import cheapest, check_shocks, deterministic_scenario
from bekostiging.evaluation.estimates import (
    CORNER_FIGURES,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    Regimes,
    provider_results,
    regimes,
)
from bekostiging.evaluation.figures import OVERRUN_PROBABILITY, Estimates, Figure, FigureRegistry
from bekostiging.evaluation.flags import Flag, flags
from bekostiging.evaluation.results import (
    TERM,
    TOTAL,
    BreakEven,
    Calibration,
    CeilingResult,
    Comparison,
    ControlVariate,
    DeterministicScenario,
    ExactLayer,
    FormResult,
    LumpSumResult,
    MeasureOutcome,
    MixResult,
    SubstitutionOutcome,
    Sweep,
    WithMeasures,
)
from bekostiging.evaluation.samples import CORNERS, HEADROOMS, Headroom, Samples, WaitingSamples
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.evaluation.study import Study
from bekostiging.evaluation.waiting import WAITING_FIGURES

__all__ = [
    "BREAK_EVEN",
    "CORNERS",
    "CORNER_FIGURES",
    "HEADROOMS",
    "OVERRUN_PROBABILITY",
    "PROVIDER_FIGURES",
    "SPENDING_FIGURES",
    "TERM",
    "TOTAL",
    "WAITING_FIGURES",
    "BreakEven",
    "Bridge",
    "Calibration",
    "CeilingResult",
    "Comparison",
    "ControlVariate",
    "DeterministicScenario",
    "Estimates",
    "ExactLayer",
    "Figure",
    "FigureRegistry",
    "Flag",
    "FormResult",
    "Headroom",
    "LumpSumResult",
    "MeasureOutcome",
    "MixResult",
    "Regimes",
    "Samples",
    "Study",
    "SubstitutionOutcome",
    "Sweep",
    "WaitingSamples",
    "WithMeasures",
    "bridges",
    "cheapest",
    "check_shocks",
    "deterministic_scenario",
    "flags",
    "levels_by_lot",
    "provider_results",
    "regimes",
    "settle_all",
]
