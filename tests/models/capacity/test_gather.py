"""From a case to the data of the decision: clients counted, courses against closed forms, fees, distance, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bekostiging.capacity import CapacityData, capacity_data, capacity_work
from bekostiging.case import Case, UserError
from bekostiging.case.tables import Alternative, Policy, Waiting
from bekostiging.scenarios import Plan, draw_block, plan
from bekostiging.scenarios.forecast import client_months_of_stock, demand_forecast, twice_integrated_survival

QUARTER = 3.0


def _draw_arrays(planned: Plan) -> dict[str, np.ndarray]:
    work = capacity_work(planned)
    parts = [work(draw_block(planned, index)).arrays() for index in range(planned.n_blocks)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _data(case: Case, n_scenarios: int = 32, n_years: int = 2) -> CapacityData:
    planned = plan(case, n_scenarios, n_years, 1, "design")
    return capacity_data(planned, _draw_arrays(planned))


def _with_policy(case: Case, **values: str) -> Case:
    rows = [row for row in case.policy if row.name not in values]
    rows += [
        Policy(name=name, scope="case", value=value, source="test", status="illustrative")
        for name, value in values.items()
    ]
    return replace(case, policy=tuple(rows))


def _first(case: Case, **changes: Any) -> Case:
    """The case with its first row of capacity changed."""
    row, *rest = case.capacity
    return replace(case, capacity=(row.model_copy(update=changes), *rest))


def test_every_client_of_a_lot_is_counted_once(small_case: Case) -> None:
    """Starts by year as ``CareUse`` has them, and who sat as the client arrays have them."""
    planned = plan(small_case, 32, 2, 1, "design")
    arrays = _draw_arrays(planned)
    block = draw_block(planned, 0)
    own = planned.cells.lot >= 0
    n = block.clients.n_scenarios
    starts = block.care_use().starts[:, :, own].sum(axis=2)
    asked = (arrays["regular"] + arrays["crisis"])[:n].reshape(n, 2, 4, -1).sum(axis=(2, 3))
    np.testing.assert_array_equal(asked, starts)
    sat = np.bincount(
        block.clients.scenario[(block.clients.asked_month < 0) & own[block.clients.cell]], minlength=n
    )
    np.testing.assert_array_equal(arrays["caseload"][:n].sum(axis=(1, 2)), sat)


def test_presence_follows_the_law_of_the_durations(small_case: Case) -> None:
    """Without risk factors the part in care u quarters after the start is (G(3u+3) - 2 G(3u) + G(3u-3)) / 9 with
    G twice integrated survival, and that of who sits the integral of the equilibrium law (Cox 1962)."""
    case = replace(small_case, risk_factors=())
    planned = plan(case, 64, 2, 1, "design")
    data = capacity_data(planned, _draw_arrays(planned))
    durations = demand_forecast(case, 2).durations
    for f, form in enumerate(data.care_forms):
        row = next(i for i, one in enumerate(case.demand) if one.care_form == form)
        law = durations.rows(np.array([row]))

        def up_to(t: float, law: Any = law) -> float:
            return float(twice_integrated_survival(np.array([t]), law)[0])

        for u in range(8):
            begin, end = QUARTER * u, QUARTER * (u + 1)
            presence = (up_to(end) - 2 * up_to(begin) + up_to(begin - QUARTER)) / QUARTER**2
            remainder = client_months_of_stock(np.array([begin]), np.array([end]), law)[0] / QUARTER
            assert data.stays[f, u] == pytest.approx(presence, abs=0.02)
            assert data.remains[f, u] == pytest.approx(remainder, abs=0.02)


def test_without_risk_factors_a_place_carries_one_client(small_case: Case) -> None:
    data = _data(replace(small_case, risk_factors=()))
    np.testing.assert_allclose(data.scenarios.available, 1.0)
    assert not data.scenarios.lost.any()


def test_heavier_futures_carry_fewer(small_case: Case) -> None:
    """Harmonic around one: the mean load over the future's own."""
    data = _data(small_case)
    np.testing.assert_allclose((1 / data.scenarios.available).mean(axis=0), 1.0, rtol=1e-12)
    assert data.scenarios.available.std() > 0


def test_both_fees_are_the_tariff_at_full_use(small_case: Case) -> None:
    """availability + 365/7 weeks of use = tariff x units per week x weeks; in this region tariffs are equal."""
    data = _data(small_case)
    supply = data.supply
    year = supply.availability_fee + supply.usage_fee * 365 / 7
    np.testing.assert_allclose(year, data.price[supply.care_form] * 365 / 7, rtol=1e-9)


def test_fees_of_the_table_are_taken(small_case: Case) -> None:
    data = _data(_first(small_case, availability_fee=1000.0, usage_fee=50.0))
    k = next(
        k
        for k in range(data.supply.n_offers)
        if data.supply.names[data.supply.contract[k]][0] == small_case.capacity[0].provider
        and data.care_forms[data.supply.care_form[k]] == small_case.capacity[0].care_form
    )
    weekly = next(
        row.units_per_week for row in small_case.demand if row.care_form == small_case.capacity[0].care_form
    )
    assert data.supply.availability_fee[k] == 1000.0
    assert data.supply.usage_fee[k] == pytest.approx(50.0 * weekly, rel=1e-9)


