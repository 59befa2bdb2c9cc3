"""The section "How many clients?": every number on it is that of results.json, and what is compared is said."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from bekostiging import report
from bekostiging.case.tables import History
from bekostiging.evaluation import TOTAL, Comparison
from bekostiging.evaluation.figures import PERSONS, PERSONS_P10, PERSONS_P50, PERSONS_P90
from bekostiging.report.comparison.client_plots import Fan
from bekostiging.report.comparison.clients import client_sections, count_results, count_rows
from bekostiging.report.comparison.drawn import figure_captions
from bekostiging.report.comparison.page import comparison_page
from bekostiging.report.comparison.plots import comparison_figures
from bekostiging.report.kit.texts import Texts

NL, EN = Texts("nl"), Texts("en")


@pytest.fixture(scope="module")
def counted(outcome: Comparison) -> Comparison:
    """Persons of the Youth Act counted in three years, seven persons of the Wmo in one."""
    rows = [("jeugdwet", 2021, 1500.0), ("jeugdwet", 2022, 1600.0), ("jeugdwet", 2023, 1650.0), ("wmo", 2023, 3.5)]
    made = tuple(
        History(area=f"gemeente-{m}", care_form=law, year=year, definition="persons_in_year", clients=clients,
                source="test", status="illustrative")
        for law, year, clients in rows
        for m in (1, 2)
    )  # fmt: skip
    return replace(outcome, case=replace(outcome.case, history=made))


def test_the_band_is_what_the_table_says(counted: Comparison) -> None:
    """Points and band count alike: persons in the year."""
    fan = Fan.of(counted, "jeugdwet")
    own = counted.counts[TOTAL]["jeugdwet"][TOTAL]
    for figure, side in ((PERSONS_P10, fan.low), (PERSONS_P50, fan.middle), (PERSONS_P90, fan.high)):
        assert side.tolist() == [own[str(year)][figure].value for year in fan.years]
    axes = report.plot_clients(counted, Figure().subplots(), law="jeugdwet")
    (middle,) = (line for line in axes.lines if line.get_linestyle() == "-")
    (points,) = (line for line in axes.lines if line.get_marker() == "o")
    np.testing.assert_array_equal(middle.get_ydata(), fan.middle)
    assert list(points.get_xdata()) == [2021, 2022, 2023]
    assert list(points.get_ydata()) == [3000.0, 3200.0, 3300.0]
    assert axes.get_ylim()[0] == 0


def test_one_year_has_a_band_too(counted: Comparison) -> None:
    own = counted.count_samples
    first = {name: getattr(own, name)[:, :1] for name in ("trajectories", "starts", "persons")}
    one = replace(counted, n_years=1, count_samples=replace(own, **first))
    axes = report.plot_clients(one, Figure().subplots(), law="wmo")
    bar = axes.collections[0]
    fan = Fan.of(one, "wmo")
    np.testing.assert_allclose(bar.get_paths()[0].vertices[:, 1], [fan.low[0], fan.high[0]])


def test_a_stock_is_compared_with_a_stock(outcome: Comparison) -> None:
    """The small case counted trajectories at a date: the band is lower than the trajectories of a year."""
    fan = Fan.of(outcome, "wmo")
    assert fan.definition == "stock_at_date"
    year = outcome.counts[TOTAL]["wmo"][TOTAL]
    assert all(
        fan.high < [year[str(t)][PERSONS].value * outcome.case.trajectories_of("jeugdwet") for t in fan.years]
    )
    section = client_sections(outcome, NL)
    assert "Wmo: punten en band zijn trajecten op een datum (band: 1 januari)." in section["clients_compared"]
    assert "geteld in" not in " ".join(section["clients_told"])
    low, high = (NL.numbers.plain(float(end[-1])) for end in (fan.low, fan.high))
    assert f"tussen {low} en {high} trajecten op 1 januari (Wmo)" in figure_captions(outcome, NL)["clients"]


def test_the_sentence_and_the_alternative_text_carry_the_numbers(counted: Comparison) -> None:
    section, year = client_sections(counted, NL), str(counted.years[-1])
    own = counted.counts[TOTAL]["jeugdwet"][TOTAL]
    expected, low, high = (
        NL.numbers.plain(own[year][figure].value) for figure in (PERSONS, PERSONS_P10, PERSONS_P90)
    )
    assert section["clients_told"][0] == (
        f"Jeugdwet: in {year} hebben naar verwachting {expected} personen zorg, in 8 van 10 toekomsten tussen {low} "
        f"en {high}; geteld in 2023: 3.300."
    )
    alt = section["clients_alt"]
    assert "Geteld: 2021 3.000, 2022 3.200, 2023 3.300." in alt
    for one in own.values():
        middle, least, most = (
            NL.numbers.plain(one[figure].value) for figure in (PERSONS_P50, PERSONS_P10, PERSONS_P90)
        )
        assert f"{middle} ({least} tot {most})" in alt
    assert f'aria-label="{alt}"' in comparison_page(counted, NL, comparison_figures(counted, NL))


def test_a_handful_of_real_persons_is_nowhere_on_the_page(counted: Comparison) -> None:
    """Seven were counted under the Wmo; forecasts have no such limit, as they are of nobody."""
    section = client_sections(counted, EN)
    assert (
        "Wmo: the case has no count of earlier years; the band is persons in the year."
        in section["clients_compared"]
    )
    assert re.search(r"Wmo, persons in the year\. Counted: not\.", section["clients_alt"])
    assert Fan.of(counted, "wmo").before is None


def test_results_and_table_hold_every_place(outcome: Comparison) -> None:
    """Municipality x law x care form x year, with every total; the long table has the same numbers in the same order."""
    found, rows = count_results(outcome), list(count_rows(outcome, NL))
    codes = [*outcome.case.reported_codes, TOTAL]
    assert list(found) == codes
    flat = [
        one["value"]
        for laws in found.values()
        for forms in laws.values()
        for years in forms.values()
        for figures in years.values()
        for one in figures.values()
    ]
    assert [row["value"] for row in rows] == flat
    n_lines = len(outcome.case.care_forms) + 2 + 1  # every care form, two laws, and both together
    assert len(rows) == len(codes) * n_lines * outcome.n_years * 8
    last = rows[-1]
    assert [last[name] for name in ("municipality", "law", "care_form", "year")] == [
        "samen", "samen", "samen", outcome.years[-1],
    ]  # fmt: skip
