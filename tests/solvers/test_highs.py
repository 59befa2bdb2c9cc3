"""The front to HiGHS: answers, bounds, errors with their next step, limits, Ctrl-C."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from bekostiging_solvers import (
    HighsSession,
    InfeasibleError,
    LimitReachedError,
    LinearProgram,
    NumericalTroubleError,
    Progress,
    SolutionStatus,
    Termination,
    UnboundedError,
    solve_highs,
)

INF = np.inf


def _program(
    cost: list[float] | np.ndarray,
    rows: list[list[float]] | np.ndarray,
    low: list[float] | np.ndarray,
    high: list[float] | np.ndarray,
    upper: float | np.ndarray = INF,
    integer: bool | np.ndarray = False,
) -> LinearProgram:
    n, matrix = len(cost), np.array(rows, dtype=float)
    return LinearProgram(
        np.array(cost, dtype=float),
        np.zeros(n),
        np.broadcast_to(np.asarray(upper, dtype=float), n).copy(),
        csr_array(matrix.reshape(-1, n)),
        np.array(low, dtype=float),
        np.array(high, dtype=float),
        tuple(f"x{i}" for i in range(n)),
        tuple(f"row{i}" for i in range(len(matrix))),
        np.broadcast_to(np.asarray(integer), n).copy(),
    )


def _market_split() -> LinearProgram:
    """Cornuéjols and Dawande (1998): five equations over forty binaries; hard for branch and bound by design."""
    matrix = np.random.default_rng(1).integers(0, 100, (5, 40)).astype(float)
    half, unit = matrix.sum(axis=1) // 2, np.eye(5)
    whole = np.repeat([True, False], [40, 10])
    cost, upper = np.where(whole, 0.0, 1.0), np.where(whole, 1.0, INF)
    return _program(cost, np.hstack([matrix, unit, -unit]), half, half, upper, whole)


def test_by_hand_with_duals() -> None:
    """min x0 + 2 x1, x0 + x1 >= 3: x0 = 3, the row costs 1 per unit, x1 would cost 1 more than it is worth."""
    solution = solve_highs(_program([1, 2], [[1, 1]], [3], [INF]))
    np.testing.assert_allclose(solution.x, [3, 0])
    assert solution.objective == solution.bound == 3
    assert solution.gap == 0
    assert (solution.termination, solution.status) == (Termination.OPTIMAL, SolutionStatus.OPTIMAL)
    np.testing.assert_allclose(solution.duals, [1])
    np.testing.assert_allclose(solution.reduced_costs, [0, 1])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_against_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(4, 6))
    inside = rng.random(6)
    high = matrix @ inside + rng.random(4)
    cost = rng.normal(size=6)
    ours = solve_highs(_program(cost, matrix, np.full(4, -INF), high, upper=5.0))
    theirs = linprog(cost, matrix, high, bounds=(0, 5))
    assert ours.objective == pytest.approx(theirs.fun, rel=1e-7, abs=1e-8)
    # strong duality with bounds: b y + u min(reduced, 0)
    lower_side = high @ ours.duals + 5 * np.minimum(ours.reduced_costs, 0).sum()
    assert lower_side == pytest.approx(ours.objective, rel=1e-6, abs=1e-7)


def test_knapsack_by_hand() -> None:
    """Values 6, 5, 4, weights 3, 2, 2, room 4: the last two, 9."""
    solution = solve_highs(_program([-6, -5, -4], [[3, 2, 2]], [-INF], [4], upper=1.0, integer=True))
    np.testing.assert_allclose(solution.x, [0, 1, 1], atol=1e-9)
    assert solution.objective == pytest.approx(-9)
    assert solution.bound <= solution.objective + 1e-9


def test_an_infeasible_program_names_an_irreducible_conflict() -> None:
    """x0 + x1 >= 10 with both at most 2 and 3; a fourth row has no part in it."""
    rows = [[1, 1], [1, 0], [0, 1], [1, -1]]
    with pytest.raises(InfeasibleError) as caught:
        solve_highs(_program([1, 1], rows, [10, -INF, -INF, -5], [INF, 2, 3, 5]))
    assert set(caught.value.conflict) == {"row0", "row1", "row2"}
    assert "Conflicting:" in str(caught.value)
    assert caught.value.relaxation_infeasible is None


def test_an_infeasible_integer_program_says_whether_its_relaxation_is() -> None:
    with pytest.raises(InfeasibleError, match="no whole numbers fit") as caught:
        solve_highs(_program([1], [[2]], [1], [1.5], integer=True))
    assert caught.value.relaxation_infeasible is False
    with pytest.raises(InfeasibleError, match="relaxation is infeasible too") as both:
        solve_highs(_program([1], [[1]], [1], [INF], upper=0.0, integer=True))
    assert both.value.relaxation_infeasible is True
    assert "row0" in both.value.conflict


def test_unbounded() -> None:
    with pytest.raises(UnboundedError, match="bound the variables that have a cost"):
        solve_highs(_program([-1], [[1]], [1], [INF]))


def test_a_limit_holds_incumbent_and_bound() -> None:
    with pytest.raises(LimitReachedError) as caught:
        solve_highs(_market_split(), node_limit=5)
    held = caught.value.solution
    assert pickle.loads(pickle.dumps(caught.value)).solution.bound == held.bound, "it travels between processes"
    assert held.termination is Termination.LIMIT
    assert held.bound <= held.objective
    accepted = solve_highs(_market_split(), node_limit=5, accept_limit=True)
    assert accepted.status in (SolutionStatus.FEASIBLE, SolutionStatus.BOUND_ONLY)


def test_ctrl_c_returns_the_incumbent_and_the_bound() -> None:
    timer = threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT))
    before = signal.getsignal(signal.SIGINT)
    timer.start()
    try:
        held = solve_highs(_market_split(), time_limit=60)
    finally:
        timer.join()
    assert held.termination is Termination.INTERRUPTED
    assert held.bound <= held.objective
    assert signal.getsignal(signal.SIGINT) is before


def test_progress_is_told() -> None:
    seen: list[Progress] = []
    solve_highs(_market_split(), node_limit=5, accept_limit=True, progress=seen.append)
    assert seen
    assert seen[-1].bound <= seen[-1].incumbent


def test_a_start_is_used() -> None:
    """One node and no heuristics: the incumbent is the start given, or better."""
    program = _market_split()
    x = np.zeros(50)
    x[40:45] = program.row_lower
    value = float(program.cost @ x)
    without = solve_highs(
        program, node_limit=0, accept_limit=True, options={"mip_heuristic_effort": 0.0, "presolve": "off"}
    )
    assert without.objective > value
    held = solve_highs(
        program, start=x, node_limit=0, accept_limit=True, options={"mip_heuristic_effort": 0.0, "presolve": "off"}
    )
    assert held.objective <= value + 1e-6


def test_rows_added_later() -> None:
    session = HighsSession(_program([1, 1], [[1, 1]], [2], [INF]))
    assert session.solve().objective == 2
    session.add_row(3.0, INF, np.array([0]), np.array([1.0]))
    assert session.solve().objective == 3
    session.change_rows(np.array([0]), np.array([7.0]), np.array([INF]))
    assert session.solve().objective == 7


def test_rows_added_together_and_a_basis_to_start_from() -> None:
    session = HighsSession(_program([1, 1], [[1, 1]], [2], [INF]))
    assert session.solve().objective == 2
    session.add_rows(np.array([3.0, 4.0]), csr_array(np.array([[1.0, 0.0], [0.0, 1.0]])))
    assert session.solve().objective == 7
    basis = session.basis()
    session.change_costs(np.array([0, 1]), np.array([-1.0, 1.0]))
    session.change_bounds(np.array([0]), np.array([0.0]), np.array([5.0]))
    assert session.solve().objective == -1
    session.change_costs(np.array([0, 1]), np.array([1.0, 1.0]))
    session.start_from(basis)
    again = session.solve()
    assert (again.objective, again.iterations) == (7, 0)


def test_a_start_of_some_columns_is_completed() -> None:
    """As ``test_a_start_is_used``, with the columns that the rows do not fix left out."""
    program = _market_split()
    options = {"mip_heuristic_effort": 0.0, "presolve": "off"}
    x = np.zeros(50)
    x[40:45] = program.row_lower
    session = HighsSession(program, node_limit=0, options=options)
    session.start_with(np.arange(40), x[:40])
    assert session.solve(accept_limit=True).objective <= float(program.cost @ x) + 1e-6


def test_what_does_not_fit_is_refused() -> None:
    program = _program([1, 2], [[1, 1]], [3], [INF])
    with pytest.raises(ValueError, match="cost has length 1, the matrix asks 2"):
        LinearProgram(np.ones(1), program.lower, program.upper, program.matrix, program.row_lower, program.row_upper,
                      program.column_names, program.row_names)  # fmt: skip
    with pytest.raises(ValueError, match="knows no option"):
        solve_highs(program, options={"speed": "high"})


def test_others_may_have_run_highs_with_more_threads() -> None:
    """A program of another package keeps its number of threads for the whole process; ours still runs, on one."""
    script = """
