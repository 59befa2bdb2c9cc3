"""The pool after the year: the readable definition, in Pyomo.

``design_pool`` solves the same model by tail cuts; a test proves both equal on small instances.

Sets
    PROVIDERS p of one lot, BANDS l: the distance of the base from B0 I, SCENARIOS s (equally likely)

Parameters, each with its attribute of ``PoolData`` (``.``); money in million euro
    B0[p]              .budget           reference amounts over the term, discounted
    R[p,s]             .result           result before the pool: payment minus cost over the term
    D[p,s,l]           .received         what p receives at share one: U - key sum_q U, U the euros of base - B0 I in the
                                         band with their sign, summed over the years, discounted
    key[p]             .key              B0 / sum B0, of the first year
    q[p,l]             .ends             probability that the base ends in the band
    shared[p,l]        .corridor_share   largest share of the corridor in the band
    confidence         .confidence       level of the tail
    target             least power that is asked (``build_pool``)

Variables
    share[l]           part of the band that is pooled                            [0, 1]
    largest            largest tail of a provider relative to its budget          fraction
    value_at_risk[p], shortfall[p,s]                                              CVaR of the loss after the pool

Objective
    largest_risk: largest

Constraints
    tail_of_loss[p,s]  shortfall >= -R - sum_l share D - value_at_risk            after the pool
    risk[p]            value_at_risk + E[shortfall] / (1 - confidence) <= largest B0   nobody is worse off than that
    power[p]           1 - sum_l share q (1 - key) >= target                      the next euro stays the provider's own
    headroom[p,l]      shared + share (1 - key) <= 1                          never more than all is refunded

Source
    design of this package, section 8; power: Geruso and McGuire (2016), doi:10.1016/j.jhealeco.2016.01.007; CVaR after
    Rockafellar and Uryasev (2000), doi:10.21314/JOR.2000.038.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from bekostiging.equalisation.pool_inputs import PoolData
from bekostiging.units import MILLION


def build_pool(data: PoolData, target: float) -> pyo.ConcreteModel:
    """Return the model of the card above; pure, solves nothing."""
    m = pyo.ConcreteModel(name="pool")
    m.data, m.target = data, target
    m.PROVIDERS = pyo.RangeSet(0, len(data.providers) - 1)
    m.BANDS = pyo.RangeSet(0, len(data.edges) - 1)
    m.SCENARIOS = pyo.RangeSet(0, len(data.result) - 1)
    m.share = pyo.Var(m.BANDS, bounds=(0, 1))
    m.largest = pyo.Var()
    m.value_at_risk = pyo.Var(m.PROVIDERS)
    m.shortfall = pyo.Var(m.PROVIDERS, m.SCENARIOS, within=pyo.NonNegativeReals)
    m.tail_of_loss = pyo.Constraint(m.PROVIDERS, m.SCENARIOS, rule=_tail_of_loss_rule)
    m.risk = pyo.Constraint(m.PROVIDERS, rule=_risk_rule)
    m.power = pyo.Constraint(m.PROVIDERS, rule=_power_rule)
    m.headroom = pyo.Constraint(m.PROVIDERS, m.BANDS, rule=_headroom_rule)
    m.largest_risk = pyo.Objective(expr=m.largest, sense=pyo.minimize)
    return m


def _tail_of_loss_rule(m: pyo.ConcreteModel, p: int, s: int) -> Any:
    """shortfall[p, s] >= -R[p, s] - sum_l share[l] D[p, s, l] - value_at_risk[p]"""
    data: PoolData = m.data
    received = sum(m.share[k] * float(data.received[s, p, k]) / MILLION for k in m.BANDS)
    return m.shortfall[p, s] >= -float(data.result[s, p]) / MILLION - received - m.value_at_risk[p]


def _risk_rule(m: pyo.ConcreteModel, p: int) -> Any:
    """value_at_risk[p] + E[shortfall[p]] / (1 - confidence) <= largest B0[p]"""
    data: PoolData = m.data
    mean = sum(m.shortfall[p, s] for s in m.SCENARIOS) / len(m.SCENARIOS)
    return m.value_at_risk[p] + mean / (1 - data.confidence) <= m.largest * float(data.budget[p]) / MILLION


def _power_rule(m: pyo.ConcreteModel, p: int) -> Any:
    """1 - sum_l share[l] q[p, l] (1 - key[p]) >= target"""
    lost = m.data.loss_of_power
    return 1 - sum(m.share[k] * float(lost[p, k]) for k in m.BANDS) >= m.target


def _headroom_rule(m: pyo.ConcreteModel, p: int, k: int) -> Any:
    """shared[p, l] + share[l] (1 - key[p]) <= 1"""
    data: PoolData = m.data
    return float(data.corridor_share[p, k]) + m.share[k] * (1 - float(data.key[p])) <= 1
