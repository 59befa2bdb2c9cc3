"""What analysts plot is what the report draws: into given axes, in either language, marked where all is invented."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import DESIGN
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bekostiging import report
from bekostiging.case import Case, UserError, synthetic_region
from bekostiging.evaluation import Comparison
from bekostiging.monitoring import drawn_months
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.style import svg
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy, compare, monitor, study_capacity, study_equalisation, study_sharing

Plots = dict[str, Callable[..., Axes]]


@pytest.fixture(scope="module")
def plots(outcome: Comparison, lumpsum_study: LumpSumStudy, small_case: Case) -> Plots:
    """Every plot of the package with its result and its panel filled in."""
    equalisation = study_equalisation(small_case, n_scenarios=32, design_scenarios=DESIGN, n_years=2)
    sharing = study_sharing(
        synthetic_region(municipalities=3, providers=6), n_scenarios=32, design_scenarios=DESIGN, n_years=2
    )
    capacity = study_capacity(small_case, n_scenarios=32, n_years=1, seconds=10)
    first = small_case.first_year
    year = monitor(small_case, drawn_months(small_case, seed=1, months=2).figures, f"{first}-02", n_scenarios=32)
    care_form = capacity.plan.data.care_forms[0]
    lot, provider, pooled = small_case.lots[0].id, small_case.providers[0].id, equalisation.pools[0].data.lot
    return {
        "plot_spending": lambda ax=None, **o: report.plot_spending(outcome, ax, **o),
        "plot_exceedance": lambda ax=None, **o: report.plot_exceedance(outcome, ax, **o),
        "plot_provider": lambda ax=None, **o: report.plot_provider(outcome, ax, provider=provider, **o),
        "plot_corridor": lambda ax=None, **o: report.plot_corridor(outcome, ax, lot=lot, **o),
        "plot_clients": lambda ax=None, **o: report.plot_clients(outcome, ax, law="wmo", **o),
        "plot_frontier": lambda ax=None, **o: report.plot_frontier(lumpsum_study, ax, **o),
        "plot_norm_amounts": lambda ax=None, **o: report.plot_norm_amounts(equalisation, ax, **o),
        "plot_power_risk": lambda ax=None, **o: report.plot_power_risk(equalisation, ax, lot=pooled, **o),
        "plot_flows": lambda ax=None, **o: report.plot_flows(capacity, ax, **o),
        "plot_waiting": lambda ax=None, **o: report.plot_waiting(capacity, ax, **o),
        "plot_capacity": lambda ax=None, **o: report.plot_capacity(capacity, ax, care_form=care_form, **o),
        "plot_influences": lambda ax=None, **o: report.plot_influences(small_case, ax, **o),
        "plot_year": lambda ax=None, **o: report.plot_year(year, ax, **o),
        "plot_key_changes": lambda ax=None, **o: report.plot_key_changes(sharing, ax, **o),
    }


def test_every_plot_of_the_package_is_tried_here(plots: Plots) -> None:
    assert {name for name in report.__all__ if name.startswith("plot_")} == set(plots)


def test_they_draw_into_the_axes_given(plots: Plots) -> None:
    for name, plot in plots.items():
        figure = Figure()
        left, right = figure.subplots(1, 2)
        assert plot(right) is right, name
        assert right.has_data(), name
        assert not left.has_data(), name
        assert "rekenvoorbeeld" in [text.get_text() for text in figure.texts], name


def test_without_axes_there_is_a_figure_of_pyplot_that_jupyter_shows(plots: Plots) -> None:
    before = plt.get_fignums()
    axes = plots["plot_spending"](lang="en")
    assert axes.figure.number not in before  # type: ignore[union-attr]
    assert axes.get_xlabel() == Texts("en")["page", "million_euro"]
    plt.close(axes.figure)  # type: ignore[arg-type]


def test_what_the_backend_of_jupyter_sets_with_its_first_figure_outlasts_it(
    plots: Plots, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a notebook shows the figures of its first cell alone."""
    made = plt.figure

    def first(**settings: Any) -> Figure:
        plt.ion()
        return made(**settings)

    monkeypatch.setattr(plt, "figure", first)
    try:
        plots["plot_spending"]()
        assert plt.isinteractive()
    finally:
        plt.ioff()
        plt.close("all")


def test_the_report_draws_with_the_same_functions(outcome: Comparison, plots: Plots) -> None:
    """The same lines, bars and marks as alone."""
    alone = plots["plot_exceedance"](Figure().subplots())
    (drawn,) = comparison_figures(outcome, Texts("nl"))["exceedance"].axes
    for one, other in zip(alone.lines, drawn.lines, strict=True):
        np.testing.assert_array_equal(one.get_xdata(), other.get_xdata())
    panels = comparison_figures(outcome, Texts("nl"))["providers"].axes
    assert plots["plot_provider"](Figure().subplots()).get_title() in {axes.get_title() for axes in panels}


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (
            lambda o: report.plot_provider(o, provider="nobody"),
            "provider nobody: unknown in this result; choose from",
        ),
        (lambda o: report.plot_corridor(o, lot="none"), "lot none: unknown in this result; choose from"),
        (
            lambda o: report.plot_clients(o, law="wlz"),
            "law wlz: unknown in this result; choose from jeugdwet, wmo",
        ),
        (lambda o: report.plot_spending(o, lang="de"), "language de: choose nl or en"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    outcome: Comparison, draw: Callable[[Comparison], Axes], told: str
) -> None:
    with pytest.raises(UserError, match=told) as caught:
        draw(outcome)
    assert len(caught.value._render_traceback_()) == 1
    assert plt.get_fignums() == []


def test_progress_bars_know_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    """A stage without words would stop the run."""
    with report.progress_bars("en") as bars:
        compare(synthetic_region(1, 3), n_scenarios=32, design_scenarios=32, n_years=1, progress=bars)
        bars("write", 1, 1)
    assert "Design of the lump sum" in capsys.readouterr().err


@pytest.mark.slow
def test_the_report_leaves_the_matplotlib_of_the_caller_as_it_was(outcome: Comparison) -> None:
    """Settings, backend, pyplot's figures and the current one; and two threads draw the bytes of one."""
    texts = Texts("nl")

    def drawn(_: int) -> dict[str, str]:
        return {name: svg(figure) for name, figure in comparison_figures(outcome, texts).items()}

    with plt.rc_context({"font.size": 7.5, "axes.grid": True}):
        own = plt.figure()
        before = dict(plt.rcParams), plt.get_backend(), plt.get_fignums()
        alone = drawn(0)
        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(drawn, range(4))) == [alone] * 4
        assert (dict(plt.rcParams), plt.get_backend(), plt.get_fignums()) == before
        assert plt.gcf() is own
        plt.close(own)
