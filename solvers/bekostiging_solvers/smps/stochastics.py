"""The stoch file: outcomes in groups that are independent of each other.

INDEP makes a group of every element, BLOCKS of every block, SCENARIOS one of all scenarios. A realisation of a block has
the values of its first one where it gives none, a scenario those of its parent (Birge et al. 1987).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bekostiging_solvers.smps.core import Core
from bekostiging_solvers.smps.elements import BOUND_KINDS, Elements, begins, values_of
from bekostiging_solvers.smps.periods import Stages
from bekostiging_solvers.smps.text import Source, number
from bekostiging_solvers.typing import FloatArray, IntArray

RULES = ("REPLACE", "ADD", "MULTIPLY")
HEADERS = frozenset({"STOCH", "INDEP", "BLOCKS", "SCENARIOS", "ENDATA"})
ROOT = ("ROOT", "'ROOT'")


@dataclass
class Group:
    """Outcomes of which one happens, whatever happens in other groups.

    ``probabilities``: of every outcome; ``owners``, ``places``, ``values``: of every value that is listed, its outcome and
    element; ``parents``: of every scenario the number of the one it branches from, -1 for the core; ``rule``: what a value
    does with that of the core.
    """

    name: str
    rule: str
    line: int
    probabilities: array[float] = field(default_factory=lambda: array("d"))
    owners: array[int] = field(default_factory=lambda: array("q"))
    places: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    parents: array[int] = field(default_factory=lambda: array("q"))

    def table(self, core: FloatArray) -> tuple[IntArray, FloatArray]:
        """Elements (k,) of the group and their values (n_outcomes, k); ``core``: what the core says of all elements."""
        owners, listed = np.frombuffer(self.owners, np.int64), np.frombuffer(self.places, np.int64)
        values = np.frombuffer(self.values)
        if self.rule != "REPLACE":
            values = core[listed] + values if self.rule == "ADD" else core[listed] * values
        places, column = np.unique(listed, return_inverse=True)
        table = np.tile(core[places], (len(self.probabilities), 1))
        if self.parents:
            self._inherit(table, owners, column, values)
        else:
            first = owners == 0
            table[:, column[first]] = values[first]
            table[owners, column] = values
        return places, table

    def _inherit(self, table: FloatArray, owners: IntArray, column: IntArray, values: FloatArray) -> None:
        """Fill in scenarios, parents first: a parent stands before its children."""
        parents = np.frombuffer(self.parents, np.int64)
        of_root = parents[owners] < 0
        table[owners[of_root], column[of_root]] = values[of_root]
        ends = np.searchsorted(owners, np.arange(len(parents) + 1))
        for scenario in np.flatnonzero(parents >= 0):
            own = slice(ends[scenario], ends[scenario + 1])
            table[scenario] = table[parents[scenario]]
            table[scenario, column[own]] = values[own]


def read_stochastics(path: Path, core: Core, stages: Stages) -> tuple[list[Group], Elements]:
    """Read the stoch file of a core."""
    source = Source(path, HEADERS, frozenset((*RULES, "DISCRETE")))
    reader = _Reader(core, stages)
    for line, opens, fields in source.lines():
        try:
            if opens:
                reader.open(line, fields)
            else:
                reader.read(line, fields)
        except ValueError as error:
            source.refuse(line, str(error))
    if not reader.groups:
        core.notes.append(f"{path.name} lists no outcome; the one scenario is the core itself")
    return list(reader.groups.values()), reader.elements


class _Reader:
    """The state of reading: the section and its rule, the outcome that is being listed."""

    def __init__(self, core: Core, stages: Stages) -> None:
        self.elements = Elements(core, stages)
        self.groups: dict[tuple[str, str], Group] = {}
        self.section = ""
        self._core, self._stages = core, stages
        self._rule, self._opened = "REPLACE", False
        self._group: Group | None = None
        self._number = 0
        """Of the outcome that is being listed."""
        self._seen: dict[int, float] = {}
        self._owner: dict[int, Group] = {}
        self._scenarios: dict[str, int] = {}
        self.read: Callable[[int, list[str]], None] = self._before
        """What a line of data of the section is read with."""

    def open(self, line: int, fields: list[str]) -> None:
        """A line that opens a section, with its distribution and its rule."""
        self.section = fields[0].upper()
        self._group = None
        readers = {"INDEP": self._indep, "BLOCKS": self._block, "SCENARIOS": self._scenario}
        self.read = readers.get(self.section, self._before)
        if self.section == "STOCH" and self._opened:
            raise ValueError("STOCH stands in the midst of the file; one file has one STOCH line, the first")
        self._opened = True
        if self.section == "ENDATA" and len(fields) > 1:
            raise ValueError(f"{' '.join(fields[1:])} behind ENDATA means nothing; remove it")
        if self.section in ("STOCH", "ENDATA"):
            return
        words = [word.upper() for word in fields[1:]]
        unread = [word for word in words if word not in (*RULES, "DISCRETE")]
        if unread:
            raise ValueError(f"only DISCRETE distributions are read, not {unread[0]}; list its outcomes")
        rules = [word for word in words if word in RULES] or ["REPLACE"]
        if len(rules) > 1 or words.count("DISCRETE") > 1:
            raise ValueError(f"{' '.join(words)} says it twice; keep one of {', '.join(RULES)}")
        self._rule = rules[0]
        if self.section == "SCENARIOS" and self._rule != "REPLACE":
            raise ValueError(f"{self._rule} is defined for INDEP and BLOCKS; write the values themselves")
        others = {kind for kind, _ in self.groups} - ({self.section} if self.section == "SCENARIOS" else set())
        if others and (self.section == "SCENARIOS" or "SCENARIOS" in others):
            raise ValueError(
                "SCENARIOS lists whole futures, so no INDEP or BLOCKS stands beside it; write one of the two"
            )

    def _before(self, line: int, fields: list[str]) -> None:
        raise ValueError("data before INDEP, BLOCKS or SCENARIOS; write that line first")

    def _indep(self, line: int, fields: list[str]) -> None:
        """One outcome of one element: column, row, value, period (may be left out), probability."""
        n_names = 3 if begins(fields, BOUND_KINDS, self._core) else 2
        if len(fields) not in (n_names + 2, n_names + 3):
            raise ValueError(
                "a column (or right-hand side), row, value, period and probability are asked, without blanks in names"
            )
        if len(fields) == n_names + 3:
            self._second(fields[-2])
        found = values_of(self.elements, fields[: n_names + 1], self._core)
        name = " ".join(fields[:n_names])
        group = self._begun("INDEP", name, f"element ({', '.join(fields[:n_names])})", line)
        self._outcome(group, fields[-1])
        for place, value in found:
            self._put(group, place, value)

    def _block(self, line: int, fields: list[str]) -> None:
        """BL, block, period (may be left out), probability; or values of the realisation that is being listed."""
        if self._met(fields):
            return
        if begins(fields, ("BL",), self._core):
            if len(fields) not in (3, 4):
                raise ValueError("BL, the name of a block, a period and a probability are asked")
            if len(fields) == 4:
                self._second(fields[2])
            self._group = self._begun("BLOCKS", fields[1], f"block {fields[1]}", line)
            self._outcome(self._group, fields[-1])
        elif self._group is None:
            raise ValueError("values before the first BL line; write that line first")
        else:
            self._values(self._group, fields)

    def _scenario(self, line: int, fields: list[str]) -> None:
        """SC, scenario, parent, probability, period (may be left out); or values of the scenario that is being listed."""
        if self._met(fields):
            return
        if not begins(fields, ("SC",), self._core):
            if self._group is None:
                raise ValueError("values before the first SC line; write that line first")
            self._values(self._group, fields)
            return
        if len(fields) not in (4, 5):
            raise ValueError("SC, the name of a scenario, its parent, a probability and a period are asked")
        name, parent = fields[1], fields[2]
        if name in self._scenarios:
            raise ValueError(f"scenario {name} stands there twice; give one of the two another name")
        root = parent.upper() in ROOT and parent not in self._scenarios
        if not root and parent not in self._scenarios:
            raise ValueError(
                f"parent {parent} of scenario {name} does not stand before it; write it first, or ROOT"
            )
        if len(fields) == 5 and not (root and fields[4] == self._stages.periods[0]):
            self._second(fields[4])
        self._group = self._begun("SCENARIOS", "", "scenarios", line)
        self._outcome(self._group, fields[3])
        self._group.parents.append(-1 if root else self._scenarios[parent])
        self._scenarios[name] = len(self._scenarios)

    def _second(self, period: str) -> None:
        """Refuse a period that is not the second one."""
        if period != self._stages.periods[1]:
            raise ValueError(
                f"period {period}: what is random belongs to the second period, {self._stages.periods[1]}"
            )

    def _begun(self, section: str, name: str, shown: str, line: int) -> Group:
        """The group of a name, made when it is new."""
        group = self.groups.get((section, name))
        if group is None:
            group = self.groups[section, name] = Group(shown, self._rule, line)
        if group.rule != self._rule:
            raise ValueError(f"{shown} has outcomes under {group.rule} already; put them together")
        return group

    def _outcome(self, group: Group, probability: str) -> None:
        """Begin an outcome."""
        value = number(probability)
        if not 0 <= value <= 1:
            raise ValueError(f"probability {probability} does not lie between 0 and 1")
        group.probabilities.append(value)
        self._number = len(group.probabilities) - 1
        self._seen.clear()

    def _met(self, fields: list[str]) -> bool:
        """Whether a line, as most do, gives a value to an element met before; it is put down at once."""
        if len(fields) != 3 or self._group is None:
            return False
        place = self.elements.known.get((fields[0], fields[1]))
        if place is None:
            return False
        self._put(self._group, place, number(fields[2]))
        return True

    def _values(self, group: Group, fields: list[str]) -> None:
        """Values of the outcome that is being listed."""
        for own, value in values_of(self.elements, fields, self._core):
            self._put(group, own, value)

    def _put(self, group: Group, place: int, value: float) -> None:
        """One value of the outcome that is being listed."""
        old = self._seen.get(place)
        if old is not None:
            if old != value or group.rule != "REPLACE":
                element = self.elements.all[place]
                raise ValueError(f"{element} has value {old:g} in this outcome already; keep one of the two")
            return
        if self._owner.get(place) is not group:
            self._claim(group, place)
        self._seen[place] = value
        group.owners.append(self._number)
        group.places.append(place)
        group.values.append(value)

    def _claim(self, group: Group, place: int) -> None:
        """See that an element may be in a group."""
        element = self.elements.all[place]
        owner = self._owner.setdefault(place, group)
        if owner is not group:
            raise ValueError(f"{element} is in {owner.name} too, and both are independent; keep one")
        # what is added to a coefficient that is not there is the coefficient; to a bound that is not there it is nothing
        needs = {"MULTIPLY": True, "ADD": element.kind in ("lower", "upper")}.get(group.rule, False)
        if needs and not element.known:
            raise ValueError(f"{element} has no value in the core to {group.rule.lower()}; give it one there")
