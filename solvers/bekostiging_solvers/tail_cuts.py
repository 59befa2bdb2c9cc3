"""Cuts on the tails of a program with CVaR: what the master knows of every tail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.level import LevelStep
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.losses import ScenarioLoss
from bekostiging_solvers.typing import FloatArray

NOTHING = 1e-12
"""Relative amount below which a cut says nothing new."""
FEW_HEURISTICS = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_allow_restart": False,
}
"""Options of branch and bound: the held program between its runs finds points, so heuristics only take time."""


@dataclass(frozen=True)
class LeadingLoss:
    """A loss of the first ``n`` columns of a wider x."""

    loss: ScenarioLoss
    n: int

    def evaluate(self, x: FloatArray) -> FloatArray:
        """Loss of every scenario at x."""
        return self.loss.evaluate(x[: self.n])

    def subgradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """The loss's own subgradient, zero in the other columns."""
        return np.append(self.loss.subgradient(x[: self.n], weights), np.zeros(len(x) - self.n))


def cut_of(loss: ScenarioLoss, x: FloatArray, weights: FloatArray | None) -> tuple[float, FloatArray]:
    """Value and gradient at x of a weighting of the scenarios; of a term without weight nothing is known."""
    if weights is None:
        return -np.inf, np.zeros(len(x))
    return float(weights @ loss.evaluate(x)), loss.subgradient(x, weights)


class TailCuts:
    """The cuts found so far, for the master and for the level steps.

    ``master``: the program without cuts, its first ``n`` columns x and one column per tail behind them.
    """

    def __init__(self, master: LinearProgram, n: int) -> None:
        self._master, self._n = master, n
        self._constants: list[float] = []
        self._rows: list[FloatArray] = []
        self._of: list[list[int]] = [[] for _ in range(len(master.cost) - n)]
        self._step: LevelStep | None = None
        self._stepped = 0

    def session(self, *, whole: bool = False, held: FloatArray | None = None) -> HighsSession:
        """The master with every cut so far; ``held``: x with the whole numbers that are given."""
        master = self._master if whole else replace(self._master, integer=None)
        if held is not None:
            fixed = self._master.whole
            lower, upper = master.lower.copy(), master.upper.copy()
            lower[fixed] = upper[fixed] = np.round(held[fixed])
            master = replace(master, lower=lower, upper=upper)
        session = HighsSession(master, gap=0.0, options=FEW_HEURISTICS if whole else None)
        for constant, row in zip(self._constants, self._rows, strict=True):
            _add(session, constant, row)
        return session

    def add(
        self, x: FloatArray, tails: Sequence[tuple[float, FloatArray]], session: HighsSession | None = None
    ) -> bool:
        """Add tail >= value + gradient (x - x0) for every tail of which the cuts say too little at x; whether any."""
        before = len(self._rows)
        for index, (value, gradient) in enumerate(tails):
            known = max((self._value_at(cut, x) for cut in self._of[index]), default=-np.inf)
            if value <= known + NOTHING * max(1.0, abs(value)):
                continue
            self._of[index].append(len(self._rows))
            row = np.zeros(len(self._master.cost))
            row[: self._n] = -gradient
            row[self._n + index] = 1.0
            constant = value - float(gradient @ x)
            self._constants.append(constant)
            self._rows.append(row)
            if session is not None:
                _add(session, constant, row)
        return len(self._rows) > before

    def _value_at(self, cut: int, x: FloatArray) -> float:
        """What a cut says of its tail at x."""
        return self._constants[cut] - float(self._rows[cut][: self._n] @ x)

    def level_point(self, centre: FloatArray, level: float) -> FloatArray | None:
        """The nearest x to ``centre`` in the box norm with a master value of at most ``level``; None if none."""
        if self._step is None:
            self._step = LevelStep(self._master, self._n)
        if len(self._rows) > self._stepped:
            new = csr_array(np.array(self._rows[self._stepped :]))
            self._step.add_rows(np.array(self._constants[self._stepped :]), new)
        self._stepped = len(self._rows)
        return self._step.nearest(centre, level)


def _add(session: HighsSession, constant: float, row: FloatArray) -> None:
    columns = np.flatnonzero(row)
    session.add_row(constant, INFINITY, columns, row[columns])
