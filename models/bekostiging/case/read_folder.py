"""A folder as the source of a case: case.toml and one CSV file per table."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bekostiging.case.bsn import comments, find
from bekostiging.case.errors import Note, Problem
from bekostiging.case.head import head_of, head_problems
from bekostiging.case.not_bsn import CASE, CASE_FILE, FIELD, citizen_number, exceptions, head_numbers, name_number
from bekostiging.case.read_rows import Cell, Grid
from bekostiging.case.rows import Row
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook_text import plain

NEAR = 0.75
"""Likeness from which a file of an unknown name may be meant as a table that is not there."""


class FolderSource:
    """The tables of a folder, separated by ``;`` (decimal comma) or ``,`` (decimal point)."""

    def __init__(self, folder: Traversable | Path) -> None:
        self.folder = folder
        self.notes: list[Note] = []

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are there."""
        return tuple(name for name in TABLES if (self.folder / f"{name}.csv").is_file())

    def grid(self, model: type[Row], problems: list[Problem], notes: list[Note]) -> Grid | None:
        """The cells of a table; None, with its problem, when the file is no text."""
        text = text_of(self.folder / f"{model.table}.csv", model.table, problems)
        return None if text is None else csv_grid(text, model.table, problems)

    def missing(self, table: str) -> Problem:
        """The problem of a required table that is not there."""
        return Problem(
            table,
            f"deze tabel ontbreekt; maak {table}.csv aan (`bekostiging new` geeft een voorbeeld)",
            f"this table is missing; add {table}.csv (`bekostiging new` gives an example)",
        )

    def doubtful(self, table: str) -> Problem | None:
        """A file of almost the name of a table that may be left out: its rows would be lost."""
        files = (Path(file.name) for file in self.folder.iterdir())
        unknown = [file.stem for file in files if file.suffix == ".csv" and file.stem not in TABLES]
        near = get_close_matches(table, unknown, 1, cutoff=NEAR)
        if not near:
            return None
        return Problem(
            table,
            f"{near[0]}.csv wordt zo niet gelezen; noem het {table}.csv, of geef het een heel andere naam",
            f"{near[0]}.csv is not read so; name it {table}.csv, or give it quite another name",
        )

    def located(self, problem: Problem) -> Problem:
        """A problem with its place: table, row and column say enough."""
        return problem

    def head(self, problems: list[Problem], *, required: bool = True) -> dict[str, Any] | None:
        """Read case.toml; None when there is none, a problem when it is required or wrong."""
        file = self.folder / "case.toml"
        if not file.is_file():
            if required:
                nl, en = (
                    "dit bestand ontbreekt; kopieer het uit een voorbeeld",
                    "this file is missing; copy it from an example",
                )
                problems.append(Problem("case.toml", nl, en))
            return None
        text = text_of(file, "case.toml", problems)
        if text is None:
            return None
        try:
            head = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            nl, en = f"is geen geldig TOML ({error}); herstel dat", f"is not valid TOML ({error}); mend it"
            problems.append(Problem("case.toml", nl, en))
            return None
        problems += head_problems(head)
        stated = exceptions(str(head.get(FIELD, "")), TABLES, problems)
        problems += head_numbers(head, stated)
        problems += [
            citizen_number(CASE_FILE, "#", line)
            for line, said in comments(text)
            if find(said) and not stated.hold(CASE, "#", line)
        ]
        return head_of(head)

    def strays(self) -> list[Problem]:
        """Names of the folder and its tables that may hold a citizen service number."""
        names = [self.folder.name, *(file.name for file in self.folder.iterdir() if file.name.endswith(".csv"))]
        return [problem for name in names if (problem := name_number(name)) is not None]


def text_of(file: Traversable | Path, name: str, problems: list[Problem]) -> str | None:
    """The text of a file; None, with its problem, when it is not UTF-8 or not text at all."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text:
        return text
    problems.append(
        Problem(
            name,
            "dit bestand is geen UTF-8; bewaar het in Excel als 'CSV UTF-8'",
            "this file is not UTF-8; save it in Excel as 'CSV UTF-8'",
        )
    )
    return None


def csv_grid(text: str, table: str, problems: list[Problem]) -> Grid:
    """The cells of a CSV text; lines that do not fit the header are reported when the rows are read."""
    header, _, _ = text.partition("\n")
    separator = ";" if header.count(";") >= header.count(",") and ";" in header else ","
    lines = csv.reader(io.StringIO(text), delimiter=separator)
    columns = [column.strip() for column in next(_lines(lines, table, problems), [])]

    def rows() -> Iterator[tuple[int, list[Cell]]]:
        """Lines with something in them."""
        for cells in _lines(lines, table, problems):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) == len(columns):
                yield lines.line_num, [Cell(plain(cell.strip()), separator) for cell in cells]
                continue
            problems.append(
                Problem(
                    table,
                    f"heeft {len(cells)} velden waar de kop er {len(columns)} heeft; maak ze gelijk",
                    f"has {len(cells)} fields where the header has {len(columns)}; make them equal",
                    row=lines.line_num,
                )
            )

    return Grid(columns, rows())


def _lines(lines: Iterator[list[str]], table: str, problems: list[Problem]) -> Iterator[list[str]]:
    """Lines up to one that is no CSV, such as a field without end."""
    try:
        yield from lines
    except csv.Error as error:
        nl, en = (
            f"is geen geldige CSV ({error}); herstel het bestand",
            f"is not valid CSV ({error}); mend the file",
        )
        problems.append(Problem(table, nl, en))
