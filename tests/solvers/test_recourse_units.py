"""Two-stage programs far from one, and what is handed over that is none: right in any unit, or one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import box, newsvendor, random_program
from scipy.sparse import csr_array

from bekostiging_solvers import (
    CoreScenarios,
    CVaR,
    Expectation,
    HighsSession,
    InfeasibleError,
    LinearProgram,
    MeanCVaR,
    NumericalTroubleError,
    Recourse,
    SolutionStatus,
    TwoStageProgram,
    recourse_costs,
    second_stage_solutions,
    solve_highs,
    solve_recourse,
)
from bekostiging_solvers.cutting import Run

FROM, TO = -6.0, 9.0
"""Powers of ten between which columns, rows and money are scaled."""


def _moved(
    program: TwoStageProgram, rng: np.random.Generator, *, core: bool
) -> tuple[TwoStageProgram, np.ndarray, float]:
    """Every column, row and euro of both stages in another unit; the units of the first stage and of money."""

    def drawn(k: int) -> np.ndarray:
        return 10 ** rng.uniform(FROM, TO, k)

    first, one = program.first, program.scenarios[0]
    x, y, rows, late = (drawn(len(values)) for values in (first.cost, one.cost, first.row_lower, one.row_lower))
    money = float(drawn(1)[0])
    own = replace(
        first, cost=first.cost / x * money, lower=first.lower * x, upper=first.upper * x,
        matrix=csr_array(first.matrix.toarray() * rows[:, None] / x), row_lower=first.row_lower * rows,
        row_upper=first.row_upper * rows,
    )  # fmt: skip
    scenarios = tuple(
        Recourse(
            s.cost / y * money, s.lower * y, s.upper * y, csr_array(s.matrix.toarray() * late[:, None] / y),
            csr_array(s.technology.toarray() * late[:, None] / x), s.row_lower * late, s.row_upper * late,
        )
        for s in program.scenarios
    )  # fmt: skip
    if not core:
        return replace(program, first=own, scenarios=scenarios), x, money
    changes = {
        name: (np.arange(len(getattr(scenarios[0], name))), np.array([getattr(s, name) for s in scenarios]))
        for name in ("cost", "row_lower")
    }
    technology = np.array([s.technology.data for s in scenarios])
    changes["technology"] = (np.arange(technology.shape[1]), technology)
    cored = CoreScenarios(scenarios[0], changes, len(scenarios))  # type: ignore[arg-type]
    return replace(program, first=own, scenarios=cored), x, money


def _right_in_any_unit(seed: int) -> None:
    """The plain program's extensive form says what is true, or that nothing is feasible."""
    rng = np.random.default_rng(seed)
    program = random_program(seed, complete=bool(seed % 3))
    moved, units, money = _moved(program, rng, core=bool(rng.integers(2)))
    risk = (Expectation(), CVaR(0.7), MeanCVaR(1.0, 0.8))[int(rng.integers(3))]
    try:
        truth = solve_recourse(program, method="extensive", risk=risk).objective
    except InfeasibleError:
        for method in ("extensive", "l-shaped"):
            with pytest.raises(InfeasibleError):
                solve_recourse(moved, method=method, risk=risk)  # type: ignore[arg-type]
        return
    for method, cuts in (("extensive", "auto"), ("l-shaped", "auto"), ("l-shaped", "single")):
        found = solve_recourse(moved, method=method, risk=risk, cuts=cuts)  # type: ignore[arg-type]
        assert found.status is SolutionStatus.OPTIMAL
        assert found.objective / money == pytest.approx(truth, rel=3e-6)
        assert found.bound / money <= truth * (1 + 1e-6)
        costs = recourse_costs(moved, found.x)
        np.testing.assert_allclose(costs / money, found.costs / money, rtol=1e-5)
        np.testing.assert_allclose(costs / money, recourse_costs(program, found.x / units), rtol=1e-5)
        np.testing.assert_allclose(second_stage_solutions(moved, found.x).costs, costs, rtol=1e-9)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_a_two_stage_program_is_right_in_any_unit(seed: int) -> None:
    _right_in_any_unit(seed)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10_000_000))
def test_three_hundred_two_stage_programs_are_right_in_any_unit(seed: int) -> None:
    _right_in_any_unit(seed)


def test_scenarios_of_different_shapes_have_units_of_their_own() -> None:
    """Two scenarios, the second with a row and column more that change nothing; in euros of a millionth."""
    one, far = csr_array([[1e-6]]), np.full(1, np.inf)
    short = Recourse(np.full(1, 1e-5), np.zeros(1), far, one, one, np.full(1, 4e-6), far)
    wide = Recourse(
        np.array([1e-5, 1e-5]), np.zeros(2), np.full(2, np.inf), csr_array([[1e-6, 0.0], [0.0, 1e7]]),
        csr_array([[1e-6], [0.0]]), np.array([8e-6, -1e7]), np.full(2, np.inf),
    )  # fmt: skip
    first = replace(box([2e-6], 0.0, np.inf), column_names=("buy",))
    program = TwoStageProgram(first, (short, wide), np.full(2, 0.5))
    for method in ("extensive", "l-shaped"):
        found = solve_recourse(program, method=method)  # type: ignore[arg-type]
        assert found.objective == pytest.approx(16e-6)  # 8 at 2e-6
        np.testing.assert_allclose(found.x, [8.0], rtol=1e-5)


