"""Waiting counted client by client under a plan: by hand, and with extreme inputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from capacity_instances import care, clients_of, scenarios, supply

from bekostiging.capacity import (
    CapacityData,
    Outcome,
    capacity_clients,
    capacity_data,
    capacity_work,
    count_waiting,
    decide_capacity,
    norm_checks,
    outcome_of,
    waiting_answers,
)
from bekostiging.case import Case
from bekostiging.case.tables import Waiting
from bekostiging.evaluation.blocks import Blocks
from bekostiging.scenarios import Plan, draw_block, plan
from bekostiging.units import WEEKS_PER_MONTH
from bekostiging_solvers import Scramblings
from bekostiging_solvers.typing import FloatArray

MARK = {"source": "test", "status": "illustrative"}


def planned(data: CapacityData) -> Outcome:
    return outcome_of(decide_capacity(data))[0]


def one_place(asked: int = 4, **changes: object) -> CapacityData:
    """A provider with one place in one area, no purchase; ``asked`` in the first quarter."""
    own = supply([{"minimum": 1, "maximum": 1}], None, [{"least": 1}])
    future = scenarios(own, regular=np.array([asked, 0, 0, 0])[None, :, None, None])
    return care(own, future, **({"adhoc_most": 0.0} | changes))


def test_one_place_by_hand() -> None:
    """Four ask at 0, 1, 2 and 2.5 and stay two months each: they begin at 0, 2, 4 and 6. At month 3 the last two wait;
    at month 6 the last begins, and nobody waits any more.

    Weeks: 0 + 1 + 2 + 3.5 months. Norm three weeks, 0.69 months: at month 3 who asked at 2 has waited 1 month, too long;
    who asked at 2.5 half a month, not yet.
    """
    outcome = planned(one_place(norm_weeks=3.0))
    found = count_waiting(outcome, clients_of([0, 1, 2, 2.5], [2, 2, 2, 2]), np.zeros((1, 1)))
    np.testing.assert_array_equal(found.waiting[0, :, 0, 0], [2, 0, 0, 0])
    np.testing.assert_array_equal(found.beyond[0, :, 0, 0], [1, 0, 0, 0])
    np.testing.assert_array_equal(found.unserved(0, np.array([True])), [[2, 0, 0, 0]])
    assert found.weeks[0, 0, 0] == pytest.approx(6.5 * WEEKS_PER_MONTH)
    np.testing.assert_allclose(found.late, [[1 / 4]])


def test_a_safety_place_by_hand() -> None:
    """With two places the same four begin at 0, 1, 2 and 3: at the end of the quarter nobody waits, half a month in all."""
    found = count_waiting(planned(one_place()), clients_of([0, 1, 2, 2.5], [2, 2, 2, 2]), np.ones((1, 1)))
    assert found.waiting.sum() == 0
    assert found.weeks.sum() == pytest.approx(0.5 * WEEKS_PER_MONTH)


def test_today_s_list_waits_first_and_a_norm_of_zero_weeks_counts_everybody() -> None:
    """One of two on the list begins at 0 and stays four months, the other then, who asks at 1 at 8. With a norm of no weeks
    all who wait wait too long."""
    outcome = planned(one_place(norm_weeks=0.0, waiting=2.0, waited=4.0, asked=1))
    found = count_waiting(outcome, clients_of([-2, -1, 1], [4, 4, 1]), np.zeros((1, 1)))
    np.testing.assert_array_equal(found.waiting[0, :, 0, 0], [2, 1, 0, 0])
    np.testing.assert_array_equal(found.beyond, found.waiting)
    assert found.weeks.sum() == pytest.approx((4 + 7) * WEEKS_PER_MONTH)


@pytest.mark.parametrize("asked", [0, 5])
def test_no_places_at_all(asked: int) -> None:
    """Nothing reserved and nothing bought: who asks waits to the end of the term; where nobody asks nobody does."""
    own = supply([{"maximum": 1, "availability_fee": 1e9}])
    data = care(own, scenarios(own, regular=np.array([asked, 0, 0, 0])[None, :, None, None]), adhoc_most=0.0)
    outcome = planned(data)
    assert outcome.places.sum() == 0
    found = count_waiting(outcome, clients_of([1.0] * asked, [1.0] * asked), np.zeros((1, 1)))
    np.testing.assert_array_equal(found.waiting[0, :, 0, 0], [asked] * 4)
    assert found.weeks.sum() == pytest.approx(asked * 11 * WEEKS_PER_MONTH)


def test_who_is_bought_does_not_wait() -> None:
    own = supply([{"maximum": 1, "availability_fee": 1e9}])
    outcome = planned(care(own, scenarios(own, regular=3.0)))
    assert outcome.bought.sum() == pytest.approx(12)
    assert count_waiting(outcome, clients_of([0, 1, 2], [9, 9, 9]), np.zeros((1, 1))).weeks.sum() == 0


def test_overload_grows_by_what_the_places_cannot_serve() -> None:
    """Load 1.5: one place, two-month stays, so 1.5 leave a quarter, and 2.25 ask: after t quarters 0.75 t wait, give or take
    the client that is not whole."""
    asked = [k * 4 / 3 for k in range(9)]
    outcome = planned(one_place())
    found = count_waiting(outcome, clients_of(asked, [2] * 9), np.zeros((1, 1)))
    np.testing.assert_allclose(found.waiting[0, :, 0, 0], 0.75 * np.arange(1, 5), atol=1)
    assert (np.diff(found.waiting[0, :, 0, 0]) >= 0).all()


def test_clients_are_divided_as_the_plan_does() -> None:
    """Two providers of one and three places, to which the plan gives clients as 1 to 3; four safety places at the second
    draw more of them there, 1 to 7 of eight."""
    own = supply([{"minimum": 1, "maximum": 1}, {"minimum": 3, "maximum": 3}], None, [{"least": 2}])
    future = scenarios(own, regular=4.0)
    outcome = planned(care(own, future, adhoc_most=0.0))
    np.testing.assert_allclose(outcome.served[0, :, :, 0], [[1, 3]] * 4)
    clients = clients_of([0.0] * 8, [100.0] * 8)
    waits = [
        count_waiting(outcome, clients, np.array([[0.0], [extra]])).waiting[0, 0, 0, 0] for extra in (0.0, 4.0)
    ]
    # 2 on 1 place and 6 on 3, then 1 on 1 and 7 on 7
    assert waits == [1 + 3, 0]


def _draw_arrays(made: Plan) -> dict[str, FloatArray]:
    parts = [
        capacity_work(made, one_by_one=True)(draw_block(made, index)).arrays() for index in range(made.n_blocks)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def test_the_clients_of_a_case_are_those_that_were_counted(small_case: Case) -> None:
    """One by one as by quarter, care form and area; today's list asks before the term; heaviness without duration."""
    form = small_case.lots[0].care_forms[0]
    row = Waiting(area=small_case.areas[0].id, care_form=form, clients=7, mean_weeks=6, **MARK)
    made = plan(replace(small_case, waiting=(row,)), 32, 2, 1, "design")
    arrays = _draw_arrays(made)
    data, clients = capacity_data(made, arrays), capacity_clients(made, arrays)
    requests, sitting = clients.requests, clients.caseload
    listed = requests.asked < 0
    np.testing.assert_array_equal(np.bincount(requests.scenario[listed]), [7] * 32)
    assert (requests.asked[listed] >= -12 / WEEKS_PER_MONTH).all()
    assert {data.care_forms[f] for f in requests.form[listed]} == {form}
    everybody = np.zeros(data.scenarios.regular.shape)
    new = ~listed
    np.add.at(
        everybody, (requests.scenario[new], requests.quarter[new], requests.form[new], requests.area[new]), 1
    )
    np.testing.assert_array_equal(everybody, data.scenarios.regular + data.scenarios.crisis)
    sat = np.zeros(data.scenarios.caseload.shape)
    np.add.at(sat, (sitting.scenario, sitting.form, sitting.area), 1)
    np.testing.assert_array_equal(sat, data.scenarios.caseload)
    assert clients.carried.shape == (32, 8, len(data.care_forms))
    assert ((requests.place > 0) & (requests.place < 1)).all()


