"""Random elements: which values of the core a line of the stoch file changes."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from bekostiging_solvers.smps.core import Core
from bekostiging_solvers.smps.periods import Stages
from bekostiging_solvers.smps.text import number

Kind = Literal["cost", "constant", "entry", "right", "range", "lower", "upper"]
RIGHT = "RHS"
"""Name of the right-hand side whatever the set that counts is called, as published files have it."""
BOUND_KINDS: dict[str, tuple[Literal["lower", "upper"], ...]] = {
    "UP": ("upper",),
    "LO": ("lower",),
    "FX": ("lower", "upper"),
}


@dataclass(frozen=True)
class Element:
    """One value of the core: its kind, its row and column (empty where it has none), and what the core says."""

    kind: Kind
    row: str
    column: str
    value: float
    known: bool
    """Whether the core has a value there at all."""

    def __str__(self) -> str:
        """The names of a line."""
        return f"({self.column or self.kind}, {self.row or self.kind})"


class Elements:
    """The random elements of a file, numbered as they occur."""

    def __init__(self, core: Core, stages: Stages) -> None:
        self._core, self._stages = core, stages
        self.all: list[Element] = []
        self._number: dict[Element, int] = {}
        self.known: dict[tuple[str, str], int] = {}
        """Number of an element by the two names of its line."""

    def at(self, name: str, row: str) -> int:
        """Number of the element of a column (or right-hand side, or range) and a row; ValueError if there is none."""
        found = self.known.get((name, row))
        if found is None:
            found = self.known[name, row] = self._numbered(self._element(name, row))
        return found

    def bound(self, kind: str, name: str, column: str) -> list[int]:
        """Numbers of the bounds of a column that a line with a kind of bound changes."""
        core = self._core
        if kind not in BOUND_KINDS:
            raise ValueError(f"a random bound is {', '.join(BOUND_KINDS)}, not {kind}")
        if name != core.sets["BOUNDS"]:
            raise ValueError(f"the bounds of the core are set {core.sets['BOUNDS']!r}, not {name!r}")
        if column not in core.columns:
            raise ValueError(f"column {column} is not in the core; correct the name")
        place = core.columns[column]
        if not self._stages.later_columns[place]:
            raise ValueError(
                f"the bound of {column} belongs to the first period, which is known; move it to the core"
            )
        own = {"lower": float(core.lower[place]), "upper": float(core.upper[place])}
        return [
            self._numbered(Element(side, "", column, own[side], isfinite(own[side]))) for side in BOUND_KINDS[kind]
        ]

    def _numbered(self, element: Element) -> int:
        """A number for an element, its own if it has one."""
        place = self._number.setdefault(element, len(self.all))
        if place == len(self.all):
            self.all.append(element)
        return place

    def _element(self, name: str, row: str) -> Element:
        """What two names stand for."""
        core = self._core
        if row not in core.rows:
            raise ValueError(f"random element of row {row}, which the core does not have; correct the name")
        is_right = name in (core.sets["RHS"], RIGHT)
        is_range = bool(core.sets["RANGES"]) and name == core.sets["RANGES"]
        if (name in core.columns) + is_right + is_range > 1:
            raise ValueError(f"{name} is a column and a set of the core too; give one of them another name")
        if not (name in core.columns or is_right or is_range):
            right = core.sets["RHS"] or RIGHT
            raise ValueError(
                f"{name} is no column of the core, and its right-hand side is {right}; correct the name"
            )
        if core.rows[row] == "N" and row != core.objective:
            raise ValueError(f"row {row} is a further N row, which is left out; remove the line")
        element = self._of_column(name, row) if name in core.columns else self._of_row(row, is_range=is_range)
        if row != core.objective and not self._stages.later_rows[row]:
            raise ValueError(
                f"random element ({name}, {row}) belongs to the first period, which is known; see the periods"
            )
        return element

    def _of_column(self, column: str, row: str) -> Element:
        """A cost or a coefficient."""
        core = self._core
        known = (row, column) in core.entries
        value = core.entries.get((row, column), 0.0)
        if row != core.objective:
            return Element("entry", row, column, value, known)
        if not self._stages.later_columns[core.columns[column]]:
            raise ValueError(
                f"random element ({column}, {row}) belongs to the first period, which is known; its mean is all that counts"
            )
        return Element("cost", row, column, value, known)

    def _of_row(self, row: str, *, is_range: bool) -> Element:
        """A right-hand side, a range, or the constant of the objective."""
        core = self._core
        if is_range:
            if row not in core.ranges:
                raise ValueError(f"row {row} has no range in the core; give it one there")
            return Element("range", row, "", core.ranges[row], True)
        kind: Kind = "constant" if row == core.objective else "right"
        return Element(kind, row, "", core.right.get(row, 0.0), row in core.right)


def begins(fields: list[str], words: Container[str], core: Core) -> bool:
    """Whether a line begins with one of some words, and not with a column and row of that name."""
    if fields[0].upper() not in words:
        return False
    return not (fields[0] in core.columns and len(fields) > 1 and fields[1] in core.rows)


def values_of(elements: Elements, fields: list[str], core: Core) -> list[tuple[int, float]]:
    """Elements of a line with their values: a bound, or a column with one or two rows."""
    if begins(fields, BOUND_KINDS, core):
        if len(fields) != 4:
            raise ValueError("a random bound has a kind, a set, a column and a value")
        value = number(fields[3])
        return [(element, value) for element in elements.bound(fields[0].upper(), fields[1], fields[2])]
    if len(fields) < 3 or len(fields) % 2 == 0:
        raise ValueError(
            "a column (or right-hand side) is asked, then rows with their values, without blanks in names"
        )
    return [(elements.at(fields[0], fields[k]), number(fields[k + 1])) for k in range(1, len(fields), 2)]
