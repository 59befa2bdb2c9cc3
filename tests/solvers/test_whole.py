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
    recourse_costs,
    solve_recourse,
)
from bekostiging_solvers.risk import measure_of
from bekostiging_solvers.second_stages import SecondStages


def _whole(program: TwoStageProgram, n_continuous: int = 0) -> TwoStageProgram:
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
    return _whole(replace(program, first=first))


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
    program = _whole(random_program(seed, n_scenarios=12), n_continuous)
    for risk in (Expectation(), CVaR(confidence), MeanCVaR(1.0, confidence)):
        whole = solve_recourse(program, method="extensive", risk=risk)
        found = solve_recourse(program, method="l-shaped", risk=risk)
        assert found.objective == pytest.approx(whole.objective, rel=3e-6)
        assert found.bound <= whole.objective * (1 + 1e-6)
        assert measure_of(recourse_costs(program, found.x), risk, program.probabilities) == pytest.approx(
            found.objective
        )


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
    program = _whole(random_program(5, n_scenarios=40))
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
    program = _whole(program) if whole else program
    exact = solve_recourse(program, method="extensive")
    found = solve_recourse(program, method="l-shaped")
    assert found.objective == pytest.approx(exact.objective, rel=2e-6)
    assert found.bound <= exact.objective * (1 + 1e-6)
