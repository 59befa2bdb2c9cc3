"""Sheet casus of a workbook: a field and its value on every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bekostiging.case.cell_problems import shortened
from bekostiging.case.core_tables import LAWS
from bekostiging.case.errors import LANGUAGES, Problem
from bekostiging.case.folded import folded, meant, near
from bekostiging.case.head import KINDS, NAMES, OPTIONAL, head_of, head_problems
from bekostiging.case.not_bsn import FIELD, exceptions, head_numbers
from bekostiging.case.numbers import CELL, AmbiguousNumberError, parse_number
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.cells import Value, text_of
from bekostiging.case.workbook.names import choice_name, head_name, known_fields
from bekostiging.case.workbook.places import letters
from bekostiging.case.workbook.sheets import Sheet

TRAJECTORIES = "trajectories_per_person"
_HEADINGS = {"veld", "field"}


def by_law(given: float | Mapping[str, float]) -> dict[str, float | str]:
    """The fields of trajectories per client and what they hold: one number for all laws, or one per law."""
    fields: dict[str, float | str] = {TRAJECTORIES: "" if isinstance(given, Mapping) else given}
    own = given if isinstance(given, Mapping) else {}
    return fields | {f"{TRAJECTORIES}_{law}": own.get(law, "") for law in LAWS}


CHOICES = {"kind": KINDS, "names": tuple(name for name in NAMES if name)}
"""Fields of the head that choose from a few words."""


def _word(field: str, text: str) -> str:
    """The word of a field by its Dutch or English name; the text itself where it is none."""
    known = {folded(choice_name(field, word, lang)): word for word in CHOICES[field] for lang in LANGUAGES}
    return known.get(folded(text), text)


class HeadSheet:
    """The fields of the head with their values and cells; ``sheet`` None where the workbook has none."""

    def __init__(self, sheet: Sheet | None, lang: str) -> None:
        self.sheet, self.lang = sheet, lang
        self.values: dict[str, Value] = {}
        self.cells: dict[str, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._name = sheet.name if sheet else ""
        if sheet:
            for row in range(len(sheet.rows)):
                self._read(sheet, row)

    def _read(self, sheet: Sheet, row: int) -> None:
        """One row: the name of a field, then its value."""
        name, value = text_of(sheet.value(row, 0)), sheet.value(row, 1)
        if not name and text_of(value):
            nl, en = (
                "een waarde zonder naam; wis haar of geef haar een naam",
                "a value without a name; clear or name it",
            )
            self.problems.append(Problem("case.toml", nl, en, place=self._place(row, 1)))
        if not name or folded(name) in _HEADINGS:
            return
        field = known_fields().get(folded(name))
        place = (row, 1)
        if field is None:
            if text_of(value):
                self._unknown(name, row)
            return
        if place in sheet.marks.errors or place in sheet.marks.uncomputed:
            nl, en = (
                "een formule zonder geldige uitkomst; typ de waarde",
                "a formula without a valid result; type the value",
            )
            self.problems.append(Problem("case.toml", nl, en, place=self._place(*place)))
        elif field in self.cells:
            nl, en = (
                "dit veld staat er twee keer; laat er een staan",
                "this field is there twice; keep one of them",
            )
            self.problems.append(Problem("case.toml", nl, en, place=self._place(*place)))
        self.values[field], self.cells[field] = value, place

    def _unknown(self, name: str, row: int) -> None:
        """A field nobody knows: the nearest is offered."""
        names = [head_name(field, self.lang) for field in known_fields().values()]
        likely = meant(name, names) or near(name, names)
        nl = f"onbekend veld '{shortened(name)}'; " + (f"bedoelt u {likely}?" if likely else "verwijder het")
        en = f"unknown field '{shortened(name)}'; " + (f"did you mean {likely}?" if likely else "remove it")
        self.problems.append(Problem("case.toml", nl, en, place=self._place(row, 0)))

    def _place(self, row: int, column: int) -> str:
        return f"{self._name}!{letters(column)}{row + 1}"

    def place(self, field: str | None) -> str:
        """Where a field of the head stands, or the sheet when it does not."""
        name_in_sheet = f"{field}_nl" if field in ("title", "disclaimer") else (field or "").replace(".", "_")
        name = self.sheet.name if self.sheet else head_name("schema", self.lang)
        if name_in_sheet in self.cells:
            return f"{self._place(*self.cells[name_in_sheet])} ({head_name(name_in_sheet, self.lang)})"
        return f"{name} ({head_name(name_in_sheet, self.lang)})" if name_in_sheet else name

    def number(self, field: str) -> int | float | None:
        """A number of the head; None where it is none."""
        value = self.values.get(field, "")
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return int(value) if float(value).is_integer() else value
        try:
            found = parse_number(text_of(value), CELL)
        except (AmbiguousNumberError, ValueError):
            return None
        return int(found) if found.is_integer() else found

    def _trajectories(self) -> int | float | dict[str, int | float | None] | None:
        """Trajectories per client: one number for all laws, or one per law; both is a problem, for which of them counts?"""
        fields = {law: f"{TRAJECTORIES}_{law}" for law in LAWS}
        filled = {law: field for law, field in fields.items() if text_of(self.values.get(field, ""))}
        if not filled:
            return self.number(TRAJECTORIES)
        if text_of(self.values.get(TRAJECTORIES, "")):
            nl = "staat er voor alle wetten en per wet; laat een van beide leeg"
            en = "is there for all laws and by law; leave one of the two empty"
            self.problems.append(Problem("case.toml", nl, en, place=self.place(TRAJECTORIES)))
        return {law: self.number(field) for law, field in filled.items()}

    def texts(self) -> dict[str, Any]:
        """The fields that are texts or words."""
        head: dict[str, Any] = {key: text_of(self.values.get(key, "")) for key in ("name", "kind", *OPTIONAL)}
        head |= {key: _word(key, str(head[key])) for key in CHOICES}
        for key in ("title", "disclaimer"):
            texts = {lang: text_of(self.values.get(f"{key}_{lang}", "")) for lang in LANGUAGES}
            head[key] = texts if any(texts.values()) else {}
        return head

    def head(self) -> dict[str, Any]:
        """The head as case.toml has it; a text that is empty in both languages is no text."""
        head = self.texts()
        head["base_year"] = self.number("base_year")
        head["trajectories_per_person"] = self._trajectories()
        self.problems += head_problems(head)
        stated = exceptions(head[FIELD], TABLES, self.problems)
        self.problems += head_numbers(head, stated)
        return head_of(head)
