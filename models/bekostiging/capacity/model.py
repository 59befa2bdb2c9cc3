"""Capacity agreements: the readable definition, in Pyomo.

``capacity_program`` compiles the model of one scenario once, with its data as placeholders, for all scenarios.

Sets
    CONTRACTS c (provider x lot), OFFERS k (a care form under a contract), FORMS f, AREAS a, ROUTES (k, a) served,
    QUARTERS t, YEARS y, LOTS l, SUBSTITUTES i (origin, destination), SWAPS (k, j) of one contract, NORMED f

Parameters, each with its attribute: of ``CapacityData`` (``.``), of its ``supply.`` or of its ``scenarios.``
    block[k]                supply.block             places at a time                               places
    minimum[k], maximum[k]  supply.minimum, supply.maximum   least and most per contract            places
    availability_fee[k]     supply.availability_fee  what a reserved place costs                    euro per place and year
    usage_fee[k]            supply.usage_fee         what a client in care costs                    euro per client-week
    travel[k,a]             supply.travel            to the area; nan where it is not served        euro per client-week
    ramp[k]                 supply.ramp              largest change from year to year               places
    main[c]                 supply.main              contract of the main contractor
    least, most[l]          supply.least, supply.most_contracts   number of main contracts
    concentration[l]        supply.concentration     largest part of the places with one main contractor
    stays[f,u]              .stays                   part in care u quarters after the start        -
    remains[f,t]            .remains                 part of the caseload still in care             -
    price, premium[f]       .price, .premium         ad-hoc purchase costs price (1 + premium)      euro per client-week, -
    adhoc_most[f]           .adhoc_most              most that can be bought, part of who starts    -
    waiting_cost[f]         .waiting_cost            of a client who waits                          euro per client-week
    swap[l]                 .swap                    part of places that may serve another form     -
    share[i]                .substitutes             part of who starts that may be moved           -
    allowed[f]              .allowed                 may wait beyond the norm; infinite = no norm   clients
    weeks, weeks_left[f]    .weeks, .weeks_left      mean time in care: of who starts, of the caseload   weeks
    waiting[f,a]            .waiting                 who waits today                                clients
    waited[f,a]             .waited                  mean time they have waited                     weeks
    norm_weeks[f]           .norm_weeks              the waiting norm                               weeks
    v[t]                    .discount                discounted price level                         -
    risk_weight             .risk_weight             weight of the tail in the objective            -
    confidence              .confidence              level of the tail                              -
    regular, crisis[t,f,a]  scenarios.regular, scenarios.crisis   who start                         clients
    caseload[f,a]           scenarios.caseload       in care at the start                           clients
    available[t,k]          scenarios.available      what a place can carry                         clients per place
    lost[t,k]               scenarios.lost           largest available before t, less available[t]  clients per place
    recent[t,f,a]           .recent                  who asked within the norm before the end of t  clients

Variables, first stage
    open[c,n]                       whether there is an n-th contract                       binary
    blocks[k,y]                     reserved; places = block blocks                         integer
    threshold[f]                    waiting beyond the norm that the tail is counted from   clients

Variables, second stage
    served[t,k,a]                   who starts at an offer                                  clients
    bought[t,f,a]                   who is bought ad hoc                                    clients
    waiting[t,f,a]                  who waits at the end of the quarter                     clients
    moved[t,i,a]                    who starts in another care form                         clients
    kept[k,a], kept_bought[f,a]     of the caseload: who stays at an offer, who is bought   clients
    intake[t,k]                     who starts at an offer, from all areas                  clients
    displaced[t,k]                  who loses a place that serves fewer than it did         clients
    swapped[t,k,j]                  places of offer k that serve the care form of j         places
    beyond[t,f,a]                   who waits beyond the norm                               clients
    excess[f]                       mean waiting beyond the norm, above the threshold       clients

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
    stay[f,a]               sum_k kept + kept_bought = caseload                 kept_bought is not under adhoc_most
    substitution[t,i,a]     moved <= share (regular + crisis)
    purchase[t,f,a]         bought <= adhoc_most (regular + crisis) + crisis
    swap_limit[t,k]         sum_j swapped <= swap places
    turned_out[t,k]         displaced <= lost places                            only where a place serves fewer than it did;
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

Beside the model: safety places h[k,y] >= 0, whole blocks per offer (care form, provider or archetype) and year. The places
    reserved are block blocks + h; the rules on contracts and places (first stage) hold for both together, and the second
    stage has block blocks alone, so that its flows and the bound are those of the plan. h is what makes the waiting that
    is counted client by client keep the norm (``capacity.safety``, ``capacity.count``); availability_fee is paid for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from bekostiging.capacity.data import CapacityData
from bekostiging.capacity.second_stage import add_second_stage, second_cost
from bekostiging.case.arguments import checked_whole, kinds_checked
from bekostiging.case.kinds import Index
from bekostiging.units import QUARTERS, THOUSAND


@kinds_checked
def build_capacity(data: CapacityData, scenario: Index | None = None) -> pyo.ConcreteModel:
    """The model of the card above; it is built, not solved.

    Parameters
    ----------
    data : CapacityData
        The decision.
    scenario : int, optional
        Place of the scenario whose numbers are filled in; without it they are placeholders, and the model serves all.

    Returns
    -------
    pyomo.environ.ConcreteModel
        Money in thousand euro.

    Examples
    --------
    >>> from bekostiging.capacity import build_capacity, example_data
    >>> build_capacity(example_data(), scenario=0).name
    'capacity'
    """
    if scenario is not None:
        checked_whole("scenario", scenario, 0, data.scenarios.n_scenarios - 1)
    m = pyo.ConcreteModel(name="capacity")
    m.data = data
    _sets(m)
    _first_stage(m)
    _scenario_data(m, scenario)
    add_second_stage(m)
    m.first_cost = pyo.Expression(expr=_first_cost(m))
    m.second_cost = pyo.Expression(expr=second_cost(m))
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


def _places_before(m: pyo.ConcreteModel, k: int, y: int) -> Any:
    """Places in the year before; None where nobody knows."""
    if y > 0:
        return m.places[k, y - 1]
    today = float(m.data.supply.today[k])
    return None if np.isnan(today) else today


def _ramp_up_rule(m: pyo.ConcreteModel, k: int, y: int) -> Any:
    """places - places before <= ramp sum_n open"""
    ramp, before = float(m.data.supply.ramp[k]), _places_before(m, k, y)
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
