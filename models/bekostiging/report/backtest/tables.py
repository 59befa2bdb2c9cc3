"""The tables of a backtest in long format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bekostiging.case.errors import LANGUAGES
from bekostiging.evaluation.figures import Unit
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated, side_by_side_table
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Backtest
from bekostiging.studies.backtesting import QUANTILES


def place_names(outcome: Backtest) -> dict[str, str]:
    """Names of municipalities and areas."""
    case = outcome.case
    return {row.code: row.name for row in case.municipalities} | {row.id: row.name for row in case.areas}


def backtest_tables(outcome: Backtest, texts: Texts) -> list[LongTable]:
    """Predictions and coverage in long format."""
    return [
        side_by_side_table("predictions", ("name", "care_form", "year"), _predictions(outcome, texts)),
        side_by_side_table("coverage", ("interval", "possible"), _coverage(outcome, texts)),
    ]


def _predictions(outcome: Backtest, texts: Texts) -> Iterator[Row]:
    """Count, quantiles and PIT of every prediction."""
    names = place_names(outcome)
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
