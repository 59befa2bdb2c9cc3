"""A two-stage program with recourse as arrays, its extensive form, and what an answer to it holds.

    minimise    rho[ c x + Q_s(x) ]      over x in the first stage
    Q_s(x) = min q_s y  subject to  row_lower_s <= T_s x + W_s y <= row_upper_s,  lower_s <= y <= upper_s

rho is E, CVaR or E + weight CVaR of the total cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from bekostiging_solvers.arrays import labels_of, vector
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.risk import CVaR, Expectation, RiskMeasure
from bekostiging_solvers.scenarios import CoreScenarios, Recourse, joined, sizes, stacked
from bekostiging_solvers.solution import SolutionStatus, Termination
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class TwoStageProgram:
    """A decision x before the scenario is known, and in every scenario what is done afterwards.

    Parameters
    ----------
    first : LinearProgram
        Cost, bounds, rows and names of x.
    scenarios : sequence of Recourse
        Second stage of every scenario: a tuple, or ``CoreScenarios`` where they share all but a few values.
    probabilities : (n_scenarios,) array
        They add up to one.
    column_names, row_names : tuple of str, optional
        Of the second stage, for messages.

    Raises
    ------
    ValueError
        No scenarios, probabilities that do not fit or do not add up to one, a technology that does not fit x, names that are
        too few or too many, or that differ from those in the index of a series or data frame.

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
    >>> program.n_scenarios, solve_recourse(program).x.tolist()
    (2, [8.0])
    """

    first: LinearProgram
    scenarios: Sequence[Recourse]
    probabilities: FloatArray
    column_names: tuple[str, ...] = ()
    row_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make arrays of what was given and refuse what does not fit together."""
        if not isinstance(self.first, LinearProgram):
            raise ValueError(f"first is a LinearProgram, not {type(self.first).__name__}")
        if not isinstance(self.scenarios, CoreScenarios):
            object.__setattr__(self, "scenarios", tuple(self.scenarios))
        if len(self.scenarios) == 0:
            raise ValueError("a two-stage program has at least one scenario")
        labels_of(self.probabilities, "probabilities")  # refused where they are counted in another order
        p = vector(self.probabilities, "probabilities")
        if len(p) != len(self.scenarios):
            raise ValueError(f"{len(p)} probabilities for {len(self.scenarios)} scenarios")
        total = float(np.sum(p))
        if not (p >= 0).all() or not abs(total - 1) <= 1e-9:
            raise ValueError(f"probabilities add up to {total:.12g}, must be 1 and none negative")
        object.__setattr__(self, "probabilities", p)
        for name in ("column_names", "row_names"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for index, scenario in enumerate(_written_out(self.scenarios)):
            self._check(index, scenario)

    def _check(self, index: int, scenario: Recourse) -> None:
        """Refuse a scenario that is none, or that fits neither the first stage nor the names."""
        if not isinstance(scenario, Recourse):
            raise ValueError(f"scenario {index} is a Recourse, not {type(scenario).__name__}")
        (n_rows, n_columns), n_x = scenario.matrix.shape, len(self.first.cost)
        if scenario.technology.shape[1] != n_x:
            raise ValueError(
                f"technology of scenario {index} has shape {scenario.technology.shape}, asked is ({n_rows}, {n_x})"
            )
        for names, n, what in ((self.column_names, n_columns, "columns"), (self.row_names, n_rows, "rows")):
            if names and len(names) != n:
                raise ValueError(f"scenario {index} has {n} {what}, and {len(names)} names are given for them")
        scenario.check_names(self.column_names, self.row_names, self.first.column_names)

    @property
    def n_scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.scenarios)

    @property
    def has_integer_recourse(self) -> bool:
        """Whether a second-stage column must be whole."""
        return any(
            scenario.integer is not None and scenario.integer.any() for scenario in _written_out(self.scenarios)
        )


