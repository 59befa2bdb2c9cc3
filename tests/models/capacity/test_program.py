"""The capacity program over all scenarios: risk, the waiting norm, what must hold in every plan, other formulations."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, get_args

import numpy as np
import pytest
from capacity_instances import Plan, care, costs_again, everything, plan_of, scenarios, solved, supply
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, vstack

from bekostiging.capacity import CapacityData, capacity_program
from bekostiging.capacity.program import scenario_rows
from bekostiging.case.policy import WaitingNorm
from bekostiging.units import QUARTERS, THOUSAND, WEEKS_PER_QUARTER
from bekostiging_solvers import (
    CVaR,
    InfeasibleError,
    LinearProgram,
    MeanCVaR,
    TwoStageProgram,
    cvar,
    recourse_costs,
    solve_highs,
    solve_recourse,
)
from bekostiging_solvers.risk import Expectation, RiskMeasure
from bekostiging_solvers.two_stage import extensive_form

WEEKLY = THOUSAND / WEEKS_PER_QUARTER
CONFIDENCE = 0.6
BINDING: dict[str, Any] = {
    "allowed": [0.5, np.inf], "adhoc_most": [0.0, np.inf], "waiting_cost": [5.0, 150.0], "norm_weeks": 2.0,
}  # fmt: skip
"""Terms under which only the norm keeps places for form 0: waiting costs next to nothing and nothing can be bought."""


def _risky() -> CapacityData:
    """Five equally likely numbers of clients for a place that costs 2.4 a year; purchase 1 a client-quarter."""
    own = supply([{"availability_fee": 2.4 * THOUSAND}])
    demand = np.array([6.0, 8.0, 10.0, 12.0, 20.0])[:, None, None, None]
    return care(own, scenarios(own, crisis=demand, n_scenarios=5), confidence=CONFIDENCE)


def _measure(risk_weight: float) -> RiskMeasure:
    """(1 - w) E + w CVaR is (1 - w) times E + w / (1 - w) CVaR."""
    if risk_weight == 0:
        return Expectation()
    return CVaR(CONFIDENCE) if risk_weight == 1 else MeanCVaR(risk_weight / (1 - risk_weight), CONFIDENCE)


@pytest.mark.parametrize("method", ["extensive", "l-shaped"])
@pytest.mark.parametrize(("risk_weight", "places"), [(0.0, 10), (0.5, 12), (1.0, 12)])
def test_risk_weight_by_hand(method: str, risk_weight: float, places: int) -> None:
    """A place saves 4 when used. Expected: worth it while 4 P(D > q) >= 2.4, P >= 0.6: q = 8 to 10 cost the same.

    CVaR 0.6 looks at the worst two, 12 and 20 clients: a place is worth 4 up to 12 and 4 x 1/2 < 2.4 beyond: 12. Half
    and half: on 10 to 12 a place saves 0.5 x 4 x 0.4 + 0.5 x 4 = 2.8, so 12; costs by counting.
    """
    data = _risky()
    demand = np.array([6.0, 8.0, 10.0, 12.0, 20.0])

    def costs(q: float) -> np.ndarray:
        return np.asarray(2.4 * q + 4 * np.maximum(demand - q, 0))

    def mixed(q: float) -> float:
        return float((1 - risk_weight) * costs(q).mean() + risk_weight * costs(q)[-2:].mean())

    made = capacity_program(data)
    found = solve_recourse(made.program, method=method, risk=_measure(risk_weight), gap=1e-9)  # type: ignore[arg-type]
    scale = 1.0 if risk_weight == 1 else 1 - risk_weight
    assert found.objective * scale == pytest.approx(min(mixed(q) for q in range(25)), rel=1e-7)
    own = found.x[made.place("blocks")["0,0"]]
    assert mixed(round(own)) == pytest.approx(mixed(places))
    np.testing.assert_allclose(recourse_costs(made.program, found.x), costs(own), rtol=1e-7)


@pytest.mark.parametrize("seed", range(2))
def test_one_scenario_has_no_risk(seed: int) -> None:
    data = everything(seed, n_scenarios=1)
    totals = [solved(data, measure).total for measure in (Expectation(), CVaR(0.95))]
    assert totals[0] == pytest.approx(totals[1], rel=1e-8)
    twice = capacity_program(replace(data, scenarios=data.scenarios.chosen(np.array([0, 0]))))
    assert solved(twice).total == pytest.approx(totals[0], rel=1e-8)


def test_the_weight_moves_cost_from_the_tail_to_the_mean() -> None:
    made = capacity_program(everything(1, n_scenarios=5, allowed=np.inf, confidence=CONFIDENCE))
    points = [solve_recourse(made.program, risk=_measure(w), gap=1e-8).x for w in (0.0, 0.5, 1.0)]
    costs = [recourse_costs(made.program, x) for x in points]
    means, tails = [c.mean() for c in costs], [float(cvar(c, CONFIDENCE)) for c in costs]
    assert all(np.diff(means) >= -1e-5)
    assert all(np.diff(tails) <= 1e-5)
    assert tails[0] > tails[-1] + 1e-3


def _late(plan: Plan) -> np.ndarray:
    """Who waits beyond the norm per scenario, counted from the waiting: mean over quarters, sum over areas; (s, f)."""
    recent = plan.data.recent(plan.data.scenarios.regular)
    return np.asarray(np.maximum(plan.second("waiting") - recent, 0.0).sum(axis=3).mean(axis=1))


def _waits(kind: WaitingNorm, allowed: float = 1.5) -> CapacityData:
    """One care form without purchase, a place at 3 a year, waiting at a tenth of care: waiting is cheap, the norm binds."""
    rng = np.random.default_rng(5)
    own = supply([{"availability_fee": 9 * THOUSAND}])
    future = scenarios(own, regular=np.round(rng.uniform(2, 14, (5, QUARTERS, 1, 1)), 1), n_scenarios=5)
    return care(
        own, future, [[0.5, 0.5]], adhoc_most=0.0, waiting_cost=0.1 * WEEKLY, waiting=3.0, waited=6.0, norm_weeks=4.0,
        allowed=allowed, norm=kind, confidence=CONFIDENCE,
    )  # fmt: skip


@pytest.mark.parametrize("kind", get_args(WaitingNorm))
def test_the_norm_holds_when_waiting_is_counted_again(kind: WaitingNorm) -> None:
    """Nobody would keep it unasked; what is asked is kept and one place fewer would not do."""
    data = _waits(kind)
    plan, free = solved(data), solved(_waits(kind, np.inf))

    def kept(late: np.ndarray) -> bool:
        if kind == "chance":
            return bool((late > 1.5 + 1e-7).mean() <= 1 - CONFIDENCE + 1e-9)
        return bool((late.mean() if kind == "expected" else cvar(late, CONFIDENCE)) <= 1.5 + 1e-7)

    assert not kept(_late(free)[:, 0])
    assert kept(_late(plan)[:, 0])
    assert plan.total > free.total
    places = plan.places[0, 0]
    own = replace(data.supply, maximum=np.array([places - 1]))
    with pytest.raises(InfeasibleError):
        solved(replace(data, supply=own))


def test_norms_from_mild_to_strict() -> None:
    """VaR <= CVaR and E <= CVaR: whoever keeps the CVaR norm keeps both others, so it costs at least as much."""
    cost = {kind: solved(_waits(kind)).total for kind in get_args(WaitingNorm)}
    assert cost["expected"] <= cost["cvar"] + 1e-7
    assert cost["chance"] <= cost["cvar"] + 1e-7
    assert cost["expected"] < cost["cvar"]


def _fixed(program: TwoStageProgram, threshold: float, free: set[int]) -> TwoStageProgram:
    """Threshold given; scenarios in ``free`` may exceed it without limit, the others not at all."""
    names = program.first.column_names
    lower, upper = program.first.lower.copy(), program.first.upper.copy()
    lower[names.index("threshold[0]")] = upper[names.index("threshold[0]")] = threshold
    excess = program.column_names.index("excess[0]")
    scenarios = []
    for s, one in enumerate(program.scenarios):
        own = one.upper.copy()
        own[excess] = np.inf if s in free else 0.0
        scenarios.append(replace(one, upper=own))
    return replace(program, first=replace(program.first, lower=lower, upper=upper), scenarios=tuple(scenarios))


@pytest.mark.parametrize("allowed", [0.3, 1.5, 3.0])
def test_chance_norm_against_all_subsets(allowed: float) -> None:
    """With confidence 0.6 two of five scenarios may be late: the best of all ten pairs, each solved apart."""
    data = _waits("chance", allowed)
    plain = capacity_program(data).under(data.scenarios)
    tried = [plan_of(data, _fixed(plain, allowed, set(pair))).total for pair in combinations(range(5), 2)]
    assert solved(data).total == pytest.approx(min(tried), rel=1e-7)
    assert max(tried) > min(tried) * 1.001


def test_a_late_scenario_may_be_as_late_as_it_is() -> None:
    """One client a quarter in three scenarios, 50 in two: with confidence 0.6 those may be late, however much: one place
    is enough and 49, 98, 147, 196 wait: 122.5 on average."""
    own = supply([{"availability_fee": 1000 * THOUSAND}])
    demand = np.array([1.0, 1.0, 1.0, 50.0, 50.0])[:, None, None, None]
    terms: dict[str, Any] = {"adhoc_most": 0.0, "waiting_cost": 0.0, "norm_weeks": 0.0, "allowed": 0.5}
    data = care(own, scenarios(own, regular=demand, n_scenarios=5), norm="chance", confidence=CONFIDENCE, **terms)
    plan = solved(data)
    assert plan.places[0, 0] == 1
    np.testing.assert_allclose(_late(plan)[:, 0], [0, 0, 0, 122.5, 122.5], atol=1e-6)


def _linked(data: CapacityData) -> LinearProgram:
    """The norm as one row over the excesses of all scenarios, without budgets: another formulation."""
    plain = capacity_program(data).under(data.scenarios)
    form = extensive_form(plain, Expectation())
    n = plain.n_scenarios
    row = np.zeros(len(form.cost))
    for s in range(n):
        row[form.column_names.index(f"excess[0][{s}]")] = (
            1 / n / (1.0 if data.norm == "expected" else 1 - data.confidence)
        )
    upper = form.upper.copy()
    threshold = form.column_names.index("threshold[0]")
    row[threshold], upper[threshold] = (0.0, 0.0) if data.norm == "expected" else (1.0, np.inf)
    return replace(
        form, upper=upper, matrix=csr_array(vstack([form.matrix, csr_array(row[None])])),
        row_lower=np.append(form.row_lower, -np.inf), row_upper=np.append(form.row_upper, data.allowed[0]),
        row_names=(*form.row_names, "norm"),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["expected", "cvar"])
def test_budgets_are_the_norm_over_all_scenarios(kind: WaitingNorm) -> None:
    for data in (_waits(kind), everything(2, 4, norm=kind, **BINDING)):
        linked = solve_highs(_linked(data), gap=1e-9).objective
        assert solved(data).total == pytest.approx(linked, rel=1e-7)
        assert solved(replace(data, allowed=np.full_like(data.allowed, np.inf))).total < linked - 1e-6


@pytest.mark.parametrize("kind", get_args(WaitingNorm))
def test_both_methods_find_the_same_plan_cost(kind: WaitingNorm) -> None:
    """Extensive form against cuts, integers, norm and risk together; each within its own certified gap."""
    data = everything(2, 3, norm=kind, confidence=CONFIDENCE, **BINDING)
    program, risk = capacity_program(data).program, MeanCVaR(0.5, CONFIDENCE)
    both = [
        solve_recourse(program, method="extensive", risk=risk, gap=1e-6),
        solve_recourse(program, method="l-shaped", risk=risk, gap=1e-6),
    ]
    for one, other in (both, both[::-1]):
        assert one.gap is not None
        assert one.gap <= 1e-6 * (1 + 1e-6)
        assert one.bound <= other.objective * (1 + 1e-9)


def test_a_norm_that_no_capacity_meets() -> None:
    data = _waits("cvar", 0.1)
    with pytest.raises(InfeasibleError, match="waiting_norm"):
        solved(replace(data, supply=replace(data.supply, maximum=np.array([3.0]))))


def _occupied(plan: Plan) -> np.ndarray:
    """Places in use (s, t, k), client by client: who started in u is there in t for the part ``stays`` says."""
    d = plan.data
    form, intake, kept = d.supply.care_form, plan.second("served").sum(axis=3), plan.second("kept").sum(axis=2)
    used = np.zeros(intake.shape)
    for s, t, k in np.ndindex(used.shape):
        used[s, t, k] = d.remains[form[k], t] * kept[s, k]
        for u in range(t + 1):
            used[s, t, k] += d.stays[form[k], t - u] * intake[s, u, k]
    return used


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(get_args(WaitingNorm)))
def test_what_holds_in_every_plan(seed: int, kind: WaitingNorm) -> None:
    """No client lost, crisis at once, nobody without a place, whole blocks and contracts, cost and fees add up."""
    plan = solved(everything(seed, 3, norm=kind))
    d, own = plan.data, plan.data.supply
    served, bought, waiting, moved = (plan.second(name) for name in ("served", "bought", "waiting", "moved"))
    by_form = np.stack([served[:, :, own.care_form == f].sum(axis=2) for f in range(2)], axis=2)
    came = d.scenarios.regular + d.scenarios.crisis
    before = np.concatenate([np.broadcast_to(d.waiting, waiting[:, :1].shape), waiting[:, :-1]], axis=1)
    net = np.stack([moved[:, :, 0], -moved[:, :, 0]], axis=2)  # from form 0 to form 1
    np.testing.assert_allclose(came + before, by_form + bought + waiting + net, atol=1e-6)
    np.testing.assert_allclose(
        came.sum() + 3 * d.waiting.sum(), served.sum() + bought.sum() + waiting[:, -1].sum(), atol=1e-5
    )
    assert (by_form + bought + net >= d.scenarios.crisis - 1e-6).all()
    np.testing.assert_allclose(
        np.stack([plan.second("kept")[:, own.care_form == f].sum(axis=1) for f in range(2)], axis=1)
        + plan.second("kept_bought"),
        d.scenarios.caseload,
        atol=1e-6,
    )
    worth = d.price[own.care_form][:, None] / d.price[own.care_form]
    swapped = plan.second("swapped")
    headroom = np.repeat(plan.places, QUARTERS, axis=1).T * d.scenarios.available
    headroom = headroom + (swapped * worth).sum(axis=2) - swapped.sum(axis=3) + plan.second("displaced")
    assert (_occupied(plan) <= headroom + 1e-6).all()
    blocks = plan.places / own.block[:, None]
    np.testing.assert_allclose(blocks, np.round(blocks), atol=1e-6)
    opened = [plan.first("open", c, n) for c in range(3) for n in range(1, own.most[c] + 1)]
    np.testing.assert_allclose(opened, np.round(opened), atol=1e-6)
    assert plan.total == pytest.approx(costs_again(plan).mean() / THOUSAND, rel=1e-8)


def test_cost_counted_again_over_two_years() -> None:
    plan = solved(everything(1, 2, 2))
    assert plan.total == pytest.approx(costs_again(plan).mean() / THOUSAND, rel=1e-8)


def _received(plan: Plan) -> np.ndarray:
    """What every contract is paid in euro, scenario by scenario: its own invoice, not the municipality's; (s, c)."""
    d, own = plan.data, plan.data.supply
    n_s, n_t = d.scenarios.regular.shape[:2]
    invoice = np.zeros((n_s, len(own.names)))
    for s, k in np.ndindex(n_s, own.n_offers):
        c, f = int(own.contract[k]), int(own.care_form[k])
        for y in range(len(d.years)):
            rate = d.discount[QUARTERS * y : QUARTERS * (y + 1)].mean()
            invoice[s, c] += rate * own.availability_fee[k] * plan.places[k, y]
        weeks = d.weeks_left[f] * plan.second("kept")[s, k].sum()
        for t in range(n_t):
            gone = plan.second("displaced")[s, t, k] * (WEEKS_PER_QUARTER if t < n_t - 1 else d.weeks_left[f])
            weeks += d.discount[t] * (d.weeks[f] * plan.second("served")[s, t, k].sum() - gone)
        invoice[s, c] += own.usage_fee[k] * weeks
    return invoice


