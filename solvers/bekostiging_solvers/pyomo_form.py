"""A Pyomo model as arrays: with its scenario data as parameters, or the ordinary way for the self-check of a template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyomo.common.errors import PyomoException
from pyomo.core import ConcreteModel, Constraint, Objective, Var, maximize, value
from pyomo.core.expr.visitor import replace_expressions
from pyomo.repn.plugins.parameterized_standard_form import ParameterizedLinearStandardFormCompiler
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from pyomo.repn.standard_repn import generate_standard_repn
from scipy.sparse import csr_array

from bekostiging_solvers.affine import Affine, AffineMatrix, CompiledModel, SecondStageForm, TemplateError
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

SIDE = {1: "upper", -1: "lower", 0: "equal"}
HOLDS = 1e-9
"""By how much a constraint of fixed variables may be missed."""
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


def members(variables: Any, what: str) -> list[Any]:
    """Members of variables, indexed or not, in order; one variable may be given as it is.

    Raises
    ------
    TemplateError
        Something else than a variable, or one that is given twice; ``what`` is the argument.
    """
    given = [variables] if hasattr(variables, "is_indexed") or isinstance(variables, str) else list(variables)
    found: list[Any] = []
    for one in given:
        found.extend(one.values() if hasattr(one, "is_indexed") and one.is_indexed() else [one])
    seen: set[int] = set()
    for one in found:
        if not (hasattr(one, "is_variable_type") and one.is_variable_type()):
            raise TemplateError(
                f"{what} holds {getattr(one, 'name', repr(one))}, which is no variable; scenario data stand in the model as "
                "variables, decisions are variables too"
            )
        if id(one) in seen:
            raise TemplateError(f"{what} holds {one.name} twice; give it once")
        seen.add(id(one))
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
    names = tuple(one.name for one in data)
    with _set(data, None), _substituted(model, data) as free:
        return _compiled(model, free, names, first)


def _compiled(model: Any, data: Sequence[Any], names: tuple[str, ...], first: Sequence[Any]) -> CompiledModel:
    """Both stages, the data free."""
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
        names,
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
    objectives = list(model.component_data_objects(Objective, active=True))
    if len(objectives) != 1:
        names = " and ".join(objective.name for objective in objectives)
        raise TemplateError(
            f"the model has {len(objectives)} active objectives, {names}; deactivate all but one" if objectives
            else "the model has no active objective; give it one, of zero if every feasible point will do"
        )  # fmt: skip
    if objectives[0].sense == maximize:
        raise TemplateError(f"objective {objectives[0].name} is maximised; minimise its negative")
    try:
        if plain:
            form = LinearStandardFormCompiler().write(model, mixed_form=True)
        else:
            compiler = ParameterizedLinearStandardFormCompiler()
            form = compiler.write(model, wrt=list(data), mixed_form=True)
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


@contextmanager
def _substituted(model: Any, data: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The data, or variables in their place, while decisions that are fixed stand in the model as numbers.

    Pyomo's compiler makes columns of all members of an indexed variable as soon as it meets one, fixed members and data too.
    Constraints that nothing can change any more are left out.

    Raises
    ------
    TemplateError
        A decision that is fixed without a value, or a constraint that fixed decisions break.
    """
    of_data = {id(one) for one in data}
    decisions = [one for one in model.component_data_objects(Var) if id(one) not in of_data]
    fixed = [one for one in decisions if one.fixed]
    for one in fixed:
        if one.value is None:
            raise TemplateError(f"variable {one.name} is fixed without a value; give it one or unfix it")
    parents = {id(one.parent_component()) for one in decisions}
    if not fixed and not any(id(one.parent_component()) in parents for one in data):
        yield data
        return
    numbers = {id(one): one.value for one in fixed}
    own: Sequence[Any] = data
    if all(one.fixed for one in data):
        numbers |= {id(one): one.value for one in data}
    else:
        own = _stand_ins(data)
        numbers |= {id(one): new for one, new in zip(data, own, strict=True)}
    rows = [(one, one.expr) for one in model.component_data_objects((Constraint, Objective), active=True)]
    try:
        for one, expression in rows:
            if one.ctype is Constraint and one.body.is_fixed():
                one.deactivate()
                _check_holds(one)
            elif one.ctype is Constraint:
                body = replace_expressions(one.body, numbers, remove_named_expressions=True)
                one.set_value((body, one.ub) if one.equality else (one.lb, body, one.ub))
            else:
                one.set_value(replace_expressions(expression, numbers, remove_named_expressions=True))
        yield own
    finally:
        for one, expression in rows:
            one.set_value(expression)
            one.activate()


