"""The figure of a tender benchmark: the own region among simulated ones."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.report.kit.style import INK, PALE, SOFT, house_style
from bekostiging.report.kit.texts import Texts
from bekostiging.report.tender.results import Results


def plot_percentiles(similar: Results, texts: Texts) -> Figure:
    """Percentile of the own region among the simulated ones, per figure and payment form."""
    forms, said = similar["forms"], texts.sections["benchmark"]
    names = [name for name in next(iter(forms.values())) if all(own[name] is not None for own in forms.values())]
    figure = Figure(figsize=(7.2, 0.9 + 0.42 * len(names)), layout="constrained")
    with house_style():
        axes = figure.subplots()
        for middle in (0.1, 0.5, 0.9):
            axes.axvline(100 * middle, color=PALE, zorder=0)
        for k, (form, own) in enumerate(forms.items()):
            place = np.arange(len(names)) + 0.5 * (k / max(1, len(forms) - 1) - 0.5)
            axes.errorbar(
                [100 * own[name]["percentile"]["value"] for name in names],
                place,
                xerr=[100 * (own[name]["percentile"]["standard_error"] or 0.0) for name in names],
                fmt=PAYMENT_FORMS[form].marker,
                ms=5,
                lw=0,
                elinewidth=1,
                color=PAYMENT_FORMS[form].colour,
                label=texts["forms", form],
            )
        axes.set_yticks(range(len(names)), [said[f"similar_{name}"] for name in names])
        axes.invert_yaxis()
        axes.set_xlim(-2, 102)
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: texts.numbers.plain(value)))
        axes.set_xlabel(said["percentile_axis"])
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
        axes.text(0.01, 1.02, texts["page", "example"], transform=axes.transAxes, fontsize=8, color=SOFT)
    return figure
