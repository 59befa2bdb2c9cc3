"""Solving a two-stage program with recourse: extensive form or L-shaped method, with a risk measure and a certificate.

Every answer carries a lower bound and a gap.
"""

from __future__ import annotations

from concurrent.futures import Executor
from time import perf_counter
from typing import Literal

import numpy as np

from bekostiging_solvers.highs import MIP_GAP, solve_highs
from bekostiging_solvers.lshaped import solve_lshaped
from bekostiging_solvers.risk import Expectation, RiskMeasure
from bekostiging_solvers.scenarios import joined, nonzeros, sizes
from bekostiging_solvers.second_stages import SecondStages
from bekostiging_solvers.solution import Solution
from bekostiging_solvers.two_stage import RecourseSolution, TwoStageProgram, extensive_form
from bekostiging_solvers.typing import FloatArray

Method = Literal["auto", "extensive", "l-shaped"]
LARGEST_EXTENSIVE = 300_000
"""Nonzeros up to which ``auto`` writes the extensive form out: where L-shaped became faster (docs/solvers.md)."""
LARGEST_WHOLE = 100_000
"""The same with whole numbers in the first stage: branch and bound on a large program hardly moves."""


def solve_recourse(
    program: TwoStageProgram,
    method: Method = "auto",
    risk: RiskMeasure | None = None,
    gap: float = MIP_GAP,
    time_limit: float | None = None,
    executor: Executor | None = None,
    cuts: Literal["auto", "single", "multi"] = "auto",
) -> RecourseSolution:
    """Solve a two-stage program.

    Parameters
    ----------
    program : TwoStageProgram
        First stage and scenarios.
    method : "auto", "extensive" or "l-shaped"
        ``auto`` writes the extensive form up to 300,000 nonzeros (100,000 with a whole first stage), or with integer
        recourse.
    risk : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence)
        Of the total cost; expectation when left out.
    gap : float
        Relative gap at which to stop: (objective - bound) / |objective|, absolute below an objective of one (extensive form)
        or a hundredth (L-shaped). Money in euros or millions is far above both; scale data that are far below.
    time_limit : float, optional
        Seconds; what is held then is returned with its bound.
    executor : Executor, optional
        Solves the subproblems of the L-shaped method side by side; threads do, HiGHS leaves the interpreter free.
    cuts : "auto", "single" or "multi"
        Of the L-shaped method: one for all scenarios, one for each, or (``auto``) fifty groups in expectation and
        one for each under CVaR.

    Returns
    -------
    RecourseSolution
        With a lower bound and a gap, whatever the method.

    Raises
    ------
    InfeasibleError
        No first stage has recourse in every scenario.
    UnboundedError, SolverError
        As ``solve_highs``.
    ValueError
        L-shaped with an integer second stage: its value function is not convex, so cuts would be wrong.

    Examples
    --------
    A newsvendor buys at 2 before demand (4 or 8) is known, and at 10 afterwards:

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram, solve_recourse
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> solution = solve_recourse(program)
    >>> solution.x.tolist(), solution.objective, solution.costs.tolist()
    ([8.0], 16.0, [16.0, 16.0])
    """
    measure: RiskMeasure = Expectation() if risk is None else risk
    chosen = method
    if method == "auto":
        largest = LARGEST_WHOLE if program.first.is_integer else LARGEST_EXTENSIVE
        small = nonzeros(program.scenarios) <= largest
        chosen = "extensive" if small or program.has_integer_recourse else "l-shaped"
    if chosen == "extensive":
        return _solve_extensive(program, measure, gap, time_limit)
    if program.has_integer_recourse:
        raise ValueError(
            "the L-shaped method needs a continuous second stage: with whole numbers its cost is not convex in the "
            'first stage and cuts would be wrong; take method="extensive"'
        )
    return solve_lshaped(program, measure, gap, time_limit, executor, cuts)


def _solve_extensive(
    program: TwoStageProgram, risk: RiskMeasure, gap: float, time_limit: float | None
) -> RecourseSolution:
    begin = perf_counter()
    solution = solve_highs(extensive_form(program, risk), gap=gap, time_limit=time_limit, accept_limit=True)
    n_x = len(program.first.cost)
    x, n_columns = solution.x[:n_x], sizes(program.scenarios)[1]
    of_columns = joined(program.scenarios, "cost") * solution.x[n_x:][: n_columns.sum()]
    scenario_of_column = np.repeat(np.arange(program.n_scenarios), n_columns)
    costs = np.bincount(scenario_of_column, of_columns, minlength=program.n_scenarios)
    total = np.asarray(float(program.first.cost @ x) + costs)
    return _result(solution, x, total, "extensive", perf_counter() - begin)


def _result(solution: Solution, x: FloatArray, costs: FloatArray, method: str, seconds: float) -> RecourseSolution:
    return RecourseSolution(
        x, solution.objective, solution.bound, solution.gap, costs, solution.termination, solution.status, method,
        solution.iterations, seconds,
    )  # fmt: skip


def recourse_costs(program: TwoStageProgram, x: FloatArray) -> FloatArray:
    """Total cost c x + Q_s(x) of a first stage in every scenario.

    Parameters
    ----------
    program : TwoStageProgram
        Its scenarios need not be those on which x was decided.
    x : (n_x,) array
        First stage.

    Returns
    -------
    (n_scenarios,) array
        Infinite where x has no recourse.

    Examples
    --------
    Buying 4 at 2 where demand is 4 or 8, and the rest at 10:

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram, recourse_costs
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> recourse_costs(program, np.array([4.0])).tolist()
    [8.0, 48.0]
    """
    values = SecondStages(program).at(x)
    return np.asarray(np.where(values.feasible, values.values, np.inf) + float(program.first.cost @ x))
