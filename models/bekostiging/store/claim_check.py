"""Claims of a year held against authorisations, starts, stops and tariffs: what messages show of each, reason by reason.

Of a claimed period (an authorisation, product and days; credits taken off) the first rule that fits is its reason:

| rule | reason | finding |
|---|---|---|
| its reference and period were claimed before | double | error |
| no authorisation of that number | not shown | uncertainty |
| after the authorisation ended because of a move | residence | error |
| after it ended because of another domain | other law | error |
| wholly outside its validity | validity | error |
| partly outside: its days | validity | uncertainty |
| youth care, 23 or over all year | age | error |
| youth care, 18 or over all year: prolonged youth care is possible | age | uncertainty |
| begun after the stop, without a later start | not delivered | error |
| no start | not shown | uncertainty |
| dearer than the tariff of the contract, beyond rounding of a unit | price | error (the difference) |
| more units than authorised for the year (weeks and months touched count whole) | above authorisation | error (rest) |

Where a store has no authorisations (or no starts) at all, nothing is held against them, and that is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note
from bekostiging.case.kinds import Count
from bekostiging.case.year_tables import Reason
from bekostiging.store.database import Store
from bekostiging.store.supply import OTHERS
from bekostiging.store.trajectories import MOVED, OTHER_DOMAIN, WITHDRAWN, rebuilt
from bekostiging.units import CENTS

ADULT, OLDEST = 19, 24
"""Year of care less year of birth from which somebody is surely 18, and surely 23, all year: only the year is kept."""
_MEANT = "JOIN products AS p ON p.law = t.law AND p.code = t.product AND t.begins BETWEEN p.first AND p.last"
_MINUTES = "CASE {0} WHEN 'minute' THEN 1 WHEN 'hour' THEN 60 WHEN 'dagdeel' THEN 240 END"
_IN_FORM = f"""CASE WHEN t.unit = p.unit THEN 1.0
    ELSE ({_MINUTES.format("t.unit")}) * 1.0 / nullif({_MINUTES.format("p.unit")}, 0) END"""
_STEPS = (
    f"""CREATE OR REPLACE TEMP TABLE lines_of_year AS
    SELECT t.*, p.lot, p.care_form, t.volume * {_IN_FORM} AS units, d.line IS NOT NULL AS double
    FROM (SELECT rowid AS line, * FROM claims WHERE begins BETWEEN $first AND $last) AS t {_MEANT}
    LEFT JOIN dropped AS d ON d.line = t.line WHERE coalesce(d.rejected, false) = false""",
    """CREATE OR REPLACE TEMP TABLE periods AS
    SELECT law, municipality, provider, lot, care_form, product, authorisation, person, begins, ends,
           sum(cents)::BIGINT AS cents, sum(units) AS units, sum(volume) AS volume
    FROM lines_of_year WHERE NOT double GROUP BY ALL HAVING sum(cents) > 0""",
    # what every authorisation grants in the year, in units of its care form
    f"""CREATE OR REPLACE TEMP TABLE granted AS
    SELECT t.law, t.municipality, t.authorisation, any_value(t.provider) AS provider, any_value(p.lot) AS lot,
           any_value(p.care_form) AS care_form, min(t.begins) AS begins, max(t.ends) AS ends,
           any_value(t.change) AS change, any_value(t.birth_year) AS birth_year,
           any_value(t.volume * {_IN_FORM} * CASE t.frequency
               WHEN '1' THEN date_diff('day', greatest(t.begins, $first), least(coalesce(t.ends, $last), $last)) + 1
               WHEN '2' THEN date_diff('week', greatest(t.begins, $first), least(coalesce(t.ends, $last), $last)) + 1
               WHEN '4' THEN date_diff('month', greatest(t.begins, $first), least(coalesce(t.ends, $last), $last)) + 1
               WHEN '6' THEN 1 END) AS units, any_value(t.frequency) AS frequency
    FROM agreed AS t {_MEANT}
    WHERE t.change IS DISTINCT FROM '{WITHDRAWN}' AND t.begins <= $last GROUP BY ALL""",
    f"""CREATE OR REPLACE TEMP TABLE before_year AS
    SELECT t.law, t.municipality, t.authorisation, sum(t.volume * {_IN_FORM}) AS units
    FROM paid AS t {_MEANT} WHERE t.begins < $first GROUP BY ALL""",
    """UPDATE granted SET units = greatest(granted.units - b.units, 0) FROM before_year AS b
    WHERE granted.frequency = '6' AND b.law = granted.law AND b.municipality = granted.municipality
        AND b.authorisation = granted.authorisation""",
)
_JUDGED = (
    f"""CREATE OR REPLACE TEMP TABLE judged AS
    WITH stopped AS (
        SELECT law, municipality, own, max(ends) AS ends FROM ended GROUP BY ALL),
    seen AS (
        SELECT c.*, g.authorisation IS NOT NULL AS known, g.begins AS granted_from, g.ends AS granted_to, g.change,
               g.birth_year, g.units AS granted, s.ends AS stopped_on, t.tariff,
               EXISTS (SELECT 1 FROM begun AS b WHERE b.law = c.law AND b.municipality = c.municipality
                       AND b.own = c.authorisation) AS started,
               EXISTS (SELECT 1 FROM begun AS b WHERE b.law = c.law AND b.municipality = c.municipality
                       AND b.own = c.authorisation AND b.begins > s.ends AND b.begins <= c.ends) AS again,
               greatest(date_diff('day', g.ends, c.ends), 0) + greatest(date_diff('day', c.begins, g.begins), 0) AS outside,
               date_diff('day', c.begins, c.ends) + 1 AS days
        FROM periods AS c
        LEFT JOIN granted AS g USING (law, municipality, authorisation)
        LEFT JOIN stopped AS s ON s.law = c.law AND s.municipality = c.municipality AND s.own = c.authorisation
        LEFT JOIN tariffs AS t ON t.provider = c.provider AND t.care_form = c.care_form)
    SELECT *, CASE
        WHEN NOT known AND $authorised THEN 'not_shown uncertainty'
        WHEN begins > granted_to AND change = '{MOVED}' THEN 'residence error'
        WHEN begins > granted_to AND change = '{OTHER_DOMAIN}' THEN 'other_law error'
        WHEN begins > granted_to OR ends < granted_from THEN 'validity error'
        WHEN law = 'jeugdwet' AND year(begins) - birth_year >= {OLDEST} THEN 'age error'
        WHEN begins > stopped_on AND NOT again THEN 'not_delivered error'
        WHEN outside > 0 THEN 'validity uncertainty'
        WHEN law = 'jeugdwet' AND year(begins) - birth_year >= {ADULT} THEN 'age uncertainty'
        WHEN NOT started AND $started THEN 'not_shown uncertainty'
        END AS why,
        greatest(cents - tariff * {CENTS} * units - 0.5 * volume, 0) AS dearer
    FROM seen""",
    # what of it is found: all, its days outside, what is dearer; and of the others what is above the authorisation
    """CREATE OR REPLACE TEMP TABLE found AS
    WITH over AS (
        SELECT law, municipality, authorisation, greatest(1 - any_value(granted) / nullif(sum(units), 0), 0) AS part
        FROM judged WHERE why IS NULL GROUP BY ALL),
    plain AS (SELECT j.*, coalesce(o.part, 0) AS part FROM judged AS j
              LEFT JOIN over AS o USING (law, municipality, authorisation) WHERE j.why IS NULL)
    SELECT provider, lot, person, split_part(why, ' ', 1) AS reason, split_part(why, ' ', 2) AS finding,
           CASE WHEN why = 'validity uncertainty' THEN cents * outside * 1.0 / days ELSE cents END AS cents
    FROM judged WHERE why IS NOT NULL
    UNION ALL SELECT provider, lot, person, 'price', 'error', dearer FROM plain WHERE dearer > 0
    UNION ALL SELECT provider, lot, person, 'above_authorisation', 'error', (cents - coalesce(dearer, 0)) * part
        FROM plain WHERE part > 1e-9
    UNION ALL SELECT provider, lot, person, 'double', 'error', cents FROM lines_of_year WHERE double""",
)


@dataclass(frozen=True)
class Found:
    """What messages show of one reason in one contract.

    Parameters
    ----------
    provider, lot : str
    reason : str
        As in table ``deductions``.
    finding : str
        ``error`` or ``uncertainty``.
    cents : int
    periods : int
        Claimed periods.
    persons : int
        Shown from ten on.

    Examples
    --------
    >>> from bekostiging.store import Found
    >>> Found("65656055", "jeugd", "price", "error", 1250, periods=1, persons=1).cents
    1250
    """

    provider: str
    lot: str
    reason: Reason
    finding: Literal["error", "uncertainty"]
    cents: int
    periods: int
    persons: int


@dataclass(frozen=True)
class MessageTotals:
    """What messages add up to in one contract; cents, counts of persons and trajectories.

    Parameters
    ----------
    provider, lot : str
    authorised : int or None
        Units authorised in the year at the tariff of the contract; None where no authorisation can be valued.
    claimed : int
        Every line that was not rejected, credits taken off.
    not_valued : int
        Authorisations without volume, or in another unit than their care form.
    starts, stops : int
        Trajectories that began and ended in the year.
    clients : int
        Persons in care in the year, counted once by care form.

    Examples
    --------
    >>> from bekostiging.store import MessageTotals
    >>> MessageTotals("65656055", "jeugd", None, 0, 0, starts=1, stops=0, clients=1).clients
    1
    """

    provider: str
    lot: str
    authorised: int | None
    claimed: int
    not_valued: int
    starts: int
    stops: int
    clients: int


@dataclass(frozen=True)
class ClaimCheck:
    """The claims of a year held against the other messages.

    Parameters
    ----------
    year : int
    found : tuple of Found
    totals : tuple of MessageTotals
    periods : dict of str to array
        Claimed periods in a fixed order, (n_periods,) each: ``municipality``, ``provider``, ``lot``, ``care_form``,
        ``person`` and ``authorisation`` (pseudonyms), ``begins`` (a day as text), ``cents``.
    notes : tuple of dict
        What could not be held against what, in both languages.
    others : str
        What providers of few clients are together called in the case.

    Examples
    --------
    >>> from bekostiging.store import ClaimCheck
    >>> ClaimCheck(2028, (), (), {}, ()).found
    ()
    """

    year: int
    found: tuple[Found, ...]
    totals: tuple[MessageTotals, ...]
    periods: Mapping[str, Any]
    notes: tuple[Note, ...]
    others: str = OTHERS

    def contract(self, provider: str, lot: str, known: Collection[tuple[str, str]]) -> tuple[str, str] | None:
        """The contract of the case that a provider of the store belongs to, its own or that of small ones together."""
        own = ((provider, lot), (self.others, lot))
        return next((one for one in own if one in known), None)


@kinds_checked
def check_claims(store: Store, year: Count, tariffs: Mapping[tuple[str, str], float]) -> ClaimCheck:
    """Hold the claims of a year against authorisations, starts, stops and tariffs.

    Parameters
    ----------
    store : Store
        Open to read, with a confirmed conversion table.
    year : int
        Calendar year.
    tariffs : dict
        Euro per unit of the care form in prices of the year, by provider and care form; no price is judged without.

    Returns
    -------
    ClaimCheck

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import check_claims, make_store, open_store
    >>> make_store("checked.duckdb", new_key("checked.key"), ["0034"], retention_years=7)
    >>> with open_store("checked.duckdb") as store:
    ...     check_claims(store, 2028, {}).totals
    ()
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    periods_of_year(store, first, last)
    have = {name: bool(store.rows(f"SELECT count(*) FROM {name}")[0][0]) for name in ("authorisations", "starts")}
    store.run("CREATE OR REPLACE TEMP TABLE tariffs (provider VARCHAR, care_form VARCHAR, tariff DOUBLE)")
    for (provider, care_form), tariff in tariffs.items():
        store.run("INSERT INTO tariffs VALUES (?, ?, ?)", [provider, care_form, tariff])
    for step in _JUDGED:
        for name, value in (("$authorised", have["authorisations"]), ("$started", have["starts"])):
            step = step.replace(name, str(value))
        store.run(step)
    found = store.rows(
        """SELECT provider, lot, reason, finding, round(sum(cents))::BIGINT, count(*), count(DISTINCT person) FROM found
        GROUP BY ALL HAVING round(sum(cents)) > 0 ORDER BY ALL"""
    )
    periods = store.columns(
        """SELECT municipality, provider, lot, care_form, person, authorisation, begins::VARCHAR AS begins, cents
        FROM periods ORDER BY municipality, provider, lot, care_form, begins, person, authorisation, cents"""
    )
    return ClaimCheck(
        year, tuple(Found(*row) for row in found), _totals(store, first, last), periods, _notes(have)
    )


