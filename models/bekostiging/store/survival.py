"""How long trajectories last, by Kaplan and Meier (1958): censored on the right, entering late on the left.

Who was in care before the messages begin is followed from then on: it counts as at risk from its age on that day (Tsai,
Jewell and Wang 1987). With d stops and n at risk at age t the survival S falls by d / n; the mean is the area under S
and the second moment twice the area under t S, both with the variance of Greenwood: the sum over ages of A(t)^2 d / (n
(n - d)), A being the area beyond t (Klein and Moeschberger 2003, ch. 4). Where the oldest are still in care S does not
reach zero: beyond the last stop it falls on as in the last fifth of the stops.

The second moment hangs on who stays longest, whom the years of the messages do not see: of a heavy tail the coefficient of
variation comes out low. So the case has that of a law: of those that a case can have the one with the largest likelihood,
which is the product over stops of (S(a) - S(b)) / S(e) and over others of S(b) / S(e), the stop being between ages a and b
and e the age at entry (Klein and Moeschberger 2003, section 3.5); its error is that of the curvature of the likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.scenarios.distributions import LAWS, Law
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

CV_RANGE = (np.log(0.05), np.log(5.0))
"""Logarithms between which a coefficient of variation is sought: what a case can have."""
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
    fitted : str
        The law that ``cv`` is of; empty where it is that of the curve.
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
    fitted: str = ""

    def spread_of_caseload(self) -> float:
        """Integral of S^2 over that of S: what of the over-dispersion of starts stays in the caseload."""
        width = np.diff(np.concatenate([[0.0], self.age]))
        before = np.concatenate([[1.0], self.survival[:-1]])
        return float((before**2 * width).sum() / (before * width).sum())

    def law(self) -> str:
        """The law among those of a case that lies nearest to the curve, at its mean and coefficient of variation."""
        if self.fitted:
            return self.fitted
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


def with_fitted_law(
    curve: Survival, entry: FloatArray, leave: FloatArray, stopped: BoolArray, width: float
) -> Survival:
    """The curve with the law, and its coefficient of variation, that are most likely; the mean stays that of the curve.

    Parameters
    ----------
    curve : Survival
        Of the same trajectories.
    entry, leave, stopped : array (n_trajectories,)
        As ``kaplan_meier`` has them.
    width : float
        Within which a stop is known, such as a day.
    """
    rows, times = np.unique(np.column_stack([entry, leave, stopped]), axis=0, return_counts=True)
    own = _Lives(rows[:, 0], rows[:, 1], rows[:, 2] > 0, times.astype(np.float64), width)
    fits = [(name, *found) for name, law in LAWS.items() if (found := _most_likely(law, own, curve)) is not None]
    if not fits:
        return curve
    name, _, cv, error = min(fits, key=lambda fit: fit[1])
    return replace(curve, cv=cv, cv_error=error, fitted=name)


@dataclass(frozen=True)
class _Lives:
    """Ages at entry and end of lives, whether they stopped, and how many are alike."""

    entry: FloatArray
    leave: FloatArray
    stopped: BoolArray
    times: FloatArray
    width: float

    def surprise(self, law: Law, mean: float, cv: float) -> float:
        """Minus the logarithm of the likelihood."""
        spread = np.array([cv])

        def survival(ages: FloatArray) -> FloatArray:
            return np.where(ages > 0, law.survival(np.maximum(ages, 1e-9) / mean, spread), 1.0)

        half = np.where(self.stopped, self.width / 2, 0.0)
        low = survival(self.leave - half)
        chance = np.where(self.stopped, low - survival(self.leave + half), low)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(np.maximum(chance, 1e-300)) - np.log(np.maximum(survival(self.entry), 1e-300))
        return -float(self.times @ logs)


def _most_likely(law: Law, own: _Lives, curve: Survival) -> tuple[float, float, float] | None:
    """Minus the logarithm of the likelihood, the coefficient of variation and its error; None where no maximum is found."""
    from scipy.optimize import minimize

    def surprise(at: FloatArray) -> float:
        return own.surprise(law, float(np.exp(at[0])), float(np.exp(np.clip(at[1], *CV_RANGE))))

    start = np.log([curve.mean, min(max(curve.cv, 0.1), 3.0)])
    found = minimize(surprise, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-3, "maxiter": 400})
    if not found.success or not CV_RANGE[0] < found.x[1] < CV_RANGE[1]:
        return None
    step = 0.02
    around = np.array([[surprise(found.x + step * np.array([i, j])) for j in (-1, 0, 1)] for i in (-1, 0, 1)])
    of_mean = around[2, 1] - 2 * around[1, 1] + around[0, 1]
    of_both = (around[2, 2] - around[2, 0] - around[0, 2] + around[0, 0]) / 4
    of_cv = around[1, 2] - 2 * around[1, 1] + around[1, 0]
    curvature = np.array([[of_mean, of_both], [of_both, of_cv]]) / step**2
    if np.linalg.det(curvature) <= 0 or curvature[0, 0] <= 0:
        return None
    cv = float(np.exp(found.x[1]))
    return float(found.fun), cv, cv * float(np.sqrt(np.linalg.inv(curvature)[1, 1]))


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