@pytest.mark.parametrize("seed", range(2))
def test_fees_conserve_money(seed: int) -> None:
    """What the municipality pays is what contracts and ad-hoc sellers receive; the rest of the cost is no fee.

    Travel, loss of fit, contracts' administration and waiting are set to zero, so that all cost is payment.
    """
    plain = everything(seed, 2, allowed=np.inf, adhoc_most=np.inf, waiting_cost=1e-9)
    own = replace(plain.supply, travel=plain.supply.travel * 0.0, cost=plain.supply.cost * 0.0)
    data = replace(plain, supply=own, substitutes=tuple(replace(one, loss=0.0) for one in plain.substitutes))
    plan = solved(data)
    form, v, last = data.supply.care_form, data.discount, data.n_quarters - 1
    late = plan.second("bought")
    late[:, last] += plan.second("waiting")[:, last]
    gone = plan.second("displaced")
    weeks = np.where(np.arange(last + 1)[:, None] < last, WEEKS_PER_QUARTER, data.weeks_left[form])
    adhoc = np.einsum("t,f,stfa->s", v, data.adhoc * data.weeks, late)
    adhoc += np.einsum("f,sfa->s", data.adhoc * data.weeks_left, plan.second("kept_bought"))
    adhoc += np.einsum("t,k,tk,stk->s", v, data.adhoc[form], weeks, gone)
    received = _received(plan).sum(axis=1) + adhoc
    assert plan.total * THOUSAND == pytest.approx(received.mean(), rel=1e-7)
    assert (adhoc > 0).any()
    assert (_received(plan) > 0).any()


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    change=st.sampled_from(["premium", "waiting_cost", "regular", "crisis", "caseload"]),
    factor=st.floats(1.05, 2.0),
)
def test_cost_rises_with_premium_waiting_cost_and_demand(seed: int, change: str, factor: float) -> None:
    """Without a norm: more demand also is more that asked within it."""
    data = everything(seed, 2, allowed=np.inf)
    if change in ("premium", "waiting_cost"):
        dearer = replace(data, **{change: getattr(data, change) * factor})
    else:
        more = replace(data.scenarios, **{change: getattr(data.scenarios, change) * factor})
        dearer = replace(data, scenarios=more)
    assert solved(dearer).total >= solved(data).total * (1 - 1e-7)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_freedom_never_costs(seed: int) -> None:
    """Without substitution, swaps, or provider 2, or with a norm, a plan costs at least as much."""
    data = everything(seed, 2, allowed=np.inf)
    least = solved(data).total
    closed = replace(data.supply, most_contracts=np.array([1]))
    for fewer in (
        replace(data, substitutes=()),
        replace(data, swap=np.zeros(1)),
        replace(data, supply=closed),
        replace(data, allowed=np.array([0.05, np.inf])),
    ):
        assert solved(fewer).total >= least * (1 - 1e-7)


