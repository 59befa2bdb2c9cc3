"""What of the claims of recent months is still to come: months of care by months of receipt, by the chain ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from bekostiging.actuals.completeness import USUAL_WEIGHT, chain_ladder, completeness_of, unreported
from bekostiging.case.errors import UserError
from bekostiging.store.database import Store
from bekostiging.units import CENTS, MONTHS
from bekostiging_solvers.typing import FloatArray

LEAST_MISSING = 0.001
"""Part of a year below which nothing is completed: rounding of the steps."""
HALF = 0.5
"""Part of a month that must be in for the chain ladder; below it the months before say what to expect too."""
COMPLETE = 0.99
"""Part of a month that is in from which realised over agreed is measured on it."""
_FIRST_CLAIMS = """
SELECT p.care_form, (year(paid.begins) * 12 + month(paid.begins) - 1)::INTEGER AS care,
    (year(paid.received) * 12 + month(paid.received) - 1)::INTEGER AS receipt, sum(paid.cents)::BIGINT
FROM paid JOIN products AS p ON p.law = paid.law AND p.code = paid.product AND paid.begins BETWEEN p.first AND p.last
WHERE NOT paid.credit AND paid.begins <= ? AND paid.received IS NOT NULL AND (paid.previous IS NULL OR paid.previous NOT IN (
    SELECT reference FROM paid WHERE credit AND reference IS NOT NULL
    UNION ALL SELECT previous FROM paid WHERE credit AND previous IS NOT NULL))
GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class ToCome:
    """What is still to come of the claims of a care form in a year, as a part of what is in, with its standard error.

    ``euro`` is that in euro; ``months`` the months of care it is estimated from.
    """

    part: float
    error: float
    euro: float
    months: int


def to_come(
    store: Store, last: date, first: date
) -> tuple[dict[tuple[str, int], ToCome], dict[str, date], tuple[str, ...]]:
    """By care form and year what is still to come; by care form the last day of a month that is all but complete; and the
    care forms of which nothing can be said: no month was followed over two months of receipt.

    The last month in which a claim was received counts as a whole one. Credits and lines that bring a credited line again
    are no first claims.
    """
    found: dict[tuple[str, int], ToCome] = {}
    until: dict[str, date] = {}
    unknown: list[str] = []
    cells: dict[str, list[tuple[int, int, int]]] = {}
    for form, care, receipt, cents in store.rows(_FIRST_CLAIMS, [last]):
        cells.setdefault(form, []).append((care, receipt, cents))
    begin, end = first.year * MONTHS + first.month - 1, last.year * MONTHS + last.month - 1
    receipts = [receipt for own in cells.values() for _, receipt, _ in own]
    latest = max(receipts, default=end)
    for form, own in cells.items():
        triangle = _triangle(own, begin, end, latest)
        try:
            missing, error = missing_by_month(triangle)
        except UserError:
            unknown.append(form)
            continue
        seen = np.nansum(triangle, axis=1)
        years = (begin + np.arange(len(seen))) // MONTHS
        for year in np.unique(years):
            mine = years == year
            whole, late = float(seen[mine].sum()), float(missing[mine].sum())
            if whole > 0 and late > LEAST_MISSING * whole:
                part = float(np.sqrt(np.square(error[mine]).sum())) / whole
                found[form, int(year)] = ToCome(late / whole, part, late / CENTS, int(mine.sum()))
        until[form] = _complete_until(seen, missing, begin)
    return found, until, tuple(sorted(unknown))


def missing_by_month(triangle: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What is still to come of every month and its standard error, in the unit of the triangle.

    By the chain ladder where half of a month is in or more, with the errors of Mack, those of the shared steps included; of
    a month of which less is in also by what the year before it came to, whose spread is its error.

    Raises
    ------
    UserError
        No month was followed over two months of receipt.

    Everything comes a month later; of the last month nothing can be in yet:

    >>> missing_by_month(np.array([[0.0, 50.0], [0.0, 70.0], [0.0, np.nan]]))[0].tolist()
    [0.0, 0.0, 60.0]
    """
    part = completeness_of(triangle)
    ladder = chain_ladder(triangle)
    alone = float(np.sqrt(np.square(ladder.error).sum()))
    together = ladder.total_error / alone if alone > 0 else 1.0
    missing, error = ladder.to_come.copy(), ladder.error * together
    seen = np.nansum(triangle, axis=1)
    whole = seen + missing
    place = np.isfinite(triangle).sum(axis=1) - 1
    reported = part.reported[np.minimum(place, part.longest)]
    for m in np.flatnonzero(reported < HALF):
        before = whole[max(m - MONTHS, 0) : m][reported[max(m - MONTHS, 0) : m] >= HALF]
        if len(before):
            expected = np.array([before.mean()])
            own = unreported(seen[m : m + 1], reported[m : m + 1], expected, USUAL_WEIGHT)
            missing[m] = float(own[0])
            error[m] = float(before.std(ddof=1) if len(before) > 1 else before[0]) * (1 - reported[m])
    return missing, error


def _triangle(cells: list[tuple[int, int, int]], begin: int, end: int, latest: int) -> FloatArray:
    """Cents by month of care and delay; nan where the delay lies ahead. What came before the month is of it."""
    longest = max((receipt - care for care, receipt, _ in cells if begin <= care <= end), default=0)
    triangle = np.zeros((end - begin + 1, max(longest, 1) + 1))
    for care, receipt, cents in cells:
        if begin <= care <= end:
            triangle[care - begin, max(receipt - care, 0)] += max(cents, 0)
    ahead = (begin + np.arange(len(triangle)))[:, None] + np.arange(triangle.shape[1])[None, :] > latest
    triangle[ahead] = np.nan
    # a month that nothing was received of at all while later ones came in has no delay ahead of it
    return triangle[~np.isnan(triangle[:, 0])]


def _complete_until(seen: FloatArray, missing: FloatArray, begin: int) -> date:
    """Last day of the last month up to which every month is all but complete."""
    part = np.divide(seen, seen + missing, out=np.ones_like(seen), where=seen + missing > 0)
    late = np.flatnonzero(part < COMPLETE)
    months = begin + (int(late[0]) if len(late) else len(seen))
    return date.fromordinal(date(months // MONTHS, months % MONTHS + 1, 1).toordinal() - 1)
