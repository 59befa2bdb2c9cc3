"""What the plan is worth: the price of a place, of flexibility, of planning on scenarios; and what a failure costs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bekostiging.capacity.data import CapacityData, CapacityScenarios
from bekostiging.capacity.decide import (
    GAP,
    CapacityPlan,
    NoPlanInTimeError,
    by_policy,
    decide_capacity,
    measure_of_policy,
)
from bekostiging.capacity.outcome import Outcome, outcome_under
from bekostiging.capacity.program import capacity_program
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import NotNegative
from bekostiging.units import DAYS_PER_WEEK, DAYS_PER_YEAR, QUARTERS, THOUSAND
from bekostiging_solvers import InfeasibleError, measure_of, measure_weights, solve_recourse
from bekostiging_solvers.typing import FloatArray

Flexibility = Literal["alternatives", "far_places", "swap"]
CURVE = (1, 2, 3, 5, 8, 13, 21, 34)
"""Numbers of providers per lot on the curve; the largest possible comes last."""


@dataclass(frozen=True)
class PlacePrice:
    """What one more place in every year would save, euro over the term, its own cost (``fee``) already paid.

    A negative price means that the place costs more than it saves.

    Attributes
    ----------
    provider, lot, care_form : str
        The offer.
    fee : float
        Availability fee of the place over the term, euro.
    margin : float
        Euro per place for a small part of a place: the duals, with whole numbers fixed.
    block : float or None
        Euro per place when a whole block is bought and everybody is served again; None where it was not computed.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, norm_prices, outcome_of, place_prices
    >>> plan = decide_capacity(example_data())
    >>> outcome, solved, duals = outcome_of(plan)
    >>> anker, baken = place_prices(plan, outcome, norm_prices(plan, solved, duals), None)
    >>> baken.fee, round(baken.margin), round(baken.block)
    (12000.0, -12000, -12000)
    """

    provider: str
    lot: str
    care_form: str
    fee: float
    margin: float
    block: float | None


@dataclass(frozen=True)
class OtherPlan:
    """A plan under other rules.

    Attributes
    ----------
    objective, bound : float
        Euro over the term; no plan under these rules costs less than the bound.
    number : int
        Contracts.

    Examples
    --------
    >>> from bekostiging.capacity import example_data, provider_curve
    >>> one = provider_curve(example_data(), gap=0.01, time_limit=None, executor=None)[1]
    >>> one.number, round(one.objective)  # what a single provider would cost
    (1, 356500)
    """

    objective: float
    bound: float
    number: int


@dataclass(frozen=True)
class Failure:
    """What happens when a provider fails.

    Attributes
    ----------
    provider : str
        Id of the provider.
    extra_cost : (s,)
        Euro over the term.
    extra_waiting : (s,)
        Client-weeks over the term.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, failures, norm_prices, outcome_of
    >>> plan = decide_capacity(example_data())
    >>> _, solved, duals = outcome_of(plan)
    >>> [(one.provider, one.extra_cost.round()) for one in failures(plan, norm_prices(plan, solved, duals), None)]
    [('Anker', array([162500., 487500.])), ('Baken', array([     0., 162500.]))]
    """

    provider: str
    extra_cost: FloatArray
    extra_waiting: FloatArray


@kinds_checked
def objective_of(data: CapacityData, costs: FloatArray) -> float:
    """(1 - risk_weight) E + risk_weight CVaR of costs (s,), in their unit.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.capacity import example_data, objective_of
    >>> objective_of(example_data(), np.array([246e3, 272e3]))
    259000.0
    """
    risk, factor = measure_of_policy(data)
    return factor * measure_of(costs, risk)


@kinds_checked
def place_prices(
    plan: CapacityPlan, outcome: Outcome, norm_price: FloatArray, executor: Executor | None
) -> tuple[PlacePrice, ...]:
    """The price of a place at every contracted offer; by one block more at the best offer of each care form.

    Parameters
    ----------
    plan : CapacityPlan
        The plan.
    outcome : Outcome
        On the scenarios it was decided on.
    norm_price : (n_normed,)
        Of ``norm_prices``.
    executor : concurrent.futures.Executor or None
        Solves second stages.

    Returns
    -------
    tuple of PlacePrice

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, norm_prices, outcome_of, place_prices
    >>> plan = decide_capacity(example_data())
    >>> outcome, solved, duals = outcome_of(plan)
    >>> prices = norm_prices(plan, solved, duals)
    >>> [(one.provider, round(one.margin)) for one in place_prices(plan, outcome, prices, None)]
    [('Anker', -10000), ('Baken', -12000)]
    """
    data, supply = plan.data, plan.data.supply
    risk, factor = measure_of_policy(data)
    weights = factor * measure_weights(outcome.costs, risk)
    columns = plan.program.place("blocks")
    first = plan.program.program.first
    yearly = data.discount.reshape(-1, QUARTERS).mean(axis=1)
    found: list[tuple[int, PlacePrice]] = []
    for k in map(int, np.flatnonzero(plan.number[supply.contract] > 0.5)):
        own = [columns[f"{k},{y}"] for y in range(len(data.years))]
        saved = -float((weights @ outcome.gradient[:, own]).sum() + first.cost[own].sum())
        provider, lot = supply.names[supply.contract[k]]
        form = data.care_forms[supply.care_form[k]]
        fee = float(supply.availability_fee[k] * yearly.sum())
        margin = THOUSAND * saved / float(supply.block[k])
        found.append((k, PlacePrice(provider, lot, form, fee, margin, None)))
    best: dict[str, tuple[int, float]] = {}
    for k, one in found:
        headroom = plan.places[k] + supply.block[k] <= supply.maximum[k] * plan.number[supply.contract[k]] + 1e-6
        if headroom.all() and (one.care_form not in best or one.margin > best[one.care_form][1]):
            best[one.care_form] = (k, one.margin)
    plain = outcome_under(plan, data.scenarios, norm_price, executor=executor)
    blocks = {k: _by_block(plan, plain, k, norm_price, executor) for k, _ in best.values()}
    return tuple(replace(one, block=blocks.get(k)) for k, one in found)


def _by_block(
    plan: CapacityPlan, plain: Outcome, k: int, norm_price: FloatArray, executor: Executor | None
) -> float:
    """Saved per place by one block more in every year, euro."""
    data, columns = plan.data, plan.program.place("blocks")
    more = plan.decisions.copy()
    more[[columns[f"{k},{y}"] for y in range(len(data.years))]] += 1.0
    other = outcome_under(plan, data.scenarios, norm_price, more, executor)
    saved = objective_of(data, plain.costs) - objective_of(data, other.costs)
    return saved / float(data.supply.block[k])


def without(data: CapacityData, what: Flexibility) -> CapacityData:
    """The decision without one kind of flexibility."""
    if what == "alternatives":
        return replace(data, substitutes=())
    if what == "swap":
        return replace(data, swap=np.zeros_like(data.swap))
    supply = data.supply
    travel = np.where(supply.far[:, None], np.nan, supply.travel)
    return replace(data, supply=replace(supply, travel=travel))


def flexibilities(data: CapacityData) -> Iterator[Flexibility]:
    """The kinds that the data have."""
    if data.substitutes:
        yield "alternatives"
    if data.supply.far.any():
        yield "far_places"
    if (data.swap > 0).any():
        yield "swap"


@kinds_checked
def value_of_flexibility(
    data: CapacityData, gap: NotNegative, time_limit: NotNegative | None, executor: Executor | None
) -> dict[str, OtherPlan]:
    """The best plan with everything (``all``) and without each kind of flexibility; whole numbers are left out of all alike.

    Parameters
    ----------
    data : CapacityData
        The decision.
    gap : float
        Relative distance from the bound.
    time_limit : float or None
        Seconds per plan.
    executor : concurrent.futures.Executor or None
        Solves second stages.

    Returns
    -------
    dict of str to OtherPlan
        A plan that is not found in time is left out; without ``all`` there are none.

    Examples
    --------
    >>> from bekostiging.capacity import example_data, value_of_flexibility
    >>> {name: round(one.objective) for name, one in value_of_flexibility(example_data(), 0.01, None, None).items()}
    {'all': 256500}
    """
    asked = {"all": data} | {what: without(data, what) for what in flexibilities(data)}
    found: dict[str, OtherPlan] = {}
    for what, one in asked.items():
        try:
            found[what] = _other(
                decide_capacity(one, gap=gap, time_limit=time_limit, executor=executor, whole=False)
            )
        except NoPlanInTimeError:
            if what == "all":
                break
    return found


def _other(plan: CapacityPlan) -> OtherPlan:
    return OtherPlan(
        THOUSAND * plan.solution.objective, THOUSAND * plan.solution.bound, round(float(plan.number.sum()))
    )


@kinds_checked
def plan_on_averages(plan: CapacityPlan, executor: Executor | None) -> FloatArray:
    """First stage of the best plan for one scenario that is the mean of all, in the columns of ``plan``; (n_decisions,).

    Parameters
    ----------
    plan : CapacityPlan
        Its thresholds are kept.
    executor : concurrent.futures.Executor or None
        Solves second stages.

    Examples
    --------
    On average fifteen clients start, for whom Anker is enough.

    >>> from bekostiging.capacity import decide_capacity, example_data, plan_on_averages
    >>> plan = decide_capacity(example_data())
    >>> columns = plan.program.place("blocks")
    >>> averages = plan_on_averages(plan, None)
    >>> round(averages[columns["0,0"]]), round(averages[columns["1,0"]])
    (3, 0)
    """
    data = plan.data
    mean = replace(data, scenarios=data.scenarios.averaged(), risk_weight=0.0)
    return _as_decisions(plan, decide_capacity(mean, gap=GAP / 10, executor=executor))


def _as_decisions(plan: CapacityPlan, other: CapacityPlan) -> FloatArray:
    """First stage of another plan in the columns of this one, with this one's thresholds."""
    x = plan.decisions.copy()
    names = plan.program.program.first.column_names[: plan.program.n_decisions]
    theirs = dict(zip(other.program.program.first.column_names, other.solution.x, strict=True))
    for column, name in enumerate(names):
        if not name.startswith("threshold"):
            x[column] = theirs[name]
    return x


