r"""Does more, or less, come in than was expected? A test for a shift of the inflow from an unknown month on.

With y[t] = n[t] / m[t] - 1 the deviation of the starts of a month from what is expected, the level of a year uncertain by
tau and a month scattering by dispersion / m[t], the log of the likelihood ratio of a shift from month c on is S^2 / 2 with
S = x' C^-1 y / sqrt(x' C^-1 x), C = diag(dispersion / m) + tau^2 11', and x one from c on. It is asked of the total and of
every group (law), at every report, for every c from the second month of the year on (a shift from the first is a level) of
which three months were seen. In the case's own scenarios, where nothing shifts, a given part of the contract years gives
any alarm at all: nine tenths of it for a rise, whose cost is the municipality's, and the rest for a fall. Against one
threshold for all c and both signs this sees a rise of 15 percent from March on by June in 81 instead of 75 of 100 years,
where the level of the year is uncertain by 5 percent; a fall, and what lasted only a month or two, is seen later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import UserError
from bekostiging.case.kinds import Seed
from bekostiging_solvers.typing import FloatArray

YEARS = 8000
"""Contract years without a shift that the threshold is taken from."""
FALSE_ALARMS = 0.05
"""Part of the years without a shift that may give an alarm."""
FOR_RISES = 0.9
"""Of the false alarms, the part that is for rises; the rest is for falls (a choice)."""
FIRST, LASTED = 1, 3
"""First month from which a shift is asked about (0 the first), and months that a shift must have lasted."""
POWER = 0.8
"""Chance with which a shift is called one that would be seen."""


@dataclass(frozen=True)
class AlarmRule:
    """When a report gives an alarm; made by ``alarm_rule``.

    Parameters
    ----------
    means : array (n_series, n_months)
        Expected starts; the first series is the total.
    dispersion : array (n_series,)
        Variance over mean of a month.
    level : array (n_series,)
        Standard deviation of the level of the year, as a part of the mean.
    threshold : float
        Above which the statistic tells of a rise.
    below : float
        Below minus which it tells of a fall.
    low : array (n_series, n_months, n_months)
        By series, report and month of the shift: what the statistic is above in 80 of 100 years without a shift.

    Examples
    --------
    >>> import numpy as np
    >>> rule = alarm_rule(np.full((1, 12), 590.0), np.array([1.6]), np.zeros((1, 1)), seed=1)
    >>> bool(2.0 < rule.threshold < 4.0)
    True
    """

    means: FloatArray
    dispersion: FloatArray
    level: FloatArray
    threshold: float
    below: float
    low: FloatArray

    def statistics(self, counts: FloatArray) -> FloatArray:
        """S of a shift from each month on after the last of ``counts``.

        ``counts`` (..., n_series, m), the starts so far; result (..., n_series, m).
        """
        return _statistics(counts, self.means, self.dispersion, self.level)

    def alarms(self, counts: FloatArray) -> FloatArray:
        """At which reports an alarm is given, (..., n_series, m) of booleans."""
        found = []
        for r in range(counts.shape[-1]):
            rise, fall = _largest(self.statistics(counts[..., : r + 1]))
            found.append((rise > self.threshold) | (fall > self.below))
        return np.stack(found, axis=-1)

    def sounded(self, counts: FloatArray) -> tuple[int, int] | None:
        """Series and month since which it most likely shifted, where the report after the last of ``counts`` (n_series, m)
        gives an alarm; else None."""
        found = self.statistics(counts)
        beyond = np.maximum(found - self.threshold, -found - self.below)
        asked = np.full(found.shape, -np.inf)
        last = max(found.shape[-1] - LASTED + 1, FIRST)
        asked[:, FIRST:last] = beyond[:, FIRST:last]
        series, since = np.unravel_index(int(asked.argmax()), asked.shape)
        return (int(series), int(since)) if asked[series, since] > 0 else None

    def smallest_shift(self, since: int) -> FloatArray:
        """Smallest rise from month ``since`` on (0 the first) that the report after each month would see with a chance of
        80 %, as a part of the starts; (n_series, n_months), infinite before it lasted three months."""
        n_series, n = self.means.shape
        found = np.full((n_series, n), np.inf)
        for s in range(n_series):
            for r in range(since + LASTED - 1, n):
                _, size = _weights(self.means[s, : r + 1], self.dispersion[s], self.level[s])
                found[s, r] = (self.threshold - self.low[s, r, since]) / size[since]
        return found


def _weights(means: FloatArray, dispersion: float, level: float) -> tuple[FloatArray, FloatArray]:
    """Rows x' C^-1 for a shift from each month on, (m, m), and the roots of x' C^-1 x, (m,)."""
    m = len(means)
    inverse = np.linalg.inv(np.diag(dispersion / means) + level**2)
    x = np.triu(np.ones((m, m)))
    rows = x @ inverse
    return rows, np.sqrt(np.einsum("ct,ct->c", rows, x))


def _statistics(counts: FloatArray, means: FloatArray, dispersion: FloatArray, level: FloatArray) -> FloatArray:
    m = counts.shape[-1]
    found = np.empty(counts.shape)
    for s in range(len(means)):
        rows, size = _weights(means[s, :m], dispersion[s], level[s])
        found[..., s, :] = (counts[..., s, :] / means[s, :m] - 1) @ rows.T / size
    return found


def _largest(statistics: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Largest statistic of a rise and of a fall over the months that are asked about, (...,); minus infinity without one."""
    asked = statistics[..., FIRST : max(statistics.shape[-1] - LASTED + 1, FIRST)]
    if not asked.shape[-1]:
        nothing = np.full(statistics.shape[:-1], -np.inf)
        return nothing, nothing
    return asked.max(axis=-1), (-asked).max(axis=-1)


