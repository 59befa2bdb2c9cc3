"""What is handed to any function of the solvers: numbers in any container, or one sentence that names what is none."""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from programs import box, newsvendor, random_program
from scipy.sparse import csr_array

import bekostiging_solvers as solvers
from bekostiging_solvers import CVaR, CVaRCoalitionOracle, LinearLoss, LinearProgram, MeanCVaR, SolverError, View

LOSSES = np.random.default_rng(0).normal(size=8)
EQUAL = np.full(8, 1 / 8)
TABLE = np.random.default_rng(1).normal(size=(8, 3))
COSTS = np.array([0.0, 4.0, 5.0, 7.0, 6.0, 9.0, 9.0, 11.0])
PROGRAM = random_program(1)
FREE = box([0.0] * 3, -9.0, 9.0)


def _with_cost(cost: Any) -> LinearProgram:
    """Four columns under one row."""
    row = csr_array(np.ones((1, 4)))
    return LinearProgram(cost, np.zeros(4), np.ones(4), row, np.ones(1), np.ones(1), tuple("abcd"), ("all",))


DOORS: dict[str, tuple[Callable[[Any], object], np.ndarray]] = {
    **{
        f"{name} {what}": (call, values)
        for name in (
            "value_at_risk",
            "cvar",
            "value_at_risk_error",
            "cvar_error",
            "shortfall_over",
            "shortfall_over_error",
        )
        for what, call, values in (
            ("losses", lambda v, name=name: getattr(solvers, name)(v, 0.5, EQUAL), LOSSES),
            ("probabilities", lambda v, name=name: getattr(solvers, name)(LOSSES, 0.5, v), EQUAL),
        )
    },
    "tail_weights losses": (lambda v: solvers.tail_weights(v, 0.5), LOSSES),
    "tail_weights probabilities": (lambda v: solvers.tail_weights(LOSSES, 0.5, v), EQUAL),
    "measure_of losses": (lambda v: solvers.measure_of(v, CVaR(0.5)), LOSSES),
    "measure_weights probabilities": (lambda v: solvers.measure_weights(LOSSES, MeanCVaR(1.0, 0.5), v), EQUAL),
    "euler_contributions probabilities": (lambda v: solvers.euler_contributions(TABLE, CVaR(0.5), v), EQUAL),
    "tail_influence": (lambda v: solvers.tail_influence(v, 0.5), LOSSES),
    "nucleolus": (solvers.nucleolus, COSTS),
    "prenucleolus": (solvers.prenucleolus, COSTS),
    "shapley": (solvers.shapley, COSTS),
    "from_values": (solvers.from_values, COSTS),
    "core_violation allocation": (lambda v: solvers.core_violation(COSTS, v), np.array([3.0, 4.0, 4.0])),
    "fit_quantile target": (lambda v: solvers.fit_quantile(TABLE, v, np.ones(8), np.ones(8), FREE), LOSSES),
    "fit_quantile above": (lambda v: solvers.fit_quantile(TABLE, LOSSES, v, np.ones(8), FREE), np.ones(8)),
    "solve_quadratic": (lambda v: solvers.solve_quadratic(_with_cost(v), np.eye(4)), np.ones(4)),
    "solve_highs": (lambda v: solvers.solve_highs(_with_cost(v)), np.ones(4)),
    "solve_highs start": (
        lambda v: solvers.solve_highs(_with_cost(np.ones(4)), start=v),
        np.array([1.0, 0, 0, 0]),
    ),
    "recourse_costs": (lambda v: solvers.recourse_costs(PROGRAM, v), np.ones(4)),
    "second_stage_solutions": (lambda v: solvers.second_stage_solutions(PROGRAM, v), np.ones(4)),
    "bagging_gap": (
        lambda v: solvers.bagging_gap(v, newsvendor(np.random.default_rng(1), 9), 4, 3, np.random.default_rng(1)),
        np.ones(1),
    ),
    "transform": (solvers.transform, np.array([0.5, 0.5])),
    "limited_means": (lambda v: solvers.limited_means(v, 1.0, np.array([1.0])), np.array([0.5, 0.5])),
    "entropy_pooling": (lambda v: solvers.entropy_pooling([View("view", v, -1.0, 1.0)], 8), LOSSES),
}
TABLES: dict[str, Callable[[Any], object]] = {
    "coalition_tails": lambda v: solvers.coalition_tails(v, 0.5),
    "CVaRCoalitionOracle": lambda v: CVaRCoalitionOracle(v, 0.5),
    "distinct_rows": solvers.distinct_rows,
    "LinearLoss": LinearLoss,
    "euler_contributions": lambda v: solvers.euler_contributions(v, CVaR(0.5)),
}
NONE: dict[str, Callable[[np.ndarray], Any]] = {
    "nan": lambda v: np.where(np.arange(len(v)) == 0, np.nan, v),
    "infinity": lambda v: np.where(np.arange(len(v)) == 0, np.inf, v),
    "minus infinity": lambda v: np.where(np.arange(len(v)) == 0, -np.inf, v),
    "nothing": lambda v: np.zeros(0),
    "text": lambda v: ["a"] * len(v),
    "a number": lambda v: 3.0,
    "complex": lambda v: v + 1j,
    "objects": lambda v: np.array([object()] * len(v)),
    "a cube": lambda v: np.ones((len(v), 1, 1)),
}


