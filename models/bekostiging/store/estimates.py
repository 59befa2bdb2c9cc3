"""Estimates of demand from rebuilt trajectories, each with its standard error and the number it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from bekostiging.store.season import season_weights
from bekostiging.store.survival import Survival, kaplan_meier, with_fitted_law
from bekostiging.store.trajectories import Rebuilt
from bekostiging.units import DAYS_PER_WEEK, MONTHS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

FEWEST = 10
"""Persons of the smallest cell that is used by itself."""
LEAST_UNITS = 20.0
"""Agreed units that a trajectory must have had for its realised over agreed to count: claims are whole units."""
SURELY = 0.001
"""Chance of a season of nothing below which it is taken off the dispersion: what is taken off wrongly makes it too small."""
LEAST_STOPS = 20
"""Stops from which a duration is estimated."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Measured:
    """A number with its standard error and the number of trajectories (or months) it is of."""

    value: float
    error: float
    count: int


@dataclass(frozen=True)
class FormEstimates:
    """What the trajectories of one care form say, of all municipalities together.

    ``stock`` and ``starts`` are by municipality; ``weekly`` agreed units, ``realised`` their mean part that was delivered.
    """

    care_form: str
    law: str
    stock: dict[str, Measured]
    starts: dict[str, Measured]
    persons: dict[str, int]
    dispersion: Measured | None
    duration: Survival | None
    weekly: Measured | None
    weekly_cv: Measured | None
    realised: Measured | None
    realised_cv: Measured | None
    crisis: Measured | None
    own_access: Measured | None
    gp: Measured | None
    starts_by_provider: dict[str, int]
    age_band: str
    trajectories: int


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


@dataclass(frozen=True)
class Ages:
    """Who is followed, and the age in days at which each begins to be, ends, and whether it stopped then.

    ``followed`` and ``first`` (the first complete day of its municipality) are of all trajectories, the others of who is
    followed: still in care on the first complete day, or begun after it.
    """

    followed: BoolArray
    first: IntArray
    entry: FloatArray
    leave: FloatArray
    stopped: BoolArray


def ages_of(rebuilt: Rebuilt, table: dict[str, Any]) -> Ages:
    """The ages of trajectories; care began some time in the day and ended some time in the day."""
    last = day_number(rebuilt.last)
    begins, ends = table["begins"].astype(np.int64), table["ends"].astype(np.int64)
    first = np.array([day_number(rebuilt.first.get(str(code), rebuilt.last)) for code in table["municipality"]])
    followed = ((ends < 0) | (ends >= first)) & (begins <= last)
    stopped = ((ends >= 0) & (ends <= last))[followed]
    leave = (np.where(stopped, ends[followed], last) - begins[followed] + 1).astype(np.float64)
    entry = np.maximum(first - begins, 0)[followed].astype(np.float64)
    return Ages(followed, first, entry, leave - 0.5, stopped)


def form_estimates(
    rebuilt: Rebuilt, base_year: int, claimed_until: Mapping[str, date] | None = None
) -> list[FormEstimates]:
    """The estimates of every care form, in the order of their names; realised over agreed up to the last day by care form
    of which the claims are all but complete."""
    found = rebuilt.arrays()
    until = dict(claimed_until or {})
    claimed = _claimed_units(rebuilt, until)
    return [
        _of_form(
            rebuilt, found, np.asarray(found["care_form"] == form), str(form), base_year,
            (claimed, min(until.get(str(form), rebuilt.last), rebuilt.last)),
        )
        for form in sorted(set(found["care_form"]))
    ]  # fmt: skip


