"""Second stages solved together: against each solved alone, and duals that are lower values everywhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from programs import box
from scipy.sparse import csr_array

from bekostiging_solvers import (
    InfeasibleError,
    Recourse,
    TwoStageProgram,
    recourse_costs,
    second_stage_solutions,
    solve_highs,
    solve_recourse,
)
from bekostiging_solvers.second_stages import SecondStages
from bekostiging_solvers.two_stage import second_stage


def _program(seed: int, n_scenarios: int, *, fixed: bool, complete: bool = True) -> TwoStageProgram:
    """Two products, three rows with range and equality sides; ``fixed``: only right-hand sides are random."""
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(3, 5))
    slack = np.hstack([np.eye(3), -np.eye(3)]) if complete else np.zeros((3, 6))
    scenarios = []
    for _ in range(n_scenarios):
        change = 0.0 if fixed else rng.normal(size=(3, 5))
        low = rng.normal(size=3)
        scenarios.append(
            Recourse(
                np.concatenate([rng.uniform(1, 2, 5) if not fixed else np.arange(1.0, 6.0), np.full(6, 20.0)]),
                np.zeros(11), np.array([1.0, *[np.inf] * 10]), csr_array(np.hstack([base + change, slack])),
                csr_array(rng.normal(size=(3, 2))), low, np.array([low[0], low[1] + 0.5, np.inf]),
            )
        )  # fmt: skip
    return TwoStageProgram(box([1.0, 1.0], 0.0, 5.0), tuple(scenarios), np.full(n_scenarios, 1 / n_scenarios))


def _costs_one_by_one(program: TwoStageProgram, x: np.ndarray) -> np.ndarray:
    """Cost of every second stage, each a program of its own; infinite without recourse."""
    costs = []
    for scenario in program.scenarios:
        try:
            costs.append(solve_highs(second_stage(program, scenario, x)).objective)
        except InfeasibleError:
            costs.append(np.inf)
    return np.array(costs)


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_values_and_slopes_are_those_of_each_alone(seed: int, fixed: bool) -> None:
    program = _program(seed, 12, fixed=fixed)
    stages, rng = SecondStages(program), np.random.default_rng(seed)
    for x in rng.uniform(0, 5, (4, 2)):
        found = stages.at(x)
        np.testing.assert_allclose(found.values, _costs_one_by_one(program, x), atol=1e-9)
        slopes = stages.gradients(found, np.ones(12), np.arange(12), 12)
        for other in rng.uniform(0, 5, (5, 2)):
            there = _costs_one_by_one(program, other)
            assert (found.values + slopes @ (other - x) <= there + 1e-8).all()


@pytest.mark.parametrize("seed", range(4))
def test_remembered_duals_are_lower_values_and_exact_where_they_were_found(seed: int) -> None:
    program = _program(seed, 40, fixed=True)
    stages, rng = SecondStages(program), np.random.default_rng(seed)
    assert stages.remembered(np.ones(2)) is None
    x = np.array([1.0, 2.0])
    exact = stages.at(x)
    again = stages.remembered(x)
    assert again is not None
    np.testing.assert_allclose(again.values, exact.values, atol=1e-8)
    for other in rng.uniform(0, 5, (5, 2)):
        lower = stages.remembered(other)
        assert lower is not None
        there = _costs_one_by_one(program, other)
        assert (lower.values <= there + 1e-8).all()
        assert lower.values.mean() > there.mean() - 0.5 * abs(there.mean())


def test_a_newspaper_seller_under_three_demands_by_hand() -> None:
    """8 papers at 1, sold at 3: where 5, 9 and 12 are asked for, 5, 8 and 8 are sold."""
    scenarios = tuple(
        Recourse(
            np.array([-3.0]), np.zeros(1), np.array([demand]), csr_array(np.ones((1, 1))),
            csr_array(np.array([[-1.0]])), np.array([-np.inf]), np.zeros(1),
        )
        for demand in (5.0, 9.0, 12.0)
    )  # fmt: skip
    program = TwoStageProgram(box([1.0], 0.0, 20.0), scenarios, np.full(3, 1 / 3))
    found = second_stage_solutions(program, np.array([8.0]))
    np.testing.assert_allclose(found.costs, 8 - 3 * np.array([5.0, 8.0, 8.0]))
    np.testing.assert_allclose(np.concatenate(found.y), [5, 8, 8])
    np.testing.assert_allclose(np.concatenate(found.duals), [0, -3, -3])


@pytest.mark.parametrize("complete", [True, False])
def test_solutions_cost_what_they_say_and_threads_change_nothing(complete: bool) -> None:
    program, x = _program(3, 30, fixed=True, complete=complete), np.array([1.0, 2.0])
    found = second_stage_solutions(program, x)
    np.testing.assert_allclose(found.costs, _costs_one_by_one(program, x) + x.sum(), atol=1e-9)
    np.testing.assert_allclose(found.costs, recourse_costs(program, x), atol=1e-9)
    assert complete or np.isinf(found.costs).any()
    for scenario, y, cost in zip(program.scenarios, found.y, found.costs, strict=True):
        if np.isfinite(cost):
            assert second_stage(program, scenario, x).violation(y) < 1e-8
            assert scenario.cost @ y + x.sum() == pytest.approx(cost)
    with ThreadPoolExecutor(2) as executor:
        again = second_stage_solutions(program, x, executor)
    np.testing.assert_array_equal(np.concatenate(again.y), np.concatenate(found.y))


def test_duals_of_other_scenarios_are_learned_and_solve_to_the_same_values() -> None:
    """90 scenarios: solved in two waves; half of them taught by the other half."""
    program, x = _program(6, 90, fixed=True), np.array([1.5, 0.5])
    half = replace(program, scenarios=program.scenarios[::2], probabilities=np.full(45, 1 / 45))
    taught, teacher = SecondStages(program), SecondStages(half)
    taught.learn(teacher)
    assert taught.remembered(x) is None
    teacher.at(x)
    taught.learn(teacher)
    lower = taught.remembered(x)
    assert lower is not None
    exact = _costs_one_by_one(program, x)
    np.testing.assert_allclose(lower.values[::2], exact[::2], atol=1e-8)
    assert (lower.values <= exact + 1e-8).all()
    for stages in (taught, SecondStages(program)):
        np.testing.assert_allclose(stages.at(x).values, exact, atol=1e-8)


def test_duals_are_not_shared_where_costs_differ() -> None:
    program = _program(1, 6, fixed=True)
    dearer = replace(program.scenarios[2], cost=program.scenarios[2].cost * 2)
    stages = SecondStages(replace(program, scenarios=(*program.scenarios[:2], dearer, *program.scenarios[3:])))
    x = np.array([1.0, 1.0])
    found = stages.at(x)
    assert stages.remembered(x) is None
    assert found.values[2] == pytest.approx(2 * SecondStages(program).at(x).values[2])


def test_duals_are_not_shared_where_rows_have_other_sides() -> None:
    """A dual on a side that another scenario lacks is not feasible there: remembered, it would cut off the optimum."""
    program = _program(1, 60, fixed=True)
    freed = tuple(
        replace(
            scenario, row_lower=np.full(3, -np.inf), row_upper=np.where(np.arange(3) == 2, 1.0, scenario.row_upper)
        )
        if index % 2
        else scenario
        for index, scenario in enumerate(program.scenarios)
    )
    program = replace(program, scenarios=freed)
    stages = SecondStages(program)
    stages.at(np.ones(2))
    assert stages.remembered(np.ones(2)) is None
    whole, cut = (solve_recourse(program, method=method) for method in ("extensive", "l-shaped"))
    assert cut.objective == pytest.approx(whole.objective, rel=2e-6)


def test_no_recourse_is_a_violation_with_its_slope() -> None:
    program = _program(3, 10, fixed=True, complete=False)
    stages = SecondStages(program)
    x = np.array([0.5, 0.5])
    found = stages.at(x)
    np.testing.assert_array_equal(found.feasible, np.isfinite(_costs_one_by_one(program, x)))
    assert not found.feasible.all()
    assert (found.values[~found.feasible] > 0).all()
    mixed = stages.gradients(found, (~found.feasible).astype(float), np.zeros(10, dtype=np.int64), 1)
    assert mixed.shape == (1, 2)


def test_threads_give_the_same_numbers() -> None:
    program = _program(5, 30, fixed=True)
    x = np.array([2.0, 1.0])
    with ThreadPoolExecutor(2) as executor:
        side_by_side = SecondStages(program, executor).at(x)
    alone = SecondStages(program).at(x)
    np.testing.assert_array_equal(side_by_side.values, alone.values)
    np.testing.assert_array_equal(side_by_side.duals, alone.duals)


@pytest.mark.parametrize("cuts", ["auto", "single", "multi"])
def test_a_start_from_a_sample_changes_no_optimum(cuts: str) -> None:
    """450 scenarios: every other one gives the first point; 40 groups, duals remembered between passes."""
    program = _program(8, 450, fixed=True)
    whole = solve_recourse(program, method="extensive")
    found = solve_recourse(program, method="l-shaped", cuts=cuts)  # type: ignore[arg-type]
    assert found.objective == pytest.approx(whole.objective, rel=2e-6)
    assert found.bound <= whole.objective * (1 + 1e-9)
