"""The four payment forms on the same clients: parity, ceilings, hours budgets, who carries what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.contracts import (
    RISKS,
    Contract,
    Inspanningsgericht,
    Outputgericht,
    build_contracts,
    hours_budget,
    price_levels,
    reference,
    revised,
    settle,
    standard_list,
    who_carries_what,
)
from bekostiging.scenarios import CareUse, Cells, draw_block, expected_care_use, plan, within_budget

N_YEARS = 3


@pytest.fixture(scope="module")
def drawn(small_case: Case) -> tuple[Case, Cells, CareUse]:
    made = plan(small_case, 32, N_YEARS, 2, "design")
    return small_case, made.cells, draw_block(made, 0).care_use()


def _contracts(case: Case, cells: Cells, form: str, *, ceilings: bool = True) -> tuple[Contract, ...]:
    return build_contracts(case, cells, reference(case, cells, N_YEARS), form, ceilings=ceilings)


@pytest.mark.parametrize("form", PAYMENT_FORMS)
def test_at_expectation_every_form_pays_the_same(small_case: Case, form: str) -> None:
    """One build-up behind all forms: contract by contract and year by year, summed over the lot's providers."""
    cells = plan(small_case, 32, N_YEARS, 1, "design").cells
    care_use = expected_care_use(small_case, cells, N_YEARS)
    for lot in small_case.lots:
        levels = price_levels(small_case, lot.id, care_use)
        paid = {
            name: sum(
                settle(one, care_use, levels).payment
                for one in _contracts(small_case, cells, name, ceilings=False)
                if one.lot == lot.id
            )
            for name in ("inspanningsgericht", form)
        }
        np.testing.assert_allclose(paid[form], paid["inspanningsgericht"], rtol=1e-9)


def test_hours_budget_of_two_hours_for_half_a_year() -> None:
    """2 h/week x 26 weeks = 52 hours, frequency 6 (total over the validity), unit 04 (hour): national coding."""
    budget = hours_budget(2, 26)
    assert (budget.volume, budget.frequency, budget.unit) == (52, "6", "04")


def test_the_standard_list_and_any_period_between() -> None:
    """2 h/week: 26, 52, 78 and 104 hours by quarter; 17 weeks lie between and give 34."""
    found = standard_list()
    assert [found[2.0, weeks].volume for weeks in (13, 26, 39, 52)] == [26, 52, 78, 104]
    assert standard_list((2.0,), (17,))[2.0, 17].volume == 34


def test_a_budget_is_revised_only_for_an_external_change() -> None:
    """52 hours, 20 used, the need rises to 3 h for 10 weeks: 20 + 30 = 50; without a cause outside it stands."""
    budget = hours_budget(2, 26)
    assert revised(budget, 20, 3, 10, external=True).volume == 50
    with pytest.raises(ValueError, match="revised only for an external change"):
        revised(budget, 20, 3, 10, external=False)


@pytest.mark.parametrize("cv", [0.08, 0.25, 0.6])
def test_expected_part_within_budget(cv: float) -> None:
    """E[min(r, 1)] by quadrature of the log-normal."""
    from scipy.integrate import quad
    from scipy.stats import lognorm

    sigma = np.sqrt(np.log1p(cv**2))
    law = lognorm(sigma, scale=np.exp(-(sigma**2) / 2))
    whole = quad(lambda r: min(r, 1.0) * law.pdf(r), 0, 20, points=[1.0], limit=200)[0]
    assert within_budget(np.array([cv]))[0] == pytest.approx(whole, rel=1e-6)


def test_what_is_claimed_is_paid_or_unpaid(drawn: tuple[Case, Cells, CareUse]) -> None:
    case, cells, care_use = drawn
    for one in _contracts(case, cells, "inspanningsgericht"):
        assert isinstance(one, Inspanningsgericht)
        levels = price_levels(case, one.lot, care_use)
        settled = settle(
            replace(one, ceiling=0.9 * float(reference(case, cells, N_YEARS).amount.min())), care_use, levels
        )
        claimed = settle(replace(one, ceiling=None), care_use, levels).payment
        np.testing.assert_allclose(settled.payment + settled.unpaid, claimed, rtol=1e-12)
        assert (settled.unpaid > 0).any()


def test_longer_trajectories_cost_an_arrangement_nothing(drawn: tuple[Case, Cells, CareUse]) -> None:
    """Outputgericht pays for clients, not for hours: doubling delivered units changes cost, not payment."""
    case, cells, care_use = drawn
    doubled = replace(care_use, units=2 * care_use.units, crisis_units=2 * care_use.crisis_units)
    for one in _contracts(case, cells, "outputgericht", ceilings=False):
        assert isinstance(one, Outputgericht)
        levels = price_levels(case, one.lot, care_use)
        before, after = settle(one, care_use, levels), settle(one, doubled, levels)
        np.testing.assert_allclose(after.payment, before.payment)
        np.testing.assert_allclose(after.cost, 2 * before.cost)


def test_who_carries_what_is_read_off_the_contracts(small_case: Case) -> None:
    cells = plan(small_case, 32, N_YEARS, 1, "design").cells
    free = {form: _contracts(small_case, cells, form, ceilings=False) for form in PAYMENT_FORMS}
    table = dict(who_carries_what(free))
    assert table["volume"] == {
        "inspanningsgericht": "municipality",
        "outputgericht": "municipality",
        "taakgericht": "provider",
        "maatwerktraject": "municipality",
    }
    assert table["intensity"]["outputgericht"] == "provider"
    assert table["intensity"]["maatwerktraject"] == "shared"
    assert set(table["wages"].values()) == {"provider"}
    assert set(table) == set(RISKS)
    assert table["empty_places"]["taakgericht"] == "municipality"
    assert table["empty_places"]["inspanningsgericht"] == "provider"
    assert table["disputes"]["taakgericht"] == "nobody"
