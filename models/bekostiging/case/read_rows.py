"""From the cells of a table to its rows: the one place where a cell is judged, whatever file it came from.

A source (``read_folder``, ``workbook.source``) gives a ``Grid``: names of columns and rows of cells. Every problem is
collected; a row with a problem is left out, so that the rules between tables only see rows that are well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from math import inf
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from bekostiging.case.bsn import coded, find, mask
from bekostiging.case.errors import Note, Problem
from bekostiging.case.former import RENAMED, note_of_rename, read_as
from bekostiging.case.not_bsn import Exceptions, citizen_number
from bekostiging.case.numbers import AmbiguousNumberError, parse_bool, parse_number
from bekostiging.case.quantities import NEAR_ZERO, Because
from bekostiging.case.registry import Registry
from bekostiging.case.rows import Assumption, Row
from bekostiging.case.tables import Policy
from bekostiging.characters import one_form, visible

MOST_PROBLEMS = 200
"""Problems of one table that are listed at once: more of them have one cause, and a hostile file would keep us busy."""
MOST_UNKNOWN = 20
"""Unknown columns of one table that are listed: more of them are no slips of the pen."""
LONGEST_SHOWN = 60
"""Characters of a wrong cell that its problem repeats."""
NO_EXCEPTIONS = Exceptions()
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")


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


def read_rows(
    grid: Grid,
    model: type[Row],
    problems: list[Problem],
    notes: list[Note],
    base_year: int | None = None,
    stated: Exceptions = NO_EXCEPTIONS,
) -> Iterator[Row]:
    """Yield the well-formed rows of one table and report the others; a column under a former name is read, with a note.

    ``base_year``: of the case, where it is known, for that note; ``stated``: where a number is no citizen service number.
    """
    before, labels, model = len(problems), grid.labels, read_as(model, grid.columns)
    grid, old = _renamed(grid, model.table)
    well = _columns_are_well(grid, model, problems)
    _as_in_the_file(problems, before, old)
    if not well:
        return
    notes += [note_of_rename(model.table, name, labels, base_year) for name in old.values()]
    before = len(problems)
    for line, cells in grid.rows:
        if len(problems) - before >= MOST_PROBLEMS:
            nl = f"heeft {MOST_PROBLEMS} fouten of meer; herstel deze eerst, de rijen hierna zijn niet bekeken"
            en = (
                f"has {MOST_PROBLEMS} mistakes or more; mend these first, the rows from here on were not looked at"
            )
            problems.append(Problem(model.table, nl, en, row=line))
            return
        first = len(problems)
        row = _read_row(dict(zip(grid.columns, cells, strict=True)), model, line, problems, notes, stated)
        _as_in_the_file(problems, first, old)
        if row is not None:
            yield row


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


def _as_in_the_file(problems: list[Problem], first: int, old: dict[str, str]) -> None:
    """Problems from ``first`` on name a column as the file does."""
    for place in range(first, len(problems)) if old else ():
        column = problems[place].column
        if column in old:
            problems[place] = replace(problems[place], column=old[column])


def _columns_are_well(grid: Grid, model: type[Row], problems: list[Problem]) -> bool:
    """Report columns that are missing, unknown or twice there."""
    known = {name: info for name, info in model.model_fields.items() if name != "line"}
    shown = {name: grid.labels.get(name, name) for name in known}
    before = len(problems)
    for name, info in known.items():
        if info.is_required() and name not in grid.columns:
            problems.append(
                Problem(
                    model.table,
                    "deze kolom ontbreekt; voeg haar toe",
                    "this column is missing; add it",
                    column=name,
                )
            )
    unknown = list(dict.fromkeys(name for name in grid.columns if name not in known))
    if len(unknown) > MOST_UNKNOWN:
        nl = f"nog {len(unknown) - MOST_UNKNOWN} kolommen zijn onbekend; klopt het scheidingsteken, en is dit deze tabel?"
        en = f"{len(unknown) - MOST_UNKNOWN} more columns are unknown; is the separator right, and is it this table?"
        problems.append(Problem(model.table, nl, en))
    for name in [*unknown[:MOST_UNKNOWN], *(name for name in known if name in grid.columns)]:
        if name not in known:
            nl, en = _nearest(name, shown)
            if name in RENAMED.get(model.table, {}):
                new = shown[RENAMED[model.table][name]]
                nl, en = (
                    f"zij heet nu {new} en die staat er ook; laat er een staan",
                    f"it is now {new}, which is there too; keep one",
                )
            problems.append(Problem(model.table, f"onbekende kolom; {nl}", f"unknown column; {en}", column=name))
        elif grid.columns.count(name) > 1:
            problems.append(
                Problem(
                    model.table,
                    f"kolom {shown[name]} staat er {grid.columns.count(name)} keer; laat er een staan",
                    f"column {shown[name]} is there {grid.columns.count(name)} times; keep one of them",
                    column=name,
                )
            )
    return len(problems) == before


def _nearest(name: str, shown: dict[str, str]) -> tuple[str, str]:
    """The remedy for an unknown column: the nearest known one, as the file calls it."""
    names = {label.lower(): label for label in (*shown.keys(), *shown.values())}
    near = get_close_matches(name.lower(), names, 1)
    if not near:
        return "verwijder haar", "remove it"
    label = shown.get(names[near[0]], names[near[0]])
    return f"bedoelt u {label}?", f"did you mean {label}?"


def _read_row(
    cells: dict[str, Cell],
    model: type[Row],
    line: int,
    problems: list[Problem],
    notes: list[Note],
    stated: Exceptions,
) -> Row | None:
    """Parse and check one row; None when something in it is wrong."""
    values: dict[str, Any] = {"line": line}
    before = len(problems)
    for column, cell in cells.items():
        text = one_form(cell.text.strip())
        info = model.model_fields[column]
        if cell.fault is not None:
            problems.append(Problem(model.table, *cell.fault, row=line, column=column))
            continue
        if text == "":
            if info.is_required():
                problems.append(_empty(model, line, column))
            continue
        if _may_be_person(text, model, column) and not stated.hold(model.table, column, line):
            problems.append(citizen_number(model.table, column, line))
            continue
        try:
            if (model, column) == (Policy, "value"):
                text = _policy_text(text, cell.dialect)
            values[column] = _parse(text, info, cell.dialect)
        except AmbiguousNumberError:
            problems.append(_ambiguous(model, line, column, text))
        except ValueError:
            problems.append(_no_number(model, line, column, text, info))
        if column in ("municipality", "code") and text.isdigit() and len(text) < 4:
            values[column] = text.zfill(4)
            notes.append(
                {
                    "nl": f"{model.table}: {text} gelezen als gemeente {text.zfill(4)}",
                    "en": f"{model.table}: {text} read as municipality {text.zfill(4)}",
                }
            )
    if len(problems) > before:
        return None
    try:
        return model(**values)
    except ValidationError as error:
        first: dict[str, dict[str, Any]] = {}
        for detail in error.errors():  # of several about one cell the first: the others follow from it
            first.setdefault(str(detail["loc"][0]), dict(detail))
        problems += [_pydantic_problem(model, line, detail) for detail in first.values()]
        return None


def _may_be_person(text: str, model: type[Row], column: str) -> bool:
    """Whether a cell may hold a citizen service number; its column decides: a number is a number, a key no date."""
    kind = leaf(model.model_fields[column])
    if kind in (bool, int, float):
        return False
    if (model, column) == (Policy, "value") and re.fullmatch(r"[\d.,]+", text):
        return False
    return bool(find(text, codes=coded(model.table, column), dates=column not in model.key))


def shortened(text: str) -> str:
    """A text as a problem repeats it: on one line, masked, and not longer than a line."""
    line = mask(visible(" ".join(text.split())))
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"


def _ambiguous(model: type[Row], line: int, column: str, text: str) -> Problem:
    """A number that another reader would read otherwise."""
    return Problem(
        model.table,
        f"getal {text} is dubbelzinnig (duizendtal of decimaal); schrijf het zonder scheiding van duizendtallen",
        f"number {text} is ambiguous (thousands or decimals); write it without a thousands separator",
        row=line,
        column=column,
    )


def _no_number(model: type[Row], line: int, column: str, text: str, info: FieldInfo) -> Problem:
    """A text where a number, a whole number or yes or no is asked; a date says how it came there."""
    nl, en = f"vul een {_kind(info, 'nl')} in", f"fill in a {_kind(info, 'en')}"
    if _DATE.match(text):
        nl = f"{nl} (zet in Excel de celeigenschappen op Getal en typ het opnieuw)"
        en = f"{en} (in Excel set the cell's format to Number and type it again)"
    return Problem(
        model.table,
        f"'{shortened(text)}' is geen {_kind(info, 'nl')}; {nl}",
        f"'{shortened(text)}' is not a {_kind(info, 'en')}; {en}",
        row=line,
        column=column,
    )


def _empty(model: type[Row], line: int, column: str) -> Problem:
    """A required field left empty; an assumption without source says so."""
    if issubclass(model, Assumption) and column == "source":
        return Problem(
            model.table,
            "een aanname zonder bron; vul de bron in (publicatie, eigen administratie, of 'schatting van ...')",
            "an assumption without source; fill in the source (publication, own records, or 'estimate by ...')",
            row=line,
            column=column,
        )
    return Problem(
        model.table, "is leeg maar verplicht; vul in", "is empty but required; fill it in", row=line, column=column
    )


def leaf(info: FieldInfo) -> Any:
    """The type behind Optional and Annotated."""
    annotation: Any = info.annotation
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    return annotation


def choices(info: FieldInfo) -> tuple[str, ...]:
    """The words a field chooses from: those of a closed set, or the names of an open one; none where it takes any value."""
    for rule in info.metadata:
        if isinstance(rule, Registry):
            return tuple(rule)
    kind = leaf(info)
    return tuple(str(word) for word in get_args(kind)) if get_origin(kind) is Literal else ()


class Bounds(NamedTuple):
    """The strictest bounds of a number; an open one is not itself allowed."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False


