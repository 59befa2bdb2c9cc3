"""Reading a case: a folder with case.toml and CSV tables, a workbook with the same tables, or an embedded case by name.

Every problem in the files is collected; nothing is returned unless all of them are well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

from bekostiging.case.arguments import checked_kind, checked_path, wrong_argument
from bekostiging.case.bsn import mask
from bekostiging.case.credits import BookedHistory, with_credits_netted
from bekostiging.case.csv_text import text_of
from bekostiging.case.errors import CaseError, Note, Problem, UserError, gathered
from bekostiging.case.former import with_present_policies, with_stock
from bekostiging.case.keys import unknown_keys, with_keys
from bekostiging.case.mergers import with_mergers
from bekostiging.case.model import Case
from bekostiging.case.not_bsn import FIELD, Exceptions, check_name, exceptions
from bekostiging.case.pseudonym import with_names_judged
from bekostiging.case.read_folder import FolderSource, csv_grid, is_table
from bekostiging.case.read_rows import Grid, Reading, read_rows
from bekostiging.case.rows import Row
from bekostiging.case.spread import with_estimates
from bekostiging.case.tables import ASKED, TABLES, FunctionGroup, History, Policy
from bekostiging.case.validate import check_case, policies_wrong
from bekostiging.characters import visible

EMBEDDED = ("almere", "veenrand")
SYNTHETIC = ("region", "voorbeeldregio")
WORKBOOKS = (".xlsx", ".xlsm")
"""How the name of a workbook ends."""
SPREADSHEETS = (*WORKBOOKS, ".xls", ".xlsb", ".ods")
"""Names that are meant as a workbook, also where another format must be saved as .xlsx first."""
NUMBERS = ".numbers"
"""How the name of a spreadsheet of Numbers ends."""
MOST_BOOKS = 3
"""Workbooks in a folder that a sentence names."""


HeadWanted = Literal["required", "optional", "small", "unread"]


class Source(Protocol):
    """Where tables come from: a folder or a workbook. Rows are judged in ``read_rows`` alone."""

    notes: list[Note]
    """What a reader must know of the source as a whole."""
    lang: str
    """Language of the names of its sheets; empty where it is no workbook."""
    doubts: list[Problem]
    """What in it is almost a table, with the name that it should have; it is read as that table."""

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are there."""

    def grid(self, model: type[Row], problems: list[Problem], notes: list[Note]) -> Grid | None:
        """The cells of a table; None, with its problem, when they cannot be read."""

    def missing(self, table: str) -> Problem:
        """The problem of a required table that is not there."""

    def doubtful(self, table: str) -> Problem | None:
        """A problem when something with almost the name of the table is there, which would not be read."""

    def located(self, problem: Problem) -> Problem:
        """A problem with its place as the user finds it."""

    def told(self, note: Note) -> Note:
        """A note in the names that the user knows."""

    def strays(self, stated: Exceptions) -> list[Problem]:
        """What may be a citizen service number outside the cells of the tables, such as names and comments."""

    def small_head(self, problems: list[Problem]) -> dict[str, Any]:
        """What a small start says of itself: name, title, kind, whether names are real."""

    def head(self, problems: list[Problem], *, required: bool = True) -> dict[str, Any] | None:
        """Name, texts, kind and base year; None, with its problem when it is required, where there is none."""


@dataclass(frozen=True)
class Draft:
    """Tables as they were read, row by row in order, before the rules between tables; ``head`` None where absent."""

    head: dict[str, Any] | None
    tables: dict[str, tuple[Row, ...]]
    notes: tuple[Note, ...] = ()
    doubts: tuple[Problem, ...] = ()
    """Slips of which the likely meaning stands in the tables: what is computed from them is refused."""


def read_case(name: str | Path) -> Case:
    """Read a case and validate it.

    Parameters
    ----------
    name : str or path
        ``almere`` (the worked example), ``veenrand`` (an invented region of three municipalities), ``region`` or
        ``voorbeeldregio`` (a synthetic region), a folder with case.toml and CSV tables, or a workbook (.xlsx, .xlsm).

    Returns
    -------
    Case
        Every table, as frozen rows; ``notes`` says what the reader had to decide, such as a former name of a column.

    Raises
    ------
    UserError
        No such case, folder or workbook.
    CaseError
        Everything wrong in the tables, listed together with table, row and column.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> case = read_case("almere")
    >>> case.first_year, case.n_years, case.policy.discount_rate
    (2028, 4, 0.0)
    >>> read_case("almera")
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: Case almera is no folder, ... Did you mean almere?
    """
    if not isinstance(name, str):
        name = checked_path("name", name)
    if str(name) in SYNTHETIC:
        from bekostiging.case.region import synthetic_region

        return synthetic_region()
    source = source_of(name)
    required = [table for table, model in TABLES.items() if model.required]
    with located(source):
        read = read_draft(source, required, head="required")
        with doubted(read):
            draft = of_today(read)
            notes = told(source, draft.notes)
            tables: dict[str, Any] = draft.tables  # types cannot say which of them holds which rows
            return validated(Case(**draft.head or {}, **tables, notes=notes, sheets=source.lang))


