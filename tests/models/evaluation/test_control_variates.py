"""Sharper estimates are unbiased, and sharper."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.contracts import build_contracts, reference
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.control_variates import (
    chance_per_client,
    closed_scenarios,
    closed_spending,
    control_variates,
    controlled_tail,
)
from bekostiging.evaluation.deterministic_scenarios import euros
from bekostiging.evaluation.figures import CVAR95, EXPECTED
from bekostiging.scenarios import Block, expected_care_use, map_blocks, plan
from bekostiging.studies import contracts_in_force
from bekostiging_solvers import Estimate, Scramblings, cvar

FORM = "taakgericht"


def _draw_spending(outcome: Comparison, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Spending under the designed lump sum with clients, and in closed form on the same factors."""
    planned, discount = plan(outcome.case, n, 4, seed, "out_of_sample"), np.ones(4)
    contracts = {FORM: contracts_in_force(outcome)[FORM]}

    def both(block: Block) -> np.ndarray:
        expected = expected_care_use(outcome.case, planned.cells, 4, block.factors)
        return np.stack(
            [euros(outcome.case, planned.cells, contracts, discount, use)[0][FORM] for use in (block.care_use(), expected)]
        )  # fmt: skip

    sample, control = np.concatenate(map_blocks(planned, both), axis=1)
    return sample, control


@pytest.fixture(scope="module")
def drawn(outcome: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """2,048 scenarios of another seed."""
    return _draw_spending(outcome, 2048, 5)


def test_a_linear_payment_needs_no_clients(small_case: Case) -> None:
    """Per hour without ceiling: the closed form is the conditional expectation, so both means are one."""
    planned = plan(small_case, 256, 4, 1, "out_of_sample")
    linear = build_contracts(
        small_case, planned.cells, reference(small_case, planned.cells, 4), "inspanningsgericht", ceilings=False
    )
    contracts = {"inspanningsgericht": linear}
    drawn = np.concatenate(
        map_blocks(
            planned,
            lambda block: euros(small_case, planned.cells, contracts, np.ones(4), block.care_use())[0][
                "inspanningsgericht"
            ],
        )
    )
    closed = plan(small_case, 2048, 4, 1, "closed")
    whole = closed_spending(closed, contracts, np.ones(4))["inspanningsgericht"]
    one, other = Scramblings(planned.n_scramblings).mean(drawn), Scramblings(closed.n_scramblings).mean(whole)
    assert abs(one.value - other.value) < 4 * np.hypot(one.standard_error, other.standard_error)
    assert other.standard_error < 0.2 * one.standard_error


def test_control_variates_by_hand() -> None:
    sample, control = np.array([1.0, 3.0, 2.0, 6.0]), np.array([0.0, 3.0, 1.0, 4.0])
    found = Scramblings(2).controlled_mean(sample, control, Estimate(10.0, 0.3))
    # differences 1, 0, 1, 2: means 0.5 and 1.5 of the two scramblings
    assert found.value == pytest.approx(11.0)
    assert found.standard_error == pytest.approx(np.hypot(0.5, 0.3))


def test_chance_per_client_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """3, 1, 2 about their mean of 2; of 0 to 100 three by rank: the ends and the middle, 50 below and above the mean."""
    assert chance_per_client(np.array([3.0, 1.0, 2.0])).tolist() == [-1, 0, 1]
    monkeypatch.setattr("bekostiging.evaluation.control_variates.RESIDUALS", 3)
    assert chance_per_client(np.arange(100.0, -1.0, -1.0)).tolist() == [-50, 0, 50]


def test_scenarios_in_closed_form() -> None:
    """32 for each with clients, between 1,024 and 8,192: enough beside few, and no more than memory likes beside many."""
    assert [closed_scenarios(n) for n in (16, 32, 64, 256, 512)] == [1024, 1024, 2048, 8192, 8192]


def test_factor_and_ceiling_by_hand() -> None:
    """Variance of 0, 2, 4, 6 is 20/3 and of the differences 0, 0, 0, 1 a quarter: at most 80/3 times less.

    Their means in two scramblings are 0 and 1/2, those of the closed form 2 and 3: standard errors 1/4 and 1/2, of variance
    5/16 together. Plain it is 20/3 over 4 scenarios: 16/3 times as much.
    """
    sample, control = np.array([0.0, 2.0, 4.0, 6.0]), np.array([0.0, 2.0, 4.0, 5.0])
    whole = np.array([2.0, 2.0, 3.0, 3.0])
    found = control_variates(Scramblings(2), sample, control, Scramblings(2), whole)[EXPECTED]
    assert found.estimate.value == pytest.approx(2.5 + 0.25)
    assert found.estimate.standard_error == pytest.approx((5 / 16) ** 0.5)
    assert found.factor == pytest.approx(16 / 3)
    assert found.ceiling == pytest.approx(80 / 3)
    known = control_variates(Scramblings(2), sample, sample, Scramblings(2), np.full(4, 2.0))[EXPECTED]
    assert (known.estimate.value, known.factor, known.ceiling) == (2.0, np.inf, np.inf)


@pytest.mark.slow
def test_mean_and_tail_of_a_comparison_agree_with_plain_sampling(
    outcome: Comparison, drawn: tuple[np.ndarray, np.ndarray]
) -> None:
    sample, _ = drawn
    n = len(sample)
    found = outcome.control_variates[FORM]
    error = np.hypot(sample.std() / np.sqrt(n), found[EXPECTED].estimate.standard_error)
    assert abs(found[EXPECTED].estimate.value - sample.mean()) < 4 * error
    plain = Scramblings(n // 32).tail_mean(sample, 0.95)
    error = np.hypot(plain.standard_error, found[CVAR95].estimate.standard_error)
    assert abs(found[CVAR95].estimate.value - plain.value) < 4 * error
    # 32 scenarios have two in their tail: only the mean gains there
    assert found[EXPECTED].ceiling > 1
    assert found[EXPECTED].factor > 1


@pytest.mark.slow
def test_a_tail_with_clients_where_they_matter(outcome: Comparison, drawn: tuple[np.ndarray, np.ndarray]) -> None:
    """Against 2,048 plain scenarios: the same CVaR, at an eighth of the clients; and nearly all the variance that chance per
    client does not make is gone (the ceiling, which falls as the corridor shares more)."""
    contracts = contracts_in_force(outcome)[FORM]
    sample, control = drawn
    planned = plan(outcome.case, 2048, 4, 7, "closed")
    found = controlled_tail(planned, contracts, np.ones(4), (sample - control)[:256], 256)
    plain = Scramblings(len(sample) // 32).tail_mean(sample, 0.95)
    assert plain.value == pytest.approx(float(cvar(sample, 0.95)), rel=1e-9)
    error = np.hypot(plain.standard_error, found.estimate.standard_error)
    assert abs(found.estimate.value - plain.value) < 4 * error
    assert found.factor > 0.85 * found.ceiling > 1.5
