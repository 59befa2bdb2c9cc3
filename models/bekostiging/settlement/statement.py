"""What a settlement says: the statement of one contract, and a year of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.errors import Note, Said
from bekostiging.case.shown import Shown
from bekostiging.settlement.earlier import Previous
from bekostiging.settlement.ledger import Given, Line
from bekostiging.settlement.parts import MunicipalPart
from bekostiging.settlement.status import Status

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ContractSettlement:
    """The statement of one contract over one year.

    Parameters
    ----------
    contract : int
        Place in ``case.contracts``.
    provider, lot : str
        Of the contract.
    form : tuple of str
        Payment form, in Dutch and in English.
    lines : tuple of Line
        In the order of the statement.
    inputs : dict of str to Given
        Numbers that the formulas of the lines refer to.
    parts : tuple of MunicipalPart
        What each municipality pays.
    disputed : float
        Euro of deductions that the provider disputes.
    held : int
        Cents that the amount to pay would change if all that is disputed were recognised.
    booked : int or None
        Cents in the annual accounts: paid and still to be paid; None where nothing was booked as to be paid.
    passed_on : int or None
        Cents that a main contractor passes on; None without one.
    correction : str
        Why the year is settled again; empty for a first settlement.

    Examples
    --------
    >>> from bekostiging.settlement import example_year
    >>> one = example_year().contracts[0]
    >>> one.provider, one.lines[0].key, one.to_pay == one.balance + one.earlier
    ('aanbieder-1', 'reference', True)
    """

    contract: int
    provider: str
    lot: str
    form: Said
    lines: tuple[Line, ...]
    inputs: Mapping[str, Given]
    parts: tuple[MunicipalPart, ...]
    disputed: float
    held: int
    booked: int | None
    passed_on: int | None
    correction: str

    def cents(self, key: str) -> int:
        """Cents of a line; zero where there is none."""
        return next((line.cents for line in self.lines if line.key == key), 0)

    @property
    def determined(self) -> int:
        """What the contract pays for the year, cents."""
        return self.cents("determined")

    @property
    def balance(self) -> int:
        """What of it is still to be paid, cents."""
        return self.cents("balance")

    @property
    def earlier(self) -> int:
        """Corrections of earlier years and interest, cents."""
        return sum(line.cents for line in self.lines if line.part == "earlier" and line.kind == "amount")

    @property
    def to_pay(self) -> int:
        """What is paid now, cents; negative is to be paid back."""
        return self.cents("to_pay")

    @property
    def difference(self) -> int | None:
        """What was determined less what was booked for the year (afwikkelingsverschil), cents."""
        return None if self.booked is None else self.determined - self.booked

    @property
    def estimates(self) -> tuple[Line, ...]:
        """Lines that rest on an estimate."""
        return tuple(line for line in self.lines if line.estimated)


@dataclass(frozen=True)
class YearSettlement(Shown):
    """A contract year settled; ``bekostiging settle`` writes its statements.

    Parameters
    ----------
    case : Case
        With the contracts.
    year : int
        Calendar year.
    status : str
        ``raming``, ``voorlopig`` or ``definitief``.
    today : date
        On which it was drawn up.
    contracts : tuple of ContractSettlement
        One per contract, in the order of the case.
    previous : Previous or None
        The settlement before this one.
    notes : tuple of dict
        What the reader must know, in both languages.
    figures : YearFigures
        What documents said.

    Examples
    --------
    >>> from bekostiging.settlement import example_year
    >>> settled = example_year()
    >>> settled.year, settled.status, sum(one.to_pay for one in settled.contracts) == sum(
    ...     part.to_pay for one in settled.contracts for part in one.parts
    ... )
    (2027, 'voorlopig', True)
    """

    case: Case
    year: int
    status: Status
    today: date
    contracts: tuple[ContractSettlement, ...]
    previous: Previous | None
    notes: tuple[Note, ...]
    figures: YearFigures

    def to_frame(self) -> pd.DataFrame:
        """A row per contract and line; euro."""
        import pandas as pd

        rows = [
            {
                "provider": one.provider,
                "lot": one.lot,
                "number": line.number,
                "line": line.key,
                "part": line.part,
                "kind": line.kind,
                "euro": line.euro,
                "estimated": bool(line.estimated),
                "source": line.source,
            }
            for one in self.contracts
            for line in one.lines
        ]
        columns = ["provider", "lot", "number", "line", "part", "kind", "euro", "estimated", "source"]
        return pd.DataFrame(rows, columns=columns)

    def heading(self) -> str:
        """Year, status and number of contracts."""
        return f"Settlement of {self.year} ({self.status}): {len(self.contracts)} contracts"

    def disclaimers(self) -> Mapping[str, str]:
        """The disclaimer of the case, by language."""
        return self.case.disclaimer
