"""Indexation golden figures (VNG) and the lag of a surprise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import Policy, Shock
from bekostiging.contracts import (
    IndexRule,
    PriceLevels,
    build_contracts,
    index_years,
    price_levels,
    reference,
    settle,
)
from bekostiging.contracts.indexation import index_rule
from bekostiging.scenarios import CareUse, expected_care_use, multiply, named_shocks, neutral_factors, plan
from bekostiging.scenarios.cells import build_cells

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
    weight = small_case.policy.weight_ova(lot)
    assert levels.contract[0, :2].tolist() == [1.0, 1.0]
    assert levels.contract[0, 2] > 1
    excess = levels.cost[0] / levels.expected
    assert excess[0] == 1.0
    forecast = levels.expected[1] / levels.expected[0]
    assert excess[1] == pytest.approx(1 + weight * 0.01 / forecast, rel=1e-9)
    # additive: weight x 0.01 on top of next year's index
    next_forecast = levels.expected[2] / levels.expected[1]
    assert levels.contract[0, 2] == pytest.approx(1 + weight * 0.01 / next_forecast, rel=1e-9)


def test_a_provisional_first_year_is_settled_with_the_final_index(small_case: Case) -> None:
    """OVA and PPC 2 % above forecast in year one: paid in year one too; from year two on as without (one surprise)."""
    plain, settled = (
        _levels_after_surprise(case) for case in (small_case, _with(small_case, first_year_index="provisional"))
    )
    rule = index_rule(small_case, small_case.lots[0].id)
    first = next(row for row in small_case.indices if row.year == small_case.first_year)
    forecast = rule.weight_ova * first.ova_forecast + rule.weight_ppc * first.ppc_forecast
    surprise = 0.02 * (rule.weight_ova * (1 + first.ova_forecast) + rule.weight_ppc * (1 + first.ppc_forecast))
    assert plain.contract[0, 0] == 1.0
    assert settled.contract[0, 0] == pytest.approx(1 + surprise / (1 + forecast))
    np.testing.assert_allclose(settled.contract[:, 1:], plain.contract[:, 1:])


def test_a_revision_on_the_first_of_july_pays_half_the_surprise(small_case: Case) -> None:
    plain, revised = (
        _levels_after_surprise(case) for case in (small_case, _with(small_case, mid_year_revision="0.5"))
    )
    cost = plain.cost[0, 0] / plain.expected[0]
    assert revised.contract[0, 0] == pytest.approx(1 + 0.5 * (cost - 1))
    np.testing.assert_allclose(revised.contract[:, 1:], plain.contract[:, 1:])


def test_a_cao_surprise_costs_its_care_forms_alone(small_case: Case) -> None:
    """5 % in year one on one cao: cost up by the wage weight x 5 % from then on, the contract's level not at all."""
    names = ["eigen", *["x"] * (len(small_case.care_forms) - 1)]
    forms = tuple(
        row.model_copy(update={"cao": name}) for row, name in zip(small_case.care_forms, names, strict=True)
    )
    terms = {"quantity": "wages", "factor": 1.05, "cao": "eigen", "first_year": 1, "years": 1}
    shock = Shock.model_validate({"id": "cao", "name": "cao", "source": "t", "status": "illustrative", **terms})
    case = replace(small_case, care_forms=forms, shocks=(shock,))
    cells = build_cells(case)
    plain, struck = (expected_care_use(case, cells, 3, named_shocks(case, 3, names)) for names in ((), ("cao",)))
    for one in build_contracts(case, cells, reference(case, cells, 3), "inspanningsgericht"):
        before, after = (price_levels(case, one.lot, use) for use in (plain, struck))
        np.testing.assert_array_equal(before.contract, after.contract)
        weight = index_rule(case, one.lot).weight_ova
        own = cells.care_form[one.cells] == 0
        euro = plain.units[..., one.cells] * one.unit_cost * before.cost[..., None]
        expected = euro.sum(axis=2) + 0.05 * weight * euro[..., own].sum(axis=2)
        np.testing.assert_allclose(settle(one, struck, after).cost, expected, rtol=1e-9)


def _with(case: Case, **policy: str) -> Case:
    rows = (
        Policy(name=name, scope="case", value=value, source="t", status="illustrative")
        for name, value in policy.items()
    )
    return replace(case, policy=(*case.policy, *rows))


def _levels_after_surprise(case: Case) -> PriceLevels:
    """OVA and PPC 2 % above forecast in the first year."""
    factors = neutral_factors(case, 3)
    for quantity in ("wages", "prices"):
        multiply(factors, quantity, slice(0, 1), np.array([1.02]))
    care_use = expected_care_use(case, build_cells(case), 3, factors)
    return price_levels(case, case.lots[0].id, care_use)


@pytest.mark.parametrize("method", ["additive", "multiplicative"])
@pytest.mark.parametrize("first", ["settled", "provisional"])
@pytest.mark.parametrize("mid_year", ["0", "0.5"])
def test_no_contract_pays_a_surprise_twice(
    small_case: Case, plain: CareUse, method: str, first: str, mid_year: str
) -> None:
    """A surprise of one year is in the level of every later year once, in its own year at most once, before it never.

    Once is the surprise over the forecast level, to second order in rates of a few percent; the years multiply to the level
    that budgets and tariffs have.
    """
    terms = {"indexation": method, "first_year_index": first, "mid_year_revision": mid_year}
    case = small_case
    for name, value in terms.items():
        if not (name == "first_year_index" and value == "settled"):
            case = _with(case, **{name: value})
    lot = case.lots[0].id
    weight = case.policy.weight_ova(lot)
    before = price_levels(case, lot, plain).price[0]
    for year in range(4):
        final = plain.ova_final.copy()
        final[0, year] += 0.02
        surprised = replace(plain, ova_final=final)
        levels = price_levels(case, lot, surprised)
        rise = levels.price[0] / before - 1
        once = weight * 0.02
        assert rise[:year].tolist() == pytest.approx([0.0] * year)
        assert -1e-9 <= rise[year] <= 1.05 * once
        assert rise[year + 1 :].tolist() == pytest.approx([once] * (3 - year), rel=0.08)
        years = index_years(case, lot, surprised)
        product = np.cumprod([1 + one.rate for one in years]) * [1 + one.revision for one in years]
        np.testing.assert_allclose(product, levels.price[0], rtol=1e-12)
