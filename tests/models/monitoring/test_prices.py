"""The price of a unit given claims: the prior with nothing seen, the closed form, the year with all seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bekostiging.actuals import YearFigures
from bekostiging.case import Case, synthetic_region
from bekostiging.case.year_tables import Actual
from bekostiging.monitoring import drawn_months
from bekostiging.monitoring.prices import price_given, prices_seen, spread_between
from bekostiging.monitoring.seen import seen_through
from bekostiging.scenarios import build_cells
from bekostiging.scenarios.factors import neutral_factors
from bekostiging.studies import ContractYear, monitor


def case() -> Case:
    return synthetic_region(municipalities=1, providers=6)


def figures(change: Callable[[Actual], float], months: int) -> YearFigures:
    """A drawn year whose euros are multiplied row by row."""
    drawn = drawn_months(case(), 3, months).figures
    return replace(
        drawn,
        actuals=tuple(
            row.model_copy(update={"euros": round(row.euros * change(row), 2)}) for row in drawn.actuals
        ),
    )


def test_closed_form() -> None:
    """Normal prior and normal error: mean l + K (y - l), variance K v, K = (V + tau^2) / (V + tau^2 + v) (any textbook)."""
    rng = np.random.default_rng(1)
    n, level_variance, spread, variance, y = 200_000, 0.0004, 0.0009, 0.0007, 0.05
    level = 0.01 + np.sqrt(level_variance) * rng.standard_normal((n, 1))
    one = np.array([variance])
    found = price_given(
        level, np.array([y]), one, np.array([level_variance]), spread, rng.standard_normal((2, n, 1))
    )
    gain = (level_variance + spread) / (level_variance + spread + variance)
    assert found.mean() == pytest.approx(0.01 + gain * (y - 0.01), abs=4 * np.sqrt(gain * variance / n))
    assert found.var() == pytest.approx(gain * variance, rel=0.02)


def test_nothing_seen_is_the_prior_bit_for_bit() -> None:
    rng = np.random.default_rng(2)
    level = rng.standard_normal((50, 2))
    found = price_given(level, np.zeros(2), np.full(2, np.inf), np.zeros(2), 0.0, rng.standard_normal((2, 50, 2)))
    assert np.array_equal(found, level)


def test_a_price_seen_without_error_is_that_price() -> None:
    rng = np.random.default_rng(2)
    level = 0.1 * rng.standard_normal((50, 1))
    found = price_given(
        level, np.array([0.3]), np.zeros(1), np.array([0.01]), 0.0, rng.standard_normal((2, 50, 1))
    )
    assert found == pytest.approx(np.full((50, 1), 0.3))


def test_spread_beyond_chance_by_hand() -> None:
    """Deviations 0.1 and -0.3 with error variances 0.01: (0.01 + 0.09) / 2 - 0.01 = 0.04; chance alone gives none."""
    assert spread_between(np.array([0.1, -0.3]), np.full(2, 0.01)) == pytest.approx(0.04)
    assert spread_between(np.array([0.1]), np.array([0.02])) == 0.0
    assert spread_between(np.zeros(0), np.zeros(0)) == 0.0


def test_one_month_of_euros_says_nothing_yet() -> None:
    own, cells = case(), build_cells(case())
    year = own.first_year
    for months, known in ((2, False), (3, True)):
        seen = seen_through(own, cells, figures(lambda _: 1.0, months), f"{year}-{months:02d}")
        assert (prices_seen(own, cells, seen, neutral_factors(own, 1)) is not None) == known


@pytest.fixture(scope="module")
def years() -> tuple[ContractYear, ContractYear]:
    """A year as it was drawn, and with the first contract five percent dearer, months scattering a little."""
    first = case().contracts[0]

    def dearer(row: Actual) -> float:
        own = (row.provider, row.lot) == (first.provider, first.lot)
        return (1.05 if own else 1.0) * (1 + 0.002 * ((int(row.month[5:7]) % 3) - 1))

    through = f"{case().first_year}-12"
    return tuple(  # type: ignore[return-value]
        monitor(case(), figures(change, 12), through, n_scenarios=32) for change in (lambda _: 1.0, dearer)
    )


def test_a_full_year_costs_what_was_claimed(years: tuple[ContractYear, ContractYear]) -> None:
    """Euros claimed stand, what is still to come has the price seen: five percent more, of that contract alone."""
    plain, dear = years
    ratio = dear.forecast.by_month.sum(axis=1).mean(axis=0) / plain.forecast.by_month.sum(axis=1).mean(axis=0)
    assert ratio[0] == pytest.approx(1.05, abs=0.003)
    assert ratio[1:] == pytest.approx(np.ones(len(ratio) - 1), abs=0.003)
    assert np.allclose(plain.forecast.units, dear.forecast.units)
    assert np.allclose(plain.forecast.cost, dear.forecast.cost)


def test_the_difference_is_told_as_price(years: tuple[ContractYear, ContractYear]) -> None:
    """Of the five causes price alone differs between the two years, by what the first contract costs more."""
    plain, dear = years
    difference = dear.causes(0)[0] - plain.causes(0)[0]
    more = (dear.forecast.by_month - plain.forecast.by_month)[:, :, 0].sum(axis=1).mean()
    assert difference[4] == pytest.approx(more, rel=0.05)
    assert np.abs(np.delete(difference, 4)).max() < 0.05 * more
    assert plain.ceiling(0) == dear.ceiling(0)
