"""From the cells of a table to its rows: the one place where a cell is judged, whatever file it came from.

A source (``read_folder``, ``workbook.source``) gives a ``Grid``: names of columns and rows of cells. Every problem is
collected; a row with a problem is kept apart, so that the rules between tables only see rows that are well. A slip of which
the meaning is near (an unknown column or choice) is a doubt: it is a problem too, but what was likely meant is read, so that
it hides nothing behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pydantic import ValidationError

from bekostiging.case.bsn import coded, find
from bekostiging.case.cell_problems import (
    ambiguous,
    empty,
    nearest_choice,
    no_choice,
    no_number,
    pydantic_problem,
)
from bekostiging.case.errors import LONGEST_NAME, Note, Problem
from bekostiging.case.fields import leaf
from bekostiging.case.folded import folded, meant, near
from bekostiging.case.former import RENAMED, note_of_rename, read_as
from bekostiging.case.not_bsn import Exceptions, citizen_number
from bekostiging.case.numbers import AmbiguousNumberError
from bekostiging.case.rows import Row
from bekostiging.case.tables import Policy
from bekostiging.case.typed import (
    STATLINE,
    AsTyped,
    NoChoiceError,
    of_statline,
    policy_of,
    policy_text,
    scope_of,
    value_of,
)
from bekostiging.case.year_tables import Dated
from bekostiging.characters import one_form

MOST_PROBLEMS = 1000
"""Problems of one table that are listed at once: more of them have one cause, and a hostile file would keep us busy."""
MOST_UNKNOWN = 20
"""Unknown columns of one table that are listed: more of them are no slips of the pen."""
REMARKS = ("#", "opmerking", "remark", "comment")
"""How the name of a column begins that is for the reader's eye only."""


class Cell(NamedTuple):
    """The text of a cell, the dialect of its numbers, and what is wrong with it before anybody reads it."""

    text: str
    dialect: str
    fault: tuple[str, str] | None = None


@dataclass(frozen=True)
class Grid:
    """A table as it stands in a file: its columns, and per row its line number and as many cells."""

    columns: list[str]
    rows: Iterable[tuple[int, list[Cell]]]
    labels: dict[str, str] = field(default_factory=dict)
    """What the file calls a column, where that is not its own name."""
    title: str = ""
    """What the file calls the table, where that is not its own name."""


@dataclass
class Reading:
    """What is known of a case before its tables are read, and what is found in them.

    ``base_year`` of the case, for notes; ``stated``: where a number is no citizen service number. ``doubts`` are problems of
    which the likely meaning was read; ``unwell`` has per table the rows with a problem, as far as they could be read.
    """

    base_year: int | None = None
    stated: Exceptions = field(default_factory=Exceptions)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unwell: dict[str, list[Row]] = field(default_factory=dict)


def read_rows(grid: Grid, model: type[Row], reading: Reading) -> Iterator[Row]:
    """Yield the well-formed rows of one table and report the others; a column under a former name is read, with a note."""
    before, model = (len(reading.problems), len(reading.doubts)), read_as(model, grid.columns)
    renamed, old = _renamed(grid, model.table)
    own = _Table(_with_known_columns(renamed, model, reading), model, reading)
    reading.notes += [note_of_rename(model.table, name, grid.labels, reading.base_year) for name in old.values()]
    yield from own.rows()
    reading.notes += own.as_typed.notes(grid.title or model.table, grid.labels)
    for found, first in zip((reading.problems, reading.doubts), before, strict=True):
        for place in range(first, len(found)) if old else ():
            column = found[place].column
            if column in old:
                found[place] = replace(found[place], column=old[column])


def _renamed(grid: Grid, table: str) -> tuple[Grid, dict[str, str]]:
    """The table with the present names of its columns; and the former names that it had, by the present ones."""
    old = {
        new: name
        for name, new in RENAMED.get(table, {}).items()
        if name in grid.columns and new not in grid.columns
    }
    if not old:
        return grid, old
    now = {name: new for new, name in old.items()}
    labels = grid.labels | {new: grid.labels.get(name, name) for new, name in old.items()}
    return replace(grid, columns=[now.get(name, name) for name in grid.columns], labels=labels), old


