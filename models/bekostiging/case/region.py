"""A seeded synthetic region, for tests and benchmarks: every number in it is invented and says so."""

from __future__ import annotations

from typing import Any

import numpy as np

from bekostiging.case.arguments import checked_number, checked_whole
from bekostiging.case.model import Case
from bekostiging.case.optional_tables import PARTIES
from bekostiging.case.policy import PolicyTable
from bekostiging.case.tables import (
    Administration,
    Alternative,
    Area,
    Begroting,
    Capacity,
    CareForm,
    Contract,
    Demand,
    History,
    Index,
    Layer,
    Lot,
    Municipality,
    Offer,
    Policy,
    Profile,
    Provider,
    RiskFactor,
    Travel,
)
from bekostiging.case.validate import check_case
from bekostiging.units import WEEKS_PER_YEAR

BASE_YEAR, FIRST_YEAR, YEARS = 2024, 2026, 4
HALLMARK: dict[str, Any] = {"source": "synthetic_region", "status": "illustrative"}
INHABITANTS = 42_000
"""Mean inhabitants of a municipality: the Dutch mean is about 52,000, a region has smaller ones."""
OVA, PPC = 0.03, 0.02
EXPECTED_INDEX = 0.9 * OVA + 0.1 * PPC
"""Of every year, at the weights of the policy: revenue of the base year, divided by it since then, grows with index and volume to
about the reference amounts."""
RESERVE = 0.5
"""Stock at the start and what is added to it, as a part of what is begroot for the contracts."""

# id, name, law, category, Iv3, unit, age band, waiting norm, cao,
# clients per 1,000 of the band, mean weeks, cv, units per week, units cv, crisis, tariff
_FORMS = (
    ("guidance", "Begeleiding jeugd", "jeugdwet", "45", "6.752", "hour", "0_17", 10, "Jeugdzorg", 60, 44, 0.9, 1.6, 0.5, 0.04, 78.0),
    ("mental_care", "Jeugd-ggz", "jeugdwet", "54", "6.752", "hour", "0_17", 14, "GGZ", 38, 36, 1.0, 0.9, 0.6, 0.03, 104.0),
    ("residential", "Jeugdhulp met verblijf", "jeugdwet", "44", "6.762", "etmaal", "0_17", 10, "Jeugdzorg", 5, 52, 1.1, 6.2, 0.2, 0.15, 270.0),
    ("wmo_guidance", "Begeleiding Wmo", "wmo", "02", "6.712", "hour", "18_64", 6, "VVT", 14, 70, 0.9, 2.0, 0.5, 0.02, 66.0),
)  # fmt: skip
_LOTS = (("youth", ("guidance", "mental_care"), "local"), ("residential", ("residential",), "regional"),
         ("wmo", ("wmo_guidance",), "local"))  # fmt: skip
_CALLED = {"youth": "Jeugd", "residential": "Verblijf", "wmo": "Wmo"}
_ENGLISH = {"guidance": "Youth guidance", "mental_care": "Youth mental health care", "residential": "Youth care with accommodation",
            "wmo_guidance": "Guidance under the Wmo"}  # fmt: skip
_HOMES = ("youth", "wmo", "residential", "youth", "wmo", "youth", "wmo", "youth", "wmo", "youth")
"""Lot of the first ten providers, and so on."""
_ALSO = {"youth": 0.25, "residential": 0.1, "wmo": 0.25}
"""Chance that a provider is in another lot as well."""
_POLICY = {
    "risk_weight": "0.5", "confidence": "0.95", "discount_rate": "0.0", "cost_of_capital": "0.08", "elasticity": "0.0",
    "equity_at_stake": "0.5", "solvency_floor": "0.2", "share_min": "0.5", "share_max": "0.8", "loading_cap": "0.05",
    "transition_cap": "0.1", "certainty": "0.9", "base": "shadow_production", "acceptance_duty": "yes",
    "waiting_list": "allowed", "when_money_is_gone": "absorb", "weight_ova": "0.9", "weight_ppc": "0.1",
    "indexation": "additive",
}  # fmt: skip
_EDGES = (("deficit_1", 1.0, 1.03), ("deficit_2", 1.03, 1.08), ("deficit_3", 1.08, None),
          ("surplus_1", 0.97, 1.0), ("surplus_2", 0.92, 0.97), ("surplus_3", 0.0, 0.92))  # fmt: skip
