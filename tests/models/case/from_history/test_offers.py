"""Prices, market shares and providers from history and contracts; expected numbers by hand."""

from __future__ import annotations

import pytest
from history_start import CONTRACTS, FORM, OTHER, OWN, estimated, example, indices, row, start

from bekostiging.case import CaseError, unit_prices
from bekostiging.case.tables import Contract, History, Index
from bekostiging.case.validate import check_case

BOTH = {"clients": 400.0, "starts": 300.0}
REST = [row("village", 2023, clients=10, starts=5), row("city", care_form=OTHER, clients=80, starts=40)]


@pytest.mark.parametrize(
    ("history", "price"),
    [
        # (10,000 + 18,000) / (100 + 300): the sum, and neither row
        ([row("city", **BOTH, units=100, euro_realised=10_000),
          row("village", clients=1, units=300, euro_realised=18_000)], 70),
        # the last year that has both
        ([row("city", 2023, **BOTH, units=100, euro_realised=6_000), row("city", **BOTH, units=100)], 60),
        ([row("city", 2023, **BOTH, units=100, euro_realised=6_000), row("city", **BOTH, units=0, euro_realised=0),
          row("village", clients=1, units=10, euro_realised=500)], 50),
        # units that cost nothing count as units
        ([row("city", **BOTH, units=100, euro_realised=10_000), row("village", clients=1, units=100, euro_realised=0)], 50),
        # a municipality and its areas are one place
        ([row("city", **BOTH, units=100, euro_realised=10_000), row("north", clients=1, units=50, euro_realised=9_000),
          row("village", clients=1, units=100, euro_realised=6_000)], 80),
        ([row("city", **BOTH), row("north", clients=1, units=50, euro_realised=9_000),
          row("south", clients=1, units=50, euro_realised=1_000)], 100),
        # the nation is no place of the region, a row of euros may hold the euros
        ([row("city", **BOTH, units=100), row("city", definition="euro", euro_realised=5_000),
          row("NL", units=1, euro_realised=1e6)], 50),
    ],
)  # fmt: skip
def test_a_price_is_euros_over_units(history: list[History], price: float) -> None:
    case = estimated(start([*history, *REST], indices=indices(dict.fromkeys(range(2024, 2028), 0.0))))
    assert unit_prices(case)[FORM].euro == pytest.approx(price)
    # without index a tariff is the price
    assert {one.tariff for one in case.offers if one.care_form == FORM} == {price}


RATES = {2023: 0.03, 2024: 0.02, 2025: 0.05, 2026: 0.04, 2027: 0.4}


@pytest.mark.parametrize(
    ("year", "level", "source"),
    [
        # a price of 2024 holds the index of 2024; what comes after the first contract year is none of its business
        (2024, 1.05 * 1.04, "historie 2024: euro's gedeeld door eenheden, geïndexeerd naar 2026"),
        (2023, 1.02 * 1.05 * 1.04, "historie 2023: euro's gedeeld door eenheden, geïndexeerd naar 2026"),
        (2022, 1.03 * 1.02 * 1.05 * 1.04, "historie 2022: euro's gedeeld door eenheden, geïndexeerd naar 2026"),
    ],
)
def test_a_tariff_is_the_price_in_euros_of_the_first_contract_year(year: int, level: float, source: str) -> None:
    history = [row("city", **BOTH), row("city", year, **BOTH, units=100, euro_realised=7_500), *REST]
    history = list({(one.area, one.care_form, one.year): one for one in history}.values())
    case = estimated(start(history, indices=indices(RATES)))
    check_case(case)
    for one in case.offers:
        if one.care_form == FORM:
            assert one.tariff == pytest.approx(75 * level, abs=0.005)
            assert one.unit_cost == pytest.approx(75 * level * (1 - 0.015), abs=0.005)
            assert one.source.startswith(source)
    # the price itself stays what history says
    assert unit_prices(case)[FORM].euro == 75


def test_the_index_has_the_weights_of_the_lot_and_final_figures_where_known() -> None:
    """90 % wages and 10 % materials: 2025 has final figures of 6 and 7 %, 2026 forecasts of 3 and 2 %."""
    rows = (
        Index(year=2025, ova_forecast=0.01, ova_final=0.06, ppc_forecast=0.01, ppc_final=0.07, **OWN),
        Index(year=2026, ova_forecast=0.03, ppc_forecast=0.02, **OWN),
        Index(year=2027, ova_forecast=0.03, ppc_forecast=0.02, **OWN),
    )
    case = estimated(start([row("city", **BOTH, units=100, euro_realised=7_500), *REST], indices=rows))
    assert (case.policy.weight_ova(FORM), case.policy.weight_ppc(FORM)) == (0.9, 0.1)
    tariff = next(one.tariff for one in case.offers if one.care_form == FORM)
    assert tariff == pytest.approx(75 * (1 + 0.9 * 0.06 + 0.1 * 0.07) * (1 + 0.9 * 0.03 + 0.1 * 0.02), abs=0.005)


