"""What a paper is made of, whatever program it is written for: headings, paragraphs, lists, tables and figures.

A paper is a sequence of ``Block``; ``kit.word`` writes it. Nothing here knows of a file format, so that a test reads what a
paper says as it was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` 1 to 3, and never more than one below the heading before it; ``new_page``: on top of a page."""

    text: str
    level: int = 1
    new_page: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Sentences; ``lead`` stands before them in bold, ``remark`` sets them apart as one to the reader of a draft."""

    text: str
    lead: str = ""
    remark: bool = False


@dataclass(frozen=True)
class Points:
    """A list, numbered from one or with bullets; a nested point is none."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: ``rows`` header first, its ``caption`` above and a ``note`` under it.

    ``numbers``: every column but the first is right-aligned, or those of ``right`` alone; ``totals``: rows in bold by their
    place, the header being 0.
    """

    rows: Rows
    caption: str
    note: str = ""
    numbers: bool = True
    totals: Sequence[int] = ()
    right: Sequence[int] | None = None

    def right_aligned(self, column: int) -> bool:
        """Whether the cells of a column stand to the right."""
        return column in self.right if self.right is not None else self.numbers and column > 0


@dataclass(frozen=True)
class Drawing:
    """A figure; ``alt`` says in words what it shows, ``caption`` what there is to see."""

    drawn: Figure
    alt: str
    caption: str


Block = Heading | Paragraph | Points | Grid | Drawing
