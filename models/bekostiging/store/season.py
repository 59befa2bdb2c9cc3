"""How starts are spread over the months of a year, by care form, shrunk to an even year.

Of a month the weight is what began in it over what an even year would have had, days of the months counted. Its variance
is phi / n, n what an even year would have had in the months of that name and phi the variance over the mean of the
starts around weights and years, at least one. Weights are shrunk to one by b = t / (t + phi / n), t the variance between
months that chance does not explain (Buehlmann 1967), never below that of three percent; with one year season and chance
cannot be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import f

from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

LEAST_SPREAD = 0.03
"""Between months, where chance explains all of it: months of care are never quite alike (a choice)."""
FEWEST_YEARS = 2
"""Whole years without which season and chance are one."""


@dataclass(frozen=True)
class SeasonWeights:
    """Weights of the months, (12,), mean one, with their standard errors; ``kept`` of the raw weights (zero is flat), and
    the chance of as much where no month is special (``by_chance``, of an F test).

    >>> SeasonWeights(np.ones(12), np.zeros(12), 0.0, 1.0, 120).weight.mean()
    np.float64(1.0)
    """

    weight: FloatArray
    error: FloatArray
    kept: float
    by_chance: float
    starts: int


def season_weights(starts: FloatArray, even: FloatArray) -> SeasonWeights | None:
    """Weights of the months of one care form; None of fewer than two years, or without starts.

    Parameters
    ----------
    starts : array (n_years, 12)
        What began in every month of whole years.
    even : array (n_years, 12)
        What an even year of as many would have had, by the days of its months.

    Examples
    --------
    Twice as many in January and none in February, for many years:

    >>> even = np.full((30, 12), 100.0)
    >>> starts = even.copy()
    >>> starts[:, 0], starts[:, 1] = 200.0, 0.0
    >>> season_weights(starts, even).weight[:3].round(2).tolist()
    [2.0, 0.0, 1.0]
    """
    starts, even = np.asarray(starts, dtype=np.float64), np.asarray(even, dtype=np.float64)
    filled = even.sum(axis=1) > 0
    starts, even = starts[filled], even[filled]
    n_years = len(starts)
    if n_years < FEWEST_YEARS:
        return None
    expected = even.sum(axis=0)
    raw = starts.sum(axis=0) / expected
    fitted = np.maximum(even * raw, 1e-12)
    # few starts would seem more regular than chance
    phi = max(float((np.square(starts - fitted) / even).sum() / ((n_years - 1) * (MONTHS - 1))), 1.0)
    variance = phi / expected
    between = float(np.square(raw - 1).sum() - variance.sum() * (MONTHS - 1) / MONTHS) / (MONTHS - 1)
    between = max(between, LEAST_SPREAD**2)
    kept = between / (between + variance)
    weight = 1 + kept * (raw - 1)
    ratio = float((expected * np.square(raw - 1)).sum()) / (MONTHS - 1) / max(phi, 1e-12)
    return SeasonWeights(
        weight / weight.mean(), np.sqrt(kept * variance), float(np.mean(kept)),
        float(f.sf(ratio, MONTHS - 1, (n_years - 1) * (MONTHS - 1))), round(float(starts.sum())),
    )  # fmt: skip
