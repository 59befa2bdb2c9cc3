"""What an estimated case assumes, in euros: against other ways to the same number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from history_start import FORM, OTHER, estimated, row, start

from bekostiging.case import Case
from bekostiging.case.read import validated
from bekostiging.case.spread import SMALLEST
from bekostiging.contracts import reference
from bekostiging.evaluation import assumed
from bekostiging.scenarios import build_cells


@pytest.fixture(scope="module")
def case() -> Case:
    """Prices of youth care from history, those of the Wmo invented."""
    counted = [
        row("city", year, clients=380 + year - 2020, starts=300, units=30_000, euro_realised=2_250_000)
        for year in (2021, 2022, 2023, 2024)
    ]
    history = [*counted, row("village", clients=10, starts=5), row("city", care_form=OTHER, clients=80, starts=40)]
    return validated(estimated(start(history)))


def _reference(case: Case) -> float:
    return float(reference(case, build_cells(case), case.n_years).amount.sum())


def test_spending_is_the_sum_of_the_reference_amounts(case: Case) -> None:
    found = assumed(case)
    assert found.spending == pytest.approx(_reference(case))
    assert found.tariff_percent == pytest.approx(0.01 * found.spending)


def test_a_point_of_growth_is_what_the_reference_amounts_rise_by(case: Case) -> None:
    rows = tuple(one.model_copy(update={"growth": one.growth + 0.01}) for one in case.demand)
    assert assumed(case).growth_point == pytest.approx(_reference(replace(case, demand=rows)) - _reference(case))


def test_growth_is_that_of_the_clients(case: Case) -> None:
    """One law, two places: demography 1 % on youths."""
    found = assumed(case).growth["jeugdwet"]
    assert assumed(case).own_growth
    short = replace(case, history=tuple(one for one in case.history if one.year > 2022))
    assert not assumed(short).own_growth
    own = [
        (one.clients_at_start + one.starts_per_year, one.growth) for one in case.demand if one.care_form == FORM
    ]
    assert case.demand[0].growth_standard_error > 0
    assert found == pytest.approx(sum(n * ((1 + g) * 1.01 - 1) for n, g in own) / sum(n for n, _ in own))


def test_spread_of_all_factors_that_move_an_inflow(case: Case) -> None:
    by_id = {one.id: one.standard_deviation for one in case.risk_factors}
    squares = [(by_id[name] or 0.0) ** 2 for name in ("national_inflow", "municipal_inflow", "form_inflow")]
    found = assumed(case)
    assert found.spread == pytest.approx(sum(squares) ** 0.5)
    assert 0 < found.spread_euro < found.spread * found.spending
    # four smooth years: 381 to 384 clients, less than counting itself moves
    assert found.too_short == (by_id["municipal_inflow"] == SMALLEST)


def test_prices_of_history_are_raised_by_the_index(case: Case) -> None:
    """The price of 2024 holds its index; those of 2025 (VNG: OVA 4.18 %, PPC 1.82 %) and of 2026 (invented) come on top."""
    found = assumed(case)
    other = next(row.name for row in case.care_forms if row.id == OTHER)
    assert found.price_years == (2024,)
    weights = case.policy.weight_ova(FORM), case.policy.weight_ppc(FORM)
    by_hand = (1 + weights[0] * 0.0418 + weights[1] * 0.0182) * (1 + weights[0] * 0.03 + weights[1] * 0.02) - 1
    assert found.index == pytest.approx(by_hand)
    at_tariffs = found.spending - found.invented[other]
    assert found.index_euro == pytest.approx(at_tariffs * by_hand / (1 + by_hand))
    assert found.index_invented == (2026,)
    assert found.invented.keys() == {other}


def test_tables_that_were_brought_are_not_assumed(case: Case) -> None:
    found = assumed(case, ["offers"])
    assert (found.price_years, found.index_euro, found.invented) == ((), None, {})


def test_a_floor_that_does_not_show_is_not_called_one() -> None:
    """A wild municipality beside a care form at its floor: the spread is measured, "the floor" would be untrue."""
    wild = (300, 1000, 200, 900, 150, 1000, 300, 1100)
    history = [row("city", 2017 + k, clients=n, starts=300) for k, n in enumerate(wild)]
    found = assumed(validated(estimated(start([*history, row("city", care_form=OTHER, clients=80, starts=40)]))))
    assert found.spread > 0.2
    assert not found.too_short
