"""Sheets of a workbook that are read first: sentences, tables as on the page but with numbers as numbers, native charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bekostiging.evaluation.figures import Unit
from bekostiging.report.kit.long import Written
from bekostiging.report.kit.sections import Answer

Cell = tuple[Written, Unit]
"""What stands in a cell, and its unit."""


@dataclass(frozen=True)
class Series:
    """One series of a chart: ``values`` and what it stands against (``along``) are columns of the rows of its panel.

    ``low`` and ``high``: columns with the distances to the ends of a bar of uncertainty. ``drawn``: as a line upon columns.
    ``named``: the column whose head is its name, that of its values by default.
    """

    values: int
    colour: str
    along: int = 0
    low: int | None = None
    high: int | None = None
    drawn: bool = False
    named: int | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A native chart of the rows above it; ``upright`` and ``across`` are the words of its axes, ``unit`` that of its
    values."""

    kind: Literal["column", "line", "scatter"]
    series: Sequence[Series]
    upright: str
    across: str
    unit: Unit
    n_rows: int | None = None
    """How many of the first rows are drawn; all of them by default."""
    ends: tuple[float, float] | None = None
    """Where the axis of amounts begins and ends; as the program finds by default, which sees no bars of uncertainty."""


def rounded_ends(values: Sequence[float]) -> tuple[float, float]:
    """Round numbers below and above all values, for an axis.

    >>> rounded_ends([-130.0, 20.0, 870.0])
    (-200.0, 900.0)
    """
    low, high = min(0.0, *values), max(0.0, *values)
    step = 10.0 ** math.floor(math.log10(max(high - low, 1.0) / 2)) if high > low else 1.0
    steps = [low / step, high / step]
    if steps[1] - steps[0] > 10:
        step *= 2
    return step * math.floor(low / step), step * math.ceil(high / step)


@dataclass(frozen=True)
class Panel:
    """A title, sentences, a table and a chart of it; ``strong``: rows that are totals; ``errors``: columns that are grouped
    and hidden."""

    title: str = ""
    sentences: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    strong: frozenset[int] = frozenset()
    errors: frozenset[int] = frozenset()
    chart: Chart | None = None


@dataclass(frozen=True)
class LeadingSheet:
    """``name`` on its tab, ``title`` above it; it prints on one page, or on as many as it takes where it ``flows``."""

    name: str
    title: str
    panels: Sequence[Panel]
    flows: bool = False


def in_words(rows: Sequence[Sequence[str]], title: str = "", sentences: Sequence[str] = ()) -> Panel:
    """A table of texts, header first."""
    head, *others = rows if rows else ((),)
    cells = [[(cell, "text") for cell in row] for row in others]
    return Panel(title, sentences, tuple(head), cells)  # type: ignore[arg-type]


def answer_panels(answers: Sequence[Answer]) -> list[Panel]:
    """Tables of the terminal as panels."""
    return [
        in_words(one.rows, one.title, [line for line in (one.sentence, one.caption) if line]) for one in answers
    ]
