"""Answers on a small region: cost counted twice, prices against solving again, worth that cannot be negative, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.capacity import (
    CapacityData,
    CapacityPlan,
    Outcome,
    answers,
    capacity_data,
    capacity_work,
    decide,
    decide_capacity,
    failures,
    norm_checks,
    norm_prices,
    objective_of,
    outcome_of,
    outcome_under,
    place_prices,
    plan_on_averages,
    provider_curve,
    value_of_flexibility,
    waiting_answers,
)
from bekostiging.capacity.decide import NO_SOLUTION
from bekostiging.capacity.program import capacity_program
from bekostiging.case import Case, UserError
from bekostiging.scenarios import draw_block, plan
from bekostiging.units import THOUSAND
from bekostiging_solvers import RecourseSolution, Scramblings

GAP = 1e-3


@pytest.fixture(scope="module")
def data(small_case: Case) -> CapacityData:
    planned = plan(small_case, 32, 1, 1, "design")
    work = capacity_work(planned)
    parts = [work(draw_block(planned, index)).arrays() for index in range(planned.n_blocks)]
    return capacity_data(planned, {name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


@pytest.fixture(scope="module")
def decided(data: CapacityData) -> CapacityPlan:
    return decide_capacity(data, gap=GAP)


@pytest.fixture(scope="module")
def outcome(decided: CapacityPlan) -> Outcome:
    return outcome_of(decided)[0]


@pytest.fixture(scope="module")
def norm_price(decided: CapacityPlan) -> np.ndarray:
    _, solved, duals = outcome_of(decided)
    return norm_prices(decided, solved, duals)


def test_the_cost_counted_by_part_is_the_cost_of_the_model(outcome: Outcome) -> None:
    np.testing.assert_allclose(sum(outcome.parts.values()), outcome.costs, rtol=1e-9)


def test_the_objective_is_that_of_the_costs(decided: CapacityPlan, outcome: Outcome) -> None:
    """(1 - risk_weight) E + risk_weight CVaR, and the bound below it within the gap."""
    value = objective_of(decided.data, outcome.costs) / THOUSAND
    assert value == pytest.approx(decided.solution.objective, rel=1e-9)
    assert decided.solution.bound <= decided.solution.objective * (1 + 1e-12)
    assert decided.solution.objective - decided.solution.bound <= 1.01 * GAP * decided.solution.objective


def test_places_come_in_blocks_within_their_contract(decided: CapacityPlan) -> None:
    supply, number = decided.data.supply, decided.number[decided.data.supply.contract]
    blocks = decided.places / supply.block[:, None]
    np.testing.assert_allclose(blocks, np.round(blocks), atol=1e-6)
    assert (decided.places <= (supply.maximum * number)[:, None] + 1e-6).all()
    assert (decided.places >= (supply.minimum * number)[:, None] - 1e-6).all()


def test_nobody_in_care_stands_without_a_place(outcome: Outcome) -> None:
    places = np.repeat(outcome.places, 4, axis=1).T * outcome.data.scenarios.available
    assert (outcome.used <= places + 1e-6).all()


def test_the_account_of_a_year_is_the_cost_of_the_term_without_what_comes_after(data: CapacityData) -> None:
    """When all care ends within the year (every client half a quarter, who sits the first) nothing comes after: the
    yearly cost of all lots is places, use, travel and purchase of the term."""
    stays, remains = np.zeros_like(data.stays), np.zeros_like(data.remains)
    stays[:, 0], remains[:, 0] = 0.5, 1.0
    weeks = np.full(len(data.care_forms), 365 / 7 / 4)
    short = replace(
        data, stays=stays, remains=remains, weeks=0.5 * weeks, weeks_left=weeks, allowed=np.full(4, np.inf)
    )
    found = outcome_of(decide_capacity(short, gap=GAP))[0]
    bought_at_the_end = np.einsum("sfa,f->s", found.waiting[:, -1], short.adhoc * short.weeks) * short.discount[-1]
    paid = sum(found.parts[name] for name in ("availability", "use", "travel", "adhoc")) - bought_at_the_end
    np.testing.assert_allclose(found.yearly_cost().sum(axis=(1, 2)), paid, rtol=1e-9)


def test_the_price_of_a_place_is_the_slope_of_the_cost(data: CapacityData) -> None:
    """A thousandth of a block more or less at every contracted offer changes the objective by the price of the duals: the
    objective is convex, so the price lies between the slopes on both sides."""
    free = replace(data, allowed=np.full(len(data.care_forms), np.inf))
    plain = decide_capacity(free, gap=GAP)
    reached, columns = outcome_of(plain)[0], plain.program.place("blocks")
    step = 1e-3
    base = objective_of(data, reached.costs)
    for price in place_prices(plain, reached, np.zeros(0), None):
        k = next(
            k
            for k in range(data.supply.n_offers)
            if data.supply.names[data.supply.contract[k]] == (price.provider, price.lot)
            and data.care_forms[data.supply.care_form[k]] == price.care_form
        )
        slopes = []
        for sign in (1, -1):
            x = plain.decisions.copy()
            x[columns[f"{k},0"]] += sign * step
            moved = objective_of(data, outcome_under(plain, data.scenarios, np.zeros(0), x).costs)
            slopes.append(-(moved - base) / (sign * step * data.supply.block[k]))
        assert slopes[0] - 1e-3 <= price.margin <= slopes[1] + 1e-3
        if price.block is not None:
            assert (
                price.block <= slopes[0] + 1e-3
            )  # a whole block saves no more per place than the first bit of it


def test_flexibility_is_never_worth_less_than_nothing(data: CapacityData) -> None:
    found = value_of_flexibility(data, 1e-6, None, None)
    assert set(found) == {"all", "alternatives"}
    assert found["alternatives"].objective >= found["all"].bound


def test_swap_and_far_places_are_worth_something_or_nothing(data: CapacityData) -> None:
    far = data.supply.far.copy()
    far[np.flatnonzero(data.supply.care_form == 0)[0]] = True
    more = replace(data, swap=np.full(len(data.supply.lots), 0.5), supply=replace(data.supply, far=far))
    found = value_of_flexibility(more, 1e-6, None, None)
    assert set(found) == {"all", "alternatives", "far_places", "swap"}
    assert min(one.objective for one in found.values()) >= found["all"].bound * (1 - 1e-9)


def test_planning_on_averages_is_never_better(decided: CapacityPlan, data: CapacityData) -> None:
    """Without a norm, on the scenarios the plan was chosen on, within its gap: VSS >= 0 (Birge and Louveaux, ch. 4)."""
    free = decide_capacity(replace(data, allowed=np.full(len(data.care_forms), np.inf)), gap=GAP)
    x = plan_on_averages(free, None)
    averaged = objective_of(data, outcome_under(free, data.scenarios, np.zeros(0), x).costs)
    assert averaged >= THOUSAND * free.solution.bound * (1 - 1e-9)


def test_more_providers_cost_no_more(data: CapacityData) -> None:
    curve = provider_curve(data, 0.01, None, None)
    found = [one for one in curve.values() if one is not None]
    values = [one.objective for one in found]
    assert values == sorted(values, reverse=True)
    assert all(one.bound <= one.objective * (1 + 1e-9) for one in found)
    assert list(curve) == sorted(curve)


def test_a_failure_costs_and_its_clients_are_not_lost(decided: CapacityPlan, norm_price: np.ndarray) -> None:
    found = failures(decided, norm_price, None)
    assert {one.provider for one in found} == {
        name for (name, _), n in zip(decided.data.supply.names, decided.number, strict=True) if n > 0.5
    }
    assert all((one.extra_cost >= -1e-3).all() for one in found)
    assert sum(one.extra_cost.mean() for one in found) > 0


def test_waiting_adds_up_and_the_norm_is_counted(outcome: Outcome) -> None:
    """Clients waiting over the municipalities are those of the model; chances are chances; norms hold where decided."""
    scramblings = Scramblings(16)
    found = waiting_answers(outcome, ["a", "b"], scramblings)
    waiting = outcome.waiting.sum(axis=3).mean(axis=(0, 1))
    for f, form in enumerate(outcome.data.care_forms):
        own = [one for one in found if one.care_form == form]
        assert sum(one.clients.value for one in own) == pytest.approx(waiting[f], abs=1e-9)
        assert all(0 <= one.wait_share.value <= 1 and 0 <= one.late_probability.value <= 1 for one in own)
    assert all(one.value.value <= one.allowed * (1 + 1e-6) + 1e-6 for one in norm_checks(outcome, scramblings))


@pytest.mark.slow
def test_a_norm_that_no_capacity_can_meet_states_the_shortfall(data: CapacityData) -> None:
    """Nothing may be bought and every maximum is a block: the shortfall is what still waits too long."""
    small = replace(data.supply, maximum=data.supply.block, minimum=np.zeros_like(data.supply.block))
    tight = replace(
        data, supply=small, adhoc_most=np.zeros_like(data.adhoc_most), allowed=np.full(4, 1.0), substitutes=()
    )
    with pytest.raises(UserError) as caught:
        decide_capacity(tight)
    assert caught.value.exit_code == NO_SOLUTION
    assert "no capacity meets the waiting norm" in caught.value.text("en")
    assert "guidance " in caught.value.text("en")
    assert "haalt de wachtnorm" in caught.value.text("nl")


def test_limits_that_contradict_are_named(data: CapacityData) -> None:
    """Three providers asked where a lot has two."""
    possible = [int((data.supply.lot == j).sum()) for j in range(3)]
    asked = replace(data, supply=replace(data.supply, least=np.array([possible[0] + 1, 0, 0])))
    with pytest.raises(UserError, match="limits on contracts and places contradict each other") as caught:
        decide_capacity(asked)
    assert "fewest youth" in caught.value.text("en")


def test_the_relaxation_is_a_bound(decided: CapacityPlan, data: CapacityData) -> None:
    relaxed = decide_capacity(data, gap=1e-6, whole=False)
    assert relaxed.solution.objective <= decided.solution.objective * (1 + 1e-6)
    assert capacity_program(data).n_decisions == len(decided.decisions)


@pytest.mark.parametrize("bound", [-np.inf, -5.0])
def test_a_search_that_ends_without_a_bound_has_zero_as_one(
    data: CapacityData, decided: CapacityPlan, bound: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cost is negative: the bound is zero, and the gap (objective - 0) / objective is one."""

    def ended_early(*asked: object, **options: object) -> RecourseSolution:
        return replace(decided.solution, bound=bound, gap=np.inf)

    monkeypatch.setattr(decide, "solve_recourse", ended_early)
    monkeypatch.setattr(answers, "solve_recourse", ended_early)
    plan = decide_capacity(data)
    assert (plan.solution.bound, plan.solution.gap) == (0.0, 1.0)
    curve = provider_curve(data, GAP, None, None)
    assert {one.bound for one in curve.values() if one is not None} == {0.0}
    assert all(np.isfinite(one.bound) for one in value_of_flexibility(data, GAP, None, None).values())