def _with_known_columns(grid: Grid, model: type[Row], reading: Reading) -> Grid:
    """The table with every column under its own name; missing, unknown and double ones are reported, remarks are notes."""
    known = {name: info for name, info in model.model_fields.items() if name != "line"}
    shown = {name: grid.labels.get(name, name) for name in known}
    unknown = list(dict.fromkeys(name for name in grid.columns if name not in known))
    remarks = [name for name in unknown if folded(name).startswith(REMARKS)]
    unknown = [name for name in unknown if name not in remarks]
    former = RENAMED.get(model.table, {})
    taken = _meant_columns([name for name in unknown[:MOST_UNKNOWN] if name not in former], shown, grid.columns)
    reading.notes += [_unread(grid.title or model.table, name) for name in remarks]
    for name, info in known.items():
        if info.is_required() and name not in grid.columns and name not in taken.values():
            said = "deze kolom ontbreekt; voeg haar toe", "this column is missing; add it"
            reading.problems.append(Problem(model.table, *said, column=name))
    if len(unknown) > MOST_UNKNOWN:
        nl = f"nog {len(unknown) - MOST_UNKNOWN} kolommen zijn onbekend; klopt het scheidingsteken, en is dit deze tabel?"
        en = f"{len(unknown) - MOST_UNKNOWN} more columns are unknown; is the separator right, and is it this table?"
        reading.problems.append(Problem(model.table, nl, en))
    for name in unknown[:MOST_UNKNOWN]:
        if name in former:
            new = shown[former[name]]
            nl, en = (
                f"zij heet nu {new} en die staat er ook; laat er een staan",
                f"it is now {new}, which is there too; keep one",
            )
        elif name in taken:
            nl, en = f"bedoelt u {shown[taken[name]]}?", f"did you mean {shown[taken[name]]}?"
        else:
            nl = "verwijder haar, of zet 'opmerking' voor haar naam als zij niet gelezen hoeft te worden"
            en = "remove it, or put 'remark' before its name if it need not be read"
        reading.doubts.append(Problem(model.table, f"onbekende kolom; {nl}", f"unknown column; {en}", column=name))
    for name in known:
        if (times := grid.columns.count(name)) > 1:
            nl = f"kolom {shown[name]} staat er {times} keer; laat er een staan"
            en = f"column {shown[name]} is there {times} times; keep one of them"
            reading.problems.append(Problem(model.table, nl, en, column=name))
    return replace(grid, columns=[taken.get(name, name) for name in grid.columns])


def _meant_columns(unknown: list[str], shown: dict[str, str], there: list[str]) -> dict[str, str]:
    """Unknown columns with the absent column that each may be."""
    taken: dict[str, str] = {}
    for name in unknown:
        absent = {label: own for own, label in shown.items() if own not in there and own not in taken.values()}
        names = absent | {own: own for own in absent.values()}
        found = meant(name, names) or near(name, names, least=0.75)
        if found is not None:
            taken[name] = names[found]
    return taken


def _unread(table: str, column: str) -> Note:
    """The note on a column of remarks."""
    name = column if len(column) <= LONGEST_NAME else f"{column[:LONGEST_NAME]}…"
    return {
        "nl": f"{table}: kolom '{name}' is een opmerking en is niet gelezen",
        "en": f"{table}: column '{name}' is a remark and was not read",
    }


