"""Texts are complete in both languages and speak as the field speaks."""

from __future__ import annotations

import re

import pytest

from bekostiging.case.tables import PAYMENT_FORMS, TABLES
from bekostiging.contracts import RISKS
from bekostiging.report.texts import Texts
from bekostiging.stress import CORNERS

NL, EN = Texts("nl"), Texts("en")


def test_both_languages_have_the_same_keys_and_places() -> None:
    assert NL.sections.keys() == EN.sections.keys()
    for section, entries in NL.sections.items():
        assert entries.keys() == EN.sections[section].keys(), section
        for key, text in entries.items():
            places = set(re.findall(r"{(\w+)}", text))
            assert places == set(re.findall(r"{(\w+)}", EN[section, key])), (section, key)


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
