"""Measures on the clients they reach, drawn and at expectation; and substitution at expectation.

A measure works in a scenario with its chance, as a whole. Where it works, every start in its years, of its care form
and through its channel, stays away with the effect (inflow) or is shorter or lighter by it: the same clients with and
without, so that the difference is the measure's and nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.case.model import Case
from bekostiging.case.tables import Demand, Measure, Substitution
from bekostiging.scenarios.care_use import CareUse, Cells
from bekostiging.scenarios.clients import CASELOAD, CHANNELS, Clients
from bekostiging.scenarios.combinations import ALONE
from bekostiging.scenarios.expected import expected_care_use
from bekostiging.scenarios.factors import neutral_factors
from bekostiging.scenarios.forecast import demand_forecast, demand_of_cells
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray


def apply_measures(clients: Clients, case: Case, cells: Cells, rng: np.random.Generator) -> Clients:
    """The clients as the measures of the case leave them; nobody is added."""
    ids = list(dict.fromkeys(row.id for row in case.measures))
    chance = {row.id: row.chance for row in case.measures}
    works = rng.random((clients.n_scenarios, len(ids))) < [chance[name] for name in ids]
    stays = np.ones(len(clients.cell), dtype=np.bool_)
    duration, rate, agreed = clients.duration.copy(), clients.rate.copy(), clients.agreed.copy()
    for row in case.measures:
        reached = _reached(clients, cells, row) & works[clients.scenario, ids.index(row.id)]
        if row.quantity == "inflow":
            stays[reached] &= rng.random(int(reached.sum()), dtype=np.float32) >= -row.effect
        elif row.quantity == "duration":
            duration[reached] *= np.float32(1 + row.effect)
        else:
            rate[reached] *= np.float32(1 + row.effect)
            agreed[reached] *= np.float32(1 + row.effect)
    return _clients_who_stay(replace(clients, duration=duration, rate=rate, agreed=agreed), stays)


def _reached(clients: Clients, cells: Cells, row: Measure) -> BoolArray:
    """Starts of the measure's years, care form and channel."""
    form = cells.care_form_ids.index(row.care_form)
    year = clients.asked_month // MONTHS
    reached = (cells.care_form == form)[clients.cell] & (clients.asked_month != CASELOAD)
    reached &= (year >= row.first_year - 1) & (year < row.first_year - 1 + row.years)
    if row.channel != "all":
        reached &= clients.channel == CHANNELS.index(row.channel)
    return np.asarray(reached)


def _clients_who_stay(clients: Clients, stays: BoolArray) -> Clients:
    """The clients who stay; a second trajectory whose first stays away stands alone."""
    partner = None
    if clients.partner is not None:
        place = np.cumsum(stays) - 1
        partner = clients.partner[stays]
        known = partner != ALONE
        partner[known] = np.where(stays[partner[known]], place[partner[known]], ALONE)
    kept = {
        one.name: getattr(clients, one.name)[stays]
        for one in fields(clients)
        if one.name not in ("n_scenarios", "partner")
    }
    return Clients(n_scenarios=clients.n_scenarios, partner=partner, **kept)


@kinds_checked
def expected_with(case: Case, cells: Cells, n_years: Count, measure: str) -> CareUse:
    """Expected care use when a measure of the case works, with every factor at one.

    Parameters
    ----------
    case : Case
        Gives table measures, and demand without them.
    cells : Cells
        Those of the case.
    n_years : int
        Contract years.
    measure : str
        Id in table measures; all its rows work. Another id changes nothing.

    Returns
    -------
    CareUse
        One scenario: who is reached as the measure leaves them, the others as before.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> almere = read_case("almere")
    >>> cells = build_cells(almere)
    >>> with_it, without = expected_with(almere, cells, 2, "wijkteam"), expected_care_use(almere, cells, 2)
    >>> bool(with_it.units.sum() < without.units.sum())
    True
    """
    rows = [row for row in case.measures if row.id == measure]
    factors, as_before = neutral_factors(case, n_years), neutral_factors(case, n_years)
    for changed in (factors, as_before):
        changed.inflow[:, 0] = 0.0  # who is in care already is not reached
    reached = np.zeros(len(case.demand))
    for row in rows:
        own = np.array([demand.care_form == row.care_form for demand in case.demand])
        reached[own] = [_share(demand, row) for demand in case.demand if demand.care_form == row.care_form]
        years = slice(row.first_year - 1, row.first_year - 1 + row.years)
        moved = {"inflow": factors.inflow[:, 1:], "duration": factors.duration, "intensity": factors.intensity}
        moved[row.quantity][:, years, own] *= 1 + row.effect
    weight = reached[demand_of_cells(case, cells)]
    before, after = (expected_care_use(case, cells, n_years, changed) for changed in (as_before, factors))
    return _changed(expected_care_use(case, cells, n_years), before, after, weight)


