"""Chapters V and VI of a statement: what was paid already, and what belongs to earlier years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bekostiging.case.errors import Said
from bekostiging.case.year_tables import Booking
from bekostiging.settlement.earlier import EarlierContract, Previous
from bekostiging.settlement.formula import added
from bekostiging.settlement.ledger import Ledger, money
from bekostiging.units import CENTS

_PAID: dict[str, Said] = {
    "advance": ("Voorschotten", "Advances"),
    "claims_paid": ("Declaraties, betaald in het jaar", "Claims paid in the year"),
}


def _times(rows: Sequence[Booking], lang: str) -> str:
    """Equal amounts as a number of times one; others by their number."""
    counted = Counter(row.euros for row in rows)
    if len(counted) == 1:
        return f"{len(rows)} × {money(rows[0].euros, lang)}"
    return {"nl": f"{len(rows)} boekingen", "en": f"{len(rows)} bookings"}[lang]


def paid_lines(ledger: Ledger, bookings: Sequence[Booking]) -> None:
    """Chapter V, down to the balance of the year."""
    for kind, said in _PAID.items():
        rows = [row for row in bookings if row.booking == kind]
        if not rows:
            continue
        source = "; ".join(dict.fromkeys(row.document for row in rows))
        column = ledger.column(kind, said, (row.euros for row in rows), [row.paid_on for row in rows], source)
        words = _times(rows, "nl"), _times(rows, "en")
        ledger.amount(kind, "paid", said, -column.total(), words, source)
    ledger.total(
        "balance", "paid", ("Saldo van het jaar", "Balance of the year"), ["determined", *ledger.keys("paid")]
    )


def earlier_lines(
    ledger: Ledger, bookings: Sequence[Booking], before: EarlierContract | None, previous: Previous | None
) -> None:
    """Chapter VI, down to the amount to pay; it is no expense of the year."""
    for number, row in enumerate((row for row in bookings if row.booking == "earlier_year"), start=1):
        year = "" if row.of_year is None else f" {row.of_year}"
        said = f"Correctie{year}", f"Correction{year}"
        given = ledger.given(f"earlier_{number}", said, row.euros, row.document)
        words = f"besluit van {row.paid_on}", f"decision of {row.paid_on}"
        ledger.amount(f"earlier_{number}", "earlier", said, given, words, row.document)
    interest = [row for row in bookings if row.booking == "interest"]
    if interest:
        source = "; ".join(dict.fromkeys(row.document for row in interest))
        said = "Rente", "Interest"
        worth = added(
            [ledger.given(f"interest_{k}", said, row.euros, row.document) for k, row in enumerate(interest)]
        )
        ledger.amount("interest", "earlier", said, worth, ("", ""), source)
    if before is not None and previous is not None and previous.status != "raming":
        said = (
            f"Al verrekend bij de afrekening van {previous.drawn_up}",
            f"Settled already by the settlement of {previous.drawn_up}",
        )
        given = ledger.given("settled_before", said, before.paid_in_all / CENTS, previous.place)
        words = f"{previous.status}", f"{previous.status}"
        ledger.amount("settled_before", "earlier", said, -given, words, previous.place)
    ledger.total(
        "to_pay",
        "earlier",
        (
            "Te betalen aan de aanbieder (min: terug te betalen)",
            "To be paid to the provider (minus: to be paid back)",
        ),
        ["balance", *ledger.keys("earlier")],
    )
