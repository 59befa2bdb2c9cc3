"""A page of sections: sentences, then per section its notes, its figure and its tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from markupsafe import Markup
from matplotlib.figure import Figure

from bekostiging.case import Case
from bekostiging.case.rows import name_in
from bekostiging.report.kit.style import svg

Table = list[list[str]]
Point = tuple[str, str]
"""What a sentence is about, and the sentence."""


@dataclass(frozen=True)
class Block:
    """Sentences for one reader, with what each is about."""

    title: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Part:
    """A part of a page that prints apart: ``key`` names it in the texts and in a link, ``title`` stands above it."""

    key: Literal["summary", "report", "appendix"]
    title: str
    sections: Sequence[Section]
    sheet: Sequence[Section] = ()
    """Those of a second sheet of paper."""

    @classmethod
    def of(
        cls,
        key: Literal["summary", "report", "appendix"],
        title: str,
        sections: Iterable[Section | None],
        sheet: Iterable[Section | None] = (),
    ) -> Part:
        """Of what there is to show; None is a section that this study does not have."""
        first, second = (tuple(one for one in own if one is not None and one.shown) for own in (sections, sheet))
        return cls(key, title, first, second)


@dataclass(frozen=True)
class Section:
    """``tables`` header first; ``warnings`` stand out."""

    title: str
    notes: Sequence[str] = ()
    tables: Sequence[Table] = ()
    drawn: Figure | None = None
    warnings: Sequence[str] = ()
    alt: str = ""
    """What the figure shows, in words."""
    numbers: bool = False
    """Whether every column but the first of its tables is right-aligned."""
    caption: str = ""
    """One sentence under the figure: what there is to see."""
    steps: Sequence[str] = ()
    """Numbered sentences, after the notes."""
    points: Sequence[Point] = ()
    """Sentences with what they are about, after the numbered ones."""
    small: Sequence[str] = ()
    """Small print under the tables."""
    blocks: Sequence[Block] = ()
    """Beside each other, under everything else."""
    below: Sequence[Section] = ()
    """Each under a smaller heading."""

    @property
    def shown(self) -> bool:
        """Whether there is anything under its title."""
        told = (self.notes, self.warnings, self.tables, self.steps, self.points, self.small, self.blocks)
        return any(told) or self.drawn is not None or any(one.shown for one in self.below)

    @cached_property
    def figure(self) -> Markup | None:
        """The figure as SVG, drawn once however often a template asks."""
        return None if self.drawn is None else Markup(svg(self.drawn))


@dataclass(frozen=True)
class Answer:
    """A table of answers, as it stands on the page and in the terminal.

    Parameters
    ----------
    rows
        Cells as text, header first; as many columns in every row.
    title
        Stands above it.
    sentence
        Said before the table.
    caption
        Said under it: units, and what the reader must know.
    numbers
        Whether every column but the first is right-aligned.

    Examples
    --------
    >>> Answer([["form", "expected"], ["lump sum", "61.2"]], title="Spending", numbers=True).rows[0]
    ['form', 'expected']
    """

    rows: Sequence[Sequence[str]]
    title: str = ""
    sentence: str = ""
    caption: str = ""
    numbers: bool = False
    """Whether every column but the first is right-aligned."""


def answer_sections(answers: Sequence[Answer]) -> list[Section]:
    """A section per answer."""
    return [
        Section(
            one.title,
            [one.sentence] if one.sentence else [],
            [[list(row) for row in one.rows]] if one.rows else [],
        )
        for one in answers
    ]


def names_of(case: Case, lang: str) -> dict[str, str]:
    """Names of municipalities, providers, lots and care forms by id; an id of both a lot and a care form is the lot's."""
    return (
        care_form_names(case, lang)
        | {row.id: name_in(row, lang) for row in case.lots}
        | {row.id: name_in(row, lang) for row in case.providers}
        | {row.code: name_in(row, lang) for row in case.municipalities}
    )


def care_form_names(case: Case, lang: str) -> dict[str, str]:
    """Names of care forms by id, in a language: a lot of one care form often has its id, but another name."""
    return {row.id: name_in(row, lang) for row in case.care_forms}
