"""A region that is typed into the workbooks of ``new`` as a person would is accepted in two rounds and is that region."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from bekostiging.case import read_case
from bekostiging.case.tables import TABLES

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "type_region.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("type_region", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_whole_region_is_accepted_in_two_rounds_and_loses_nothing(script: ModuleType, tmp_path: Path) -> None:
    number, typed = script.full(tmp_path / "regio.xlsx")
    assert number <= script.MOST_ROUNDS
    asked = read_case(script.REGION)
    for table, model in TABLES.items():
        if model.required:
            assert [row.model_dump() for row in getattr(typed, table)] == [
                row.model_dump() for row in getattr(asked, table)
            ], table
    assert any("getal met teken of scheiding gelezen" in note["nl"] for note in typed.notes)
    assert any("is een opmerking en is niet gelezen" in note["nl"] for note in typed.notes)


def test_the_small_start_is_accepted_in_two_rounds_and_protects_names(script: ModuleType, tmp_path: Path) -> None:
    number, typed = script.small(tmp_path / "klein.xlsx")
    assert number <= script.MOST_ROUNDS
    asked = read_case(script.REGION)
    assert typed.kind == "running"
    assert typed.title["nl"] == asked.title["nl"]
    assert sum(row.amount for row in typed.begroting) == sum(row.amount for row in asked.begroting)
    assert {row.name for row in typed.providers} == {row.name for row in asked.providers}
    assert len(typed.lots) == 5
