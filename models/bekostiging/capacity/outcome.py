"""What happens under a plan: who is served where, who waits, what it costs and who is paid."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bekostiging.capacity.data import CapacityData, CapacityScenarios
from bekostiging.capacity.decide import CapacityPlan, reserved_by
from bekostiging.capacity.program import CapacityProgram
from bekostiging.case.arguments import kinds_checked
from bekostiging.units import QUARTERS, THOUSAND, WEEKS_PER_QUARTER
from bekostiging_solvers import TwoStageProgram, second_stage_solutions
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Outcome:
    """The second stage of every scenario under fixed places and contracts; clients unless said.

    Attributes
    ----------
    data : CapacityData
        With the scenarios of the outcome.
    number, places : (c,), (k, y)
        Contracts and reserved places.
    costs : (s,)
        Euro over the term; infinite where nobody can be served.
    gradient : (s, columns)
        Change of cost per unit of a first-stage column, thousand euro.
    served : (s, t, k, a)
        Who starts at an offer.
    bought, waiting : (s, t, f, a)
        Bought ad hoc; waiting at the end of the quarter.
    moved : (s, t, i, a)
        Served in another care form.
    kept, kept_bought : (s, k, a), (s, f, a)
        Of the caseload at the start.
    displaced : (s, t, k)
        Who loses a place.
    swapped : (s, t, k)
        Places swapped here less those swapped away, under a swap clause.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, outcome_of
    >>> outcome, _, _ = outcome_of(decide_capacity(example_data()))
    >>> outcome.costs, outcome.served[:, 0, :, 0]  # per scenario; who starts in the first quarter at either offer
    (array([246000., 272000.]), array([[10.,  0.],
           [15.,  5.]]))
    """

    data: CapacityData
    number: FloatArray
    places: FloatArray
    costs: FloatArray
    gradient: FloatArray
    served: FloatArray
    bought: FloatArray
    waiting: FloatArray
    moved: FloatArray
    kept: FloatArray
    kept_bought: FloatArray
    displaced: FloatArray
    swapped: FloatArray

    @cached_property
    def used(self) -> FloatArray:
        """Clients in care at each offer, on average over the quarter; (s, t, k)."""
        found = self.in_care(self.served.sum(axis=3), self.kept.sum(axis=2), self.data.supply.care_form)
        return np.asarray(found - self.displaced)

    @cached_property
    def beyond(self) -> FloatArray:
        """Clients at the end of a quarter who have waited longer than the norm; (s, t, f, a)."""
        return np.asarray(np.maximum(self.waiting - self.data.recent(self.data.scenarios.regular), 0.0))

    @property
    def late(self) -> FloatArray:
        """Waiting beyond the norm as the norm counts it: mean over the quarters of all areas together; (s, f)."""
        return np.asarray(self.beyond.sum(axis=3).mean(axis=1))

    def unserved(self, form: int, areas: BoolArray) -> FloatArray:
        """Who is not served in the quarter of asking: who asked last waits longest in the queue; (s, t)."""
        asked, waiting = (
            every[:, :, form][:, :, areas].sum(axis=2) for every in (self.data.scenarios.regular, self.waiting)
        )
        return np.asarray(np.minimum(waiting, asked))

    def waited_weeks(self, form: int, areas: BoolArray) -> FloatArray:
        """Client-weeks waited, by the numbers at the ends of the quarters; (s,)."""
        return np.asarray(WEEKS_PER_QUARTER * self.waiting[:, :, form][:, :, areas].sum(axis=(1, 2)))

    def with_safety(self, safety: FloatArray) -> Outcome:
        """The same care with ``safety`` (k, y) places more, which are paid for and help nobody here."""
        yearly = self.data.discount.reshape(-1, QUARTERS).mean(axis=1)
        paid = float(self.data.supply.availability_fee @ safety @ yearly)
        return replace(self, places=self.places + safety, costs=self.costs + paid)

    @cached_property
    def parts(self) -> dict[str, FloatArray]:
        """The cost by what it is for, euro over the term, (s,) each; together ``costs``."""
        data, v = self.data, self.data.discount
        supply, n = data.supply, len(self.costs)
        form = supply.care_form
        yearly = v.reshape(-1, QUARTERS).mean(axis=1)
        last = np.arange(data.n_quarters) == data.n_quarters - 1
        travel = np.nan_to_num(supply.travel)
        weeks, left = data.weeks[form], data.weeks_left[form]
        adhoc = data.adhoc * data.weeks
        availability = float((supply.availability_fee[:, None] * self.places) @ yearly @ np.ones(supply.n_offers))
        contracts = float(supply.cost @ self.number * yearly.sum())
        displaced = np.where(last[:, None], left, WEEKS_PER_QUARTER)
        weighted = np.einsum("stka,t->ska", self.served, v)
        moved_loss = np.array([one.loss for one in data.substitutes])
        wait_weeks = np.where(last, WEEKS_PER_QUARTER / 2, WEEKS_PER_QUARTER) * v
        waits = np.einsum("stfa,t,f->s", self.waiting, wait_weeks, data.waiting_cost)
        today = float((data.waiting_cost[:, None] * data.waiting).sum() * WEEKS_PER_QUARTER / 2)
        return {
            "availability": np.full(n, availability),
            "contracts": np.full(n, contracts),
            "use": weighted.sum(axis=2) @ (supply.usage_fee * weeks)
            + self.kept.sum(axis=2) @ (supply.usage_fee * left)
            - np.einsum(
                "stk,t,tk,k->s", self.displaced, v, displaced, np.minimum(supply.usage_fee, data.adhoc[form])
            ),
            "travel": np.einsum("ska,ka,k->s", weighted, travel, weeks)
            + np.einsum("ska,ka,k->s", self.kept, travel, left),
            "loss_of_fit": np.einsum("stia,t,i->s", self.moved, v, moved_loss),
            "adhoc": np.einsum("stfa,t,f->s", self.bought, v, adhoc)
            + np.einsum("sfa,f->s", self.waiting[:, -1], adhoc) * v[-1]
            + np.einsum("sfa,f->s", self.kept_bought, data.adhoc * data.weeks_left)
            + np.einsum("stk,t,tk,k->s", self.displaced, v, displaced, data.adhoc[form]),
            "waiting": waits + today,
        }

    def in_care(self, started: FloatArray, sat: FloatArray, form: IntArray) -> FloatArray:
        """Clients in care over a quarter: who ``started`` (s, t, i), who ``sat`` (s, i), care ``form`` (i,); (s, t, i)."""
        data = self.data
        found = sat[:, None, :] * data.remains[form].T
        for t in range(data.n_quarters):
            for u in range(t + 1):
                found[:, t] += data.stays[form, t - u] * started[:, u]
        return np.asarray(found)

    def yearly_cost(self) -> FloatArray:
        """What the care of each lot costs in a year, euro: places, use, travel and ad-hoc purchase; (s, l, y).

        Care counts when it is given, as in an account; over the term that differs from ``parts`` by what is in care at the
        end. Discounted as the data are.
        """
        data, supply, places = self.data, self.data.supply, self.places
        n_s, n_lots, n_years = len(self.costs), len(supply.lots), len(data.years)
        level = data.discount[:, None] * WEEKS_PER_QUARTER
        lot = supply.lot[supply.contract]
        travel = np.nan_to_num(supply.travel)
        toll = self.in_care(
            np.einsum("stka,ka->stk", self.served, travel),
            np.einsum("ska,ka->sk", self.kept, travel),
            supply.care_form,
        )
        yearly = data.discount.reshape(-1, QUARTERS).mean(axis=1)
        kept = np.repeat((supply.availability_fee[:, None] * places * yearly / QUARTERS).T, QUARTERS, axis=0)
        paid = kept + level * (self.used * supply.usage_fee + toll)
        paid += level * self.displaced * data.adhoc[supply.care_form]
        n_f, n_a = data.waiting.shape
        form = np.repeat(np.arange(n_f), n_a)
        elsewhere = self.in_care(self.bought.reshape(n_s, -1, n_f * n_a), self.kept_bought.reshape(n_s, -1), form)
        bought = level * elsewhere * data.adhoc[form]
        home = np.full((n_f, n_a), -1)
        for k, a in np.argwhere(np.isfinite(supply.travel)):
            home[supply.care_form[k], a] = lot[k]
        found = np.zeros((n_s, data.n_quarters, n_lots))
        for one in range(n_lots):
            found[:, :, one] = paid[:, :, lot == one].sum(axis=2) + bought[:, :, home.ravel() == one].sum(axis=2)
        return np.asarray(found.reshape(n_s, n_years, QUARTERS, n_lots).sum(axis=2).transpose(0, 2, 1))


@kinds_checked
def outcome_of(
    plan: CapacityPlan, executor: Executor | None = None
) -> tuple[Outcome, TwoStageProgram, tuple[FloatArray, ...]]:
    """A plan on the scenarios it was decided on, its waiting norm in force.

    Parameters
    ----------
    plan : CapacityPlan
        The plan.
    executor : concurrent.futures.Executor, optional
        Solves second stages.

    Returns
    -------
    (Outcome, TwoStageProgram, tuple of duals per scenario)
        The last two are what ``norm_prices`` reads.

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, outcome_of
    >>> plan = decide_capacity(example_data())
    >>> outcome, _, _ = outcome_of(plan)
    >>> outcome.costs, outcome.parts["availability"]
    (array([246000., 272000.]), array([210000., 210000.]))
    """
    solved = plan.program.program
    found, duals = _evaluated(plan.program, solved, plan.solution.x, plan.data, executor)
    return found, solved, duals


@kinds_checked
def outcome_under(
    plan: CapacityPlan,
    scenarios: CapacityScenarios,
    norm_price: FloatArray,
    decisions: FloatArray | None = None,
    executor: Executor | None = None,
) -> Outcome:
    """A plan, or other decisions, on other scenarios.

    Parameters
    ----------
    plan : CapacityPlan
        The plan.
    scenarios : CapacityScenarios
        Those it is judged on.
    norm_price : (n_normed,)
        What a client beyond the threshold costs, thousand euro; see ``norm_prices``.
    decisions : (n_decisions,), optional
        Instead of those of the plan.
    executor : concurrent.futures.Executor, optional
        Solves second stages.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_data, norm_prices, outcome_of, outcome_under
    >>> plan = decide_capacity(example_data())
    >>> outcome, solved, duals = outcome_of(plan)
    >>> prices = norm_prices(plan, solved, duals)
    >>> outcome_under(plan, plan.data.scenarios, prices).costs
    array([246000., 272000.])
    """
    solved = plan.program.under(scenarios, norm_price)
    x = plan.decisions if decisions is None else decisions
    found, _ = _evaluated(plan.program, solved, x, replace(plan.data, scenarios=scenarios), executor)
    return found


def _evaluated(
    program: CapacityProgram, solved: TwoStageProgram, x: FloatArray, data: CapacityData, executor: Executor | None
) -> tuple[Outcome, tuple[FloatArray, ...]]:
    """Solve every second stage at x and read its columns by name."""
    found = second_stage_solutions(solved, x, executor)
    y = np.array(found.y)
    n_s, n_t, n_f, n_a = data.scenarios.regular.shape
    n_k = data.supply.n_offers
    shapes = {
        "served": (n_t, n_k, n_a),
        "bought": (n_t, n_f, n_a),
        "waiting": (n_t, n_f, n_a),
        "moved": (n_t, len(data.substitutes), n_a),
        "kept": (n_k, n_a),
        "kept_bought": (n_f, n_a),
        "displaced": (n_t, n_k),
        "swapped": (n_t, n_k, n_k),
    }
    arrays = {name: np.zeros((n_s, *shape)) for name, shape in shapes.items()}
    places: dict[str, tuple[list[int], list[tuple[int, ...]]]] = {name: ([], []) for name in shapes}
    for column, full in enumerate(solved.column_names):
        name, _, index = full.partition("[")
        if name in places:
            places[name][0].append(column)
            places[name][1].append(tuple(map(int, index.rstrip("]").split(","))))
    for name, (columns, indices) in places.items():
        if columns:
            arrays[name][(slice(None), *np.array(indices).T)] = np.maximum(y[:, columns], 0.0)
    arrays["swapped"] = _swapped_here(arrays["swapped"], data)
    number, reserved = reserved_by(program, x)
    gradient = np.array([-dual @ one.technology for dual, one in zip(found.duals, solved.scenarios, strict=True)])
    return Outcome(data, number, reserved, found.costs * THOUSAND, gradient, **arrays), found.duals


def _swapped_here(away: FloatArray, data: CapacityData) -> FloatArray:
    """Places swapped ``away`` from an offer to another (s, t, k, j), as what every offer gains by it; (s, t, k)."""
    price = data.price[data.supply.care_form]
    worth = price[:, None] / np.where(price > 0, price, 1.0)
    return np.asarray(np.einsum("stkj,kj->stj", away, worth) - away.sum(axis=3))
