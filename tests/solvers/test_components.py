"""Second stages that fall apart: what the parts are, and that they add up to the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from programs import box
from scipy.sparse import block_diag, csr_array, hstack

from bekostiging_solvers import CVaR, Expectation, MeanCVaR, Recourse, RiskMeasure, TwoStageProgram, solve_recourse
from bekostiging_solvers.components import independent_parts
from bekostiging_solvers.second_stages import SecondStages


def _two_blocks(seed: int, n_scenarios: int, *, mixed: bool = True) -> TwoStageProgram:
    """Two blocks of demand rows with slack at a price, columns and rows shuffled; a column without rows."""
    rng = np.random.default_rng(seed)
    blocks = [np.hstack([rng.uniform(0.5, 2, (2, 3)), np.eye(2)]) for _ in range(2)]
    joined = hstack([csr_array(block_diag(blocks)), csr_array((4, 1))]).toarray()
    rows = rng.permutation(4) if mixed else np.arange(4)
    columns = rng.permutation(11) if mixed else np.arange(11)
    cost = np.concatenate([rng.uniform(1, 3, 3), [9, 9], rng.uniform(1, 3, 3), [9, 9], [1.0]])
    lower = np.append(np.zeros(10), 1.0)
    scenarios = tuple(
        Recourse(
            cost[columns], lower[columns], np.append(np.full(10, np.inf), 1.0)[columns],
            csr_array(joined[rows][:, columns]), csr_array(rng.uniform(0, 1, (4, 2))),
            rng.uniform(2, 8, 4), np.full(4, np.inf),
        )
        for _ in range(n_scenarios)
    )  # fmt: skip
    return TwoStageProgram(box([1.0, 2.0], 0.0, 5.0), scenarios, np.full(n_scenarios, 1 / n_scenarios))


@pytest.mark.parametrize("seed", range(3))
def test_parts_add_up_to_the_whole(seed: int) -> None:
    program = _two_blocks(seed, 6)
    parts = independent_parts(program)
    assert sorted(part.scenarios[0].matrix.shape for part in parts) == [(2, 5), (2, 6)]
    for x in np.random.default_rng(seed).uniform(0, 5, (4, 2)):
        whole = SecondStages(program).at(x).values
        np.testing.assert_allclose(sum(SecondStages(part).at(x).values for part in parts), whole)


def test_a_link_between_the_blocks_or_other_matrices_leave_it_whole() -> None:
    program = _two_blocks(1, 3, mixed=False)
    linked = program.scenarios[0].matrix.toarray()
    linked[0, 5] = 1.0
    one = csr_array(linked)
    together = replace(program, scenarios=tuple(replace(s, matrix=one) for s in program.scenarios))
    assert independent_parts(together) == (together,)
    different = replace(program, scenarios=(together.scenarios[0], *program.scenarios[1:]))
    assert independent_parts(different) == (different,)


@pytest.mark.parametrize("risk", [Expectation(), CVaR(0.7), MeanCVaR(1.0, 0.8)])
@pytest.mark.parametrize("cuts", ["auto", "single", "multi"])
def test_cuts_of_parts_reach_the_optimum_of_the_extensive_form(cuts: str, risk: RiskMeasure) -> None:
    program = _two_blocks(4, 20)
    whole = solve_recourse(program, method="extensive", risk=risk)
    found = solve_recourse(program, method="l-shaped", risk=risk, cuts=cuts, gap=1e-8)  # type: ignore[arg-type]
    assert found.objective == pytest.approx(whole.objective, rel=1e-7)
    assert found.bound <= whole.objective * (1 + 1e-9)
