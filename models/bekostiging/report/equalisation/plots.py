"""The figures of risk equalisation: norm amounts with their interval, and what more power costs in risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from bekostiging.case.arguments import kinds_checked
from bekostiging.report.kit.sections import care_form_names
from bekostiging.report.kit.style import DESIGN_TABLES, INK, SOFT, house_axes, mark_example, numbered, place_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import EqualisationStudy
from bekostiging.units import THOUSAND

if TYPE_CHECKING:
    from matplotlib.axes import Axes


POWER_SIZE = (6.0, 2.8)


def profile_name(study: EqualisationStudy, name: str, lang: str) -> str:
    """A profile in words."""
    form, _, profile = name.partition("/")
    names = care_form_names(study.case, lang)
    return f"{names.get(form, form)}, {profile}" if profile else names.get(form, form)


@kinds_checked
def plot_power_risk(study: EqualisationStudy, ax: Axes | None = None, *, lot: str, lang: str = "nl") -> Axes:
    """Power of the pool of one lot against the risk it leaves the provider that is worst off; the chosen pool is a star.

    Power is the part of a deviation that a provider still bears itself; the risk is its mean loss in the worst scenarios.

    Parameters
    ----------
    study
        What ``study_equalisation`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lot
        Id of a lot that has a pool.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Power in per cent along x, the remaining tail loss in per cent of the budget along y.

    Raises
    ------
    UserError
        The lot has no pool; the message lists those that do.

    Examples
    --------
    Not executed: it takes minutes.

    >>> study = study_equalisation(read_case("almere"))  # doctest: +SKIP
    >>> plot_power_risk(study, lot=study.pools[0].data.lot)  # doctest: +SKIP
    """
    texts = Texts(lang)
    said = texts.sections["equalisation"]
    pool = study.pools[place_of(lot, [one.data.lot for one in study.pools], {"nl": "perceel", "en": "lot"})]
    with house_axes(ax, POWER_SIZE) as axes:
        line = [(100 * one.target, 100 * one.risk) for one in pool.frontier]
        said_of = texts.sections["legend"]
        axes.plot(*zip(*line, strict=True), "-", marker="o", ms=3, color="#1b3a5c", label=said_of["pools"])
        chosen = (100 * pool.design.target, 100 * pool.design.risk)
        axes.plot(*chosen, "*", color="#b3541e", linestyle="", ms=12, label=said_of["chosen_pool"])
        axes.legend(fontsize=8)
        axes.set_xlabel(f"{said['power']}, %")
        axes.set_ylabel(f"{said['tail_after']}, %")
        axes.set_ylim(bottom=0)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5))
            numbered(axis, texts, 1)
        mark_example(axes, study.case, DESIGN_TABLES, texts)
    return axes


@kinds_checked
def plot_norm_amounts(study: EqualisationStudy, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Norm amount of every client profile with its 95 % interval where there are clients enough for one.

    Profiles with too few clients to publish are left out.

    Parameters
    ----------
    study
        What ``study_equalisation`` returns.
    ax
        Axes to draw in; without them a new figure of pyplot is made, which Jupyter shows.
    lang
        Language of the words in the figure: ``"nl"`` or ``"en"``.

    Returns
    -------
    Axes
        Thousand euro a client a year along x; a row per profile.

    Examples
    --------
    Not executed: it takes minutes.

    >>> study = study_equalisation(read_case("almere"))  # doctest: +SKIP
    >>> plot_norm_amounts(study, lang="en")  # doctest: +SKIP
    """
    texts = Texts(lang)
    said, shown = texts.sections["equalisation"], np.flatnonzero(study.disclosed)
    told = np.flatnonzero(study.interval_told)
    low, high = study.interval.low, study.interval.high
    with house_axes(ax, norms_size(study)) as axes:
        places = np.arange(len(shown))
        lines = places[study.interval_told[shown]]
        interval, amount = (texts["legend", key] for key in ("interval_95", "norm_amount"))
        axes.hlines(lines, low[told] / THOUSAND, high[told] / THOUSAND, color=SOFT, linewidth=1.6, label=interval)
        axes.plot(study.model.coef_[shown] / THOUSAND, places, "o", color="#1b3a5c", ms=5, label=amount)
        axes.legend(fontsize=8)
        axes.set_yticks(places, [profile_name(study, study.clients.adjusters[j].name, lang) for j in shown])
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.set_xlim(left=min(0.0, float(low[told].min() / THOUSAND)) if len(told) else 0.0)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        numbered(axes.xaxis, texts)
        axes.set_xlabel(said["amount_axis"])
        mark_example(axes, study.case, ("offers", "demand", "profiles"), texts)
    return axes


def norms_size(study: EqualisationStudy) -> tuple[float, float]:
    """Inches: a line per profile."""
    return 6.4, 0.9 + 0.26 * len(study.clients.adjusters)


def norms_caption(study: EqualisationStudy, texts: Texts) -> str:
    """What to see in the figure, in one sentence; empty where no profile may be shown."""
    shown = study.model.coef_[study.disclosed]
    if not len(shown):
        return ""
    low, high = (texts.numbers.plain(float(end), 0) for end in (shown.min(), shown.max()))
    return texts["captions", "norm_amounts"].format(low=low, high=high)


def power_caption(study: EqualisationStudy, lot: str, texts: Texts) -> str:
    """What to see in the figure of one lot's pool, in one sentence."""
    design = next(one for one in study.pools if one.data.lot == lot).design
    power, risk = (texts.numbers.percent(float(value), 1) for value in (design.target, design.risk))
    return texts["captions", "power_risk"].format(power=power, risk=risk)
