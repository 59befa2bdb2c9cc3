"""Waiting in words: the common headroom, weeks beyond the norm, and what a list under a lump sum is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation import WAITING_FIGURES, Comparison, Estimates
from bekostiging.evaluation.figures import CLIENTS_BEYOND_NORM, WEEKS_BEYOND_NORM
from bekostiging.report import presented
from bekostiging.report.comparison.answers import answer_sentences
from bekostiging.report.comparison.choice import choice_table
from bekostiging.report.comparison.waiting import waiting_cell, waiting_sections, waiting_sentence
from bekostiging.report.kit.begroting import BudgetPage
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

NL, EN = Texts("nl"), Texts("en")


def _with(outcome: Comparison, breach: float, **headrooms: tuple[float, float, float, float]) -> Comparison:
    """The comparison with other counts: (waiting, beyond the norm, weeks, refused) of three lines."""

    def of(form: PaymentForm, headroom: str) -> Estimates:
        name = (
            ("lump_corridor" if headroom == "corridor" else "lump_common") if form == "taakgericht" else "others"
        )
        waiting, beyond, weeks, refused = headrooms[name]
        return {
            figure: Estimate(value, 1.0)
            for figure, value in zip(
                WAITING_FIGURES, (14_849.0, waiting, beyond, weeks, refused, 0.0), strict=True
            )
        }

    forms = {
        form: replace(
            result,
            headrooms={
                headroom: {**own, "total": of(form, headroom)} for headroom, own in result.headrooms.items()
            },
            against_duty={headroom: Estimate(breach, 1.0) for headroom in result.against_duty},
        )
        for form, result in outcome.forms.items()
    }
    return replace(outcome, forms=forms)


def test_the_third_sentence_stands_on_equal_room(outcome: Comparison) -> None:
    made = _with(outcome, 900, lump_common=(900, 300.4, 1351.8, 0), lump_corridor=(500, 120, 400, 0),
                 others=(1500, 420.4, 2000, 0))  # fmt: skip
    assert waiting_sentence(made, NL) == (
        "Krijgen alle vormen evenveel geld, dan wachten bij taakgericht naar verwachting 300 van de 14.849 aanvragers "
        "langer dan de norm (gemiddeld 4,5 weken langer), 120 minder dan bij de andere vormen; rekent de aanbieder op "
        "wat de bandbreedte betaalt, dan 120. Bij taakgericht is laten wachten omdat het geld op is, hoe kort ook, of "
        "weigeren een schending van de acceptatieplicht: het gaat om 900 aanvragers."
    )
    assert waiting_sentence(made, NL) in answer_sentences(made, NL, BudgetPage.of_comparison(made, NL))
    assert "120 fewer than under the other forms" in waiting_sentence(made, EN)


@pytest.mark.parametrize(
    ("lump", "others", "breach", "said", "unsaid"),
    [
        ((0, 0, 0, 0), (0, 0, 0, 0), 0, ("wacht bij taakgericht naar verwachting niemand", "evenveel als"),
         ("gemiddeld", "schending", "rekent")),
        ((9, 7, 14, 0), (5, 4, 8, 0), 0, ("7 van de", "3 meer dan", "2,0 weken"), ("schending", "vergeefs")),
        ((9, 0, 0, 8), (5, 0, 0, 4), 8, ("8 van de", "of vergeefs", "4 meer dan", "gaat om 8"), ("weken",)),
    ],
)  # fmt: skip
def test_nobody_more_and_refused(
    outcome: Comparison,
    lump: tuple[float, float, float, float],
    others: tuple[float, float, float, float],
    breach: float,
    said: tuple[str, ...],
    unsaid: tuple[str, ...],
) -> None:
    sentence = waiting_sentence(_with(outcome, breach, lump_common=lump, lump_corridor=lump, others=others), NL)
    for words in said:
        assert words in sentence
    for words in unsaid:
        assert words not in sentence
    assert sentence.endswith(".")


def test_page_terminal_and_choice_count_the_same_clients(outcome: Comparison) -> None:
    """Waiting beyond the norm on the common headroom, of every form, as in the results."""
    (answer,) = presented(outcome, "nl").answers()
    caption, (header, *rows) = answer.caption, answer.rows
    assert header[-1].replace("\n", " ") == NL[CLIENTS_BEYOND_NORM].replace(" de ", " ")
    choice = dict(choice_table(outcome, NL))[NL["criteria", "waiting"]]
    headrooms = waiting_sections(outcome, NL)["headrooms"]
    for k, form in enumerate(shown_forms(outcome.case)):
        own = outcome.forms[form].headrooms["common"]["total"]
        shown = NL.numbers.estimate(own[CLIENTS_BEYOND_NORM])
        mean = NL.numbers.plain(own[WEEKS_BEYOND_NORM].value / own[CLIENTS_BEYOND_NORM].value, 1)
        assert rows[k][-1] == shown
        assert waiting_cell(outcome, NL, form) == choice[k]
        assert choice[k].startswith(shown)
        assert mean in choice[k]
        assert mean in caption
        line = headrooms[1 + 3 * k + 1]
        assert line[1] == NL["headrooms", "common"]
        assert (line[3], line[4]) == (shown, mean)
