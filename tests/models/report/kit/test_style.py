"""The house style of figures."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from markupsafe import Markup
from matplotlib.figure import Figure

from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.html import template
from bekostiging.report.kit.style import all_illustrative, figure_of, house_axes, svg
from bekostiging.report.kit.texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NL = Texts("nl")


def test_a_figure_of_invented_numbers_says_so_inside(outcome: Comparison) -> None:
    """Every row of the synthetic region is illustrative; published demand takes the word away."""
    for name, figure in comparison_figures(outcome, NL).items():
        assert "rekenvoorbeeld" in [text.get_text() for text in figure.texts], name
    demand = tuple(row.model_copy(update={"status": "published"}) for row in outcome.case.demand)
    assert not all_illustrative(replace(outcome.case, demand=demand), ("offers", "demand"))


def test_figures_are_the_same_each_time(outcome: Comparison) -> None:
    assert svg(comparison_figures(outcome, NL)["spending"]) == svg(comparison_figures(outcome, NL)["spending"])


ODD = "Zorg $a^$ en $\\frac{$"
"""The name of a provider that is no mathematics, and no TeX either."""


@pytest.mark.parametrize("given", [True, False])
def test_a_name_with_dollar_signs_is_a_name(given: bool) -> None:
    def draw(axes: Axes) -> None:
        with house_axes(axes, (3, 2)) as own:
            own.barh([0], [1.0], label=ODD)
            own.set_yticks([0], [ODD])
            own.set_title(ODD)
            own.legend()

    if given:
        figure = Figure()
        draw(figure.subplots())
        figure.savefig(io.BytesIO(), format="png")
    else:
        figure = figure_of(draw, (3, 2))
    assert "<svg" in svg(figure)


def test_a_page_shows_what_nobody_sees() -> None:
    """Of the texts of a case; figures and links that the package makes are HTML already."""
    page = template("house.html.j2").environment.from_string("{{ said }} {{ own }}")
    assert page.render(said="a\x1b[2J\u202e<b>", own=Markup("<i>x</i>")) == r"a\x1b[2J\u202e&lt;b&gt; <i>x</i>"
