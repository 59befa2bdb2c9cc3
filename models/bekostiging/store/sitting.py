"""Who is in care when contracts change: how many, how long they still stay, and how long two providers overlap.

A client who has been in care for a days is still there d days on with chance S(a + d) / S(a), S by Kaplan and Meier of the
care form. The error of the mean holds the clients (each stays or not) and the curve (Greenwood, alike for all of a form).
A change of provider is a stop and a start of one person in one care form within a month of each other; its overlap is the
weeks in which both were there.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from bekostiging.store.estimates import FEWEST, FormEstimates, Measured, day_number
from bekostiging.store.survival import Survival
from bekostiging.store.trajectories import GAP_DAYS, Rebuilt
from bekostiging.units import DAYS_PER_WEEK
from bekostiging_solvers.typing import FloatArray

_CHANGES = f"""
SELECT p.lot, greatest(date_diff('day', b.begins, a.ends) + 1, 0)::DOUBLE
FROM trajectories AS a JOIN trajectories AS b ON a.person = b.person AND a.care_form = b.care_form
    AND a.municipality = b.municipality AND a.provider <> b.provider AND b.begins > a.begins
    AND abs(date_diff('day', a.ends, b.begins)) <= {GAP_DAYS}
JOIN (SELECT care_form, min(lot) AS lot FROM products GROUP BY care_form) AS p ON p.care_form = a.care_form
ORDER BY ALL
"""


def handover_weeks(rebuilt: Rebuilt) -> dict[str, Measured]:
    """Weeks in which two providers were there at a change, by lot with ten changes or more."""
    days: dict[str, list[float]] = {}
    for lot, overlap in rebuilt.store.rows(_CHANGES):
        days.setdefault(lot, []).append(overlap)
    return {
        lot: Measured(
            float(np.mean(own)) / DAYS_PER_WEEK,
            float(np.std(own, ddof=1)) / len(own) ** 0.5 / DAYS_PER_WEEK,
            len(own),
        )
        for lot, own in days.items()
        if len(own) >= FEWEST
    }


def still_in_care(curve: Survival, ages: FloatArray, days: int) -> Measured:
    """The part of clients of these ages (days) who are still in care so many days on.

    Constant hazard: the part is the same at every age, one in two after the half-life.

    >>> from bekostiging.store.survival import kaplan_meier
    >>> lasted = -np.log(1 - (np.arange(2000) + 0.5) / 2000)
    >>> curve = kaplan_meier(np.zeros(2000), 100 * lasted, np.ones(2000, dtype=bool))
    >>> found = still_in_care(curve, np.array([10.0, 50.0, 90.0]), 69)
    >>> round(found.value, 2), found.count
    (0.5, 3)
    """
    chance = _survival(curve, ages + days) / np.maximum(_survival(curve, ages), 1e-12)
    value = float(chance.mean())
    own = float((chance * (1 - chance)).sum()) / len(ages) ** 2
    # each stop in the window moves the chance of all: about as many as the curve has stops in it
    stops = max(value * (1 - value) / max(curve.stops, 1), 0.0)
    return Measured(value, float(np.sqrt(own + stops)), len(ages))


def _survival(curve: Survival, ages: FloatArray) -> FloatArray:
    """S at these ages; beyond the last stop it falls on at the hazard of the tail."""
    place = np.searchsorted(curve.age, ages, side="right")
    before = np.concatenate([[1.0], curve.survival])[place]
    last = float(curve.survival[-1])
    tail = curve.tail * curve.mean
    if last <= 0 or tail <= 0:
        return np.asarray(before)
    beyond = np.maximum(ages - curve.age[-1], 0.0)
    return np.asarray(np.where(beyond > 0, last * np.exp(-beyond * last / tail), before))


def sitting_clients(
    rebuilt: Rebuilt, forms: list[FormEstimates], base_year: int, first_year: int
) -> dict[str, Measured]:
    """By care form the part of the clients at the end of the base year who are still in care when the contracts begin;
    of ten clients or more."""
    found = rebuilt.arrays()
    end = day_number(date(base_year, 12, 31))
    days = day_number(date(first_year, 1, 1)) - end
    begins, ends = np.asarray(found["begins"]).astype(np.int64), np.asarray(found["ends"]).astype(np.int64)
    there = (begins <= end) & ((ends < 0) | (ends > end))
    out = {}
    for one in forms:
        ages = (end - begins[there & np.asarray(found["care_form"] == one.care_form)]).astype(np.float64)
        if one.duration is not None and len(ages) >= FEWEST:
            out[one.care_form] = still_in_care(one.duration, ages, days)
    return out
