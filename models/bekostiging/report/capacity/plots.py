"""Figures of capacity agreements: who travels to whom, who waits, and places against what may be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.report.kit.style import (
    INK,
    PALE,
    SOFT,
    error_bar,
    error_handle,
    house_axes,
    house_style,
    legend_below,
    mark_example,
    mark_handle,
    numbered,
    place_of,
)
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import CapacityStudy
from bekostiging_solvers import Estimate
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TABLES = ("offers", "contracts", "demand", "capacity")
"""What the figures are made of."""
SHADE = "#3f7f6c"
FAN = ((0.05, 0.95, PALE), (0.25, 0.75, "#9aa5ad"))
"""Nine of ten and half of the scenarios."""
INKED = 0.55
"""Part of the largest flow from which on its number is written in white."""


def flows_size(study: CapacityStudy) -> tuple[float, float]:
    """Inches: a row per contracted provider."""
    return (7.2, 1.3 + 0.28 * len(flows(study)[0]))


def flows(study: CapacityStudy) -> tuple[list[str], list[str], FloatArray]:
    """Providers, municipalities, and expected clients served over the term, who sat at the start included."""
    outcome, case = study.out_of_sample, study.case
    supply = outcome.data.supply
    clients = outcome.served.mean(axis=0).sum(axis=0) + outcome.kept.mean(axis=0)
    providers = [row.id for row in case.providers]
    codes = [row.code for row in case.municipalities]
    served = np.zeros((len(providers), len(codes)))
    for k, contract in enumerate(supply.contract):
        p = providers.index(supply.names[contract][0])
        for a, area in enumerate(case.areas):
            served[p, codes.index(area.municipality)] += clients[k, a]
    some = served.sum(axis=1) >= 1
    return [one for one, kept in zip(providers, some, strict=True) if kept], codes, served[some]


@kinds_checked
def plot_flows(study: CapacityStudy, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Clients served over the term, from municipality to provider: a darker square is more clients, with their number in it.

    Parameters
    ----------
    study
        What ``study_capacity`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        A column per municipality, a row per provider that serves anybody.

    Examples
    --------
    Not executed: it takes minutes.

    >>> study = study_capacity(read_case("almere"))  # doctest: +SKIP
    >>> plot_flows(study, lang="en")  # doctest: +SKIP
    """
    texts, names = Texts(lang), names_of(study.case, lang)
    providers, codes, clients = flows(study)
    with house_axes(ax, flows_size(study)) as axes:
        largest = max(1.0, float(clients.max(initial=0.0)))
        axes.imshow(np.sqrt(clients / largest), cmap="Greys", vmin=0, vmax=1.15, aspect="auto")
        for p, m in np.ndindex(*clients.shape):
            if clients[p, m] >= 1:
                colour = "white" if np.sqrt(clients[p, m] / largest) > INKED else INK
                shown = texts.numbers.plain(float(clients[p, m]))
                axes.text(m, p, shown, ha="center", va="center", fontsize=7, color=colour)
        axes.set_xticks(range(len(codes)), [names[code] for code in codes], rotation=30, ha="right")
        axes.set_yticks(range(len(providers)), [names[one] for one in providers])
        axes.tick_params(length=0, labelcolor=INK, labelsize=8)
        axes.set_title(texts["capacity", "flows_axis"], fontsize=9, loc="left", color=SOFT)
        mark_example(axes, study.case, TABLES, texts)
    return axes


