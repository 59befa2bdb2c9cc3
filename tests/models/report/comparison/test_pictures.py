"""Six figures against pictures of our own making that were looked at: nothing changed, which is not that all is right.

``python tests/models/report/comparison/test_pictures.py`` draws them again (tests, models and solvers on the path); look
at what changed, and the commit says why.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from conftest import DESIGN
from matplotlib.figure import Figure
from matplotlib.image import imread, imsave
from pictures import MOST, PICTURES, difference, only_pinned, picture

from bekostiging.case import synthetic_region
from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.sense import plot_influences
from bekostiging.report.kit.style import figure_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import compare

NAMES = ("spending", "exceedance", "providers", "corridor", "clients", "influences")


def drawn(outcome: Comparison) -> dict[str, Figure]:
    """The six figures of a comparison."""
    influences = figure_of(lambda ax: plot_influences(outcome.case, ax), (7.6, 3.6))
    return {**comparison_figures(outcome, Texts("nl")), "influences": influences}


@pytest.fixture(scope="module")
def figures(outcome: Comparison) -> dict[str, Figure]:
    return drawn(outcome)


@only_pinned
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_looks_as_it_did(figures: dict[str, Figure], name: str) -> None:
    kept = np.asarray(imread(PICTURES / f"{name}.png"))
    kept = kept if kept.ndim == 2 else kept[..., :3].mean(axis=2)
    assert difference(picture(figures[name]), kept) < MOST


def _without_legend(figure: Figure) -> None:
    """Take the first legend out."""
    (figure.legends or [axes.get_legend() for axes in figure.axes if axes.get_legend()])[0].remove()


def _moved(figure: Figure) -> None:
    """Every line a tenth of the axis further."""
    for axes in figure.axes:
        low, high = axes.get_xlim()
        axes.set_xlim(low + 0.1 * (high - low), high + 0.1 * (high - low))


@only_pinned
@pytest.mark.parametrize("spoil", [_without_legend, _moved])
@pytest.mark.parametrize("name", ["spending", "exceedance", "providers", "clients"])
def test_a_spoilt_figure_is_noticed(outcome: Comparison, name: str, spoil: Callable[[Figure], None]) -> None:
    figure = comparison_figures(outcome, Texts("nl"))[name]
    whole = picture(figure)
    spoil(figure)
    assert difference(picture(figure), whole) > MOST


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    case = synthetic_region(municipalities=2, providers=6)
    for name, figure in drawn(compare(case, n_scenarios=32, design_scenarios=DESIGN)).items():
        imsave(PICTURES / f"{name}.png", picture(figure), cmap="gray", vmin=0, vmax=1)
