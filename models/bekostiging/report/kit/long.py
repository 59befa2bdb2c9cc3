"""Tables in long format, one row per figure, before they become CSV files and sheets.

A table knows its columns, what spreads its readable form, and in every row that carries a ``value`` the unit of it. Cells
are numbers, ids and figures; words are made where a table is written.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bekostiging.case.workbook_text import harmless
from bekostiging.equalisation import Condition
from bekostiging.evaluation.figures import UNITS, Figure, Unit
from bekostiging.lumpsum import Limit
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

Written = str | float | int | bool | None
"""What stands in a file."""
Cell = Written | Figure | Limit | Condition
Row = Mapping[str, Cell]
COLUMN_UNITS: dict[str, Unit] = {
    "alarm": "yes_no",
    "bound": "of_the_row",
    "alternative": "number",
    "band": "fraction",
    "band_from": "fraction",
    "band_to": "fraction",
    "budget": "euro",
    "certainty": "fraction",
    "clients": "number",
    "concentration": "number",
    "euro": "euro",
    "market_part": "fraction",
    "providers": "count",
    "starts": "number",
    "chance": "fraction",
    "chosen": "yes_no",
    "efficient": "yes_no",
    "holds": "yes_no",
    "in_scenarios": "fraction",
    "influenceable": "yes_no",
    "interval": "fraction",
    "loading": "fraction",
    "lower": "fraction",
    "modelled": "of_the_row",
    "month": "month",
    "observable": "yes_no",
    "published": "of_the_row",
    "raised": "fraction",
    "rank": "number",
    "rank_error": "number",
    "reference": "euro",
    "rows": "count",
    "share": "fraction",
    "standard_error": "of_the_row",
    "symmetric": "yes_no",
    "text": "as_given",
    "upper": "fraction",
    "value": "of_the_row",
    "year": "year",
}
"""Unit of every column that is no text."""


@dataclass(frozen=True)
class LongTable:
    """``name``: key of its texts; ``across``: the column that becomes columns in the readable form, empty where rows stay
    rows; ``measures``: columns that are spread; ``notes``: sentences above the readable form; ``detail``: kept out of the
    workbook to read, which has it in short."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    across: str = ""
    measures: tuple[str, ...] = ("value", "standard_error")
    notes: tuple[str, ...] = ()
    detail: bool = False


def cell_unit(column: str, row: Row) -> Unit:
    """Unit of one cell."""
    unit = COLUMN_UNITS.get(column, "text")
    if unit != "of_the_row":
        return unit
    named = str(row["unit"])
    return next((known for known in UNITS if known == named), "number")


def estimated(figure: Figure, estimate: Estimate | float | None) -> dict[str, Cell]:
    """The cells of a figure: itself, value, standard error (empty where it is no estimate) and unit."""
    value, error = (
        (estimate.value, estimate.standard_error) if isinstance(estimate, Estimate) else (estimate, None)
    )
    return {"figure": figure, "value": value, "standard_error": error, "unit": figure.unit}


def as_given(text: str) -> str | float:
    """A value of the case as a number where it is one."""
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def cell_in_words(column: str, value: Cell, texts: Texts) -> Written:
    """A cell as a reader sees it: figures, yes and no, units and texts in words and harmless; numbers stay numbers."""
    if isinstance(value, Figure):
        return harmless(texts[value])
    if isinstance(value, Limit | Condition):
        return harmless(str(value))
    if isinstance(value, bool):
        return texts["columns", "yes" if value else "no"]
    if not isinstance(value, str):
        return value
    return harmless(texts.sections["units"].get(value, value) if column == "unit" else value)


def csv_text(table: LongTable, texts: Texts, note: str) -> str:
    """Semicolon, decimal comma and byte-order mark for nl; comma and point for en; ``note`` in every row."""
    out = io.StringIO()
    dutch = texts.lang == "nl"
    # with CRLF the writer puts quotes around a lone CR too, which would otherwise start a row of its own
    writer = csv.writer(out, delimiter=";" if dutch else ",", lineterminator="\r\n")
    header = [texts["columns", name] for name in table.columns]
    writer.writerow([*header, texts["columns", "disclaimer"]] if note else header)
    for row in table.rows:
        cells = [_written(cell_in_words(name, row[name], texts), dutch=dutch) for name in table.columns]
        writer.writerow([*cells, harmless(note)] if note else cells)
    return ("\ufeff" if dutch else "") + out.getvalue()


