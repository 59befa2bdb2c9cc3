"""What a paper is made of, whatever program it is written for: headings, paragraphs, lists, tables and figures.

A paper is a sequence of ``Block``; ``kit.word`` writes it. Nothing here knows of a file format, so that a test reads what a
paper says as it was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

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


class Picture(Protocol):
    """What can be drawn: numbers and words, so that it can be kept without a file format."""

    def figure(self) -> Figure:
        """The figure, the same each time."""


@dataclass(frozen=True)
class Drawing:
    """A figure, or what can be drawn; ``alt`` says in words what it shows, ``caption`` what there is to see."""

    drawn: Figure | Picture
    alt: str
    caption: str

    def figure(self) -> Figure:
        """The figure itself."""
        return self.drawn if isinstance(self.drawn, Figure) else self.drawn.figure()


Block = Heading | Paragraph | Points | Grid | Drawing
