"""How a sheet of a result workbook looks and prints: formats, widths, heights, A4 with header and footer."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from textwrap import wrap
from typing import Any, Literal

from bekostiging.case.workbook_text import harmless
from bekostiging.evaluation.figures import Unit
from bekostiging.report.kit.long import Written
from bekostiging.report.kit.texts import Texts

FORMATS: dict[Unit, str] = {
    "euro": '"€" #,##0.00',
    "euro_per_year": '"€" #,##0.00',
    "fraction": "0.0%",
    "persons": "#,##0",
    "clients": "#,##0.0",
    "trajectories": "#,##0",
    "client_weeks": "#,##0",
    "weeks": "#,##0.0",
    "hours_per_year": "#,##0",
    "number": "#,##0.00",
    "count": "#,##0",
    "year": "0",
    "month": "0",
}
"""Number format of each unit; thousands marks and decimal commas follow the reader's own Excel."""
WIDTHS = (7, 46)
"""Least and widest column, characters; longer texts wrap."""
FILLED = 1.08
"""Letters in a column per unit of its width: a unit is a digit, and letters are narrower."""
FILLED_BOLD = 0.85
"""The same of a header."""
FILLED_TITLE = 0.62
"""The same of a title, which is larger."""
TITLE_LINE = 1.25
"""Height of its line against that of another."""
TOP_WIDTH = 120
"""Characters over which a title and what is said below it are written."""
LINE = 15.0
"""Height of one line, points."""
INK, PALE, SOFT = "#1b3a5c", "#e8edf2", "#777777"
ACROSS = 960
"""Pixels between the margins of a landscape A4."""
PIXELS, PADDING = 7, 5
"""Of one character of a column, and of a column beside its characters."""
MOST_IN_HEADER = 90
"""Characters of a title above a printed page, so that it stays clear of what stands at the right."""


Look = Literal["", "soft", "bold", "total"]
"""How a number stands out: an error is paler, a total bold, with a line above it where it closes a column."""
LOOKS: dict[Look, dict[str, Any]] = {
    "": {},
    "soft": {"font_color": SOFT},
    "bold": {"bold": True},
    "total": {"bold": True, "top": 1},
}
GROUPED = {"level": 1, "hidden": True}
"""Columns of standard errors: one click on the plus above them shows them."""


class Looks:
    """The formats of one workbook, each made once; ``book`` is under construction."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._numbers: dict[tuple[Unit, Look], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": INK, "text_wrap": True})
        self.subtitle = book.add_format({"bold": True, "font_size": 12, "font_color": INK})
        self.mark = book.add_format({"italic": True, "font_color": SOFT, "text_wrap": True, "valign": "top"})
        head = {"bold": True, "bg_color": PALE, "text_wrap": True, "valign": "top", "bottom": 1}
        self.head = book.add_format(head)
        self.right = book.add_format(head | {"align": "right"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"text_wrap": True, "valign": "top", "bold": True})
        self.total = book.add_format({"text_wrap": True, "valign": "top", "bold": True, "top": 1})
        self.indented = book.add_format({"text_wrap": True, "valign": "top", "indent": 1})
        self.link = book.add_format({"font_color": INK, "underline": 1, "valign": "top"})

    def number(self, unit: Unit, look: Look = "") -> Any:
        """The number format of a unit; years at the left like the keys they are."""
        if (unit, look) not in self._numbers:
            own = {"num_format": FORMATS.get(unit, "General"), "valign": "top"}
            own |= {"align": "left"} if unit in ("year", "month") else {}
            self._numbers[unit, look] = self._book.add_format(own | LOOKS[look])
        return self._numbers[unit, look]


def on_paper(sheet: Any, title: str, confidential: str, texts: Texts, area: tuple[int, int]) -> None:
    """Landscape A4, with a header and a footer on every page; ``area``: last row and column that print."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
    sheet.print_area(0, 0, *area)
    of = texts.sections["takeaway"]
    shown = title if len(title) <= MOST_IN_HEADER else f"{title[: MOST_IN_HEADER - 1]}…"
    sheet.set_header(f"&L&8{_literal(shown)}&R&8bekostiging {version('bekostiging')}")
    page = of["page_of"].format(page="&P", all="&N")
    sheet.set_footer(f"&L&8{_literal(confidential)}&C&8{page}&R&8{of['printed_on']} &D")


def _literal(text: str) -> str:
    """A text in a header, where an ampersand begins a code; a digit behind the size of the letters gets a space."""
    return " " + text.replace("&", "&&")


def widths_of(heads: Sequence[int], rows: Sequence[Sequence[int]], most: int = WIDTHS[1]) -> list[int]:
    """Columns as wide as what is in them, within bounds."""
    return [min(max(*own, WIDTHS[0]) + 2, most) for own in zip(heads, *rows, strict=True)]


def write_top(sheet: Any, looks: Looks, lines: Sequence[str], widths: Sequence[int]) -> int:
    """The title of a sheet and what is said below it, over as many columns as it takes; returns the first free row.

    ``widths`` of the columns, zero for one that is hidden.
    """
    across = next((n for n in range(1, len(widths) + 1) if sum(widths[:n]) >= TOP_WIDTH), len(widths))
    room = max(sum(widths[:across]), WIDTHS[0])
    for row, text in enumerate(lines):
        look, filled = (looks.title, FILLED_TITLE) if row == 0 else (looks.mark, FILLED)
        if across > 1:
            sheet.merge_range(row, 0, row, across - 1, "", look)
        sheet.write_string(row, 0, harmless(text), look)
        height = height_of([text], [room], filled)
        sheet.set_row(row, height * TITLE_LINE if row == 0 else height)
    return len(lines) + 1


def pixels(widths: Sequence[int]) -> int:
    """How wide columns are together on a screen."""
    return sum(PIXELS * width + PADDING for width in widths)


def height_of(cells: Sequence[Written], widths: Sequence[int], filled: float = FILLED) -> float:
    """Height of a row whose texts wrap; programs do not all find it themselves."""
    lines = [
        len(wrap(value, int(filled * width))) if isinstance(value, str) and len(value) > filled * width else 1
        for value, width in zip(cells, widths, strict=True)
    ]
    return LINE * max(lines, default=1)


def width_of(value: Written, unit: Unit) -> int:
    """Characters a cell takes."""
    if isinstance(value, str):
        return len(value)
    if value is None:
        return 0
    if unit in ("fraction", "year", "number"):
        return 8
    cents = 3 if unit in ("euro", "euro_per_year") else 0
    return len(f"{value:,.0f}") + 3 + cents
