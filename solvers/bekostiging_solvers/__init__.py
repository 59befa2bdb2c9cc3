"""Mathematics under every decision, without one word about care."""

from bekostiging_solvers.highs import (
    InfeasibleError,
    LimitReachedError,
    LinearProgram,
    NumericalTroubleError,
    Solution,
    SolutionStatus,
    SolverError,
    Termination,
    UnboundedError,
    solve_highs,
)
from bekostiging_solvers.risk import cvar, tail_weights, value_at_risk
from bekostiging_solvers.sampling import Estimate, Scramblings
from bekostiging_solvers.tail import (
    CVaRLimit,
    CVaRTerm,
    LinearLoss,
    PositivePartLoss,
    RunningMaxLoss,
    ScenarioLoss,
    TailProgram,
    TailSolution,
)

__all__ = [
    "CVaRLimit",
    "CVaRTerm",
    "Estimate",
    "InfeasibleError",
    "LimitReachedError",
    "LinearLoss",
    "LinearProgram",
    "NumericalTroubleError",
    "PositivePartLoss",
    "RunningMaxLoss",
    "ScenarioLoss",
    "Scramblings",
    "Solution",
    "SolutionStatus",
    "SolverError",
    "TailProgram",
    "TailSolution",
    "Termination",
    "UnboundedError",
    "cvar",
    "solve_highs",
    "tail_weights",
    "value_at_risk",
]
