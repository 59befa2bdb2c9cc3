"""Writing a case as a folder of tables that ``read_case`` reads back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from bekostiging.case.model import Case
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import TABLES, Policy

SEPARATOR = {"nl": ";", "en": ","}


def write_case(case: Case, folder: Path, lang: str = "nl") -> None:
    """Write case.toml and every table that has rows or is required; ``nl`` with semicolon and decimal comma."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(_head(case), encoding="utf-8")
    for name, model in TABLES.items():
        rows: tuple[Row, ...] = getattr(case, name)
        if rows or model.required:
            names = columns(model)
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, delimiter=SEPARATOR[lang], lineterminator="\n")
                writer.writerow(names)
                writer.writerows([[_text(row, column, lang) for column in names] for row in rows])


def _cell(value: object, lang: str) -> str:
    """One value as text in the dialect of the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {"nl": ("nee", "ja"), "en": ("no", "yes")}[lang][value]
    if isinstance(value, tuple):
        return "|".join(value)
    if isinstance(value, float):
        text = repr(int(value)) if value.is_integer() else repr(value)
        return text.replace(".", ",") if lang == "nl" else text
    return str(value)


def _text(row: Row, column: str, lang: str) -> str:
    """One field as text; a policy's number takes the decimal mark of the file, its word stays."""
    value = getattr(row, column)
    if isinstance(row, Policy) and column == "value":
        try:
            value = float(row.value)
        except ValueError:
            return row.value
    return _cell(value, lang)


def _head(case: Case) -> str:
    """The text of case.toml; a JSON string is a TOML basic string."""

    def table(name: str, texts: dict[str, str]) -> str:
        """A section with a text by language."""
        lines = [f"{lang} = {json.dumps(text, ensure_ascii=False)}" for lang, text in texts.items()]
        return "\n".join([f"[{name}]", *lines])

    top = [
        f"name = {json.dumps(case.name)}",
        f"kind = {json.dumps(case.kind)}",
        f"base_year = {case.base_year}",
        f"trajectories_per_person = {case.trajectories_per_person}",
    ]
    return "\n".join([*top, "", table("title", case.title), "", table("disclaimer", case.disclaimer), ""])
