"""The bridge from today's spending to the designed one: by hand, its limit cases, and that it adds up to the cent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import Case
from bekostiging.contracts import reference
from bekostiging.scenarios import build_cells, clients_in_calendar_year
from bekostiging.stress import Comparison, bridges
from bekostiging.stress.bridge import Effects, effects
from bekostiging_solvers import Scramblings

AMOUNT = st.floats(min_value=0.01, max_value=1e9)


def test_by_hand() -> None:
    """Ten clients become twelve, units at tariff 1,100 become 1,430, today they cost 1,000: r = 1,000 / 1,100.

    volume 1,000 x 0.2 = 200; use at today's tariff 1,430 r = 1,300, mix 1,300 - 1,200 = 100; price 1,430 - 1,300 = 130;
    loading 5 % of 1,430 = 71.50; together 1,501.50.
    """
    assert effects(1000.0, (10.0, 12.0), (1100.0, 1430.0), 1430.0, 1501.5) == Effects(
        100_000, 20_000, 10_000, 13_000, 7_150, 150_150
    )


def test_nothing_changes_nothing_moves() -> None:
    assert effects(100.0, (5.0, 5.0), (80.0, 80.0), 100.0, 100.0) == Effects(10_000, 0, 0, 0, 0, 10_000)


@pytest.mark.parametrize(
    ("clients", "value", "reference_amount", "budget", "step"),
    [
        ((5.0, 6.0), (100.0, 120.0), 120.0, 120.0, "volume"),
        ((5.0, 5.0), (100.0, 110.0), 110.0, 110.0, "mix"),
        ((5.0, 5.0), (100.0, 100.0), 107.0, 107.0, "price"),
        ((5.0, 5.0), (100.0, 100.0), 100.0, 103.0, "loading"),
    ],
)
def test_one_cause_one_step(
    clients: tuple[float, float], value: tuple[float, float], reference_amount: float, budget: float, step: str
) -> None:
    found = effects(100.0, clients, value, reference_amount, budget)
    moved = {name for name in ("volume", "mix", "price", "loading") if getattr(found, name) != 0}
    assert moved == {step}


@given(AMOUNT, st.tuples(AMOUNT, AMOUNT), st.tuples(AMOUNT, AMOUNT), AMOUNT, AMOUNT)
def test_it_adds_up_to_the_cent(
    today: float, clients: tuple[float, float], value: tuple[float, float], reference_amount: float, budget: float
) -> None:
    found = effects(today, clients, value, reference_amount, budget)
    assert found.today + found.volume + found.mix + found.price + found.loading == found.designed
    assert found.designed == round(100 * budget)


def test_a_region_grows_by_its_growth(outcome: Comparison) -> None:
    """Starts and stock of the synthetic region grow 1.5 % a year and nothing else: volume is 1.5 % of today's revenue."""
    found = bridges(
        outcome.case, outcome.cells, outcome.reference, outcome.lumpsum, Scramblings(outcome.n_scramblings)
    )
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    assert [one.lot for one in found] == [lot.name for lot in data.lots]
    for j, one in enumerate(found):
        own = data.lot == j
        assert one.effects.today == round(100 * data.revenue[own].sum())
        assert one.effects.designed == round(100 * design.budget[own, 0].sum())
        assert one.effects.volume == pytest.approx(0.015 * one.effects.today, rel=1e-6)
        assert abs(one.effects.mix) < 0.002 * one.effects.today
        assert one.beside.standard_error > 0


def test_without_last_years_revenue_a_lot_is_left_out(outcome: Comparison) -> None:
    data = outcome.lumpsum.data
    revenue = np.where(data.lot == 0, 0.0, data.revenue)
    poor = replace(outcome.lumpsum, data=replace(data, revenue=revenue))
    found = bridges(outcome.case, outcome.cells, outcome.reference, poor, Scramblings(outcome.n_scramblings))
    assert [one.lot for one in found] == [lot.name for lot in data.lots[1:]]


def test_clients_of_the_base_year_are_the_tables(small_case: Case) -> None:
    """In the base year: stock and starts of table demand, split by market share."""
    cells = build_cells(small_case)
    found = clients_in_calendar_year(small_case, cells, small_case.base_year)
    assert found.sum() == pytest.approx(
        sum(row.clients_at_start + row.starts_per_year for row in small_case.demand)
    )
    terms = reference(small_case, cells, 1)
    ahead = clients_in_calendar_year(small_case, cells, small_case.first_year)
    assert ahead.sum() == pytest.approx(terms.clients[:, 0].sum())
