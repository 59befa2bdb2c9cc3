"""What is sent about every trajectory: requests, authorisations, starts, stops, claims with their faults, and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from bekostiging.case.model import Case
from bekostiging.case.tables import CareForm, Law
from bekostiging.messages.generator.drawn import Trajectories
from bekostiging.messages.generator.numbers import citizen_numbers, municipality_codes, provider_codes
from bekostiging.messages.generator.texts import (
    XSD_VERSION,
    Envelope,
    Parts,
    client,
    money,
    month_ends,
    period,
    product,
)
from bekostiging.messages.kinds import (
    CRISIS,
    DAGDEEL,
    ETMAAL,
    FIRST,
    HOUR,
    MINUTE,
    PER_MONTH,
    PER_WEEK,
    TOTAL,
)
from bekostiging.units import CENTS, DAYS_PER_WEEK, WEEKS_PER_MONTH

VALID_DAYS = 365
"""Of an authorisation; then it is prolonged under the same number."""
UNIT_CODES = {"minute": MINUTE, "hour": HOUR, "etmaal": ETMAAL, "dagdeel": DAGDEEL}
AGES = {"0_17": (4, 17), "18_64": (20, 64), "65_plus": (66, 95)}
REASONS: dict[Law, str] = {"jeugdwet": "31", "wmo": "19"}
"""Of a stop as planned."""
MEAN_WAIT = 6.0
"""Weeks between intended and actual start, invented."""
REJECTED = "9321"
"""Retour code of a line whose period lies outside that of the claim."""
EXTENDED = "04"
_REFERRERS = ("", "02", "03")
"""Code by channel: no request from the own access, general practitioner, youth doctor."""


Key = tuple[date, str, Law, str]
"""First day of a month, municipality, law, provider."""
NO_REMARK = "0200"


@dataclass(frozen=True)
class Sent:
    """A message as text, with what the group that it is kept in must know."""

    envelope: Envelope
    text: str


@dataclass
class Claim:
    """One line of a claim; ``due`` is the month of the declaration that brings it."""

    trajectory: int
    month: tuple[date, date]
    volume: int
    cents: int
    tariff: int
    reference: str
    previous: str | None = None
    rejected: bool = False
    credit: bool = False


class Codes:
    """Codes of municipalities, providers and products of a case."""

    def __init__(self, case: Case) -> None:
        self.municipalities = municipality_codes([one.code for one in case.municipalities])
        names = [one.id for one in case.providers]
        self.providers = dict(zip(names, provider_codes(len(names)), strict=True))
        self._products = {
            form.id: (form.law, form.category, number) for number, form in enumerate(case.care_forms, 1)
        }

    def product(self, form: str, *, crisis: bool) -> tuple[str, str]:
        """Category and code of a care form; youth care in a crisis has its own category."""
        law, category, number = self._products[form]
        if len(category) != 2 or not category.isdecimal():
            category = "50" if law == "jeugdwet" else "10"
        if crisis and law == "jeugdwet":
            category = CRISIS
        return category, f"{category}{'C' if crisis else 'A'}{number:02d}"


class Events:
    """Messages of drawn trajectories, from the first day of so many years to the end of the base year.

    ``lines`` and ``cents`` count the claims once all messages were made, ``spent`` the cents by municipality, year and
    taakveld.
    """

    def __init__(
        self, case: Case, drawn: Trajectories, years: int, faults: float, rng: np.random.Generator
    ) -> None:
        self.case, self.drawn, self.faults, self.rng = case, drawn, faults, rng
        self.codes = Codes(case)
        self.first, self.last = date(case.base_year - years + 1, 1, 1), date(case.base_year, 12, 31)
        self.lines, self.cents, self.counter = 0, 0, 0
        self.spent: dict[tuple[str, int, str], int] = {}
        homes = {area.id: area.municipality for area in case.areas}
        self.municipality = [self.codes.municipalities[homes[one.area]] for one in case.demand]
        self.forms = {form.id: form for form in case.care_forms}
        self.lots = {form: lot.id for lot in case.lots for form in lot.care_forms}
        self.birth = [self._birth(int(row)) for row in drawn.row]
        by_person: dict[int, int] = {}
        for number, person in enumerate(drawn.person):
            self.birth[number] = by_person.setdefault(int(person), self.birth[number])
        self.numbers = citizen_numbers()

    def all(self) -> Iterator[Sent]:
        """Every message."""
        due: dict[Key, list[Claim]] = {}
        for number in range(len(self.drawn.row)):
            yield from self._care(number)
            for claim in self._claims(number):
                due.setdefault((claim.month[0].replace(day=1), *self._sides(number)), []).append(claim)
        yield from self._declarations(due)

    def extract(self) -> Iterator[tuple[object, ...]]:
        """The trajectory extract of youth care, without what was charged: that stands in the claims."""
        for number in range(len(self.drawn.row)):
            municipality, law, provider = self._sides(number)
            if law != "jeugdwet":
                continue
            row = self.case.demand[int(self.drawn.row[number])]
            begins, ends = (date.fromordinal(int(days[number])) for days in (self.drawn.begins, self.drawn.ends))
            waited = timedelta(days=int(self.rng.exponential(7 * MEAN_WAIT)))
            stopped = ends <= self.last
            yield (
                provider, municipality, row.care_form, f"T{number}", self.birth[number],
                ("01", *_REFERRERS[1:])[int(self.drawn.channel[number])], begins - waited - timedelta(days=14),
                begins - waited, begins, ends if stopped else "", REASONS[law] if stopped else "", "", "",
            )  # fmt: skip

    def _sides(self, number: int) -> tuple[str, Law, str]:
        """Municipality, law and provider of a trajectory."""
        row = int(self.drawn.row[number])
        law = self.forms[self.case.demand[row].care_form].law
        return (
            self.municipality[row],
            law,
            self.codes.providers[self.case.offers[int(self.drawn.offer[number])].provider],
        )

    def _form(self, number: int) -> CareForm:
        """The care form of a trajectory."""
        return self.forms[self.case.demand[int(self.drawn.row[number])].care_form]

    def persons(self) -> dict[tuple[str, Law, int], tuple[set[int], int]]:
        """Persons with care at some time in a year, and trajectories, by municipality, law and year."""
        found: dict[tuple[str, Law, int], tuple[set[int], int]] = {}
        for number, person in enumerate(self.drawn.person):
            code, law, _ = self._sides(number)
            begins, ends = (date.fromordinal(int(days[number])) for days in (self.drawn.begins, self.drawn.ends))
            for year in range(max(begins.year, self.first.year), min(ends.year, self.last.year) + 1):
                own, times = found.setdefault((code, law, year), (set(), 0))
                own.add(int(person))
                found[code, law, year] = own, times + 1
        return found

    def _birth(self, row: int) -> int:
        low, high = AGES[self.forms[self.case.demand[row].care_form].age_band]
        return self.case.base_year - int(self.rng.integers(low, high + 1))

    def _envelope(self, kind: str, number: int, dated: date) -> Envelope:
        """The envelope of a message about a trajectory."""
        municipality, law, provider = self._sides(number)
        self.counter += 1
        return Envelope(kind, law, municipality, provider, f"{self.counter:09d}", dated)

    def _care(self, number: int) -> Iterator[Sent]:
        """Request, authorisations, start and stop of a trajectory."""
        drawn = self.drawn
        row = self.case.demand[int(drawn.row[number])]
        begins, ends = (date.fromordinal(int(days[number])) for days in (drawn.begins, drawn.ends))
        category, code = self.codes.product(row.care_form, crisis=bool(drawn.crisis[number]))
        what = product(category, code)
        who = self.numbers[int(drawn.person[number])], self.birth[number]
        reference = None
        channel = int(drawn.channel[number])
        if channel:
            reference = f"V{number}"
            yield self._request(number, begins, reference, what, who, _REFERRERS[channel])
        term = 1
        while True:
            until = begins + timedelta(days=VALID_DAYS * term - 1)
            decided = (
                begins - timedelta(days=14) if term == 1 else begins + timedelta(days=VALID_DAYS * (term - 1) - 14)
            )
            if decided > self.last:
                break
            yield self._authorisation(number, decided, (begins, until), reference, what, who, term)
            if until >= ends:
                break
            term += 1
        common: Parts = [
            ("ToewijzingNummer", self._authorisation_number(number)),
            what,
            ("ToewijzingIngangsdatum", begins),
        ]
        started: Parts = [*common, ("Begindatum", begins), ("StatusAanlevering", FIRST)]
        yield self._sent("305", number, begins + timedelta(days=3), who, "StartProduct", "StartProducten", started)
        if ends <= self.last:
            law = self._sides(number)[1]
            stopped: Parts = [*common, ("Begindatum", begins), ("RedenBeeindiging", REASONS[law]), ("Einddatum", ends),
                              ("StatusAanlevering", FIRST)]  # fmt: skip
            yield self._sent("307", number, ends + timedelta(days=4), who, "StopProduct", "StopProducten", stopped)

    @staticmethod
    def _authorisation_number(number: int) -> int:
        return 100_000 + number

    def _sent(
        self, kind: str, number: int, dated: date, who: tuple[str, int], line: str, group: str, parts: Parts
    ) -> Sent:
        """A message with one line about one client."""
        envelope = self._envelope(kind, number, dated)
        body = client(*who, (group, [(line, parts)]), complete=kind == "301")
        return Sent(envelope, envelope.text([("Client", body)]))

    def _request(
        self,
        number: int,
        begins: date,
        reference: str,
        what: tuple[str, Parts],
        who: tuple[str, int],
        referrer: str,
    ) -> Sent:
        """A request for an authorisation."""
        parts: Parts = [
            ("ReferentieAanbieder", reference), what, ("ToewijzingIngangsdatum", begins),
            ("Verwijzer", [(".Type", referrer), (".Naam", "Test")]),
        ]  # fmt: skip
        return self._sent(
            "315", number, begins - timedelta(days=21), who, "AangevraagdProduct", "AangevraagdeProducten", parts
        )

    def _authorisation(
        self, number: int, decided: date, valid: tuple[date, date], reference: str | None, what: tuple[str, Parts],
        who: tuple[str, int], term: int,
    ) -> Sent:  # fmt: skip
        """An authorisation, or its prolongation."""
        volume, unit, frequency = self._size(number, (valid[1] - valid[0]).days + 1)
        parts: Parts = [
            ("ToewijzingNummer", self._authorisation_number(number)), ("ReferentieAanbieder", reference), what,
            ("Toewijzingsdatum", decided), ("Toewijzingstijd", "12:00:00"), ("Ingangsdatum", valid[0]),
            ("Einddatum", valid[1]), ("RedenWijziging", EXTENDED if term > 1 else None),
            ("Omvang", [(".Volume", volume), (".Eenheid", unit), (".Frequentie", frequency)]),
        ]  # fmt: skip
        return self._sent("301", number, decided, who, "ToegewezenProduct", "ToegewezenProducten", parts)

    def _size(self, number: int, days: int) -> tuple[int, str, str]:
        """Agreed volume in one of the ways that a municipality may write it."""
        form = self._form(number)
        weekly, way = float(self.drawn.agreed[number]), number % 10
        if form.unit in ("hour", "minute"):
            minutes = weekly * (60 if form.unit == "hour" else 1)
            if way < 6:
                return max(round(minutes), 1), MINUTE, PER_WEEK
            if way < 8:
                return max(round(minutes * WEEKS_PER_MONTH), 1), MINUTE, PER_MONTH
        elif way < 3:
            return max(round(weekly * WEEKS_PER_MONTH), 1), UNIT_CODES[form.unit], PER_MONTH
        return max(round(weekly * days / DAYS_PER_WEEK), 1), UNIT_CODES[form.unit], TOTAL

    def _claims(self, number: int) -> Iterator[Claim]:
        """The lines of a trajectory, a month each, in whole units; what is left goes to the next month."""
        drawn = self.drawn
        begins, ends = (date.fromordinal(int(days[number])) for days in (drawn.begins, drawn.ends))
        first, last = max(begins, self.first), min(ends, self.last)
        rate = float(drawn.agreed[number] * drawn.realised[number]) / DAYS_PER_WEEK
        carried = float(self.rng.random())
        for low, high in month_ends(first, last):
            low, high = max(low, first), min(high, last)
            carried += rate * ((high - low).days + 1)
            volume = int(carried)
            if not volume:
                continue
            carried -= volume
            tariff = self._tariff(number, low.year)
            self.cents += volume * tariff
            where = self._sides(number)[0], low.year, self._form(number).iv3
            self.spent[where] = self.spent.get(where, 0) + volume * tariff
            yield Claim(number, (low, high), volume, volume * tariff, tariff, self._reference())

    def _reference(self) -> str:
        self.counter += 1
        return f"R{self.counter}"

    def _tariff(self, number: int, year: int) -> int:
        """Cents per unit in a year: the tariff of the first contract year without the index since."""
        offer = self.case.offers[int(self.drawn.offer[number])]
        lot = self.lots.get(offer.care_form, self.case.lots[0].id)
        level = self.case.price_index.between(lot, year, self.case.first_year)
        return round(CENTS * offer.tariff / level)

    def _declarations(self, first_claims: dict[Key, list[Claim]]) -> Iterator[Sent]:
        """The claims of every provider about every month, with their answers; what is wrong comes again a month later."""
        pending = dict(first_claims)
        while pending:
            key = min(pending)
            claims = sorted(pending.pop(key), key=lambda one: (self.drawn.person[one.trajectory], one.reference))
            month, *sides = key
            following = (month + timedelta(days=32)).replace(day=1)
            if following <= self.last + timedelta(days=32):
                again = [new for one in claims for new in self._faults(one, following)]
                if again:
                    pending.setdefault((following, *sides), []).extend(again)  # type: ignore[arg-type]
            yield from self._declaration(month, claims)

    def _faults(self, claim: Claim, following: date) -> list[Claim]:
        """Lines that a month later bring a line again, where it goes wrong; a line that is brought again goes well."""
        if claim.previous is not None or claim.credit:
            return []
        chance = float(self.rng.random())
        if chance < self.faults:
            claim.rejected = True
            return [replace(claim, reference=self._reference(), previous=claim.reference, rejected=False)]
        if not self.faults <= chance < 1.5 * self.faults:
            return []
        right = replace(claim, reference=self._reference(), previous=claim.reference)
        claim.volume, claim.cents = claim.volume + 1, (claim.volume + 1) * claim.tariff
        undone = replace(
            claim, reference=self._reference(), previous=claim.reference, cents=-claim.cents, credit=True
        )
        return [undone, right]

    def _declaration(self, month: date, claims: list[Claim]) -> Iterator[Sent]:
        """A claim, and the answer to it."""
        self.lines += len(claims)
        sent = (month + timedelta(days=32)).replace(day=10)
        envelope = self._envelope("323", claims[0].trajectory, sent)
        total = sum(one.cents for one in claims)
        whole = period("DeclaratiePeriode", month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1))
        declared = f"D{self.counter}"
        yield Sent(
            envelope,
            envelope.text(
                [("Declaratie", [
                    ("DeclaratieNummer", declared), whole, ("DeclaratieDagtekening", sent),
                    money("TotaalIngediendBedrag", total, "TotaalBedrag"),
                    ("Clienten", self._clients(claims, answered=False)),
                ])]
            ),
        )  # fmt: skip
        answer = self._envelope("325", claims[0].trajectory, sent + timedelta(days=8))
        rejected = [one for one in claims if one.rejected]
        fine: Parts = [("RetourCodes", [("RetourCode", NO_REMARK)])]
        body: Parts = [
            ("DeclaratieNummer", declared), money("TotaalIngediendBedrag", total, "TotaalBedrag"),
            money("TotaalToegekendBedrag", total - sum(one.cents for one in rejected), "TotaalBedrag"),
            *([("Clienten", self._clients(rejected, answered=True))] if rejected else []), *fine,
        ]  # fmt: skip
        asked: Parts = [
            ("DeclaratieIdentificatie", [(".Identificatie", envelope.number), (".Dagtekening", sent)]),
            ("XsdVersieDeclaratie", [(".BasisschemaXsdVersie", XSD_VERSION), (".BerichtXsdVersie", XSD_VERSION)]), *fine,
        ]  # fmt: skip
        yield Sent(answer, answer.text([("DeclaratieAntwoord", body)], asked))

    def _clients(self, claims: list[Claim], *, answered: bool) -> Parts:
        """The clients of a claim or answer, with their lines."""
        fine: Parts = [("RetourCodes", [("RetourCode", NO_REMARK)])] if answered else []
        groups: dict[int, list[Claim]] = {}
        for one in claims:
            groups.setdefault(int(self.drawn.person[one.trajectory]), []).append(one)
        return [
            ("Client", [
                ("Bsn", self.numbers[person]),
                ("Prestaties", [("Prestatie", self._line(one, answered=answered)) for one in own]), *fine,
            ])
            for person, own in groups.items()
        ]  # fmt: skip

    def _line(self, claim: Claim, *, answered: bool) -> Parts:
        """One line of a claim; in an answer with why it is rejected."""
        row = self.case.demand[int(self.drawn.row[claim.trajectory])]
        category, code = self.codes.product(row.care_form, crisis=bool(self.drawn.crisis[claim.trajectory]))
        return [
            ("ProductReferentie", [(".ReferentieNummer", claim.reference), (".VorigReferentieNummer", claim.previous)]),
            ("ToewijzingNummer", self._authorisation_number(claim.trajectory)),
            ("ProductCategorie", category), ("ProductCode", code), period("ProductPeriode", *claim.month),
            ("GeleverdVolume", claim.volume), ("Eenheid", UNIT_CODES[self.forms[row.care_form].unit]),
            ("ProductTarief", claim.tariff), money("IngediendBedrag", claim.cents, "Bedrag"),
            *([("RetourCodes", [("RetourCode", REJECTED)])] if answered else []),
        ]  # fmt: skip
