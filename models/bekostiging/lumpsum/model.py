"""Lump sum: the readable definition, in Pyomo.

``design_lumpsum`` solves the same model by tail cuts; a test proves both equal on small instances.

Sets
    LOTS j, LAYERS (j, l), CONTRACTS c, PROVIDERS p (those with a contract), MUNICIPALITIES m (reported),
    YEARS t, SCENARIOS s (equally likely), FORMS f: the lump sum, and other payment forms where a mix is asked for,
    PURSES k: what shares one begroting, all lots or those of each law

Parameters, each with its attribute of ``LumpSumData`` (``.``) or of ``LotTerms`` (``lot.``); money in million euro
    B0[c,t]               .reference            reference amount
    I[s,c,t]              .index                contract index over expected index
    A[s,c,t]              .paid_part            part of b I that is paid (performance, sanction, volume clause, growth path)
    Z[s,c,t]              .fixed                what decided clauses before the corridor pay
    C[s,c,t]              .cost                 cost at the lot's reference unit cost
    P[f,s,c,t]            .other_payments       payment under another form
    U[s,c,t,l]            .amounts              part of abs(base - B0 I) inside layer l
    q[c,t,l]              .layer_probability    probability that the base ends in layer l
    a[c], z[c], u[c,l]    .without_care         when nothing is delivered: part of b paid, what clauses move and the signed
                                                layers, as parts of B0
    F[c,t]                .fair_price           fair price without return on capital
    K[p]                  .free_buffer          equity at stake above the solvency floor
    limit[p]              .capital_limit        limit on capital: the stated equity requirement, or K
    key[s,t,j,m]          .key                  share of the municipality in the lot's payments
    G[k,m,t]              .begroting            begroting of the contracts
    structural[k,m,t]     .structural           structural cover of the year
    stock[m,t]            .stock                incidental cover up to the year
    other[s,t,m]          .other                payments outside the decision
    R[c]                  .revenue              revenue brought forward to the first contract year
    margin[limit]         .margins              tightening of a limit that depends on scenarios; zero in the plain design
    v[t]                  .discount             discount factor
    risk_weight           .risk_weight          weight of the tail in the criterion
    confidence            .confidence           level of the tails of losses and of spending
    reserve_confidence    .reserve_confidence   level of the tail of the use of the stock
    cost_of_capital       .cost_of_capital      return asked on the buffer a contract uses, per year
    least_total, least_largest   .breach        outcomes of the stages before; million euro, fraction
    elasticity[j]         lot.elasticity        induced demand where the next euro is not the provider's, part of cost
    share_max[j]          lot.share_max         largest share of a layer
    share_min[j]          lot.share_min         least share of the outermost deficit layer, where the law asks one
    loading_cap[j]        lot.loading_cap       largest loading, fraction
    transition_cap[j]     lot.transition_cap    largest change from the revenue brought forward, fraction
    n_changes, list       .simple               changes of share a side may have, shares to choose from; none unless asked
    pays_next[f]          part of one more euro of care that form f pays (``PAYMENT_FORMS``)
    loading_bound         largest loading where the form is chosen too, fraction (``data.LOADING_BOUND``)

Variables
    loading[j]     one percentage for all contracts of the lot, all years    fraction, >= 0 (free if one contract)
    share[j,l]     part of the layer for the municipality                    [0, share_max], or as given
    capital[p]     buffer the contract really uses                           million euro, >= 0
    form[j,f]      payment form of the lot                                   {0, 1}; the lump sum unless a mix is asked for
    change[j,l,l'] whether the share changes from a layer to the next outward   {0, 1}, where changes are counted
    pick[j,l,k]    which share of the list the layer has                     {0, 1}, where there is a list
    loading_excess[j]     beyond loading_cap                                fraction, >= 0
    transition_excess[j]  beyond transition_cap                             million euro, >= 0; both are zero in stage
                                                                            criterion unless no design exists without
    largest        largest excess of all lots, that of transition over R     fraction, >= 0
    running_loss[p,s], value_at_risk[p], shortfall[p,s]                      CVaR of the largest cumulative loss of p
    spending_at_risk, spending_shortfall[s]                                  CVaR of municipal spending
    drawdown[k,m,t,s], stock_used[k,m,t,s]                                   million euro, >= 0; use of the stock
    reserve_at_risk[m,t], reserve_shortfall[m,t,s]                           CVaR of what is used of the stock

With  b[c,t] = B0[c,t] (1 + loading[j]),
      Y = form[j,lump] (A B0 I + Z) + A B0 I loading + sum_l sign_l share[j,l] U_l + sum_f form[j,f] P_f,
      loss[p,s,t] = sum over contracts of p of v (C - Y),  M[k,m,s,t] = sum over c of k of key Y + other,
      x[k,m,s,t] = M - G - structural

Stages, one objective each
    least_breach    sum_j (sum_c,t v B0 loading_excess + transition_excess)   zero in the ordinary case
    largest_excess  largest, with the total at most that of least_breach plus one euro
    criterion       (1 - risk_weight) E[sum_k,m,t v M] + risk_weight CVaR[sum_k,m,t v M]
                    + sum v elasticity E[C] (sum_l share_l q_l + sum_f form_f pays_next_f), with the total at most that of
                    least_breach plus one euro and every excess at most largest plus 0.001 point. A rule for deciding, no
                    amount: what is spent is reported by its own name.
    Where least_breach has no point either, ``bekostiging.lumpsum.conflict`` asks the least euro by which begroting, stock,
    solvency or return must yield, the caps on loading and transition free, in the same two steps.

Constraints
    largest_cumulative_loss[p,s,t]  running_loss[p,s] >= sum_{u <= t} loss[p,s,u]         cumulative, over the years
    tail_of_losses[p,s]        shortfall[p,s] >= running_loss[p,s] - value_at_risk[p]
    capital_covers_tail[p]     value_at_risk + E[shortfall]/(1 - confidence) <= capital
    solvency[p]                capital <= limit - margin                             no more than the provider has
    return_on_capital[p]       E[sum_t v (Y - C)] >= cost_of_capital x years x capital + margin    no risk for nothing
    fair_price[c,t]            E[Y[c,t]] >= F[c,t] form[j,lump] + margin             AMvB reële prijs, on what is paid
    not_negative[c]            a (form[j,lump] + loading) + z form[j,lump] + sum_l u_l share[j,l] >= 0
                               clauses and corridor never take back more than the budget; years that differ apart
    begroting[k,m,t]           E[M[k,m,t]] <= G[k,m,t] - margin                      what is expected is budgeted
    drawn_down[k,m,t,s]        drawdown[t] >= drawdown[t-1] + x[t]                   where a good year refills the stock
    drawn_most[k,m,t,s]        stock_used[t] >= drawdown[t]                          where a good year refills the stock
    used_before[k,m,t,s]       stock_used[t] >= stock_used[t-1]
    used_now[k,m,t,s]          stock_used[t] >= stock_used[t-1] + x[t]               where it does not
    tail_of_reserve[m,t,s]     reserve_shortfall >= sum_k stock_used[k,m,t,s] - reserve_at_risk
    reserve[m,t]               reserve_at_risk + E[reserve_shortfall]/(1 - reserve_confidence) <= stock - margin
                               years whose stock is no less than the next year's are left out: they ask nothing more
    tail_of_spending[s]        spending_shortfall >= sum_k,m,t v M - spending_at_risk
    loading_cap[j]             loading <= loading_cap + loading_excess               no windfall
    transition_up[j], transition_down[j]   abs(sum_c b[c,1] - sum_c R[c]) <= transition_cap sum_c R[c] + transition_excess
                               over contracts with R > 0, under the lump sum
    total_breach[]             sum_j (sum_c,t v B0 loading_excess + transition_excess) <= least_total + one euro
    loading_most[j], transition_most[j]   excess <= largest, over R for transition; in stage criterion it is at most
                               least_largest + 0.001 point
    order[j,l]                 share[j,l] <= share[j, next outward]                  the further out, the more shared
    symmetric[j,l]             share of mirrored layers equal, where both are decided and the lot is symmetric
    law[j]                     share[j, outermost deficit] >= share_min form[j,lump]   acceptance duty, no waiting list
    one_form[j]                sum_f form[j,f] = 1
    loading_of_form[j]         loading <= loading_bound form[j,lump]            no budget without a lump sum
    least_of_form[j]           loading >= -form[j,lump]
    share_of_form[j,l]         share <= share_max form[j,lump], or = given share x form
    share_change[j,l,l']       share[j,l'] - share[j,l] <= change                    a contract people can read
    free_zone[j,l,l']          share[j,l] + change[j,l,l'] <= 1                      nothing shared before the first change
    simple[j,side]             sum of changes on a side <= n_changes
    share_list[j,l]            share = sum_k pick[j,l,k] list[k]
    one_share[j,l]             sum_k pick[j,l,k] = form[j,lump]

Source
    design of this package, sections 7 and 13; CVaR after Rockafellar and Uryasev (2000), doi:10.21314/JOR.2000.038;
    fair price: Stb. 2024, 69; legal limit on risk transfer: ECLI:NL:GHDHA:2017:260; what is expected is budgeted: BBV art.
    11, Gemeentewet art. 189.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyomo.environ as pyo

from bekostiging.lumpsum.data import LumpSumData, induced_by_form, induced_demand
from bekostiging.lumpsum.layers import counted_sides, decided_layers
from bekostiging.lumpsum.model_terms import add_terms_of_choices, add_terms_of_lots, largest_share, total_breach
from bekostiging.units import MILLION

Stage = Literal["least_breach", "largest_excess", "criterion"]


def build_lumpsum(data: LumpSumData, stage: Stage = "criterion", least_total: float = 0.0) -> pyo.ConcreteModel:
    """Return one stage of the model of the card above; pure, solves nothing.

    ``least_total``: outcome of stage least_breach, million euro, for stage largest_excess; stage criterion finds both
    outcomes in ``data.breach``.
    """
    m = pyo.ConcreteModel(name="lumpsum")
    m.data, m.stage = data, stage
    m.most = least_total if stage == "largest_excess" else data.breach.total / MILLION
    m.LOTS = pyo.RangeSet(0, len(data.lots) - 1)
    m.LAYERS = pyo.Set(
        initialize=[(j, k) for j, lot in enumerate(data.lots) for k in range(lot.corridor.n_layers)]
    )
    m.CONTRACTS = pyo.RangeSet(0, len(data.contracts) - 1)
    m.PROVIDERS = pyo.Set(initialize=sorted(set(data.provider.tolist())))
    m.GUARDED = pyo.Set(initialize=[p for p in m.PROVIDERS if not data.below_requirement[p]])
    m.MUNICIPALITIES = pyo.RangeSet(0, len(data.municipalities) - 1)
    m.YEARS = pyo.RangeSet(0, data.n_years - 1)
    m.SCENARIOS = pyo.RangeSet(0, data.n_scenarios - 1)
    m.FORMS = pyo.RangeSet(0, len(data.forms) - 1)
    m.PURSES = pyo.RangeSet(0, len(data.purses) - 1)
    _add_variables(m)
    _add_choices(m)
    _add_payments(m)
    _add_provider_limits(m)
    _add_municipal_limits(m)
    add_terms_of_lots(m)
    add_terms_of_choices(m)
    objective = {"least_breach": _least_breach_rule, "largest_excess": _largest_excess_rule}
    m.add_component(stage, pyo.Objective(rule=objective.get(stage, _criterion_rule), sense=pyo.minimize))
    return m


def _add_variables(m: pyo.ConcreteModel) -> None:
    """Decisions, slacks, and the auxiliaries of every CVaR."""
    data: LumpSumData = m.data
    alone = [int((data.lot == j).sum()) == 1 for j in m.LOTS]
    m.loading = pyo.Var(m.LOTS, bounds=lambda m, j: (-1.0 if alone[j] else 0.0, None))
    m.share = pyo.Var(m.LAYERS, bounds=_share_bounds)
    m.capital = pyo.Var(m.PROVIDERS, within=pyo.NonNegativeReals)
    hard = m.stage == "criterion" and data.breach.is_nothing
    m.loading_excess = pyo.Var(m.LOTS, bounds=(0.0, 0.0 if hard else None))
    m.transition_excess = pyo.Var(m.LOTS, bounds=(0.0, 0.0 if hard else None))
    m.largest = pyo.Var(within=pyo.NonNegativeReals)
    m.running_loss = pyo.Var(m.PROVIDERS, m.SCENARIOS, within=pyo.NonNegativeReals)
    m.value_at_risk = pyo.Var(m.PROVIDERS)
    m.shortfall = pyo.Var(m.PROVIDERS, m.SCENARIOS, within=pyo.NonNegativeReals)
    m.spending_at_risk = pyo.Var()
    m.spending_shortfall = pyo.Var(m.SCENARIOS, within=pyo.NonNegativeReals)
    purse_years = (m.PURSES, m.MUNICIPALITIES, m.YEARS, m.SCENARIOS)
    m.drawdown = pyo.Var(*purse_years, within=pyo.NonNegativeReals)
    m.stock_used = pyo.Var(*purse_years, within=pyo.NonNegativeReals)
    limited = [(i, t) for i in m.MUNICIPALITIES for t in data.limited_years(i)]
    m.LIMITED = pyo.Set(initialize=limited, dimen=2)
    m.reserve_at_risk = pyo.Var(m.LIMITED)
    m.reserve_shortfall = pyo.Var(m.LIMITED, m.SCENARIOS, within=pyo.NonNegativeReals)


def _share_bounds(m: pyo.ConcreteModel, j: int, k: int) -> tuple[float, float]:
    """[0, share_max], or the share the case gives; under another form it may be zero."""
    most = largest_share(m.data.lots[j], k)
    given = bool(np.isfinite(m.data.lots[j].corridor.share[k]))
    return (most if given and len(m.data.forms) == 1 else 0.0, most)


def _add_choices(m: pyo.ConcreteModel) -> None:
    """What is chosen from a list; the form is the lump sum where there is no other."""
    data: LumpSumData = m.data
    m.form = pyo.Var(m.LOTS, m.FORMS, within=pyo.Binary)
    for j, lot in enumerate(data.lots):
        for f in m.FORMS:
            if len(data.forms) == 1 or lot.general_provision:
                m.form[j, f].fix(1 if f == 0 else 0)
    counted = [
        (j, *pair) for j, lot in enumerate(data.lots)
        for side in counted_sides(lot, data.simple).values() for pair in side
    ]  # fmt: skip
    m.CHANGES = pyo.Set(initialize=counted, dimen=3)
    m.change = pyo.Var(m.CHANGES, within=pyo.Binary)
    listed = [(j, k) for j, lot in enumerate(data.lots) for k in decided_layers(lot) if data.simple.shares]
    m.LISTED = pyo.Set(initialize=listed, dimen=2)
    m.LIST = pyo.RangeSet(0, len(data.simple.shares) - 1)
    m.pick = pyo.Var(m.LISTED, m.LIST, within=pyo.Binary)


def _add_payments(m: pyo.ConcreteModel) -> None:
    """Y, the loss of a provider and the spending of a municipality, as expressions."""
    m.payment = pyo.Expression(m.SCENARIOS, m.CONTRACTS, m.YEARS, rule=_payment_rule)
    m.loss = pyo.Expression(m.PROVIDERS, m.SCENARIOS, m.YEARS, rule=_loss_rule)
    m.spending = pyo.Expression(m.PURSES, m.MUNICIPALITIES, m.SCENARIOS, m.YEARS, rule=_spending_rule)


def _payment_rule(m: pyo.ConcreteModel, s: int, c: int, t: int) -> Any:
    """Y = form_lump (A B0 I + Z) + A B0 I loading + sum_l sign_l share_l U_l + sum_f form_f P_f"""
    data: LumpSumData = m.data
    j = int(data.lot[c])
    corridor = data.lots[j].corridor
    whole = data.paid_part[s, c, t] * data.reference[c, t] * data.index[s, c, t] / MILLION
    lump = (whole + data.fixed[s, c, t] / MILLION) * m.form[j, 0] + whole * m.loading[j]
    for f, paid in enumerate(data.other_payments.values(), start=1):
        lump += float(paid[s, c, t]) / MILLION * m.form[j, f]
    amounts = data.amounts[c][s, t] * corridor.sign / MILLION
    return lump + sum(float(amounts[k]) * m.share[j, k] for k in range(corridor.n_layers))


def _loss_rule(m: pyo.ConcreteModel, p: int, s: int, t: int) -> Any:
    """loss = sum over contracts of p of v (C - Y)"""
    data: LumpSumData = m.data
    own = np.flatnonzero(data.provider == p).tolist()
    return data.discount[t] * sum(data.cost[s, c, t] / MILLION - m.payment[s, c, t] for c in own)


def _spending_rule(m: pyo.ConcreteModel, k: int, i: int, s: int, t: int) -> Any:
    """M = sum over c of k of key Y + other, which belongs to the first purse"""
    data: LumpSumData = m.data
    own = [c for c in m.CONTRACTS if data.lot[c] in data.purses[k][1]]
    paid = sum(data.key[s, t, data.lot[c], i] * m.payment[s, c, t] for c in own)
    return paid + (0.0 if k else data.other[s, t, i] / MILLION)


def _overrun(m: pyo.ConcreteModel, k: int, i: int, t: int, s: int) -> Any:
    """x = M - G - structural"""
    data: LumpSumData = m.data
    return m.spending[k, i, s, t] - float(data.begroting[k, i, t] + data.structural[k, i, t]) / MILLION


def _add_provider_limits(m: pyo.ConcreteModel) -> None:
    """Buffer over the years, solvency, return and fair price."""
    m.largest_cumulative_loss = pyo.Constraint(m.GUARDED, m.SCENARIOS, m.YEARS, rule=_largest_cumulative_loss_rule)
    m.tail_of_losses = pyo.Constraint(m.GUARDED, m.SCENARIOS, rule=_tail_of_losses_rule)
    m.capital_covers_tail = pyo.Constraint(m.GUARDED, rule=_capital_covers_tail_rule)
    m.solvency = pyo.Constraint(m.GUARDED, rule=_solvency_rule)
    m.return_on_capital = pyo.Constraint(m.GUARDED, rule=_return_on_capital_rule)
    m.LEAST = pyo.Set(
        initialize=[(c, k) for c in m.CONTRACTS for k in range(len(m.data.least_payments(c)))], dimen=2
    )
    m.fair_price = pyo.Constraint(m.CONTRACTS, m.YEARS, rule=_fair_price_rule)
    m.not_negative = pyo.Constraint(m.LEAST, rule=_not_negative_rule)


def _largest_cumulative_loss_rule(m: pyo.ConcreteModel, p: int, s: int, t: int) -> Any:
    """running_loss[p,s] >= sum_{u <= t} loss[p,s,u]"""
    return m.running_loss[p, s] >= sum(m.loss[p, s, u] for u in range(t + 1))


def _tail_of_losses_rule(m: pyo.ConcreteModel, p: int, s: int) -> Any:
    """shortfall[p,s] >= running_loss[p,s] - value_at_risk[p]"""
    return m.shortfall[p, s] >= m.running_loss[p, s] - m.value_at_risk[p]


def _capital_covers_tail_rule(m: pyo.ConcreteModel, p: int) -> Any:
    """value_at_risk + E[shortfall] / (1 - confidence) <= capital"""
    mean = sum(m.shortfall[p, s] for s in m.SCENARIOS) / m.data.n_scenarios
    return m.value_at_risk[p] + mean / (1 - m.data.confidence) <= m.capital[p]


def _solvency_rule(m: pyo.ConcreteModel, p: int) -> Any:
    """capital[p] <= limit[p] - margin"""
    margin = m.data.margin(m.data.solvency_limit(p))
    return m.capital[p] <= float(m.data.capital_limit[p]) / MILLION - margin


def _return_on_capital_rule(m: pyo.ConcreteModel, p: int) -> Any:
    """E[sum_t v (Y - C)] >= cost_of_capital x years x capital + margin"""
    earned = -sum(m.loss[p, s, t] for s in m.SCENARIOS for t in m.YEARS) / m.data.n_scenarios
    margin = m.data.margin(m.data.return_limit(p))
    return earned >= m.data.cost_of_capital * m.data.n_years * m.capital[p] + margin


def _not_negative_rule(m: pyo.ConcreteModel, c: int, k: int) -> Any:
    """a (form[lump] + loading) + z form[lump] + sum_l u_l share >= 0"""
    j, least = int(m.data.lot[c]), m.data.least_payments(c)[k]
    taken = sum(float(own) * m.share[j, i] for i, own in enumerate(least.layers))
    return least.part * (m.form[j, 0] + m.loading[j]) + least.moved * m.form[j, 0] + taken >= 0


def _fair_price_rule(m: pyo.ConcreteModel, c: int, t: int) -> Any:
    """E[Y[c,t]] >= F[c,t] form[j,lump] + margin"""
    expected = sum(m.payment[s, c, t] for s in m.SCENARIOS) / m.data.n_scenarios
    margin = m.data.margin(m.data.fair_price_limit(c, t))
    fair = float(m.data.fair_price[c, t]) / MILLION * m.form[int(m.data.lot[c]), 0]
    return expected - fair >= margin


def _add_municipal_limits(m: pyo.ConcreteModel) -> None:
    """Expected spending within the begroting; the stock covers the tail of what it is used for; the tail of all spending."""
    m.begroting = pyo.Constraint(m.PURSES, m.MUNICIPALITIES, m.YEARS, rule=_begroting_rule)
    purse_years = (m.PURSES, m.MUNICIPALITIES, m.YEARS, m.SCENARIOS)
    m.drawn_down = pyo.Constraint(*purse_years, rule=_drawn_down_rule)
    m.drawn_most = pyo.Constraint(*purse_years, rule=_drawn_most_rule)
    m.used_before = pyo.Constraint(*purse_years, rule=_used_before_rule)
    m.used_now = pyo.Constraint(*purse_years, rule=_used_now_rule)
    m.tail_of_reserve = pyo.Constraint(m.LIMITED, m.SCENARIOS, rule=_tail_of_reserve_rule)
    m.reserve = pyo.Constraint(m.LIMITED, rule=_reserve_rule)
    m.tail_of_spending = pyo.Constraint(m.SCENARIOS, rule=_tail_of_spending_rule)


def _begroting_rule(m: pyo.ConcreteModel, k: int, i: int, t: int) -> Any:
    """E[M[k,m,t]] <= G[k,m,t] - margin"""
    expected = sum(m.spending[k, i, s, t] for s in m.SCENARIOS) / m.data.n_scenarios
    margin = m.data.margin(m.data.begroting_limit(k, i, t))
    return expected <= float(m.data.begroting[k, i, t]) / MILLION - margin


def _drawn_down_rule(m: pyo.ConcreteModel, k: int, i: int, t: int, s: int) -> Any:
    """drawdown[t] >= drawdown[t-1] + x[t]"""
    if not m.data.reserve_refills:
        return pyo.Constraint.Skip
    before = m.drawdown[k, i, t - 1, s] if t > 0 else 0.0
    return m.drawdown[k, i, t, s] >= before + _overrun(m, k, i, t, s)


def _drawn_most_rule(m: pyo.ConcreteModel, k: int, i: int, t: int, s: int) -> Any:
    """stock_used[t] >= drawdown[t]"""
    if not m.data.reserve_refills:
        return pyo.Constraint.Skip
    return m.stock_used[k, i, t, s] >= m.drawdown[k, i, t, s]


def _used_before_rule(m: pyo.ConcreteModel, k: int, i: int, t: int, s: int) -> Any:
    """stock_used[t] >= stock_used[t-1]"""
    return pyo.Constraint.Skip if t == 0 else m.stock_used[k, i, t, s] >= m.stock_used[k, i, t - 1, s]


def _used_now_rule(m: pyo.ConcreteModel, k: int, i: int, t: int, s: int) -> Any:
    """stock_used[t] >= stock_used[t-1] + x[t]"""
    if m.data.reserve_refills:
        return pyo.Constraint.Skip
    before = m.stock_used[k, i, t - 1, s] if t > 0 else 0.0
    return m.stock_used[k, i, t, s] >= before + _overrun(m, k, i, t, s)


def _tail_of_reserve_rule(m: pyo.ConcreteModel, i: int, t: int, s: int) -> Any:
    """reserve_shortfall >= sum_k stock_used - reserve_at_risk"""
    used = sum(m.stock_used[k, i, t, s] for k in m.PURSES)
    return m.reserve_shortfall[i, t, s] >= used - m.reserve_at_risk[i, t]


def _reserve_rule(m: pyo.ConcreteModel, i: int, t: int) -> Any:
    """reserve_at_risk + E[reserve_shortfall] / (1 - reserve_confidence) <= stock - margin"""
    mean = sum(m.reserve_shortfall[i, t, s] for s in m.SCENARIOS) / m.data.n_scenarios
    limit = float(m.data.stock[i, t]) / MILLION - m.data.margin(m.data.reserve_limit(i, t))
    return m.reserve_at_risk[i, t] + mean / (1 - m.data.reserve_confidence) <= limit


def _discounted_spending(m: pyo.ConcreteModel, s: int) -> Any:
    """sum_k,m,t v M"""
    return sum(
        m.data.discount[t] * m.spending[k, i, s, t] for k in m.PURSES for i in m.MUNICIPALITIES for t in m.YEARS
    )


def _tail_of_spending_rule(m: pyo.ConcreteModel, s: int) -> Any:
    """spending_shortfall[s] >= sum_k,m,t v M - spending_at_risk"""
    return m.spending_shortfall[s] >= _discounted_spending(m, s) - m.spending_at_risk


def _least_breach_rule(m: pyo.ConcreteModel) -> Any:
    """Loadings beyond their cap over the term, budgets of the first year beyond theirs; million euro"""
    return total_breach(m)


def _largest_excess_rule(m: pyo.ConcreteModel) -> Any:
    """The largest excess"""
    return m.largest


def _criterion_rule(m: pyo.ConcreteModel) -> Any:
    """(1 - risk_weight) E + risk_weight CVaR of spending + induced demand"""
    data: LumpSumData = m.data
    mean = sum(_discounted_spending(m, s) for s in m.SCENARIOS) / data.n_scenarios
    excess = sum(m.spending_shortfall[s] for s in m.SCENARIOS) / data.n_scenarios
    tail = m.spending_at_risk + excess / (1 - data.confidence)
    induced = sum(
        weight * m.share[data.lot[c], k]
        for c in m.CONTRACTS
        for k, weight in enumerate(induced_demand(data, c))
        if weight > 0
    )
    induced += sum(
        weight * m.form[data.lot[c], f]
        for c in m.CONTRACTS
        for f, weight in enumerate(induced_by_form(data, c))
        if weight > 0
    )
    return (1 - data.risk_weight) * mean + data.risk_weight * tail + induced
