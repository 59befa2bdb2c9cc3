"""Texts of the report: one file per subject in ``texts/``, Dutch and English side by side; those of payment forms and
clauses stand in their classes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bekostiging.case.errors import LANGUAGES, Said, UserError
from bekostiging.case.tables import CLAUSES, PAYMENT_FORMS
from bekostiging.case.workbook.names import choice_name, policy_name
from bekostiging.equalisation import Condition
from bekostiging.evaluation.figures import Figure
from bekostiging.lumpsum import Limit
from bekostiging.report.kit.numbers import Numbers


class Texts:
    """Texts of one language: ``texts["page", "title"]``; ``numbers`` writes figures the way it is read.

    Raises
    ------
    UserError
        Another language than Dutch or English.
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise UserError(f"taal {lang}: kies nl of en", f"language {lang}: choose nl or en", exit_code=2)
        self.lang = lang
        self.numbers = Numbers(lang)
        self.sections = {
            section: {key: str(own[lang]) for key, own in entries.items()} for section, entries in _load().items()
        }
        self.meanings = {
            section: {key: str(own["meaning"][lang]) for key, own in entries.items() if "meaning" in own}
            for section, entries in _load().items()
        }

    def __getitem__(self, place: tuple[str, str] | Figure) -> str:
        """The text of a section and key, or the words of a figure."""
        if isinstance(place, Figure):
            return place.words(self.lang)
        section, key = place
        return self.sections[section][key]

    def figure(self, section: str, name: str) -> Figure:
        """A figure that has its row, with its unit, among the texts: one of a table alone."""
        own = _load()[section][name]
        return Figure(name, own["unit"], 0, own["nl"], own["en"])

    def policy(self, name: str) -> str:
        """A policy as a reader calls it: as sheet beleid does, in English its words apart."""
        return policy_name(name, self.lang) if self.lang == "nl" else name.replace("_", " ")

    def policy_value(self, value: str) -> str:
        """A value of a policy as the reader writes it: a number with the decimal mark, a word in the language."""
        try:
            float(value)
        except ValueError:
            said = choice_name("value", value, self.lang)
            return said if self.lang == "nl" else said.replace("_", " ")
        return value.replace(".", ",") if self.lang == "nl" else value

    def limit(self, limit: Limit, names: Mapping[str, str]) -> str:
        """A limit of the lump sum in words; ``names`` from ids to names."""
        parts = [names.get(key, key) for key in limit.keys]
        if limit.kind == "begroting" and len(parts) > 2:
            _, law, year = limit.keys
            return self["limits", "begroting_law"].format(parts[0], self["laws", law], year)
        return self["limits", limit.kind].format(*parts)

    def condition(self, condition: Condition) -> str:
        """A condition on norm amounts in words."""
        return self["equalisation", condition.kind].format(" ≤ ".join(condition.keys))

    def layer(self, name: str) -> str:
        """A corridor layer such as ``deficit_1`` in words; another name as it is."""
        side, _, number = name.partition("_")
        return f"{self['layers', side]} {number}" if side in ("deficit", "surplus") else name


@cache
def _load() -> dict[str, dict[str, dict[str, Any]]]:
    """Every section of every file and of the classes: entries with ``nl``, ``en``, of some a ``meaning`` in both, of figures
    a ``unit``."""
    sections: dict[str, dict[str, dict[str, Any]]] = {}
    for file in sorted((files("bekostiging.report.kit") / "texts").iterdir(), key=lambda one: one.name):
        for section, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if section in sections:
                raise ValueError(f"{file.name}: section {section} stands in another file too")
            sections[section] = entries
    sections["forms"] = {name: _entry(form.name) for name, form in PAYMENT_FORMS.items()}
    sections["forms_in_full"] = {
        name: _entry(form.in_full if any(form.in_full) else form.name) for name, form in PAYMENT_FORMS.items()
    }
    sections["form_pays"] = {name: _entry(form.pays) for name, form in PAYMENT_FORMS.items()}
    sections["clauses"] = {kind: _entry(clause.name) for kind, clause in CLAUSES.items()}
    return sections


def _entry(words: Said) -> dict[str, Any]:
    """Words of a class as an entry."""
    return dict(zip(LANGUAGES, words, strict=True))
