"""The house style, and the figures of a comparison: ``plot_<what>(outcome, ax=None, lang="nl")`` draws into given axes.

Analysts call the same functions as the report. Readable in grey, numbers as the reader writes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.open_sets import FormFacts
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.answers import headroom_of_term
from bekostiging.report.comparison.client_plots import all_clients
from bekostiging.report.comparison.drawn import Result, Spread, spending_samples, under_contract
from bekostiging.report.kit.style import (
    DESIGN_TABLES,
    INK,
    PALE,
    SOFT,
    error_bar,
    error_handle,
    figure_of,
    house_axes,
    house_style,
    legend_below,
    mark_example,
    numbered,
    place_of,
)
from bekostiging.report.kit.texts import Texts
from bekostiging.units import MILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
MOST_DOTS = 400
"""Dots per panel of the corridor: enough to see the cloud, few enough for a light file."""
ERROR_BELOW = -0.3
"""Rows between a mark and its interval."""
SPENDING_SIZE, EXCEEDANCE_SIZE = (7.2, 2.9), (7.2, 3.3)
"""Inches."""
SOURCE_TABLES: dict[str, tuple[str, ...]] = {
    "spending": ("offers", "contracts", "begroting", "demand"),
    "providers": ("offers", "contracts", "providers", "demand"),
    "exceedance": ("offers", "contracts", "begroting", "demand"),
    "corridor": DESIGN_TABLES,
}
"""Every figure and the tables it is made of: when all of them are illustrative, the figure says so inside."""


def comparison_figures(outcome: Comparison, texts: Texts) -> dict[str, Figure]:
    """Every figure of the report by name."""
    lang = texts.lang
    return {
        "spending": figure_of(lambda ax: plot_spending(outcome, ax, lang=lang), SPENDING_SIZE),
        "providers": _all_providers(outcome, texts),
        "exceedance": figure_of(lambda ax: plot_exceedance(outcome, ax, lang=lang), EXCEEDANCE_SIZE),
        "corridor": _all_corridors(outcome, texts),
        "clients": all_clients(outcome, texts),
    }


def _shown(outcome: Comparison) -> list[tuple[PaymentForm, type[FormFacts]]]:
    """The payment forms of the page, with what everybody may ask of them."""
    return [(form, PAYMENT_FORMS[form]) for form in shown_forms(outcome.case)]


@kinds_checked
def plot_spending(outcome: Comparison, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Spending of the reported municipalities over the term, per payment form.

    Eight of ten scenarios as a bar, from there to the mean of the worst 5 % as a line, the mean of all as a mark: each as in
    the table of the term, both means with the 95 % interval of the simulation. A dashed line is the headroom in the
    municipal budget (begroting).

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Million euro along x, discounted over the term; a row per payment form.

    Examples
    --------
    Not executed: it takes a minute.

    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> plot_spending(outcome, lang="en").get_xlabel()  # doctest: +SKIP
    'million euro'
    """
    texts = Texts(lang)
    with house_axes(ax, SPENDING_SIZE) as axes:
        for place, (form, facts) in enumerate(reversed(_shown(outcome))):
            spread = Spread.of(outcome, form)
            low, high, mean, worst = (
                one.value / MILLION for one in (spread.low, spread.high, spread.mean, spread.worst)
            )
            axes.barh(place, high - low, left=low, height=0.42, color=PALE, zorder=1)
            axes.plot([high, worst], [place, place], color=INK, linewidth=1.2, zorder=2)
            axes.plot(worst, place, "|", color=INK, markersize=10, zorder=3)
            axes.plot(mean, place, facts.marker, color=facts.colour, markersize=7, zorder=4)
            for one in (spread.mean, spread.worst):
                error_bar(axes, one, place + ERROR_BELOW, MILLION)
            axes.annotate(
                texts.numbers.plain(worst, 0), (worst, place), xytext=(5, -3), textcoords="offset points"
            )
        headroom = headroom_of_term(outcome) / MILLION
        axes.axvline(headroom, color=INK, linestyle=(0, (4, 2)), linewidth=1.1)
        axes.annotate(
            f"{texts['page', 'headroom']}: {texts.numbers.plain(headroom, 0)}",
            (headroom, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
        axes.set_yticks(range(len(_shown(outcome))), [texts["forms", form] for form, _ in _shown(outcome)][::-1])
        axes.use_sticky_edges = False
        axes.margins(x=0.08)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.spines["left"].set_visible(False)
        numbered(axes.xaxis, texts)
        axes.set_xlabel(texts["page", "million_euro"])
        handles = [
            Line2D([], [], marker="o", linestyle="", color=SOFT, label=texts["page", "mean"]),
            Patch(color=PALE, label=texts["page", "range_80"]),
            Line2D([], [], marker="|", markersize=9, color=INK, label=texts["page", "worst"]),
            error_handle(texts),
        ]
        legend_below(axes, 4, handles)
        mark_example(axes, outcome.case, SOURCE_TABLES["spending"], texts)
    return axes


@kinds_checked
def plot_provider(outcome: Comparison, ax: Axes | None = None, *, provider: str, lang: str = "nl") -> Axes:
    """Result of one provider over the term under every payment form.

    Nine of ten scenarios as a line, the mean as a mark with the 95 % interval of the simulation; a dark line where a loss
    has used up the buffer of the provider.

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    provider
        Id of the provider in table ``providers``.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Million euro along x, discounted over the term; a row per payment form.

    Raises
    ------
    UserError
        No provider of the case has this id; the message lists those it has.

    Examples
    --------
    Not executed: it takes a minute.

    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> plot_provider(outcome, provider=outcome.case.providers[0].id)  # doctest: +SKIP
    """
    texts = Texts(lang)
    p = place_of(provider, [row.id for row in outcome.case.providers], {"nl": "aanbieder", "en": "provider"})
    with house_axes(ax, (4.2, 2.6)) as axes:
        for place, (form, facts) in enumerate(reversed(_shown(outcome))):
            own = Result.of(outcome, provider, form)
            ends = [own.low.value / MILLION, own.high.value / MILLION]
            axes.plot(ends, [place, place], color=facts.colour, linestyle=facts.line, linewidth=1.6)
            axes.plot(own.mean.value / MILLION, place, facts.marker, color=facts.colour, markersize=5)
            error_bar(axes, own.mean, place + ERROR_BELOW, MILLION)
        axes.axvline(0, color=PALE, linewidth=0.8, zorder=0)
        axes.axvline(-outcome.buffer[p] / MILLION, color=INK, linewidth=1.1)
        axes.set_title(name_in(outcome.case.providers[p], lang), fontsize=8)
        axes.set_ylim(-0.6, len(_shown(outcome)) - 0.4)
        axes.spines["left"].set_visible(False)
        axes.tick_params(labelsize=7)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        numbered(axes.xaxis, texts, 0 if np.diff(axes.get_xticks()).min() >= 1 else 1)
        axes.set_yticks(range(len(_shown(outcome))), [texts["forms", form] for form, _ in _shown(outcome)][::-1])
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.set_xlabel(texts["page", "million_euro"], fontsize=7.5)
        mark_example(axes, outcome.case, SOURCE_TABLES["providers"], texts)
    return axes


def _all_providers(outcome: Comparison, texts: Texts) -> Figure:
    """Small multiples: one plot per provider with a contract."""
    shown = under_contract(outcome)
    # few in a row print larger
    n_columns = 3 if len(shown) <= 6 else 4
    n_rows = -(-len(shown) // n_columns)
    with house_style():
        figure = Figure(figsize=(7.2, 1.35 * n_rows + 0.5), layout="constrained")
        grid = figure.subplots(n_rows, n_columns, squeeze=False)
        for axes, provider in zip(grid.flat, shown, strict=False):
            plot_provider(outcome, axes, provider=provider, lang=texts.lang)
            axes.set_yticks([])
            if axes not in grid[-1]:
                axes.set_xlabel("")
        for axes in list(grid.flat)[len(shown) :]:
            axes.set_visible(False)
        handles = [
            Line2D(
                [], [], linestyle=facts.line, marker=facts.marker, color=facts.colour, label=texts["forms", form],
            )
            for form, facts in _shown(outcome)
        ]  # fmt: skip
        handles.append(Line2D([], [], color=INK, linewidth=1.1, label=texts["legend", "loss_beyond"]))
        handles.append(error_handle(texts))
        figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=7.5)
    return figure


@kinds_checked
def plot_exceedance(outcome: Comparison, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Probability that spending over the term exceeds an amount, a curve per payment form.

    At 90, 50 and 10 % stands the 95 % interval that the simulation leaves to the amount.

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Million euro along x, discounted over the term; probability in per cent along y.

    Examples
    --------
    Not executed: it takes a minute.

    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> plot_exceedance(outcome, lang="en").get_ylim()  # doctest: +SKIP
    (0.0, 100.0)
    """
    texts = Texts(lang)
    with house_axes(ax, EXCEEDANCE_SIZE) as axes:
        for form, facts in _shown(outcome):
            sample = np.sort(spending_samples(outcome, form)) / MILLION
            above = 1 - np.arange(1, len(sample) + 1) / len(sample)
            axes.step(
                sample, 100 * above, where="post", color=facts.colour, linestyle=facts.line, linewidth=1.8,
                label=texts["forms", form],
            )  # fmt: skip
            spread = Spread.of(outcome, form)
            for chance, one in ((90, spread.low), (50, spread.middle), (10, spread.high)):
                error_bar(axes, one, chance, MILLION, facts.colour)
        headroom = headroom_of_term(outcome) / MILLION
        axes.axvline(headroom, color=INK, linestyle=(0, (4, 2)), linewidth=1.1, label=texts["page", "headroom"])
        axes.set_ylabel(f"{texts['page', 'probability']} (%)")
        axes.set_ylim(0, 100)
        axes.legend(handles=[*axes.get_legend_handles_labels()[0], error_handle(texts)], fontsize=8)
        numbered(axes.xaxis, texts)
        axes.set_xlabel(texts["page", "million_euro"])
        mark_example(axes, outcome.case, SOURCE_TABLES["exceedance"], texts)
    return axes


@kinds_checked
def plot_corridor(outcome: Comparison, ax: Axes | None = None, *, lot: str, lang: str = "nl") -> Axes:
    """Payment against cost under the designed lump sum of one lot, simulated years of its contracts as dots.

    The agreed line is drawn over the base of the corridor; where that base is not the audited cost, it is put on the axis of
    cost at the expected ratio of the two.

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lot
        Id of the lot in table ``lots``.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Both axes are fractions of the indexed reference amount, from 80 to 120 %.

    Raises
    ------
    UserError
        No lot under a lump sum has this id; the message lists those that do.

    Examples
    --------
    Not executed: it takes a minute.

    >>> outcome = compare(read_case("almere"))  # doctest: +SKIP
    >>> plot_corridor(outcome, lot=outcome.case.lots[0].id)  # doctest: +SKIP
    """
    texts = Texts(lang)
    j = place_of(lot, [one.name for one in outcome.lumpsum.data.lots], {"nl": "perceel", "en": "lot"})
    with house_axes(ax, (4.0, 3.6)) as axes:
        _simulated_years(axes, outcome, texts, j)
        _agreed_line(axes, outcome, texts, j)
        axes.set_title({row.id: name_in(row, lang) for row in outcome.case.lots}[lot], fontsize=8)
        axes.set_xlim(0.8, 1.2)
        axes.set_ylim(0.8, 1.2)
        axes.tick_params(labelsize=7)
        axes.set_xlabel(texts["page", "cost"], fontsize=8)
        axes.set_ylabel(texts["page", "payment"], fontsize=8)
        for side in (axes.xaxis, axes.yaxis):
            side.set_major_formatter(FuncFormatter(lambda value, _: texts.numbers.plain(100 * value) + " %"))
        axes.legend(fontsize=7)
        mark_example(axes, outcome.case, SOURCE_TABLES["corridor"], texts)
    return axes


def _simulated_years(axes: Axes, outcome: Comparison, texts: Texts, j: int) -> None:
    """Cost and payment of every contract of a lot, over the indexed reference amount."""
    data = outcome.lumpsum.data
    own = np.flatnonzero(data.lot == j)
    samples = outcome.forms[LUMP_SUM].samples["absorb"]
    scale = (data.reference[own] * outcome.index[:, own]).transpose(0, 2, 1)
    cost, paid = (samples.cost[:, :, own] / scale).ravel(), (samples.payment[:, :, own] / scale).ravel()
    every = max(1, len(cost) // MOST_DOTS)
    axes.plot(cost[::every], paid[::every], ".", color=PALE, markersize=2.5, zorder=1)
    axes.plot([], [], ".", color=SOFT, label=texts["page", "simulated"])


def _agreed_line(axes: Axes, outcome: Comparison, texts: Texts, j: int) -> None:
    """What is agreed in a lot, beside no sharing at all, and the edges of its layers."""
    out_of_sample, design = outcome.lumpsum.out_of_sample, outcome.lumpsum.design
    lot, own = out_of_sample.lots[j], np.flatnonzero(out_of_sample.lot == j)
    on_cost = outcome.case.policy.base(lot.name) == "audited_cost"
    spent = float(out_of_sample.cost[:, own].mean(axis=0).sum())
    # of care that nobody had, no part can be said
    ratio = 1.0 if on_cost or not spent else float(out_of_sample.reference[own].sum()) / spent
    axis = np.linspace(0.8, 1.2, 161)
    amounts = lot.corridor.amounts(axis * ratio, np.ones_like(axis))
    line = 1 + design.loading[j] + amounts @ (lot.corridor.sign * design.share[j])
    if design.feasible:  # without a design nothing is agreed
        axes.plot(axis, line, color=INK, linewidth=1.6, zorder=3, label=texts["page", "corridor_line"])
    axes.plot(axis, axis, color=SOFT, linestyle=":", linewidth=1.1, zorder=2, label=texts["page", "no_sharing"])
    for edge in {*lot.corridor.lower.tolist(), *lot.corridor.upper.tolist()}:
        if 0.8 < edge / ratio < 1.2:
            axes.axvline(edge / ratio, color=PALE, linewidth=0.6, zorder=0)


def _all_corridors(outcome: Comparison, texts: Texts) -> Figure:
    """Small multiples: one plot per lot, with one legend."""
    lots = outcome.lumpsum.data.lots
    n_columns = min(3, len(lots))
    n_rows = -(-len(lots) // n_columns)
    with house_style():
        figure = Figure(figsize=(2.5 * n_columns, 2.35 * n_rows + 0.5), layout="constrained")
        grid = figure.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True)
        for j, (axes, lot) in enumerate(zip(grid.flat, lots, strict=False)):
            plot_corridor(outcome, axes, lot=lot.name, lang=texts.lang)
            handles, labels = axes.get_legend_handles_labels()
            axes.get_legend().remove()
            lowest = j + n_columns >= len(lots)
            axes.tick_params(labelbottom=lowest)
            if not lowest:
                axes.set_xlabel("")
            if j % n_columns:
                axes.set_ylabel("")
        for axes in list(grid.flat)[len(lots) :]:
            axes.set_visible(False)
        figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)
    return figure
