"""Shocks together, expert views and reverse stress: in words and tables, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import Comparison, DeterministicScenario
from bekostiging.evaluation.figures import CVAR95, EXPECTED, OVERRUN_PROBABILITY, PROVIDER_RESULT, SPENDING
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Answer, Section, answer_sections
from bekostiging.report.kit.texts import Texts
from bekostiging.report.stress.results import stress_results
from bekostiging.report.stress.tables import stress_tables
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
    """What shocks come together, and where they come from.

    Parameters
    ----------
    scenario
        The deterministic scenario of a ``StressStudy``: its ``together``.
    lang
        Language of the sentence: ``"nl"`` or ``"en"``.

    Returns
    -------
    str
        One sentence, with the status of the source (published, own data or illustrative).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> scenario = SimpleNamespace(name={"en": "Wages and demand"}, status="illustrative")
    >>> shock_sentence(scenario, "en")  # doctest: +ELLIPSIS
    'Together, ... in m euro over the term: Wages and demand (invented (illustrative)).'
    """
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
    """How far away the scenario is that breaks a target, how likely one as bad or worse is, and how sure the search was.

    Parameters
    ----------
    outcome
        The comparison that the study rests on: its ``outcome``.
    found
        One target of a ``StressStudy``: an element of its ``broken``.
    lang
        Language of the sentence: ``"nl"`` or ``"en"``.

    Returns
    -------
    str
        Distance in standard deviations, probability in per cent; or that nothing within reach breaks the target.

    Examples
    --------
    Not executed: it takes a minute.

    >>> study = study_stress(read_case("almere"), reverse=("begroting",))  # doctest: +SKIP
    >>> reverse_sentence(study.outcome, study.broken[0], "en")  # doctest: +SKIP
    """
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


class StressReport(StudyReport[StressStudy]):
    """Shocks, views and reverse stress: a table per question."""

    def results(self) -> dict[str, Any]:
        return self.head() | stress_results(self.study)

    def tables(self) -> list[LongTable]:
        return stress_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return self.undesigned()

    def answers(self) -> list[Answer]:
        return stress_answers(self.study, self.texts)

    def title(self) -> str:
        return self.texts["stress", "title"]

    def sections(self) -> Sequence[Section]:
        return answer_sections(self.answers())
