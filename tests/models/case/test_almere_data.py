"""What was written into ``almere`` by hand, against the published figures themselves.

tests/data holds the rows that are used: CBS Kerncijfers wijken en buurten (CC BY 4.0), and CPB, euro of youth care per
inhabitant by age in 2022.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bekostiging.case import Case, read_case

DATA = Path(__file__).parents[2] / "data"
DISTRICTS = {
    "haven": "WK003401",
    "stad": "WK003402",
    "buiten": "WK003403",
    "poort": "WK003404",
    "hout": "WK003405",
}


@pytest.fixture(scope="module")
def almere() -> Case:
    return read_case("almere")


@pytest.fixture(scope="module")
def counts() -> dict[tuple[int, str], dict[str, str]]:
    with (DATA / "almere_cbs.csv").open(encoding="utf-8") as file:
        return {(int(row["year"]), row["region"]): row for row in csv.DictReader(file)}


def _written(almere: Case, law: str) -> dict[tuple[str, int], float | None]:
    """Persons of a law by place and year, as the case has them."""
    rows = (row for row in almere.history if (row.care_form, row.definition) == (law, "persons_in_year"))
    return {(row.area, row.year): row.clients for row in rows}


def test_youths_in_care(almere: Case, counts: dict[tuple[int, str], dict[str, str]]) -> None:
    written = _written(almere, "jeugdwet")
    assert written["0034", 2022] == float(counts[2022, "GM0034"]["youths_in_care"])
    for area, code in DISTRICTS.items():
        assert written[area, 2021] == float(counts[2021, code]["youths_in_care"])


def test_wmo_clients(almere: Case, counts: dict[tuple[int, str], dict[str, str]]) -> None:
    """Municipality 2018-2022, districts 2018-2021 (their borders changed in 2022); nothing else of the Wmo."""
    published = {key: float(row["wmo_clients"]) for key, row in counts.items()}
    codes = DISTRICTS | {"0034": "GM0034"}
    written = _written(almere, "wmo")
    assert written == {(area, year): published[year, codes[area]] for area, year in written}
    assert len(written) == 5 + 4 * 5


def test_inhabitants_of_the_districts(almere: Case, counts: dict[tuple[int, str], dict[str, str]]) -> None:
    """0-17 is taken as 0-14 plus three tenths of 15-24; the bands add up to all inhabitants."""
    areas = {row.id: row for row in almere.areas}
    for area, code in DISTRICTS.items():
        row = counts[2021, code]
        young = float(row["age_0_14"]) + 0.3 * float(row["age_15_24"])
        assert areas[area].inhabitants_0_17 == pytest.approx(young, abs=1)
        assert areas[area].inhabitants_65_plus == float(row["age_65_plus"])
        total = areas[area].inhabitants_0_17 + areas[area].inhabitants_18_64 + areas[area].inhabitants_65_plus
        assert total == pytest.approx(float(row["inhabitants"]), abs=10)


def test_the_national_profile_on_almeres_ages(almere: Case, counts: dict[tuple[int, str], dict[str, str]]) -> None:
    """CPB 2022, euro per inhabitant by age, each band spread evenly over its years: the 63.5 million in ``history``."""
    with (DATA / "youth_care_per_inhabitant_cpb.csv").open(encoding="utf-8") as file:
        profile = {int(row["age"].split()[0]): float(row["jeugd"]) for row in csv.DictReader(file)}
    row = counts[2022, "GM0034"]
    total = 0.0
    for column, ages in (("age_0_14", range(15)), ("age_15_24", range(15, 25))):
        total += sum(profile[age] for age in ages) * float(row[column]) / len(ages)
    assert 62e6 <= total <= 65e6
    written = next(line for line in almere.history if line.definition == "euro" and line.care_form == "jeugdwet")
    assert written.euro_realised == pytest.approx(total, rel=0.03)
