"""The program of the bands around a point, kept in HiGHS: bands only grow, so every run starts where the last one ended.

It is the dual that HiGHS solves. Columns: a multiplier per row side and per bound of x, and the weight of every scenario
of a band. Rows: stationarity per column of x, and per tail that its weights add up. What moves from step to step is the
box (costs of its multipliers), who is inside a tail (right-hand sides) and who joins a band (columns).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_array, csr_array

from bekostiging_solvers.bands import Band
from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray
from bekostiging_solvers.warm_start import BASIC, basis_at, places_of

NO_MULTIPLIER = 1e-9
"""Below this a multiplier is zero: the dual feasibility HiGHS works with."""
OPTIONS = {"presolve": "off"}
"""Of HiGHS: a program that starts from a basis is not presolved."""


@dataclass(frozen=True)
class Step:
    """Optimum of one band program in a box: its point, value and thresholds; ``bound`` holds without the box.

    ``multipliers``: of the program's columns; ``inside``: who was inside every tail.
    """

    x: FloatArray
    value: float
    bound: float
    at_box: bool
    thresholds: FloatArray
    multipliers: FloatArray
    inside: tuple[BoolArray, ...]


@dataclass(frozen=True)
class Basis:
    """Where a sample ended: places of multipliers and rows, and per tail the scenarios that are basic."""

    multipliers: IntArray
    rows: IntArray
    scenarios: tuple[IntArray, ...]

    def of_sample(self, times: int) -> Basis:
        """In a sample with so many times as many scenarios."""
        return Basis(self.multipliers, self.rows, tuple(own * times for own in self.scenarios))

    def places(self, bands: Sequence[tuple[Band, FloatArray, float]]) -> IntArray:
        """Where the columns of a program with these bands stand, given losses and value at risk; (n_columns,)."""
        own = [
            band.places(losses, threshold, basic)
            for (band, losses, threshold), basic in zip(bands, self.scenarios, strict=True)
        ]
        return np.concatenate([self.multipliers, *own])


class BandProgram:
    """The band program of some tails, solved in one box after the other.

    ``start``: the places of the first columns and of the rows in the basis to begin with.
    """

    def __init__(
        self,
        program: LinearProgram,
        bands: Sequence[Band],
        start: tuple[IntArray, IntArray] | None = None,
    ) -> None:
        self._program, self._bands, self._start = program, bands, start
        self._n = len(program.cost)
        self._below = np.flatnonzero(np.isfinite(program.row_lower))
        self._above = np.flatnonzero(np.isfinite(program.row_upper) & (program.row_upper != program.row_lower))
        self._rows = len(self._below) + len(self._above)
        self._n_columns = self._rows + 2 * self._n
        # the columns of every band's scenarios, in the order in which they joined
        self._columns = [np.zeros(0, dtype=np.int64) for _ in bands]
        self._session: HighsSession | None = None

    def step(self, centre: FloatArray, radius: FloatArray) -> Step:
        """Solve it in the box around a point and read the next point from the row duals.

        Raises
        ------
        SolverError
            HiGHS finds no optimum.
        """
        program = self._program
        lower, upper = np.maximum(program.lower, centre - radius), np.minimum(program.upper, centre + radius)
        certain = [band.certain(self._n) for band in self._bands]
        bands = list(zip(self._bands, certain, strict=True))
        demand = program.cost + sum(band.weight * rows for band, (rows, _, _) in bands)
        left = [band.weight * max(0.0, 1.0 - mass) for band, (_, _, mass) in bands]
        session = self._prepared(np.concatenate([lower, -upper]), np.concatenate([demand, left]))
        solution = session.solve(name_conflict=False)
        multipliers = solution.x
        value = sum(band.weight * constant for band, (_, constant, _) in bands) - solution.objective
        # what the box added to the value, at the price the box has
        of_box = multipliers[self._rows : self._rows + 2 * self._n]
        given = _moved_value(of_box[: self._n], lower, program.lower)
        given += _moved_value(of_box[self._n :], program.upper, upper)
        x = np.clip(-solution.duals[: self._n], lower, upper)
        inside = tuple(band.inside for band in self._bands)
        return Step(x, value, value - given, given > 0, -solution.duals[self._n :], multipliers, inside)

    def certificate(self, step: Step) -> tuple[FloatArray, tuple[FloatArray, ...]]:
        """What proves the bound of a step: duals (n_rows,) of the program, weights (n_scenarios,) of every tail."""
        n_below, multipliers = len(self._below), step.multipliers
        duals = np.zeros(len(self._program.row_lower))
        duals[self._below] += multipliers[:n_below]
        duals[self._above] -= multipliers[n_below : self._rows]
        weights = []
        for band, columns, inside in zip(self._bands, self._columns, step.inside, strict=True):
            known = columns[columns < len(multipliers)]
            weights.append(band.weights(inside, multipliers[known]))
        return duals, tuple(weights)

    def basis(self) -> Basis:
        """Where the last run ended.

        Raises
        ------
        RuntimeError
            There was none.
        """
        if self._session is None:
            raise RuntimeError("a band program has a basis after its first step")
        columns, rows = places_of(self._session.basis())
        scenarios = [
            band.scenarios[: len(own)][columns[own] == BASIC]
            for band, own in zip(self._bands, self._columns, strict=True)
        ]
        return Basis(columns[: self._rows + 2 * self._n], rows, tuple(scenarios))

    def _prepared(self, box: FloatArray, right: FloatArray) -> HighsSession:
        """The session with this box and these right-hand sides, and with everybody who joined a band."""
        kept, box = np.isfinite(box), np.where(np.isfinite(box), box, 0.0)
        if self._session is None:
            self._session = self._opened(box, kept, right)
            return self._session
        places = np.arange(self._rows, self._rows + 2 * self._n)
        self._session.change_costs(places, -box)
        self._session.change_rows(np.arange(len(right)), right, right)
        for place, band in enumerate(self._bands):
            new = self._joined(place)
            if len(new):
                weights = band.limits(new)
                columns = _csc([self._coefficients(place, new)], len(right))
                self._session.add_columns(-band.constants(new), np.zeros(len(new)), weights, columns)
        return self._session

    def _opened(self, box: FloatArray, kept: BoolArray, right: FloatArray) -> HighsSession:
        """The first session; a side of the box that is nowhere has no multiplier."""
        program = self._program
        below, above, unit = program.matrix[self._below], program.matrix[self._above], np.ones(self._n)
        sides = [
            _Columns(np.diff(below.indptr), below.indices.astype(np.int64), below.data),
            _Columns(np.diff(above.indptr), above.indices.astype(np.int64), -above.data),
            _Columns(np.ones(self._n, dtype=np.int64), np.arange(self._n), unit),
            _Columns(np.ones(self._n, dtype=np.int64), np.arange(self._n), -unit),
        ]
        lower = np.zeros(self._rows + 2 * self._n)
        lower[np.flatnonzero(program.row_lower[self._below] == program.row_upper[self._below])] = -INFINITY
        upper = np.concatenate([np.full(self._rows, INFINITY), np.where(kept, INFINITY, 0.0)])
        gain = [program.row_lower[self._below], -program.row_upper[self._above], box]
        joined = [(place, band, self._joined(place)) for place, band in enumerate(self._bands)]
        limits = [band.limits(new) for _, band, new in joined]
        dual = LinearProgram(
            cost=-np.concatenate([*gain, *(band.constants(new) for _, band, new in joined)]),
            lower=np.concatenate([lower, *(np.zeros(len(own)) for own in limits)]),
            upper=np.concatenate([upper, *limits]),
            matrix=csr_array(
                _csc([*sides, *(self._coefficients(place, new) for place, _, new in joined)], len(right))
            ),
            row_lower=right,
            row_upper=right,
            column_names=("",) * self._n_columns,
            row_names=("",) * len(right),
        )
        session = HighsSession(dual, options=OPTIONS, stoppable=False)
        if self._start is not None:
            session.start_from(basis_at(*self._start))
        return session

    def _joined(self, place: int) -> IntArray:
        """Scenarios that joined a band since the last step; they get the next columns."""
        new = self._bands[place].scenarios[len(self._columns[place]) :]
        columns = np.arange(self._n_columns, self._n_columns + len(new))
        self._columns[place] = np.concatenate([self._columns[place], columns])
        self._n_columns += len(new)
        return new

    def _coefficients(self, place: int, scenarios: IntArray) -> _Columns:
        """A column per scenario: minus its coefficients, and one in the row of its tail."""
        columns, rows = self._bands[place].rows(self._n, scenarios)
        m, k = rows.shape
        data, index = np.ones((m, k + 1)), np.append(columns, self._n + place)
        np.negative(rows, out=data[:, :k])
        return _Columns(np.full(m, k + 1), np.tile(index, m), data.ravel())


class _Columns(NamedTuple):
    """Some columns of a matrix: how many entries each has, and their rows and values."""

    sizes: IntArray
    rows: IntArray
    values: FloatArray


def _csc(parts: Sequence[_Columns], n_rows: int) -> csc_array:
    """Columns beside each other; by hand, for in a run of milliseconds stacking sparse arrays takes a third."""
    sizes = np.concatenate([part.sizes for part in parts])
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
    rows = np.concatenate([part.rows for part in parts])
    return csc_array((np.concatenate([part.values for part in parts]), rows, starts), shape=(n_rows, len(sizes)))


def _moved_value(multipliers: FloatArray, high: FloatArray, low: FloatArray) -> float:
    """Multipliers times the distance the box moved a bound; infinite where there was none and the box holds."""
    held = multipliers > NO_MULTIPLIER
    return float(multipliers[held] @ (high[held] - low[held]))
