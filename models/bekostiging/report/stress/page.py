"""Shocks together, expert views and reverse stress: in words and tables, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import Comparison, DeterministicScenario
from bekostiging.evaluation.figures import CVAR95, EXPECTED, OVERRUN_PROBABILITY, PROVIDER_RESULT, SPENDING
from bekostiging.report.comparison.tables import deterministic_rows, long_table
from bekostiging.report.kit.estimates import plain, written_figures
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated
from bekostiging.report.kit.resistance import FIGURE
from bekostiging.report.kit.sections import Answer
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import BEGROTING, Pooled, ReverseStress, StressStudy

Table = list[list[str]]


def shock_table(outcome: Comparison, scenario: DeterministicScenario, lang: str) -> Table:
    """Change of spending and of the providers' result under a combination of shocks, header first."""
    texts = Texts(lang)
    rows = [[texts["columns", "form"], texts[SPENDING], texts[PROVIDER_RESULT]]]
    for form in PAYMENT_FORMS:
        change = (
            scenario.spending[form] - outcome.plain.spending[form],
            scenario.provider_result[form] - outcome.plain.provider_result[form],
        )
        rows.append([texts["forms", form], *(texts.numbers.change(value) for value in change)])
    return rows


def shock_sentence(scenario: DeterministicScenario, lang: str) -> str:
    """What comes together, and where it comes from."""
    texts = Texts(lang)
    return texts["stress", "shocks"].format(name=scenario.name[lang], status=texts["statuses", scenario.status])


def view_table(found: Pooled, lang: str) -> Table:
    """Spending without and under the views, header first."""
    texts, numbers = Texts(lang), Texts(lang).numbers
    heads = [texts["columns", "form"]]
    shown = (EXPECTED, CVAR95, OVERRUN_PROBABILITY)
    for figure in shown:
        heads += [texts["stress", f"{figure.name}_before"], texts["stress", f"{figure.name}_under"]]
    rows = [heads]
    for form in PAYMENT_FORMS:
        sides = (found.before[form], found.under[form])
        cells = [numbers.figure(figure, side[figure]) for figure in shown for side in sides]
        rows.append([texts["forms", form], *cells])
    return rows


def view_sentence(found: Pooled, lang: str) -> str:
    """What is believed, and how much of the simulation is left."""
    texts = Texts(lang)
    return texts["stress", "views"].format(
        views="; ".join(found.views),
        n=texts.numbers.plain(found.n_scenarios),
        effective=texts.numbers.plain(found.effective),
    )


def reverse_table(outcome: Comparison, found: ReverseStress, lang: str) -> Table:
    """The course that breaks the target: change per quantity and year, header first."""
    texts = Texts(lang)
    rows = [[texts["stress", "quantity"], *(str(year) for year in outcome.years)]]
    for name, values in found.scenario.items():
        rows.append([texts["stress", name], *(texts.numbers.percent(value, 1) for value in values)])
    return rows


def reverse_sentence(outcome: Comparison, found: ReverseStress, lang: str) -> str:
    """How far away, how likely, and how sure the search was."""
    texts, numbers = Texts(lang), Texts(lang).numbers
    names = {row.id: row.name for row in outcome.case.providers}
    target = texts["stress", BEGROTING] if found.target == BEGROTING else names[found.target]
    told = {"target": target, "form": texts["forms", found.form]}
    if found.distance is None or found.probability is None:
        return texts["stress", "unbreakable"].format(**told)
    return texts["stress", "reverse"].format(
        **told,
        distance=numbers.plain(found.distance, 2),
        probability=numbers.estimated_percent(found.probability),
        agreeing=found.agreeing,
        starts=found.starts,
        n=numbers.plain(found.n_scenarios),
    )


def stress_answers(study: StressStudy, texts: Texts) -> list[Answer]:
    """A table per question that was asked; none where no course breaks a target."""
    outcome, lang = study.outcome, texts.lang
    found = []
    if study.together is not None:
        rows = shock_table(outcome, study.together, lang)
        found.append(Answer(rows, texts["stress", "shocks_title"], shock_sentence(study.together, lang)))
    if study.believed is not None:
        rows = view_table(study.believed, lang)
        found.append(Answer(rows, texts["stress", "views_title"], view_sentence(study.believed, lang)))
    for one in study.broken:
        rows = reverse_table(outcome, one, lang) if one.scenario else []
        found.append(Answer(rows, texts["stress", "reverse_title"], reverse_sentence(outcome, one, lang)))
    return found


def stress_results(study: StressStudy) -> dict[str, Any]:
    """The study: euro over the term, fractions; null where not asked. ``expected``: the course without shock."""
    return {
        "outcome": study.outcome.lumpsum.outcome,
        "years": list(study.outcome.years),
        "stress": {
            "expected": asdict(study.outcome.plain),
            "shocks": None if study.together is None else asdict(study.together),
            "views": None if study.believed is None else _view_results(study.believed),
            "reverse": [plain(one) for one in study.broken],
        },
    }


def _view_results(found: Pooled) -> dict[str, Any]:
    """Spending over the term without and under the views."""
    return {
        "views": list(found.views),
        "n_scenarios": found.n_scenarios,
        "effective": found.effective,
        "relative_entropy": found.relative_entropy,
        "before": {form: written_figures(own) for form, own in found.before.items()},
        "under": {form: written_figures(own) for form, own in found.under.items()},
    }


def stress_tables(study: StressStudy, texts: Texts) -> list[LongTable]:
    """Every answer in long format."""
    deterministic_scenarios = () if study.together is None else (study.outcome.plain, study.together)
    return [
        long_table("shocks", deterministic_rows(deterministic_scenarios, texts)),
        LongTable("views", ("form", "view", *FIGURE), tuple(_views(study)), "figure"),
        LongTable("reverse", ("name", "form", "year", *FIGURE), tuple(_reverse(study, texts)), "figure"),
    ]


def _views(study: StressStudy) -> Iterator[Row]:
    """Every figure of every form without and under the views."""
    if study.believed is None:
        return
    for view, forms in (("", study.believed.before), ("; ".join(study.believed.views), study.believed.under)):
        for form, own in forms.items():
            place: dict[str, Cell] = {"form": form, "view": view}
            for figure, estimate in own.items():
                yield place | estimated(figure, estimate)


def _reverse(study: StressStudy, texts: Texts) -> Iterator[Row]:
    """Distance and probability of every target, then the course that breaks it, year by year."""
    for one in study.broken:
        place: dict[str, Cell] = {"name": one.target, "form": one.form, "year": None}
        yield place | estimated(texts.figure("stress", "distance"), one.distance)
        yield place | estimated(texts.figure("stress", "probability"), one.probability)
        for name, values in one.scenario.items():
            for year, value in zip(study.outcome.years, values, strict=True):
                yield place | {"year": year} | estimated(texts.figure("stress", name), value)
