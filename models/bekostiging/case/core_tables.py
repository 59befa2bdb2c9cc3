"""The core tables of a case, and the words they choose from."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from bekostiging.case.rows import MOST, Assumption, Euro, Identifier, Names, Positive, Share, Volume

Law = Literal["jeugdwet", "wmo"]
PaymentForm = Literal["inspanningsgericht", "outputgericht", "taakgericht", "maatwerktraject"]
PAYMENT_FORMS: tuple[PaymentForm, ...] = (
    "inspanningsgericht",
    "outputgericht",
    "taakgericht",
    "maatwerktraject",
)
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
    municipality: Identifier = Field(description="code of a row in municipalities")
    name: str
    inhabitants_0_17: Volume = Field(description="inhabitants aged 0-17")
    inhabitants_18_64: Volume = Field(description="inhabitants aged 18-64")
    inhabitants_65_plus: Volume = Field(description="inhabitants aged 65 and over")
    residential_places: Volume = Field(
        default=0.0,
        description="places in care with accommodation that stand here: weight in sharing key residence",
    )
    growth_0_17: float = Field(default=0.0, gt=-1, lt=1, description="yearly growth, fraction")
    growth_18_64: float = Field(default=0.0, gt=-1, lt=1, description="yearly growth, fraction")
    growth_65_plus: float = Field(default=0.0, gt=-1, lt=1, description="yearly growth, fraction")


class Municipality(Assumption):
    """A payer. Without ``reported`` it is outside the reported sum (and needs no begroting)."""

    table: ClassVar[str] = "municipalities"
    key: ClassVar[tuple[str, ...]] = ("code",)
    code: Identifier = Field(description="CBS code of four digits, or a name when illustrative")
    name: str
    reported: bool = Field(default=True, description="counts in the reported sum")
    key_weight: Volume = Field(default=0.0, description="weight in a fixed sharing key")
    gemeentefonds: Volume = Field(
        default=0.0, description="its share for this care in the gemeentefonds, euro: weight in that sharing key"
    )
    reserve: Euro = Field(
        default=0.0,
        description="incidental resistance capacity (a stock) at the start of the term that the council assigns to these "
        "contracts, all laws together, euro; used up once",
    )
    resistance_required: Positive | None = Field(
        default=None,
        description="resistance capacity that the municipality as a whole requires, euro: for the ratio of the paragraph "
        "weerstandsvermogen; with resistance_available or not at all",
    )
    resistance_available: Euro | None = Field(
        default=None, description="resistance capacity that the municipality as a whole has, euro"
    )


class Begroting(Assumption):
    """What a municipality has budgeted for one law in one contract year."""

    table: ClassVar[str] = "begroting"
    key: ClassVar[tuple[str, ...]] = ("municipality", "law", "year")
    municipality: Identifier
    law: Law
    year: int
    amount: Euro = Field(description="budgeted amount, euro")
    outside_contracts: Euro = Field(default=0.0, description="PGB, aids, local teams ... inside amount")
    structural_cover: Euro = Field(
        default=0.0,
        description="structural resistance capacity that the council assigns to these contracts, euro per year: it stays",
    )
    reserve_addition: float = Field(
        default=0.0,
        ge=-MOST,
        le=MOST,
        description="change of the stock municipalities.reserve in this year, euro; negative: taken out for something "
        "else. Without table municipalities (new --from): in the first year the stock itself",
    )


class CareForm(Assumption):
    """A kind of care with one unit."""

    table: ClassVar[str] = "care_forms"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    law: Law
    category: str = Field(description="iJw/iWmo product category")
    iv3: str = Field(description="Iv3 taakveld")
    unit: Literal["minute", "hour", "etmaal", "dagdeel"] = Field(
        description="unit in which it is delivered and paid"
    )
    age_band: Literal["0_17", "18_64", "65_plus"] = Field(description="demography its demand follows")
    waiting_norm_weeks: Volume = Field(description="norm for the waiting time, weeks")
    cao: str = Field(default="", description="collective labour agreement, for information and cao surprises")
    compulsory_regional: bool = Field(
        default=False, description="on the list of forms that must be bought regionally (Stb. 2025, 357)"
    )
    authorisation_weeks: Positive | None = Field(
        default=None,
        ge=1,
        le=1040,
        description="weeks an hours budget is given for: agreed units per week times these weeks, spent in any rhythm; "
        "empty = estimated",
    )


class Provider(Assumption):
    """A provider, or in planning an archetype of providers."""

    table: ClassVar[str] = "providers"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    equity: float = Field(description="eigen vermogen, euro")
    total_assets: Positive = Field(description="balance sheet total, euro")
    turnover: Positive = Field(description="all regions and payers, euro per year")
    result_1: float = Field(description="result of the last year, euro")
    result_2: float = Field(description="result of the year before, euro")
    result_3: float = Field(description="result of two years before, euro")
    region_turnover_share: Share = Field(description="part of turnover earned in this region")
    fixed_share: Share = Field(description="part of cost that is fixed")
    adjustment_months: Volume = Field(
        default=0.0,
        description="months in which staff follows demand; 0 = at once, then fixed_share has no effect",
    )
    agency_premium: Volume = Field(default=0.0, description="extra cost of agency staff above own staff, fraction")
    margin: float = Field(gt=-1, lt=1, description="expected margin at the tariff, fraction")


class Lot(Assumption):
    """A lot (perceel): what is bought together, on equal terms."""

    table: ClassVar[str] = "lots"
    key: ClassVar[tuple[str, ...]] = ("id",)
    id: Identifier
    name: str
    care_forms: Names
    areas: Names
    payment_form: PaymentForm = Field(description="the form in force today")
    scale: Literal["local", "regional", "supra_regional", "national"] = Field(
        description="how far the buying reaches"
    )
    first_year: int = Field(ge=2000, le=2100, description="first contract year, the same for every lot")
    years: int = Field(ge=1, le=15, description="contract years")
    lead_years: int = Field(ge=0, le=5, description="years between base year and first contract year")
    sharing_key: SharingKey = Field(default="actual_use", description="how payments are split over municipalities")
    messages: Literal["full", "start_stop", "none"] = Field(
        description="messages under taakgericht: full (301-323), start_stop (305/307), none"
    )
    sitting_clients: Literal["stay", "taken_over", "closed"] = Field(
        default="stay",
        description="who keeps the clients in care at the switch: stay, taken_over, closed (finish under the old contract)",
    )
    general_provision: bool = Field(
        default=False, description="open to all, no registration of clients: only a lump sum is possible"
    )
    handover_weeks: Volume = Field(
        default=0.0,
        description="taken_over: weeks in which old and new provider are both paid for a sitting client",
    )


class Contract(Assumption):
    """One provider in one lot."""

    table: ClassVar[str] = "contracts"
    key: ClassVar[tuple[str, ...]] = ("provider", "lot")
    provider: Identifier
    lot: Identifier
    tariff_factor: Positive = Field(default=1.0, description="on the tariff of offers")
    ceiling: Euro | None = Field(default=None, description="bestedingsruimte, euro per calendar year")
    reference_amount: Euro | None = Field(default=None, description="B0 of the first year; empty = build-up")
    revenue: Euro = Field(
        default=0.0, description="approved claims of revenue_year, mapped to this lot, euro; 0 = no glide"
    )
    revenue_year: int | None = Field(
        default=None,
        ge=2000,
        le=2100,
        description="calendar year of the revenue, before the first contract year; empty = the base year of the case",
    )
    ceiling_pool: str = Field(
        default="", description="contracts with one name share their ceilings; empty = its own"
    )
    main_contractor: str = Field(default="", description="provider id, empty = none")
    passed_tariff_share: Share = Field(
        default=1.0, description="part of what is paid for its work that a main contractor passes on"
    )
    passed_corridor_share: Share = Field(
        default=0.0, description="part of the corridor and clauses that a main contractor passes on, gain or loss"
    )
    payment_calendar: Literal["monthly", "advance"] = Field(default="monthly", description="rhythm of payment")


class Policy(Assumption):
    """One policy number, for the whole case or for one lot."""

    table: ClassVar[str] = "policy"
    key: ClassVar[tuple[str, ...]] = ("name", "scope")
    name: Identifier
    scope: Identifier = Field(description="'case' or the id of a lot; a lot outranks the case")
    value: str = Field(description="a number, or a word for names that take one")
    unit: str = Field(default="", description="unit, for information")


class Layer(Assumption):
    """One corridor layer, edges as fractions of B0 I; 1 is always an edge."""

    table: ClassVar[str] = "layers"
    key: ClassVar[tuple[str, ...]] = ("lot", "layer")
    lot: Identifier
    layer: Identifier = Field(description="deficit_1, deficit_2 ... upward; surplus_1 ... downward from 1")
    lower: Volume = Field(description="lower edge")
    upper: Positive | None = Field(default=None, description="empty = no end")
    share: Share | None = Field(default=None, description="part for the municipality; empty = decided")


class Offer(Assumption):
    """What a provider offers of a care form, everywhere or in one area."""

    table: ClassVar[str] = "offers"
    key: ClassVar[tuple[str, ...]] = ("provider", "care_form", "area")
    provider: Identifier
    care_form: Identifier
    area: str = Field(default="", description="empty = every area of the lot")
    unit_cost: Positive = Field(description="euro per unit in the first contract year, forecast index")
    tariff: Positive = Field(description="euro per unit in the first contract year")
    market_share: Share = Field(description="of the starts in the first contract year, and of who is in care then")
    share_drift: float = Field(
        default=0.0, gt=-1, lt=1, description="yearly growth of the market share, before all add up to 1 again"
    )
    capacity: Volume | None = Field(default=None, description="units per year; empty = not limited")


class Demand(Assumption):
    """Clients of one area and care form in the base year."""

    table: ClassVar[str] = "demand"
    key: ClassVar[tuple[str, ...]] = ("area", "care_form")
    area: Identifier
    care_form: Identifier
    clients_at_start: Volume = Field(description="clients in care on 1 January of the base year")
    starts_per_year: Volume = Field(description="trajectories started per year")
    starts_dispersion: float = Field(ge=1, description="variance over mean, given the factors")
    mean_duration_weeks: Positive = Field(description="mean duration of a trajectory, weeks")
    duration_cv: Positive = Field(description="coefficient of variation of the duration")
    duration_distribution: Literal["lognormal", "gamma", "weibull", "empirical"] = Field(
        default="lognormal", description="of durations; empirical takes its shape from table durations"
    )
    units_per_week: Positive = Field(description="agreed units per week")
    units_cv: Volume = Field(description="between clients, of the agreed units per week")
    units_distribution: Literal["lognormal", "gamma", "weibull"] = Field(
        default="lognormal", description="of the agreed units, between clients"
    )
    realised_cv: Volume = Field(description="coefficient of variation of realised over agreed units, per client")
    growth: float = Field(default=0.0, gt=-1, lt=1, description="of starts, beyond demography, per year")
    growth_duration: float = Field(
        default=0.0, gt=-1, lt=1, description="of durations, by year of start, per year"
    )
    growth_intensity: float = Field(
        default=0.0, gt=-1, lt=1, description="of units per week, by year of start, per year"
    )
    crisis_share: Share = Field(default=0.0, description="part of the starts that is crisis and never waits")
    own_access_share: Share = Field(default=0.0, description="starts through the municipality's own access")
    gp_share: Share = Field(default=0.0, description="starts through the general practitioner")


class History(Assumption):
    """What was counted and spent in one past year."""

    table: ClassVar[str] = "history"
    key: ClassVar[tuple[str, ...]] = ("area", "care_form", "year", "definition")
    area: Identifier = Field(description="area, municipality, or NL for a national series")
    care_form: Identifier = Field(description="care form, or the name of a law for a total")
    year: int
    definition: Literal["persons_in_year", "stock_at_date", "trajectories", "euro"] = Field(
        description="what is counted: persons in the year, stock at a date, trajectories, or euro"
    )
    clients: Volume | None = Field(default=None, description="number counted")
    starts: Volume | None = Field(default=None, description="trajectories started")
    units: Volume | None = Field(default=None, description="units delivered")
    euro_realised: Euro | None = Field(default=None, description="realised spending, euro")
    euro_begroot: Euro | None = Field(default=None, description="budgeted spending, euro")


class Index(Assumption):
    """OVA (wages) and PPC (prices) of one year, forecast and final, as fractions."""

    table: ClassVar[str] = "indices"
    key: ClassVar[tuple[str, ...]] = ("year",)
    year: int
    ova_forecast: float = Field(gt=-0.5, lt=0.5, description="OVA (wages), forecast")
    ova_final: float | None = Field(default=None, gt=-0.5, lt=0.5, description="OVA, final; empty = not yet known")
    ppc_forecast: float = Field(gt=-0.5, lt=0.5, description="PPC (prices), forecast")
    ppc_final: float | None = Field(default=None, gt=-0.5, lt=0.5, description="PPC, final; empty = not yet known")