def test_costs_outside_the_tail_are_least_too() -> None:
    """CVaR of the worst scenario alone leaves the others free in the extensive form; what is reported is Q_s(x)."""
    program = newsvendor(np.random.default_rng(1), 20)
    found = solve_recourse(program, method="extensive", risk=CVaR(0.9))
    demand = np.array([s.row_lower[0] for s in program.scenarios])
    by_hand = 8 * np.maximum(demand - found.x[0], 0) + 2 * np.maximum(found.x[0] - demand, 0)
    np.testing.assert_allclose(found.costs, by_hand, atol=1e-6)


def test_a_bound_above_the_value_is_trouble() -> None:
    """A run made to hold a bound of one too much: an error, not a gap of zero."""
    run = Run(newsvendor(np.random.default_rng(1), 4), Expectation(), None, None, 1)
    run.evaluate(np.full(1, 100.0))
    run.held.bound = run.held.value + 1.0
    with pytest.raises(NumericalTroubleError, match="lies above the value"):
        run.result(SolutionStatus.OPTIMAL)  # type: ignore[arg-type]


@pytest.mark.parametrize("tiny", [1e-10, 1e-13, 1e-25])
def test_a_session_drops_no_coefficient_that_counts(tiny: float) -> None:
    """min x + 10 y with tiny x + y >= 1 and y at most a half: x = 1/2 / tiny; as a program, and as a row added later."""
    program = replace(box([tiny, 10.0], 0.0, np.inf), upper=np.array([np.inf, 0.5]))
    row, far = np.array([tiny, 1.0]), np.inf
    whole = program.with_rows(row[None, :], np.ones(1), np.full(1, far), ("least",))
    assert solve_highs(whole).objective == pytest.approx(1.0)
    session = HighsSession(whole)
    assert session.solve().objective == pytest.approx(1.0)
    later = HighsSession(replace(program, cost=np.array([1.0, 10.0])))
    later.solve()
    try:
        later.add_row(1.0, far, np.array([0, 1]), row)
    except ValueError as error:
        assert "too far apart" in str(error)  # noqa: PT017
        return
    found = later.solve()
    assert found.x[0] * tiny + found.x[1] == pytest.approx(1.0)
    assert found.duals[-1] == pytest.approx(1 / tiny)


