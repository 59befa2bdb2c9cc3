"""A case in one file: equal cases are equal bytes, and what is read back is the case to the last bit."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from toy_distribution import Jump

from bekostiging.case import TABLES, Case, UserError, packed_case, pseudonymised, read_case, unpacked_case
from bekostiging.scenarios import with_factor_distribution


@pytest.mark.parametrize("name", ["almere", "veenrand", "region"])
def test_what_is_kept_is_read_back_to_the_last_bit(name: str, tmp_path: Path) -> None:
    case = pseudonymised(read_case(name))
    (tmp_path / "case.zip").write_bytes(packed_case(case))
    kept = unpacked_case(tmp_path / "case.zip")
    for table in TABLES:
        read, own = ([row.model_dump() for row in getattr(one, table)] for one in (kept.case, case))
        assert read == own, table
    assert (kept.case.base_year, kept.case.trajectories_per_person) == (
        case.base_year,
        case.trajectories_per_person,
    )
    assert kept.case.estimates == case.estimates  # a spread that was estimated counts as estimated again
    assert kept.distribution == ""


def test_a_confidential_case_is_kept_with_numbers(tmp_path: Path) -> None:
    names = [row.name for row in read_case("veenrand").providers]
    (tmp_path / "case.zip").write_bytes(packed_case(pseudonymised(read_case("veenrand"))))
    with zipfile.ZipFile(tmp_path / "case.zip") as archive:
        text = "".join(archive.read(one).decode() for one in archive.namelist())
    assert not [name for name in names if name in text]
    assert "aanbieder-1" in text


def test_a_distribution_that_no_table_holds_is_told(small_case: Case, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(packed_case(with_factor_distribution(small_case, Jump())))
    assert unpacked_case(tmp_path / "case.zip").distribution == Jump().name[1]


def test_another_file_is_no_case(small_case: Case, tmp_path: Path) -> None:
    place = tmp_path / "case.zip"
    place.write_bytes(b"no zip")
    with pytest.raises(UserError, match="is no case as a result folder keeps it"):
        unpacked_case(place)
    with pytest.raises(UserError, match="is no case as a result folder keeps it"):
        unpacked_case(tmp_path / "absent.zip")
    place.write_bytes(packed_case(small_case))
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr("../elsewhere.csv", "x")
    with pytest.raises(UserError, match="does not belong in a case"):
        unpacked_case(place)


def test_equal_cases_are_equal_bytes(small_case: Case) -> None:
    assert packed_case(small_case) == packed_case(replace(small_case))
    other = replace(small_case, base_year=small_case.base_year - 1)
    assert packed_case(small_case) != packed_case(other)