@kinds_checked
def alarm_rule(
    means: FloatArray, dispersion: FloatArray, levels: FloatArray, seed: Seed, false_alarms: float = FALSE_ALARMS
) -> AlarmRule:
    """The rule whose threshold leaves a given part of the years without a shift with an alarm.

    Parameters
    ----------
    means : array (n_groups, n_months)
        Starts expected by group and month; all above zero.
    dispersion : array (n_groups,)
        Variance over mean of the starts of a month, 1 or more.
    levels : array (n_levels, n_groups)
        Logs of what the case's scenarios multiply the starts of the year by.
    seed : int
        Of the years that are drawn.
    false_alarms : float
        Part of the years that may give an alarm, by the total or any group, at any report; 0.05 unless given.

    Returns
    -------
    AlarmRule
        With the total as its first series, and the groups after it where there are more than one.

    Raises
    ------
    UserError
        A month in which nothing is expected; a part that is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> rule = alarm_rule(np.full((2, 12), 295.0), np.array([1.6, 1.6]), np.zeros((1, 2)), seed=1)
    >>> rule.means.shape
    (3, 12)
    >>> late, soon = rule.smallest_shift(2)[0, [10, 5]]
    >>> bool(late < soon)
    True
    """
    if (means <= 0).any() or not 0 < false_alarms < 1:
        raise UserError(
            "alarm: elke maand moet een verwachte instroom boven nul hebben, en het deel loos alarm ligt tussen 0 en 1.",
            "alarm: every month must have an expected inflow above zero, and the part of false alarms is between 0 and 1.",
        )
    rng = np.random.default_rng(seed)
    n_groups, n = means.shape
    drawn = levels[rng.integers(len(levels), size=YEARS)]
    mean = means[None] * np.exp(drawn)[:, :, None]
    excess = np.maximum(dispersion - 1, 1e-9)[None, :, None]
    counts = rng.poisson(excess * rng.standard_gamma(mean / excess)).astype(float)
    with_total = [counts.sum(axis=1, keepdims=True)] + ([counts] if n_groups > 1 else [])
    series = np.concatenate(with_total, axis=1)
    whole = means.sum(axis=0, keepdims=True)
    all_means = np.concatenate([whole, means]) if n_groups > 1 else whole
    share = means.sum(axis=1) / means.sum()
    all_dispersion = np.array([share @ dispersion, *(dispersion if n_groups > 1 else ())])
    total = np.log(np.exp(levels) @ share)
    all_levels = np.column_stack([total, levels]) if n_groups > 1 else total[:, None]
    level = all_levels.std(axis=0)
    low = np.full((len(all_means), n, n), np.nan)
    worst = np.full((2, YEARS), -np.inf)
    for r in range(n):
        found = _statistics(series[..., : r + 1], all_means, all_dispersion, level)
        low[:, r, : r + 1] = np.quantile(found, 1 - POWER, axis=0)
        worst = np.maximum(worst, [one.max(axis=1) for one in _largest(found)])
    parts = zip(worst, (FOR_RISES, 1 - FOR_RISES), strict=True)
    threshold, below = (float(np.quantile(own, 1 - part * false_alarms)) for own, part in parts)
    return AlarmRule(all_means, all_dispersion, level, threshold, below, low)
