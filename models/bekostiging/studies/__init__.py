"""One question each: what it draws, decides and finds. Every study is a ``Study`` that ``bekostiging.report`` presents."""

from typing import TYPE_CHECKING

from bekostiging.former import former_names
from bekostiging.studies.adjusting import Adjustment, WhatItTakes, adjust, what_it_takes
from bekostiging.studies.backtesting import Backtest, Hindcast, backtest
from bekostiging.studies.breaking_point import BEGROTING, ReverseStress, payment_form, reverse_stress, target_place
from bekostiging.studies.capacity import CapacityBudget, CapacityStudy, study_capacity
from bekostiging.studies.comparison import compare, contracts_in_force
from bekostiging.studies.contract_year import ContractYear, monitor
from bekostiging.studies.coverage import Prediction
from bekostiging.studies.difference.inputs import ROW_ADDED, ROW_GONE, InputChange
from bekostiging.studies.difference.run import Difference, FigureDifference, study_difference
from bekostiging.studies.equalisation import EqualisationStudy, PoolResult, study_equalisation
from bekostiging.studies.forecast_moved import ForecastMove, forecast_move
from bekostiging.studies.landscape import Concentration, Landscape, Role, study_landscape
from bekostiging.studies.later_years import ComingYears, coming_years
from bekostiging.studies.lumpsum import LumpSumStudy, study_lumpsum
from bekostiging.studies.policy_choices import Changed, Choice
from bekostiging.studies.sharing import IN_FORCE, SharingStudy, study_sharing
from bekostiging.studies.sheets import CounterOffer, ProviderSheet, provider_sheets
from bekostiging.studies.steps import REACH_SOURCE, TermStep, TermSteps, clause_worth
from bekostiging.studies.stress import StressStudy, study_stress
from bekostiging.studies.tender.decisions import DECISION_MODELS, Decision
from bekostiging.studies.tender.robustness import NONE as NO_SHOCK
from bekostiging.studies.tender.robustness import Condition, Verdict
from bekostiging.studies.tender.run import Benchmark, CaseBoard, LotBoard, Score, benchmark
from bekostiging.studies.tender.scoreboard import ALL as ALL_LOTS
from bekostiging.studies.tender.scoreboard import criteria, is_tail, tail
from bekostiging.studies.tender.similar_regions import SimilarRegions
from bekostiging.studies.tender.suite import SHIPPED, Suite, read_suite, suite_cases
from bekostiging.studies.views import Pooled, pooled

__all__ = [
    "ALL_LOTS",
    "BEGROTING",
    "DECISION_MODELS",
    "IN_FORCE",
    "NO_SHOCK",
    "REACH_SOURCE",
    "ROW_ADDED",
    "ROW_GONE",
    "SHIPPED",
    "Adjustment",
    "Backtest",
    "Benchmark",
    "CapacityBudget",
    "CapacityStudy",
    "CaseBoard",
    "Changed",
    "Choice",
    "ComingYears",
    "Concentration",
    "Condition",
    "ContractYear",
    "CounterOffer",
    "Decision",
    "Difference",
    "EqualisationStudy",
    "FigureDifference",
    "ForecastMove",
    "Hindcast",
    "InputChange",
    "Landscape",
    "LotBoard",
    "LumpSumStudy",
    "PoolResult",
    "Pooled",
    "Prediction",
    "ProviderSheet",
    "ReverseStress",
    "Role",
    "Score",
    "SharingStudy",
    "SimilarRegions",
    "StressStudy",
    "Suite",
    "TermStep",
    "TermSteps",
    "Verdict",
    "WhatItTakes",
    "adjust",
    "backtest",
    "benchmark",
    "clause_worth",
    "coming_years",
    "compare",
    "contracts_in_force",
    "criteria",
    "forecast_move",
    "is_tail",
    "monitor",
    "payment_form",
    "pooled",
    "provider_sheets",
    "read_suite",
    "reverse_stress",
    "study_capacity",
    "study_difference",
    "study_equalisation",
    "study_landscape",
    "study_lumpsum",
    "study_sharing",
    "study_stress",
    "suite_cases",
    "tail",
    "target_place",
    "what_it_takes",
]

if not TYPE_CHECKING:
    __getattr__ = former_names(__name__)
