"""Simulation-based calibration: the truth is no more often in a corner of the posterior than chance puts it there.

A year is drawn from the prior, reported with delays, and looked at halfway; the rank of what was true among 99 draws of the
posterior is uniform if the posterior is right (Talts et al. 2018). Then the whole chain, clients and contracts included: the
band of eight of ten must hold eight of ten years.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from bekostiging.case import Case, synthetic_region
from bekostiging.monitoring import drawn_months
from bekostiging.monitoring.expected_months import observed_months, rate_of_cells, spread_of_cells
from bekostiging.monitoring.posterior import inner_model, posterior_of
from bekostiging.monitoring.seen import average_caseload, completed, seen_through
from bekostiging.scenarios import Factors, build_cells, draw_block, expected_care_use, plan
from bekostiging.scenarios.cells import expected_shares
from bekostiging.scenarios.forecast import demand_forecast, demand_of_cells
from bekostiging.studies import monitor

MONTHS_SEEN, DRAWS = 6, 99
FORMS = ("guidance", "mental_care")


@cache
def small() -> Case:
    """One municipality with two forms of youth care."""
    region = synthetic_region(municipalities=1, providers=6)
    return replace(
        region,
        care_forms=tuple(row for row in region.care_forms if row.id in FORMS),
        demand=tuple(row for row in region.demand if row.care_form in FORMS),
        offers=tuple(row for row in region.offers if row.care_form in FORMS),
        lots=tuple(row for row in region.lots if row.id == "youth"),
        contracts=tuple(row for row in region.contracts if row.lot == "youth"),
        layers=tuple(row for row in region.layers if row.lot == "youth"),
        profiles=tuple(row for row in region.profiles if row.care_form in FORMS),
        capacity=(),
        clauses=(),
    )


def ranks(seeds: range) -> np.ndarray:
    """Ranks of inflow, intensity and closed-form units of the year, each among the draws; (n_seeds, 3)."""
    case = small()
    cells, n_years = build_cells(case), 1
    row, forecast = demand_of_cells(case, cells), demand_forecast(case, n_years)
    at_start = forecast.stock[row] * expected_shares(cells, row, 1)[0]
    model = inner_model(case, None, n_years)
    price = cells.tariff

    def looked_at(factors: Factors) -> np.ndarray:
        spent = expected_care_use(case, cells, n_years, factors).units[:, 0] @ price
        weight = forecast.starts[0]
        return np.stack([factors.inflow[:, 1] @ weight, factors.intensity[:, 0] @ weight, spent], axis=1)

    found = []
    for seed in seeds:
        figures = drawn_months(case, seed, MONTHS_SEEN).figures
        truth = draw_block(plan(case, 32, n_years, seed, "out_of_sample"), 0).factors
        seen = seen_through(case, cells, figures, f"{case.first_year}-{MONTHS_SEEN:02d}")
        caseload = average_caseload(seen, at_start)
        done = completed(cells, seen, caseload, rate_of_cells(case, cells), spread_of_cells(case, cells))
        posterior = posterior_of(case, observed_months(case, cells, seen, done), n_years)
        normals = np.random.default_rng(10_000 + seed).standard_normal((DRAWS, len(posterior.mode)))
        draws = looked_at(model.multipliers(posterior.mode + normals @ posterior.root))
        found.append((draws < looked_at(truth)[0]).sum(axis=0))
    return np.array(found)


def test_ranks_are_uniform_over_forty_years() -> None:
    """A test at 1 in 1,000 for each of three figures, so that a posterior that is half or twice as wide is refused."""
    for own in ranks(range(1, 41)).T:
        assert kstest((own + 0.5) / (DRAWS + 1), "uniform").pvalue > 0.001


@pytest.mark.slow
def test_ranks_are_uniform_over_four_hundred_years() -> None:
    """Chi-square over 20 bins."""
    for own in ranks(range(1, 401)).T:
        assert chisquare(np.bincount(own * 20 // (DRAWS + 1), minlength=20)).pvalue > 0.001


def test_units_of_a_client_are_scored_as_they_are_drawn() -> None:
    """Twenty months on, what came in of the first twelve adds up to what was delivered: what was credited is in neither. The
    log of units per client is that of these numbers, raised by half its variance."""
    case = small()
    cells = build_cells(case)
    row, forecast = demand_of_cells(case, cells), demand_forecast(case, 2)
    drawn = drawn_months(case, 3, 20)
    first = [one for one in drawn.figures.actuals if one.month < f"{case.first_year + 1}-01"]
    under = cells.contract >= 0
    delivered = drawn.truth.units[0, :, under].T
    assert sum(one.units for one in first) == pytest.approx(delivered[:12].sum(), rel=1e-4)
    assert min(one.units for one in first) < 0
    seen = seen_through(case, cells, drawn.figures, f"{case.first_year + 1}-08")
    caseload = average_caseload(seen, forecast.stock[row] * expected_shares(cells, row, 1)[0])
    done = completed(cells, seen, caseload, rate_of_cells(case, cells), spread_of_cells(case, cells))
    months = observed_months(case, cells, seen, done)
    for i in range(len(case.demand)):
        own = (row == i) & under
        whole = drawn.truth.units[0][:19, own].sum() / caseload[:19, own].sum()
        assert months.rate[i] - months.rate_variance[i] / 2 == pytest.approx(np.log(whole), abs=0.002)
    # a tenth that is still to be credited, or was, is a tenth that was not delivered
    to_come = observed_months(case, cells, seen, replace(done, credit=done.credit - 0.1))
    was = observed_months(case, cells, replace(seen, credits=seen.credits - 0.1 * seen.claims), done)
    level = months.rate - months.rate_variance / 2
    for other in (to_come, was):
        assert other.rate - other.rate_variance / 2 == pytest.approx(level + np.log(0.9), abs=0.01)


def covered(seeds: range, paths: int) -> int:
    """How many years end within the band of eight of ten that was given halfway."""
    case, inside = small(), 0
    for seed in seeds:
        drawn = drawn_months(case, seed, MONTHS_SEEN)
        year = monitor(
            case, drawn.figures, f"{case.first_year}-{MONTHS_SEEN:02d}", n_scenarios=paths, seed=seed + 5000
        )
        under = year.cells.contract >= 0
        truth = float(drawn.truth.units[0].sum(axis=0)[under] @ year.cells.tariff[under])
        level = year.forecast.price[:, under] / year.cells.tariff[under]
        claims = (year.forecast.units[:, under] * year.cells.tariff[under]).sum(axis=1)
        assert np.ptp(level) < 0.5
        low, high = np.quantile(claims, [0.1, 0.9])
        inside += low <= truth <= high
    return inside


@pytest.mark.slow
def test_eight_of_ten_bands_hold_the_year() -> None:
    """A hundred simulated years of 128 paths."""
    assert 70 <= covered(range(1, 101), 128) <= 90
