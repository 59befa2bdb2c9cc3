"""The house style of figures."""

from __future__ import annotations

from dataclasses import replace

from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.style import all_illustrative, svg
from bekostiging.report.kit.texts import Texts

NL = Texts("nl")


def test_a_figure_of_invented_numbers_says_so_inside(outcome: Comparison) -> None:
    """Every row of the synthetic region is illustrative; published demand takes the word away."""
    for name, figure in comparison_figures(outcome, NL).items():
        assert "rekenvoorbeeld" in [text.get_text() for text in figure.texts], name
    demand = tuple(row.model_copy(update={"status": "published"}) for row in outcome.case.demand)
    assert not all_illustrative(replace(outcome.case, demand=demand), ("offers", "demand"))


def test_figures_are_the_same_each_time(outcome: Comparison) -> None:
    assert svg(comparison_figures(outcome, NL)["spending"]) == svg(comparison_figures(outcome, NL)["spending"])
