"""Help while filling: per column who has the figure, how long it takes, what holds without it and what it is worth.

Required columns must be filled, useful ones make the outcome better, expert ones are for those who know the model: they are
behind the plus sign over the sheet. The euros are those of the invented region Veenrand, over four years; ``help.toml``
holds them and a test computes them again.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from bekostiging.case.check import WITHOUT
from bekostiging.case.errors import in_language
from bekostiging.case.numbers import written
from bekostiging.case.rows import Row

Level = Literal["required", "useful", "expert"]
LEVELS: dict[str, dict[Level, str]] = {
    "nl": {"required": "verplicht", "useful": "nuttig", "expert": "expert"},
    "en": {"required": "required", "useful": "useful", "expert": "expert"},
}
SMALL = 1
"""Million euro below which a simulated difference is not told from its error."""
NAMED = {"minutes": 1, "moves": "label"}
"""What holds of keys and names."""
IN_ENGLISH = NAMED | {
    "who": "procurement",
    "level": "expert",
    "nl": "dezelfde naam op Engelse pagina's",
    "en": "the same name on English pages",
}
"""What holds of a name for English pages."""
ORIGIN = {"who": "procurement", "minutes": 1, "moves": "origin"}
"""What holds of source and status."""
LONGEST = 255
"""Characters of the message of a cell in Excel."""


@dataclass(frozen=True)
class ColumnHelp:
    """What helps to fill one column; empty where there is nothing to say."""

    level: Level
    who: str = ""
    minutes: int = 0
    without: str = ""
    worth: str = ""
    note: str = ""
    band: str = ""

    def text(self, lang: str) -> str:
        """Everything in a few short sentences."""
        words = {
            "nl": ("Wie", "Tijd", "minuten", "Leeg", "Let op", "Reken met", "Waard"),
            "en": ("Who", "Time", "minutes", "Empty", "Note", "Take", "Worth"),
        }[lang]
        who, time, minutes, empty, note, band, worth = words
        parts = [
            f"{who}: {self.who}." if self.who else "",
            f"{time}: {self.minutes} {minutes}." if self.minutes else "",
            f"{empty}: {self.without}." if self.without else "",
            f"{note}: {self.note}." if self.note else "",
            f"{band}: {self.band}." if self.band else "",
            f"{worth}: {self.worth}." if self.worth else "",
        ]
        return " ".join(part for part in parts if part)


@cache
def entries() -> dict[str, Any]:
    """The file of help, by table and column."""
    text = (files("bekostiging.case.workbook") / "help.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def help_of(model: type[Row], column: str, lang: str) -> ColumnHelp:
    """The help of a column.

    >>> from bekostiging.case.tables import TABLES
    >>> help_of(TABLES["demand"], "units_per_week", "en").text("en")[:82]
    'Who: messages (301, 305, 307, 323). Time: 60 minutes. Empty: not allowed. Worth: 1'
    >>> help_of(TABLES["profiles"], "profile", "nl").without
    'mag niet; zonder dit blad: één profiel per zorgvorm, niets op resultaat'
    """
    own = _entry(model, column)
    must = model.model_fields[column].is_required()
    level: Level = own.get("level", "required" if must else "expert" if model.required else "useful")
    if "who" not in own:
        return ColumnHelp(level)
    return ColumnHelp(
        level,
        entries()["who"][own["who"]][lang],
        own["minutes"],
        _not_empty(model, lang) if must else own[lang],
        _worth(own, lang),
        own.get(lang, "") if must else "",
        _band(own, lang),
    )


def _entry(model: type[Row], column: str) -> dict[str, Any]:
    """What the file says of a column, over what is usual in its table; keys and names take a minute and move no euro.

    A table of a contract year is no part of a case and has no entry.
    """
    told: dict[str, Any] = entries()
    if model.table not in told["usual"]:
        return {}
    named = column in (*model.key, "name", "id", "code")
    kind = IN_ENGLISH if column == "name_en" else NAMED if named else {}
    usual = ORIGIN if column in ("source", "status") else told["usual"][model.table] | kind
    own: dict[str, Any] = told.get(model.table, {}).get(column, {})
    return usual | own


def _not_empty(model: type[Row], lang: str) -> str:
    """What holds of a column that must be filled."""
    if model.required:
        return in_language(("mag niet", "not allowed"), lang)
    said = in_language(("mag niet; zonder dit blad", "not allowed; without this sheet"), lang)
    return f"{said}: {WITHOUT[model.table][lang]}"


def _worth(own: dict[str, Any], lang: str) -> str:
    """What a step of the column does to expected spending, a band to the amount at 90 % certainty, or what else it moves."""
    if "spread" in own:
        small = own["spread"] < SMALL
        nl = f"minder dan {SMALL}" if small else written(own["spread"], "nl")
        en = f"less than {SMALL}" if small else written(own["spread"], "en")
        said = (
            f"{nl} miljoen euro op het bedrag bij 90 % zekerheid, in Veenrand",
            f"{en} million euro on the amount at 90 % certainty, in Veenrand",
        )
        return in_language(said, lang)
    if "euro" not in own:
        return str(entries()["moves"][own["moves"]][lang])
    euro = written(own["euro"], lang)
    step = ("10 % hoger", "10 % higher") if "worth" in own else ("1 procentpunt meer", "1 point more")
    return f"{in_language(step, lang)} is {euro} {'miljoen' if lang == 'nl' else 'million'} euro in Veenrand"


def _band(own: dict[str, Any], lang: str) -> str:
    """The range to choose from where no municipality has the figure, and where that comes from."""
    if "band" not in own:
        return ""
    band = str(own["band"])
    said = (
        f"{band} (verzonnen; geen gepubliceerd cijfer gevonden)",
        f"{band.replace(',', '.')} (invented; no published figure was found)",
    )
    return in_language(said, lang)
