"""Reading SMPS: a core model (MPS), its periods and its scenarios, as a ``TwoStageProgram``.

Birge, Dempster, Gassmann, Gunn, King and Wallace (1987): A standard input format for multiperiod stochastic linear
programs. Two periods; SCENARIOS, INDEP and BLOCKS, all DISCRETE; randomness in right-hand side, cost and matrix.
Fields are separated by blanks, so names hold none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.scenarios import Recourse
from bekostiging_solvers.two_stage import TwoStageProgram
from bekostiging_solvers.typing import FloatArray

SUM = 1e-9
"""How far probabilities may be from one: beyond the rounding of a file is a mistake in it."""
MOST_SCENARIOS = 1_000_000
"""Independent elements multiply; beyond this the file asks for sampling, not for listing."""
Changes = dict[tuple[str, str], float]
"""New values by (column or right-hand side name, row)."""


class SmpsError(ValueError):
    """A file that cannot be read as two-stage SMPS; the message names file, line and remedy.

    Examples
    --------
    >>> read_smps("nowhere/news")
    Traceback (most recent call last):
    bekostiging_solvers.smps.SmpsError: news.cor (or .core) is missing; the three files share one stem
    """


@dataclass
class _Core:
    """The core model while it is read."""

    objective: str = ""
    rows: dict[str, str] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    """Names in the order of the file; a dictionary, because names are looked up on every line."""
    integer: set[str] = field(default_factory=set)
    values: Changes = field(default_factory=dict)
    right: dict[str, float] = field(default_factory=dict)
    ranges: dict[str, float] = field(default_factory=dict)
    lower: dict[str, float] = field(default_factory=dict)
    upper: dict[str, float] = field(default_factory=dict)


def read_smps(stem: str | Path, *, normalise: bool = False) -> TwoStageProgram:
    """Read a two-stage program from SMPS files (Birge and others 1987).

    Parameters
    ----------
    stem : str or Path
        What the names of the three files have in common, before .cor (or .core), .tim (.time) and .sto (.stoch).
    normalise : bool
        Divide probabilities that do not add up to one by their sum; False when left out.

    Returns
    -------
    TwoStageProgram

    Raises
    ------
    SmpsError
        A missing file, an unknown section or name, more than two periods, or probabilities that do not add up to
        one (the message states the sum).

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bekostiging_solvers import read_smps, solve_recourse
    >>> stem = Path(tempfile.mkdtemp()) / "news"
    >>> core = '''ROWS
    ...  N  COST
    ...  G  SOLD
    ... COLUMNS
    ...     BUY   COST  2.0   SOLD  1.0
    ...     LATE  COST  10.0  SOLD  1.0
    ... RHS
    ...     RHS   SOLD  4.0
    ... ENDATA'''
    >>> time = '''PERIODS
    ...     BUY   COST  P1
    ...     LATE  SOLD  P2
    ... ENDATA'''
    >>> scenarios = '''INDEP         DISCRETE
    ...     RHS   SOLD  4.0  P2  0.5
    ...     RHS   SOLD  8.0  P2  0.5
    ... ENDATA'''
    >>> for ending, text in ((".cor", core), (".tim", time), (".sto", scenarios)):
    ...     _ = stem.with_suffix(ending).write_text(text)
    >>> solve_recourse(read_smps(stem)).objective
    16.0
    """
    base = Path(stem)
    core_file = _find(base, (".cor", ".core"))
    core = _read_core(core_file)
    first_column, first_row = _read_time(_find(base, (".tim", ".time")), core)
    cases, probabilities = _read_stochastic(_find(base, (".sto", ".stoch")), core)
    total = float(sum(probabilities))
    if abs(total - 1) > SUM:
        if not normalise:
            raise SmpsError(
                f"{base.name}: probabilities add up to {total:.12g}, must be 1; pass normalise=True to divide by the sum"
            )
        probabilities = [p / total for p in probabilities]
    return _program(core, first_column, first_row, cases, np.array(probabilities))


def _find(base: Path, endings: tuple[str, ...]) -> Path:
    for ending in endings:
        path = base.with_name(base.name + ending)
        if path.is_file():
            return path
    raise SmpsError(f"{base.name}{endings[0]} (or {endings[1]}) is missing; the three files share one stem")


def _lines(path: Path) -> Iterator[tuple[int, bool, list[str]]]:
    """Line number, whether it opens a section, and its fields; comments and empty lines left out."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("*"):
            yield number, not line[0].isspace(), line.split()


def _read_core(path: Path) -> _Core:
    """The MPS file."""
    core, section, whole = _Core(), "", False
    for number, opens, fields in _lines(path):
        if opens:
            section = fields[0].upper()
            if section == "ENDATA":
                break
            continue
        try:
            if section == "COLUMNS" and "'MARKER'" in fields:
                whole = "'INTORG'" in fields
            elif section == "COLUMNS":
                _read_column(core, fields, whole)
            elif section in SECTIONS:
                SECTIONS[section](core, fields)
        except (ValueError, IndexError) as error:
            raise SmpsError(f"{path.name}, line {number}: cannot be read in section {section} ({error})") from None
    unknown = {row for _, row in core.values} - set(core.rows)
    if unknown or not core.objective:
        missing = ", ".join(sorted(unknown)) or "an objective (N)"
        raise SmpsError(f"{path.name}: rows that are used and not declared in ROWS: {missing}")
    return core


