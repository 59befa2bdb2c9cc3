"""A folder as the source of a case: case.toml and one CSV file per table."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bekostiging.case.bsn import comments, find
from bekostiging.case.csv_text import csv_text, dialect, text_of
from bekostiging.case.errors import Note, Problem, UserError
from bekostiging.case.head import head_of, head_problems, small_head
from bekostiging.case.not_bsn import (
    CASE,
    CASE_FILE,
    FIELD,
    Exceptions,
    citizen_number,
    exceptions,
    head_numbers,
    name_number,
)
from bekostiging.case.read_rows import Cell, Grid
from bekostiging.case.rows import Row
from bekostiging.case.tables import TABLES
from bekostiging.case.toml_text import NotTomlError, toml_of
from bekostiging.case.workbook_text import plain
from bekostiging.characters import one_form

NEAR = 0.75
"""Likeness from which a file of an unknown name may be meant as a table that is not there."""
_ENDINGS = (".csv", ".txt", ".tsv", ".tab")
"""How the name of a table in text may end, in capitals too, also twice (``areas.csv.txt``)."""


class FolderSource:
    """The tables of a folder, separated by ``;`` (decimal comma) or ``,`` (decimal point)."""

    def __init__(self, folder: Traversable | Path, models: Mapping[str, type[Row]] = TABLES) -> None:
        self.folder = folder
        self._files = {table: f"{table}.csv" for table in models}
        try:
            self.files = sorted(file.name for file in folder.iterdir())
        except OSError as error:
            raise UserError(
                f"Map {folder} is niet te lezen ({error.strerror}); controleer de rechten.",
                f"Folder {folder} cannot be read ({error.strerror}); check its rights.",
            ) from None
        self.lang = ""
        self.doubts: list[Problem] = []
        self.notes = [_unread(file) for file in self.files if is_table(file) and file not in self._files.values()]

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are there."""
        return tuple(name for name in self._files if self._files[name] in self.files)

    def grid(self, model: type[Row], problems: list[Problem], notes: list[Note]) -> Grid | None:
        """The cells of a table; None, with its problem, when the file is no table in text."""
        text = text_of(self.folder / self._files[model.table], model.table, problems)
        return None if text is None else csv_grid(text, model.table, problems, notes)

    def missing(self, table: str) -> Problem:
        """The problem of a required table that is not there."""
        return self.doubtful(table) or Problem(
            table,
            f"deze tabel ontbreekt; maak {table}.csv aan (`bekostiging new` geeft een voorbeeld)",
            f"this table is missing; add {table}.csv (`bekostiging new` gives an example)",
        )

    def doubtful(self, table: str) -> Problem | None:
        """A file of almost the name of a table that is not there: its rows would be lost."""
        unknown = {_stem(file): file for file in self.files if _stem(file) and file not in self._files.values()}
        near = get_close_matches(table, unknown, 1, cutoff=NEAR)
        if not near:
            return None
        file = unknown[near[0]]
        return Problem(
            table,
            f"{file} wordt zo niet gelezen; noem het {table}.csv, of geef het een heel andere naam",
            f"{file} is not read so; name it {table}.csv, or give it quite another name",
        )

    def located(self, problem: Problem) -> Problem:
        """A problem with its place: table, row and column say enough."""
        return problem

    def told(self, note: Note) -> Note:
        """A note as it is: it names tables and columns as the files do."""
        return note

    def head(self, problems: list[Problem], *, required: bool = True) -> dict[str, Any] | None:
        """Read case.toml; None when there is none, a problem when it is required or wrong."""
        file = self.folder / "case.toml"
        if "case.toml" not in self.files:
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
            head = toml_of(one_form(text))
        except NotTomlError as error:
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

    def small_head(self, problems: list[Problem]) -> dict[str, Any]:
        """What case.toml of a small start says; nothing where there is none."""
        if (
            "case.toml" not in self.files
            or (text := text_of(self.folder / "case.toml", "case.toml", problems)) is None
        ):
            return {}
        try:
            return small_head(toml_of(one_form(text)), problems)
        except NotTomlError as error:
            nl, en = f"is geen geldig TOML ({error}); herstel dat", f"is not valid TOML ({error}); mend it"
            problems.append(Problem("case.toml", nl, en))
            return {}

    def strays(self, stated: Exceptions) -> list[Problem]:
        """Names of the folder and its tables that may hold a citizen service number; no exception is for a name."""
        names = [self.folder.name, *filter(is_table, self.files)]
        return [problem for name in names if (problem := name_number(name)) is not None]


def is_table(file: str) -> bool:
    """Whether the name of a file says that it is a table, such as ``demand (1).csv`` or ``AREAS.CSV``."""
    return ".csv" in file.casefold()


def _stem(file: str) -> str:
    """The name of a file that may be a table, without capitals and its endings; empty for any other file."""
    stem = file.casefold()
    while stem.endswith(_ENDINGS):
        stem = stem[: stem.rindex(".")]
    return stem if is_table(file) or stem != file.casefold() else ""


def _unread(file: str) -> Note:
    """The note on a file that may be a table and is not read."""
    return {
        "nl": f"bestand {file} is niet gelezen: het heet niet naar een tabel",
        "en": f"file {file} was not read: it is not named after a table",
    }


def csv_grid(text: str, table: str, problems: list[Problem], notes: list[Note]) -> Grid | None:
    """The cells of a CSV text; None, with its problem, when it has no row of columns."""
    read = csv_text(text, table, problems, notes)
    if read is None:
        return None
    rows = (
        (line, [Cell(plain(cell.strip()), dialect(read.separator)) for cell in cells]) for line, cells in read.rows
    )
    return Grid(read.columns, rows)