_FACTORS = (
    ("national_inflow", "national", "inflow", 0.02, 0.9), ("municipal_inflow", "municipality", "inflow", 0.02, 0.7),
    ("form_inflow", "care_form", "inflow", 0.03, 0.7), ("duration", "care_form", "duration", 0.02, 0.8),
    ("intensity", "national", "intensity", 0.015, 0.8), ("wages", "wages", "index", 0.01, 0.3),
    ("prices", "prices", "index", 0.015, 0.3),
)  # fmt: skip

_BLOCKS = {"guidance": 20.0, "mental_care": 20.0, "residential": 5.0, "wmo_guidance": 20.0}
"""Places at a time: about a full caseload of a small team, or a group in care with stay."""
_SCALES = (("local", 0.0), ("regional", 15.0), ("supra_regional", 60.0), ("national", 120.0))
_CAPACITY_POLICY = (("adhoc_premium", "0.35"), ("waiting_cost", "150.0"), ("late_share", "0.25"))
_SPREAD_POLICY = (("contracts_least", "2.0"), ("concentration", "0.5"))
"""Where every lot has three providers or more."""


def synthetic_region(
    municipalities: int = 8, providers: int = 40, seed: int = 1, inhabitants: float | None = None
) -> Case:
    """An invented region to try things on; the same arguments give the same case.

    Parameters
    ----------
    municipalities : int, default 8
        Number of municipalities, each with one area.
    providers : int, default 40
        Number of providers, at least one for each of the three lots.
    seed : int, default 1
        Seed of sizes, market shares and costs.
    inhabitants : float, optional
        Inhabitants of the whole region; default: chance, around the Dutch mean per municipality.

    Returns
    -------
    Case
        A validated planning case in which every figure is ``illustrative``.

    Raises
    ------
    UserError
        No municipality, fewer than three providers, or another argument out of its range.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> region = synthetic_region(2, 6)
    >>> [lot.id for lot in region.lots], len(region.contracts)
    (['youth', 'residential', 'wmo'], 7)
    """
    checked_whole("municipalities", municipalities, 1)
    checked_whole("providers", providers, len(_LOTS))
    checked_whole("seed", seed, 0)
    if inhabitants is not None:
        checked_number("inhabitants", inhabitants, 1)
    rng = np.random.default_rng(seed)
    areas = _areas(municipalities, rng, inhabitants)
    demand = _demand(areas, rng)
    lots = tuple(
        Lot(id=lot, name=_CALLED[lot], name_en=lot.capitalize(), care_forms=forms, areas=tuple(row.id for row in areas), payment_form="inspanningsgericht",
            scale=scale, first_year=FIRST_YEAR, years=YEARS, lead_years=FIRST_YEAR - BASE_YEAR, messages="full", **HALLMARK)
        for lot, forms, scale in _LOTS
    )  # fmt: skip
    sold = _market(providers, rng)
    offers, contracts = _offers(sold, lots, rng), []
    revenue = _revenue(offers, demand)
    for lot in lots:
        for provider in sold[lot.id]:
            own = sum(revenue[provider, form] for form in lot.care_forms)
            # tariffs are of the first contract year, the revenue is of the base year: at the prices of then
            paid = own / (1 + EXPECTED_INDEX) ** (FIRST_YEAR - BASE_YEAR)
            contracts.append(
                Contract(
                    provider=provider,
                    lot=lot.id,
                    ceiling=round(own * 1.15, -3),
                    revenue=round(paid, -2),
                    **HALLMARK,
                )
            )
    begroting, stock = _begroting(municipalities, demand, areas)
    case = Case(
        name="region", title={"nl": "Voorbeeldregio", "en": "Synthetic region"},
        disclaimer={"nl": "Alle cijfers van deze voorbeeldregio zijn verzonnen.", "en": "Every figure of this synthetic region is invented."},
        kind="planning", base_year=BASE_YEAR, trajectories_per_person=1.4, areas=areas,
        municipalities=_municipalities(areas, stock), begroting=begroting, care_forms=_care_forms(), lots=lots,
        providers=_providers(providers, revenue, rng), contracts=tuple(contracts), policy=_policy(sold), layers=_layers(lots),
        offers=offers, demand=demand, history=_history(demand), indices=_indices(), profiles=_profiles(),
        risk_factors=tuple(RiskFactor(id=i, level=level, quantity=q, standard_deviation=sd, autocorrelation=phi, **HALLMARK)
                           for i, level, q, sd, phi in _FACTORS),
        administration=_administration(), capacity=_capacity(offers, demand, areas),
        travel=tuple(Travel(scale=scale, euro_per_client_week=euro, **HALLMARK) for scale, euro in _SCALES),
        alternatives=(Alternative(origin="mental_care", destination="guidance", share=0.15, loss_of_fit=900, **HALLMARK),
                      Alternative(origin="residential", destination="guidance", share=0.05, loss_of_fit=6000, **HALLMARK)),
    )  # fmt: skip
    check_case(case)
    return case


