"""Starts, stops, days in care and units of every care form by year, and its starts by month: whole years alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from bekostiging.store.completed import ToCome
from bekostiging.store.trajectories import Rebuilt
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

FOLLOWED = """WITH y AS (SELECT unnest(range($1, $2 + 1))::INTEGER AS year)
SELECT care_form, y.year,
    count(*) FILTER (year(begins) = y.year), count(*) FILTER (year(ends) = y.year),
    sum(greatest(date_diff('day', greatest(begins, make_date(y.year, 1, 1)),
        least(coalesce(ends, DATE '9999-01-01'), make_date(y.year, 12, 31))) + 1, 0))::DOUBLE
FROM trajectories, y GROUP BY ALL ORDER BY ALL"""
UNITS = """SELECT p.care_form, year(paid.begins),
    sum(CAST(volume * CASE WHEN paid.unit = p.unit THEN 1 WHEN paid.unit = 'minute' AND p.unit = 'hour' THEN 1 / 60.0
        WHEN paid.unit = 'hour' AND p.unit = 'minute' THEN 60 END AS DECIMAL(18, 6)))::DOUBLE
FROM paid JOIN products AS p ON p.law = paid.law AND p.code = paid.product AND paid.begins BETWEEN p.first AND p.last
GROUP BY ALL"""


def whole_years(found: Rebuilt, base_year: int) -> range:
    """Years of which the messages of every municipality are there from the first day."""
    first = max((day.year + (day > date(day.year, 1, 1)) for day in found.first.values()), default=base_year + 1)
    return range(first, base_year + 1)


def yearly_series(
    found: Rebuilt, base_year: int, late: Mapping[tuple[str, int], ToCome]
) -> dict[str, dict[str, FloatArray]]:
    """By care form inflow (starts), duration (days in care per stop) and intensity (units per day), a value a year."""
    years = whole_years(found, base_year)
    if not len(years):
        return {}
    units = {(form, year): value for form, year, value in found.store.rows(UNITS)}
    series: dict[str, dict[str, FloatArray]] = {}
    for form, year, starts, stops, days in found.store.rows(FOLLOWED, [years[0], years[-1]]):
        own = series.setdefault(
            form, {name: np.full(len(years), np.nan) for name in ("inflow", "duration", "intensity")}
        )
        place = year - years[0]
        own["inflow"][place] = starts
        own["duration"][place] = days / stops if stops and days else np.nan
        used = (units.get((form, year)) or 0.0) * (1 + late[form, year].part if (form, year) in late else 1.0)
        own["intensity"][place] = used / days if used > 0 and days else np.nan
    return series


def monthly_starts(found: Rebuilt, base_year: int) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Care forms; their starts, (n_forms, n_years, 12); and what an even year of as many would have had."""
    years = whole_years(found, base_year)
    forms = tuple(row[0] for row in found.store.rows("SELECT DISTINCT care_form FROM trajectories ORDER BY 1"))
    counts = np.zeros((len(forms), len(years), MONTHS))
    if not len(years):
        return forms, counts, counts
    for form, year, month, starts in found.store.rows(
        "SELECT care_form, year(begins), month(begins), count(*) FROM trajectories WHERE year(begins) BETWEEN ? AND ?"
        " GROUP BY ALL",
        [years[0], years[-1]],
    ):
        counts[forms.index(form), year - years[0], month - 1] = starts
    edges = np.array([np.arange(f"{year}-01", f"{year + 1}-02", dtype="datetime64[M]") for year in years])
    days = np.diff(edges.astype("datetime64[D]").astype(np.int64), axis=1)
    share = days / days.sum(axis=1, keepdims=True)
    return forms, counts, counts.sum(axis=2, keepdims=True) * share