def _of_form(
    rebuilt: Rebuilt, found: dict[str, Any], own: BoolArray, form: str, base_year: int,
    claims: tuple[dict[tuple[str, int, str], float], date],
) -> FormEstimates:  # fmt: skip
    """The estimates of one care form."""
    table = {name: np.asarray(values)[own] for name, values in found.items()}
    begins, ends = table["begins"].astype(np.int64), table["ends"].astype(np.int64)
    places = [str(code) for code in sorted(set(table["municipality"]))]
    ages = ages_of(rebuilt, table)
    followed, first = ages.followed, ages.first
    curve = kaplan_meier(ages.entry, ages.leave, ages.stopped) if ages.stopped.sum() >= LEAST_STOPS else None
    if curve is not None:
        curve = with_fitted_law(curve, ages.entry, ages.leave, ages.stopped, width=1.0)
    base, until = day_number(date(base_year, 1, 1)), day_number(date(base_year, 12, 31))
    present = (begins < base) & ((ends < 0) | (ends >= base))
    began = (begins >= base) & (begins <= until)
    seen = followed & ((ends < 0) | (ends >= base))
    dispersion = _dispersion(begins, table["municipality"], first, until)
    spread = dispersion.value if dispersion is not None else 1.0
    kept = curve.spread_of_caseload() if curve is not None else 1.0
    weekly = table["weekly"].astype(np.float64)
    known = weekly[seen & (weekly > 0)]
    ratios = _ratios(rebuilt, table, weekly, followed, claims, form)
    channel = table["channel"][began & (table["channel"] != "")]
    return FormEstimates(
        form, str(table["law"][0]),
        {code: _count(present & (table["municipality"] == code), 1 + (spread - 1) * kept) for code in places},
        {code: _count(began & (table["municipality"] == code), spread) for code in places},
        {code: len(set(table["person"][seen & (table["municipality"] == code)])) for code in places},
        dispersion, curve, _mean(known), _cv(known), _mean(ratios), _cv(ratios),
        _share(table["crisis"][began]), _share(channel == "own_access"), _share(channel == "gp"),
        {str(code): int((began & (table["provider"] == code)).sum()) for code in sorted(set(table["provider"]))},
        _age_band(table["birth_year"][seen].astype(np.int64), base_year, str(table["law"][0])), int(followed.sum()),
    )  # fmt: skip


def _count(chosen: BoolArray, dispersion: float) -> Measured:
    """A count; its variance is the dispersion times the mean."""
    count = int(chosen.sum())
    return Measured(float(count), float(np.sqrt(max(count, 1) * max(dispersion, 1e-9))), count)


def _mean(values: FloatArray) -> Measured | None:
    """A mean with its error."""
    if len(values) < FEWEST:
        return None
    return Measured(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values))), len(values))


def _cv(values: FloatArray) -> Measured | None:
    """A coefficient of variation; its error from the moments of the values (delta method)."""
    if len(values) < FEWEST:
        return None
    n, mean, variance = len(values), float(values.mean()), float(values.var(ddof=1))
    if mean <= 0 or variance <= 0:
        return Measured(0.0, 0.0, n)
    away = values - mean
    third, fourth = float((away**3).mean()), float((away**4).mean())
    cv = np.sqrt(variance) / mean
    # variance of (m, s^2) is (s^2, mu3; mu3, mu4 - s^4) / n
    by_mean, by_variance = -cv / mean, cv / (2 * variance)
    error = by_mean**2 * variance + 2 * by_mean * by_variance * third + by_variance**2 * (fourth - variance**2)
    return Measured(float(cv), float(np.sqrt(max(error, 0.0) / n)), n)


def _share(chosen: Any) -> Measured | None:
    """A part of so many; its error from two more of either kind (Agresti and Coull 1998): that of a rare thing is else too
    small just where it came out too rare."""
    chosen = np.asarray(chosen, dtype=bool)
    if len(chosen) < FEWEST:
        return None
    n, share = len(chosen), float(chosen.mean())
    leaning = (n * share + 2) / (n + 4)
    return Measured(share, float(np.sqrt(leaning * (1 - leaning) / (n + 4))), n)


def _dispersion(begins: IntArray, place: Any, first: IntArray, until: int) -> Measured | None:
    """Variance over mean of the starts of a month, given the yearly level of each municipality and the season.

    A month in each year is compared with the mean of its year and, where chance would hardly give such a season, with its
    season (``season_weights``, of all municipalities together): growth and season are no dispersion. With n months around k
    means and a season of which b was kept the estimate is a chi-square over n - k - 11 b (its relative error the root of two
    over that), months of unequal length scaled.
    """
    blocks = _whole_years(begins, place, first, until)
    if not blocks:
        return None
    counts, even = (np.array(column) for column in zip(*((one, flat) for _, one, flat in blocks), strict=True))
    years = np.array([year for year, _, _ in blocks])
    by_year = [(counts[years == year].sum(axis=0), even[years == year].sum(axis=0)) for year in np.unique(years)]
    season = season_weights(*(np.array(column) for column in zip(*by_year, strict=True)))
    expected, lost = even, 0.0
    if season is not None and season.by_chance < SURELY:
        expected, lost = even * season.weight, (MONTHS - 1) * season.kept
        expected = expected * (counts.sum(axis=1) / expected.sum(axis=1))[:, None]
    total = counts.sum(axis=1)
    spread = float(((np.square(counts - expected) / expected).sum(axis=1) * total).sum())
    freedom = len(blocks) * (MONTHS - 1) - lost
    value = spread / float(total.sum()) * len(blocks) / freedom
    return Measured(value, value * float(np.sqrt(2 / freedom)), len(blocks) * (MONTHS - 1))


