"""One Pyomo model with scenario data -> arrays for all scenarios.

Scenario data stand in the model as placeholder variables. The model is compiled once, with those as parameters, so
every coefficient, cost and right-hand side becomes an affine function of the data; the arrays of all scenarios are
then sparse products, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.two_stage import Recourse, TwoStageProgram
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

EXACT = 1e-12
"""Relative difference the self-check allows: the order of adding, nothing more."""


class TemplateError(ValueError):
    """A model that cannot be a template; the message names the component, the rule and the remedy."""


@dataclass(frozen=True)
class _Affine:
    """Many affine functions of the data: ``constant`` (k,) + ``slope`` (k, n_data) data."""

    constant: FloatArray
    slope: csr_array

    def at(self, data: FloatArray) -> FloatArray:
        """Values at every scenario; (n_scenarios, k)."""
        return np.asarray(self.constant + (self.slope @ data.T).T)

    @property
    def depends(self) -> BoolArray:
        """Which of them depend on the data at all."""
        return np.asarray(np.diff(self.slope.indptr) > 0)


@dataclass(frozen=True)
class _Entries:
    """Entries of a sparse matrix: rows, columns and values."""

    row: IntArray
    column: IntArray
    value: _Affine

    def chosen(self, keep: BoolArray) -> _Entries:
        """Some of the entries."""
        value = _Affine(self.value.constant[keep], csr_array(self.value.slope[np.flatnonzero(keep)]))
        return _Entries(self.row[keep], self.column[keep], value)


class ScenarioTemplate:
    """A compiled model; make it with ``from_pyomo``.

    ``data_names``: order of the columns of ``data`` in ``instantiate``.
    """

    def __init__(
        self,
        data_names: tuple[str, ...],
        first: LinearProgram,
        second: dict[str, Any],
        technology: _Entries,
        matrix: _Entries,
        model: Any,
        data_variables: Sequence[Any],
    ) -> None:
        self.data_names = data_names
        self._first, self._second = first, second
        self._technology, self._matrix = technology, matrix
        self._model, self._data_variables = model, tuple(data_variables)

    @classmethod
    def from_pyomo(cls, model: Any, scenario_data: Iterable[Any], first_stage: Iterable[Any]) -> ScenarioTemplate:
        """Compile a model once.

        Parameters
        ----------
        model : ConcreteModel
            One scenario, both stages; minimised.
        scenario_data : variables
            Placeholders for the data of a scenario; indexed variables count for all their members.
        first_stage : variables
            Decided before the scenario is known.

        Raises
        ------
        TemplateError
            A coefficient, cost or right-hand side that is not affine in the data; data in the cost of a first-stage
            variable; a maximisation; a placeholder that is also a decision.
        """
        from bekostiging_solvers._pyomo_template import compile_template

        return compile_template(cls, model, scenario_data, first_stage)

    def instantiate(
        self, data: ArrayLike | Mapping[str, ArrayLike], probabilities: ArrayLike | None = None
    ) -> TwoStageProgram:
        """Arrays of all scenarios.

        ``data`` (n_scenarios, n_data) in the order of ``data_names``, or a mapping from those names to (n_scenarios,);
        equally likely when ``probabilities`` is left out.

        Raises
        ------
        ValueError
            Data that do not fit the names, or are not finite.
        """
        values = self._data(data)
        n = len(values)
        p = np.full(n, 1 / n) if probabilities is None else np.asarray(probabilities, dtype=np.float64)
        second = self._second
        cost, low, high = (second[name].at(values) for name in ("cost", "row_lower", "row_upper"))
        n_rows, n_y, n_x = low.shape[1], cost.shape[1], len(self._first.cost)
        technology = _matrices(self._technology, values, (n_rows, n_x))
        matrix = _matrices(self._matrix, values, (n_rows, n_y))
        scenarios = tuple(
            Recourse(
                cost[s], second["lower"], second["upper"], matrix[s], technology[s],
                np.where(second["no_lower"], -INFINITY, low[s]), np.where(second["no_upper"], INFINITY, high[s]),
                second["integer"],
            )
            for s in range(n)
        )  # fmt: skip
        return TwoStageProgram(self._first, scenarios, p, second["column_names"], second["row_names"])

    def check(self, data: ArrayLike | Mapping[str, ArrayLike]) -> None:
        """Compile these scenarios the ordinary way, data fixed, and compare every entry.

        Raises
        ------
        TemplateError
            An entry that differs, by name.
        """
        from bekostiging_solvers._pyomo_template import ordinary_entries

        values = self._data(data)
        program = self.instantiate(values)
        for s, row in enumerate(values):
            expected = ordinary_entries(self._model, self._data_variables, row)
            ours = _named_entries(program, s)
            for name in expected.keys() | ours.keys():
                here, there = ours.get(name, 0.0), expected.get(name, 0.0)
                if abs(here - there) > EXACT * max(1.0, abs(there)):
                    raise TemplateError(
                        f"scenario {s}, {name}: the template gives {here}, the model itself {there}"
                    )

    def _data(self, data: ArrayLike | Mapping[str, ArrayLike]) -> FloatArray:
        """Checked data; (n_scenarios, n_data)."""
        if isinstance(data, Mapping):
            missing = set(self.data_names) ^ set(data)
            if missing:
                raise ValueError(f"data and names differ in {', '.join(sorted(missing))}; give every name once")
            data = np.column_stack([np.asarray(data[name], dtype=np.float64) for name in self.data_names])
        values = np.asarray(data, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self.data_names) or len(values) == 0:
            raise ValueError(f"data have shape {values.shape}, asked is (n_scenarios, {len(self.data_names)})")
        if not np.isfinite(values).all():
            raise ValueError(
                "data must be finite; write a bound that may be absent as a constraint with a large number"
            )
        return values


def _matrices(entries: _Entries, data: FloatArray, shape: tuple[int, int]) -> list[csr_array]:
    """The matrix of every scenario; one object for all when no entry depends on the data."""
    order = np.lexsort((entries.column, entries.row))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(entries.row, minlength=shape[0]))]).astype(np.int32)
    indices = entries.column[order].astype(np.int32)
    if not entries.value.depends.any():
        same = csr_array((entries.value.constant[order], indices, indptr), shape=shape)
        return [same] * len(data)
    values = entries.value.at(data)[:, order]
    return [csr_array((row, indices, indptr), shape=shape) for row in values]


def _named_entries(program: TwoStageProgram, scenario: int) -> dict[str, float]:
    """Everything of one scenario by name: cost[column], [row, column], lower[row], upper[row]."""
    first, second = program.first, program.scenarios[scenario]
    x, y, rows = first.column_names, program.column_names, program.row_names
    found = {f"cost[{name}]": float(value) for name, value in zip(x, first.cost, strict=True)}
    found |= {f"cost[{name}]": float(value) for name, value in zip(y, second.cost, strict=True)}
    for matrix, own_rows, columns in (
        (first.matrix, first.row_names, x),
        (second.technology, rows, x),
        (second.matrix, rows, y),
    ):
        entries = matrix.tocoo()
        for row, column, value in zip(*entries.coords, entries.data, strict=True):
            found[f"[{own_rows[row]}, {columns[column]}]"] = float(value)
    for low, high, own_rows in (
        (first.row_lower, first.row_upper, first.row_names),
        (second.row_lower, second.row_upper, rows),
    ):
        for name, limit in zip(own_rows, low, strict=True):
            if np.isfinite(limit):
                found[f"lower[{name}]"] = float(limit)
        for name, limit in zip(own_rows, high, strict=True):
            if np.isfinite(limit):
                found[f"upper[{name}]"] = float(limit)
    return {name: value for name, value in found.items() if value != 0}
