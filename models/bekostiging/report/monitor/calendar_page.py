"""Dates that follow from a contract year: signals of ceilings, statements, and the planning and control cycle; as iCalendar.

Written by RFC 5545: all-day events, lines of at most 75 bytes, CRLF.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from bekostiging.studies.contract_year import SIGNAL
from bekostiging.units import MONTHS

if TYPE_CHECKING:
    from bekostiging.report.monitor.papers import MonthPapers

LIKELY = 0.2
"""Chance from which a signal is put on the calendar."""
LONGEST = 73
"""Bytes of a line before it is folded."""


@dataclass(frozen=True)
class Event:
    """A day and what happens."""

    day: date
    what: str


def calendar_of(papers: MonthPapers) -> list[Event]:
    """Dates in their order."""
    year = papers.year
    found = []
    for c in range(len(year.contracts)):
        for key, part in (("day_signal", SIGNAL), ("day_stop", 1.0)):
            chance, month = year.reached(c, part)
            if month is None or chance < LIKELY or month <= year.months_seen:
                continue
            # the last day of the month
            first = date(year.year + month // MONTHS, month % MONTHS + 1, 1)
            name, shown = papers.contract_name(c), papers.chance(chance)
            found.append(Event(first - timedelta(days=1), papers.said(key, name=name, chance=shown)))
    following = year.year + 1
    found += [
        Event(date(following, 3, 1), papers.said("day_statement", year=year.year)),
        Event(date(following, 4, 1), papers.said("day_audit", year=year.year)),
        Event(date(following, 4, 30), papers.said("day_frames")),
        Event(date(following, 9, 15), papers.said("day_budget")),
    ]
    return sorted(found, key=lambda one: (one.day, one.what))


def icalendar(papers: MonthPapers) -> bytes:
    """The calendar as a file that calendar programs read."""
    stamp = f"{papers.year.through.replace('-', '')}01T000000Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bekostiging//monitor//NL"]
    for one in calendar_of(papers):
        mark = sha256(f"{one.day}{one.what}".encode()).hexdigest()[:20]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{mark}@bekostiging",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(one.what)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    """Signs that mean something in iCalendar."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")


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
