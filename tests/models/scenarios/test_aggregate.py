"""The engine against queueing theory and against an aggregate distribution by Fourier transform."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import lognorm

from bekostiging.case import Case
from bekostiging.scenarios import draw_block, map_blocks, plan
from bekostiging.scenarios.clients import CASELOAD
from bekostiging.scenarios.simulate import Block

N_SCENARIOS = 2048


def _plain(case: Case, **changed: object) -> Case:
    """Demand of the small case in equilibrium, without growth, demography or risk factors, changed as asked."""
    areas = tuple(
        row.model_copy(update={f"growth_{band}": 0.0 for band in ("0_17", "18_64", "65_plus")})
        for row in case.areas
    )
    rows = tuple(
        row.model_copy(
            update={
                "growth": 0.0,
                "starts_per_year": 60.0,
                "clients_at_start": 60.0 * row.mean_duration_weeks / (365 / 7),
                **changed,
            }
        )
        for row in case.demand
    )
    return replace(case, areas=areas, demand=rows, risk_factors=(), correlations=())


@pytest.mark.parametrize("law", ["lognormal", "gamma", "weibull"])
def test_who_is_in_care_is_the_queue_without_limit(small_case: Case, law: str) -> None:
    """M/G/infinity: at any moment Poisson with mean inflow x duration, whatever the law of durations."""
    case = _plain(small_case, starts_dispersion=1.0, duration_distribution=law)
    planned = plan(case, N_SCENARIOS, 4, 2, "out_of_sample")

    def present(block: Block) -> np.ndarray:
        clients, row = block.clients, planned.sampler.row[block.clients.cell]
        found = []
        for moment in (0.0, 17.5, 41.0):
            there = (clients.start <= moment) & (clients.start + clients.duration > moment) & (row == 0)
            found.append(np.bincount(clients.scenario[there], minlength=clients.n_scenarios))
        return np.array(found)

    counts = np.concatenate(map_blocks(planned, present), axis=1)
    mean = 60.0 * case.demand[0].mean_duration_weeks / (365 / 7)
    for own in counts:
        assert own.mean() == pytest.approx(mean, abs=5 * (mean / N_SCENARIOS) ** 0.5)
        assert own.var() == pytest.approx(own.mean(), rel=5 * (2 / N_SCENARIOS) ** 0.5)


def _by_fourier(mean: float, dispersion: float, sigma: float, scale: float, step: float, n: int) -> np.ndarray:
    """Distribution function on a grid of a negative binomial sum of log-normals (mean ``scale``).

    The probability generating function of the counts, (1 + (d - 1)(1 - z))^(-mean / (d - 1)), at the transform of the
    severity, rounded to the grid (Klugman, Panjer and Willmot, Loss Models, ch. 9).
    """
    edges = (np.arange(n + 1) - 0.5) * step
    severity = np.diff(lognorm(sigma, scale=scale * np.exp(-(sigma**2) / 2)).cdf(np.maximum(edges, 0.0)))
    transform = np.fft.fft(severity)
    excess = dispersion - 1
    return np.cumsum(np.fft.ifft((1 + excess * (1 - transform)) ** (-mean / excess)).real)


def test_units_asked_in_a_year_are_the_aggregate_distribution(small_case: Case) -> None:
    """Realised units a month of everybody who starts in year two, one row of demand: counts times two log-normals."""
    case = _plain(small_case, starts_dispersion=1.6, units_cv=0.7, realised_cv=0.3)
    case = replace(case, profiles=())
    planned = plan(case, N_SCENARIOS, 2, 4, "out_of_sample")

    def total(block: Block) -> np.ndarray:
        clients = block.clients
        own = (planned.sampler.row[clients.cell] == 0) & (clients.asked_month >= 12)
        return np.bincount(clients.scenario[own], weights=clients.rate[own], minlength=clients.n_scenarios)

    drawn = np.concatenate(map_blocks(planned, total))
    per_client = planned.sampler.forecast.units_per_month[0]
    step = per_client / 20
    sigma = np.sqrt(np.log1p(0.7**2) + np.log1p(0.3**2))
    known = _by_fourier(60.0, 1.6, sigma, per_client, step, 1 << 13)
    for probability in (0.05, 0.25, 0.5, 0.75, 0.95, 0.99):
        place = int(np.searchsorted(known, probability))
        error = np.sqrt(known[place] * (1 - known[place]) / N_SCENARIOS)
        assert (drawn <= (place + 0.5) * step).mean() == pytest.approx(known[place], abs=5 * error)
    moments = (60.0 * per_client, 60.0 * per_client**2 * (np.exp(sigma**2) + 0.6))
    assert drawn.mean() == pytest.approx(moments[0], abs=5 * (moments[1] / N_SCENARIOS) ** 0.5)
    assert drawn.var() == pytest.approx(moments[1], rel=0.2)


def test_sitting_clients_ask_before_the_term(small_case: Case) -> None:
    """Clients stand by scenario, the sitting first; who starts asks in the month of the start."""
    clients = draw_block(plan(small_case, 32, 3, 1, "out_of_sample"), 0).clients
    caseload = clients.asked_month == CASELOAD
    assert (clients.start[caseload] == 0).all()
    np.testing.assert_array_equal(clients.asked_month[~caseload], clients.start[~caseload].astype(int))
    assert clients.start.max() < 36
    assert (np.diff(clients.scenario) >= 0).all()
    assert not clients.repeat[caseload].any()
