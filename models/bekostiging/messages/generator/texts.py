"""The XML of a message, in the order of the published schemas; every text in it is made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bekostiging.case.tables import Law
from bekostiging.messages.kinds import ANSWERS, KINDS, STANDARDS

XSD_VERSION = "1.0.0"
BASE = "http://www.istandaarden.nl/{standard}/3_2/basisschema/schema"
OWN = "http://www.istandaarden.nl/{standard}/3_2/{name}/schema"
Parts = Sequence[tuple[str, object]]
"""Elements by name, each a text or parts again; None is left out. A name that begins with a dot is of the base schema."""


@dataclass(frozen=True)
class Envelope:
    """Kind, law and sides of a message, its number and day."""

    kind: str
    law: Law
    municipality: str
    provider: str
    number: str
    dated: date

    def text(self, body: Parts, header: Parts = ()) -> str:
        """The whole message."""
        standard = STANDARDS[self.law]
        name = f"{standard[1:]}{self.kind}"
        kind = KINDS[self.kind]
        sides = (
            (self.municipality, self.provider) if kind.from_municipality else (self.provider, self.municipality)
        )
        head: Parts = [
            ("BerichtCode", kind.code if self.law == "jeugdwet" else kind.wmo_code or _wmo_answer(self.kind)),
            ("BerichtVersie", "3"),
            ("BerichtSubversie", "2"),
            ("Afzender", sides[0]),
            ("Ontvanger", sides[1]),
            ("BerichtIdentificatie", [(".Identificatie", self.number), (".Dagtekening", self.dated)]),
            ("XsdVersie", [(".BasisschemaXsdVersie", XSD_VERSION), (".BerichtXsdVersie", XSD_VERSION)]),
            *header,
        ]
        spaces = (
            f'xmlns:{standard}="{BASE.format(standard=standard)}" '
            f'xmlns:{name}="{OWN.format(standard=standard, name=name)}"'
        )
        inside = _xml([("Header", head), *body], name, standard)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}:Bericht {spaces}>{inside}</{name}:Bericht>\n'


def _wmo_answer(kind: str) -> str:
    """Code of an answer under the Wmo, of which no schema was seen: as in the iJw one more than that of what it answers.

    >>> _wmo_answer("325")
    '485'
    """
    return str(int(KINDS[ANSWERS[kind]].wmo_code) + 1)


def _xml(parts: Parts, own: str, base: str) -> str:
    """Elements as text; nothing in them has a sign that XML would read."""
    out = []
    for name, value in parts:
        if value is None:
            continue
        tag = f"{base}:{name[1:]}" if name.startswith(".") else f"{own}:{name}"
        inside = _xml(value, own, base) if isinstance(value, list | tuple) else str(value)
        out.append(f"<{tag}>{inside}</{tag}>")
    return "".join(out)


def client(number: str, birth_year: int, products: tuple[str, Parts], *, complete: bool) -> Parts:
    """A client with its products; ``complete``: with the address that an authorisation has."""
    name: list[tuple[str, object]] = [(".Geslachtsnaam", [(".Achternaam", "Test")])]
    where: Parts = [("Contact", [("Soort", "01")])]
    if complete:
        name.append((".NaamGebruik", "1"))
    return [
        ("Bsn", number),
        ("Geboortedatum", [(".Datum", f"{birth_year}-01-01")]),
        ("Geslacht", "0"),
        ("Naam", name),
        *([("Contactgegevens", where)] if complete else []),
        products,
    ]


def product(category: str, code: str) -> tuple[str, Parts]:
    """What care it is."""
    return "Product", [(".Categorie", category), (".Code", code)]


def money(name: str, cents: int, inner: str) -> tuple[str, Parts]:
    """An amount with debit or credit."""
    return name, [(f".{inner}", abs(cents)), (".DebetCredit", "C" if cents < 0 else "D")]


def period(name: str, first: date, last: date) -> tuple[str, Parts]:
    """A closed period."""
    return name, [(".Begindatum", first), (".Einddatum", last)]


def month_ends(first: date, last: date) -> Iterator[tuple[date, date]]:
    """First and last day of every month from the first to the last day.

    >>> [tuple(day.isoformat() for day in month) for month in month_ends(date(2025, 1, 1), date(2025, 2, 1))]
    [('2025-01-01', '2025-01-31'), ('2025-02-01', '2025-02-28')]
    """
    begin = first.replace(day=1)
    while begin <= last:
        following = (begin + timedelta(days=32)).replace(day=1)
        yield begin, following - timedelta(days=1)
        begin = following