import highspy, numpy as np
other = highspy.Highs(); other.silent()
for cost in (-3.0, -5.0, -4.0):
    other.addVar(0, 1); other.changeColCost(other.getNumCol() - 1, cost)
    other.changeColIntegrality(other.getNumCol() - 1, highspy.HighsVarType.kInteger)
other.addRow(-highspy.kHighsInf, 6.0, 3, np.arange(3, dtype=np.int32), np.array([2.0, 3.0, 4.0]))
other.setOptionValue("threads", 2); other.run()
from scipy.sparse import csr_array
from bekostiging_solvers import LinearProgram, solve_highs
one, free = np.ones(2), np.full(1, np.inf)
program = LinearProgram(one, 0 * one, one, csr_array(one[None, :]), np.ones(1), free, ("a", "b"), ("r",))
print(solve_highs(program).objective)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert run.stdout.split()[-1:] == ["1.0"], run.stderr


def test_a_run_that_leads_nowhere_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its last basis, then by another algorithm: only after both the trouble is the reader's."""
    program = _program([1.0, 1.0], [[1.0, 1.0]], [1.0], [INF])
    real, troubles = HighsSession._termination, [2]

    def stuck(self: HighsSession) -> Termination:
        troubles[0] -= 1
        return Termination.TROUBLE if troubles[0] >= 0 else real(self)

    monkeypatch.setattr(HighsSession, "_termination", stuck)
    assert solve_highs(program).objective == pytest.approx(1.0)
    troubles[0] = 3
    with pytest.raises(NumericalTroubleError, match="rescale the data"):
        solve_highs(program)


def test_a_simplex_that_goes_round_gives_way_to_another_algorithm() -> None:
    """x + y >= 2, x + 3 y >= 4, minimise x + 2 y: 3 at (1, 1), also where a single iteration of simplex is allowed."""
    program = _program([1.0, 2.0], [[1.0, 1.0], [1.0, 3.0]], [2.0, 4.0], [INF, INF])
    found = solve_highs(program, options={"simplex_iteration_limit": 1, "presolve": "off"})
    assert found.termination is Termination.OPTIMAL
    assert found.objective == pytest.approx(3.0)
    assert found.algorithm == "ipx", "never ipm, which is another algorithm where more is installed"
    assert solve_highs(program).algorithm == "simplex"
    assert solve_highs(_market_split(), node_limit=0, accept_limit=True).algorithm == "branch and bound"
