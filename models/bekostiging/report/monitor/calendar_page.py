"""Dates that follow from a contract year, as page and iCalendar: signals of ceilings and corridors, days of contracts, the
budget cycle of a joint body, and the tender counted back from the start of the next contracts.

What the user typed in table dates stands; what is missing of the budget cycle and the tender is the usual day. Written by
RFC 5545: all-day events, lines of at most 75 bytes, CRLF.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from bekostiging.report.kit.paragraphs import Block, Grid, Paragraph
from bekostiging.report.monitor.signals import signals
from bekostiging.units import MONTHS

if TYPE_CHECKING:
    from bekostiging.report.monitor.papers import MonthPapers

LIKELY = 0.2
"""Chance from which a signal is put on the calendar."""
LONGEST = 73
"""Bytes of a line before it is folded."""
TWELVE_WEEKS = timedelta(weeks=12)
TENDER = {
    "tender_prepared": 18,
    "tender_market": 15,
    "tender_published": 10,
    "tender_closed": 8,
    "tender_awarded": 6,
    "tender_signed": 4,
}
"""Months before the start of the next contracts. A tender takes 18 months on average; the steps between are a proposal."""
CEILING = {"ceiling_announced": 7, "ceiling_decided": 10, "ceiling_plan": 11}
"""Month on whose first day a ceiling of the next year is announced (6 months ahead), decided (3) and planned together (2):
Contractstandaard Wmo v1.2 art. 1.5."""
CYCLE = ("frames", "draft_budget", "budget", "statement", "audit")
Kind = Literal["signal", "contract", "cycle", "tender"]
KINDS: tuple[Kind, ...] = ("signal", "contract", "cycle", "tender")


@dataclass(frozen=True)
class Event:
    """A day and what happens; ``usual``: nobody typed it."""

    day: date
    what: str
    kind: Kind
    usual: bool = False


def calendar_of(papers: MonthPapers) -> list[Event]:
    """Dates after the last month seen, in their order."""
    last = _month_start(papers.year.year, papers.year.months_seen + 1)
    found = [*_signals(papers), *_typed(papers), *_usual(papers), *_tender(papers)]
    return sorted((one for one in found if one.day >= last), key=lambda one: (one.day, one.what))


def _month_start(year: int, month: int) -> date:
    """First day of a month; 13 is January of the next year, 0 December of the last."""
    return date(year + (month - 1) // MONTHS, (month - 1) % MONTHS + 1, 1)


def _signals(papers: MonthPapers) -> Iterator[Event]:
    """Signals with a chance that is worth a day: the last one of the month."""
    year = papers.year
    for c in range(len(year.contracts)):
        for one in signals(year, c):
            if one.month is None or one.chance < LIKELY or one.month <= year.months_seen or one.kind == "below":
                continue
            if one.kind == "above" and one.edge <= 1:
                continue
            places = {"name": papers.contract_name(c), "chance": papers.chance(one.chance)}
            what = papers.said(f"day_{one.kind}", edge=papers.texts.numbers.percent(one.edge), **places)
            yield Event(_month_start(year.year, one.month + 1) - timedelta(days=1), what, "signal")


def _typed(papers: MonthPapers) -> Iterator[Event]:
    """Days of table dates."""
    for row in papers.year.figures.dates:
        names = [papers.names.get(key, key) for key in (row.provider, row.lot) if key]
        about = ", ".join(names) if names else papers.said("region")
        kind: Kind = "tender" if row.event in TENDER else "cycle" if row.event in CYCLE else "contract"
        yield Event(
            date.fromisoformat(row.due), papers.said("typed", what=papers.said(row.event), about=about), kind
        )


def _given(papers: MonthPapers, event: str) -> set[int]:
    """Years of which the user typed the day of an event."""
    return {int(row.due[:4]) for row in papers.year.figures.dates if row.event == event}


def _usual(papers: MonthPapers) -> Iterator[Event]:
    """The budget cycle of this year and the next, the documents about this year, and ceilings of the next."""
    year = papers.year.year
    for of in (year, year + 1):
        adopted = date(of, 9, 15)
        days = {"frames": date(of, 4, 30), "draft_budget": adopted - TWELVE_WEEKS, "budget": adopted}
        for event, day in days.items():
            if of not in _given(papers, event):
                yield Event(day, papers.said(f"day_{event}", year=of + 1), "cycle", usual=True)
    for event, month in (("statement", 3), ("audit", 4)):
        if year + 1 not in _given(papers, event):
            yield Event(date(year + 1, month, 1), papers.said(f"day_{event}", year=year), "cycle", usual=True)
    last = papers.year.case.first_year + papers.year.case.n_years - 1
    ceilings = any(papers.year.ceiling(c) is not None for c in range(len(papers.year.contracts)))
    for event, month in CEILING.items() if ceilings and year < last else ():
        yield Event(date(year, month, 1), papers.said(event, year=year + 1), "contract", usual=True)


def _tender(papers: MonthPapers) -> Iterator[Event]:
    """The next tender, counted back from the day after the last contract year."""
    case = papers.year.case
    start = case.first_year + case.n_years
    typed = {row.event for row in papers.year.figures.dates}
    for event, months in TENDER.items():
        if event not in typed:
            what = papers.said("tender_step", what=papers.said(event), year=start)
            yield Event(_month_start(start, 1 - months), what, "tender", usual=True)


def day_format(papers: MonthPapers) -> str:
    """How a day is written in a table: with hyphens at which no line breaks."""
    return ("%d-%m-%Y" if papers.texts.lang == "nl" else "%Y-%m-%d").replace("-", "\N{NON-BREAKING HYPHEN}")


def calendar_blocks(papers: MonthPapers) -> list[Block]:
    """The calendar as a page: a table per kind."""
    day = day_format(papers)
    blocks: list[Block] = [Paragraph(papers.said("calendar_note"))]
    events = calendar_of(papers)
    for kind in KINDS:
        own = [one for one in events if one.kind == kind]
        if own:
            rows = [[papers.said("date"), papers.said("what")]]
            rows += [
                [f"{one.day:{day}}", papers.said("usual", what=one.what) if one.usual else one.what] for one in own
            ]
            blocks.append(Grid(rows, papers.said(f"calendar_{kind}"), numbers=False))
    return blocks


def icalendar(papers: MonthPapers) -> bytes:
    """The calendar as a file that calendar programs read; its stamp is the month of the report, not the clock."""
    stamp = f"{papers.year.through.replace('-', '')}01T000000Z"
    mark = f"-//bekostiging//monitor//{papers.texts.lang.upper()}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{mark}", "CALSCALE:GREGORIAN"]
    seen: dict[str, int] = {}
    for one in calendar_of(papers):
        text = f"{papers.year.case.name}{one.day}{one.what}"
        seen[text] = seen.get(text, 0) + 1
        mark = sha256(f"{text}{seen[text]}".encode()).hexdigest()[:20]
        what = papers.said("usual", what=one.what) if one.usual else one.what
        lines += [
            "BEGIN:VEVENT",
            f"UID:{mark}@bekostiging",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(what)}",
            f"CATEGORIES:{_escaped(papers.said(f'calendar_{one.kind}'))}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    """Signs that mean something in iCalendar."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: str) -> bytes:
    """A line, folded between characters where it is too long."""
    parts, now = [], b""
    for sign in line:
        own = sign.encode()
        if len(now) + len(own) > LONGEST:
            parts.append(now)
            now = b" "
        now += own
    return b"\r\n".join([*parts, now]) + b"\r\n"