@kinds_checked
def provider_curve(
    data: CapacityData, gap: NotNegative, time_limit: NotNegative | None, executor: Executor | None
) -> dict[int, OtherPlan | None]:
    """The best plan with at most n providers per lot, from one to all.

    The wish for many providers (least number, concentration) is left out: the curve shows what it costs.

    Parameters
    ----------
    data : CapacityData
        The decision.
    gap : float
        Relative distance from the bound.
    time_limit : float or None
        Seconds per point.
    executor : concurrent.futures.Executor or None
        Solves second stages.

    Returns
    -------
    dict of int to OtherPlan or None
        None where so few cannot do it; a number for which no plan is found in time is left out.

    Examples
    --------
    >>> from bekostiging.capacity import example_data, provider_curve
    >>> {n: round(one.objective) for n, one in provider_curve(example_data(), 0.01, None, None).items()}
    {1: 356500, 2: 259000}
    """
    supply = data.supply
    possible = [int(supply.most[(supply.lot == lot) & (supply.main < 0)].sum()) for lot in range(len(supply.lots))]
    largest = max(possible)
    found: dict[int, OtherPlan | None] = {}
    for n in (*(n for n in CURVE if n < largest), largest):
        free = replace(
            supply,
            least=np.zeros_like(supply.least),
            most_contracts=np.minimum(n, np.array(possible)),
            concentration=np.ones_like(supply.concentration),
        )
        program = capacity_program(replace(data, supply=free))
        risk, factor = measure_of_policy(data)
        try:
            best = solve_recourse(program.program, risk=risk, gap=gap, time_limit=time_limit, executor=executor)
        except InfeasibleError:
            found[n] = None
            continue
        if not np.isfinite(best.x).all():
            continue
        number = sum(best.x[column] for column in program.place("open").values())
        best = by_policy(best, factor)
        own = OtherPlan(THOUSAND * best.objective, THOUSAND * best.bound, round(float(number)))
        # a plan with fewer providers is a plan with at most n of them
        held = min((one for one in (*found.values(), own) if one is not None), key=lambda one: one.objective)
        found[n] = replace(held, bound=own.bound)
    return found


