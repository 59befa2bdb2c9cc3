"""The posterior: the prior where nothing is seen, the closed form where it is Gaussian, the year where all is seen."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bekostiging.actuals import YearFigures
from bekostiging.case import Case, UserError, read_case
from bekostiging.case.year_tables import Actual
from bekostiging.contracts.tariff import TariffContract
from bekostiging.monitoring import DrawnMonths, drawn_months
from bekostiging.monitoring.expected_months import Observed, ObservedMonths
from bekostiging.monitoring.posterior import laplace, posterior_of
from bekostiging.scenarios import draw_block, plan, with_factor_distribution
from bekostiging.scenarios.forecast import demand_forecast
from bekostiging.settlement import example_case
from bekostiging.studies import ContractYear, monitor


@cache
def case() -> Case:
    return read_case("veenrand")


@cache
def drawn(months: int = 12, seed: int = 7) -> DrawnMonths:
    return drawn_months(case(), seed, months)


def test_nothing_seen_is_the_prior() -> None:
    """Bit for bit: the same clients, the same care."""
    n = len(case().demand)
    none, nobody = np.zeros((0, n)), np.zeros(n)
    months = ObservedMonths(
        forecast=demand_forecast(case(), case().n_years),
        dispersion=np.ones(n),
        share=none,
        share_stock=nobody,
        starts=none,
        stops=none,
        part=np.zeros(0),
        stock=nobody,
        begin=none,
        rate=np.full(n, np.nan),
        rate_variance=np.ones(n),
        season=np.ones((12, n)),
    )
    given = with_factor_distribution(case(), posterior_of(case(), months, 2).distribution(case(), 2))
    one, other = (draw_block(plan(own, 32, 2, 1, "out_of_sample"), 0) for own in (case(), given))
    assert np.array_equal(one.factors.inflow, other.factors.inflow)
    assert np.array_equal(one.care_use().units, other.care_use().units)


def test_closed_form_gaussian() -> None:
    """Observations y = A z + e with variances v: the posterior is Gaussian with precision I + A' V^-1 A (any textbook)."""
    rng = np.random.default_rng(1)
    design, y, v = rng.standard_normal((7, 4)), rng.standard_normal(7), rng.uniform(0.1, 2.0, 7)
    found = laplace(lambda z: z @ design.T, Observed(np.full(7, 2), y, v), 4)
    precision = np.eye(4) + design.T @ np.diag(1 / v) @ design
    assert found.covariance == pytest.approx(np.linalg.inv(precision))
    assert found.mode == pytest.approx(np.linalg.solve(precision, design.T @ (y / v)))
    assert found.root @ found.root == pytest.approx(found.covariance)


def test_poisson_counts_against_quadrature() -> None:
    """One normal, one count of mean 100 exp(0.3 z): mean and spread of the posterior by summing over a fine grid."""
    observed = Observed(np.ones(1, dtype=np.int64), np.array([130.0]), np.ones(1))
    found = laplace(lambda z: np.log(100.0) + 0.3 * z, observed, 1)
    grid = np.linspace(-6, 6, 20_001)
    mean = 100 * np.exp(0.3 * grid)
    log = 130 * np.log(mean) - mean - grid**2 / 2
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    centre = weight @ grid
    assert float(found.mode[0]) == pytest.approx(centre, abs=0.03)
    assert float(np.sqrt(found.covariance[0, 0])) == pytest.approx(
        np.sqrt(weight @ (grid - centre) ** 2), rel=0.03
    )


@pytest.fixture(scope="module")
def whole() -> ContractYear:
    """All twelve months seen, the last claims not yet in."""
    return monitor(case(), drawn().figures, "2028-12", n_scenarios=32)


def test_a_full_year_is_the_year(whole: ContractYear) -> None:
    """What was drawn; what is uncertain is what is not yet reported, or not yet credited."""
    under = whole.cells.contract >= 0
    euro = drawn().truth.units[0].sum(axis=0) * whole.forecast.price.mean(axis=0)
    claims = whole.forecast.by_month.sum(axis=(1, 2))
    assert claims.mean() == pytest.approx(euro[under].sum(), rel=0.003)
    assert claims.std() < 0.01 * claims.mean()
    assert whole.expected.by_month.sum(axis=(1, 2)).std() > 5 * claims.std()


def test_causes_add_up_and_bands_hold_their_mean(whole: ContractYear) -> None:
    frame = whole.to_frame()
    assert (frame.low_95 <= frame.low_80).all()
    assert (frame.high_80 <= frame.high_95).all()
    for c in range(len(frame)):
        own = whole.cells.contract == c
        before, after = (
            (one.units * one.price)[:, own].mean(axis=0).sum() for one in (whole.expected, whole.forecast)
        )
        assert whole.causes(c)[0].sum() == pytest.approx(after - before, abs=0.01)


@pytest.fixture(scope="module")
def march() -> ContractYear:
    """Three months seen."""
    return monitor(case(), drawn().figures, "2028-03", n_scenarios=32)


@pytest.fixture(scope="module")
def september() -> ContractYear:
    """Nine months seen."""
    return monitor(case(), drawn().figures, "2028-09", n_scenarios=32)


