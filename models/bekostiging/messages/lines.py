"""One line of a message as the row that is kept of it, by the rules of ``remarks``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bekostiging.case.bsn import passes
from bekostiging.case.tables import Law
from bekostiging.messages.keys import Key
from bekostiging.messages.kinds import (
    CATEGORIES,
    DELIVERIES,
    EURO,
    FREQUENCIES,
    NO_REJECTION,
    REFERRERS,
    STOP_REASONS,
    UNITS,
)
from bekostiging.messages.records import Row
from bekostiging.messages.remarks import Remarks

Leaves = Mapping[str, str]
"""Texts of the elements of a line that have no children, by their name; codes of several answers joined by a space."""
LARGEST = 10**13
"""Above any amount in cents that the schemas allow."""
LONGEST = 14
"""Digits of a number that is looked at."""
PRODUCT_LENGTH = 5
"""Characters of a product code."""


class Unfit(Exception):  # noqa: N818  # not an error of the program
    """A line that is left out; ``args``: the rule, and a code that it names."""


@dataclass(frozen=True)
class Header:
    """Who sent what to whom.

    Parameters
    ----------
    kind : str
        Number of the message, such as ``"323"``.
    law : str
        ``jeugdwet`` or ``wmo``.
    municipality, provider : str
        CBS code of four digits, AGB code of eight.
    message : int
        Pseudonym of the identity of the message: kind, sender and identification.
    dated : date
    answers : int or None
        Of an answer, the message that it answers.
    rejected : bool
        Of an answer, whether it rejects the whole message.
    """

    kind: str
    law: Law
    municipality: str
    provider: str
    message: int
    dated: date
    answers: int | None
    rejected: bool

    @property
    def row(self) -> Row:
        """The row of table messages."""
        return (*self.of, self.kind, self.dated, self.answers, self.rejected)

    @property
    def of(self) -> tuple[int, str, str, str]:
        """The columns that every record has."""
        return self.message, self.law, self.municipality, self.provider


class Reader:
    """Reads the lines of one message.

    Parameters
    ----------
    header : Header
    key : Key
    remarks : Remarks
        Where every odd line is counted.
    dates : dict
        Days read before, by their text.
    """

    def __init__(self, header: Header, key: Key, remarks: Remarks, dates: dict[str, date | str]) -> None:
        self.header, self.key, self.remarks, self.dates = header, key, remarks, dates
        self.person: int | None = None
        self.birth_year: int | None = None
        self.cents = 0
        """Sum of the claimed lines, credits negative."""
        self._readers: dict[str, tuple[str, Callable[[Leaves], Row]]] = {
            "301": ("authorisations", self._authorisation),
            "305": ("starts", self._start),
            "307": ("stops", self._stop),
            "315": ("requests", self._request),
            "323": ("claims", self._claim),
        }
        self.table, self._row = self._readers.get(header.kind, ("rejections", self._rejection))

    def client(self, number: str) -> None:
        """Who the next lines are about; the number is gone when this returns."""
        number = number.strip()
        if not number:
            self.person = None
            return
        if not (len(number) == 9 and passes(number)):
            self.remarks.add("number_test")
        self.person = self.key.pseudonym("person", number.zfill(9))

    def nobody(self) -> None:
        """The client has ended: a next one without a number is not this one."""
        self.person, self.birth_year = None, None

    def born(self, day: str) -> None:
        """Of a date of birth only the year is kept."""
        found = self._date_of(day)
        self.birth_year = found.year if isinstance(found, date) else None

    def line(self, leaves: Leaves) -> Row | None:
        """The row of a line; None where it is left out, or an answer that rejects nothing."""
        try:
            if self.person is None:
                raise Unfit("missing", "Bsn")
            row = self._row(leaves)
        except Unfit as why:
            rule, *detail = why.args
            self.remarks.add(rule, *detail)
            return None
        return row or None

    def _authorisation(self, leaves: Leaves) -> Row:
        begins, ends = self._period(leaves, "Ingangsdatum", "Einddatum")
        request = leaves.get("ReferentieAanbieder")
        return (
            *self.header.of, *self._who(leaves, required=True), *self._product(leaves),
            f"{leaves.get('Toewijzingsdatum', '')[:10]} {leaves.get('Toewijzingstijd', '')[:8]}",
            begins, ends, leaves.get("RedenWijziging"), *self._volume(leaves),
            None if request is None else self._pseudonym("request", request),
        )  # fmt: skip

    def _start(self, leaves: Leaves) -> Row:
        begins = self._date(leaves, "Begindatum")
        self._known("unknown_status", leaves.get("StatusAanlevering", ""), DELIVERIES)
        return (
            *self.header.of, *self._who(leaves), *self._product(leaves), begins, leaves.get("StatusAanlevering"),
            self.header.dated,
        )  # fmt: skip

    def _stop(self, leaves: Leaves) -> Row:
        begins, ends = self._period(leaves, "Begindatum", "Einddatum")
        if ends is None:
            raise Unfit("missing", "Einddatum")
        self._known("unknown_status", leaves.get("StatusAanlevering", ""), DELIVERIES)
        self._known("unknown_reason", leaves.get("RedenBeeindiging", ""), STOP_REASONS[self.header.law])
        return (
            *self.header.of, *self._who(leaves), *self._product(leaves), begins, ends,
            leaves.get("RedenBeeindiging"), leaves.get("StatusAanlevering"), self.header.dated,
        )  # fmt: skip

    def _request(self, leaves: Leaves) -> Row:
        begins, ends = self._period(leaves, "ToewijzingIngangsdatum", "ToewijzingEinddatum")
        self._known("unknown_referrer", leaves.get("Type", ""), REFERRERS)
        return (
            *self.header.of, self.person, self.birth_year, None, *self._product(leaves),
            self._pseudonym("request", self._needed(leaves, "ReferentieAanbieder")), begins, ends, *self._volume(leaves),
            REFERRERS.get(leaves.get("Type", "")), leaves.get("Raamcontract"),
        )  # fmt: skip

    def _claim(self, leaves: Leaves) -> Row:
        begins, ends = self._period(leaves, "Begindatum", "Einddatum")
        if ends is None:
            raise Unfit("missing", "Einddatum")
        volume, cents = self._number(leaves, "GeleverdVolume"), self._number(leaves, "Bedrag")
        unit = self._needed(leaves, "Eenheid")
        tariff = self._number(leaves, "ProductTarief") if "ProductTarief" in leaves else None
        sign = self._needed(leaves, "DebetCredit")
        if sign not in ("D", "C"):
            raise Unfit("debit_credit", sign)
        credit = sign == "C"
        self._known("unknown_unit", unit, UNITS)
        if tariff is not None and unit != EURO and tariff * volume != cents:
            self.remarks.add("not_p_times_q", cents=cents - tariff * volume)
        authorisation = self._pseudonym("authorisation", self._needed(leaves, "ToewijzingNummer"), provider=False)
        reference = self._pseudonym("reference", self._needed(leaves, "ReferentieNummer"))
        previous = leaves.get("VorigReferentieNummer")
        row = (
            *self.header.of, self.person, authorisation, *self._product(leaves), begins, ends,
            float(-volume if credit else volume), UNITS.get(unit, unit[:2]), tariff, -cents if credit else cents, credit,
            reference, None if previous is None else self._pseudonym("reference", previous), self.header.dated,
        )  # fmt: skip
        self.cents += -cents if credit else cents
        return row

    def _rejection(self, leaves: Leaves) -> Row:
        """Of an answer: the line and its codes; empty where it rejects nothing."""
        codes = [code for code in leaves.get("RetourCode", "").split() if code not in NO_REJECTION]
        if not codes:
            return ()
        number = leaves.get("ToewijzingNummer")
        authorisation = None if number is None else self._pseudonym("authorisation", number, provider=False)
        named = "ReferentieAanbieder" if self.header.kind == "316" else "ReferentieNummer"
        subject = "request" if self.header.kind == "316" else "reference"
        reference = leaves.get(named)
        day = next(
            (leaves[name] for name in ("Begindatum", "Ingangsdatum", "ToewijzingIngangsdatum") if name in leaves),
            "",
        )
        begins = self._date_of(day)
        cents = self._number(leaves, "Bedrag") if "Bedrag" in leaves else 0
        return (
            *self.header.of, self.header.answers, self.header.kind, authorisation,
            begins if isinstance(begins, date) else None,
            None if reference is None else self._pseudonym(subject, reference), cents,
            ",".join(code[:4] for code in codes[:10]),
        )  # fmt: skip

    def _who(self, leaves: Leaves, *, required: bool = False) -> tuple[int | None, int | None, int | None]:
        """Pseudonym of the person, year of birth, pseudonym of the authorisation."""
        number = self._needed(leaves, "ToewijzingNummer") if required else leaves.get("ToewijzingNummer")
        if number is None:
            return self.person, self.birth_year, None
        return self.person, self.birth_year, self._pseudonym("authorisation", number, provider=False)

    def _pseudonym(self, subject: str, text: str, *, provider: bool = True) -> int:
        """Of a number that a municipality (or a provider in it) gives out."""
        own = f"{self.header.provider}:" if provider else ""
        return self.key.pseudonym(subject, f"{self.header.law}:{self.header.municipality}:{own}{text.strip()}")

    def _product(self, leaves: Leaves) -> tuple[str | None, str | None]:
        """Category and code."""
        category = leaves.get("Categorie", leaves.get("ProductCategorie"))
        code = leaves.get("Code", leaves.get("ProductCode"))
        if category is not None:
            self._known("unknown_category", category, CATEGORIES[self.header.law])
        return (None if category is None else category[:2]), (None if code is None else code[:PRODUCT_LENGTH])

    def _volume(self, leaves: Leaves) -> tuple[int | None, str | None, str | None, int | None]:
        """Volume, unit, frequency, budget in cents; each where the line has it."""
        volume = self._number(leaves, "Volume") if "Volume" in leaves else None
        budget = self._number(leaves, "Budget") if "Budget" in leaves else None
        unit, frequency = leaves.get("Eenheid"), leaves.get("Frequentie")
        if unit is not None:
            self._known("unknown_unit", unit, UNITS)
        if frequency is not None:
            self._known("unknown_frequency", frequency, FREQUENCIES)
        return volume, UNITS.get(unit, unit[:2]) if unit else None, frequency[:1] if frequency else None, budget

    def _known(self, rule: str, code: str, known: object) -> None:
        """Count a code that the standard does not have."""
        if code not in known:  # type: ignore[operator]
            self.remarks.add(rule, code)

    @staticmethod
    def _needed(leaves: Leaves, name: str) -> str:
        """A field that every line has."""
        text = leaves.get(name, "").strip()
        if not text:
            raise Unfit("missing", name)
        return text

    def _number(self, leaves: Leaves, name: str) -> int:
        """A whole number of zero or more."""
        text = self._needed(leaves, name)
        if not (text.isascii() and text.isdecimal()) or len(text) > LONGEST or (value := int(text)) > LARGEST:
            raise Unfit("number", name)
        return value

    def _period(self, leaves: Leaves, first: str, last: str) -> tuple[date, date | None]:
        """Begin and end, of which the end may be open."""
        begins = self._date(leaves, first)
        ends = self._date(leaves, last) if leaves.get(last, "").strip() else None
        if ends is not None and ends < begins:
            raise Unfit("period")
        return begins, ends

    def _date(self, leaves: Leaves, name: str) -> date:
        """A day."""
        found = self._date_of(self._needed(leaves, name))
        if isinstance(found, str):
            raise Unfit(found)
        return found

    def _date_of(self, text: str) -> date | str:
        """A day, or the rule that it breaks."""
        found = self.dates.get(text)
        if found is None:
            found = read_date(text)
            if isinstance(found, date):
                self.dates[text] = found
        return found


EARLIEST, LATEST = 1900, 2100
"""Years of any day in a message."""


def read_date(text: str) -> date | str:
    """A day as the standards write it, or the name of the rule that it breaks.

    >>> read_date("2026-04-30"), read_date("30-04-26"), read_date("2026-02-30")
    (datetime.date(2026, 4, 30), 'two_digit_year', 'date')
    """
    parts = text.strip().split("-")
    if len(parts) == 3 and all(part.isascii() and part.isdecimal() for part in parts):
        if [len(part) for part in parts] == [4, 2, 2]:
            year, month, day = (int(part) for part in parts)
            try:
                return date(year, month, day) if EARLIEST <= year <= LATEST else "date"
            except ValueError:
                return "date"
        if all(len(part) <= 2 for part in parts):
            return "two_digit_year"
    return "date"
