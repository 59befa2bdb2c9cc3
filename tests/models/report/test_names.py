"""Names in the language of the page: a lot, care form or shock is called by its English name in English alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.case import Case, pseudonymised, read_case
from bekostiging.case.rows import name_in
from bekostiging.evaluation import Comparison
from bekostiging.report.comparison.tables import comparison_tables
from bekostiging.report.kit.readable import Words, readable
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.report.kit.texts import Texts


@pytest.mark.parametrize(
    "case", [read_case("almere"), read_case("veenrand"), read_case("region")], ids=lambda one: one.name
)
def test_shipped_cases_have_both(case: Case) -> None:
    """Lots, care forms and shocks, each with another name in English, and no English name stands in a Dutch page."""
    for rows in (case.lots, case.care_forms, case.shocks, case.measures):
        for row in rows:
            assert row.name_en not in ("", row.name) or row.name == "Wmo", row.name
    dutch, english = names_of(case, "nl"), names_of(case, "en")
    assert {row.name_en for row in case.lots} & set(dutch.values()) <= {"Wmo"}
    assert {row.name_en for row in case.lots} <= set(english.values())
    assert care_form_names(case, "en") == {row.id: row.name_en for row in case.care_forms}


def test_one_name_serves_both_languages(small_case: Case) -> None:
    rows = tuple(row.model_copy(update={"name_en": ""}) for row in small_case.lots)
    assert [name_in(row, "en") for row in rows] == [row.name for row in small_case.lots]


def test_tables_are_in_one_language(outcome: Comparison) -> None:
    """Every readable sheet of a comparison, in either language: no name of the other one."""
    case = outcome.case
    rows = (*case.lots, *case.care_forms)
    names = {"nl": {row.name for row in rows}, "en": {row.name_en for row in rows}}
    for lang, other in (("nl", "en"), ("en", "nl")):
        texts = Texts(lang)
        words = Words(case, texts)
        cells = {
            str(cell)
            for table in comparison_tables(outcome, texts)
            for row in readable(table, words).rows
            for cell, _ in row
        }
        assert not (names[other] - names[lang]) & cells
        assert names[lang] & cells


def test_an_english_name_of_a_provider_is_numbered_too(small_case: Case) -> None:
    """Confidential: neither name of a provider is left, also where a source names the English one."""
    called = {"name_en": "Willow Care Group", "source": "accounts of Willow Care Group"}
    first = small_case.providers[0].model_copy(update=called)
    running = replace(small_case, kind="running", providers=(first, *small_case.providers[1:]))
    (own, *_) = pseudonymised(running).providers
    assert (own.name_en, own.source) == ("Provider 1", "accounts of aanbieder-1")
