"""Terms of lots in the lump-sum model: caps, corridor, and what is chosen; names as on the card of ``model``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bekostiging.lumpsum.data import (
    EURO,
    EXCESS_TOLERANCE,
    LOADING_BOUND,
    LotTerms,
    LumpSumData,
    lot_size,
    revenue_of_lot,
)
from bekostiging.lumpsum.layers import counted_sides, mirrored_layers, outermost_deficit, outward_layers
from bekostiging.units import MILLION


def add_terms_of_lots(m: pyo.ConcreteModel) -> None:
    """Caps on loading and transition, order, symmetry and the law, per lot."""
    lots: tuple[LotTerms, ...] = m.data.lots
    m.loading_cap = pyo.Constraint(m.LOTS, rule=_loading_cap_rule)
    m.total_breach = pyo.Constraint(rule=_total_breach_rule)
    m.loading_most = pyo.Constraint(m.LOTS, rule=_loading_most_rule)
    m.transition_most = pyo.Constraint(m.LOTS, rule=_transition_most_rule)
    m.transition_up = pyo.Constraint(m.LOTS, rule=_transition_up_rule)
    m.transition_down = pyo.Constraint(m.LOTS, rule=_transition_down_rule)
    m.OUTWARD = pyo.Set(initialize=[(j, *pair) for j in m.LOTS for pair in outward_layers(lots[j])], dimen=3)
    m.order = pyo.Constraint(m.OUTWARD, rule=lambda m, j, k, outer: m.share[j, k] <= m.share[j, outer])
    m.MIRRORED = pyo.Set(initialize=[(j, *pair) for j in m.LOTS for pair in mirrored_layers(lots[j])], dimen=3)
    m.symmetric = pyo.Constraint(m.MIRRORED, rule=lambda m, j, k, mirror: m.share[j, k] == m.share[j, mirror])
    m.BOUND_BY_LAW = pyo.Set(initialize=[j for j in m.LOTS if lots[j].waiting_list_forbidden])
    m.law = pyo.Constraint(m.BOUND_BY_LAW, rule=_law_rule)


def _loading_cap_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """loading <= loading_cap + loading_excess"""
    return m.loading[j] <= m.data.lots[j].loading_cap + m.loading_excess[j]


def total_breach(m: pyo.ConcreteModel) -> Any:
    """sum_j (sum_c,t v B0 loading_excess + transition_excess)"""
    return sum(lot_size(m.data, j) * m.loading_excess[j] + m.transition_excess[j] for j in m.LOTS)


def _total_breach_rule(m: pyo.ConcreteModel) -> Any:
    """sum_j (sum_c,t v B0 loading_excess + transition_excess) <= least_total + one euro"""
    kept = m.stage == "largest_excess" or (m.stage == "criterion" and not m.data.breach.is_nothing)
    return total_breach(m) <= m.most + EURO / MILLION if kept else pyo.Constraint.Skip


def _most(m: pyo.ConcreteModel) -> Any:
    """largest, or in stage criterion least_largest + 0.001 point; None where it does not act"""
    if m.stage == "largest_excess":
        return m.largest
    breached = m.stage == "criterion" and not m.data.breach.is_nothing
    return m.data.breach.largest + EXCESS_TOLERANCE if breached else None


def _loading_most_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """loading_excess <= largest"""
    most = _most(m)
    return pyo.Constraint.Skip if most is None else m.loading_excess[j] - most <= 0


def _transition_most_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """transition_excess <= largest sum_c R"""
    most = _most(m)
    return pyo.Constraint.Skip if most is None else m.transition_excess[j] - most * revenue_of_lot(m.data, j) <= 0


def _first_year(m: pyo.ConcreteModel, j: int) -> tuple[Any, Any] | None:
    """(sum_c b[c,1], sum_c R[c]) over the contracts of the lot with R > 0, zero under another form; None without them."""
    data: LumpSumData = m.data
    own = np.flatnonzero((data.lot == j) & (data.revenue > 0))
    if len(own) == 0:
        return None
    first, last = float(data.reference[own, 0].sum()) / MILLION, revenue_of_lot(data, j)
    return first * (m.form[j, 0] + m.loading[j]), last * m.form[j, 0]


def _transition_up_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """sum_c b[c,1] - sum_c R[c] <= transition_cap sum_c R[c] + transition_excess"""
    sums = _first_year(m, j)
    if sums is None:
        return pyo.Constraint.Skip
    return sums[0] - sums[1] <= m.data.lots[j].transition_cap * sums[1] + m.transition_excess[j]


def _transition_down_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """sum_c R[c] - sum_c b[c,1] <= transition_cap sum_c R[c] + transition_excess"""
    sums = _first_year(m, j)
    if sums is None:
        return pyo.Constraint.Skip
    return sums[1] - sums[0] <= m.data.lots[j].transition_cap * sums[1] + m.transition_excess[j]


def _law_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """share[outermost deficit] >= share_min form[lump]"""
    lot = m.data.lots[j]
    return m.share[j, outermost_deficit(lot)] - lot.share_min * m.form[j, 0] >= 0


def add_terms_of_choices(m: pyo.ConcreteModel) -> None:
    """One form per lot and no corridor without a lump sum; few changes of share; shares from a list."""
    data: LumpSumData = m.data
    mixed = m.LOTS if len(data.forms) > 1 else []
    m.MIXED = pyo.Set(initialize=list(mixed))
    m.one_form = pyo.Constraint(m.MIXED, rule=lambda m, j: sum(m.form[j, f] for f in m.FORMS) == 1)
    m.loading_of_form = pyo.Constraint(m.MIXED, rule=lambda m, j: m.loading[j] <= LOADING_BOUND * m.form[j, 0])
    m.least_of_form = pyo.Constraint(m.MIXED, rule=lambda m, j: m.loading[j] >= -m.form[j, 0])
    m.MIXED_LAYERS = pyo.Set(initialize=[pair for pair in m.LAYERS if pair[0] in mixed], dimen=2)
    m.share_of_form = pyo.Constraint(m.MIXED_LAYERS, rule=_share_of_form_rule)
    m.share_change = pyo.Constraint(
        m.CHANGES, rule=lambda m, j, k, outer: m.share[j, outer] - m.share[j, k] <= m.change[j, k, outer]
    )
    counted = [(j, side) for j in m.LOTS for side in counted_sides(data.lots[j], data.simple)]
    m.free_zone = pyo.Constraint(m.CHANGES, rule=_free_zone_rule)
    m.SIDES = pyo.Set(initialize=counted, dimen=2)
    m.simple = pyo.Constraint(m.SIDES, rule=_simple_rule)
    m.share_list = pyo.Constraint(m.LISTED, rule=_share_list_rule)
    m.one_share = pyo.Constraint(
        m.LISTED, rule=lambda m, j, k: sum(m.pick[j, k, i] for i in m.LIST) == m.form[j, 0]
    )


def _share_of_form_rule(m: pyo.ConcreteModel, j: int, k: int) -> Any:
    """share <= share_max form[lump]; a given share = itself x form[lump]"""
    lot = m.data.lots[j]
    most = largest_share(lot, k) * m.form[j, 0]
    return m.share[j, k] <= most if np.isnan(lot.corridor.share[k]) else m.share[j, k] == most


def _free_zone_rule(m: pyo.ConcreteModel, j: int, k: int, outer: int) -> Any:
    """share[k] + change[k, outer] <= 1"""
    return m.share[j, k] + m.change[j, k, outer] <= 1 if m.data.simple.free_zone else pyo.Constraint.Skip


def _simple_rule(m: pyo.ConcreteModel, j: int, side: str) -> Any:
    """sum of changes on a side <= n_changes"""
    pairs = counted_sides(m.data.lots[j], m.data.simple)[side]
    if not pairs:
        return pyo.Constraint.Skip
    return sum(m.change[j, k, outer] for k, outer in pairs) <= m.data.simple.changes


def _share_list_rule(m: pyo.ConcreteModel, j: int, k: int) -> Any:
    """share = sum_k pick list"""
    return m.share[j, k] == sum(value * m.pick[j, k, i] for i, value in enumerate(m.data.simple.shares))


def largest_share(lot: LotTerms, k: int) -> float:
    """share_max, or the share the case gives."""
    given = float(lot.corridor.share[k])
    return lot.share_max if np.isnan(given) else given