def bounds(info: FieldInfo) -> Bounds:
    """The bounds of a field, also of one that may be empty; of several rules the strictest."""
    inner = [rule for own in _nested(info) for rule in getattr(own, "metadata", ())]
    lows, highs = [(-inf, False)], [(inf, True)]
    for rule in (*info.metadata, *inner):
        match rule:
            case Ge(ge=float() | int() as value):
                lows.append((float(value), False))
            case Gt(gt=float() | int() as value):
                lows.append((float(value), True))
            case Le(le=float() | int() as value):
                highs.append((float(value), True))
            case Lt(lt=float() | int() as value):
                highs.append((float(value), False))
    (low, low_open), (high, closed) = max(lows), min(highs)
    return Bounds(low, high, low_open, not closed)


def reason(info: FieldInfo) -> Because | None:
    """Why the bounds of a field are where they are; also of one that may be empty."""
    return next((rule for rule in (*info.metadata, *_nested(info)) if isinstance(rule, Because)), None)


def _nested(info: FieldInfo) -> list[Any]:
    """Metadata of the types that the type of a field is made of: of one that may be empty, or of several in a field."""
    return [rule for part in get_args(info.annotation) for rule in getattr(part, "__metadata__", ())]


def _parse(text: str, info: FieldInfo, separator: str) -> object:
    """Turn the text of a cell into a value of the field's kind."""
    kind = leaf(info)
    if kind is bool:
        return parse_bool(text)
    if kind is int:
        number = parse_number(text, separator)
        if not number.is_integer():
            raise ValueError(text)
        return int(number)
    if kind is float:
        return parse_number(text, separator)
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split("|") if part.strip())
    return text


