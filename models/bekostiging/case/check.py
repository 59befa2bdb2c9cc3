"""What a command needs of a case, what is there, and what is taken where a table is absent."""

from __future__ import annotations

from dataclasses import dataclass

from bekostiging.case.model import Case
from bekostiging.case.tables import TABLES

WITHOUT: dict[str, dict[str, str]] = {
    "profiles": {
        "nl": "één profiel per zorgvorm, niets op resultaat",
        "en": "one profile per care form, nothing on result",
    },
    "durations": {"nl": "verdeling van de duur uit demand", "en": "distribution of durations of demand"},
    "cost_price": {
        "nl": "referentiekostprijs uit offers als reële prijs",
        "en": "reference unit cost of offers as fair price",
    },
    "risk_factors": {"nl": "geen: alleen toeval per cliënt", "en": "none: only chance per client"},
    "correlations": {"nl": "risicofactoren onafhankelijk", "en": "risk factors independent"},
    "shocks": {"nl": "geen benoemde schokken", "en": "no named shocks"},
    "administration": {"nl": "niet gemodelleerd, en zo genoemd", "en": "not modelled, and said so"},
    "waiting": {"nl": "niemand wacht aan het begin", "en": "nobody waits at the start"},
}
"""What a comparison takes where an optional table is absent: always stated, never a hidden number."""


@dataclass(frozen=True)
class CommandCheck:
    """One command and, per table, the number of rows in the case."""

    command: str
    n_rows: dict[str, int]

    def rows(self, lang: str) -> list[tuple[str, str, str, str]]:
        """(table, rows, present, filled from) in the language given."""
        yes, no = {"nl": ("ja", "nee"), "en": ("yes", "no")}[lang]
        return [
            (table, str(n), yes if n else no, "" if n else WITHOUT.get(table, {"nl": "–", "en": "–"})[lang])
            for table, n in self.n_rows.items()
        ]


def check_commands(case: Case) -> list[CommandCheck]:
    """Return what each command finds in a validated case."""
    return [CommandCheck("compare", {table: len(getattr(case, table)) for table in TABLES})]
