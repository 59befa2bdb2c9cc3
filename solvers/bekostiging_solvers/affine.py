"""Affine functions of scenario data: what a compiled model and the arrays of its scenarios have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


class TemplateError(ValueError):
    """A model that cannot be a template; the message names the component, the rule and the remedy.

    Raised by ``ScenarioTemplate.from_pyomo`` and ``ScenarioTemplate.check``.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> from bekostiging_solvers import ScenarioTemplate
    >>> model = pyo.ConcreteModel()
    >>> model.x = pyo.Var(bounds=(0, 10))
    >>> model.demand = pyo.Var()
    >>> model.profit = pyo.Objective(expr=model.x, sense=pyo.maximize)
    >>> ScenarioTemplate.from_pyomo(model, scenario_data=[model.demand], first_stage=[model.x])
    Traceback (most recent call last):
    bekostiging_solvers.affine.TemplateError: objective profit is maximised; minimise its negative
    """


@dataclass(frozen=True)
class Affine:
    """Many affine functions of the data: ``constant`` (k,) + ``slope`` (k, n_data) @ data."""

    constant: FloatArray
    slope: csr_array

    def at(self, data: FloatArray) -> FloatArray:
        """Values at the data (n_scenarios, n_data) of every scenario; (n_scenarios, k)."""
        return np.asarray(self.constant + (self.slope @ data.T).T)

    @property
    def depends(self) -> BoolArray:
        """Which of the functions depend on the data at all; (k,)."""
        return np.asarray(np.diff(self.slope.indptr) > 0)


@dataclass(frozen=True)
class AffineMatrix:
    """Nonzero entries of a sparse matrix: ``row``, ``column`` (k,) and their values as functions of the data."""

    row: IntArray
    column: IntArray
    value: Affine

    def chosen(self, keep: BoolArray) -> AffineMatrix:
        """The entries where ``keep`` (k,) is true."""
        value = Affine(self.value.constant[keep], csr_array(self.value.slope[np.flatnonzero(keep)]))
        return AffineMatrix(self.row[keep], self.column[keep], value)

    def at(self, data: FloatArray, shape: tuple[int, int]) -> list[csr_array]:
        """The matrix of every scenario; one object for all when no entry depends on the data (n_scenarios, n_data)."""
        order = np.lexsort((self.column, self.row))
        indptr = np.concatenate([[0], np.cumsum(np.bincount(self.row, minlength=shape[0]))]).astype(np.int32)
        indices = self.column[order].astype(np.int32)
        if not self.value.depends.any():
            constant = csr_array((self.value.constant[order], indices, indptr), shape=shape)
            return [constant] * len(data)
        values = self.value.at(data)[:, order]
        return [csr_array((row, indices, indptr), shape=shape) for row in values]


@dataclass(frozen=True)
class SecondStageForm:
    """Second stage with its data open: affine ``cost`` and row limits, and what all scenarios have in common.

    ``row_limit`` is the right-hand side of every row, which has no lower limit where ``no_lower`` and no upper limit
    where ``no_upper``; ``technology`` are the entries in columns of the first stage, ``matrix`` those in its own.
    """

    cost: Affine
    lower: FloatArray
    upper: FloatArray
    integer: BoolArray | None
    row_limit: Affine
    no_lower: BoolArray
    no_upper: BoolArray
    technology: AffineMatrix
    matrix: AffineMatrix
    column_names: tuple[str, ...]
    row_names: tuple[str, ...]


@dataclass(frozen=True)
class CompiledModel:
    """Both stages of a model whose scenario data, ``data_names`` in order, are still open."""

    data_names: tuple[str, ...]
    first: LinearProgram
    second: SecondStageForm
