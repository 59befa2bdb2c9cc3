"""What a running year leaves behind: page, calendar, results, and what it says of earlier reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bekostiging.case import UserError, read_case
from bekostiging.monitoring import drawn_months
from bekostiging.report import write_monitor
from bekostiging.report.kit.texts import Texts
from bekostiging.report.monitor.papers import MonthPapers
from bekostiging.studies import ContractYear, monitor


@pytest.fixture(scope="module")
def years() -> list[ContractYear]:
    """The reports through March and through April of one year."""
    case = read_case("veenrand")
    figures = drawn_months(case, seed=5, months=4).figures
    return [monitor(case, figures, through, n_scenarios=32) for through in ("2028-03", "2028-04")]


@pytest.fixture(scope="module")
def folders(years: list[ContractYear], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = tmp_path_factory.mktemp("year")
    march = write_monitor(years[0], place / "march", word=False)
    return [march, write_monitor(years[1], place / "april", word=False, previous=(march,))]


def test_the_page_says_what_the_results_say(years: list[ContractYear], folders: list[Path]) -> None:
    """Expected year-end in the first sentence, rounded to thousands, is that of the results."""
    results = json.loads((folders[1] / "maandbericht.json").read_text(encoding="utf-8"))
    papers = MonthPapers(years[1], Texts("nl"))
    assert papers.euro(results["total"]["expected"]) in papers.answer()[0]
    page = (folders[1] / "maandbericht.html").read_text(encoding="utf-8")
    assert papers.answer()[0] in page
    assert "<svg" in page
    for row, one in zip(results["contracts"], range(len(results["contracts"])), strict=True):
        euro = years[1].causes(one)[0].sum()
        assert sum(row["causes_in_cents"].values()) == round(100 * euro)


def test_what_changed_since_the_last_report(years: list[ContractYear], folders: list[Path]) -> None:
    """The difference between the two results, in words with its sign, and the earlier band as the track record."""
    before, now = (json.loads((one / "maandbericht.json").read_text(encoding="utf-8"))["total"] for one in folders)
    change = now["expected"] - before["expected"]
    page = (folders[1] / "maandbericht.html").read_text(encoding="utf-8")
    shown = MonthPapers(years[1], Texts("nl")).euro(abs(change))
    assert f"is de verwachting {shown} euro {'hoger' if change >= 0 else 'lager'}" in page
    assert "Hoe goed eerdere berichten waren" in page
    scored = json.loads((folders[1] / "maandbericht.json").read_text(encoding="utf-8"))["earlier"]
    (march,) = scored["reports"]
    assert march["bias"] == pytest.approx(-change)
    assert march["months_before"] == 1
    assert scored["coverage_80"] == float(before["low"] <= now["expected"] <= before["high"])
    assert not scored["final"]


def test_the_calendar_is_icalendar(folders: list[Path]) -> None:
    """RFC 5545: CRLF, lines of at most 75 bytes, every event with its begin, end, stamp and a mark of its own."""
    raw = (folders[1] / "kalender.ics").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    text = raw.decode().replace("\r\n ", "")
    events = text.count("BEGIN:VEVENT")
    marks = re.findall(r"UID:(\S+)", text)
    assert events == text.count("END:VEVENT") == text.count("DTSTAMP:") == len(set(marks)) >= 4
    assert "DTSTART;VALUE=DATE:20290430" in text


def test_the_budget_table_adds_up_but_its_band_does_not(years: list[ContractYear]) -> None:
    """Budget and expectation of the municipalities are the total's; low and high are those of the total itself."""
    year = years[1]
    by_payer = year.municipal(year.forecast)
    assert by_payer.mean(axis=0).sum() == pytest.approx(year.total.mean())
    table = MonthPapers(year, Texts("nl")).budget()
    assert "tellen niet op" in table.note
    assert len(table.rows) == 2 + by_payer.shape[1]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_quarterly_report_is_complete(years: list[ContractYear], lang: str) -> None:
    """Answer, budget by municipality and taakveld, figure, contracts, causes, what is known, calendar."""
    kinds = [type(block).__name__ for block in MonthPapers(years[1], Texts(lang)).quarter()]
    assert kinds == ["Points", "Grid", "Grid", "Drawing", "Grid", "Grid", "Heading", "Points", "Grid"]


def test_a_folder_that_is_no_earlier_report_is_refused(
    years: list[ContractYear], folders: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(UserError) as nothing:
        write_monitor(years[1], tmp_path / "again", word=False, previous=(tmp_path,))
    assert "hierin staat geen maandbericht" in nothing.value.text("nl")
    with pytest.raises(UserError) as later:
        write_monitor(years[0], tmp_path / "again", word=False, previous=(folders[1],))
    assert "van vóór 2028-03" in later.value.text("nl")
    assert not (tmp_path / "again").exists()
