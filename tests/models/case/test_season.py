"""Table season: twelve months of a care form with mean one, or one sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bekostiging.case import Case, CaseError, read_case
from bekostiging.case.tables import Season
from bekostiging.scenarios.forecast import season_of

HEAD = "care_form,calendar_month,weight,source,status"


def put(folder: Path, weights: list[float], form: str = "guidance") -> None:
    rows = [f"{form},{month},{weight},own counts,own_data" for month, weight in enumerate(weights, 1)]
    (folder / "season.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


def test_weights_are_read_by_row_of_demand_and_the_others_are_flat(folder: Path) -> None:
    put(folder, [2.0, 0.0999, *[0.99] * 10])
    case = read_case(folder)
    found = season_of(case)
    own = np.array([row.care_form == "guidance" for row in case.demand])
    assert found.mean(axis=0) == pytest.approx(np.ones(len(own)))
    assert (found[:, ~own] == 1).all()
    assert found[0, own] / found[2, own] == pytest.approx(np.full(own.sum(), 2.0 / 0.99))


def test_without_the_table_every_month_is_exactly_one(small_case: Case) -> None:
    assert (season_of(small_case) == 1).all()
    flat = tuple(
        Season(care_form=form.id, calendar_month=month, weight=1.0, source="x", status="illustrative")
        for form in small_case.care_forms
        for month in range(1, 13)
    )
    assert (season_of(replace(small_case, season=flat)) == 1).all()


@pytest.mark.parametrize(
    ("weights", "form", "en"),
    [
        (
            [1.0] * 11,
            "guidance",
            "column calendar_month: care form guidance lacks month 12; give all twelve months, or none",
        ),
        (
            [1.1] * 12,
            "guidance",
            "column weight: weights of care form guidance have mean 1.1, must be 1; divide them by",
        ),
        ([1.0] * 11 + [0.0], "guidance", "row 13, column weight: 0 is too small, allowed is 0.01 or more"),
        ([1.0] * 13, "guidance", "row 14, column calendar_month"),
        ([1.0] * 12, "nobody", "column care_form"),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, weights: list[float], form: str, en: str) -> None:
    put(folder, weights, form)
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    assert en in caught.value.text("en"), caught.value.text("en")
