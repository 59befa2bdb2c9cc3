"""Payment forms x futures: distributions of euros, and who waits."""

from bekostiging.stress.backtest import Backtest, Prediction, backtest
from bekostiging.stress.benchmark.decisions import DECISION_MODELS, Decision, DecisionFigure
from bekostiging.stress.benchmark.ranks import Pair
from bekostiging.stress.benchmark.robustness import NONE as NO_SHOCK
from bekostiging.stress.benchmark.robustness import Condition, Verdict
from bekostiging.stress.benchmark.run import Benchmark, CaseBoard, LotBoard, Score, benchmark
from bekostiging.stress.benchmark.scoreboard import ALL as ALL_LOTS
from bekostiging.stress.benchmark.scoreboard import criteria, is_tail, tail
from bekostiging.stress.benchmark.similar_regions import Placed, SimilarRegions
from bekostiging.stress.benchmark.suite import SHIPPED, Suite, read_suite, suite_cases
from bekostiging.stress.break_even import BREAK_EVEN
from bekostiging.stress.bridge import Bridge, bridges
from bekostiging.stress.capacity_study import CapacityBudget, CapacityStudy, study_capacity
from bekostiging.stress.choices import Changed, Choice
from bekostiging.stress.comparison import (
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
from bekostiging.stress.courses import cheapest, check_shocks, course
from bekostiging.stress.equalisation_study import EqualisationStudy, PoolResult, study_equalisation
from bekostiging.stress.estimates import (
    CORNER_FIGURES,
    PROVIDER_FIGURES,
    SPENDING_FIGURES,
    Regimes,
    provider_results,
    regimes,
)
from bekostiging.stress.figures import Estimates, Figure, FigureRegistry
from bekostiging.stress.flags import Flag, flags
from bekostiging.stress.lumpsum_study import LumpSumStudy, study_lumpsum
from bekostiging.stress.reverse import BEGROTING, ReverseStress, payment_form, reverse_stress, target_place
from bekostiging.stress.run import compare, contracts_in_force
from bekostiging.stress.samples import CORNERS, ROOMS, Room, Samples, WaitingSamples
from bekostiging.stress.sharing_study import IN_FORCE, SharingStudy, study_sharing
from bekostiging.stress.stress_study import StressStudy, study_stress
from bekostiging.stress.study import Study
from bekostiging.stress.views import Pooled, pooled, read_view
from bekostiging.stress.waiting import WAITING_FIGURES

__all__ = [
    "ALL_LOTS",
    "BEGROTING",
    "BREAK_EVEN",
    "CORNERS",
    "CORNER_FIGURES",
    "DECISION_MODELS",
    "IN_FORCE",
    "NO_SHOCK",
    "PROVIDER_FIGURES",
    "ROOMS",
    "SHIPPED",
    "SPENDING_FIGURES",
    "TERM",
    "TOTAL",
    "WAITING_FIGURES",
    "Backtest",
    "Benchmark",
    "BreakEven",
    "Bridge",
    "Calibration",
    "CapacityBudget",
    "CapacityStudy",
    "CaseBoard",
    "CeilingResult",
    "Changed",
    "Choice",
    "Comparison",
    "Condition",
    "Course",
    "Decision",
    "DecisionFigure",
    "EqualisationStudy",
    "Estimates",
    "ExactLayer",
    "Figure",
    "FigureRegistry",
    "Flag",
    "FormResult",
    "LotBoard",
    "LumpSumResult",
    "LumpSumStudy",
    "MeasureOutcome",
    "MixResult",
    "Pair",
    "Placed",
    "PoolResult",
    "Pooled",
    "Prediction",
    "Regimes",
    "ReverseStress",
    "Room",
    "Samples",
    "Score",
    "SharingStudy",
    "Sharpened",
    "SimilarRegions",
    "StressStudy",
    "Study",
    "SubstitutionOutcome",
    "Suite",
    "Sweep",
    "Verdict",
    "WaitingSamples",
    "WithMeasures",
    "backtest",
    "benchmark",
    "bridges",
    "cheapest",
    "check_shocks",
    "compare",
    "contracts_in_force",
    "course",
    "criteria",
    "flags",
    "is_tail",
    "payment_form",
    "pooled",
    "provider_results",
    "read_suite",
    "read_view",
    "regimes",
    "reverse_stress",
    "study_capacity",
    "study_equalisation",
    "study_lumpsum",
    "study_sharing",
    "study_stress",
    "suite_cases",
    "tail",
    "target_place",
]
