"""Estimates with their standard error from scrambled Sobol scenarios.

Points inside one scrambling are dependent, scramblings are not. An estimate pools all points; its standard
error is the spread over the R scramblings of the mean influence value (Owen 1997, doi:10.1214/aos/1031594731,
for the randomisation; Trindade et al. 2007, doi:10.1016/j.jbankfin.2007.04.014, for CVaR), with R - 1 degrees of
freedom. Quantiles have Woodruff's interval (1952, doi:10.1080/01621459.1952.10483443), its width from that spread.

A standard error that the sample cannot tell is absent, never zero:

    one scrambling, one observation     nothing to compare
    a tail or quantile                  less than one scenario beyond it: n (1 - level) < 1, for a quantile also n level < 1
    a probability of zero or one        an event that was never, or always, seen may still be rare, or fail
    a ratio                             seen in one scenario; seen in none, its value is absent too
    scramblings alike, scenarios not    a spread of zero by coincidence or by design of the points

It is zero only where every scenario gives the same number (what is no event is then taken to be fixed), or where a
quantile lies well inside an atom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from bekostiging_solvers.risk import one_row, tail_is_seen
from bekostiging_solvers.sample_risk import value_at_risk
from bekostiging_solvers.typing import BoolArray, FloatArray

WIDE = 0.975
"""Of Woodruff's interval where the one of a standard error lies inside an atom."""
ROUNDING = 1e-9
"""Of degrees of freedom that are a whole number but for rounding."""


