"""The tables of a contract year: what happened, what a document says of it, what was paid and decided.

They are no part of a case: a case is what was agreed and expected, and these are typed or exported when the year goes on.
Every row keeps who typed it, when, and from which document. ``actuals`` reads and judges them; ``settlement`` settles them.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from bekostiging.case.quantities import (
    Amount,
    Balance,
    Because,
    CalendarYear,
    Clients,
    Euro,
    Identifier,
    Share,
    Text,
    Volume,
)
from bekostiging.case.rows import Assumption, Row

NO_DATE = "no_date"
"""Kind of the error of a text that is no day or month."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ].*)?")
_DUTCH = re.compile(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Dated:
    """Mark of a column whose digits are a day or a month, so that they are no citizen service number."""


def _parts(value: object) -> tuple[int, int, int | None] | None:
    """Year, month and day of a text, written either way round; None where it is neither."""
    text = str(value).strip()
    if (found := _ISO.fullmatch(text)) is not None:
        year, month, day = found.groups()
    elif (found := _DUTCH.fullmatch(text)) is not None:
        day, month, year = found.groups()
    else:
        return None
    return int(year), int(month), None if day is None else int(day)


def _month(value: object) -> object:
    """A month as ``2028-03``, of a date too: what Excel makes of it."""
    parts = _parts(value)
    return value if parts is None else f"{parts[0]:04d}-{parts[1]:02d}"


def _day(value: object) -> object:
    """A day as ``2028-03-31``."""
    parts = _parts(value)
    return value if parts is None or parts[2] is None else f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"


def _is_month(value: str) -> str:
    parts = _parts(value)
    if parts is None or parts[2] is not None or not (1990 <= parts[0] <= 2100 and 1 <= parts[1] <= 12):
        raise PydanticCustomError(NO_DATE, "no month")
    return value


def _is_day(value: str) -> str:
    parts = _parts(value)
    if parts is None or parts[2] is None or not (1990 <= parts[0] <= 2100 and 1 <= parts[1] <= 12):
        raise PydanticCustomError(NO_DATE, "no day")
    if not 1 <= parts[2] <= _LONGEST[parts[1] - 1]:
        raise PydanticCustomError(NO_DATE, "no day")
    return value


Month = Annotated[
    str,
    BeforeValidator(_month),
    AfterValidator(_is_month),
    Dated(),
    Because("een maand, zoals 2028-03", "a month, such as 2028-03"),
]
Day = Annotated[
    str,
    BeforeValidator(_day),
    AfterValidator(_is_day),
    Dated(),
    Because("een dag, zoals 2029-03-28 of 28-03-2029", "a day, such as 2029-03-28 or 28-03-2029"),
]


class YearRow(Assumption):
    """A figure of a contract year: beside the document (``source``) who typed it and when."""

    required: ClassVar[bool] = False
    entered_by: Text
    entered_on: Day

    @property
    def document(self) -> str:
        """The document, with who typed it and when."""
        return f"{self.source} ({self.entered_by}, {self.entered_on})"


class Actual(YearRow):
    """What was known in one month of receipt about one month of care."""

    table: ClassVar[str] = "actuals"
    key: ClassVar[tuple[str, ...]] = ("month", "received", "provider", "lot", "care_form", "area")
    month: Month
    received: Month
    provider: Identifier
    lot: Identifier
    care_form: Identifier
    area: Identifier
    starts: Clients = 0.0
    stops: Clients = 0.0
    caseload: Clients | None = None
    units: Balance = 0.0
    euros: Balance = 0.0
    unclaimed: Volume = 0.0


class Statement(YearRow):
    """The provider's statement of one year: units and what clauses need beside them."""

    table: ClassVar[str] = "statements"
    key: ClassVar[tuple[str, ...]] = ("year", "provider", "lot", "care_form", "area")
    year: CalendarYear
    provider: Identifier
    lot: Identifier
    care_form: Identifier
    area: Identifier
    units: Volume
    clients: Clients | None = None
    crisis_units: Volume | None = None
    claimable_units: Volume | None = None
    budget_units: Volume | None = None
    crisis_budget_units: Volume | None = None
    arrangement_units: Volume | None = None
    result_units: Volume | None = None
    crisis_arrangement_units: Volume | None = None
    cost: Euro | None = None


class Excess(YearRow):
    """What single clients were claimed for above a threshold in a year, summed over the clients."""

    table: ClassVar[str] = "excess"
    key: ClassVar[tuple[str, ...]] = ("year", "provider", "lot", "care_form", "area", "threshold", "measured_on")
    year: CalendarYear
    provider: Identifier
    lot: Identifier
    care_form: Identifier
    area: Identifier
    threshold: Amount
    measured_on: Literal["claimed", "delivered"] = "claimed"
    euros: Euro


Reason = Literal[
    "not_shown",
    "not_delivered",
    "residence",
    "other_law",
    "age",
    "validity",
    "above_authorisation",
    "double",
    "price",
]
"""Why delivered care is not recognised."""


class Deduction(YearRow):
    """What the control does not recognise of a statement, by reason."""

    table: ClassVar[str] = "deductions"
    key: ClassVar[tuple[str, ...]] = ("year", "provider", "lot", "reason", "finding", "disputed", "euros")
    year: CalendarYear
    provider: Identifier
    lot: Identifier
    reason: Reason
    finding: Literal["error", "uncertainty"]
    euros: Euro
    disputed: bool = False


class ControlTotal(YearRow):
    """What authorisations, claims, starts and stops of a contract add up to in a year, where no region store says it."""

    table: ClassVar[str] = "control_totals"
    key: ClassVar[tuple[str, ...]] = ("year", "provider", "lot")
    year: CalendarYear
    provider: Identifier
    lot: Identifier
    authorised: Euro | None = None
    claimed: Euro | None = None
    starts: Clients | None = None
    stops: Clients | None = None
    clients: Clients | None = None


class CouncilLimit(YearRow):
    """The verantwoordingsgrens that a council set for errors and uncertainties together."""

    table: ClassVar[str] = "council_limits"
    key: ClassVar[tuple[str, ...]] = ("year", "municipality")
    year: CalendarYear
    municipality: Identifier
    share: Share
    total_costs: Amount


class Measured(YearRow):
    """An outcome of care: a count out of a count."""

    table: ClassVar[str] = "outcomes"
    key: ClassVar[tuple[str, ...]] = ("year", "provider", "lot", "outcome")
    year: CalendarYear
    provider: Identifier
    lot: Identifier
    outcome: Literal["goals_reached", "dropout", "satisfaction"]
    numerator: Volume
    denominator: Volume


class ChangeLetter(YearRow):
    """A written change of the yearly amount of a lump sum from a month on."""

    table: ClassVar[str] = "changes"
    key: ClassVar[tuple[str, ...]] = ("provider", "lot", "letter")
    provider: Identifier
    lot: Identifier
    letter: Identifier
    dated: Day
    from_month: Month
    euros: Balance
    price_level: CalendarYear


class ContractTerm(YearRow):
    """A term of a contract as it was signed, from a month on."""

    table: ClassVar[str] = "terms"
    key: ClassVar[tuple[str, ...]] = ("provider", "lot", "term", "from_month")
    provider: Identifier
    lot: Identifier
    term: Literal["reference_amount", "loading", "ceiling"]
    from_month: Month
    agreed: Balance


class Booking(YearRow):
    """What was paid or booked on a contract year."""

    table: ClassVar[str] = "bookings"
    key: ClassVar[tuple[str, ...]] = (
        "year",
        "provider",
        "lot",
        "booking",
        "paid_on",
        "municipality",
        "of_year",
        "euros",
    )
    year: CalendarYear
    provider: Identifier
    lot: Identifier
    booking: Literal["advance", "claims_paid", "to_be_paid", "earlier_year", "interest"]
    paid_on: Day
    municipality: str = ""
    of_year: CalendarYear | None = None
    euros: Balance


class AgreedKey(YearRow):
    """A share of a municipality in a lot that was agreed for a year, in place of the key of the lot."""

    table: ClassVar[str] = "keys"
    key: ClassVar[tuple[str, ...]] = ("year", "lot", "municipality")
    year: CalendarYear
    lot: Identifier
    municipality: Identifier
    share: Share


class Determination(YearRow):
    """How far the settlement of a contract year is: statement, evidence, objections, and who approved it."""

    table: ClassVar[str] = "determinations"
    key: ClassVar[tuple[str, ...]] = ("year", "provider", "lot")
    year: CalendarYear
    provider: Identifier
    lot: Identifier
    statement_on: Day | None = None
    evidence: Literal["none", "audited", "board"] = "none"
    evidence_on: Day | None = None
    objections: Literal["none", "answered", "pending"] = "pending"
    checked_by: str = ""
    approved_by: str = ""
    correction: str = ""


CalendarEvent = Literal[
    "notice",
    "consultation",
    "indexation",
    "settlement",
    "statement",
    "audit",
    "frames",
    "draft_budget",
    "budget",
    "tender_prepared",
    "tender_market",
    "tender_published",
    "tender_closed",
    "tender_awarded",
    "tender_signed",
]
"""What is due on a day: of a contract, of the budget cycle, or of the next tender."""


class AgreedDay(YearRow):
    """A day on which something is due; of a contract, or of the region where provider and lot are empty."""

    table: ClassVar[str] = "dates"
    key: ClassVar[tuple[str, ...]] = ("provider", "lot", "event", "due")
    provider: str = ""
    lot: str = ""
    event: CalendarEvent
    due: Day


YEAR_TABLES: dict[str, type[Row]] = {
    model.table: model
    for model in (
        Actual,
        Statement,
        Excess,
        Deduction,
        ControlTotal,
        CouncilLimit,
        Measured,
        ChangeLetter,
        ContractTerm,
        Booking,
        AgreedKey,
        Determination,
        AgreedDay,
    )
}
"""Every table of a contract year by name."""
