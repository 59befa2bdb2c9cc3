"""The house style of every figure: quiet axes, dark ink, readable in grey, numbers as the reader writes them.

A plot function ``plot_<what>(result, ax=None, *, lang="nl")`` draws into the axes it is given, so that an analyst who calls
it in a notebook gets what the report shows.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from threading import RLock
from typing import TYPE_CHECKING, cast

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation

from bekostiging.case import Case, UserError
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis


INK, SOFT, PALE = "#222222", "#777777", "#c8ccd0"
STYLE = str(files("bekostiging.report.kit") / "house.mplstyle")
POINTS = 72.0
"""In an inch."""
DESIGN_TABLES = ("offers", "contracts", "layers", "policy", "demand")
"""Tables that a decided lump sum is made of: its figures are marked as an example where all their rows are illustrative."""
_DRAWING = RLock()


@contextmanager
def house_style() -> Iterator[None]:
    """The house style, by one thread at a time: matplotlib has one set of settings per process, and gets its own back."""
    with _DRAWING, style.context(STYLE):
        yield


def svg(figure: Figure) -> str:
    """The figure as SVG text, the same bytes each time."""
    out = io.StringIO()
    with house_style():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :]


@contextmanager
def house_axes(ax: Axes | None, size: tuple[float, float]) -> Iterator[Axes]:
    """The axes to draw in, in the house style: those given, or of a new figure of pyplot, which Jupyter shows."""
    figure: Figure | None = None
    if ax is None:
        import matplotlib.pyplot as plt

        # outside the style: the first figure loads the backend of Jupyter, whose own settings must outlast it
        figure = plt.figure(figsize=size, layout="constrained")
    with house_style():
        axes = ax if ax is not None else cast(Figure, figure).subplots()
        axes.spines[["top", "right"]].set_visible(False)
        yield axes
        for text in axes.findobj(Text):  # axes that were given have texts of before the style
            text.set_parse_math(False)


def figure_of(plot: Callable[[Axes], object], size: tuple[float, float]) -> Figure:
    """A figure of its own, outside pyplot, with one plot in it."""
    with house_style():
        figure = Figure(figsize=size, layout="constrained")
        plot(figure.subplots())
    return figure


def legend_below(axes: Axes, columns: int, handles: Sequence[Artist], points: float = 32) -> None:
    """A legend so many points under the axes, whatever their height."""
    down = ScaledTranslation(0, -points / POINTS, axes.figure.dpi_scale_trans)
    axes.legend(
        handles=handles,
        ncols=columns,
        fontsize=8,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=axes.transAxes + down,
    )


def error_bar(
    axes: Axes, estimate: Estimate, at: float, scale: float = 1.0, colour: str = SOFT, *, upright: bool = False
) -> None:
    """The 95 % interval that the simulation leaves to an estimate, ``at`` on the other axis; nothing without an error."""
    half = estimate.half_width()
    if half:
        value = estimate.value / scale
        across, up = (None, half / scale) if upright else (half / scale, None)
        place = (at, value) if upright else (value, at)
        axes.errorbar(
            *place, xerr=across, yerr=up, fmt="none", ecolor=colour, elinewidth=0.9, capsize=1.8, zorder=5
        )


def mark_handle(label: str, marker: str, colour: str, filled: str = "") -> Line2D:
    """A mark in a legend, filled with its colour or another."""
    return Line2D([], [], linestyle="", marker=marker, color=colour, markerfacecolor=filled or colour, label=label)


def error_handle(texts: Texts) -> Line2D:
    """What a legend says of the intervals."""
    return Line2D([], [], color=SOFT, linewidth=0.9, marker="|", markersize=4, label=texts["legend", "error"])


def all_illustrative(case: Case, tables: Sequence[str]) -> bool:
    """Whether every row of these tables is illustrative."""
    return all(row.status == "illustrative" for table in tables for row in getattr(case, table))


def mark_example(axes: Axes, case: Case, tables: Sequence[str], texts: Texts) -> None:
    """Say once in the figure that it is an example, where all it is made of is illustrative."""
    word, figure = texts["page", "example"], axes.figure
    if all_illustrative(case, tables) and word not in [text.get_text() for text in figure.texts]:
        # a title has room of its own, so that the word covers nothing
        figure.suptitle(word, x=0.99, ha="right", color=SOFT, style="italic", fontsize=10)


def numbered(axis: Axis, texts: Texts, decimals: int = 0, after: str = "") -> None:
    """Numbers along an axis as the reader writes them."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: texts.numbers.plain(value, decimals) + after))


def place_of(asked: str, names: Sequence[str], what: dict[str, str]) -> int:
    """Which of the names is asked for.

    Raises
    ------
    UserError
        None of them; says which there are.
    """
    if asked in names:
        return names.index(asked)
    listed = ", ".join(names)
    raise UserError(
        f"{what['nl']} {asked}: onbekend in dit resultaat; kies uit {listed}.",
        f"{what['en']} {asked}: unknown in this result; choose from {listed}.",
        exit_code=2,
    )
