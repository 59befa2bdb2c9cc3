"""What was entered differently in two cases: row by row, by key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bekostiging.case import TABLES, Case
from bekostiging.case.rows import Row, columns
from bekostiging.case.spread import estimated_spreads
from bekostiging.studies.difference.groups import HEAD, Group, group_of

NOT_COMPARED = ("source", "status")
"""Where a number comes from moves no figure."""
ROW_ADDED, ROW_GONE = "row_added", "row_gone"
"""In place of a column: the row as a whole."""


@dataclass(frozen=True)
class InputChange:
    """One cell that differs: ``table`` (``case`` for the head), ``key`` of its row, ``column``, or ROW_ADDED or ROW_GONE
    for a row that one of the cases does not have; ``before`` in A, ``after`` in B; None: empty or not there; and the kind of
    input (``group``) that it is.

    Examples
    --------
    >>> InputChange("policy", ("loading_cap", "case"), "value", "0.05", "0.06", "contract").column
    'value'
    """

    table: str
    key: tuple[str, ...]
    column: str
    before: object
    after: object
    group: Group


def input_changes(a: Case, b: Case) -> tuple[InputChange, ...]:
    """Every cell that differs between two cases, sources, statuses and what was estimated apart; in the order of tables."""
    found = []
    for name, group in HEAD.items():
        before, after = getattr(a, name), getattr(b, name)
        if before != after:
            found.append(InputChange("case", (), name, before, after, group))
    estimated = estimated_spreads(a).keys() & estimated_spreads(b).keys()
    for table in TABLES:
        found += [
            one
            for one in _changes(table, getattr(a, table), getattr(b, table))
            if not (table == "risk_factors" and one.column == "standard_deviation" and one.key[0] in estimated)
        ]
    return tuple(found)


def _changes(table: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[InputChange]:
    """What differs in one table; rows by their key."""
    old, new = ({_key(row): row for row in rows} for rows in (before, after))
    for key, row in old.items():
        policy = key[0] if table == "policy" else ""
        if key not in new:
            yield InputChange(table, key, ROW_GONE, _main(row), None, group_of(table, policy=policy))
            continue
        for column in columns(TABLES[table]):
            if column in NOT_COMPARED:
                continue
            was, now = getattr(row, column), getattr(new[key], column)
            if was != now:
                yield InputChange(table, key, column, was, now, group_of(table, column, policy))
    for key, row in new.items():
        if key not in old:
            policy = key[0] if table == "policy" else ""
            yield InputChange(table, key, ROW_ADDED, None, _main(row), group_of(table, policy=policy))


def _key(row: Row) -> tuple[str, ...]:
    """The key of a row as texts."""
    return tuple(str(getattr(row, column)) for column in type(row).key)


def _main(row: Row) -> object:
    """What a row says first beside its key: its first other column."""
    others = [name for name in columns(type(row)) if name not in (*type(row).key, *NOT_COMPARED)]
    return getattr(row, others[0]) if others else None
