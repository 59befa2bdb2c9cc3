"""The core tables of a case, and the words they choose from; ``columns.toml`` says what every column means."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from pydantic import Field

from bekostiging.case.open_sets import PaymentForm
from bekostiging.case.rows import MOST, Assumption, Euro, Identifier, Names, Positive, Share, Volume

Law = Literal["jeugdwet", "wmo"]
LAWS: tuple[Law, ...] = get_args(Law)
MOST_LEAD_YEARS = 8
"""Of a lot. CBS publishes use by district some two years after the year (2022 before the break of 2023 in the Wmo counts), a
tender takes eighteen months and a term of four years may follow it: counts can be six years old when a contract begins, and
eight when the next lot of the same region does. Beyond it the spread of what was counted says little of the first year."""
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
    inhabitants_0_17: Volume
    inhabitants_18_64: Volume
    inhabitants_65_plus: Volume
    residential_places: Volume = 0.0
    growth_0_17: float = Field(default=0.0, gt=-1, lt=1)
    growth_18_64: float = Field(default=0.0, gt=-1, lt=1)
    growth_65_plus: float = Field(default=0.0, gt=-1, lt=1)


class Municipality(Assumption):
    """A payer. Without ``reported`` it is outside the reported sum (and needs no begroting)."""

    table: ClassVar[str] = "municipalities"
    key: ClassVar[tuple[str, ...]] = ("code",)
    code: Identifier
    name: str
    reported: bool = True
    key_weight: Volume = 0.0
    gemeentefonds: Volume = 0.0
    reserve: Euro = 0.0
    resistance_required: Positive | None = None
    resistance_available: Euro | None = None


class Begroting(Assumption):
    """What a municipality has budgeted for one law in one contract year."""

    table: ClassVar[str] = "begroting"
    key: ClassVar[tuple[str, ...]] = ("municipality", "law", "year")
    municipality: Identifier
    law: Law
    year: int
    amount: Euro
    outside_contracts: Euro = 0.0
    structural_cover: Euro = 0.0
    reserve_addition: float = Field(default=0.0, ge=-MOST, le=MOST)


class CareForm(Assumption):
    """A kind of care with one unit."""

    table: ClassVar[str] = "care_forms"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    law: Law
    category: str
    iv3: str
    unit: Literal["minute", "hour", "etmaal", "dagdeel"]
    age_band: Literal["0_17", "18_64", "65_plus"]
    waiting_norm_weeks: Volume
    cao: str = ""
    compulsory_regional: bool = False
    authorisation_weeks: Positive | None = Field(default=None, ge=1, le=1040)


class Provider(Assumption):
    """A provider, or in planning an archetype of providers."""

    table: ClassVar[str] = "providers"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    equity: float
    total_assets: Positive
    turnover: Positive
    result_1: float
    result_2: float
    result_3: float
    region_turnover_share: Share
    fixed_share: Share
    adjustment_months: Volume = 0.0
    agency_premium: Volume = 0.0
    margin: float = Field(gt=-1, lt=1)


class Lot(Assumption):
    """A lot (perceel): what is bought together, on equal terms."""

    table: ClassVar[str] = "lots"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    care_forms: Names
    areas: Names
    payment_form: PaymentForm
    scale: Literal["local", "regional", "supra_regional", "national"]
    first_year: int = Field(ge=2000, le=2100)
    years: int = Field(ge=1, le=15)
    lead_years: int = Field(ge=0, le=MOST_LEAD_YEARS)
    sharing_key: SharingKey = "actual_use"
    messages: Literal["full", "start_stop", "none"]
    sitting_clients: Literal["stay", "taken_over", "closed"] = "stay"
    general_provision: bool = False
    handover_weeks: Volume = 0.0


class Contract(Assumption):
    """One provider in one lot."""

    table: ClassVar[str] = "contracts"
    key: ClassVar[tuple[str, ...]] = ("provider", "lot")
    provider: Identifier
    lot: Identifier
    tariff_factor: Positive = 1.0
    ceiling: Euro | None = None
    reference_amount: Euro | None = None
    revenue: Euro = 0.0
    revenue_year: int | None = Field(default=None, ge=2000, le=2100)
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
    lower: Volume
    upper: Positive | None = None
    share: Share | None = None


class Offer(Assumption):
    """What a provider offers of a care form, everywhere or in one area."""

    table: ClassVar[str] = "offers"
    key: ClassVar[tuple[str, ...]] = ("provider", "care_form", "area")
    provider: Identifier
    care_form: Identifier
    area: str = ""
    unit_cost: Positive
    tariff: Positive
    market_share: Share
    share_drift: float = Field(default=0.0, gt=-1, lt=1)
    capacity: Volume | None = None


class Demand(Assumption):
    """Clients of one area and care form in the base year."""

    table: ClassVar[str] = "demand"
    key: ClassVar[tuple[str, ...]] = ("area", "care_form")
    area: Identifier
    care_form: Identifier
    clients_at_start: Volume
    starts_per_year: Volume
    starts_dispersion: float = Field(ge=1)
    mean_duration_weeks: Positive
    duration_cv: Positive
    duration_distribution: Literal["lognormal", "gamma", "weibull", "empirical"] = "lognormal"
    units_per_week: Positive
    units_cv: Volume
    units_distribution: Literal["lognormal", "gamma", "weibull"] = "lognormal"
    realised_cv: Volume
    growth: float = Field(default=0.0, gt=-1, lt=1)
    growth_standard_error: float = Field(default=0.0, ge=0, lt=1)
    growth_duration: float = Field(default=0.0, gt=-1, lt=1)
    growth_intensity: float = Field(default=0.0, gt=-1, lt=1)
    crisis_share: Share = 0.0
    own_access_share: Share = 0.0
    gp_share: Share = 0.0


class History(Assumption):
    """What was counted and spent in one past year."""

    table: ClassVar[str] = "history"
    key: ClassVar[tuple[str, ...]] = ("area", "care_form", "year", "definition")
    area: Identifier
    care_form: Identifier
    year: int
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
    year: int
    ova_forecast: float = Field(gt=-0.5, lt=0.5)
    ova_final: float | None = Field(default=None, gt=-0.5, lt=0.5)
    ppc_forecast: float = Field(gt=-0.5, lt=0.5)
    ppc_final: float | None = Field(default=None, gt=-0.5, lt=0.5)
