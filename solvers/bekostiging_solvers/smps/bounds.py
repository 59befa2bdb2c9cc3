"""Right-hand sides, ranges and bounds of an MPS file: sets of which one counts.

The first set counts; a second one is an error unless it is chosen. The same value written twice says one thing; two values
do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from bekostiging_solvers.smps.text import Source, limit, number, pairs

INFINITY = float("inf")
T = TypeVar("T")
VALUED = ("UP", "LO", "FX", "UI", "LI")
UNVALUED = {"FR": (-INFINITY, INFINITY), "MI": (-INFINITY, None), "PL": (None, INFINITY), "BV": (0.0, 1.0)}
"""Bounds whose value field says nothing, and what they set."""
MEANT = {"BV": (0.0, 1.0)}
"""Values that such a field may have: infinity or zero, one for a binary column."""


@dataclass
class Vectors:
    """RHS or RANGES: values by row, in sets."""

    source: Source
    section: str
    unnamed: str = ""
    """Set of lines that name none: some files write it behind the name of the section, on ``line``."""
    line: int = 0
    sets: dict[str, dict[str, float]] = field(default_factory=dict)
    began: dict[str, int] = field(default_factory=dict)

    def read(self, line: int, fields: list[str], rows: dict[str, str]) -> None:
        """One line: the name of the set, which may be left out, then rows with their values."""
        name = fields[0] if len(fields) % 2 else self.unnamed
        own = self.sets.setdefault(name, {})
        self.began.setdefault(name, line)
        for row, value in pairs(fields[len(fields) % 2 :]):
            if row not in rows:
                raise ValueError(f"row not declared in ROWS: {row}; add it there or correct the name")
            if self.section == "RANGES" and rows[row] == "N":
                raise ValueError(f"row {row} is of kind N and has no limits; a range needs E, L or G")
            if own.get(row, value) != value:
                raise ValueError(f"row {row} has value {own[row]:g} already in this set; keep one of the two")
            own[row] = value


@dataclass
class Bound:
    """What the lines of one column say; None where they say nothing."""

    lower: float | None = None
    upper: float | None = None
    integer: bool = False
    line: int = 0


@dataclass
class Bounds:
    """BOUNDS: of columns, in sets."""

    source: Source
    section: str = "BOUNDS"
    unnamed: str = ""
    line: int = 0
    sets: dict[str, dict[str, Bound]] = field(default_factory=dict)
    began: dict[str, int] = field(default_factory=dict)

    def read(self, line: int, fields: list[str], columns: dict[str, int]) -> None:
        """One line: kind, name of the set (may be left out), column, value (of some kinds no value)."""
        kind = fields[0].upper()
        if kind not in VALUED and kind not in UNVALUED:
            raise ValueError(f"bound {fields[0]} is not read; known are {', '.join((*VALUED, *UNVALUED))}")
        name, column, value = _split(kind, fields, columns, self.unnamed)
        if column not in columns:
            raise ValueError(f"column {column} is not in COLUMNS; add it there or correct the name")
        self.began.setdefault(name, line)
        bound = self.sets.setdefault(name, {}).setdefault(column, Bound())
        bound.line = line
        bound.integer |= kind in ("BV", "UI", "LI")
        lower, upper = _sides(kind, value)
        for side, new in (("lower", lower), ("upper", upper)):
            if new is None:
                continue
            if getattr(bound, side) not in (None, new):
                old = getattr(bound, side)
                raise ValueError(
                    f"column {column} has {side} bound {old:g} already in this set; keep one of the two"
                )
            setattr(bound, side, new)


def _split(kind: str, fields: list[str], columns: dict[str, int], unnamed: str) -> tuple[str, str, str]:
    """Name of the set, ``unnamed`` where it is left out, column, and value, empty where that is left out."""
    if len(fields) == 4:
        return fields[1], fields[2], fields[3]
    if kind in VALUED and len(fields) == 3:
        return unnamed, fields[1], fields[2]
    if kind in UNVALUED and len(fields) == 2:
        return unnamed, fields[1], ""
    if kind in UNVALUED and len(fields) == 3:
        if fields[1] in columns and fields[2] in columns:
            raise ValueError(f"{fields[1]} and {fields[2]} are both columns; name the set another way")
        return (unnamed, fields[1], fields[2]) if fields[1] in columns else (fields[1], fields[2], "")
    raise ValueError(
        "a bound has a kind, a set, a column and a value, with blanks between (a name holds no blank)"
    )


def _sides(kind: str, value: str) -> tuple[float | None, float | None]:
    """Lower and upper bound that a line sets."""
    if kind in UNVALUED:
        said = limit(value) if value else 0.0
        if said not in MEANT.get(kind, (0.0, INFINITY, -INFINITY)):
            raise ValueError(
                f"a bound {kind} has no value, this one has {value}; leave it out, or take UP, LO or FX"
            )
        return UNVALUED[kind]
    bound = number(value) if kind == "FX" else limit(value)
    lower = bound if kind in ("LO", "LI", "FX") else None
    upper = bound if kind in ("UP", "UI", "FX") else None
    if lower == INFINITY or upper == -INFINITY:
        raise ValueError(f"{value} leaves no value for the column; correct the sign")
    return lower, upper


def chosen(of: Vectors | Bounds, sets: dict[str, dict[str, T]], wanted: str | None) -> tuple[str, dict[str, T]]:
    """The set that counts, with its name; the first one, or the one that is wanted."""
    known = ", ".join(repr(name) for name in sets)
    if of.unnamed and sets and of.unnamed not in sets:
        of.source.refuse(
            of.line, f"set {of.unnamed} has no line, those of {of.section} name {known}; make them the same"
        )
    if wanted is not None:
        if wanted not in sets:
            of.source.refuse(1, f"{of.section} has no set {wanted!r}; it has {known or 'none'}")
        return wanted, sets[wanted]
    if len(sets) > 1:
        line = of.began[list(sets)[1]]
        of.source.refuse(
            line, f"{of.section} has sets {known} and one counts; choose it with sets={{'{of.section}': ...}}"
        )
    return next(iter(sets.items()), ("", {}))
