"""Writes a sheet that is read first: panels under each other, each with its chart below it, none cut by a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bekostiging.case.workbook_text import harmless
from bekostiging.report.kit.leading import Cell, Chart, LeadingSheet, Panel, Series
from bekostiging.report.kit.sheet_looks import (
    ACROSS,
    FILLED_BOLD,
    FORMATS,
    GROUPED,
    LINE,
    Look,
    Looks,
    height_of,
    pixels,
    width_of,
    widths_of,
)

WIDEST = 130
"""Characters that a sheet is wide: sentences have room, and a page is read without a glass."""
TEXT = 75
"""Widest column of texts before all are made to fit."""
LEAST = 13
"""Narrowest column when all are made to fit."""
HEAD = 16
"""A header wraps rather than widen its column beyond this."""
CHART_ROWS, ROW_PIXELS = 17, 20
"""Rows that a chart takes, and the pixels of one."""
LABEL_ROWS, LABEL = 9, 14
"""Rows more where labels are longer than so many characters, and a program writes them slanting."""
MILLIONS = "#,##0.0,,"
"""How the axis of a chart writes euro: in millions."""


def columns_of(panels: Sequence[Panel]) -> list[dict[int, int]]:
    """Where every column of every panel stands: errors behind all others, so that hiding them hides nothing else."""
    n_shown = max((len(panel.heads) - len(panel.errors) for panel in panels), default=0)
    found = []
    for panel in panels:
        shown = [column for column in range(len(panel.heads)) if column not in panel.errors]
        hidden = sorted(panel.errors)
        found.append(
            {column: place for place, column in enumerate(shown)}
            | {column: n_shown + place for place, column in enumerate(hidden)}
        )
    return found


def layout(panels: Sequence[Panel]) -> tuple[list[int], int]:
    """Width of every column, and how many of the first are shown."""
    places = columns_of(panels)
    n_shown = max((len(panel.heads) - len(panel.errors) for panel in panels), default=0) or 1
    n_columns = max((place + 1 for own in places for place in own.values()), default=0) or n_shown
    n_columns = max(n_columns, n_shown)
    heads, rows = [0] * n_columns, []
    for panel, own in zip(panels, places, strict=True):
        for column, head in enumerate(panel.heads):
            heads[own[column]] = max(heads[own[column]], min(len(head), HEAD))
        for cells in panel.rows:
            row = [0] * n_columns
            for column, cell in enumerate(cells):
                row[own[column]] = width_of(*cell)
            rows.append(row)
    widths = widths_of(heads, rows, TEXT)
    shown = widths[:n_shown]
    while sum(shown) > WIDEST and max(shown) > LEAST:
        shown[shown.index(max(shown))] -= 1
    if sum(shown) < WIDEST:
        texts = n_shown == 1 or max(shown) == TEXT
        shown[shown.index(max(shown))] += WIDEST - sum(shown) if texts else min(WIDEST - sum(shown), 24)
    return shown + widths[n_shown:], n_shown


@dataclass
class LeadingWriter:
    """Writes the panels of one sheet; ``row`` is the first free one."""

    book: Any
    sheet: Any
    looks: Looks
    content: LeadingSheet
    row: int
    widths: list[int] = field(init=False)
    n_shown: int = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the columns."""
        self.widths, self.n_shown = layout(self.content.panels)
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width, None, GROUPED if column >= self.n_shown else None)

    def write(self) -> tuple[int, int]:
        """Write every panel; returns the last row and column that print.

        A sheet with a chart is one page: a program that fits a sheet to pages keeps no page breaks, and would cut the chart.
        """
        for panel, places in zip(self.content.panels, columns_of(self.content.panels), strict=True):
            self._panel(panel, places)
        self.sheet.fit_to_pages(1, 0 if self.content.flows else 1)
        return max(self.row - 2, 0), self.n_shown - 1

    def _panel(self, panel: Panel, places: dict[int, int]) -> None:
        """Title, sentences, table and chart."""
        shown = self.widths[: self.n_shown]
        if panel.title:
            self.sheet.write_string(self.row, 0, harmless(panel.title), self.looks.subtitle)
            self._next(LINE + 3)
        for sentence in panel.sentences:
            text = harmless(sentence)
            if self.n_shown > 1:
                self.sheet.merge_range(self.row, 0, self.row, self.n_shown - 1, "", self.looks.text)
            self.sheet.write_string(self.row, 0, text, self.looks.text)
            self._next(height_of([text], [sum(shown)]))
        if panel.heads:
            self._table(panel, places)
        if panel.chart is not None:
            chart = drawn(self.book, self.sheet.get_name(), panel, places, self.row)
            rows = CHART_ROWS + (LABEL_ROWS if _long_labels(panel) else 0)
            chart.set_size({"width": min(ACROSS, pixels(shown)), "height": rows * ROW_PIXELS - 20})
            self.sheet.insert_chart(self.row, 0, chart, {"object_position": 2, "y_offset": 6})
            self.row += rows + 1
        self.row += 1

    def _table(self, panel: Panel, places: dict[int, int]) -> None:
        """Header and rows."""
        heads = [harmless(head) for head in panel.heads]
        for column, head in enumerate(heads):
            number = column > 0 and any(not isinstance(cells[column][0], str) for cells in panel.rows)
            look = self.looks.right if number else self.looks.head
            self.sheet.write_string(self.row, places[column], head, look)
        shown = [column for column in range(len(heads)) if column not in panel.errors]
        own = [self.widths[places[column]] for column in shown]
        self._next(height_of([heads[column] for column in shown], own, FILLED_BOLD))
        for k, cells in enumerate(panel.rows):
            for column, cell in enumerate(cells):
                self._cell(places[column], cell, strong=k in panel.strong, soft=column in panel.errors)
            self._next(height_of([cells[column][0] for column in shown], own))

    def _next(self, height: float) -> None:
        """Give the row its height and go to the next."""
        if height > LINE:
            self.sheet.set_row(self.row, height)
        self.row += 1

    def _cell(self, column: int, cell: Cell, *, strong: bool, soft: bool) -> None:
        """A number in its format, a text as a text, nothing for nothing; a total has a line above it throughout."""
        value, unit = cell
        if value is None:
            if strong:
                self.sheet.write_blank(self.row, column, None, self.looks.total)
        elif isinstance(value, str):
            self.sheet.write_string(
                self.row, column, harmless(value), self.looks.total if strong else self.looks.text
            )
        else:
            look: Look = "total" if strong else "soft" if soft else ""
            self.sheet.write_number(self.row, column, value, self.looks.number(unit, look))


