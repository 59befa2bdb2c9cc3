"""The tables of a backtest in long format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bekostiging.case.errors import LANGUAGES
from bekostiging.case.rows import name_in
from bekostiging.case.tables import LAWS
from bekostiging.evaluation.figures import Unit
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated, side_by_side_table
from bekostiging.report.kit.sections import care_form_names
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Backtest
from bekostiging.studies.coverage import QUANTILES


def place_names(outcome: Backtest, lang: str) -> dict[str, str]:
    """Names of municipalities and areas."""
    case = outcome.case
    return {row.code: name_in(row, lang) for row in case.municipalities} | {
        row.id: name_in(row, lang) for row in case.areas
    }


def care_names(outcome: Backtest, texts: Texts) -> dict[str, str]:
    """Names of laws and care forms."""
    return care_form_names(outcome.case, texts.lang) | {law: texts["laws", law] for law in LAWS}


def backtest_tables(outcome: Backtest, texts: Texts) -> list[LongTable]:
    """Predictions and coverage in long format."""
    return [
        side_by_side_table("predictions", ("model", "name", "care_form", "year"), _predictions(outcome, texts)),
        side_by_side_table("coverage", ("model", "kind", "interval", "verdict"), _coverage(outcome, texts)),
    ]


def _predictions(outcome: Backtest, texts: Texts) -> Iterator[Row]:
    """Count and quantiles of every prediction, and the part of the scenarios below the count."""
    names, cares = place_names(outcome, texts.lang), care_names(outcome, texts)
    for own in outcome.models:
        model = texts["backtest", own.model]
        for one in own.predictions:
            place: dict[str, Cell] = {
                "model": model, "name": names[one.place], "care_form": cares[one.care_form], "year": one.year,
            }  # fmt: skip
            unit: Unit = "fraction" if one.share else "persons"
            counted, quantile, below = (
                texts.figure("backtest", name) for name in ("counted", "quantile", "below")
            )
            yield place | estimated(replace(counted, unit=unit), one.counted)
            for level, value in zip(QUANTILES, one.quantiles, strict=True):
                nl, en = (_quantile(level, lang) for lang in LANGUAGES)
                yield place | estimated(replace(quantile, unit=unit, nl=nl, en=en), value)
            yield place | estimated(below, one.below)


def _quantile(level: float, lang: str) -> str:
    """A quantile in words."""
    texts, percent = Texts(lang), 100 * level
    return texts["backtest", "quantile"].format(level=texts.numbers.plain(percent, int(percent % 1 > 0)))


def _coverage(outcome: Backtest, texts: Texts) -> Iterator[Row]:
    """How many predictions every interval covers, beside how many it should."""
    for own in outcome.models:
        for kind, judgement in (("totals", own.totals), ("shares", own.shares)):
            for one in judgement.coverage if judgement else ():
                place: dict[str, Cell] = {
                    "model": texts["backtest", own.model],
                    "kind": texts["backtest", kind],
                    "interval": one.level,
                    "verdict": texts["backtest", judgement.verdict] if judgement else "",
                }
                for name, value in (
                    ("inside", one.inside),
                    ("of", one.of),
                    ("least", one.low),
                    ("most", one.high),
                ):
                    yield place | estimated(texts.figure("backtest", name), value)
                yield place | estimated(texts.figure("backtest", "p_value"), one.p_value)