@dataclass(frozen=True)
class Estimate:
    """A number from simulation and the spread of its own error.

    ``float(estimate)`` is the number alone; ``f"{estimate:,.0f}"`` formats number and error alike.

    Parameters
    ----------
    value : float
        The number.
    standard_error : float or None
        In the unit of ``value``; None where it cannot be known, zero where the number is exact.
    degrees_of_freedom : int, optional
        Of the standard error, for Student's t; None where the error is known, for the normal law.

    Examples
    --------
    >>> cost = Estimate(441.23, 0.18)
    >>> print(cost)
    441.2 ± 0.2
    >>> float(cost)
    441.23
    >>> f"{cost:.2f}"
    '441.23 ± 0.18'
    >>> low, high = cost.interval(0.95)
    >>> print(f"{low:.1f} to {high:.1f}")
    440.9 to 441.6
    """

    value: float
    standard_error: float | None
    degrees_of_freedom: int | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        """``value ± error``, to the first digit of the error: 441.2 ± 0.2, 251,300,000 ± 800,000; alone without one."""
        if self.standard_error is None or not self.standard_error > 0:
            return f"{self.value:,.6g}" if abs(self.value) < 1e6 else f"{self.value:,.0f}"
        digits = -math.floor(math.log10(self.standard_error))
        shown = (f"{round(one, digits) + 0.0:,.{max(0, digits)}f}" for one in (self.value, self.standard_error))
        return " ± ".join(shown)

    def __float__(self) -> float:
        """The number without its error."""
        return self.value

    def __format__(self, spec: str) -> str:
        """Number and error, each formatted by ``spec``; without one as ``str``."""
        if not spec:
            return str(self)
        shown = [self.value] if self.standard_error is None else [self.value, self.standard_error]
        return " ± ".join(format(one, spec) for one in shown)

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Two-sided interval that covers the true value with probability ``level``; None without a standard error.

        Raises
        ------
        ValueError
            A level outside 0 to 1.
        """
        half = self.half_width(level)
        return None if half is None else (self.value - half, self.value + half)

    def half_width(self, level: float = 0.95) -> float | None:
        """Half the width of ``interval``, in the unit of the value; None without a standard error."""
        if not 0 < level < 1:
            raise ValueError(f"level is {level:g}; a level lies between 0 and 1, such as 0.95")
        return None if self.standard_error is None else self._deviate((1 + level) / 2) * self.standard_error

    def upper(self, level: float = 0.95) -> float | None:
        """What the true value stays below with probability ``level``, one-sided; None without a standard error."""
        return None if self.standard_error is None else self.value + self._deviate(level) * self.standard_error

    def certainty_below(self, limit: float) -> float | None:
        """Certainty that the true value is at most ``limit``: ``upper`` at this level is the limit.

        None without a standard error; one or zero where the value is exact.
        """
        if self.standard_error is None:
            return None
        if self.standard_error == 0:
            return float(self.value <= limit)
        distance = (limit - self.value) / self.standard_error
        freedom = self.degrees_of_freedom
        return float(ndtr(distance) if freedom is None else stdtr(freedom, distance))

    def scaled(self, factor: float) -> Estimate:
        """The estimate times a known factor."""
        error = self.standard_error
        return replace(
            self, value=factor * self.value, standard_error=None if error is None else abs(factor) * error
        )

    def plus_independent(self, other: Estimate) -> Estimate:
        """The sum with an estimate from other scenarios; degrees of freedom after Welch (1947) and Satterthwaite (1946)."""
        value, (one, two) = self.value + other.value, (self.standard_error, other.standard_error)
        if one is None or two is None:
            return Estimate(value, None)
        error = math.hypot(one, two)
        parts = ((own.standard_error or 0.0, own.degrees_of_freedom) for own in (self, other))
        share = sum((part / error) ** 4 / freedom for part, freedom in parts if freedom is not None and part > 0)
        return Estimate(value, error, degrees_of_freedom=math.floor(1 / share + ROUNDING) if share > 0 else None)

    def plus_together(self, other: Estimate) -> Estimate:
        """The sum with an estimate from the same scenarios: errors at most add up."""
        value, (one, two) = self.value + other.value, (self.standard_error, other.standard_error)
        freedoms = [own.degrees_of_freedom for own in (self, other) if own.degrees_of_freedom is not None]
        freedom = min(freedoms, default=None)
        return Estimate(value, None if one is None or two is None else one + two, degrees_of_freedom=freedom)

    def _deviate(self, probability: float) -> float:
        """Quantile of the error in standard errors."""
        freedom = self.degrees_of_freedom
        return float(ndtri(probability) if freedom is None else stdtrit(freedom, probability))


EXACTLY_ZERO = Estimate(0.0, 0.0)
"""An estimate of zero without error, with which a sum begins: ``sum(estimates, start)`` by ``plus_independent``."""


class Scramblings:
    """Estimators over ``n_scramblings`` consecutive runs of equal length.

    Parameters
    ----------
    n_scramblings : int
        Every sample given to a method has a multiple of it as length; with one there is no standard error.

    Examples
    --------
    Four scenarios, two of each scrambling:

    >>> estimate = Scramblings(2).mean(np.array([1.0, 2.0, 3.0, 4.0]))
    >>> estimate.value, estimate.standard_error, estimate.degrees_of_freedom
    (2.5, 1.0, 1)
    """

    def __init__(self, n_scramblings: int) -> None:
        self.n_scramblings = n_scramblings

    def mean(self, sample: FloatArray) -> Estimate:
        """Mean of a sample (n_scenarios,)."""
        return self._estimate(float(sample.mean()), self._influence(sample))

    def probability(self, event: BoolArray) -> Estimate:
        """Probability of an event (n_scenarios,); no error where it never happened, or always."""
        found = self.mean(event.astype(np.float64))
        return found if 0 < found.value < 1 else replace(found, standard_error=None)

    def deviation(self, sample: FloatArray) -> Estimate:
        """Standard deviation; influence ((x - mean)^2 - variance) / (2 sd)."""
        centred = sample - sample.mean()
        variance = float((centred**2).mean())
        if variance == 0.0:
            return self._estimate(0.0, self._influence(centred))
        sd = variance**0.5
        return self._estimate(sd, self._influence((centred**2 - variance) / (2 * sd)))

    def quantile(self, sample: FloatArray, level: float) -> Estimate:
        """Quantile at ``level``, exact on the pooled sample (inverse of the empirical distribution).

        Its error is half of Woodruff's interval, the quantiles at level +- the error of the share below: one standard
        error, or where that lies inside an atom the 95 % interval, scaled. Where that share is the same in every
        scrambling, the spread of the scramblings' own quantiles stands in.
        """
        value = float(np.quantile(sample, level, method="inverted_cdf"))
        error = None
        if self.n_scramblings > 1 and tail_is_seen(len(sample), level) and tail_is_seen(len(sample), 1 - level):
            error = self._quantile_error(sample, level, value)
        return self._estimate(value, error)

    def tail_mean(self, sample: FloatArray, confidence: float) -> Estimate:
        """CVaR: VaR + mean of (x - VaR)+ / (1 - confidence) (Rockafellar and Uryasev 2000)."""
        influence = tail_influence(sample, confidence)
        return self._of_tail(self.mean(influence), sample, confidence)

    def controlled_mean(self, sample: FloatArray, control: FloatArray, whole: Estimate) -> Estimate:
        """Mean of a sample whose ``control`` (n_scenarios,) has the mean ``whole``, known from elsewhere."""
        return self.mean(sample - control).plus_independent(whole)

    def controlled_tail_mean(
        self, sample: FloatArray, control: FloatArray, confidence: float, whole: Estimate
    ) -> Estimate:
        """CVaR of a sample whose ``control`` has the CVaR ``whole``, known from elsewhere."""
        difference = tail_influence(sample, confidence) - tail_influence(control, confidence)
        return self._of_tail(self.mean(difference), sample, confidence).plus_independent(whole)

    def ratio(self, numerator: FloatArray, denominator: FloatArray) -> Estimate | None:
        """Ratio of two means; None when the denominator is zero, so that nothing is known of it."""
        below = float(denominator.mean())
        if below == 0.0:
            return None
        value = float(numerator.mean()) / below
        error = None
        if np.count_nonzero(denominator) > 1:
            error = self._influence((numerator - value * denominator) / below)
        return self._estimate(value, error)

    def _estimate(self, value: float, error: float | None) -> Estimate:
        """With the degrees of freedom of a spread over the scramblings."""
        return Estimate(value, error, degrees_of_freedom=self.n_scramblings - 1 or None)

    def _of_tail(self, found: Estimate, sample: FloatArray, confidence: float) -> Estimate:
        """The estimate, its error only where the tail has a scenario at all."""
        return found if tail_is_seen(len(sample), confidence) else replace(found, standard_error=None)

    def _spread(self, of_each: FloatArray) -> float:
        """Standard error of the mean of one value per scrambling."""
        return float(of_each.std(ddof=1) / np.sqrt(self.n_scramblings))

    def _influence(self, influence: FloatArray) -> float | None:
        """Standard error of the mean of influence values."""
        if self.n_scramblings < 2:
            return None
        if (influence == influence[0]).all():
            return 0.0
        spread = self._spread(influence.reshape(self.n_scramblings, -1).mean(axis=1))
        return spread if spread > 0 else None

    def _quantile_error(self, sample: FloatArray, level: float, value: float) -> float:
        """Woodruff's interval as a standard error."""
        parts = sample.reshape(self.n_scramblings, -1)
        moved = self._spread((parts <= value).mean(axis=1))
        if moved == 0:
            return self._spread(np.quantile(parts, level, axis=1, method="inverted_cdf"))
        for width in (1.0, float(stdtrit(self.n_scramblings - 1, WIDE))):
            low, high = np.quantile(sample, [max(level - width * moved, 0.0), min(level + width * moved, 1.0)])
            if high > low:
                break
        return float(high - low) / (2 * width)


def tail_influence(sample: FloatArray, confidence: float) -> FloatArray:
    """Values whose mean is the CVaR of a sample and whose spread is its error.

    VaR + (x - VaR)+ / (1 - confidence); Trindade et al. (2007), doi:10.1016/j.jbankfin.2007.04.014.

    Parameters
    ----------
    sample : (n_scenarios,) array
        Equally likely, in any unit.
    confidence : float
        In [0, 1); 0.95 is the worst 5 %.

    Returns
    -------
    (n_scenarios,) array
        In the unit of the sample.

    Raises
    ------
    ValueError
        A sample that is not one finite row, or a confidence outside [0, 1).

    Examples
    --------
    >>> tail_influence(np.array([1.0, 2.0, 3.0, 10.0]), 0.5).tolist()
    [2.0, 2.0, 4.0, 18.0]
    """
    own = one_row(sample)
    threshold = value_at_risk(own, confidence)
    return np.asarray(threshold + np.maximum(own - threshold, 0.0) / (1 - confidence))
