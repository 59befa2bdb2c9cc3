"""Two-stage programs: the farmer, agreement of the methods, what holds for every risk measure, degenerate cases."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import newsvendor, random_program
from scipy.sparse import csr_array
from scipy.stats import norm

from bekostiging_solvers import (
    CVaR,
    Expectation,
    InfeasibleError,
    LinearProgram,
    MeanCVaR,
    Recourse,
    RiskMeasure,
    SolutionStatus,
    Termination,
    TwoStageProgram,
    UnboundedError,
    recourse_costs,
    solve_recourse,
    value_of_information,
)

INF = np.inf
METHODS = ("extensive", "l-shaped")


def farmer(
    yields: tuple[float, ...] = (0.8, 1.0, 1.2), *, whole: bool = False, land: float = 500.0
) -> TwoStageProgram:
    """Birge and Louveaux, ch. 1: wheat, corn, sugar beets; buy wheat and corn, sell all, beets above quota cheap."""
    first = LinearProgram(
        np.array([150.0, 230.0, 260.0]), np.zeros(3), np.full(3, INF), csr_array(np.ones((1, 3))),
        np.array([-INF]), np.array([land]), ("wheat", "corn", "beets"), ("land",),
        np.ones(3, dtype=bool) if whole else None,
    )  # fmt: skip
    rows = np.array([[1, 0, -1, 0, 0, 0], [0, 1, 0, -1, 0, 0], [0, 0, 0, 0, -1, -1.0]])
    scenarios = tuple(
        Recourse(
            np.array([238.0, 210.0, -170.0, -150.0, -36.0, -10.0]), np.zeros(6),
            np.array([INF, INF, INF, INF, 6000.0, INF]), csr_array(rows), csr_array(np.diag([2.5 * f, 3 * f, 20 * f])),
            np.array([200.0, 240.0, 0.0]), np.full(3, INF),
        )
        for f in yields
    )  # fmt: skip
    return TwoStageProgram(first, scenarios, np.full(len(yields), 1 / len(yields)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("risk", "objective", "x"),
    [
        (Expectation(), -108390.0, (170, 80, 250)),  # Birge and Louveaux, ch. 1
        (MeanCVaR(2.0, 0.80), -220700.0, (100, 100, 300)),  # mpi-sppy tests
        (MeanCVaR(1.0, 0.95), -163900.0, None),  # known_answers.md
        (CVaR(0.80), -59950.0, (100, 25, 375)),  # known_answers.md
    ],
)
def test_farmer(method: str, risk: RiskMeasure, objective: float, x: tuple[float, ...] | None) -> None:
    solution = solve_recourse(farmer(), method=method, risk=risk, gap=1e-8)  # type: ignore[arg-type]
    assert solution.objective == pytest.approx(objective, abs=0.1)
    assert solution.bound <= solution.objective + 1e-6
    assert solution.bound == pytest.approx(objective, abs=0.1)
    if x is not None:
        np.testing.assert_allclose(solution.x, x, atol=0.05)


def test_farmer_value_of_information() -> None:
    """Wait-and-see -115405.56, EVPI 7015.56, EEV -107240, VSS 1150 (Birge and Louveaux, ch. 1 and 4)."""
    value = value_of_information(farmer())
    assert value.wait_and_see == pytest.approx(-115405.56, abs=0.01)
    assert value.evpi == pytest.approx(7015.56, abs=0.01)
    assert value.eev == pytest.approx(-107240.0, abs=0.01)
    assert value.vss == pytest.approx(1150.0, abs=0.01)


@pytest.mark.parametrize("method", METHODS)
def test_farmer_in_whole_acres(method: str) -> None:
    """-108390 is attained at whole acres; with 500.5 acres the half acre is worth nothing to a whole plan."""
    solution = solve_recourse(farmer(whole=True), method=method)  # type: ignore[arg-type]
    np.testing.assert_allclose(solution.x, [170, 80, 250], atol=1e-6)
    more = solve_recourse(farmer(whole=True, land=500.5), method=method)  # type: ignore[arg-type]
    assert more.objective == pytest.approx(-108390.0, abs=0.2)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000), complete=st.booleans(), confidence=st.floats(0.1, 0.95), weight=st.floats(0, 3)
)
def test_the_methods_agree(seed: int, complete: bool, confidence: float, weight: float) -> None:
    program = random_program(seed, complete=complete)
    for risk in (Expectation(), CVaR(confidence), MeanCVaR(weight, confidence)):
        try:
            whole = solve_recourse(program, method="extensive", risk=risk)
        except InfeasibleError:
            with pytest.raises(InfeasibleError):
                solve_recourse(program, method="l-shaped", risk=risk)
            continue
        for cuts in ("auto", "single", "multi"):
            cut = solve_recourse(program, method="l-shaped", risk=risk, cuts=cuts)  # type: ignore[arg-type]
            assert cut.objective == pytest.approx(whole.objective, rel=2e-6)
            assert cut.bound <= whole.objective * (1 + 1e-8)
            np.testing.assert_allclose(recourse_costs(program, cut.x), cut.costs, rtol=1e-6, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_holds_for_every_risk_measure(seed: int) -> None:
    """Weight 0 is risk-neutral; the value rises with weight and confidence; scenarios may change places."""
    program = random_program(seed)

    def value(risk: RiskMeasure, of: TwoStageProgram = program) -> float:
        return solve_recourse(of, risk=risk).objective

    neutral = value(Expectation())
    assert value(MeanCVaR(0.0, 0.9)) == pytest.approx(neutral, rel=1e-9)
    assert value(CVaR(0.0)) == pytest.approx(neutral, rel=1e-9)
    by_weight = [value(MeanCVaR(weight, 0.8)) for weight in (0.0, 0.5, 1.0, 2.0)]
    by_confidence = [value(CVaR(confidence)) for confidence in (0.0, 0.3, 0.6, 0.9)]
    assert all(a <= b + 1e-8 for a, b in pairwise(by_weight))
    assert all(a <= b + 1e-8 for a, b in pairwise(by_confidence))
    order = np.random.default_rng(seed).permutation(program.n_scenarios)
    moved = replace(
        program, scenarios=tuple(program.scenarios[i] for i in order), probabilities=program.probabilities[order]
    )
    assert value(CVaR(0.7), moved) == pytest.approx(value(CVaR(0.7)), rel=1e-8)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.1, 10))
def test_scaling(seed: int, factor: float) -> None:
    program = random_program(seed)
    scaled = replace(
        program,
        first=replace(program.first, cost=factor * program.first.cost),
        scenarios=tuple(replace(s, cost=factor * s.cost) for s in program.scenarios),
    )
    plain, dearer = (solve_recourse(p, risk=MeanCVaR(1.0, 0.8)).objective for p in (program, scaled))
    assert dearer == pytest.approx(factor * plain, rel=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_one_scenario_and_identical_scenarios(method: str) -> None:
    """CVaR of a certain cost is the cost; ten times the same scenario is one scenario."""
    one = farmer((1.0,))
    same = farmer((1.0,) * 10)
    values = [
        solve_recourse(program, method=method, risk=risk).objective  # type: ignore[arg-type]
        for program in (one, same)
        for risk in (Expectation(), CVaR(0.9))
    ]
    np.testing.assert_allclose(values, -118600.0, rtol=2e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_scenario_without_probability_changes_nothing_it_need_not(method: str) -> None:
    """It has no weight in the cost (its recourse must still exist)."""
    three = farmer((0.8, 1.2, 0.1))
    program = replace(three, probabilities=np.array([0.5, 0.5, 0.0]))
    two = solve_recourse(farmer((0.8, 1.2))).objective
    assert solve_recourse(program, method=method).objective == pytest.approx(two, rel=2e-6)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_second_stage(method: str) -> None:
    empty = Recourse(
        np.zeros(0), np.zeros(0), np.zeros(0), csr_array((0, 0)), csr_array((0, 3)), np.zeros(0), np.zeros(0)
    )
    program = TwoStageProgram(replace(farmer().first, row_lower=np.array([10.0])), (empty,), np.ones(1))
    assert solve_recourse(program, method=method).objective == pytest.approx(1500.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
def test_infeasible_first_stage_and_recourse(method: str) -> None:
    first = replace(farmer().first, row_lower=np.array([600.0]))
    with pytest.raises(InfeasibleError):
        solve_recourse(replace(farmer(), first=first), method=method)  # type: ignore[arg-type]
    stuck = replace(farmer().scenarios[0], upper=np.zeros(6), row_lower=np.array([200.0, 240.0, 99999.0]))
    with pytest.raises(InfeasibleError):
        solve_recourse(replace(farmer(), scenarios=(stuck,) * 3), method=method)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
def test_unbounded(method: str) -> None:
    given_away = replace(farmer().scenarios[0], cost=np.array([100.0, 210.0, -170.0, -150.0, -36.0, -10.0]))
    with pytest.raises(UnboundedError):
        solve_recourse(replace(farmer(), scenarios=(given_away,) * 3), method=method)  # type: ignore[arg-type]


def test_a_first_stage_bounded_only_by_its_recourse() -> None:
    """Selling ahead earns 1, buying back costs 3 beyond 10: sell 10, whatever the first cuts say."""
    first = LinearProgram(
        np.array([-1.0]), np.zeros(1), np.full(1, INF), csr_array((0, 1)), np.zeros(0), np.zeros(0), ("sold",), ()
    )
    late = Recourse(
        np.array([3.0]), np.zeros(1), np.full(1, INF), csr_array([[1.0]]), csr_array([[-1.0]]), np.array([-10.0]),
        np.full(1, INF),
    )  # fmt: skip
    program = TwoStageProgram(first, (late,), np.ones(1))
    for method in METHODS:
        assert solve_recourse(program, method=method).objective == pytest.approx(-10.0, abs=1e-4)


def test_integer_recourse_is_refused_by_cuts_and_solved_whole() -> None:
    whole = tuple(replace(s, integer=np.ones(6, dtype=bool)) for s in farmer().scenarios)
    program = replace(farmer(), scenarios=whole)
    with pytest.raises(ValueError, match="its cost is not convex"):
        solve_recourse(program, method="l-shaped")
    assert solve_recourse(program).method == "extensive"


def test_threads_change_nothing() -> None:
    program = random_program(3, n_scenarios=12)
    plain = solve_recourse(program, method="l-shaped", risk=CVaR(0.8))
    with ThreadPoolExecutor(2) as executor:
        threaded = solve_recourse(program, method="l-shaped", risk=CVaR(0.8), executor=executor)
    assert threaded.objective == plain.objective
    np.testing.assert_array_equal(threaded.x, plain.x)


def test_a_time_limit_returns_what_is_held() -> None:
    held = solve_recourse(random_program(5, n_scenarios=40), method="l-shaped", time_limit=0.0)
    assert held.termination is Termination.LIMIT
    assert held.status in (SolutionStatus.FEASIBLE, SolutionStatus.BOUND_ONLY)


def test_probabilities_are_checked() -> None:
    with pytest.raises(ValueError, match=r"add up to 0\.9"):
        replace(farmer(), probabilities=np.array([0.3, 0.3, 0.3]))


def test_newsvendor() -> None:
    """On quantiles of N(100, 20): q* = 116.832425, cost 55.992384 (closed form)."""
    n = 2000
    demand = norm.ppf((np.arange(n) + 0.5) / n, 100, 20)
    program = newsvendor(np.random.default_rng(0), n)
    exact = replace(
        program,
        scenarios=tuple(
            replace(s, row_lower=np.array([d]), row_upper=np.array([d]))
            for s, d in zip(program.scenarios, demand, strict=True)
        ),
    )
    solution = solve_recourse(exact)
    assert solution.objective == pytest.approx(55.992384, rel=1e-3)
    assert solution.x[0] == pytest.approx(116.832425, abs=0.05)


@pytest.mark.parametrize("method", ["extensive", "l-shaped"])
@pytest.mark.parametrize("cuts", ["single", "multi"])
def test_a_conflict_has_the_names_of_the_caller_in_every_method(method: str, cuts: str) -> None:
    """Five bought and one late are not eight; whoever cuts knows the second scenario, not only the first stage."""
    far, one, none = np.full(1, np.inf), csr_array([[1.0]]), csr_array((0, 1))
    first = LinearProgram(
        np.full(1, 2.0), np.zeros(1), np.full(1, 5.0), none, np.zeros(0), np.zeros(0), ("buy",), ()
    )

    def conflict(late: float, column: str = "buy") -> set[str]:
        scenarios = tuple(
            Recourse(np.full(1, 10.0), np.zeros(1), np.full(1, late), one, one, np.array([demand]), far)
            for demand in (4.0, 5.5, 8.0)
        )
        own = replace(first, column_names=(column,))
        program = TwoStageProgram(own, scenarios, np.full(3, 1 / 3), ("late",), ("sold",))
        with pytest.raises(InfeasibleError) as caught:
            solve_recourse(program, method=method, cuts=cuts)  # type: ignore[arg-type]
        assert not re.search(r"(Conflicting:|,) ?(,|\.)", str(caught.value)), "an empty name"
        return set(caught.value.conflict)

    assert conflict(1.0) == {"buy", "sold[2]", "late[2]"}
    assert conflict(1.0, column="") == {"sold[2]", "late[2]"}
    assert conflict(-1.0) <= {"late[0]", "late[1]", "late[2]"}


def test_the_gap_of_a_small_objective_is_relative() -> None:
    """All money of a random program in a fiftieth: solved to 1 % of the whole, not of one; and an objective of zero ends."""
    program = random_program(5)
    small = TwoStageProgram(
        replace(program.first, cost=program.first.cost / 500),
        tuple(replace(one, cost=one.cost / 500) for one in program.scenarios),
        program.probabilities,
    )
    exact = solve_recourse(program, method="extensive").objective / 500
    assert 0.01 < exact < 0.1
    found = solve_recourse(small, method="l-shaped", gap=1e-3)
    assert found.objective - exact <= 1e-3 * found.objective
    assert found.gap == pytest.approx((found.objective - found.bound) / found.objective, abs=1e-12)
    nothing = replace(program.first, cost=np.zeros(4))
    free = TwoStageProgram(
        nothing, tuple(replace(one, cost=0 * one.cost) for one in program.scenarios), program.probabilities
    )
    assert solve_recourse(free, method="l-shaped").objective == pytest.approx(0.0, abs=1e-9)
