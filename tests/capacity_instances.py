"""Small capacity agreements in round numbers, their plans by name, and their cost counted again without the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bekostiging.capacity import (
    CapacityClients,
    CapacityData,
    CapacityProgram,
    CapacityScenarios,
    Caseload,
    Requests,
    Substitute,
    Supply,
    capacity_program,
)
from bekostiging.capacity.clients import place_among
from bekostiging.units import QUARTERS, WEEKS_PER_QUARTER
from bekostiging_solvers import TwoStageProgram, solve_highs
from bekostiging_solvers.risk import Expectation, RiskMeasure
from bekostiging_solvers.two_stage import extensive_form
from bekostiging_solvers.typing import FloatArray

WHOLE_YEAR = [1.0, 1.0, 1.0, 1.0]
"""A client who starts in the first quarter takes a place all year."""
ONE_QUARTER = [1.0, 0.0, 0.0, 0.0]
"""A client takes a place in the quarter it starts in, and is then ready."""
PLENTY = 10_000.0
TOLERANCE = 1e-9
OFFER: dict[str, Any] = {
    "care_form": 0, "block": 1.0, "minimum": 0.0, "maximum": 1000.0, "availability_fee": 0.0, "usage_fee": 0.0,
    "ramp": np.inf, "today": np.nan, "far": False, "travel": 0.0,
}  # fmt: skip
CONTRACT: dict[str, Any] = {"lot": 0, "most": 1, "cost": 0.0, "main": -1}
LOT: dict[str, Any] = {"least": 0, "most_contracts": 99, "concentration": 1.0}
Rows = Sequence[Mapping[str, Any]]


def supply(offers: Rows, contracts: Rows | None = None, lots: Rows = ({},), n_areas: int = 1) -> Supply:
    """Offers, contracts and lots that limit nothing and cost nothing, unless said; one contract per offer."""
    own = contracts if contracts is not None else [{} for _ in offers]
    k = [OFFER | {"contract": place} | dict(one) for place, one in enumerate(offers)]
    c = [CONTRACT | dict(one) for one in own]
    lot = [LOT | dict(one) for one in lots]
    whole = {"contract", "care_form", "lot", "most", "main", "least", "most_contracts"}

    def column(rows: list[dict[str, Any]], name: str) -> Any:
        return np.array([row[name] for row in rows], dtype=np.int64 if name in whole else np.float64)

    return Supply(
        **{name: column(k, name) for name in ("contract", *OFFER) if name not in ("travel", "far")},
        far=np.array([one["far"] for one in k], dtype=np.bool_),
        travel=np.array([np.broadcast_to(one["travel"], n_areas) for one in k], dtype=np.float64),
        names=tuple((f"p{place}", f"lot{one['lot']}") for place, one in enumerate(c)),
        **{name: column(c, name) for name in CONTRACT},
        lots=tuple(f"lot{place}" for place in range(len(lot))),
        **{name: column(lot, name) for name in LOT},
    )


def scenarios(
    own: Supply,
    n_forms: int = 1,
    n_years: int = 1,
    *,
    regular: ArrayLike = 0.0,
    crisis: ArrayLike = 0.0,
    caseload: ArrayLike = 0.0,
    available: ArrayLike = 1.0,
    n_scenarios: int = 1,
) -> CapacityScenarios:
    """Scenarios; whatever is given broadcasts to (s, t, f, a), (s, f, a) and (s, t, k)."""
    n_areas, n_t = own.travel.shape[1], QUARTERS * n_years
    cell = (n_scenarios, n_t, n_forms, n_areas)

    def full(values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
        return np.array(np.broadcast_to(np.asarray(values, dtype=np.float64), shape))

    return CapacityScenarios(
        full(regular, cell),
        full(crisis, cell),
        full(caseload, (n_scenarios, n_forms, n_areas)),
        full(available, (n_scenarios, n_t, own.n_offers)),
    )


def care(own: Supply, future: CapacityScenarios, stays: ArrayLike = ONE_QUARTER, **changes: Any) -> CapacityData:
    """Clients of one quarter who cost 1,000 euro at the tariff; ad-hoc purchase at the tariff, waiting at 1,000 euro a
    client-quarter, nobody waits today, no norm. Whatever is given by care form may be one number for all."""
    _, n_t, n_f, n_a = future.regular.shape
    n_years = n_t // QUARTERS
    by_quarter = np.zeros((n_f, n_t))
    given = np.atleast_2d(np.asarray(stays, dtype=np.float64))
    by_quarter[:, : min(n_t, given.shape[1])] = given[:, :n_t]
    by_form: dict[str, Any] = {
        "weeks": WEEKS_PER_QUARTER, "weeks_left": WEEKS_PER_QUARTER, "price": 1000 / WEEKS_PER_QUARTER, "premium": 0.0,
        "adhoc_most": np.inf, "waiting_cost": 1000 / WEEKS_PER_QUARTER, "norm_weeks": WEEKS_PER_QUARTER, "allowed": np.inf,
    }  # fmt: skip
    shapes = dict.fromkeys(by_form, (n_f,)) | {
        "remains": (n_f, n_t), "waiting": (n_f, n_a), "waited": (n_f, n_a), "swap": (len(own.lots),), "discount": (n_t,),
    }  # fmt: skip
    values = by_form | {"remains": 0.0, "waiting": 0.0, "waited": 0.0, "swap": 0.0, "discount": 1.0}
    values |= {name: changes.pop(name) for name in tuple(changes) if name in values}
    arrays = {
        name: np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), shapes[name]))
        for name, value in values.items()
    }
    plain = CapacityData(
        care_forms=tuple(f"form{f}" for f in range(n_f)),
        areas=tuple(f"area{a}" for a in range(n_a)),
        years=tuple(2027 + y for y in range(n_years)),
        supply=own,
        scenarios=future,
        stays=by_quarter,
        **arrays,
    )
    return replace(plain, **changes)


@dataclass(frozen=True)
class Plan:
    """A solution by name. ``total`` in thousand euro; arrays of the second stage have the scenario first."""

    data: CapacityData
    total: float
    values: dict[str, float]

    def first(self, name: str, *index: int) -> float:
        """A first-stage variable."""
        return self.values[f"{name}[{','.join(map(str, index))}]"]

    @property
    def places(self) -> FloatArray:
        """Places per offer and year (k, y)."""
        own = self.data.supply
        years = range(len(self.data.years))
        return np.array([[own.block[k] * self.first("blocks", k, y) for y in years] for k in range(own.n_offers)])

    def second(self, name: str) -> FloatArray:
        """A second-stage variable as an array (s, ...), zero where it does not exist."""
        d, own = self.data, self.data.supply
        n_s, n_t, n_f, n_a = d.scenarios.regular.shape
        k, i = own.n_offers, len(d.substitutes)
        shape = {
            "served": (n_t, k, n_a), "bought": (n_t, n_f, n_a), "waiting": (n_t, n_f, n_a), "moved": (n_t, i, n_a),
            "kept": (k, n_a), "kept_bought": (n_f, n_a), "intake": (n_t, k), "displaced": (n_t, k),
            "swapped": (n_t, k, k), "beyond": (n_t, n_f, n_a), "excess": (n_f,),
        }[name]  # fmt: skip
        found = np.zeros((n_s, *shape))
        for index in np.ndindex(found.shape):
            found[index] = self.values.get(f"{name}[{','.join(map(str, index[1:]))}][{index[0]}]", 0.0)
        return found


def solved(data: CapacityData | CapacityProgram, risk: RiskMeasure | None = None) -> Plan:
    """The best plan, all scenarios in one program."""
    own = data if isinstance(data, CapacityProgram) else capacity_program(data)
    return plan_of(own.data, own.program, risk)


def plan_of(data: CapacityData, program: TwoStageProgram, risk: RiskMeasure | None = None) -> Plan:
    """The best plan of a program made from data."""
    form = extensive_form(program, Expectation() if risk is None else risk)
    found = solve_highs(form, gap=TOLERANCE)
    return Plan(data, found.objective, dict(zip(form.column_names, found.x, strict=True)))


def costs_again(plan: Plan) -> FloatArray:
    """Cost of every scenario in euro, counted from the flows: contracts, places, care, travel, purchase, waiting.

    Written from the words of the card, not from the code: nothing of the model is used.
    """
    d, own = plan.data, plan.data.supply
    n_s, n_t = d.scenarios.regular.shape[:2]
    form, adhoc = own.care_form, d.price * (1 + d.premium)
    v, last = d.discount, n_t - 1
    total = np.zeros(n_s)
    for y in range(len(d.years)):
        of_year = v[QUARTERS * y : QUARTERS * (y + 1)].mean()
        total += of_year * float(own.availability_fee @ plan.places[:, y])
        for c, most in enumerate(own.most):
            total += of_year * own.cost[c] * sum(plan.first("open", c, n) for n in range(1, most + 1))
    weekly = own.usage_fee[:, None] + np.nan_to_num(own.travel)
    total += np.einsum("t,ka,k,stka->s", v, weekly, d.weeks[form], plan.second("served"))
    total += np.einsum("ka,k,ska->s", weekly, d.weeks_left[form], plan.second("kept"))
    total += np.einsum("t,f,stfa->s", v, adhoc * d.weeks, plan.second("bought"))
    total += np.einsum("f,sfa->s", adhoc * d.weeks_left, plan.second("kept_bought"))
    waiting = plan.second("waiting")
    total += np.einsum("t,f,stfa->s", v, d.waiting_cost * WEEKS_PER_QUARTER, waiting)
    total -= v[last] * np.einsum("f,sfa->s", d.waiting_cost * WEEKS_PER_QUARTER / 2, waiting[:, last])
    total += float((d.waiting_cost * WEEKS_PER_QUARTER / 2) @ d.waiting.sum(axis=1))
    total += v[last] * np.einsum("f,sfa->s", adhoc * d.weeks, waiting[:, last])
    weeks = np.where(np.arange(n_t)[:, None] < last, WEEKS_PER_QUARTER, d.weeks_left[form])
    total += np.einsum(
        "t,k,tk,stk->s", v, np.maximum(adhoc[form] - own.usage_fee, 0), weeks, plan.second("displaced")
    )
    if d.substitutes:
        loss = np.array([one.loss for one in d.substitutes])
        total += np.einsum("t,i,stia->s", v, loss, plan.second("moved"))
    return total


def everything(
    seed: int, n_scenarios: int = 2, n_years: int = 1, n_areas: int = 2, **changes: Any
) -> CapacityData:
    """All that the formulation knows in two care forms, in round random numbers; form 0 has a norm.

    Provider 0 offers both forms and may swap, provider 1 works under it, provider 2 may have two contracts for both.
    Form 1 of the last fails halfway in the last scenario.
    """
    rng = np.random.default_rng(seed)

    def around(low: float, high: float, *shape: int) -> FloatArray:
        return np.asarray(np.round(rng.uniform(low, high, shape), 1))

    near = np.where(np.arange(n_areas) > 0, np.nan, 5.0)
    place: list[dict[str, Any]] = [
        {"contract": 0, "care_form": 0, "maximum": 12.0},
        {"contract": 0, "care_form": 1, "maximum": 12.0},
        {"contract": 1, "care_form": 0, "maximum": 8.0, "minimum": 4.0, "travel": near},
        {"contract": 2, "care_form": 0, "maximum": 8.0},
        {"contract": 2, "care_form": 1, "maximum": 6.0, "ramp": 5.0, "today": 4.0, "far": True},
    ]
    offers = [
        {"block": 2.0, "availability_fee": 100 * around(20, 60).item(), "usage_fee": around(20, 60).item()}
        | {"travel": around(0, 20, n_areas)} | one for one in place
    ]  # fmt: skip
    contracts = [{"cost": 500.0}, {"main": 0, "cost": 300.0}, {"most": 2, "cost": 400.0}]
    own = supply(offers, contracts, [{"least": 1, "most_contracts": 2, "concentration": 0.8}], n_areas)
    n_t = QUARTERS * n_years
    available = np.ones((n_scenarios, n_t, len(place)))
    available[-1, n_t // 2 :, -1] = 0.0
    cell = (n_scenarios, n_t, 2, n_areas)
    future = scenarios(
        own, 2, n_years, n_scenarios=n_scenarios, available=available, regular=around(0, 16 / n_areas, *cell),
        crisis=around(0, 4 / n_areas, *cell), caseload=around(0, 12 / n_areas, n_scenarios, 2, n_areas),
    )  # fmt: skip
    given: dict[str, Any] = {
        "stays": [[0.6, 0.5, 0.2], [0.5, 0.3, 0.0]], "remains": 0.7 * 0.5 ** np.arange(n_t),
        "weeks": [16.0, 10.0], "weeks_left": [12.0, 8.0], "price": [300.0, 200.0], "premium": [0.5, 0.3],
        "adhoc_most": [0.2, np.inf], "waiting_cost": [250.0, 150.0], "waiting": around(0, 10 / n_areas, 2, n_areas),
        "waited": 8.0, "norm_weeks": 6.0, "allowed": [2.0, np.inf], "swap": 0.25,
        "discount": 0.98 ** np.arange(n_t), "substitutes": (Substitute(0, 1, 0.2, 400.0),),
    }  # fmt: skip
    return care(own, future, **(given | changes))


def clients_of(
    asked: list[float], stay: list[float], area: list[int] | None = None, left: list[float] | None = None
) -> CapacityClients:
    """The clients of one scenario and care form in order of asking; ``left``: who sits, all in area 0."""
    n, sits = len(asked), np.array([] if left is None else left, dtype=np.float64)
    zero, nobody = np.zeros(n, dtype=np.int64), np.zeros(len(sits), dtype=np.int64)
    moment = np.array(asked, dtype=np.float64)
    quarter = np.asarray(np.maximum(moment, 0) // 3, dtype=np.int64)
    home = zero if area is None else np.array(area)
    order, place = place_among(quarter * 9 + home, np.arange(n) / max(n, 1))
    requests = Requests(
        zero, quarter[order], zero, home[order], moment[order], np.array(stay, dtype=np.float64)[order],
        np.zeros(n, dtype=np.bool_), place,
    )  # fmt: skip
    sitting = Caseload(nobody, nobody, nobody, sits, (np.arange(len(sits)) + 0.5) / max(len(sits), 1))
    return CapacityClients(requests, sitting, np.ones((1, QUARTERS, 1)))
