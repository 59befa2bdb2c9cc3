"""A backtest: in words and tables, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from bekostiging.case.errors import LANGUAGES
from bekostiging.evaluation.figures import Unit
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated
from bekostiging.report.kit.numbers import SPACE
from bekostiging.report.kit.resistance import FIGURE
from bekostiging.report.kit.sections import Answer
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Backtest, Prediction
from bekostiging.studies.backtest import QUANTILES


def backtest_answers(outcome: Backtest, texts: Texts) -> list[Answer]:
    """Every prediction beside its count, and the coverage of the intervals."""
    names = _names(outcome)
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


def _names(outcome: Backtest) -> dict[str, str]:
    """Names of municipalities and areas."""
    case = outcome.case
    return {row.code: row.name for row in case.municipalities} | {row.id: row.name for row in case.areas}


def backtest_results(outcome: Backtest) -> dict[str, Any]:
    """The whole backtest: persons, or the share of an area; quantiles in the order of ``quantiles``."""
    return {
        "origin": outcome.origin,
        "quantiles": list(QUANTILES),
        "predictions": [asdict(one) for one in outcome.predictions],
        "coverage": [asdict(one) for one in outcome.coverage],
        "shocks": {str(year): list(own) for year, own in outcome.shocks.items()},
        "growth": asdict(outcome.growth),
        "spread": [asdict(one) for one in outcome.spread],
    }


def backtest_tables(outcome: Backtest, texts: Texts) -> list[LongTable]:
    """Predictions and coverage in long format."""
    return [
        LongTable(
            "predictions", ("name", "care_form", "year", *FIGURE), tuple(_predictions(outcome, texts)), "figure"
        ),
        LongTable("coverage", ("interval", "possible", *FIGURE), tuple(_coverage(outcome, texts)), "figure"),
    ]


def _predictions(outcome: Backtest, texts: Texts) -> Iterator[Row]:
    """Count, quantiles and PIT of every prediction."""
    names = _names(outcome)
    for one in outcome.predictions:
        place: dict[str, Cell] = {"name": names[one.place], "care_form": one.care_form, "year": one.year}
        unit: Unit = "fraction" if one.share else "persons"
        counted, quantile, pit = (texts.figure("backtest", name) for name in ("counted", "quantile", "pit"))
        yield place | estimated(replace(counted, unit=unit), one.counted)
        for level, value in zip(QUANTILES, one.quantiles, strict=True):
            nl, en = (_quantile(level, lang) for lang in LANGUAGES)
            yield place | estimated(replace(quantile, unit=unit, nl=nl, en=en), value)
        yield place | estimated(pit, one.pit)


def _quantile(level: float, lang: str) -> str:
    """A quantile in words."""
    texts, percent = Texts(lang), 100 * level
    return texts["backtest", "quantile"].format(level=texts.numbers.plain(percent, int(percent % 1 > 0)))


def _coverage(outcome: Backtest, texts: Texts) -> Iterator[Row]:
    """How many predictions every interval covers, beside how many it should."""
    for one in outcome.coverage:
        place: dict[str, Cell] = {"interval": one.level, "possible": not one.contradicted}
        for name, value in (("inside", one.inside), ("of", one.of), ("least", one.low), ("most", one.high)):
            yield place | estimated(texts.figure("backtest", name), value)
        yield place | estimated(texts.figure("backtest", "p_value"), one.p_value)
