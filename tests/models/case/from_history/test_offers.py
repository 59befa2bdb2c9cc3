"""Prices, market shares and providers from history and contracts; expected numbers by hand."""

from __future__ import annotations

import pytest
from history_start import FORM, OTHER, estimated, example, row, start

from bekostiging.case import CaseError, unit_prices
from bekostiging.case.tables import History
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
    case = estimated(start([*history, *REST]))
    assert unit_prices(case)[FORM].euro == pytest.approx(price)
    assert {one.tariff for one in case.offers if one.care_form == FORM} == {price}


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
    case = estimated(start([row("city", **BOTH, units=100, euro_realised=7_500), *REST], contracts=contracts))
    check_case(case)
    assert [one.market_share for one in case.offers] == pytest.approx(shares)
    status = [one.status for one in case.offers]
    assert status == ["estimated" if revenue else "illustrative" for revenue in revenues]
    # units of a year at 75 euro
    units = sum(
        one.clients_at_start * one.units_per_week * 365 / 7 for one in case.demand if one.care_form == FORM
    )
    for provider, revenue, share in zip(case.providers, revenues, shares, strict=True):
        assert provider.turnover == pytest.approx(revenue or share * units * 75, abs=0.51)
    told = " ".join(note["en"] for note in case.notes)
    assert all((f"p{n} / youth_guidance" in told) == (revenue == 0) for n, revenue in enumerate(revenues))
