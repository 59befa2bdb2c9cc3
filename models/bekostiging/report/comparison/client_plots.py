"""The counts of history with the fan of the coming years, a panel per law."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, cast

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.tables import LAWS
from bekostiging.evaluation import TOTAL, Comparison
from bekostiging.evaluation.client_counts import CountedBefore, Definition, counted_before, samples_as
from bekostiging.report.kit.style import (
    INK,
    PALE,
    error_bar,
    error_handle,
    house_axes,
    house_style,
    mark_example,
    numbered,
    place_of,
)
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate, Scramblings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bekostiging_solvers.typing import FloatArray

SOURCES = ("demand", "history")
"""Tables the figure is made of."""
SIZE = (3.8, 3.0)
"""Inches, of one panel."""
LABEL = 28
"""Characters of a line beside the axis, so that it is no longer than the panel."""


def laws_of(outcome: Comparison) -> list[str]:
    """Laws of which the case has care forms."""
    return [law for law in LAWS if law in outcome.counts[TOTAL]]


@dataclass(frozen=True)
class Fan:
    """What history counted of a law, and P10, P50 and P90 of the coming ``years`` under the same definition; reported
    municipalities together. Without counts the fan is of persons in the year."""

    before: CountedBefore | None
    definition: Definition
    years: tuple[int, ...]
    low: FloatArray
    middle: FloatArray
    high: FloatArray
    medians: tuple[Estimate, ...]
    """``middle`` with its standard error."""

    @classmethod
    def of(cls, outcome: Comparison, law: str) -> Fan:
        """The fan of one law."""
        before = counted_before(outcome.case, law)
        definition: Definition = "persons_in_year" if before is None else before.definition
        sample = samples_as(outcome.case, outcome.count_samples, law, definition)
        ends = [_quantiles(outcome, sample, level) for level in (0.10, 0.50, 0.90)]
        low, middle, high = (np.array([one.value for one in own]) for own in ends)
        return cls(before, definition, outcome.years, low, middle, high, ends[1])


def _quantiles(outcome: Comparison, sample: FloatArray, level: float) -> tuple[Estimate, ...]:
    """A quantile of every year, as the tables have it."""
    scramblings = Scramblings(outcome.n_scramblings)
    return tuple(scramblings.quantile(own, level) for own in sample.T)


@kinds_checked
def plot_clients(outcome: Comparison, ax: Axes | None = None, *, law: str, lang: str = "nl") -> Axes:
    """Clients of one law in the reported municipalities together: counted so far, and in the coming years.

    Points for the years that table ``history`` counted; a band from P10 to P90 and a line for P50 (with the 95 % interval of
    the simulation) of the simulated years, counted in the same way (persons in the year, trajectories, or in care on 1
    January), everybody served.

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    law
        ``"jeugdwet"`` or ``"wmo"``.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Calendar years along x; clients along y, from zero.

    Raises
    ------
    UserError
        The case has no care forms of this law; the message lists the laws it has.

    Examples
    --------
    Not executed: it takes a minute.

    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> plot_clients(outcome, law="jeugdwet", lang="en").get_ylabel()  # doctest: +SKIP
    'persons in the year'
    """
    texts = Texts(lang)
    place_of(law, laws_of(outcome), {"nl": "wet", "en": "law"})
    fan = Fan.of(outcome, law)
    with house_axes(ax, SIZE) as axes:
        if len(fan.years) > 1:
            axes.fill_between(fan.years, fan.low, fan.high, color=PALE, linewidth=0, zorder=1)
        else:
            axes.vlines(fan.years, fan.low, fan.high, color=PALE, linewidth=5, zorder=1)
        axes.plot(fan.years, fan.middle, color=INK, linewidth=1.4, marker="_", markersize=5, zorder=2)
        for year, middle in zip(fan.years, fan.medians, strict=True):
            error_bar(axes, middle, year, upright=True)
        if fan.before is not None:
            axes.plot(fan.before.years, fan.before.counts, "o", color=INK, markersize=4.5, zorder=3)
        axes.set_title(texts["laws", law], fontsize=9)
        axes.set_ylabel(fill(texts["clients", fan.definition], LABEL), fontsize=8)
        axes.set_xlabel(texts["columns", "year"], fontsize=8)
        axes.set_ylim(bottom=0)
        axes.margins(x=0.06)
        axes.tick_params(labelsize=8)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
        numbered(axes.yaxis, texts)
        mark_example(axes, outcome.case, SOURCES, texts)
    return axes


def all_clients(outcome: Comparison, texts: Texts) -> Figure:
    """Side by side: one plot per law, with one legend."""
    laws = laws_of(outcome)
    with house_style():
        figure = Figure(figsize=(SIZE[0] * len(laws), SIZE[1]), layout="constrained")
        panels = cast("list[Axes]", list(figure.subplots(1, len(laws), squeeze=False, sharex=True).flat))
        for axes, law in zip(panels, laws, strict=True):
            plot_clients(outcome, axes, law=law, lang=texts.lang)
        handles = [
            Line2D([], [], linestyle="", marker="o", color=INK, markersize=4.5, label=texts["clients", "points"]),
            Line2D([], [], color=INK, linewidth=1.4, label=texts["clients", "middle"]),
            Patch(color=PALE, label=texts["clients", "band"]),
            error_handle(texts),
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=8)
    return figure