def test_distance_in_four_numbers(small_case: Case) -> None:
    """Local at home and where no location is given, regional in the other area, supra-regional from far."""
    price = {row.scale: row.euro_per_client_week for row in small_case.travel}
    form = small_case.capacity[0].care_form
    homes = {
        "": ["local", "local"],
        small_case.areas[0].id: ["local", "regional"],
        "supra_regional": ["supra_regional"] * 2,
    }
    for location, scales in homes.items():
        data = _data(_first(small_case, location=location))
        k = int(np.flatnonzero(data.supply.care_form == data.care_forms.index(form))[0])
        assert data.supply.travel[k].tolist() == [price[scale] for scale in scales]
        assert data.supply.far[k] == (location == "supra_regional")


def test_norm_waiting_list_and_alternatives(small_case: Case) -> None:
    """Allowed late clients are a share of the expected starts of a quarter; the list of today is by area."""
    row = Waiting(
        area=small_case.areas[1].id, care_form="guidance", clients=30, mean_weeks=6, source="x", status="own_data"
    )
    data = _data(replace(small_case, waiting=(row,)))
    f = data.care_forms.index("guidance")
    quarterly = data.scenarios.regular.mean(axis=(0, 1)).sum(axis=1)
    np.testing.assert_allclose(data.allowed, 0.25 * quarterly)
    assert data.waiting[f].tolist() == [0.0, 30.0]
    assert data.waited[f].tolist() == [0.0, 6.0]
    assert {(one.origin, one.destination) for one in data.substitutes} == {
        (data.care_forms.index(one.origin), data.care_forms.index(one.destination))
        for one in small_case.alternatives
    }


@pytest.mark.parametrize("name", ["adhoc_premium", "waiting_cost"])
def test_a_number_without_which_nothing_is_weighed(small_case: Case, name: str) -> None:
    case = replace(small_case, policy=tuple(row for row in small_case.policy if row.name != name))
    with pytest.raises(UserError) as caught:
        _data(case)
    assert caught.value.text("en") == (
        f"table policy, lot youth: {name} is missing, and needed for capacity; add a row (scope case or the lot)"
    )
    assert f"{name} ontbreekt" in caught.value.text("nl")


def test_an_empty_table_and_an_empty_lot(small_case: Case) -> None:
    with pytest.raises(UserError, match="table capacity is empty; fill in what can be reserved"):
        _data(replace(small_case, capacity=()))
    rows = tuple(row for row in small_case.capacity if row.care_form != "residential")
    with pytest.raises(UserError) as caught:
        _data(replace(small_case, capacity=rows))
    assert caught.value.text("en") == (
        "lot residential is empty: none of its contracts has a row in table capacity for residential; add it or remove the "
        "lot"
    )
    assert caught.value.text("nl").startswith("perceel residential is leeg")


def test_demand_that_nobody_can_serve_is_named(small_case: Case) -> None:
    rows = tuple(row for row in small_case.capacity if row.care_form != "mental_care")
    with pytest.raises(UserError) as caught:
        _data(replace(small_case, capacity=rows, alternatives=()))
    assert caught.value.text("en").startswith(
        "no provider can serve mental_care / gebied-1, mental_care / gebied-2; add"
    )


def test_a_concentration_that_too_few_providers_can_keep(small_case: Case) -> None:
    with pytest.raises(UserError, match="lets none of them have more than that part of the places") as caught:
        _data(_with_policy(small_case, concentration="0.05"))
    assert caught.value.text("nl").startswith("perceel youth, guidance: er kunnen hoogstens")


def test_an_availability_fee_above_the_tariff(small_case: Case) -> None:
    with pytest.raises(UserError, match="more than the tariff at full use") as caught:
        _data(_first(small_case, availability_fee=1e6))
    assert "kolom availability_fee" in caught.value.text("nl")


def test_care_forms_outside_the_lots_stay_outside(small_case: Case) -> None:
    lots = tuple(row for row in small_case.lots if row.id != "wmo")
    contracts = tuple(row for row in small_case.contracts if row.lot != "wmo")
    data = _data(replace(small_case, lots=lots, contracts=contracts))
    assert data.care_forms == ("guidance", "mental_care", "residential")
    alone = Alternative(
        origin="mental_care",
        destination="wmo_guidance",
        share=0.1,
        loss_of_fit=1,
        source="x",
        status="illustrative",
    )
    assert _data(replace(small_case, lots=lots, contracts=contracts, alternatives=(alone,))).substitutes == ()


def test_policy_of_the_contracts(small_case: Case) -> None:
    given = {"contracts_least": "1", "contracts_most": "2", "swap_share": "0.2", "adhoc_most": "0.5"}
    case = _with_policy(small_case, waiting_norm="expected", **given)
    of_lot = Policy(name="concentration", scope="youth", value="0.7", source="test", status="illustrative")
    data = _data(replace(case, policy=(*case.policy, of_lot)))
    assert data.supply.least.tolist() == [1, 1, 1]
    assert data.supply.most_contracts.tolist() == [2, 2, 2]
    assert data.supply.concentration.tolist() == [0.7, 1.0, 1.0]
    assert data.swap.tolist() == [0.2] * 3
    assert data.adhoc_most.tolist() == [0.5] * 4
    assert data.norm == "expected"
