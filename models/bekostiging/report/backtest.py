"""A backtest in words and tables, and as JSON."""

from __future__ import annotations

from dataclasses import asdict

from bekostiging.case import Case
from bekostiging.report.json_text import json_text
from bekostiging.report.numbers import SPACE
from bekostiging.report.texts import Texts
from bekostiging.stress import Backtest, Prediction

Table = list[list[str]]


def backtest_tables(case: Case, outcome: Backtest, lang: str) -> tuple[Table, Table]:
    """Every prediction beside its count, and the coverage of the intervals; headers first."""
    texts = Texts(lang)
    names = {row.code: row.name for row in case.municipalities} | {row.id: row.name for row in case.areas}
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
    return predictions, coverage


def backtest_sentences(outcome: Backtest, lang: str) -> list[str]:
    """What was fixed beforehand, and the shock of every year."""
    texts = Texts(lang)
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


def backtest_text(outcome: Backtest) -> str:
    """The whole backtest as JSON; the same bytes for the same outcome."""
    return json_text(asdict(outcome))
