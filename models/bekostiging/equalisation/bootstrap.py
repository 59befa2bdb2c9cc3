"""Bootstrap intervals of norm amounts, and when there are too few clients for one.

Costs of care are skewed, so that an interval as wide below as above misses too often: the sample that lacks an expensive
client has both too low a mean and too small a spread. A bootstrap-t interval (Efron and Tibshirani 1993, section 12.5; Hall
1988, doi:10.1214/aos/1176350933) draws how far a mean is from the truth in its own standard errors. It covers better than
percentiles and BCa, which ``benchmarks/norm_coverage.py`` measures, and still not enough where few clients have very unequal
costs: there no interval is given (``enough_clients``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count, Fraction
from bekostiging.equalisation.clients import ClientCosts
from bekostiging.equalisation.moments import GroupedRows
from bekostiging.equalisation.norm_amounts import NormAmounts, check_fitted
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

RESAMPLES = 999
"""Bootstrap samples: the 25th from below and above are the ends of a 95 % interval."""
FEW_RESAMPLES = 40
"""Of the bootstrap where a fit takes longer than least squares: ends of intervals are then known to a quarter."""
MOST_VARIATION: tuple[tuple[int, float], ...] = ((20, 0.84), (50, 1.22), (100, 1.57), (200, 1.68), (1000, 2.55))
"""Clients, and the estimated coefficient of variation up to which 95 % intervals cover 93 % or more; of the table in
docs/equalisation.md."""
NUDGE = 0.01
"""Of the mean cost, by which a profile's cost is moved to see which amounts follow."""
ROUNDING = 1e-6
"""Euro per euro below which an amount does not follow."""


@dataclass(frozen=True)
class NormIntervals:
    """Bootstrap intervals of norm amounts.

    Parameters
    ----------
    low, high, error : (n_adjusters,)
        Ends of the interval and standard error, euro; they mean little where ``enough`` is false, and are not shown there.
    observations : (n_adjusters,)
        Clients an amount rests on: rows, or what they are worth where weights differ (Kish 1965).
    variation : (n_adjusters,)
        Coefficient of variation of their cost.
    enough : (n_adjusters,) bool
        Whether an interval from so many clients covers what it says.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones(1)
    >>> NormIntervals(90 * one, 120 * one, 7 * one, 400 * one, one, enough_clients(400 * one, one)).enough
    array([ True])
    """

    low: FloatArray
    high: FloatArray
    error: FloatArray
    observations: FloatArray
    variation: FloatArray
    enough: BoolArray


@kinds_checked
def enough_clients(observations: FloatArray, variation: FloatArray) -> BoolArray:
    """Whether a 95 % bootstrap-t interval of a mean covers at least 93 %, by the table of ``benchmarks/norm_coverage.py``.

    Parameters
    ----------
    observations : (n,)
        Clients.
    variation : (n,)
        Coefficient of variation of their cost, as estimated from them.

    Returns
    -------
    (n,) bool

    Examples
    --------
    >>> import numpy as np
    >>> enough_clients(np.array([10.0, 50.0, 50.0, 1000.0]), np.array([0.3, 0.5, 2.5, 1.5]))
    array([False,  True, False,  True])
    """
    fewest, most = (
        np.array([row[0] for row in MOST_VARIATION]),
        np.array([0.0, *(row[1] for row in MOST_VARIATION)]),
    )
    return np.asarray(
        (observations >= fewest[0]) & (variation <= most[np.searchsorted(fewest, observations, "right")])
    )


