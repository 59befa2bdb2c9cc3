"""The tables of a difference in long format."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.case import Case
from bekostiging.case.rows import name_in
from bekostiging.case.workbook.names import choice_name, column_name, head_name, sheet_name
from bekostiging.report.difference.plots import part_words
from bekostiging.report.difference.results import to_the_cent
from bekostiging.report.kit.long import LongTable, Row
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import ROW_ADDED, ROW_GONE, Difference, InputChange

PARTS = ("figure", "part", "value", "standard_error", "unit")
INPUTS = ("table", "place", "cell", "before", "after", "part")


def difference_tables(study: Difference, texts: Texts) -> list[LongTable]:
    """Parts of every figure, and every cell that was entered differently."""
    return [
        LongTable("difference", PARTS, tuple(_parts(study, texts)), "figure"),
        LongTable("differing_inputs", INPUTS, tuple(_inputs(study, texts))),
    ]


def _parts(study: Difference, texts: Texts) -> Iterator[Row]:
    """From before to after, so that the values of a figure add up."""
    for one in study.figures:
        errors = {"before": one.before, "after": one.after, **one.parts}
        for name, value in to_the_cent(one).items():
            words = texts["difference", name] if name in ("before", "after") else part_words(name, texts)
            error = errors[name].standard_error
            yield {
                "figure": one.figure,
                "part": words,
                "value": value,
                "standard_error": error,
                "unit": one.figure.unit,
            }


def _inputs(study: Difference, texts: Texts) -> Iterator[Row]:
    """Every change in words."""
    case = study.known_case
    for change in study.changes:
        table, place, cell, before, after = change_in_words(change, case, texts)
        yield {
            "table": table,
            "place": place,
            "cell": cell,
            "before": before,
            "after": after,
            "part": part_words(change.group, texts),
        }


def change_in_words(change: InputChange, case: Case | None, texts: Texts) -> tuple[str, str, str, str, str]:
    """Table, row, column, before and after as a reader calls them."""
    names = (
        {}
        if case is None
        else {row.id: name_in(row, texts.lang) for row in case.areas} | names_of(case, texts.lang)
    )
    table = texts["takeaway", "case"] if change.table == "case" else sheet_name(change.table, texts.lang)
    parts = [names.get(part, part) for part in change.key if part]
    if change.table == "policy":
        parts[0] = texts.policy(change.key[0])
        parts[1:] = [texts["takeaway", "case"] if one == "case" else one for one in parts[1:]]
    if change.column in (ROW_ADDED, ROW_GONE):
        column = texts["difference", change.column]
    elif change.table == "case":
        column = head_name(change.column, texts.lang)
    else:
        column = column_name(change.column, texts.lang)
    ends = [_value(change, value, texts) for value in (change.before, change.after)]
    return table, " / ".join(parts), column, ends[0], ends[1]


def _value(change: InputChange, value: object, texts: Texts) -> str:
    """A cell as a reader writes it."""
    if value is None or value == "":
        return "" if change.column in (ROW_ADDED, ROW_GONE) else texts["difference", "empty"]
    if isinstance(value, bool):
        return texts["difference", "yes" if value else "no"]
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 1e15):
        return str(int(value)) if "year" in change.column else texts.numbers.plain(float(value))
    if isinstance(value, float):
        digits = next((n for n in range(1, 6) if abs(value - round(value, n)) < 1e-9), 6)
        return texts.numbers.plain(value, digits)
    if change.table == "policy":
        return texts.policy_value(str(value))
    if isinstance(value, str):
        return choice_name(change.column, value, texts.lang)
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)
