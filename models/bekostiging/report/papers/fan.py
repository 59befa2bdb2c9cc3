"""The one figure of a paper: what is expected by year and how far it may turn out otherwise, against the begroting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bekostiging.evaluation import TOTAL
from bekostiging.report.comparison.plots import SOURCE_TABLES
from bekostiging.report.kit.paragraphs import Drawing
from bekostiging.report.kit.style import (
    INK,
    PALE,
    SOFT,
    all_illustrative,
    figure_of,
    legend_below,
    numbered,
)
from bekostiging.report.kit.texts import Texts
from bekostiging.report.papers.basis import Basis
from bekostiging.units import MILLION, THOUSAND

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (6.3, 2.9)
FINE = 6.0
"""Million euro along an axis below which a tenth counts."""
HALF_YEAR = 0.3
"""Half the width of a year's bar, where there is one year alone."""


@dataclass(frozen=True)
class BudgetFan:
    """Spending under the contracts by year, euro: ``expected``, from ``low`` to ``certain``, and ``begroot``.

    ``lang``: language of its words; ``chance``: part of the scenarios from low to certain; ``example``: all of it is
    invented, which the figure says.

    Examples
    --------
    >>> fan = BudgetFan("en", (2028, 2029), (9e6, 9e6), (10e6, 11e6), (11e6, 13e6), (12e6, 12e6), 0.8, example=False)
    >>> fan.figure().axes[0].get_ylabel()
    'm euro'
    """

    lang: str
    years: tuple[int, ...]
    low: tuple[float, ...]
    expected: tuple[float, ...]
    certain: tuple[float, ...]
    begroot: tuple[float, ...]
    chance: float
    example: bool

    def figure(self) -> Figure:
        """The figure, the same each time."""
        return figure_of(self._draw, SIZE)

    def _draw(self, axes: Axes) -> None:
        """A band, its middle, and the begroting as a dashed line; of one year a bar."""
        texts, years = Texts(self.lang), np.array(self.years, dtype=float)
        low, expected, certain, begroot = (
            np.array(one) / MILLION for one in (self.low, self.expected, self.certain, self.begroot)
        )
        alone = len(years) == 1
        if alone:
            years = years[0] + np.array([-HALF_YEAR, HALF_YEAR])
            low, expected, certain, begroot = (np.repeat(one, 2) for one in (low, expected, certain, begroot))
        axes.fill_between(years, low, certain, color=PALE, linewidth=0)
        axes.plot(years, expected, color=INK, marker="" if alone else "o", markersize=4)
        axes.plot(years, begroot, color=INK, linestyle=(0, (4, 2)), marker="" if alone else "_")
        axes.set_xticks(self.years, [str(year) for year in self.years])
        axes.set_xlim(self.years[0] - 0.5, self.years[-1] + 0.5)
        axes.margins(y=0.15)
        axes.spines[["top", "right"]].set_visible(False)
        numbered(axes.yaxis, texts, 1 if float(np.ptp(axes.get_ylim())) < FINE else 0)
        axes.set_ylabel(texts["page", "million_euro"])
        handles = [
            Line2D([], [], color=INK, marker="o", markersize=4, label=texts["budget", "expected"]),
            Patch(color=PALE, label=texts["papers", "band"].format(chance=texts.numbers.percent(self.chance))),
            Line2D([], [], color=INK, linestyle=(0, (4, 2)), label=texts["budget", "headroom"]),
        ]
        legend_below(axes, 3, handles, points=22)
        if self.example:
            axes.figure.suptitle(
                texts["page", "example"], x=0.99, ha="right", color=SOFT, style="italic", fontsize=10
            )


def budget_drawing(basis: Basis, code: str = TOTAL) -> Drawing:
    """The figure of a municipality, or of all together, with what it shows in words and what there is to see."""
    lines = [basis.line(code, year) for year in basis.years]
    fan = BudgetFan(
        lang=basis.texts.lang,
        years=tuple(basis.years),
        low=tuple(one.low.value for one in lines),
        expected=tuple(one.expected.value for one in lines),
        certain=tuple(one.certain.value for one in lines),
        begroot=tuple(one.headroom for one in lines),
        chance=2 * basis.case.policy.certainty - 1,
        example=all_illustrative(basis.case, SOURCE_TABLES["spending"]),
    )
    return Drawing(fan, _alternative_text(fan, basis, code), _caption(fan, basis))


def _alternative_text(fan: BudgetFan, basis: Basis, code: str) -> str:
    """Every number of the figure, year by year, for who does not see it."""
    said, millions = basis.texts.sections["papers"], basis.texts.numbers.millions
    place = basis.region_said() if code == TOTAL else basis.names[code]
    years = [
        said["figure_year"].format(
            year=year,
            **{name: millions(getattr(fan, name)[t]) for name in ("low", "expected", "certain", "begroot")},
        )
        for t, year in enumerate(fan.years)
    ]
    head = said["figure_alt"].format(place=place, chance=basis.texts.numbers.percent(fan.chance))
    return f"{head} {'; '.join(years)}."


def _caption(fan: BudgetFan, basis: Basis) -> str:
    """What there is to see, in one sentence, by the thousands that the table shows."""
    said = basis.texts.sections["papers"]

    def above(amounts: tuple[float, ...]) -> list[int]:
        """Years in which these are above what is begroot."""
        return [
            year
            for year, one, begroot in zip(fan.years, amounts, fan.begroot, strict=True)
            if round(one / THOUSAND) > round(begroot / THOUSAND)
        ]

    short, tight = above(fan.expected), above(fan.certain)
    key = "figure_short" if short else "figure_tight" if tight else "figure_within"
    told = said[key].format(
        years=basis.listed([str(year) for year in short or tight]),
        certainty=basis.texts.numbers.percent(basis.case.policy.certainty),
    )
    return said["figure"].format(n=1, title=told)
