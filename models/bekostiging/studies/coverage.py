"""Predictions beside what was counted, and how many of them an interval covers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bekostiging_solvers.typing import FloatArray

LEVELS = (0.50, 0.80, 0.95)
"""Intervals whose coverage is reported."""
JUDGED = 0.80
"""The interval by which a verdict is given."""
QUANTILES = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)
CONTRADICTED = 0.05
"""Two-sided p-value below which the model says of itself that this number of counts inside cannot be."""
FEWEST_SCENARIOS = math.floor(2 / CONTRADICTED)
"""Fewer cannot contradict anything: their smallest p-value, 2 / (n + 1), is above ``CONTRADICTED``."""
Verdict = Literal["as_expected", "outside", "contradicted"]


@dataclass(frozen=True)
class Prediction:
    """One place, care and year: what was counted, and where it lies among the simulated scenarios.

    Attributes
    ----------
    place, care_form, year : str, str, int
        Municipality or area, what is predicted there, and when.
    counted : float
        Persons of a municipality; of an area its part of the areas counted that year.
    quantiles : tuple of float
        At 0.025, 0.10, 0.25, 0.50, 0.75, 0.90 and 0.975.
    below : float
        Part of the scenarios below the count.
    share : bool
        Whether the numbers are parts, of an area.

    Examples
    --------
    >>> quantiles = (80.0, 88.0, 95.0, 100.0, 106.0, 113.0, 121.0)
    >>> one = Prediction("0034", "jeugdwet", 2023, 104.0, quantiles, below=0.68, share=False)
    >>> one.quantiles[1] <= one.counted <= one.quantiles[5]  # inside the 80 % interval
    True
    """

    place: str
    care_form: str
    year: int
    counted: float
    quantiles: tuple[float, ...]
    below: float
    share: bool


@dataclass(frozen=True)
class Coverage:
    """Predictions whose count lies inside an interval.

    Attributes
    ----------
    level : float
        Chance that the interval claims.
    inside, of : int
        Predictions inside, and all of them.
    low, high : int
        Between these lies the number inside, with chance 95 %, when the model is true.
    p_value : float
        Two-sided, of ``inside`` under the model itself.
    """

    level: float
    inside: int
    of: int
    low: int
    high: int
    p_value: float

    @property
    def contradicted(self) -> bool:
        """Whether the model says that this cannot be."""
        return self.p_value < CONTRADICTED


@dataclass(frozen=True)
class Judgement:
    """Counts of one kind, municipalities or shares of areas, against the intervals of a model.

    Attributes
    ----------
    coverage : tuple of Coverage
        One per level, of rising level.

    Examples
    --------
    Two counts far above everything that the scenarios have:

    >>> scenarios = np.random.default_rng(1).standard_normal((1000, 2))
    >>> judged(scenarios, np.array([9.0, 9.0])).verdict
    'outside'
    """

    coverage: tuple[Coverage, ...]

    @property
    def judged(self) -> Coverage:
        """The coverage by which the verdict is given."""
        return next(one for one in self.coverage if one.level == JUDGED)

    @property
    def verdict(self) -> Verdict:
        """``contradicted``: so few (or many) counts inside cannot be by the model itself; ``outside``: it can be, because
        the counts are few, but at most half of them lie inside; else ``as_expected``."""
        if self.judged.contradicted:
            return "contradicted"
        return "outside" if 2 * self.judged.inside <= self.judged.of else "as_expected"


def judged(scenarios: FloatArray, counted: FloatArray) -> Judgement | None:
    """Counts (n_predictions,) against their scenarios (n_scenarios, n_predictions); None without counts."""
    if len(counted) == 0:
        return None
    return Judgement(tuple(coverage_of(scenarios, counted, level) for level in LEVELS))


def coverage_of(scenarios: FloatArray, counted: FloatArray, level: float) -> Coverage:
    """How many counts an interval covers, among how many it covers when a scenario is the truth.

    Parameters
    ----------
    scenarios : array (n_scenarios, n_predictions)
        Persons, or shares.
    counted : array (n_predictions,)
        The same, as counted.
    level : float
        Chance of the interval.
    """
    low, high = np.quantile(scenarios, [(1 - level) / 2, (1 + level) / 2], axis=0)
    own = ((scenarios >= low) & (scenarios <= high)).sum(axis=1)
    inside = int(((counted >= low) & (counted <= high)).sum())
    n = len(own) + 1
    p_value = min(1.0, 2 * min((own <= inside).sum() + 1, (own >= inside).sum() + 1) / n)
    ends = np.quantile(own, [0.025, 0.975], method="inverted_cdf")
    return Coverage(level, inside, len(counted), int(ends[0]), int(ends[1]), float(p_value))
