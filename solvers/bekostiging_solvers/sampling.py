"""Estimates with their standard error from scrambled Sobol scenarios.

Points inside one scrambling are dependent, scramblings are not. An estimate pools all points; its standard
error is the spread over the scramblings of the mean influence value (Owen 1997, doi:10.1214/aos/1031594731,
for the randomisation; Trindade et al. 2007, doi:10.1016/j.jbankfin.2007.04.014, for CVaR). Quantiles take
the spread of the scramblings' own quantiles together with Woodruff's interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from bekostiging_solvers.risk import value_at_risk

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number from simulation and the spread of its own error; ``standard_error`` in the same unit."""

    value: float
    standard_error: float

    def __str__(self) -> str:
        """``value ± error``, to the first digit of the error: 441.2 ± 0.2, 251,300,000 ± 800,000."""
        if not self.standard_error > 0:
            return f"{self.value:,.6g}" if abs(self.value) < 1e6 else f"{self.value:,.0f}"
        digits = -math.floor(math.log10(self.standard_error))
        shown = (f"{round(one, digits) + 0.0:,.{max(0, digits)}f}" for one in (self.value, self.standard_error))
        return " ± ".join(shown)


class Scramblings:
    """Estimators over ``n_scramblings`` consecutive runs of equal length.

    Parameters
    ----------
    n_scramblings : int
        At least two; every sample given to a method has a multiple of it as length.
    """

    def __init__(self, n_scramblings: int) -> None:
        self.n_scramblings = n_scramblings

    def _spread(self, of_each: Array) -> float:
        """Standard error of the mean of one value per scrambling."""
        return float(of_each.std(ddof=1) / np.sqrt(self.n_scramblings))

    def _influence(self, influence: Array) -> float:
        return self._spread(influence.reshape(self.n_scramblings, -1).mean(axis=1))

    def mean(self, sample: Array) -> Estimate:
        """Mean of a sample (n_scenarios,)."""
        return Estimate(float(sample.mean()), self._influence(sample))

    def probability(self, event: NDArray[np.bool_]) -> Estimate:
        """Probability of an event (n_scenarios,)."""
        return self.mean(event.astype(np.float64))

    def deviation(self, sample: Array) -> Estimate:
        """Standard deviation; influence ((x - mean)^2 - variance) / (2 sd)."""
        centred = sample - sample.mean()
        variance = float((centred**2).mean())
        if variance == 0.0:
            return Estimate(0.0, 0.0)
        sd = variance**0.5
        return Estimate(sd, self._influence((centred**2 - variance) / (2 * sd)))

    def quantile(self, sample: Array, level: float) -> Estimate:
        """Quantile at ``level``, exact on the pooled sample (inverse of the empirical distribution).

        Its error is the root mean square of two estimates: the spread of the scramblings' own quantiles, which few
        points per scrambling make small in the tail, and half of Woodruff's interval (1952,
        doi:10.1080/01621459.1952.10483443), the quantiles at level +- the error of the share below.
        """
        value = float(np.quantile(sample, level, method="inverted_cdf"))
        own = np.quantile(sample.reshape(self.n_scramblings, -1), level, axis=1, method="inverted_cdf")
        width = float(stdtrit(self.n_scramblings - 1, 0.975))
        moved = width * self._influence((sample <= value).astype(np.float64))
        low, high = np.quantile(sample, [max(level - moved, 0.0), min(level + moved, 1.0)])
        woodruff = float(high - low) / (2 * width)
        return Estimate(value, float(np.hypot(self._spread(np.asarray(own)), woodruff) / np.sqrt(2)))

    def tail_mean(self, sample: Array, confidence: float) -> Estimate:
        """CVaR: VaR + mean of (x - VaR)+ / (1 - confidence) (Rockafellar and Uryasev 2000)."""
        influence = tail_influence(sample, confidence)
        return Estimate(float(influence.mean()), self._influence(influence))

    def controlled_mean(self, sample: Array, control: Array, whole: Estimate) -> Estimate:
        """Mean of a sample whose ``control`` (n_scenarios,) has the mean ``whole``, known from elsewhere."""
        return self._added(sample - control, whole)

    def controlled_tail_mean(self, sample: Array, control: Array, confidence: float, whole: Estimate) -> Estimate:
        """CVaR of a sample whose ``control`` has the CVaR ``whole``, known from elsewhere."""
        return self._added(tail_influence(sample, confidence) - tail_influence(control, confidence), whole)

    def _added(self, difference: Array, whole: Estimate) -> Estimate:
        """What is known plus a mean difference, their errors independent."""
        error = float(np.hypot(self._influence(difference), whole.standard_error))
        return Estimate(whole.value + float(difference.mean()), error)

    def ratio(self, numerator: Array, denominator: Array) -> Estimate:
        """Ratio of two means; zero when the denominator is zero in every scenario."""
        below = float(denominator.mean())
        if below == 0.0:
            return Estimate(0.0, 0.0)
        value = float(numerator.mean()) / below
        return Estimate(value, self._influence((numerator - value * denominator) / below))


def tail_influence(sample: Array, confidence: float) -> Array:
    """Values whose mean is the CVaR and whose spread is its error."""
    threshold = value_at_risk(sample, confidence)
    return np.asarray(threshold + np.maximum(sample - threshold, 0.0) / (1 - confidence))
