"""Reading the figures of contract years from a workbook or a folder, with mistakes told as those of a case are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bekostiging.actuals.check import problems_of
from bekostiging.actuals.figures import YearFigures
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import CaseError, Note, Problem, UserError
from bekostiging.case.keys import with_keys
from bekostiging.case.model import Case
from bekostiging.case.not_bsn import check_name, exceptions
from bekostiging.case.read import SPREADSHEETS, Source, located, source_of, told
from bekostiging.case.read_folder import FolderSource
from bekostiging.case.read_rows import Reading, read_rows
from bekostiging.case.rows import Row
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import sheet_name
from bekostiging.case.year_tables import YEAR_TABLES


@kinds_checked
def read_actuals(source: Path, case: Case, *, today: date | None = None) -> YearFigures:
    """Read the figures of contract years and judge them against the case they belong to.

    Parameters
    ----------
    source : str or path
        A workbook (.xlsx, .xlsm), as ``bekostiging new afrekening.xlsx --with settlement`` makes it, or a folder with a CSV
        file per table.
    case : Case
        With the contracts that the figures are about.
    today : date, optional
        Months after it lie ahead; the clock of the machine unless given.

    Returns
    -------
    YearFigures
        Every table, as frozen rows; ``notes`` says what the reader had to decide.

    Raises
    ------
    UserError
        No such file or folder, or none of the tables is in it.
    CaseError
        Everything wrong in the tables, listed together with its place, the rule and the remedy.

    Examples
    --------
    >>> from bekostiging.actuals import scaffold_year
    >>> from bekostiging.case import read_case
    >>> scaffold_year("year", "settlement", "en")
    >>> sorted(file.stem for file in Path("year").glob("*.csv"))[:3]
    ['bookings', 'changes', 'control_totals']
    >>> read_actuals("year", read_case("veenrand")).years
    ()
    """
    place = _source(source)
    reading = Reading(base_year=case.base_year, doubts=list(place.doubts), notes=list(place.notes))
    reading.stated = exceptions(case.not_bsn, TABLES, [])
    problems = reading.problems
    problems += place.strays(reading.stated)
    tables: dict[str, tuple[Row, ...]] = {}
    for name in place.tables():
        grid = place.grid(YEAR_TABLES[name], problems, reading.notes)
        tables[name] = () if grid is None else tuple(read_rows(grid, YEAR_TABLES[name], reading))
    if not tables:
        listed = ", ".join(YEAR_TABLES)
        raise UserError(
            f"{source}: hierin staat geen enkele tabel van een contractjaar ({listed}); maak een werkboek met `bekostiging "
            "new afrekening.xlsx --with settlement`.",
            f"{source}: none of the tables of a contract year is in it ({listed}); make a workbook with `bekostiging new "
            "settlement.xlsx --with settlement`.",
        )
    with located(place):
        if problems or reading.doubts:
            raise CaseError([*problems, *reading.doubts])
        beside = {name: getattr(case, name) for name in TABLES}
        rows: dict[str, Any] = with_keys(tables, beside, reading.notes)
        notes = told(place, [_named(note, place.lang) for note in reading.notes])
        figures = YearFigures(**rows, notes=notes)
        if found := problems_of(figures, case, today or date.today()):
            raise CaseError(found)
    return figures


@contextmanager
def told_at(source: Path | None, case: str | Path, numbers: Mapping[str, str]) -> Iterator[None]:
    """What is found wrong in figures after they were read, told at its cell and by the names that the user typed.

    ``source``: where the figures came from; ``case``: where their case did; ``numbers``: of each provider, where they are
    numbered. Tables of a folder keep their own names.
    """
    try:
        yield
    except CaseError as error:
        places: dict[str, Source | None] = {
            table: _place_of(table, source, case) for table in {one.table for one in error.problems}
        }
        typed = {number: provider for provider, number in numbers.items()}
        own = [_by_name(one, typed) for one in error.problems]
        found = [one if (place := places[one.table]) is None else place.located(one) for one in own]
        raise CaseError(found) from None


def _place_of(table: str, source: Path | None, case: str | Path) -> Source | None:
    """The workbook in which a table stands, with its cells; None where it is no workbook."""
    of_year = table in YEAR_TABLES
    file = source if of_year else Path(case)
    if file is None or file.suffix.lower() not in SPREADSHEETS or not file.is_file():
        return None
    place = _source(file) if of_year else source_of(file)
    if table in place.tables():
        place.grid((YEAR_TABLES | TABLES)[table], [], [])
    return place


def _by_name(problem: Problem, typed: Mapping[str, str]) -> Problem:
    """A problem that names providers as they were typed; ``typed``: by number."""
    nl, en = (
        re.sub(r"[\w-]+", lambda found: typed.get(found[0], found[0]), text) for text in (problem.nl, problem.en)
    )
    return replace(problem, nl=nl, en=en)


def _named(note: Note, names: str) -> Note:
    """A note that begins with a table, with the name of its sheet where it is a workbook."""
    if not names:
        return note
    told = {}
    for lang, text in note.items():
        table, mark, rest = text.partition(":")
        told[lang] = f"{sheet_name(table, names)}{mark}{rest}" if table in YEAR_TABLES else text
    return told


def _source(source: Path) -> Source:
    """The workbook or folder."""
    check_name(source)
    if source.is_dir():
        return FolderSource(source, YEAR_TABLES)
    if source.suffix.lower() in SPREADSHEETS:
        from bekostiging.case.workbook.source import WorkbookSource

        return WorkbookSource(source, YEAR_TABLES)
    raise UserError(
        f"{source} is geen map en geen werkboek (.xlsx); geef het werkboek met de cijfers van het jaar, of een map met een "
        "CSV-bestand per tabel.",
        f"{source} is no folder and no workbook (.xlsx); give the workbook with the figures of the year, or a folder with a "
        "CSV file per table.",
    )
