"""Shocks and sensitivities: direction and size against what the contracts say."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import Comparison, DeterministicScenario, cheapest, deterministic_scenarios
from bekostiging.evaluation.break_even import break_even
from bekostiging.evaluation.control_variates import closed_spending
from bekostiging.scenarios import plan
from bekostiging.studies import contracts_in_force


def _deterministic_scenario(outcome: Comparison, key: str) -> DeterministicScenario:
    return next(scenario for scenario in outcome.sensitivities if scenario.id == key)


def test_longer_trajectories_are_the_providers_under_outputgericht(outcome: Comparison) -> None:
    longer = _deterministic_scenario(outcome, "duration_up")
    plain = outcome.plain
    assert longer.spending["outputgericht"] == pytest.approx(plain.spending["outputgericht"], rel=1e-9)
    assert longer.provider_result["outputgericht"] < plain.provider_result["outputgericht"]
    assert longer.spending["inspanningsgericht"] > plain.spending["inspanningsgericht"]


def test_more_hours_per_client_raise_p_times_q_in_proportion(outcome: Comparison) -> None:
    """Five percent more hours of those who start, none for the sitting stock beyond its own: between 0 and 5 %."""
    more = _deterministic_scenario(outcome, "intensity_up")
    ratio = more.spending["maatwerktraject"] / outcome.plain.spending["maatwerktraject"]
    assert 1.0 < ratio <= 1.05 + 1e-9


def test_up_and_down_go_opposite_ways(outcome: Comparison) -> None:
    for key in ("inflow", "duration", "intensity", "wages"):
        up, down = _deterministic_scenario(outcome, f"{key}_up"), _deterministic_scenario(outcome, f"{key}_down")
        for form in PAYMENT_FORMS:
            base = outcome.plain.spending[form]
            assert (up.spending[form] - base) * (down.spending[form] - base) <= 0


def test_a_surprise_of_wages_is_the_providers_in_the_first_year(outcome: Comparison) -> None:
    """2 % of wages and prices in one year: cost rises at once, tariffs and budgets a year later, so that providers lose
    some 2 % of the first year's cost and nothing after it."""
    cost = {
        form: outcome.plain.spending[form] - outcome.plain.provider_result[form] for form in outcome.plain.spending
    }
    up = _deterministic_scenario(outcome, "wages_up")
    for form in PAYMENT_FORMS:
        lost = outcome.plain.provider_result[form] - up.provider_result[form]
        assert 0.8 * 0.02 * cost[form] / outcome.n_years < lost < 1.2 * 0.02 * cost[form] / outcome.n_years


def test_what_was_changed_is_in_its_name(outcome: Comparison) -> None:
    """Five percent of use, two of wages and prices: choices of this package."""
    assert [(scenario.name["nl"], scenario.name["en"]) for scenario in outcome.sensitivities] == [
        ("5 % meer cliënten", "5 % more clients"),
        ("5 % minder cliënten", "5 % fewer clients"),
        ("5 % langere trajecten", "5 % longer trajectories"),
        ("5 % kortere trajecten", "5 % shorter trajectories"),
        ("5 % meer uren per cliënt", "5 % more hours per client"),
        ("5 % minder uren per cliënt", "5 % fewer hours per client"),
        ("2 % hogere lonen en prijzen in jaar één", "2 % higher wages and prices in year one"),
        ("2 % lagere lonen en prijzen in jaar één", "2 % lower wages and prices in year one"),
    ]


def test_cheapest_names_ties_together() -> None:
    spending = {
        "inspanningsgericht": 100.0,
        "outputgericht": 100.001,
        "taakgericht": 101.0,
        "maatwerktraject": 102.0,
    }
    assert cheapest(spending) == ("inspanningsgericht", "outputgericht")  # type: ignore[arg-type]
    assert cheapest(dict.fromkeys(spending, 0.0)) == tuple(spending)


def test_every_shock_of_the_case_has_its_course(outcome: Comparison) -> None:
    assert [scenario.id for scenario in outcome.shocks] == list(
        dict.fromkeys(row.id for row in outcome.case.shocks)
    )
    for scenario in outcome.shocks:
        rows = [row for row in outcome.case.shocks if row.id == scenario.id]
        assert (scenario.name["en"], scenario.source) == (rows[0].name, rows[0].source)


def test_parts_add_up_to_the_whole(outcome: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory decides how many courses are taken at once, not what comes out."""
    case, contracts = outcome.case, contracts_in_force(outcome)
    planned = plan(case, 64, outcome.n_years, 1, "closed")
    discount = np.ones(outcome.n_years)
    whole = closed_spending(planned, contracts, discount), break_even(case, planned.cells, contracts, discount)
    monkeypatch.setattr(
        deterministic_scenarios, "CELL_YEARS_AT_ONCE", 10 * outcome.n_years * planned.cells.n_cells
    )
    assert [
        len(part) for part in deterministic_scenarios.in_parts(np.zeros(16), planned.cells, outcome.n_years)
    ] == [
        10,
        6,
    ]
    for form, values in closed_spending(planned, contracts, discount).items():
        np.testing.assert_allclose(values, whole[0][form], rtol=1e-12)
    assert break_even(case, planned.cells, contracts, discount) == whole[1]
    monkeypatch.setattr(deterministic_scenarios, "CELL_YEARS_AT_ONCE", 1)
    assert [
        len(part) for part in deterministic_scenarios.in_parts(np.zeros(20), planned.cells, outcome.n_years)
    ] == [
        8,
        8,
        4,
    ]