def _share(demand: Demand, row: Measure) -> float:
    """Part of the starts of a row of demand that a measure reaches."""
    shares = {"all": 1.0, "own_access": demand.own_access_share, "gp": demand.gp_share}
    return shares.get(row.channel, 1 - demand.own_access_share - demand.gp_share)


def _changed(whole: CareUse, before: CareUse, after: CareUse, weight: FloatArray) -> CareUse:
    """``whole``, of which ``weight`` (n_cells,) of the clients ``before`` are as in ``after``."""
    # the excess over thresholds is not known at expectation
    kept = ("cells", "thresholds", "excess", "ova_final", "ppc_final", "cao")
    changed = {}
    for name in (field.name for field in fields(CareUse) if field.name not in kept):
        difference = getattr(after, name) - getattr(before, name)
        own = weight[:, None] if difference.ndim == 4 else weight
        changed[name] = getattr(whole, name) + own * difference
    return replace(whole, **changed)


@dataclass(frozen=True)
class Moved:
    """Expected care use with a substitution, and what it costs the payer outside, by contract year.

    ``payer``: outside payer, empty between two care forms; ``outside`` (n_years,): euro more, negative where clients
    come from there; ``clients`` (n_years,): starts that move.
    """

    care_use: CareUse
    payer: str
    outside: FloatArray
    clients: FloatArray


@kinds_checked
def expected_moved(case: Case, cells: Cells, n_years: Count, row: Substitution) -> Moved:
    """Expected care use when starts move between two care forms, or to or from an outside payer; every factor at one.

    Parameters
    ----------
    case : Case
        Gives demand before starts move.
    cells : Cells
        Those of the case.
    n_years : int
        Contract years.
    row : Substitution
        A row of table substitution. Between two care forms starts move within their area, where it has starts of both.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.scenarios import build_cells
    >>> almere = read_case("almere")
    >>> moved = expected_moved(almere, build_cells(almere), 2, almere.substitution[0])
    >>> moved.payer, moved.clients.round(1).tolist()
    ('zvw', [211.0, 215.7])
    """
    forecast, factors = demand_forecast(case, n_years), neutral_factors(case, n_years)
    places = {(demand.area, demand.care_form): i for i, demand in enumerate(case.demand)}
    forms = set(cells.care_form_ids)
    years = np.zeros(n_years)
    years[row.first_year - 1 : row.first_year - 1 + row.years] = 1.0
    moving = np.zeros(n_years)
    ends = [(end, sign) for end, sign in ((row.origin, -1.0), (row.destination, 1.0)) if end in forms]
    for area in cells.area_ids:
        targets = [places.get((area, end)) for end, _ in ends]
        if any(target is None or not forecast.starts[:, target].all() for target in targets):
            continue
        count = row.share * forecast.starts[:, targets[0]] * years
        moving += count
        for (_, sign), target in zip(ends, targets, strict=True):
            factors.inflow[0, 1:, target] += sign * count / forecast.starts[:, target]
    payer = next((end for end in (row.origin, row.destination) if end not in forms), "")
    sign = 1.0 if row.destination == payer else -1.0
    outside = sign * row.euro_per_client * moving if payer else np.zeros(n_years)
    return Moved(expected_care_use(case, cells, n_years, factors), payer, outside, moving)
