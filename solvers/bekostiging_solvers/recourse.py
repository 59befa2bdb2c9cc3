"""Solving a two-stage program with recourse: extensive form or L-shaped method, with a risk measure and a certificate.

Every answer carries a lower bound and a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from time import perf_counter
from typing import Literal, get_args

import numpy as np

from bekostiging_solvers.arrays import check_finite, vector
from bekostiging_solvers.highs import MIP_GAP, solve_highs
from bekostiging_solvers.lshaped import Cuts, solve_lshaped
from bekostiging_solvers.recourse_units import RecourseUnits
from bekostiging_solvers.risk import CVaR, Expectation, MeanCVaR, RiskMeasure
from bekostiging_solvers.scenarios import Recourse, joined, nonzeros, sizes
from bekostiging_solvers.second_stages import SecondStages, SecondStageSolutions
from bekostiging_solvers.solution import Solution
from bekostiging_solvers.two_stage import RecourseSolution, TwoStageProgram, extensive_form
from bekostiging_solvers.typing import FloatArray

Method = Literal["auto", "extensive", "l-shaped"]
LARGEST_EXTENSIVE = 37_000.0
"""What ``extensive_size`` may be for ``auto`` to write the extensive form out; fitted on published instances and samples of
them and on the capacity program of the benchmarks (docs/solvers.md, benchmarks/two_stage_methods.py), so that ``auto`` is
within 1.5 times the faster method wherever both end. 29,150 is the largest at which L-shaped took more than that (100
scenarios of four linked periods), 47,900 the smallest at which the extensive form did (4node, 256)."""
LARGEST_WHOLE = 100_000
"""Nonzeros of the extensive form with whole numbers in the first stage: branch and bound on a large program hardly moves."""


def solve_recourse(
    program: TwoStageProgram,
    method: Method = "auto",
    risk: RiskMeasure | None = None,
    gap: float = MIP_GAP,
    time_limit: float | None = None,
    executor: Executor | None = None,
    cuts: Cuts = "auto",
) -> RecourseSolution:
    """Solve a two-stage program.

    Parameters
    ----------
    program : TwoStageProgram
        First stage and scenarios.
    method : "auto", "extensive" or "l-shaped"
        ``auto`` decides by sizes: the L-shaped method for many scenarios of long programs with sparse rows, and beyond
        100,000 nonzeros with a whole first stage; the extensive form for all others, and with integer recourse.
    risk : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence)
        Of the total cost; expectation when left out.
    gap : float
        Relative gap at which to stop: (objective - bound) / |objective|, absolute below an objective of one (extensive form)
        or a hundredth (L-shaped). Data far from one are solved in units of their own, and one is one of those.
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
        L-shaped with an integer second stage: its value function is not convex, so cuts would be wrong. A method, risk or
        gap that is none; numbers so far apart that no units make all of them count.
    NumericalTroubleError
        A bound above the value of a feasible point: no answer is better than a wrong one.

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
    _check_arguments(method, measure, gap, cuts)
    units = RecourseUnits.of(program)
    if units is None:
        return _solve(program, method, measure, gap, time_limit, executor, cuts)
    return units.restored(_solve(units.scaled(program), method, measure, gap, time_limit, executor, cuts))


def _check_arguments(method: object, risk: object, gap: float, cuts: object) -> None:
    """Refuse what is no method, no measure and no gap."""
    if method not in get_args(Method):
        raise ValueError(f"method is one of {', '.join(get_args(Method))}, not {method!r}")
    if cuts not in get_args(Cuts):
        raise ValueError(f"cuts is one of {', '.join(get_args(Cuts))}, not {cuts!r}")
    if not isinstance(risk, Expectation | CVaR | MeanCVaR):
        raise ValueError(f"risk is Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence), not {risk!r}")
    if not 0 < gap < 1:
        raise ValueError(f"gap is relative, between 0 and 1, not {gap!r}")