def _long_labels(panel: Panel) -> bool:
    """Whether what stands along the axis is long."""
    return (
        any(isinstance(cells[0][0], str) and len(cells[0][0]) > LABEL for cells in panel.rows)
        and len(panel.rows) > 4
    )


def drawn(book: Any, name: str, panel: Panel, places: dict[int, int], end: int) -> Any:
    """The chart of a panel whose rows end above row ``end`` of sheet ``name``; series refer to its cells."""
    own = panel.chart
    if own is None:
        raise ValueError("a panel without a chart")
    first = end - len(panel.rows)
    rows = (name, first, first + (own.n_rows or len(panel.rows)) - 1)
    chart = book.add_chart({"type": own.kind, **({"subtype": "straight"} if own.kind == "scatter" else {})})
    for one in own.series:
        if not one.drawn:
            chart.add_series(_series(one, own.kind, rows, places))
    upon = [one for one in own.series if one.drawn]
    if upon:
        line = book.add_chart({"type": "line"})
        for one in upon:
            line.add_series(_series(one, "line", rows, places))
        chart.combine(line)
    _axes(chart, own)
    chart.set_legend({"position": "bottom"})
    chart.set_title({"name": panel.title, "name_font": {"size": 11}} if panel.title else {"none": True})
    chart.show_hidden_data()  # the ends of bars of uncertainty
    return chart


def _axes(chart: Any, own: Chart) -> None:
    """Words, numbers and ends of both axes."""
    form = {"num_format": MILLIONS if own.unit == "euro" else FORMATS.get(own.unit, "General")}
    low, high = own.ends or (None, None)
    if own.kind == "scatter":
        chart.set_x_axis({"name": own.across, "min": low, "max": high, **form})
        chart.set_y_axis({"name": own.upright, "num_format": "0%", "min": 0, "max": 1})
    else:
        chart.set_x_axis({"name": own.across, "label_position": "low"})
        chart.set_y_axis({"name": own.upright, "min": low, "max": high, **form})


def _series(one: Series, kind: str, rows: tuple[str, int, int], places: dict[int, int]) -> dict[str, Any]:
    """A series with its bars of uncertainty; ``rows``: sheet, first and last."""
    from xlsxwriter.utility import xl_range_formula

    name, first, last = rows

    def cells(column: int) -> list[object]:
        """The cells of a column."""
        return [name, first, places[column], last, places[column]]

    made: dict[str, Any] = {
        "name": [name, first - 1, places[one.values if one.named is None else one.named]],
        "categories": cells(one.along),
        "values": cells(one.values),
    }
    if kind == "column":
        made["fill"] = {"color": one.colour}
    else:
        marker = "none" if kind == "scatter" or one.dashed else "circle"
        made["line"] = {"color": one.colour, "width": 1.75, "dash_type": "dash" if one.dashed else "solid"}
        made["marker"] = {"type": marker, "size": 4, "fill": {"color": one.colour}}
    if one.low is not None and one.high is not None:
        low, high = (
            "=" + xl_range_formula(name, first, places[column], last, places[column])
            for column in (one.low, one.high)
        )
        made["y_error_bars"] = {
            "type": "custom", "minus_values": low, "plus_values": high, "line": {"color": "#777777"},
        }  # fmt: skip
    return made