@dataclass(frozen=True)
class RecourseSolution:
    """Answer to a two-stage program.

    Attributes
    ----------
    x : (n_x,) array
        First stage.
    objective, bound : float
        Risk measure of the total cost at x, and what is at or below that of every first stage.
    gap : float or None
        (objective - bound) / |objective|: below an objective of one (extensive form) or a hundredth (L-shaped) relative to
        that, so absolute; None without a point.
    costs : (n_scenarios,) array
        Total cost c x + Q_s(x) of every scenario.
    termination, status : Termination, SolutionStatus
        Why the run stopped, and what is held.
    method : str
        "extensive" or "l-shaped".
    iterations : int
        Of the simplex method, or passes of the L-shaped method.
    seconds : float
        Duration of the run.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram, solve_recourse
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> solution = solve_recourse(program, method="l-shaped")
    >>> solution.method, solution.status.value, solution.x.round(4).tolist()
    ('l-shaped', 'optimal', [8.0])
    """

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


def _written_out(scenarios: Sequence[Recourse]) -> Sequence[Recourse]:
    """Scenarios that are objects: all of them, or their core."""
    return (scenarios.core,) if isinstance(scenarios, CoreScenarios) else scenarios


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


def extensive_form(
    program: TwoStageProgram, risk: RiskMeasure, numbers: Sequence[int] | None = None
) -> LinearProgram:
    """All scenarios in one program: columns x, y_1 .. y_S and, with CVaR, its threshold and excesses.

    ``numbers``: of the scenarios in names, where they are some of more.
    """
    first, scenarios = program.first, program.scenarios
    n_x, (rows_of, columns_of) = len(first.cost), sizes(scenarios)
    of_first = hstack([first.matrix, csr_array((first.matrix.shape[0], int(columns_of.sum())))])
    recourse = stacked(scenarios, "matrix", diagonal=True)
    matrix = csr_array(vstack([of_first, hstack([stacked(scenarios, "technology"), recourse])]))
    matrix.eliminate_zeros()
    on_mean = 0.0 if isinstance(risk, CVaR) else 1.0
    on_tail = {Expectation: 0.0, CVaR: 1.0}.get(type(risk), getattr(risk, "weight", 0.0))
    second = np.repeat(on_mean * program.probabilities, columns_of) * joined(scenarios, "cost")
    names = first.column_names + _numbered(program.column_names, "y", columns_of, numbers)
    row_names = first.row_names + _numbered(program.row_names, "row", rows_of, numbers)
    plain = LinearProgram(
        np.concatenate([(on_mean + on_tail) * first.cost, second]),
        np.concatenate([first.lower, joined(scenarios, "lower")]),
        np.concatenate([first.upper, joined(scenarios, "upper")]),
        matrix,
        np.concatenate([first.row_lower, joined(scenarios, "row_lower")]),
        np.concatenate([first.row_upper, joined(scenarios, "row_upper")]),
        names,
        row_names,
        _joined_integer(program),
    )
    return plain if on_tail == 0 else _with_tail(program, plain, on_tail, getattr(risk, "confidence", 0.0), n_x)


def _numbered(
    names: tuple[str, ...], kind: str, lengths: IntArray, numbers: Sequence[int] | None
) -> tuple[str, ...]:
    """Names of all scenarios, each with the number of its scenario: ``name[s]``."""
    own = range(len(lengths)) if numbers is None else numbers
    return tuple(
        f"{names[k] if names else f'{kind}{k}'}[{s}]"
        for s, length in zip(own, lengths, strict=True)
        for k in range(length)
    )


def _with_tail(
    program: TwoStageProgram, plain: LinearProgram, weight: float, confidence: float, n_x: int
) -> LinearProgram:
    """Add weight x CVaR of q_s y_s: threshold v, excess_s >= q_s y_s - v."""
    n_scenarios = program.n_scenarios
    cost = joined(program.scenarios, "cost")
    ends = np.append(0, np.cumsum(sizes(program.scenarios)[1]))
    costs = csr_array((cost, np.arange(len(cost)), ends), shape=(n_scenarios, len(cost)))
    costs.eliminate_zeros()
    threshold = csr_array(-np.ones((n_scenarios, 1)))
    rows = hstack([csr_array((n_scenarios, n_x)), costs, threshold, -eye_array(n_scenarios, format="csr")])
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
    if isinstance(program.scenarios, CoreScenarios):
        core = program.scenarios.core
        own = np.zeros(len(core.cost), dtype=np.bool_) if core.integer is None else core.integer
        return np.concatenate([*parts, np.tile(own, program.n_scenarios)])
    for scenario in program.scenarios:
        none = np.zeros(len(scenario.cost), dtype=np.bool_)
        parts.append(none if scenario.integer is None else scenario.integer)
    return np.concatenate(parts)