def _solve(
    program: TwoStageProgram,
    method: Method,
    risk: RiskMeasure,
    gap: float,
    time_limit: float | None,
    executor: Executor | None,
    cuts: Cuts,
) -> RecourseSolution:
    """Solve a program in fair units by the method, or the one that its sizes say."""
    chosen = method
    if method == "auto":
        small = (
            nonzeros(program.scenarios) <= LARGEST_WHOLE
            if program.first.is_integer
            else extensive_size(program.scenarios) <= LARGEST_EXTENSIVE
        )
        chosen = "extensive" if small or program.has_integer_recourse else "l-shaped"
    if chosen == "extensive":
        return _solve_extensive(program, risk, gap, time_limit)
    if program.has_integer_recourse:
        raise ValueError(
            "the L-shaped method needs a continuous second stage: with whole numbers its cost is not convex in the "
            'first stage and cuts would be wrong; take method="extensive"'
        )
    return solve_lshaped(program, risk, gap, time_limit, executor, cuts)


def extensive_size(scenarios: Sequence[Recourse]) -> float:
    """How large an extensive form is for the simplex method: rows over nonzeros per row, times the root of the scenarios.

    Rows with many entries hold a program together, so that presolve and few pivots do, and the duals of one scenario say
    little of the others.
    """
    n_rows = float(sizes(scenarios)[0].sum())
    return n_rows**2 / max(nonzeros(scenarios), 1) * float(np.sqrt(len(scenarios)))


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
    late = time_limit is not None and perf_counter() - begin >= time_limit
    if np.isfinite(x).all() and not late and (isinstance(risk, CVaR) or not (program.probabilities > 0).all()):
        # what costs nothing in the objective need not be least: scenarios outside the tail are solved again
        total = np.minimum(total, _costs_of(program, x))
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

    Raises
    ------
    ValueError
        A first stage of another length, or that is no number.

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
    point = _point(program, x)
    units = RecourseUnits.of(program)
    if units is not None:
        return units.first.objective * _costs_of(units.scaled(program), point / units.first.columns)
    return _costs_of(program, point)


def _costs_of(program: TwoStageProgram, x: FloatArray) -> FloatArray:
    """The same in the units of the program, x known to be a point."""
    values = SecondStages(program).at(x)
    return np.asarray(np.where(values.feasible, values.values, np.inf) + float(program.first.cost @ x))


def _point(program: TwoStageProgram, x: FloatArray) -> FloatArray:
    """A first stage as given, checked."""
    names = program.first.column_names
    point = vector(x, "x", names)
    if len(point) != len(names):
        raise ValueError(f"x has length {len(point)}, the first stage {len(names)} columns")
    check_finite(point, "x", names)
    return point


def second_stage_solutions(
    program: TwoStageProgram, x: FloatArray, executor: Executor | None = None
) -> SecondStageSolutions:
    """Evaluate a first stage on the scenarios of a program: costs, decisions and duals.

    Parameters
    ----------
    program : TwoStageProgram
        Its scenarios need not be those on which x was decided.
    x : (n_x,) array
        First stage.
    executor : Executor, optional
        Solves parts side by side; threads do, HiGHS leaves the interpreter free. It changes no number.

    Returns
    -------
    SecondStageSolutions

    Raises
    ------
    ValueError
        A first stage of another length, or that is no number.

    Examples
    --------
    Buying 4 at 2 where demand is 4 or 8, and the rest at 10:

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram, second_stage_solutions
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> solutions = second_stage_solutions(program, np.array([4.0]))
    >>> solutions.costs.tolist(), [float(y[0]) for y in solutions.y]
    ([8.0, 48.0], [0.0, 4.0])
    """
    point = _point(program, x)
    units = RecourseUnits.of(program)
    if units is not None:
        program, point = units.scaled(program), point / units.first.columns
    results = SecondStages(program, executor).results(point)
    value = float(program.first.cost @ point)
    found = SecondStageSolutions(
        np.array([value + one.value if one.feasible else np.inf for one in results]),
        tuple(one.y for one in results),
        tuple(one.duals for one in results),
    )
    return found if units is None else units.restored_stages(found)