def _stand_ins(data: Sequence[Any]) -> list[Any]:
    """Variables of the same names, each on its own."""
    scratch, own = ConcreteModel(), []
    for one in data:
        name = one.name.replace(".", "_")
        scratch.add_component(name, Var())
        own.append(scratch.component(name))
    return own


def _check_holds(constraint: Any) -> None:
    """Refuse a constraint that the values of its fixed variables break."""
    body = float(value(constraint.body))
    low, high = constraint.lb, constraint.ub
    if (low is not None and body < low - HOLDS) or (high is not None and body > high + HOLDS):
        raise TemplateError(
            f"constraint {constraint.name} does not hold at the values of the variables that are fixed"
        )


@contextmanager
def _set(data: Sequence[Any], values: FloatArray | None) -> Iterator[None]:
    """Data fixed at values, or free; afterwards as they were."""
    before = [(one.fixed, one.value) for one in data]
    try:
        for place, one in enumerate(data):
            if values is None:
                one.unfix()
            else:
                one.fix(float(values[place]), skip_validation=True)
        yield
    finally:
        for one, (fixed, number) in zip(data, before, strict=True):
            one.fixed = fixed
            one.set_value(number, skip_validation=True)


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
    """Bounds and integrality of variables; both bounds of a fixed one are its value."""
    limits = [(one.value, one.value) if one.fixed else (one.lb, one.ub) for one in columns]
    lower = np.array([-INFINITY if low is None else float(low) for low, _ in limits])
    upper = np.array([INFINITY if high is None else float(high) for _, high in limits])
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
    rows = list(model.component_data_objects(Constraint, active=True))
    with _set(data, None):
        constant = {id(one) for one in rows if one.body.is_fixed()}
    with _set(data, values):
        # Pyomo leaves out a constraint that has no variables left, or refuses the model when it does not hold
        alone = [one for one in rows if one.body.is_fixed()]
        found = _without_columns([one for one in alone if id(one) not in constant])
        try:
            for one in alone:
                one.deactivate()
            with _substituted(model, data):
                form = _standard_form(model, data, plain=True)
        finally:
            for one in alone:
                one.activate()
    names = [one.name for one in form.columns]
    found |= {f"cost[{names[j]}]": float(value(cost)) for j, cost in form.cost.items()}
    found[f"cost[{ALWAYS_ONE}]"] = float(value(form.constant))
    for i, j, entry in zip(form.row, form.column, form.entry, strict=True):
        found[f"[{form.row_names[i]}, {names[j]}]"] = float(value(entry))
    for name, kind, right in zip(form.row_names, form.row_kind, form.right, strict=True):
        if kind <= 0:
            found[f"lower[{name}]"] = float(value(right))
        if kind >= 0:
            found[f"upper[{name}]"] = float(value(right))
    return {name: number for name, number in found.items() if number != 0}


def _without_columns(constraints: Sequence[Any]) -> dict[str, float]:
    """Right-hand sides of constraints in which the data leave no variable."""
    found = {}
    for one in constraints:
        body = float(value(one.body))
        for side, limit in (("lower", one.lb), ("upper", one.ub)):
            if limit is not None:
                found[f"{side}[{one.name}:{'equal' if one.equality else side}]"] = float(limit) - body
    return found
