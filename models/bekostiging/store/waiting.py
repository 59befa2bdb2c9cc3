"""Who waits: by the quarterly counts of providers, else by the trajectory extract; no count under ten by itself.

| what is there | clients | weeks |
|---|---|---|
| quarterly counts | of the last quarter, spread over municipalities by clients | theirs, weighted by clients |
| extract with who has not begun | intended start passed and not begun by the end of the base year | since then |
| extract of who began | starts times mean waiting time (Little 1961) | E[w^2] / (2 E[w]), what is behind who waits |
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bekostiging.case.tables import Waiting
from bekostiging.store.database import Store
from bekostiging.store.estimates import FormEstimates, Measured
from bekostiging.store.evidence import FEWEST, Evidence, spread_small
from bekostiging.store.tables import latest
from bekostiging.store.trajectories import Rebuilt
from bekostiging.units import DAYS_PER_WEEK, WEEKS_PER_YEAR

COUNTED = "waiting_in_extract"
_COUNTED = f"""WITH last AS (SELECT max(year * 4 + quarter) AS moment FROM quarter_counts
    WHERE quantity = 'waiting_clients'),
own AS (SELECT provider, region, form, max(value) FILTER (quantity = 'waiting_clients') AS clients,
        max(value) FILTER (quantity = 'waiting_weeks') AS weeks
    FROM {latest("quarter_counts")}, last WHERE year * 4 + quarter = moment AND form <> '' GROUP BY ALL)
SELECT form, sum(clients), sum(clients * weeks) FILTER (weeks IS NOT NULL)
    / nullif(sum(clients) FILTER (weeks IS NOT NULL), 0) FROM own GROUP BY form ORDER BY form"""
_WAITED = """SELECT form, avg(days), stddev_samp(days), count(*), avg(days * days) / nullif(2 * avg(days), 0) FROM (
    SELECT form, greatest(date_diff('day', intended, begins), 0)::DOUBLE AS days FROM extracts
    WHERE intended IS NOT NULL AND begins IS NOT NULL AND year(begins) = ?) GROUP BY form ORDER BY form"""
_NOT_BEGUN = """SELECT form, municipality, count(*), sum(date_diff('day', intended, $1))::DOUBLE FROM extracts
    WHERE intended <= $1 AND (begins IS NULL OR begins > $1) AND (ends IS NULL OR ends > $1)
    GROUP BY ALL ORDER BY ALL"""


def waited_weeks(store: Store, base_year: int) -> dict[str, tuple[Measured, float]]:
    """Mean weeks from intended to actual start, and the weeks that who waits has waited on average, by care form with ten
    starts in the base year or more."""
    return {
        form: (
            Measured(mean / DAYS_PER_WEEK, (spread or 0.0) / count**0.5 / DAYS_PER_WEEK, count),
            (so_far or 0.0) / DAYS_PER_WEEK,
        )
        for form, mean, spread, count, so_far in store.rows(_WAITED, [base_year])
        if count >= FEWEST
    }


def waiting_rows(
    found: Rebuilt, forms: list[FormEstimates], base_year: int
) -> tuple[tuple[Waiting, ...], list[Evidence]]:
    """Rows of table waiting, and where they come from."""
    evidence: list[Evidence] = []
    rows: list[Waiting] = []
    counted = {
        form: (clients, weeks) for form, clients, weeks in found.store.rows(_COUNTED) if clients is not None
    }
    waited = waited_weeks(found.store, base_year)
    not_begun: dict[str, dict[str, float]] = {}
    since: dict[str, float] = {}
    for form, code, clients, days in found.store.rows(_NOT_BEGUN, [date(base_year, 12, 31)]):
        not_begun.setdefault(form, {})[code] = float(clients)
        since[form] = since.get(form, 0.0) + days / DAYS_PER_WEEK
    for one in forms:
        own, so_far = waited.get(one.care_form, (None, 0.0))
        if own is not None:
            evidence.append(
                Evidence("waiting", one.care_form, "mean_weeks", own.value, own.error, own.count, "waited")
            )
        clients, weeks = counted.get(one.care_form, (None, None))
        weeks = weeks if weeks is not None else own.value if own is not None else None
        if clients is not None and clients >= FEWEST:
            evidence.append(
                Evidence(
                    "waiting", one.care_form, "clients", clients, clients**0.5, int(clients), "waiting_clients"
                )
            )
            source = "kwartaalopgave van aanbieders, verdeeld naar cliënten"
            if weeks is None:
                source += "; wachttijd niet opgegeven"
            rows += _rows(one, _shared(clients, one), weeks or 0.0, source)
        elif own is not None:
            there = not_begun.get(one.care_form, {})
            by_place, source, query = _of_extract(one, own, there)
            if query == COUNTED:
                so_far = since[one.care_form] / sum(there.values())
            total = sum(by_place.values())
            if total >= FEWEST:
                evidence.append(
                    Evidence("waiting", one.care_form, "clients", total, total**0.5, int(total), query)
                )
                rows += _rows(one, by_place, so_far, source)
    return tuple(rows), evidence


def _shared(clients: float, one: FormEstimates) -> dict[str, float]:
    """Clients by municipality, by the persons in care."""
    total = sum(one.persons.values()) or 1
    return {code: clients * persons / total for code, persons in one.persons.items()}


def _of_extract(
    one: FormEstimates, weeks: Measured, not_begun: Mapping[str, float]
) -> tuple[dict[str, float], str, str]:
    """Who waits by the extract: counted, or by starts times waiting time."""
    weights = {code: float(persons) for code, persons in one.persons.items()}
    if sum(not_begun.values()) >= FEWEST:
        counts = {code: not_begun.get(code, 0.0) for code in weights}
        return spread_small(counts, weights)[0], "extract: bedoelde start voorbij en niet begonnen", COUNTED
    starts = {code: own.value * weeks.value / WEEKS_PER_YEAR for code, own in one.starts.items()}
    shared, _ = spread_small(starts, weights)
    return shared, "extract: starts maal gemiddelde wachttijd", "waiting_by_little"


def _rows(one: FormEstimates, by_place: Mapping[str, float], weeks: float, source: str) -> list[Waiting]:
    return [
        Waiting(
            area=code, care_form=one.care_form, clients=round(clients, 1), mean_weeks=round(weeks, 2), source=source,
            status="estimated",
        )
        for code, clients in by_place.items()
        if clients > 0
    ]  # fmt: skip
