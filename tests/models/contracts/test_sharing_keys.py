"""Keys add up to one; money is conserved to the cent."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from by_hand import A, B, case_on_paper, with_policy, written
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bekostiging.case import Case, CaseError, key_weights
from bekostiging.case.read import validated
from bekostiging.case.tables import PAYMENT_FORMS, History, Policy, SharingKey
from bekostiging.contracts import build_contracts, in_cents, municipal_shares, reference
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.scenarios import CareUse, build_cells, draw_block, plan


@given(
    amount=arrays(np.float64, (3, 2), elements=st.floats(-1e8, 1e9)),
    weight=arrays(np.float64, (3, 2, 4), elements=st.floats(0, 10)),
)
def test_cents_add_up_exactly(amount: np.ndarray, weight: np.ndarray) -> None:
    shares = (weight + 0.01) / (weight + 0.01).sum(axis=-1, keepdims=True)
    parts = in_cents(amount, shares)
    np.testing.assert_array_equal(parts.sum(axis=-1), np.rint(amount * 100).astype(np.int64))
    assert (np.abs(parts - shares * np.rint(amount * 100)[..., None]) <= 1 + 1e-6).all()


def test_cents_by_hand() -> None:
    """One cent over three equal parts goes to the first; a hundred euros to 33.34, 33.33, 33.33."""
    third = np.full(3, 1 / 3)
    assert in_cents(np.array(0.01), third).tolist() == [1, 0, 0]
    assert in_cents(np.array(100.0), third).tolist() == [3334, 3333, 3333]


def test_missing_cents_go_to_the_largest_remainders() -> None:
    """99 cents at 0.5, 0.3 and 0.2 are 49.5, 29.7 and 19.8: two are missing, for the last two."""
    shares = np.array([0.5, 0.3, 0.2])
    assert in_cents(np.array([0.99, -0.99]), np.stack([shares, shares])).tolist() == [
        [49, 30, 20],
        [-49, -30, -20],
    ]


def _with_keys(small_case: Case) -> Case:
    """The small case with figures for every key."""
    municipalities = tuple(row.model_copy(update={"key_weight": 2.0}) for row in small_case.municipalities)
    areas = tuple(row.model_copy(update={"residential_places": 10.0}) for row in small_case.areas)
    euro = {"definition": "euro", "care_form": "guidance", "source": "test", "status": "illustrative"}
    history = tuple(
        History.model_validate({"area": area.id, "year": 2024, "euro_realised": 1000.0 * (1 + i), **euro})
        for i, area in enumerate(areas)
    )
    policy = {"unit": "", "source": "test", "status": "illustrative", "scope": "case"}
    numbers = tuple(
        Policy.model_validate({"name": name, "value": value, **policy})
        for name, value in (("solidarity", "0.25"), ("high_cost_threshold", "5000"))
    )
    return replace(
        small_case,
        municipalities=municipalities,
        areas=areas,
        history=small_case.history + history,
        policy=small_case.policy + numbers,
    )


def _shares(case: Case, key: SharingKey, lot: int = 0) -> np.ndarray:
    planned = plan(case, 32, 4, 1, "design")
    return municipal_shares(case, planned.cells, draw_block(planned, 0).care_use(), lot, key)


@pytest.mark.parametrize("key", get_args(SharingKey))
def test_keys_sum_to_one(small_case: Case, key: SharingKey) -> None:
    case = _with_keys(small_case)
    lots = tuple(row.model_copy(update={"sharing_key": key}) for row in case.lots)
    planned = plan(replace(case, lots=lots), 32, 2, 1, "design")
    care_use = draw_block(planned, 0).care_use()
    for j, lot in enumerate(lots):
        if sum(key_weights(case, lot, key).values()) == 0:
            continue  # no realised euro for the care forms of this lot
        shares = municipal_shares(planned.case, planned.cells, care_use, j)
        assert shares.shape == (care_use.n_scenarios, 2, len(case.municipalities))
        np.testing.assert_allclose(shares.sum(axis=-1), 1.0)
        assert (shares >= 0).all()
        np.testing.assert_array_equal(shares, municipal_shares(case, planned.cells, care_use, j, key))


def test_keys_by_hand(small_case: Case) -> None:
    """History 1 to 2; gemeentefonds by its column; the dial a quarter of the way to inhabitants."""
    case = _with_keys(small_case)
    np.testing.assert_allclose(_shares(case, "history")[0, 0], [1 / 3, 2 / 3])
    fund = np.array([row.gemeentefonds for row in case.municipalities])
    np.testing.assert_allclose(_shares(case, "gemeentefonds")[0, 0], fund / fund.sum())
    use, inhabitants = _shares(case, "actual_use"), _shares(case, "inhabitants")
    np.testing.assert_allclose(_shares(case, "dial"), 0.75 * use + 0.25 * inhabitants)


def _euro(case: Case, rows: list[tuple[str, str, int, float]]) -> Case:
    """The case with these realised euros: place, care form or law, year, euro."""
    mark = {"definition": "euro", "source": "test", "status": "illustrative"}
    history = tuple(
        History.model_validate({"area": place, "care_form": form, "year": year, "euro_realised": euro, **mark})
        for place, form, year, euro in rows
    )
    return replace(case, history=history)


@pytest.mark.parametrize(
    ("rows", "weights"),
    [
        # areas and their municipality: the municipality, and its areas where it has no row
        ([("city", "guidance", 2024, 100), ("north", "guidance", 2024, 60), ("south", "guidance", 2024, 50),
          ("village", "guidance", 2024, 300)], (100, 300)),
        ([("north", "guidance", 2024, 60), ("south", "guidance", 2024, 50), ("village", "guidance", 2024, 300)], (110, 300)),
        # a year in which one of its areas has no row is no year of the municipality
        ([("north", "guidance", 2024, 60), ("north", "guidance", 2023, 70), ("south", "guidance", 2023, 50),
          ("village", "guidance", 2024, 300), ("village", "guidance", 2023, 200)], (120, 200)),
        # a care form and its law: the care form
        ([("city", "jeugdwet", 2024, 900), ("city", "guidance", 2024, 100), ("village", "jeugdwet", 2024, 800),
          ("village", "guidance", 2024, 300)], (100, 300)),
        # one municipality knows its law alone: laws for both, as counted or its care forms added
        ([("city", "jeugdwet", 2024, 900), ("city", "guidance", 2024, 100), ("village", "jeugdwet", 2024, 800)], (900, 800)),
        ([("city", "guidance", 2024, 100), ("village", "jeugdwet", 2024, 800)], (100, 800)),
        # the same three last years for everybody; zero is a figure
        ([*(("city", "guidance", year, 10 * year) for year in range(2019, 2025)),
          *(("village", "guidance", year, year) for year in range(2018, 2024))],
         (10 * (2021 + 2022 + 2023), 2021 + 2022 + 2023)),
        ([("city", "guidance", 2024, 0), ("village", "guidance", 2024, 300)], (0, 300)),
        # nothing of the village, in no year
        ([("city", "guidance", 2024, 100)], (0, 0)),
        # other care forms and the nation are not the lot's
        ([("city", "wmo", 2024, 500), ("NL", "guidance", 2024, 1e6), ("city", "guidance", 2024, 100),
          ("village", "guidance", 2024, 300)], (100, 300)),
    ],
)  # fmt: skip
def test_no_euro_of_history_counts_twice(
    small_case: Case, rows: list[tuple[str, str, int, float]], weights: tuple[float, float]
) -> None:
    one, two = small_case.areas[0], small_case.areas[-1]
    areas = tuple(
        row.model_copy(update={"id": name, "municipality": code})
        for row, name, code in ((one, "north", "city"), (one, "south", "city"), (two, "village", "village"))
    )
    lot = next(row for row in small_case.lots if "guidance" in row.care_forms)
    lot = lot.model_copy(update={"areas": tuple(area.id for area in areas), "care_forms": ("guidance",)})
    case = replace(_euro(small_case, rows), areas=areas)
    assert key_weights(case, lot, "history") == {"city": weights[0], "village": weights[1]}


def test_an_area_with_the_name_of_its_municipality_is_an_area_among_others(small_case: Case) -> None:
    areas = tuple(
        small_case.areas[0].model_copy(update={"id": name, "municipality": "city"}) for name in ("city", "south")
    )
    lot = small_case.lots[0].model_copy(update={"areas": ("city", "south"), "care_forms": ("guidance",)})
    both = replace(
        _euro(small_case, [("city", "guidance", 2024, 60), ("south", "guidance", 2024, 50)]), areas=areas
    )
    assert key_weights(both, lot, "history") == {"city": 110}
    alone = replace(_euro(small_case, [("city", "guidance", 2024, 60)]), areas=areas)
    assert key_weights(alone, lot, "history") == {"city": 60}


def test_keys_of_the_past_follow_use_a_year_late(small_case: Case) -> None:
    """The three-year mean of the fourth year is the mean of the first three; of the first it is the same everywhere."""
    case = _with_keys(small_case)
    use, mean = _shares(case, "actual_use"), _shares(case, "three_year_mean")
    np.testing.assert_allclose(mean[:, 3], use[:, :3].mean(axis=1))
    np.testing.assert_allclose(mean[:, 0], np.broadcast_to(mean[0, 0], mean[:, 0].shape))
    before = _shares(case, "clients_before")
    np.testing.assert_allclose(before[:, 0], np.broadcast_to(before[0, 0], before[:, 0].shape))
    assert np.ptp(before[:, 1, 0]) > 0


def test_keys_of_use_on_paper(small_case: Case) -> None:
    """Everybody uses a quarter in the first municipality; the base year had as many clients in both.

    Clients of the year before: half, then a quarter. The mean of three years before: half; (half, half, a quarter); (half, a
    quarter, a quarter); a quarter. Without any use: as the inhabitants, and so for the part that solidarity is.
    """
    case = with_policy(case_on_paper(small_case), solidarity="0.4")
    cells, lot = build_cells(case), 1
    use = {name: {A: [1000.0] * 4, B: [500.0] * 4} for name in ("units", "clients")}
    used, unused = written(case, 4, use), written(case, 4, {})

    def first(key: SharingKey, care_use: CareUse = used) -> list[float]:
        return municipal_shares(case, cells, care_use, lot, key)[0, :, 0].tolist()

    people = first("inhabitants")[0]
    assert 0.4 < people < 0.5
    assert first("actual_use") == pytest.approx([0.25] * 4)
    assert first("clients_before") == pytest.approx([0.5, 0.25, 0.25, 0.25])
    assert first("three_year_mean") == pytest.approx([0.5, 1.25 / 3, 1 / 3, 0.25])
    assert first("dial") == pytest.approx([0.6 * 0.25 + 0.4 * people] * 4)
    assert first("actual_use", unused) == pytest.approx([people] * 4)


def test_the_hybrid_lies_between_use_and_inhabitants(small_case: Case) -> None:
    """Without a client above the threshold it is use; at a threshold of one euro nearly all is by inhabitants."""
    case = _with_keys(small_case)

    def at(threshold: str) -> np.ndarray:
        own = tuple(
            row.model_copy(update={"value": threshold}) if row.name == "high_cost_threshold" else row
            for row in case.policy
        )
        return _shares(replace(case, policy=own), "hybrid")

    np.testing.assert_allclose(at("1e7"), _shares(case, "actual_use"))
    np.testing.assert_allclose(at("1"), _shares(case, "inhabitants"), atol=0.002)


def test_residence_moves_care_with_accommodation_only(small_case: Case) -> None:
    case = _with_keys(small_case)
    lots = {lot.id: j for j, lot in enumerate(case.lots)}
    plain, residential = lots["youth"], lots["residential"]
    np.testing.assert_array_equal(_shares(case, "residence", plain), _shares(case, "actual_use", plain))
    np.testing.assert_allclose(_shares(case, "residence", residential), 0.5)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("dial", "sharing key dial of lot youth asks solidarity in table policy"),
        ("hybrid", "sharing key hybrid of lot youth asks high_cost_threshold in table policy"),
        ("history", "sharing key history of lot youth has weight 0 everywhere"),
        ("fixed", "sharing key fixed of lot youth has weight 0 everywhere"),
    ],
)
def test_a_key_without_its_figures_is_refused(small_case: Case, key: str, said: str) -> None:
    lots = tuple(row.model_copy(update={"sharing_key": key}) for row in small_case.lots)
    with pytest.raises(CaseError, match=said):
        validated(replace(small_case, lots=lots))


@given(seed=st.integers(0, 5), form=st.sampled_from(tuple(PAYMENT_FORMS)))
def test_money_is_conserved_in_every_scenario(small_case: Case, seed: int, form: str) -> None:
    """What the municipalities pay together is what the providers receive: every scenario and year, to the cent."""
    planned = plan(small_case, 32, 2, seed, "design")
    care_use = draw_block(planned, 0).care_use()
    contracts = build_contracts(small_case, planned.cells, reference(small_case, planned.cells, 2), form)
    samples = settle_all(small_case, planned.cells, contracts, care_use, levels_by_lot(small_case, care_use))
    received = np.rint(100 * samples.payment).astype(np.int64).sum(axis=2)
    paid = np.rint(100 * samples.municipal).astype(np.int64).sum(axis=2)
    np.testing.assert_array_equal(paid, received)
