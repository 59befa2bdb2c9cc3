"""The figures of contract years as they were brought, every row with its document, who typed it and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from bekostiging.case.errors import Note
from bekostiging.case.model import Case
from bekostiging.case.pseudonym import numbered_notes, numbered_tables
from bekostiging.case.rows import Row
from bekostiging.case.year_tables import (
    YEAR_TABLES,
    Actual,
    AgreedDay,
    AgreedKey,
    Booking,
    ChangeLetter,
    ContractTerm,
    ControlTotal,
    CouncilLimit,
    Deduction,
    Determination,
    Excess,
    Measured,
    Statement,
    YearRow,
)

R = TypeVar("R", bound=YearRow)


@dataclass(frozen=True)
class YearFigures:
    """What documents say of contract years; ``read_actuals`` gives one that fits its case.

    Parameters
    ----------
    actuals : tuple of Actual
        By month of care and month of receipt.
    statements : tuple of Statement
        The providers' production statements.
    excess : tuple of Excess
        What single clients were claimed for above a threshold.
    deductions : tuple of Deduction
        What the control does not recognise.
    control_totals : tuple of ControlTotal
        What authorisations, claims, starts and stops add up to.
    council_limits : tuple of CouncilLimit
        What councils set for errors and uncertainties.
    outcomes : tuple of Measured
        Outcomes of care.
    changes : tuple of ChangeLetter
        Written changes of yearly amounts.
    terms : tuple of ContractTerm
        Terms of the signed contracts.
    bookings : tuple of Booking
        What was paid and booked.
    keys : tuple of AgreedKey
        Shares of municipalities that were agreed.
    determinations : tuple of Determination
        How far the settlement of each contract is.
    dates : tuple of AgreedDay
        Days of contracts and of the budget cycle.
    notes : tuple of dict
        What the reader had to decide, in both languages.

    Examples
    --------
    >>> YearFigures().years
    ()
    """

    actuals: tuple[Actual, ...] = ()
    statements: tuple[Statement, ...] = ()
    excess: tuple[Excess, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    control_totals: tuple[ControlTotal, ...] = ()
    council_limits: tuple[CouncilLimit, ...] = ()
    outcomes: tuple[Measured, ...] = ()
    changes: tuple[ChangeLetter, ...] = ()
    terms: tuple[ContractTerm, ...] = ()
    bookings: tuple[Booking, ...] = ()
    keys: tuple[AgreedKey, ...] = ()
    determinations: tuple[Determination, ...] = ()
    dates: tuple[AgreedDay, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """Years of which there is a statement or a month of care, in order."""
        of_statements = {row.year for row in self.statements}
        return tuple(sorted(of_statements | {int(row.month[:4]) for row in self.actuals}))

    def tables(self) -> dict[str, tuple[Row, ...]]:
        """Rows of every table by its name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name in YEAR_TABLES}

    def numbered(self, case: Case) -> YearFigures:
        """The same figures with the providers of a confidential case numbered, as ``pseudonymised`` numbers them."""
        rows: dict[str, Any] = dict(numbered_tables(self.tables(), case))
        return replace(self, notes=numbered_notes(self.notes, case), **rows)

    @staticmethod
    def of_contract(rows: Iterable[R], provider: str, lot: str) -> Iterator[R]:
        """Rows of one contract."""
        return (row for row in rows if (getattr(row, "provider", ""), getattr(row, "lot", "")) == (provider, lot))
