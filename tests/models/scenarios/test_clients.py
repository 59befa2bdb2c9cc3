"""What a client carries beyond the counts: channel, market share that comes true, a second care form, growth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import Combination, Policy
from bekostiging.scenarios import deviations, draw_block, expected_care_use, map_blocks, plan, self_check
from bekostiging.scenarios.cells import expected_shares, realised_shares
from bekostiging.scenarios.clients import CASELOAD, CHANNELS
from bekostiging.scenarios.combinations import ALONE
from bekostiging.scenarios.forecast import demand_forecast, demand_of_cells

MARK = {"source": "test", "status": "illustrative"}


@pytest.fixture(scope="module")
def rich(small_case: Case) -> Case:
    """The small case with everything that is zero by default."""
    demand = tuple(
        row.model_copy(update={"growth_duration": 0.04, "growth_intensity": -0.03, "gp_share": 0.4})
        for row in small_case.demand
    )
    offers = tuple(
        row.model_copy(update={"share_drift": 0.2 if i % 2 else -0.1}) for i, row in enumerate(small_case.offers)
    )
    policy = (*small_case.policy, Policy(name="share_concentration", scope="case", value="20", **MARK))
    pair = Combination(care_form="residential", second_care_form="mental_care", share=0.5, **MARK)
    return replace(small_case, demand=demand, offers=offers, policy=policy, combinations=(pair,))


def test_everything_at_once_agrees_with_its_theory(rich: Case) -> None:
    planned = plan(rich, 256, 4, 1, "out_of_sample")
    found = self_check(
        planned.cells,
        map_blocks(
            planned,
            lambda block: deviations(block.care_use(), expected_care_use(rich, planned.cells, 4, block.factors)),
        ),
    )
    assert found.alarms == ()
    assert found.n_statistics > 100


def test_growth_of_starts_duration_and_intensity_are_apart(small_case: Case) -> None:
    """Closed form: units of the third year's starts grow by the product, starts by demography and growth alone."""
    row = small_case.demand[0]
    grown = row.model_copy(update={"growth_duration": 0.1, "growth_intensity": 0.05})
    case = replace(small_case, demand=(grown, *small_case.demand[1:]))
    plain, found = demand_forecast(small_case, 4), demand_forecast(case, 4)
    lead = case.lead_years
    np.testing.assert_allclose(found.starts, plain.starts)
    assert found.durations.mean[0] * found.longer[2, 0] == pytest.approx(
        plain.durations.mean[0] * 1.1 ** (lead + 2)
    )
    assert found.units_per_month[0] * found.heavier[2, 0] == pytest.approx(
        plain.units_per_month[0] * 1.05 ** (lead + 2)
    )
    assert found.stock[0] == pytest.approx(plain.stock[0] * 1.1**lead)
    np.testing.assert_allclose(found.stock[1:], plain.stock[1:])


def test_channels_come_in_their_shares(rich: Case) -> None:
    clients = draw_block(plan(rich, 64, 4, 1, "out_of_sample"), 0).clients
    shares = np.bincount(clients.channel, minlength=len(CHANNELS)) / len(clients.channel)
    error = 5 / np.sqrt(len(clients.channel)) / 2
    np.testing.assert_allclose(shares, [0.3, 0.4, 0.3], rtol=0, atol=error)


def test_shares_drift_and_add_up(rich: Case) -> None:
    planned = plan(rich, 32, 4, 1, "out_of_sample")
    row = demand_of_cells(rich, planned.cells)
    shares = expected_shares(planned.cells, row, 4)
    for demand in range(len(rich.demand)):
        np.testing.assert_allclose(shares[:, row == demand].sum(axis=1), 1)
    np.testing.assert_allclose(shares[0], planned.cells.market_share)
    np.testing.assert_allclose(shares[1], planned.cells.market_share)
    up = planned.cells.share_drift > 0
    assert (shares[4, up] >= shares[1, up] - 1e-12).all()


def test_realised_shares_are_dirichlet(rich: Case) -> None:
    """Mean s and variance s (1 - s) / (1 + concentration); the stock stays where it is."""
    planned = plan(rich, 32, 4, 1, "out_of_sample")
    row = demand_of_cells(rich, planned.cells)
    shares = expected_shares(planned.cells, row, 4)
    n, concentration = 20_000, 20.0
    drawn = realised_shares(
        shares, np.full(len(row), concentration), row, n, np.random.default_rng(np.random.SFC64(1))
    )
    np.testing.assert_array_equal(drawn[:, 0], np.broadcast_to(shares[0], drawn[:, 0].shape))
    for demand in range(len(rich.demand)):
        np.testing.assert_allclose(drawn[:, :, row == demand].sum(axis=2), 1)
    variance = shares[1:] * (1 - shares[1:]) / (1 + concentration)
    np.testing.assert_allclose(drawn[:, 1:].mean(axis=0), shares[1:], rtol=0, atol=5 * np.sqrt(variance.max() / n))
    np.testing.assert_allclose(drawn[:, 1:].var(axis=0), variance, rtol=0.08, atol=1e-6)


def test_two_trajectories_of_one_person_begin_together(rich: Case) -> None:
    block = draw_block(plan(rich, 64, 4, 1, "out_of_sample"), 0)
    clients, cells = block.clients, block.plan.cells
    assert clients.partner is not None
    second = np.flatnonzero(clients.partner != ALONE)
    first = clients.partner[second]
    assert len(np.unique(first)) == len(first)
    forms = [cells.care_form_ids.index(name) for name in ("residential", "mental_care")]
    assert (cells.care_form[clients.cell[first]] == forms[0]).all()
    assert (cells.care_form[clients.cell[second]] == forms[1]).all()
    np.testing.assert_array_equal(clients.start[first], clients.start[second])
    np.testing.assert_array_equal(clients.asked_month[first], clients.asked_month[second])
    np.testing.assert_array_equal(cells.area[clients.cell[first]], cells.area[clients.cell[second]])
    np.testing.assert_array_equal(clients.scenario[first], clients.scenario[second])
    residential = cells.care_form[clients.cell] == forms[0]
    assert len(second) / residential.sum() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(residential.sum()))
    assert (clients.asked_month[second] == CASELOAD).any()


def test_persons_with_two_forms_as_expected(rich: Case) -> None:
    """Drawn against the product of survivals; factors at one, so the only difference is chance."""
    case = replace(rich, risk_factors=())
    planned = plan(case, 512, 4, 1, "out_of_sample")
    drawn = np.concatenate(map_blocks(planned, lambda block: block.care_use().second_trajectories.sum(axis=2)))
    expected = expected_care_use(case, planned.cells, 4).second_trajectories.sum(axis=2)[0]
    error = drawn.std(axis=0, ddof=1) / np.sqrt(len(drawn))
    assert (expected > 0).all()
    np.testing.assert_array_less(np.abs(drawn.mean(axis=0) - expected), 4 * error + 0.002 * expected)
