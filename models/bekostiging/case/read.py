"""Reading a case: a folder with case.toml and CSV tables, or an embedded case by name.

Every problem in the files is collected; nothing is returned unless all of them are well.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from bekostiging.case.errors import CaseError, Problem, UserError, is_citizen_number
from bekostiging.case.model import Case
from bekostiging.case.numbers import AmbiguousNumberError, parse_bool, parse_number
from bekostiging.case.rows import Assumption, Row
from bekostiging.case.spread import with_estimates
from bekostiging.case.tables import TABLES, FunctionGroup, Policy
from bekostiging.case.validate import validate

EMBEDDED = ("almere",)
SYNTHETIC = ("region", "voorbeeldregio")
KINDS = ("planning", "running")


def read_case(name: str | Path) -> Case:
    """Read a case by name (``almere``, ``region``/``voorbeeldregio``) or from a folder, and validate it.

    Raises
    ------
    UserError
        No such case or folder.
    CaseError
        Everything wrong in it, listed together.
    """
    if str(name) in SYNTHETIC:
        from bekostiging.case.region import synthetic_region

        return synthetic_region()
    if str(name) in EMBEDDED:
        return _read_folder(files("bekostiging.case") / "embedded" / str(name))
    folder = Path(name)
    if not folder.is_dir():
        known = ", ".join((*EMBEDDED, *SYNTHETIC))
        near = get_close_matches(str(name), (*EMBEDDED, *SYNTHETIC), 1)
        hint = (
            {"nl": f" Bedoelt u {near[0]}?", "en": f" Did you mean {near[0]}?"} if near else {"nl": "", "en": ""}
        )
        raise UserError(
            f"Casus {name} is geen map en geen bekende naam ({known}); geef de map met case.toml.{hint['nl']}",
            f"Case {name} is no folder and no known name ({known}); give the folder with case.toml.{hint['en']}",
        )
    return _read_folder(folder)


def _read_folder(folder: Traversable | Path) -> Case:
    """Read every file of a case folder, then validate the whole."""
    problems: list[Problem] = []
    notes: list[str] = []
    head = _read_head(folder, problems)
    required = [name for name, model in TABLES.items() if model.required]
    tables = read_tables(folder, required, problems, notes)
    if problems:
        raise CaseError(problems)
    return validated(Case(**head, **tables, notes=tuple(dict.fromkeys(notes))))


def validated(case: Case) -> Case:
    """The case when nothing is wrong in it, empty spreads estimated.

    Raises
    ------
    CaseError
        Everything wrong in it.
    """
    found = validate(case)
    if found:
        raise CaseError(found)
    return with_estimates(case)


def read_tables(
    folder: Traversable | Path, required: Sequence[str], problems: list[Problem], notes: list[str]
) -> dict[str, Any]:
    """Rows of every table that is there; a problem for each that is required and is not."""
    tables: dict[str, Any] = {}
    for name, model in TABLES.items():
        file = folder / f"{name}.csv"
        if file.is_file():
            text = _text(file, name, problems)
            tables[name] = () if text is None else tuple(_read_table(text, model, problems, notes))
        elif name in required:
            problems.append(
                Problem(
                    name,
                    f"deze tabel ontbreekt; maak {name}.csv aan (`bekostiging new` geeft een voorbeeld)",
                    f"this table is missing; add {name}.csv (`bekostiging new` gives an example)",
                )
            )
    return tables


def with_cost_sheet(case: Case, sheet: Path) -> Case:
    """The case with a provider's own function groups instead of its cost build-up; nothing is written anywhere.

    Raises
    ------
    UserError
        The file is not there, or a cell of it is wrong.
    """
    problems: list[Problem] = []
    if not sheet.is_file():
        raise UserError(
            f"--private {sheet}: dit bestand bestaat niet; geef een csv met de kolommen van tabel function_groups",
            f"--private {sheet}: there is no such file; give a csv with the columns of table function_groups",
            exit_code=2,
        )
    text = _text(sheet, FunctionGroup.table, problems)
    rows = [] if text is None else list(_read_table(text, FunctionGroup, problems, []))
    if problems:
        raise CaseError(problems)
    own = tuple(row for row in rows if isinstance(row, FunctionGroup))
    return validated(replace(case, function_groups=own, cost_price=()))


def _text(file: Traversable | Path, name: str, problems: list[Problem]) -> str | None:
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


def _read_head(folder: Traversable | Path, problems: list[Problem]) -> dict[str, Any]:
    """Read case.toml: name, title, disclaimer, kind, base_year, trajectories_per_person."""
    file = folder / "case.toml"
    if not file.is_file():
        problems.append(
            Problem(
                "case.toml",
                "dit bestand ontbreekt; kopieer het uit een voorbeeld",
                "this file is missing; copy it from an example",
            )
        )
        return {}
    text = _text(file, "case.toml", problems)
    if text is None:
        return {}
    try:
        head = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(
            Problem(
                "case.toml", f"is geen geldig TOML ({error}); herstel dat", f"is not valid TOML ({error}); mend it"
            )
        )
        return {}
    expected: dict[str, type | tuple[type, ...]] = {
        "name": str,
        "title": dict,
        "disclaimer": dict,
        "kind": str,
        "base_year": int,
        "trajectories_per_person": (int, float),
    }
    for key, kind in expected.items():
        if not isinstance(head.get(key), kind):
            problems.append(
                Problem(
                    "case.toml",
                    "ontbreekt of heeft een verkeerd type; vul in",
                    "is missing or has a wrong type; fill it in",
                    column=key,
                )
            )
    _check_head(head, problems)
    return {key: head.get(key) for key in expected}


def _check_head(head: dict[str, Any], problems: list[Problem]) -> None:
    """Rules of case.toml beyond the type of a value."""
    for key in ("title", "disclaimer"):
        sentence = head.get(key)
        if isinstance(sentence, dict) and sentence and set(sentence) != {"nl", "en"}:
            problems.append(
                Problem("case.toml", "geef deze tekst met nl en en", "give this text as nl and en", column=key)
            )
    if isinstance(head.get("name"), str) and not re.fullmatch(r"[\w-]+", head["name"]):
        problems.append(
            Problem(
                "case.toml",
                "mag alleen letters, cijfers en streepjes bevatten; pas de naam aan",
                "may hold letters, digits and dashes only; change the name",
                column="name",
            )
        )
    if head.get("kind") not in KINDS:
        problems.append(
            Problem(
                "case.toml",
                "moet planning of running zijn; kies er een",
                "must be planning or running; choose one",
                column="kind",
            )
        )


def _read_table(text: str, model: type[Row], problems: list[Problem], notes: list[str]) -> Iterator[Row]:
    """Yield the well-formed rows of one table; report the others."""
    table = model.table
    header, _, _ = text.partition("\n")
    separator = ";" if header.count(";") >= header.count(",") and ";" in header else ","
    lines = csv.reader(io.StringIO(text), delimiter=separator)
    columns = [column.strip() for column in next(lines, [])]
    if not _columns_are_well(columns, model, problems):
        return
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        line = lines.line_num
        if len(cells) != len(columns):
            problems.append(
                Problem(
                    table,
                    f"heeft {len(cells)} velden waar de kop er {len(columns)} heeft; maak ze gelijk",
                    f"has {len(cells)} fields where the header has {len(columns)}; make them equal",
                    row=line,
                )
            )
            continue
        row = _read_row(dict(zip(columns, cells, strict=True)), model, line, separator, problems, notes)
        if row is not None:
            yield row


def _columns_are_well(columns: list[str], model: type[Row], problems: list[Problem]) -> bool:
    """Report missing and unknown columns."""
    known = {name: info for name, info in model.model_fields.items() if name != "line"}
    before = len(problems)
    for name, info in known.items():
        if info.is_required() and name not in columns:
            problems.append(
                Problem(
                    model.table,
                    "deze kolom ontbreekt; voeg haar toe",
                    "this column is missing; add it",
                    column=name,
                )
            )
    for name in columns:
        if name not in known:
            near = get_close_matches(name, known, 1)
            nl = f"bedoelt u {near[0]}?" if near else "verwijder haar"
            en = f"did you mean {near[0]}?" if near else "remove it"
            problems.append(Problem(model.table, f"onbekende kolom; {nl}", f"unknown column; {en}", column=name))
    return len(problems) == before


def _read_row(
    cells: dict[str, str], model: type[Row], line: int, separator: str, problems: list[Problem], notes: list[str]
) -> Row | None:
    """Parse and check one row; None when something in it is wrong."""
    values: dict[str, Any] = {"line": line}
    well = True
    for column, raw in cells.items():
        text = raw.strip()
        info = model.model_fields[column]
        if text == "":
            if info.is_required():
                well = False
                problems.append(_empty(model, line, column))
            continue
        if is_citizen_number(text) and leaf(info) is str:
            well = False
            problems.append(_citizen_number(model, line, column))
            continue
        try:
            if (model, column) == (Policy, "value"):
                text = _policy_text(text, separator)
            values[column] = _parse(text, info, separator)
        except AmbiguousNumberError:
            well = False
            problems.append(
                Problem(
                    model.table,
                    f"getal {text} is dubbelzinnig (duizendtal of decimaal); schrijf het zonder scheiding van duizendtallen",
                    f"number {text} is ambiguous (thousands or decimals); write it without a thousands separator",
                    row=line,
                    column=column,
                )
            )
        except ValueError:
            well = False
            problems.append(
                Problem(
                    model.table,
                    f"'{text}' is geen {_kind(info, 'nl')}; vul een {_kind(info, 'nl')} in",
                    f"'{text}' is not a {_kind(info, 'en')}; fill in a {_kind(info, 'en')}",
                    row=line,
                    column=column,
                )
            )
        if column in ("municipality", "code") and text.isdigit() and len(text) < 4:
            values[column] = text.zfill(4)
            notes.append(
                f"{model.table}: {text} gelezen als gemeente {text.zfill(4)} / read as municipality {text.zfill(4)}"
            )
    if not well:
        return None
    try:
        return model(**values)
    except ValidationError as error:
        problems += [_pydantic_problem(model, line, dict(detail)) for detail in error.errors()]
        return None


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


def _citizen_number(model: type[Row], line: int, column: str) -> Problem:
    """Nine digits that may be a citizen service number are refused and never shown."""
    return Problem(
        model.table,
        "hier staat wat een burgerservicenummer kan zijn; verwijder het, dit pakket heeft het niet nodig",
        "this may be a citizen service number; remove it, this package does not need it",
        row=line,
        column=column,
    )


def leaf(info: FieldInfo) -> Any:
    """The type behind Optional and Annotated."""
    annotation: Any = info.annotation
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    return annotation


def _parse(text: str, info: FieldInfo, separator: str) -> object:
    """Turn the text of a cell into a value of the field's kind."""
    kind = leaf(info)
    if kind is bool:
        return parse_bool(text)
    if kind is int:
        number = parse_number(text, separator)
        if number != int(number):
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
    """Say in our own words what pydantic found."""
    column = str(detail["loc"][0])
    given, kind, limit = detail.get("input"), detail["type"], detail.get("ctx", {})
    nl, en = (
        f"waarde {given} mag niet; zie de uitleg van deze kolom",
        f"value {given} is not allowed; see this column's explanation",
    )
    if kind in ("greater_than_equal", "greater_than"):
        bound = limit.get("ge", limit.get("gt"))
        than = (" of meer", " or more") if kind == "greater_than_equal" else ("", "")
        nl = f"{given} is te klein, toegestaan is {'' if than[0] else 'meer dan '}{bound:g}{than[0]}; verbeter het getal"
        en = f"{given} is too small, allowed is {'' if than[1] else 'more than '}{bound:g}{than[1]}; mend the number"
        if isinstance(given, float) and given < 0 and bound == 0:
            nl = f"{given:g} is negatief; vul nul of een positief getal in"
            en = f"{given:g} is negative; fill in zero or a positive number"
    elif kind in ("less_than_equal", "less_than"):
        bound = limit.get("le", limit.get("lt"))
        nl = f"{given} is te groot, toegestaan is hoogstens {bound:g}; verbeter het getal"
        en = f"{given} is too large, allowed is at most {bound:g}; mend the number"
    elif kind == "literal_error":
        info = model.model_fields[column]
        words = [str(word) for word in get_args(leaf(info))] if get_origin(leaf(info)) is Literal else []
        near = get_close_matches(str(given), words, 1)
        nl = f"'{given}' is geen bekende keuze ({', '.join(words)}){f'; bedoelt u {near[0]}?' if near else '; kies er een'}"
        en = f"'{given}' is no known choice ({', '.join(words)}){f'; did you mean {near[0]}?' if near else '; choose one'}"
    return Problem(model.table, nl, en, row=line, column=column)
