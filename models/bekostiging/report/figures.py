"""The four figures of the report, one house style: readable in grey, numbers as the reader writes them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.report.answers import room_of_term
from bekostiging.report.numbers import MILLION
from bekostiging.report.texts import Texts
from bekostiging.stress import Comparison, provider_results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]
INK, SOFT, PALE = "#222222", "#777777", "#c8ccd0"
COLOURS: dict[PaymentForm, str] = {
    "inspanningsgericht": "#1b3a5c",
    "outputgericht": "#b3541e",
    "taakgericht": "#3f7f6c",
    "maatwerktraject": "#8a8d91",
}
"""Different in lightness too, so that they differ in grey."""
LINES: dict[PaymentForm, Literal["-", "--", "-.", ":"]] = {
    "inspanningsgericht": "-",
    "outputgericht": "--",
    "taakgericht": "-.",
    "maatwerktraject": ":",
}
MARKERS: dict[PaymentForm, str] = {
    "inspanningsgericht": "o",
    "outputgericht": "s",
    "taakgericht": "^",
    "maatwerktraject": "D",
}
STYLE = str(files("bekostiging.report") / "house.mplstyle")
MOST_DOTS = 400
"""Dots per panel of the corridor: enough to see the cloud, few enough for a light file."""
FIGURES: dict[str, tuple[str, ...]] = {
    "spending": ("offers", "contracts", "begroting", "demand"),
    "providers": ("offers", "contracts", "providers", "demand"),
    "exceedance": ("offers", "contracts", "begroting", "demand"),
    "corridor": ("offers", "contracts", "layers", "policy", "demand"),
}
"""Every figure and the tables it is made of: when all of them are illustrative, the figure says so inside."""


def figures(outcome: Comparison, texts: Texts) -> dict[str, Figure]:
    """Every figure by name."""
    makers: dict[str, Callable[[Comparison, Texts], Figure]] = {
        "spending": _spending,
        "providers": _providers,
        "exceedance": _exceedance,
        "corridor": _corridor,
    }
    made = {}
    with style.context(STYLE):
        for name, maker in makers.items():
            made[name] = maker(outcome, texts)
            if all_illustrative(outcome.case, FIGURES[name]):
                _mark_example(made[name], texts)
    return made


def svg(figure: Figure) -> str:
    """The figure as SVG text, the same bytes each time."""
    out = io.StringIO()
    with style.context(STYLE):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :]


def all_illustrative(case: Case, tables: Sequence[str]) -> bool:
    """Whether every row of these tables is illustrative."""
    return all(row.status == "illustrative" for table in tables for row in getattr(case, table))


def _mark_example(figure: Figure, texts: Texts) -> None:
    figure.text(
        0.99, 0.985, texts["page", "example"], ha="right", va="top", color=SOFT, style="italic", fontsize=10
    )


def _millions(axes: Axes, texts: Texts) -> None:
    """Horizontal axis in millions, numbers of the language."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: texts.numbers.plain(value)))
    axes.set_xlabel(texts["page", "million_euro"])


def _spending_samples(outcome: Comparison, form: PaymentForm) -> FloatArray:
    """Spending of the reported municipalities over the term, million euro; (n_scenarios,)."""
    samples = outcome.forms[form].samples[outcome.corner]
    paid = samples.municipal[:, :, list(outcome.reported)].sum(axis=2)
    return np.asarray(paid @ outcome.lumpsum.data.discount / MILLION)


