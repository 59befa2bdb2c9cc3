"""Whole first stages by cuts: against every point of a small box, the extensive form, and by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import random_program
from scipy.sparse import csr_array

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
    lshaped,
    recourse,
    recourse_costs,
    solve_recourse,
)
from bekostiging_solvers.risk import measure_of
from bekostiging_solvers.second_stages import SecondStages


def _integer_program(program: TwoStageProgram, n_continuous: int = 0) -> TwoStageProgram:
    """Columns of the first stage whole, but for the last ones."""
    n = len(program.first.cost)
    return replace(program, first=replace(program.first, integer=np.arange(n) < n - n_continuous))


def _best_of_all(program: TwoStageProgram, risk: RiskMeasure) -> float:
    """The least value over every whole point of the box and its rows; infinite if none has recourse."""
    first, best, stages = program.first, np.inf, SecondStages(program)
    for point in product(
        *(range(int(low), int(high) + 1) for low, high in zip(first.lower, first.upper, strict=True))
    ):
        x = np.array(point, dtype=float)
        if first.violation(x) < 1e-9:
            found = stages.at(x)
            if found.feasible.all():
                costs = found.values + float(first.cost @ x)
                best = min(best, measure_of(costs, risk, program.probabilities))
    return best


def _small(seed: int, *, complete: bool) -> TwoStageProgram:
    program = random_program(seed, n_scenarios=4, complete=complete)
    first = replace(program.first, upper=np.full(4, 3.0), row_upper=np.array([5.0]))
    return _integer_program(replace(program, first=first))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), complete=st.booleans())
def test_every_point_of_a_small_box(seed: int, complete: bool) -> None:
    program = _small(seed, complete=complete)
    for risk in (Expectation(), MeanCVaR(1.0, 0.6)):
        best = _best_of_all(program, risk)
        if not np.isfinite(best):
            with pytest.raises(InfeasibleError):
                solve_recourse(program, method="l-shaped", risk=risk)
            continue
        found = solve_recourse(program, method="l-shaped", risk=risk)
        assert found.objective == pytest.approx(best, rel=1e-6)
        assert found.bound <= best + 1e-6 * abs(best)
        assert found.termination is Termination.OPTIMAL
        np.testing.assert_array_equal(found.x, np.round(found.x))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), n_continuous=st.integers(0, 3), confidence=st.floats(0.2, 0.9))
def test_the_extensive_form_agrees(seed: int, n_continuous: int, confidence: float) -> None:
    program = _integer_program(random_program(seed, n_scenarios=12), n_continuous)
    for risk in (Expectation(), CVaR(confidence), MeanCVaR(1.0, confidence)):
        whole = solve_recourse(program, method="extensive", risk=risk)
        found = solve_recourse(program, method="l-shaped", risk=risk)
        assert found.objective == pytest.approx(whole.objective, rel=3e-6)
        assert found.bound <= whole.objective * (1 + 1e-6)
        assert measure_of(recourse_costs(program, found.x), risk, program.probabilities) == pytest.approx(
            found.objective
        )


def test_auto_writes_small_programs_out_and_cuts_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hundred nonzeros, a size of four: under both limits, over that of whole first stages only, then over both."""
    program = random_program(2, n_scenarios=6)
    for largest, whole, expected in ((1000, 1000, "ee"), (1000, 10, "el"), (1, 10, "ll")):
        monkeypatch.setattr(recourse, "LARGEST_EXTENSIVE", largest)
        monkeypatch.setattr(recourse, "LARGEST_WHOLE", whole)
        assert solve_recourse(program).method[0] + solve_recourse(_integer_program(program)).method[0] == expected


def _with_budgets(program: TwoStageProgram, allowed: float) -> TwoStageProgram:
    """What is bought in all scenarios together, in expectation, is limited by a budget for each in the first stage."""
    n_x, n, scenarios = len(program.first.cost), program.n_scenarios, []
    for s, one in enumerate(program.scenarios):
        bought = np.zeros((1, len(one.cost)))
        bought[0, -3:] = 1.0
        budget = np.zeros((len(one.row_lower) + 1, n))
        budget[-1, s] = -1.0
        technology = np.hstack([np.vstack([one.technology.toarray(), np.zeros((1, n_x))]), budget])
        scenarios.append(
            replace(
                one, matrix=csr_array(np.vstack([one.matrix.toarray(), bought])), technology=csr_array(technology),
                row_lower=np.append(one.row_lower, -np.inf), row_upper=np.append(one.row_upper, 0.0),
            )
        )  # fmt: skip
    first = program.first
    rows = np.hstack([first.matrix.toarray(), np.zeros((1, n))])
    together = np.concatenate([np.zeros(n_x), program.probabilities])
    wide = LinearProgram(
        np.concatenate([first.cost, np.zeros(n)]), np.zeros(n_x + n), np.concatenate([first.upper, np.full(n, np.inf)]),
        csr_array(np.vstack([rows, together])), np.append(first.row_lower, -np.inf),
        np.append(first.row_upper, allowed), (*first.column_names, *(f"budget[{s}]" for s in range(n))),
        (*first.row_names, "together"), np.arange(n_x + n) < n_x,
    )  # fmt: skip
    return replace(program, first=wide, scenarios=tuple(scenarios))


