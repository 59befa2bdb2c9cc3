"""The core tables of a case, and the words they choose from; ``columns.toml`` says what every column means."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from pydantic import Field

from bekostiging.case.open_sets import PaymentForm
from bekostiging.case.quantities import (
    Amount,
    Balance,
    CalendarYear,
    Clients,
    Dispersion,
    Edge,
    Euro,
    Growth,
    GrowthError,
    Identifier,
    Indexation,
    LeadYears,
    Margin,
    Months,
    Multiple,
    Names,
    Price,
    Share,
    Spread,
    SpreadOrNone,
    Term,
    TrajectoryWeeks,
    UnitsPerWeek,
    Volume,
    Weeks,
)
from bekostiging.case.rows import Assumption

Law = Literal["jeugdwet", "wmo"]
LAWS: tuple[Law, ...] = get_args(Law)
Channel = Literal["own_access", "gp", "other"]
"""How a client came: the municipality's own access, the general practitioner, anyone else."""
OUTSIDE = ("zvw", "wlz", "education", "pgb")
"""Who else may pay: health insurance, long-term care, education; a personal budget is the municipality's own."""
CorridorBase = Literal["shadow_production", "audited_cost", "clients_times_norm"]
"""What the corridor of a lump sum is measured on; the policy ``base``."""
SharingKey = Literal[
    "actual_use",
    "inhabitants",
    "youths",
    "gemeentefonds",
    "fixed",
    "history",
    "clients_before",
    "three_year_mean",
    "dial",
    "hybrid",
    "residence",
]
"""How the payments of a lot are split over municipalities; ``contracts.sharing_keys`` says how each is computed."""


class Area(Assumption):
    """Where clients live: the smallest place with a demand of its own."""

    table: ClassVar[str] = "areas"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    municipality: Identifier
    name: str
    name_en: str = ""
    inhabitants_0_17: Volume
    inhabitants_18_64: Volume
    inhabitants_65_plus: Volume
    residential_places: Volume = 0.0
    growth_0_17: Growth = 0.0
    growth_18_64: Growth = 0.0
    growth_65_plus: Growth = 0.0


class Municipality(Assumption):
    """A payer. Without ``reported`` it is outside the reported sum (and needs no begroting)."""

    table: ClassVar[str] = "municipalities"
    key: ClassVar[tuple[str, ...]] = ("code",)
    code: Identifier
    name: str
    name_en: str = ""
    reported: bool = True
    key_weight: Volume = 0.0
    gemeentefonds: Volume = 0.0
    reserve: Euro = 0.0
    resistance_required: Amount | None = None
    resistance_available: Euro | None = None


class Begroting(Assumption):
    """What a municipality has budgeted for one law in one contract year."""

    table: ClassVar[str] = "begroting"
    key: ClassVar[tuple[str, ...]] = ("municipality", "law", "year")
    municipality: Identifier
    law: Law
    year: CalendarYear
    amount: Euro
    outside_contracts: Euro = 0.0
    own_contributions: Euro | None = None
    structural_cover: Euro = 0.0
    reserve_addition: Balance = 0.0


class CareForm(Assumption):
    """A kind of care with one unit."""

    table: ClassVar[str] = "care_forms"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    name_en: str = ""
    law: Law
    category: str
    iv3: str
    unit: Literal["minute", "hour", "etmaal", "dagdeel"]
    age_band: Literal["0_17", "18_64", "65_plus"]
    waiting_norm_weeks: Weeks
    cao: str = ""
    compulsory_regional: bool = False
    authorisation_weeks: TrajectoryWeeks | None = Field(default=None, ge=1, le=1040)


class Provider(Assumption):
    """A provider, or in planning an archetype of providers."""

    table: ClassVar[str] = "providers"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    name_en: str = ""
    equity: Balance
    total_assets: Amount
    turnover: Amount
    result_1: Balance
    result_2: Balance
    result_3: Balance
    region_turnover_share: Share
    fixed_share: Share
    adjustment_months: Months = 0.0
    agency_premium: Volume = 0.0
    margin: Margin


