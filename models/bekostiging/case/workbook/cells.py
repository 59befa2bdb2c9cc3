"""The value of one cell of a workbook as the text that ``read_rows`` judges."""

from __future__ import annotations

import datetime as dt

from pydantic.fields import FieldInfo

from bekostiging.case.fields import leaf
from bekostiging.case.numbers import CELL
from bekostiging.case.read_rows import Cell
from bekostiging.case.workbook.container import LONGEST_TEXT
from bekostiging.case.workbook.places import INVISIBLE
from bekostiging.characters import one_form

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
_DAY_ZERO = dt.date(1899, 12, 30)
_YEARS = range(1990, 2201)


def text_of(value: Value) -> str:
    """The value as text: trimmed, numbers with a decimal point, dates as year-month-day."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
        return str(int(value)) if whole else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if isinstance(value, dt.time | dt.date | dt.datetime):
        return value.isoformat()
    lines = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return one_form(lines.strip().strip(INVISIBLE).strip())


def cell_of(value: Value, column: str, info: FieldInfo) -> tuple[Cell, bool]:
    """The cell of a column, and whether a date was read as its year.

    A year typed into a cell with the format of a date is that many days after 1899; a date in a column of years is
    its year. Anywhere else a date is no number.
    """
    text = text_of(value)
    if len(text) > LONGEST_TEXT:
        return Cell(text[:1], CELL, _TOO_LONG), False
    if isinstance(value, dt.date) and leaf(info) is int:
        day = value.date() if isinstance(value, dt.datetime) else value
        number = (day - _DAY_ZERO).days
        if number in _YEARS:
            return Cell(str(number), ","), False
        if day.year in _YEARS and column in ("year", "first_year"):
            return Cell(str(day.year), ","), True
    plain_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(text, "," if plain_number else CELL), False


_TOO_LONG = (
    f"de tekst is langer dan {LONGEST_TEXT} tekens; kort haar in",
    f"the text is longer than {LONGEST_TEXT} characters; shorten it",
)
