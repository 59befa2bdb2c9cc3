"""Correlation of risk factors from the years of a region: what moves together, with its error, shrunk to none.

Of every care form and year: starts (inflow), the inverse of stops per day in care (duration), and units per day in care
(intensity). The change of a logarithm from one year to the next, less its mean over the years and less what all care forms
have in common in that year, is the innovation of the care form; what all have in common is that of the region, in which the
factors of the nation move. r is the sum of products over the root of both sums of squares, on so many degrees of freedom
f; chance in counts makes it smaller, never larger. It is shrunk to zero by s^2 / (s^2 + 1 / f), s = 0.3 (a choice: few
published correlations of care are larger); its error is the root of s^2 / f / (s^2 + 1 / f).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bekostiging.case.correlation import correlation_matrix, group_of, nearest_correlation, smallest_eigenvalue
from bekostiging.case.tables import Correlation, RiskFactor
from bekostiging.store.estimates import FEWEST, Measured
from bekostiging_solvers.typing import FloatArray

USUAL = 0.3
"""Spread of a correlation of which nothing is known: a choice, said on the origins page."""
LEAST_FREEDOM = 2
"""Degrees of freedom below which a correlation is not estimated: two changes of one series always fit."""
QUANTITIES = ("inflow", "duration", "intensity")
Series = Mapping[str, Mapping[str, FloatArray]]
"""By care form and quantity, a value a year (n_years,), nan where it is not known."""


@dataclass(frozen=True)
class Moves:
    """Innovations by quantity: of the region (n_changes,) and of care forms (n_forms, n_changes), nan where not known."""

    region: dict[str, FloatArray]
    forms: dict[str, FloatArray]


def moves(series: Series) -> Moves:
    """The innovations of every quantity.

    >>> own = {"a": {"inflow": np.array([1.0, 2.0, 1.0])}, "b": {"inflow": np.array([1.0, 2.0, 4.0])}}
    >>> moves(own).region["inflow"].round(3).tolist()
    [0.347, -0.347]
    """
    region, forms = {}, {}
    for quantity in QUANTITIES:
        values = np.array([own[quantity] for own in series.values() if quantity in own], dtype=np.float64)
        if not values.size or values.shape[1] < 2:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            changes = np.diff(np.log(np.where(values > 0, values, np.nan)), axis=1)
        changes = changes[np.isfinite(changes).any(axis=1)]
        if not len(changes):
            continue
        changes = changes - np.nanmean(changes, axis=1, keepdims=True)
        known = np.isfinite(changes).any(axis=0)
        common = np.full(changes.shape[1], np.nan)
        common[known] = np.nanmean(changes[:, known], axis=0)
        region[quantity], forms[quantity] = common, changes - common
    return Moves(region, forms)


def correlation_of(one: FloatArray, other: FloatArray, freedom: int) -> Measured | None:
    """A correlation of innovations, shrunk, with its error; None where too few move."""
    both = np.isfinite(one) & np.isfinite(other)
    x, y = one[both], other[both]
    size = float(np.sqrt((x**2).sum() * (y**2).sum()))
    if freedom < LEAST_FREEDOM or size <= 0:
        return None
    kept = USUAL**2 / (USUAL**2 + 1 / freedom)
    return Measured(kept * float((x * y).sum()) / size, float(np.sqrt(kept / freedom)), len(x))


def factor_correlations(
    series: Series, factors: Sequence[RiskFactor]
) -> tuple[tuple[Correlation, ...], list[tuple[str, Measured]]]:
    """Rows of table correlations for the factors that the years speak of, and each as it was estimated.

    A set that no joint distribution has is replaced by the nearest that one has (Higham 2002).
    """
    found = moves(series)
    rows: list[Correlation] = []
    told: list[tuple[str, Measured]] = []
    spoken = [row for row in factors if row.quantity in QUANTITIES and row.level in ("national", "care_form")]
    for one, other in combinations(spoken, 2):
        if group_of(one) != group_of(other) or one.level != other.level or one.quantity == other.quantity:
            continue
        by = found.region if one.level == "national" else found.forms
        if (
            one.quantity not in by
            or other.quantity not in by
            or by[one.quantity].shape != by[other.quantity].shape
        ):
            continue
        x, y = by[one.quantity], by[other.quantity]
        both = np.isfinite(x) & np.isfinite(y)
        freedom = int(both.sum()) - 1 if x.ndim == 1 else _freedom(both)
        measured = correlation_of(x, y, freedom)
        if measured is not None:
            told.append((f"{one.id} / {other.id}", measured))
            rows.append(_row(one.id, other.id, measured))
    return _valid(rows, factors), told


def _freedom(both: np.ndarray) -> int:
    """Changes of care forms beside their means and what is common in a year."""
    forms, changes = int(both.any(axis=1).sum()), int(both.any(axis=0).sum())
    return (forms - 1) * (changes - 1)


def _row(one: str, other: str, measured: Measured) -> Correlation:
    """A row, with its error in its source."""
    error = f"{measured.error:.2f}".replace(".", ",")
    return Correlation(
        factor_1=one, factor_2=other, correlation=round(measured.value, 4), status="estimated",
        source=f"eigen jaren ({measured.count} veranderingen), naar nul getrokken; standaardfout {error}",
    )  # fmt: skip


def _valid(rows: list[Correlation], factors: Sequence[RiskFactor]) -> tuple[Correlation, ...]:
    """Rows that can hold together."""
    matrix = correlation_matrix(factors, rows)
    if not rows or smallest_eigenvalue(matrix) >= 0:
        return tuple(rows)
    near = nearest_correlation(matrix)
    place = {row.id: i for i, row in enumerate(factors)}
    return tuple(
        row.model_copy(update={"correlation": round(0.999 * near[place[row.factor_1]][place[row.factor_2]], 4)})
        for row in rows
    )


def together_by_month(counts: FloatArray) -> Measured | None:
    """Mean correlation between the starts of care forms in a month, around the level of their year.

    Parameters
    ----------
    counts : array (n_forms, n_years, 12)
        Starts of whole years.

    The error is that of independent months: one over the root of months times pairs. None of fewer than two care forms with
    ten starts a year.

    >>> rng = np.random.default_rng(0)
    >>> shared = rng.normal(size=(1, 5, 12))
    >>> 0.3 < together_by_month(100 + 10 * (shared + rng.normal(size=(2, 5, 12)))).value < 0.7
    True
    """
    counts = counts[(counts.sum(axis=2) >= FEWEST).all(axis=1)] if len(counts) else counts
    if len(counts) < 2:
        return None
    away = (counts - counts.mean(axis=2, keepdims=True)).reshape(len(counts), -1)
    away = away[(away**2).sum(axis=1) > 0]
    pairs = list(combinations(range(len(away)), 2))
    if not pairs:
        return None
    size = np.sqrt((away**2).sum(axis=1))
    values = [float(away[i] @ away[j] / (size[i] * size[j])) for i, j in pairs]
    months = counts.shape[1] * (counts.shape[2] - 1)
    return Measured(
        float(np.mean(values)), float(1 / np.sqrt(months * len(pairs))), counts.shape[1] * counts.shape[2]
    )
