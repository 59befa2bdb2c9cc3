"""A program with tails in units of its own, where its numbers are too far from one for the solver's tolerances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from bekostiging_solvers.equilibration import LARGE, Units, is_ordinary, units_of
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.losses import (
    CVaRLimit,
    CVaRTerm,
    LinearLoss,
    PositivePartLoss,
    RunningMaxLoss,
    ScenarioLoss,
)
from bekostiging_solvers.typing import FloatArray

LOOKED_AT = 1000
"""Scenarios from which the size of a loss is taken."""
LEAST_OBJECTIVE = 0.01
"""The objective's own unit from which reduced costs of 1e-9 are small beside it."""
OF_OBJECTIVE = 1 / 32
"""Part of the objective's own unit below which an objective counts as what is left of larger parts that cancel."""


@dataclass(frozen=True)
class TailUnits:
    """Units of a program and, per tail, of its loss; ``ordinary``: one is a fair unit of everything."""

    program: Units
    tails: FloatArray
    ordinary: bool

    @property
    def least(self) -> float:
        """What a gap is relative to at least, in the units of the search."""
        return OF_OBJECTIVE * (min(1.0, self.program.objective) if self.ordinary else 1.0)

    def term(self, term: CVaRTerm, place: int) -> CVaRTerm:
        """A term of the objective in these units."""
        unit = float(self.tails[place])
        loss = _scaled(term.loss, self.program.columns, unit)
        return replace(term, loss=loss, weight=term.weight * unit / self.program.objective)

    def limit(self, limit: CVaRLimit, place: int) -> CVaRLimit:
        """A limit in these units."""
        unit, columns = float(self.tails[place]), self.program.columns
        return replace(
            limit,
            loss=_scaled(limit.loss, columns, unit),
            coefficients=limit.coefficients * columns / unit,
            limit=limit.limit / unit,
        )


@dataclass(frozen=True)
class ScaledLoss:
    """A loss of one's own, of x = ``columns`` z and divided by ``unit``."""

    loss: ScenarioLoss
    columns: FloatArray
    unit: float

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x."""
        return np.asarray(self.loss.evaluate(x * self.columns) / self.unit)

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """The loss's own subgradient in these units."""
        return np.asarray(self.loss.subgradient(x * self.columns, weights) * self.columns / self.unit)


def tail_units(
    program: LinearProgram, terms: Sequence[CVaRTerm], limits: Sequence[CVaRLimit], start: FloatArray
) -> TailUnits:
    """Units in which the numbers of a program are of the order of one."""
    n, m = len(program.cost), len(program.row_lower)
    tails: list[CVaRTerm | CVaRLimit] = [*terms, *limits]
    found = [_sizes(tail.loss, start) for tail in tails]
    sizes = np.array([size for size, _ in found]).reshape(len(found), n)
    for place, limit in enumerate(limits, len(terms)):
        sizes[place] = np.maximum(sizes[place], np.abs(limit.coefficients))
    sides = np.array([constant for _, constant in found])
    caps = np.array([limit.limit for limit in limits])
    sides[len(terms) :] = np.maximum(sides[len(terms) :], np.abs(caps))
    weights = np.array([term.weight for term in terms])
    units = units_of(
        csr_array(vstack([program.matrix, csr_array(sizes)])),
        program.cost,
        (program.lower, program.upper),
        (np.append(program.row_lower, sides), np.append(program.row_upper, sides)),
        program.integer,
    )
    of_tails = units.rows[m:]
    parts = np.concatenate([np.abs(program.cost) * units.columns, weights * of_tails[: len(terms)]])
    largest = float(parts.max(initial=0.0))
    objective = 2.0 ** float(np.round(np.log2(largest))) if largest > 0 else 1.0
    ordinary = is_ordinary(units.columns, units.rows) and LEAST_OBJECTIVE <= objective <= LARGE
    return TailUnits(Units(units.columns, units.rows[:m], objective), of_tails, ordinary)


def _scaled(loss: ScenarioLoss, columns: FloatArray, unit: float) -> ScenarioLoss:
    """A loss of x = columns z divided by the unit; of the known kinds a copy, so that they stay known."""
    match loss:
        case LinearLoss():
            constant = None if loss.constant is None else loss.constant / unit
            return LinearLoss(_times(loss, columns / unit), constant, loss.columns)
        case RunningMaxLoss():
            return RunningMaxLoss(_times(loss, columns / unit), loss.constant / unit, loss.columns)
        case PositivePartLoss():
            return PositivePartLoss(tuple(_scaled(part, columns, unit) for part in loss.parts))
        case _:
            return ScaledLoss(loss, columns, unit)


def _times(loss: LinearLoss | RunningMaxLoss, columns: FloatArray) -> NDArray[Any]:
    """The matrix of a loss with its columns multiplied, in its own precision: powers of two round nothing."""
    own = columns if loss.columns is None else columns[loss.columns]
    return (loss.matrix * own).astype(loss.matrix.dtype, copy=False)


def _sizes(loss: ScenarioLoss, x: FloatArray) -> tuple[FloatArray, float]:
    """What a unit of every column adds to a loss, (n_columns,), and its constant, from some scenarios."""
    sizes = np.zeros(len(x))
    match loss:
        case LinearLoss() | RunningMaxLoss():
            step = max(1, len(loss.matrix) // LOOKED_AT)
            own = np.abs(loss.matrix[::step]).reshape(-1, loss.matrix.shape[-1]).max(axis=0, initial=0.0)
            np.maximum.at(sizes, np.arange(len(x)) if loss.columns is None else loss.columns, own)
            constant = 0.0 if loss.constant is None else float(np.abs(loss.constant[::step]).max(initial=0.0))
            return sizes, constant
        case PositivePartLoss():
            found = [_sizes(part, x) for part in loss.parts]
            of_parts = np.array([own for own, _ in found]).reshape(len(found), len(x))
            return of_parts.max(axis=0, initial=0.0), max((constant for _, constant in found), default=0.0)
        case _:
            losses = np.asarray(loss.evaluate(x))
            n = max(1, len(losses))
            return np.abs(loss.subgradient(x, np.full(n, 1 / n))), float(np.abs(losses).max(initial=0.0))
