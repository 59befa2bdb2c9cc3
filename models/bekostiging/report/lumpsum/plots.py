"""The figure of the lump sum alone: what certainty for the providers costs the municipalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.style import (
    DESIGN_TABLES,
    PALE,
    error_bar,
    error_handle,
    house_axes,
    mark_example,
    mark_handle,
    numbered,
)
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy
from bekostiging.units import MILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FRONTIER_SIZE = (6.4, 3.6)


@kinds_checked
def plot_frontier(study: LumpSumStudy, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """What certainty for the providers costs the municipalities: every corridor that was tried, and the designed one.

    Circles share surpluses too, triangles deficits alone; dark ones are efficient: no other candidate is better for both
    sides. The designed corridor is a star. Pale lines are the 95 % intervals of the simulation.

    Parameters
    ----------
    study
        What ``study_lumpsum`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Along x the chance in per cent that the weakest provider passes its limit, along y the municipal tail in million
        euro.

    Examples
    --------
    Not executed: it takes minutes.

    >>> study = study_lumpsum(read_case("almere"))  # doctest: +SKIP
    >>> plot_frontier(study, lang="en")  # doctest: +SKIP
    """
    texts = Texts(lang)
    with house_axes(ax, FRONTIER_SIZE) as axes:
        for point in study.frontier:
            place = (100 * point.weakest.value, point.tail.value / MILLION)
            if point.band is None:
                axes.plot(*place, "*", color="#b3541e", ms=13, label=texts["page", "as_designed"])
            else:
                colour = "#1b3a5c" if point.efficient else PALE
                axes.plot(*place, "o" if point.symmetric else "^", color=colour, ms=5)
            error_bar(axes, point.tail, place[0], MILLION, PALE, upright=True)
            error_bar(axes, point.weakest, place[1], 0.01, PALE)
        axes.set_xlabel(f"{texts['page', 'frontier_weakest']}, %")
        axes.set_ylabel(texts["page", "frontier_axis"], fontsize=8)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5))
            numbered(axis, texts, 1)
        handles = [
            *axes.get_legend_handles_labels()[0],
            mark_handle(texts["legend", "two_sided"], "o", "#1b3a5c"),
            mark_handle(texts["legend", "one_sided"], "^", "#1b3a5c"),
            mark_handle(texts["legend", "not_efficient"], "o", PALE),
            error_handle(texts),
        ]
        axes.legend(handles=handles, fontsize=7)
        mark_example(axes, study.case, DESIGN_TABLES, texts)
    return axes


def frontier_caption(study: LumpSumStudy, texts: Texts) -> str:
    """What to see in the figure, in one sentence; empty without candidates."""
    if not study.frontier:
        return ""
    tails = [point.tail.value for point in study.frontier]
    return texts["captions", "frontier"].format(
        low=texts.numbers.millions(min(tails)), high=texts.numbers.millions(max(tails))
    )
