"""Programs far from one: what is right in ordinary units is right in any, and what cannot count is refused by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import box, cvar_written_out, positions
from scipy.sparse import csr_array

from bekostiging_solvers import (
    CVaRLimit,
    CVaRTerm,
    InfeasibleError,
    LinearLoss,
    LinearProgram,
    NumericalTroubleError,
    PositivePartLoss,
    SolutionStatus,
    TailProgram,
    TailSolution,
    solve_highs,
)
from bekostiging_solvers.highs import HighsSession

FROM, TO = -6.0, 9.0
"""Powers of ten between which columns, rows and money are scaled."""


def _in_other_units(
    losses: np.ndarray, program: LinearProgram, columns: np.ndarray, rows: np.ndarray, money: float, kind: str
) -> TailSolution:
    """min CVaR over the budget with every column, row and euro in another unit; three ways to the same answer."""
    k = losses.shape[1]
    matrix = losses / columns * money
    moved = LinearProgram(
        program.cost / columns * money, program.lower * columns, program.upper * columns,
        csr_array(program.matrix.toarray() * rows[:, None] / columns), program.row_lower * rows, program.row_upper * rows,
        program.column_names, program.row_names,
    )  # fmt: skip
    start = np.full(k, 1 / k) * columns
    if kind == "bands":
        return TailProgram(moved, [CVaRTerm("tail", LinearLoss(matrix), 0.8, 1.0)], []).solve(start)
    if kind == "cutting planes":
        # a loss that is above zero everywhere is its own positive part
        above = 10 * np.abs(losses).max()
        loss = PositivePartLoss((LinearLoss(matrix, np.full(len(losses), above * money)),))
        found = TailProgram(moved, [CVaRTerm("tail", loss, 0.8, 1.0)], []).solve(start, 1e-8)
        return replace(found, objective=found.objective - above * money, bound=found.bound - above * money)
    wide = replace(
        moved, cost=np.append(moved.cost, 1.0), lower=np.append(moved.lower, -np.inf), upper=np.append(moved.upper, np.inf),
        matrix=csr_array(np.hstack([moved.matrix.toarray(), np.zeros((1, 1))])), column_names=(*moved.column_names, "tail"),
    )  # fmt: skip
    loss = LinearLoss(matrix, columns=np.arange(k))
    limit = CVaRLimit("at most", loss, 0.8, np.append(np.zeros(k), -1.0), 0.0)
    return TailProgram(wide, [], [limit]).solve(np.append(start, 0.0))


def _right_in_any_unit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    losses, program = positions(seed, 40, 4)
    truth = solve_highs(cvar_written_out(losses, program, 0.8, np.full(40, 1 / 40))).objective
    columns, rows, money = (
        10 ** rng.uniform(FROM, TO, 4),
        10 ** rng.uniform(FROM, TO, 1),
        10 ** rng.uniform(FROM, TO),
    )
    found = _in_other_units(
        losses, program, columns, rows, money, ("bands", "cutting planes", "limits")[int(rng.integers(3))]
    )
    assert found.status is SolutionStatus.OPTIMAL
    assert found.objective / money == pytest.approx(truth, rel=1e-5, abs=1e-6)
    assert found.bound / money <= truth + 1e-5 * max(1.0, abs(truth))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_a_tail_program_is_right_in_any_unit(seed: int) -> None:
    _right_in_any_unit(seed)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10_000_000))
def test_three_hundred_tail_programs_are_right_in_any_unit(seed: int) -> None:
    _right_in_any_unit(seed)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_a_linear_program_is_right_in_any_unit(seed: int) -> None:
    """Coefficients below 1e-9 are dropped by HiGHS, costs and bounds below it are none to it; units of 1e-6 to 1e9 each."""
    rng = np.random.default_rng(seed)
    matrix, inside = rng.normal(size=(3, 5)), rng.random(5)
    high, cost = matrix @ inside + rng.random(3), rng.normal(size=5)
    plain = replace(box([0.0] * 5, 0.0, 2.0), cost=cost).with_rows(
        matrix, np.full(3, -np.inf), high, ("a", "b", "c")
    )
    columns, rows, money = 10 ** rng.uniform(-6, 9, 5), 10 ** rng.uniform(-6, 9, 3), 10 ** rng.uniform(-6, 9)
    moved = replace(
        plain, cost=cost / columns * money, lower=plain.lower * columns, upper=plain.upper * columns,
        matrix=csr_array(matrix / columns * rows[:, None]), row_upper=high * rows,
    )  # fmt: skip
    truth, found = solve_highs(plain), solve_highs(moved)
    assert found.objective / money == pytest.approx(truth.objective, rel=1e-6, abs=1e-7)
    assert found.bound / money == pytest.approx(truth.objective, rel=1e-6, abs=1e-7)
    # a row's price per unit of its limit
    np.testing.assert_allclose(found.duals * rows / money, truth.duals, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("matrix", "upper", "objective"),
    [
        ([[1e-10]], np.inf, 1e10),  # dropped by HiGHS, which then calls it infeasible
        ([[1e16]], np.inf, 1e-16),  # refused by HiGHS, which then calls an empty program optimal
        ([[1e-12]], 1e13, 1e12),
    ],
)
def test_what_highs_drops_or_refuses_is_scaled(matrix: list[list[float]], upper: float, objective: float) -> None:
    """min x with a x >= 1: x = 1 / a."""
    program = replace(box([1.0], 0.0, upper)).with_rows(
        np.array(matrix), np.ones(1), np.full(1, np.inf), ("least",)
    )
    found = solve_highs(program)
    assert found.objective == pytest.approx(objective)
    assert found.x[0] == pytest.approx(objective)


def test_what_no_unit_makes_count_is_refused_by_name() -> None:
    """1e-13 x + 1e13 y >= 1 in whole numbers: their units are given, and the row has only one."""
    program = LinearProgram(
        np.ones(2), np.zeros(2), np.full(2, np.inf), csr_array([[1e-13, 1e13]]), np.ones(1), np.full(1, np.inf), ("x", "y"),
        ("least",), np.ones(2, dtype=bool),
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"coefficient of x in least is too small or too large .* choose units"):
        solve_highs(program)
    with pytest.raises(
        ValueError, match=r"upper\[0\] \(x\) counts as infinite .* or give infinity where no bound is meant"
    ):
        solve_highs(replace(program, matrix=csr_array([[1e-13, 1.0]]), upper=np.array([1e30, 2.0])))


def test_a_bound_that_counts_as_infinite_is_refused() -> None:
    """HiGHS takes 1e30 for infinity; whoever means that says so."""
    losses, program = positions(1, 20, 2)
    program = replace(program, upper=np.array([1.0, 1e30]))
    with pytest.raises(ValueError, match=r"upper\[1\] \(x1\) counts as infinite"):
        TailProgram(program, [CVaRTerm("tail", LinearLoss(losses), 0.5, 1.0)], []).solve(np.full(2, 0.5))
    free = replace(program, upper=np.array([1.0, np.inf]))
    found = TailProgram(free, [CVaRTerm("tail", LinearLoss(losses), 0.5, 1.0)], []).solve(np.full(2, 0.5))
    assert found.status is SolutionStatus.OPTIMAL


def test_what_rounding_left_of_a_zero_is_a_zero() -> None:
    """min x + y with x + y >= 1 and 1e-17 of a column that has other work: as if it did not stand there."""
    program = box([1.0, 2.0], 0.0, np.inf).with_rows(
        np.array([[1.0, 1e-17], [1.0, 1.0]]), np.ones(2), np.full(2, np.inf), ("a", "b")
    )
    assert solve_highs(program).objective == 1.0


def test_duplicate_entries_are_added_up() -> None:
    """2 x + y = 1 given as x + x + y; HiGHS refuses the entries and was called optimal at an empty point."""
    twice = csr_array((np.ones(3), np.array([0, 0, 1]), np.array([0, 3])), shape=(1, 2))
    program = LinearProgram(np.ones(2), np.zeros(2), np.ones(2), twice, np.ones(1), np.ones(1), ("x", "y"), ("r",))
    assert solve_highs(program).x.tolist() == [0.5, 0.0]


BAD = {
    "cost": ([np.nan, 1.0], r"cost\[0\] \(x\) is nan; give a finite number$"),
    "cost inf": ([1.0, np.inf], r"cost\[1\] \(y\) is inf"),
    "lower": ([np.nan, 0.0], r"lower\[0\] \(x\) is nan; give a finite number or -inf"),
    "lower inf": ([0.0, np.inf], r"lower\[1\] \(y\) is inf"),
    "upper": ([1.0, -np.inf], r"upper\[1\] \(y\) is -inf; give a finite number or inf"),
    "matrix": ([[1.0, np.nan]], r"matrix\[0, 1\] \(r y\) is nan"),
    "matrix inf": ([[np.inf, 1.0]], r"matrix\[0, 0\] \(r x\) is inf"),
    "row_lower": ([np.inf], r"row_lower\[0\] \(r\) is inf"),
    "row_upper": ([np.nan], r"row_upper\[0\] \(r\) is nan"),
    "cost text": (["a", "b"], "cost holds something other than numbers"),
    "cost table": ([[1.0], [2.0]], r"cost has shape \(2, 1\); give one row of numbers"),
    "integer": ([0, 5], "integer has one True or False per column"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_number_is_named(what: str) -> None:
    values, message = BAD[what]
    program = box([1.0, 1.0], 0.0, 1.0).with_rows(np.ones((1, 2)), np.ones(1), np.full(1, np.inf), ("r",))
    with pytest.raises(ValueError, match=message):
        replace(program, column_names=("x", "y"), **{what.split()[0]: values})


def test_lists_and_frames_are_arrays_and_names_are_kept_apart() -> None:
    import pandas as pd

    named = {"column_names": ["x", "y"], "row_names": ["r"]}
    program = LinearProgram([1, 2], [0, 0], [9, 9], pd.DataFrame([[1, 1]]), [4], [9], **named)  # type: ignore[arg-type]
    assert solve_highs(program).x.tolist() == [4.0, 0.0]
    same = replace(program, cost=pd.Series([1.0, 2.0], index=["x", "y"]))
    assert solve_highs(same).objective == 4.0
    with pytest.raises(ValueError, match=r"the index of cost differs from the names asked \(x, y\); reindex it"):
        replace(program, cost=pd.Series([2.0, 1.0], index=["y", "x"]))


def test_a_point_that_breaks_a_row_is_not_called_optimal() -> None:
    """HiGHS made to solve x + y >= 3 where >= 4 was asked, as if it had lost something: once more does not help."""
    program = box([1.0, 1.0], 0.0, 9.0).with_rows(np.ones((1, 2)), np.full(1, 4.0), np.full(1, np.inf), ("r",))
    session = HighsSession(program)
    session._highs.changeRowBounds(0, 3.0, np.inf)
    with pytest.raises(NumericalTroubleError, match="rescale"):
        session.solve()


def test_a_bound_above_the_value_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """A master that claims one euro too much: no gap of zero, but an error."""
    losses, program = positions(3, 30, 3)
    above = PositivePartLoss((LinearLoss(losses, np.full(30, 50.0)),))
    solve = HighsSession.solve

    def too_high(self: HighsSession, **keywords: bool) -> object:
        found = solve(self, **keywords)
        return replace(found, bound=found.bound + 1000.0)

    monkeypatch.setattr(HighsSession, "solve", too_high)
    with pytest.raises(NumericalTroubleError, match="lies above the value"):
        TailProgram(program, [CVaRTerm("tail", above, 0.8, 1.0)], []).solve(np.full(3, 1 / 3))


def test_a_gap_above_the_tolerance_is_not_called_optimal() -> None:
    """b must cover 3.5; a restore that gives half a unit more is feasible, and half a unit dearer than the bound."""
    loss = LinearLoss(np.zeros((4, 1)), np.arange(1.0, 5.0))
    limit = CVaRLimit("cover", loss, 0.5, np.array([-1.0]), 0.0)
    found = TailProgram(box([1.0], 0.0, 10.0), [], [limit], restore=lambda x: x + 0.5).solve(np.zeros(1))
    assert found.status is SolutionStatus.FEASIBLE
    assert found.gap == pytest.approx(0.5 / 4.0)


def _solve(loss: object, **keywords: object) -> TailSolution:
    mix = LinearProgram(
        np.zeros(2), np.zeros(2), np.ones(2), csr_array([[1.0, 1.0]]), np.ones(1), np.ones(1), ("a", "b"), ("all",)
    )
    start = keywords.pop("start", [1.0, 0.0])
    return TailProgram(mix, [CVaRTerm("floods", loss, 0.5, 1.0)], [], **keywords).solve(start)  # type: ignore[arg-type]


FLOODS = [[0.0, 4.0], [4.0, 0.0]]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"probabilities": np.ones(2)}, "probabilities add up to 2, must be 1"),
        ({"probabilities": [1.5, -0.5]}, "at least 0"),
        ({"probabilities": np.full(3, 1 / 3)}, r"probabilities have shape \(3,\)"),
        ({"start": [1.0]}, "start has length 1, the program has 2 columns"),
        ({"start": [1.0, np.nan]}, r"start\[1\] \(b\) is nan"),
    ],
)
def test_probabilities_and_start_are_checked(keywords: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _solve(LinearLoss(FLOODS), **keywords)  # type: ignore[arg-type]
    assert _solve(LinearLoss(FLOODS), probabilities=[0.5, 0.5]).objective == pytest.approx(2.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("matrix", "keywords", "message"),
    [
        ([[np.nan, 4.0], [4.0, 0.0]], {}, r"matrix\[0, 0\] of the loss of floods is nan"),
        (FLOODS, {"constant": [0.0, np.inf]}, r"constant\[1\] of the loss of floods is inf"),
        (
            FLOODS,
            {"constant": [0.0, 1.0, 2.0]},
            r"constant of a LinearLoss has shape \(3,\), its matrix asks \(2,\)",
        ),
        ([0.0, 4.0], {}, r"shape \(2,\), asked is \(n_scenarios, k\)"),
        ([[0.0, 4.0, 1.0]], {}, "uses 3 columns of x, the program has 2; say which with columns="),
        (FLOODS, {"columns": [0, 7]}, "uses 8 columns of x"),
        (FLOODS, {"columns": [0.0, 1.0]}, "2 places of columns of x"),
        ([["a", 4.0]], {}, "holds something other than numbers"),
    ],
)
def test_losses_name_what_is_wrong_with_them(
    matrix: list[list[float]], keywords: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        _solve(LinearLoss(matrix, **keywords))  # type: ignore[arg-type]


def test_frames_of_losses_are_not_matched_by_place() -> None:
    """Columns in another order, scenarios in another order: each would be multiplied or weighed by those of others."""
    import pandas as pd

    frame = pd.DataFrame(FLOODS, columns=["a", "b"], index=["wet", "dry"])
    assert _solve(LinearLoss(frame)).objective == pytest.approx(2.0)  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match="the loss of floods has columns b, a, the program a, b in their places; reindex"
    ):
        _solve(LinearLoss(frame[["b", "a"]]))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the constant of a LinearLoss and its matrix have a different index"):
        LinearLoss(frame, pd.Series([1.0, 2.0], index=["dry", "wet"]))  # type: ignore[arg-type]
    probabilities = pd.Series([0.4, 0.6], index=["dry", "wet"])
    with pytest.raises(ValueError, match="probabilities and the loss of floods have a different index"):
        _solve(LinearLoss(frame), probabilities=probabilities)  # type: ignore[arg-type]
    turned = PositivePartLoss((LinearLoss(frame), LinearLoss(frame.loc[["dry", "wet"]])))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the loss of floods and the loss of floods have a different index"):
        _solve(turned)
    mix = LinearProgram(
        np.zeros(2), np.zeros(2), np.ones(2), csr_array([[1.0, 1.0]]), np.ones(1), np.ones(1), ("a", "b"), ("all",)
    )
    limit = CVaRLimit("cap", LinearLoss(frame), 0.5, pd.Series([0.0, 1.0], index=["b", "a"]), 1.0)  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=r"index of the coefficients of limit cap differs from the columns \(b, a\)"
    ):
        TailProgram(mix, [], [limit])


def test_parts_and_limits_that_do_not_fit_are_refused() -> None:
    loss = LinearLoss(np.array(FLOODS))
    with pytest.raises(ValueError, match="at least one part"):
        PositivePartLoss(())
    with pytest.raises(ValueError, match="2 and 3 scenarios"):
        PositivePartLoss((loss, LinearLoss(np.ones((3, 2)))))
    with pytest.raises(ValueError, match="limit cap is inf; give a finite number, or leave the limit out"):
        CVaRLimit("cap", loss, 0.5, np.zeros(2), np.inf)
    with pytest.raises(ValueError, match="limit cap has 3 coefficients, the program 2 columns"):
        TailProgram(box([1.0, 1.0], 0.0, 1.0), [], [CVaRLimit("cap", loss, 0.5, np.zeros(3), 1.0)])


def test_no_conflict_has_an_empty_name() -> None:
    """Columns without names that contradict a row are told by the row alone."""
    program = LinearProgram(
        np.ones(1), np.zeros(1), np.ones(1), csr_array([[1.0]]), np.full(1, 2.0), np.full(1, np.inf), ("",),
        ("at least two",),
    )  # fmt: skip
    with pytest.raises(InfeasibleError, match=r"Conflicting: at least two\. Relax") as caught:
        solve_highs(program)
    assert caught.value.conflict == ("at least two",)
