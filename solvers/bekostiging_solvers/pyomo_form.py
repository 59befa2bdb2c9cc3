"""A Pyomo model as arrays: with its scenario data as parameters, or the ordinary way for the self-check of a template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyomo.common.errors import PyomoException
from pyomo.core import Objective, maximize, value
from pyomo.repn.plugins.parameterized_standard_form import ParameterizedLinearStandardFormCompiler
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from pyomo.repn.standard_repn import generate_standard_repn
from scipy.sparse import csr_array

from bekostiging_solvers.affine import Affine, AffineMatrix, CompiledModel, SecondStageForm, TemplateError
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

SIDE = {1: "upper", -1: "lower", 0: "equal"}
ALWAYS_ONE = "constant"
"""A second-stage column fixed at one that carries the constant of the objective."""


@dataclass
class _StandardForm:
    """Pyomo's arrays, with rows named by constraint and side."""

    columns: list[Any]
    row_names: list[str]
    row_kind: IntArray
    row: IntArray
    column: IntArray
    entry: list[Any]
    right: list[Any]
    cost: dict[int, Any]
    constant: Any


def members(variables: Iterable[Any]) -> list[Any]:
    """Members of variables, indexed or not, in order."""
    found: list[Any] = []
    for variable in variables:
        found.extend(variable.values() if hasattr(variable, "values") and variable.is_indexed() else [variable])
    return found


def compile_model(model: Any, data: Sequence[Any], first: Sequence[Any]) -> CompiledModel:
    """Compile a model with the variables ``data`` as parameters and ``first`` as its first stage.

    Raises
    ------
    TemplateError
        As ``ScenarioTemplate.from_pyomo``.
    """
    both = {id(one) for one in data} & {id(one) for one in first}
    if both:
        name = next(one.name for one in data if id(one) in both)
        raise TemplateError(f"{name} is scenario data and first stage at once; it can be one of them")
    form = _standard_form(model, data)
    place = {id(one): i for i, one in enumerate(data)}
    in_first = {id(one): i for i, one in enumerate(first)}
    is_first = np.array([id(one) in in_first for one in form.columns], dtype=np.bool_)
    later = [one for one in form.columns if id(one) not in in_first]
    right = _affine(form.right, place, [f"right-hand side of {name}" for name in form.row_names])
    named = [
        f"coefficient of {form.columns[j].name} in {form.row_names[i]}"
        for i, j in zip(form.row, form.column, strict=True)
    ]
    entries = AffineMatrix(form.row, form.column, _affine(form.entry, place, named))
    first_rows = _first_rows(entries, right, is_first)
    number = np.zeros(len(form.columns), dtype=np.int64)
    number[is_first] = [in_first[id(one)] for one in form.columns if id(one) in in_first]
    number[~is_first] = np.arange(len(later))
    moved = AffineMatrix(_renumbered(first_rows)[entries.row], number[entries.column], entries.value)
    in_first_row, in_first_column = first_rows[entries.row], is_first[entries.column]
    return CompiledModel(
        tuple(one.name for one in data),
        _first_program(form, first, moved.chosen(in_first_row), right, first_rows, place, in_first),
        _second_stage(
            form, later, right, first_rows, place,
            technology=moved.chosen(~in_first_row & in_first_column),
            matrix=moved.chosen(~in_first_row & ~in_first_column),
        ),
    )  # fmt: skip


def _renumbered(first_rows: BoolArray) -> IntArray:
    """Place of every row among the rows of its stage."""
    return np.where(first_rows, np.cumsum(first_rows) - 1, np.cumsum(~first_rows) - 1)


def _standard_form(model: Any, data: Sequence[Any], *, plain: bool = False) -> _StandardForm:
    """Standard form, with data as parameters or (``plain``) fixed."""
    for objective in model.component_data_objects(Objective, active=True):
        if objective.sense == maximize:
            raise TemplateError(f"objective {objective.name} is maximised; minimise its negative")
    try:
        if plain:
            form = LinearStandardFormCompiler().write(model, mixed_form=True)
        else:
            form = ParameterizedLinearStandardFormCompiler().write(model, wrt=list(data), mixed_form=True)
    except (PyomoException, ValueError) as error:
        raise TemplateError(
            f"the model is not linear in its decisions, or has no standard form: {error}"
        ) from None
    indptr = np.asarray(form.A.indptr)
    cost_pointer = np.asarray(form.c.indptr)
    return _StandardForm(
        columns=list(form.columns),
        row_names=[f"{row.constraint.name}:{SIDE[row.bound_type]}" for row in form.rows],
        row_kind=np.array([row.bound_type for row in form.rows], dtype=np.int64),
        row=np.asarray(form.A.indices, dtype=np.int64),
        column=np.repeat(np.arange(len(form.columns)), np.diff(indptr)).astype(np.int64),
        entry=list(form.A.data),
        right=list(form.rhs),
        cost={j: form.c.data[cost_pointer[j]] for j in range(len(form.columns)) if cost_pointer[j + 1] > cost_pointer[j]},
        constant=form.c_offset[0],
    )  # fmt: skip


