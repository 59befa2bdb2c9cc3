"""What a store says of a base year for the care landscape: by care form, by provider, beside other sources; counts only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.store.comparisons import Comparison, comparisons
from bekostiging.store.database import Store
from bekostiging.store.evidence import FEWEST
from bekostiging.store.supply import BY_FORM
from bekostiging.store.tables import latest
from bekostiging.store.trajectories import rebuilt
from bekostiging.store.waiting import waited_weeks
from bekostiging.units import CENTS, QUARTERS

_FORMS = """SELECT care_form,
    count(*) FILTER (begins < make_date($1, 1, 1) AND coalesce(ends, DATE '9999-01-01') >= make_date($1, 1, 1)),
    count(*) FILTER (year(begins) = $1),
    count(DISTINCT provider) FILTER (year(begins) <= $1 AND coalesce(ends, DATE '9999-01-01') >= make_date($1, 1, 1))
FROM trajectories GROUP BY care_form ORDER BY care_form"""
_EUROS = f"SELECT p.care_form, sum(cents)::BIGINT {BY_FORM} WHERE year(paid.begins) = ? GROUP BY ALL"
_LAST = f"""WITH moments AS (SELECT provider, max(year * 4 + quarter) AS moment FROM quarter_counts
    WHERE value IS NOT NULL AND form = '' GROUP BY provider)
SELECT q.provider, q.quantity, sum(q.value), count(*), max_by(q.value, year * 4 + quarter)
FROM {latest("quarter_counts")} AS q JOIN moments USING (provider)
WHERE q.form = '' AND q.value IS NOT NULL AND q.year * 4 + q.quarter > moments.moment - 4 GROUP BY ALL ORDER BY ALL"""
FLOWS = ("revenue", "result", "youth_revenue", "unclaimed_production")
"""Quantities of providers that add up over quarters; of the others the last is taken."""


@dataclass(frozen=True)
class FormView:
    """A care form in the messages of the base year; None for a count of fewer than ten.

    Parameters
    ----------
    care_form : str
    clients, starts : int or None
        In care on 1 January, and begun in the year.
    providers : int
    euro : float
        Approved claims on the year.
    waited_weeks : float or None
        Mean from intended to actual start, by the trajectory extract.

    Examples
    --------
    >>> from bekostiging.store import FormView
    >>> FormView("ggz", 100, None, 3, 1e6, None).starts is None
    True
    """

    care_form: str
    clients: int | None
    starts: int | None
    providers: int
    euro: float
    waited_weeks: float | None


@dataclass(frozen=True)
class StoreView:
    """What a store says beside a landscape; ``store_view`` gives it.

    Parameters
    ----------
    base_year : int
    forms : tuple of FormView
    providers : dict of str to dict of str to float
        By code of the provider what it reported of its last four quarters: sums of ``revenue``, ``result``,
        ``youth_revenue`` and ``unclaimed_production`` (four quarters or none), the last ``liquidity``,
        ``working_capital``, ``staff_in`` and ``staff_out``.
    comparisons : tuple of Comparison

    Examples
    --------
    >>> from bekostiging.store import StoreView
    >>> StoreView(2025, ()).providers
    {}
    """

    base_year: int
    forms: tuple[FormView, ...]
    providers: dict[str, dict[str, float]] = field(default_factory=dict)
    comparisons: tuple[Comparison, ...] = ()


@kinds_checked
def store_view(store: Store, base_year: Count) -> StoreView:
    """Read what a store says of a base year.

    Parameters
    ----------
    store : Store
        Open to read, with a conversion table.
    base_year : int
        That of the case.

    Returns
    -------
    StoreView
        Without care forms where nothing of the year is in it.

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store, store_view
    >>> make_store("viewed.duckdb", new_key("viewed.key"), ["0034"], retention_years=7)
    >>> with open_store("viewed.duckdb") as store:
    ...     store_view(store, 2025).forms
    ()
    """
    found = rebuilt(store, date(base_year, 12, 31))
    euros = dict(store.rows(_EUROS, [base_year]))
    waited = waited_weeks(store, base_year)

    def shown(count: int) -> int | None:
        return None if 0 < count < FEWEST else int(count)

    forms = tuple(
        FormView(
            form, shown(clients), shown(starts), providers, euros.get(form, 0) / CENTS,
            waited[form][0].value if form in waited else None,
        )
        for form, clients, starts, providers in store.rows(_FORMS, [base_year])
    )  # fmt: skip
    whole = {code: day.year + (day > date(day.year, 1, 1)) for code, day in found.first.items()}
    return StoreView(base_year, forms, _reported(store), comparisons(store, whole, base_year))


def _reported(store: Store) -> dict[str, dict[str, float]]:
    """What providers reported of their last four quarters."""
    found: dict[str, dict[str, float]] = {}
    for provider, quantity, total, times, last in store.rows(_LAST):
        if quantity not in FLOWS:
            found.setdefault(provider, {})[quantity] = last
        elif times == QUARTERS:
            found.setdefault(provider, {})[quantity] = total
    return found
