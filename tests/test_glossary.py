"""The glossary is the authority for words: every code name in it exists, and every symbol of a model card has its row."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from cards import CARDS, Symbols, symbols

from bekostiging.case import POLICIES

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
MARK = "<!-- symbols: written by tests/test_glossary.py -->"
COLUMNS = 5
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in GLOSSARY.read_text(encoding="utf-8").split(MARK)[0].splitlines()
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


def _table(card: str) -> str:
    """The symbols of one card as a table."""
    head = f"### [{card}](../models/bekostiging/{card.replace('.', '/')}.py)"
    lines = ["| symbol | code name | meaning |", "|---|---|---|"]
    for line in symbols():
        if line.card == card:
            cells = (", ".join(f"`{name}`" for name in names) for names in (line.symbols, line.code_names))
            lines.append(f"| {' | '.join(cells)} | {line.meaning} |")
    return "\n".join([head, "", *lines])


def test_every_symbol_of_every_card_has_a_row() -> None:
    """Writes the tables of symbols into docs/glossary.md; a difference fails once and is then there to be committed."""
    text = GLOSSARY.read_text(encoding="utf-8")
    tables = "\n\n".join(_table(card) for card in CARDS)
    wanted = f"{text.split(MARK)[0].rstrip()}\n\n{MARK}\n\n{tables}\n"
    GLOSSARY.write_text(wanted, encoding="utf-8")
    assert text == wanted, "the symbols in docs/glossary.md were out of date and have been written; commit them"


@pytest.mark.parametrize("line", symbols(), ids=lambda line: f"{line.card}: {line.symbols[0]}")
def test_a_symbol_of_a_card_means_something_in_the_code(line: Symbols) -> None:
    assert line.meaning
    assert all(_exists(name) for name in line.code_names)


def test_every_module_with_a_card_is_known() -> None:
    """A card has the headings Sets and Constraints."""
    package = GLOSSARY.parent.parent / "models" / "bekostiging"
    headings = re.compile(r"\A\"\"\".*^Sets$.*^Constraints", re.MULTILINE | re.DOTALL)
    found = {
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in package.rglob("*.py")
        if headings.match(path.read_text().split('"""\n\n')[0])
    }
    assert found == set(CARDS)