@kinds_checked
def plot_waiting(study: CapacityStudy, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Clients waiting at the end of a quarter per care form, counted: the mean as a mark, a line to the mean of the worst
    scenarios; what the plan sees as an open mark.

    Parameters
    ----------
    study
        What ``study_capacity`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Clients along x, the mean of the quarters of the term; a row per care form.

    Examples
    --------
    Not executed: it takes minutes.

    >>> study = study_capacity(read_case("almere"))  # doctest: +SKIP
    >>> plot_waiting(study, lang="en")  # doctest: +SKIP
    """
    texts, names = Texts(lang), care_form_names(study.case, lang)
    outcome = study.out_of_sample
    forms = outcome.data.care_forms
    planned = outcome.waiting.sum(axis=3).mean(axis=1)
    with house_axes(ax, waiting_size(study)) as axes:
        for f in range(len(forms)):
            mean, worst = _waits(study, f)
            axes.plot([mean.value, worst.value], [f, f], color=SHADE, linewidth=1.4, zorder=1)
            axes.plot(mean.value, f, "o", color=SHADE, ms=6, zorder=2)
            axes.plot(worst.value, f, "|", color=SHADE, ms=10, zorder=2)
            seen = study.scramblings.mean(planned[:, f]).value
            axes.plot(seen, f, "o", color=SHADE, markerfacecolor="white", ms=5, zorder=3)
            for one in (mean, worst):
                error_bar(axes, one, f + 0.25)
        axes.set_yticks(range(len(forms)), [names[form] for form in forms])
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        numbered(axes.xaxis, texts)
        tail = texts.numbers.percent(1 - outcome.data.confidence)
        axes.set_xlabel(texts["capacity", "waiting_axis"].format(tail=tail))
        handles = [
            mark_handle(texts["legend", "counted"], "o", SHADE),
            mark_handle(texts["legend", "counted_worst"], "|", SHADE),
            mark_handle(texts["legend", "planned"], "o", SHADE, "white"),
            error_handle(texts),
        ]
        legend_below(axes, 4, handles)
        mark_example(axes, study.case, TABLES, texts)
    return axes


def waiting_size(study: CapacityStudy) -> tuple[float, float]:
    """Inches: a row per care form, and a legend."""
    return 7.2, 1.3 + 0.32 * len(study.out_of_sample.data.care_forms)


def _waits(study: CapacityStudy, form: int) -> tuple[Estimate, Estimate]:
    """Clients of a care form waiting at the end of a quarter, counted: the mean, and that of the worst scenarios."""
    waiting = study.counted.waiting.sum(axis=3).mean(axis=1)[:, form]
    confidence = study.out_of_sample.data.confidence
    return study.scramblings.mean(waiting), study.scramblings.tail_mean(waiting, confidence)


def waiting_caption(study: CapacityStudy, texts: Texts) -> str:
    """What to see in the figure of who waits, in one sentence."""
    forms = study.out_of_sample.data.care_forms
    mean, worst, form = max(
        ((*_waits(study, f), form) for f, form in enumerate(forms)), key=lambda one: one[0].value
    )
    shown = [texts.numbers.plain(one.value) for one in (mean, worst)]
    if shown == ["0", "0"]:
        return texts["captions", "waiting_nobody"]
    name = care_form_names(study.case, texts.lang)[form]
    return texts["captions", "waiting"].format(care_form=name, mean=shown[0], worst=shown[1])


def flows_caption(study: CapacityStudy, texts: Texts) -> str:
    """What to see in the figure of the flows, in one sentence; empty where nobody is served."""
    names, (providers, codes, clients) = names_of(study.case, texts.lang), flows(study)
    if not clients.size:
        return ""
    p, m = np.unravel_index(int(clients.argmax()), clients.shape)
    return texts["captions", "flows"].format(
        municipality=names[codes[m]], provider=names[providers[p]], clients=texts.numbers.plain(clients[p, m])
    )


def capacity_caption(study: CapacityStudy, texts: Texts) -> str:
    """In how many quarters there are places enough for nine of ten scenarios, over all care forms, in one sentence."""
    data = study.out_of_sample.data
    enough = [
        _places(study, form) >= np.quantile(needed_of(study, form), FAN[0][1], axis=0)
        for form in range(len(data.care_forms))
    ]
    n, whole = (texts.numbers.plain(float(one)) for one in (np.sum(enough), np.size(enough)))
    return texts["captions", "capacity"].format(n=n, all=whole)


def _places(study: CapacityStudy, form: int) -> FloatArray:
    """Agreed places of a care form in every quarter."""
    data = study.out_of_sample.data
    of_year = study.places[data.supply.care_form == form].sum(axis=0)
    return np.asarray(np.repeat(of_year, data.n_quarters // len(data.years)))


def needed_of(study: CapacityStudy, form: int) -> FloatArray:
    """Places of a care form that a quarter would need if everybody were served when asking; (s, t)."""
    outcome = study.out_of_sample
    scenarios = outcome.data.scenarios
    asked = (scenarios.regular + scenarios.crisis)[:, :, form].sum(axis=2)[:, :, None]
    sat = scenarios.caseload[:, form].sum(axis=1)[:, None]
    carried = scenarios.available[:, :, outcome.data.supply.care_form == form].max(axis=2)
    return np.asarray(outcome.in_care(asked, sat, np.array([form]))[:, :, 0] / carried)


@kinds_checked
def plot_capacity(study: CapacityStudy, ax: Axes | None = None, *, care_form: str, lang: str = "nl") -> Axes:
    """Agreed places of a care form as a line, against the fan of places needed if nobody waited.

    The fan has nine of ten and half of the out-of-sample scenarios, and their median.

    Parameters
    ----------
    study
        What ``study_capacity`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    care_form
        Id of the care form in table ``care_forms``.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Quarters along x, places along y.

    Raises
    ------
    UserError
        The plan has no such care form; the message lists those it has.

    Examples
    --------
    Not executed: it takes minutes.

    >>> study = study_capacity(read_case("almere"))  # doctest: +SKIP
    >>> plot_capacity(study, care_form=study.plan.data.care_forms[0])  # doctest: +SKIP
    """
    texts, names = Texts(lang), care_form_names(study.case, lang)
    data = study.out_of_sample.data
    form = place_of(care_form, data.care_forms, {"nl": "zorgvorm", "en": "care form"})
    needed, quarters, places = needed_of(study, form), np.arange(data.n_quarters), _places(study, form)
    with house_axes(ax, (3.4, 2.2)) as axes:
        for low, high, colour in FAN:
            axes.fill_between(quarters, *np.quantile(needed, [low, high], axis=0), color=colour, linewidth=0)
        axes.plot(quarters, np.median(needed, axis=0), color=INK, linewidth=0.9)
        edges = np.append(quarters, quarters[-1] + 1) - 0.5
        axes.step(edges, np.append(places, places[-1]), where="post", color=SHADE, linewidth=2)
        axes.set_title(names[care_form], fontsize=9, loc="left", color=INK)
        axes.set_xticks(quarters, [_quarter(data.years, t, texts) for t in range(data.n_quarters)], fontsize=7)
        axes.set_ylabel(texts["legend", "places"], fontsize=7.5)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        numbered(axes.yaxis, texts)
        mark_example(axes, study.case, TABLES, texts)
    return axes


def _quarter(years: tuple[int, ...], t: int, texts: Texts) -> str:
    """First quarters bear the year."""
    name = f"{texts['capacity', 'quarter_letter']}{t % 4 + 1}"
    return f"{name}\n{years[t // 4]}" if t % 4 == 0 else name


def all_capacities(study: CapacityStudy, texts: Texts) -> Figure:
    """Every care form in a panel."""
    forms = study.out_of_sample.data.care_forms
    rows = -(-len(forms) // 2)
    with house_style():
        figure = Figure(figsize=(7.2, 2.1 * rows), layout="constrained")
        panels = figure.subplots(rows, 2, squeeze=False).ravel()
        for form, axes in zip(forms, panels, strict=False):
            plot_capacity(study, axes, care_form=form, lang=texts.lang)
        for axes in panels[len(forms) :]:
            axes.set_axis_off()
        handles = [
            Line2D([], [], color=SHADE, linewidth=2, label=texts["legend", "agreed_places"]),
            Patch(color=FAN[0][2], label=texts["legend", "range_90"]),
            Patch(color=FAN[1][2], label=texts["legend", "half"]),
            Line2D([], [], color=INK, linewidth=0.9, label=texts["legend", "median"]),
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=8)
    return figure
