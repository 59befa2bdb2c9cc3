"""Mathematics under every decision, without one word about care."""

from bekostiging_solvers.affine import TemplateError
from bekostiging_solvers.aggregate_distribution import (
    aggregate,
    discretised,
    limited_means,
    negative_binomial_log,
    poisson_log,
    transform,
)
from bekostiging_solvers.cluster import ClusterError, check_cluster
from bekostiging_solvers.coalition_oracle import CoalitionOracle, CVaRCoalitionOracle
from bekostiging_solvers.coalitions import coalition_tails
from bekostiging_solvers.distinct import distinct_rows
from bekostiging_solvers.execution import execute, keep_freed_memory, shared_processes, together
from bekostiging_solvers.games import (
    CoreViolation,
    EmptyImputationsError,
    Nucleolus,
    core_violation,
    from_values,
    nucleolus,
    prenucleolus,
    shapley,
)
from bekostiging_solvers.highs import HighsSession, solve_highs
from bekostiging_solvers.information import ValueOfInformation, value_of_information
from bekostiging_solvers.kohlberg import Kohlberg
from bekostiging_solvers.linear_program import LinearProgram, RowBuilder
from bekostiging_solvers.losses import (
    CVaRLimit,
    CVaRTerm,
    LinearLoss,
    PositivePartLoss,
    RunningMaxLoss,
    ScenarioLoss,
)
from bekostiging_solvers.main_guard import UnguardedScriptError
from bekostiging_solvers.optimality_gap import OptimalityGap, bagging_gap, saa_gap
from bekostiging_solvers.pooling import Pooled, View, entropy_pooling
from bekostiging_solvers.quadratic import solve_quadratic
from bekostiging_solvers.quantile import fit_quantile
from bekostiging_solvers.recourse import recourse_costs, second_stage_solutions, solve_recourse
from bekostiging_solvers.reliability import DesignPoint, design_point, drawn_around, weighted_probability
from bekostiging_solvers.risk import (
    CVaR,
    Expectation,
    MeanCVaR,
    RiskMeasure,
    euler_contributions,
    measure_of,
    measure_weights,
    tail_weights,
)
from bekostiging_solvers.sample_risk import (
    cvar,
    cvar_error,
    shortfall_over,
    shortfall_over_error,
    value_at_risk,
    value_at_risk_error,
)
from bekostiging_solvers.sampling import EXACTLY_ZERO, Estimate, Scramblings, tail_influence
from bekostiging_solvers.scenarios import CoreScenarios, Recourse
from bekostiging_solvers.second_stages import SecondStageSolutions
from bekostiging_solvers.smps import SmpsError, SmpsWarning, read_smps
from bekostiging_solvers.solution import (
    InfeasibleError,
    LimitReachedError,
    NumericalTroubleError,
    Progress,
    Solution,
    SolutionStatus,
    SolverError,
    Termination,
    UnboundedError,
)
from bekostiging_solvers.tail import TailProgram, TailSolution
from bekostiging_solvers.template import ScenarioTemplate
from bekostiging_solvers.two_stage import RecourseSolution, TwoStageProgram

__all__ = [
    "EXACTLY_ZERO",
    "CVaR",
    "CVaRCoalitionOracle",
    "CVaRLimit",
    "CVaRTerm",
    "ClusterError",
    "CoalitionOracle",
    "CoreScenarios",
    "CoreViolation",
    "DesignPoint",
    "EmptyImputationsError",
    "Estimate",
    "Expectation",
    "HighsSession",
    "InfeasibleError",
    "Kohlberg",
    "LimitReachedError",
    "LinearLoss",
    "LinearProgram",
    "MeanCVaR",
    "Nucleolus",
    "NumericalTroubleError",
    "OptimalityGap",
    "Pooled",
    "PositivePartLoss",
    "Progress",
    "Recourse",
    "RecourseSolution",
    "RiskMeasure",
    "RowBuilder",
    "RunningMaxLoss",
    "ScenarioLoss",
    "ScenarioTemplate",
    "Scramblings",
    "SecondStageSolutions",
    "SmpsError",
    "SmpsWarning",
    "Solution",
    "SolutionStatus",
    "SolverError",
    "TailProgram",
    "TailSolution",
    "TemplateError",
    "Termination",
    "TwoStageProgram",
    "UnboundedError",
    "UnguardedScriptError",
    "ValueOfInformation",
    "View",
    "aggregate",
    "bagging_gap",
    "check_cluster",
    "coalition_tails",
    "core_violation",
    "cvar",
    "cvar_error",
    "design_point",
    "discretised",
    "distinct_rows",
    "drawn_around",
    "entropy_pooling",
    "euler_contributions",
    "execute",
    "fit_quantile",
    "from_values",
    "keep_freed_memory",
    "limited_means",
    "measure_of",
    "measure_weights",
    "negative_binomial_log",
    "nucleolus",
    "poisson_log",
    "prenucleolus",
    "read_smps",
    "recourse_costs",
    "saa_gap",
    "second_stage_solutions",
    "shapley",
    "shared_processes",
    "shortfall_over",
    "shortfall_over_error",
    "solve_highs",
    "solve_quadratic",
    "solve_recourse",
    "tail_influence",
    "tail_weights",
    "together",
    "transform",
    "value_at_risk",
    "value_at_risk_error",
    "value_of_information",
    "weighted_probability",
]
