"""What a command needs of a case, what is there, and what is taken where a table is absent."""

from __future__ import annotations

from dataclasses import dataclass

from bekostiging.case.model import Case
from bekostiging.case.tables import TABLES
from bekostiging.units import WEEKS_PER_YEAR

WITHOUT: dict[str, dict[str, str]] = {
    "profiles": {
        "nl": "één profiel per zorgvorm, niets op resultaat",
        "en": "one profile per care form, nothing on result",
    },
    "durations": {"nl": "verdeling van de duur uit demand", "en": "distribution of durations of demand"},
    "clauses": {"nl": "geen bedingen naast de bandbreedte", "en": "no clauses beside the corridor"},
    "cost_price": {
        "nl": "referentiekostprijs uit offers als reële prijs",
        "en": "reference unit cost of offers as fair price",
    },
    "function_groups": {
        "nl": "opbouw uit cost_price, als die er is",
        "en": "build-up of cost_price, if there is one",
    },
    "risk_factors": {"nl": "geen: alleen toeval per cliënt", "en": "none: only chance per client"},
    "correlations": {"nl": "risicofactoren onafhankelijk", "en": "risk factors independent"},
    "shocks": {"nl": "geen benoemde schokken", "en": "no named shocks"},
    "combinations": {"nl": "ieder traject van een ander", "en": "every trajectory of somebody else"},
    "measures": {"nl": "geen maatregelen", "en": "no measures"},
    "substitution": {"nl": "geen verschuiving", "en": "no substitution"},
    "administration": {"nl": "niet gemodelleerd, en zo genoemd", "en": "not modelled, and said so"},
    "waiting": {"nl": "niemand wacht aan het begin", "en": "nobody waits at the start"},
    "capacity": {"nl": "niets: nodig voor capacity", "en": "nothing: needed for capacity"},
    "travel": {"nl": "niets: nodig voor capacity", "en": "nothing: needed for capacity"},
    "alternatives": {"nl": "geen vervangende zorgvormen", "en": "no alternative care forms"},
}
"""What a comparison takes where an optional table is absent: always stated, never a hidden number."""

CAPACITY_ONLY = ("capacity", "travel", "alternatives")
"""Tables that no other command reads."""


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
    return [
        CommandCheck(command, {table: len(getattr(case, table)) for table in tables})
        for command, tables in (
            ("compare", [table for table in TABLES if table not in CAPACITY_ONLY]),
            ("capacity", [*CAPACITY_ONLY, "waiting", "administration"]),
        )
    ]


DISAGREE = 0.25
"""Relative difference between clients at start and starts x duration that is told; growth explains a few percent."""
SHOWN = 3


def stock_and_starts(case: Case) -> tuple[dict[str, str], ...]:
    """One warning, in both languages, when clients at start and starts x duration disagree; the worst rows first.

    A stock in equilibrium is the inflow times the mean duration (Little 1961).
    """
    ratios = {
        f"{row.area} / {row.care_form}": row.clients_at_start / implied
        for row in case.demand
        if (implied := row.starts_per_year * row.mean_duration_weeks / WEEKS_PER_YEAR) > 0
    }
    off = sorted(
        (name for name, ratio in ratios.items() if abs(ratio - 1) > DISAGREE),
        key=lambda name: -max(ratios[name], 1 / max(ratios[name], 1e-9)),
    )
    if not off:
        return ()
    shown = ", ".join(f"{name} ({100 * ratios[name]:.0f} %)" for name in off[:SHOWN])
    return (
        {
            "nl": f"demand: bij {len(off)} van {len(ratios)} rijen wijkt clients_at_start meer dan {100 * DISAGREE:.0f} % "
            f"af van starts_per_year x mean_duration_weeks; het sterkst bij {shown}. Klopt dat niet met groei of krimp, "
            "verbeter een van de drie.",
            "en": f"demand: in {len(off)} of {len(ratios)} rows clients_at_start is more than {100 * DISAGREE:.0f} % off "
            f"starts_per_year x mean_duration_weeks; most in {shown}. Unless growth or decline explains it, mend one of the "
            "three.",
        },
    )
