"""What the privacy papers of a store say, filled in from what is in it; never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bekostiging.case.arguments import kinds_checked
from bekostiging.store.database import Store
from bekostiging.store.overview import store_contents

DATED = {
    "authorisations": "begins", "starts": "begins", "stops": "ends", "requests": "begins", "claims": "begins",
    "extracts": "begins",
}  # fmt: skip
"""Tables about persons, with the column that says when."""


@dataclass(frozen=True)
class PrivacyFacts:
    """Facts of a store for its privacy papers.

    Parameters
    ----------
    about : dict of str to str
        Municipalities, purpose, retention, fingerprint of the key and day of creation.
    persons : int
        Shown from ten on.
    tables : tuple of (str, int, date or None, date or None)
        Tables about persons with their rows, first and last day.
    kinds : tuple of (str, int)
        Kinds of imports and how many files.
    makers : tuple of str
        Who imported.
    due : tuple of (int, int)
        Rows by the year in which care began, which are due for forgetting.
    forgotten : tuple of (date, str, int)
        What was forgotten when; never who.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store, privacy_facts
    >>> make_store("papers.duckdb", new_key("papers.key"), ["0034"], retention_years=7, purpose="inkoop 2028")
    >>> with open_store("papers.duckdb") as store:
    ...     privacy_facts(store).about["purpose"]
    'inkoop 2028'
    """

    about: dict[str, str]
    persons: int
    tables: tuple[tuple[str, int, date | None, date | None], ...]
    kinds: tuple[tuple[str, int], ...]
    makers: tuple[str, ...]
    due: tuple[tuple[int, int], ...]
    forgotten: tuple[tuple[date, str, int], ...]


@kinds_checked
def privacy_facts(store: Store, today: date | None = None) -> PrivacyFacts:
    """The facts of a store for its privacy papers.

    Parameters
    ----------
    store : Store
        Open to read.
    today : date, optional
        From which the retention counts back; today if not given.

    Returns
    -------
    PrivacyFacts

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store, privacy_facts
    >>> make_store("facts.duckdb", new_key("facts.key"), ["0034"], retention_years=7)
    >>> with open_store("facts.duckdb") as store:
    ...     privacy_facts(store).persons
    0
    """
    day = date.today() if today is None else today
    tables = []
    due: dict[int, int] = {}
    oldest = day.year - int(store.about["retention_years"])
    for table, column in DATED.items():
        rows, first, last = store.rows(f"SELECT count(*), min({column}), max({column}) FROM {table}")[0]
        if rows:
            tables.append((table, rows, first, last))
        for year, count in store.rows(
            f"SELECT year({column}), count(*) FROM {table} WHERE year({column}) < ? GROUP BY ALL", [oldest]
        ):
            due[year] = due.get(year, 0) + count
    return PrivacyFacts(
        dict(store.about), store_contents(store).persons, tuple(tables),
        tuple(store.rows("SELECT kind, count(*) FROM imports GROUP BY kind ORDER BY kind")),
        tuple(row[0] for row in store.rows("SELECT DISTINCT maker FROM imports WHERE maker <> '' ORDER BY maker")),
        tuple(sorted(due.items())),
        tuple(store.rows("SELECT CAST(made AS DATE), what, rows FROM forgotten ORDER BY made")),
    )  # fmt: skip
