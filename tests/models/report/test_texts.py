"""Texts are complete in both languages and speak as the field speaks."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from bekostiging.case.tables import PAYMENT_FORMS, TABLES
from bekostiging.contracts import RISKS
from bekostiging.report.texts import Texts, _load
from bekostiging.stress import CORNERS

NL, EN = Texts("nl"), Texts("en")


@pytest.mark.parametrize("section", _load())
def test_every_text_has_both_languages_and_the_same_places(section: str) -> None:
    for key, entry in _load()[section].items():
        assert entry.keys() <= {"nl", "en", "meaning"}, (section, key)
        for both in (entry, entry.get("meaning", entry)):
            assert {"nl", "en"} <= both.keys(), (section, key)
            nl, en = (
                {place for _, place, _, _ in Formatter().parse(both[lang]) if place} for lang in ("nl", "en")
            )
            assert nl == en, (section, key)


def test_every_thing_has_a_name() -> None:
    for texts in (NL, EN):
        assert set(texts.sections["forms"]) == set(PAYMENT_FORMS)
        assert set(texts.sections["risks"]) == set(RISKS)
        assert set(texts.sections["corners"]) == set(CORNERS)
        assert set(texts.sections["tables"]) == set(TABLES)


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
    assert NL.limit("fair_price[p,youth,2025]", names) == "reële prijs van Grote specialist in Jeugdhulp, 2025"
    assert EN.limit("begroting[0034,2025]", {}) == "begroting of 0034 in 2025, on average"
    # a lot with the id of a law does not stand for it
    assert NL.limit("begroting[0034,wmo,2025]", {"wmo": "Wmo-begeleiding"}) == NL.limit(
        "begroting[0034,wmo,2025]", {}
    )
