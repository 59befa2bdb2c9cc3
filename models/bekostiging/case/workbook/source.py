"""A workbook as the source of a case: its sheets as tables, and every problem at its cell.

Sheets and columns are known by their Dutch and English names, in any order; the row of names is found under whatever
stands above it. Nothing is dropped unsaid: sheets that are no table, hidden rows, a total under a table and macros
are notes; merged cells, formulas without outcome, errors and cells under no name are problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bekostiging.case.bsn import find
from bekostiging.case.cell_problems import shortened
from bekostiging.case.errors import LANGUAGES, Note, Problem, UserError
from bekostiging.case.folded import folded, meant, near
from bekostiging.case.former import RENAMED, field_of
from bekostiging.case.head import small_head
from bekostiging.case.not_bsn import Exceptions, citizen_number, name_number
from bekostiging.case.numbers import CELL
from bekostiging.case.read_folder import NEAR
from bekostiging.case.read_rows import Cell, Grid, Reading, read_rows
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import ASKED, TABLES
from bekostiging.case.workbook.beside import problems_beside
from bekostiging.case.workbook.cells import cell_of, text_of
from bekostiging.case.workbook.container import open_container
from bekostiging.case.workbook.head_sheet import HeadSheet
from bekostiging.case.workbook.help import help_of
from bekostiging.case.workbook.located import Place, at_cells, in_workbook
from bekostiging.case.workbook.names import (
    SHEETS,
    column_name,
    known_columns,
    known_sheets,
    sheet_name,
)
from bekostiging.case.workbook.places import letters
from bekostiging.case.workbook.schema import VERSION, check_version, upgraded
from bekostiging.case.workbook.sheets import (
    Merged,
    Sheet,
    empty,
    header_row,
    hidden,
    merged_within,
    read_sheets,
    unread,
    within,
)

CASE = "case.toml"
"""What problems call the head of a case."""
TOTAL = re.compile(r"^((eind|sub)?tota(a)?l(en)?|(grand |sub)?totals?|som|sum)\b.{0,40}$", re.IGNORECASE)


MOST_STRAYS = 20
"""Problems outside tables that are listed per sheet."""


def _is_expert(model: type[Row], column: str) -> bool:
    """Whether a column is hidden by design."""
    return column in model.model_fields and help_of(model, column, "en").level == "expert"


class WorkbookSource:
    """The tables of a workbook.

    Raises
    ------
    UserError
        The file cannot be opened, is no .xlsx, or is newer than this package.
    """

    def __init__(self, path: Path, models: Mapping[str, type[Row]] = TABLES) -> None:
        self.path, self.models = path, models
        self.container = open_container(path)
        self.sheets = {sheet.name: sheet for sheet in read_sheets(path, self.container)}
        self._of_table = self._known_tables()
        self.lang = self._language()
        self.doubts = self._meant_tables()
        self._places: dict[str, Place] = {}
        case = self._of_table.get("case")
        self._head = HeadSheet(self.sheets[case[0]] if case else None, self.lang)
        self.version = self._version()
        self.notes = unread(self._unknown_sheets(), self.container.macros)

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are there."""
        return tuple(table for table in self.models if table in self._of_table)

    def grid(self, model: type[Row], problems: list[Problem], notes: list[Note]) -> Grid | None:
        """The cells of a table; None, with its problem, when no row holds the names of its columns."""
        table = model.table
        names = self._of_table[table]
        if len(names) > 1:
            twice = ", ".join(f"'{name}'" for name in names)
            problems.append(
                Problem(
                    table,
                    f"staat op meer bladen ({twice}); laat er een staan",
                    f"is on several sheets ({twice}); keep one",
                )
            )
            return None
        sheet = self.sheets[names[0]]
        header = header_row(sheet, model)
        if header is None:
            if not sheet.rows and not model.required:
                notes.append(empty(sheet.name))
                return None
            problems.append(self._no_header(model, sheet))
            return None
        known = known_columns(model)
        texts = [text_of(value) for value in sheet.rows[header]]
        places = {known.get(folded(text), text): column for column, text in enumerate(texts) if text}
        now = {new: places[old] for old, new in RENAMED.get(table, {}).items() if old in places}
        self._places[table] = Place(sheet.name, header, now | places)
        filled = [column for column, text in enumerate(texts) if text]
        problems += self._nameless(sheet, table, header, texts)
        problems += self._above(sheet, model, header, filled, texts)
        rows = list(self._rows(sheet, model, header, filled, texts, notes))
        shown = [column for name, column in places.items() if not _is_expert(model, name)]
        notes += hidden(sheet, [row - 1 for row, _ in rows], shown)
        labels = {name: column_name(name, self.lang) for name in columns(model)}
        labels |= {name: texts[column] for name, column in places.items() if name in known.values()}
        names_there = [known.get(folded(texts[column]), texts[column]) for column in filled]
        grid = Grid(names_there, rows, labels, sheet.name)
        return upgraded(grid, table, self.version, notes)

    def strays(self, stated: Exceptions) -> list[Problem]:
        """Names of sheets, sheets that are no table, texts over a table and texts in no cell that may hold a BSN."""
        problems = [problem for name in self.sheets if (problem := name_number(name)) is not None]
        problems += problems_beside(self.path.name, self.container.numbers_beside, stated)
        tables = {names[0]: table for table, names in self._of_table.items() if table in self.models}
        for name, sheet in self.sheets.items():
            table = tables.get(name)
            header = None if table is None else header_row(sheet, self.models[table])
            # the cells under a header are judged where they are read, those of the head with their field
            first = 2 if name in self._of_table.get("case", []) else 0
            problems += [
                citizen_number(table or name, "", place=f"{name}!{letters(column)}{row + 1}")
                for row, values in enumerate(sheet.rows[:header])
                for column, value in enumerate(values)
                if column >= first and isinstance(value, str) and find(value)
            ][:MOST_STRAYS]
        return problems

    def missing(self, table: str) -> Problem:
        """The problem of a required table that is not there."""
        name = sheet_name(table, self.lang)
        return Problem(
            table,
            f"blad {name} ontbreekt; voeg het toe (`bekostiging new voorbeeld.xlsx` geeft een voorbeeld)",
            f"sheet {name} is missing; add it (`bekostiging new example.xlsx` gives an example)",
            place=self.path.name,
        )

    def doubtful(self, table: str) -> Problem | None:
        """Nothing: a sheet of almost the name of a table is read as that table, and asked about (``doubts``)."""
        return None

    def located(self, problem: Problem) -> Problem:
        """A problem at its cell, in the names of the workbook."""
        nl, en = in_workbook(problem.nl, "nl", self.lang, problem.table), in_workbook(problem.en, "en", self.lang)
        found = replace(problem, nl=nl, en=en)
        if problem.place is not None:
            return found
        if problem.table == CASE:
            return replace(found, place=self._head.place(problem.column))
        place = self._places.get(problem.table)
        if place is None:
            sheet = self._of_table.get(problem.table, [sheet_name(problem.table, self.lang)])[0]
            return replace(found, place=sheet)
        return at_cells(found, place, self.lang)

    def told(self, note: Note) -> Note:
        """A note in the names of the workbook."""
        return {lang: in_workbook(said, lang, self.lang) for lang, said in note.items()}

    def head(self, problems: list[Problem], *, required: bool = True) -> dict[str, Any] | None:
        """The fields of sheet casus; None where it holds none beside its version."""
        if "base_year" not in self._head.values:
            if required:
                problems.append(self._no_head())
            return None
        names = self._of_table["case"]
        if len(names) > 1:
            twice = ", ".join(names)
            nl, en = (
                f"er is meer dan een blad voor de casus ({twice}); laat er een staan",
                f"more than one sheet ({twice}); keep one",
            )
            problems.append(Problem(CASE, nl, en, place=self.path.name))
            return None
        head = self._head.head()
        problems += self._head.problems
        return head

    def small_head(self, problems: list[Problem]) -> dict[str, Any]:
        """What sheet casus of a small start says of itself."""
        said = small_head(self._head.texts(), problems)
        problems += self._head.problems
        return said

    def _known_tables(self) -> dict[str, list[str]]:
        """Names of the sheets of every table; more than one is a problem when it is read."""
        found: dict[str, list[str]] = {}
        for name in self.sheets:
            table = known_sheets().get(folded(name))
            if table is not None and (table in self.models or table in SHEETS):
                found.setdefault(table, []).append(name)
        return found

    def _language(self) -> str:
        """The language of the names of the sheets, Dutch when they do not tell."""
        english = {folded(sheet_name(table, "en")) for table in known_sheets().values()}
        dutch = {folded(sheet_name(table, "nl")) for table in known_sheets().values()}
        names = {folded(name) for name in self.sheets}
        return "en" if len(names & (english - dutch)) > len(names & (dutch - english)) else "nl"

    def _version(self) -> int:
        """The version that sheet casus states; 0 without."""
        if "schema" not in self._head.values:
            return 0
        version = self._head.number("schema")
        if not isinstance(version, int):
            place = self._head.place("schema")
            raise UserError(
                f"{place} is geen geheel getal; vul {VERSION} in.",
                f"{place} is no whole number; fill in {VERSION}.",
            )
        check_version(version)
        return version

    def _unknown_sheets(self) -> list[str]:
        """Sheets whose names are those of no table."""
        taken = {name for names in self._of_table.values() for name in names}
        return [name for name in self.sheets if name not in taken]

    def _meant_tables(self) -> list[Problem]:
        """A problem per sheet of almost the name of a table that is not there; the sheet is taken for that table."""
        found = []
        for table in (*self.models, *(("case",) if self.models is TABLES else ())):
            near_it = None if table in self._of_table else self._near_sheet(table)
            if near_it is None:
                continue
            self._of_table[table] = [near_it]
            name = sheet_name(table, self.lang)
            if table not in self.models or self.models[table].required:
                nl = f"blad {name} ontbreekt; is het blad {near_it}? Hernoem dat"
                en = f"sheet {name} is missing; is it sheet {near_it}? Rename that"
                found.append(Problem(table, nl, en, place=self.path.name))
                continue
            nl = (
                f"is dit blad {name}? Hernoem het zo, of geef het een heel andere naam: dan wordt het niet gelezen"
            )
            en = f"is this sheet {name}? Rename it so, or give it quite another name: then it is not read"
            found.append(Problem(table, nl, en, place=near_it))
        return found

    def _near_sheet(self, table: str) -> str | None:
        """A sheet of an unknown name that may be this table, such as "gebieden - Tabel 1" of Numbers."""
        taken = {name for names in self._of_table.values() for name in names}
        unknown = [name for name in self.sheets if name not in taken]
        for lang in LANGUAGES:
            own = sheet_name(table, lang)
            found = next((name for name in unknown if meant(name, [own])), None) or near(own, unknown, NEAR)
            if found is not None:
                return found
        return None

    def _no_head(self) -> Problem:
        """The head is asked for and not there.

        Raises
        ------
        UserError
            It is the small workbook, from which a case is yet to be estimated.
        """
        if set(ASKED) <= set(self.tables()) and "providers" not in self._of_table:
            name = self.path.name
            raise UserError(
                f"{name}: dit is het kleine werkboek, nog geen casus; schat er een uit met `bekostiging new volledig.xlsx "
                f"--from {self.path}`.",
                f"{name}: this is the small workbook, not yet a case; estimate one with `bekostiging new full.xlsx --from "
                f"{self.path}`.",
            )
        return self.missing("case")

    def _no_header(self, model: type[Row], sheet: Sheet) -> Problem:
        """No row names the columns of a table."""
        names = ", ".join(column_name(name, self.lang) for name in columns(model)[:3])
        return Problem(
            model.table,
            f"geen rij met de namen van de kolommen gevonden; zet boven de cijfers {names} enzovoort",
            f"no row with the names of the columns; put {names} and so on over the figures",
            place=sheet.name,
        )

    def _nameless(self, sheet: Sheet, table: str, header: int, texts: list[str]) -> Iterator[Problem]:
        """Report cells in a column without a name: they would be lost."""
        width = max((len(row) for row in sheet.rows[header:]), default=0)
        for column in range(width):
            if column < len(texts) and texts[column]:
                continue
            for row in range(header + 1, len(sheet.rows)):
                if text_of(sheet.value(row, column)):
                    yield Problem(
                        table,
                        f"boven deze kolom staat in rij {header + 1} geen naam; geef haar een naam of wis de cellen",
                        f"row {header + 1} has no name over this column; name it or clear the cells",
                        place=f"{sheet.name}!{letters(column)}{row + 1}",
                    )
                    break

    def _above(
        self, sheet: Sheet, model: type[Row], header: int, filled: Sequence[int], texts: list[str]
    ) -> Iterator[Problem]:
        """Report rows of the table over the names of its columns, such as sorting leaves there: they would be lost."""
        known = known_columns(model)
        names = [known.get(folded(texts[column]), texts[column]) for column in filled]
        over = [
            (
                row + 1,
                [
                    self._cell_at(sheet, row, column, known.get(folded(texts[column])), model, {}, [])
                    for column in filled
                ],
            )
            for row in range(header)
        ]
        for row in read_rows(upgraded(Grid(names, over), model.table, self.version, []), model, Reading()):
            yield Problem(
                model.table,
                f"deze rij staat boven de namen van de kolommen (rij {header + 1}); zet haar eronder of wis haar",
                f"this row is over the names of the columns (row {header + 1}); put it under them or clear it",
                place=f"{sheet.name}!{row.line}:{row.line}",
            )

    def _rows(
        self,
        sheet: Sheet,
        model: type[Row],
        header: int,
        filled: Sequence[int],
        texts: list[str],
        notes: list[Note],
    ) -> Iterator[tuple[int, list[Cell]]]:
        """Rows with something in them, up to a total under the table."""
        known = known_columns(model)
        last = next(
            (row for row in range(len(sheet.rows) - 1, header, -1) if self._has_content(sheet, row, filled)),
            header,
        )
        if last > header and self._is_total(sheet, last, model, filled, texts):
            label = shortened(text_of(next(value for value in sheet.rows[last] if text_of(value))))
            notes.append(
                {
                    "nl": f"{sheet.name}!{last + 1}:{last + 1}: '{label}' gelezen als totaal onder de tabel, niet als rij",
                    "en": f"{sheet.name}!{last + 1}:{last + 1}: '{label}' read as a total under the table, not as a row",
                }
            )
            last -= 1
        merged = merged_within(sheet, header + 1, last, filled)
        for row in range(header + 1, last + 1):
            if not self._has_content(sheet, row, filled):
                continue
            cells = []
            for column in filled:
                name = known.get(folded(texts[column]))
                cells.append(self._cell_at(sheet, row, column, name, model, merged, notes))
            yield row + 1, cells

    def _has_content(self, sheet: Sheet, row: int, filled: Sequence[int]) -> bool:
        """Whether a row holds anything in a column with a name."""
        return any(
            text_of(sheet.value(row, column))
            or (row, column) in sheet.marks.errors
            or (row, column) in sheet.marks.uncomputed
            for column in filled
        )

    def _is_total(self, sheet: Sheet, row: int, model: type[Row], filled: Sequence[int], texts: list[str]) -> bool:
        """A last row that says total in its first cell, is no complete row and holds no citizen service number."""
        known = known_columns(model)
        if any(isinstance(value, str) and find(value) for value in sheet.rows[row]):
            return False
        first = next((text for value in sheet.rows[row] if (text := text_of(value))), "")
        empty = {known.get(folded(texts[c])) for c in filled if not text_of(sheet.value(row, c))}
        needed = {name for name, info in model.model_fields.items() if info.is_required()}
        return TOTAL.match(first) is not None and bool(needed & empty)

    def _cell_at(
        self,
        sheet: Sheet,
        row: int,
        column: int,
        name: str | None,
        model: type[Row],
        merged: Merged,
        notes: list[Note],
    ) -> Cell:
        """One cell, with what is wrong with it before anybody reads it."""
        place, marks = (row, column), sheet.marks
        value = sheet.value(row, column)
        if name is None:
            return Cell(text_of(value), CELL)
        shown = next((shown for shown, range_ in merged.items() if within(place, range_)), None)
        if shown is not None:
            nl = f"hoort bij samengevoegde cellen ({shown}); splits ze en vul elke cel"
            en = f"is part of merged cells ({shown}); split them and fill every cell"
            return Cell("", CELL, (nl, en))
        if place in marks.errors:
            error = shortened(marks.errors[place])
            return Cell(
                "",
                CELL,
                (f"bevat de fout {error}; herstel de formule", f"holds the error {error}; mend the formula"),
            )
        if place in marks.uncomputed or (self.container.never_computed and place in marks.formulas):
            nl = "een formule die nog niet is uitgerekend; open en bewaar het werkboek in Excel, of typ het getal"
            en = "a formula that was never computed; open and save the workbook in Excel, or type the number"
            return Cell("", CELL, (nl, en))
        cell, dated = cell_of(value, name, field_of(model, name))
        if dated:
            shown = f"{sheet.name}!{letters(column)}{row + 1}"
            nl, en = (
                f"{shown}: datum {text_of(value)} gelezen als jaar {cell.text}",
                f"{shown}: date {text_of(value)} read as year {cell.text}",
            )
            notes.append({"nl": nl, "en": en})
        return cell
