"""The tables of a benchmark in long format, of one case: scoreboard, pairs and verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.report.kit.estimates import read_estimate
from bekostiging.report.kit.long import FIGURE_COLUMNS, LongTable, Row, estimated
from bekostiging.report.kit.texts import Texts
from bekostiging.report.tender.results import Results
from bekostiging.report.tender.words import criterion_figure, lot_words, shock_words


def benchmark_tables(case: Results, texts: Texts) -> list[LongTable]:
    """Every table of a case in the results of a benchmark."""
    return [
        LongTable(
            "scoreboard", ("lot", "form", *FIGURE_COLUMNS, "rank", "rank_error"), tuple(_scores(case, texts))
        ),
        LongTable(
            "pairs",
            ("lot", "form", "other_form", *FIGURE_COLUMNS, "certainty", "in_scenarios"),
            tuple(_pairs(case, texts)),
        ),
        LongTable("verdicts", ("lot", "form", "shock", "holds", "certainty"), tuple(_verdicts(case, texts))),
    ]


def _scores(case: Results, texts: Texts) -> Iterator[Row]:
    """Every figure of every form in every lot with its expected rank."""
    for lot, own in case["lots"].items():
        for form, score in own["forms"].items():
            for name, one in score["figures"].items():
                rank = score["ranks"].get(name)
                yield {
                    "lot": lot_words(lot, own, texts),
                    "form": texts["forms", form],
                    **estimated(criterion_figure(name, texts), read_estimate(one)),
                    "rank": None if rank is None else rank["value"],
                    "rank_error": None if rank is None else rank["standard_error"],
                }


def _pairs(case: Results, texts: Texts) -> Iterator[Row]:
    """Every pair of forms on every criterion."""
    for lot, own in case["lots"].items():
        for pair in own["pairs"]:
            name, share = pair["criterion"], pair["in_scenarios"]
            yield {
                "lot": lot_words(lot, own, texts),
                "form": texts["forms", pair["a"]],
                "other_form": texts["forms", pair["b"]],
                **estimated(criterion_figure(name, texts), read_estimate(pair["difference"])),
                "certainty": pair["certainty"],
                "in_scenarios": None if share is None else share["value"],
            }


def _verdicts(case: Results, texts: Texts) -> Iterator[Row]:
    """Every lot, form and shock: acceptable, and the probability that it truly is."""
    for lot, own in case["lots"].items():
        for form, score in own["forms"].items():
            for verdict in score["verdicts"]:
                yield {
                    "lot": lot_words(lot, own, texts),
                    "form": texts["forms", form],
                    "shock": shock_words(verdict["shock"], case, texts),
                    "holds": verdict["acceptable"],
                    "certainty": verdict["probability"],
                }