def _read_row(core: _Core, fields: list[str]) -> None:
    """One line of ROWS; the first row of kind N is the objective."""
    kind, name = fields[0].upper(), fields[1]
    core.rows[name] = kind
    if kind == "N" and not core.objective:
        core.objective = name


def _read_column(core: _Core, fields: list[str], whole: bool) -> None:
    """One line of COLUMNS: a column and up to two rows with its value there, which add up when a row returns."""
    column = fields[0]
    core.columns.setdefault(column)
    if whole:
        core.integer.add(column)
        core.upper.setdefault(column, 1.0)
    for row, value in zip(fields[1::2], fields[2::2], strict=True):
        core.values[column, row] = core.values.get((column, row), 0.0) + float(value)


def _read_values(values: dict[str, float], fields: list[str]) -> None:
    """One line of RHS or RANGES: pairs of row and value; an odd number of fields begins with the name of the set."""
    pairs = fields if len(fields) % 2 == 0 else fields[1:]
    values.update({row: float(value) for row, value in zip(pairs[::2], pairs[1::2], strict=True)})


def _read_bound(core: _Core, fields: list[str]) -> None:
    """One line of BOUNDS; the name of the bound set may be left out."""
    kind = fields[0].upper()
    without_value = kind in ("FR", "MI", "PL", "BV")
    name = fields[-1] if without_value else fields[-2]
    value = 0.0 if without_value else float(fields[-1])
    if kind in ("UP", "UI"):
        core.upper[name] = value
        if value < 0 and name not in core.lower:
            core.lower[name] = -INFINITY
    elif kind in ("LO", "LI"):
        core.lower[name] = value
    elif kind == "FX":
        core.lower[name] = core.upper[name] = value
    elif kind == "FR":
        core.lower[name], core.upper[name] = -INFINITY, INFINITY
    elif kind == "MI":
        core.lower[name] = -INFINITY
    elif kind == "PL":
        core.upper[name] = INFINITY
    elif kind == "BV":
        core.integer.add(name)
        core.lower[name], core.upper[name] = 0.0, 1.0
    else:
        raise ValueError(f"bound {kind}")
    if kind in ("UI", "LI"):
        core.integer.add(name)


SECTIONS: dict[str, Callable[[_Core, list[str]], None]] = {
    "ROWS": _read_row,
    "RHS": lambda core, fields: _read_values(core.right, fields),
    "RANGES": lambda core, fields: _read_values(core.ranges, fields),
    "BOUNDS": _read_bound,
}
"""Reader of one line of each section of an MPS file but COLUMNS, whose lines depend on the marker before them."""


def _read_time(path: Path, core: _Core) -> tuple[str, str]:
    """First column and row of the second period."""
    periods = [fields for _, opens, fields in _lines(path) if not opens]
    if len(periods) != 2:
        raise SmpsError(f"{path.name}: {len(periods)} periods; two-stage programs have two")
    column, row = periods[1][0], periods[1][1]
    if column not in core.columns or row not in core.rows:
        raise SmpsError(f"{path.name}: period 2 begins at {column} and {row}, which the core does not have")
    return column, row


def _read_stochastic(path: Path, core: _Core) -> tuple[list[Changes], list[float]]:
    """Changes and probability of every scenario."""
    section = ""
    scenarios: list[tuple[Changes, float]] = []
    parents: dict[str, Changes] = {}
    elements: dict[tuple[str, str], list[tuple[Changes, float]]] = {}
    blocks: dict[str, list[tuple[Changes, float]]] = {}
    current: Changes = {}
    for number, opens, fields in _lines(path):
        if opens:
            section = fields[0].upper()
            if section == "ENDATA":
                break
            if section in ("INDEP", "BLOCKS", "SCENARIOS") and (
                len(fields) < 2 or fields[1].upper() != "DISCRETE"
            ):
                raise SmpsError(f"{path.name}, line {number}: only DISCRETE distributions are read")
            continue
        try:
            if section == "INDEP":
                place = (fields[0], fields[1])
                elements.setdefault(place, []).append(({place: float(fields[2])}, float(fields[-1])))
            elif section == "BLOCKS" and fields[0].upper() == "BL":
                current = {}
                blocks.setdefault(fields[1], []).append((current, float(fields[-1])))
            elif section == "SCENARIOS" and fields[0].upper() == "SC":
                current = dict(parents.get(fields[2].strip("'"), {}))
                parents[fields[1]] = current
                scenarios.append((current, float(fields[3])))
            elif section in ("BLOCKS", "SCENARIOS"):
                for row, value in zip(fields[1::2], fields[2::2], strict=True):
                    current[fields[0], row] = float(value)
            else:
                raise ValueError("no known section")
        except (ValueError, IndexError) as error:
            raise SmpsError(f"{path.name}, line {number}: cannot be read in section {section} ({error})") from None
    if scenarios:
        return [changes for changes, _ in scenarios], [p for _, p in scenarios]
    return _combined(path, [*elements.values(), *blocks.values()])


