"""Texts that a spreadsheet might compute are neutralised, and come back as they were."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import Case, read_case, write_case
from bekostiging.case.workbook_text import harmless, is_dangerous, plain


@given(st.text(alphabet="'=+-@\t\r a1", max_size=6))
def test_what_is_neutralised_comes_back(text: str) -> None:
    assert plain(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-", "@import", "'=1"])
def test_dangerous(text: str) -> None:
    assert is_dangerous(text)
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "haven", "'s-Hertogenbosch", "1-2", "a=b"])
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_a_folder_holds_no_formula_and_loses_no_text(small_case: Case, tmp_path: Path) -> None:
    """A name that would be a formula in Excel; negative numbers stay numbers."""
    first, *others = small_case.areas
    evil = "=HYPERLINK(\"x\";\"y\")"  # fmt: skip
    case = replace(
        small_case, areas=(first.model_copy(update={"name": evil, "growth_0_17": -0.01, "source": "-"}), *others)
    )
    write_case(case, tmp_path / "out", "nl")
    with (tmp_path / "out" / "areas.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file, delimiter=";"))
    assert (row["name"], row["growth_0_17"], row["source"]) == (f"'{evil}", "-0,01", "'-")
    again = read_case(tmp_path / "out").areas[0]
    assert (again.name, again.growth_0_17, again.source) == (evil, -0.01, "-")
