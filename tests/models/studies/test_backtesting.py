"""Backtest: nothing after the origin enters, coverage is judged by the model itself, what cannot be is contradicted."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom
from typer.testing import CliRunner

from bekostiging.case import Case, UserError, read_case
from bekostiging.case.tables import History
from bekostiging.cli import app
from bekostiging.report.write import presented
from bekostiging.studies import backtest
from bekostiging.studies.coverage import FEWEST_SCENARIOS, QUANTILES, coverage_of


@pytest.fixture(scope="module")
def almere() -> Case:
    return read_case("almere")


def _with(case: Case, changed: dict[tuple[str, str, int], float]) -> Case:
    """Almere with other counts of a place, law and year."""
    rows = []
    for row in case.history:
        key = (row.area, row.care_form, row.year)
        counted = row.definition == "persons_in_year" and key in changed
        rows.append(row.model_copy(update={"clients": changed[key]}) if counted else row)
    return replace(case, history=tuple(rows))


def _youth(case: Case) -> Case:
    """The history of the Youth Act alone."""
    return replace(case, history=tuple(row for row in case.history if row.care_form != "wmo"))


def test_nothing_after_the_origin_enters(almere: Case) -> None:
    plain = backtest(almere, 2020, 64)
    changed = {
        ("0034", "jeugdwet", 2021): 9000.0,
        ("0034", "wmo", 2022): 3000.0,
        ("hout", "jeugdwet", 2021): 400.0,
    }
    other = backtest(_with(almere, changed), 2020, 64)
    for mine, moved in zip(plain.models, other.models, strict=True):
        assert (mine.growth, mine.spread) == (moved.growth, moved.spread)
        for one, two in zip(mine.predictions, moved.predictions, strict=True):
            assert (one.place, one.year) == (two.place, two.year)
            assert one.quantiles == two.quantiles


def test_almere_from_2020(almere: Case) -> None:
    """CBS: 6,585 and 6,680 youths, beyond the band of the case, 12,045 and 11,940 Wmo clients; districts as shares."""
    found = backtest(almere, n_scenarios=128)
    assert found.origin == 2020
    counted = {("jeugdwet", 2021): 6585, ("jeugdwet", 2022): 6680, ("wmo", 2021): 12_045, ("wmo", 2022): 11_940}
    for own in found.models:
        totals = {(one.care_form, one.year): one for one in own.predictions if not one.share}
        assert {key: one.counted for key, one in totals.items()} == counted
        for (law, year), one in totals.items():
            # after a year of less youth care, and years of Wmo growth that stopped, in the counts of CBS
            if own is found.deciding or year == 2021:
                assert (one.counted > one.quantiles[QUANTILES.index(0.90)]) == (law == "jeugdwet")
        shares = [one for one in own.predictions if one.share]
        assert sum(one.counted for one in shares) == pytest.approx(2)  # of two laws
        assert sum(one.quantiles[QUANTILES.index(0.5)] for one in shares) == pytest.approx(2, abs=0.02)
        medians = [one.quantiles[QUANTILES.index(0.5)] for one in totals.values() if one.year == 2021]
        over = [one.counted for one in totals.values() if one.year == 2021]
        ratios = [one / median - 1 for one, median in zip(over, medians, strict=True)]
        assert min(ratios) < own.shocks[2021][0] < max(ratios)


def test_totals_and_shares_are_judged_apart(almere: Case) -> None:
    """Youth care alone: both totals lie outside the band of the case, whatever the shares do, and the page says so."""
    found = backtest(_youth(almere), 2020, 64)
    for own in found.models:
        assert own.totals.judged.inside <= (0 if own is found.deciding else 1)
        assert (own.totals.judged.of, own.totals.verdict) == (2, "outside")
        assert own.shares is not None
        assert own.shares.judged.of == 5
    sentence = presented(found, "nl").sentences()[1]
    assert "van de 2 tellingen ligt er geen enkele in de band waarin 8 van de 10 toekomsten liggen" in sentence


def test_what_cannot_be_is_contradicted(almere: Case) -> None:
    """Districts that trade places, and a municipality that halves."""
    swapped = {("haven", 2021): 2165.0, ("stad", 2021): 170.0, ("buiten", 2021): 435.0, ("poort", 2021): 1355.0,
               ("hout", 2021): 575.0, ("0034", 2021): 3300.0, ("0034", 2022): 3300.0}  # fmt: skip
    counts = {(place, "jeugdwet", year): count for (place, year), count in swapped.items()}
    found = backtest(_with(_youth(almere), counts), 2020, 128)
    for own in found.models:
        assert own.totals.judged.inside == 0
        assert own.shares is not None
        assert own.shares.judged.inside <= 1
        assert "contradicted" in (own.totals.verdict, own.shares.verdict)


def test_coverage_of_independent_predictions_is_binomial() -> None:
    rng = np.random.default_rng(1)
    scenarios = rng.standard_normal((20_000, 20))
    found = coverage_of(scenarios, np.zeros(20), 0.80)
    assert found.inside == 20
    assert (found.low, found.high) == (binom.ppf(0.025, 20, 0.8), binom.ppf(0.975, 20, 0.8))
    assert found.p_value == pytest.approx(2 * 0.8**20, rel=0.3)


def test_dependence_widens_what_is_possible() -> None:
    """One shock for all: all inside or all outside are both ordinary."""
    rng = np.random.default_rng(2)
    scenarios = np.repeat(rng.standard_normal((4000, 1)), 20, axis=1)
    found = coverage_of(scenarios, np.full(20, 3.0), 0.80)
    assert (found.inside, found.low, found.high) == (0, 0, 20)
    assert not found.contradicted


def test_the_command(tmp_path: Path) -> None:
    """A folder like that of the others: page, tables and figures; counts are rounded up and that is said."""
    place = tmp_path / "out"
    arguments = ["backtest", "almere", "--scenarios", "33", "--lang", "en", "--out", str(place)]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 0
    assert "33 scenarios rounded up to" in found.output
    assert "The years up to 2020 are known" in found.output
    assert "in the band of 8 of 10 scenarios" in found.output
    written = json.loads((place / "results.json").read_text())
    assert written["notes"][0]["en"] in (place / "report.html").read_text()
    assert written["self_check"]["alarms"] == []
    assert "2.5 % of the scenarios are lower" in (place / "tables" / "predictions.csv").read_text()
    assert written["origin"] == 2020
    assert set(written["models"]) == {"deciding", "estimated"}
    for own in written["models"].values():
        assert len(own["predictions"]) == 14
        assert set(own["judgement"]) == {"totals", "shares"}
    page = (place / "report.html").read_text()
    assert not re.search(r"\bPIT\b|\bp-value\b", page)


def test_too_short_a_history(almere: Case) -> None:
    with pytest.raises(UserError, match="no municipality has a series of clients of 2 years"):
        backtest(almere, 2022)
    rows = tuple(row for row in almere.history if row.year > 2020)
    with pytest.raises(UserError, match="of 4 years"):
        backtest(replace(almere, history=rows))


def test_mixed_definitions(almere: Case) -> None:
    rows = tuple(
        row.model_copy(update={"definition": "stock_at_date"}) if row.area == "0034" and row.year in (2019, 2021, 2022)
        and row.definition == "persons_in_year" else row
        for row in almere.history
        if not (row.area == "0034" and row.year == 2018)
    )  # fmt: skip
    assert all(isinstance(row, History) for row in rows)
    mixed = tuple(row for row in rows if row.year != 2022 or row.definition != "stock_at_date")
    with pytest.raises(UserError, match="0034 / jeugdwet mixes definitions"):
        backtest(replace(almere, history=mixed))


def test_a_file_to_write_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["backtest", "almere", "--out", str(tmp_path / "b.json"), "--lang", "en"])
    assert done.exit_code == 2
    assert "backtest writes a folder, with the figures in results.json; name a folder." in done.output
    assert not list(tmp_path.iterdir())


def test_too_few_scenarios_refute_nothing_and_the_page_says_so(almere: Case) -> None:
    """The smallest p-value of n scenarios is 2 / (n + 1): below 0.05 from 40 on."""
    rng = np.random.default_rng(1)
    for n in (FEWEST_SCENARIOS - 1, FEWEST_SCENARIOS):
        found = coverage_of(rng.standard_normal((n, 200)), np.full(200, 9.0), 0.80)
        assert found.p_value == pytest.approx(2 / (n + 1))
        assert found.contradicted == (n == FEWEST_SCENARIOS)
    few = presented(backtest(_youth(almere), 2020, 20), "nl").sentences()[1]
    assert "neem er minstens 40" in few
    assert "te weinig tellingen" not in few


def test_a_count_equal_to_the_middle_is_neither_more_nor_fewer(almere: Case) -> None:
    """Counts that are the medians themselves: "0.0 % fewer" is no sentence; of a middle of nobody nothing is said."""
    found = backtest(_youth(almere), 2020, 32)
    half = QUANTILES.index(0.5)
    equal = tuple(replace(one, counted=one.quantiles[half]) for one in found.deciding.predictions)
    (said,) = [
        text
        for text in presented(
            replace(found, deciding=replace(found.deciding, predictions=equal)), "nl"
        ).sentences()
        if text.startswith("Jeugdwet:")
    ]
    assert said == (
        "Jeugdwet: in 2021 geen ander aantal cliënten, in 2022 geen ander aantal cliënten dan het midden van de toekomsten."
    )
    nobody = tuple(replace(one, quantiles=(0.0,) * len(QUANTILES)) for one in found.deciding.predictions)
    page = presented(replace(found, deciding=replace(found.deciding, predictions=nobody)), "nl").sentences()
    assert not [text for text in page if text.startswith("Jeugdwet:")]
