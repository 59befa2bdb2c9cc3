"""Break-even: forms at parity need nothing, a dearer one needs exactly its surplus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from balance import in_balance

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import Taakgericht, build_contracts, reference
from bekostiging.evaluation.break_even import SWEEP, _equal, _nearest, _year, break_even, sweeps
from bekostiging.scenarios.cells import build_cells

DISCOUNT = np.ones(3)


@pytest.fixture(scope="module")
def parity(small_case: Case) -> tuple[Case, dict]:
    """No growth, administration or ceilings: everything costs the same as expected."""
    case = replace(in_balance(small_case), administration=())
    cells = build_cells(case)
    terms = reference(case, cells, 3)
    return case, {form: build_contracts(case, cells, terms, form, ceilings=False) for form in PAYMENT_FORMS}


def test_at_parity_nothing_needs_to_change(parity: tuple[Case, dict]) -> None:
    case, contracts = parity
    found = break_even(case, build_cells(case), contracts, DISCOUNT)
    for form in PAYMENT_FORMS:
        for own in found[form].values():
            assert (own.municipality, own.total, own.year) == (0.0, 0.0, case.first_year)


def test_a_dearer_form_needs_its_surplus(parity: tuple[Case, dict]) -> None:
    """Tariffs 5 % up: the price must fall by 0.05 / 1.05; the stock has no part in new volume, so volume by more."""
    case, contracts = parity
    dear = tuple(replace(one, tariff=1.05 * one.tariff) for one in contracts["maatwerktraject"])
    found = break_even(case, build_cells(case), contracts | {"maatwerktraject": dear}, DISCOUNT)["maatwerktraject"]
    assert found["price"].municipality == pytest.approx(-0.05 / 1.05, rel=1e-3)
    assert found["volume"].municipality is not None
    assert found["volume"].municipality < -0.05 / 1.05
    assert found["volume"].year is None
    assert found["volume"].total == 0.0


def test_a_lump_sum_does_not_follow_volume(parity: tuple[Case, dict]) -> None:
    case, contracts = parity
    dear = []
    for one in contracts["taakgericht"]:
        assert isinstance(one, Taakgericht)
        dear.append(replace(one, budget=1.05 * one.budget))
    found = break_even(case, build_cells(case), contracts | {"taakgericht": tuple(dear)}, DISCOUNT)["taakgericht"]
    assert found["volume"].municipality is None
    assert found["duration"].municipality is None


@pytest.mark.parametrize(
    ("values", "now", "change"),
    [
        ((80.0, 90.0, 100.0, 110.0, 120.0), 100.0, 0.0),  # equal as it is
        ((80.0, 90.0, 99.0, 103.0, 120.0), 99.0, 0.0625),  # a quarter of the way from 0 to 0.25
        ((90.0, 104.0, 110.0, 120.0, 96.0), 110.0, -0.25 - 0.25 * 4 / 14),  # nearer than the one at the other side
        ((60.0, 70.0, 80.0, 100.0, 120.0), 80.0, 0.25),  # on a point of the grid
        ((60.0, 70.0, 80.0, 90.0, 95.0), 80.0, None),
        ((100.0, 100.0, 105.0, 110.0, 120.0), 105.0, -0.25),  # equal all the way from -0.5 to -0.25
    ],
)
def test_the_nearest_change_by_hand(values: tuple[float, ...], now: float, change: float | None) -> None:
    """Where a line through the values at -0.5, -0.25, 0, 0.25 and 0.5 meets 100."""
    found = _nearest(np.array([-0.5, -0.25, 0.0, 0.25, 0.5]), np.array(values), now, 100.0)
    assert found == (None if change is None else pytest.approx(change))


def test_what_is_nothing_now_needs_no_change() -> None:
    """Nothing equals nothing, also where the grid has no zero among its points."""
    assert _nearest(np.array([-0.5, 0.5]), np.zeros(2), 0.0, 0.0) == 0
    nothing = {form: {"municipality": 0.0, "total": 0.0} for form in PAYMENT_FORMS}
    assert _equal(nothing, "taakgericht") == 0
    assert _equal(nothing | {"taakgericht": {"municipality": 0.0, "total": 1.0}}, "taakgericht") is None


@pytest.mark.parametrize(
    ("own", "year"),
    [
        ((100.0, 100.0, 100.0), 2026),
        ((99.0, 200.0, 200.0), 2026),  # cheaper by the end of the first year is enough
        ((110.0, 95.0, 90.0), 2028),  # 10 dearer, 5 dearer, 5 cheaper
        ((110.0, 95.0, 95.0), 2028),  # 10, 5 and nothing
        ((110.0, 95.0, 96.0), None),
    ],
)
def test_the_year_in_which_a_form_has_earned_itself_back(own: tuple[float, ...], year: int | None) -> None:
    def spent(euro: tuple[float, ...]) -> dict:
        return {"municipality": np.array([euro])}

    assert _year(spent(own), spent((100.0,) * 3), np.ones(3), 2026) == year


def test_what_costs_nothing_is_earned_back_at_once() -> None:
    nothing = {"municipality": np.zeros((1, 3))}
    assert _year(nothing, nothing, np.ones(3), 2026) == 2026


def test_later_years_count_for_less() -> None:
    """30 dearer and then 40 cheaper, which is worth 20 at the start: not earned back."""
    own, other = ({"municipality": np.array([euro])} for euro in ((130.0, 60.0), (100.0, 100.0)))
    assert _year(own, other, np.ones(2), 2026) == 2027
    assert _year(own, other, np.array([1.0, 0.5]), 2026) is None


def test_hours_of_administration_are_on_top(small_case: Case, parity: tuple[Case, dict]) -> None:
    """One hour per contract a year at 50 euro, of the municipality under taakgericht alone: so much must the price fall; the
    total is dearer too, and no price changes that."""
    plain, contracts = parity
    row = small_case.administration[0].model_copy(
        update={
            "payment_form": "taakgericht", "party": "municipality", "hours_per_client": 0.0,
            "hours_per_contract": 1.0, "euro_per_hour": 50.0,
        }
    )  # fmt: skip
    case = replace(plain, administration=(row,))
    found = break_even(case, build_cells(case), contracts, DISCOUNT)["taakgericht"]
    paid = sum(float(one.budget.sum()) for one in contracts["taakgericht"])
    assert found["price"].municipality == pytest.approx(-3 * 50 * len(case.contracts) / paid, rel=1e-3)
    assert found["price"].total is None
    per_client = row.model_copy(update={"hours_per_contract": 0.0, "hours_per_client": 1.0})
    case = replace(plain, administration=(per_client,))
    found = break_even(case, build_cells(case), contracts, DISCOUNT)["taakgericht"]
    clients = float(reference(case, build_cells(case), 3).clients.sum())
    assert found["price"].municipality == pytest.approx(-50 * clients / paid, rel=1e-3)
    free = tuple(replace(one, budget=0 * one.budget) for one in contracts["taakgericht"])
    found = break_even(case, build_cells(case), contracts | {"taakgericht": free}, DISCOUNT)["taakgericht"]
    assert found["price"].municipality is None  # what costs nothing gets no cheaper


def test_a_sweep_is_parity_in_the_middle_and_flat_for_the_lump_sum(parity: tuple[Case, dict]) -> None:
    case, contracts = parity
    volume, duration = sweeps(case, build_cells(case), contracts, DISCOUNT)
    middle = SWEEP.index(0.0)
    for sweep in (volume, duration):
        np.testing.assert_allclose(
            [own[middle] for own in sweep.spending.values()], sweep.spending["taakgericht"][middle]
        )
        assert np.ptp(sweep.spending["taakgericht"]) < 1e-6 * sweep.spending["taakgericht"][0]
        assert (np.diff(sweep.spending["inspanningsgericht"]) > 0).all()
    assert np.ptp(duration.spending["outputgericht"]) < 1e-6 * duration.spending["outputgericht"][0]
