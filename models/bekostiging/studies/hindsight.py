"""One line under every comparison: what the case's own scenarios would have said of the last year that is known.

The deciding model put back in time (``known_years``), its totals per law without drawing clients, so that it costs next to
nothing. ``backtest`` tells more: every year and place, areas, and the estimated model beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from bekostiging.case import Case, UserError
from bekostiging.case.errors import Note
from bekostiging.case.tables import LAWS
from bekostiging.scenarios import plan
from bekostiging.scenarios.points import fewest_scenarios
from bekostiging.studies.coverage import JUDGED
from bekostiging.studies.known_years import KnownYears, count_in, known_years, put_back, without_clients
from bekostiging_solvers.typing import FloatArray

SCENARIOS = 512
"""Enough to know the ends of the band to one part in a hundred; nothing is drawn one by one."""


@dataclass(frozen=True)
class Hindsight:
    """The band of eight of ten scenarios of a law in its last known year, beside what was counted."""

    law: str
    origin: int
    year: int
    low: float
    high: float
    counted: float

    @property
    def surprised(self) -> bool:
        """Whether the count lies outside the band."""
        return not self.low <= self.counted <= self.high


def hindsight(case: Case, seed: int = 1) -> tuple[Hindsight, ...]:
    """What the case would have said of the last known year, per law with a series; nothing without four years of history."""
    try:
        known = known_years(case)
    except UserError:
        return ()
    back = put_back(case, known, "deciding")
    n_scenarios = max(SCENARIOS, fewest_scenarios(back.policy.confidence))
    persons = without_clients(plan(back, n_scenarios, known.n_years, seed, "closed"), known, seed)
    law = {form.id: str(form.law) for form in case.care_forms} | {name: name for name in LAWS}
    found = []
    for name in LAWS:
        own = [k for k, one in enumerate(known.totals) if law[one.care_form] == name]
        if own:
            found.append(_of_law(name, known, own, persons))
    return tuple(found)


def _of_law(law: str, known: KnownYears, own: list[int], persons: FloatArray) -> Hindsight:
    """The last year that any of the totals of a law has; those that have it count."""
    year = max(known.totals[k].years[-1] for k in own)
    there = [k for k in own if year in known.totals[k].years]
    total = persons[:, year - known.origin - 1, there].sum(axis=1)
    low, high = np.quantile(total, [(1 - JUDGED) / 2, (1 + JUDGED) / 2])
    counted = sum(count_in(known.totals[k], year) for k in there)
    return Hindsight(law, known.origin, year, float(low), float(high), counted)


NAMES = {"jeugdwet": ("jeugdhulp", "youth care"), "wmo": ("Wmo", "Wmo")}


def hindsight_notes(case: Case, seed: int = 1) -> tuple[Note, ...]:
    """The line per law; a warning where the count lies outside the band."""
    return tuple(hindsight_note(one) for one in hindsight(case, seed))


def hindsight_note(one: Hindsight) -> Note:
    """One law in words; the band rounded to tens where there are many: outwards, or inwards where the count lies outside, so
    that the numbers shown say the same."""
    nl_law, en_law = NAMES[one.law]
    step = 10 if one.counted >= 1000 else 1
    ends = one.low / step, one.high / step
    low, high = (ceil(ends[0]), floor(ends[1])) if one.surprised else (floor(ends[0]), ceil(ends[1]))
    low, high = step * low, step * high
    nl = [f"{value:,.0f}".replace(",", ".") for value in (low, high, one.counted)]
    en = [f"{value:,.0f}" for value in (low, high, one.counted)]
    note = {
        "nl": f"Achteraf bekeken: in {one.origin} had deze casus voor {one.year} tussen {nl[0]} en {nl[1]} cliënten "
        f"{nl_law} verwacht (8 van de 10 toekomsten); geteld zijn er {nl[2]}.",
        "en": f"In hindsight: in {one.origin} this case would have expected between {en[0]} and {en[1]} clients ({en_law}) "
        f"in {one.year} (8 of 10 scenarios); {en[2]} were counted.",
    }
    if not one.surprised:
        return note
    more = one.counted > one.high
    nl_more, en_more = ("meer", "more") if more else ("minder", "fewer")
    return {
        "nl": f"Let op. {note['nl']} Dat is {nl_more} dan de toekomsten aankonden: bekijk groei en schommeling met "
        "bekostiging backtest.",
        "en": f"Note. {note['en']} That is {en_more} than the scenarios allowed for: look at growth and spread with "
        "bekostiging backtest.",
    }
