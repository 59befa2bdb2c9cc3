"""Sessions that grow: rows in units far apart are answered as if they had been there at once, and claims are proven."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import box
from scipy.sparse import csc_array, csr_array

from bekostiging_solvers import InfeasibleError, LinearProgram, NumericalTroubleError, highs, solve_highs
from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.highs_output import claims_too_much
from bekostiging_solvers.session_program import SessionProgram, is_proven


@dataclass(frozen=True)
class _Moved:
    """A random program near one, and the same with columns, rows and money in other units."""

    plain: LinearProgram
    moved: LinearProgram
    money: float

    @classmethod
    def draw(cls, seed: int, low: float, high: float) -> _Moved:
        rng = np.random.default_rng(seed)
        n, m = int(rng.integers(2, 21)), int(rng.integers(1, 16))
        matrix = rng.normal(size=(m, n)) * (rng.random((m, n)) < rng.uniform(0.3, 1))
        activity, kind = matrix @ rng.random(n), rng.integers(0, 3, m)
        least = np.where(kind == 0, -np.inf, activity - np.where(kind == 1, rng.random(m), 0.0))
        most = np.where(kind == 1, np.inf, activity + np.where(kind == 0, rng.random(m), 0.0))
        upper, cost = np.where(rng.random(n) < 0.8, 2.0, np.inf), rng.normal(size=n)
        cost = np.where(np.isinf(upper), np.abs(cost), cost)
        plain = LinearProgram(cost, np.zeros(n), upper, csr_array(matrix), least, most, ("",) * n, ("",) * m)
        columns, rows, money = (
            10 ** rng.uniform(low, high, n),
            10 ** rng.uniform(low, high, m),
            10 ** rng.uniform(low, high),
        )
        moved = replace(
            plain, cost=cost / columns * money, upper=upper * columns, row_lower=least * rows, row_upper=most * rows,
            matrix=csr_array(matrix / columns * rows[:, None]),
        )  # fmt: skip
        return cls(plain, moved, float(money))


def _row_by_row(program: LinearProgram, *, solved: bool) -> HighsSession:
    """A session that gets its rows one by one, solved in between or not."""
    n = len(program.cost)
    none = replace(program, matrix=csr_array((0, n)), row_lower=np.zeros(0), row_upper=np.zeros(0), row_names=())
    session = HighsSession(none)
    matrix = program.matrix.toarray()
    for row, low, high in zip(matrix, program.row_lower, program.row_upper, strict=True):
        columns = np.flatnonzero(row)
        session.add_row(low, high, columns, row[columns])
        if solved:
            session.solve(name_conflict=False)
    return session


def _right(seed: int, low: float, high: float, *, solved: bool) -> None:
    case = _Moved.draw(seed, low, high)
    truth = solve_highs(case.plain).objective
    found = _row_by_row(case.moved, solved=solved).solve()
    assert found.objective / case.money == pytest.approx(truth, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", [0, 9, 17, 28, 47, 52, 79, 88])
def test_rows_one_by_one_that_were_answered_wrongly(seed: int) -> None:
    """Units of 1e-8 to 1e12: each of these was once called optimal elsewhere, infeasible, or refused."""
    _right(seed, -8, 12, solved=False)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 100_000), solved=st.booleans())
def test_rows_one_by_one_are_right_in_any_unit(seed: int, solved: bool) -> None:
    _right(seed, -6, 9, solved=solved)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 1_000_000), solved=st.booleans())
def test_three_hundred_programs_row_by_row(seed: int, solved: bool) -> None:
    """Right, or refused in a sentence."""
    with suppress(NumericalTroubleError, ValueError):
        _right(seed, -8, 12, solved=solved)


def test_what_was_added_and_changed_is_one_program() -> None:
    """By hand: a row under two columns, a column beside them, then other bounds, limits and costs."""
    grown = SessionProgram(box([1.0, 2.0], 0.0, 9.0))
    grown.add_rows(csr_array([[1.0, 1.0]]), np.array([2.0]), np.array([np.inf]))
    before = grown.program()
    grown.add_columns(csr_array([[3.0]]), np.array([5.0]), np.zeros(1), np.ones(1))
    grown.add_rows(csr_array([[0.0, 0.0, 7.0]]), np.array([1.0]), np.array([4.0]))
    grown.change(np.array([1]), lower=np.array([0.5]), upper=np.array([0.5]))
    grown.change(np.array([0]), row_upper=np.array([6.0]))
    grown.change(np.array([2]), cost=np.array([4.0]))
    after = grown.program()
    assert before.matrix.toarray().tolist() == [[1, 1]]
    assert before.upper.tolist() == [9, 9]
    assert after.matrix.toarray().tolist() == [[1, 1, 3], [0, 0, 7]]
    assert (after.cost.tolist(), after.lower.tolist(), after.upper.tolist()) == (
        [1, 2, 4],
        [0, 0.5, 0],
        [9, 0.5, 1],
    )
    assert (after.row_lower.tolist(), after.row_upper.tolist()) == ([2, 1], [6, 4])
    grown.add_rows(csr_array([[1.0, 0.0, 0.0]]), np.zeros(1), np.ones(1))
    grown.drop_last()
    assert grown.program().matrix.shape == (2, 3)


def test_an_answer_is_proven_by_its_duals_or_not_at_all() -> None:
    """min x with x >= 2: another point, another price, or a price without limit proves nothing."""
    program = box([1.0], 0.0, np.inf).with_rows(np.ones((1, 1)), np.array([2.0]), np.array([np.inf]), ("r",))
    found = solve_highs(program)
    assert is_proven(program, found, 1e-6)
    assert not is_proven(program, replace(found, x=np.array([3.0])), 1e-6)
    assert not is_proven(program, replace(found, x=np.array([1.9])), 1e-6)
    assert not is_proven(program, replace(found, duals=np.array([0.5])), 1e-6)
    assert not is_proven(program, replace(found, duals=np.array([-1.0])), 1e-6)
    assert not is_proven(program, replace(found, duals=np.array([1.5])), 1e-6)


def test_a_row_that_no_unit_fits_leaves_the_session_as_it_was() -> None:
    """1e-13 x + 1e13 y in whole numbers, whose units are given."""
    program = replace(box([1.0, 1.0], 0.0, np.inf), integer=np.ones(2, dtype=bool))
    session = HighsSession(program)
    with pytest.raises(ValueError, match="too small or too large"):
        session.add_row(1.0, np.inf, np.arange(2), np.array([1e-13, 1e13]))
    session.add_row(3.0, np.inf, np.arange(2), np.ones(2))
    assert session.solve().objective == 3


@pytest.mark.parametrize(
    ("value", "bound", "held", "wrong"),
    [
        (10.0, 10.0, 2, False),
        (10.0, 9.0, 2, False),
        (10.0, 10.000005, 2, False),
        (10.0, 10.00002, 2, True),
        (1e-9, 2e-6, 2, True),
        (10.0, 11.0, 0, False),
        (10.0, np.inf, 2, False),
    ],
)
def test_a_bound_above_the_value_claims_too_much(value: float, bound: float, held: int, wrong: bool) -> None:
    info = SimpleNamespace(objective_function_value=value, mip_dual_bound=bound, primal_solution_status=held)
    stand_in: Any = SimpleNamespace(getInfo=lambda: info)
    assert claims_too_much(stand_in) is wrong


def test_branch_and_bound_that_claims_too_much_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    program = replace(box([1.0], 0.5, 9.0), integer=np.ones(1, dtype=bool))
    assert solve_highs(program).gap == 0
    monkeypatch.setattr(highs, "claims_too_much", lambda _: True)
    with pytest.raises(NumericalTroubleError):
        solve_highs(program)


def test_no_point_is_said_of_the_program_as_it_was_given() -> None:
    """x = 1 and 1e12 x >= 2e12 in one session: really none."""
    session = HighsSession(box([1.0, 0.0], 0.0, 9.0))
    session.add_row(1e-6, 1e-6, np.array([0]), np.array([1e-6]))
    session.add_row(2e12, np.inf, np.array([0]), np.array([1e12]))
    with pytest.raises(InfeasibleError):
        session.solve()
    session.add_columns(np.zeros(1), np.zeros(1), np.full(1, 9.0), csc_array([[0.0], [1e12]]))
    assert session.solve().objective == pytest.approx(1)
