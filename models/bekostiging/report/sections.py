"""A page of sections: sentences, then per section its notes, its figure and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.figure import Figure

from bekostiging.case import Case
from bekostiging.report.figures import svg
from bekostiging.report.html import template
from bekostiging.report.texts import Texts

Table = list[list[str]]


@dataclass(frozen=True)
class Section:
    """``tables`` header first; ``warnings`` stand out."""

    title: str
    notes: Sequence[str] = ()
    tables: Sequence[Table] = ()
    drawn: Figure | None = None
    warnings: Sequence[str] = ()

    @property
    def figure(self) -> Markup | None:
        """The figure as SVG."""
        return None if self.drawn is None else Markup(svg(self.drawn))


def sections_page(title: str, case: Case, told: Sequence[str], sections: Sequence[Section], texts: Texts) -> str:
    """The page as HTML."""
    return template("sections.html.j2").render(
        lang=texts.lang,
        title=f"{title}: {case.title.get(texts.lang, case.name)}",
        disclaimer=case.disclaimer.get(texts.lang, ""),
        told=told,
        sections=sections,
    )


def names_of(case: Case) -> dict[str, str]:
    """Names of lots, providers, municipalities and care forms by id."""
    return (
        {row.id: row.name for row in case.lots}
        | {row.id: row.name for row in case.providers}
        | {row.code: row.name for row in case.municipalities}
        | {row.id: row.name for row in case.care_forms}
    )
