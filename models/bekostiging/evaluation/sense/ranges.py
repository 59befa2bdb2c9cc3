"""Numbers outside what occurs: fractions that may have been typed as percentages, and amounts beside the care they go with.

A row is one number: table, column, the ends of what occurs with their reason, and what it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.evaluation.sense.remark import (
    MONEY,
    Change,
    Found,
    Odd,
    Remark,
    euro,
    percent,
    plain,
    question,
    remark,
    together,
)
from bekostiging.units import WEEKS_PER_YEAR
from bekostiging_solvers.typing import BoolArray

PERCENT: Note = {
    "nl": "Is een percentage als getal ingevuld? 1 % is 0,01.",
    "en": "Is a percentage typed as a number? 1 % is 0.01.",
}
Moves = Callable[[Facts, Any, float, float], float]
"""Euro a year between a value and the end of its range, of one row."""


@dataclass(frozen=True)
class Range:
    """What occurs of one column: from ``low`` to ``high``; ``moves``: what the difference is
    worth, None where expected spending tells."""

    table: str
    column: str
    low: float
    high: float
    nl: str
    en: str
    moves: Moves | None = None
    fraction: bool = True

    @property
    def rate(self) -> bool:
        """Whether expected spending holds it, so that its euros are computed."""
        return self.moves is None

    def bound(self, value: float) -> float:
        """The end of the range that a value is beyond; the value itself inside it."""
        return min(max(value, self.low), self.high)


def _spent(facts: Facts, row: Any) -> BoolArray:
    """Cells that a row is about: of its area, care form, provider or municipality, else all."""
    cells = facts.cells
    mask = np.ones(cells.n_cells, dtype=bool)
    if getattr(row, "table", "") == "areas":
        return np.asarray(cells.area == cells.area_ids.index(row.id))
    if getattr(row, "table", "") == "providers":
        return facts.of_provider(row.id)
    for column, find in (("area", facts.of_place), ("care_form", facts.of_use), ("provider", facts.of_provider)):
        name = getattr(row, column, "")
        found = find(name) if name else None
        mask = mask if found is None else mask & found
    return mask


def _part(facts: Facts, row: Any, value: float, bound: float) -> float:
    """A part of what the care of the row costs."""
    mask = _spent(facts, row)
    return facts.most(float(facts.first[mask].sum()) * (value - bound), mask)


def _hours(facts: Facts, row: Any, value: float, bound: float) -> float:
    """Euro per hour of administration."""
    clients = facts.clients[0].sum()
    return facts.most((value - bound) * float(np.sum(row.hours(clients, len(facts.case.contracts)))))


def _clients(facts: Facts, row: Any, value: float, bound: float) -> float:
    """Euro per client, of the clients that the row moves."""
    mask = _named(facts, row)
    return facts.most((value - bound) * row.share * float(facts.clients[0][mask].sum()))


def _weeks(facts: Facts, row: Any, value: float, bound: float) -> float:
    """Euro per client and week."""
    return facts.most((value - bound) * float(facts.clients[0].sum()) * WEEKS_PER_YEAR)


def _named(facts: Facts, row: Any) -> BoolArray:
    """Cells of the care form a row starts from, or goes to."""
    for name in (row.origin, row.destination):
        mask = facts.of_use(name)
        if mask is not None:
            return mask
    return np.ones(facts.cells.n_cells, dtype=bool)


PERCENTS = 100.0
AMOUNT: Note = {"nl": "Klopt dit bedrag?", "en": "Is this amount right?"}
GROWTH = 0.10
"""Use of youth care grew 6 % in its fastest year (CBS, 2016); a municipality with a new neighbourhood somewhat more."""
PEOPLE = 0.06
"""An age band of a municipality rarely grows faster; the elderly of the Netherlands by 2 to 3 % a year (CBS)."""
INDEX = (-0.03, 0.12)
"""OVA became 6.36 % in 2023 and PPC 9.25 % in 2022, the largest of the last ten years (VNG, CPB)."""
SWING = 0.5
"""Youth care use fell 8 % in the first half of 2020; half is six times that."""
MARGIN = 0.15
"""Of providers 1.1 to 1.6 % of turnover on average (Jeugdautoriteit)."""
WAGE = (15.0, 300.0)
"""Euro per hour of administration, from a clerk to a consultant."""
PER_MOVED = 250_000.0
"""Euro per client who moves to other care: more than a year of any stay."""
TRAVEL = 2_000.0
"""Euro per client and week: a taxi of 200 euro both ways on five days."""

RANGES: tuple[Range, ...] = (
    *(
        Range("demand", column, -GROWTH, GROWTH, words_nl, words_en)
        for column, words_nl, words_en in (
            ("growth", "de groei per jaar", "growth a year"),
            ("growth_duration", "de groei van de duur per jaar", "growth of the duration a year"),
            ("growth_intensity", "de groei van de uren per jaar", "growth of the hours a year"),
        )
    ),
    Range("demand", "growth_standard_error", 0, GROWTH, "de onzekerheid van de groei", "the error of growth", _part),
    Range("demand", "crisis_share", 0, 0.6, "het deel crisis", "the crisis share", _part),
    Range("demand", "duration_cv", 0, 5, "de spreiding van de duur", "the spread of durations", _part, fraction=False),
    Range("demand", "units_cv", 0, 5, "de spreiding van de uren", "the spread of hours", _part, fraction=False),
    Range("demand", "realised_cv", 0, 3, "de spreiding van geleverd op afgesproken", "the spread of realised over agreed",
          _part, fraction=False),
    *(
        Range("areas", f"growth_{band}", -PEOPLE, PEOPLE, f"de groei van de inwoners {years} per jaar",
              f"growth of the inhabitants {years} a year")
        for band, years in (("0_17", "0-17"), ("18_64", "18-64"), ("65_plus", "65+"))
    ),
    Range("offers", "share_drift", -0.25, 0.25, "het verloop van het marktaandeel", "the drift of the market share"),
    *(
        Range("indices", column, *INDEX, words, words_en)
        for column, words, words_en in (
            ("ova_forecast", "de raming van de OVA", "the forecast of OVA"),
            ("ova_final", "de definitieve OVA", "the final OVA"),
            ("ppc_forecast", "de raming van de PPC", "the forecast of PPC"),
            ("ppc_final", "de definitieve PPC", "the final PPC"),
        )
    ),
    Range("risk_factors", "standard_deviation", 0, SWING, "de schommeling per jaar", "the swing a year", _part),
    Range("providers", "margin", -MARGIN, MARGIN, "de marge", "the margin", _part),
    Range("administration", "euro_per_hour", *WAGE, "een uur administratie", "an hour of administration", _hours, False),
    Range("substitution", "euro_per_client", 0, PER_MOVED, "een cliënt die verschuift", "a client who moves", _clients,
          False),
    Range("alternatives", "loss_of_fit", 0, PER_MOVED, "minder passende zorg, per cliënt,", "less fitting care, per client,",
          _clients, False),
    Range("travel", "euro_per_client_week", 0, TRAVEL, "vervoer per cliënt per week", "travel per client a week", _weeks,
          False),
)  # fmt: skip


POLICIES: dict[str, Range] = {
    "discount_rate": Range("policy", "value", 0, 0.10, "", "", _part),
    "cost_of_capital": Range("policy", "value", 0, 0.30, "", "", _part),
    "loading_cap": Range("policy", "value", 0, 0.30, "", "", _part),
    "waiting_cost": Range("policy", "value", 0, 5_000.0, "", "", _part, fraction=False),
}
"""The same of policy numbers: a rate above these asks for a word, and a week of waiting costs less than a week of stay."""


def _row_name(facts: Facts, row: Any) -> str:
    """A row in words: what its key names."""
    parts = [str(getattr(row, column)) for column in type(row).key if str(getattr(row, column, ""))]
    first, *others = (facts.called(part) for part in reversed(parts))
    return f"{first} ({', '.join(others)})" if others else first


def rates(facts: Facts) -> Iterator[Found]:
    """Rates that expected spending holds: growth, index, drift. Mended as percentages, or to the end of what occurs."""
    for one in RANGES:
        if one.rate:
            odds = _odds(facts, one, mend=True)
            changes = tuple(change for odd in odds for change in odd.changes)
            if odds:
                yield Found(_remark_on_column(one, odds, facts.difference(changes)), changes)


def out_of_range(facts: Facts) -> Iterator[Found]:
    """Every other column of ``RANGES`` with a row outside it, one remark a column."""
    for one in RANGES:
        if not one.rate and (odds := _odds(facts, one)):
            yield Found(_remark_on_column(one, odds, facts.most(sum(odd.weight for odd in odds))))


def policies(facts: Facts) -> Iterator[Found]:
    """Policy numbers outside what occurs."""
    for row in facts.case.policy:
        one = POLICIES.get(row.name)
        if one is not None and float(row.value) > one.high:
            value = float(row.value)
            said = {
                lang: f"{_start('policy', lang)}: {row.name} {_beside(one, value, lang)}" for lang in LANGUAGES
            }
            odd = Odd(row.name, value / one.high, said)
            part = (value - one.high) if one.fraction else 1 - one.high / value
            yield Found(_remark_on_column(one, [odd], facts.most(facts.total * part)))


def _odds(facts: Facts, one: Range, *, mend: bool = False) -> list[Odd]:
    """Rows outside a range."""
    found = []
    for place, row in enumerate(getattr(facts.case, one.table)):
        value = float(getattr(row, one.column) or 0.0)
        bound = one.bound(value)
        if value in (0.0, bound):
            continue
        name = _row_name(facts, row)
        said = {
            "nl": f"{_start(one.table, 'nl')}: {one.nl} van {name} {_beside(one, value, 'nl')}",
            "en": f"{_start(one.table, 'en')}: {one.en} of {name} {_beside(one, value, 'en')}",
        }
        tenable = value / PERCENTS if one.bound(value / PERCENTS) == value / PERCENTS else bound
        changes = (Change(one.table, place, one.column, tenable),) if mend else ()
        weight = abs(value) if mend else (one.moves or _part)(facts, row, value, bound)
        found.append(Odd(name, abs(value / bound) if bound else float("inf"), said, weight, changes))
    return found


def _remark_on_column(one: Range, odds: Sequence[Odd], euros: float) -> Remark:
    """The remark on a column."""
    ratio = max(odd.ratio for odd in odds)
    asked = PERCENT if one.fraction else question(ratio, MONEY, AMOUNT)
    return remark(
        "percent" if one.fraction else "amount",
        one.table,
        [odd.name for odd in odds],
        together(odds),
        asked,
        euros,
    )


def _start(table: str, lang: str) -> str:
    """How a remark begins."""
    return f"{'Tabel' if lang == 'nl' else 'Table'} {table}"


def _beside(one: Range, value: float, lang: str) -> str:
    """A value beside what occurs."""
    low, high = _value_in_words(one, one.low, lang), _value_in_words(one, one.high, lang)
    shown = _value_in_words(one, value, lang)
    return {"nl": f"is {shown}; {low} tot {high} komt voor.", "en": f"is {shown}; {low} to {high} occurs."}[lang]


def _value_in_words(one: Range, value: float, lang: str) -> str:
    """A value as the column has it: a fraction also as a percentage."""
    if one.fraction:
        return percent(value, lang)
    return plain(value, lang) if one.column.endswith("_cv") else euro(value, lang)
