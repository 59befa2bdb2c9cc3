"""The four payment forms on the same clients: parity, ceilings, hours budgets, risk allocation."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from balance import in_balance
from tests.models.scenarios.test_clients import MARK

from bekostiging.case import Case, UserError
from bekostiging.case.tables import PAYMENT_FORMS, Policy
from bekostiging.contracts import (
    RISKS,
    Contract,
    Inspanningsgericht,
    Maatwerktraject,
    Outputgericht,
    Taakgericht,
    build_contracts,
    hours_budget,
    hours_budget_notes,
    price_levels,
    reference,
    revised,
    risk_allocation_by_form,
    settle,
    standard_list,
    with_design,
)
from bekostiging.scenarios import CareUse, Cells, draw_block, expected_care_use, plan
from bekostiging_solvers.typing import FloatArray

N_YEARS = 3


@pytest.fixture(scope="module")
def drawn(small_case: Case) -> tuple[Case, Cells, CareUse]:
    planned = plan(small_case, 32, N_YEARS, 2, "design")
    return small_case, planned.cells, draw_block(planned, 0).care_use()


def _contracts(case: Case, cells: Cells, form: str, *, ceilings: bool = True) -> tuple[Contract, ...]:
    return build_contracts(case, cells, reference(case, cells, N_YEARS), form, ceilings=ceilings)


def _paid_by_year(case: Case, cells: Cells, form: str, lot: str, care_use: CareUse) -> FloatArray:
    """Payments of a lot without ceilings; (n_scenarios, n_years)."""
    levels = price_levels(case, lot, care_use)
    own = [one for one in _contracts(case, cells, form, ceilings=False) if one.lot == lot]
    return np.sum([settle(one, care_use, levels).payment for one in own], axis=0)


@pytest.mark.parametrize("form", [form for form in PAYMENT_FORMS if form != "maatwerktraject"])
def test_at_expectation_every_form_pays_the_same(small_case: Case, form: str) -> None:
    """One build-up behind all forms: contract by contract and year by year, summed over the lot's providers."""
    cells = plan(small_case, 32, N_YEARS, 1, "design").cells
    care_use = expected_care_use(small_case, cells, N_YEARS)
    for lot in small_case.lots:
        paid = [_paid_by_year(small_case, cells, name, lot.id, care_use) for name in ("inspanningsgericht", form)]
        np.testing.assert_allclose(paid[1], paid[0], rtol=1e-9)


@pytest.mark.parametrize("revised_share", [0.0, 0.3])
@pytest.mark.parametrize("law", ["lognormal", "gamma"])
def test_hours_budgets_cost_the_same_every_year_without_growth(
    small_case: Case, revised_share: float, law: str
) -> None:
    """As if the form had always applied: what starts gain in their first years, clients in care have used up."""
    policy = Policy(name="revised_share", scope="case", value=str(revised_share), **MARK)
    balanced = in_balance(small_case)
    rows = tuple(row.model_copy(update={"duration_distribution": law}) for row in balanced.demand)
    case = replace(balanced, demand=rows, policy=(*balanced.policy, policy))
    cells = plan(case, 32, N_YEARS, 1, "design").cells
    care_use = expected_care_use(case, cells, N_YEARS)
    for lot in case.lots:
        paid = [
            _paid_by_year(case, cells, form, lot.id, care_use)
            for form in ("inspanningsgericht", "maatwerktraject")
        ]
        np.testing.assert_allclose(paid[1], paid[0], rtol=1e-9)


def test_new_budgets_at_the_switch_cost_more(small_case: Case) -> None:
    """A whole budget for who is sitting: more in the first year, and the years approach each other again."""
    balanced = in_balance(small_case)
    policy = Policy(name="new_budget", scope="case", value="yes", **MARK)
    anew = replace(balanced, policy=(*balanced.policy, policy))
    cells = plan(balanced, 32, N_YEARS, 1, "design").cells
    paid = {
        case: np.sum(
            [
                _paid_by_year(one, cells, "maatwerktraject", lot.id, expected_care_use(one, cells, N_YEARS))
                for lot in one.lots
            ],
            axis=0,
        )[0]
        for case, one in (("before", balanced), ("anew", anew))
    }
    more = paid["anew"] / paid["before"] - 1
    assert more[0] > 0.05
    assert (np.diff(more) < 0).all()
    (note,) = [one["en"] for one in hours_budget_notes(anew) if "at the switch" in one["en"]]
    told = float(note.split("expected to cost ")[1].split(" million")[0])
    prices = [
        price_levels(balanced, lot.id, expected_care_use(balanced, cells, N_YEARS)).price for lot in balanced.lots
    ]
    euro = float((paid["anew"] - paid["before"]).sum()) / 1e6
    assert told == pytest.approx(euro, rel=float(np.max(prices)) - 1 + 0.01)


