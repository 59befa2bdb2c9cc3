"""Lump sum: the readable definition, in Pyomo.

``design_lumpsum`` solves the same model by tail cuts; a test proves both equal on small instances.

Sets
    LOTS j, LAYERS (j, l), CONTRACTS c, PROVIDERS p (those with a contract), MUNICIPALITIES m (reported),
    YEARS t, SCENARIOS s (equally likely), FORMS f: the lump sum, and other payment forms where a mix is asked for

Parameters (data)
    B0[c,t]        reference amount                                          million euro
    I[s,c,t]       contract index over expected index                        -
    A[s,c,t]       part of b I that is paid (performance, sanction, volume clause, growth path)   -
    Z[s,c,t]       what decided clauses before the corridor pay               million euro
    C[s,c,t]       cost at the lot's reference unit cost                     million euro
    P[f,s,c,t]     payment under another form                                million euro
    U[s,c,t,l]     part of abs(base - B0 I) inside layer l                   million euro
    q[c,t,l]       probability that the base ends in layer l                 -
    F[c,t]         fair price without return on capital                      million euro
    K[p], limit[p] free buffer; limit on capital (stated requirement or K)   million euro
    key[s,t,j,m]   share of the municipality in the lot's payments           -
    G[m,t], reserve[m,t], other[s,t,m]  room in the begroting, weerstandscapaciteit, other payments   million euro
    R[c]           revenue of last year                                      million euro
    margin[limit]  tightening of a limit that depends on futures (zero in the plain design)   million euro
    v[t]           discount factor; risk_weight; confidence; cost_of_capital; elasticity[j]
    share_max[j], share_min[j], premium_max[j], glide_max[j]; invites[f]: part of one more euro of care that f pays
    n_changes, list: changes of share a side may have, shares that may be chosen; none unless asked for
    loading_max    largest loading where the form is chosen too              fraction

Variables
    loading[j]     one percentage for all contracts of the lot, all years    fraction, >= 0 (free if one contract)
    share[j,l]     part of the layer for the municipality                    [0, share_max], or as given
    capital[p]     buffer the contract really uses                           million euro, >= 0
    form[j,f]      payment form of the lot                                   {0, 1}; the lump sum unless a mix is asked for
    change[j,l,l'] whether the share changes from a layer to the next outward   {0, 1}, where changes are counted
    pick[j,l,k]    which share of the list the layer has                     {0, 1}, where there is a list
    premium_slack[j], glide_slack[j]   where limits yield                    fraction; million euro, >= 0
    running_loss[p,s], value_at_risk[p], shortfall[p,s]                      CVaR of the provider's deepest point
    spending_at_risk, spending_shortfall[s]                                  CVaR of municipal spending
    begroting_at_risk[m,t], begroting_shortfall[m,t,s]                       CVaR of a municipality's year

With  b[c,t] = B0[c,t] (1 + loading[j]),
      Y = form[j,lump] (A B0 I + Z) + A B0 I loading + sum_l sign_l share[j,l] U_l + sum_f form[j,f] P_f,
      loss[p,s,t] = sum over contracts of p of v (C - Y),  M[m,s,t] = sum_c key Y + other

Objective
    total_spending: (1 - risk_weight) E[sum_m,t v M] + risk_weight CVaR[sum_m,t v M]
                    + sum v elasticity E[C] (sum_l share_l q_l + sum_f form_f invites_f) + penalties of the slacks

Constraints
    deepest_point[p,s,t]       running_loss[p,s] >= sum_{u <= t} loss[p,s,u]         cumulative, over the years
    tail_of_losses[p,s]        shortfall[p,s] >= running_loss[p,s] - value_at_risk[p]
    capital_covers_tail[p]     value_at_risk + E[shortfall]/(1 - confidence) <= capital
    solvency[p]                capital <= limit - margin                             no more than the provider has
    return_on_capital[p]       E[sum_t v (Y - C)] >= cost_of_capital x years x capital + margin    no risk for nothing
    fair_price[c,t]            E[Y[c,t]] >= F[c,t] form[j,lump] + margin             AMvB reële prijs, on what is paid
    begroting[m,t]             E[M[m,t]] <= G[m,t] - margin
    tail_of_begroting[m,t,s]   begroting_shortfall >= M[m,s,t] - begroting_at_risk[m,t]
    begroting_tail[m,t]        begroting_at_risk + E[begroting_shortfall]/(1 - confidence) <= G + reserve - margin
    tail_of_spending[s]        spending_shortfall >= sum_m,t v M - spending_at_risk
    premium[j]                 loading <= premium_max + premium_slack                no windfall
    glide_up[j], glide_down[j] abs(sum_c b[c,1] - sum_c R[c]) <= glide_max sum_c R[c] + glide_slack   over R > 0, lump sum
    order[j,l]                 share[j,l] <= share[j, next outward]                  the further out, the more shared
    symmetric[j,l]             share of mirrored layers equal, where both are decided and the lot is symmetric
    law[j]                     share[j, outermost deficit] >= share_min form[j,lump]   acceptance duty, no waiting list
    one_form[j]                sum_f form[j,f] = 1
    loading_of_form[j]         loading <= loading_max form[j,lump]                   no budget without a lump sum
    least_of_form[j]           loading >= -form[j,lump]
    share_of_form[j,l]         share <= share_max form[j,lump], or = given share x form
    share_change[j,l,l']       share[j,l'] - share[j,l] <= change                    a contract people can read
    simple[j,side]             sum of changes on a side <= n_changes
    share_list[j,l]            share = sum_k pick[j,l,k] list[k]
    one_share[j,l]             sum_k pick[j,l,k] = form[j,lump]

Source
    design of this package, section 7; CVaR after Rockafellar and Uryasev (2000), doi:10.21314/JOR.2000.038;
    fair price: Stb. 2024, 69; legal limit on risk transfer: ECLI:NL:GHDHA:2017:260.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bekostiging.lumpsum.data import (
    GLIDE_PENALTY,
    LOADING_MAX,
    MILLION,
    PREMIUM_PENALTY,
    LotTerms,
    LumpSumData,
    decided_layers,
    invited_by_form,
    invited_use,
    lot_size,
    mirrored_layers,
    outermost_deficit,
    outward_layers,
    sides,
)


def build_lumpsum(data: LumpSumData) -> pyo.ConcreteModel:
    """Return the model of the card above; pure, solves nothing."""
    m = pyo.ConcreteModel(name="lumpsum")
    m.data = data
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
    _add_variables(m)
    _add_choices(m)
    _add_payments(m)
    _add_provider_limits(m)
    _add_municipal_limits(m)
    _add_terms_of_lots(m)
    _add_terms_of_choices(m)
    m.total_spending = pyo.Objective(rule=_total_spending_rule, sense=pyo.minimize)
    return m


def _add_variables(m: pyo.ConcreteModel) -> None:
    """Decisions, slacks, and the auxiliaries of every CVaR."""
    data: LumpSumData = m.data
    alone = [int((data.lot == j).sum()) == 1 for j in m.LOTS]
    m.loading = pyo.Var(m.LOTS, bounds=lambda m, j: (-1.0 if alone[j] else 0.0, None))
    m.share = pyo.Var(m.LAYERS, bounds=_share_bounds)
    m.capital = pyo.Var(m.PROVIDERS, within=pyo.NonNegativeReals)
    m.premium_slack = pyo.Var(m.LOTS, within=pyo.NonNegativeReals)
    m.glide_slack = pyo.Var(m.LOTS, within=pyo.NonNegativeReals)
    m.running_loss = pyo.Var(m.PROVIDERS, m.SCENARIOS, within=pyo.NonNegativeReals)
    m.value_at_risk = pyo.Var(m.PROVIDERS)
    m.shortfall = pyo.Var(m.PROVIDERS, m.SCENARIOS, within=pyo.NonNegativeReals)
    m.spending_at_risk = pyo.Var()
    m.spending_shortfall = pyo.Var(m.SCENARIOS, within=pyo.NonNegativeReals)
    m.begroting_at_risk = pyo.Var(m.MUNICIPALITIES, m.YEARS)
    m.begroting_shortfall = pyo.Var(m.MUNICIPALITIES, m.YEARS, m.SCENARIOS, within=pyo.NonNegativeReals)


def _share_bounds(m: pyo.ConcreteModel, j: int, k: int) -> tuple[float, float]:
    """[0, share_max], or the share the case gives; under another form it may be zero."""
    most = _largest_share(m.data.lots[j], k)
    given = bool(np.isfinite(m.data.lots[j].corridor.share[k]))
    return (most if given and len(m.data.forms) == 1 else 0.0, most)


def _largest_share(lot: LotTerms, k: int) -> float:
    """share_max, or the share the case gives."""
    given = float(lot.corridor.share[k])
    return lot.share_max if np.isnan(given) else given


def _add_choices(m: pyo.ConcreteModel) -> None:
    """What is chosen from a list; the form is the lump sum where there is no other."""
    data: LumpSumData = m.data
    m.form = pyo.Var(m.LOTS, m.FORMS, within=pyo.Binary)
    for j, lot in enumerate(data.lots):
        for f in m.FORMS:
            if len(data.forms) == 1 or lot.general_provision:
                m.form[j, f].fix(1 if f == 0 else 0)
    counted = [
        (j, *pair) for j, lot in enumerate(data.lots) for side in sides(lot).values() for pair in side
        if data.simple.changes is not None
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
    m.spending = pyo.Expression(m.MUNICIPALITIES, m.SCENARIOS, m.YEARS, rule=_spending_rule)


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


def _spending_rule(m: pyo.ConcreteModel, i: int, s: int, t: int) -> Any:
    """M = sum_c key Y + other"""
    data: LumpSumData = m.data
    paid = sum(data.key[s, t, data.lot[c], i] * m.payment[s, c, t] for c in m.CONTRACTS)
    return paid + data.other[s, t, i] / MILLION


def _add_provider_limits(m: pyo.ConcreteModel) -> None:
    """Buffer over the years, solvency, return and fair price."""
    m.deepest_point = pyo.Constraint(m.GUARDED, m.SCENARIOS, m.YEARS, rule=_deepest_point_rule)
    m.tail_of_losses = pyo.Constraint(m.GUARDED, m.SCENARIOS, rule=_tail_of_losses_rule)
    m.capital_covers_tail = pyo.Constraint(m.GUARDED, rule=_capital_covers_tail_rule)
    m.solvency = pyo.Constraint(m.GUARDED, rule=_solvency_rule)
    m.return_on_capital = pyo.Constraint(m.GUARDED, rule=_return_on_capital_rule)
    m.fair_price = pyo.Constraint(m.CONTRACTS, m.YEARS, rule=_fair_price_rule)


def _deepest_point_rule(m: pyo.ConcreteModel, p: int, s: int, t: int) -> Any:
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
    margin = m.data.margin(f"solvency[{m.data.providers[p]}]")
    return m.capital[p] <= float(m.data.capital_limit[p]) / MILLION - margin


def _return_on_capital_rule(m: pyo.ConcreteModel, p: int) -> Any:
    """E[sum_t v (Y - C)] >= cost_of_capital x years x capital + margin"""
    earned = -sum(m.loss[p, s, t] for s in m.SCENARIOS for t in m.YEARS) / m.data.n_scenarios
    margin = m.data.margin(f"return_on_capital[{m.data.providers[p]}]")
    return earned >= m.data.cost_of_capital * m.data.n_years * m.capital[p] + margin


def _fair_price_rule(m: pyo.ConcreteModel, c: int, t: int) -> Any:
    """E[Y[c,t]] >= F[c,t] form[j,lump] + margin"""
    expected = sum(m.payment[s, c, t] for s in m.SCENARIOS) / m.data.n_scenarios
    provider, lot = m.data.contracts[c]
    margin = m.data.margin(f"fair_price[{provider},{lot},{m.data.years[t]}]")
    fair = float(m.data.fair_price[c, t]) / MILLION * m.form[int(m.data.lot[c]), 0]
    return expected - fair >= margin


def _add_municipal_limits(m: pyo.ConcreteModel) -> None:
    """The begroting per municipality and year, on average and in the tail; the tail of all spending."""
    m.begroting = pyo.Constraint(m.MUNICIPALITIES, m.YEARS, rule=_begroting_rule)
    m.tail_of_begroting = pyo.Constraint(m.MUNICIPALITIES, m.YEARS, m.SCENARIOS, rule=_tail_of_begroting_rule)
    m.begroting_tail = pyo.Constraint(m.MUNICIPALITIES, m.YEARS, rule=_begroting_tail_rule)
    m.tail_of_spending = pyo.Constraint(m.SCENARIOS, rule=_tail_of_spending_rule)


def _begroting_rule(m: pyo.ConcreteModel, i: int, t: int) -> Any:
    """E[M[m,t]] <= G[m,t] - margin"""
    expected = sum(m.spending[i, s, t] for s in m.SCENARIOS) / m.data.n_scenarios
    margin = m.data.margin(f"begroting[{m.data.municipalities[i]},{m.data.years[t]}]")
    return expected <= float(m.data.room[i, t]) / MILLION - margin


def _tail_of_begroting_rule(m: pyo.ConcreteModel, i: int, t: int, s: int) -> Any:
    """begroting_shortfall[m,t,s] >= M[m,s,t] - begroting_at_risk[m,t]"""
    return m.begroting_shortfall[i, t, s] >= m.spending[i, s, t] - m.begroting_at_risk[i, t]


def _begroting_tail_rule(m: pyo.ConcreteModel, i: int, t: int) -> Any:
    """begroting_at_risk + E[begroting_shortfall] / (1 - confidence) <= G + reserve - margin"""
    mean = sum(m.begroting_shortfall[i, t, s] for s in m.SCENARIOS) / m.data.n_scenarios
    margin = m.data.margin(f"begroting_tail[{m.data.municipalities[i]},{m.data.years[t]}]")
    limit = float(m.data.room[i, t] + m.data.reserve[i, t]) / MILLION - margin
    return m.begroting_at_risk[i, t] + mean / (1 - m.data.confidence) <= limit


def _discounted_spending(m: pyo.ConcreteModel, s: int) -> Any:
    """sum_m,t v M"""
    return sum(m.data.discount[t] * m.spending[i, s, t] for i in m.MUNICIPALITIES for t in m.YEARS)


def _tail_of_spending_rule(m: pyo.ConcreteModel, s: int) -> Any:
    """spending_shortfall[s] >= sum_m,t v M - spending_at_risk"""
    return m.spending_shortfall[s] >= _discounted_spending(m, s) - m.spending_at_risk


def _add_terms_of_lots(m: pyo.ConcreteModel) -> None:
    """Premium, glide, order, symmetry and the law, per lot."""
    lots: tuple[LotTerms, ...] = m.data.lots
    m.premium = pyo.Constraint(m.LOTS, rule=_premium_rule)
    m.glide_up = pyo.Constraint(m.LOTS, rule=_glide_up_rule)
    m.glide_down = pyo.Constraint(m.LOTS, rule=_glide_down_rule)
    m.OUTWARD = pyo.Set(initialize=[(j, *pair) for j in m.LOTS for pair in outward_layers(lots[j])], dimen=3)
    m.order = pyo.Constraint(m.OUTWARD, rule=lambda m, j, k, outer: m.share[j, k] <= m.share[j, outer])
    m.MIRRORED = pyo.Set(initialize=[(j, *pair) for j in m.LOTS for pair in mirrored_layers(lots[j])], dimen=3)
    m.symmetric = pyo.Constraint(m.MIRRORED, rule=lambda m, j, k, mirror: m.share[j, k] == m.share[j, mirror])
    m.BOUND_BY_LAW = pyo.Set(initialize=[j for j in m.LOTS if lots[j].waiting_list_forbidden])
    m.law = pyo.Constraint(m.BOUND_BY_LAW, rule=_law_rule)


def _premium_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """loading <= premium_max + premium_slack"""
    return m.loading[j] <= m.data.lots[j].premium_max + m.premium_slack[j]


def _glide(m: pyo.ConcreteModel, j: int) -> tuple[Any, Any] | None:
    """(sum_c b[c,1], sum_c R[c]) over the contracts of the lot with R > 0, zero under another form; None without them."""
    data: LumpSumData = m.data
    own = np.flatnonzero((data.lot == j) & (data.revenue > 0))
    if len(own) == 0:
        return None
    first, last = float(data.reference[own, 0].sum()) / MILLION, float(data.revenue[own].sum()) / MILLION
    return first * (m.form[j, 0] + m.loading[j]), last * m.form[j, 0]


def _glide_up_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """sum_c b[c,1] - sum_c R[c] <= glide_max sum_c R[c] + glide_slack"""
    sums = _glide(m, j)
    if sums is None:
        return pyo.Constraint.Skip
    return sums[0] - sums[1] <= m.data.lots[j].glide_max * sums[1] + m.glide_slack[j]


def _glide_down_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """sum_c R[c] - sum_c b[c,1] <= glide_max sum_c R[c] + glide_slack"""
    sums = _glide(m, j)
    if sums is None:
        return pyo.Constraint.Skip
    return sums[1] - sums[0] <= m.data.lots[j].glide_max * sums[1] + m.glide_slack[j]


def _law_rule(m: pyo.ConcreteModel, j: int) -> Any:
    """share[outermost deficit] >= share_min form[lump]"""
    lot = m.data.lots[j]
    return m.share[j, outermost_deficit(lot)] - lot.share_min * m.form[j, 0] >= 0


def _add_terms_of_choices(m: pyo.ConcreteModel) -> None:
    """One form per lot and no corridor without a lump sum; few changes of share; shares from a list."""
    data: LumpSumData = m.data
    mixed = m.LOTS if len(data.forms) > 1 else []
    m.MIXED = pyo.Set(initialize=list(mixed))
    m.one_form = pyo.Constraint(m.MIXED, rule=lambda m, j: sum(m.form[j, f] for f in m.FORMS) == 1)
    m.loading_of_form = pyo.Constraint(m.MIXED, rule=lambda m, j: m.loading[j] <= LOADING_MAX * m.form[j, 0])
    m.least_of_form = pyo.Constraint(m.MIXED, rule=lambda m, j: m.loading[j] >= -m.form[j, 0])
    m.MIXED_LAYERS = pyo.Set(initialize=[pair for pair in m.LAYERS if pair[0] in mixed], dimen=2)
    m.share_of_form = pyo.Constraint(m.MIXED_LAYERS, rule=_share_of_form_rule)
    m.share_change = pyo.Constraint(
        m.CHANGES, rule=lambda m, j, k, outer: m.share[j, outer] - m.share[j, k] <= m.change[j, k, outer]
    )
    counted = [(j, side) for j in m.LOTS for side in sides(data.lots[j]) if data.simple.changes is not None]
    m.SIDES = pyo.Set(initialize=counted, dimen=2)
    m.simple = pyo.Constraint(m.SIDES, rule=_simple_rule)
    m.share_list = pyo.Constraint(m.LISTED, rule=_share_list_rule)
    m.one_share = pyo.Constraint(
        m.LISTED, rule=lambda m, j, k: sum(m.pick[j, k, i] for i in m.LIST) == m.form[j, 0]
    )


def _share_of_form_rule(m: pyo.ConcreteModel, j: int, k: int) -> Any:
    """share <= share_max form[lump]; a given share = itself x form[lump]"""
    lot = m.data.lots[j]
    most = _largest_share(lot, k) * m.form[j, 0]
    return m.share[j, k] <= most if np.isnan(lot.corridor.share[k]) else m.share[j, k] == most


def _simple_rule(m: pyo.ConcreteModel, j: int, side: str) -> Any:
    """sum of changes on a side <= n_changes"""
    pairs = sides(m.data.lots[j])[side]
    if not pairs:
        return pyo.Constraint.Skip
    return sum(m.change[j, k, outer] for k, outer in pairs) <= m.data.simple.changes


def _share_list_rule(m: pyo.ConcreteModel, j: int, k: int) -> Any:
    """share = sum_k pick list"""
    return m.share[j, k] == sum(value * m.pick[j, k, i] for i, value in enumerate(m.data.simple.shares))


def _total_spending_rule(m: pyo.ConcreteModel) -> Any:
    """(1 - risk_weight) E + risk_weight CVaR of spending + use invited + penalties"""
    data: LumpSumData = m.data
    mean = sum(_discounted_spending(m, s) for s in m.SCENARIOS) / data.n_scenarios
    excess = sum(m.spending_shortfall[s] for s in m.SCENARIOS) / data.n_scenarios
    tail = m.spending_at_risk + excess / (1 - data.confidence)
    invited = sum(
        weight * m.share[data.lot[c], k]
        for c in m.CONTRACTS
        for k, weight in enumerate(invited_use(data, c))
        if weight > 0
    )
    invited += sum(
        weight * m.form[data.lot[c], f]
        for c in m.CONTRACTS
        for f, weight in enumerate(invited_by_form(data, c))
        if weight > 0
    )
    penalties = sum(
        GLIDE_PENALTY * m.glide_slack[j] + PREMIUM_PENALTY * lot_size(data, j) * m.premium_slack[j] for j in m.LOTS
    )
    return (1 - data.risk_weight) * mean + data.risk_weight * tail + invited + penalties