def _refused(call: Callable[[Any], object], given: Any) -> None:
    """One sentence, said by the package, without a warning of somebody else before it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((ValueError, SolverError)) as caught:
            call(given)
    assert len(str(caught.value)) > 10
    said_by = traceback.extract_tb(caught.value.__traceback__)[-1].filename
    assert Path(said_by).parent.name == "bekostiging_solvers"


@pytest.mark.parametrize("kind", NONE)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_row_of_numbers_is_one_sentence(door: str, kind: str) -> None:
    call, values = DOORS[door]
    if door == "transform" and kind == "a cube":
        call(NONE[kind](values))  # transforms of many rows at once
        return
    _refused(call, NONE[kind](values))


@pytest.mark.parametrize("kind", NONE)
@pytest.mark.parametrize("door", TABLES)
def test_what_is_no_table_of_numbers_is_one_sentence(door: str, kind: str) -> None:
    if door == "LinearLoss" and kind in ("nan", "infinity", "minus infinity"):
        pytest.skip("what a loss holds is looked at by the program, which knows its name (test_units.py)")
    _refused(
        TABLES[door], NONE[kind](LOSSES) if "inf" not in kind and kind != "nan" else NONE[kind](TABLE.T[:1].T)
    )


ALIKE: dict[str, Callable[[np.ndarray], Any]] = {
    "single precision": lambda v: v.astype(np.float32),
    "another byte order": lambda v: v.astype(">f8"),
    "long double": lambda v: v.astype(np.longdouble),
    "objects": lambda v: v.astype(object),
    "fractions": lambda v: np.array([Fraction(float(one)) for one in v.flat], dtype=object).reshape(v.shape),
    "decimals": lambda v: np.array([Decimal(float(one)) for one in v.flat], dtype=object).reshape(v.shape),
    "read only": lambda v: np.frombuffer(v.tobytes()).reshape(v.shape),
    "every other place": lambda v: np.repeat(v, 2, axis=0)[::2],
    "backwards twice": lambda v: v[::-1].copy()[::-1],
    "columns first": lambda v: np.asfortranarray(v),
    "nothing masked": lambda v: np.ma.array(v),
}
"""The same numbers otherwise kept."""
NUMBERS_TO_NUMPY: dict[str, Callable[[np.ndarray], Any]] = {
    "one masked": lambda v: np.ma.array(v, mask=np.arange(v.size).reshape(v.shape) == 0),
    "text of numbers": lambda v: v.astype(str),
    "text among objects": lambda v: v.astype(str).astype(object),
    "moments": lambda v: v.astype("M8[s]"),
    "durations": lambda v: v.astype("m8[s]"),
}
"""Of which NumPy makes numbers without a word: those under the mask among them."""


def _told(answer: object) -> str:
    """An answer to nine digits, without how long it took."""
    text = re.sub(r"seconds=[^,)]*", "", repr(answer))
    return re.sub(r"-?\d+\.\d+(e[+-]?\d+)?", lambda number: f"{float(number[0]) + 0.0:.9g}", text)


@pytest.mark.parametrize("kind", ALIKE)
@pytest.mark.parametrize("door", [*DOORS, *TABLES])
def test_numbers_are_the_same_however_they_are_kept(door: str, kind: str) -> None:
    call, values = DOORS[door] if door in DOORS else (TABLES[door], TABLE)
    if kind == "single precision" and ("probabilities" in door or "prior" in door):
        pytest.skip("add up to one to seven digits only where they are no powers of two")
    expected, found = _told(call(values)), _told(call(ALIKE[kind](values)))
    if kind != "single precision" and "0x" not in expected:
        assert found == expected


@pytest.mark.parametrize("kind", NUMBERS_TO_NUMPY)
@pytest.mark.parametrize("door", [*DOORS, *TABLES])
def test_what_numpy_makes_numbers_of_is_refused(door: str, kind: str) -> None:
    call, values = DOORS[door] if door in DOORS else (TABLES[door], TABLE)
    _refused(call, NUMBERS_TO_NUMPY[kind](values))


@pytest.mark.parametrize("door", DOORS)
def test_lists_and_series_are_rows_and_another_order_is_refused(door: str) -> None:
    """An index that counts from zero upside down is a series that was sorted: by place it would be another."""
    call, values = DOORS[door]
    call(values.tolist())
    call(pd.Series(values))
    if len(values) > 1 and door not in ("measure_of losses", "tail_weights losses", "tail_influence"):
        with pytest.raises(ValueError, match="in another order; sort it, or pass an array"):
            call(pd.Series(values, index=np.arange(len(values))[::-1]))
