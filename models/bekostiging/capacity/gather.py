"""Capacity data of a case: what its tables let be reserved, and the scenarios drawn for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bekostiging.capacity.data import CapacityData, CapacityScenarios, Substitute, Supply
from bekostiging.capacity.draw import expected_stays
from bekostiging.case import Case, UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.capacity_tables import FAR, Scale
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import Capacity, CareForm, Provider
from bekostiging.contracts import expected_level
from bekostiging.scenarios import Cells, Plan
from bekostiging.units import QUARTERS, WEEKS_PER_YEAR
from bekostiging_solvers.typing import FloatArray, IntArray

INFINITY = float("inf")
NAN = float("nan")
ROUNDING = 1e-9


@kinds_checked
def capacity_data(plan: Plan, arrays: Mapping[str, FloatArray]) -> CapacityData:
    """What the capacity decision of a case reads.

    Money is nominal: everything follows the expected index of the lots, discounted with the case's rate.

    Parameters
    ----------
    plan : Plan
        Scenarios of the case.
    arrays : mapping of str to array
        Of ``capacity_work`` on every block of the plan, one after the other.

    Returns
    -------
    CapacityData

    Raises
    ------
    UserError
        No table capacity, or none for a lot; demand that nobody may serve; a policy that the command needs is missing; an
        availability fee above the tariff.

    Examples
    --------
    ``example_data`` is a decision in round numbers; that of a region:

    >>> from bekostiging.capacity import capacity_work
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 32, 1, seed=1, stream="design")
    >>> work = capacity_work(planned)
    >>> blocks = [work(draw_block(planned, block)).arrays() for block in range(planned.n_blocks)]
    >>> data = capacity_data(planned, {name: np.concatenate([one[name] for one in blocks]) for name in blocks[0]})
    >>> data.scenarios.n_scenarios, data.supply.n_offers, data.care_forms
    (32, 11, ('guidance', 'mental_care', 'residential', 'wmo_guidance'))
    """
    case, cells = plan.case, plan.cells
    _check_table(case)
    forms = contracted_forms(case)
    own = [i for i, form in enumerate(case.care_forms) if form in forms]
    per_week, tariff = _units_per_week(case, forms), _tariffs(cells)[own]
    supply = _supply(case, cells, forms, per_week)
    _check_served(case, forms, supply)
    _check_concentration(forms, supply)
    expected = expected_stays(case, arrays)
    lot_of = [next(lot for lot in case.lots if form.id in lot.care_forms) for form in forms]
    regular, crisis = arrays["regular"][:, :, own], arrays["crisis"][:, :, own]
    quarterly = regular.mean(axis=(0, 1)).sum(axis=1)
    waiting, waited = _waiting(case, forms)
    return CapacityData(
        care_forms=tuple(form.id for form in forms),
        areas=tuple(area.id for area in case.areas),
        years=tuple(case.first_year + y for y in range(plan.n_years)),
        supply=supply,
        scenarios=CapacityScenarios(
            regular, crisis, arrays["caseload"][:, own], _available(arrays["load"][:, :, own], supply)
        ),
        stays=expected.stays[own],
        remains=expected.remains[own],
        weeks=expected.weeks[own],
        weeks_left=expected.weeks_left[own],
        price=tariff * per_week,
        premium=np.array([case.policy.adhoc_premium(lot.id) for lot in lot_of]),
        adhoc_most=np.array([case.policy.adhoc_most(lot.id) for lot in lot_of]),
        waiting_cost=np.array([case.policy.waiting_cost(lot.id) for lot in lot_of]),
        waiting=waiting,
        waited=waited,
        norm_weeks=np.array([form.waiting_norm_weeks for form in forms]),
        allowed=np.array([case.policy.late_share(lot.id) for lot in lot_of]) * _starts_or_one(quarterly),
        swap=np.array([case.policy.swap_share(lot.id) for lot in case.lots]),
        discount=_discount(case, plan.n_years),
        substitutes=_substitutes(case, forms),
        norm=case.policy.waiting_norm,
        risk_weight=case.policy.risk_weight,
        confidence=case.policy.confidence,
    )


def contracted_forms(case: Case) -> tuple[CareForm, ...]:
    """Care forms of a lot, in the order of the case."""
    return tuple(form for form in case.care_forms if any(form.id in lot.care_forms for lot in case.lots))


def _check_table(case: Case) -> None:
    """There is something to reserve."""
    if not case.capacity:
        raise UserError(
            "tabel capacity is leeg; vul per aanbieder en zorgvorm in wat kan worden vastgelegd (block, maximum) en in "
            "travel wat afstand kost",
            "table capacity is empty; fill in what can be reserved per provider and care form (block, maximum), and in "
            "travel what distance costs",
        )


def _starts_or_one(quarterly: FloatArray) -> FloatArray:
    """Starts of a quarter, one where there are none: an infinite share of nothing is no number."""
    return np.asarray(np.where(quarterly > 0, quarterly, 1.0))


def _units_per_week(case: Case, forms: tuple[CareForm, ...]) -> FloatArray:
    """Expected units per week of a client in the first contract year, by care form; (f,)."""
    found = np.ones(len(forms))
    for f, form in enumerate(forms):
        rows = [row for row in case.demand if row.care_form == form.id]
        weight = sum(row.starts_per_year * row.mean_duration_weeks for row in rows)
        if weight > 0:
            found[f] = (
                sum(
                    row.starts_per_year
                    * row.mean_duration_weeks
                    * row.units_per_week
                    * (1 + row.growth_intensity) ** case.lead_years
                    for row in rows
                )
                / weight
            )
    return found


def _tariffs(cells: Cells) -> FloatArray:
    """Mean tariff of a care form by market share; (f,), zero where it is in no lot."""
    found = np.zeros(len(cells.care_form_ids))
    for f in range(len(found)):
        own = (cells.care_form == f) & (cells.lot >= 0)
        if own.any():
            share = cells.market_share[own]
            found[f] = np.average(cells.tariff[own], weights=share if share.sum() > 0 else None)
    return found


def _supply(case: Case, cells: Cells, forms: tuple[CareForm, ...], per_week: FloatArray) -> Supply:
    """Every contract with something to reserve, and its offers."""
    reservable = _reservable(case)
    _check_lots(case, [case.contracts[c].lot for c in reservable])
    offers = [(i, c, row) for i, (c, rows) in enumerate(reservable.items()) for row in rows]
    return Supply(
        contract=np.array([i for i, _, _ in offers]),
        **_offer_columns(case, cells, forms, per_week, [(c, row) for _, c, row in offers]),
        **_contract_columns(case, reservable),
        **_lot_columns(case),
    )


def _reservable(case: Case) -> dict[int, list[Capacity]]:
    """Rows of table capacity by place of the contract they belong to; contracts without a row are left out."""
    rows = {(row.provider, row.care_form): row for row in case.capacity}
    lots = {lot.id: lot for lot in case.lots}
    of_contract = {
        c: [rows[row.provider, form] for form in lots[row.lot].care_forms if (row.provider, form) in rows]
        for c, row in enumerate(case.contracts)
    }
    return {c: own for c, own in of_contract.items() if own}


def _offer_columns(
    case: Case,
    cells: Cells,
    forms: tuple[CareForm, ...],
    per_week: FloatArray,
    offers: list[tuple[int, Capacity]],
) -> dict[str, Any]:
    """Arrays of ``Supply`` per offer, but for its contract; ``offers``: place of the contract in the case, and the row."""
    place_of = {form.id: f for f, form in enumerate(forms)}
    providers = {row.id: row for row in case.providers}
    rows = [row for _, row in offers]
    form = np.array([place_of[row.care_form] for row in rows])
    fees = [
        _fees(cells, providers[row.provider], row, _cells(cells, c, row.care_form), float(per_week[f]))
        for (c, row), f in zip(offers, form, strict=True)
    ]
    return {
        "care_form": form,
        "block": np.array([row.block for row in rows]),
        "minimum": np.array([row.minimum for row in rows]),
        "maximum": np.array([row.maximum for row in rows]),
        "availability_fee": np.array([availability for availability, _ in fees]),
        "usage_fee": np.array([usage for _, usage in fees]),
        "ramp": np.array([INFINITY if row.ramp is None else row.ramp for row in rows]),
        "today": np.array([NAN if row.today is None else row.today for row in rows]),
        "far": np.array([row.location in FAR for row in rows]),
        "travel": np.array([_travel(case, cells, row, c) for c, row in offers]),
    }


def _contract_columns(case: Case, reservable: Mapping[int, list[Capacity]]) -> dict[str, Any]:
    """Names and arrays of ``Supply`` per contract."""
    contracts = [case.contracts[c] for c in reservable]
    lots = {lot.id: lot for lot in case.lots}
    place_of_lot = {lot: j for j, lot in enumerate(lots)}
    place = {(row.provider, row.lot): i for i, row in enumerate(contracts)}
    return {
        "names": tuple((row.provider, row.lot) for row in contracts),
        "lot": np.array([place_of_lot[row.lot] for row in contracts]),
        "most": np.array([max(row.contracts for row in rows) for rows in reservable.values()]),
        "cost": np.array([case.administration_of_contract(lots[row.lot].payment_form) for row in contracts]),
        "main": np.array([place.get((row.main_contractor, row.lot), -1) for row in contracts]),
    }


def _lot_columns(case: Case) -> dict[str, Any]:
    """Names and arrays of ``Supply`` per lot."""
    names = tuple(lot.id for lot in case.lots)
    policy = case.policy
    return {
        "lots": names,
        "least": np.array([int(policy.contracts_least(lot)) for lot in names]),
        "most_contracts": np.array([int(policy.contracts_most(lot)) for lot in names]),
        "concentration": np.array([policy.concentration(lot) for lot in names]),
    }


def _check_lots(case: Case, filled: Iterable[str]) -> None:
    """Every lot has something to reserve."""
    known = set(filled)
    for lot in case.lots:
        if lot.id not in known:
            raise UserError(
                f"perceel {lot.id} is leeg: geen van zijn contracten heeft een rij in tabel capacity voor "
                f"{', '.join(lot.care_forms)}; voeg die toe of haal het perceel weg",
                f"lot {lot.id} is empty: none of its contracts has a row in table capacity for {', '.join(lot.care_forms)}; "
                "add it or remove the lot",
            )


def _cells(cells: Cells, contract: int, care_form: str) -> IntArray:
    """Cells of a care form under a contract."""
    form = cells.care_form_ids.index(care_form)
    return np.flatnonzero((cells.contract == contract) & (cells.care_form == form))


def _fees(cells: Cells, provider: Provider, row: Capacity, own: IntArray, per_week: float) -> tuple[float, float]:
    """Euro per place and year, and euro per client and week."""
    tariff = float(cells.tariff[own].mean()) if len(own) else 0.0
    full = tariff * per_week * WEEKS_PER_YEAR
    availability = provider.fixed_share * full if row.availability_fee is None else row.availability_fee
    if row.usage_fee is not None:
        return availability, row.usage_fee * per_week
    if availability > full:
        raise UserError(
            f"tabel capacity, rij {row.line}, kolom availability_fee: {row.provider} / {row.care_form} krijgt "
            f"{availability:.0f} euro per plaats en jaar, meer dan het tarief bij vol gebruik ({full:.0f}); verlaag de "
            "vergoeding of vul usage_fee in",
            f"table capacity, row {row.line}, column availability_fee: {row.provider} / {row.care_form} gets "
            f"{availability:.0f} euro per place and year, more than the tariff at full use ({full:.0f}); lower the fee or "
            "fill in usage_fee",
        )
    return availability, (full - availability) / WEEKS_PER_YEAR


def _travel(case: Case, cells: Cells, row: Capacity, contract: int) -> FloatArray:
    """Euro per client and week to every area, nan where the offer does not serve it; (a,)."""
    price = {one.scale: one.euro_per_client_week for one in case.travel}
    found = np.full(len(case.areas), NAN)
    for a in cells.area[_cells(cells, contract, row.care_form)]:
        home = case.areas[int(a)].id
        near: Scale = "local" if row.location in ("", home) else "regional"
        found[int(a)] = price[next((far for far in FAR if far == row.location), near)]
    return found


def _check_served(case: Case, contracted: tuple[CareForm, ...], supply: Supply) -> None:
    """Every demand of a lot has somebody who may serve it."""
    lots = {(a, form) for lot in case.lots for a in lot.areas for form in lot.care_forms}
    served = {(int(supply.care_form[k]), int(a)) for k, a in np.argwhere(np.isfinite(supply.travel))}
    forms = {form.id: f for f, form in enumerate(contracted)}
    areas = {area.id: a for a, area in enumerate(case.areas)}
    without = [
        f"{row.care_form} / {row.area}"
        for row in case.demand
        if (row.area, row.care_form) in lots
        and row.starts_per_year + row.clients_at_start > 0
        and (forms[row.care_form], areas[row.area]) not in served
    ]
    if without:
        raise UserError(
            f"geen enkele aanbieder kan {', '.join(without)} bedienen; voeg in tabel capacity een rij toe van een aanbieder "
            "met een contract en een aanbod daar",
            f"no provider can serve {', '.join(without)}; add a row to table capacity of a provider with a contract and an "
            "offer there",
        )


def _check_concentration(contracted: tuple[CareForm, ...], supply: Supply) -> None:
    """Enough main contractors of every care form that none need have more of its places than is allowed."""
    for lot, limit in enumerate(supply.concentration):
        for f, form in enumerate(contracted):
            own = (
                (supply.care_form == f) & (supply.lot[supply.contract] == lot) & (supply.main[supply.contract] < 0)
            )
            n = int(supply.most[supply.contract[own]].sum())
            if own.any() and n * limit < 1 - ROUNDING:
                raise UserError(
                    f"perceel {supply.lots[lot]}, {form.id}: er kunnen hoogstens {n} hoofdcontracten zijn, en "
                    f"concentration {in_nl(limit)} laat geen van hen meer dan dat deel van de plaatsen; verhoog "
                    "concentration voor dit perceel of voeg aanbieders toe",
                    f"lot {supply.lots[lot]}, {form.id}: there can be at most {n} main contracts, and concentration "
                    f"{in_en(limit)} lets none of them have more than that part of the places; raise concentration for "
                    "this lot or add providers",
                )


def _available(load: FloatArray, supply: Supply) -> FloatArray:
    """Clients a place can carry; (s, t, k): fewer when care is heavier or longer than expected."""
    carried = load.mean(axis=0, keepdims=True) / load
    return np.repeat(carried[:, :, supply.care_form], QUARTERS, axis=1)


def _waiting(case: Case, contracted: tuple[CareForm, ...]) -> tuple[FloatArray, FloatArray]:
    """Who waits today and how long on average; (f, a) each."""
    forms = {form.id: f for f, form in enumerate(contracted)}
    areas = {area.id: a for a, area in enumerate(case.areas)}
    clients, weeks = (np.zeros((len(forms), len(areas))) for _ in range(2))
    for row in case.waiting:
        if row.care_form not in forms:
            continue
        clients[forms[row.care_form], areas[row.area]] = row.clients
        weeks[forms[row.care_form], areas[row.area]] = row.mean_weeks
    return clients, weeks


def _discount(case: Case, n_years: int) -> FloatArray:
    """Discounted expected price level of a quarter; (t,)."""
    level = np.mean([expected_level(case, lot.id, n_years) for lot in case.lots], axis=0)
    yearly = level * case.discount(n_years)
    return np.repeat(yearly, QUARTERS)


def _substitutes(case: Case, contracted: tuple[CareForm, ...]) -> tuple[Substitute, ...]:
    """Alternatives between contracted care forms."""
    forms = {form.id: f for f, form in enumerate(contracted)}
    return tuple(
        Substitute(forms[row.origin], forms[row.destination], row.share, row.loss_of_fit)
        for row in case.alternatives
        if row.origin in forms and row.destination in forms
    )
