"""Afwikkelingsverschillen: an expense of the year in which they are determined, counted once, on its own line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bekostiging.actuals import YearFigures
from bekostiging.case import UserError, read_case
from bekostiging.monitoring import drawn_months
from bekostiging.report import write_monitor, write_settlement
from bekostiging.report.kit.texts import Texts
from bekostiging.report.settlement.papers import Papers
from bekostiging.settlement import (
    example_case,
    example_figures,
    example_year,
    read_previous,
    settle_year,
    settlement_differences,
)
from bekostiging.studies import monitor


def _euro(folders: list[Path], year: int, figures: YearFigures | None = None) -> float:
    return sum(row.cents for row in settlement_differences(figures or YearFigures(), year, folders)) / 100


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_settlement(example_year(), tmp_path_factory.mktemp("een") / "uit", word=False)


def test_it_is_what_is_determined_less_what_was_booked_and_the_correction(first: Path) -> None:
    """3,501,362.12 - (3,360,000 + 95,000) = 46,362.12, and 8,450 of 2026 comes back; of 2028 alone, by taakveld."""
    rows = settlement_differences(YearFigures(), 2028, [first])
    assert {(row.of_year, row.in_year, row.taakveld) for row in rows} == {(2027, 2028, "6.752")}
    assert _euro([first], 2028) == 46_362.12 - 8_450.00
    assert _euro([first], 2027) == _euro([first], 2029) == 0


def test_a_second_settlement_counts_for_what_it_changes(first: Path, tmp_path: Path) -> None:
    """Settled again in 2029 with 10,000 less recognised: half of it in the corridor, and what the pool makes of it."""
    figures = example_figures()
    row = figures.deductions[1]
    more = replace(
        figures, deductions=(*figures.deductions, row.model_copy(update={"reason": "double", "euros": 1e4}))
    )
    again = settle_year(
        example_case(), more, 2027, "voorlopig", today=date(2029, 2, 1), previous=read_previous(first)
    )
    second = write_settlement(again, tmp_path / "twee", word=False)
    changed = again.contracts[0].determined - example_year().contracts[0].determined
    assert _euro([second, first], 2029) == changed / 100 < -4_000
    assert _euro([second, first], 2028) == 37_912.12
    # the paper of a municipality has both, in columns of their own
    grid = Papers(again, Texts("en")).of_municipality("gemeente-1")[-1]
    assert grid.rows[0] == ["taakveld", "determined", "afwikkelingsverschil", "correction of earlier years"]  # type: ignore[union-attr]
    assert grid.rows[-1][-1] == "−4,013.75"  # type: ignore[union-attr]  # 47.5 % of 8,450


def test_an_estimate_determines_nothing_and_a_booking_counts_once(first: Path, tmp_path: Path) -> None:
    estimate = write_settlement(example_year("raming"), tmp_path / "raming", word=False)
    assert _euro([estimate], 2028) == 0
    assert _euro([], 2028, example_figures()) == -8_450.00
    assert _euro([first], 2028, example_figures()) == 37_912.12


def test_another_case_or_no_settlement_is_refused(first: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is the settlement of region, not of veenrand"):
        settlement_differences(YearFigures(), 2028, [first], "veenrand")
    with pytest.raises(UserError, match="holds no settlement"):
        settlement_differences(YearFigures(), 2028, [tmp_path])


def test_monitor_has_it_on_a_line_of_its_own(tmp_path: Path) -> None:
    case = read_case("veenrand")
    figures = drawn_months(case, seed=1, months=3).figures
    own = example_figures().bookings[-1]
    row = case.contracts[0]
    booked = own.model_copy(
        update={"provider": row.provider, "lot": row.lot, "year": 2028, "of_year": 2028, "paid_on": "2028-02-01"}
    )
    year = monitor(case, replace(figures, bookings=(booked,)), "2028-03", n_scenarios=32)
    folder = write_monitor(year, tmp_path / "uit", word=False)
    page = (folder / "maandbericht.html").read_text(encoding="utf-8")
    assert "Afwikkelingsverschillen van eerdere jaren leveren dit jaar 8.450 euro op (V)" in page
    without = monitor(case, figures, "2028-03", n_scenarios=32)
    assert without.total.tolist() == year.total.tolist()
    empty = write_monitor(without, tmp_path / "zonder", word=False)
    assert "Afwikkelingsverschillen" not in (empty / "maandbericht.html").read_text(encoding="utf-8")