def test_what_a_session_is_given_is_checked() -> None:
    session = HighsSession(box([1.0, 1.0], 0.0, 1.0))
    none = np.zeros(1)
    for call, message in (
        (
            lambda: session.add_row(0.0, 1.0, np.array([0, 5]), np.ones(2)),
            r"2 places in 0 \.\.\. 1, one per value",
        ),
        (lambda: session.add_row(0.0, 1.0, np.array([0]), np.array([np.nan])), "nan or infinite"),
        (lambda: session.add_row(np.nan, 1.0, np.array([0]), np.ones(1)), "holds nan"),
        (lambda: session.add_rows(none, csr_array(np.ones((1, 3)))), "rows have 3 columns, the program 2"),
        (lambda: session.change_costs(np.array([7]), none), r"places of columns lie in 0 \.\.\. 1, not 7"),
        (lambda: session.change_costs(np.array([0]), np.full(1, np.inf)), "a cost is infinite"),
        (lambda: session.change_bounds(np.array([0]), none, np.ones(2)), "2 numbers for 1 places"),
        (lambda: session.change_rows(np.array([0]), none, none), "places of rows lie"),
        (lambda: session.curve(np.full((2, 2), np.nan)), r"a hessian of 2 columns is \(2, 2\) finite numbers"),
        (lambda: session.start_at(np.ones(3)), "start has length 3, the program has 2 columns"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert session.solve().objective == 0.0


def _recourse(**changes: object) -> Recourse:
    """Two columns, one row, one column of the first stage."""
    far = np.full(1, np.inf)
    own: dict[str, object] = {
        "cost": [1.0, 2.0], "lower": [0.0, 0.0], "upper": [9.0, 9.0], "matrix": [[1.0, 1.0]], "technology": [[1.0]],
        "row_lower": [3.0], "row_upper": far,
    }  # fmt: skip
    return Recourse(**(own | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cost": [np.nan, 1.0]}, r"cost\[0\] is nan; give a finite number"),
        ({"cost": [1.0]}, "cost has length 1, the matrix asks 2"),
        ({"lower": [np.inf, 0.0]}, r"lower\[0\] is inf; give a finite number or -inf"),
        ({"row_lower": []}, "row_lower has length 0, the matrix asks 1"),
        ({"matrix": [[1.0, np.inf]]}, r"the entries of matrix\[1\] is inf"),
        ({"matrix": [1.0, 1.0]}, r"matrix has shape \(2,\)"),
        ({"technology": [[1.0], [1.0]]}, "technology has 2 rows, matrix 1"),
        ({"cost": ["a", "b"]}, "cost holds something other than numbers"),
        ({"integer": [0, 3]}, "integer has one True or False per column"),
        ({"cost": pd.Series([1.0, 2.0], index=[1, 0])}, r"index of cost is 0 \.\.\. 1 in another order"),
        (
            {"cost": pd.Series([1.0, 2.0], index=["a", "b"]), "lower": pd.Series([0.0, 0.0], index=["b", "a"])},
            "the index of lower is b, a, that of another array a, b; reindex one",
        ),
        (
            {"cost": pd.Series([1.0, 2.0], index=["a", "b"]), "matrix": pd.DataFrame({"b": [1.0], "a": [1.0]})},
            "the columns of matrix is b, a, that of another array a, b",
        ),
    ],
)
def test_second_stages_name_what_is_wrong_with_them(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _recourse(**changes)


def test_frames_are_aligned_with_the_names_of_the_program() -> None:
    first = replace(box([1.0], 0.0, 5.0), column_names=("x",))
    matrix = pd.DataFrame([[1.0, 1.0]], index=["least"], columns=["a", "b"])
    own = _recourse(matrix=matrix, technology=pd.DataFrame([[1.0]], index=["least"], columns=["x"]))
    assert solve_recourse(TwoStageProgram(first, [own], [1.0], ["a", "b"], ["least"])).objective == 3.0  # type: ignore[arg-type]
    for names, rows, what in ((("b", "a"), (), "columns"), ((), ("most",), "rows")):
        with pytest.raises(
            ValueError, match=f"the {what} of a second stage are .* by their index, in the program"
        ):
            TwoStageProgram(first, (own,), np.ones(1), names, rows)
    with pytest.raises(
        ValueError, match="the first stage of a second stage are x by their index, in the program y"
    ):
        TwoStageProgram(replace(first, column_names=("y",)), (own,), np.ones(1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"first": 3}, "first is a LinearProgram, not int"),
        ({"scenarios": (1,)}, "scenario 0 is a Recourse, not int"),
        ({"scenarios": ()}, "at least one scenario"),
        ({"probabilities": [np.nan]}, "probabilities add up to nan"),
        ({"probabilities": [[1.0]]}, r"probabilities has shape \(1, 1\)"),
        ({"column_names": ("a",)}, "scenario 0 has 2 columns, and 1 names are given"),
    ],
)
def test_a_program_names_what_is_wrong_with_it(arguments: dict[str, object], message: str) -> None:
    own: dict[str, object] = {"first": box([1.0], 0.0, 5.0), "scenarios": (_recourse(),), "probabilities": [1.0]}
    with pytest.raises(ValueError, match=message):
        TwoStageProgram(**(own | arguments))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "benders"}, "method is one of auto, extensive, l-shaped, not 'benders'"),
        ({"risk": 0.95}, r"risk is Expectation\(\), CVaR\(confidence\)"),
        ({"gap": 0.0}, "gap is relative, between 0 and 1"),
        ({"cuts": "all"}, "cuts is one of auto, single, multi"),
    ],
)
def test_what_is_no_argument_is_named(arguments: dict[str, object], message: str) -> None:
    program = TwoStageProgram(box([1.0], 0.0, 5.0), (_recourse(),), np.ones(1))
    with pytest.raises(ValueError, match=message):
        solve_recourse(program, **arguments)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="x has length 2, the first stage 1 columns"):
        recourse_costs(program, np.ones(2))
    with pytest.raises(ValueError, match=r"x\[0\] \(x0\) is nan"):
        second_stage_solutions(program, np.full(1, np.nan))


def test_core_scenarios_refuse_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="core is a Recourse, not LinearProgram"):
        CoreScenarios(box([1.0], 0.0, 1.0), {}, 2)  # type: ignore[arg-type]
    for values, message in (
        ([[np.inf], [1.0]], "value of cost at place 0 of scenario 0 is inf"),
        ([["a"], ["b"]], "numbers"),
    ):
        with pytest.raises(ValueError, match=message):
            CoreScenarios(_recourse(), {"cost": (np.array([0]), values)}, 2)  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="places of cost are whole numbers in one row"):
        CoreScenarios(_recourse(), {"cost": (np.array([0.5]), np.ones((2, 1)))}, 2)  # type: ignore[dict-item]


def test_linear_programs_are_not_read_in_another_order() -> None:
    """An index that counts from zero in another order is a series that was sorted: its numbers are those of others."""
    with pytest.raises(
        ValueError, match=r"the index of cost is 0 \.\.\. 1 in another order; sort it, or pass an array"
    ):
        replace(box([1.0, 1.0], 0.0, 1.0), cost=pd.Series([2.0, 1.0], index=[1, 0]))  # type: ignore[arg-type]
    one: LinearProgram = replace(box([1.0, 1.0], 0.0, 1.0), cost=pd.Series([2.0, 1.0]))  # type: ignore[arg-type]
    assert one.cost.tolist() == [2.0, 1.0]