def _combined(path: Path, independent: list[list[tuple[Changes, float]]]) -> tuple[list[Changes], list[float]]:
    """All combinations of independent elements and blocks."""
    size = prod(len(outcomes) for outcomes in independent)
    if size > MOST_SCENARIOS:
        raise SmpsError(f"{path.name}: {size} combinations of independent outcomes; sample them instead")
    cases, probabilities = [], []
    for chosen in product(*independent):
        merged: Changes = {}
        for changes, _ in chosen:
            merged.update(changes)
        cases.append(merged)
        probabilities.append(prod(p for _, p in chosen))
    return cases, probabilities


def _program(
    core: _Core, first_column: str, first_row: str, cases: list[Changes], probabilities: FloatArray
) -> TwoStageProgram:
    """Split the core at the second period and apply the changes of every scenario."""
    columns = list(core.columns)
    split = columns.index(first_column)
    order = [row for row in core.rows if core.rows[row] != "N"]
    cut = order.index(first_row)
    x, y, first_rows, later_rows = columns[:split], columns[split:], order[:cut], order[cut:]
    back = [(column, row) for column, row in core.values if row in set(first_rows) and column in set(y)]
    if back:
        raise SmpsError(f"row {back[0][1]} of the first period has column {back[0][0]} of the second")
    first = _LinearPart(core, x, first_rows, {})
    program = LinearProgram(
        first.cost, first.lower, first.upper, first.matrix(x), first.row_lower, first.row_upper,
        tuple(x), tuple(first_rows), np.array([c in core.integer for c in x]) if core.integer & set(x) else None,
    )  # fmt: skip
    scenarios = []
    whole = np.array([column in core.integer for column in y]) if core.integer & set(y) else None
    for changes in cases:
        _check(core, x, first_rows, changes)
        part = _LinearPart(core, y, later_rows, changes)
        scenarios.append(
            Recourse(
                part.cost,
                part.lower,
                part.upper,
                part.matrix(y),
                part.matrix(x),
                part.row_lower,
                part.row_upper,
                whole,
            )
        )
    return TwoStageProgram(program, tuple(scenarios), probabilities, tuple(y), tuple(later_rows))


def _check(core: _Core, x: list[str], first_rows: list[str], changes: Changes) -> None:
    """Random elements are in the core, and none belongs to the first period."""
    for column, row in changes:
        if row not in core.rows:
            raise SmpsError(f"random element of row {row}, which the core does not have")
        is_right = column not in core.columns
        if row in set(first_rows) or (row == core.objective and column in set(x)):
            name = "right-hand side" if is_right else column
            raise SmpsError(f"random element ({name}, {row}) belongs to the first period, which is known")


class _LinearPart:
    """Arrays of some columns and rows of the core, with the changes of a scenario."""

    def __init__(self, core: _Core, columns: list[str], rows: list[str], changes: Changes) -> None:
        self._core, self._rows, self._changes = core, rows, changes
        known = core.columns
        right = core.right | {row: value for (column, row), value in changes.items() if column not in known}
        self.cost = np.array([self._value(column, core.objective) for column in columns])
        self.lower = np.array([core.lower.get(column, 0.0) for column in columns])
        self.upper = np.array([core.upper.get(column, INFINITY) for column in columns])
        limits = [_row_limits(core.rows[row], right.get(row, 0.0), core.ranges.get(row)) for row in rows]
        self.row_lower = np.array([low for low, _ in limits], dtype=np.float64)
        self.row_upper = np.array([high for _, high in limits], dtype=np.float64)

    def _value(self, column: str, row: str) -> float:
        return self._changes.get((column, row), self._core.values.get((column, row), 0.0))

    def matrix(self, columns: list[str]) -> csr_array:
        """Coefficients of the rows in some columns."""
        place, of_row = {c: i for i, c in enumerate(columns)}, {row: i for i, row in enumerate(self._rows)}
        entries = {
            (of_row[row], place[column]): value
            for (column, row), value in (self._core.values | self._changes).items()
            if column in place and row in of_row
        }
        where = np.array(list(entries), dtype=np.int64).reshape(-1, 2)
        shape = (len(self._rows), len(columns))
        return csr_array(
            (np.array(list(entries.values()), dtype=np.float64), (where[:, 0], where[:, 1])), shape=shape
        )


def _row_limits(kind: str, right: float, width: float | None) -> tuple[float, float]:
    """Lower and upper limit of a row, with its range if it has one."""
    if kind == "E":
        if width is None:
            return right, right
        return (right, right + width) if width >= 0 else (right + width, right)
    if kind == "G":
        return right, INFINITY if width is None else right + abs(width)
    return -INFINITY if width is None else right - abs(width), right