class Lot(Assumption):
    """A lot (perceel): what is bought together, on equal terms."""

    table: ClassVar[str] = "lots"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    name_en: str = ""
    care_forms: Names
    areas: Names
    payment_form: PaymentForm
    scale: Literal["local", "regional", "supra_regional", "national"]
    first_year: CalendarYear
    years: Term
    lead_years: LeadYears
    sharing_key: SharingKey = "actual_use"
    messages: Literal["full", "start_stop", "none"]
    sitting_clients: Literal["stay", "taken_over", "closed"] = "stay"
    general_provision: bool = False
    handover_weeks: Weeks = 0.0


class Contract(Assumption):
    """One provider in one lot."""

    table: ClassVar[str] = "contracts"
    key: ClassVar[tuple[str, ...]] = ("provider", "lot")
    provider: Identifier
    lot: Identifier
    tariff_factor: Multiple = 1.0
    ceiling: Euro | None = None
    reference_amount: Amount | None = None
    revenue: Euro = 0.0
    revenue_year: CalendarYear | None = None
    ceiling_pool: str = ""
    main_contractor: str = ""
    passed_tariff_share: Share = 1.0
    passed_corridor_share: Share = 0.0
    payment_calendar: Literal["monthly", "advance"] = "monthly"


class Policy(Assumption):
    """One policy number, for the whole case or for one lot."""

    table: ClassVar[str] = "policy"
    key: ClassVar[tuple[str, ...]] = ("name", "scope")
    name: Identifier
    scope: Identifier
    value: str
    unit: str = ""


class Layer(Assumption):
    """One corridor layer, edges as fractions of B0 I; 1 is always an edge."""

    table: ClassVar[str] = "layers"
    key: ClassVar[tuple[str, ...]] = ("lot", "layer")
    lot: Identifier
    layer: Identifier
    lower: Edge
    upper: Edge | None = None
    share: Share | None = None


class Offer(Assumption):
    """What a provider offers of a care form, everywhere or in one area."""

    table: ClassVar[str] = "offers"
    key: ClassVar[tuple[str, ...]] = ("provider", "care_form", "area")
    provider: Identifier
    care_form: Identifier
    area: str = ""
    unit_cost: Price
    tariff: Price
    market_share: Share
    share_drift: Growth = 0.0
    capacity: Volume | None = None


class Demand(Assumption):
    """Clients of one area and care form in the base year."""

    table: ClassVar[str] = "demand"
    key: ClassVar[tuple[str, ...]] = ("area", "care_form")
    area: Identifier
    care_form: Identifier
    clients_at_start: Clients
    starts_per_year: Clients
    starts_dispersion: Dispersion
    mean_duration_weeks: TrajectoryWeeks
    duration_cv: Spread
    duration_distribution: Literal["lognormal", "gamma", "weibull", "empirical"] = "lognormal"
    units_per_week: UnitsPerWeek
    units_cv: SpreadOrNone
    units_distribution: Literal["lognormal", "gamma", "weibull"] = "lognormal"
    realised_cv: SpreadOrNone
    growth: Growth = 0.0
    growth_standard_error: GrowthError = 0.0
    growth_duration: Growth = 0.0
    growth_intensity: Growth = 0.0
    crisis_share: Share = 0.0
    own_access_share: Share = 0.0
    gp_share: Share = 0.0


class History(Assumption):
    """What was counted and spent in one past year."""

    table: ClassVar[str] = "history"
    key: ClassVar[tuple[str, ...]] = ("area", "care_form", "year", "definition")
    area: Identifier
    care_form: Identifier
    year: CalendarYear
    definition: Literal["persons_in_year", "stock_at_date", "trajectories", "euro"]
    clients: Volume | None = None
    starts: Volume | None = None
    units: Volume | None = None
    euro_realised: Euro | None = None
    euro_begroot: Euro | None = None


class Index(Assumption):
    """OVA (wages) and PPC (prices) of one year, forecast and final, as fractions."""

    table: ClassVar[str] = "indices"
    key: ClassVar[tuple[str, ...]] = ("year",)
    year: CalendarYear
    ova_forecast: Indexation
    ova_final: Indexation | None = None
    ppc_forecast: Indexation
    ppc_final: Indexation | None = None
