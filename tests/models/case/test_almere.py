"""The embedded case against the figures written into it, each with its source in ``history``."""

from __future__ import annotations

import pytest

from bekostiging.case import Case, read_case
from bekostiging.contracts.indexation import index_rule
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
    line = _line(lines, "Youth Act: persons with care in 2022")
    assert line.published == 6680
    assert line.modelled == pytest.approx(6680, rel=0.02)


def test_district_shares_within_one_point(lines: tuple[Calibration, ...]) -> None:
    for area, share in PUBLISHED_SHARES.items():
        line = _line(lines, f"Almere {area.capitalize()}: share of the Youth Act")
        assert line.published == pytest.approx(share, abs=0.0006)
        assert line.modelled == pytest.approx(share, abs=0.01)


def test_wmo_clients_are_fewer_than_cbs_counts(lines: tuple[Calibration, ...]) -> None:
    """11,940 in 2022 (CBS) have any individual provision, aids, transport and home adaptations included; the case has care
    forms alone, (stock + starts) / 1.2 = 10,632.3 / 1.2, invented."""
    line = _line(lines, "Wmo: persons with care in 2022")
    assert line.published == 11_940
    assert line.modelled == pytest.approx(10_632.3 / 1.2, rel=1e-6)
    assert line.modelled < line.published


def test_wmo_shares_of_the_districts(lines: tuple[Calibration, ...]) -> None:
    """CBS 2021: 1,845, 5,860, 2,815, 450 and 115 of 11,085."""
    for area, clients in zip(PUBLISHED_SHARES, (1845, 5860, 2815, 450, 115), strict=True):
        line = _line(lines, f"Almere {area.capitalize()}: share of the Wmo")
        assert line.published == pytest.approx(clients / 11_085)
        assert line.modelled == pytest.approx(clients / 11_085, abs=0.001)


def test_tariffs_are_published_ones_brought_to_the_first_contract_year(almere: Case) -> None:
    """By hand: 69.90 (Bollenstreek 2024, 70 % of 78 and 30 % of 51) x 1.04957 (VNG 2025) x 1.0337 x 1.0308 x 1.029, the
    indices of 2026-2028 being 90 % of the invented OVA and 10 % of the PPC: 80.44."""
    rule = index_rule(almere, "youth_guidance")
    level = 69.90 * 1.04957
    for row in almere.indices:
        if 2026 <= row.year <= almere.first_year:
            level *= 1 + rule.weight_ova * row.ova_forecast + rule.weight_ppc * row.ppc_forecast
    tariffs = {row.tariff for row in almere.offers if row.care_form == "youth_guidance"}
    assert tariffs == {80.44}
    assert level == pytest.approx(80.44, abs=0.005)


def test_taakvelden_are_those_of_2023_and_later(almere: Case) -> None:
    """As a bestuursrapportage of 2025 codes them: three digits behind the point."""
    assert {row.id: row.iv3 for row in almere.care_forms} == {
        "youth_guidance": "6.752", "youth_mental_care": "6.752", "youth_residential": "6.762", "youth_protection": "6.821",
        "wmo_guidance": "6.712", "wmo_day_activities": "6.713", "household_help": "6.711",
    }  # fmt: skip


def test_youth_spending_between_59_and_68_million(lines: tuple[Calibration, ...]) -> None:
    """The national CPB 2022 profile applied to Almere's ages gives 62-65 million."""
    line = _line(lines, "Youth Act: spending 2022")
    assert 59e6 <= line.modelled <= 68e6
    assert 62e6 <= line.published <= 65e6


def test_residential_care_is_compared_and_its_gap_is_known(lines: tuple[Calibration, ...]) -> None:
    """Published: 36.6 million budgeted, 38.3 realised (2024). The invented average price gives less; it is shown."""
    line = _line(lines, "accommodation: spending 2024")
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
