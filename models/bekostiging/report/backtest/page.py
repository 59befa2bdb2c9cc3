"""A backtest on one page and in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

from bekostiging.report.backtest.results import backtest_results
from bekostiging.report.backtest.tables import backtest_tables, care_names, place_names
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.numbers import SPACE
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Answer, Section, answer_sections
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Backtest, Hindcast, Prediction
from bekostiging.studies.coverage import FEWEST_SCENARIOS, JUDGED, QUANTILES, Judgement, Verdict

BAND = (0.10, 0.90)
"""Ends of the band in which eight of ten scenarios lie: what ``JUDGED`` judges."""


SENTENCES: dict[tuple[str, Verdict], str] = {
    ("totals", "as_expected"): "totals_as_expected",
    ("totals", "outside"): "totals_outside",
    ("totals", "contradicted"): "totals_contradicted",
    ("shares", "as_expected"): "shares_as_expected",
    ("shares", "outside"): "shares_outside",
    ("shares", "contradicted"): "shares_contradicted",
}
"""The sentence of every verdict on the numbers of municipalities and on the shares of areas."""
OF_ONE = {"totals_as_expected": "totals_as_expected_one", "totals_outside": "totals_outside_one"}
"""Of a single count; one alone contradicts nothing, and a share is one of several."""
TOO_WIDE = {
    "totals_contradicted": "totals_contradicted_wide",
    "shares_contradicted": "shares_contradicted_wide",
}
"""Where more counts lie in the band than there can be."""


def band(one: Prediction) -> tuple[float, float]:
    """Between what eight of ten scenarios lie.

    >>> one = Prediction("a", "wmo", 2022, 120.0, (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), 1.0, False)
    >>> band(one)
    (2.0, 6.0)
    """
    low, high = (one.quantiles[QUANTILES.index(level)] for level in BAND)
    return low, high


def backtest_answers(outcome: Backtest, texts: Texts) -> list[Answer]:
    """Every prediction of the deciding model beside its count, and how often the bands of both models hold."""
    return [
        Answer(_predictions(outcome, texts), texts["backtest", "predictions_title"]),
        Answer(_coverage(outcome, texts), texts["backtest", "coverage_title"]),
    ]


def _predictions(outcome: Backtest, texts: Texts) -> list[list[str]]:
    """A row per count: the band of either model, and where the count lies in that of the deciding one."""
    names, cares = place_names(outcome, texts.lang), care_names(outcome, texts)
    heads = ("place", "care", "year", "counted", "deciding_band", "where", "estimated_band")
    rows = [[texts["backtest", name] for name in heads]]
    for one, other in zip(outcome.deciding.predictions, outcome.estimated.predictions, strict=True):
        rows.append(
            [
                names[one.place], cares[one.care_form], str(one.year), _value_in_words(texts, one, one.counted),
                _band_in_words(texts, one), texts["backtest", where(one)],
                _band_in_words(texts, other),
            ]
        )  # fmt: skip
    return rows


def where(one: Prediction) -> str:
    """Whether the count lies ``inside`` the band, ``above`` or ``below_band``."""
    low, high = band(one)
    if one.counted > high:
        return "above"
    return "below_band" if one.counted < low else "inside_band"


def _coverage(outcome: Backtest, texts: Texts) -> list[list[str]]:
    """A row per model and kind: how many counts lie in the band, how many should, and the verdict."""
    rows = [[texts["backtest", name] for name in ("model", "kind", "in_band", "expected", "verdict")]]
    for own in outcome.models:
        for kind, judgement in (("totals", own.totals), ("shares", own.shares)):
            if judgement is not None:
                level = judgement.judged
                rows.append(
                    [
                        texts["backtest", own.model], texts["backtest", kind],
                        texts["backtest", "of_all"].format(inside=level.inside, of=level.of),
                        texts["backtest", "between"].format(low=level.low, high=level.high),
                        texts["backtest", judgement.verdict],
                    ]
                )  # fmt: skip
    return rows


def backtest_sentences(outcome: Backtest, texts: Texts) -> list[str]:
    """What was known, what the case would have said of the totals and the shares, and what the estimated model says."""
    years = sorted(outcome.deciding.shocks)
    known = texts["backtest", "known"].format(
        origin=outcome.origin,
        years=_years(years, texts),
        n=texts.numbers.plain(outcome.n_scenarios),
        growth=_growth(outcome.deciding, outcome, texts),
    )
    level = outcome.estimated.totals.judged
    says = "estimated_says" if level.of > 1 else "estimated_says_in" if level.inside else "estimated_says_out"
    estimated = texts["backtest", says].format(
        origin=outcome.origin,
        growth=_growth(outcome.estimated, outcome, texts),
        **_counted(outcome.estimated.totals, texts),
    )
    shocks = _off(outcome, texts)
    sentences = [
        known,
        texts["backtest", "case_says"] + " " + _verdict(outcome, "totals", texts),
        *shocks,
    ]
    if outcome.deciding.shares is not None:
        sentences.append(_verdict(outcome, "shares", texts))
    return [*sentences, estimated]


def _years(years: Sequence[int], texts: Texts) -> str:
    """One year, or the first and the last."""
    if len(years) == 1:
        return str(years[0])
    return texts["backtest", "two_years" if years[-1] == years[0] + 1 else "from_to"].format(
        first=years[0], last=years[-1]
    )


def _growth(own: Hindcast, outcome: Backtest, texts: Texts) -> str:
    """Growth a year per law, of the municipality that has most; municipalities of equal growth are said once."""
    names, cares = place_names(outcome, texts.lang), care_names(outcome, texts)
    several = len({place for place, _ in own.growth}) > 1
    words = []
    for (place, law), (mean, _) in own.growth.items():
        said = texts["backtest", "growth_of_place" if several else "growth_of_law"].format(
            place=names[place], law=cares[law], growth=texts.numbers.percent(mean, 1)
        )
        words.append(said)
    shown = words[:4]
    more = len(words) - len(shown)
    return "; ".join(shown) + (texts["backtest", "and_more"].format(n=more) if more else "")


def _verdict(outcome: Backtest, kind: str, texts: Texts) -> str:
    """Where the counts lie, and what that says; one sentence for all, some or none inside, another for a single count."""
    judgement = outcome.deciding.totals if kind == "totals" else outcome.deciding.shares
    assert judgement is not None  # the caller asks only for what was counted
    key = SENTENCES[kind, judgement.verdict]
    level = judgement.judged
    if level.of == 1:
        key = OF_ONE.get(key, key)
    elif key == "totals_outside" and outcome.n_scenarios < FEWEST_SCENARIOS:
        key = "totals_outside_few"
    elif level.inside >= level.high:
        key = TOO_WIDE.get(key, key)
    return texts["backtest", key].format(
        **_counted(judgement, texts), band=round(10 * JUDGED), enough=FEWEST_SCENARIOS
    )


def _counted(judgement: Judgement, texts: Texts) -> dict[str, str]:
    """How many counts lie in the band, of how many, with the verb that fits."""
    level = judgement.judged
    return {
        "inside": texts["backtest", "none"] if level.inside == 0 else str(level.inside),
        "of": str(level.of),
        "lies": texts["backtest", "lies" if level.inside <= 1 else "lie"],
    }


def _off(outcome: Backtest, texts: Texts) -> list[str]:
    """Per law or care form, how many more or fewer clients than the middle of the scenarios, year by year."""
    cares = care_names(outcome, texts)
    sums: dict[str, dict[int, tuple[float, float]]] = {}
    for one in outcome.deciding.predictions:
        if not one.share:
            own = sums.setdefault(one.care_form, {})
            counted, middle = own.get(one.year, (0.0, 0.0))
            own[one.year] = counted + one.counted, middle + one.quantiles[QUANTILES.index(0.5)]
    sentences = []
    for care, years in sums.items():
        words = []
        for year, (counted, middle) in sorted(years.items()):
            if middle > 0:  # of nobody no part can be said
                off = round(counted / middle - 1, 3)
                word = "more" if off > 0 else "fewer" if off < 0 else "same"
                words.append(texts["backtest", word].format(year=year, part=texts.numbers.percent(abs(off), 1)))
        if words:
            sentences.append(texts["backtest", "off"].format(care=cares[care], years=", ".join(words)))
    return sentences


def _value_in_words(texts: Texts, one: Prediction, value: float) -> str:
    """Persons, or the share of an area."""
    return texts.numbers.percent(value, 1) if one.share else texts.numbers.plain(value)


def _band_in_words(texts: Texts, one: Prediction) -> str:
    """The band in words: the whole numbers inside it, so that a count lies in what is shown when it lies in the band."""
    ends = band(one)
    if not one.share and one.counted == int(one.counted) and ceil(ends[0]) <= floor(ends[1]):
        ends = ceil(ends[0]), floor(ends[1])
    low, high = (_value_in_words(texts, one, value) for value in ends)
    low = low.removesuffix(f"{SPACE}%")
    return texts["backtest", "between"].format(low=low, high=high)


class BacktestReport(StudyReport[Backtest]):
    """Predictions beside counts."""

    def results(self) -> dict[str, Any]:
        """Everything as JSON."""
        return self.head() | backtest_results(self.study)

    def tables(self) -> list[LongTable]:
        """The long tables."""
        return backtest_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        """The conclusions."""
        return backtest_sentences(self.study, self.texts)

    def answers(self) -> list[Answer]:
        """The tables of the page and the terminal."""
        return backtest_answers(self.study, self.texts)

    def title(self) -> str:
        """Title of the page."""
        return self.texts["backtest", "title"]

    def sections(self) -> Sequence[Section]:
        """The sections of the page."""
        return answer_sections(self.answers())
