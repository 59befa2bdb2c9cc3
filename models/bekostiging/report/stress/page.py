"""Combined shocks, expert views and reverse stress on one page and in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.rows import name_in
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
    """Change of spending and of the providers' result under combined shocks, million euro over the term; header first."""
    texts = Texts(lang)
    rows = [[texts["columns", "form"], texts[SPENDING], texts[PROVIDER_RESULT]]]
    for form in PAYMENT_FORMS:
        change = (
            scenario.spending[form] - outcome.plain.spending[form],
            scenario.provider_result[form] - outcome.plain.provider_result[form],
        )
        rows.append([texts["forms", form], *(texts.numbers.change(value) for value in change)])
    return rows


@kinds_checked
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
    >>> from bekostiging import compare, read_case
    >>> outcome = compare(read_case("almere"), n_scenarios=64)  # doctest: +SKIP
    >>> shock_sentence(outcome.stress[0], "en")  # doctest: +SKIP
    'Together, ... in m euro over the term: ... (published).'
    """
    texts = Texts(lang)
    return texts["stress", "shocks"].format(name=scenario.name[lang], status=texts["statuses", scenario.status])


def view_table(views: Pooled, lang: str) -> Table:
    """Spending without and under the views, header first."""
    texts, numbers = Texts(lang), Texts(lang).numbers
    heads = [texts["columns", "form"]]
    shown = (EXPECTED, CVAR95, OVERRUN_PROBABILITY)
    for figure in shown:
        heads += [texts["stress", f"{figure.name}_before"], texts["stress", f"{figure.name}_under"]]
    rows = [heads]
    for form in PAYMENT_FORMS:
        sides = (views.before[form], views.under[form])
        cells = [numbers.figure(figure, side[figure]) for figure in shown for side in sides]
        rows.append([texts["forms", form], *cells])
    return rows


def view_sentence(pooled: Pooled, lang: str) -> str:
    """What is believed, and how much of the simulation is left."""
    texts = Texts(lang)
    return texts["stress", "views"].format(
        views="; ".join(pooled.views),
        n=texts.numbers.plain(pooled.n_scenarios),
        effective=texts.numbers.plain(pooled.effective),
    )


def reverse_table(outcome: Comparison, broken: ReverseStress, lang: str) -> Table:
    """The scenario that breaks the target: change per quantity and year, header first."""
    texts = Texts(lang)
    rows = [[texts["stress", "quantity"], *(str(year) for year in outcome.years)]]
    for name, values in broken.scenario.items():
        rows.append([texts["stress", name], *(texts.numbers.percent(value, 1) for value in values)])
    return rows


@kinds_checked
def reverse_sentence(outcome: Comparison, broken: ReverseStress, lang: str) -> str:
    """How far away the scenario is that breaks a target, how likely one as bad or worse is, and how sure the search was.

    Parameters
    ----------
    outcome
        The comparison that the study rests on: its ``outcome``.
    broken
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
    names = {row.id: name_in(row, texts.lang) for row in outcome.case.providers}
    target = texts["stress", BEGROTING] if broken.target == BEGROTING else names[broken.target]
    words = {"target": target, "form": texts["forms", broken.form]}
    if broken.distance is None or broken.probability is None:
        return texts["stress", "unbreakable"].format(**words)
    return texts["stress", "reverse"].format(
        **words,
        distance=numbers.plain(broken.distance, 2),
        probability=numbers.estimated_percent(broken.probability),
        agreeing=broken.agreeing,
        starts=broken.starts,
        n=numbers.plain(broken.n_scenarios),
    )


def stress_answers(study: StressStudy, texts: Texts) -> list[Answer]:
    """A table per question that was asked; none where no scenario breaks a target."""
    outcome, lang = study.outcome, texts.lang
    answers = []
    if study.together is not None:
        rows = shock_table(outcome, study.together, lang)
        answers.append(Answer(rows, texts["stress", "shocks_title"], shock_sentence(study.together, lang)))
    if study.believed is not None:
        rows = view_table(study.believed, lang)
        answers.append(Answer(rows, texts["stress", "views_title"], view_sentence(study.believed, lang)))
    for one in study.broken:
        rows = reverse_table(outcome, one, lang) if one.scenario else []
        answers.append(Answer(rows, texts["stress", "reverse_title"], reverse_sentence(outcome, one, lang)))
    return answers


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
