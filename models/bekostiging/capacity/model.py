"""Capacity agreements: the readable definition, in Pyomo.

``capacity_program`` compiles the model of one scenario once, with its data as placeholders, for all scenarios.

Sets
    CONTRACTS c (provider x lot), OFFERS k (a care form under a contract), FORMS f, AREAS a, ROUTES (k, a) served,
    QUARTERS t, YEARS y, LOTS l, SUBSTITUTES i (origin, destination), SWAPS (k, j) of one contract, NORMED f

Parameters (data)
    block, minimum, maximum[k]      places at a time; least and most per contract          places
    availability_fee[k], usage_fee[k], travel[k,a]                                          euro per place-year, client-week
    stays[f,u], remains[f,t]        part in care u quarters after the start; of who sat     -
    price, premium[f]               ad-hoc purchase costs price (1 + premium)               euro per client-week, -
    waiting_cost[f]                 euro per client-week waited
    regular, crisis[t,f,a], sitting[f,a], available[t,k]                                    clients; clients per place
    lost[t,k]                       largest available before t, less available[t]           clients per place
    recent[t,f,a]                   who asked within the norm before the end of t           clients

Variables, first stage
    open[c,n]                       whether there is an n-th contract                       binary
    blocks[k,y]                     reserved; places = block blocks                         integer
    threshold[f]                    waiting beyond the norm that the tail is counted from   clients

Variables, second stage
    served[t,k,a], bought[t,f,a], waiting[t,f,a], moved[t,i,a], kept[k,a], kept_bought[f,a]  clients
    intake[t,k], displaced[t,k], swapped[t,k,j], beyond[t,f,a], excess[f]                    clients, places

Objective
    total_cost: (1 - risk_weight) E[cost] + risk_weight CVaR[cost], cost = contracts and availability of the places, use,
    travel, loss of fit, purchase, weeks waited; every client at its whole trajectory; who still waits at the end is bought;
    who is displaced is bought for the quarter (in the last one for the remaining weeks), less the use not delivered (never
    less than nothing: nobody is displaced for money)

Constraints, first stage
    order[c,n]              open[n+1] <= open[n]
    least_places[k,y]       places >= minimum sum_n open
    most_places[k,y]        places <= maximum sum_n open
    through_main[c]         open[c] <= open[main contractor]                    subcontractors work under a main contractor
    fewest[l], largest[l]   least <= number of main contracts <= most
    concentration[k,y,n]    places (with subcontractors) <= n concentration (all places) + maximum where an n+1-th is open
    ramp_up, ramp_down[k,y] change of places from year to year <= ramp sum_n open

Constraints, second stage
    balance[t,f,a]          served + bought + moved away + waiting = regular + crisis + moved here + waiting before
    urgent[t,f,a]           waiting <= waiting before + regular                 crisis is always served
    taken[t,k]              intake = sum_a served
    within[t,k]             sum_u stays intake + remains kept + swapped away <= available places + swapped here + displaced
    newcomers[t,k]          stays[0] intake + swapped away <= available places + swapped here   t > 0: who starts is
                            never displaced, and places a failed provider lost are not swapped
    stay[f,a]               sum_k kept + kept_bought = sitting                  kept_bought is not under adhoc_most
    substitution[t,i,a]     moved <= share (regular + crisis)
    purchase[t,f,a]         bought <= adhoc_most (regular + crisis) + crisis
    swap_limit[t,k]         sum_j swapped <= swap places
    turned_out[t,k]         displaced <= lost places                            only where a place carries less than it did;
                            up to that number, others may take the place at the price of purchase
    late[t,f,a]             beyond >= waiting - recent
    norm[f]                 mean over t of sum_a beyond <= threshold + excess
    waiting_norm[f]         (over all scenarios) expected: E[excess] <= allowed, threshold 0; cvar: threshold +
                            E[excess] / (1 - confidence) <= allowed; chance: threshold = allowed,
                            P(excess > 0) <= 1 - confidence

Source
    design of this package, section 10; two stages after Birge and Louveaux (2011), doi:10.1007/978-1-4614-0237-4; CVaR
    after Rockafellar and Uryasev (2000), doi:10.21314/JOR.2000.038; waiting in order of asking: Little (1961),
    doi:10.1287/opre.9.3.383.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bekostiging.capacity.data import CapacityData
from bekostiging.units import QUARTERS, THOUSAND, WEEKS_PER_QUARTER


def build_capacity(data: CapacityData, scenario: int | None = None) -> pyo.ConcreteModel:
    """Return the model of the card above for one scenario, or (None) with its data as placeholders; solves nothing."""
    m = pyo.ConcreteModel(name="capacity")
    m.data = data
    _sets(m)
    _first_stage(m)
    _scenario_data(m, scenario)
    _second_stage(m)
    m.first_cost = pyo.Expression(expr=_first_cost(m))
    m.second_cost = pyo.Expression(expr=_second_cost(m))
    m.total_cost = pyo.Objective(expr=m.first_cost + m.second_cost, sense=pyo.minimize)
    return m


def _sets(m: pyo.ConcreteModel) -> None:
    data: CapacityData = m.data
    supply = data.supply
    m.CONTRACTS = pyo.RangeSet(0, len(supply.names) - 1)
    m.OFFERS = pyo.RangeSet(0, supply.n_offers - 1)
    m.FORMS = pyo.RangeSet(0, len(data.care_forms) - 1)
    m.AREAS = pyo.RangeSet(0, len(data.areas) - 1)
    m.QUARTERS = pyo.RangeSet(0, data.n_quarters - 1)
    m.YEARS = pyo.RangeSet(0, len(data.years) - 1)
    m.LOTS = pyo.RangeSet(0, len(supply.lots) - 1)
    m.SUBSTITUTES = pyo.RangeSet(0, len(data.substitutes) - 1)
    m.NORMED = pyo.Set(initialize=data.normed)
    routes = [(int(k), int(a)) for k, a in np.argwhere(np.isfinite(supply.travel))]
    m.ROUTES = pyo.Set(initialize=routes, dimen=2)
    m.areas_of = {k: [a for j, a in routes if j == k] for k in m.OFFERS}
    own = [[k for k in m.OFFERS if supply.care_form[k] == f] for f in m.FORMS]
    m.offers_of = {
        (f, a): [k for k in own[f] if np.isfinite(supply.travel[k, a])] for f in m.FORMS for a in m.AREAS
    }
    m.SWAPS = pyo.Set(initialize=_swaps(data), dimen=2)
    m.NUMBERED = pyo.Set(initialize=[(c, n) for c in m.CONTRACTS for n in range(1, supply.most[c] + 1)], dimen=2)


def _swaps(data: CapacityData) -> list[tuple[int, int]]:
    """Pairs of offers of one contract, where its lot has a swap clause."""
    supply = data.supply
    return [
        (k, j)
        for k in range(supply.n_offers)
        for j in range(supply.n_offers)
        if k != j and supply.contract[k] == supply.contract[j] and data.swap[supply.lot[supply.contract[k]]] > 0
    ]


def _first_stage(m: pyo.ConcreteModel) -> None:
    """Contracts and blocks, and what limits them."""
    supply = m.data.supply
    m.open = pyo.Var(m.NUMBERED, within=pyo.Binary)
    m.blocks = pyo.Var(m.OFFERS, m.YEARS, within=pyo.NonNegativeIntegers, bounds=_blocks_bounds)
    m.threshold = pyo.Var(m.NORMED, within=pyo.NonNegativeReals)
    m.places = pyo.Expression(m.OFFERS, m.YEARS, rule=lambda m, k, y: float(supply.block[k]) * m.blocks[k, y])
    m.number = pyo.Expression(
        m.CONTRACTS, rule=lambda m, c: sum(m.open[c, n] for n in range(1, int(supply.most[c]) + 1))
    )
    m.order = pyo.Constraint(m.NUMBERED, rule=_order_rule)
    m.least_places = pyo.Constraint(m.OFFERS, m.YEARS, rule=_least_places_rule)
    m.most_places = pyo.Constraint(m.OFFERS, m.YEARS, rule=_most_places_rule)
    m.through_main = pyo.Constraint(m.CONTRACTS, rule=_through_main_rule)
    m.fewest = pyo.Constraint(m.LOTS, rule=_fewest_rule)
    m.largest = pyo.Constraint(m.LOTS, rule=_largest_rule)
    numbers = range(1, int(supply.most.max()) + 1)
    m.concentration = pyo.Constraint(m.OFFERS, m.YEARS, numbers, rule=_concentration_rule)
    m.ramp_up = pyo.Constraint(m.OFFERS, m.YEARS, rule=_ramp_up_rule)
    m.ramp_down = pyo.Constraint(m.OFFERS, m.YEARS, rule=_ramp_down_rule)


def _blocks_bounds(m: pyo.ConcreteModel, k: int, y: int) -> tuple[float, float]:
    supply = m.data.supply
    return 0.0, float(np.floor(supply.maximum[k] * supply.most[supply.contract[k]] / supply.block[k] + 1e-9))


def _order_rule(m: pyo.ConcreteModel, c: int, n: int) -> Any:
    """open[n+1] <= open[n]"""
    return m.open[c, n + 1] <= m.open[c, n] if (c, n + 1) in m.NUMBERED else pyo.Constraint.Skip


def _least_places_rule(m: pyo.ConcreteModel, k: int, y: int) -> Any:
    """places >= minimum sum_n open"""
    supply = m.data.supply
    if supply.minimum[k] == 0:
        return pyo.Constraint.Skip
    return m.places[k, y] >= float(supply.minimum[k]) * m.number[int(supply.contract[k])]


def _most_places_rule(m: pyo.ConcreteModel, k: int, y: int) -> Any:
    """places <= maximum sum_n open"""
    supply = m.data.supply
    return m.places[k, y] <= float(supply.maximum[k]) * m.number[int(supply.contract[k])]


def _through_main_rule(m: pyo.ConcreteModel, c: int) -> Any:
    """open[c] <= open[main contractor]"""
    main = int(m.data.supply.main[c])
    return m.open[c, 1] <= m.open[main, 1] if main >= 0 else pyo.Constraint.Skip


def _main_number(m: pyo.ConcreteModel, lot: int) -> Any:
    """Main contracts of a lot."""
    supply = m.data.supply
    return sum(m.number[c] for c in m.CONTRACTS if supply.lot[c] == lot and supply.main[c] < 0)


def _fewest_rule(m: pyo.ConcreteModel, lot: int) -> Any:
    """number of main contracts >= least"""
    least = int(m.data.supply.least[lot])
    return _main_number(m, lot) >= least if least > 0 else pyo.Constraint.Skip


def _largest_rule(m: pyo.ConcreteModel, lot: int) -> Any:
    """number of main contracts <= most"""
    supply = m.data.supply
    most, possible = (
        int(supply.most_contracts[lot]),
        int(supply.most[(supply.lot == lot) & (supply.main < 0)].sum()),
    )
    return _main_number(m, lot) <= most if most < possible else pyo.Constraint.Skip


def _concentration_rule(m: pyo.ConcreteModel, k: int, y: int, n: int) -> Any:
    """places (with subcontractors) <= n concentration (all places) + maximum where an n+1-th is open"""
    supply = m.data.supply
    c = int(supply.contract[k])
    limit = float(supply.concentration[supply.lot[c]])
    if supply.main[c] >= 0 or n > supply.most[c] or n * limit >= 1:
        return pyo.Constraint.Skip
    rivals = [
        j
        for j in m.OFFERS
        if supply.care_form[j] == supply.care_form[k] and supply.lot[supply.contract[j]] == supply.lot[c]
    ]
    own = [j for j in rivals if supply.contract[j] == c or supply.main[supply.contract[j]] == c]
    most = sum(float(supply.maximum[j] * supply.most[supply.contract[j]]) for j in own)
    more = most * m.open[c, n + 1] if (c, n + 1) in m.NUMBERED else 0.0
    return sum(m.places[j, y] for j in own) <= n * limit * sum(m.places[j, y] for j in rivals) + more


def _before(m: pyo.ConcreteModel, k: int, y: int) -> Any:
    """Places in the year before; None where nobody knows."""
    if y > 0:
        return m.places[k, y - 1]
    today = float(m.data.supply.today[k])
    return None if np.isnan(today) else today


def _ramp_up_rule(m: pyo.ConcreteModel, k: int, y: int) -> Any:
    """places - places before <= ramp sum_n open"""
    ramp, before = float(m.data.supply.ramp[k]), _before(m, k, y)
    if not np.isfinite(ramp) or before is None:
        return pyo.Constraint.Skip
    return m.places[k, y] - before <= ramp * m.number[int(m.data.supply.contract[k])]


def _ramp_down_rule(m: pyo.ConcreteModel, k: int, y: int) -> Any:
    """places before - places <= ramp sum_n open, between contract years"""
    ramp = float(m.data.supply.ramp[k])
    if not np.isfinite(ramp) or y == 0:
        return pyo.Constraint.Skip
    return m.places[k, y - 1] - m.places[k, y] <= ramp * m.number[int(m.data.supply.contract[k])]


def _scenario_data(m: pyo.ConcreteModel, scenario: int | None) -> None:
    """Numbers of one scenario, or placeholder variables."""
    scenarios = m.data.scenarios
    by_cell = (m.QUARTERS, m.FORMS, m.AREAS)
    if scenario is None:
        m.regular, m.crisis = pyo.Var(*by_cell), pyo.Var(*by_cell)
        m.caseload = pyo.Var(m.FORMS, m.AREAS)
        m.available, m.lost = pyo.Var(m.QUARTERS, m.OFFERS), pyo.Var(m.QUARTERS, m.OFFERS)
        m.norm_price = pyo.Var(m.NORMED)
    else:
        for name in ("regular", "crisis", "caseload", "available", "lost"):
            setattr(m, name, dict(np.ndenumerate(getattr(scenarios, name)[scenario].astype(object))))
        m.norm_price = dict.fromkeys(m.NORMED, 0.0)


def _second_stage(m: pyo.ConcreteModel) -> None:
    """Who is served where, who waits, who is bought; and the waiting beyond the norm."""
    by_cell = (m.QUARTERS, m.FORMS, m.AREAS)
    some = {"bounds": (0, None)}
    m.served = pyo.Var(m.QUARTERS, m.ROUTES, **some)
    m.bought, m.waiting = pyo.Var(*by_cell, **some), pyo.Var(*by_cell, **some)
    m.moved = pyo.Var(m.QUARTERS, m.SUBSTITUTES, m.AREAS, **some)
    m.kept, m.kept_bought = pyo.Var(m.ROUTES, **some), pyo.Var(m.FORMS, m.AREAS, **some)
    m.intake, m.displaced = pyo.Var(m.QUARTERS, m.OFFERS, **some), pyo.Var(m.QUARTERS, m.OFFERS, **some)
    m.swapped = pyo.Var(m.QUARTERS, m.SWAPS, **some)
    m.beyond = pyo.Var(m.QUARTERS, m.NORMED, m.AREAS, **some)
    m.excess = pyo.Var(m.NORMED, **some)
    m.balance = pyo.Constraint(*by_cell, rule=_balance_rule)
    m.urgent = pyo.Constraint(*by_cell, rule=_urgent_rule)
    m.taken = pyo.Constraint(m.QUARTERS, m.OFFERS, rule=_taken_rule)
    m.within = pyo.Constraint(m.QUARTERS, m.OFFERS, rule=_within_rule)
    m.newcomers = pyo.Constraint(m.QUARTERS, m.OFFERS, rule=_newcomers_rule)
    m.stay = pyo.Constraint(m.FORMS, m.AREAS, rule=_stay_rule)
    m.substitution = pyo.Constraint(m.QUARTERS, m.SUBSTITUTES, m.AREAS, rule=_substitution_rule)
    m.purchase = pyo.Constraint(*by_cell, rule=_purchase_rule)
    m.swap_limit = pyo.Constraint(m.QUARTERS, m.OFFERS, rule=_swap_limit_rule)
    m.turned_out = pyo.Constraint(m.QUARTERS, m.OFFERS, rule=_turned_out_rule)
    m.late = pyo.Constraint(m.QUARTERS, m.NORMED, m.AREAS, rule=_late_rule)
    m.norm = pyo.Constraint(m.NORMED, rule=_norm_rule)


def _waited_before(m: pyo.ConcreteModel, t: int, f: int, a: int) -> Any:
    return m.waiting[t - 1, f, a] if t > 0 else float(m.data.waiting[f, a])


def _balance_rule(m: pyo.ConcreteModel, t: int, f: int, a: int) -> Any:
    """served + bought + moved away + waiting = regular + crisis + moved here + waiting before"""
    substitutes = m.data.substitutes
    here = sum(m.moved[t, i, a] for i in m.SUBSTITUTES if substitutes[i].destination == f)
    away = sum(m.moved[t, i, a] for i in m.SUBSTITUTES if substitutes[i].origin == f)
    out = sum(m.served[t, k, a] for k in m.offers_of[f, a]) + m.bought[t, f, a] + away + m.waiting[t, f, a]
    return out == m.regular[t, f, a] + m.crisis[t, f, a] + here + _waited_before(m, t, f, a)


def _urgent_rule(m: pyo.ConcreteModel, t: int, f: int, a: int) -> Any:
    """waiting <= waiting before + regular"""
    return m.waiting[t, f, a] - (m.waiting[t - 1, f, a] if t else 0.0) <= m.regular[t, f, a] + (
        0.0 if t else float(m.data.waiting[f, a])
    )


def _taken_rule(m: pyo.ConcreteModel, t: int, k: int) -> Any:
    """intake = sum_a served"""
    return m.intake[t, k] - sum(m.served[t, k, a] for a in m.areas_of[k]) == 0


def _within_rule(m: pyo.ConcreteModel, t: int, k: int) -> Any:
    """sum_u stays intake + remains kept + swapped away <= available places + swapped here + displaced"""
    data: CapacityData = m.data
    f = int(data.supply.care_form[k])
    used = sum(float(data.stays[f, t - u]) * m.intake[u, k] for u in range(t + 1) if data.stays[f, t - u] > 0)
    if data.remains[f, t] > 0:
        used += float(data.remains[f, t]) * sum(m.kept[k, a] for a in m.areas_of[k])
    return used - m.displaced[t, k] + _swapped_net(m, t, k) <= m.available[t, k] * m.places[k, t // QUARTERS]


def _newcomers_rule(m: pyo.ConcreteModel, t: int, k: int) -> Any:
    """stays[0] intake + swapped away <= available places + swapped here"""
    if t == 0:  # nobody is displaced yet: within says it
        return pyo.Constraint.Skip
    data: CapacityData = m.data
    starts = float(data.stays[int(data.supply.care_form[k]), 0]) * m.intake[t, k]
    return starts + _swapped_net(m, t, k) <= m.available[t, k] * m.places[k, t // QUARTERS]


def _swapped_net(m: pyo.ConcreteModel, t: int, k: int) -> Any:
    """Places swapped away less those swapped here."""
    away = sum(m.swapped[t, i, j] for i, j in m.SWAPS if i == k)
    return away - sum(_worth(m.data, i, j) * m.swapped[t, i, j] for i, j in m.SWAPS if j == k)


def _worth(data: CapacityData, origin: int, destination: int) -> float:
    """Places of the destination that one of the origin is worth, at the price of a week in each form."""
    forms = data.supply.care_form
    return float(data.price[forms[origin]] / data.price[forms[destination]])


def _stay_rule(m: pyo.ConcreteModel, f: int, a: int) -> Any:
    """sum_k kept + kept_bought = sitting"""
    return sum(m.kept[k, a] for k in m.offers_of[f, a]) + m.kept_bought[f, a] == m.caseload[f, a]


def _substitution_rule(m: pyo.ConcreteModel, t: int, i: int, a: int) -> Any:
    """moved <= share (regular + crisis)"""
    one = m.data.substitutes[i]
    return m.moved[t, i, a] <= one.share * (m.regular[t, one.origin, a] + m.crisis[t, one.origin, a])


def _purchase_rule(m: pyo.ConcreteModel, t: int, f: int, a: int) -> Any:
    """bought <= adhoc_most (regular + crisis) + crisis"""
    most = float(m.data.adhoc_most[f])
    if not np.isfinite(most):
        return pyo.Constraint.Skip
    return m.bought[t, f, a] <= most * (m.regular[t, f, a] + m.crisis[t, f, a]) + m.crisis[t, f, a]


def _swap_limit_rule(m: pyo.ConcreteModel, t: int, k: int) -> Any:
    """sum_j swapped <= swap places"""
    own = [j for i, j in m.SWAPS if i == k]
    if not own:
        return pyo.Constraint.Skip
    supply = m.data.supply
    most = float(m.data.swap[supply.lot[supply.contract[k]]])
    return sum(m.swapped[t, k, j] for j in own) <= most * m.places[k, t // QUARTERS]


def _turned_out_rule(m: pyo.ConcreteModel, t: int, k: int) -> Any:
    """displaced <= lost places"""
    return m.displaced[t, k] - m.lost[t, k] * m.places[k, t // QUARTERS] <= 0


def _late_rule(m: pyo.ConcreteModel, t: int, f: int, a: int) -> Any:
    """beyond >= waiting - recent"""
    data: CapacityData = m.data
    quarters = data.norm_weeks[f] / WEEKS_PER_QUARTER
    recent: Any = 0.0
    for back in range(t + 1):
        part = float(np.clip(quarters - back, 0.0, 1.0))
        if part > 0:
            recent += part * m.regular[t - back, f, a]
    since = data.norm_weeks[f] - WEEKS_PER_QUARTER * (t + 1)
    young = np.clip(since / max(2 * data.waited[f, a], 1e-9), 0.0, 1.0)
    return m.beyond[t, f, a] - m.waiting[t, f, a] >= -recent - float(data.waiting[f, a] * young)


def _norm_rule(m: pyo.ConcreteModel, f: int) -> Any:
    """mean over t of sum_a beyond <= threshold + excess"""
    late = sum(m.beyond[t, f, a] for t in m.QUARTERS for a in m.AREAS) / len(m.QUARTERS)
    return late - m.threshold[f] - m.excess[f] <= 0


def _first_cost(m: pyo.ConcreteModel) -> Any:
    """Contracts, and availability of the places; thousand euro."""
    data: CapacityData = m.data
    yearly = data.discount.reshape(-1, QUARTERS).mean(axis=1)
    kept = pyo.quicksum(
        float(data.supply.availability_fee[k] * yearly[y]) / THOUSAND * m.places[k, y]
        for k in m.OFFERS
        for y in m.YEARS
    )
    return kept + pyo.quicksum(
        float(data.supply.cost[c] * yearly.sum()) / THOUSAND * m.number[c] for c in m.CONTRACTS
    )


def _second_cost(m: pyo.ConcreteModel) -> Any:
    """Use, travel, loss of fit, purchase, weeks waited and what is bought at the end; thousand euro."""
    data: CapacityData = m.data
    supply, v = data.supply, data.discount
    weekly = supply.usage_fee[:, None] + supply.travel
    weeks, left = data.weeks[supply.care_form], data.weeks_left[supply.care_form]
    last = data.n_quarters - 1
    cost = pyo.quicksum(
        float(v[t] * weekly[k, a] * weeks[k]) / THOUSAND * m.served[t, k, a]
        for t in m.QUARTERS
        for k, a in m.ROUTES
    )
    cost += pyo.quicksum(float(weekly[k, a] * left[k]) / THOUSAND * m.kept[k, a] for k, a in m.ROUTES)
    bought, waits = data.adhoc * data.weeks / THOUSAND, data.waiting_cost * WEEKS_PER_QUARTER / THOUSAND
    cost += pyo.quicksum(
        float(v[t] * bought[f]) * m.bought[t, f, a]
        + float(v[t] * (waits[f] if t < last else waits[f] / 2 + bought[f])) * m.waiting[t, f, a]
        for t in m.QUARTERS
        for f in m.FORMS
        for a in m.AREAS
    )
    cost += pyo.quicksum(
        float(data.adhoc[f] * data.weeks_left[f]) / THOUSAND * m.kept_bought[f, a]
        for f in m.FORMS
        for a in m.AREAS
    )
    extra = np.maximum(data.adhoc[supply.care_form] - supply.usage_fee, 0.0)
    cost += pyo.quicksum(
        float(v[t] * extra[k] * (WEEKS_PER_QUARTER if t < last else left[k])) / THOUSAND * m.displaced[t, k]
        for t in m.QUARTERS
        for k in m.OFFERS
    )
    cost += pyo.quicksum(
        float(v[t] * data.substitutes[i].loss) / THOUSAND * m.moved[t, i, a]
        for t in m.QUARTERS
        for i in m.SUBSTITUTES
        for a in m.AREAS
    )
    cost += pyo.quicksum(m.norm_price[f] * m.excess[f] for f in m.NORMED)
    return cost + float((data.waiting_cost[:, None] * data.waiting).sum() * WEEKS_PER_QUARTER / 2 / THOUSAND)
