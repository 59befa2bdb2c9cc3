"""What is in a region store: imports, counts per month, what is missing; never a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note
from bekostiging.messages.remarks import euros, remark_sentence
from bekostiging.store.database import Store

FEWEST = 10
"""Persons of the smallest cell that is shown."""
LEAST_MONTHS = 6
"""Months of care from which is said how late claims come."""
SILENT_MONTHS = 2
"""Months without a claim, while others sent theirs, after which a provider is said to have stopped sending."""


@kinds_checked
def shown_count(count: int, lang: str) -> str:
    """A number of persons or trajectories as it may be shown.

    >>> shown_count(9, "nl"), shown_count(0, "nl"), shown_count(1234, "nl"), shown_count(1234, "en")
    ('minder dan 10', '0', '1.234', '1,234')
    """
    if 0 < count < FEWEST:
        return {"nl": f"minder dan {FEWEST}", "en": f"fewer than {FEWEST}"}[lang]
    return f"{count:,}".replace(",", "." if lang == "nl" else ",")


def _short(count: int, lang: str) -> str:
    """A count in a narrow column."""
    return f"< {FEWEST}" if 0 < count < FEWEST else shown_count(count, lang)


@dataclass(frozen=True)
class Month:
    """What was received about one month of care; ``persons`` with a claim."""

    municipality: str
    month: date
    claims: int
    cents: int
    persons: int
    starts: int
    stops: int


@dataclass(frozen=True)
class Contents:
    """What is in a store; ``store_contents`` gives it.

    Parameters
    ----------
    about : dict of str to str
        What was said at its creation.
    imports : tuple of tuple
        Number, kind, file, day, lines, lines left out, of every import.
    months : tuple of Month
    persons, authorisations : int
        In all; shown from ten on.
    notes : tuple of dict
        What is missing or odd, in both languages.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import Contents, make_store, open_store, store_contents
    >>> make_store("seen.duckdb", new_key("seen.key"), ["0034"], retention_years=7)
    >>> with open_store("seen.duckdb") as store:
    ...     isinstance(store_contents(store), Contents)
    True
    """

    about: dict[str, str]
    imports: tuple[tuple[int, str, str, date, int, int], ...]
    months: tuple[Month, ...]
    persons: int
    authorisations: int
    notes: tuple[Note, ...]

    def table(self, lang: str) -> Sequence[tuple[str, ...]]:
        """The months as a table with its head, cells under ten persons hidden."""
        head = {
            "nl": ("gemeente", "maand", "declaratieregels", "euro", "cliënten", "starts", "stops"),
            "en": ("municipality", "month", "claim lines", "euro", "clients", "starts", "stops"),
        }[lang]
        few = f"< {FEWEST}"
        return [head] + [
            (
                one.municipality, one.month.isoformat()[:7], _short(one.claims, lang),
                few if 0 < one.persons < FEWEST else euros(one.cents, lang), _short(one.persons, lang),
                _short(one.starts, lang), _short(one.stops, lang),
            )
            for one in self.months
        ]  # fmt: skip


@kinds_checked
def store_contents(store: Store) -> Contents:
    """What is in a store.

    Parameters
    ----------
    store : Store
        Open to read.

    Returns
    -------
    Contents

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store, store_contents
    >>> make_store("empty.duckdb", new_key("empty.key"), ["0034"], retention_years=7)
    >>> with open_store("empty.duckdb") as store:
    ...     store_contents(store).persons
    0
    """
    imports = store.rows(
        "SELECT import, kind, file, CAST(made AS DATE), lines, left_out FROM imports ORDER BY import"
    )
    persons = store.rows(
        """SELECT count(*) FROM (SELECT person FROM authorisations UNION SELECT person FROM claims
        UNION SELECT person FROM starts UNION SELECT person FROM stops) WHERE person IS NOT NULL"""
    )[0][0]
    authorisations = store.rows("SELECT count(DISTINCT authorisation) FROM authorisations")[0][0]
    months = _months(store)
    notes = [*_silences(months), *_silent_providers(store), *_completeness(store), *_remarks(store)]
    return Contents(dict(store.about), tuple(imports), months, persons, authorisations, tuple(notes))


def _months(store: Store) -> tuple[Month, ...]:
    """Counts by municipality and month of care, every month from the first claim or stop to the last."""
    found = store.rows(
        """
        WITH claimed AS (SELECT municipality, date_trunc('month', begins)::DATE AS month, count(*) AS claims,
               sum(cents)::BIGINT AS cents, count(DISTINCT person) AS persons FROM claims GROUP BY ALL),
        started AS (SELECT municipality, date_trunc('month', begins)::DATE AS month, count(*) AS n FROM starts GROUP BY ALL),
        stopped AS (SELECT municipality, date_trunc('month', ends)::DATE AS month, count(*) AS n FROM stops GROUP BY ALL),
        seen AS (SELECT municipality, month FROM claimed UNION SELECT municipality, month FROM started
                 UNION SELECT municipality, month FROM stopped),
        -- who was in care already has a start of long before the messages
        begin AS (SELECT municipality, min(month) AS first FROM (SELECT municipality, month FROM claimed
                  UNION ALL SELECT municipality, month FROM stopped) GROUP BY municipality),
        span AS (SELECT municipality, coalesce(any_value(begin.first), min(month)) AS first, max(month) AS last
                 FROM seen LEFT JOIN begin USING (municipality) GROUP BY municipality),
        every AS (SELECT municipality, unnest(generate_series(first, last, INTERVAL 1 MONTH))::DATE AS month FROM span)
        SELECT municipality, month, coalesce(claims, 0), coalesce(cents, 0), coalesce(persons, 0), coalesce(started.n, 0),
               coalesce(stopped.n, 0)
        FROM every LEFT JOIN claimed USING (municipality, month) LEFT JOIN started USING (municipality, month)
             LEFT JOIN stopped USING (municipality, month)
        ORDER BY municipality, month
        """
    )
    return tuple(Month(*row) for row in found)


def _silences(months: tuple[Month, ...]) -> list[Note]:
    """Months between others without any claim."""
    found = []
    for code in dict.fromkeys(one.municipality for one in months):
        own = [one for one in months if one.municipality == code]
        claimed = [one.month for one in own if one.claims]
        if claimed:
            found += [
                f"{code} {one.month.isoformat()[:7]}"
                for one in own
                if not one.claims and claimed[0] < one.month < claimed[-1]
            ]
    if not found:
        return []
    listed = ", ".join(found[:12]) + (" …" if len(found) > 12 else "")
    return [
        {
            "nl": f"Geen enkele declaratie over: {listed}. Lees de ontbrekende berichten in; zo'n maand telt anders "
            "als nul.",
            "en": f"No claim at all about: {listed}. Import the missing messages; else such a month counts as zero.",
        }
    ]


def _silent_providers(store: Store) -> list[Note]:
    """Providers whose claims end before those of the others."""
    found = store.rows(
        f"""
        WITH last AS (SELECT provider, date_trunc('month', max(begins))::DATE AS month, count(DISTINCT begins) AS often
                      FROM claims GROUP BY provider),
        open AS (SELECT DISTINCT provider FROM starts WHERE authorisation NOT IN
                 (SELECT authorisation FROM stops WHERE authorisation IS NOT NULL))
        SELECT provider, month FROM last WHERE often > 1 AND provider IN (SELECT provider FROM open)
          AND date_diff('month', month, (SELECT max(month) FROM last)) >= {SILENT_MONTHS}
        ORDER BY provider
        """
    )
    if not found:
        return []
    listed = ", ".join(f"{provider} ({month.isoformat()[:7]})" for provider, month in found[:8])
    listed += " …" if len(found) > 8 else ""
    return [
        {
            "nl": f"Stuurt geen declaraties meer, terwijl er cliënten in zorg zijn (laatste maand): {listed}. Vraag ze op.",
            "en": f"Sends no claims any more, while clients are in care (last month): {listed}. Ask for them.",
        }
    ]


def _completeness(store: Store) -> list[Note]:
    """Which part of the euros of a month of care comes how late, by the chain of months that are old enough (Mack 1993).

    Gross: credits are left out, so that no part is below zero. Months before the first message are left out too: of those
    the early claims were never imported.
    """
    found = store.rows(
        """
        WITH late AS (SELECT date_trunc('month', begins)::DATE AS month,
                             greatest(date_diff('month', begins, received), 0) AS delay, sum(cents)::DOUBLE AS cents
                      FROM claims WHERE received IS NOT NULL AND NOT credit GROUP BY ALL),
        span AS (SELECT max(month + to_months(delay::INTEGER))::DATE AS last,
                        min(month + to_months(delay::INTEGER))::DATE AS first FROM late)
        SELECT month, delay, cents, date_diff('month', month, (SELECT last FROM span)) AS age FROM late
        WHERE month >= (SELECT first FROM span) - INTERVAL 1 MONTH ORDER BY ALL
        """
    )
    months: dict[date, dict[int, float]] = {}
    ages: dict[date, int] = {}
    for month, delay, cents, age in found:
        months.setdefault(month, {})[int(delay)] = cents
        ages[month] = int(age)
    longest = max((delay for own in months.values() for delay in own), default=0)
    if len(months) < LEAST_MONTHS or not longest:
        return []
    part = 1.0
    parts = {longest: 1.0}
    for delay in range(longest, 0, -1):
        old = [own for month, own in months.items() if ages[month] >= delay]
        until = sum(cents for own in old for d, cents in own.items() if d <= delay)
        before = sum(cents for own in old for d, cents in own.items() if d < delay)
        part *= before / until if until > 0 else 1.0
        parts[delay - 1] = part
    told = [(delay, parts[delay]) for delay in sorted(parts) if delay in (1, 2, 3, 6)]
    nl = ", ".join(f"na {delay} mnd {100 * value:.0f} %" for delay, value in told)
    en = ", ".join(f"after {delay} months {100 * value:.0f} %" for delay, value in told)
    return [
        {
            "nl": f"Van de euro's van een maand zorg is gedeclareerd: {nl}; de langste vertraging was {longest} maanden.",
            "en": f"Of the euros of a month of care are claimed: {en}; the longest delay was {longest} months.",
        }
    ]


def _remarks(store: Store) -> list[Note]:
    """What was odd about the lines, all imports together."""
    found = store.rows(
        "SELECT rule, detail, sum(times)::BIGINT, sum(cents)::BIGINT FROM remarks GROUP BY ALL ORDER BY ALL"
    )
    return [
        {lang: f"{remark_sentence(rule, detail, times, cents, lang)}." for lang in ("nl", "en")}
        for rule, detail, times, cents in found
    ]
