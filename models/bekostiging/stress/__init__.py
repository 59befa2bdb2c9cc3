"""Payment forms x futures: distributions of euros, and who waits."""

from bekostiging.stress.backtest import Backtest, Prediction, backtest
from bekostiging.stress.break_even import BREAK_EVEN
from bekostiging.stress.bridge import Bridge, bridges
from bekostiging.stress.capacity_study import CapacityBudget, CapacityStudy, study_capacity
from bekostiging.stress.choices import Choice
from bekostiging.stress.comparison import (
    CORNERS,
    TERM,
    TOTAL,
    BreakEven,
    Calibration,
    CeilingResult,
    Comparison,
    Corner,
    Course,
    Estimates,
    ExactLayer,
    FormResult,
    LumpSumResult,
    MeasureOutcome,
    MixResult,
    Samples,
    Sharpened,
    SubstitutionOutcome,
    Sweep,
    WithMeasures,
)
from bekostiging.stress.courses import cheapest, check_shocks, course
from bekostiging.stress.equalisation_study import EqualisationStudy, PoolResult, study_equalisation
from bekostiging.stress.estimates import Regimes, provider_results, regimes
from bekostiging.stress.flags import Flag, flags
from bekostiging.stress.lumpsum_study import LumpSumStudy, study_lumpsum
from bekostiging.stress.reverse import BEGROTING, ReverseStress, payment_form, reverse_stress, target_place
from bekostiging.stress.run import compare, contracts_in_force
from bekostiging.stress.sharing_study import IN_FORCE, SharingStudy, study_sharing
from bekostiging.stress.views import Pooled, pooled, read_view

__all__ = [
    "BEGROTING",
    "BREAK_EVEN",
    "CORNERS",
    "IN_FORCE",
    "TERM",
    "TOTAL",
    "Backtest",
    "BreakEven",
    "Bridge",
    "Calibration",
    "CapacityBudget",
    "CapacityStudy",
    "CeilingResult",
    "Choice",
    "Comparison",
    "Corner",
    "Course",
    "EqualisationStudy",
    "Estimates",
    "ExactLayer",
    "Flag",
    "FormResult",
    "LumpSumResult",
    "LumpSumStudy",
    "MeasureOutcome",
    "MixResult",
    "PoolResult",
    "Pooled",
    "Prediction",
    "Regimes",
    "ReverseStress",
    "Samples",
    "SharingStudy",
    "Sharpened",
    "SubstitutionOutcome",
    "Sweep",
    "WithMeasures",
    "backtest",
    "bridges",
    "cheapest",
    "check_shocks",
    "compare",
    "contracts_in_force",
    "course",
    "flags",
    "payment_form",
    "pooled",
    "provider_results",
    "read_view",
    "regimes",
    "reverse_stress",
    "study_capacity",
    "study_equalisation",
    "study_lumpsum",
    "study_sharing",
    "target_place",
]
