"""The figure of a difference: from one result to the other, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.difference.results import to_the_cent
from bekostiging.report.kit.style import INK, PALE, house_axes, numbered
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Difference
from bekostiging.units import MILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MORE, LESS = "#b3541e", "#3f7f6c"
SIZE = (7.5, 3.4)


def part_words(part: str, texts: Texts) -> str:
    """A part of a difference in words; kinds of input that were changed together are joined."""
    return texts["difference", "and"].join(texts["difference", one] for one in part.split("+"))


@kinds_checked
def plot_difference(study: Difference, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Expected spending over the term from A to B: a bar per part of the difference, each beginning where the last ends.

    Parameters
    ----------
    study
        What ``study_difference`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Million euro along x; a row per part, A on top and B at the bottom.

    Examples
    --------
    Not executed: it takes minutes.

    >>> plot_difference(study_difference("results-2027", "results-2028"), lang="en")  # doctest: +SKIP
    """
    texts = Texts(lang)
    steps = to_the_cent(study.figures[0])
    with house_axes(ax, SIZE) as axes:
        level, rows = 0.0, list(steps.items())
        for y, (name, value) in enumerate(rows):
            whole = name in ("before", "after")
            start, width = (0.0, value) if whole else (level, value)
            level = value if whole else level + value
            colour = INK if whole else MORE if value > 0 else LESS
            axes.barh(y, width / MILLION, left=start / MILLION, color=colour, height=0.6)
            end = max(start, start + width) / MILLION
            shown = texts.numbers.millions(value) if whole else texts.numbers.change(value)
            axes.annotate(shown, (end, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
        names = [
            texts["difference", name] if name in ("before", "after") else part_words(name, texts)
            for name, _ in rows
        ]
        axes.set_yticks(range(len(rows)), names)
        axes.invert_yaxis()
        levels = _levels(steps)
        low, high = min(levels), max(levels)
        edge = max(high - low, 0.02 * abs(high), 1.0) * 0.35
        axes.set_xlim((low - edge) / MILLION, (high + edge) / MILLION)
        axes.grid(axis="x", color=PALE, linewidth=0.5)
        axes.set_axisbelow(True)
        numbered(axes.xaxis, texts, 1)
        axes.set_xlabel(texts["difference", "axis"])
    return axes


def _levels(steps: dict[str, float]) -> list[float]:
    """Where every bar ends."""
    levels, level = [steps["before"], steps["after"]], steps["before"]
    for name, value in steps.items():
        if name not in ("before", "after"):
            level += value
            levels.append(level)
    return levels