def told(source: Source, notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes in the names that the user knows, each once; citizen service numbers are masked."""
    shown = [{lang: mask(visible(said)) for lang, said in source.told(note).items()} for note in notes]
    return tuple({note["nl"]: note for note in shown}.values())


def is_small(name: str | Path) -> bool:
    """Whether this is the small start: the tables a region has anyway, in a folder or workbook without providers."""
    if str(name) in (*EMBEDDED, *SYNTHETIC):
        return False
    there = source_of(name).tables()
    return set(ASKED) <= set(there) and "providers" not in there


@contextmanager
def located(source: Source) -> Iterator[None]:
    """Every mistake once, at its place as the user finds it."""
    try:
        yield
    except CaseError as error:
        raise CaseError(source.located(problem) for problem in gathered(error.problems)) from None


@contextmanager
def doubted(draft: Draft) -> Iterator[None]:
    """What is wrong in what is made of a draft, after the doubts that it was made with; doubts alone are refused too."""
    try:
        yield
    except CaseError as error:
        raise CaseError([*draft.doubts, *error.problems]) from None
    if draft.doubts:
        raise CaseError(draft.doubts)


def source_of(name: str | Path) -> Source:
    """The folder, workbook or embedded case of this name.

    Raises
    ------
    UserError
        There is none, or the workbook cannot be opened.
    """
    if str(name) in EMBEDDED:
        return FolderSource(embedded(str(name)))
    place = Path(name)
    check_name(place)
    refuse_other_kinds(place)
    if place.suffix.lower() in SPREADSHEETS and not place.is_dir():
        from bekostiging.case.workbook.source import WorkbookSource

        return WorkbookSource(place)
    if place.is_dir():
        return FolderSource(place)
    known = ", ".join((*EMBEDDED, *SYNTHETIC))
    near = get_close_matches(str(name), (*EMBEDDED, *SYNTHETIC), 1)
    hint = {"nl": f" Bedoelt u {near[0]}?", "en": f" Did you mean {near[0]}?"} if near else {"nl": "", "en": ""}
    raise UserError(
        f"Casus {name} is geen map, geen werkboek (.xlsx) en geen bekende naam ({known}); geef de map met case.toml of "
        f"het werkboek.{hint['nl']}",
        f"Case {name} is no folder, no workbook (.xlsx) and no known name ({known}); give the folder with case.toml or "
        f"the workbook.{hint['en']}",
    )


def refuse_other_kinds(place: Path) -> None:
    """Refuse what is there and no case: a file of Numbers, one table alone, a folder with a workbook alone or with no table.

    Raises
    ------
    UserError
        It is one of these; the cause and the remedy in a sentence.
    """
    if place.suffix.lower() == NUMBERS and place.exists():
        from bekostiging.case.workbook.container import numbers_file

        raise numbers_file(place)
    if place.is_file() and is_table(place.name):
        raise UserError(
            f"{place} is één tabel; geef de map waarin alle tabellen staan, of een werkboek (.xlsx).",
            f"{place} is one table; give the folder that holds all tables, or a workbook (.xlsx).",
        )
    if not place.is_dir():
        return
    names = FolderSource(place).files
    books = [one for one in names if one.lower().endswith((*SPREADSHEETS, NUMBERS)) and not one.startswith("~")]
    if books and not any(is_table(one) or one == "case.toml" for one in names):
        shown = ", ".join(books[:MOST_BOOKS])
        raise UserError(
            f"In map {place} staan geen tabellen (.csv), wel {shown}; geef dat werkboek zelf: {place / books[0]}.",
            f"Folder {place} holds no tables (.csv) but {shown}; give that workbook itself: {place / books[0]}.",
        )
    if not any(is_table(one) or one == "case.toml" for one in names):
        raise UserError(
            f"In map {place} staat geen casus: geen case.toml en geen enkele tabel (.csv); geef een map waarin die staan, "
            "of een werkboek (.xlsx).",
            f"Folder {place} holds no case: no case.toml and not one table (.csv); give a folder that holds them, or a "
            "workbook (.xlsx).",
        )


def embedded(name: str) -> Traversable:
    """Folder of a case or example that comes with the package."""
    return files("bekostiging.case") / "embedded" / name


def read_draft(
    source: Source,
    required: Sequence[str] = (),
    *,
    head: HeadWanted = "optional",
    beside: Mapping[str, Sequence[Row]] = MappingProxyType({}),
) -> Draft:
    """Every table of a source, each row well in itself; ``beside``: rows with keys of tables that are not brought.

    Raises
    ------
    CaseError
        A required table is missing, a column, cell or the head is wrong.
    """
    reading = Reading(doubts=list(source.doubts), notes=list(source.notes))
    problems = reading.problems
    top = _head(source, problems, head)
    base_year = (top or {}).get("base_year")
    reading.base_year = base_year if isinstance(base_year, int) else None
    reading.stated = exceptions(str((top or {}).get(FIELD, "")), TABLES, [])
    problems[:0] = source.strays(reading.stated)
    reading.notes += reading.stated.notes()
    tables: dict[str, tuple[Row, ...]] = {}
    there = source.tables()
    for name, model in TABLES.items():
        if name in there:
            grid = source.grid(model, problems, reading.notes)
            booked = BookedHistory if model is History else model
            tables[name] = () if grid is None else tuple(read_rows(grid, booked, reading))
        elif name in required:
            problems.append(source.missing(name))
        elif (doubt := source.doubtful(name)) is not None:
            problems.append(doubt)
    tables = with_credits_netted(tables, problems, reading.notes)
    tables = with_stock(tables, problems, reading.notes)
    tables = with_present_policies(tables, problems, reading.notes)
    if problems:
        slips = [row for row in tables.get("policy", ()) if isinstance(row, Policy)]
        rest = [*_keys_all_the_same(tables, beside, reading), *policies_wrong(slips)]
        raise CaseError([*problems, *reading.doubts, *rest])
    return Draft(top, tables, tuple(reading.notes), tuple(reading.doubts))


def _head(source: Source, problems: list[Problem], wanted: HeadWanted) -> dict[str, Any] | None:
    """The head as far as it is wanted."""
    if wanted == "unread":
        return None
    return (
        source.small_head(problems) if wanted == "small" else source.head(problems, required=wanted == "required")
    )


def _keys_all_the_same(
    tables: Mapping[str, tuple[Row, ...]], beside: Mapping[str, Sequence[Row]], reading: Reading
) -> Iterator[Problem]:
    """Keys that are in no table, also of and to rows with another problem: they need not wait for the next round."""
    there = {
        table: (*tables.get(table, beside.get(table, ())), *reading.unwell.get(table, ()))
        for table in {**beside, **tables}
        if not any(problem.table == table and problem.row is None for problem in reading.problems)
    }
    rows = with_keys(there, {}, [])
    wrong = {(problem.table, problem.column) for problem in reading.problems}
    told = {(problem.table, problem.row, problem.column) for problem in reading.problems}
    judged = [table for table in rows if (table, TABLES[table].key[0]) not in wrong]
    for problem in unknown_keys({table: rows[table] for table in judged}, rows):
        if (problem.table, problem.row, problem.column) not in told:
            yield problem


def of_today(draft: Draft, beside: Mapping[str, Sequence[Row]] = MappingProxyType({})) -> Draft:
    """The tables with a key wherever a name stands, and history by the municipalities of today (``mergers``).

    ``beside``: rows with keys of tables that are not brought.

    Raises
    ------
    CaseError
        A merger that cannot be, or a count of a municipality that was gone.
    """
    problems: list[Problem] = []
    notes = list(draft.notes)
    tables = with_mergers(with_keys(draft.tables, beside, notes), problems, notes)
    if problems:
        raise CaseError(problems)
    return replace(draft, tables=tables, notes=tuple(notes))


def validated(case: Case) -> Case:
    """The case when nothing is wrong in it, empty spreads estimated.

    Raises
    ------
    CaseError
        Everything wrong in it.
    """
    check_case(case)
    return with_names_judged(with_estimates(case))


def with_cost_sheet(case: Case, sheet: str | Path) -> Case:
    """The case with a provider's own function groups in place of its cost build-up; no file is written.

    Parameters
    ----------
    case : Case
        A validated case.
    sheet : str or path
        A CSV file with the columns of table ``function_groups``: hours, wages and overhead of every function group, which
        give the provider's own fair price.

    Returns
    -------
    Case
        A validated case without rows in ``cost_price``.

    Raises
    ------
    UserError
        The file is not there.
    CaseError
        A cell of it is wrong, or it does not fit the case.

    Examples
    --------
    >>> from bekostiging.case import read_case, with_cost_sheet
    >>> with_cost_sheet(read_case("almere"), "own.csv")
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: sheet own.csv: there is no such file; give a CSV file ...
    """
    checked_kind("case", case, Case, "read_case")
    sheet = checked_path("sheet", sheet)
    problems: list[Problem] = []
    check_name(sheet)
    if not sheet.is_file():
        raise wrong_argument(
            "sheet",
            str(sheet),
            "dit bestand bestaat niet; geef een CSV-bestand met de kolommen van tabel function_groups",
            "there is no such file; give a CSV file with the columns of table function_groups",
        )
    text = text_of(sheet, FunctionGroup.table, problems)
    reading = Reading(problems=problems)
    grid = None if text is None else csv_grid(text, FunctionGroup.table, problems, reading.notes)
    rows = [] if grid is None else list(read_rows(grid, FunctionGroup, reading))
    if problems or reading.doubts:
        raise CaseError(gathered([*problems, *reading.doubts]))
    groups = tuple(row for row in rows if isinstance(row, FunctionGroup))
    return validated(replace(case, function_groups=groups, cost_price=(), notes=(*case.notes, *reading.notes)))
