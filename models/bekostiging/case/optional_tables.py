"""The optional tables of a case: without them a command says what it does instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from pydantic import Field

from bekostiging.case.core_tables import Channel, PaymentForm
from bekostiging.case.rows import Assumption, Euro, Identifier, Positive, Share, Volume

if TYPE_CHECKING:
    from bekostiging_solvers.typing import FloatArray

Party = Literal["municipality", "provider"]
PARTIES: tuple[Party, ...] = get_args(Party)
ClauseKind = Literal[
    "quota_share",
    "stop_loss",
    "high_cost_pool",
    "equalisation_reserve",
    "provider_pool",
    "performance",
    "sanction",
    "volume_clause",
    "growth_path",
]


class ContractClause(Assumption):
    """A clause of the contracts of a lot under one payment form; applied in order of position, before the corridor."""

    table: ClassVar[str] = "clauses"
    key: ClassVar[tuple[str, ...]] = ("lot", "payment_form", "position")
    required: ClassVar[bool] = False
    lot: Identifier
    payment_form: PaymentForm = Field(description="payment form the clause belongs to")
    position: int = Field(ge=1, description="order: the next clause sees what the one before it leaves")
    clause: ClauseKind = Field(description="kind of clause")
    share: Share = Field(description="for the other party; performance, sanction: part of the budget at stake")
    lower: Volume | None = Field(
        default=None, description="multiple of the reference amount; volume_clause: of the expected clients"
    )
    upper: Positive | None = Field(
        default=None,
        description="multiple of the reference amount (equalisation_reserve: its cap); performance: target share of results",
    )
    threshold: Positive | None = Field(default=None, description="high_cost_pool: euro per client and year")
    cap: Positive | None = Field(
        default=None, description="high_cost_pool: euro above the threshold, empty = none"
    )
    length: int | None = Field(default=None, ge=1, le=12, description="sanction: months; growth_path: years")


class Profile(Assumption):
    """A client profile x intensity of a care form (outputgericht is paid by it)."""

    table: ClassVar[str] = "profiles"
    key: ClassVar[tuple[str, ...]] = ("care_form", "profile")
    required: ClassVar[bool] = False
    care_form: Identifier
    profile: Identifier = Field(description="name of the profile")
    share: Share = Field(description="of the starts of the care form; adds up to 1")
    intensity_factor: Positive = Field(default=1.0, description="on units per week; share-weighted mean 1")
    success_share: Share = Field(description="trajectories that end with result")
    repeat_share: Share = Field(default=0.0, description="starts that repeat within the period")
    result_part: Share = Field(default=0.0, description="part of the price paid only on result")
    price: Positive | None = Field(
        default=None,
        description="euro per arrangement in the first contract year; empty = the build-up (price parity)",
    )


class Duration(Assumption):
    """Own history: completed trajectories of a care form that lasted so many weeks."""

    table: ClassVar[str] = "durations"
    key: ClassVar[tuple[str, ...]] = ("care_form", "weeks")
    required: ClassVar[bool] = False
    care_form: Identifier
    weeks: Positive = Field(description="duration, weeks")
    trajectories: Positive = Field(description="completed trajectories of that duration")


class CostPrice(Assumption):
    """Build-up of one hour (AMvB reële prijs): elements as euro per unit."""

    table: ClassVar[str] = "cost_price"
    key: ClassVar[tuple[str, ...]] = ("care_form", "element")
    required: ClassVar[bool] = False
    care_form: Identifier
    element: Literal["wages", "other_wages", "other_client_bound", "overhead", "risk"] = Field(
        description="element of the cost price; risk is the loading and not in the floor"
    )
    euro_per_unit: Euro = Field(description="euro per unit in the first contract year")


class FunctionGroup(Assumption):
    """Build-up of one productive hour of a function group in a care form (AMvB reële prijs)."""

    table: ClassVar[str] = "function_groups"
    key: ClassVar[tuple[str, ...]] = ("care_form", "function_group")
    required: ClassVar[bool] = False
    care_form: Identifier
    function_group: Identifier = Field(description="such as hbo or mbo")
    scale: str = Field(default="", description="salary scale of the cao")
    share: Share = Field(description="of the hours of the care form; adds up to 1")
    hours_per_unit: Positive = Field(
        default=1.0, description="hours in one unit of the care form, alike for its groups"
    )
    salary: Positive = Field(description="gross full-time salary, euro per year")
    holiday_allowance: Share = Field(description="fraction of the salary")
    irregular_hours: Share = Field(default=0.0, description="fraction of the salary")
    year_end: Share = Field(default=0.0, description="fraction of the salary")
    social_charges: Share = Field(description="fraction of salary and allowances")
    productive_hours: Positive = Field(description="hours a year that a client gets")
    productive_hours_q1: Positive | None = Field(default=None, description="first quartile")
    productive_hours_q3: Positive | None = Field(default=None, description="third quartile")
    other_client_bound: Euro = Field(default=0.0, description="euro per hour")
    overhead: Volume = Field(description="fraction of wages and other costs bound to the client")
    overhead_q1: Volume | None = Field(default=None, description="first quartile")
    overhead_q3: Volume | None = Field(default=None, description="third quartile")
    indexation: float = Field(
        default=0.0, gt=-0.5, lt=1, description="from the year of the prices to the first contract year"
    )
    risk: Share = Field(default=0.0, description="loading for risk and innovation, fraction of the cost price")


class RiskFactor(Assumption):
    """One systematic factor: log-normal, AR(1) over years, mean one."""

    table: ClassVar[str] = "risk_factors"
    key: ClassVar[tuple[str, ...]] = ("id",)
    required: ClassVar[bool] = False
    id: Identifier
    level: Literal["national", "municipality", "care_form", "wages", "prices"] = Field(
        description="one factor, one per municipality, one per care form (index: its cao), or the index of wages or prices"
    )
    quantity: Literal["inflow", "duration", "intensity", "index"] = Field(description="what it moves")
    standard_deviation: Volume | None = Field(
        default=None, description="of the yearly innovation; empty = estimated from history (inflow only)"
    )
    autocorrelation: float = Field(ge=0, le=1, description="how much of this year stays next year, 0 to 1")


class Correlation(Assumption):
    """Correlation of the yearly innovations of two risk factors."""

    table: ClassVar[str] = "correlations"
    key: ClassVar[tuple[str, ...]] = ("factor_1", "factor_2")
    required: ClassVar[bool] = False
    factor_1: Identifier = Field(description="risk factor")
    factor_2: Identifier = Field(description="risk factor of the same level, or both of national, wages, prices")
    correlation: float = Field(ge=-1, le=1, description="between -1 and 1")


class Shock(Assumption):
    """A named shock from a published figure."""

    table: ClassVar[str] = "shocks"
    key: ClassVar[tuple[str, ...]] = ("id", "quantity")
    required: ClassVar[bool] = False
    id: Identifier
    name: str
    quantity: Literal["inflow", "duration", "intensity", "wages", "prices"] = Field(description="what it moves")
    factor: Positive = Field(description="multiplies the quantity")
    cao: str = Field(
        default="", description="wages of care forms under this cao only, not of the index; empty = all"
    )
    first_year: int = Field(ge=1, description="contract year in which it begins, 1 = first")
    years: int = Field(ge=1, description="number of years")


class Combination(Assumption):
    """Persons with two care forms at once: both begin together."""

    table: ClassVar[str] = "combinations"
    key: ClassVar[tuple[str, ...]] = ("care_form", "second_care_form")
    required: ClassVar[bool] = False
    care_form: Identifier
    second_care_form: Identifier
    share: Share = Field(description="of the trajectories of care_form, whose person has the second care form too")


class Measure(Assumption):
    """A lever on demand: what it reaches, what it does when it works, and what was booked on it."""

    table: ClassVar[str] = "measures"
    key: ClassVar[tuple[str, ...]] = ("id", "care_form")
    required: ClassVar[bool] = False
    id: Identifier = Field(description="rows of one measure work or fail together")
    name: str
    care_form: Identifier
    channel: Channel | Literal["all"] = Field(
        description="only clients who start through this channel are reached"
    )
    quantity: Literal["inflow", "duration", "intensity"] = Field(description="what it moves")
    effect: float = Field(gt=-1, lt=1, description="on the clients reached, when it works: -0.1 is 10 % less")
    chance: Share = Field(description="of success, for the whole measure")
    first_year: int = Field(ge=1, description="contract year in which it begins, 1 = first")
    years: int = Field(ge=1, description="number of years")
    cost: Euro = Field(default=0.0, description="euro per year, whether it works or not")
    booked_saving: Euro = Field(default=0.0, description="euro per year taken off the begroting beforehand")


class Substitution(Assumption):
    """Clients who move between care forms, or to or from another law or payer."""

    table: ClassVar[str] = "substitution"
    key: ClassVar[tuple[str, ...]] = ("origin", "destination")
    required: ClassVar[bool] = False
    origin: Identifier = Field(description="care form, or zvw, wlz, education, pgb")
    destination: Identifier = Field(description="care form, or zvw, wlz, education, pgb")
    share: Share = Field(
        description="of the starts of the origin; from outside: of the starts of the destination, on top"
    )
    euro_per_client: Euro = Field(
        default=0.0, description="what care outside costs per client; pgb is paid by the municipality"
    )
    first_year: int = Field(ge=1, description="contract year in which it begins, 1 = first")
    years: int = Field(ge=1, description="number of years")


class Administration(Assumption):
    """Hours of administration by payment form and party."""

    table: ClassVar[str] = "administration"
    key: ClassVar[tuple[str, ...]] = ("payment_form", "party", "task")
    required: ClassVar[bool] = False
    payment_form: PaymentForm = Field(description="payment form")
    party: Party = Field(description="municipality or provider")
    task: str = Field(
        default="", description="message (301, 305, 307, 323 ...) or accountability; empty = all together"
    )
    hours_per_client: Volume = Field(description="per client in care in the year")
    hours_per_contract: Volume = Field(description="per contract and year")
    hours_per_regime: Volume = Field(
        default=0.0, description="per provider and year, for each different way of being paid and accounted for"
    )
    euro_per_hour: Euro = Field(description="euro per hour")

    def hours(self, clients: FloatArray, n_contracts: int) -> FloatArray:
        """A year, with ``clients`` in care in the year (of any shape) and so many contracts."""
        return self.hours_per_client * clients + self.hours_per_contract * n_contracts


class Waiting(Assumption):
    """Clients waiting today."""

    table: ClassVar[str] = "waiting"
    key: ClassVar[tuple[str, ...]] = ("area", "care_form")
    required: ClassVar[bool] = False
    area: Identifier
    care_form: Identifier
    clients: Volume = Field(description="clients who wait")
    mean_weeks: Volume = Field(description="mean time waited so far, weeks")
