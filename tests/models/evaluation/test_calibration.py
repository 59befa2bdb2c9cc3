"""What was counted beside the model, on paper: persons, shares of areas and euro, at the prices of the year counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from by_hand import CARE_FORMS, MARK, case_on_paper

from bekostiging.case import Case
from bekostiging.case.tables import History
from bekostiging.evaluation import Calibration
from bekostiging.evaluation.calibration import calibration
from bekostiging.scenarios import build_cells

HOUSEHOLD = CARE_FORMS[1]


def _row(**columns: object) -> History:
    made = {"area": "gemeente-1", "care_form": HOUSEHOLD, "year": 2024, "definition": "persons_in_year", **MARK}
    return History.model_validate(made | columns)


def _modelled_and_published(small_case: Case, *rows: History) -> list[tuple[float, float]]:
    """Modelled and published; area 1 has 150 clients at the start, so that it has 250 in a year and area 2 150."""
    case = case_on_paper(small_case)
    first = next(row for row in case.demand if (row.area, row.care_form) == ("gebied-1", HOUSEHOLD))
    demand = tuple(
        row.model_copy(update={"clients_at_start": 150.0}) if row is first else row for row in case.demand
    )
    return [(one.modelled, one.published) for one in _lines(replace(case, demand=demand, history=rows))]


def _lines(case: Case) -> tuple[Calibration, ...]:
    return calibration(case, build_cells(case))


def test_persons_of_a_municipality_are_trajectories_over_those_of_a_person(small_case: Case) -> None:
    """250 trajectories at 1.4 a person; a count of another care form, of the nation or without clients is none of it."""
    rows = (_row(clients=170.0), _row(area="NL", clients=1e6), _row(area="gemeente-2"))
    assert _modelled_and_published(small_case, *rows) == [(pytest.approx(250 / 1.4), 170.0)]


def test_areas_are_compared_as_shares(small_case: Case) -> None:
    """250 and 150 of 400 modelled, 30 and 90 of 120 counted; other years and definitions are no peers."""
    rows = (
        _row(area="gebied-1", clients=30.0), _row(area="gebied-2", clients=90.0),
        _row(area="gebied-2", clients=500.0, year=2023), _row(area="gebied-2", clients=500.0, definition="trajectories"),
    )  # fmt: skip
    assert _modelled_and_published(small_case, *rows) == [
        (pytest.approx(0.625), pytest.approx(0.25)),
        (pytest.approx(0.375), pytest.approx(0.75)),
    ]


def test_of_a_series_of_persons_the_last_year_counts(small_case: Case) -> None:
    rows = (_row(clients=1.0, year=2023), _row(clients=2.0), _row(clients=3.0, year=2022))
    assert [published for _, published in _modelled_and_published(small_case, *rows)] == [2.0]


@pytest.mark.parametrize(
    ("year", "final", "level"),
    [(2024, None, 1 + 0.9 * 0.03 + 0.1 * 0.02), (2024, 0.05, 1 + 0.9 * 0.05 + 0.1 * 0.02), (2025, 0.05, 1.0)],
)
def test_euro_at_the_prices_of_the_year_counted(
    small_case: Case, year: int, final: float | None, level: float
) -> None:
    """5,000 units at 0.25 x 92 + 0.75 x 76 = 80; the index of 2025 is between 2024 and the first contract year.

    A law has what is outside the contracts on top, at the prices of the first contract year too.
    """
    case = case_on_paper(small_case)
    indices = tuple(
        row.model_copy(update={"ova_final": final}) if row.year == 2025 else row for row in case.indices
    )
    counted = {"definition": "euro", "year": year, "euro_realised": 5e5}
    rows = (_row(**counted), _row(care_form="wmo", **counted), _row(care_form="wmo", definition="euro", year=2023))
    form, law = _lines(replace(case, indices=indices, history=rows))
    outside = next(
        row.outside_contracts
        for row in case.begroting
        if (row.municipality, row.law, row.year) == ("gemeente-1", "wmo", 2026)
    )
    assert form.modelled == pytest.approx(400_000 / level)
    assert law.modelled == pytest.approx((400_000 + outside) / level)
    assert (form.published, law.published) == (5e5, 5e5)
    assert "outside" in law.name["en"]
    assert "outside" not in form.name["en"]


def test_euro_counts_every_lot_once(small_case: Case) -> None:
    """Beside a lot that buys nothing the 400,000 euro of the lot that does stay what they are."""
    case = case_on_paper(small_case)
    idle = case.lots[0].model_copy(update={"id": "idle", "care_forms": ()})
    rows = (_row(definition="euro", year=2025, euro_realised=5e5),)
    (alone,), (beside,) = (
        _lines(replace(case, lots=lots, history=rows)) for lots in (case.lots, (*case.lots, idle))
    )
    assert alone.modelled == pytest.approx(beside.modelled)
