"""How many clients: in results.json, the table, and on the page beside what was counted before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bekostiging.case.persons import persons
from bekostiging.case.rows import name_in
from bekostiging.case.tables import LAWS
from bekostiging.evaluation import COUNT_FIGURES, TOTAL, Comparison, Figure
from bekostiging.evaluation.figures import (
    PERSONS,
    PERSONS_P10,
    PERSONS_P50,
    PERSONS_P90,
    TRAJECTORIES,
    TRAJECTORIES_P10,
    TRAJECTORIES_P90,
)
from bekostiging.report.comparison.client_plots import Fan, laws_of
from bekostiging.report.kit.estimates import written_figures
from bekostiging.report.kit.long import Cell, Row, estimated
from bekostiging.report.kit.sections import care_form_names
from bekostiging.report.kit.texts import Texts

Table = list[list[str]]


def count_results(outcome: Comparison) -> dict[str, Any]:
    """Counts per municipality, law, care form and year, for results.json."""
    return {
        code: {
            law: {
                form: {year: written_figures(own, COUNT_FIGURES) for year, own in years.items()}
                for form, years in forms.items()
            }
            for law, forms in laws.items()
        }
        for code, laws in outcome.counts.items()
    }


def count_rows(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    """A row per municipality, law, care form, year and figure; sums in words."""

    def shown(key: str) -> str:
        """An id, or the word for the sum."""
        return texts["columns", "total"] if key == TOTAL else key

    for code, laws in outcome.counts.items():
        for law, forms in laws.items():
            for form, years in forms.items():
                for year, own in years.items():
                    place: dict[str, Cell] = {
                        "municipality": shown(code),
                        "law": shown(law),
                        "care_form": shown(form),
                        "year": int(year),
                    }
                    for figure, estimate in own.items():
                        yield place | estimated(figure, estimate)


def client_sections(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """A sentence per law, what was counted how, the table by law and that by care form, and the figure in words."""
    laws = laws_of(outcome)
    return {
        "clients_told": [_sentence(outcome, texts, law) for law in laws],
        "clients_note": _note(outcome, texts),
        "clients_compared": " ".join(_compared(outcome, texts, law) for law in laws),
        "clients_alt": clients_alt(outcome, texts),
        "clients_by_law": _by_law(outcome, texts),
        "clients_by_form": _by_form(outcome, texts),
    }


def _sentence(outcome: Comparison, texts: Texts, law: str) -> str:
    """Persons expected in the last contract year, and what was counted last in the same way."""
    plain, year = texts.numbers.plain, str(outcome.years[-1])
    own, fan = outcome.counts[TOTAL][law][TOTAL][year], Fan.of(outcome, law)
    before = fan.before
    counted = ""
    if before is not None and fan.definition == "persons_in_year":
        counted = texts["clients", "counted_last"].format(year=before.years[-1], count=plain(before.counts[-1]))
    return texts["clients", "sentence"].format(
        law=texts["laws", law],
        year=year,
        expected=plain(own[PERSONS].value),
        low=plain(own[PERSONS_P10].value),
        high=plain(own[PERSONS_P90].value),
        counted=counted,
    )


def _note(outcome: Comparison, texts: Texts) -> str:
    """Who is counted, and how persons follow from trajectories."""
    case, laws = outcome.case, laws_of(outcome)
    ratios = [f"{texts['laws', law]} {texts.numbers.plain(1 / persons(case, law, 1.0), 2)}" for law in laws]
    names = [name_in(case.municipalities[place], texts.lang) for place in case.reported]
    said = texts["clients", "note"].format(
        place=names[0] if len(names) == 1 else texts["clients", "all_together"], ratios="; ".join(ratios)
    )
    return (
        said
        + (texts["clients", "combinations"] if case.combinations else "")
        + (texts["clients", "both_laws"] if len(laws) > 1 else "")
        + (texts["clients", "waiting_today"] if case.waiting else "")
    )


def _compared(outcome: Comparison, texts: Texts, law: str) -> str:
    """What the points and the band of a law count."""
    fan = Fan.of(outcome, law)
    what = texts["clients", fan.definition]
    if fan.before is None:
        return texts["clients", "not_counted"].format(law=texts["laws", law], what=what)
    twice = fan.before.added and fan.definition == "persons_in_year"
    added = texts["clients", "added"] if twice else ""
    return texts["clients", "compared"].format(law=texts["laws", law], what=what, added=added)


def clients_alt(outcome: Comparison, texts: Texts) -> str:
    """The figure in words: every count and every year of the band, with its numbers."""
    plain = texts.numbers.plain
    said = []
    for law in laws_of(outcome):
        fan = Fan.of(outcome, law)
        before = () if fan.before is None else zip(fan.before.years, fan.before.counts, strict=True)
        counted = ", ".join(f"{year} {plain(count)}" for year, count in before)
        ahead = "; ".join(
            texts["clients", "alt_year"].format(year=year, middle=plain(middle), low=plain(low), high=plain(high))
            for year, low, middle, high in zip(fan.years, fan.low, fan.middle, fan.high, strict=True)
        )
        said.append(
            texts["clients", "alt"].format(
                law=texts["laws", law],
                what=texts["clients", fan.definition],
                counted=counted or texts["clients", "none"],
                ahead=ahead,
            )
        )
    return " ".join(said)


def _by_law(outcome: Comparison, texts: Texts) -> Table:
    """Persons per law and year, and of all laws together where there are more."""
    shown = (PERSONS, PERSONS_P10, PERSONS_P50, PERSONS_P90)
    table = [[texts["columns", "law"], texts["columns", "year"], *(texts[figure] for figure in shown)]]
    laws = laws_of(outcome)
    names = {law: texts["laws", law] for law in laws} | (
        {TOTAL: texts["columns", "total"]} if len(laws) > 1 else {}
    )
    for law, name in names.items():
        table += _lines(outcome, texts, (law, TOTAL), name, shown)
    return table


def _by_form(outcome: Comparison, texts: Texts) -> Table:
    """Persons and trajectories per care form and year."""
    shown = (PERSONS, PERSONS_P10, PERSONS_P90, TRAJECTORIES, TRAJECTORIES_P10, TRAJECTORIES_P90)
    table = [[texts["columns", "care_form"], texts["columns", "year"], *(texts[figure] for figure in shown)]]
    names = care_form_names(outcome.case, texts.lang)
    for law in LAWS:
        for form in outcome.counts[TOTAL].get(law, {}):
            if form != TOTAL:
                table += _lines(outcome, texts, (law, form), names[form], shown)
    return table


def _lines(outcome: Comparison, texts: Texts, place: tuple[str, str], name: str, shown: Sequence[Figure]) -> Table:
    """A line per year of a law and care form; its name on the first."""
    law, form = place
    return [
        [name if t == 0 else "", year, *(texts.numbers.figure(figure, own[figure]) for figure in shown)]
        for t, (year, own) in enumerate(outcome.counts[TOTAL][law][form].items())
    ]
