"""What every municipality pays of a contract, by the key of its lot, and under which taakveld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case.year_tables import Booking
from bekostiging.contracts import in_cents
from bekostiging.settlement.ledger import Ledger
from bekostiging.settlement.values import Book
from bekostiging.units import CENTS
from bekostiging_solvers.typing import FloatArray, IntArray

_SIGN = {"advance": -1, "claims_paid": -1, "earlier_year": 1, "interest": 1}
"""How a booking counts in what is still to be paid."""


@dataclass(frozen=True)
class MunicipalPart:
    """The part of one municipality in one contract; cents.

    Parameters
    ----------
    municipality : str
        Code.
    share : float
        By the key.
    determined : int
        Of what the contract pays for the year.
    paid : int
        What was paid already.
    earlier : int
        Of corrections, interest and what an earlier settlement paid.
    taakvelden : dict of str to int
        ``determined`` by taakveld Iv3.
    differences : dict of str to int
        What was determined less what was booked for the year, by taakveld; empty where nothing was booked as to be paid.
    corrections : dict of str to int
        Corrections of earlier years, by taakveld; empty without any.

    Examples
    --------
    >>> more = {"taakvelden": {"6.72": 100}, "differences": {}, "corrections": {}}
    >>> part = MunicipalPart("9991", 0.5, determined=100, paid=80, earlier=-5, **more)
    >>> part.balance, part.to_pay
    (20, 15)
    """

    municipality: str
    share: float
    determined: int
    paid: int
    earlier: int
    taakvelden: Mapping[str, int]
    differences: Mapping[str, int]
    corrections: Mapping[str, int]

    @property
    def balance(self) -> int:
        """Balance of the year."""
        return self.determined - self.paid

    @property
    def to_pay(self) -> int:
        """What it pays now."""
        return self.balance + self.earlier


def municipal_parts(
    book: Book, contract: int, year: int, shares: FloatArray, ledger: Ledger, bookings: Sequence[Booking]
) -> tuple[MunicipalPart, ...]:
    """Every amount split by largest remainder, but what one municipality paid itself, which stays its own."""
    case = book.case
    place = {row.code: m for m, row in enumerate(case.municipalities)}
    determined = _split(ledger.line("determined").cents, shares)
    own = {"paid": np.zeros(len(place), dtype=np.int64), "earlier": np.zeros(len(place), dtype=np.int64)}
    for row in bookings:
        if row.municipality and row.booking in _SIGN:
            kind = "paid" if _SIGN[row.booking] < 0 else "earlier"
            own[kind][place[row.municipality]] += round(row.euros * CENTS)
    total = {
        "paid": -sum(line.cents for line in ledger.lines if line.part == "paid" and line.kind == "amount"),
        "earlier": sum(line.cents for line in ledger.lines if line.part == "earlier" and line.kind == "amount"),
    }
    booked = _booked(bookings, place, shares, "to_be_paid")
    corrected = _booked(bookings, place, shares, "earlier_year")
    split = {kind: own[kind] + _split(total[kind] - int(own[kind].sum()), shares) for kind in own}
    return tuple(
        MunicipalPart(
            row.code,
            float(shares[m]),
            int(determined[m]),
            int(split["paid"][m]),
            int(split["earlier"][m]),
            _by_taakveld(book, contract, year, m, int(determined[m])),
            {}
            if booked is None
            else _by_taakveld(book, contract, year, m, int(determined[m] - split["paid"][m] - booked[m])),
            {} if corrected is None else _by_taakveld(book, contract, year, m, int(corrected[m])),
        )
        for m, row in enumerate(case.municipalities)
    )


def _booked(
    bookings: Sequence[Booking], place: Mapping[str, int], shares: FloatArray, kind: str
) -> IntArray | None:
    """What each municipality booked of a kind, cents; None where nobody did."""
    rows = [row for row in bookings if row.booking == kind]
    if not rows:
        return None
    own = np.zeros(len(place), dtype=np.int64)
    for row in rows:
        if row.municipality:
            own[place[row.municipality]] += round(row.euros * CENTS)
    return own + _split(sum(round(row.euros * CENTS) for row in rows if not row.municipality), shares)


def _split(cents: int, shares: FloatArray) -> IntArray:
    """Cents by largest remainder."""
    return in_cents(np.array(cents / CENTS), shares)


def _by_taakveld(book: Book, contract: int, year: int, municipality: int, cents: int) -> dict[str, int]:
    """An amount by taakveld, as the value of the municipality's care, else of all care, of each care form."""
    case, cells = book.case, book.cells
    own = book.contracts[contract].cells
    value = np.nan_to_num(book.care.care_use.units[0, year, own]) * cells.tariff[own]
    mine = value * (cells.municipality[own] == municipality)
    weight = mine if mine.sum() > 0 else value if value.sum() > 0 else np.ones_like(value)
    codes = [case.care_forms[f].iv3 for f in cells.care_form[own]]
    names = list(dict.fromkeys(codes))
    total = np.array([weight[[code == name for code in codes]].sum() for name in names])
    parts = _split(cents, total / total.sum())
    return {name: int(part) for name, part in zip(names, parts, strict=True)}