def test_what_a_budget_does_not_pay_is_told_apart(drawn: tuple[Case, Cells, CareUse]) -> None:
    """Delivered at the price = paid + unpaid, and without a ceiling all that is unpaid is beyond the budgets."""
    case, cells, care_use = drawn
    for one in _contracts(case, cells, "maatwerktraject", ceilings=False):
        assert isinstance(one, Maatwerktraject)
        levels = price_levels(case, one.lot, care_use)
        settled = settle(one, care_use, levels)
        delivered = one.own(care_use.units) @ (one.tariff / one.within) * levels.price
        np.testing.assert_allclose(settled.payment + settled.unpaid, delivered, rtol=1e-12)
        np.testing.assert_allclose(settled.unpaid, one.beyond_budget(care_use, levels), rtol=1e-9)
        assert (settled.unpaid > 0).all()
        low = settle(replace(one, ceiling=float(0.7 * settled.payment.min())), care_use, levels)
        assert (low.unpaid > settled.unpaid).any()
        plain = next(own for own in _contracts(case, cells, "inspanningsgericht") if own.lot == one.lot)
        assert not plain.beyond_budget(care_use, levels).any()


def test_crisis_is_paid_within_its_budget_whatever_the_ceiling(drawn: tuple[Case, Cells, CareUse]) -> None:
    """Without room the crisis units within budgets are paid, and not what crisis clients used beyond them."""
    case, cells, care_use = drawn
    for one in _contracts(case, cells, "maatwerktraject"):
        assert isinstance(one, Maatwerktraject)
        levels = price_levels(case, one.lot, care_use)
        paid = settle(replace(one, ceiling=0.0), care_use, levels).payment
        crisis = one.own(care_use.crisis_units_within_budget) @ (one.tariff / one.within) * levels.price
        np.testing.assert_allclose(paid, crisis, rtol=1e-9, atol=1e-6)


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
    with pytest.raises(UserError, match="revised only for an external change"):
        revised(budget, 20, 3, 10, external=False)


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


@pytest.mark.parametrize("form", ["inspanningsgericht", "outputgericht", "taakgericht"])
def test_what_one_more_euro_of_care_pays(drawn: tuple[Case, Cells, CareUse], form: str) -> None:
    """As much of it as the form says: all of it per hour, nothing per arrangement and nothing of a budget."""
    case, cells, care_use = drawn
    more = replace(care_use, units=1.1 * care_use.units, units_claimable=1.1 * care_use.units_claimable)
    for one in _contracts(case, cells, form, ceilings=False):
        levels = price_levels(case, one.lot, care_use)
        own = (
            with_design(one, one.reference, np.zeros(one.corridor.n_layers))
            if isinstance(one, Taakgericht)
            else one
        )
        moved = settle(own, more, levels).payment - settle(own, care_use, levels).payment
        euro = 0.1 * one.own(care_use.units_claimable) @ cells.tariff[one.cells] * levels.price
        np.testing.assert_allclose(moved, PAYMENT_FORMS[form].pays_next_euro * euro, rtol=1e-9, atol=1e-6)


def test_an_arrangement_disputes_nothing_unless_told(drawn: tuple[Case, Cells, CareUse]) -> None:
    """All that is priced is asked and claimed, as it is where the policies say zero."""
    case, cells, care_use = drawn
    for one in _contracts(case, cells, "outputgericht", ceilings=False):
        assert isinstance(one, Outputgericht)
        told = {
            row.name: getattr(one, row.name)
            for row in fields(one)
            if row.name not in ("disputed", "disputed_lost")
        }
        levels = price_levels(case, one.lot, care_use)
        plain = Outputgericht(**told).claim(care_use, levels)
        np.testing.assert_array_equal(plain.claimed, plain.asked)
        assert Outputgericht(**told).disputed == 0


def test_who_carries_what_is_read_off_the_contracts(small_case: Case) -> None:
    cells = plan(small_case, 32, N_YEARS, 1, "design").cells
    free = {form: _contracts(small_case, cells, form, ceilings=False) for form in PAYMENT_FORMS}
    table = dict(risk_allocation_by_form(free))
    assert table["volume"] == {
        "inspanningsgericht": "municipality",
        "outputgericht": "municipality",
        "taakgericht": "provider",
        "maatwerktraject": "municipality",
    }
    assert table["intensity"]["outputgericht"] == "provider"
    assert table["intensity"]["maatwerktraject"] == "shared"
    assert table["duration"]["maatwerktraject"] == "shared"
    assert set(table["wages"].values()) == {"provider"}
    assert set(table) == set(RISKS)
    assert table["empty_places"]["taakgericht"] == "municipality"
    assert table["empty_places"]["inspanningsgericht"] == "provider"
    assert table["disputes"]["taakgericht"] == "nobody"