def test_completeness_within_a_point_of_the_truth(september: ContractYear) -> None:
    """By month three of a year in which four of five claims come after one month: the part that is in, all contracts."""
    year = september
    found = [one.part(1) for one in year.completed.by_contract.values()]
    assert np.mean(found) == pytest.approx(0.80, abs=0.01)
    assert np.mean([one.part(3) for one in year.completed.by_contract.values()]) == pytest.approx(0.97, abs=0.01)


def test_more_seen_is_less_uncertain(march: ContractYear, september: ContractYear) -> None:
    assert september.total.std() < march.total.std()


@pytest.mark.parametrize(
    ("due", "claimed", "capped", "free"),
    [(120.0, 110.0, 0.0, 10.0), (120.0, 90.0, 10.0, 30.0), (80.0, 70.0, 10.0, 10.0), (80.0, 90.0, -10.0, -10.0)],
)
def test_claims_above_a_ceiling_are_not_to_be_paid(
    march: ContractYear, due: float, claimed: float, capped: float, free: float
) -> None:
    """Worked by hand: the year pays 100, so 120 of claims is 100 due, and of 110 claimed 100 was paid."""
    c = next(c for c, one in enumerate(march.contracts) if isinstance(one, TariffContract))
    without, under = (replace(march.contracts[c], ceiling=ceiling) for ceiling in (None, 100.0))
    shape = (march.n_scenarios, len(march.contracts))
    forecast = replace(march.forecast, payment=np.full(shape, 100.0), to_date=np.full(shape, due))
    for one, expected in ((without, free), (under, capped)):
        contracts = (*march.contracts[:c], one, *march.contracts[c + 1 :])
        year = replace(march, contracts=contracts, forecast=forecast, paid=np.full(shape[1], claimed))
        assert year.to_pay(c) == pytest.approx(expected)


def test_a_contract_that_reports_nothing_is_estimated_and_said() -> None:
    silent = case().contracts[0]
    rows = tuple(
        row for row in drawn().figures.actuals if (row.provider, row.lot) != (silent.provider, silent.lot)
    )
    year = monitor(case(), YearFigures(actuals=rows), "2028-06", n_scenarios=32)
    assert any(silent.provider in note["nl"] and "nog niets gemeld" in note["nl"] for note in year.notes)
    frame = year.to_frame()
    assert frame.expected[0] == pytest.approx(frame.tender[0], rel=0.3)


@pytest.mark.parametrize(
    ("months", "seed"),
    [(2, 1), *(pytest.param(months, seed, marks=pytest.mark.slow) for months, seed in
               ((1, 1), (1, 2), (1, 3), (2, 2), (2, 3)))],
)  # fmt: skip
def test_the_first_reports_raise_no_alarm_over_what_is_late(months: int, seed: int) -> None:
    """One of six starts is reported a month late: of the last month alone nobody knows that yet."""
    year = monitor(case(), drawn(2, seed).figures, f"2028-{months:02d}", n_scenarios=32)
    assert not year.alarms.any()


def test_a_lump_sum_without_claims_in_its_second_year() -> None:
    """Counts alone, three months into the second year: the forecast holds what was drawn, advances that miss are said."""
    lump = example_case()
    year = monitor(lump, drawn_months(lump, 1, 15).figures, "2027-03", n_scenarios=32)
    assert (year.year, year.months_seen) == (2027, 3)
    assert np.isfinite(year.forecast.payment).all()
    assert any("Geen voorschotten" in note["nl"] for note in year.notes)
    assert set(year.layers(0)) == {"deficit_1", "deficit_2", "surplus_1", "surplus_2"}
    truth = drawn_months(lump, 1, 15).truth.units[0, 12:24].sum(axis=0) * year.forecast.price.mean(axis=0)
    claims = year.forecast.by_month.sum(axis=(1, 2))
    assert abs(claims.mean() - truth[year.cells.contract >= 0].sum()) < 3 * claims.std()


def changed(**values: object) -> YearFigures:
    """The drawn year with its first row changed."""
    first, *others = drawn().figures.actuals
    return YearFigures(actuals=(first.model_copy(update=values), *others))


@pytest.mark.parametrize(
    ("figures", "through", "nl"),
    [
        (YearFigures(), "2028-03", "niets ontvangen"),
        (drawn().figures, "2025-03", "valt buiten de contracten"),
        (drawn().figures, "mei", "'mei' is geen maand"),
        (drawn().figures, "2028-13", "'2028-13' is geen maand"),
        (drawn().figures, "2040-03", "valt buiten de contracten"),
    ],
)
def test_a_month_that_cannot_be_is_refused(figures: YearFigures, through: str, nl: str) -> None:
    with pytest.raises(UserError) as error:
        monitor(case(), figures, through, n_scenarios=32)
    assert nl in error.value.text("nl")


def test_care_that_is_not_offered_is_refused() -> None:
    """A row of a care form that the provider of the contract does not offer in the area names row and remedy."""
    row = drawn().figures.actuals[0]
    assert isinstance(row, Actual)
    with pytest.raises(UserError) as error:
        monitor(case(), changed(care_form="onbekend"), "2028-03", n_scenarios=32)
    assert "voeg de rij toe aan tabel offers" in error.value.text("nl")
