"""What clauses of a settlement ask beside units, added up over clients in the store: sums alone leave it.

| column | query |
|---|---|
| units | units of the claimed periods of the year, credits taken off |
| clients | distinct persons with a claimed period in the year, by care form and municipality |
| crisis_units | the same units of products that the conversion table calls crisis |
| budget_units | of every authorisation at most what it grants in the year (hours budgets); unknown without |
| crisis_budget_units | of these the part of crisis products, as their part of what was claimed |
| excess | what single clients were claimed for above a threshold in the year, by the lot of the contract |

Sums of fewer than ten persons are settled and not shown (``Aggregate.shown``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.store.claim_check import periods_of_year
from bekostiging.store.database import Store
from bekostiging.store.evidence import FEWEST
from bekostiging.units import CENTS

_ONE = """SELECT provider, lot, care_form, municipality, '{0}', NULL::DOUBLE, ({1})::DOUBLE, count(DISTINCT person)
    FROM of_products {2} GROUP BY ALL"""
_QUERIES = (
    """CREATE OR REPLACE TEMP TABLE of_products AS
    SELECT c.*, coalesce(p.crisis, false) AS crisis FROM periods AS c
    JOIN products AS p ON p.law = c.law AND p.code = c.product AND c.begins BETWEEN p.first AND p.last""",
    """CREATE OR REPLACE TEMP TABLE within_budget AS
    SELECT c.provider, c.lot, c.care_form, c.municipality, c.authorisation, any_value(c.person) AS person,
           sum(c.units) AS units, sum(c.units) FILTER (WHERE c.crisis) AS crisis,
           least(sum(c.units), any_value(g.units)) AS within
    FROM of_products AS c LEFT JOIN granted AS g USING (law, municipality, authorisation) GROUP BY ALL""",
)
_SUMS = " UNION ALL ".join(
    (
        _ONE.format("units", "sum(units)", ""),
        _ONE.format("clients", "count(DISTINCT person)", ""),
        _ONE.format("crisis_units", "coalesce(sum(units) FILTER (WHERE crisis), 0)", ""),
        """SELECT provider, lot, care_form, municipality, 'budget_units', NULL,
           CASE WHEN bool_or(within IS NULL) THEN NULL ELSE sum(within) END, count(DISTINCT person)
        FROM within_budget GROUP BY ALL""",
        """SELECT provider, lot, care_form, municipality, 'crisis_budget_units', NULL,
           CASE WHEN bool_or(within IS NULL) THEN NULL
                ELSE sum(within * coalesce(crisis, 0) / nullif(units, 0)) END, count(DISTINCT person)
        FROM within_budget GROUP BY ALL""",
    )
)
_EXCESS = f"""WITH by_client AS (
        SELECT provider, lot, care_form, municipality, person, sum(cents) / {CENTS}.0 AS euros FROM of_products GROUP BY ALL)
    SELECT provider, lot, care_form, municipality, 'excess', ?::DOUBLE, sum(greatest(euros - ?, 0)),
           count(DISTINCT person) FILTER (WHERE euros > ?)
    FROM by_client GROUP BY ALL"""


@dataclass(frozen=True)
class Aggregate:
    """One sum over the clients of a contract, care form and municipality.

    Parameters
    ----------
    provider, lot, care_form, municipality : str
    column : str
        Of table ``statements``, or ``excess``; also the name of its query.
    threshold : float or None
        Euro, of an excess.
    value : float or None
        Units, persons or euro; None where the store does not know it.
    persons : int
        How many it is of.

    Examples
    --------
    >>> from bekostiging.store import Aggregate
    >>> Aggregate("65656055", "jeugd", "ambulant", "0034", "units", None, 12.5, persons=3).shown
    False
    """

    provider: str
    lot: str
    care_form: str
    municipality: str
    column: str
    threshold: float | None
    value: float | None
    persons: int

    @property
    def shown(self) -> bool:
        """Whether it may be shown: of ten persons or more, or of nobody."""
        return self.persons == 0 or self.persons >= FEWEST


@kinds_checked
def settlement_aggregates(store: Store, year: Count, thresholds: Sequence[float] = ()) -> tuple[Aggregate, ...]:
    """Add up what clauses of a settlement ask of a year.

    Parameters
    ----------
    store : Store
        Open to read, with a confirmed conversion table.
    year : int
        Calendar year.
    thresholds : sequence of float
        Euro per client and year, of high-cost clauses.

    Returns
    -------
    tuple of Aggregate
        By contract, care form and municipality.

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store, settlement_aggregates
    >>> make_store("sums.duckdb", new_key("sums.key"), ["0034"], retention_years=7)
    >>> with open_store("sums.duckdb") as store:
    ...     settlement_aggregates(store, 2028, [10_000.0])
    ()
    """
    periods_of_year(store, date(year, 1, 1), date(year, 12, 31))
    for query in _QUERIES:
        store.run(query)
    rows = store.rows(f"SELECT * FROM ({_SUMS}) ORDER BY ALL")
    for threshold in thresholds:
        rows += store.rows(f"SELECT * FROM ({_EXCESS}) ORDER BY ALL", [threshold, threshold, threshold])
    return tuple(Aggregate(*row) for row in rows)
