"""All second stages of a two-stage program at one first stage: values, duals, and which have no recourse.

Scenarios that share their matrix share one HiGHS model, of which only right-hand sides, costs and bounds change; each
run starts from the scenario's own last basis, the first one from that of the scenario before it. Memory is then that of
a few subproblems, not of all of them.
Where they share costs and bounds too (fixed recourse), their duals are feasible for one another: the best of those
seen so far is a lower value of every scenario at any x, for the price of a matrix product (Higle and Sen 1991,
doi:10.1287/moor.16.3.650), and its basis the start with the fewest pivots left.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.scenarios import Recourse, VectorPart, alike, joined, sizes, stacked, with_one_matrix
from bekostiging_solvers.solution import InfeasibleError
from bekostiging_solvers.two_stage import TwoStageProgram, second_stage
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

CHUNKS = 8
"""Parts that may be solved side by side; with and without an executor, so that threads change no result."""
MOST_DUALS = 4000
"""Duals remembered, the latest; with a thousand scenarios their product takes a tenth of solving them."""
FEWEST_DUALS = 500
MOST_TOLD = 8_000_000
"""Duals times scenarios, at most: what each dual says of each scenario is kept too."""
MOST_KEPT = 125_000_000
"""The same where there would be fewer than FEWEST_DUALS: a gigabyte."""
WAVE = 10
"""One in so many scenarios is solved first, from the basis of its neighbour; the others start from the best of those."""
BLOCK = 500
"""Scenarios compared with the duals at a time."""
NO_DUAL = 1e-11
"""Below this a dual is rounding."""


Dual = tuple[FloatArray, float, Any]
"""Duals of the rows, their constant, and the basis they belong to."""


@dataclass(frozen=True)
class Values:
    """What the second stages say at a point.

    ``values`` (n_scenarios,): cost of each, a lower value when remembered, its least violation where it has no
    recourse (``feasible`` (n_scenarios,) is False); ``duals`` (total number of rows,): of scenario after scenario.
    """

    values: FloatArray
    feasible: BoolArray
    duals: FloatArray


@dataclass(frozen=True)
class SecondStageSolutions:
    """What a fixed first stage costs in every scenario, and what is done under it.

    Attributes
    ----------
    costs : (n_scenarios,) array
        Total cost c x + Q_s(x), infinite where x has no recourse.
    y : tuple of (n_y,) arrays
        Second stage of every scenario, the point of least violation where x has no recourse.
    duals : tuple of (n_rows,) arrays
        Change of Q_s per unit of the active limit of a row; zeros where the second stage is integer.

    Examples
    --------
    >>> SecondStageSolutions(np.array([8.0]), (np.zeros(1),), (np.array([10.0]),)).costs.tolist()
    [8.0]
    """

    costs: FloatArray
    y: tuple[FloatArray, ...]
    duals: tuple[FloatArray, ...]


class SecondStages:
    """The second stages, kept in HiGHS between calls; ``executor`` solves chunks side by side."""

    def __init__(self, program: TwoStageProgram, executor: Executor | None = None) -> None:
        scenarios = program.scenarios
        self._executor = executor
        self._technology = stacked(scenarios, "technology")
        n_rows, _ = sizes(scenarios)
        self._place = np.concatenate([[0], np.cumsum(n_rows)])
        self._scenario_of_row = np.repeat(np.arange(len(scenarios)), n_rows)
        groups = with_one_matrix(scenarios)
        self._chunks = [
            _Chunk(program, own) for group in groups for own in np.array_split(group, min(CHUNKS, len(group)))
        ]
        shared = len(groups) == 1 and not program.has_integer_recourse and _fixed(scenarios)
        self._pool = _Duals(scenarios, self._technology) if shared else None
        self._bases: list[Any] = [None] * len(scenarios)

    def at(self, x: FloatArray) -> Values:
        """Solve every scenario at x."""
        chosen = self.results(x)
        feasible = np.array([result.feasible for result in chosen])
        duals = np.concatenate([result.duals for result in chosen])
        return Values(np.array([result.value for result in chosen]), feasible, duals)

    def results(self, x: FloatArray) -> list[Result]:
        """Solve every scenario at x; what each of them does."""
        shift = np.asarray(self._technology @ x)
        parts = np.split(shift, self._place[1:-1])
        run = map if self._executor is None else self._executor.map
        found: dict[int, Result] = {}
        for wave in self._waves():
            starts = self._starts(shift, wave)
            for results in run(partial(_solved, shifts=parts, starts=starts), self._chunks):
                found |= results
            if self._pool is not None:
                feasible = [found[s] for s in wave if found[s].feasible]
                self._pool.remember([(one.duals, one.constant, one.basis) for one in feasible])
        for scenario, result in found.items():
            self._bases[scenario] = result.basis
        return [found[s] for s in range(len(self._bases))]

    @property
    def remembers(self) -> bool:
        """Whether recourse is fixed: duals of one scenario hold for all."""
        return self._pool is not None

    def learn(self, other: SecondStages) -> None:
        """Remember the duals of other scenarios of the same fixed recourse."""
        if self._pool is not None and other._pool is not None:
            self._pool.remember(other._pool.all())

    def _waves(self) -> list[IntArray]:
        """Scenarios solved together; at first a sample whose duals start the others."""
        every = np.arange(len(self._bases))
        if self._pool is None or self._pool.known or len(every) < WAVE * CHUNKS:
            return [every]
        return [every[::WAVE], every[every % WAVE > 0]]

    def _starts(self, shift: FloatArray, wave: IntArray) -> dict[int, Any]:
        """The basis each scenario of a wave starts from: that of the best dual known for it, or its own last one."""
        if self._pool is None or not self._pool.known:
            return {int(s): self._bases[s] for s in wave}
        bases = self._pool.bases(shift.reshape(len(self._bases), -1))
        return {int(s): bases[s] for s in wave}

    def remembered(self, x: FloatArray) -> Values | None:
        """Lower values at x from the duals seen so far; None without fixed recourse."""
        if self._pool is None or not self._pool.known:
            return None
        values, duals = self._pool.best((self._technology @ x).reshape(len(self._place) - 1, -1))
        return Values(values, np.ones(len(values), dtype=np.bool_), duals.ravel())

    def gradients(self, found: Values, weights: FloatArray, group: IntArray, n_groups: int) -> csr_array:
        """Weighted sum of the subgradients per group (n_groups, n_x); ``weights``, ``group`` (n_scenarios,)."""
        own = self._scenario_of_row
        weighed = -found.duals * weights[own]
        rows = np.flatnonzero(weighed)
        shape = (n_groups, len(own))
        chosen = csr_array((weighed[rows], (group[own[rows]], rows)), shape=shape)
        return csr_array(chosen @ self._technology)


def _fixed(scenarios: Sequence[Recourse]) -> bool:
    """Whether costs, bounds and which sides rows have are those of the first scenario everywhere.

    Only then is a dual of one scenario feasible for all: a dual on a side that another scenario lacks is not.
    """
    vectors: tuple[VectorPart, ...] = ("cost", "lower", "upper")
    limits: tuple[VectorPart, ...] = ("row_lower", "row_upper")
    return all(alike(scenarios, name) for name in vectors) and all(
        alike(scenarios, name, sides=True) for name in limits
    )


@dataclass(frozen=True)
class Result:
    """One second stage; ``constant``: what costs at the bounds of y add to the value of its duals; ``basis`` of HiGHS,
    None without recourse."""

    value: float
    y: FloatArray
    duals: FloatArray
    constant: float
    feasible: bool
    basis: Any


class _Chunk:
    """Scenarios with one matrix, in one HiGHS model; and their least violation, made when first needed."""

    def __init__(self, program: TwoStageProgram, scenarios: IntArray) -> None:
        self._every, self._numbers = program.scenarios, scenarios.tolist()
        self._held = self._every[self._numbers[0]]
        plain = second_stage(program, self._held, np.zeros(len(program.first.cost)))
        self._plain = plain if len(plain.cost) else _with_idle_column(plain)
        self._session = HighsSession(self._plain)
        self._elastic: HighsSession | None = None
        self._rows, self._columns = np.arange(self._held.matrix.shape[0]), np.arange(len(self._held.cost))

    def solve(self, shifts: list[FloatArray], starts: dict[int, Any]) -> dict[int, Result]:
        """Solve those of its scenarios that have a start, one after the other; where that is None, from the last basis.

        ``shifts``: T x of every scenario of the program.
        """
        return {
            number: self._solve(self._every[number], shifts[number], starts[number])
            for number in self._numbers
            if number in starts
        }

    def _solve(self, scenario: Recourse, shift: FloatArray, start: Any) -> Result:
        """Value and duals; of the violation when there is no recourse."""
        held, self._held = self._held, scenario
        if not np.array_equal(scenario.cost, held.cost):
            self._session.change_costs(self._columns, scenario.cost)
        if not (np.array_equal(scenario.lower, held.lower) and np.array_equal(scenario.upper, held.upper)):
            self._session.change_bounds(self._columns, scenario.lower, scenario.upper)
        if start is not None:
            self._session.start_from(start)
        try:
            return self._run(self._session, scenario, shift, feasible=True)
        except InfeasibleError:
            if self._elastic is None:
                self._elastic = HighsSession(_elastic(self._plain))
            self._elastic.change_bounds(self._columns, scenario.lower, scenario.upper)
            return self._run(self._elastic, scenario, shift, feasible=False)

    def _run(self, session: HighsSession, scenario: Recourse, shift: FloatArray, *, feasible: bool) -> Result:
        if len(self._rows):
            session.change_rows(self._rows, scenario.row_lower - shift, scenario.row_upper - shift)
        solution = session.solve(name_conflict=False)
        constant = float(solution.reduced_costs @ solution.x)
        basis = session.basis() if feasible and scenario.integer is None else None
        y = solution.x[: len(self._columns)]
        return Result(solution.objective, y, solution.duals, constant, feasible, basis)


def _solved(chunk: _Chunk, shifts: list[FloatArray], starts: dict[int, Any]) -> dict[int, Result]:
    """What ``chunk.solve`` gives, as a function of the chunk."""
    return chunk.solve(shifts, starts)


class _Duals:
    """Duals of fixed recourse with their bases, and what each says of every scenario at x = 0."""

    def __init__(self, scenarios: Sequence[Recourse], technology: csr_array) -> None:
        sides: tuple[VectorPart, ...] = ("row_lower", "row_upper")
        low, high = (joined(scenarios, side).reshape(len(scenarios), -1) for side in sides)
        self._no_low, self._no_high = np.isinf(low).any(axis=0), np.isinf(high).any(axis=0)
        self._low, self._high = np.where(np.isinf(low), 0.0, low), np.where(np.isinf(high), 0.0, high)
        self._linked = np.unique(np.flatnonzero(np.diff(technology.indptr)) % low.shape[1])
        """Rows that x enters, in one scenario at least."""
        fewest = min(FEWEST_DUALS, MOST_KEPT // len(scenarios))
        self._most = min(MOST_DUALS, max(MOST_TOLD // len(scenarios), fewest))
        self._place: dict[bytes, int] = {}
        self._duals, self._constants = np.empty((0, low.shape[1])), np.empty(0)
        self._bases: list[Any] = []
        self._fixed = np.empty((0, len(scenarios)))
        self._asked: tuple[FloatArray, FloatArray, IntArray] | None = None

    @property
    def known(self) -> bool:
        """Whether any has been seen."""
        return bool(self._place)

    def all(self) -> list[Dual]:
        """Everything remembered."""
        return list(zip(self._duals, self._constants.tolist(), self._bases, strict=True))

    def remember(self, results: list[Dual]) -> None:
        """Keep those not seen before, the latest of them."""
        new: dict[bytes, Dual] = {}
        for found, constant, basis in results:
            duals = np.where(np.abs(found) < NO_DUAL, 0.0, found)
            # a row without a side has no dual there; rounding must not give it one
            duals[(self._no_low & (duals > 0)) | (self._no_high & (duals < 0))] = 0.0
            key = np.round(duals, 9).tobytes()
            if key not in self._place:
                new[key] = (duals, constant, basis)
        if not new:
            return
        self._asked = None
        more = np.array([duals for duals, _, _ in new.values()])
        constants = np.array([constant for _, constant, _ in new.values()])
        fixed = np.maximum(more, 0.0) @ self._low.T + np.minimum(more, 0.0) @ self._high.T + constants[:, None]
        self._duals = np.concatenate([self._duals, more])[-self._most :]
        self._constants = np.concatenate([self._constants, constants])[-self._most :]
        self._fixed = np.concatenate([self._fixed, fixed])[-self._most :]
        self._bases = [*self._bases, *(basis for _, _, basis in new.values())][-self._most :]
        keys = [*self._place, *new][-self._most :]
        self._place = {key: i for i, key in enumerate(keys)}

    def best(self, shift: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Largest dual value (n_scenarios,) and its duals (n_scenarios, n_rows); ``shift`` (n_scenarios, n_rows)."""
        values, chosen = self._best(shift)
        return values, self._duals[chosen]

    def bases(self, shift: FloatArray) -> list[Any]:
        """The basis of the best dual of every scenario."""
        return [self._bases[i] for i in self._best(shift)[1]]

    def _best(self, shift: FloatArray) -> tuple[FloatArray, IntArray]:
        """Largest dual value and its place; asked twice at one point, it remembers."""
        if self._asked is not None and np.array_equal(self._asked[0], shift):
            return self._asked[1:]
        linked, values, chosen = self._duals[:, self._linked], np.empty(len(shift)), np.empty(len(shift), np.int64)
        for begin in range(0, len(shift), BLOCK):
            own = slice(begin, begin + BLOCK)
            values_of_duals = linked @ shift[own][:, self._linked].T
            np.subtract(self._fixed[:, own], values_of_duals, out=values_of_duals)
            chosen[own] = values_of_duals.argmax(axis=0)
            values[own] = values_of_duals[chosen[own], np.arange(values_of_duals.shape[1])]
        self._asked = (shift, values, chosen)
        return values, chosen


def _with_idle_column(program: LinearProgram) -> LinearProgram:
    """Rows without columns, which HiGHS does not solve, with one that is nothing."""
    nothing, n_rows = np.zeros(1), len(program.row_names)
    return LinearProgram(
        nothing, nothing, nothing, csr_array((n_rows, 1)), program.row_lower, program.row_upper, ("idle",), program.row_names
    )  # fmt: skip


def _elastic(program: LinearProgram) -> LinearProgram:
    """Least sum of violations of the rows: one slack up and one down for each."""
    n_rows, n = program.matrix.shape
    unit = csr_array(np.eye(n_rows))
    return LinearProgram(
        np.concatenate([np.zeros(n), np.ones(2 * n_rows)]),
        np.concatenate([program.lower, np.zeros(2 * n_rows)]),
        np.concatenate([program.upper, np.full(2 * n_rows, INFINITY)]),
        csr_array(hstack([program.matrix, unit, -unit])),
        program.row_lower,
        program.row_upper,
        (*program.column_names, *(f"up[{k}]" for k in range(n_rows)), *(f"down[{k}]" for k in range(n_rows))),
        program.row_names,
    )
