"""Payment forms x futures: distributions of euros, and who waits."""

from bekostiging.stress.backtest import Backtest, Prediction, backtest
from bekostiging.stress.comparison import (
    CORNERS,
    TERM,
    TOTAL,
    Calibration,
    Comparison,
    Corner,
    Course,
    Estimates,
    FormResult,
    LumpSumResult,
    MeasureOutcome,
    Samples,
    SubstitutionOutcome,
    WithMeasures,
)
from bekostiging.stress.courses import cheapest
from bekostiging.stress.estimates import provider_results
from bekostiging.stress.run import compare

__all__ = [
    "CORNERS",
    "TERM",
    "TOTAL",
    "Backtest",
    "Calibration",
    "Comparison",
    "Corner",
    "Course",
    "Estimates",
    "FormResult",
    "LumpSumResult",
    "MeasureOutcome",
    "Prediction",
    "Samples",
    "SubstitutionOutcome",
    "WithMeasures",
    "backtest",
    "cheapest",
    "compare",
    "provider_results",
]
