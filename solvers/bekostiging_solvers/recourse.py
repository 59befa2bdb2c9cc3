"""Two-stage programs with recourse: extensive form and L-shaped method, with a risk measure and a certificate.

    minimise    rho[ c x + Q_s(x) ]      over x in the first stage
    Q_s(x) = min q_s y  subject to  row_lower_s <= T_s x + W_s y <= row_upper_s,  lower_s <= y <= upper_s

rho is E, CVaR or E + weight CVaR of the total cost. Every answer carries a lower bound and a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_array, hstack, vstack
from scipy.stats import t as student

from bekostiging_solvers.highs import MIP_GAP, Solution, SolutionStatus, Termination, solve_highs
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.risk import CVaR, Expectation, RiskMeasure, measure_of

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Method = Literal["auto", "extensive", "l-shaped"]
LARGEST_EXTENSIVE = 300_000
"""Nonzeros up to which ``auto`` writes the extensive form out: where L-shaped became faster (docs/solvers.md)."""
LARGEST_WHOLE = 100_000
"""The same with whole numbers in the first stage: branch and bound on a large program hardly moves."""


@dataclass(frozen=True)
class Recourse:
    """Second stage of one scenario; shapes (n_y,), (n_rows, n_y), (n_rows, n_x), (n_rows,)."""

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    matrix: csr_array
    technology: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    integer: BoolArray | None = None


@dataclass(frozen=True)
class TwoStageProgram:
    """``first``: cost, bounds, rows and names of x; ``scenarios`` with ``probabilities`` (n_scenarios,) that add up
    to one; names of second-stage columns and rows for messages.
    """

    first: LinearProgram
    scenarios: tuple[Recourse, ...]
    probabilities: FloatArray
    column_names: tuple[str, ...] = ()
    row_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse probabilities that are none and scenarios that do not fit the first stage."""
        if len(self.scenarios) == 0:
            raise ValueError("a two-stage program has at least one scenario")
        if len(self.probabilities) != len(self.scenarios):
            raise ValueError(f"{len(self.probabilities)} probabilities for {len(self.scenarios)} scenarios")
        total = float(np.sum(self.probabilities))
        if (np.asarray(self.probabilities) < 0).any() or abs(total - 1) > 1e-9:
            raise ValueError(f"probabilities add up to {total:.12g}, must be 1 and none negative")
        n_x = len(self.first.cost)
        for index, scenario in enumerate(self.scenarios):
            if scenario.technology.shape != (scenario.matrix.shape[0], n_x):
                raise ValueError(
                    f"technology of scenario {index} has shape {scenario.technology.shape}, asked is "
                    f"({scenario.matrix.shape[0]}, {n_x})"
                )

    @property
    def n_scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.scenarios)

    @property
    def has_integer_recourse(self) -> bool:
        """Whether a second-stage column must be whole."""
        return any(scenario.integer is not None and scenario.integer.any() for scenario in self.scenarios)


@dataclass(frozen=True)
class RecourseSolution:
    """``x`` (n_x,); ``costs`` (n_scenarios,): total cost c x + Q_s(x); ``gap`` relative, None without a point."""

    x: FloatArray
    objective: float
    bound: float
    gap: float | None
    costs: FloatArray
    termination: Termination
    status: SolutionStatus
    method: str
    iterations: int
    seconds: float


@dataclass(frozen=True)
class ValueOfInformation:
    """Birge and Louveaux, ch. 4: costs of recourse (RP), wait-and-see (WS), the expected value solution (EEV).

    ``evpi`` = RP - WS, ``vss`` = EEV - RP; EEV is infinite when the expected value solution has no recourse.
    """

    recourse: float
    wait_and_see: float
    expected_value: float
    expected_value_solution: FloatArray
    eev: float
    evpi: float
    vss: float


