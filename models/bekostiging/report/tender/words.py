"""A criterion, a lot and a shock of a tender benchmark in words."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.evaluation import figures
from bekostiging.report.kit.texts import Texts
from bekostiging.report.tender.results import Results
from bekostiging.studies import ALL_LOTS, NO_SHOCK, is_tail
from bekostiging.studies.tender.scoreboard import TAIL


def criterion_figure(name: str, texts: Texts) -> figures.Figure:
    """A criterion as a figure."""
    if not is_tail(name):
        return texts.figure("benchmark", name)
    part = round(1 - float(name.removeprefix(TAIL)), 4)
    tail = texts.numbers.percent(part, 0 if round(part, 2) == part else 1)
    figure = texts.figure("benchmark", "tail")
    return replace(figure, name=name, nl=figure.nl.format(tail=tail), en=figure.en.format(tail=tail))


def lot_words(lot: str, own: Results, texts: Texts) -> str:
    """The name of a lot."""
    return texts["benchmark", "all_lots"] if lot == ALL_LOTS else str(own["name"])


def shock_words(shock: str, case: Results, texts: Texts) -> str:
    """A shock in words."""
    if shock == NO_SHOCK:
        return texts["benchmark", "no_shock"]
    return " + ".join(case["shock_names"][part] for part in shock.split("+"))
