"""The embedded case against the figures written into it, each with its source in ``history``."""

from __future__ import annotations

import pytest

from bekostiging.case import Case, read_case
from bekostiging.evaluation import Calibration
from bekostiging.evaluation.calibration import calibration
from bekostiging.scenarios import build_cells

PUBLISHED_SHARES = {"haven": 0.122, "stad": 0.461, "buiten": 0.288, "poort": 0.093, "hout": 0.036}
"""CBS, Kerncijfers wijken en buurten 2021: youths with care by district, of 4,700 in the five districts."""


@pytest.fixture(scope="module")
def almere() -> Case:
    return read_case("almere")


@pytest.fixture(scope="module")
def lines(almere: Case) -> tuple[Calibration, ...]:
    return calibration(almere, build_cells(almere))


def _line(lines: tuple[Calibration, ...], part: str) -> Calibration:
    found = [line for line in lines if part in line.name["en"]]
    assert len(found) == 1, part
    return found[0]


def test_distinct_youths_within_two_percent(lines: tuple[Calibration, ...]) -> None:
    """6,680 youths with care in 2022 (CBS), counted once over all care forms."""
    line = _line(lines, "persons with care in 2022")
    assert line.published == 6680
    assert line.modelled == pytest.approx(6680, rel=0.02)


def test_district_shares_within_one_point(lines: tuple[Calibration, ...]) -> None:
    for area, share in PUBLISHED_SHARES.items():
        line = _line(lines, f"Almere {area.capitalize()}: share")
        assert line.published == pytest.approx(share, abs=0.0006)
        assert line.modelled == pytest.approx(share, abs=0.01)


def test_youth_spending_between_59_and_68_million(lines: tuple[Calibration, ...]) -> None:
    """The national CPB 2022 profile applied to Almere's ages gives 62-65 million."""
    line = _line(lines, "Youth Act: spending 2022")
    assert 59e6 <= line.modelled <= 68e6
    assert 62e6 <= line.published <= 65e6


def test_residential_care_is_compared_and_its_gap_is_known(lines: tuple[Calibration, ...]) -> None:
    """Published: 36.6 million budgeted, 38.3 realised (2024). The invented average price gives less; it is shown."""
    line = _line(lines, "verblijf: spending 2024")
    assert line.published == 38.3e6
    assert 0.7 < line.modelled / line.published < 0.9


def test_the_warning_stands_in_the_case(almere: Case) -> None:
    assert almere.disclaimer["nl"] == (
        "Aanbieders, tarieven, eigen vermogen en prijzen zijn verzonnen en niets hierin is een advies over Almere."
    )
    assert almere.disclaimer["en"] == (
        "Providers, tariffs, equity and prices are invented and nothing here is advice about Almere."
    )


def test_only_almere_is_reported(almere: Case) -> None:
    assert {row.code: row.reported for row in almere.municipalities} == {"0034": True, "overig-flevoland": False}
    assert {row.municipality for row in almere.begroting} == {"0034"}


def test_lots_by_kind_of_care_and_protection_outside(almere: Case) -> None:
    lots = {row.id: row for row in almere.lots}
    assert lots["youth_residential"].scale == "regional"
    assert "overig-flevoland" in lots["youth_residential"].areas
    contracted = {form for row in almere.lots for form in row.care_forms}
    assert "youth_protection" not in contracted
    assert any(row.care_form == "youth_protection" for row in almere.demand)


def test_every_row_says_where_it_comes_from(almere: Case) -> None:
    for table in ("offers", "demand", "providers", "begroting", "policy", "history", "indices"):
        assert all(row.source and row.status for row in getattr(almere, table))
    assert all(row.status == "illustrative" for row in almere.providers)