def _areas(municipalities: int, rng: np.random.Generator, inhabitants: float | None) -> tuple[Area, ...]:
    """One area per municipality, log-normal in size; together ``inhabitants`` where that is given."""
    size = INHABITANTS * np.exp(0.5 * rng.standard_normal(municipalities))
    if inhabitants is not None:
        size *= inhabitants / size.sum()
    return tuple(
        Area(id=f"gebied-{i + 1}", municipality=f"gemeente-{i + 1}", name=f"Gemeente {i + 1}", name_en=f"Municipality {i + 1}",
             inhabitants_0_17=round(0.19 * n),
             inhabitants_18_64=round(0.60 * n), inhabitants_65_plus=round(0.21 * n), growth_65_plus=0.015, residential_places=(0, 40, 0, 90)[i % 4], **HALLMARK)
        for i, n in enumerate(size)
    )  # fmt: skip


def _care_forms() -> tuple[CareForm, ...]:
    return tuple(
        CareForm(id=f[0], name=f[1], name_en=_ENGLISH[f[0]], law=f[2], category=f[3], iv3=f[4], unit=f[5], age_band=f[6], waiting_norm_weeks=f[7], cao=f[8], **HALLMARK)
        for f in _FORMS
    )  # fmt: skip


def _demand(areas: tuple[Area, ...], rng: np.random.Generator) -> tuple[Demand, ...]:
    """Stock by rate per 1,000 inhabitants of the band, starts in equilibrium with it."""
    rows = []
    for area in areas:
        for form in _FORMS:
            stock = getattr(area, f"inhabitants_{form[6]}") * form[9] / 1000 * np.exp(0.15 * rng.standard_normal())
            rows.append(
                Demand(area=area.id, care_form=form[0], clients_at_start=round(float(stock), 1), starts_per_year=round(float(stock * WEEKS_PER_YEAR / form[10]), 1),
                       starts_dispersion=1.5, mean_duration_weeks=form[10], duration_cv=form[11], units_per_week=form[12], units_cv=form[13],
                       realised_cv=0.25, growth=0.015, crisis_share=form[14], own_access_share=0.3, **HALLMARK)
            )  # fmt: skip
    return tuple(rows)


def _market(providers: int, rng: np.random.Generator) -> dict[str, list[str]]:
    """Which providers are in which lot: every provider in one, some in more; care with stay has few and large ones."""
    sold: dict[str, list[str]] = {lot: [] for lot, _, _ in _LOTS}
    for i in range(providers):
        home = _HOMES[i % len(_HOMES)]
        for lot in sold:
            if lot == home or rng.random() < _ALSO[lot]:
                sold[lot].append(f"aanbieder-{i + 1}")
    return sold