@kinds_checked
def intervals(
    model: NormAmounts,
    clients: ClientCosts,
    rng: np.random.Generator,
    level: Fraction = 0.95,
    resamples: Count | None = None,
) -> NormIntervals:
    """Bootstrap interval and standard error of every norm amount.

    Clients are drawn again with replacement, and the method of the model is fitted again under its conditions with the
    strength of shrinkage as fitted. Of least squares on profiles that exclude each other the interval is a bootstrap-t; of
    other methods, and of an amount that a condition holds, the percentiles of the amounts.

    Parameters
    ----------
    model : NormAmounts
        A fitted one.
    clients : ClientCosts
        Whom it was fitted on.
    rng : numpy.random.Generator
        Draws the clients.
    level : float
        Of the interval.
    resamples : int, optional
        How often it is fitted again; 999 times for least squares and 40 for the slower methods unless given.

    Returns
    -------
    NormIntervals

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.equalisation import example_clients, fitted, intervals, NormAmounts
    >>> clients = example_clients()
    >>> model = fitted(NormAmounts(), clients)
    >>> found = intervals(model, clients, np.random.default_rng(1))
    >>> bool((found.low < model.coef_).all() and (model.coef_ < found.high).all())
    True
    """
    check_fitted(model)
    quick = model.method == "least_squares" and model.at_most is None
    named = {*model.group_bounds, *model.group_penalties}
    groups = {name: own for name, own in clients.groups.items() if name in named}
    rows = GroupedRows(clients.matrix, clients.cost, groups)
    profiles = _Profiles.of(clients) if quick else None
    follows = None if profiles is None else _follows(model, clients, groups)
    drawn: list[FloatArray] = []
    scales: list[FloatArray] = []
    n, wanted = len(clients.cost), resamples or (RESAMPLES if quick else FEW_RESAMPLES)
    while len(drawn) < wanted:
        times = np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)
        found = model.refitted(rows, clients.weight * times, (clients.provider, clients.providers))
        if found is not None:
            drawn.append(found)
            if profiles is not None and follows is not None:
                scales.append(profiles.scale(times, follows))
    amounts, sides = np.array(drawn), [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(amounts, sides, axis=0)
    if profiles is not None and follows is not None:
        own = profiles.scale(np.ones(len(clients.cost)), follows)
        least, most = _studentised(amounts - model.coef_, np.array(scales), sides)
        free = own > 0
        low[free] = model.coef_[free] - most[free] * own[free]
        high[free] = model.coef_[free] - least[free] * own[free]
    observations, variation = _spread(clients)
    return NormIntervals(
        low,
        high,
        np.std(amounts, axis=0, ddof=1),
        observations,
        variation,
        enough_clients(observations, variation),
    )


@dataclass(frozen=True)
class _Profiles:
    """Clients of profiles that exclude each other: the place of each client's profile."""

    place: IntArray
    cost: FloatArray
    weight: FloatArray
    n: int

    @classmethod
    def of(cls, clients: ClientCosts) -> _Profiles | None:
        """None where a client has two adjusters or none."""
        if (
            not ((clients.matrix == 0) | (clients.matrix == 1)).all()
            or not (clients.matrix.sum(axis=1) == 1).all()
        ):
            return None
        return cls(clients.matrix.argmax(axis=1), clients.cost, clients.weight, clients.matrix.shape[1])

    def sums(self, values: FloatArray) -> FloatArray:
        """Over the clients of every profile."""
        return np.bincount(self.place, weights=values, minlength=self.n).astype(np.float64)

    def scale(self, times: FloatArray, follows: FloatArray) -> FloatArray:
        """Standard error of every amount when each client is there so many times; ``follows``: as of ``_follows``."""
        weight = times * self.weight
        count = self.sums(weight)
        mean = self.sums(weight * self.cost) / count
        off = self.weight * (self.cost - mean[self.place])
        return np.asarray(np.sqrt(np.square(follows) @ (self.sums(times * np.square(off)) / np.square(count))))


def _follows(model: NormAmounts, clients: ClientCosts, groups: dict[str, BoolArray]) -> FloatArray:
    """Euro that every amount (rows) moves per euro on the mean cost of every profile (columns), at the fit as it is."""
    step = NUDGE * float(clients.weight @ clients.cost / clients.weight.sum()) or 1.0
    columns = []
    for own in clients.matrix.T:
        ends = [
            model.refitted(
                GroupedRows(clients.matrix, clients.cost + side * step * own, groups),
                clients.weight,
                (clients.provider, clients.providers),
            )
            for side in (-1, 1)
        ]
        columns.append([0.0 if one is None else one for one in ends])
    low, high = (np.array([column[end] for column in columns]).T for end in (0, 1))
    moved = (high - low) / (2 * step)
    return np.where(np.abs(moved) < ROUNDING, 0.0, moved)


def _studentised(off: FloatArray, scale: FloatArray, sides: list[float]) -> tuple[FloatArray, FloatArray]:
    """Quantiles of amounts less the fitted one in their own standard errors; without spread they are endless, or nothing."""
    endless = np.where(off == 0, 0.0, np.copysign(np.inf, off))
    t = np.divide(off, scale, out=endless, where=scale > 0)
    least, most = np.quantile(t, sides, axis=0, method="inverted_cdf")
    return least, most


def _spread(clients: ClientCosts) -> tuple[FloatArray, FloatArray]:
    """Clients every amount rests on, and the coefficient of variation of their cost."""
    weight = clients.weight[:, None] * clients.matrix
    total = weight.sum(axis=0)
    mean = clients.cost @ weight / total
    observations = np.square(total) / np.square(weight).sum(axis=0)
    variance = np.maximum(np.square(clients.cost) @ weight / total - np.square(mean), 0.0)
    unbiased = variance * observations / np.where(observations > 1, observations - 1, 1.0)
    return observations, np.divide(np.sqrt(unbiased), mean, out=np.zeros_like(mean), where=mean > 0)
