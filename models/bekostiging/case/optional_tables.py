"""The optional tables of a case: without them a command says what it does instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from bekostiging.case.core_tables import Channel
from bekostiging.case.open_sets import ClauseKind, PaymentForm
from bekostiging.case.quantities import (
    Amount,
    CalendarYear,
    Clients,
    ContractYear,
    Correlated,
    Count,
    Effect,
    Euro,
    Hours,
    Identifier,
    Indexation,
    Month,
    MonthWeight,
    Multiple,
    Periods,
    Positive,
    Remembered,
    Share,
    TrajectoryWeeks,
    Volume,
    Weeks,
    YearlySpread,
)
from bekostiging.case.rows import Assumption

if TYPE_CHECKING:
    from bekostiging_solvers.typing import FloatArray

Party = Literal["municipality", "provider"]
PARTIES: tuple[Party, ...] = get_args(Party)
JudgedCriterion = Literal["tailor_made", "flexibility", "freedom_of_choice", "disputes"]
JUDGED_CRITERIA: tuple[JudgedCriterion, ...] = get_args(JudgedCriterion)
"""What counts in the choice of a payment form and no model computes."""
Grade = Literal["very_weak", "weak", "neutral", "strong", "very_strong"]


class ContractClause(Assumption):
    """A clause of the contracts of a lot under one payment form; applied in order of position, before the corridor."""

    table: ClassVar[str] = "clauses"
    key: ClassVar[tuple[str, ...]] = ("lot", "payment_form", "position")
    required: ClassVar[bool] = False
    lot: Identifier
    payment_form: PaymentForm
    position: Count
    clause: ClauseKind
    share: Share
    lower: Volume | None = None
    upper: Positive | None = None
    threshold: Amount | None = None
    cap: Amount | None = None
    length: Periods | None = None


class Profile(Assumption):
    """A client profile x intensity of a care form (outputgericht is paid by it)."""

    table: ClassVar[str] = "profiles"
    key: ClassVar[tuple[str, ...]] = ("care_form", "profile")
    required: ClassVar[bool] = False
    care_form: Identifier
    profile: Identifier
    share: Share
    intensity_factor: Multiple = 1.0
    success_share: Share
    repeat_share: Share = 0.0
    result_part: Share = 0.0
    price: Amount | None = None


class Duration(Assumption):
    """Own history: completed trajectories of a care form that lasted so many weeks."""

    table: ClassVar[str] = "durations"
    key: ClassVar[tuple[str, ...]] = ("care_form", "weeks")
    required: ClassVar[bool] = False
    care_form: Identifier
    weeks: TrajectoryWeeks
    trajectories: Positive


class CostPrice(Assumption):
    """Build-up of one hour (AMvB reële prijs): elements as euro per unit."""

    table: ClassVar[str] = "cost_price"
    key: ClassVar[tuple[str, ...]] = ("care_form", "element")
    required: ClassVar[bool] = False
    care_form: Identifier
    element: Literal["wages", "other_wages", "other_client_bound", "overhead", "risk"]
    euro_per_unit: Euro


class FunctionGroup(Assumption):
    """Build-up of one productive hour of a function group in a care form (AMvB reële prijs)."""

    table: ClassVar[str] = "function_groups"
    key: ClassVar[tuple[str, ...]] = ("care_form", "function_group")
    required: ClassVar[bool] = False
    care_form: Identifier
    function_group: Identifier
    scale: str = ""
    share: Share
    hours_per_unit: Positive = 1.0
    salary: Positive
    holiday_allowance: Share
    irregular_hours: Share = 0.0
    year_end: Share = 0.0
    social_charges: Share
    productive_hours: Positive
    productive_hours_q1: Positive | None = None
    productive_hours_q3: Positive | None = None
    other_client_bound: Euro = 0.0
    overhead: Volume
    overhead_q1: Volume | None = None
    overhead_q3: Volume | None = None
    indexation: Indexation = 0.0
    risk: Share = 0.0


class SalaryScale(Assumption):
    """A salary scale of a cao and its social charges, from a month on; beside the salaries of ``function_groups``."""

    table: ClassVar[str] = "salary_scales"
    key: ClassVar[tuple[str, ...]] = ("cao", "scale", "year", "first_month")
    required: ClassVar[bool] = False
    cao: Identifier
    scale: Identifier
    year: CalendarYear
    first_month: Month = 1
    salary_low: Positive
    salary_high: Positive
    social_charges: Share | None = None


class RiskFactor(Assumption):
    """One systematic factor: log-normal, AR(1) over years, mean one."""

    table: ClassVar[str] = "risk_factors"
    key: ClassVar[tuple[str, ...]] = ("id",)
    required: ClassVar[bool] = False
    id: Identifier
    level: Literal["national", "municipality", "care_form", "wages", "prices"]
    quantity: Literal["inflow", "duration", "intensity", "index"]
    standard_deviation: YearlySpread | None = None
    autocorrelation: Remembered


class Correlation(Assumption):
    """Correlation of the yearly innovations of two risk factors."""

    table: ClassVar[str] = "correlations"
    key: ClassVar[tuple[str, ...]] = ("factor_1", "factor_2")
    required: ClassVar[bool] = False
    factor_1: Identifier
    factor_2: Identifier
    correlation: Correlated


class Shock(Assumption):
    """A named shock from a published figure."""

    table: ClassVar[str] = "shocks"
    key: ClassVar[tuple[str, ...]] = ("id", "quantity")
    required: ClassVar[bool] = False
    id: Identifier
    name: str
    name_en: str = ""
    quantity: Literal["inflow", "duration", "intensity", "wages", "prices"]
    factor: Multiple
    cao: str = ""
    first_year: ContractYear
    years: ContractYear


class Combination(Assumption):
    """Persons with two care forms at once: both begin together."""

    table: ClassVar[str] = "combinations"
    key: ClassVar[tuple[str, ...]] = ("care_form", "second_care_form")
    required: ClassVar[bool] = False
    care_form: Identifier
    second_care_form: Identifier
    share: Share


class Measure(Assumption):
    """A lever on demand: what it reaches, what it does when it works, and what was booked on it."""

    table: ClassVar[str] = "measures"
    key: ClassVar[tuple[str, ...]] = ("id", "care_form")
    required: ClassVar[bool] = False
    id: Identifier
    name: str
    name_en: str = ""
    care_form: Identifier
    channel: Channel | Literal["all"]
    quantity: Literal["inflow", "duration", "intensity"]
    effect: Effect
    chance: Share
    first_year: ContractYear
    years: ContractYear
    cost: Euro = 0.0
    booked_saving: Euro = 0.0


class Substitution(Assumption):
    """Clients who move between care forms, or to or from another law or payer."""

    table: ClassVar[str] = "substitution"
    key: ClassVar[tuple[str, ...]] = ("origin", "destination")
    required: ClassVar[bool] = False
    origin: Identifier
    destination: Identifier
    share: Share
    euro_per_client: Euro = 0.0
    first_year: ContractYear
    years: ContractYear


class Administration(Assumption):
    """Hours of administration by payment form and party."""

    table: ClassVar[str] = "administration"
    key: ClassVar[tuple[str, ...]] = ("payment_form", "party", "task")
    required: ClassVar[bool] = False
    payment_form: PaymentForm
    party: Party
    task: str = ""
    hours_per_client: Hours
    hours_per_contract: Hours
    hours_per_regime: Hours = 0.0
    euro_per_hour: Euro

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
    clients: Clients
    mean_weeks: Weeks


class Merger(Assumption):
    """A municipality that became part of another: its counts in history are added to those of the other."""

    table: ClassVar[str] = "mergers"
    key: ClassVar[tuple[str, ...]] = ("origin",)
    required: ClassVar[bool] = False
    origin: Identifier
    destination: Identifier
    year: CalendarYear


class Judgement(Assumption):
    """Own judgement of a payment form on what the model does not compute, in place of the field's; source says why."""

    table: ClassVar[str] = "judgements"
    key: ClassVar[tuple[str, ...]] = ("criterion", "payment_form")
    required: ClassVar[bool] = False
    criterion: JudgedCriterion
    payment_form: PaymentForm
    judgement: Grade


class Season(Assumption):
    """How the starts of a care form are spread over the months of a year: twelve rows with mean one."""

    table: ClassVar[str] = "season"
    key: ClassVar[tuple[str, ...]] = ("care_form", "calendar_month")
    required: ClassVar[bool] = False
    care_form: Identifier
    calendar_month: Month
    weight: MonthWeight
