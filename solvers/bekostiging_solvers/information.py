"""What information is worth in a two-stage program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from bekostiging_solvers.highs import MIP_GAP
from bekostiging_solvers.recourse import recourse_costs, solve_recourse
from bekostiging_solvers.scenarios import Changes, CoreScenarios, Recourse
from bekostiging_solvers.solution import SolverError
from bekostiging_solvers.two_stage import RecourseSolution, TwoStageProgram
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class ValueOfInformation:
    """What information is worth in a two-stage program (Birge and Louveaux, ch. 4).

    Attributes
    ----------
    recourse : float
        RP, the optimal expected cost.
    wait_and_see : float
        WS, the expected cost of whoever knows the scenario beforehand.
    expected_value : float
        EV, the optimal cost of the program with the mean of every datum.
    expected_value_solution : (n_x,) array
        First stage of that program.
    eev : float
        Expected cost of that first stage; infinite when it has no recourse in a scenario.
    evpi, vss : float
        Expected value of perfect information, RP - WS, and value of the stochastic solution, EEV - RP.
    evpi_bracket, vss_bracket : (low, high)
        Between which they lie where programs were solved to a gap: optima lie between bound and value.

    Examples
    --------
    >>> value = ValueOfInformation(10.0, 8.0, 7.0, np.zeros(1), 13.0, 2.0, 3.0, (1.9, 2.0), (3.0, 3.1))
    >>> value.vss, value.vss_bracket
    (3.0, (3.0, 3.1))
    """

    recourse: float
    wait_and_see: float
    expected_value: float
    expected_value_solution: FloatArray
    eev: float
    evpi: float
    vss: float
    evpi_bracket: tuple[float, float]
    vss_bracket: tuple[float, float]


def value_of_information(
    program: TwoStageProgram, gap: float = MIP_GAP, time_limit: float | None = None
) -> ValueOfInformation:
    """What knowing the scenario would save (EVPI) and what planning on averages costs (VSS), in expectation.

    Parameters
    ----------
    program : TwoStageProgram
        Its scenarios share one structure: the expected value program takes the mean of every datum.
    gap : float
        Relative gap to which the programs are solved; 1e-6 when left out.
    time_limit : float, optional
        Seconds of each of them.

    Returns
    -------
    ValueOfInformation
        With brackets as wide as the gaps that were left.

    Raises
    ------
    ValueError
        Scenarios that differ in shape.
    InfeasibleError, UnboundedError, SolverError
        As ``solve_recourse``; also where the time ran out before there was any point.

    Examples
    --------
    A newsvendor buys at 2 before demand (4 or 8) is known, and at 10 afterwards; who knows demand pays 2 x 6:

    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> value = value_of_information(program)
    >>> value.recourse, value.wait_and_see, value.evpi, value.eev, value.vss
    (16.0, 12.0, 4.0, 22.0, 6.0)
    """
    p = program.probabilities

    def solved(scenarios: Sequence[Recourse], probabilities: FloatArray) -> RecourseSolution:
        """One of the programs, with a point."""
        found = solve_recourse(
            replace(program, scenarios=scenarios, probabilities=probabilities), gap=gap, time_limit=time_limit
        )
        if found.gap is None:
            raise SolverError("the time limit left a program without any point; allow more")
        return found

    recourse = solved(program.scenarios, p)
    alone = [solved((scenario,), np.ones(1)) for scenario in program.scenarios]
    mean = solved((_mean_scenario(program),), np.ones(1))
    costs = recourse_costs(program, mean.x)
    wait_and_see = float(p @ [one.objective for one in alone])
    least = float(p @ [one.bound for one in alone])
    eev = float(p @ costs) if np.isfinite(costs).all() else float("inf")
    return ValueOfInformation(
        recourse=recourse.objective,
        wait_and_see=wait_and_see,
        expected_value=mean.objective,
        expected_value_solution=mean.x,
        eev=eev,
        evpi=recourse.objective - wait_and_see,
        vss=eev - recourse.objective,
        evpi_bracket=(max(0.0, recourse.bound - wait_and_see), recourse.objective - least),
        vss_bracket=(max(0.0, eev - recourse.objective), eev - recourse.bound),
    )


def _mean_scenario(program: TwoStageProgram) -> Recourse:
    """The mean of every datum; a bound is infinite when it is in one scenario."""
    p, scenarios = program.probabilities, program.scenarios
    if isinstance(scenarios, CoreScenarios):
        mean: Changes = {
            name: (places, _mean(p, values)[None, :]) for name, (places, values) in scenarios.changes.items()
        }
        return CoreScenarios(scenarios.core, mean, 1)[0]
    shapes = {(scenario.matrix.shape, scenario.technology.shape) for scenario in scenarios}
    if len(shapes) > 1:
        raise ValueError("scenarios differ in shape: there is no expected value program")

    def vector(name: str) -> FloatArray:
        """Mean of a vector, its infinities kept."""
        return _mean(p, np.array([getattr(scenario, name) for scenario in scenarios]))

    def matrix(name: str) -> csr_array:
        """Mean of a matrix."""
        return csr_array(sum(w * getattr(s, name) for w, s in zip(p, scenarios, strict=True)))

    return Recourse(
        vector("cost"), vector("lower"), vector("upper"), matrix("matrix"), matrix("technology"),
        vector("row_lower"), vector("row_upper"), scenarios[0].integer,
    )  # fmt: skip


def _mean(p: FloatArray, values: FloatArray) -> FloatArray:
    """Mean over scenarios (n_scenarios, k), its infinities kept."""
    finite = np.isfinite(values).all(axis=0)
    return np.asarray(np.where(finite, p @ np.where(np.isfinite(values), values, 0.0), values[0]))
