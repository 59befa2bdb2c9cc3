"""What comes out of HiGHS: why it stopped, what it holds, and which rows and bounds are in conflict."""

from __future__ import annotations

import highspy
import numpy as np

from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.solution import Solution, SolutionStatus, Termination

ABOVE = 1e-6
"""Relative amount by which the bound of branch and bound may lie above the value of its point: rounding, and what whole
numbers within 1e-6 are worth. Beyond it one of the two is wrong."""
IRREDUCIBLE = 2 + 4
"""HiGHS's iis_strategy: from the linear program (2), down to an irreducible set (4)."""


def termination_of(found: highspy.HighsModelStatus) -> Termination:
    """The status of HiGHS in words of our own."""
    status = highspy.HighsModelStatus
    return {
        status.kOptimal: Termination.OPTIMAL,
        status.kModelEmpty: Termination.OPTIMAL,
        status.kInfeasible: Termination.INFEASIBLE,
        status.kUnbounded: Termination.UNBOUNDED,
        status.kTimeLimit: Termination.LIMIT,
        status.kSolutionLimit: Termination.LIMIT,
        status.kObjectiveBound: Termination.LIMIT,
        status.kObjectiveTarget: Termination.LIMIT,
        status.kInterrupt: Termination.INTERRUPTED,
    }.get(found, Termination.TROUBLE)


def claims_too_much(highs: highspy._core._Highs) -> bool:
    """Whether branch and bound states a bound above the value of the point it holds: one of the two is wrong."""
    info = highs.getInfo()
    if info.primal_solution_status != 2 or not np.isfinite(info.mip_dual_bound):
        return False
    value = info.objective_function_value
    return bool(info.mip_dual_bound - value > ABOVE * max(1.0, abs(value)))


def solution_of(highs: highspy._core._Highs, termination: Termination, algorithm: str, *, whole: bool) -> Solution:
    """Read what is held."""
    info, held = highs.getInfo(), highs.getSolution()
    n_rows, n_columns = highs.getNumRow(), highs.getNumCol()
    optimal = termination is Termination.OPTIMAL
    feasible = optimal or info.primal_solution_status == 2
    x = np.array(held.col_value) if feasible and len(held.col_value) == n_columns else np.full(n_columns, np.nan)
    objective = float(info.objective_function_value) if feasible else float("inf")
    bound = float(info.mip_dual_bound) if whole else (objective if optimal else -INFINITY)
    dual_known = not whole and len(held.row_dual) == n_rows
    status = SolutionStatus.FEASIBLE if feasible else SolutionStatus.NONE
    if optimal:
        status = SolutionStatus.OPTIMAL
    elif not feasible and np.isfinite(bound):
        status = SolutionStatus.BOUND_ONLY
    gap = max(0.0, objective - bound) / max(1.0, abs(objective)) if feasible else None
    return Solution(
        x=x,
        objective=objective,
        bound=bound,
        gap=gap,
        termination=termination,
        status=status,
        duals=np.array(held.row_dual) if dual_known else np.zeros(n_rows),
        reduced_costs=np.array(held.col_dual) if dual_known else np.zeros(n_columns),
        iterations=max(0, int(info.simplex_iteration_count)),
        nodes=max(0, int(info.mip_node_count)),
        seconds=0.0,
        algorithm=algorithm,
    )


def conflict_of(highs: highspy._core._Highs, program: LinearProgram) -> list[str]:
    """Names of rows and columns of an irreducible conflict."""
    highs.setOptionValue("iis_strategy", IRREDUCIBLE)
    _, conflict = highs.getIis()
    rows, columns = program.row_names, program.column_names
    names = [rows[i] for i in conflict.row_index_ if i < len(rows)]
    idle = highspy._core.IisBoundStatus
    free = (idle.kIisBoundStatusFree, idle.kIisBoundStatusDropped, idle.kIisBoundStatusNull)
    for i, bound in zip(conflict.col_index_, conflict.col_bound_, strict=True):
        if i < len(columns) and idle(bound) not in free:
            names.append(columns[i])
    return [name for name in names if name]