def periods_of_year(store: Store, first: date, last: date) -> None:
    """Make tables of the claimed periods of a year and of what every authorisation grants in it, in a store that is open."""
    rebuilt(store, last)
    for step in _STEPS:
        store.run(step.replace("$first", f"DATE '{first}'").replace("$last", f"DATE '{last}'"))


def _totals(store: Store, first: date, last: date) -> tuple[MessageTotals, ...]:
    """What messages add up to, by provider and lot."""
    rows = store.rows(
        f"""WITH granting AS (
            SELECT g.provider, g.lot, sum(g.units * t.tariff) * {CENTS} AS authorised,
                   count(*) FILTER (WHERE g.units IS NULL) AS not_valued
            FROM granted AS g LEFT JOIN tariffs AS t USING (provider, care_form)
            WHERE coalesce(g.ends, ?) >= ? GROUP BY ALL),
        claiming AS (SELECT provider, lot, sum(cents) AS claimed FROM lines_of_year GROUP BY ALL),
        lots AS (SELECT DISTINCT law, care_form, lot FROM products),
        caring AS (
            SELECT provider, lot, count(*) FILTER (WHERE begins >= ?) AS starts,
                   count(*) FILTER (WHERE ends <= ?) AS stops, count(DISTINCT (person, care_form)) AS clients
            FROM trajectories JOIN lots USING (law, care_form)
            WHERE begins <= ? AND coalesce(ends, ?) >= ? GROUP BY ALL)
        SELECT provider, lot, round(authorised)::BIGINT, coalesce(claimed, 0)::BIGINT, coalesce(not_valued, 0),
               coalesce(starts, 0), coalesce(stops, 0), coalesce(clients, 0)
        FROM granting FULL JOIN claiming USING (provider, lot) FULL JOIN caring USING (provider, lot)
        ORDER BY provider, lot""",
        [last, first, first, last, last, last, first],
    )
    return tuple(MessageTotals(*row) for row in rows)


def _notes(have: Mapping[str, bool]) -> tuple[Note, ...]:
    """What is not there to hold claims against."""
    said: dict[str, Note] = {
        "authorisations": {
            "nl": "De opslag heeft geen toewijzingen (301): declaraties zijn er niet tegen gehouden.",
            "en": "The store has no authorisations (301): claims were not held against them.",
        },
        "starts": {
            "nl": "De opslag heeft geen startberichten (305): of de zorg is gestart, is niet nagegaan.",
            "en": "The store has no start messages (305): whether care was started was not checked.",
        },
    }
    return tuple(said[name] for name, there in have.items() if not there)
