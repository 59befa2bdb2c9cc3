"""The second stage of the capacity model: who is served, who waits and what it costs; names as on the card of ``model``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bekostiging.capacity.data import CapacityData
from bekostiging.units import QUARTERS, THOUSAND, WEEKS_PER_QUARTER


def add_second_stage(m: pyo.ConcreteModel) -> None:
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
    """sum_k kept + kept_bought = caseload"""
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


def second_cost(m: pyo.ConcreteModel) -> Any:
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
