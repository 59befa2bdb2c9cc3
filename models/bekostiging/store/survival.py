"""How long trajectories last, by Kaplan and Meier (1958): censored on the right, entering late on the left.

Who was in care before the messages begin is followed from then on: it counts as at risk from its age on that day (Tsai,
Jewell and Wang 1987). With d stops and n at risk at age t the survival S falls by d / n; the mean is the area under S
and the second moment twice the area under t S, both with the variance of Greenwood: the sum over ages of A(t)^2 d / (n
(n - d)), A being the area beyond t (Klein and Moeschberger 2003, ch. 4). Where the oldest are still in care S does not
reach zero: beyond the last stop it falls on as in the last fifth of the stops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.scenarios.distributions import LAWS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

TAIL = 5
"""The tail takes its hazard from the last part of the stops: one in so many."""


@dataclass(frozen=True)
class Survival:
    """The curve, and moments of the duration with their standard errors, in the unit of the ages.

    Parameters
    ----------
    age, survival : array (n_steps,)
        Ages at which somebody stopped, and the part that lasts longer.
    mean, mean_error, cv, cv_error : float
        Of the duration.
    stops, followed : int
        Trajectories that ended, and all that were followed.
    tail : float
        Part of the mean that lies beyond the last stop, where nobody was seen.
    """

    age: FloatArray
    survival: FloatArray
    mean: float
    mean_error: float
    cv: float
    cv_error: float
    stops: int
    followed: int
    tail: float

    def spread_of_caseload(self) -> float:
        """Integral of S^2 over that of S: what of the over-dispersion of starts stays in the caseload."""
        width = np.diff(np.concatenate([[0.0], self.age]))
        before = np.concatenate([[1.0], self.survival[:-1]])
        return float((before**2 * width).sum() / (before * width).sum())

    def law(self) -> str:
        """The law among those of a case that lies nearest to the curve, at its mean and coefficient of variation."""
        cv = np.array([max(self.cv, 0.05)])
        time = self.age[:, None] / self.mean
        width = np.diff(np.concatenate([[0.0], self.age]))
        distance = {
            name: float((np.square(law.survival(time, cv)[:, 0] - self.survival) * width).sum())
            for name, law in LAWS.items()
        }
        return min(distance, key=lambda name: distance[name])


def kaplan_meier(entry: FloatArray, leave: FloatArray, stopped: BoolArray) -> Survival | None:
    """The survival of trajectories; None where nobody stopped.

    Parameters
    ----------
    entry, leave : array (n_trajectories,)
        Age at which each began to be followed, and at which it stopped or was last seen; entry < leave.
    stopped : array (n_trajectories,)
        Whether it stopped then.

    Examples
    --------
    >>> import numpy as np
    >>> curve = kaplan_meier(np.zeros(4), np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, True, True]))
    >>> curve.survival.tolist(), curve.mean
    ([0.75, 0.5, 0.25, 0.0], 2.5)
    """
    stopped = np.asarray(stopped, dtype=bool)
    age, stops = np.unique(leave[stopped], return_counts=True)
    if not len(age):
        return None
    at_risk = np.searchsorted(np.sort(entry), age, side="left") - np.searchsorted(np.sort(leave), age, side="left")
    at_risk = np.maximum(at_risk, stops)
    survival = np.cumprod(1 - stops / at_risk)
    last = _last_usable(survival)
    age, stops, at_risk, survival = age[:last], stops[:last], at_risk[:last], survival[:last]
    hazard = _tail_hazard(age, stops, at_risk)
    beyond = float(survival[-1]) / hazard if survival[-1] > 0 else 0.0
    before = np.concatenate([[1.0], survival[:-1]])
    width = np.diff(np.concatenate([[0.0], age]))
    first_area = before * width
    second_area = before * np.diff(np.concatenate([[0.0], age**2]))
    second_beyond = 2 * beyond * (age[-1] + 1 / hazard)
    mean, second = float(first_area.sum()) + beyond, float(second_area.sum()) + second_beyond
    left = _area_after(first_area, beyond), _area_after(second_area, second_beyond)
    alive = at_risk > stops
    weight = np.where(alive, stops / (at_risk * np.maximum(at_risk - stops, 1)), 0.0)
    var_mean, var_second = (float((own**2 * weight).sum()) for own in left)
    covariance = float((left[0] * left[1] * weight).sum())
    cv = float(np.sqrt(max(second / mean**2 - 1, 0.0)))
    return Survival(
        age, survival, mean, float(np.sqrt(var_mean)), cv,
        _cv_error(mean, second, cv, (var_mean, covariance, var_second)), int(stops.sum()), len(entry), beyond / mean,
    )  # fmt: skip


def _last_usable(survival: FloatArray) -> int:
    """Steps before the curve first reaches zero, that one included: beyond it nothing can be said."""
    zero = np.flatnonzero(survival <= 0)
    return int(zero[0]) + 1 if len(zero) else len(survival)


def _tail_hazard(age: FloatArray, stops: IntArray, at_risk: IntArray) -> float:
    """Stops per time at risk over the last part of the stops."""
    total = np.cumsum(stops, dtype=np.float64)
    begin = int(np.searchsorted(total, total[-1] * (1 - 1 / TAIL)))
    begin = min(begin, len(age) - 1)
    start = age[begin - 1] if begin else 0.0
    width = np.diff(np.concatenate([[start], age[begin:]]))
    exposed = float((at_risk[begin:] * width).sum())
    return float(stops[begin:].sum()) / exposed if exposed > 0 else 1 / max(float(age[-1]), 1e-9)


def _area_after(area: FloatArray, beyond: float) -> FloatArray:
    """Area beyond each step."""
    total = float(area.sum()) + beyond
    return np.asarray(total - np.cumsum(area))


def _cv_error(mean: float, second: float, cv: float, variances: tuple[float, float, float]) -> float:
    """Standard error of the coefficient of variation, by the derivatives of sqrt(second / mean^2 - 1)."""
    if cv <= 0:
        return 0.0
    by_mean, by_second = -second / (cv * mean**3), 1 / (2 * cv * mean**2)
    var_mean, covariance, var_second = variances
    variance = by_mean**2 * var_mean + 2 * by_mean * by_second * covariance + by_second**2 * var_second
    return float(np.sqrt(max(variance, 0.0)))
