"""What was estimated is uncertain: every scenario has its own spread of the inflow factors and its own growth.

It is the posterior of what was estimated from history (``case.spread``, ``case.growth``); a stated value has none. Two kinds
of draws, both functions of standard normals that follow those of the factors:

**Spread.** One normal z per row of risk_factors that was estimated, shared by its copies, gives u on [0.025, 0.975] and
r = sqrt(nu / chi2 quantile(u; nu)), nu the degrees of freedom of the estimate. The variance of what moves the region as a
whole, estimate^2 + shared^2, is drawn as r^2 times itself; that of the national factor in the same scenario is taken off,
never below zero. What remains, as a standard deviation over the estimate, is ``scale``: the whole path x becomes scale x and
the multiplier exp(scale x - scale^2 Var(x) / 2), which has mean one given the scale. Without the ends of u such a multiplier
would have no mean.

**Growth.** One normal z per municipality and law whose demand has a ``growth_standard_error`` s (of the yearly growth, log):
after t years the inflow is multiplied by exp(t z s - (t s)^2 / 2), mean one, so that expected volumes, reference amounts and
price parity stay.

With policy ``parameter_uncertainty`` = ``fixed`` there are no such normals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import chi2

from bekostiging.case.model import Case
from bekostiging.case.spread import Spread, estimated_spreads
from bekostiging.case.tables import RiskFactor
from bekostiging_solvers.typing import FloatArray, IntArray

ENDS = (0.025, 0.975)
"""Between which quantiles of its posterior a variance is drawn."""


def spread_ratio(normals: FloatArray, freedom: float) -> FloatArray:
    """The standard deviation in a scenario over that of the estimate, given a standard normal; shape of ``normals``.

    >>> median = spread_ratio(np.zeros(1), 10)  # the median of chi-squared with 10 degrees of freedom is 9.342
    >>> round(float(median[0]) ** 2, 4)
    1.0705
    """
    low, high = ENDS
    return np.asarray(np.sqrt(freedom / chi2.ppf(low + (high - low) * ndtr(normals), freedom)))


@dataclass(frozen=True)
class ParameterUncertainty:
    """The posterior of what was estimated from history, as a function of standard normals.

    Parameters
    ----------
    factors : tuple of RiskFactor
        The rows of risk_factors.
    estimates : dict of str to Spread
        Those whose standard deviation was estimated and is not zero, by id; a normal each, in this order.
    growth_normal : array (n_demand,)
        Which normal behind those of the spreads moves the growth of a row of demand.
    growth_error : array (n_demand,)
        Standard error of its yearly growth (log); 0 = stated.
    """

    factors: tuple[RiskFactor, ...]
    estimates: dict[str, Spread]
    growth_normal: IntArray
    growth_error: FloatArray

    @classmethod
    def of(cls, case: Case) -> ParameterUncertainty:
        """The uncertainty of a case; nothing is uncertain where its policy says ``fixed``."""
        included = case.policy.parameter_uncertainty == "included"
        known = estimated_spreads(case) if included else {}
        estimates = {
            row.id: known[row.id] for row in case.risk_factors if row.id in known and row.standard_deviation
        }
        error = np.array([row.growth_standard_error if included else 0.0 for row in case.demand])
        payer = {area.id: area.municipality for area in case.areas}
        law = {form.id: form.law for form in case.care_forms}
        series = [(payer[row.area], law[row.care_form]) for row in case.demand]
        uncertain = list(dict.fromkeys(one for one, e in zip(series, error, strict=True) if e > 0))
        which = [uncertain.index(one) if one in uncertain else 0 for one in series]
        return cls(case.risk_factors, estimates, np.array(which, dtype=np.int64), error)

    @property
    def n_normals(self) -> int:
        """Standard normals of a scenario."""
        n_growths = int(self.growth_normal[self.growth_error > 0].max(initial=-1)) + 1
        return len(self.estimates) + n_growths

    def scales(self, normals: FloatArray) -> dict[str, FloatArray]:
        """Per estimated risk factor, what its path is multiplied by in every scenario; each (n_scenarios,)."""
        ratios = {
            factor: spread_ratio(normals[:, k], one.freedom)
            for k, (factor, one) in enumerate(self.estimates.items())
        }
        national = self._national_variance(ratios, len(normals))
        scales = {}
        for factor, one in self.estimates.items():
            variance = ratios[factor] ** 2 * (one.estimate**2 + one.shared**2) - (national if one.shared else 0.0)
            scales[factor] = np.sqrt(np.maximum(variance, 0.0)) / one.estimate
        return scales

    def _national_variance(self, ratios: dict[str, FloatArray], n_scenarios: int) -> FloatArray:
        """Variance of the innovation of the national inflow in every scenario."""
        variance = np.zeros(n_scenarios)
        for row in self.factors:
            if row.level == "national" and row.quantity == "inflow":
                variance += (ratios.get(row.id, np.ones(n_scenarios)) * (row.standard_deviation or 0.0)) ** 2
        return variance

    def growth(self, normals: FloatArray, years: Sequence[int]) -> FloatArray:
        """Log of what growth multiplies the inflow by, ``years`` after the base year; (n_scenarios, n_years, n_demand)."""
        moved = self.growth_error > 0
        logs = np.zeros((len(normals), len(years), len(self.growth_error)))
        spread = np.asarray(years, dtype=float)[:, None] * self.growth_error[moved]
        drawn = normals[:, len(self.estimates) + self.growth_normal[moved]]
        logs[:, :, moved] = spread * drawn[:, None, :] - spread**2 / 2
        return logs