def failing(scenarios: CapacityScenarios, data: CapacityData, provider: str, quarter: int) -> CapacityScenarios:
    """Scenarios in which the places of a provider carry nobody from a quarter on."""
    available = scenarios.available.copy()
    own = [supply_name[0] == provider for supply_name in data.supply.names]
    available[:, quarter:, np.array(own)[data.supply.contract]] = 0.0
    return replace(scenarios, available=available)


@kinds_checked
def failures(plan: CapacityPlan, norm_price: FloatArray, executor: Executor | None) -> tuple[Failure, ...]:
    """What it costs when a contracted provider fails halfway the term, the plan as it is.

    Its clients lose their places, and its places carry nobody from then on.

    Parameters
    ----------
    plan : CapacityPlan
        The plan.
    norm_price : (n_normed,)
        Of ``norm_prices``.
    executor : concurrent.futures.Executor or None
        Solves second stages.

    Returns
    -------
    tuple of Failure
        One per contracted provider.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, norm_prices, outcome_of, failures
    >>> plan = decide_capacity(example_data())
    >>> outcome, solved, duals = outcome_of(plan)
    >>> prices = norm_prices(plan, solved, duals)
    >>> [(one.provider, one.extra_cost.round()) for one in failures(plan, prices, None)]
    [('Anker', array([162500., 487500.])), ('Baken', array([     0., 162500.]))]
    """
    data = plan.data
    quarter = data.n_quarters // 2
    plain = outcome_under(plan, data.scenarios, norm_price, executor=executor)
    found = []
    for provider in dict.fromkeys(
        name for (name, _), n in zip(data.supply.names, plan.number, strict=True) if n > 0.5
    ):
        hit = outcome_under(plan, failing(data.scenarios, data, provider, quarter), norm_price, executor=executor)
        weeks = (hit.waiting - plain.waiting).sum(axis=(1, 2, 3)) * DAYS_PER_YEAR / DAYS_PER_WEEK / QUARTERS
        found.append(Failure(provider, hit.costs - plain.costs, weeks))
    return tuple(found)
