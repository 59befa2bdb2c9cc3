"""Texts are complete in both languages and speak as the field speaks."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from plain_language import oddities

from bekostiging import report
from bekostiging.case.tables import PAYMENT_FORMS, TABLES
from bekostiging.contracts import RISKS
from bekostiging.evaluation import CORNERS
from bekostiging.lumpsum import Limit
from bekostiging.report.kit.texts import Texts, _load

NL, EN = Texts("nl"), Texts("en")


@pytest.mark.parametrize("section", _load())
def test_every_text_has_both_languages_and_the_same_places(section: str) -> None:
    for key, entry in _load()[section].items():
        assert entry.keys() <= {"nl", "en", "meaning", "unit"}, (section, key)
        for both in (entry, entry.get("meaning", entry)):
            assert {"nl", "en"} <= both.keys(), (section, key)
            nl, en = (
                {place for _, place, _, _ in Formatter().parse(both[lang]) if place} for lang in ("nl", "en")
            )
            assert nl == en, (section, key)


def _numbers(text: str) -> list[str]:
    """Numbers of a text, whatever its decimal mark; places left out."""
    return sorted(re.sub("[.,]", "", found) for found in re.findall(r"\d[\d.,]*", re.sub("{.*?}", "", text)))


def test_both_languages_tell_the_same_numbers() -> None:
    for section, entries in NL.sections.items():
        for key, text in entries.items():
            assert _numbers(text) == _numbers(EN[section, key]), (section, key)


class Mentions:
    """The strings of a source file: as they are, and those made of a constant part and something else."""

    def __init__(self, source: Path) -> None:
        text = source.read_text(encoding="utf-8")
        self.words: set[str] = set()
        self.made: list[re.Pattern[str]] = []
        if source.suffix != ".py":
            self.words |= set(re.findall(r"\w+", text))
            for found in re.findall(r"`(\w*)\$\{[^}`]*\}(\w*)`|\w\s*\+\s*\"(_\w+)\"", text):
                if sum(map(len, found)) >= 3:
                    self.made.append(re.compile(f"{found[0]}.+{found[1]}{found[2]}"))
            return
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.words.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if sum(len(str(part)) for part in parts if part is not None) >= 3:
                    self.made.append(
                        re.compile("".join(".+" if part is None else re.escape(str(part)) for part in parts))
                    )

    def say(self, key: str) -> bool:
        return key in self.words or any(pattern.fullmatch(key) for pattern in self.made)


@pytest.fixture(scope="module")
def mentions() -> list[Mentions]:
    root = Path(report.__file__).parent.parent
    return [Mentions(source) for kind in ("py", "j2", "js") for source in root.rglob(f"*.{kind}")]


def test_no_text_is_unused(mentions: list[Mentions]) -> None:
    """A key stands in the code or a template; of the pages also beside the name of its section."""
    pages = {"page", "answers", "cells", "summary", "agreement", "backtest", "benchmark", "capacity"}
    for section, entries in NL.sections.items():
        near = [one for one in mentions if section in one.words] if section in pages else mentions
        assert not [key for key in entries if not any(one.say(key) for one in near)], section


def test_no_text_is_missing() -> None:
    """Every ``texts["section", "key"]`` of the code, also where a part of the key is computed."""
    asked = 0
    for source in Path(report.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            match node:
                case ast.Subscript(
                    value=ast.Name(id="texts"), slice=ast.Tuple(elts=[ast.Constant(value=section), key])
                ):
                    pass
                case _:
                    continue
            keys = NL.sections[str(section)]
            if isinstance(key, ast.Constant):
                assert key.value in keys, (source.name, section, key.value)
            elif isinstance(key, ast.JoinedStr):
                pattern = "".join(
                    re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in key.values
                )
                assert any(re.fullmatch(pattern, own) for own in keys), (source.name, section, pattern)
            asked += 1
    assert asked > 100


def test_no_two_columns_of_a_table_are_called_alike() -> None:
    """In either language; ``coalition`` and ``label`` never stand in one table."""
    for texts in (NL, EN):
        called = Counter(name for key, name in texts.sections["columns"].items() if key != "coalition")
        assert [name for name, times in called.items() if times > 1] == []


def test_every_thing_has_a_name() -> None:
    for texts in (NL, EN):
        assert set(texts.sections["forms"]) == set(PAYMENT_FORMS)
        assert set(texts.sections["risks"]) == set(RISKS)
        assert set(texts.sections["corners"]) == set(CORNERS)
        assert set(texts.sections["tables"]) == set(TABLES)


NAMES = {"files", "sheets", "columns"}
"""Sections of names of files, sheets and columns: they may have an underscore."""


@pytest.mark.parametrize("texts", [NL, EN], ids=["nl", "en"])
def test_no_text_has_a_key_jargon_or_another_language(texts: Texts) -> None:
    odd = {
        (section, key): found
        for section, entries in texts.sections.items()
        if section not in NAMES
        for key, text in entries.items()
        if (found := oddities(re.sub("{.*?}", "", text), texts.lang))
    }
    assert odd == {}


@pytest.mark.parametrize("texts", [NL, EN], ids=["nl", "en"])
def test_a_sentence_writes_a_million_in_full(texts: Texts) -> None:
    """``mln euro`` is the head of a column."""
    short = {
        (section, key)
        for section, entries in texts.sections.items()
        for key, text in entries.items()
        if text.rstrip().endswith(".") and re.search(r"\bmln\b|\bm euro\b", text)
    }
    assert short == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gemeten op shadow_production", ["shadow_production"]),
        ("Naar de nucleolus, met seed 1", ["nucleolus", "seed"]),
        ("Dat kost 3.3e+04 euro", ["3.3e+04"]),
        ("Het houdt stand.. En dan", [".."]),
        ("Het houdt stand; .", []),
        ("Het houdt stand;.", [";."]),
        ("Deel van the provider", ["the", "provider"]),
        ("Van 2026 tot 2029 ... en verder, art. 2.19 lid 1", []),
    ],
)
def test_what_is_odd_in_a_sentence(text: str, found: list[str]) -> None:
    assert oddities(text, "nl") == found


@pytest.mark.parametrize("word", ["failliet", "bankrupt"])
def test_the_buffer_is_used_up_nobody_goes_bankrupt(word: str) -> None:
    for texts in (NL, EN):
        said = " ".join(text for entries in texts.sections.values() for text in entries.values()).lower()
        assert word not in said.replace("zegt niets over een faillissement", "").replace(
            "says nothing about bankruptcy", ""
        )


def test_risicoverevening_never_stands_bare() -> None:
    said = " ".join(text for entries in NL.sections.values() for text in entries.values())
    for found in re.finditer("risicoverevening", said):
        assert re.match(r"risicoverevening tussen (aanbieders|gemeenten)", said[found.start() :])


def test_limits_in_words() -> None:
    names = {"p": "Grote specialist", "youth": "Jeugdhulp"}
    assert (
        NL.limit(Limit("fair_price", ("p", "youth", "2025")), names)
        == "reële prijs van Grote specialist in Jeugdhulp, 2025"
    )
    assert EN.limit(Limit("begroting", ("0034", "2025")), {}) == "begroting of 0034 in 2025, on average"
    # a lot with the id of a law does not stand for it
    assert NL.limit(Limit("begroting", ("0034", "wmo", "2025")), {"wmo": "Wmo-begeleiding"}) == NL.limit(
        Limit("begroting", ("0034", "wmo", "2025")), {}
    )
