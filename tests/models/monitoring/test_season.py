"""The season of starts: in the months that are drawn, in the posterior and in the alarm, and never in the year."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bekostiging.case import Case, synthetic_region
from bekostiging.case.tables import Season
from bekostiging.monitoring.by_month import months_of, spread_over_months
from bekostiging.monitoring.drawn import drawn_months
from bekostiging.monitoring.expected_months import ObservedMonths
from bekostiging.monitoring.posterior import posterior_of
from bekostiging.scenarios import build_cells, draw_block, plan
from bekostiging.scenarios.forecast import demand_forecast, season_of
from bekostiging.studies import monitor

WEIGHTS = np.array([1.6, 1.4, 1.0, 1.0, 1.0, 1.0, 0.4, 0.4, 1.2, 1.2, 1.0, 0.8])


@cache
def case() -> Case:
    return synthetic_region(municipalities=1, providers=6)


@cache
def seasonal(weights: tuple[float, ...] = tuple(WEIGHTS)) -> Case:
    """The region with one season for every care form."""
    rows = tuple(
        Season(care_form=form.id, calendar_month=month, weight=weight, source="test", status="illustrative")
        for form in case().care_forms
        for month, weight in enumerate(weights, 1)
    )
    return replace(case(), season=rows)


def starts(of: Case) -> np.ndarray:
    """Starts by scenario, month and cell of one year."""
    planned = plan(of, 64, 1, 3, "out_of_sample")
    block = draw_block(planned, 0)
    clients = spread_over_months(block.clients, planned, block.factors, np.random.default_rng(1))
    return months_of(clients, planned.cells.n_cells, 12).starts


def test_months_follow_their_weights_and_the_year_stays() -> None:
    """The same starts a year by cell; a month has its weight of them, within five standard errors."""
    flat, own = starts(case()), starts(seasonal())
    assert np.array_equal(flat.sum(axis=1), own.sum(axis=1))
    by_month = own.sum(axis=(0, 2))
    total = by_month.sum()
    dispersion = max(row.starts_dispersion for row in case().demand)
    error = np.sqrt(dispersion * total * WEIGHTS / 12)
    assert np.abs(by_month - total * WEIGHTS / 12).max() < 5 * error.max()
    assert by_month[0] > 3 * by_month[6]


def test_a_table_of_ones_changes_no_bit() -> None:
    ones = seasonal((1.0,) * 12)
    assert np.array_equal(starts(case()), starts(ones))
    figures = drawn_months(case(), 2, 3).figures
    plain, same = (
        monitor(one, figures, f"{case().first_year}-03", n_scenarios=32, workers=1) for one in (case(), ones)
    )
    assert np.array_equal(plain.forecast.payment, same.forecast.payment)
    assert np.array_equal(plain.rule.means, same.rule.means)
    assert plain.rule.threshold == same.rule.threshold


def seen_as_expected(of: Case, months: int) -> ObservedMonths:
    """Starts alone, each month exactly what the season makes of an ordinary year."""
    forecast, n = demand_forecast(of, of.n_years), len(of.demand)
    none = np.zeros((months, n))
    return ObservedMonths(
        forecast=forecast,
        dispersion=np.array([row.starts_dispersion for row in of.demand]),
        share=np.ones((months, n)),
        share_stock=np.zeros(n),
        starts=forecast.starts[0] / 12 * WEIGHTS[:months, None] * np.ones(n),
        stops=none,
        part=np.ones(months),
        stock=np.zeros(n),
        begin=none,
        rate=np.full(n, np.nan),
        rate_variance=np.ones(n),
        season=season_of(of),
    )


def test_busy_first_months_are_no_news_where_the_season_says_so() -> None:
    """January and February are half as busy again: without the season that reads as more inflow, with it as a plain year."""
    year = 1
    found = {}
    for name, of in (("flat", case()), ("season", seasonal())):
        posterior = posterior_of(of, seen_as_expected(of, 2), year)
        factors = posterior.distribution(of, year).model(of, year).multipliers(np.zeros((1, len(posterior.mode))))
        found[name] = float(factors.inflow[0, 1] @ demand_forecast(of, 1).starts[0]) / float(
            demand_forecast(of, 1).starts[0].sum()
        )
    assert found["flat"] > found["season"] + 0.02
    assert found["season"] == pytest.approx(1.0, abs=0.02)


def test_the_alarm_expects_the_season() -> None:
    """A plain seasonal year: the months it expects have the season, and none of them gives an alarm."""
    of = seasonal()
    year = monitor(of, drawn_months(of, 4, 8).figures, f"{of.first_year}-08", n_scenarios=32)
    means = year.rule.means[0]
    assert means / means.mean() == pytest.approx(WEIGHTS, rel=1e-9)
    assert not year.alarms.any()
    flat = monitor(case(), drawn_months(of, 4, 8).figures, f"{of.first_year}-08", n_scenarios=32)
    assert flat.alarms.any()
    assert any("Elke maand telt even zwaar voor alle zorgvormen" in note["nl"] for note in flat.notes)
    assert any("is verzonnen" in note["nl"] and "Het seizoen van" in note["nl"] for note in year.notes)
    assert build_cells(of).n_cells == len(year.cells.contract)
