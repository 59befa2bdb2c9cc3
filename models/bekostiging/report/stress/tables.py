"""The tables of combined shocks, views and reverse stress in long format."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.report.comparison.tables import deterministic_rows
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated, long_table, side_by_side_table
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import StressStudy


def stress_tables(study: StressStudy, texts: Texts) -> list[LongTable]:
    """Every answer in long format."""
    deterministic_scenarios = () if study.together is None else (study.outcome.plain, study.together)
    return [
        long_table("shocks", deterministic_rows(deterministic_scenarios, texts)),
        side_by_side_table("views", ("form", "view"), _views(study)),
        side_by_side_table("reverse", ("name", "form", "year"), _reverse(study, texts)),
    ]


def _views(study: StressStudy) -> Iterator[Row]:
    """Every figure of every form without and under the views."""
    if study.believed is None:
        return
    for view, forms in (("", study.believed.before), ("; ".join(study.believed.views), study.believed.under)):
        for form, own in forms.items():
            place: dict[str, Cell] = {"form": form, "view": view}
            for figure, estimate in own.items():
                yield place | estimated(figure, estimate)


def _reverse(study: StressStudy, texts: Texts) -> Iterator[Row]:
    """Distance and probability of every target, then the scenario that breaks it, year by year."""
    for one in study.broken:
        place: dict[str, Cell] = {"name": one.target, "form": one.form, "year": None}
        yield place | estimated(texts.figure("stress", "distance"), one.distance)
        yield place | estimated(texts.figure("stress", "probability"), one.probability)
        for name, values in one.scenario.items():
            for year, value in zip(study.outcome.years, values, strict=True):
                yield place | {"year": year} | estimated(texts.figure("stress", name), value)
