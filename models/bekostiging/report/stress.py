"""Answers of ``bekostiging stress`` in words and tables: shocks together, expert views, reverse stress."""

from __future__ import annotations

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.report.texts import Texts
from bekostiging.stress import BEGROTING, Comparison, Course, Pooled, ReverseStress
from bekostiging.stress.figures import CVAR95, EXPECTED, OVERRUN_PROBABILITY, PROVIDER_RESULT, SPENDING

Table = list[list[str]]


def shock_table(outcome: Comparison, course: Course, lang: str) -> Table:
    """Change of spending and of the providers' result under a combination of shocks, header first."""
    texts = Texts(lang)
    rows = [[texts["columns", "form"], texts[SPENDING], texts[PROVIDER_RESULT]]]
    for form in PAYMENT_FORMS:
        change = (
            course.spending[form] - outcome.plain.spending[form],
            course.provider_result[form] - outcome.plain.provider_result[form],
        )
        rows.append([texts["forms", form], *(texts.numbers.change(value) for value in change)])
    return rows


def shock_sentence(course: Course, lang: str) -> str:
    """What comes together, and where it comes from."""
    texts = Texts(lang)
    return texts["stress", "shocks"].format(name=course.name[lang], status=texts["statuses", course.status])


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
    for name, values in found.course.items():
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
