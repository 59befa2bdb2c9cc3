"""The figure of steps: from paying per unit to the agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.style import INK, PALE, house_axes, numbered
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import TermSteps
from bekostiging.units import MILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MORE, LESS = "#b3541e", "#3f7f6c"
SIZE = (7.5, 3.6)
ROOM = 0.35
"""Beside the bars, as a part of how far they reach."""


def step_words(name: str, texts: Texts) -> str:
    """A step in words: a term of the agreement, or a clause by its own name."""
    return texts["clauses", name] if name in texts.sections["clauses"] else texts["steps", name]


@kinds_checked
def plot_steps(worth: TermSteps, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Expected spending of the municipalities from paying per unit to the agreement, with the error of every step.

    Parameters
    ----------
    worth
        What ``clause_worth`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Million euro along x; a row per step in the order forward, start on top and end at the bottom.

    Examples
    --------
    Not executed: it takes a minute.

    >>> plot_steps(clause_worth(compare(read_case("almere"))), lang="en")  # doctest: +SKIP
    """
    texts = Texts(lang)
    rows = [
        ("start", worth.start[0]),
        *((one.name, one.municipality[0]) for one in worth.steps),
        ("end", worth.end[0]),
    ]
    with house_axes(ax, SIZE) as axes:
        level, levels = 0.0, []
        for y, (name, found) in enumerate(rows):
            whole = name in ("start", "end")
            start = 0.0 if whole else level
            level = found.value if whole else level + found.value
            levels.append(level)
            colour = INK if whole else MORE if found.value > 0 else LESS
            axes.barh(y, found.value / MILLION, left=start / MILLION, color=colour, height=0.6)
            error = found.half_width() or 0.0
            axes.errorbar(level / MILLION, y, xerr=error / MILLION, color=INK, linewidth=0.8, capsize=2)
            shown = texts.numbers.millions(found.value) if whole else texts.numbers.change(found.value)
            place = (max(start, level) + error) / MILLION
            axes.annotate(shown, (place, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
        axes.set_yticks(range(len(rows)), [step_words(name, texts) for name, _ in rows])
        axes.invert_yaxis()
        low, high = min(levels), max(levels)
        edge = ROOM * max(high - low, 0.02 * abs(high), 1.0)
        axes.set_xlim((low - edge) / MILLION, (high + edge) / MILLION)
        axes.grid(axis="x", color=PALE, linewidth=0.5)
        axes.set_axisbelow(True)
        numbered(axes.xaxis, texts, 1)
        axes.set_xlabel(texts["steps", "axis"])
    return axes
