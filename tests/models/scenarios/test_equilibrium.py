"""Who is in care at the start: the equilibrium law of remaining durations, against known answers."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.scenarios import draw_block, expected_care_use, map_blocks, plan
from bekostiging.scenarios.clients import CASELOAD
from bekostiging.scenarios.distributions import LAWS, Mixed
from bekostiging.scenarios.forecast import client_months_of_starts, client_months_of_stock, integrated_survival
from bekostiging.units import WEEKS_PER_MONTH

MEAN_MONTHS = 40 / WEEKS_PER_MONTH


def _array(value: float) -> np.ndarray:
    return np.array([value])


def _duration(law: str, mean: float, cv: float) -> Mixed:
    return Mixed((LAWS[law],), np.zeros(1, dtype=np.int64), _array(mean), _array(cv))


def _year_one(law: str, cv: float) -> tuple[float, float]:
    """Client-months of year one per client sitting: in equilibrium, and with durations drawn afresh."""
    duration = _duration(law, MEAN_MONTHS, cv)
    starts = client_months_of_starts(_array(0.0), _array(12.0), duration)[0] * 12 / MEAN_MONTHS
    stock = client_months_of_stock(_array(0.0), _array(12.0), duration)[0]
    afresh = integrated_survival(_array(12.0), duration)[0]
    return starts + stock, starts + afresh


@pytest.mark.parametrize(
    ("law", "cv", "error"),
    [("lognormal", 0.5, 0.248), ("lognormal", 1.0, 0.062), ("lognormal", 2.0, -0.164), ("gamma", 1.0, 0.0)],
)
def test_durations_of_starts_would_be_off(law: str, cv: float, error: float) -> None:
    """Known answers (shared/known_answers.md): +24.8, +6.2, -16.4 % for a mean of 40 weeks; gamma at CV 1: 0."""
    equilibrium, afresh = _year_one(law, cv)
    assert equilibrium == pytest.approx(12.0, rel=1e-9)
    assert afresh / equilibrium - 1 == pytest.approx(error, abs=0.0006)


@pytest.mark.parametrize("law", LAWS)
def test_a_stock_in_equilibrium_stays_constant(law: str) -> None:
    """Starts of stock / mean duration a month keep the stock: twelve client-months a year, every year."""
    duration = _duration(law, 9.0, 1.3)
    for year in range(4):
        begin, end = _array(12.0 * year), _array(12.0 * (year + 1))
        total = client_months_of_stock(begin, end, duration)[0]
        for start in range(year + 1):
            shift = 12.0 * start
            total += client_months_of_starts(begin - shift, end - shift, duration)[0] * 12 / 9.0
        assert total == pytest.approx(12.0, rel=1e-8)


def test_remaining_durations_are_length_biased_times_uniform(small_case: Case) -> None:
    """Mean remaining duration is m (1 + cv^2) / 2 (Cox 1962, ch. 5)."""
    planned = plan(small_case, 32, 4, 5, "design")
    clients = draw_block(planned, 0).clients
    sampler = planned.sampler
    for row, demand in enumerate(small_case.demand[:6]):
        own = (clients.asked_month == CASELOAD) & (sampler.row[clients.cell] == row)
        sample = clients.duration[own].astype(np.float64)
        mean = demand.mean_duration_weeks / WEEKS_PER_MONTH * (1 + demand.duration_cv**2) / 2
        error = sample.std() / np.sqrt(len(sample))
        assert abs(sample.mean() - mean) < 5 * error


def test_the_simulation_reproduces_its_own_expectation(small_case: Case) -> None:
    """Units, clients and starts of every year, against the closed form; the factors have mean one.

    Durations and inflow enter multiplicatively, so products of factors have mean one as well; what a longer
    duration shifts beyond the term stays within one percent.
    """
    planned = plan(small_case, 256, 4, 7, "out_of_sample")
    blocks = map_blocks(planned, lambda block: block.care_use())
    expected = expected_care_use(small_case, planned.cells, 4)
    for name, tolerance in (("units", 0.01), ("clients", 0.01), ("starts", 0.01), ("units_within_budget", 0.01),
                            ("arrangement_units", 0.01), ("crisis_units", 0.03)):  # fmt: skip
        drawn = np.concatenate([getattr(block, name).sum(axis=2) for block in blocks]).mean(axis=0)
        np.testing.assert_allclose(drawn, getattr(expected, name)[0].sum(axis=1), rtol=tolerance, err_msg=name)
