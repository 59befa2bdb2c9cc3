"""Printed pages: what stands in their margins, in how many sheets each part fits, and that nothing is folded away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from plain_language import odd_pieces
from printing import needs_browser, sheets

from bekostiging.case import read_case
from bekostiging.evaluation import Comparison
from bekostiging.report import presented
from bekostiging.report.kit.paper import Paper, css_text
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy, compare, study_lumpsum

MOST = {"summary": 2, "report": 8}
"""Sheets that a council and a controller read."""


@pytest.mark.parametrize("text", ['a "b" c', "a'b", "back\\slash", "</style><script>", "one\ntwo", "{}", "a & b"])
def test_a_name_ends_no_rule_and_no_style(text: str) -> None:
    """What CSS reads is the name itself: escapes are undone as CSS Syntax (consume an escaped code point) says."""
    written = css_text(text)
    inside = written[1:-1]
    assert (written[0], written[-1]) == ('"', '"')
    assert not set(inside) & set("\"'<>&\n{}")
    read = re.sub(r"\\([0-9a-f]{1,6}) ", lambda found: chr(int(found[1], 16)), inside)
    assert read.replace("\n", "") == text.replace("\n", "")


def test_margins_name_case_day_version_mark_and_page() -> None:
    style = str(Paper.of("Veenrand", Texts("nl"), "Vertrouwelijk", date(2026, 11, 29)).style)
    assert '@top-left { content: "Veenrand"; }' in style
    assert f'@top-right {{ content: "29 november 2026, bekostiging {version("bekostiging")}"; }}' in style
    assert '@bottom-center { content: "Vertrouwelijk"' in style
    assert "counter(page) ' / ' counter(pages)" in style
    assert "@bottom-center" not in str(Paper.of("Veenrand", Texts("nl")).style)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_parts_of_a_page_are_linked_and_nothing_is_folded_away(
    outcome: Comparison, lumpsum_study: LumpSumStudy, lang: str
) -> None:
    for study in (replace(outcome, case=replace(outcome.case, kind="running")), lumpsum_study):
        page = presented(study, lang).page()
        places = re.findall(r'id="([^"]+)"', page.split("<svg")[0] + re.sub(r"(?s)<svg.*?</svg>", "", page))
        linked = re.findall(r'<a href="#([^"]+)"', page)
        assert {"summary", "report", "appendix"} <= set(linked) <= set(places)
        assert "<details" not in page
        titles = re.findall(r'<li><a href="#(?:report|appendix)-\d+">', page)
        assert len(titles) == len(re.findall(r'<h2 id="(?:report|appendix)-\d+">', page)) > 6


@pytest.mark.slow
@needs_browser
def test_two_sheets_and_eight(outcome: Comparison, lumpsum_study: LumpSumStudy, tmp_path: Path) -> None:
    """Whole sheets as a browser prints them: summary on two, report on at most eight."""
    for study in (outcome, lumpsum_study):
        page = presented(study, "nl").page()
        assert sheets(page, "summary", tmp_path) == MOST["summary"]
        assert 1 <= sheets(page, "report", tmp_path) <= MOST["report"]


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("study", [compare, study_lumpsum])
def test_the_invented_region_prints_on_two_sheets_and_eight(
    study: Callable[..., Comparison | LumpSumStudy], tmp_path: Path
) -> None:
    """And says nothing but plain words, in both languages."""
    made = study(read_case("veenrand"), n_scenarios=32, design_scenarios=64)
    for lang in ("nl", "en"):
        page = presented(made, lang).page()
        assert odd_pieces(page, made.case, lang) == []
        assert sheets(page, "summary", tmp_path) == MOST["summary"]
        assert sheets(page, "report", tmp_path) <= MOST["report"]
