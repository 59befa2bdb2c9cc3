"""Results as frames and in Jupyter: the same numbers, the disclaimer with them, nothing that must not be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import DESIGN

from bekostiging.case import Case, read_case, synthetic_region
from bekostiging.case.shown import Shown
from bekostiging.case.tables import TABLES
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.figures import EXPECTED
from bekostiging.studies import (
    LumpSumStudy,
    backtest,
    pooled,
    reverse_stress,
    study_capacity,
    study_equalisation,
    study_lumpsum,
    study_sharing,
)
from bekostiging_solvers import Estimate


@pytest.mark.parametrize(
    ("estimate", "told"),
    [
        (Estimate(441.234, 0.23), "441.2 ± 0.2"),
        (Estimate(251_304_211.0, 812_000.0), "251,300,000 ± 800,000"),
        (Estimate(0.0312, 0.0041), "0.031 ± 0.004"),
        (Estimate(-0.4, 1.0), "0 ± 1"),
        (Estimate(12.5, 0.0), "12.5"),
        (Estimate(12.5, None), "12.5"),
    ],
)
def test_an_estimate_is_written_to_the_first_digit_of_its_error(estimate: Estimate, told: str) -> None:
    assert str(estimate) == told


def test_a_case_shows_where_its_rows_come_from(small_case: Case) -> None:
    frame = small_case.to_frame()
    assert frame["rows"].sum() == sum(len(getattr(small_case, table)) for table in TABLES)
    assert set(frame["status"]) <= {"", "illustrative"}
    assert small_case.disclaimer["en"] in small_case._repr_html_()


def test_the_frame_of_a_comparison_holds_every_estimate(outcome: Comparison) -> None:
    frame = outcome.to_frame()
    where = {"form": "taakgericht", "about": "municipality", "name": TOTAL, "period": TERM, "figure": "expected"}
    (row,) = frame[np.logical_and.reduce([frame[key] == value for key, value in where.items()])].itertuples()
    expected = outcome.forms["taakgericht"].municipalities[TOTAL][TERM][EXPECTED]
    assert (row.value, row.standard_error, row.corner) == (expected.value, expected.standard_error, outcome.corner)
    assert not frame.duplicated(["form", "corner", "about", "name", "period", "figure"]).any()
    assert set(frame["about"]) == {"municipality", "provider", "corner", "care_form", "headroom", "administration"}
    assert frame["value"].notna().all()


def test_jupyter_shows_the_disclaimer_and_the_errors(outcome: Comparison) -> None:
    html = outcome._repr_html_()
    assert outcome.case.disclaimer["en"] in html
    assert html.count(" ± ") >= 8
    tricky = replace(outcome, case=replace(outcome.case, name="<script>"))
    assert "<script>" not in tricky._repr_html_()


def test_the_frame_of_a_lump_sum_is_the_agreement(lumpsum_study: LumpSumStudy) -> None:
    study = lumpsum_study
    frame = study.to_frame()
    for j, lot in enumerate(study.lumpsum.data.lots):
        own = frame[frame["lot"] == lot.name]
        np.testing.assert_array_equal(own["share"], study.lumpsum.design.share[j])
        assert set(own["loading"]) == {float(study.lumpsum.design.loading[j])}
    checks = study.lumpsum.headline.checks
    held = f"{study.lumpsum.outcome}; {sum(one.holds for one in checks)} of {len(checks)} limits hold at 95 %"
    assert f"{held} on {study.lumpsum.out_of_sample.n_scenarios} scenarios out of sample" in study._repr_html_()


def test_without_a_design_the_frame_is_the_conflict(small_case: Case) -> None:
    poor = tuple(
        row.model_copy(update={"amount": 0.5 * row.amount, "reserve": 0.0}) for row in small_case.begroting
    )
    study = study_lumpsum(replace(small_case, begroting=poor), n_scenarios=32, design_scenarios=DESIGN, n_years=2)
    frame = study.to_frame()
    assert list(frame.columns) == ["limit", "euro"]
    assert frame["euro"].max() > 0
    assert "no lump sum satisfies all limits" in study._repr_html_()


@pytest.mark.slow
def test_norm_amounts_of_few_clients_are_missing(small_case: Case) -> None:
    study = study_equalisation(small_case, n_scenarios=32, design_scenarios=DESIGN, n_years=2)
    few = replace(study, clients=replace(study.clients, weight=study.clients.weight * 1e-6))
    assert study.to_frame()["amount"].notna().all()
    hidden = few.to_frame()
    assert hidden[["clients", "amount", "low", "high", "standard_error"]].isna().all(axis=None)
    assert f"{study.model.coef_[0]:,.0f}" in study._repr_html_()
    assert f"{study.model.coef_[0]:,.0f}" not in few._repr_html_()


def test_every_key_and_municipality_has_a_row(small_case: Case) -> None:
    study = study_sharing(
        synthetic_region(municipalities=3, providers=6), n_scenarios=32, design_scenarios=DESIGN, n_years=2
    )
    frame = study.to_frame()
    assert len(frame) == 3 * len(study.keys) * frame["figure"].nunique()
    paid = frame[frame["figure"] == "expected"].groupby("key")["value"].sum()
    assert paid.max() == pytest.approx(paid.min(), rel=1e-9)  # every key divides the same euros
    assert "nobody" in study._repr_html_()


def test_a_capacity_plan_has_a_row_per_agreement_and_year(small_case: Case) -> None:
    study = study_capacity(small_case, n_scenarios=32, n_years=1, seconds=10)
    frame = study.to_frame()
    assert frame["places"].sum() == pytest.approx(study.places.sum())
    assert "proved to" in study._repr_html_()
    assert study.case.disclaimer["en"] in study._repr_html_()


def test_views_and_reverse_stress(outcome: Comparison) -> None:
    believed = pooled(outcome, ["P(use >= 0 %) = 0.7"])
    assert len(believed.to_frame()) == 4 * 3
    assert "scenarios left" in believed._repr_html_()
    found = reverse_stress(outcome, "taakgericht", n_scenarios=32)
    assert list(found.to_frame().columns[1:]) == [f"year {t + 1}" for t in range(outcome.n_years)]
    assert f"{found.distance:.2f} standard deviations" in found._repr_html_()
    unbroken = replace(found, distance=None, probability=None, scenario={})
    assert "no scenario within reach" in unbroken._repr_html_()


def test_a_backtest_has_a_row_per_prediction() -> None:
    found = backtest(read_case("almere"), n_scenarios=64)
    frame = found.to_frame()
    assert len(frame) == sum(len(own.predictions) for own in found.models)
    assert (frame["p10"] <= frame["p90"]).all()
    assert "80 %" in found._repr_html_()


def test_a_result_must_say_what_it_is() -> None:
    """A class without them cannot be made at all."""

    class Mute(Shown):
        pass

    with pytest.raises(TypeError, match=r"abstract methods.*heading.*to_frame"):
        Mute()  # type: ignore[abstract]