def _spending(outcome: Comparison, texts: Texts) -> Figure:
    """Per form: eight of ten futures as a bar, the worst 5 % as a line, the mean as a mark; the room as a line."""
    figure = Figure(figsize=(7.2, 2.9), layout="constrained")
    axes = figure.subplots()
    for place, form in enumerate(reversed(PAYMENT_FORMS)):
        sample = _spending_samples(outcome, form)
        low, high = np.quantile(sample, [0.1, 0.9])
        worst = np.sort(sample)[-max(1, len(sample) // 20) :].mean()
        axes.barh(place, high - low, left=low, height=0.42, color=PALE, zorder=1)
        axes.plot([high, worst], [place, place], color=INK, linewidth=1.2, zorder=2)
        axes.plot(worst, place, "|", color=INK, markersize=10, zorder=3)
        axes.plot(sample.mean(), place, MARKERS[form], color=COLOURS[form], markersize=7, zorder=4)
        axes.annotate(
            texts.numbers.plain(float(worst), 0), (float(worst), place), xytext=(5, -3), textcoords="offset points"
        )
    room = room_of_term(outcome) / MILLION
    axes.axvline(room, color=INK, linestyle=(0, (4, 2)), linewidth=1.1)
    axes.annotate(
        f"{texts['page', 'room']}: {texts.numbers.plain(room, 0)}",
        (room, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=8,
    )
    axes.set_yticks(range(len(PAYMENT_FORMS)), [texts["forms", form] for form in reversed(PAYMENT_FORMS)])
    axes.use_sticky_edges = False
    axes.margins(x=0.08)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.spines["left"].set_visible(False)
    handles = [
        Line2D([], [], marker="o", linestyle="", color=SOFT, label=texts["page", "mean"]),
        Patch(color=PALE, label=texts["page", "range_80"]),
        Line2D([], [], marker="|", markersize=9, color=INK, label=texts["page", "worst"]),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8)
    _millions(axes, texts)
    return figure


def _providers(outcome: Comparison, texts: Texts) -> Figure:
    """Small multiples: result over the term per form, with the buffer as a line."""
    providers = outcome.case.providers
    shown = [
        p for p in range(len(providers)) if any(row.provider == providers[p].id for row in outcome.case.contracts)
    ]
    n_columns = 4
    n_rows = -(-len(shown) // n_columns)
    figure = Figure(figsize=(7.6, 1.75 * n_rows + 0.5), layout="constrained")
    grid = figure.subplots(n_rows, n_columns, squeeze=False)
    discount = outcome.lumpsum.data.discount
    results = {
        form: provider_results(outcome.case, result.samples[outcome.corner], discount).sum(axis=1) / MILLION
        for form, result in outcome.forms.items()
    }
    for axes, p in zip(grid.flat, shown, strict=False):
        for place, form in enumerate(reversed(PAYMENT_FORMS)):
            sample = results[form][:, p]
            low, high = np.quantile(sample, [0.05, 0.95])
            axes.plot([low, high], [place, place], color=COLOURS[form], linestyle=LINES[form], linewidth=1.6)
            axes.plot(sample.mean(), place, MARKERS[form], color=COLOURS[form], markersize=5)
        axes.axvline(0, color=PALE, linewidth=0.8, zorder=0)
        axes.axvline(-outcome.buffer[p] / MILLION, color=INK, linewidth=1.1)
        axes.set_title(providers[p].name, fontsize=8)
        axes.set_ylim(-0.6, len(PAYMENT_FORMS) - 0.4)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(labelsize=7)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        decimals = 0 if np.diff(axes.get_xticks()).min() >= 1 else 1
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _, decimals=decimals: texts.numbers.plain(value, decimals))
        )
    for axes in list(grid.flat)[len(shown) :]:
        axes.set_visible(False)
    for axes in grid[-1]:
        axes.set_xlabel(texts["page", "million_euro"], fontsize=7.5)
    handles = [
        Line2D(
            [], [], linestyle=LINES[form], marker=MARKERS[form], color=COLOURS[form], label=texts["forms", form]
        )
        for form in PAYMENT_FORMS
    ]
    handles.append(Line2D([], [], color=INK, linewidth=1.1, label=f"{texts['page', 'buffer']} (−)"))
    figure.legend(handles=handles, loc="outside lower center", ncols=5, fontsize=7.5)
    return figure


def _exceedance(outcome: Comparison, texts: Texts) -> Figure:
    """Probability that spending over the term exceeds an amount."""
    figure = Figure(figsize=(7.2, 3.3), layout="constrained")
    axes = figure.subplots()
    for form in PAYMENT_FORMS:
        sample = np.sort(_spending_samples(outcome, form))
        above = 1 - np.arange(1, len(sample) + 1) / len(sample)
        axes.step(
            sample, 100 * above, where="post", color=COLOURS[form], linestyle=LINES[form], linewidth=1.8,
            label=texts["forms", form],
        )  # fmt: skip
    room = room_of_term(outcome) / MILLION
    axes.axvline(room, color=INK, linestyle=(0, (4, 2)), linewidth=1.1, label=texts["page", "room"])
    axes.set_ylabel(f"{texts['page', 'probability']} (%)")
    axes.set_ylim(0, 100)
    axes.legend(fontsize=8)
    _millions(axes, texts)
    return figure


def _corridor(outcome: Comparison, texts: Texts) -> Figure:
    """Per lot: the agreed payment against cost, with simulated years of all its contracts as dots."""
    lots = outcome.lumpsum.data.lots
    n_columns = min(3, len(lots))
    n_rows = -(-len(lots) // n_columns)
    figure = Figure(figsize=(2.5 * n_columns, 2.35 * n_rows + 0.5), layout="constrained")
    grid = figure.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True)
    names = {row.id: row.name for row in outcome.case.lots}
    for j, (axes, lot) in enumerate(zip(grid.flat, lots, strict=False)):
        _corridor_of_lot(axes, outcome, texts, j)
        axes.set_title(names[lot.name], fontsize=8)
        axes.set_xlim(0.8, 1.2)
        axes.set_ylim(0.8, 1.2)
        axes.tick_params(labelsize=7, labelbottom=j + n_columns >= len(lots))
        if j + n_columns >= len(lots):
            axes.set_xlabel(texts["page", "cost"], fontsize=8)
        if j % n_columns == 0:
            axes.set_ylabel(texts["page", "payment"], fontsize=8)
        for side in (axes.xaxis, axes.yaxis):
            side.set_major_formatter(FuncFormatter(lambda value, _: texts.numbers.plain(100 * value) + " %"))
    for axes in list(grid.flat)[len(lots) :]:
        axes.set_visible(False)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)
    return figure


def _corridor_of_lot(axes: Axes, outcome: Comparison, texts: Texts, j: int) -> None:
    """One panel. The line follows the base; cost is on the axis, at the ratio of both that is expected."""
    fresh, design = outcome.lumpsum.fresh, outcome.lumpsum.design
    lot, own = fresh.lots[j], np.flatnonzero(fresh.lot == j)
    samples = outcome.forms["taakgericht"].samples["absorb"]
    scale = (fresh.reference[own] * fresh.index[:, own]).transpose(0, 2, 1)
    cost, paid = (samples.cost[:, :, own] / scale).ravel(), (samples.payment[:, :, own] / scale).ravel()
    every = max(1, len(cost) // MOST_DOTS)
    axes.plot(cost[::every], paid[::every], ".", color=PALE, markersize=2.5, zorder=1)
    axes.plot([], [], ".", color=SOFT, label=texts["page", "simulated"])
    on_cost = outcome.case.corridor_base(lot.name) == "audited_cost"
    ratio = 1.0 if on_cost else float(fresh.reference[own].sum() / fresh.cost[:, own].mean(axis=0).sum())
    axis = np.linspace(0.8, 1.2, 161)
    amounts = lot.corridor.amounts(axis * ratio, np.ones_like(axis))
    line = 1 + design.loading[j] + amounts @ (lot.corridor.sign * design.share[j])
    axes.plot(axis, line, color=INK, linewidth=1.6, zorder=3, label=texts["page", "corridor_line"])
    axes.plot(axis, axis, color=SOFT, linestyle=":", linewidth=1.1, zorder=2, label=texts["page", "no_sharing"])
    for edge in {*lot.corridor.lower.tolist(), *lot.corridor.upper.tolist()}:
        if 0.8 < edge / ratio < 1.2:
            axes.axvline(edge / ratio, color=PALE, linewidth=0.6, zorder=0)