@pytest.mark.parametrize("risk", [Expectation(), MeanCVaR(1.0, 0.8)])
@pytest.mark.parametrize("allowed", [0.3, 2.0])
def test_a_budget_for_every_scenario_in_the_first_stage(allowed: float, risk: RiskMeasure) -> None:
    """A limit over all scenarios, split over them by the first stage, beside whole numbers."""
    program = _with_budgets(random_program(7, n_scenarios=10), allowed)
    exact = solve_recourse(program, method="extensive", risk=risk)
    found = solve_recourse(program, method="l-shaped", risk=risk)
    assert found.objective == pytest.approx(exact.objective, rel=3e-6)
    assert found.bound <= exact.objective * (1 + 1e-6)
    assert program.first.violation(found.x) < 1e-6


def _only_far(total: float) -> TwoStageProgram:
    """3 a + 5 b = total, a costs 2 and b 1; the second stage buys at 4 what a + b lacks of 6."""
    first = LinearProgram(
        np.array([2.0, 1.0]), np.zeros(2), np.full(2, 10.0), csr_array(np.array([[3.0, 5.0]])), np.array([total]),
        np.array([total]), ("a", "b"), ("exactly",), np.ones(2, dtype=bool),
    )  # fmt: skip
    scenario = Recourse(
        np.array([4.0]), np.zeros(1), np.array([np.inf]), csr_array(np.ones((1, 1))), csr_array(np.ones((1, 2))),
        np.array([6.0]), np.array([np.inf]),
    )  # fmt: skip
    return TwoStageProgram(first, (scenario, scenario), np.full(2, 0.5))


def test_the_whole_point_may_lie_far_from_the_relaxed_one() -> None:
    """Whole points of 3 a + 5 b = 23: (1, 4) costs 6 + 4 and (6, 1) costs 13; relaxed: b = 2.5, a = 3.5, cost 9.5."""
    relaxed = solve_recourse(
        replace(_only_far(23.0), first=replace(_only_far(23.0).first, integer=None)), method="l-shaped"
    )
    assert relaxed.objective == pytest.approx(9.5)
    found = solve_recourse(_only_far(23.0), method="l-shaped")
    np.testing.assert_allclose(found.x, [1, 4])
    assert found.objective == pytest.approx(10.0)


def test_no_whole_numbers_fit() -> None:
    with pytest.raises(InfeasibleError) as caught:
        solve_recourse(_only_far(7.0), method="l-shaped")
    assert caught.value.relaxation_infeasible is False


def test_without_time_a_whole_point_and_its_bound() -> None:
    program = _integer_program(random_program(5, n_scenarios=40))
    held = solve_recourse(program, method="l-shaped", time_limit=0.0)
    assert held.status is SolutionStatus.FEASIBLE
    np.testing.assert_array_equal(held.x, np.round(held.x))
    best = solve_recourse(program, method="extensive").objective
    assert held.bound <= best + 1e-6 <= held.objective + 2e-6


@pytest.mark.parametrize("whole", [False, True])
def test_a_sample_within_a_sample(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    """Fixed recourse, 120 scenarios: 24 of them are solved by cuts first, from a program of four; duals are kept."""
    monkeypatch.setattr(lshaped, "SAMPLE", 5)
    base = random_program(9, n_scenarios=120)
    one = base.scenarios[0]
    program = replace(base, scenarios=tuple(replace(s, cost=one.cost) for s in base.scenarios))
    program = _integer_program(program) if whole else program
    exact = solve_recourse(program, method="extensive")
    found = solve_recourse(program, method="l-shaped")
    assert found.objective == pytest.approx(exact.objective, rel=2e-6)
    assert found.bound <= exact.objective * (1 + 1e-6)