def _affine(expressions: Sequence[Any], place: dict[int, int], names: Sequence[str]) -> Affine:
    """Constants and slopes of expressions in the data; refused by name when not affine."""
    constant = np.zeros(len(expressions))
    rows, columns, slopes = [], [], []
    for index, expression in enumerate(expressions):
        if isinstance(expression, int | float | np.number):
            constant[index] = float(expression)
            continue
        linear = generate_standard_repn(expression, quadratic=False)
        if linear.nonlinear_expr is not None:
            raise TemplateError(
                f"{names[index]} is not affine in the scenario data ({expression}); give the product or function as a "
                "datum of its own"
            )
        constant[index] = float(value(linear.constant))
        for variable, slope in zip(linear.linear_vars, linear.linear_coefs, strict=True):
            rows.append(index)
            columns.append(place[id(variable)])
            slopes.append(float(value(slope)))
    shape = (len(expressions), len(place))
    return Affine(constant, csr_array((np.array(slopes, dtype=np.float64), (rows, columns)), shape=shape))


def _first_rows(entries: AffineMatrix, right: Affine, is_first: BoolArray) -> BoolArray:
    """Rows of the first stage: no second-stage column and no scenario data."""
    first_rows = ~right.depends
    first_rows[entries.row[~is_first[entries.column] | entries.value.depends]] = False
    return first_rows


def _limits(kind: IntArray, right: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits of rows from their kind."""
    return np.where(kind <= 0, right, -INFINITY), np.where(kind >= 0, right, INFINITY)


def _bounds(columns: Sequence[Any]) -> tuple[FloatArray, FloatArray, BoolArray | None]:
    """Bounds and integrality of variables."""
    lower = np.array([-INFINITY if one.lb is None else float(one.lb) for one in columns])
    upper = np.array([INFINITY if one.ub is None else float(one.ub) for one in columns])
    whole = np.array([not one.is_continuous() for one in columns], dtype=np.bool_)
    return lower, upper, whole if whole.any() else None


def _first_program(
    form: _StandardForm,
    first: Sequence[Any],
    entries: AffineMatrix,
    right: Affine,
    first_rows: BoolArray,
    place: dict[int, int],
    in_first: dict[int, int],
) -> LinearProgram:
    """The first stage, with every variable named there whether the model uses it or not."""
    cost = np.zeros(len(first))
    for j, expression in form.cost.items():
        if id(form.columns[j]) in in_first:
            name = form.columns[j].name
            first_cost = _affine([expression], place, [f"cost of {name}"])
            if first_cost.depends.any():
                raise TemplateError(
                    f"the cost of first-stage variable {name} depends on scenario data; pay for it through a "
                    "second-stage variable equal to it"
                )
            cost[in_first[id(form.columns[j])]] = first_cost.constant[0]
    lower, upper, whole = _bounds(first)
    low, high = _limits(form.row_kind[first_rows], right.constant[first_rows])
    matrix = csr_array(
        (entries.value.constant, (entries.row, entries.column)), shape=(int(first_rows.sum()), len(first))
    )
    names = tuple(name for name, is_first in zip(form.row_names, first_rows, strict=True) if is_first)
    return LinearProgram(cost, lower, upper, matrix, low, high, tuple(one.name for one in first), names, whole)


def _second_stage(
    form: _StandardForm,
    later: Sequence[Any],
    right: Affine,
    first_rows: BoolArray,
    place: dict[int, int],
    technology: AffineMatrix,
    matrix: AffineMatrix,
) -> SecondStageForm:
    """What every scenario has in common, and the affine parts; with a column for the constant of the objective."""
    expressions = [0.0] * len(later)
    number = {id(one): i for i, one in enumerate(later)}
    for j, expression in form.cost.items():
        if id(form.columns[j]) in number:
            expressions[number[id(form.columns[j])]] = expression
    costs = [*expressions, form.constant]
    lower, upper, whole = _bounds(later)
    kind = form.row_kind[~first_rows]
    return SecondStageForm(
        cost=_affine(costs, place, [*(f"cost of {one.name}" for one in later), "the constant of the objective"]),
        lower=np.append(lower, 1.0),
        upper=np.append(upper, 1.0),
        integer=None if whole is None else np.append(whole, False),
        row_limit=Affine(right.constant[~first_rows], csr_array(right.slope[np.flatnonzero(~first_rows)])),
        no_lower=kind > 0,
        no_upper=kind < 0,
        technology=technology,
        matrix=matrix,
        column_names=(*(one.name for one in later), ALWAYS_ONE),
        row_names=tuple(name for name, first in zip(form.row_names, first_rows, strict=True) if not first),
    )


def ordinary_entries(model: Any, data: Sequence[Any], values: FloatArray) -> dict[str, float]:
    """Every entry by name when the data are fixed and the model is compiled the ordinary way."""
    before = [(one.fixed, one.value) for one in data]
    try:
        for one, number in zip(data, values, strict=True):
            one.fix(float(number), skip_validation=True)
        form = _standard_form(model, data, plain=True)
    finally:
        for one, (fixed, number) in zip(data, before, strict=True):
            one.fixed = fixed
            one.set_value(number, skip_validation=True)
    names = [one.name for one in form.columns]
    found = {f"cost[{names[j]}]": float(value(cost)) for j, cost in form.cost.items()}
    found[f"cost[{ALWAYS_ONE}]"] = float(value(form.constant))
    for i, j, entry in zip(form.row, form.column, form.entry, strict=True):
        found[f"[{form.row_names[i]}, {names[j]}]"] = float(value(entry))
    for name, kind, right in zip(form.row_names, form.row_kind, form.right, strict=True):
        if kind <= 0:
            found[f"lower[{name}]"] = float(value(right))
        if kind >= 0:
            found[f"upper[{name}]"] = float(value(right))
    return {name: number for name, number in found.items() if number != 0}