def _offers(sold: dict[str, list[str]], lots: tuple[Lot, ...], rng: np.random.Generator) -> tuple[Offer, ...]:
    """Market shares by a Dirichlet draw; unit cost around 98.5 % of the tariff."""
    tariff = {form[0]: form[15] for form in _FORMS}
    rows = []
    for lot in lots:
        for form in lot.care_forms:
            # rounded so that the shares of a file add up to one exactly; the last takes the rest
            share = np.round(rng.dirichlet(np.full(len(sold[lot.id]), 3.0)), 6)
            share[-1] = round(1 - share[:-1].sum(), 6)
            for provider, part in zip(sold[lot.id], share, strict=True):
                cost = tariff[form] * (0.985 + 0.02 * rng.standard_normal())
                rows.append(Offer(provider=provider, care_form=form, unit_cost=round(float(cost), 2), tariff=tariff[form],
                                  market_share=float(part), **HALLMARK))  # fmt: skip
    return tuple(rows)


def _revenue(offers: tuple[Offer, ...], demand: tuple[Demand, ...]) -> dict[tuple[str, str], float]:
    """Yearly revenue per provider and care form: volumes of the base year at the tariffs of the first contract year; euro."""
    units = {form[0]: 0.0 for form in _FORMS}
    for row in demand:
        units[row.care_form] += row.clients_at_start * row.units_per_week * WEEKS_PER_YEAR
    return {(row.provider, row.care_form): units[row.care_form] * row.market_share * row.tariff for row in offers}


def _providers(n: int, revenue: dict[tuple[str, str], float], rng: np.random.Generator) -> tuple[Provider, ...]:
    """Equity of 45 to 75 % of the balance sheet, a third to all of the turnover in the region."""
    rows = []
    for i in range(n):
        revenue_here = max(
            1.0, sum(value for (provider, _), value in revenue.items() if provider == f"aanbieder-{i + 1}")
        )
        share = float(rng.uniform(0.3, 1.0))
        turnover = revenue_here / share
        assets = 0.5 * turnover
        rows.append(
            Provider(id=f"aanbieder-{i + 1}", name=f"Aanbieder {i + 1}", name_en=f"Provider {i + 1}", equity=round(assets * float(rng.uniform(0.45, 0.75))), total_assets=round(assets),
                     turnover=round(turnover), result_1=round(0.012 * turnover), result_2=round(0.01 * turnover), result_3=round(0.008 * turnover),
                     region_turnover_share=round(share, 4), fixed_share=0.4, margin=0.015, **HALLMARK)
        )  # fmt: skip
    return tuple(rows)


def _municipalities(areas: tuple[Area, ...], stock: list[float]) -> tuple[Municipality, ...]:
    """A municipality per area, with the stock it begins with."""
    return tuple(
        Municipality(code=area.municipality, name=area.name, name_en=area.name_en, gemeentefonds=round(420 * area.inhabitants_0_17 * (1 + 0.1 * (i % 3))),
                     reserve=euro, **HALLMARK)
        for i, (area, euro) in enumerate(zip(areas, stock, strict=True))
    )  # fmt: skip


