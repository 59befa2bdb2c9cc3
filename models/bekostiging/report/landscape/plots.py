"""The figures of a landscape: the matrix of who delivers what, the flow from municipality to provider, and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.report.kit.style import INK, house_axes, legend_below, numbered
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import Landscape
from bekostiging.units import MILLION
from bekostiging_solvers.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = ("#1b3a5c", "#b3541e", "#3f7f6c", "#8a8d91", "#c79a2b", "#6b4c7a", "#4f7cac", "#a3b18a")
GAP = 0.012
"""Between the bars of a column of the flow diagram, as a part of its height."""
WIDTH = 0.035
LONGEST = 26
"""Characters of a name in a figure."""


def short(name: str) -> str:
    """A name that fits beside a bar."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def matrix_size(study: Landscape) -> tuple[float, float]:
    """Room for every provider."""
    return 7.5, 1.8 + 0.32 * len(study.roles)


def flow_size(study: Landscape) -> tuple[float, float]:
    """Room for every name."""
    most = max(len(study.roles), len(study.concentration), len(study.case.municipalities))
    return 7.5, 2.5 + 0.3 * most


@kinds_checked
def plot_care_matrix(study: Landscape, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Who delivers what: the part of every care form that is each provider's.

    Parameters
    ----------
    study
        What ``study_landscape`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        A row per provider, the largest on top, a column per care form; the darker, the larger its part.

    Examples
    --------
    >>> from bekostiging import read_case, study_landscape
    >>> from bekostiging.report.landscape.plots import plot_care_matrix
    >>> len(plot_care_matrix(study_landscape(read_case("veenrand")), lang="en").get_yticks())
    6
    """
    texts, names = Texts(lang), names_of(study.case, lang)
    forms, shares = _shares_by_form(study)
    labels = care_form_names(study.case, texts.lang)
    with house_axes(ax, matrix_size(study)) as axes:
        axes.imshow(shares, cmap="Greys", vmin=0, vmax=1.4, aspect="auto")
        for row, column in zip(*np.nonzero(shares), strict=True):
            colour = "white" if shares[row, column] > 0.75 else INK
            told = texts.numbers.percent(float(shares[row, column]))
            axes.text(column, row, told, ha="center", va="center", fontsize=8, color=colour)
        axes.set_xticks(range(len(forms)), [short(labels[form]) for form in forms], rotation=20, ha="left")
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(study.roles)), [short(names[role.provider]) for role in study.roles])
        axes.tick_params(length=0)
    return axes


def _shares_by_form(study: Landscape) -> tuple[list[str], FloatArray]:
    """Care forms that are bought, and the part of each that is every provider's (in the order of roles)."""
    forms = list(study.concentration)
    place = {form: i for i, form in enumerate(study.cells.care_form_ids)}
    amounts = study.by("provider", "care_form")[:, [place[form] for form in forms]]
    order = [study.cells.provider_ids.index(role.provider) for role in study.roles]
    return forms, np.asarray((amounts / amounts.sum(axis=0))[order])


@kinds_checked
def plot_care_roles(study: Landscape, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Euro a year of every provider, divided over care forms.

    Parameters
    ----------
    study
        What ``study_landscape`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Million euro along x; a row per provider, the largest on top.

    Examples
    --------
    >>> from bekostiging import read_case, study_landscape
    >>> from bekostiging.report.landscape.plots import plot_care_roles
    >>> plot_care_roles(study_landscape(read_case("veenrand")), lang="en").get_xlabel()
    'million euro a year'
    """
    from matplotlib.patches import Patch

    texts, names, labels = Texts(lang), names_of(study.case, lang), care_form_names(study.case, lang)
    amounts = study.by("provider", "care_form") / MILLION
    with house_axes(ax, matrix_size(study)) as axes:
        left = np.zeros(len(study.roles))
        rows = [study.cells.provider_ids.index(role.provider) for role in study.roles]
        handles = []
        for i, form in enumerate(study.concentration):
            own = amounts[rows, study.cells.care_form_ids.index(form)]
            colour = SHADES[i % len(SHADES)]
            axes.barh(range(len(rows)), own, left=left, color=colour, height=0.65)
            handles.append(Patch(color=colour, label=short(labels[form])))
            left = left + own
        axes.set_yticks(range(len(rows)), [short(names[role.provider]) for role in study.roles])
        axes.invert_yaxis()
        numbered(axes.xaxis, texts)
        axes.set_xlabel(texts["landscape", "euro"])
        legend_below(axes, 3, handles, 40)
    return axes


@kinds_checked
def plot_care_flows(study: Landscape, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """From the municipality that pays, by the care form, to the provider; the width of a band is the amount a year.

    Parameters
    ----------
    study
        What ``study_landscape`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Three columns of bars with bands between them, without axes.

    Examples
    --------
    >>> from bekostiging import read_case, study_landscape
    >>> from bekostiging.report.landscape.plots import plot_care_flows
    >>> axes = plot_care_flows(study_landscape(read_case("veenrand")), lang="en")
    >>> sum(text.get_text() != "" for text in axes.texts)  # municipalities, care forms, providers
    14
    """
    Texts(lang)
    names, labels = names_of(study.case, lang), care_form_names(study.case, lang)
    cells, kept = study.cells, study.offered & (study.euro > 0)
    total = float(study.euro[kept].sum())
    columns = (cells.municipality, cells.care_form, cells.provider)
    called = (
        [names[code] for code in cells.municipality_codes],
        [labels[form] for form in cells.care_form_ids],
        [names[provider] for provider in cells.provider_ids],
    )
    with house_axes(ax, flow_size(study)) as axes:
        parts = study.euro[kept] / total
        stacks = [_stack(column[kept], parts, len(own)) for column, own in zip(columns, called, strict=True)]
        for place, (stack, own) in enumerate(zip(stacks, called, strict=True)):
            for i, (low, size) in stack.items():
                colour = SHADES[i % len(SHADES)] if place == 1 else INK
                axes.bar(place, size, WIDTH, low, color=colour, linewidth=0)
                side = {0: ("right", -0.03), 1: ("center", 0.0), 2: ("left", 0.03)}[place]
                height = low + size / 2 if place != 1 else low + size + GAP / 2
                axes.text(
                    place + side[1], height, short(own[i]), ha=side[0], va="center", fontsize=8,
                    bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.6} if place == 1 else None,
                )  # fmt: skip
        for place in (0, 1):
            pair = np.zeros((len(called[place]), len(called[place + 1])))
            np.add.at(pair, (columns[place][kept], columns[place + 1][kept]), study.euro[kept] / total)
            _bands(axes, place, pair, stacks[place], stacks[place + 1], by_left=place == 1)
        axes.set_xlim(-0.45, 2.45)
        axes.set_axis_off()
    return axes


def _stack(ids: IntArray, sizes: FloatArray, n: int) -> dict[int, tuple[float, float]]:
    """Where every bar of a column begins and how high it is, the largest on top."""
    amounts = np.zeros(n)
    np.add.at(amounts, ids, sizes)
    stack, low = {}, 0.0
    for i in np.argsort(amounts, kind="stable"):
        if amounts[i] > 0:
            stack[int(i)] = (low, float(amounts[i]))
            low += float(amounts[i]) + GAP
    return stack


def _bands(
    axes: Axes,
    place: int,
    pair: FloatArray,
    left: dict[int, tuple[float, float]],
    right: dict[int, tuple[float, float]],
    *,
    by_left: bool,
) -> None:
    """Bands between two columns, in the colour of the care form."""
    from_low = {i: low for i, (low, _) in left.items()}
    to_low = {j: low for j, (low, _) in right.items()}
    along = np.linspace(0, 1, 30)
    bend = along**2 * (3 - 2 * along)
    for i in left:
        for j in right:
            size = float(pair[i, j])
            if size <= 0:
                continue
            start, end = from_low[i], to_low[j]
            from_low[i] += size
            to_low[j] += size
            lower = start + (end - start) * bend
            colour = SHADES[(i if by_left else j) % len(SHADES)]
            x = place + WIDTH / 2 + along * (1 - WIDTH)
            axes.fill_between(x, lower, lower + size, color=colour, alpha=0.35, linewidth=0)
