"""Measures and substitution in the report, the tables and results.json."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.report.estimates import written
from bekostiging.report.texts import Texts
from bekostiging.stress import Comparison, SubstitutionOutcome
from bekostiging_solvers import Estimate

Table = list[list[str]]
Row = dict[str, str | float | None]


def lever_results(outcome: Comparison) -> dict[str, Any]:
    """Measures, all together in futures, and substitution, for results.json."""

    def estimates(figures: dict[str, Estimate]) -> dict[str, Any]:
        """Value and standard error of each figure."""
        return {name: written(estimate) for name, estimate in figures.items()}

    return {
        "measures": [asdict(measure) for measure in outcome.measures],
        "with_measures": {
            form: {"without": estimates(own.without), "with": estimates(own.with_), "saving": written(own.saving)}
            for form, own in outcome.with_measures.items()
        },
        "substitution": [asdict(moved) for moved in outcome.substitution],
    }


def measure_rows(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    """One row per measure, form and figure; euro over the term."""
    for measure in outcome.measures:
        for form in PAYMENT_FORMS:
            figures = {
                "booked": measure.booked,
                "measure_cost": measure.cost,
                "if_it_works": measure.if_it_works[form],
                "saving_expected": measure.expected[form],
                "missing": measure.missing[form],
            }
            for name, value in figures.items():
                yield {
                    "name": measure.name,
                    "form": form,
                    "figure": texts["figures", name],
                    "value": value,
                    "unit": "euro",
                    "source": measure.source,
                    "status": texts["statuses", measure.status],
                }


def substitution_rows(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    """One row per substitution, form and figure; euro over the term."""
    for moved in outcome.substitution:
        for form in PAYMENT_FORMS:
            for name, value in (("municipal", moved.municipal[form]), ("public", moved.public[form])):
                yield {
                    "name": _moves(outcome, texts, moved),
                    "form": form,
                    "figure": texts["figures", name],
                    "value": value,
                    "unit": "euro",
                    "source": moved.source,
                    "status": texts["statuses", moved.status],
                }


def lever_sections(outcome: Comparison, texts: Texts) -> dict[str, Any]:
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
    millions = texts.numbers.millions
    head = [texts["columns", "name"], texts["figures", "chance"], texts["figures", "booked"], texts["columns", "form"],
            texts["figures", "if_it_works"], texts["figures", "saving_expected"], texts["figures", "missing"]]  # fmt: skip
    rows = [head]
    for measure in outcome.measures:
        name = f"{measure.name} — {texts['statuses', measure.status]}"
        for form in PAYMENT_FORMS:
            first = [name, texts.numbers.percent(measure.chance), millions(measure.booked, 2)]
            own = (measure.if_it_works[form], measure.expected[form], measure.missing[form])
            rows.append([*(first if form == PAYMENT_FORMS[0] else ["", "", ""]), texts["forms", form],
                         *(millions(value, 2) for value in own)])  # fmt: skip
    return rows


def _together(outcome: Comparison, texts: Texts) -> Table:
    """All measures together in futures: spending and the chance of overrun without and with them."""
    numbers = texts.numbers
    figures = ("expected", "p90", "overrun_probability")
    if not outcome.with_measures:
        return []
    words = {"without": texts["page", "without_measures"], "with": texts["page", "with_measures"]}
    head = [texts["columns", "form"], *(f"{texts['figures', name]}, {word}" for name in figures for word in words.values()),
            texts["figures", "saving"]]  # fmt: skip
    rows = [head]
    for form, own in outcome.with_measures.items():
        cells = [
            numbers.estimated_percent(side[name])
            if name.endswith("probability")
            else numbers.estimated_millions(side[name])
            for name in figures
            for side in (own.without, own.with_)
        ]
        rows.append([texts["forms", form], *cells, numbers.estimated_millions(own.saving)])
    return rows


def _moves(outcome: Comparison, texts: Texts, moved: SubstitutionOutcome) -> str:
    """From where to where, by name."""
    names = {form.id: form.name for form in outcome.case.care_forms} | texts.sections["payers"]
    return f"{names[moved.origin]} → {names[moved.destination]}"


def _substitution(outcome: Comparison, texts: Texts) -> Table:
    """Who pays more and who less, in millions."""
    if not outcome.substitution:
        return []
    change, figures = texts.numbers.change, ("clients_moved", "outside_payer")
    head = [texts["page", "moves"], *(texts["figures", name] for name in figures), texts["columns", "form"],
            texts["figures", "municipal"], texts["figures", "public"]]  # fmt: skip
    rows = [head]
    for moved in outcome.substitution:
        payer = f"{texts['payers', moved.payer]}: {change(moved.outside)}" if moved.payer else "–"
        name = f"{_moves(outcome, texts, moved)} — {texts['statuses', moved.status]}"
        first = [name, texts.numbers.plain(moved.clients), payer]
        for form in PAYMENT_FORMS:
            sides = (change(moved.municipal[form]), change(moved.public[form]))
            rows.append([*(first if form == PAYMENT_FORMS[0] else ["", "", ""]), texts["forms", form], *sides])
    return rows
