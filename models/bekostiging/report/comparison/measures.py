"""Measures and substitution in the report, the tables and results.json."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bekostiging.case import Case, dated_notes
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.national import national_measures
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import Comparison, SubstitutionOutcome, figures
from bekostiging.evaluation.changes import MeasureOutcome
from bekostiging.report.kit.estimates import written, written_figures
from bekostiging.report.kit.long import Row, estimated
from bekostiging.report.kit.texts import Texts

Table = list[list[str]]


def measure_results(outcome: Comparison) -> dict[str, Any]:
    """Measures, all together in scenarios, and substitution, for results.json."""
    return {
        "measures": [asdict(measure) for measure in outcome.measures],
        "with_measures": {
            form: {
                "without": written_figures(own.without),
                "with": written_figures(own.with_),
                "saving": written(own.saving),
            }
            for form, own in outcome.with_measures.items()
        },
        "substitution": [asdict(moved) for moved in outcome.substitution],
    }


def measure_rows(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    """One row per measure, form and figure; euro over the term."""
    for measure in outcome.measures:
        for form in PAYMENT_FORMS:
            found = {
                figures.BOOKED: measure.booked,
                figures.MEASURE_COST: measure.cost,
                figures.IF_IT_WORKS: measure.if_it_works[form],
                figures.SAVING_EXPECTED: measure.expected[form],
                figures.MISSING: measure.missing[form],
            }
            for figure, value in found.items():
                yield estimated(figure, value) | {
                    "name": _called(outcome.case, measure, texts),
                    "form": form,
                    "source": measure.source,
                    "status": texts["statuses", measure.status],
                }


def substitution_rows(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    """One row per substitution, form and figure; euro over the term."""
    for moved in outcome.substitution:
        for form in PAYMENT_FORMS:
            for figure, values in ((figures.MUNICIPAL, moved.municipal), (figures.PUBLIC, moved.public)):
                yield estimated(figure, values[form]) | {
                    "name": _moves(outcome, texts, moved),
                    "form": form,
                    "source": moved.source,
                    "status": texts["statuses", moved.status],
                }


def national_rows(case: Case, texts: Texts) -> Iterator[Row]:
    """Every national measure that is known with date, ground and doubt, and whether the case counts on it."""
    for one in national_measures(case):
        planned = (
            texts["page", "planned_for"].format(date=one.planned) if one.planned else texts["page", "no_date"]
        )
        yield {
            "name": one.name[texts.lang],
            "law": one.law,
            "article": one.article,
            "since": one.since or planned,
            "chosen": one.chosen,
            "chance": one.rows[0].chance if one.rows else None,
            "effects": one.effects(case)[texts.lang] or None,
            "doubt": one.doubt[texts.lang],
            "source": one.source,
        }


def national_told(case: Case, lang: str) -> list[str]:
    """A sentence per national measure that the case counts on."""
    names = [one.name[lang] for one in national_measures(case) if one.chosen]
    return [note[lang] for note in dated_notes(case) if any(f": {name}. " in note[lang] for name in names)]


def measure_sections(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """The tables of the report; empty ones are not shown."""
    return {
        "measures": _measures(outcome, texts),
        "with_measures": _together(outcome, texts),
        "substitution": _substitution(outcome, texts),
    }


def _measures(outcome: Comparison, texts: Texts) -> Table:
    """Booked, and per form what is expected and what is missing, in millions."""
    if not outcome.measures:
        return []
    shown, by_form = texts.numbers.figure, (figures.IF_IT_WORKS, figures.SAVING_EXPECTED, figures.MISSING)
    head = [texts["columns", "name"], texts[figures.CHANCE], texts[figures.BOOKED], texts["columns", "form"]]
    rows = [[*head, *(texts[figure] for figure in by_form)]]
    for measure in outcome.measures:
        name = f"{_called(outcome.case, measure, texts)} — {texts['statuses', measure.status]}"
        for form in shown_forms(outcome.case):
            first = [name, shown(figures.CHANCE, measure.chance), shown(figures.BOOKED, measure.booked)]
            own = (measure.if_it_works[form], measure.expected[form], measure.missing[form])
            cells = [shown(figure, value) for figure, value in zip(by_form, own, strict=True)]
            rows.append(
                [
                    *(first if form == next(iter(shown_forms(outcome.case))) else ["", "", ""]),
                    texts["forms", form],
                    *cells,
                ]
            )
    return rows


def _together(outcome: Comparison, texts: Texts) -> Table:
    """All measures together in scenarios: spending and the chance of overrun without and with them."""
    shown = (figures.EXPECTED, figures.P90, figures.OVERRUN_PROBABILITY)
    if not outcome.with_measures:
        return []
    words = (texts["page", "without_measures"], texts["page", "with_measures"])
    head = [texts["columns", "form"], *(f"{texts[figure]}, {word}" for figure in shown for word in words)]
    rows = [[*head, texts[figures.SAVING]]]
    for form in shown_forms(outcome.case):
        own = outcome.with_measures[form]
        cells = [
            texts.numbers.figure(figure, side[figure]) for figure in shown for side in (own.without, own.with_)
        ]
        rows.append([texts["forms", form], *cells, texts.numbers.figure(figures.SAVING, own.saving)])
    return rows


def _called(case: Case, measure: MeasureOutcome, texts: Texts) -> str:
    """A measure in the language of the page."""
    return next((name_in(row, texts.lang) for row in case.measures if row.id == measure.id), measure.name)


def _moves(outcome: Comparison, texts: Texts, moved: SubstitutionOutcome) -> str:
    """From where to where, by name."""
    names = {form.id: name_in(form, texts.lang) for form in outcome.case.care_forms} | texts.sections["payers"]
    return f"{names[moved.origin]} → {names[moved.destination]}"


def _substitution(outcome: Comparison, texts: Texts) -> Table:
    """Who pays more and who less, in millions."""
    if not outcome.substitution:
        return []
    change = texts.numbers.change
    rows = [[texts["page", "moves"], texts[figures.CLIENTS_MOVED], texts[figures.OUTSIDE_PAYER], texts["columns", "form"],
             texts[figures.MUNICIPAL], texts[figures.PUBLIC]]]  # fmt: skip
    for moved in outcome.substitution:
        payer = f"{texts['payers', moved.payer]}: {change(moved.outside)}" if moved.payer else "–"
        name = f"{_moves(outcome, texts, moved)} — {texts['statuses', moved.status]}"
        first = [name, texts.numbers.figure(figures.CLIENTS_MOVED, moved.clients), payer]
        for form in shown_forms(outcome.case):
            sides = (change(moved.municipal[form]), change(moved.public[form]))
            rows.append(
                [
                    *(first if form == next(iter(shown_forms(outcome.case))) else ["", "", ""]),
                    texts["forms", form],
                    *sides,
                ]
            )
    return rows
