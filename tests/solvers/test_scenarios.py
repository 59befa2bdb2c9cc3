"""Scenarios as a core and changes: every function gives what it gives for the same scenarios one by one."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import random_program
from scipy.sparse import block_diag, csr_array

from bekostiging_solvers import (
    CoreScenarios,
    CVaR,
    Expectation,
    Recourse,
    TwoStageProgram,
    recourse_costs,
    solve_recourse,
    value_of_information,
)
from bekostiging_solvers.components import independent_parts
from bekostiging_solvers.scenarios import with_one_matrix
from bekostiging_solvers.two_stage import extensive_form

PARTS = ("cost", "lower", "upper", "matrix", "technology", "row_lower", "row_upper")


def _doubled(program: TwoStageProgram) -> TwoStageProgram:
    """The second stage twice, in parts that share no row, with an equation and a range."""
    one = program.scenarios[0]
    twice = {name: np.tile(getattr(one, name), 2) for name in ("cost", "lower", "upper", "row_lower", "row_upper")}
    twice["row_upper"][0] = twice["row_lower"][0] + 30.0
    core = Recourse(
        matrix=csr_array(block_diag([one.matrix, one.matrix])),
        technology=csr_array(np.vstack([one.technology.toarray()] * 2)),
        **twice,
    )
    return replace(program, scenarios=(core,) * program.n_scenarios, column_names=(), row_names=())


def _program(seed: int, parts: tuple[str, ...], n: int = 12) -> tuple[TwoStageProgram, TwoStageProgram]:
    """A program whose scenarios differ in some arrays: as core and changes, and one by one."""
    rng, base = np.random.default_rng(seed), _doubled(random_program(seed, n))
    core, changes = base.scenarios[0], {}
    for name in parts:
        flat = getattr(core, name)
        flat = flat.data if name in ("matrix", "technology") else flat
        places = rng.permutation(np.flatnonzero(np.isfinite(flat)))[:2]
        values = flat[places] * rng.uniform(0.7, 1.3, (n, len(places)))
        changes[name] = (places, values)
    shared = replace(base, scenarios=CoreScenarios(core, changes, n))
    apart = []
    for s in range(n):
        own = {}
        for name in parts:
            places, values = changes[name]
            whole = getattr(core, name).copy()
            (whole.data if name in ("matrix", "technology") else whole)[places] = values[s]
            own[name] = whole
        apart.append(replace(core, **own))
    return shared, replace(base, scenarios=tuple(apart))


def _equal(one: object, other: object) -> None:
    """Whether two programs or second stages have the same arrays."""
    for field in fields(one):  # type: ignore[arg-type]
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, csr_array):
            mine, theirs = mine.toarray(), theirs.toarray()
        np.testing.assert_array_equal(mine, theirs, err_msg=field.name)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), parts=st.sets(st.sampled_from(PARTS)))
def test_core_and_changes_are_the_scenarios(seed: int, parts: set[str]) -> None:
    shared, apart = _program(seed, tuple(sorted(parts)))
    assert len(shared.scenarios) == 12
    for mine, theirs in zip(shared.scenarios, apart.scenarios, strict=True):
        _equal(mine, theirs)
    for mine, theirs in zip(shared.scenarios[1::5], apart.scenarios[1::5], strict=True):
        _equal(mine, theirs)
    for risk in (Expectation(), CVaR(0.8)):
        _equal(extensive_form(shared, risk), extensive_form(apart, risk))
    ours, others = independent_parts(shared), independent_parts(apart)
    assert len(ours) == len(others) == (1 if "matrix" in parts else 2)
    for one, other in zip(ours, others, strict=True):
        for mine, theirs in zip(one.scenarios, other.scenarios, strict=True):
            _equal(mine, theirs)


@pytest.mark.parametrize("parts", [(), ("row_lower",), ("technology", "row_lower"), ("cost", "matrix", "upper")])
def test_every_method_gives_the_same(parts: tuple[str, ...]) -> None:
    shared, apart = _program(5, parts)
    x = np.full(len(shared.first.cost), 0.5)
    np.testing.assert_allclose(recourse_costs(shared, x), recourse_costs(apart, x))
    for method in ("extensive", "l-shaped"):
        mine, theirs = (solve_recourse(program, method=method) for program in (shared, apart))  # type: ignore[arg-type]
        assert mine.objective == pytest.approx(theirs.objective, rel=1e-9)
        np.testing.assert_allclose(mine.costs, theirs.costs, rtol=1e-6)
    assert value_of_information(shared).vss == pytest.approx(value_of_information(apart).vss, rel=1e-7, abs=1e-7)


def test_scenarios_with_one_matrix_share_one_model() -> None:
    """Of twelve scenarios under three matrices in turn, every third has the same; their order changes no cost."""
    shared, _ = _program(5, ("matrix", "row_lower"))
    places, values = shared.scenarios.changes["matrix"]  # type: ignore[attr-defined]
    three = dict(shared.scenarios.changes, matrix=(places, np.tile(values[:3], (4, 1))))  # type: ignore[attr-defined]
    scenarios = CoreScenarios(shared.scenarios.core, three, 12)  # type: ignore[attr-defined]
    groups = with_one_matrix(scenarios)
    assert sorted(group.tolist() for group in groups) == [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]]
    x = np.full(len(shared.first.cost), 0.5)
    mine, theirs = (recourse_costs(replace(shared, scenarios=own), x) for own in (scenarios, tuple(scenarios)))
    np.testing.assert_allclose(mine, theirs)


@pytest.mark.parametrize(
    ("name", "places", "shape", "message"),
    [
        ("prices", [0], (3, 1), "a second stage has cost"),
        ("cost", [99], (3, 1), "places of cost must differ and lie in"),
        ("cost", [0, 0], (3, 2), "places of cost must differ"),
        ("cost", [0], (2, 1), r"shape \(2, 1\), asked is \(3, 1\)"),
    ],
)
def test_changes_that_do_not_fit(name: str, places: list[int], shape: tuple[int, int], message: str) -> None:
    core = random_program(1).scenarios[0]
    with pytest.raises(ValueError, match=message):
        CoreScenarios(core, {name: (np.array(places), np.zeros(shape))}, 3)  # type: ignore[dict-item]


def test_values_that_are_no_numbers() -> None:
    core = random_program(1).scenarios[0]
    values = [[1.0, 2.0], [3.0, float("nan")]]
    with pytest.raises(ValueError, match="value of cost at place 4 of scenario 1 is nan, which is no number"):
        CoreScenarios(core, {"cost": ([0, 4], values)}, 2)  # type: ignore[dict-item]
    with pytest.raises(ValueError, match=r"n_scenarios is a whole number, not 2\.5"):
        CoreScenarios(core, {}, 2.5)  # type: ignore[arg-type]


def test_an_index_beyond_the_end() -> None:
    scenarios = CoreScenarios(random_program(1).scenarios[0], {}, 3)
    assert scenarios[-1].cost is scenarios.core.cost
    with pytest.raises(IndexError, match="scenario 3 of 3"):
        scenarios[3]
