"""One Pyomo model with scenario data -> arrays for all scenarios.

Scenario data stand in the model as placeholder variables. The model is compiled once, with those as parameters, so
every coefficient, cost and right-hand side becomes an affine function of the data; the arrays of all scenarios are
then sparse products, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bekostiging_solvers.affine import CompiledModel, TemplateError
from bekostiging_solvers.linear_program import INFINITY
from bekostiging_solvers.scenarios import Recourse
from bekostiging_solvers.two_stage import TwoStageProgram
from bekostiging_solvers.typing import FloatArray

EXACT = 1e-12
"""Relative difference the self-check allows: the order of adding, nothing more."""


class ScenarioTemplate:
    """A Pyomo model of one scenario, compiled once, that gives the arrays of any number of scenarios.

    Made by ``from_pyomo``; ``data_names`` is the order of the columns of ``data`` in ``instantiate``.

    Examples
    --------
    A newsvendor buys ``x`` at 2 before demand is known, and the rest at 10 once it is:

    >>> import pyomo.environ as pyo
    >>> from bekostiging_solvers import ScenarioTemplate, solve_recourse
    >>> model = pyo.ConcreteModel()
    >>> model.x, model.late = pyo.Var(bounds=(0, None)), pyo.Var(bounds=(0, None))
    >>> model.demand = pyo.Var()
    >>> model.sold = pyo.Constraint(expr=model.x + model.late >= model.demand)
    >>> model.cost = pyo.Objective(expr=2 * model.x + 10 * model.late)
    >>> template = ScenarioTemplate.from_pyomo(model, scenario_data=[model.demand], first_stage=[model.x])
    >>> template.data_names
    ('demand',)
    >>> template.check([[4.0], [8.0]])
    >>> solution = solve_recourse(template.instantiate([[4.0], [8.0]]))
    >>> float(solution.x[0]), solution.objective
    (8.0, 16.0)
    """

    def __init__(self, compiled: CompiledModel, model: Any, data_variables: Sequence[Any]) -> None:
        self.data_names = compiled.data_names
        self._first, self._second = compiled.first, compiled.second
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
            Decided before the scenario is known. A decision that is fixed stays so.

        Raises
        ------
        TemplateError
            A coefficient, cost or right-hand side that is not affine in the data; data in the cost of a first-stage
            variable; a maximisation, no objective or more than one; a placeholder that is also a decision; something that is
            no variable.
        """
        # Pyomo is imported where it is used: it takes longer than all the rest of this package
        from bekostiging_solvers.pyomo_form import compile_model, members

        data = members(scenario_data, "scenario_data")
        return cls(compile_model(model, data, members(first_stage, "first_stage")), model, data)

    def instantiate(
        self, data: ArrayLike | Mapping[str, ArrayLike], probabilities: ArrayLike | None = None
    ) -> TwoStageProgram:
        """Arrays of all scenarios.

        Parameters
        ----------
        data : (n_scenarios, n_data) or mapping
            Columns in the order of ``data_names``, or a mapping or data frame from those names to (n_scenarios,).
        probabilities : (n_scenarios,), optional
            They add up to one; equally likely when left out.

        Returns
        -------
        TwoStageProgram
            Its second stage has one column more than the model, ``constant``, fixed at one, whose cost is the constant of
            the objective.

        Raises
        ------
        ValueError
            Data that do not fit the names, or are not finite.
        """
        values = self._data(data)
        n = len(values)
        p = np.full(n, 1 / n) if probabilities is None else np.asarray(probabilities, dtype=np.float64)
        second = self._second
        cost, limit = second.cost.at(values), second.row_limit.at(values)
        n_rows, n_y, n_x = limit.shape[1], cost.shape[1], len(self._first.cost)
        technology = second.technology.at(values, (n_rows, n_x))
        matrix = second.matrix.at(values, (n_rows, n_y))
        scenarios = tuple(
            Recourse(
                cost[s], second.lower, second.upper, matrix[s], technology[s],
                np.where(second.no_lower, -INFINITY, limit[s]), np.where(second.no_upper, INFINITY, limit[s]),
                second.integer,
            )
            for s in range(n)
        )  # fmt: skip
        return TwoStageProgram(self._first, scenarios, p, second.column_names, second.row_names)

    def check(self, data: ArrayLike | Mapping[str, ArrayLike]) -> None:
        """Compile these scenarios the ordinary way, data fixed, and compare every entry.

        Parameters
        ----------
        data : (n_scenarios, n_data) or mapping
            As in ``instantiate``; a few scenarios do, since each is compiled by Pyomo.

        Raises
        ------
        TemplateError
            An entry that differs, by name.
        """
        from bekostiging_solvers.pyomo_form import ordinary_entries

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
        columns = getattr(data, "columns", None)
        if columns is not None and np.asarray(columns).dtype.kind not in "iu":
            # a data frame with names is read by name, whatever the order of its columns
            data = {str(name): np.asarray(data)[:, place] for place, name in enumerate(columns)}
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