def _whole_years(
    begins: IntArray, place: Any, first: IntArray, until: int
) -> list[tuple[int, FloatArray, FloatArray]]:
    """Year, starts by month and those of an even year, of every municipality and whole year with ten starts or more."""
    blocks = []
    last = np.datetime64(_EPOCH) + until
    for code in sorted(set(place)):
        own = place == code
        since = np.datetime64(_EPOCH) + int(first[own][0])
        for year in range(since.astype(object).year, last.astype(object).year + 1):
            edges = (
                np.arange(f"{year}-01", f"{year + 1}-02", dtype="datetime64[M]")
                .astype("datetime64[D]")
                .astype(int)
            )
            if edges[0] < int(first[own][0]):
                continue  # a year that is not complete
            counts = np.histogram(begins[own], bins=np.append(edges[:-1], edges[-1] - 0.5))[0].astype(np.float64)
            if counts.sum() >= FEWEST:
                blocks.append((year, counts, counts.sum() * np.diff(edges) / (edges[-1] - edges[0])))
    return blocks


def _claimed_units(rebuilt: Rebuilt, until: Mapping[str, date]) -> dict[tuple[str, int, str], float]:
    """Units that stand, by municipality, person and care form, in the unit of the care form, up to a day of each."""
    found = rebuilt.store.rows(
        """SELECT c.municipality, c.person, p.care_form, sum(CAST(c.volume * CASE WHEN c.unit = p.unit THEN 1
               WHEN c.unit = 'minute' AND p.unit = 'hour' THEN 1 / 60.0 WHEN c.unit = 'hour' AND p.unit = 'minute' THEN 60
               END AS DECIMAL(18, 6)))::DOUBLE, bool_and(c.unit = p.unit OR c.unit IN ('minute', 'hour'))
           FROM paid AS c JOIN products AS p ON p.law = c.law AND p.code = c.product AND c.begins BETWEEN p.first AND p.last
           LEFT JOIN (SELECT unnest($1::VARCHAR[]) AS care_form, unnest($2::DATE[]) AS until) AS u
               ON u.care_form = p.care_form
           WHERE c.begins <= least(coalesce(u.until, $3), $3) GROUP BY ALL""",
        [list(until), list(until.values()), rebuilt.last],
    )
    return {(code, person, form): units for code, person, form, units, fits in found if fits and units is not None}


def _ratios(
    rebuilt: Rebuilt, table: dict[str, Any], weekly: FloatArray, followed: BoolArray,
    claims: tuple[dict[tuple[str, int, str], float], date], form: str,
) -> FloatArray:  # fmt: skip
    """Delivered over agreed units of every person with one trajectory of the care form and enough agreed."""
    claimed, last = claims[0], day_number(claims[1])
    begins, ends = table["begins"].astype(np.int64), table["ends"].astype(np.int64)
    person, counts = np.unique(table["person"], return_counts=True)
    once = dict(zip(person.tolist(), counts.tolist(), strict=True))
    ratios = []
    for place in np.flatnonzero(followed & (weekly > 0)):
        code, who = str(table["municipality"][place]), int(table["person"][place])
        if once[who] > 1 or (code, who, form) not in claimed:
            continue
        low = max(int(begins[place]), day_number(rebuilt.first.get(code, rebuilt.last)))
        high = int(ends[place]) if 0 <= ends[place] <= last else last
        agreed = float(weekly[place]) * (high - low + 1) / DAYS_PER_WEEK
        if agreed >= LEAST_UNITS:
            ratios.append(claimed[code, who, form] / agreed)
    return np.array(ratios)


def _age_band(born: IntArray, base_year: int, law: str) -> str:
    """The age band of most clients."""
    age = base_year - born[born > 0]
    if law == "jeugdwet" or not len(age):
        return "0_17" if law == "jeugdwet" else "18_64"
    return "65_plus" if (age >= 65).mean() > 0.5 else "18_64"
