"""Clients of the base year, by area and care form, from the last counts of history; and how they grow.

Stock and starts give the duration (Little 1961), units over the stock the units per week; each is taken from the last year
that has both. Persons in a year are no stock: those who were there at its start and those who started. A count of an older
year is brought to the base year with the growth of its law; a care form that ended has no demand. Both are said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bekostiging.case.errors import Note
from bekostiging.case.from_history.counts import Count, Counts, Level, has_clients
from bekostiging.case.from_history.growth import Growths, yearly
from bekostiging.case.tables import Area, CareForm, Demand
from bekostiging.case.workbook.names import choice_name
from bekostiging.units import WEEKS_PER_YEAR

MOST_LISTED = 8
"""Places that a note lists."""
SPREAD, DURATION, INTENSITY = "spreiding", "duur", "eenheden per week"
"""What is taken from the worked example where history does not tell it; the spread always is."""


@dataclass(frozen=True)
class Caseload:
    """Clients of a care form in one place and the base year; ``assumed`` is what history does not tell."""

    stock: float
    starts: float
    weeks: float
    units_per_week: float
    assumed: tuple[str, ...]
    origin: str

    def times(self, factor: float) -> Caseload:
        """A part of it, or what it grows to."""
        return replace(self, stock=factor * self.stock, starts=factor * self.starts)

    def without(self, parts: Sequence[Caseload]) -> Caseload:
        """What is left beside parts that are counted by themselves; never less than nobody."""
        return replace(
            self,
            stock=max(self.stock - sum(part.stock for part in parts), 0.0),
            starts=max(self.starts - sum(part.starts for part in parts), 0.0),
        )


@dataclass
class Told:
    """What the user must know of the counts, by care form and place."""

    ended: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    exceeded: list[str] = field(default_factory=list)

    def notes(self, base_year: int) -> list[Note]:
        """One note per kind."""
        kinds = (
            (self.stale, "de laatste telling is ouder dan {year} en met de groei van haar wet naar {year} gebracht: "
             "{listed}; geef een nieuwere telling als die er is", "the last count is older than {year} and was brought to "
             "{year} with the growth of its law: {listed}; give a later count if there is one"),
            (self.ended, "0 cliënten in de laatste telling, dus geen vraag: {listed}",
             "0 clients in the last count, so no demand: {listed}"),
            (self.idle, "wel cliënten maar 0 eenheden, dus geen vraag: {listed}; laat units leeg als zij niet bekend zijn",
             "clients but 0 units, so no demand: {listed}; leave units empty where they are not known"),
            (self.closed, "wel cliënten maar 0 starts, dus niemand stroomt in en het aantal loopt af: {listed}; laat starts "
             "leeg als zij niet bekend zijn", "clients but 0 starts, so nobody comes in and their number falls: {listed}; "
             "leave starts empty where they are not known"),
            (self.named, "gebied en gemeente heten hetzelfde en er tellen ook andere gebieden, dus deze telling is van het "
             "gebied alleen: {listed}; geef het gebied een eigen sleutel als zij van de hele gemeente is",
             "area and municipality share a name and other areas are counted too, so this count is of the area alone: "
             "{listed}; give the area a key of its own if it is of the whole municipality"),
            (self.unknown, "geen telling, dus geen vraag aangenomen: {listed}; vul clients in (0 als er niemand is)",
             "no count, so no demand was assumed: {listed}; fill in clients (0 where there is nobody)"),
            (self.exceeded, "de gebieden tellen samen meer dan hun gemeente; gerekend is met de gebieden: {listed}",
             "the areas count more than their municipality; the areas were taken: {listed}"),
        )  # fmt: skip
        return [_note(items, nl, en, base_year) for items, nl, en in kinds if items]


def _note(items: Sequence[str], nl: str, en: str, year: int) -> Note:
    """A note with the first places of its kind."""
    more = len(items) - MOST_LISTED
    shown = ", ".join(items[:MOST_LISTED])
    listed = {
        "nl": shown + (f", en nog {more}" if more > 0 else ""),
        "en": shown + (f", and {more} more" if more > 0 else ""),
    }
    return {
        "nl": f"history: {nl.format(year=year, listed=listed['nl'])}.",
        "en": f"history: {en.format(year=year, listed=listed['en'])}.",
    }


class Caseloads:
    """The caseload of every area and care form in the base year.

    Parameters
    ----------
    counts : Counts
    forms : sequence of CareForm
        Those of history.
    typical : dict of str to Demand
        By care form, what is assumed where history does not tell.
    growths : Growths
        For counts older than the base year; empty: they are left as they are.
    persons : dict of str to float
        By care form, trajectories of care per person.
    base_year : int

    Attributes
    ----------
    by_place : dict
        Caseload by (area, care form), where somebody is in care or starts.
    over : set of str
        Care forms that ended in some place, or of which nothing was delivered.
    told : Told
    """

    def __init__(
        self,
        counts: Counts,
        forms: Sequence[CareForm],
        typical: Mapping[str, Demand],
        growths: Growths,
        persons: Mapping[str, float],
        base_year: int,
    ) -> None:
        self.counts, self.typical, self.growths, self.persons, self.base_year = (
            counts,
            typical,
            growths,
            persons,
            base_year,
        )
        self.told = Told()
        self.over: set[str] = set()
        self.by_place: dict[tuple[str, str], Caseload] = {}
        for form in forms:
            for code in counts.municipalities:
                self._municipality(form, code, counts.level(code, form.id))

    def _municipality(self, form: CareForm, code: str, level: Level) -> None:
        """Areas that are counted by themselves, and the others as their part of what is left of the municipality."""
        own = {area.id: self._caseload(form, code, area.id) for area in level.own}
        for place, caseload in own.items():
            self._keep(place, form, caseload)
        if code in own and len(own) > 1:
            self.told.named.append(f"{code} / {form.id}")
        if not level.rest:
            return
        if level.whole is None:
            places = [area.id for area in level.rest] if level.own else [code]
            self.told.unknown += [f"{place} / {form.id}" for place in places]
            return
        whole = self._caseload(form, code, level.whole)
        if whole is None:
            return
        counted = [one for one in own.values() if one is not None]
        if sum(one.stock for one in counted) > whole.stock + 0.5:
            self.told.exceeded.append(f"{code} / {form.id}")
        left = whole.without(counted)
        weights = [float(getattr(area, f"inhabitants_{form.age_band}")) for area in level.rest]
        total = sum(weights)
        for area, weight in zip(level.rest, weights, strict=True):
            self._keep(area.id, form, left.times(weight / total if total > 0 else 1 / len(level.rest)))

    def _keep(self, area: str, form: CareForm, caseload: Caseload | None) -> None:
        """Keep a caseload of somebody."""
        if caseload is not None and caseload.stock + caseload.starts > 0:
            self.by_place[area, form.id] = caseload

    def _caseload(self, form: CareForm, code: str, place: str) -> Caseload | None:
        """The last count of a place in the base year; None where nobody is left, or nothing delivered."""
        last = self.counts.last(place, form.id, has_clients)
        name = f"{place} / {form.id}"
        if last is None:
            return None
        if not last.clients and not last.starts:
            self.told.ended.append(f"{name} ({last.year})")
            self.over.add(form.id)
            return None
        typical, assumed = self.typical[form.id], [SPREAD]
        weeks = self._weeks(place, form.id)
        if weeks is None:
            weeks = typical.mean_duration_weeks
            assumed.append(DURATION)
        stock = self._stock(form.id, last, weeks)
        starts = stock / weeks * WEEKS_PER_YEAR if last.starts is None else last.starts
        units = self._units_per_week(place, form.id, weeks)
        if units == 0:
            self.told.idle.append(f"{name} ({last.year}: {last.clients:.0f})")
            self.over.add(form.id)
            return None
        if units is None:
            units = typical.units_per_week
            assumed.append(INTENSITY)
        if starts == 0:
            self.told.closed.append(f"{name} ({last.year}: {last.clients:.0f})")
        counted = choice_name("definition", last.definition, "nl")
        found = Caseload(stock, starts, weeks, units, tuple(assumed), f"historie {last.year} ({counted})")
        return found if last.year == self.base_year else self._brought_forward(found, last, code, form, name)

    def _brought_forward(self, found: Caseload, last: Count, code: str, form: CareForm, name: str) -> Caseload:
        """A count of an older year in the base year."""
        growth = yearly(self.growths[code, form.law]) if self.growths else 0.0
        factor = (1 + growth) ** (self.base_year - last.year)
        self.told.stale.append(f"{name} ({last.year}: {last.clients:.0f} -> {factor * (last.clients or 0.0):.0f})")
        percent = f"{100 * growth:.1f}".replace(".", ",")
        return replace(
            found.times(factor),
            origin=f"{found.origin}, naar {self.base_year} gebracht met {percent} % per jaar ({form.law})",
        )

    def _stock(self, form: str, count: Count, weeks: float) -> float:
        """Clients in care at the start of the year of a count."""
        clients = count.clients or 0.0
        if count.definition == "stock_at_date":
            return clients
        trajectories = clients * (self.persons[form] if count.definition == "persons_in_year" else 1.0)
        if count.starts is not None:
            return max(trajectories - count.starts, 0.0)
        return trajectories / (1 + WEEKS_PER_YEAR / weeks)

    def _weeks(self, place: str, form: str) -> float | None:
        """Mean duration, from the last year with clients and starts; None where nobody was there or nobody started."""
        last = self.counts.last(place, form, lambda one: one.clients is not None and one.starts is not None)
        if last is None or not last.starts:
            return None
        stock = self._stock(form, last, weeks=1.0)  # with starts known the duration is not asked
        return max(stock / last.starts * WEEKS_PER_YEAR, 1.0) if stock > 0 else None

    def _units_per_week(self, place: str, form: str, weeks: float) -> float | None:
        """Units per client and week, from the last year with clients and units."""
        last = self.counts.last(place, form, lambda one: bool(one.clients) and one.units is not None)
        if last is None:
            return None
        stock = self._stock(form, last, weeks)
        return (last.units or 0.0) / (stock * WEEKS_PER_YEAR) if stock > 0 else None

    def rows(self, areas: Sequence[Area], forms: Sequence[CareForm], example: str) -> tuple[Demand, ...]:
        """Table demand: by care form and area, each growing as its law does in its municipality."""
        return tuple(
            self._row(area, form, self.by_place[area.id, form.id], example)
            for form in forms
            for area in areas
            if (area.id, form.id) in self.by_place
        )

    def _row(self, area: Area, form: CareForm, caseload: Caseload, example: str) -> Demand:
        """One row of demand."""
        return self.typical[form.id].model_copy(
            update={
                "area": area.id, "care_form": form.id, "clients_at_start": round(caseload.stock, 2),
                "starts_per_year": round(caseload.starts, 2), "mean_duration_weeks": round(caseload.weeks, 1),
                "units_per_week": round(caseload.units_per_week, 3), "growth": 0.0, "line": 0,
                "status": "illustrative" if len(caseload.assumed) > 1 else "estimated",
                "source": f"{caseload.origin}; aangenomen als in {example}: {', '.join(caseload.assumed)}",
            }
        )  # fmt: skip
