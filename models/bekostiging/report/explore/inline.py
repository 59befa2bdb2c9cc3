"""The what-if page inside a notebook: the same file in a frame of its own, which reaches nothing around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from bekostiging.case.arguments import checked_language, kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.evaluation import Comparison
from bekostiging.report.explore.page import explore_page
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy
from bekostiging.studies.exploration import explore


@dataclass(frozen=True)
class InlinePage:
    """A page that a notebook shows where it stands as the last expression of a cell; ``height`` in pixels."""

    title: str
    height: int
    page: str = field(repr=False)

    def _repr_html_(self) -> str:
        """As Jupyter shows it: scripts, saving and printing are allowed, and nothing of the notebook is in reach."""
        return (
            f'<iframe title="{escape(self.title)}" sandbox="allow-scripts allow-downloads allow-modals" '
            f'style="width:100%;height:{self.height}px;border:1px solid #c9d1d9" srcdoc="{escape(self.page)}"></iframe>'
        )


@kinds_checked
def inline_explore(study: Comparison | LumpSumStudy, *, lang: str = "nl", height: Count = 900) -> InlinePage:
    """The what-if page of a comparison or a lump sum, to be shown inside a notebook.

    Parameters
    ----------
    study : Comparison or LumpSumStudy
        What ``compare`` or ``study_lumpsum`` returns; its scenarios are drawn again.
    lang : str
        ``"nl"`` or ``"en"``.
    height : int
        Of the frame, pixels.

    Returns
    -------
    InlinePage
        Shows itself at the end of a cell; the same page as verken.html, without the link, which needs a file.

    Raises
    ------
    UserError
        Another language; something else than such a study.

    Examples
    --------
    Not executed: a comparison takes a minute.

    >>> from bekostiging import compare, read_case
    >>> from bekostiging.report import inline_explore
    >>> inline_explore(compare(read_case("almere")), lang="en")  # doctest: +SKIP
    """
    texts = Texts(checked_language("lang", lang))
    page = explore_page(study, explore(study), texts, None)
    return InlinePage(texts["explore", "title"], height, page)
