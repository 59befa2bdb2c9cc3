"""Corrections in history: a negative amount or number of units is netted with the row that it corrects.

A credit that is booked as a row of its own is no count: it is added to the row that it corrects. What stays negative cannot
have been delivered, and is a problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

from bekostiging.case.errors import Note, Problem
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.quantities import Balance
from bekostiging.case.rows import Row, weakest
from bekostiging.case.tables import History

NETTED = ("units", "euro_realised")
"""Columns of history that corrections are booked in."""
MOST_LISTED = 6
"""Sums that a note lists."""


class BookedHistory(History):
    """A row of history as it was booked: a correction may be negative."""

    units: Balance | None = None
    euro_realised: Balance | None = None


def with_credits_netted(
    tables: Mapping[str, tuple[Row, ...]], problems: list[Problem], notes: list[Note]
) -> dict[str, tuple[Row, ...]]:
    """The tables with every correction of ``history`` added to its row; told, and a problem where the sum is negative."""
    rows = [row for row in tables.get("history", ()) if isinstance(row, BookedHistory)]
    if not rows:
        return dict(tables)
    groups: dict[tuple[object, ...], list[BookedHistory]] = {}
    for row in rows:
        groups.setdefault(tuple(getattr(row, column) for column in History.key), []).append(row)
    history: list[Row] = []
    netted: list[str] = []
    for key, group in groups.items():
        corrected = len(group) > 1 and any((getattr(row, column) or 0) < 0 for row in group for column in NETTED)
        for row in [_sum(group)] if corrected else group:
            negative = [column for column in NETTED if (getattr(row, column) or 0) < 0]
            problems += [_negative(row, column, corrected) for column in negative]
            history += [] if negative else [History(**row.model_dump(), line=row.line)]
        if corrected:
            netted.append(" / ".join(str(part) for part in key[:3]))
    if netted:
        more = len(netted) - MOST_LISTED
        listed = "; ".join(netted[:MOST_LISTED])
        nl, en = (f" en nog {more}", f" and {more} more") if more > 0 else ("", "")
        notes.append(
            {
                "nl": f"history: negatieve rijen zijn als correctie opgeteld bij de andere rij van {listed}{nl}.",
                "en": f"history: negative rows were added as corrections to the other row of {listed}{en}.",
            }
        )
    return {**tables, "history": tuple(history)}


def _sum(group: list[BookedHistory]) -> BookedHistory:
    """The rows of one place, care form and year as one; who is counted is counted once."""
    first = group[0]
    update: dict[str, object] = {"status": weakest(row.status for row in group)}
    for column in NETTED:
        given = [value for row in group if (value := getattr(row, column)) is not None]
        update[column] = fsum(given) if given else None
    for column in ("clients", "starts", "euro_begroot"):
        update[column] = next((value for row in group if (value := getattr(row, column)) is not None), None)
    return first.model_copy(update=update)


def _negative(row: BookedHistory, column: str, corrected: bool) -> Problem:
    """What cannot have been delivered."""
    value = getattr(row, column)
    nl = f"{in_nl(value)} is negatief; vul nul of een positief getal in"
    en = f"{in_en(value)} is negative; fill in zero or a positive number"
    if corrected:
        nl = f"alle rijen samen zijn {in_nl(value)}, minder dan nul; vul in wat de correctie verbetert"
        en = f"all rows together are {in_en(value)}, below zero; fill in what the correction corrects"
    else:
        nl += ", of zet het bedrag dat deze correctie verbetert in een eigen rij: dan worden zij opgeteld"
        en += ", or put the amount that this correction corrects in a row of its own: then they are added up"
    return Problem("history", nl, en, row=row.line, column=column, given=in_nl(value))
