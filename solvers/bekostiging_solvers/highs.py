"""One HiGHS run: arrays in, ``Solution`` out. Why it stopped is kept apart from what one holds.

Sign convention: a row dual is the change of the objective per unit of the row's active bound; a reduced cost
the same for the column's bound. Minimisation throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
INFINITY = float(highspy.kHighsInf)
FEASIBILITY = 1e-9
"""Tolerance of rows and reduced costs: with money in millions, a thousandth of a euro."""


class Termination(Enum):
    """Why HiGHS stopped."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    LIMIT = "limit reached"
    TROUBLE = "numerical trouble"


class SolutionStatus(Enum):
    """What one holds."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    NONE = "none"


class SolverError(RuntimeError):
    """A run without an optimal solution."""


class InfeasibleError(SolverError):
    """No point satisfies every row; relax or remove one of the conflicting rows."""


class UnboundedError(SolverError):
    """The objective falls without end; bound the variables that have a cost."""


class LimitReachedError(SolverError):
    """Time or iterations ran out; allow more."""


class NumericalTroubleError(SolverError):
    """HiGHS gave up; rescale the data so that coefficients lie between 1e-4 and 1e4."""


@dataclass(frozen=True)
class LinearProgram:
    """minimise cost x  subject to  row_lower <= matrix x <= row_upper, lower <= x <= upper.

    ``cost``, ``lower``, ``upper`` (n_columns,); ``matrix`` (n_rows, n_columns) sparse; ``row_lower``,
    ``row_upper`` (n_rows,); names of columns and rows for messages and duals.
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    column_names: tuple[str, ...]
    row_names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        n_rows, n_columns = self.matrix.shape
        shapes = {
            "cost": (self.cost, n_columns),
            "lower": (self.lower, n_columns),
            "upper": (self.upper, n_columns),
            "row_lower": (self.row_lower, n_rows),
            "row_upper": (self.row_upper, n_rows),
            "column_names": (self.column_names, n_columns),
            "row_names": (self.row_names, n_rows),
        }
        for name, (values, length) in shapes.items():
            if len(values) != length:
                raise ValueError(f"{name} has length {len(values)}, the matrix asks {length}")


@dataclass(frozen=True)
class Solution:
    """Outcome of a run; ``x`` (n_columns,), ``duals`` (n_rows,), ``reduced_costs`` (n_columns,)."""

    x: FloatArray
    objective: float
    bound: float
    termination: Termination
    status: SolutionStatus
    duals: FloatArray
    reduced_costs: FloatArray
    iterations: int


class HighsSession:
    """A model kept in HiGHS between runs, so that added rows start from the last basis."""

    def __init__(self, program: LinearProgram) -> None:
        # the class under highspy.Highs: that one prints a banner before it can be told to be silent
        self._highs = highspy._core._Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("primal_feasibility_tolerance", FEASIBILITY),
            ("dual_feasibility_tolerance", FEASIBILITY),
        ):
            self._highs.setOptionValue(option, value)
        self._highs.passModel(_model(program))

    def add_row(self, lower: float, upper: float, columns: IntArray, values: FloatArray) -> None:
        """Add ``lower <= values x[columns] <= upper``."""
        self._highs.addRow(lower, upper, len(columns), columns.astype(np.int32), values.astype(np.float64))

    def solve(self) -> Solution:
        """Run from the last basis.

        Raises
        ------
        InfeasibleError, UnboundedError, LimitReachedError, NumericalTroubleError
            No optimal solution, each with its next step.
        """
        self._highs.run()
        termination = self._termination()
        if termination is not Termination.OPTIMAL:
            raise _ERRORS[termination](f"HiGHS: {termination.value}. {_ERRORS[termination].__doc__}")
        solution, info = self._highs.getSolution(), self._highs.getInfo()
        return Solution(
            x=np.array(solution.col_value),
            objective=float(info.objective_function_value),
            bound=float(info.objective_function_value),
            termination=termination,
            status=SolutionStatus.OPTIMAL,
            duals=np.array(solution.row_dual),
            reduced_costs=np.array(solution.col_dual),
            iterations=int(info.simplex_iteration_count),
        )

    def _termination(self) -> Termination:
        """Translate the status; presolve's "infeasible or unbounded" is settled without presolve."""
        status = highspy.HighsModelStatus
        found = self._highs.getModelStatus()
        if found == status.kUnboundedOrInfeasible:
            self._highs.setOptionValue("presolve", "off")
            self._highs.run()
            found = self._highs.getModelStatus()
            self._highs.setOptionValue("presolve", "choose")
        return {
            status.kOptimal: Termination.OPTIMAL,
            status.kInfeasible: Termination.INFEASIBLE,
            status.kUnbounded: Termination.UNBOUNDED,
            status.kTimeLimit: Termination.LIMIT,
            status.kIterationLimit: Termination.LIMIT,
        }.get(found, Termination.TROUBLE)


_ERRORS: dict[Termination, type[SolverError]] = {
    Termination.INFEASIBLE: InfeasibleError,
    Termination.UNBOUNDED: UnboundedError,
    Termination.LIMIT: LimitReachedError,
    Termination.TROUBLE: NumericalTroubleError,
}


def solve_highs(program: LinearProgram) -> Solution:
    """Solve a linear program once; errors as ``HighsSession.solve``."""
    return HighsSession(program).solve()


def _model(program: LinearProgram) -> highspy.HighsLp:
    """The program in HiGHS's own arrays."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = program.matrix.shape
    model.col_cost_ = program.cost
    model.col_lower_, model.col_upper_ = program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = program.matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = program.matrix.data.astype(np.float64)
    return model
