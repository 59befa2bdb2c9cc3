"""What the page of a backtest says of few, one, all and no counts in the band."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case, read_case
from bekostiging.report.backtest.page import OF_ONE, SENTENCES, TOO_WIDE, backtest_answers, backtest_sentences
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Backtest, backtest
from bekostiging.studies.coverage import JUDGED, Coverage, Judgement, Prediction

QUANTILES = (96.1, 97.1, 98.1, 100.0, 102.9, 104.0, 105.0)
"""Eight of ten scenarios lie from 97.1 to 104.0."""


@pytest.fixture(scope="module")
def almere() -> Case:
    return read_case("almere")


@pytest.fixture(scope="module")
def run(almere: Case) -> Backtest:
    """The last year but one as origin: one year and no areas."""
    return backtest(almere, 2021, 64)


def _judgement(inside: int, of: int, low: int, high: int, p_value: float = 1.0) -> Judgement:
    return Judgement((Coverage(JUDGED, inside, of, low, high, p_value),))


def _with(run: Backtest, totals: Judgement, shares: Judgement | None = None) -> Backtest:
    deciding, estimated = (replace(own, totals=totals, shares=shares) for own in run.models)
    return replace(run, deciding=deciding, estimated=estimated)


@pytest.mark.parametrize(
    ("judgement", "nl", "en"),
    [
        (
            _judgement(1, 1, 0, 1),
            "Het aantal past: de enige telling ligt in de band",
            "the count lies in the band",
        ),
        (_judgement(0, 1, 0, 1), "de enige telling ligt buiten de band", "the count lies outside the band"),
        (_judgement(1, 3, 0, 3), "van de 3 tellingen ligt er 1 in de band", "1 of 3 numbers lies in the band"),
        (_judgement(0, 3, 0, 3), "ligt er geen enkele in de band", "none of 3 numbers lies in the band"),
        (
            _judgement(3, 3, 0, 3),
            "De aantallen passen: van de 3 tellingen liggen er 3",
            "3 of 3 numbers lie in the band",
        ),
        (_judgement(1, 40, 25, 38, 0.01), "kijk naar de groei en de schommeling", "1 of 40 numbers"),
        (_judgement(40, 40, 25, 38, 0.01), "meer dan er volgens het model zelf kunnen zijn", "40 of 40 numbers"),
    ],
)
def test_sentences_on_the_numbers(run: Backtest, judgement: Judgement, nl: str, en: str) -> None:
    own = _with(run, judgement)
    dutch, english = (" ".join(backtest_sentences(own, Texts(lang))) for lang in ("nl", "en"))
    assert nl in dutch
    assert en in english
    assert "1 tellingen" not in dutch
    assert "1 aantallen" not in dutch


def test_shares_of_which_too_many_fit_are_not_said_to_move_too_much(run: Backtest) -> None:
    said = {
        inside: backtest_sentences(
            _with(run, run.deciding.totals, _judgement(inside, 40, 25, 38, 0.01)), Texts("nl")
        )[-2]
        for inside in (3, 40)
    }
    assert ["schommelt minder dan het model denkt" in said[inside] for inside in (3, 40)] == [False, True]


def test_every_verdict_has_its_sentences_in_both_languages() -> None:
    for name in (*SENTENCES.values(), *OF_ONE.values(), *TOO_WIDE.values()):
        assert Texts("nl")["backtest", name] != Texts("en")["backtest", name]


def test_one_year_without_areas(run: Backtest) -> None:
    sentences = backtest_sentences(run, Texts("nl"))
    assert "voorspeld met 64 toekomsten: 2022. " in sentences[0]
    assert not any("gebieden" in one or "aandelen" in one for one in sentences)
    assert len(backtest_answers(run, Texts("nl"))[1].rows) == 3  # heads and two models


@pytest.mark.parametrize("counted", [97.0, 98.0, 104.0, 105.0])
def test_the_band_as_printed_holds_the_count_when_the_table_says_so(run: Backtest, counted: float) -> None:
    """97 lies below 97.1, which rounds to 97: the band is printed as the whole numbers inside it."""
    one = Prediction("0034", "wmo", 2022, counted, QUANTILES, 0.5, False)
    own = replace(
        run,
        deciding=replace(run.deciding, predictions=(one,)),
        estimated=replace(run.estimated, predictions=(one,)),
    )
    row = backtest_answers(own, Texts("nl"))[0].rows[1]
    low, high = map(int, row[4].split("–"))
    assert (low, high) == (98, 104)
    assert (row[5] == "erin") == (low <= counted <= high)
