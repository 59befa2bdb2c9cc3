"""What a store remembers of contract years that are followed: figures by month, and what was expected of the year.

Both are counts and amounts of contracts, no persons. A figure or a forecast of the same month replaces the former one: the
last that was typed or computed stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.year_tables import Actual
from bekostiging.store.database import Store
from bekostiging.units import CENTS

_KEY = ("month", "received", "provider", "lot", "care_form", "area")
_VALUES = ("starts", "stops", "caseload", "units")
_TYPED = ("source", "status", "entered_by", "entered_on")


@dataclass(frozen=True)
class Forecast:
    """What a report expected of a whole contract year; euro.

    Parameters
    ----------
    year : int
        The contract year.
    through : str
        Last month of receipt that it knew, such as ``2028-05``.
    expected, low, high : float
        Mean of its scenarios and the interval of 80 of 100.
    provider, lot : str
        The contract; empty: all that the reported municipalities pay.
    illustrative : bool
        Whether it rests on invented figures.

    Examples
    --------
    >>> Forecast(2028, "2028-05", 100.0, 90.0, 110.0).provider
    ''
    """

    year: int
    through: str
    expected: float
    low: float
    high: float
    provider: str = ""
    lot: str = ""
    illustrative: bool = False


@kinds_checked
def keep_forecasts(
    store: Store, case_name: str, forecasts: Sequence[Forecast], scenarios: int = 0, seed: int = 0
) -> None:
    """Keep what a report expected, in the place of what the same report expected before.

    Parameters
    ----------
    store : Store
        Open to write.
    case_name : str
        Of the case that was followed.
    forecasts : sequence of Forecast
        Of one report.
    scenarios, seed : int
        With which it was made.

    Raises
    ------
    UserError
        The store cannot be written.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import Forecast, keep_forecasts, kept_forecasts, make_store, open_store
    >>> make_store("kept.duckdb", new_key("kept.key"), ["0034"], retention_years=7)
    >>> with open_store("kept.duckdb", read_only=False) as store:
    ...     keep_forecasts(store, "mine", [Forecast(2028, "2028-05", 100.0, 90.0, 110.5)])
    ...     [(one.through, one.high) for one in kept_forecasts(store, "mine")]
    [('2028-05', 110.5)]
    """
    made = datetime.now(UTC).replace(tzinfo=None)
    with store.transaction():
        for year, through in dict.fromkeys((one.year, one.through) for one in forecasts):
            store.run(
                "DELETE FROM forecasts WHERE case_name = ? AND year = ? AND through = ?",
                [case_name, year, through],
            )
        for one in forecasts:
            cents = (round(CENTS * value) for value in (one.expected, one.low, one.high))
            store.run(
                "INSERT INTO forecasts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    case_name,
                    made,
                    one.year,
                    one.through,
                    one.provider,
                    one.lot,
                    *cents,
                    scenarios,
                    seed,
                    one.illustrative,
                ],
            )


@kinds_checked
def kept_forecasts(store: Store, case_name: str) -> tuple[Forecast, ...]:
    """What reports on a case expected, oldest first.

    Parameters
    ----------
    store : Store
        Open.
    case_name : str
        Of the case.

    Returns
    -------
    tuple of Forecast
        Of every contract year, by month; all together first.

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import kept_forecasts, make_store, open_store
    >>> make_store("none-kept.duckdb", new_key("none-kept.key"), ["0034"], retention_years=7)
    >>> with open_store("none-kept.duckdb") as store:
    ...     kept_forecasts(store, "mine")
    ()
    """
    found = store.rows(
        "SELECT year, through, expected, low, high, provider, lot, illustrative FROM forecasts WHERE case_name = ? "
        "ORDER BY year, through, provider, lot",
        [case_name],
    )
    return tuple(
        Forecast(
            year, through, expected / CENTS, low / CENTS, high / CENTS, provider, lot, illustrative=bool(invented)
        )
        for year, through, expected, low, high, provider, lot, invented in found
    )


@kinds_checked
def keep_actuals(store: Store, case_name: str, rows: Sequence[Actual]) -> None:
    """Keep figures by month; one of the same month of care and of receipt, contract, care form and area is replaced.

    Parameters
    ----------
    store : Store
        Open to write.
    case_name : str
        Of the case they belong to.
    rows : sequence of Actual
        As read and judged against it (``read_actuals``).

    Raises
    ------
    UserError
        The store cannot be written.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import keep_actuals, kept_actuals, make_store, open_store
    >>> make_store("months.duckdb", new_key("months.key"), ["0034"], retention_years=7)
    >>> with open_store("months.duckdb", read_only=False) as store:
    ...     keep_actuals(store, "mine", [])
    ...     kept_actuals(store, "mine")
    ()
    """
    import pyarrow as pa

    made = datetime.now(UTC).replace(tzinfo=None)
    with store.transaction():
        newest = {_key(row): row for row in (*kept_actuals(store, case_name), *rows)}
        store.run("DELETE FROM actuals WHERE case_name = ?", [case_name])
        if not newest:
            return
        values: dict[str, Any] = {
            name: [getattr(row, name) for row in newest.values()] for name in (*_KEY, *_VALUES)
        }
        values["cents"] = [round(CENTS * row.euros) for row in newest.values()]
        values["unclaimed"] = [row.unclaimed for row in newest.values()]
        values |= {name: [str(getattr(row, name)) for row in newest.values()] for name in _TYPED}
        before = {
            "case_name": [case_name] * len(newest),
            "kept": pa.array([made] * len(newest), pa.timestamp("us")),
        }
        values["caseload"] = pa.array(values["caseload"], pa.float64())
        store.add("actuals", pa.table({**before, **values}))


def _key(row: Actual) -> tuple[str, ...]:
    """By what a figure replaces another."""
    return tuple(getattr(row, name) for name in _KEY)


@kinds_checked
def kept_actuals(store: Store, case_name: str) -> tuple[Actual, ...]:
    """Figures by month that were kept of a case, in the order of care and receipt.

    Parameters
    ----------
    store : Store
        Open.
    case_name : str
        Of the case.

    Returns
    -------
    tuple of Actual
        Numbered from one on.

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import kept_actuals, make_store, open_store
    >>> make_store("no-months.duckdb", new_key("no-months.key"), ["0034"], retention_years=7)
    >>> with open_store("no-months.duckdb") as store:
    ...     kept_actuals(store, "mine")
    ()
    """
    names = (*_KEY, *_VALUES, "unclaimed", *_TYPED)
    found = store.rows(
        f"SELECT cents, {', '.join(names)} FROM actuals WHERE case_name = ? ORDER BY {', '.join(_KEY)}",
        [case_name],
    )
    rows = ((cents, dict(zip(names, values, strict=True))) for cents, *values in found)
    return tuple(
        Actual.model_validate({"line": line, "euros": cents / CENTS, **row})
        for line, (cents, row) in enumerate(rows, 1)
    )
