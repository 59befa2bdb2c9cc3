"""Indexation golden figures (VNG) and the lag of a surprise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.contracts import IndexRule, price_levels
from bekostiging.scenarios import CareUse, expected_care_use, plan

YEARS = {
    2023: ((0.0474, 0.0487), (0.0636, 0.0702)),
    2024: ((0.0494, 0.0251), (0.0600, 0.0310)),
    2025: ((0.0418, 0.0182), None),
}
"""(OVA, PPC) forecast and final; VNG, in shared/domain.md."""


@pytest.mark.parametrize(
    ("year", "method", "golden"),
    [
        (2024, "additive", 6.370),
        (2024, "multiplicative", 6.294),
        (2025, "additive", 4.957),
        (2025, "multiplicative", 4.911),
    ],
)
def test_golden_figures(year: int, method: str, golden: float) -> None:
    """Published: 6.30 (multiplicative, 2024), 4.96 and first 4.91 (2025); weights 90/10 for youth."""
    before = YEARS[year - 1]
    assert before[1] is not None
    index = IndexRule(0.9, 0.1, method).index(YEARS[year][0], before[0], before[1])
    assert float(100 * index) == pytest.approx(golden, abs=0.0006)


@pytest.fixture(scope="module")
def plain(small_case: Case) -> CareUse:
    return expected_care_use(small_case, plan(small_case, 32, 4, 1, "design").cells, 4)


def test_without_surprise_cost_and_contract_follow_the_forecast(small_case: Case, plain: CareUse) -> None:
    levels = price_levels(small_case, small_case.lots[0].id, plain)
    np.testing.assert_allclose(levels.contract, 1.0)
    np.testing.assert_allclose(levels.cost[0], levels.expected)
    assert levels.expected[0] == 1.0


def test_a_surprise_is_in_cost_at_once_and_in_the_contract_a_year_later(small_case: Case, plain: CareUse) -> None:
    """One percent more wages than forecast in year two: weight x 1 % in cost, a year later in the contract."""
    surprised = plain.ova_final.copy()
    surprised[0, 1] += 0.01
    lot = small_case.lots[0].id
    levels = price_levels(small_case, lot, replace(plain, ova_final=surprised))
    weight = small_case.number("weight_ova", lot)
    assert levels.contract[0, :2].tolist() == [1.0, 1.0]
    assert levels.contract[0, 2] > 1
    excess = levels.cost[0] / levels.expected
    assert excess[0] == 1.0
    forecast = levels.expected[1] / levels.expected[0]
    assert excess[1] == pytest.approx(1 + weight * 0.01 / forecast, rel=1e-9)
    # additive: weight x 0.01 on top of next year's index
    next_forecast = levels.expected[2] / levels.expected[1]
    assert levels.contract[0, 2] == pytest.approx(1 + weight * 0.01 / next_forecast, rel=1e-9)
