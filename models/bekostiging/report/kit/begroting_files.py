"""The amounts by taakveld and by lot as long tables and as JSON, of the value that the pages show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bekostiging.evaluation import TERM, BudgetLine, figures
from bekostiging.evaluation.begroting_parts import BudgetPart, BudgetParts
from bekostiging.evaluation.begroting_table import BudgetTable
from bekostiging.report.kit.estimates import written
from bekostiging.report.kit.json_schema import ESTIMATE, NUMBER, TEXT, mapped, or_null, schema_object
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated, side_by_side_table, study_figure
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

STEPS = ("budget", "settlement", "elsewhere", "expected")
"""From the budgets of the contracts to what is expected."""


def parts_tables(parts: BudgetParts, whole: Mapping[str, BudgetLine], texts: Texts) -> list[LongTable]:
    """Taakvelden, lots and the way of every lot, with their totals; ``whole``: the lines of all together."""
    return [
        side_by_side_table("budget_taakvelden", ("form", "taakveld", "year"), _taakvelden(parts, whole, texts)),
        side_by_side_table("budget_lots", ("form", "lot", "year"), _lots(parts, whole, texts)),
        side_by_side_table("budget_way", ("form", "lot"), _way(parts, texts)),
    ]


def _taakvelden(parts: BudgetParts, whole: Mapping[str, BudgetLine], texts: Texts) -> Iterator[Row]:
    """Every taakveld and year; what is begroot and the room of the term, where it is known of the taakveld."""
    for name, own in parts.taakvelden.items():
        yield from _periods({"form": parts.form, "taakveld": name}, own, texts, parts.begroot.get(name))
    total = {"form": parts.form, "taakveld": texts["columns", "total"]}
    yield from _periods(total, _whole(parts, whole), texts, whole[TERM].headroom)


def _lots(parts: BudgetParts, whole: Mapping[str, BudgetLine], texts: Texts) -> Iterator[Row]:
    """Every lot and year."""
    for name, own in parts.lots.items():
        yield from _periods({"form": parts.form, "lot": name}, own, texts)
    yield from _periods({"form": parts.form, "lot": texts["columns", "total"]}, _whole(parts, whole), texts)


def _whole(parts: BudgetParts, whole: Mapping[str, BudgetLine]) -> dict[str, BudgetPart]:
    """All together."""
    return {period: BudgetPart(whole[period].expected, whole[period].certain) for period in _shown(parts)}


def _shown(parts: BudgetParts) -> list[str]:
    """The years and the term."""
    return [*(str(year) for year in parts.years), TERM]


def _periods(
    where: Mapping[str, Cell], own: Mapping[str, BudgetPart], texts: Texts, begroot: float | None = None
) -> Iterator[Row]:
    """The years and the term of a part."""
    for period, one in own.items():
        place = {**where, "year": texts["columns", "term"] if period == TERM else int(period)}
        found: dict[figures.Figure, Estimate | float] = {
            figures.EXPECTED: one.expected,
            figures.CERTAIN: one.certain,
        }
        if period == TERM and begroot is not None:
            found |= {figures.HEADROOM: begroot, figures.ROOM: begroot - one.expected.value}
        for figure, value in found.items():
            yield place | estimated(figure, value)


def _way(parts: BudgetParts, texts: Texts) -> Iterator[Row]:
    """The way of every lot and of all together."""
    for lot, one in parts.way.items():
        for step in STEPS:
            figure = study_figure(texts, f"way_{step}", float(getattr(one, step)))
            yield {"form": parts.form, "lot": lot} | figure
    if len(parts.way) > 1:
        for step in STEPS:
            total = sum(float(getattr(one, step)) for one in parts.way.values())
            yield {"form": parts.form, "lot": texts["columns", "total"]} | study_figure(
                texts, f"way_{step}", total
            )


def budget_results(table: BudgetTable, parts: BudgetParts, national: float | None = None) -> dict[str, Any]:
    """The amounts for the begroting as results.json and lumpsum.json have them, euro."""
    return {
        "form": parts.form,
        "certainty": table.certainty,
        "municipalities": {
            place: {period: _line(one) for period, one in own.items()} for place, own in table.lines.items()
        },
        "national_measures": national,
        "taakvelden": {name: _written(own) for name, own in parts.taakvelden.items()},
        "lots": {name: _written(own) for name, own in parts.lots.items()},
        "begroot": dict(parts.begroot),
        "way": {lot: {step: float(getattr(one, step)) for step in STEPS} for lot, one in parts.way.items()},
    }


def _line(one: BudgetLine) -> dict[str, Any]:
    """A line of the budget table."""
    return {
        "expected": written(one.expected),
        "certain": written(one.certain),
        "headroom": one.headroom,
        "room": one.room,
        "outside": one.outside,
        "own_contributions": one.contributions,
    }


def _written(own: Mapping[str, BudgetPart]) -> dict[str, Any]:
    """A part by period."""
    return {
        period: {"expected": written(one.expected), "certain": written(one.certain)} for period, one in own.items()
    }


def budget_schema() -> dict[str, Any]:
    """What ``budget_results`` writes."""
    number_or_null = {"type": ["number", "null"]}
    line = {"expected": ESTIMATE, "certain": ESTIMATE, "headroom": NUMBER, "room": NUMBER, "outside": NUMBER}
    part = mapped(schema_object({"expected": ESTIMATE, "certain": ESTIMATE}), "calendar year or term; euro")
    return or_null(
        schema_object(
            {
                "form": TEXT,
                "certainty": NUMBER,
                "municipalities": mapped(
                    mapped(
                        schema_object(line | {"own_contributions": number_or_null}), "calendar year or term; euro"
                    ),
                    "municipality code or total; own contributions are null where they were not entered",
                ),
                "national_measures": number_or_null,
                "taakvelden": mapped(part, "taakveld"),
                "lots": mapped(part, "lot"),
                "begroot": mapped(NUMBER, "taakveld that is the only one of its law; euro under the contracts"),
                "way": mapped(schema_object(dict.fromkeys(STEPS, NUMBER)), "lot; euro over the term"),
            },
            "amounts for the begroting, not discounted; null without a lump sum",
        )
    )
