"""Writing a case as a folder of tables that ``read_case`` reads back."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import checked_kind, checked_language, checked_path
from bekostiging.case.head import HEAD, OPTIONAL
from bekostiging.case.model import Case
from bekostiging.case.numbers import parse_number
from bekostiging.case.read import Draft
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import TABLES, Policy
from bekostiging.case.workbook_text import harmless

SEPARATOR = {"nl": ";", "en": ","}


def write_case(case: Case, folder: str | Path, lang: str = "nl") -> None:
    """Write a case as a folder that ``read_case`` reads back: case.toml and every table that has rows or is required.

    Parameters
    ----------
    case : Case
        A validated case.
    folder : str or path
        Made when it is not there; files of the same names are replaced.
    lang : str, default "nl"
        ``nl`` writes semicolons and decimal commas, ``en`` commas and decimal points.

    Raises
    ------
    UserError
        An argument of another kind, or another language.

    Examples
    --------
    >>> from bekostiging.case import read_case, synthetic_region, write_case
    >>> region = synthetic_region(2, 6)
    >>> write_case(region, "my-region", "en")
    >>> [row.id for row in read_case("my-region").lots]
    ['youth', 'residential', 'wmo']
    """
    checked_kind("case", case, Case, "read_case")
    folder, lang = checked_path("folder", folder), checked_language("lang", lang)
    write_folder(draft_of(case), folder, lang)


def draft_of(case: Case) -> Draft:
    """The head and tables of a case."""
    head = {key: getattr(case, key) for key in (*HEAD, *OPTIONAL)}
    return Draft(head, {table: getattr(case, table) for table in TABLES}, case.notes)


def write_folder(draft: Draft, folder: Path, lang: str = "nl") -> None:
    """Write the head, when there is one, and every table that is there and has rows or is required."""
    folder.mkdir(parents=True, exist_ok=True)
    if draft.head is not None:
        (folder / "case.toml").write_text(_head(draft.head), encoding="utf-8")
    for name, rows in draft.tables.items():
        if rows or TABLES[name].required:
            write_table(folder, TABLES[name], rows, lang)


def write_table(folder: Path, model: type[Row], rows: Sequence[Row], lang: str) -> None:
    """Write one table as a CSV file, its header even without a row."""
    names = columns(model)
    with (folder / f"{model.table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=SEPARATOR[lang], lineterminator="\n")
        writer.writerow(names)
        writer.writerows([[_text(cell_value(row, column), lang) for column in names] for row in rows])


def cell_value(row: Row, column: str) -> object:
    """A field as a cell holds it: keys joined, the number of a policy as a number."""
    value = getattr(row, column)
    if isinstance(value, tuple):
        return "|".join(value)
    if isinstance(row, Policy) and column == "value":
        try:
            return parse_number(row.value, ",")
        except ValueError:
            return row.value
    return value


def _text(value: object, lang: str) -> str:
    """One value as text in the dialect of the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {"nl": ("nee", "ja"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, float):
        text = repr(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
        return text.replace(".", ",") if lang == "nl" else text
    return harmless(value) if isinstance(value, str) else str(value)


def _head(head: Mapping[str, Any]) -> str:
    """The text of case.toml; a JSON string is a TOML basic string."""

    def quoted(text: str) -> str:
        """A text between quotes; TOML escapes the delete character too."""
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

    def table(name: str, texts: dict[str, str]) -> str:
        """A section with a text by language."""
        lines = [f"{lang} = {quoted(text)}" for lang, text in texts.items()]
        return "\n".join([f"[{name}]", *lines])

    def by_law(given: float | dict[str, float]) -> str:
        """One number for all laws, or one per law."""
        if not isinstance(given, dict):
            return str(given)
        return f"{{ {', '.join(f'{law} = {value}' for law, value in given.items())} }}"

    top = [
        f"name = {quoted(head['name'])}",
        f"kind = {quoted(head['kind'])}",
        f"base_year = {head['base_year']}",
        f"trajectories_per_person = {by_law(head['trajectories_per_person'])}",
        *(f"{key} = {quoted(head[key])}" for key in OPTIONAL if head.get(key)),
    ]
    return "\n".join([*top, "", table("title", head["title"]), "", table("disclaimer", head["disclaimer"]), ""])