def test_clients_of_blocks_of_unequal_length_are_kept_whole(small_case: Case, tmp_path: Path) -> None:
    """On disk (``--keep``) as in memory; every block has clients of its own number."""
    made = plan(small_case, 32, 1, 1, "design")
    work = capacity_work(made, one_by_one=True)
    memory, disk = (
        Blocks(keep=keep).series(made, work, lambda _done, _total: None) for keep in (None, tmp_path / "kept")
    )
    assert made.n_blocks > 1
    assert len(set(memory["n_requests"])) > 1
    for name, array in memory.items():
        np.testing.assert_array_equal(disk[name], array)


def test_answers_are_read_off_the_count() -> None:
    """The table and the norm of one count: 2 of 4 wait at the first quarter end, mean over the quarters 0.5."""
    outcome = planned(one_place(norm_weeks=3.0, allowed=2.0))
    found = count_waiting(outcome, clients_of([0, 1, 2, 2.5], [2, 2, 2, 2]), np.zeros((1, 1)))
    (answer,) = waiting_answers(found, ["0034"], Scramblings(1))
    assert answer.clients.value == 0.5
    assert answer.wait_share is not None
    assert answer.wait_share.value == 0.5
    assert answer.mean_weeks is not None
    assert answer.mean_weeks.value == pytest.approx(6.5 * WEEKS_PER_MONTH / 4)
    (norm,) = norm_checks(found, Scramblings(1))
    assert (norm.value.value, norm.verdict) == (0.25, "holds")
