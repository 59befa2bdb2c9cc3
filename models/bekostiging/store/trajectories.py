"""Trajectories rebuilt from messages, by rules that are each counted.

A trajectory is a person with one care form at one provider of one municipality, from its start to its stop, whatever
the number of authorisations. What was deleted, withdrawn or rejected does not count; the last version of an
authorisation is the one.

| what is there | rule |
|---|---|
| start and stop | from the one to the other; a temporary stop (reason 20) with a later start under the same number is none |
| stop, no start | the stop names the begin itself |
| claims, no start and no stop | from the first claimed day, until the authorisation ends or the last claimed month |
| start, no stop, authorisation ended | until the end of the authorisation, if nothing is claimed after it |
| start without authorisation | from its start; what was agreed is not known |
| authorisation, nothing else | no trajectory: who is not started |
| several authorisations that overlap or follow within 31 days | one trajectory |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bekostiging.case.errors import Note
from bekostiging.store.database import Store

GAP_DAYS = 31
"""Days between two authorisations that are still one trajectory: a prolongation is often granted a month late."""
TEMPORARY, WITHDRAWN, MOVED, OTHER_DOMAIN = "20", "13", "07", "06"
"""Reason of a stop after which care goes on; reasons of change: removed, moved house, to another domain."""
_DROPPED = """
CREATE OR REPLACE TEMP TABLE dropped AS
WITH rejected AS (
    SELECT c.rowid AS line FROM claims AS c JOIN rejections AS r
        ON r.kind = '325' AND r.answers = c.message AND r.reference = c.reference AND r.begins = c.begins
    UNION SELECT c.rowid FROM claims AS c JOIN messages AS m ON m.rejected AND m.answers = c.message),
often AS (
    SELECT reference, begins, credit FROM claims WHERE reference IS NOT NULL AND rowid NOT IN (SELECT line FROM rejected)
    GROUP BY reference, begins, credit HAVING count(DISTINCT message) > 1),
repeated AS (
    SELECT line FROM (
        SELECT c.rowid AS line, c.message, first_value(c.message) OVER (
            PARTITION BY c.reference, c.begins, c.credit ORDER BY c.import, c.received, c.rowid) AS first
        FROM claims AS c JOIN often USING (reference, begins, credit) WHERE c.rowid NOT IN (SELECT line FROM rejected))
    WHERE message <> first)
