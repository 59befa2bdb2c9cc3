"""What a command needs of a case, what is there, and what is taken where a table is absent."""

from __future__ import annotations

from dataclasses import dataclass

from bekostiging.case.arguments import checked_kind
from bekostiging.case.model import Case
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import sheet_name
from bekostiging.units import WEEKS_PER_YEAR

WITHOUT: dict[str, dict[str, str]] = {
    "profiles": {
        "nl": "één profiel per zorgvorm, niets op resultaat",
        "en": "one profile per care form, nothing on result",
    },
    "durations": {"nl": "de verdeling van de duur in de vraag", "en": "distribution of durations of demand"},
    "clauses": {"nl": "geen bedingen naast de bandbreedte", "en": "no clauses beside the corridor"},
    "cost_price": {
        "nl": "de kostprijs van het aanbod als reële prijs",
        "en": "reference unit cost of offers as fair price",
    },
    "function_groups": {
        "nl": "de kostprijsopbouw, als die er is",
        "en": "build-up of cost_price, if there is one",
    },
    "risk_factors": {"nl": "alleen toeval per cliënt", "en": "only chance per client"},
    "correlations": {"nl": "risicofactoren onafhankelijk", "en": "risk factors independent"},
    "shocks": {"nl": "geen benoemde schokken", "en": "no named shocks"},
    "combinations": {"nl": "ieder traject van een ander", "en": "every trajectory of somebody else"},
    "measures": {"nl": "geen maatregelen", "en": "no measures"},
    "substitution": {"nl": "geen verschuiving", "en": "no substitution"},
    "administration": {"nl": "niet gemodelleerd, en zo genoemd", "en": "not modelled, and said so"},
    "waiting": {"nl": "niemand wacht aan het begin", "en": "nobody waits at the start"},
    "capacity": {"nl": "niets: nodig voor het capaciteitsplan", "en": "nothing: needed for capacity"},
    "travel": {"nl": "niets: nodig voor het capaciteitsplan", "en": "nothing: needed for capacity"},
    "mergers": {
        "nl": "de historie telt naar de gemeenten van nu",
        "en": "history counts by the municipalities of today",
    },
    "judgements": {
        "nl": "het oordeel van het veld in de keuzetabel",
        "en": "the field's judgement in the choice table",
    },
    "salary_scales": {
        "nl": "niets: alleen de bijlage met de opbouw legt er salarissen naast",
        "en": "nothing: only the annex on the build-up compares salaries with it",
    },
    "season": {"nl": "elke maand even veel starts", "en": "as many starts in every month"},
    "alternatives": {"nl": "geen vervangende zorgvormen", "en": "no alternative care forms"},
}
"""What a comparison takes where an optional table is absent: always stated, never a hidden number."""

CAPACITY_ONLY = ("capacity", "travel", "alternatives")
"""Tables that no other command reads."""
MONITOR_ONLY = ("season",)
"""The same, of a contract year that is followed by month."""


@dataclass(frozen=True)
class CommandCheck:
    """What a command finds in a case: ``n_rows`` is the number of rows per table that the command reads.

    >>> CommandCheck("capacity", {"waiting": 0}).rows("en")
    [('waiting', '0', 'no', 'nobody waits at the start')]
    """

    command: str
    n_rows: dict[str, int]

    def rows(self, lang: str, names: str = "en") -> list[tuple[str, str, str, str]]:
        """(table, rows, present, filled from) in the language given, tables as the sheets of ``names`` are called."""
        yes, no = {"nl": ("ja", "nee"), "en": ("yes", "no")}[lang]
        return [
            (
                sheet_name(table, names),
                str(n),
                yes if n else no,
                "" if n else WITHOUT.get(table, {"nl": "–", "en": "–"})[lang],
            )
            for table, n in self.n_rows.items()
        ]


def check_commands(case: Case) -> list[CommandCheck]:
    """Count, per command, the rows of the tables it reads.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    list of CommandCheck
        One for the comparison and the studies like it, one for the capacity plan, one for what only ``monitor`` reads.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from bekostiging.case import check_commands, synthetic_region
    >>> [(one.command, sum(one.n_rows.values())) for one in check_commands(synthetic_region(2, 6))]
    [('compare', 135), ('capacity', 25), ('monitor', 0)]
    """
    checked_kind("case", case, Case, "read_case")
    return [
        CommandCheck(command, {table: len(getattr(case, table)) for table in tables})
        for command, tables in (
            ("compare", [table for table in TABLES if table not in CAPACITY_ONLY + MONITOR_ONLY]),
            ("capacity", [*CAPACITY_ONLY, "waiting", "administration"]),
            ("monitor", [*MONITOR_ONLY]),
        )
    ]


DISAGREE = 0.25
"""Relative difference between clients at the start and starts x duration above which a note is given."""
SHOWN = 3
"""Rows that the note names."""


def stock_and_starts(case: Case) -> tuple[dict[str, str], ...]:
    """Warn where clients at the start do not fit the starts per year and the mean duration; the worst rows first.

    In equilibrium the stock is the inflow times the mean duration (J. D. C. Little, A proof for the queuing formula L = λW,
    Operations Research 9, 1961); growth or decline explains a few percent, a quarter is more likely a mistake.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    tuple of dict
        A note in Dutch (``nl``) and English (``en``) on those rows, and one on contracts with a revenue but nobody in care;
        or none.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from bekostiging.case import stock_and_starts, synthetic_region
    >>> stock_and_starts(synthetic_region(2, 6))
    ()
    """
    checked_kind("case", case, Case, "read_case")
    ratios = {
        f"{row.area} / {row.care_form}": row.clients_at_start / implied
        for row in case.demand
        if (implied := row.starts_per_year * row.mean_duration_weeks / WEEKS_PER_YEAR) > 0
    }
    off = sorted(
        (name for name, ratio in ratios.items() if abs(ratio - 1) > DISAGREE),
        key=lambda name: -max(ratios[name], 1 / max(ratios[name], 1e-9)),
    )
    unserved = _revenue_of_nobody(case)
    if not off:
        return unserved
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
        *unserved,
    )


def _revenue_of_nobody(case: Case) -> tuple[dict[str, str], ...]:
    """Note contracts with a revenue while demand has nobody in care there: their revenue cannot follow the clients."""
    lots = {row.id: row for row in case.lots}
    stock = {(row.area, row.care_form) for row in case.demand if row.clients_at_start > 0}
    offered = {(row.provider, row.care_form) for row in case.offers}
    found = [
        f"{row.provider} / {row.lot}"
        for row in case.contracts
        if row.revenue > 0
        and not any(
            area in lots[row.lot].areas and form in lots[row.lot].care_forms and (row.provider, form) in offered
            for area, form in stock
        )
    ]
    if not found:
        return ()
    more = len(found) - SHOWN
    listed = ", ".join(found[:SHOWN])
    nl, en = (f" en nog {more}", f" and {more} more") if more > 0 else ("", "")
    return (
        {
            "nl": f"contracts: {listed}{nl} heeft een omzet, maar demand heeft er niemand "
            f"in zorg (clients_at_start 0). Die omzet gaat alleen met de index naar {case.first_year}, zonder groei van het "
            "aantal cliënten. Vul clients_at_start in als er cliënten zijn.",
            "en": f"contracts: {listed}{en} has a revenue, but demand has nobody in care "
            f"there (clients_at_start 0). That revenue is brought to {case.first_year} by the index alone, without growth "
            "of the number of clients. Fill in clients_at_start if there are clients.",
        },
    )
