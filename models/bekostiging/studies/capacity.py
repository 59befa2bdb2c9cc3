"""Capacity agreements in depth: the plan, what it means on out-of-sample scenarios, and whether the lump sum buys it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from bekostiging.capacity import (
    CapacityClients,
    CapacityData,
    CapacityPlan,
    CountedWaiting,
    Failure,
    NormCheck,
    OtherPlan,
    Outcome,
    PlacePrice,
    Safety,
    WaitingAnswer,
    capacity_clients,
    capacity_data,
    capacity_work,
    count_waiting,
    decide_capacity,
    failures,
    norm_checks,
    norm_prices,
    outcome_of,
    outcome_under,
    place_prices,
    plan_on_averages,
    provider_curve,
    safety_places,
    value_of_flexibility,
    waiting_answers,
)
from bekostiging.case import Case
from bekostiging.case.arguments import checked_flag, checked_number, checked_positive, kinds_checked
from bekostiging.case.shown import Brief, millions
from bekostiging.contracts import reference
from bekostiging.evaluation.design import design_work, designed
from bekostiging.evaluation.self_check import checked_series
from bekostiging.evaluation.study import Prepared, Study, prepared
from bekostiging.lumpsum import (
    CorridorSeries,
    Decision,
    LumpSumData,
    LumpSumDesign,
    decided_payment,
    feasible_design,
    lumpsum_data,
    preferred_design,
    without_design,
)
from bekostiging.lumpsum import Outcome as LumpSumOutcome
from bekostiging.options import OF_CAPACITY, Options, Progress, run_options
from bekostiging.scenarios import Plan, SelfCheck
from bekostiging_solvers import EXACTLY_ZERO, Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

BAND = (0.05, 0.95)
"""Use of places in nine of ten scenarios and quarters."""
SIDE_SCENARIOS = 32
"""Scenarios for side questions (flexibility, number of providers, failures): each solves the model again."""


@dataclass(frozen=True)
class Averages:
    """Planning on averages: its ``places`` per care form, and what it costs more than the plan out of sample, euro; both
    without safety places."""

    places: Mapping[str, float]
    extra_expected: Estimate
    extra_tail: Estimate


@dataclass(frozen=True)
class LotBudget:
    """The lump sum of a lot against the cost of its planned capacity, over the term, on out-of-sample scenarios; euro.

    ``enough_probability``: of payments that cover the cost. ``own_payment``: what a lump sum designed on the cost of the
    capacity itself would pay; None where no such design is feasible.
    """

    lot: str
    payment: Estimate
    cost: Estimate
    enough_probability: Estimate
    own_payment: Estimate | None


@dataclass(frozen=True)
class CapacityBudget(Brief):
    """The lump sum as ``lumpsum`` decides it, on linear unit cost (``decision``), and the sampled optimum on the cost of the
    capacity plan (``own``: fixed and use)."""

    decision: Decision
    own: LumpSumDesign
    lots: tuple[LotBudget, ...]
    """Every lot against the cost of its planned capacity."""


@dataclass(frozen=True)
class CapacityStudy(Study):
    """The plan with its bound, its safety places, what happens on out-of-sample scenarios, and what it is worth.

    Safety places are paid for in both outcomes and stand in ``waiting`` and ``norms``; other answers are of the plan
    without them. ``side``: scenarios of the side questions; ``flexibility`` and ``curve`` compare plans on those alone.
    ``to_frame()``: a row per contract, care form and year.
    """

    plan: CapacityPlan
    """Contracts and places, with bound and gap."""
    outcome: Outcome
    """The plan on the scenarios it was decided on."""
    out_of_sample: Outcome
    """The plan on other scenarios."""
    safety: Safety
    """Places reserved beyond the plan."""
    counted: CountedWaiting
    """Waiting client by client with them, out of sample."""
    waiting: tuple[WaitingAnswer, ...]
    """Who waits, counted, per care form and municipality, out of sample."""
    norms: tuple[NormCheck, ...]
    """Every waiting norm, counted, out of sample."""
    waiting_of_plan: tuple[WaitingAnswer, ...]
    """As the plan sees it, out of sample."""
    norms_of_plan: tuple[NormCheck, ...]
    """Every waiting norm as the plan sees it."""
    prices: tuple[PlacePrice, ...]
    """What one more place would save."""
    averages: Averages
    """Planning on averages instead."""
    side: int
    flexibility: Mapping[str, OtherPlan]
    curve: Mapping[int, OtherPlan | None]
    failures: tuple[Failure, ...]
    """What happens when a provider fails."""
    budget: CapacityBudget | None
    """Whether the lump sum buys the capacity; None unless asked."""
    n_scramblings: int
    """Independent randomisations of the scenarios."""

    @property
    def designed(self) -> LumpSumOutcome | None:
        """How the lump sum came out; None where it was not asked for."""
        return None if self.budget is None else self.budget.decision.outcome

    @property
    def scramblings(self) -> Scramblings:
        """Estimators over the out-of-sample scenarios."""
        return Scramblings(self.n_scramblings)

    @property
    def places(self) -> FloatArray:
        """Places reserved, those of the plan and safety places together; (k, y)."""
        return np.asarray(self.plan.places + self.safety.places)

    def agreements(self) -> list[dict[str, Any]]:
        """One row per contract, care form and year: places (safety places among them), band, and the places used."""
        data, out_of_sample = self.plan.data, self.out_of_sample
        supply = data.supply
        found = []
        for k in range(supply.n_offers):
            c = int(supply.contract[k])
            number = round(float(self.plan.number[c]))
            used = out_of_sample.used[:, :, k].reshape(len(out_of_sample.costs), len(data.years), -1)
            for y, year in enumerate(data.years):
                low, high = np.quantile(used[:, y], BAND)
                found.append(
                    {
                        "provider": supply.names[c][0],
                        "lot": supply.names[c][1],
                        "care_form": data.care_forms[supply.care_form[k]],
                        "year": year,
                        "contracts": number,
                        "places": float(self.places[k, y]),
                        "safety_places": float(self.safety.places[k, y]),
                        "least": float(supply.minimum[k] * number),
                        "most": float(supply.maximum[k] * number),
                        "used": self.scramblings.mean(used[:, y].mean(axis=1)),
                        "used_low": float(low),
                        "used_high": float(high),
                        "availability_fee": float(supply.availability_fee[k]),
                        "usage_fee_per_week": float(supply.usage_fee[k]),
                    }
                )
        return found

    def to_frame(self) -> pd.DataFrame:
        """The agreements."""
        import pandas as pd

        rows = [
            row | {"used": row["used"].value, "used_standard_error": row["used"].standard_error}
            for row in self.agreements()
        ]
        return pd.DataFrame(rows)

    def overview(self) -> pd.DataFrame:
        """What is contracted, and how much of it is used."""
        import pandas as pd

        rows = [
            {
                "provider": row["provider"],
                "lot": row["lot"],
                "care form": row["care_form"],
                "year": row["year"],
                "places": f"{row['places']:,.0f}",
                "used": str(row["used"]),
                "nine of ten scenarios": f"{row['used_low']:,.0f}-{row['used_high']:,.0f}",
            }
            for row in self.agreements()
            if row["contracts"] > 0
        ]
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """Case, cost and the proved gap."""
        cost, found = self.scramblings.mean(self.out_of_sample.costs), self.plan.solution
        proved = "gap unknown" if found.gap is None or found.bound <= 0 else f"proved to {100 * found.gap:.2f} %"
        return (
            f"Capacity agreements of {self.case.name}: {millions(cost)} m euro expected on {self.n_scenarios} "
            f"scenarios out of sample, {proved}"
        )


@kinds_checked
def study_capacity(
    case: Case,
    *,
    lump_sum: bool = False,
    gap: float = 0.01,
    seconds: float | None = 120.0,
    risk_weight: float | None = None,
    **options: Unpack[Options],
) -> CapacityStudy:
    """Decide on contracts and places, and judge them on out-of-sample scenarios.

    Parameters
    ----------
    case : Case
        From ``read_case``, with table capacity.
    lump_sum : bool, default False
        Also design the lump sum, on ``design_scenarios``, and say whether it pays for the capacity.
    gap : float, default 0.01
        Relative distance between plan and proven bound at which the search stops.
    seconds : float, optional, default 120
        Time after which the search stops with the best plan so far; None for no limit.
    risk_weight : float, optional
        Weight of the tail beside the expectation, 0 to 1; without it the policy of the case.
    **options
        As ``bekostiging.RunOptions``, but 128 scenarios and one year by default.

    Returns
    -------
    CapacityStudy
        The plan with its bound, what happens on out-of-sample scenarios, and what flexibility is worth.

    Raises
    ------
    UserError
        An argument of another type or out of range; fewer than 16 scenarios; tables or policy missing; a norm that no
        capacity meets; limits that contradict.

    Examples
    --------
    >>> from bekostiging import read_case, study_capacity
    >>> print(study_capacity(read_case("region"), n_scenarios=32, seconds=60))  # doctest: +SKIP
    """
    run = run_options(OF_CAPACITY | options)
    _check_search(lump_sum, gap, seconds, risk_weight)
    ready = prepared(case, run, risk_weight=risk_weight)
    case, report = ready.case, run.progress
    design_plan, out_of_sample_plan = ready.plan("design"), ready.plan("out_of_sample")
    data, clients, _ = _draw_inputs(ready, design_plan)
    new, new_clients, checked = _draw_inputs(ready, out_of_sample_plan)
    scramblings = Scramblings(out_of_sample_plan.n_scramblings)
    with ThreadPoolExecutor(ready.run.workers) as executor:
        report("capacity", 0, 7)
        decided = decide_capacity(data, gap=gap, time_limit=seconds, executor=executor)
        report("capacity", 1, 7)
        outcome, solved, duals = outcome_of(decided, executor)
        price = norm_prices(decided, solved, duals)
        planned = outcome_under(decided, new.scenarios, price, executor=executor)
        prices = place_prices(decided, outcome, price, executor)
        report("capacity", 2, 7)
        averages = _averages(decided, planned, price, scramblings, executor)
        report("capacity", 3, 7)
        safety = safety_places(decided, outcome, clients, Scramblings(design_plan.n_scramblings))
        counted = count_waiting(planned, new_clients, safety.places)
        report("capacity", 4, 7)
        side, flexibility, curve, failed = _side_answers(decided, price, gap, seconds, report, executor)
    outcome, out_of_sample = (one.with_safety(safety.places) for one in (outcome, planned))
    return CapacityStudy(
        case=case,
        n_scenarios=out_of_sample_plan.n_scenarios,
        seed=run.seed,
        named=run.named,
        notes=ready.notes(out_of_sample_plan, checked),
        self_check=checked,
        plan=decided,
        outcome=outcome,
        out_of_sample=out_of_sample,
        safety=safety,
        counted=counted,
        **_judged(case, counted, planned, scramblings),
        prices=prices,
        averages=averages,
        side=side,
        flexibility=flexibility,
        curve=curve,
        failures=failed,
        budget=_budget(ready, design_plan, out_of_sample_plan, (outcome, out_of_sample)) if lump_sum else None,
        n_scramblings=out_of_sample_plan.n_scramblings,
    )


def _judged(case: Case, counted: CountedWaiting, planned: Outcome, scramblings: Scramblings) -> dict[str, Any]:
    """Who waits and which norms hold, counted and as the plan sees it; by field of ``CapacityStudy``."""
    home = [area.municipality for area in case.areas]
    return {
        "waiting": waiting_answers(counted, home, scramblings),
        "norms": norm_checks(counted, scramblings),
        "waiting_of_plan": waiting_answers(planned, home, scramblings),
        "norms_of_plan": norm_checks(planned, scramblings),
    }


def _draw_inputs(ready: Prepared, planned: Plan) -> tuple[CapacityData, CapacityClients, SelfCheck]:
    """What a plan of scenarios gives the decision and the count of waiting, and its self-check."""
    work = capacity_work(planned, one_by_one=True)
    arrays, checked = checked_series(ready.blocks, planned, work, ready.advance(planned.stream))
    return capacity_data(planned, arrays), capacity_clients(planned, arrays), checked


def _check_search(lump_sum: bool, gap: float, seconds: float | None, risk_weight: float | None) -> None:
    """Refuse arguments of another type or out of range; the range of the risk weight stands in the policy table."""
    checked_flag("lump_sum", lump_sum)
    checked_number("gap", gap, 0, 1)
    if seconds is not None:
        checked_positive("seconds", seconds)
    if risk_weight is not None:
        checked_number("risk_weight", risk_weight)


def _side_answers(
    decided: CapacityPlan,
    price: FloatArray,
    gap: float,
    seconds: float | None,
    report: Progress,
    executor: Executor,
) -> tuple[int, dict[str, OtherPlan], dict[int, OtherPlan | None], tuple[Failure, ...]]:
    """On a few scenarios, how many: plans without a flexibility, plans with fewer providers, and failures."""
    side, few = _side(decided)
    flexibility = value_of_flexibility(few, gap / 10, seconds, executor)
    report("capacity", 5, 7)
    curve = provider_curve(few, gap, _seconds_per_point(seconds), executor)
    report("capacity", 6, 7)
    failed = failures(side, price, executor)
    report("capacity", 7, 7)
    return few.scenarios.n_scenarios, flexibility, curve, failed


def _seconds_per_point(seconds: float | None) -> float | None:
    """Time for one point of the curve."""
    return None if seconds is None else seconds / 8


def _side(decided: CapacityPlan) -> tuple[CapacityPlan, CapacityData]:
    """The plan on evenly chosen scenarios, and the data with those alone."""
    scenarios = decided.data.scenarios
    step = max(1, scenarios.n_scenarios // SIDE_SCENARIOS)
    few = replace(decided.data, scenarios=scenarios.chosen(slice(None, None, step)))
    return replace(decided, program=replace(decided.program, data=few)), few


def _averages(
    decided: CapacityPlan, out_of_sample: Outcome, price: FloatArray, scramblings: Scramblings, executor: Executor
) -> Averages:
    """What planning on averages would have cost, on the same out-of-sample scenarios."""
    x = plan_on_averages(decided, executor)
    other = outcome_under(decided, out_of_sample.data.scenarios, price, x, executor)
    data = decided.data
    member = data.supply.care_form[:, None] == np.arange(len(data.care_forms))
    places = other.places.mean(axis=1) @ member
    tails = [scramblings.tail_mean(one.costs, data.confidence) for one in (other, out_of_sample)]
    difference = _tail_difference(other.costs, out_of_sample.costs, data.confidence, scramblings)
    return Averages(
        places=dict(zip(data.care_forms, places.tolist(), strict=True)),
        extra_expected=scramblings.mean(other.costs - out_of_sample.costs),
        extra_tail=replace(difference, value=tails[0].value - tails[1].value),
    )


def _tail_difference(one: FloatArray, other: FloatArray, confidence: float, scramblings: Scramblings) -> Estimate:
    """Difference of two CVaRs on the same scenarios, with the error of the pair."""
    return scramblings.controlled_tail_mean(one, other, confidence, EXACTLY_ZERO)


def _budget(
    ready: Prepared, design_plan: Plan, out_of_sample_plan: Plan, outcomes: tuple[Outcome, Outcome]
) -> CapacityBudget:
    """Design the lump sum twice, on unit cost and on the plan's cost; the plan's cost of a lot is spread over its contracts
    by reference amount, because the plan divides the clients otherwise than the market shares do."""
    terms = reference(ready.case, design_plan.cells, design_plan.n_years)
    decision = designed(ready, terms).decision

    def drawn(own: Plan) -> LumpSumData:
        """What the lump sums pay on the scenarios of a plan."""
        arrays = ready.blocks.series(own, design_work(own, terms), ready.advance(own.stream))
        return lumpsum_data(ready.case, own.cells, terms, CorridorSeries.of(arrays))

    data, out_of_sample = drawn(design_plan), drawn(out_of_sample_plan)
    costs = [_by_contract(outcome.yearly_cost(), data) for outcome in outcomes]
    planned_on = replace(data, cost=costs[0])
    own = preferred_design(planned_on, feasible_design) or without_design(planned_on)
    scramblings = Scramblings(out_of_sample_plan.n_scramblings)
    paid = decided_payment(out_of_sample, decision.headline) @ out_of_sample.discount
    own_paid = decided_payment(out_of_sample, own) @ out_of_sample.discount if own.feasible else None
    cost = costs[1] @ out_of_sample.discount
    lots = []
    for j, lot in enumerate(data.lots):
        member = np.flatnonzero(data.lot == j)
        payment, planned = paid[:, member].sum(axis=1), cost[:, member].sum(axis=1)
        lots.append(
            LotBudget(
                lot=lot.name,
                payment=scramblings.mean(payment),
                cost=scramblings.mean(planned),
                enough_probability=scramblings.probability(payment >= planned),
                own_payment=None if own_paid is None else scramblings.mean(own_paid[:, member].sum(axis=1)),
            )
        )
    return CapacityBudget(decision, own, tuple(lots))


def _by_contract(cost: FloatArray, data: LumpSumData) -> FloatArray:
    """Cost of lots (s, l, y), discounted, as nominal cost of contracts (s, c, t) by reference amount."""
    part = data.reference / np.array([data.reference[data.lot == j].sum(axis=0) for j in data.lot])
    return np.asarray(cost[:, data.lot] * part / data.discount)
