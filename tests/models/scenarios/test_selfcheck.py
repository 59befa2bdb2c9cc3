"""The self-check is silent on a right sampler and loud on a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest
from tests.models.scenarios.test_clients import MARK

from bekostiging.case import Case
from bekostiging.case.tables import Policy
from bekostiging.scenarios import (
    Block,
    Deviations,
    Plan,
    SelfCheck,
    deviations,
    expected_care_use,
    map_blocks,
    plan,
    self_check,
)
from bekostiging.scenarios.clients import CASELOAD, Clients
from bekostiging.scenarios.selfcheck import FAMILY_WISE, _p_values


def _checked(planned: Plan, spoil: Callable[[Clients], Clients] | None = None) -> SelfCheck:
    def work(block: Block) -> Deviations:
        changed = block if spoil is None else replace(block, clients=spoil(block.clients))
        return deviations(
            changed.care_use(), expected_care_use(planned.case, planned.cells, planned.n_years, block.factors)
        )

    return self_check(planned.cells, map_blocks(planned, work))


@pytest.mark.parametrize("seed", range(5))
def test_a_right_sampler_raises_no_alarm(small_case: Case, seed: int) -> None:
    found = _checked(plan(small_case, 128, 4, seed, "out_of_sample"))
    assert found.alarms == ()
    assert found.n_statistics > 100
    assert (1 - found.level) ** found.n_statistics == pytest.approx(1 - FAMILY_WISE, rel=1e-9)


@pytest.mark.parametrize("law", ["gamma", "weibull"])
def test_other_laws_agree_with_their_theory(small_case: Case, law: str) -> None:
    rows = tuple(
        row.model_copy(update={"duration_distribution": law, "units_distribution": law})
        for row in small_case.demand
    )
    assert _checked(plan(replace(small_case, demand=rows), 128, 4, 3, "out_of_sample")).alarms == ()


@pytest.mark.parametrize("new_budget", ["no", "yes"])
def test_short_budgets_with_revisions_agree_with_their_theory(small_case: Case, new_budget: str) -> None:
    """Half a year, three in ten revised: stock and starts, growth of durations included."""
    given = {"revised_share": "0.3", "new_budget": new_budget}
    policy = tuple(Policy(name=name, scope="case", value=value, **MARK) for name, value in given.items())
    forms = tuple(row.model_copy(update={"authorisation_weeks": 26.0}) for row in small_case.care_forms)
    rows = tuple(row.model_copy(update={"growth_duration": 0.03}) for row in small_case.demand)
    case = replace(small_case, policy=(*small_case.policy, *policy), care_forms=forms, demand=rows)
    assert _checked(plan(case, 256, 4, 3, "out_of_sample")).alarms == ()


def _age_forgotten(clients: Clients) -> Clients:
    """Sitting clients with the budget of a client who starts."""
    caseload = clients.asked_month == CASELOAD
    starts = clients.budget_months[~caseload]
    budget = clients.budget_months.copy()
    budget[caseload] = np.resize(starts, int(caseload.sum()))
    return replace(clients, budget_months=budget)


def _fresh_durations(clients: Clients) -> Clients:
    """Sitting clients as if they had just started: a draw of another client of the same cell who did."""
    duration = clients.duration.copy()
    for cell in np.unique(clients.cell):
        own = clients.cell == cell
        caseload, started = own & (clients.asked_month == CASELOAD), own & (clients.asked_month != CASELOAD)
        if started.any():
            duration[caseload] = np.resize(clients.duration[started], int(caseload.sum()))
    return replace(clients, duration=duration)


WRONG = {
    "durations of starts for the stock": (_fresh_durations, {"units", "clients"}),
    "crisis too often": (
        lambda c: replace(c, crisis=c.crisis | (np.arange(len(c.crisis)) % 40 == 0)),
        {"crisis_units"},
    ),
    "three percent more units": (lambda c: replace(c, rate=c.rate * np.float32(1.03)), {"units", "cost"}),
    "age of the stock forgotten": (_age_forgotten, {"units_within_budget"}),
    "budget forgotten": (lambda c: replace(c, budget_months=c.duration), {"units_within_budget"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_planted_wrong_sampler_is_caught(small_case: Case, name: str) -> None:
    spoil, quantities = WRONG[name]
    found = _checked(plan(small_case, 256, 4, 1, "out_of_sample"), spoil)
    assert quantities <= {alarm.quantity for alarm in found.alarms}
    worst = found.alarms[0]
    assert worst.p_value == found.smallest < found.level
    assert worst.drawn != pytest.approx(worst.expected, rel=0.005)


def test_small_cells_are_skipped_by_name(small_case: Case) -> None:
    few = small_case.demand[0].model_copy(update={"clients_at_start": 2.0, "starts_per_year": 3.0})
    planned = plan(replace(small_case, demand=(few, *small_case.demand[1:])), 32, 1, 1, "out_of_sample")
    found = _checked(planned)
    assert any(line.endswith(": < 1000") for line in found.skipped)
    assert (
        found.n_statistics
        + 9 * sum("<" in line for line in found.skipped)
        + sum(line.endswith(": 0") for line in found.skipped)
        == 9 * planned.cells.n_cells
    )


def test_p_values_of_skewed_samples_are_uniform() -> None:
    """Means of 60 exponentials: without the correction the two-sided t test is off in the tail."""
    rng = np.random.default_rng(4)
    sample = rng.standard_exponential((60, 20_000)) - 1
    mean, second, third = (np.mean(sample**power, axis=0) for power in (1, 2, 3))
    p = _p_values(mean, second - mean**2, third - 3 * mean * second + 2 * mean**3, 60)
    assert kstest(p, "uniform").statistic < 0.02
    assert (p < 0.01).mean() == pytest.approx(0.01, abs=0.003)
