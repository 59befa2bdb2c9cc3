"""The head of a case: trajectories per client, for all laws or by law, in a folder and in a workbook."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from workbooks import grids_of, write_grids

from bekostiging.case import Case, UserError, convert, read_case, write_case
from bekostiging.case.head import head_problems

HEAD = {"name": "x", "title": {}, "disclaimer": {}, "kind": "planning", "base_year": 2024}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (1.4, ""),
        (1, ""),
        ({"jeugdwet": 1.4, "wmo": 1.2}, ""),
        ({"wmo": 1}, ""),
        (0, "must be above zero"),
        (-1.0, "must be above zero"),
        (float("nan"), "must be above zero"),
        (float("inf"), "must be above zero"),
        (100, ""),
        (1e300, "and at most 100"),
        (True, "must be above zero"),
        ({}, "must be above zero"),
        ({"wmo": "1,2"}, "must be above zero"),
        ({"wmo": 0}, "must be above zero"),
        ({"wlz": 1.0}, "knows no law wlz; give one number for all laws, or one per law: jeugdwet, wmo"),
        ("1,4", "is missing or has a wrong type"),
        (None, "is missing or has a wrong type"),
    ],
)
def test_trajectories_per_client(given: object, problem: str) -> None:
    found = head_problems(HEAD | {"trajectories_per_person": given})
    assert [one.column for one in found] == ["trajectories_per_person"] * bool(problem)
    assert all(problem in one.en for one in found)


@pytest.mark.parametrize(
    ("key", "given", "problem"),
    [
        ("title", {"nl": 1, "en": "x"}, "is no text; put nl and en in quotes"),
        ("title", {"nl": "x", "en": ["x"]}, "is no text; put nl and en in quotes"),
        ("disclaimer", {"nl": True, "en": "x"}, "is no text; put nl and en in quotes"),
        ("title", {"nl": "x"}, "give this text as nl and en"),
        ("base_year", True, "is no calendar year from 1990 to 2100; fill in the year of the volumes"),
        ("base_year", 24, "is no calendar year from 1990 to 2100; fill in the year of the volumes"),
        ("base_year", 10**30, "is no calendar year from 1990 to 2100; fill in the year of the volumes"),
    ],
)
def test_a_head_that_is_no_text_or_no_year(key: str, given: object, problem: str) -> None:
    found = head_problems(HEAD | {"trajectories_per_person": 1.4, key: given})
    assert [(one.column, one.en) for one in found] == [(key, problem)]


def test_one_number_counts_for_every_law(small_case: Case) -> None:
    assert {small_case.trajectories_of(name) for name in ("jeugdwet", "wmo", "guidance", "wmo_guidance")} == {1.4}
    by_law = replace(small_case, trajectories_per_person={"jeugdwet": 1.4, "wmo": 1.2})
    assert [by_law.trajectories_of(name) for name in ("jeugdwet", "guidance", "wmo", "wmo_guidance")] == [
        1.4,
        1.4,
        1.2,
        1.2,
    ]


def test_a_law_without_its_number(small_case: Case, tmp_path: Path) -> None:
    write_case(replace(small_case, trajectories_per_person={"jeugdwet": 1.4}), tmp_path / "x", "en")
    with pytest.raises(UserError) as caught:
        read_case(tmp_path / "x")
    assert "no number for law wmo, which has care forms; fill it in" in caught.value.text("en")
    assert "geen getal voor de wet wmo, en die heeft zorgvormen" in caught.value.text("nl")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("book") / "almere.xlsx"
    convert("almere", place, "nl")
    return place


def test_a_workbook_keeps_them_by_law(book: Path) -> None:
    grid = {row[0]: row[1] for row in grids_of(book)["casus"] if len(row) > 1}
    assert grid["trajecten per persoon, Jeugdwet"] == 1.4
    assert grid["trajecten per persoon, Wmo"] == 1.2
    assert not grid["trajecten per persoon"]
    assert read_case(book).trajectories_per_person == {"jeugdwet": 1.4, "wmo": 1.2}


@pytest.mark.parametrize("lawful", [True, False])
def test_a_workbook_of_version_4_means_all_laws(book: Path, tmp_path: Path, lawful: bool) -> None:
    """Without the fields by law as before; with both it is asked which of the two counts."""
    grids = grids_of(book)
    rows = {row[0]: row for row in grids["casus"]}
    rows["schemaversie"][1] = 4
    rows["trajecten per persoon"][1] = 1.3
    if not lawful:
        grids["casus"] = [row for row in grids["casus"] if not str(row[0]).startswith("trajecten per persoon,")]
        assert read_case(write_grids(tmp_path / "x.xlsx", grids)).trajectories_per_person == 1.3
        return
    with pytest.raises(UserError) as caught:
        read_case(write_grids(tmp_path / "x.xlsx", grids))
    told = "(trajecten per persoon): staat er voor alle wetten en per wet; laat een van beide leeg"
    assert told in caught.value.text("nl")


@pytest.mark.parametrize(("years", "problem"), [(8, False), (9, True)])
def test_at_most_eight_years_to_the_first_contract_year(tmp_path: Path, years: int, problem: bool) -> None:
    region = read_case("region")
    paid = tuple(row.model_copy(update={"revenue_year": 2025}) for row in region.contracts)
    write_case(replace(region, contracts=paid), tmp_path / "x", "en")
    for file, old, new in (
        ("lots.csv", ",2026,4,2,", f",2026,4,{years},"),
        ("case.toml", "2024", str(2026 - years)),
    ):
        text = (tmp_path / "x" / file).read_text(encoding="utf-8")
        (tmp_path / "x" / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) if problem else nullcontext() as caught:
        assert read_case(tmp_path / "x").lead_years == years
    if problem:
        assert "lead_years" in caught.value.text("en")
        assert "8" in caught.value.text("en")