def _begroting(
    municipalities: int, demand: tuple[Demand, ...], areas: tuple[Area, ...]
) -> tuple[tuple[Begroting, ...], list[float]]:
    """Expected use of each municipality with growth and index, and 5 % on top; with the stock it begins with."""
    tariff = {form[0]: (form[15], form[2]) for form in _FORMS}
    payer = {area.id: area.municipality for area in areas}
    rows, stock = [], [0.0] * municipalities
    for i in range(municipalities):
        for law in ("jeugdwet", "wmo"):
            before = 0
            base = sum(
                row.clients_at_start * row.units_per_week * WEEKS_PER_YEAR * tariff[row.care_form][0]
                for row in demand
                if payer[row.area] == f"gemeente-{i + 1}" and tariff[row.care_form][1] == law
            )
            for t in range(YEARS):
                # growth 1.5 % from the base year, nominal 3 % a year from the first contract year
                contracts = base * 1.015 ** (t + FIRST_YEAR - BASE_YEAR) * 1.03**t * 1.05
                reserve = round(RESERVE * contracts)
                stock[i] += reserve if t == 0 else 0
                rows.append(Begroting(municipality=f"gemeente-{i + 1}", law=law, year=FIRST_YEAR + t, amount=round(1.2 * contracts),
                                      outside_contracts=round(0.2 * contracts), reserve_addition=reserve - before if t else 0.0, **HALLMARK))  # fmt: skip
                before = reserve
    return tuple(rows), stock


def _policy(sold: dict[str, list[str]]) -> PolicyTable:
    spread = _SPREAD_POLICY if min(len(who) for who in sold.values()) > 2 else ()
    rows = (*_POLICY.items(), *_CAPACITY_POLICY, *spread)
    return PolicyTable(Policy(name=name, scope="case", value=value, unit="", **HALLMARK) for name, value in rows)


def _capacity(
    offers: tuple[Offer, ...], demand: tuple[Demand, ...], areas: tuple[Area, ...]
) -> tuple[Capacity, ...]:
    """Room for 1.6 times the own share of who is in care; care with stay is somewhere, every fourth far away."""
    stock = {form[0]: sum(row.clients_at_start for row in demand if row.care_form == form[0]) for form in _FORMS}
    rows = []
    for i, row in enumerate(offers):
        block = _BLOCKS[row.care_form]
        most = block * np.ceil(1.6 * stock[row.care_form] * row.market_share / block)
        place = "supra_regional" if i % 4 == 3 else areas[i % len(areas)].id
        rows.append(Capacity(provider=row.provider, care_form=row.care_form, block=block, minimum=block, maximum=float(max(most, block)),
                             location=place if row.care_form == "residential" else "", **HALLMARK))  # fmt: skip
    return tuple(rows)


def _layers(lots: tuple[Lot, ...]) -> tuple[Layer, ...]:
    return tuple(
        Layer(lot=lot.id, layer=name, lower=lower, upper=upper, **HALLMARK)
        for lot in lots
        for name, lower, upper in _EDGES
    )


def _history(demand: tuple[Demand, ...]) -> tuple[History, ...]:
    return tuple(
        History(area=row.area, care_form=row.care_form, year=BASE_YEAR, definition="stock_at_date", clients=row.clients_at_start, **HALLMARK)
        for row in demand
    )  # fmt: skip


def _indices() -> tuple[Index, ...]:
    return tuple(
        Index(year=FIRST_YEAR - 1 + t, ova_forecast=OVA, ppc_forecast=PPC, **HALLMARK) for t in range(YEARS + 1)
    )


def _profiles() -> tuple[Profile, ...]:
    return tuple(
        Profile(care_form=form[0], profile=name, share=share, intensity_factor=factor, success_share=0.8, repeat_share=0.2, result_part=0.1, **HALLMARK)
        for form in _FORMS
        for name, share, factor in (("licht", 0.6, 0.7), ("zwaar", 0.4, 1.45))
    )  # fmt: skip


def _administration() -> tuple[Administration, ...]:
    hours = {
        "inspanningsgericht": (1.5, 4.0),
        "outputgericht": (1.2, 3.0),
        "taakgericht": (0.3, 1.0),
        "maatwerktraject": (1.3, 3.2),
    }
    return tuple(
        Administration(payment_form=form, party=party, hours_per_client=hours[form][side], hours_per_contract=(120, 60)[side], euro_per_hour=(58, 52)[side], **HALLMARK)
        for form in hours
        for side, party in enumerate(PARTIES)
    )  # fmt: skip