SELECT line, true AS rejected FROM rejected UNION ALL SELECT line, false FROM repeated
"""
_PAID = """
CREATE OR REPLACE TEMP VIEW paid AS
SELECT * FROM claims WHERE rowid NOT IN (SELECT line FROM dropped)
"""


def claims_that_stand(store: Store) -> None:
    """Make the view ``paid``: claims but those that were rejected, by themselves or with their whole claim, and those that
    repeat the reference and period of an earlier message."""
    store.run(_DROPPED)
    store.run(_PAID)


_ACCEPTED = """NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.rejected AND m.answers = t.message)
  AND NOT EXISTS (SELECT 1 FROM rejections AS r WHERE r.kind = '{kind}' AND r.answers = t.message
                  AND r.authorisation IS NOT DISTINCT FROM t.authorisation)"""
_MEANT = """LEFT JOIN products AS p ON p.law = {t}.law AND p.code = {t}.product AND {t}.begins BETWEEN p.first AND p.last"""
_PER_UNIT = "CASE {0} WHEN 'minute' THEN 1 WHEN 'hour' THEN 60 WHEN 'dagdeel' THEN 240 WHEN 'etmaal' THEN 1440 END"
_NUMBER = "(hash(t.person, t.provider, t.product, t.begins)::HUGEINT % 1000000007)::BIGINT"
"""Stands for the number of an authorisation where a message has none."""
_STEPS = (
    # the last version of every authorisation, with its first begin
    f"""CREATE OR REPLACE TEMP TABLE agreed AS
    SELECT *, ends - begins + 1 AS days FROM (
        SELECT t.* REPLACE (min(begins) OVER own AS begins),
               row_number() OVER (own ORDER BY decided DESC, import DESC) AS place
        FROM authorisations AS t WHERE {_ACCEPTED.format(kind="302")}
        WINDOW own AS (PARTITION BY law, municipality, authorisation)
    ) WHERE place = 1""",
    f"""CREATE OR REPLACE TEMP TABLE begun AS
    WITH kept AS (SELECT t.*, coalesce(t.authorisation, {_NUMBER}) AS own FROM starts AS t
                  WHERE {_ACCEPTED.format(kind="306")}),
    changed AS (SELECT own, max(dated) AS dated FROM kept WHERE status = '2' GROUP BY own)
    SELECT kept.* FROM kept LEFT JOIN changed USING (own)
    WHERE kept.status <> '3' AND (changed.dated IS NULL OR kept.dated >= changed.dated)
      AND NOT EXISTS (SELECT 1 FROM kept AS d WHERE d.own = kept.own AND d.begins = kept.begins AND d.status = '3'
                      AND d.dated >= kept.dated)""",
    f"""CREATE OR REPLACE TEMP TABLE ended AS
    WITH kept AS (SELECT t.*, coalesce(t.authorisation, {_NUMBER}) AS own FROM stops AS t
                  WHERE {_ACCEPTED.format(kind="308")})
    SELECT * FROM kept WHERE status <> '3'
      AND NOT EXISTS (SELECT 1 FROM kept AS d WHERE d.own = kept.own AND d.begins = kept.begins AND d.status = '3'
                      AND d.dated >= kept.dated)
    QUALIFY row_number() OVER (PARTITION BY own, begins ORDER BY dated DESC, import DESC) = 1""",
    """CREATE OR REPLACE TEMP TABLE billed AS
    SELECT law, municipality, authorisation, any_value(person) AS person, any_value(provider) AS provider,
           any_value(product) AS product, min(begins) AS first, max(ends) AS last
    FROM paid WHERE authorisation IS NOT NULL GROUP BY law, municipality, authorisation HAVING sum(cents) > 0""",
    # one row per authorisation that led to care
    f"""CREATE OR REPLACE TEMP TABLE care AS
    WITH b AS (SELECT law, municipality, own, any_value(person) AS person, any_value(birth_year) AS birth_year,
                      mode(provider) AS provider, mode(product) AS product, min(begins) AS begins, max(begins) AS last_begin
               FROM begun GROUP BY ALL),
    e AS (SELECT law, municipality, own, any_value(person) AS person, any_value(birth_year) AS birth_year,
                 mode(provider) AS provider, mode(product) AS product, min(begins) AS begins,
                 arg_max(ends, begins) AS ends, arg_max(reason, begins) AS reason, max(begins) AS last_begin
          FROM ended GROUP BY ALL),
    known AS (SELECT law, municipality, own FROM b UNION SELECT law, municipality, own FROM e
              UNION SELECT law, municipality, authorisation FROM billed)
    SELECT k.law, k.municipality, k.own, coalesce(b.person, e.person, c.person) AS person,
           coalesce(b.birth_year, e.birth_year, a.birth_year) AS birth_year,
           coalesce(b.provider, e.provider, c.provider) AS provider,
           coalesce(b.product, e.product, a.product, c.product) AS product,
           coalesce(b.begins, e.begins, c.first) AS begins,
           CASE WHEN e.ends IS NOT NULL AND (b.last_begin IS NULL OR b.last_begin <= e.last_begin) THEN e.ends
                WHEN a.ends < $last AND coalesce(c.last, a.ends) <= a.ends THEN a.ends
                WHEN b.own IS NULL AND e.own IS NULL AND c.last < $last - INTERVAL 92 DAY THEN c.last END AS ends,
           CASE WHEN e.ends IS NULL THEN NULL ELSE e.reason END AS reason,
           a.volume, a.unit, a.frequency, a.days, a.change, a.request, a.own IS NOT NULL AS authorised,
           b.own IS NOT NULL AS started, e.own IS NOT NULL AS stopped, c.first IS NOT NULL AS claimed
    FROM known AS k LEFT JOIN b USING (law, municipality, own) LEFT JOIN e USING (law, municipality, own)
    LEFT JOIN (SELECT *, authorisation AS own FROM agreed WHERE change IS DISTINCT FROM '{WITHDRAWN}') AS a
        USING (law, municipality, own)
    LEFT JOIN (SELECT *, authorisation AS own FROM billed) AS c USING (law, municipality, own)""",
    f"""CREATE OR REPLACE TEMP TABLE mapped AS
    SELECT care.*, p.care_form, p.crisis, p.unit AS form_unit,
           care.volume * CASE WHEN care.unit = p.unit THEN 1.0
                ELSE ({_PER_UNIT.format("care.unit")}) * 1.0 / nullif({_PER_UNIT.format("p.unit")}, 0)
                     * CASE WHEN 'etmaal' IN (care.unit, p.unit) THEN NULL ELSE 1 END END
           * CASE care.frequency WHEN '1' THEN 7.0 WHEN '2' THEN 1.0 WHEN '4' THEN 12 * 7 / 365.0
                  WHEN '6' THEN 7.0 / nullif(days, 0) END AS weekly,
           q.referrer
    FROM care {_MEANT.format(t="care")}
    LEFT JOIN (SELECT law, municipality, provider, request, mode(referrer) AS referrer FROM requests GROUP BY ALL) AS q
        ON q.law = care.law AND q.municipality = care.municipality AND q.provider = care.provider
        AND q.request = care.request
    WHERE care.begins <= $last""",
    # authorisations of one person, form and provider that overlap or follow each other are one trajectory
    f"""CREATE OR REPLACE TEMP TABLE trajectories AS
    WITH ordered AS (
        SELECT *, coalesce(ends, DATE '9999-01-01') AS until, max(coalesce(ends, DATE '9999-01-01')) OVER (
            PARTITION BY law, municipality, provider, person, care_form ORDER BY begins, own
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM mapped WHERE care_form IS NOT NULL AND person IS NOT NULL),
    chained AS (
        SELECT *, sum(CASE WHEN before IS NULL OR begins > before + INTERVAL {GAP_DAYS} DAY THEN 1 ELSE 0 END) OVER (
            PARTITION BY law, municipality, provider, person, care_form ORDER BY begins, own) AS chain
        FROM ordered)
    SELECT law, municipality, provider, person, care_form, chain, min(begins) AS begins,
           CASE WHEN bool_or(ends IS NULL) OR max(ends) > $last THEN NULL ELSE max(ends) END AS ends,
           any_value(birth_year) AS birth_year, arg_max(reason, begins) AS reason, avg(weekly) AS weekly,
           arg_min(coalesce(referrer, CASE WHEN authorised THEN 'own_access' END), begins) AS channel,
           bool_or(crisis) AS crisis, count(*) AS authorisations, arg_max(change, begins) AS change
    FROM chained GROUP BY law, municipality, provider, person, care_form, chain""",
)
_COUNTS = {
    "stop_without_start": "SELECT count(*) FROM care WHERE stopped AND NOT started",
    "start_without_authorisation": "SELECT count(*) FROM care WHERE started AND NOT authorised",
    "only_claims": "SELECT count(*) FROM care WHERE claimed AND NOT started AND NOT stopped",
    "ended_by_authorisation": "SELECT count(*) FROM care WHERE started AND NOT stopped AND ends IS NOT NULL",
    "not_started": """SELECT count(*) FROM agreed WHERE change IS DISTINCT FROM '13' AND NOT EXISTS (
        SELECT 1 FROM care WHERE care.own = agreed.authorisation AND care.municipality = agreed.municipality)""",
    "withdrawn": "SELECT count(*) FROM agreed WHERE change = '13'",
    "joined": "SELECT coalesce(sum(authorisations - 1), 0)::BIGINT FROM trajectories",
    "unmapped_care": "SELECT count(*) FROM mapped WHERE care_form IS NULL",
    "without_volume": "SELECT count(*) FROM mapped WHERE care_form IS NOT NULL AND weekly IS NULL",
    "rejected_lines": "SELECT count(*) FROM dropped WHERE rejected",
    "credit_lines": "SELECT count(*) FROM paid WHERE credit",
    "credit_without_debit": """SELECT count(*) FROM paid AS c WHERE c.credit AND c.previous IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM claims AS d WHERE d.reference = c.previous AND NOT d.credit)""",
    "outside_authorisation": """SELECT count(*) FROM paid JOIN agreed USING (law, municipality, authorisation)
        WHERE paid.begins < agreed.begins OR paid.ends > agreed.ends""",
    "claim_without_authorisation": """SELECT count(*) FROM paid WHERE authorisation IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM agreed WHERE agreed.authorisation = paid.authorisation)""",
    "repeated_lines": "SELECT count(*) FROM dropped WHERE NOT rejected",
}
COUNTED = {
    "stop_without_start": (
        "stop zonder start: begin uit het stopbericht",
        "stop without start: begin from the stop message",
    ),
    "start_without_authorisation": (
        "start zonder toewijzing: telt mee, zonder afgesproken omvang",
        "start without authorisation: counts, without an agreed volume",
    ),
    "only_claims": (
        "alleen declaraties, geen start en geen stop: vanaf de eerste gedeclareerde dag",
        "claims only, no start and no stop: from the first claimed day",
    ),
    "ended_by_authorisation": (
        "geen stop, toewijzing afgelopen en niets meer gedeclareerd: tot het eind van de toewijzing",
        "no stop, authorisation ended and nothing claimed after it: until the end of the authorisation",
    ),
    "not_started": ("toegewezen en niet gestart: geen traject", "authorised and not started: no trajectory"),
    "withdrawn": ("toewijzing ingetrokken: telt niet", "authorisation withdrawn: does not count"),
    "joined": (
        "toewijzing die een andere verlengt of overlapt: hetzelfde traject",
        "authorisation that prolongs or overlaps another: the same trajectory",
    ),
    "unmapped_care": ("productcode zonder zorgvorm: telt niet", "product code without care form: does not count"),
    "without_volume": (
        "omvang onbekend of in een andere eenheid: telt niet voor de omvang",
        "volume unknown or in another unit: does not count for the volume",
    ),
    "rejected_lines": ("declaratieregel afgekeurd: telt niet", "claim line rejected: does not count"),
    "credit_lines": ("creditregel: gaat van volume en bedrag af", "credit line: goes off volume and amount"),
    "credit_without_debit": (
        "creditregel op een regel die niet is ingelezen: gaat er toch af",
        "credit line on a line that was not imported: goes off all the same",
    ),
    "outside_authorisation": (
        "gedeclareerd buiten de toegewezen periode: telt wel",
        "claimed outside the authorised period: counts",
    ),
    "claim_without_authorisation": (
        "gedeclareerd op een toewijzing die er niet is: telt wel",
        "claimed under an authorisation that is not there: counts",
    ),
    "repeated_lines": (
        "declaratieregel die dubbel is (zelfde referentie en periode): telt één keer",
        "claim line that is double (same reference and period): counts once",
    ),
}
"""What is counted, in Dutch and in English."""


@dataclass(frozen=True)
class Rebuilt:
    """Trajectories of a store up to a day: temporary tables of its connection, and what was counted.

    ``first`` is the day by municipality from which its messages are complete: the month of its first stop or claim.
    """

    store: Store
    last: date
    first: dict[str, date]
    counts: dict[str, int]

    def arrays(self) -> dict[str, Any]:
        """The trajectories, an array per column; days as days since 1970, -1 where care goes on."""
        return self.store.columns(
            """SELECT law, municipality, provider, person, care_form, date_diff('day', DATE '1970-01-01', begins) AS begins,
            coalesce(date_diff('day', DATE '1970-01-01', ends), -1) AS ends, coalesce(birth_year, 0) AS birth_year,
            coalesce(weekly, -1.0) AS weekly, coalesce(channel, '') AS channel, coalesce(crisis, false) AS crisis,
            coalesce(reason, '') AS reason, coalesce(change, '') AS change
            FROM trajectories ORDER BY law, municipality, care_form, provider, begins, person"""
        )

    def notes(self) -> list[Note]:
        """A sentence per rule that was applied."""
        return [
            {"nl": f"{count} keer: {COUNTED[name][0]}.", "en": f"{count} times: {COUNTED[name][1]}."}
            for name, count in self.counts.items()
            if count
        ]


def rebuilt(store: Store, last: date) -> Rebuilt:
    """Rebuild the trajectories of a store, as they were known on a day."""
    claims_that_stand(store)
    for step in _STEPS:
        store.run(step.replace("$last", f"DATE '{last.isoformat()}'"))
    first = store.rows(
        """SELECT municipality, min(day) FROM (
            SELECT municipality, date_trunc('month', min(ends))::DATE AS day FROM stops GROUP BY ALL UNION ALL
            SELECT municipality, date_trunc('month', min(begins))::DATE FROM claims GROUP BY ALL) GROUP BY municipality"""
    )
    counts = {name: store.rows(query)[0][0] for name, query in _COUNTS.items()}
    return Rebuilt(store, last, dict(first), counts)
