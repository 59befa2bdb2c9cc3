"""Every statement of the case about euros that expected use gives too, and which side of a contradiction is the odd one.

Expected use (starts x duration x hours x tariff) is the yardstick, but it can be wrong itself. So the others are witnesses:
a column that fits now and would no longer fit if use were as the odd column says, speaks for use; one that does not fit now
and then would, speaks against it. With more against than for, the remark is on use, and use is corrected before the next
column is looked at; with none either way it names both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.case.tables import LAWS, History
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.evaluation.sense.inputs import TWICE
from bekostiging.evaluation.sense.remark import (
    BROAD,
    MONEY,
    USE,
    WHICH,
    Found,
    Remark,
    euro,
    listed,
    many,
    question,
    remark,
)
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

HALF_AS_MUCH = 1.5
"""A begroting half as much again as expected spending, or two thirds of it: outside_contracts can be told apart, and
forecasts of a whole municipality were off by 20 % at most (youth 2017: +19.7 %)."""
WIDER = 3.0
"""History of a whole law also holds personal budgets, aids and access, which contracts do not: up to three times as much."""


@dataclass(frozen=True)
class Source:
    """One statement about euros: ``stated`` in calendar year ``year`` for the cells ``mask``; it fits from ``low`` to
    ``high`` times expected use."""

    table: str
    column: str
    row: Note
    mask: BoolArray
    year: int
    stated: float
    low: float = 1 / TWICE
    high: float = TWICE


WORDS: dict[str, Note] = {
    "revenue": {"nl": "de omzet", "en": "revenue"},
    "ceiling": {"nl": "het plafond", "en": "the ceiling"},
    "reference_amount": {"nl": "het referentiebedrag", "en": "the reference amount"},
    "euro_realised": {"nl": "de uitgaven in history", "en": "spending in history"},
    "begroting": {"nl": "de begroting voor de contracten", "en": "the begroting for the contracts"},
}
"""What states it, in words; in the order in which columns are judged: the finest first."""


def sources(facts: Facts) -> Iterator[Source]:
    """Every statement of the case, column by column."""
    yield from _contracts(facts)
    yield from _history(facts)
    yield from _begroting(facts)


def _contracts(facts: Facts) -> Iterator[Source]:
    """Revenue, ceiling and reference amount of every contract."""
    case = facts.case
    for place, row in enumerate(case.contracts):
        mask = np.asarray(facts.cells.contract == place)
        name = f"{facts.called(row.provider)} ({facts.names['lots'][row.lot]})"
        both = dict.fromkeys(LANGUAGES, name)
        if row.revenue > 0:
            yield Source("contracts", "revenue", both, mask, case.year_of_revenue(row), row.revenue)
        for column in ("ceiling", "reference_amount"):
            stated = getattr(row, column)
            if stated is not None:
                yield Source("contracts", column, both, mask, case.first_year, stated)


def newest(facts: Facts, column: str) -> dict[tuple[str, str], History]:
    """The newest row of history with a column, by place and care form or law; before the term."""
    found: dict[tuple[str, str], History] = {}
    for row in sorted(facts.case.history, key=lambda one: one.year):
        if getattr(row, column) and row.year < facts.case.first_year:
            found[row.area, row.care_form] = row
    return found


def _history(facts: Facts) -> Iterator[Source]:
    """Spending of the newest year of every place."""
    for (place, use), row in newest(facts, "euro_realised").items():
        where, what = facts.of_place(place), facts.of_use(use)
        if where is None or what is None:
            continue
        mask, whole = where & what & (facts.cells.lot >= 0), use in LAWS
        name = {
            lang: f"{facts.called(place)}, {law_in_words(use, lang) or facts.called(use)}" for lang in LANGUAGES
        }
        stated = float(row.euro_realised or 0.0)
        yield Source("history", "euro_realised", name, mask, row.year, stated, high=WIDER if whole else TWICE)


def law_in_words(use: str, lang: str) -> str:
    """A law in words; empty of a care form."""
    words = {"jeugdwet": {"nl": "jeugdhulp", "en": "youth care"}, "wmo": {"nl": "Wmo", "en": "Wmo"}}
    return words[use][lang] if use in words else ""


def _begroting(facts: Facts) -> Iterator[Source]:
    """Headroom for the contracts of every municipality, law and contract year."""
    case = facts.case
    reported = set(case.reported_codes)
    for row in case.begroting:
        if row.municipality not in reported or not case.first_year <= row.year < case.first_year + case.n_years:
            continue
        mask = facts.of_municipality(row.municipality) & facts.of_law(row.law) & (facts.cells.lot >= 0)
        place = facts.names["municipalities"][row.municipality]
        name = {lang: f"{place}, {law_in_words(row.law, lang)}" for lang in LANGUAGES}
        stated = row.amount - row.outside_contracts
        yield Source("begroting", "begroting", name, mask, row.year, stated, 1 / HALF_AS_MUCH, HALF_AS_MUCH)


@dataclass(frozen=True)
class Bench:
    """All statements as arrays: ``stated`` (n,), ``plain`` (n, n_cells) euro expected, ``mask`` alike, whether each still
    ``counts`` as a witness."""

    all: tuple[Source, ...]
    stated: FloatArray
    plain: FloatArray
    mask: BoolArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def of(cls, facts: Facts) -> Bench:
        """Of the statements whose cells the case expects anything of."""
        kept = tuple(one for one in sources(facts) if facts.plain(one.year)[one.mask].sum() > 0)
        n = facts.cells.n_cells
        plain = np.array([np.where(one.mask, facts.plain(one.year), 0.0) for one in kept]).reshape(len(kept), n)
        mask = np.array([one.mask for one in kept], dtype=bool).reshape(len(kept), n)
        numbers = np.array([(one.stated, one.low, one.high) for one in kept]).reshape(len(kept), 3).T
        return cls(kept, numbers[0], plain, mask, numbers[1], numbers[2])

    def ratio(self, times: FloatArray) -> FloatArray:
        """Stated over expected; (n,)."""
        return np.asarray(self.stated / (self.plain @ times))

    def fits(self, times: FloatArray) -> BoolArray:
        """Whether each statement fits use; (n,)."""
        ratio = self.ratio(times)
        return np.asarray((self.low <= ratio) & (ratio <= self.high))

    def rows(self, column: str) -> BoolArray:
        """Statements of a column."""
        return np.array([one.column == column for one in self.all], dtype=bool)


def contradictions(facts: Facts) -> Iterator[Found]:
    """Statements that do not fit expected use, one remark per mistake."""
    bench, times = Bench.of(facts), facts.times.copy()
    counts = np.ones(len(bench.all), dtype=bool)
    for column in WORDS:
        rows = bench.rows(column)
        for cluster in _clusters(bench, times, np.flatnonzero(rows & ~bench.fits(times))):
            ratio = bench.ratio(times)[cluster]
            other = times.copy()
            for place, own in zip(cluster, ratio, strict=True):
                other[bench.mask[place]] = times[bench.mask[place]] * own
            speaks = counts & ~rows
            now = bench.fits(times)
            then = bench.fits(other) if (ratio > 0).all() else np.zeros_like(now)
            pro = _columns(bench, speaks, now & ~then)
            contra = [one for one in _columns(bench, speaks, ~now & then) if one not in pro]
            if len(contra) > len(pro):
                yield Found(_on_use(facts, bench, cluster, times, contra), times=other / times)
                times = other
            else:
                counts[cluster] = False
                yield Found(_on_source(facts, bench, cluster, times, pro))


def _clusters(bench: Bench, times: FloatArray, places: IntArray) -> list[list[int]]:
    """Places whose ratios belong to one mistake."""
    ratio = bench.ratio(times)
    found: list[list[int]] = []
    for place in sorted(places, key=lambda one: float(ratio[one])):
        if found and ratio[place] <= BROAD * max(ratio[found[-1][-1]], 1e-12):
            found[-1].append(int(place))
        else:
            found.append([int(place)])
    return found


def _columns(bench: Bench, speaks: BoolArray, changed: BoolArray) -> list[str]:
    """Columns with a statement among those."""
    return list(dict.fromkeys(bench.all[place].column for place in np.flatnonzero(speaks & changed)))


def _rows(bench: Bench, cluster: Sequence[int], lang: str) -> list[str]:
    """The rows of a cluster in words; of history and begroting with their years."""
    years: dict[str, list[int]] = {}
    for place in sorted(cluster):
        years.setdefault(bench.all[place].row[lang], []).append(bench.all[place].year)
    if bench.all[cluster[0]].table == "contracts":
        return list(years)
    spans = {row: str(own[0]) if len(set(own)) == 1 else f"{min(own)}-{max(own)}" for row, own in years.items()}
    return [f"{row} ({span})" for row, span in spans.items()]


def _sums(bench: Bench, cluster: Sequence[int], times: FloatArray) -> tuple[float, float]:
    """Stated and expected euro a year together; statements of several years count as their mean year."""
    n_years = max(len({bench.all[place].year for place in cluster}), 1)
    if bench.all[cluster[0]].column in ("revenue", "ceiling", "reference_amount"):
        n_years = 1
    expected = (bench.plain @ times)[list(cluster)]
    return float(bench.stated[list(cluster)].sum()) / n_years, float(expected.sum()) / n_years


def _on_source(
    facts: Facts, bench: Bench, cluster: Sequence[int], times: FloatArray, pro: Sequence[str]
) -> Remark:
    """The remark on a column; what fits expected use is named."""
    first = bench.all[cluster[0]]
    stated, expected = _sums(bench, cluster, times)
    words = WORDS[first.column]
    said = {}
    for lang in LANGUAGES:
        rows = listed(_rows(bench, cluster, lang), lang)
        backing = listed([WORDS[one][lang] for one in pro], lang)
        ratio = many(stated / expected, lang)
        ratio = f" {ratio}" if ratio else ""
        said[lang] = {
            "nl": f"Tabel {first.table}: {words['nl']} van {rows} is {euro(stated, 'nl')} per jaar; het verwachte gebruik "
            f"(starts, duur, uren en tarief) kost {euro(expected, 'nl')}.{ratio}"
            + (f" Dat gebruik klopt wel met {backing}." if pro else ""),
            "en": f"Table {first.table}: {words['en']} of {rows} is {euro(stated, 'en')} a year; expected use (starts, "
            f"duration, hours and tariff) costs {euro(expected, 'en')}.{ratio}"
            + (f" That use does fit {backing}." if pro else ""),
        }[lang]
    asked = question(stated / expected, MONEY, _ask(first.column, stated, expected))
    named = {lang: _rows(bench, cluster, lang) for lang in LANGUAGES}
    return remark(first.column, first.table, named, said, asked, abs(stated - expected))


def _ask(column: str, stated: float, expected: float) -> Note:
    """The question on a column without a known factor."""
    if column == "begroting" and stated > expected:
        return {
            "nl": "Staat er ook zorg in die niet onder deze contracten valt? Vul dan in wat buiten de contracten blijft.",
            "en": "Does it hold care outside these contracts too? Then fill in what stays outside them.",
        }
    return WHICH


def _on_use(
    facts: Facts, bench: Bench, cluster: Sequence[int], times: FloatArray, contra: Sequence[str]
) -> Remark:
    """The remark on starts, durations, hours and tariffs; what else contradicts them is named."""
    first = bench.all[cluster[0]]
    stated, expected = _sums(bench, cluster, times)
    cells = np.flatnonzero(bench.mask[list(cluster)].any(axis=0))
    spent = {
        form: float(facts.first[cells[facts.cells.care_form[cells] == place]].sum())
        for place, form in enumerate(facts.cells.care_form_ids)
    }
    forms = [
        facts.names["care_forms"][one] for one in sorted(spent, key=lambda one: -spent[one]) if spent[one] > 0
    ]
    against = (first.column, *(one for one in contra if one != first.column))
    said = {
        "nl": f"Tabellen demand en offers: het verwachte gebruik van {listed(forms, 'nl')} (starts, duur, uren en tarief) "
        f"kost {euro(expected, 'nl')} per jaar; volgens {listed([WORDS[one]['nl'] for one in against], 'nl')} is dat "
        f"{euro(stated, 'nl')}. {many(expected / stated, 'nl')}",
        "en": f"Tables demand and offers: expected use of {listed(forms, 'en')} (starts, duration, hours and tariff) costs "
        f"{euro(expected, 'en')} a year; by {listed([WORDS[one]['en'] for one in against], 'en')} it is "
        f"{euro(stated, 'en')}. {many(expected / stated, 'en')}",
    }
    otherwise = {
        "nl": "Ga starts, duur, uren per week en tarief na.",
        "en": "Check starts, duration, hours a week and tariff.",
    }
    return remark(
        "use", "demand", forms, said, question(expected / stated, USE, otherwise), abs(stated - expected)
    )