def _written(value: Written, *, dutch: bool) -> str:
    """A cell as text; a number of six decimals at most, never with an exponent."""
    if value is None:
        return ""
    if isinstance(value, float):
        # adding zero takes the sign off a rounded minus zero
        text = f"{round(value, 6) + 0.0:.6f}".rstrip("0")
        text += "0" if text.endswith(".") else ""
        return text.replace(".", ",") if dutch else text
    return str(value)


FIGURE_COLUMNS = ("figure", "value", "standard_error", "unit")
COLUMNS: dict[str, tuple[str, ...]] = {
    "spending": ("form", "municipality", "year", *FIGURE_COLUMNS),
    "resistance": ("municipality", "year", "form", *FIGURE_COLUMNS),
    "bridge": ("lot", *FIGURE_COLUMNS),
    "clients": ("municipality", "law", "care_form", "year", *FIGURE_COLUMNS),
    "providers": ("form", "provider", *FIGURE_COLUMNS),
    "waiting": ("form", "corner", "care_form", *FIGURE_COLUMNS),
    "headrooms": ("form", "headroom", "care_form", *FIGURE_COLUMNS),
    "administration": ("form", "party", *FIGURE_COLUMNS),
    "designs": ("design", "name", *FIGURE_COLUMNS),
    "deciders": ("provider", "lot", *FIGURE_COLUMNS),
    "budgets": ("design", "provider", "lot", "year", "budget", "reference", "loading"),
    "corridor": ("design", "lot", "layer", "lower", "upper", "share"),
    "limits": ("design", "limit", "value", "standard_error", "bound", "certainty", "holds", "unit"),
    "ceilings": ("provider", "lot", "year", "event", "month", "value", "unit"),
    "exact": ("contract", "layer", "figure", "value", "standard_error", "alarm", "unit"),
    "break_even": ("form", "figure", "yardstick", "value", "year", "unit"),
    "shocks": ("name", "form", "figure", "value", "unit", "source", "status"),
    "measures": ("name", "form", "figure", "value", "unit", "source", "status"),
    "national": ("name", "law", "article", "since", "chosen", "chance", "effects", "doubt", "source"),
    "substitution": ("name", "form", "figure", "value", "unit", "source", "status"),
    "calibration": ("name", "modelled", "published", "unit", "source", "status"),
}
"""Every table of a comparison and its columns; an empty table still has its header."""
ACROSS = {
    "spending": "form", "clients": "figure", "providers": "form",
    "waiting": "form", "headrooms": "form", "administration": "form",
    "budgets": "year",
    "ceilings": "month", "exact": "figure", "break_even": "form", "shocks": "form", "measures": "form",
    "substitution": "form",
}  # fmt: skip
"""What becomes columns in the readable form; rows stay rows elsewhere."""
SPREAD_MEASURES = {
    "budgets": ("budget", "reference", "loading"),
    "break_even": ("value", "year"),
    "ceilings": ("value",),
}


def long_table(name: str, rows: Iterator[Row]) -> LongTable:
    """A table of ``COLUMNS`` with its rows."""
    measures = SPREAD_MEASURES.get(name, ("value", "standard_error"))
    return LongTable(name, COLUMNS[name], tuple(rows), ACROSS.get(name, ""), measures)


def side_by_side_table(name: str, keys: tuple[str, ...], rows: Iterator[Row]) -> LongTable:
    """A table whose figures stand side by side in its readable form."""
    return LongTable(name, (*keys, *FIGURE_COLUMNS), tuple(rows), "figure")


def study_figure(texts: Texts, name: str, value: Estimate | float | None) -> dict[str, Cell]:
    """The cells of a figure of [study_figures]."""
    return estimated(texts.figure("study_figures", name), value)
