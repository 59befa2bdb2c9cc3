"""What a store counts beside what CBS and Iv3 say of the same municipality, law and year: a check, and a stand-in.

CBS counts distinct persons with care in kind at some time in a year (youths under 23; of the Wmo every individual provision,
aids and transport too); Iv3 has the spending of the annual accounts, own budgets of clients included. So the store is as a
rule somewhat below either, and never far above.
"""

from __future__ import annotations

from dataclasses import dataclass

from bekostiging.store.database import Store
from bekostiging.store.evidence import FEWEST
from bekostiging.store.tables import latest
from bekostiging.store.tables_import import law_of_taakveld
from bekostiging.units import CENTS

PERSONS = {
    "jeugdwet": ("JongerenMetJeugdzorgInNatura", "JongerenMetJeugdzorg", "TotaalJongerenMetJeugdzorg"),
    "wmo": ("WmoClienten", "ClientenMetEenMaatwerkvoorziening", "WmoClientenMaatwerkvoorziening"),
}
"""Topics of CBS that count persons (85099NED, 83454NED, 85043NED, Kerncijfers), the first that is there."""
RANGE = {"persons": (0.7, 1.1), "euros": (0.5, 1.05)}
"""Own over other within which nothing is odd: persons beside care of all forms, euros beside all spending of a law."""
_OWN_PERSONS = """WITH y AS (SELECT unnest(range(2015, $1 + 1))::INTEGER AS year)
SELECT municipality, law, y.year, count(DISTINCT person) FROM trajectories, y
WHERE year(begins) <= y.year AND (ends IS NULL OR year(ends) >= y.year) GROUP BY ALL ORDER BY ALL"""
_CBS = """SELECT area, year, quantity, max_by(value, state = 'final') FROM statistics
WHERE value IS NOT NULL AND list_contains($1::VARCHAR[], quantity) GROUP BY ALL"""


@dataclass(frozen=True)
class Comparison:
    """A figure of the store beside one of others.

    Parameters
    ----------
    municipality, law : str
    year : int
    what : str
        ``persons`` in care at some time in the year, or ``euros`` of care of that year.
    own, other : float
        Of the store, and of ``source``.
    source : str
        ``CBS`` or ``Iv3``.

    Examples
    --------
    >>> from bekostiging.store import Comparison
    >>> Comparison("0034", "jeugdwet", 2025, "persons", 300.0, 500.0, "CBS").odd
    True
    """

    municipality: str
    law: str
    year: int
    what: str
    own: float
    other: float
    source: str

    @property
    def odd(self) -> bool:
        """Whether the store is further below or above than care in kind explains."""
        low, high = RANGE[self.what]
        return not low * self.other <= self.own <= high * self.other


def cbs_persons(store: Store) -> dict[tuple[str, str, int], float]:
    """Persons by municipality, law and year, as CBS counts them."""
    found: dict[tuple[str, str, int], float] = {}
    for law, names in PERSONS.items():
        rows = {(area, year, quantity): value for area, year, quantity, value in store.rows(_CBS, [list(names)])}
        for area, year in {(area, year) for area, year, _ in rows}:
            value = next(rows[area, year, name] for name in names if (area, year, name) in rows)
            if area in store.municipalities:
                found[area, law, year] = value
    return found


def comparisons(store: Store, first: dict[str, int], base_year: int) -> tuple[Comparison, ...]:
    """Every municipality, law and year that both sides have; no count under ten.

    ``first``: the first whole year of messages by municipality.
    """
    found = []
    cbs = cbs_persons(store)
    for code, law, year, persons in store.rows(_OWN_PERSONS, [base_year]):
        other = cbs.get((code, law, year))
        if year >= first.get(code, 9999) and persons >= FEWEST and other is not None and other >= FEWEST:
            found.append(Comparison(code, law, year, "persons", float(persons), other, "CBS"))
    spent: dict[tuple[str, str, int], float] = {}
    for code, year, taakveld, cents in store.rows(
        f"SELECT municipality, year, taakveld, sum(cents)::BIGINT FROM {latest('spending')} WHERE kind = 'jaarrekening' "
        "GROUP BY ALL"
    ):
        law = law_of_taakveld(taakveld)
        if law:
            spent[code, law, year] = spent.get((code, law, year), 0.0) + cents / CENTS
    for code, law, year, cents in store.rows(
        """SELECT municipality, law, year(begins), sum(cents)::BIGINT FROM paid WHERE year(begins) <= ?
        GROUP BY ALL ORDER BY ALL""",
        [base_year],
    ):
        other = spent.get((code, law, year))
        if year >= first.get(code, 9999) and other is not None and other > 0:
            found.append(Comparison(code, law, year, "euros", cents / CENTS, other, "Iv3"))
    return tuple(sorted(found, key=lambda one: (one.what, one.municipality, one.law, one.year)))


def stand_in(
    store: Store, places: list[str], persons: dict[tuple[str, str], int], base_year: int
) -> dict[tuple[str, str], float]:
    """By municipality without any message of a law (and law) how many times the others together it is, by the last counts of
    CBS up to a year after the base year; ``persons`` in the messages by municipality and law."""
    cbs = cbs_persons(store)
    last: dict[tuple[str, str], float] = {}
    for (code, law, year), value in sorted(cbs.items(), key=lambda item: item[0][2]):
        if year <= base_year + 1:
            last[code, law] = value
    found = {}
    for law in {law for _, law in persons}:
        there = [code for code in places if persons.get((code, law), 0) >= FEWEST]
        total = sum(last.get((code, law), 0.0) for code in there)
        if not there or total <= 0 or any((code, law) not in last for code in there):
            continue
        for code in places:
            if not persons.get((code, law), 0) and last.get((code, law), 0.0) >= FEWEST:
                found[code, law] = last[code, law] / total
    return found
