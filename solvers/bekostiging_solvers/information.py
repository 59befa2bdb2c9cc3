"""What information is worth in a two-stage program, and how far a candidate may be from the best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import t as student

from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.recourse import recourse_costs, solve_recourse
from bekostiging_solvers.risk import Expectation, RiskMeasure, measure_of
from bekostiging_solvers.scenarios import Changes, CoreScenarios, Recourse
from bekostiging_solvers.two_stage import TwoStageProgram
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

    Examples
    --------
    >>> ValueOfInformation(10.0, 8.0, 7.0, np.zeros(1), 13.0, evpi=2.0, vss=3.0).vss
    3.0
    """

    recourse: float
    wait_and_see: float
    expected_value: float
    expected_value_solution: FloatArray
    eev: float
    evpi: float
    vss: float


@dataclass(frozen=True)
class OptimalityGap:
    """One-sided confidence interval of how much worse a candidate is than the best.

    Attributes
    ----------
    mean, standard_error : float
        Over the batches, in the unit of the cost.
    upper : float
        f(x) - min f lies in [0, upper] with probability ``confidence``.
    confidence : float
        In (0, 1).
    gaps : (n_batches,) array
        Of the independent batches.

    Examples
    --------
    >>> OptimalityGap(mean=1.0, standard_error=0.5, upper=2.1, confidence=0.95, gaps=np.array([0.5, 1.5])).upper
    2.1
    """

    mean: float
    standard_error: float
    upper: float
    confidence: float
    gaps: FloatArray


def value_of_information(program: TwoStageProgram) -> ValueOfInformation:
    """What knowing the scenario would save (EVPI) and what planning on averages costs (VSS), in expectation.

    Parameters
    ----------
    program : TwoStageProgram
        Its scenarios share one structure: the expected value program takes the mean of every datum.

    Returns
    -------
    ValueOfInformation

    Raises
    ------
    ValueError
        Scenarios that differ in shape.
    InfeasibleError, UnboundedError, SolverError
        As ``solve_recourse``.

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
    recourse = solve_recourse(program)
    alone = [
        solve_recourse(replace(program, scenarios=(scenario,), probabilities=np.ones(1))).objective
        for scenario in program.scenarios
    ]
    mean = solve_recourse(replace(program, scenarios=(_mean_scenario(program),), probabilities=np.ones(1)))
    costs = recourse_costs(program, mean.x)
    wait_and_see, eev = float(p @ alone), float(p @ costs) if np.isfinite(costs).all() else float("inf")
    return ValueOfInformation(
        recourse=recourse.objective,
        wait_and_see=wait_and_see,
        expected_value=mean.objective,
        expected_value_solution=mean.x,
        eev=eev,
        evpi=recourse.objective - wait_and_see,
        vss=eev - recourse.objective,
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


def saa_gap(
    candidate: FloatArray,
    draw: Callable[[np.random.Generator], TwoStageProgram],
    n_batches: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
    risk: RiskMeasure | None = None,
) -> OptimalityGap:
    """Confidence interval of the optimality gap of a candidate, from independent batches.

    Mak, Morton and Wood (1999), doi:10.1016/S0167-6377(98)00054-6: the mean over batches of f_n(x) - min f_n is, in
    expectation, at least the gap of x.

    Parameters
    ----------
    candidate : (n_x,) array
        First stage that is judged.
    draw : callable
        Makes the sampled program of a batch from a generator.
    n_batches : int
        At least two; thirty is usual.
    rng : numpy.random.Generator
        From which the batches are drawn.
    confidence : float
        Of the interval, in (0, 1); 0.95 when left out.
    risk : Expectation(), CVaR(confidence) or MeanCVaR(weight, confidence), optional
        Of the total cost; expectation when left out.

    Returns
    -------
    OptimalityGap

    Raises
    ------
    ValueError
        Fewer than two batches, or a feasible set that depends on the sample (the candidate has no recourse in a
        batch, or the first-stage rows differ): the minimum over a batch is then no bound on the true one.

    Examples
    --------
    Buying 8 where demand is 4 or 8 (at 2 now, 10 later) is best, so no batch of the two finds anything better:

    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, Recourse, TwoStageProgram
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> scenarios = tuple(
    ...     Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([demand]), far) for demand in (4.0, 8.0)
    ... )
    >>> program = TwoStageProgram(first, scenarios, np.array([0.5, 0.5]))
    >>> gap = saa_gap(np.array([8.0]), lambda rng: program, 2, np.random.default_rng(1))
    >>> round(gap.upper, 6)
    0.0
    """
    if n_batches < 2:
        raise ValueError(f"a standard error needs at least two batches, not {n_batches}")
    measure: RiskMeasure = Expectation() if risk is None else risk
    gaps, first = np.empty(n_batches), None
    for batch in range(n_batches):
        program = draw(rng)
        if first is None:
            first = program.first
        elif not _same_rows(program.first, first):
            raise ValueError(
                "first-stage rows differ between batches: the feasible set is sampled, no interval holds"
            )
        costs = recourse_costs(program, candidate)
        if not np.isfinite(costs).all():
            raise ValueError(
                f"the candidate has no recourse in batch {batch}: the feasible set is sampled (no relatively complete "
                "recourse), so the minimum of a batch bounds nothing; add slack at a price to the second stage"
            )
        value = measure_of(costs, measure, program.probabilities)
        gaps[batch] = value - solve_recourse(program, risk=measure).bound
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(n_batches))
    upper = mean + float(student.ppf(confidence, n_batches - 1)) * error
    return OptimalityGap(mean, error, upper, confidence, gaps)


def _same_rows(one: LinearProgram, other: LinearProgram) -> bool:
    """Whether two first stages have the same rows."""
    return (
        one.matrix.shape == other.matrix.shape
        and abs(one.matrix - other.matrix).sum() == 0
        and np.array_equal(one.row_lower, other.row_lower)
        and np.array_equal(one.row_upper, other.row_upper)
    )
