"""Forgetting: the store is written anew without what is forgotten, and takes the place of the old file.

A row that is only deleted stays in the bytes of a database until something else is written there; so nothing is deleted,
and what stays is copied.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.errors import UserError
from bekostiging.messages.keys import Key
from bekostiging.store.database import Store, beside, open_store, write_empty
from bekostiging.store.tables import FILLED, REMEMBERED

PERSONAL = ("authorisations", "starts", "stops", "requests", "claims")
"""Tables whose rows are about a person."""
_ENDED = "SELECT authorisation FROM authorisations GROUP BY authorisation HAVING max(coalesce(ends, DATE '9999-12-31')) <= ?"
_PERSONS = {table: "person IS DISTINCT FROM ?" for table in PERSONAL} | {
    "rejections": """coalesce(authorisation NOT IN (
    SELECT authorisation FROM claims WHERE person = $1 AND authorisation IS NOT NULL UNION
    SELECT authorisation FROM authorisations WHERE person = $1), true)""",
}
"""What is kept of each table when a person is forgotten; other tables hold no person."""
_PERIOD = {
    "claims": "ends > ?",
    "authorisations": "ends IS NULL OR ends > ?",
    "requests": "coalesce(ends, begins) > ?",
    "stops": "ends > ?",
    "starts": f"begins > $1 OR authorisation IS NULL OR authorisation NOT IN ({_ENDED.replace('?', '$1')})",
    "rejections": "begins IS NULL OR begins > ?",
    "extracts": "ends IS NULL OR ends > ?",
}
"""What is kept of each table when care that ended is forgotten."""


@kinds_checked
def forget_person(path: str | Path, number: str, key: Key) -> int:
    """Forget a person: write the store anew without it.

    Parameters
    ----------
    path : str or path
        The region store.
    number : str
        The citizen service number; it is turned into its pseudonym and then gone.
    key : Key
        Of the key holder.

    Returns
    -------
    int
        Rows that went.

    Raises
    ------
    UserError
        Another key; no number of nine digits; nobody of that number.

    Examples
    --------
    >>> from bekostiging.case import UserError
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import forget_person, make_store
    >>> key = new_key("forget.key")
    >>> make_store("forget.duckdb", key, ["0034"], retention_years=7)
    >>> try:
    ...     forget_person("forget.duckdb", "999900006", key)
    ... except UserError as error:
    ...     print(error.text("en"))
    forget.duckdb: nobody of this number is in it; check the number.
    """
    file = checked_path("path", path)
    digits = "".join(sign for sign in number if sign not in " .-\t\r\n")
    if not (digits.isascii() and digits.isdecimal() and 8 <= len(digits) <= 9):
        raise UserError(
            "dit is geen burgerservicenummer van negen cijfers; er is niets vergeten.",
            "this is no citizen service number of nine digits; nothing was forgotten.",
            exit_code=2,
        )
    with open_store(file) as store:
        store.check_key(key)
    person = key.pseudonym("person", digits.zfill(9))
    return _renewed(file, _PERSONS, [person], "person", nobody=True)


@kinds_checked
def forget_until(path: str | Path, last: date) -> int:
    """Forget care that ended on a day or before it: write the store anew without it.

    Parameters
    ----------
    path : str or path
        The region store.
    last : date
        The last day that is forgotten.

    Returns
    -------
    int
        Rows that went.

    Raises
    ------
    UserError
        No such store.

    Examples
    --------
    >>> from datetime import date
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import forget_until, make_store
    >>> make_store("until.duckdb", new_key("until.key"), ["0034"], retention_years=7)
    >>> forget_until("until.duckdb", date(2018, 12, 31))
    0
    """
    return _renewed(checked_path("path", path), _PERIOD, [last], f"until {last.isoformat()}")


@kinds_checked
def forget_everything(path: str | Path) -> int:
    """Forget all data; the store stays, empty, with its key and retention.

    Parameters
    ----------
    path : str or path
        The region store.

    Returns
    -------
    int
        Rows that went.

    Raises
    ------
    UserError
        No such store.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import forget_everything, make_store
    >>> make_store("all.duckdb", new_key("all.key"), ["0034"], retention_years=7)
    >>> forget_everything("all.duckdb")
    0
    """
    nothing = dict.fromkeys((*FILLED, *REMEMBERED, "imports", "remarks", "products"), "false")
    return _renewed(checked_path("path", path), nothing, [], "everything")


def _renewed(path: Path, kept: Mapping[str, str], given: list[object], what: str, *, nobody: bool = False) -> int:
    """Write the store anew with what is kept, put it in the place of the old one, and give the number of rows that went."""
    with open_store(path, read_only=False) as store:
        draft = path.with_name(f"{path.name}.{os.getpid()}.renewed")
        try:
            write_empty(draft, store.about)
            gone = _copied(store, draft, kept, given)
            if nobody and not gone:
                raise UserError(
                    f"{path}: niemand met dit nummer staat erin; controleer het nummer.",
                    f"{path}: nobody of this number is in it; check the number.",
                )
            _note(draft, what, gone)
        except BaseException:
            for left in (draft, *beside(draft)):
                left.unlink(missing_ok=True)
            raise
    draft.replace(path)
    for left in (*beside(path), *beside(draft)):
        left.unlink(missing_ok=True)
    return gone


def _copied(store: Store, draft: Path, kept: Mapping[str, str], given: list[object]) -> int:
    """Copy what is kept of every table; the number of rows that are not."""
    gone = 0
    place = str(draft).replace("'", "''")
    store.run(f"ATTACH '{place}' AS renewed")
    try:
        for table in (*FILLED, *REMEMBERED, "imports", "remarks", "products", "forgotten"):
            condition = kept.get(table, "true")
            values = given if "?" in condition or "$1" in condition else []
            before = store.rows(f"SELECT count(*) FROM {table}")[0][0]
            store.run(f"INSERT INTO renewed.{table} SELECT * FROM {table} WHERE {condition}", values)
            gone += before - store.rows(f"SELECT count(*) FROM renewed.{table}")[0][0]
    finally:
        store.run("DETACH renewed")
    return gone


def _note(draft: Path, what: str, gone: int) -> None:
    """Note in the new store that something was forgotten; never of whom."""
    with open_store(draft, read_only=False) as renewed:
        renewed.run("INSERT INTO forgotten VALUES (?, ?, ?)", [datetime.now(UTC).replace(tzinfo=None), what, gone])
