"""Convex quadratic programs: HiGHS finds the point, its dual value proves how good it is.

    minimise    1/2 x Q x + cost x
    subject to  the rows and bounds of a ``LinearProgram``

With row duals y and reduced costs z = Q x + cost - A' y, every feasible value is at least -1/2 x Q x + what y and z earn
at the bounds they press on (Dorn 1960, Quarterly of Applied Mathematics 18, 155-162). That is the ``bound`` of the
solution; a z that presses on no bound is rounding and counts at x.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bekostiging_solvers.highs import HighsSession, solve_highs
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.solution import InfeasibleError, Solution
from bekostiging_solvers.typing import FloatArray

CONVEX = 1e-9
"""Smallest eigenvalue over the largest, below zero, that counts as rounding."""


def solve_quadratic(program: LinearProgram, hessian: FloatArray) -> Solution:
    """Solve a convex quadratic program: minimise 1/2 x Q x + cost x under rows and bounds.

    Parameters
    ----------
    program : LinearProgram
        Cost, rows and bounds; no whole numbers.
    hessian : (n_columns, n_columns) array
        Q, symmetric and positive semidefinite.

    Returns
    -------
    Solution
        Its bound is the value of the dual (Dorn 1960).

    Raises
    ------
    ValueError
        A hessian of another shape, not symmetric or not convex; whole numbers.
    InfeasibleError
        No point satisfies the rows; ``conflict`` names those that contradict each other.
    SolverError
        Any other failure of HiGHS.

    Examples
    --------
    The point of x + y = 4 nearest to the origin:

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, solve_quadratic
    >>> program = LinearProgram(
    ...     np.zeros(2), np.zeros(2), np.full(2, 10.0), csr_array([[1.0, 1.0]]),
    ...     np.array([4.0]), np.array([4.0]), ("x", "y"), ("sum",),
    ... )
    >>> solution = solve_quadratic(program, np.eye(2))
    >>> solution.x.round(6).tolist(), round(solution.objective, 6)
    ([2.0, 2.0], 4.0)
    """
    _check(program, hessian)
    options = {"qp_regularization_value": 0.0}
    session = HighsSession(program, options=options)
    session.curve(hessian)
    try:
        solution = session.solve(name_conflict=False)
    except InfeasibleError:
        solve_highs(replace(program, cost=np.zeros_like(program.cost)))  # raises with the names
        raise
    bound = _dual_value(program, hessian, solution)
    gap = max(0.0, solution.objective - bound) / max(1.0, abs(solution.objective))
    return replace(solution, bound=bound, gap=gap)


def _check(program: LinearProgram, hessian: FloatArray) -> None:
    """Refuse what is no convex quadratic program."""
    n = len(program.cost)
    if hessian.shape != (n, n):
        raise ValueError(f"the hessian has shape {hessian.shape}, the program {n} columns")
    if program.is_integer:
        raise ValueError("whole numbers with a quadratic objective: cut its tangents and solve linear programs")
    if not np.allclose(hessian, hessian.T, rtol=1e-12, atol=1e-12 * float(np.abs(hessian).max(initial=0.0))):
        raise ValueError("the hessian is not symmetric; pass (Q + Q') / 2")
    eigenvalues = np.linalg.eigvalsh(hessian) if n else np.zeros(1)
    if eigenvalues[0] < -CONVEX * max(1.0, float(eigenvalues[-1])):
        raise ValueError(f"the hessian is not convex: its smallest eigenvalue is {eigenvalues[0]:.6g}")


def _dual_value(program: LinearProgram, hessian: FloatArray, solution: Solution) -> float:
    """The value of the dual at the point and the row duals of a solution."""
    x, y = solution.x, solution.duals
    curved = hessian @ x
    reduced = curved + program.cost - program.matrix.T @ y
    earned = _earned(y, program.row_lower, program.row_upper, program.matrix @ x)
    return float(-0.5 * x @ curved + earned + _earned(reduced, program.lower, program.upper, x))


def _earned(price: FloatArray, lower: FloatArray, upper: FloatArray, held: FloatArray) -> float:
    """Sum of price x the bound it presses on; of what presses on none, price x what is held."""
    bound = np.where(price > 0, lower, upper)
    return float(price @ np.where(np.isfinite(bound), bound, held))