@dataclass(frozen=True)
class OptimalityGap:
    """One-sided confidence interval [0, ``upper``] of f(x) - min f from ``gaps`` of independent batches."""

    mean: float
    standard_error: float
    upper: float
    confidence: float
    gaps: FloatArray


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
    method : "auto", "extensive" or "l-shaped"
        ``auto`` writes the extensive form up to 300,000 nonzeros (100,000 with a whole first stage), or with integer
        recourse.
    risk : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence)
        Of the total cost; expectation when left out.
    gap : float
        Relative gap at which to stop.
    time_limit : float, optional
        Seconds; what is held then is returned with its bound.
    executor : Executor, optional
        Solves the subproblems of the L-shaped method side by side; threads do, HiGHS leaves the interpreter free.
    cuts : "auto", "single" or "multi"
        Of the L-shaped method: one for all scenarios, one for each, or (``auto``) fifty groups in expectation and
        one for each under CVaR.

    Raises
    ------
    InfeasibleError
        No first stage has recourse in every scenario.
    UnboundedError, SolverError
        As ``solve_highs``.
    ValueError
        L-shaped with an integer second stage: its value function is not convex, so cuts would be wrong.
    """
    measure: RiskMeasure = Expectation() if risk is None else risk
    chosen = method
    if method == "auto":
        largest = LARGEST_WHOLE if program.first.is_integer else LARGEST_EXTENSIVE
        small = _nonzeros(program) <= largest
        chosen = "extensive" if small or program.has_integer_recourse else "l-shaped"
    if chosen == "extensive":
        return _solve_extensive(program, measure, gap, time_limit)
    if program.has_integer_recourse:
        raise ValueError(
            "the L-shaped method needs a continuous second stage: with whole numbers its cost is not convex in the "
            'first stage and cuts would be wrong; take method="extensive"'
        )
    from bekostiging_solvers.lshaped import solve_lshaped

    return solve_lshaped(program, measure, gap, time_limit, executor, cuts)


def _nonzeros(program: TwoStageProgram) -> int:
    return sum(scenario.matrix.nnz + scenario.technology.nnz for scenario in program.scenarios)


def extensive_form(program: TwoStageProgram, risk: RiskMeasure) -> LinearProgram:
    """All scenarios in one program: columns x, y_1 .. y_S and, with CVaR, its threshold and excesses."""
    first, p = program.first, program.probabilities
    n_x, sizes = len(first.cost), [len(scenario.cost) for scenario in program.scenarios]
    n_y = sum(sizes)
    of_first = hstack([first.matrix, csr_array((first.matrix.shape[0], n_y))])
    technology = vstack([scenario.technology for scenario in program.scenarios])
    recourse = block_diag([scenario.matrix for scenario in program.scenarios], format="csr")
    matrix = vstack([of_first, hstack([technology, recourse])])
    on_mean = 0.0 if isinstance(risk, CVaR) else 1.0
    on_tail = {Expectation: 0.0, CVaR: 1.0}.get(type(risk), getattr(risk, "weight", 0.0))
    second = np.concatenate([on_mean * w * s.cost for w, s in zip(p, program.scenarios, strict=True)])
    whole = _joined_integer(program)
    names = first.column_names + tuple(
        f"{program.column_names[k] if program.column_names else f'y{k}'}[{s}]"
        for s, size in enumerate(sizes)
        for k in range(size)
    )
    row_names = first.row_names + tuple(
        f"{program.row_names[k] if program.row_names else f'row{k}'}[{s}]"
        for s, scenario in enumerate(program.scenarios)
        for k in range(scenario.matrix.shape[0])
    )
    plain = LinearProgram(
        np.concatenate([(on_mean + on_tail) * first.cost, second]),
        np.concatenate([first.lower, *(s.lower for s in program.scenarios)]),
        np.concatenate([first.upper, *(s.upper for s in program.scenarios)]),
        csr_array(matrix),
        np.concatenate([first.row_lower, *(s.row_lower for s in program.scenarios)]),
        np.concatenate([first.row_upper, *(s.row_upper for s in program.scenarios)]),
        names,
        row_names,
        whole,
    )
    return (
        plain
        if on_tail == 0
        else _with_tail(program, plain, on_tail, getattr(risk, "confidence", 0.0), n_x, sizes)
    )


def _with_tail(
    program: TwoStageProgram, plain: LinearProgram, weight: float, confidence: float, n_x: int, sizes: list[int]
) -> LinearProgram:
    """Add weight x CVaR of q_s y_s: threshold v, excess_s >= q_s y_s - v."""
    n_scenarios = program.n_scenarios
    costs = csr_array(block_diag([csr_array(scenario.cost[None, :]) for scenario in program.scenarios]))
    rows = hstack(
        [
            csr_array((n_scenarios, n_x)),
            costs,
            csr_array(-np.ones((n_scenarios, 1))),
            -csr_array(np.eye(n_scenarios)),
        ]
    )
    wide = hstack([plain.matrix, csr_array((plain.matrix.shape[0], 1 + n_scenarios))])
    free = np.full(n_scenarios, INFINITY)
    return LinearProgram(
        np.concatenate([plain.cost, [weight], weight * program.probabilities / (1 - confidence)]),
        np.concatenate([plain.lower, [-INFINITY], np.zeros(n_scenarios)]),
        np.concatenate([plain.upper, [INFINITY], free]),
        csr_array(vstack([wide, rows])),
        np.concatenate([plain.row_lower, -free]),
        np.concatenate([plain.row_upper, np.zeros(n_scenarios)]),
        (*plain.column_names, "value_at_risk", *(f"excess[{s}]" for s in range(n_scenarios))),
        (*plain.row_names, *(f"tail[{s}]" for s in range(n_scenarios))),
        None if plain.integer is None else np.append(plain.integer, np.zeros(1 + n_scenarios, dtype=np.bool_)),
    )


def _joined_integer(program: TwoStageProgram) -> BoolArray | None:
    if not (program.first.is_integer or program.has_integer_recourse):
        return None
    first = program.first.integer
    parts = [np.zeros(len(program.first.cost), dtype=np.bool_) if first is None else first]
    for scenario in program.scenarios:
        none = np.zeros(len(scenario.cost), dtype=np.bool_)
        parts.append(none if scenario.integer is None else scenario.integer)
    return np.concatenate(parts)


def _solve_extensive(
    program: TwoStageProgram, risk: RiskMeasure, gap: float, time_limit: float | None
) -> RecourseSolution:
    begin = perf_counter()
    solution = solve_highs(extensive_form(program, risk), gap=gap, time_limit=time_limit, accept_limit=True)
    n_x = len(program.first.cost)
    x, costs, place = solution.x[:n_x], [], n_x
    for scenario in program.scenarios:
        costs.append(scenario.cost @ solution.x[place : place + len(scenario.cost)])
        place += len(scenario.cost)
    total = float(program.first.cost @ x) + np.array(costs)
    return _result(solution, x, total, "extensive", perf_counter() - begin)


def _result(solution: Solution, x: FloatArray, costs: FloatArray, method: str, seconds: float) -> RecourseSolution:
    return RecourseSolution(
        x, solution.objective, solution.bound, solution.gap, costs, solution.termination, solution.status, method,
        solution.iterations, seconds,
    )  # fmt: skip


def recourse_costs(program: TwoStageProgram, x: FloatArray) -> FloatArray:
    """Total cost c x + Q_s(x) per scenario (n_scenarios,); infinite where x has no recourse."""
    from bekostiging_solvers.second_stages import SecondStages

    found = SecondStages(program).at(x)
    return np.asarray(np.where(found.feasible, found.values, np.inf) + float(program.first.cost @ x))


def second_stage(program: TwoStageProgram, scenario: Recourse, x: FloatArray) -> LinearProgram:
    """The second stage of a scenario as a program of its own, given x."""
    shift = scenario.technology @ x
    n_rows, n_y = scenario.matrix.shape
    return LinearProgram(
        scenario.cost,
        scenario.lower,
        scenario.upper,
        scenario.matrix,
        scenario.row_lower - shift,
        scenario.row_upper - shift,
        program.column_names or tuple(f"y{k}" for k in range(n_y)),
        program.row_names or tuple(f"row{k}" for k in range(n_rows)),
        scenario.integer,
    )


def value_of_information(program: TwoStageProgram) -> ValueOfInformation:
    """What knowing the future would save (EVPI) and what planning on averages costs (VSS), in expectation.

    The expected value program takes the mean of every datum over the scenarios; they share one structure.
    """
    p = program.probabilities
    recourse = solve_recourse(program)
    alone = [
        solve_recourse(replace(program, scenarios=(scenario,), probabilities=np.ones(1))).objective
        for scenario in program.scenarios
    ]
    mean = solve_recourse(replace(program, scenarios=(_mean_scenario(program),), probabilities=np.ones(1)))
    costs = recourse_costs(program, mean.x)
    wait_and_see, eev = float(p @ alone), float(p @ costs) if np.isfinite(costs).all() else float("inf")
    return ValueOfInformation(
        recourse=recourse.objective,
        wait_and_see=wait_and_see,
        expected_value=mean.objective,
        expected_value_solution=mean.x,
        eev=eev,
        evpi=recourse.objective - wait_and_see,
        vss=eev - recourse.objective,
    )


def _mean_scenario(program: TwoStageProgram) -> Recourse:
    """The mean of every datum; a bound is infinite when it is in one scenario."""
    p, scenarios = program.probabilities, program.scenarios
    shapes = {(scenario.matrix.shape, scenario.technology.shape) for scenario in scenarios}
    if len(shapes) > 1:
        raise ValueError("scenarios differ in shape: there is no expected value program")

    def vector(name: str) -> FloatArray:
        """Mean of a vector, its infinities kept."""
        values = np.array([getattr(scenario, name) for scenario in scenarios])
        finite = np.isfinite(values).all(axis=0)
        mean = p @ np.where(np.isfinite(values), values, 0.0)
        return np.asarray(np.where(finite, mean, values[0] if len(values) else mean))

    def matrix(name: str) -> csr_array:
        """Mean of a matrix."""
        return csr_array(sum(w * getattr(s, name) for w, s in zip(p, scenarios, strict=True)))

    return Recourse(
        vector("cost"), vector("lower"), vector("upper"), matrix("matrix"), matrix("technology"),
        vector("row_lower"), vector("row_upper"), scenarios[0].integer,
    )  # fmt: skip


def saa_gap(
    candidate: FloatArray,
    draw: Callable[[np.random.Generator], TwoStageProgram],
    n_batches: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
    risk: RiskMeasure | None = None,
) -> OptimalityGap:
    """Confidence interval of the optimality gap of a candidate, from independent batches.

    Mak, Morton and Wood (1999), doi:10.1016/S0167-6377(98)00054-6: the mean over batches of f_n(x) - min f_n is, in
    expectation, at least the gap of x. ``draw`` makes the sampled program of a batch from a generator.

    Raises
    ------
    ValueError
        Fewer than two batches, or a feasible set that depends on the sample (the candidate has no recourse in a
        batch, or the first-stage rows differ): the minimum over a batch is then no bound on the true one.
    """
    if n_batches < 2:
        raise ValueError(f"a standard error needs at least two batches, not {n_batches}")
    measure: RiskMeasure = Expectation() if risk is None else risk
    gaps, first = np.empty(n_batches), None
    for batch in range(n_batches):
        program = draw(rng)
        if first is None:
            first = program.first
        elif not _same_rows(program.first, first):
            raise ValueError(
                "first-stage rows differ between batches: the feasible set is sampled, no interval holds"
            )
        costs = recourse_costs(program, candidate)
        if not np.isfinite(costs).all():
            raise ValueError(
                f"the candidate has no recourse in batch {batch}: the feasible set is sampled (no relatively complete "
                "recourse), so the minimum of a batch bounds nothing; add slack at a price to the second stage"
            )
        value = measure_of(costs, measure, program.probabilities)
        gaps[batch] = value - solve_recourse(program, risk=measure).bound
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(n_batches))
    upper = mean + float(student.ppf(confidence, n_batches - 1)) * error
    return OptimalityGap(mean, error, upper, confidence, gaps)


def _same_rows(one: LinearProgram, other: LinearProgram) -> bool:
    """Whether two first stages have the same rows."""
    return (
        one.matrix.shape == other.matrix.shape
        and abs(one.matrix - other.matrix).sum() == 0
        and np.array_equal(one.row_lower, other.row_lower)
        and np.array_equal(one.row_upper, other.row_upper)
    )
