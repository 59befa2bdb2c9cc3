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
LONGEST = 255
"""Characters of the message of a cell in Excel."""


@dataclass(frozen=True)
class ColumnHelp:
    """What helps to fill one column; texts are empty where there is nothing to say."""

    level: Level
    who: str = ""
    minutes: int | None = None
    without: str = ""
    worth: str = ""
    band: str = ""

    def text(self, lang: str) -> str:
        """Everything in a few short sentences."""
        words = {
            "nl": (
                "Wie",
                "Tijd",
                "minuten",
                "Leeg" if self.level != "required" else "Let op",
                "Reken met",
                "Waard",
            ),
            "en": ("Who", "Time", "minutes", "Empty" if self.level != "required" else "Note", "Take", "Worth"),
        }[lang]
        who, time, minutes, without, band, worth = words
        parts = [
            f"{who}: {self.who}." if self.who else "",
            f"{time}: {self.minutes} {minutes}." if self.minutes else "",
            f"{without}: {self.without}." if self.without else "",
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
    >>> help_of(TABLES["demand"], "units_per_week", "en").text("en")
    'Who: messages (301, 305, 307, 323). Time: 60 minutes. Worth: 10 % higher is 13.1 million euro in Veenrand.'
    """
    own: dict[str, Any] = entries().get(model.table, {}).get(column, {})
    must = model.model_fields[column].is_required()
    level: Level = own.get("level", "required" if must else "expert" if model.required else "useful")
    return ColumnHelp(
        level,
        entries()["who"][own["who"]][lang] if "who" in own else "",
        own.get("minutes"),
        own.get(lang, ""),
        _worth(own, lang),
        _band(own, lang),
    )


def _worth(own: dict[str, Any], lang: str) -> str:
    """What a step of the column does to expected spending, or a band to the amount at 90 % certainty."""
    if "spread" in own:
        small = own["spread"] < SMALL
        nl = f"minder dan {SMALL}" if small else written(own["spread"], "nl")
        en = f"less than {SMALL}" if small else written(own["spread"], "en")
        said = (
            f"het bedrag bij 90 % zekerheid scheelt er {nl} miljoen euro door in Veenrand",
            f"the amount at 90 % certainty differs by {en} million euro in Veenrand",
        )
        return in_language(said, lang)
    if "euro" not in own:
        return ""
    euro = written(own["euro"], lang)
    step = ("10 % hoger", "10 % higher") if "worth" in own else ("1 procentpunt meer", "1 point more")
    return f"{in_language(step, lang)} is {euro} {'miljoen' if lang == 'nl' else 'million'} euro in Veenrand"


def _band(own: dict[str, Any], lang: str) -> str:
    """The range to choose from where no municipality has the figure, and where that comes from."""
    if "band" not in own:
        return ""
    band = str(own["band"])
    said = (
        f"{band} (verzonnen: geen gepubliceerd cijfer)",
        f"{band.replace(',', '.')} (invented: none was published)",
    )
    return in_language(said, lang)