def test_other_futures_for_the_same_decisions() -> None:
    """``under`` gives what compiling those scenarios would give, also when the first had nobody in care or no failure."""
    quiet = everything(0, 2)
    empty = replace(
        quiet.scenarios, caseload=quiet.scenarios.caseload * 0.0, available=np.ones_like(quiet.scenarios.available)
    )
    made = capacity_program(replace(quiet, scenarios=empty))
    x = solve_recourse(made.program).x
    other = capacity_program(quiet)
    there = made.under(quiet.scenarios)
    here = other.under(quiet.scenarios)
    np.testing.assert_allclose(
        recourse_costs(there, x[: made.n_decisions]), recourse_costs(here, x[: other.n_decisions]), rtol=1e-9
    )
    assert (
        recourse_costs(there, x[: made.n_decisions]) > recourse_costs(made.under(empty), x[: made.n_decisions])
    ).all()


def test_futures() -> None:
    """Averages keep the mean of every datum; what is lost is measured from the most a place ever carried."""
    data = everything(0, 4)
    future = data.scenarios
    mean = future.averaged()
    assert mean.n_scenarios == 1
    np.testing.assert_allclose(mean.crisis[0], future.crisis.mean(axis=0))
    assert future.chosen(np.array([2])).n_scenarios == 1
    one = replace(future, available=np.array([1.0, 0.8, 1.2, 0.0])[None, :, None])
    np.testing.assert_allclose(one.lost[0, :, 0], [0.0, 0.2, 0.0, 1.2])
    assert scenario_rows(data, future).shape[0] == 4
