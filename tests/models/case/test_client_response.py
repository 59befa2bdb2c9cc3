"""How clients follow the inflow: closed forms, and the engine itself as judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import Case
from bekostiging.case.client_response import AGES, AT_ONCE, response, response_of
from bekostiging.case.series import NATION
from bekostiging.scenarios import expected_care_use, neutral_factors, plan

size = st.floats(0, 1e6)


@given(starts=st.lists(size, min_size=1, max_size=4), in_care=st.lists(size, min_size=4, max_size=4))
@pytest.mark.parametrize("definition", ["persons_in_year", "stock_at_date", "trajectories"])
def test_every_client_entered_in_some_year(definition: str, starts: list[float], in_care: list[float]) -> None:
    weights = response(np.array(starts), np.array(in_care[: len(starts)]), definition)
    assert weights.sum() == pytest.approx(1.0)
    assert weights.min() >= 0


def test_by_hand() -> None:
    """30 start a year beside 60 in care: two years on average; a third follows at once."""
    weights = response(np.array([30.0]), np.array([60.0]))
    stay = np.exp(-1 / 2)
    assert weights[:3] == pytest.approx([1 / 3, 2 / 3 * (1 - stay), 2 / 3 * (1 - stay) * stay])
    assert response(np.array([30.0]), np.array([60.0]), "trajectories").tolist() == weights.tolist()
    on_a_date = response(np.array([30.0]), np.array([60.0]), "stock_at_date")
    assert on_a_date[:2] == pytest.approx([1 - stay, (1 - stay) * stay])


def test_nobody_in_care_follows_at_once() -> None:
    weights = response(np.array([30.0]), np.array([0.0]))
    assert weights[0] == 1.0
    assert len(weights) == AGES
    assert response(np.zeros(1), np.zeros(1)) is AT_ONCE


def test_clients_without_starts_do_not_follow() -> None:
    assert response(np.zeros(1), np.array([5.0]))[0] == 0.0


def test_rows_are_added_by_their_clients() -> None:
    one, other = response(np.array([10.0]), np.array([10.0])), response(np.array([10.0]), np.array([70.0]))
    both = response(np.array([10.0, 10.0]), np.array([10.0, 70.0]))
    assert both == pytest.approx(0.2 * one + 0.8 * other)


def test_a_nation_without_demand_follows_as_everybody(small_case: Case) -> None:
    whole = response_of(small_case, NATION, "jeugdwet", "persons_in_year")
    places = [row.code for row in small_case.municipalities]
    assert 0 < whole[0] < 1
    assert response_of(small_case, "elsewhere", "unknown", "persons_in_year")[0] > 0
    assert {response_of(small_case, place, "jeugdwet", "persons_in_year")[0] > 0 for place in places} == {True}


def test_the_engine_moves_its_clients_so_in_the_first_year(small_case: Case) -> None:
    """Ten percent more inflow in the first year, in the engine, is b_0 of ten percent more clients."""
    planned = plan(small_case, 20, 1, 1, "closed")
    factors = neutral_factors(planned.case, 1)
    inflow = factors.inflow.copy()
    inflow[:, 1:] *= 1.1  # of the starts, not of who is in care
    before, after = (
        expected_care_use(planned.case, planned.cells, 1, one).clients.sum()
        for one in (factors, replace(factors, inflow=inflow))
    )
    rows = planned.case.demand
    weights = response(
        np.array([row.starts_per_year for row in rows]), np.array([row.clients_at_start for row in rows])
    )
    assert after / before - 1 == pytest.approx(0.1 * weights[0], rel=0.05)
