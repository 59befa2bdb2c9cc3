"""A paper as a page of HTML: the same blocks as in Word."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Template
from markupsafe import Markup

from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.paragraphs import Block, Drawing
from bekostiging.report.kit.style import svg
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.word import About

Links = Sequence[tuple[str, str]]
"""Name and file of papers beside a page."""


def paper_page(
    form: Template, about: About, blocks: Sequence[Block], links: Links = (), *, compact: bool = False
) -> str:
    """A paper as HTML, of the same blocks as in Word; ``links``: papers beside it; ``compact``: prints small."""
    kinds = [(type(block).__name__, block) for block in blocks]
    drawings = {place: Markup(svg(one.figure())) for place, one in enumerate(blocks) if isinstance(one, Drawing)}
    paper = Paper.of(about.title, Texts(about.lang), about.mark)
    return form.render(
        lang=about.lang, about=about, blocks=kinds, links=links, paper=paper, drawings=drawings, compact=compact
    )