def _policy_text(text: str, separator: str) -> str:
    """A policy value is a word or a number; a number is kept with a decimal point."""
    try:
        return repr(parse_number(text, separator))
    except AmbiguousNumberError:
        raise
    except ValueError:
        return text


def _kind(info: FieldInfo, lang: str) -> str:
    """Name of the kind of value a field takes."""
    names = {bool: ("ja of nee", "yes or no"), int: ("geheel getal", "whole number")}
    return names.get(leaf(info), ("getal", "number"))[lang == "en"]


def _pydantic_problem(model: type[Row], line: int, detail: dict[str, Any]) -> Problem:
    """A mistake that pydantic reports, as a sentence for the user."""
    column = str(detail["loc"][0])
    given, kind, limit = detail.get("input"), detail["type"], detail.get("ctx", {})
    given = shortened(given) if isinstance(given, str) else f"{given:.15g}" if isinstance(given, float) else given
    nl, en = (
        f"waarde {given} mag niet; zie de uitleg van deze kolom",
        f"value {given} is not allowed; see this column's explanation",
    )
    why = reason(model.model_fields[column])
    because_nl, because_en = ("", "") if why is None else (f" ({why.nl})", f" ({why.en})")
    if kind in ("greater_than_equal", "greater_than"):
        bound = limit.get("ge", limit.get("gt"))
        nl, en = (f"{bound:.15g} of meer", f"{bound:.15g} or more")
        if kind == "greater_than":
            nl, en = (f"meer dan {bound:.15g}", f"more than {bound:.15g}")
        nl = f"{given} is te klein, toegestaan is {nl}; verbeter het getal{because_nl}"
        en = f"{given} is too small, allowed is {en}; mend the number{because_en}"
        if isinstance(detail.get("input"), float) and detail["input"] < 0 and bound == 0:
            nl = f"{given} is negatief; vul nul of een positief getal in"
            en = f"{given} is negative; fill in zero or a positive number"
    elif kind in ("less_than_equal", "less_than"):
        bound = limit.get("le", limit.get("lt"))
        nl = f"{given} is te groot, toegestaan is hoogstens {bound:.15g}; verbeter het getal{because_nl}"
        en = f"{given} is too large, allowed is at most {bound:.15g}; mend the number{because_en}"
    elif kind == NEAR_ZERO:
        nl = f"{given} is te dicht bij nul, toegestaan is 0 of minstens {limit['least']:g}; verbeter het getal{because_nl}"
        en = f"{given} is too near zero, allowed is 0 or at least {limit['least']:g}; mend the number{because_en}"
    elif kind == "string_pattern_mismatch":
        nl, en = (
            f"'{given}' kan hier niet; kies een andere naam{because_nl}",
            f"'{given}' cannot stand here; choose another name{because_en}",
        )
    elif kind == "literal_error":
        words = choices(model.model_fields[column])
        near = get_close_matches(str(given), words, 1)
        nl = f"'{given}' is geen bekende keuze ({', '.join(words)}){f'; bedoelt u {near[0]}?' if near else '; kies er een'}"
        en = f"'{given}' is no known choice ({', '.join(words)}){f'; did you mean {near[0]}?' if near else '; choose one'}"
    return Problem(model.table, nl, en, row=line, column=column)
