"""What a run of HiGHS ends with: why it stopped, what one holds, and the errors of a run without an optimum."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from importlib.metadata import version
from typing import ClassVar

from bekostiging_solvers.typing import FloatArray


class Termination(Enum):
    """Why a run stopped.

    Examples
    --------
    >>> Termination.LIMIT.value
    'limit reached'
    """

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    LIMIT = "limit reached"
    INTERRUPTED = "interrupted"
    TROUBLE = "numerical trouble"


class SolutionStatus(Enum):
    """What one holds after a run: an optimum, a feasible point, only a bound, or nothing.

    Examples
    --------
    >>> [status.value for status in SolutionStatus]
    ['optimal', 'feasible', 'bound only', 'none']
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    BOUND_ONLY = "bound only"
    NONE = "none"


class SolverError(RuntimeError):
    """A run without an optimal solution; its subclasses say why.

    Attributes
    ----------
    remedy : str
        What happened and what to do, as messages say it.

    Examples
    --------
    >>> issubclass(InfeasibleError, SolverError)
    True
    """

    remedy: ClassVar[str] = ""


class InfeasibleError(SolverError):
    """No point satisfies every row; relax or remove one of the conflicting rows.

    Attributes
    ----------
    conflict : tuple of str
        Rows and columns that have no common point, and that have one as soon as any of them is dropped; empty when HiGHS
        found no such set.
    relaxation_infeasible : bool or None
        For integer programs, whether the linear relaxation has no point either.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, solve_highs
    >>> program = LinearProgram(
    ...     np.ones(1), np.zeros(1), np.full(1, 9.0), csr_array([[1.0], [1.0]]),
    ...     np.array([5.0, -np.inf]), np.array([np.inf, 3.0]), ("x",), ("at least five", "at most three"),
    ... )
    >>> try:
    ...     solve_highs(program)
    ... except InfeasibleError as error:
    ...     sorted(error.conflict)
    ['at least five', 'at most three']
    """

    def __init__(
        self, message: str, conflict: tuple[str, ...] = (), relaxation_infeasible: bool | None = None
    ) -> None:
        super().__init__(message)
        self.conflict = conflict
        self.relaxation_infeasible = relaxation_infeasible


class UnboundedError(SolverError):
    """The objective falls without end; bound the variables that have a cost.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, solve_highs
    >>> none, free = csr_array((0, 1)), np.full(1, np.inf)
    >>> solve_highs(LinearProgram(-np.ones(1), np.zeros(1), free, none, np.zeros(0), np.zeros(0), ("x",), ()))
    Traceback (most recent call last):
    bekostiging_solvers.solution.UnboundedError: HiGHS: unbounded. The objective falls without end; bound the ...
    """

    remedy = "The objective falls without end; bound the variables that have a cost."


class LimitReachedError(SolverError):
    """Time, nodes or iterations ran out; allow more. ``solution`` holds the incumbent and the bound.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, solve_highs
    >>> program = LinearProgram(
    ...     np.ones(1), np.zeros(1), np.full(1, 9.0), csr_array([[2.0]]),
    ...     np.array([3.0]), np.array([9.0]), ("x",), ("three",), np.array([True]),
    ... )
    >>> try:
    ...     solve_highs(program, time_limit=0.0, options={"presolve": "off"})
    ... except LimitReachedError as error:
    ...     error.solution.termination.value
    'limit reached'
    """

    remedy = "Time, nodes or iterations ran out; allow more. ``solution`` holds the incumbent and the bound."

    def __init__(self, message: str, solution: Solution) -> None:
        super().__init__(message)
        self.solution = solution

    def __reduce__(self) -> tuple[object, ...]:
        """Travel whole between processes."""
        return type(self), (str(self), self.solution)


class NumericalTroubleError(SolverError):
    """HiGHS gave up; rescale the data so that coefficients lie between 1e-4 and 1e4.

    Examples
    --------
    >>> NumericalTroubleError.remedy
    'HiGHS gave up; rescale the data so that coefficients lie between 1e-4 and 1e4.'
    """

    remedy = "HiGHS gave up; rescale the data so that coefficients lie between 1e-4 and 1e4."


@dataclass(frozen=True)
class Solution:
    """Outcome of a run.

    Attributes
    ----------
    x : (n_columns,) array
        The point; nan without one.
    objective, bound : float
        Value of the point, and what is at or below every feasible value.
    gap : float or None
        (objective - bound) / max(1, |objective|); None without a feasible point.
    termination, status : Termination, SolutionStatus
        Why the run stopped, and what is held.
    duals : (n_rows,) array
        Change of the objective per unit of the active limit of a row; zeros for integer programs.
    reduced_costs : (n_columns,) array
        Change of the objective per unit of the active bound of a column; zeros for integer programs.
    iterations, nodes : int
        Of the simplex method, and of branch and bound.
    seconds : float
        Duration of the run.
    algorithm : str
        "simplex", "ipx" (where simplex led nowhere), "branch and bound" or "active set" (a quadratic objective).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, solve_highs
    >>> program = LinearProgram(
    ...     cost=np.array([1.0, 2.0]), lower=np.zeros(2), upper=np.full(2, 10.0), matrix=csr_array([[1.0, 1.0]]),
    ...     row_lower=np.array([4.0]), row_upper=np.array([np.inf]), column_names=("x", "y"), row_names=("demand",),
    ... )
    >>> solution = solve_highs(program)
    >>> solution.status, solution.gap, solution.algorithm
    (<SolutionStatus.OPTIMAL: 'optimal'>, 0.0, 'simplex')
    """

    x: FloatArray
    objective: float
    bound: float
    gap: float | None
    termination: Termination
    status: SolutionStatus
    duals: FloatArray
    reduced_costs: FloatArray
    iterations: int
    nodes: int
    seconds: float
    algorithm: str

    @property
    def versions(self) -> dict[str, str]:
        """What solved it: packages and their versions."""
        return {package: version(package) for package in ("highspy", "numpy", "scipy")}


@dataclass(frozen=True)
class Progress:
    """What the ``progress`` callback of ``solve_highs`` sees now and then.

    Attributes
    ----------
    seconds : float
        Since the run began.
    iterations, nodes : int
        Of the simplex method, and of branch and bound.
    incumbent, bound : float
        Of an integer program: the best value so far, and what is at or below every value.

    Examples
    --------
    >>> Progress(seconds=1.5, iterations=1200, nodes=3, incumbent=101.0, bound=99.5).nodes
    3
    """

    seconds: float
    iterations: int
    nodes: int
    incumbent: float
    bound: float
