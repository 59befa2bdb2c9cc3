"""Core, periods and outcomes together: the arrays of a two-stage program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.scenarios import CoreScenarios, Part, Recourse
from bekostiging_solvers.smps.core import Core
from bekostiging_solvers.smps.elements import Element
from bekostiging_solvers.smps.periods import Stages
from bekostiging_solvers.smps.stochastics import Group
from bekostiging_solvers.smps.text import SmpsError
from bekostiging_solvers.two_stage import TwoStageProgram
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

SUM = 1e-9
"""How far probabilities may be from one: beyond the rounding of a file is a mistake in it."""
MOST_COMBINATIONS = 1_000_000
"""Independent outcomes multiply; beyond this the file asks for sampling, not for listing."""
MOST_VALUES = 100_000_000
"""Values that differ between scenarios: 0.8 GB."""
CONSTANT = "constant"
BOUNDS: tuple[Part, Part] = ("lower", "upper")


@dataclass(frozen=True)
class Futures:
    """``values`` (n_scenarios, n_elements) of the random elements and ``probabilities`` (n_scenarios,)."""

    values: FloatArray
    probabilities: FloatArray


def futures(
    name: str, groups: list[Group], elements: list[Element], drawn: tuple[int, np.random.Generator] | None
) -> Futures:
    """All combinations of outcomes, or ``drawn``: so many from a generator."""
    lengths = tuple(len(group.probabilities) for group in groups)
    n = prod(lengths) if drawn is None else drawn[0]
    if drawn is None and len(groups) > 1 and n > MOST_COMBINATIONS:
        raise SmpsError(
            f"{name}: {n} combinations of independent outcomes, listed are at most {MOST_COMBINATIONS}; draw some of them: "
            "read_smps(..., sample=1000, rng=1)"
        )
    if n * len(elements) > MOST_VALUES:
        raise SmpsError(
            f"{name}: {n} scenarios of {len(elements)} random elements do not fit in memory; draw fewer: "
            "read_smps(..., sample=1000, rng=1)"
        )
    chosen = _combinations(lengths) if drawn is None else _draw(groups, n, drawn[1])
    core = np.array([element.value for element in elements])
    values, probabilities = np.empty((n, len(elements))), np.ones(n)
    for group, own in zip(groups, chosen, strict=True):
        places, table = group.table(core)
        values[:, places] = table[own]
        probabilities *= np.frombuffer(group.probabilities)[own]
    if drawn is not None:
        probabilities = np.full(n, 1 / n)
    return Futures(values, probabilities)


def _combinations(lengths: tuple[int, ...]) -> tuple[IntArray, ...]:
    """Outcomes of every group in all combinations, the last group changing first."""
    return np.unravel_index(np.arange(prod(lengths)), lengths) if lengths else ()


def _draw(groups: list[Group], n: int, rng: np.random.Generator) -> tuple[IntArray, ...]:
    """Outcomes of every group, drawn by their probabilities."""
    return tuple(
        rng.choice(len(group.probabilities), size=n, p=np.frombuffer(group.probabilities)) for group in groups
    )


def whole_distribution(name: str, groups: list[Group], *, normalise: bool) -> list[str]:
    """See that the probabilities of every group add up to one, or divide by their sum; what was divided."""
    notes = []
    for group in groups:
        p = np.frombuffer(group.probabilities)
        total = float(p.sum())
        if abs(total - 1) > SUM:
            if not normalise or total == 0:
                remedy = (
                    "correct them" if total == 0 else "pass normalise=True to divide by the sum, or correct them"
                )
                raise SmpsError(
                    f"{name}, line {group.line}: probabilities of {group.name} add up to {total:.12g}, must be 1; "
                    f"{remedy}"
                )
            notes.append(
                f"{name}: probabilities of {group.name} add up to {total:.12g} and were divided by that; every answer is "
                "that of the normalised distribution"
            )
        # rounding within SUM too: the product over many groups must add up to one
        p /= total
    return notes


def two_stage(core: Core, stages: Stages, elements: list[Element], found: Futures) -> TwoStageProgram:
    """Split the core at the second period and lay the values of the scenarios beside it."""
    _refuse_early_columns(core, stages)
    x, y = (
        [name for name, place in core.columns.items() if stages.later_columns[place] == own]
        for own in (False, True)
    )
    rows = [[row for row, later in stages.later_rows.items() if later == own] for own in (False, True)]
    first = _first(core, x, rows[0])
    laid = _Laid(core, x, y, rows[1], elements)
    for number, element in enumerate(elements):
        laid.change(element, found.values[:, number])
    scenarios = CoreScenarios(laid.core(), laid.changes(), len(found.probabilities))
    program = TwoStageProgram(first, scenarios, found.probabilities, tuple(laid.y), tuple(rows[1]))
    return _minimised(program, scenarios) if core.maximised else program


def _minimised(program: TwoStageProgram, scenarios: CoreScenarios) -> TwoStageProgram:
    """A program that is maximised with the signs of all its costs changed."""
    core, changes = replace(scenarios.core, cost=-scenarios.core.cost), dict(scenarios.changes)
    if "cost" in changes:
        places, values = changes["cost"]
        changes["cost"] = places, -values
    return replace(
        program,
        first=replace(program.first, cost=-program.first.cost),
        scenarios=CoreScenarios(core, changes, len(scenarios)),
    )


def _refuse_early_columns(core: Core, stages: Stages) -> None:
    """What is decided later cannot enter a row of the first period."""
    for (row, column), value in core.entries.items():
        is_early = core.rows[row] != "N" and not stages.later_rows[row]
        if value and is_early and stages.later_columns[core.columns[column]]:
            raise SmpsError(
                f"{core.source.path.name}: row {row} of the first period has column {column} of the second; put the row in "
                "the second period, or the column in the first"
            )


def _first(core: Core, x: list[str], rows: list[str]) -> LinearProgram:
    """The first stage."""
    own = [core.columns[name] for name in x]
    lower, upper = _limits(core, rows)
    return LinearProgram(
        _costs(core, x), core.lower[own], core.upper[own], _Matrix(core, rows, x, []).csr, lower, upper, tuple(x),
        tuple(rows), _marked(core.integer[own]),
    )  # fmt: skip


def _costs(core: Core, columns: list[str]) -> FloatArray:
    return np.array([core.entries.get((core.objective, column), 0.0) for column in columns], dtype=np.float64)


def _marked(integer: BoolArray) -> BoolArray | None:
    return integer if integer.any() else None


class _Matrix:
    """Coefficients of some rows and columns; ``stored``: (row, column) that are stored whatever their value is."""

    def __init__(self, core: Core, rows: list[str], columns: list[str], stored: list[tuple[str, str]]) -> None:
        of_row, of_column = ({name: i for i, name in enumerate(names)} for names in (rows, columns))
        found = {
            of_row[row] * len(columns) + of_column[column]: value
            for (row, column), value in [*(((own), 0.0) for own in stored), *core.entries.items()]
            if row in of_row and column in of_column
        }
        self._keys = np.array(sorted(found), dtype=np.int64)
        values = np.array([found[key] for key in self._keys.tolist()], dtype=np.float64)
        width = max(len(columns), 1)
        ends = np.searchsorted(self._keys, np.arange(len(rows) + 1) * width)
        self.csr: csr_array = csr_array((values, self._keys % width, ends), shape=(len(rows), len(columns)))
        self._of_row, self._of_column = of_row, of_column

    def place(self, row: str, column: str) -> int | None:
        """Place of an entry among those stored; None if its column is not here."""
        if column not in self._of_column:
            return None
        return int(np.searchsorted(self._keys, self._of_row[row] * len(self._of_column) + self._of_column[column]))


class _Laid:
    """The second stage as arrays, changed by one random element after the other."""

    def __init__(self, core: Core, x: list[str], y: list[str], rows: list[str], elements: list[Element]) -> None:
        constant = -core.right.get(core.objective, 0.0)
        more = int(constant != 0 or any(element.kind == "constant" for element in elements))
        own = [core.columns[name] for name in y]
        entries = [(element.row, element.column) for element in elements if element.kind == "entry"]
        self._file, self._kinds, self._ranges = core.source.path.name, core.rows, core.ranges
        self._of_row = {name: i for i, name in enumerate(rows)}
        self.y = [*y, *[_free_name(core, CONSTANT)] * more]
        """Columns; a constant of the objective is one of them, fixed at one."""
        self._matrix, self._technology = _Matrix(core, rows, self.y, entries), _Matrix(core, rows, x, entries)
        self._of_column = {name: i for i, name in enumerate(self.y)}
        lower, upper = _limits(core, rows)
        self._arrays: dict[Part, FloatArray] = {
            "cost": np.append(_costs(core, y), [constant] * more),
            "lower": np.append(core.lower[own], [1.0] * more),
            "upper": np.append(core.upper[own], [1.0] * more),
            "row_lower": lower,
            "row_upper": upper,
            "matrix": self._matrix.csr.data,
            "technology": self._technology.csr.data,
        }
        self._integer = _marked(np.append(core.integer[own], np.zeros(more, dtype=np.bool_)))
        self._right = {row: np.array([core.right.get(row, 0.0)]) for row in rows}
        self._width = {row: np.array([core.ranges[row]]) for row in rows if row in core.ranges}
        self._changes: dict[Part, dict[int, FloatArray]] = {}

    def change(self, element: Element, values: FloatArray) -> None:
        """Put the values (n_scenarios,) of an element in their place."""
        if element.kind in ("cost", "constant"):
            column = element.column or self.y[-1]
            self._put("cost", self._of_column[column], values if element.kind == "cost" else -values)
        elif element.kind == "lower" or element.kind == "upper":
            place = self._of_column[element.column]
            self._put(element.kind, place, values)
        elif element.kind == "entry":
            inner = self._matrix.place(element.row, element.column)
            if inner is not None:
                self._put("matrix", inner, values)
            else:
                self._put("technology", self._technology.place(element.row, element.column) or 0, values)
        else:
            of = self._right if element.kind == "right" else self._width
            of[element.row] = values
            limits = _row_limits(self._kinds[element.row], self._right[element.row], self._width.get(element.row))
            for side, own in zip(("row_lower", "row_upper"), limits, strict=True):
                self._put(side, self._of_row[element.row], np.broadcast_to(own, values.shape))  # type: ignore[arg-type]

    def _put(self, part: Part, place: int, values: FloatArray) -> None:
        """Values of all scenarios; in the core where they are the same."""
        own = self._changes.setdefault(part, {})
        own.pop(place, None)
        if (values == values[0]).all():
            self._arrays[part][place] = values[0]
        else:
            own[place] = values

    def core(self) -> Recourse:
        """What all scenarios share; refused when a random bound crosses the other bound of its column."""
        for column, place in self._of_column.items():
            lower, upper = (self._changes.get(side, {}).get(place, self._arrays[side][[place]]) for side in BOUNDS)
            if (lower > upper).any():
                raise SmpsError(
                    f"{self._file}: column {column} has in some scenario a lower bound above its upper bound"
                )
        arrays, technology = self._arrays, self._technology.csr
        return Recourse(
            arrays["cost"], arrays["lower"], arrays["upper"], self._matrix.csr, technology, arrays["row_lower"],
            arrays["row_upper"], self._integer,
        )  # fmt: skip

    def changes(self) -> dict[Part, tuple[IntArray, FloatArray]]:
        """Places at which scenarios differ, and the values there."""
        return {
            part: (np.array(list(own)), np.column_stack(list(own.values())))
            for part, own in self._changes.items()
            if own
        }


def _free_name(core: Core, name: str) -> str:
    """A name that no column has."""
    while name in core.columns:
        name += "_"
    return name


def _limits(core: Core, rows: list[str]) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits of rows in the core."""
    found = np.empty((2, len(rows)))
    for i, row in enumerate(rows):
        width = np.array([core.ranges[row]]) if row in core.ranges else None
        lower, upper = _row_limits(core.rows[row], np.array([core.right.get(row, 0.0)]), width)
        found[:, i] = lower[0], upper[0]
    return found[0], found[1]


def _row_limits(kind: str, right: FloatArray, width: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """Limits of a row of kind E, G or L, with its range if it has one; one value or one per scenario."""
    if kind == "E":
        width = np.zeros(1) if width is None else width
        return right + np.minimum(width, 0.0), right + np.maximum(width, 0.0)
    far = np.full(1, INFINITY)
    if kind == "G":
        return right, far if width is None else right + np.abs(width)
    return -far if width is None else right - np.abs(width), right
