"""A case from five tables: what history tells is used, the rest is listed, and the whole can be calculated with."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bekostiging.case import Case, CaseError, UserError, case_from_history, read_case, write_case
from bekostiging.cli import app
from bekostiging.studies import compare

AREAS = """id,municipality,name,inhabitants_0_17,inhabitants_18_64,inhabitants_65_plus,source,status
noord,0001,Noord,6000,20000,6000,CBS,published
zuid,0001,Zuid,2000,8000,3000,CBS,published
"""
HISTORY = """area,care_form,year,definition,clients,starts,units,euro_realised,source,status
0001,jeugdwet,2019,persons_in_year,500,,,,CBS,published
0001,jeugdwet,2020,persons_in_year,510,,,,CBS,published
0001,jeugdwet,2021,persons_in_year,505,,,,CBS,published
0001,jeugdwet,2022,persons_in_year,530,,,,CBS,published
0001,youth_guidance,2022,stock_at_date,400,300,31285.714285714286,2346428.57,eigen administratie,own_data
noord,wmo_guidance,2022,stock_at_date,150,100,,,eigen administratie,own_data
zuid,wmo_guidance,2022,stock_at_date,60,,,,eigen administratie,own_data
"""
CONTRACTS = """provider,lot,ceiling,revenue,source,status
een,youth_guidance,,1500000,eigen administratie,own_data
twee,youth_guidance,,500000,eigen administratie,own_data
drie,wmo_guidance,,900000,eigen administratie,own_data
"""


@pytest.fixture
def brought(small_case: Case, tmp_path: Path) -> Path:
    """Areas, begroting, history, contracts and policy of a small municipality."""
    folder = tmp_path / "history"
    write_case(small_case, folder, "en")
    for file in folder.iterdir():
        if file.name != "policy.csv":
            file.unlink()
    begroting = ["municipality,law,year,amount,outside_contracts,source,status"]
    begroting += [
        f"0001,{law},{year},{amount},100000,begroting,own_data"
        for law, amount in (("jeugdwet", 4_000_000), ("wmo", 3_000_000))
        for year in (2024, 2025, 2026)
    ]
    for name, text in (
        ("areas", AREAS),
        ("history", HISTORY),
        ("contracts", CONTRACTS),
        ("begroting", "\n".join(begroting)),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_what_history_tells_is_used(brought: Path) -> None:
    case = case_from_history(brought, "mijn")
    assert (case.base_year, case.first_year, case.n_years) == (2022, 2024, 3)
    demand = {(row.area, row.care_form): row for row in case.demand}
    # one total, split by inhabitants of 0-17: 6 to 2
    north, south = demand["noord", "youth_guidance"], demand["zuid", "youth_guidance"]
    assert (north.clients_at_start, north.starts_per_year) == (300, 225)
    assert (south.clients_at_start, south.starts_per_year) == (100, 75)
    # Little: 400 / 300 of a year
    assert north.mean_duration_weeks == pytest.approx(400 / 300 * 365 / 7, abs=0.05)
    # 31,286 hours over 400 clients in 52.14 weeks: 1.5 a week, at 75 euro
    assert north.units_per_week == pytest.approx(1.5, abs=1e-3)
    (tariff,) = {row.tariff for row in case.offers if row.care_form == "youth_guidance"}
    # a tariff is in euros of the first contract year: VNG's final OVA and PPC of 2023 (6.36 and 7.02 %) and 2024 (6.00 and
    # 3.10 %) at 90 and 10 %; it was 75 euro, the price of 2022
    index = (1 + 0.9 * 0.0636 + 0.1 * 0.0702) * (1 + 0.9 * 0.06 + 0.1 * 0.031)
    assert tariff == pytest.approx(75.0 * index, abs=0.01)
    shares = {row.provider: row.market_share for row in case.offers if row.care_form == "youth_guidance"}
    assert shares == {"een": 0.75, "twee": 0.25}
    assert north.status == "estimated"
    assert demand["noord", "wmo_guidance"].clients_at_start == 150
    (factor,) = (row for row in case.risk_factors if row.id == "municipal_inflow")
    assert factor.standard_deviation is not None


def test_what_history_does_not_tell_is_marked(brought: Path) -> None:
    case = case_from_history(brought, "mijn")
    south = next(row for row in case.demand if (row.area, row.care_form) == ("zuid", "wmo_guidance"))
    assert south.status == "illustrative"
    assert "duur" in south.source
    typical = next(row for row in read_case("almere").demand if row.care_form == "wmo_guidance")
    assert south.mean_duration_weeks == typical.mean_duration_weeks
    assert south.starts_per_year == pytest.approx(60 / typical.mean_duration_weeks * 365 / 7, abs=0.01)
    assert all(row.status == "illustrative" for row in case.providers)


def test_the_command_lists_what_was_estimated_and_the_case_calculates(brought: Path, tmp_path: Path) -> None:
    out = tmp_path / "mijn"
    found = CliRunner().invoke(app, ["new", str(out), "--from", str(brought), "--lang", "en"])
    assert found.exit_code == 0, found.output
    assert "- table demand" in found.output
    assert "- table providers" in found.output
    assert "- table history" not in found.output
    assert [line.split(":")[0] for line in found.output.splitlines()[-3:]] == ["Growth", "Spread", "Prices"]
    assert "with your figures and with **estimates**" in (out / "README.md").read_text()
    again = read_case(out)
    assert {row.id for row in again.lots} == {"youth_guidance", "wmo_guidance"}
    outcome = compare(again, n_scenarios=32, design_scenarios=32)
    assert outcome.self_check.alarms == ()


def test_any_other_table_is_taken_as_it_is(brought: Path) -> None:
    text = "year,ova_forecast,ppc_forecast,source,status\n" + "".join(
        f"{year},0.05,0.04,eigen raming,own_data\n" for year in range(2023, 2027)
    )
    (brought / "indices.csv").write_text(text)
    assert {row.ova_forecast for row in case_from_history(brought, "mijn").indices} == {0.05}


@pytest.mark.parametrize(
    ("table", "old", "new", "sentence"),
    [
        ("history", "youth_guidance", "jeugdhulp", "care form jeugdhulp is unknown; use one of youth_guidance"),
        ("contracts", "wmo_guidance", "perceel 2", "lot perceel 2 is not named after a care form of history"),
        ("history", "0001,youth_guidance,2022,stock_at_date,400,300", "0001,youth_guidance,2022,stock_at_date,-4,3",
         "-4 is negative; fill in zero or a positive number"),
        ("history", "2346428.57", "-2346428.57", "-2346428.57 is negative; fill in zero or a positive number"),
        ("history", "2346428.57", "-1938000", "-1938000 is negative; fill in zero or a positive number"),
        ("history", "noord,wmo_guidance", "0001,youth_guidance",
         "key 0001 / youth_guidance / 2022 / stock_at_date is also on row"),
        ("contracts", "twee,youth_guidance", "een,youth_guidance", "key een / youth_guidance is also on row 2"),
        ("history", "zuid,", "oud-zuid,",
         "'oud-zuid' is not in table areas, as an area or a municipality; if it merged into"),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated(brought: Path, table: str, old: str, new: str, sentence: str) -> None:
    file = brought / f"{table}.csv"
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(CaseError) as caught:
        case_from_history(brought, "mijn")
    assert sentence in caught.value.text("en")


def test_a_missing_folder_or_table(brought: Path) -> None:
    with pytest.raises(UserError, match=r"make it with areas\.csv, begroting\.csv, history\.csv"):
        case_from_history(brought / "nowhere", "mijn")
    (brought / "areas.csv").unlink()
    with pytest.raises(CaseError, match="table areas: this table is missing"):
        case_from_history(brought, "mijn")


def test_a_region_of_any_size(tmp_path: Path) -> None:
    arguments = ["new", str(tmp_path / "r"), "--municipalities", "5", "--providers", "9", "--lang", "en"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    case = read_case(tmp_path / "r")
    assert (len(case.municipalities), len(case.providers)) == (5, 9)
