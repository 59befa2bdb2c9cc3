"""Bands: the scenarios of one tail whose losses lie near its value at risk, and how all others count."""

from __future__ import annotations

import numpy as np

from bekostiging_solvers.linear_program import INFINITY
from bekostiging_solvers.losses import CVaRTerm, LinearLoss
from bekostiging_solvers.risk import tail_of
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray
from bekostiging_solvers.warm_start import AT_LOWER, AT_UPPER, BASIC

BAND = 400
"""Scenarios of a new band, and the most that join it at a time; a large band makes a slow program, a small one
many of them."""
RADIUS = 0.45
"""First half-width of the box: this share of the step of one column that moves a loss across the band."""


class Band:
    """One term on one sample: which scenarios are in the band, which inside the tail, and how they count.

    ``whole``: all scenarios are in the band, so that one step is exact. ``scenarios`` stand in the order in which they
    joined: nobody leaves.
    """

    def __init__(self, term: CVaRTerm, probabilities: FloatArray | None, stride: int, *, whole: bool) -> None:
        loss = term.loss
        if not isinstance(loss, LinearLoss):
            raise TypeError(
                f"bands take linear losses, not {type(loss).__name__}; cutting planes take any convex one"
            )
        constant = None if loss.constant is None else loss.constant[::stride]
        self.loss = LinearLoss(loss.matrix[::stride], constant, loss.columns)
        self.weight, self.confidence = term.weight, term.confidence
        self.whole = whole
        n = len(self.loss.matrix)
        self.probabilities = (
            None if probabilities is None else probabilities[::stride] / probabilities[::stride].sum()
        )
        # no scenario weighs more than this in the tail
        shares = np.full(n, 1 / n) if self.probabilities is None else self.probabilities
        self.most = shares / (1 - term.confidence)
        self.scenarios = np.zeros(0, dtype=np.int64)
        self.inside = np.zeros(n, dtype=np.bool_)
        self._in_band = np.zeros(n, dtype=np.bool_)

    def at(self, x: FloatArray) -> tuple[FloatArray, float, float]:
        """Losses, value at risk and CVaR at x."""
        losses = self.loss.evaluate(x)
        return (losses, *tail_of(losses, self.confidence, self.probabilities))

    def take(self, losses: FloatArray, threshold: float, needed: IntArray) -> None:
        """The first band: the scenarios nearest to the threshold, and those that are needed."""
        if self.confidence == 0:
            return
        if self.whole or len(losses) <= BAND:
            self._join(np.arange(len(losses)))
            return
        self._join(np.argpartition(np.abs(losses - threshold), BAND)[:BAND])
        self._join(needed[~self._in_band[needed]])

    def centre(self, losses: FloatArray, threshold: float) -> None:
        """Judge anew who is inside the tail."""
        if self.confidence == 0:
            self.inside = np.ones(len(losses), dtype=np.bool_)
        else:
            self.inside = (losses > threshold) & ~self._in_band

    def widen(self, losses: FloatArray, threshold: float) -> None:
        """Take those into the band that were judged wrongly, the farthest first when there are many."""
        if self.confidence == 0:
            return
        wrong = np.flatnonzero(((losses > threshold) != self.inside) & ~self._in_band)
        if len(wrong) > BAND:
            distance = np.abs(losses[wrong] - threshold)
            wrong = wrong[np.argpartition(-distance, BAND)[:BAND]]
        self._join(wrong)

    def _join(self, scenarios: IntArray) -> None:
        """Let scenarios into the band."""
        self.scenarios = np.concatenate([self.scenarios, scenarios])
        self._in_band[scenarios] = True

    def radius(self, x: FloatArray, losses: FloatArray, threshold: float) -> FloatArray:
        """Per column of x, the step that moves losses of the band by its half-width; (n_columns,)."""
        radius = np.full(len(x), INFINITY)
        if self.confidence == 0 or len(self.scenarios) == len(losses):
            return radius
        width = np.abs(losses[self.scenarios] - threshold).max()
        columns, rows = self.rows(len(x), self.scenarios)
        spread = rows.std(axis=0)
        moved = spread > 0
        radius[columns[moved]] = RADIUS * width / spread[moved]
        return radius

    def rows(self, n_columns: int, scenarios: IntArray) -> tuple[IntArray, FloatArray]:
        """The columns of x the loss uses, each once, and coefficients of some scenarios (n, n_used) in float64."""
        own = self.loss.matrix[scenarios].astype(np.float64, copy=False)
        if self.loss.columns is None:
            return np.arange(n_columns), own
        columns, place = np.unique(self.loss.columns, return_inverse=True)
        if len(columns) == len(place):
            return self.loss.columns, own
        summed = np.zeros((len(columns), len(own)))
        np.add.at(summed, place, own.T)
        return columns, summed.T

    def constants(self, scenarios: IntArray) -> FloatArray:
        """The losses' constants of some scenarios."""
        return np.zeros(len(scenarios)) if self.loss.constant is None else self.loss.constant[scenarios]

    def limits(self, scenarios: IntArray) -> FloatArray:
        """The most that some scenarios weigh in the objective."""
        return np.asarray(self.weight * self.most[scenarios])

    def certain(self, n_columns: int) -> tuple[FloatArray, float, float]:
        """Coefficients (n_columns,), constant and probability of the scenarios inside the tail."""
        weights = np.where(self.inside, self.most, 0.0)
        constant = 0.0 if self.loss.constant is None else float(weights @ self.loss.constant)
        return self.loss.subgradient(np.zeros(n_columns), weights), constant, float(weights.sum())

    def weights(self, inside: BoolArray, of_band: FloatArray) -> FloatArray:
        """The weights of all scenarios, adding up to one, given who was inside and what the first of the band had."""
        weights = np.where(inside, self.most, 0.0)
        weights[self.scenarios[: len(of_band)]] = of_band / self.weight
        return weights

    def places(self, losses: FloatArray, threshold: float, basic: IntArray) -> IntArray:
        """Where the band stands in a basis: it weighs nothing below the threshold, what it can at most above it."""
        places = np.where(losses > threshold, AT_UPPER, AT_LOWER)
        places[basic] = BASIC
        return np.asarray(places[self.scenarios])
