"""The time file: which rows and columns of the core belong to the second period.

IMPLICIT (also written LP, IP or nothing): each period names its first column and row. EXPLICIT: a list of periods, then the
period of every row and column (Gassmann and Schweitzer 2001).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bekostiging_solvers.smps.core import Core
from bekostiging_solvers.smps.text import SmpsError, Source
from bekostiging_solvers.typing import BoolArray

KINDS = frozenset({"IMPLICIT", "EXPLICIT", "LP", "IP"})


@dataclass(frozen=True)
class Stages:
    """``later_columns`` (n_columns,) and ``later_rows`` (by name, N rows left out): what belongs to the second period."""

    periods: tuple[str, str]
    later_columns: BoolArray
    later_rows: Mapping[str, bool]


def read_periods(path: Path, core: Core) -> Stages:
    """Read the time file of a core."""
    source = Source(path, frozenset({"TIME", "PERIODS", "ROWS", "COLUMNS", "ENDATA"}), KINDS)
    section, explicit, found, opened = "", False, _Found(), set[str]()
    said: int | None = None
    for line, opens, fields in source.lines():
        if opens:
            section = fields[0].upper()
            if section in opened:
                source.refuse(line, f"section {section} stands there twice; put its lines together")
            opened.add(section)
            if section not in ("TIME", "PERIODS") and len(fields) > 1:
                source.refuse(line, f"{' '.join(fields[1:])} behind {section} means nothing; remove it")
            if section == "PERIODS":
                explicit, said = _kind(source, line, fields)
            elif section in ("ROWS", "COLUMNS") and not explicit:
                source.refuse(
                    line, f"section {section} belongs to PERIODS EXPLICIT; write that, or remove the section"
                )
            continue
        if not section or section == "TIME":
            source.refuse(line, "data before PERIODS; write that line first")
        found.read(source, line, section, explicit, fields)
    if said is not None and said != len(found.periods):
        raise SmpsError(
            f"{path.name}: PERIODS says {said} periods and {len(found.periods)} are listed; correct one"
        )
    if len(found.periods) != 2:
        raise SmpsError(f"{path.name}: {len(found.periods)} periods; two-stage programs have two")
    return found.explicit(source, core) if explicit else found.implicit(source, core)


def _kind(source: Source, line: int, fields: list[str]) -> tuple[bool, int | None]:
    """Whether PERIODS is EXPLICIT; some files say there how many follow."""
    word = fields[1].upper() if len(fields) > 1 else "IMPLICIT"
    if len(fields) == 2 and word.isdecimal():
        return False, int(word)
    if word not in KINDS or len(fields) > 2:
        source.refuse(line, f"PERIODS {' '.join(fields[1:])} is not read; known are {', '.join(sorted(KINDS))}")
    return word == "EXPLICIT", None


class _Found:
    """Periods by name, each with its line and, when implicit, its first column and row; the period of a row or column."""

    def __init__(self) -> None:
        self.periods: dict[str, tuple[int, str, str]] = {}
        self.of: dict[str, dict[str, tuple[int, str]]] = {"ROWS": {}, "COLUMNS": {}}

    def read(self, source: Source, line: int, section: str, explicit: bool, fields: list[str]) -> None:
        """One line of data."""
        if section == "PERIODS":
            if len(fields) not in ((1, 3) if explicit else (3,)):
                asked = "the name of a period" if explicit else "a column, a row and the name of their period"
                source.refuse(line, f"{' '.join(fields)}: asked is {asked}, without blanks in names")
            if fields[-1] in self.periods:
                source.refuse(line, f"period {fields[-1]} stands there twice; give one another name")
            column, row = ("", "") if len(fields) == 1 else (fields[0], fields[1])
            self.periods[fields[-1]] = (line, column, row)
            return
        if len(fields) != 2 or fields[1] not in self.periods:
            source.refuse(line, f"{' '.join(fields)}: asked is a name and its period, {' or '.join(self.periods)}")
        if fields[0] in self.of[section]:
            source.refuse(line, f"{fields[0]} has a period already; keep one of the two lines")
        self.of[section][fields[0]] = (line, fields[1])

    def implicit(self, source: Source, core: Core) -> Stages:
        """From the first column and row of both periods."""
        (one, first_column, first_row), (two, column, row) = self.periods.values()
        place = {name: number for number, name in enumerate(core.rows)}
        for number, (line, own, other) in enumerate(((one, first_column, first_row), (two, column, row)), 1):
            if own not in core.columns or other not in core.rows:
                source.refuse(
                    line,
                    f"period {number} begins at {own} and {other}, which the core does not have; correct the name",
                )
        begin, start = core.columns[column], place[row]
        before = [name for name in list(core.rows)[: place[first_row]] if core.rows[name] != "N"]
        if core.columns[first_column] > 0 or before:
            left = next(iter(core.columns)) if core.columns[first_column] else before[0]
            source.refuse(
                one, f"period 1 begins after {left}, which then has no period; begin at the first column and row"
            )
        if begin == 0 or start < place[first_row]:
            source.refuse(
                two, "period 2 does not begin after period 1; put the lines, or the core, in order of time"
            )
        later = {name: place[name] >= start for name, kind in core.rows.items() if kind != "N"}
        return Stages(self._names(), np.arange(len(core.columns)) >= begin, later)

    def explicit(self, source: Source, core: Core) -> Stages:
        """From the period of every row and column."""
        names = self._names()
        asked: dict[str, list[str]] = {
            "ROWS": [name for name, kind in core.rows.items() if kind != "N"],
            "COLUMNS": list(core.columns),
        }
        known = {"ROWS": core.rows.keys(), "COLUMNS": core.columns.keys()}
        for section, own in self.of.items():
            for name, (line, _) in own.items():
                if name not in known[section]:
                    source.refuse(line, f"{name} is not in {section} of the core; correct the name")
            missing = [name for name in asked[section] if name not in own]
            if missing:
                raise SmpsError(f"{source.path.name}: {missing[0]} has no period; list it in {section}")
        self._agree(source, core)
        later = np.array([self.of["COLUMNS"][name][1] == names[1] for name in core.columns])
        if later.all():
            raise SmpsError(
                f"{source.path.name}: no column is in period {names[0]}; the first stage decides something"
            )
        return Stages(names, later, {name: self.of["ROWS"][name][1] == names[1] for name in asked["ROWS"]})

    def _agree(self, source: Source, core: Core) -> None:
        """See that a first column and row, which some explicit periods name too, are listed in that period."""
        for period, (line, column, row) in self.periods.items():
            for section, name in (("COLUMNS", column), ("ROWS", row)):
                if not name or (section == "ROWS" and core.rows.get(name) == "N"):
                    continue
                listed = self.of[section].get(name, (0, "no period"))[1]
                if listed != period:
                    source.refuse(
                        line, f"{name} begins period {period} and {section} lists it in {listed}; correct one"
                    )

    def _names(self) -> tuple[str, str]:
        one, two = self.periods
        return one, two
