"""What the model cards say: the symbols of every formulation, with the attribute in the code that each stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

CARDS: dict[str, dict[str, str]] = {
    "lumpsum.model": {"": "lumpsum.LumpSumData", "lot": "lumpsum.LotTerms"},
    "capacity.model": {
        "": "capacity.CapacityData",
        "supply": "capacity.Supply",
        "scenarios": "capacity.CapacityScenarios",
    },
    "equalisation.program": {
        "clients": "equalisation.ClientCosts",
        "moments": "equalisation.moments.Moments",
        "limits": "equalisation.program.Limits",
        "model": "equalisation.NormAmounts",
    },
    "equalisation.pool": {"": "equalisation.PoolData"},
}
"""Modules with a card; what a prefix on the card stands for."""
_SYMBOL = r"[\w']+(?:\[[^\]]*\])?"
_LINE = re.compile(rf"    ({_SYMBOL}(?:, {_SYMBOL})*)(?:\s+(.*))?$")
_ATTRIBUTES = re.compile(r"(\w*\.\w+(?:, \w*\.\w+)*)(?:\s{2,}|$)")
_SET = re.compile(r"([A-Z]{2,}) (\([^)]*\)|[a-z])(?![a-z])")


@dataclass(frozen=True)
class Symbols:
    """A line of a card: its symbols, the code names they stand for, and what they mean."""

    card: str
    symbols: tuple[str, ...]
    code_names: tuple[str, ...]
    meaning: str


def symbols() -> list[Symbols]:
    """Every line of every card, sets first."""
    return [line for card in CARDS for line in (*_sets(card), *_lines(card), *_abbreviations(card))]


def _section(card: str, head: str) -> list[str]:
    """Lines under the headings that begin with a word; the heading may go on on a second line."""
    blocks = re.split(r"\n\n", str(import_module(f"bekostiging.{card}").__doc__))
    return [
        line
        for block in blocks
        if block.startswith(head)
        for line in block.splitlines()[1:]
        if line.startswith("    ")
    ]


def _sets(card: str) -> Iterator[Symbols]:
    for name, index in _SET.findall(" ".join(_section(card, "Sets"))):
        yield Symbols(card, (index,), (), f"index of {name}")


def _lines(card: str) -> Iterator[Symbols]:
    for head in ("Parameters", "Variables"):
        for line in _joined(_section(card, head)):
            found = _LINE.match(line)
            assert found, f"{card}: no symbol in {line!r}"
            rest = (found[2] or "").strip()
            attributes = _ATTRIBUTES.match(rest)
            rest = rest[attributes.end() :] if attributes else rest
            names = tuple(_code_name(card, name) for name in attributes[1].split(", ")) if attributes else ()
            meaning = "; ".join(part for part in re.split(r"\s{2,}", rest) if part not in ("", "-"))
            yield Symbols(card, tuple(re.findall(_SYMBOL, found[1])), names, meaning)


def _abbreviations(card: str) -> Iterator[Symbols]:
    """What stands under With: a symbol for a longer expression."""
    text = " ".join(
        re.findall(r"\n\nWith (.*?)\n\n", str(import_module(f"bekostiging.{card}").__doc__), re.DOTALL)
    )
    for part in re.split(rf",\s+(?={_SYMBOL} = )", " ".join(text.split())):
        symbol, _, expression = part.partition(" = ")
        if symbol:
            yield Symbols(card, (symbol,), (), f"= {expression}")


def _joined(lines: list[str]) -> Iterator[str]:
    """Lines of a card; what goes on below a line, deeper, is put behind the column it stands under."""
    kept: list[str] = []
    for line in lines:
        if not line.startswith("     "):
            yield from kept
            kept = [line]
            continue
        column = len(line) - len(line.lstrip())
        after = re.search(r"\s{2,}|$", kept[0][column:])
        at = column + (after.start() if after else 0)
        kept = [f"{kept[0][:at].rstrip()} {line.strip()}{kept[0][at:]}"]
    yield from kept


def _code_name(card: str, name: str) -> str:
    prefix, _, attribute = name.partition(".")
    return f"{CARDS[card][prefix]}.{attribute}"
