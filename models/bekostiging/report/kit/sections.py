"""A page of sections: sentences, then per section its notes, its figure and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.figure import Figure

from bekostiging.case import Case
from bekostiging.report.kit.style import svg

Table = list[list[str]]


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

    @property
    def figure(self) -> Markup | None:
        """The figure as SVG."""
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


def names_of(case: Case) -> dict[str, str]:
    """Names of municipalities, providers, lots and care forms by id; an id of both a lot and a care form is the lot's."""
    return (
        care_form_names(case)
        | {row.id: row.name for row in case.lots}
        | {row.id: row.name for row in case.providers}
        | {row.code: row.name for row in case.municipalities}
    )


def care_form_names(case: Case) -> dict[str, str]:
    """Names of care forms by id: a lot of one care form often has its id, but another name."""
    return {row.id: row.name for row in case.care_forms}
