"""The figure of a running contract year: what was spent so far and how it is expected to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bekostiging.case.arguments import checked_language
from bekostiging.report.kit.style import INK, PALE, SOFT, figure_of, house_axes, mark_example
from bekostiging.report.kit.texts import Texts
from bekostiging.studies.contract_year import BANDS, ContractYear
from bekostiging.units import MILLION, MONTHS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (6.6, 3.2)
TABLES = ("offers", "contracts", "demand")
"""Tables that the expectation is made of."""


def year_fan(year: ContractYear, texts: Texts) -> Figure:
    """The figure, for a page or Word."""
    return figure_of(lambda axes: plot_year(year, axes, lang=texts.lang), SIZE)


def plot_year(year: ContractYear, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Draw how far claims since January are above what the tender expected: seen, and expected with two bands.

    Parameters
    ----------
    year : ContractYear
        From ``monitor``.
    ax : matplotlib Axes, optional
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang : str, default "nl"
        Language of words and numbers, ``nl`` or ``en``.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.monitoring import drawn_months
    >>> case = read_case("veenrand")
    >>> figures = drawn_months(case, seed=1, months=3).figures
    >>> from bekostiging.studies import monitor
    >>> plot_year(monitor(case, figures, "2028-03", n_scenarios=32), lang="en").get_ylabel()
    'million euro difference'
    """
    texts = Texts(checked_language("lang", lang))
    said = texts.sections["monitor"]
    tender = np.cumsum(year.expected.by_month.sum(axis=2).mean(axis=0))
    course = (np.cumsum(year.forecast.by_month.sum(axis=2), axis=1) - tender) / MILLION
    m, months = year.months_seen, np.arange(1, MONTHS + 1)
    with house_axes(ax, SIZE) as axes:
        later = slice(m - 1, MONTHS)
        for band, colour in zip(reversed(BANDS), (PALE, SOFT), strict=True):
            low, high = np.quantile(course, [(1 - band) / 2, (1 + band) / 2], axis=0)
            axes.fill_between(months[later], low[later], high[later], color=colour, alpha=0.6, linewidth=0)
        axes.axhline(0, color=SOFT, linestyle=":", label=said["fan_tender"])
        mean = course.mean(axis=0)
        axes.plot(months[:m], mean[:m], color=INK, linewidth=2, marker="o", markersize=3, label=said["fan_seen"])
        axes.plot(months[later], mean[later], color=INK, linestyle="--", label=said["fan_forecast"])
        names = texts["signals", "months"].split()
        axes.set_xticks(months, [name[:3] for name in names])
        axes.set_ylabel(said["fan_axis"])
        axes.yaxis.set_major_formatter(lambda value, _: texts.numbers.plain(value, 1))
        axes.legend(frameon=False, loc="upper left")
        mark_example(axes, year.case, TABLES, texts)
    return axes
