"""A backtest on one page and in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bekostiging.report.backtest.results import backtest_results
from bekostiging.report.backtest.tables import backtest_tables, place_names
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.numbers import SPACE
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Answer, Section, answer_sections
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Backtest, Prediction


def backtest_answers(outcome: Backtest, texts: Texts) -> list[Answer]:
    """Every prediction beside its count, and the coverage of the intervals."""
    names = place_names(outcome)
    heads = ("place", "year", "counted", "p50", "range_80", "range_95", "pit")
    predictions = [[texts["backtest", name] for name in heads]]
    for one in outcome.predictions:
        low, p10, _, median, _, p90, high = (_shown(texts, one, value) for value in one.quantiles)
        pit, counted = texts.numbers.plain(one.pit, 2), _shown(texts, one, one.counted)
        if one.share:
            p10, low = p10.removesuffix(f"{SPACE}%"), low.removesuffix(f"{SPACE}%")
        predictions.append(
            [names[one.place], str(one.year), counted, median, f"{p10}–{p90}", f"{low}–{high}", pit]
        )
    coverage = [[texts["backtest", name] for name in ("interval", "inside", "expected", "p_value", "verdict")]]
    for level in outcome.coverage:
        verdict = texts["backtest", "contradicted" if level.contradicted else "possible"]
        coverage.append(
            [
                texts.numbers.percent(level.level),
                f"{level.inside} / {level.of}",
                f"{level.low}–{level.high}",
                texts.numbers.plain(level.p_value, 3),
                verdict,
            ]
        )
    titles = (texts["backtest", name] for name in ("predictions_title", "coverage_title"))
    return [Answer(rows, title) for rows, title in zip((predictions, coverage), titles, strict=True)]


def backtest_sentences(outcome: Backtest, texts: Texts) -> list[str]:
    """What was fixed beforehand, and the shock of every year."""
    numbers = texts.numbers
    fixed = texts["backtest", "fixed"].format(
        origin=outcome.origin,
        n=numbers.plain(outcome.n_scenarios),
        growth=numbers.percent(outcome.growth.mean, 1),
        error=numbers.percent(outcome.growth.standard_error, 1),
        spread="; ".join(
            f"{one.factor} {numbers.percent(one.estimate, 1)} "
            f"({numbers.percent(one.low, 1)} – {numbers.percent(one.high, 1)})"
            for one in outcome.spread
        ),
    )
    shocks = [
        texts["backtest", "shock"].format(
            year=year, shock=numbers.percent(shock, 1), score=numbers.plain(score, 1)
        )
        for year, (shock, score) in outcome.shocks.items()
    ]
    return [fixed, *shocks]


def _shown(texts: Texts, one: Prediction, value: float) -> str:
    """Persons, or the share of an area."""
    return texts.numbers.percent(value, 1) if one.share else texts.numbers.plain(value)


class BacktestReport(StudyReport[Backtest]):
    """Predictions beside counts."""

    def results(self) -> dict[str, Any]:
        return self.head() | backtest_results(self.study)

    def tables(self) -> list[LongTable]:
        return backtest_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return backtest_sentences(self.study, self.texts)

    def answers(self) -> list[Answer]:
        return backtest_answers(self.study, self.texts)

    def title(self) -> str:
        return self.texts["backtest", "title"]

    def sections(self) -> Sequence[Section]:
        return answer_sections(self.answers())
