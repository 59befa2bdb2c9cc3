"""The core model: an MPS file of which every field of every line is understood, or refused.

MPS says nothing of what stands here as decided, so it is decided as HiGHS and CPLEX do: an integer column between
markers without any bound is binary; a negative upper bound without a lower one makes the lower one minus infinity (which
is said); the right-hand side of the objective is minus its constant; a range of an equation lies on the side of its sign.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bekostiging_solvers.smps.bounds import Bound, Bounds, Vectors, chosen
from bekostiging_solvers.smps.text import SmpsError, Source, pairs
from bekostiging_solvers.typing import BoolArray, FloatArray

INFINITY = float("inf")
SECTIONS = ("NAME", "OBJSENSE", "ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "ENDATA")
SETS = ("RHS", "RANGES", "BOUNDS")
SENSES = {word: word[:3] for word in ("MIN", "MINIMIZE", "MINIMISE", "MAX", "MAXIMIZE", "MAXIMISE")}
BEFORE = {"COLUMNS": "ROWS", "RHS": "COLUMNS", "RANGES": "COLUMNS", "BOUNDS": "COLUMNS", "ENDATA": "COLUMNS"}
"""What must have been read before a section."""


@dataclass
class Core:
    """What an MPS file says.

    ``maximised``: whether the objective is; ``rows``: kind by name, N rows too; ``columns``: number by name; ``entries``:
    value by (row, column), those of the objective too; ``right``, ``ranges``: by row; ``sets``: the name of the set that
    counted, by section; ``notes``: what was decided.
    """

    source: Source
    objective: str = ""
    maximised: bool = False
    rows: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    entries: dict[tuple[str, str], float] = field(default_factory=dict)
    right: dict[str, float] = field(default_factory=dict)
    ranges: dict[str, float] = field(default_factory=dict)
    lower: FloatArray = field(default_factory=lambda: np.zeros(0))
    upper: FloatArray = field(default_factory=lambda: np.zeros(0))
    integer: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    sets: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_core(path: Path, wanted: Mapping[str, str]) -> Core:
    """Read an MPS file; ``wanted``: the set that counts, by section, where it is not the only one."""
    source = Source(path, frozenset(SECTIONS), frozenset(SENSES))
    reader = _Reader(source)
    for line, opens, fields in source.lines():
        try:
            if opens:
                reader.open(line, fields)
            else:
                reader.read(line, fields)
        except ValueError as error:
            source.refuse(line, str(error))
    return reader.finished(wanted)


class _Reader:
    """The state of reading: where, which column, within which marker."""

    def __init__(self, source: Source) -> None:
        self.core = Core(source)
        self.section = ""
        self._opened: set[str] = set()
        self._column, self._whole, self._sensed = "", False, False
        self._marked: set[str] = set()
        self._right, self._ranges = Vectors(source, "RHS"), Vectors(source, "RANGES")
        self._bounds = Bounds(source)
        self._vectors: dict[str, Vectors | Bounds] = {
            "RHS": self._right,
            "RANGES": self._ranges,
            "BOUNDS": self._bounds,
        }
        self._sections: dict[str, Callable[[int, list[str]], None]] = {
            "OBJSENSE": self._read_sense,
            "ROWS": self._read_row,
            "COLUMNS": self._read_column,
            "RHS": lambda line, fields: self._right.read(line, fields, self.core.rows),
            "RANGES": lambda line, fields: self._ranges.read(line, fields, self.core.rows),
            "BOUNDS": lambda line, fields: self._bounds.read(line, fields, self.core.columns),
        }

    def open(self, line: int, fields: list[str]) -> None:
        """A line that opens a section."""
        section = fields[0].upper()
        if section in self._opened:
            raise ValueError(
                f"section {section} stands there twice; put its lines together, and begin a line of data with a blank"
            )
        before = BEFORE.get(section)
        if before and before not in self._opened:
            raise ValueError(f"section {section} comes before {before}; the order is {', '.join(SECTIONS)}")
        if section == "OBJSENSE" and len(fields) > 1:
            self._read_sense(line, fields[1:])
        elif section in SETS and len(fields) == 2:
            self._vectors[section].unnamed, self._vectors[section].line = fields[1], line
        elif section != "NAME" and len(fields) > 1:
            raise ValueError(
                f"{' '.join(fields[1:])} behind {section} means nothing; remove it, or indent the line"
            )
        self._opened.add(section)
        self.section = section

    def read(self, line: int, fields: list[str]) -> None:
        """A line of data."""
        if self.section not in self._sections:
            raise ValueError(f"data before the first section; the order is {', '.join(SECTIONS)}")
        self._sections[self.section](line, fields)

    def _read_sense(self, line: int, fields: list[str]) -> None:
        """Whether the objective is maximised; said once."""
        sense = SENSES.get(fields[0].upper()) if len(fields) == 1 else None
        if sense is None:
            raise ValueError(
                f"objective sense {' '.join(fields)} is not read; known are {', '.join(sorted(SENSES))}"
            )
        if self._sensed:
            raise ValueError("the objective sense stands there twice; keep one of the two")
        self._sensed, self.core.maximised = True, sense == "MAX"
        if self.core.maximised:
            self.core.notes.append(
                f"{self.core.source.path.name}, line {line}: the objective is maximised; its signs are changed, so that "
                "every objective and bound is minus that of the file"
            )

    def _read_row(self, line: int, fields: list[str]) -> None:
        """Kind and name; the first row of kind N is the objective."""
        if len(fields) != 2 or fields[0].upper() not in ("N", "L", "G", "E"):
            raise ValueError("a row has a kind (N, L, G or E) and a name without blanks")
        kind, name = fields[0].upper(), fields[1]
        if name in self.core.rows:
            raise ValueError(f"row {name} stands there twice; give one of the two another name")
        self.core.rows[name] = kind
        if kind != "N":
            return
        if self.core.objective:
            self.core.notes.append(
                f"{self.core.source.path.name}, line {line}: row {name} is a further N row beside the objective "
                f"{self.core.objective}; it limits nothing and is left out with its coefficients"
            )
        else:
            self.core.objective = name

    def _read_column(self, line: int, fields: list[str]) -> None:
        """A column and rows with its value there, or a marker around integer columns."""
        if len(fields) == 3 and fields[1] == "'MARKER'":
            self._mark(fields[2])
            return
        core, column = self.core, fields[0]
        if column != self._column and column in core.columns:
            raise ValueError(f"column {column} returns after another one; put its lines together")
        self._column = column
        core.columns.setdefault(column, len(core.columns))
        if self._whole:
            self._marked.add(column)
        for row, value in pairs(fields[1:]):
            if row not in core.rows:
                raise ValueError(f"row not declared in ROWS: {row}; add it there or correct the name")
            if (row, column) in core.entries:
                raise ValueError(f"column {column} has a value in row {row} already; keep one of the two")
            core.entries[row, column] = value

    def _mark(self, marker: str) -> None:
        if marker not in ("'INTORG'", "'INTEND'"):
            raise ValueError(f"marker {marker} is not read; known are 'INTORG' and 'INTEND'")
        if self._whole == (marker == "'INTORG'"):
            raise ValueError(f"marker {marker} without the other one before it; 'INTORG' and 'INTEND' take turns")
        self._whole = not self._whole

    def finished(self, wanted: Mapping[str, str]) -> Core:
        """The core, with the sets that count."""
        core = self.core
        if not core.objective:
            raise SmpsError(f"{core.source.path.name}: ROWS has no objective; add a row of kind N")
        if not core.columns:
            raise SmpsError(f"{core.source.path.name}: COLUMNS is empty; a program has a column")
        core.sets["RHS"], core.right = chosen(self._right, self._right.sets, wanted.get("RHS"))
        core.sets["RANGES"], core.ranges = chosen(self._ranges, self._ranges.sets, wanted.get("RANGES"))
        core.sets["BOUNDS"], bounds = chosen(self._bounds, self._bounds.sets, wanted.get("BOUNDS"))
        n = len(core.columns)
        core.lower, core.upper, core.integer = np.zeros(n), np.full(n, INFINITY), np.zeros(n, dtype=np.bool_)
        for column in self._marked:
            place = core.columns[column]
            core.integer[place] = True
            if column not in bounds:
                core.upper[place] = 1.0
        for column, bound in bounds.items():
            self._bind(column, bound)
        return core

    def _bind(self, column: str, bound: Bound) -> None:
        """The bounds of a column that has lines in BOUNDS."""
        core, place = self.core, self.core.columns[column]
        lower = 0.0 if bound.lower is None else bound.lower
        upper = INFINITY if bound.upper is None else bound.upper
        if bound.lower is None and upper < 0:
            lower = -INFINITY
            core.notes.append(
                f"{core.source.path.name}, line {bound.line}: column {column} has upper bound {upper:g} and no lower "
                "bound, which is taken as minus infinity; write MI or LO to be sure"
            )
        if lower > upper:
            core.source.refuse(
                bound.line, f"column {column} has lower bound {lower:g} above upper bound {upper:g}; correct one"
            )
        core.lower[place], core.upper[place] = lower, upper
        core.integer[place] |= bound.integer
