"""Contracts on scenarios: euros and who waits, as estimates with their error; and the lump sum judged on fresh ones."""

from bekostiging.evaluation.break_even import BREAK_EVEN
from bekostiging.evaluation.bridge import Bridge, bridges
from bekostiging.evaluation.deterministic_scenarios import cheapest, check_shocks, course
from bekostiging.evaluation.estimates import (
    CORNER_FIGURES,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    Regimes,
    provider_results,
    regimes,
)
from bekostiging.evaluation.figures import Estimates, Figure, FigureRegistry
from bekostiging.evaluation.flags import Flag, flags
from bekostiging.evaluation.results import (
    TERM,
    TOTAL,
    BreakEven,
    Calibration,
    CeilingResult,
    Comparison,
    Course,
    ExactLayer,
    FormResult,
    LumpSumResult,
    MeasureOutcome,
    MixResult,
    Sharpened,
    SubstitutionOutcome,
    Sweep,
    WithMeasures,
)
from bekostiging.evaluation.samples import CORNERS, ROOMS, Room, Samples, WaitingSamples
from bekostiging.evaluation.study import Study
from bekostiging.evaluation.waiting import WAITING_FIGURES

__all__ = [
    "BREAK_EVEN",
    "CORNERS",
    "CORNER_FIGURES",
    "PROVIDER_FIGURES",
    "ROOMS",
    "SPENDING_FIGURES",
    "TERM",
    "TOTAL",
    "WAITING_FIGURES",
    "BreakEven",
    "Bridge",
    "Calibration",
    "CeilingResult",
    "Comparison",
    "Course",
    "Estimates",
    "ExactLayer",
    "Figure",
    "FigureRegistry",
    "Flag",
    "FormResult",
    "LumpSumResult",
    "MeasureOutcome",
    "MixResult",
    "Regimes",
    "Room",
    "Samples",
    "Sharpened",
    "Study",
    "SubstitutionOutcome",
    "Sweep",
    "WaitingSamples",
    "WithMeasures",
    "bridges",
    "cheapest",
    "check_shocks",
    "course",
    "flags",
    "provider_results",
    "regimes",
]