def test_a_price_without_the_index_of_every_year_after_it_is_refused() -> None:
    history = [row("city", **BOTH, units=100, euro_realised=7_500), *REST]
    with pytest.raises(CaseError) as caught:
        estimated(start(history, indices=indices({2026: 0.04, 2027: 0.04})))
    assert "year 2025 is missing, and the price of youth_guidance is of 2024" in caught.value.text("en")
    assert "jaar 2025 ontbreekt, en de prijs van youth_guidance is van 2024" in caught.value.text("nl")


def test_revenues_of_several_years_are_made_comparable() -> None:
    """100 of 2023 is 102 of 2024: with 306 of 2024 a quarter of the lot; turnover is in euros of 2026."""
    contracts = (
        Contract(provider="one", lot=FORM, revenue=100_000, revenue_year=2023, **OWN),
        Contract(provider="two", lot=FORM, revenue=306_000, **OWN),
    )
    history = [row("city", **BOTH, units=100, euro_realised=7_500), *REST]
    case = estimated(start(history, indices=indices(RATES)) | {"contracts": contracts})
    check_case(case)
    shares = {one.provider: one.market_share for one in case.offers}
    assert shares == pytest.approx({"one": 0.25, "two": 0.75})
    one, two = case.providers
    assert (one.turnover, two.turnover) == (round(102_000 * 1.05 * 1.04), round(306_000 * 1.05 * 1.04))
    # invented: equity is a quarter of total assets, those are half the turnover
    assert one.equity == round(0.125 * one.turnover)
    assert "contracten van 2023, geïndexeerd naar 2026" in one.source


def test_counts_of_the_first_contract_year_need_no_index() -> None:
    """Revenue is then of the year before it, and brought on by one index."""
    history = [row("city", 2026, **BOTH, units=100, euro_realised=7_500), row("village", 2026, clients=10, starts=5),
               row("city", 2026, care_form=OTHER, clients=80, starts=40)]  # fmt: skip
    case = estimated(start(history, indices=indices(RATES)))
    check_case(case)
    assert {one.tariff for one in case.offers if one.care_form == FORM} == {75}
    assert {one.source.split(";")[0] for one in case.offers if one.care_form == FORM} == {
        "historie 2026: euro's gedeeld door eenheden"
    }
    revenue = {name: euro for name, _, euro in CONTRACTS}
    assert [one.turnover for one in case.providers] == [round(revenue[one.id] * 1.04) for one in case.providers]
    invented = estimated({name: rows for name, rows in start(history).items() if name != "indices"})
    assert min(one.year for one in invented.indices) == 2026


def test_without_euros_or_units_the_price_is_invented_and_says_so() -> None:
    case = estimated(start([row("city", **BOTH, units=100), *REST]))
    typical = next(one.tariff for one in example().offers if one.care_form == FORM)
    offered = [one for one in case.offers if one.care_form == FORM]
    assert {one.tariff for one in offered} == {typical}
    assert {one.status for one in offered} == {"illustrative"}


def test_units_that_cost_nothing_anywhere_have_no_tariff() -> None:
    with pytest.raises(CaseError, match="0 euro for all units of 2024, and a tariff is above 0"):
        estimated(start([row("city", **BOTH, units=100, euro_realised=0), *REST]))


@pytest.mark.parametrize(
    ("revenues", "shares"),
    [
        ((300, 100), (0.75, 0.25)),
        ((300, 100, 0), (0.5, 1 / 6, 1 / 3)),
        ((300, 0, 0), (1 / 3, 1 / 3, 1 / 3)),
        ((0, 0), (0.5, 0.5)),
    ],
)
def test_a_provider_without_a_past_has_an_equal_share(
    revenues: tuple[float, ...], shares: tuple[float, ...]
) -> None:
    contracts = [(f"p{n}", FORM, float(revenue)) for n, revenue in enumerate(revenues)]
    history = [row("city", **BOTH, units=100, euro_realised=7_500), *REST]
    case = estimated(start(history, contracts=contracts, indices=indices(RATES)))
    check_case(case)
    assert [one.market_share for one in case.offers] == pytest.approx(shares)
    status = [one.status for one in case.offers]
    assert status == ["estimated" if revenue else "illustrative" for revenue in revenues]
    # units of a year at 75 euro of 2024, in euros of 2026
    units = sum(
        one.clients_at_start * one.units_per_week * 365 / 7 for one in case.demand if one.care_form == FORM
    )
    for provider, revenue, share in zip(case.providers, revenues, shares, strict=True):
        assert provider.turnover == pytest.approx(
            1.05 * 1.04 * (revenue or share * units * 75), abs=0.51, rel=1e-4
        )
    told = " ".join(note["en"] for note in case.notes)
    assert all((f"p{n} / youth_guidance" in told) == (revenue == 0) for n, revenue in enumerate(revenues))
