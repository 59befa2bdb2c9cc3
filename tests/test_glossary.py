"""The glossary is the authority for words: every code name in it exists."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from bekostiging.case import POLICIES

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
COLUMNS = 5
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| English")
]


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _has(owner: object, name: str) -> bool:
    """Whether an object has the attribute, or its instances have the field."""
    names = {*getattr(owner, "model_fields", ()), *getattr(owner, "__annotations__", ())}
    if is_dataclass(owner):
        names |= {field.name for field in fields(owner)}
    return hasattr(owner, name) or name in names


def _exists(code_name: str) -> bool:
    head, *rest = code_name.split(".")
    if head == "policy":
        return rest[0] in POLICIES
    path = "bekostiging_solvers" if head == "solvers" else f"bekostiging.{head}"
    while rest and _is_module(f"{path}.{rest[0]}"):
        path = f"{path}.{rest.pop(0)}"
    owner: object = import_module(path)
    for name in rest[:-1]:
        owner = getattr(owner, name)
    return _has(owner, rest[-1])


def test_every_row_is_complete() -> None:
    assert len(ROWS) > 60
    for row in ROWS:
        assert len(row) == COLUMNS, row
        assert all(row[column] for column in (0, 1, 3, 4)), row


@pytest.mark.parametrize("code_name", [row[3] for row in ROWS])
def test_every_code_name_exists(code_name: str) -> None:
    assert re.fullmatch(r"`[\w.]+`", code_name)
    assert _exists(code_name.strip("`"))


def test_one_word_has_one_meaning() -> None:
    words = [row[0] for row in ROWS]
    assert len(set(words)) == len(words)