class _Table:
    """The rows of one table, judged one by one."""

    def __init__(self, grid: Grid, model: type[Row], reading: Reading) -> None:
        self.grid, self.model, self.reading = grid, model, reading
        self.as_typed = AsTyped()
        self.known = [name in model.model_fields and name != "line" for name in grid.columns]
        self.absent = model.model_fields.keys() - set(grid.columns)

    def rows(self) -> Iterator[Row]:
        """The rows that are well."""
        problems = self.reading.problems
        before = len(problems)
        for line, cells in self.grid.rows:
            if len(problems) - before >= MOST_PROBLEMS:
                nl = f"heeft {MOST_PROBLEMS} fouten of meer; herstel deze eerst, de rijen hierna zijn niet bekeken"
                en = f"has {MOST_PROBLEMS} mistakes or more; mend these first, the rows from here on were not looked at"
                problems.append(Problem(self.model.table, nl, en, row=line))
                return
            row = self._row(line, cells)
            if row is not None:
                yield row

    def _row(self, line: int, cells: list[Cell]) -> Row | None:
        """One row; None, and kept apart, when something in it is wrong."""
        model, problems = self.model, self.reading.problems
        before = len(problems)
        values: dict[str, Any] = {"line": line}
        by_name: dict[str, Cell] = {}
        for column, cell, known in zip(self.grid.columns, cells, self.known, strict=True):
            if known:
                by_name.setdefault(column, cell)
            elif find(cell.text) and not self.reading.stated.hold(model.table, column, line):
                problems.append(citizen_number(model.table, column, line))
        statline = "source" in by_name and STATLINE.search(by_name["source"].text) is not None
        policy = policy_of(by_name["name"].text.strip()) if model is Policy and "name" in by_name else ""
        for column, cell in by_name.items():
            text = one_form(cell.text.strip())
            if statline and (now := of_statline(text, column)) != text:
                self.as_typed.of_statline.append((line, text, now))
                text = now
            if cell.fault is not None:
                problems.append(Problem(model.table, *cell.fault, row=line, column=column))
            elif text == "":
                if model.model_fields[column].is_required():
                    problems.append(empty(model, line, column))
            elif _may_be_person(text, model, column) and not self.reading.stated.hold(model.table, column, line):
                problems.append(citizen_number(model.table, column, line))
            else:
                self._cell(values, line, column, text, cell.dialect, policy)
        found = self._checked(values) if len(problems) == before else None
        if found is None:
            self.reading.unwell.setdefault(model.table, []).append(model.model_construct(**values))
        return found

    def _cell(self, values: dict[str, Any], line: int, column: str, text: str, dialect: str, policy: str) -> None:
        """Put the value of a cell among those of its row, or report it."""
        model, reading = self.model, self.reading
        info = model.model_fields[column]
        try:
            if model is Policy and column == "name":
                values[column] = policy
            elif model is Policy and column == "scope":
                values[column] = scope_of(text)
            elif model is Policy and column == "value":
                values[column] = policy_text(text, policy, dialect)
            else:
                values[column] = value_of(text, column, info, dialect)
                self.as_typed.add(column, line, text, values[column])
        except AmbiguousNumberError:
            reading.problems.append(ambiguous(model, line, column, text))
        except NoChoiceError:
            likely = nearest_choice(text, column, info)
            (reading.problems if likely is None else reading.doubts).append(
                no_choice(model, line, column, text, likely)
            )
            if likely is not None:
                values[column] = likely
        except ValueError:
            reading.problems.append(no_number(model, line, column, text))
        if column in ("municipality", "code") and text.isdigit() and len(text) < 4:
            values[column] = text.zfill(4)
            title = self.grid.title or model.table
            reading.notes.append(
                {
                    "nl": f"{title}: {text} gelezen als gemeente {text.zfill(4)}",
                    "en": f"{title}: {text} read as municipality {text.zfill(4)}",
                }
            )

    def _checked(self, values: dict[str, Any]) -> Row | None:
        """The row that keeps to the rules of its own columns; a column that is not there is reported once, not per row."""
        try:
            return self.model(**values)
        except ValidationError as error:
            first: dict[str, dict[str, Any]] = {}
            for detail in error.errors():  # of several about one cell the first: the others follow from it
                first.setdefault(str(detail["loc"][0]), dict(detail))
            line = values["line"]
            self.reading.problems += [
                pydantic_problem(self.model, line, detail)
                for column, detail in first.items()
                if column not in self.absent
            ]
            return None


def _may_be_person(text: str, model: type[Row], column: str) -> bool:
    """Whether a cell may hold a citizen service number; its column decides: a number is a number, a key no date."""
    info = model.model_fields[column]
    if leaf(info) in (bool, int, float):
        return False
    if (model, column) == (Policy, "value") and re.fullmatch(r"[\d.,]+", text):
        return False
    dates = column not in model.key or any(isinstance(rule, Dated) for rule in info.metadata)
    return bool(find(text, codes=coded(model.table, column), dates=dates))
