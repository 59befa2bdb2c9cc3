"""What a cutting-plane run over scenarios knows: its master, its second stages, the best point and the bound."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from bekostiging_solvers.components import independent_parts
from bekostiging_solvers.master import Master
from bekostiging_solvers.risk import Expectation, RiskMeasure, measure_of
from bekostiging_solvers.second_stages import SecondStages, Values
from bekostiging_solvers.solution import NumericalTroubleError, SolutionStatus, Termination
from bekostiging_solvers.two_stage import RecourseSolution, TwoStageProgram
from bekostiging_solvers.typing import FloatArray

MOST_ITERATIONS = 5000
ENOUGH = 0.02
"""Share of the gap by which remembered duals must raise the model for a step without solving."""


TROUBLE = 1e-6
"""Relative amount by which a bound may lie above the value of a point: rounding. Beyond it one of the two is wrong."""
LEAST_VALUE = 0.01
"""Below this value a gap is absolute: HiGHS keeps to 1e-9 whatever the units, a hundredth of a millionth of this."""


@dataclass
class Held:
    """The best point so far, and the bound."""

    x: FloatArray
    value: float
    costs: FloatArray
    bound: float = -np.inf

    def gap(self) -> float:
        """Relative to the value, and to ``LEAST_VALUE`` where that is larger; infinite as long as there is no point."""
        if not np.isfinite(self.value):
            return np.inf
        return (self.value - self.bound) / max(LEAST_VALUE, abs(self.value))


class Run:
    """What one call of ``solve_lshaped`` knows; ``held``: of the program asked, its relaxation first."""

    def __init__(
        self,
        program: TwoStageProgram,
        risk: RiskMeasure,
        time_limit: float | None,
        executor: Executor | None,
        n_groups: int,
    ) -> None:
        self.begin, self.time_limit, self.executor = perf_counter(), time_limit, executor
        self.program, self.risk, self.n_groups = program, risk, n_groups
        # one cut with the weights of the tail holds for the sum of the parts, not for each
        apart = isinstance(risk, Expectation) or n_groups > 1
        parts = independent_parts(program) if apart else (program,)
        self.parts = [SecondStages(part, executor) for part in parts]
        self.master = Master(program, risk, n_groups, len(parts), time_limit)
        self.iterations = 0
        self.held = self.nothing()

    def nothing(self) -> Held:
        """No point yet."""
        return Held(np.full(self.master.n_x, np.nan), np.inf, np.full(self.program.n_scenarios, np.inf))

    def left(self) -> float:
        """Seconds left; infinite without a limit."""
        return np.inf if self.time_limit is None else self.time_limit - (perf_counter() - self.begin)

    def evaluate(self, x: FloatArray) -> bool:
        """Solve the second stages at x, tell the master, hold x if it is the best; whether that was news."""
        found = [stages.at(x) for stages in self.parts]
        news = self.master.add_cuts(self.parts, found, x)
        if all(own.feasible.all() for own in found):
            total = self.total(found, x)
            value = measure_of(total, self.risk, self.program.probabilities)
            if value < self.held.value:
                self.held.x, self.held.value, self.held.costs = x, value, total
        return news

    def recall(self, x: FloatArray) -> bool:
        """Cut at x with the duals seen so far, if that tells enough to do without solving the second stages."""
        if not (np.isfinite(self.held.value) and np.isfinite(self.held.bound)):
            return False
        found = [own for own in (stages.remembered(x) for stages in self.parts) if own is not None]
        if len(found) < len(self.parts):
            return False
        value = measure_of(self.total(found, x), self.risk, self.program.probabilities)
        if value - self.master.value(x) < ENOUGH * (self.held.value - self.held.bound):
            return False
        self.master.add_cuts(self.parts, found, x)
        return True

    def total(self, found: list[Values], x: FloatArray) -> FloatArray:
        """Total cost of every scenario."""
        costs = np.sum([own.values for own in found], axis=0)
        return np.asarray(costs + float(self.program.first.cost @ x))

    def result(self, termination: Termination) -> RecourseSolution:
        """What is held.

        Raises
        ------
        NumericalTroubleError
            A bound above the value.
        """
        held, known = self.held, np.isfinite(self.held.value)
        if known and held.gap() < -TROUBLE:
            raise NumericalTroubleError(
                f"The bound {held.bound:.9g} lies above the value {held.value:.9g} of a feasible point: rounding made one "
                "of them wrong. Choose units in which coefficients and bounds are nearer to each other."
            )
        status = SolutionStatus.OPTIMAL if termination is Termination.OPTIMAL else SolutionStatus.FEASIBLE
        return RecourseSolution(
            x=held.x,
            objective=float(held.value),
            bound=float(min(held.bound, held.value)),
            gap=max(0.0, held.gap()) if known else None,
            costs=held.costs,
            termination=termination,
            status=status if known else SolutionStatus.BOUND_ONLY,
            method="l-shaped",
            iterations=self.iterations,
            seconds=perf_counter() - self.begin,
        )
