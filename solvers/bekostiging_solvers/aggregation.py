"""Sums of CVaR of linear losses over a linear program, with the scenarios far from the quantile taken together.

    minimise    cost x + sum_k weight_k CVaR_k[matrix_k x + constant_k]
    subject to  the rows and bounds of a ``LinearProgram``

Around a point only the scenarios whose loss lies near value at risk decide how the tail changes. The *band* of those
stays as it is, (loss_s - t)+ for each; the others enter as loss_s - t (inside the tail) or as zero (outside it). Both
are below (loss_s - t)+ everywhere, so every such program is a relaxation and its value a lower bound, whatever
scenarios were chosen. The next band keeps every scenario that was judged wrongly. After Espinoza and Moreno (2014),
doi:10.1007/s10589-014-9692-6; what is different here: samples of the scenarios, each ten times the last, give the
first points, a box keeps the step where the band says something, and the dual is what HiGHS solves: a row per column
of x, a bounded column per scenario of the band. Multipliers of the box turn its value into a bound without a box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bekostiging_solvers.band_program import NO_MULTIPLIER, BandProgram, Basis
from bekostiging_solvers.bands import Band
from bekostiging_solvers.linear_program import LinearProgram
from bekostiging_solvers.losses import CVaRTerm, LinearLoss
from bekostiging_solvers.solution import SolverError
from bekostiging_solvers.typing import FloatArray

FIRST = 250
"""Scenarios of the smallest sample, solved as a whole."""
SAMPLES = 5
"""How many times larger the next sample is."""
COARSE = 1e-3
"""Relative gap at which a sample has served."""
MOST_STEPS = 200


@dataclass(frozen=True)
class AggregatedSolution:
    """``objective`` at ``x``, ``bound`` below every feasible value; ``duals`` (n_rows,) of the program's rows.

    ``weights``: per term (n_scenarios,), adding up to one, none above its share of the tail: the cut
    weights @ loss(x) is below CVaR everywhere, and with these cuts alone the program reaches ``bound``. ``passes``:
    evaluations of all losses, those of the samples among them.
    """

    x: FloatArray
    objective: float
    bound: float
    duals: FloatArray
    weights: tuple[FloatArray, ...]
    passes: int


def minimise_tails(
    program: LinearProgram,
    terms: Sequence[CVaRTerm],
    start: FloatArray,
    tolerance: float,
    probabilities: FloatArray | None = None,
    least: float = 1.0,
) -> AggregatedSolution:
    """Solve on growing samples, at last on all scenarios; every loss a ``LinearLoss``, integrality left aside.

    ``tolerance`` is relative to the larger of ``least`` and the value.

    Raises
    ------
    SolverError
        The program has no optimum, or the steps did not converge; cutting planes say which.
    """
    n = max((len(term.loss.matrix) for term in terms if isinstance(term.loss, LinearLoss)), default=0)
    strides = [1]
    while n // (strides[0] * SAMPLES) >= FIRST:
        strides.insert(0, strides[0] * SAMPLES)
    x, passes, basis = start, 0, None
    for stride in strides:
        bands = [Band(term, probabilities, stride, whole=stride == strides[0]) for term in terms]
        try:
            found, ended = _minimise_on(program, bands, x, tolerance if stride == 1 else COARSE, least, basis)
        except SolverError:
            if stride == 1:
                raise
            basis = None
            continue
        x, passes, basis = found.x, passes + found.passes, ended.of_sample(SAMPLES)
    return replace(found, passes=passes)


@dataclass(frozen=True)
class _Centre:
    """The best point so far, its value, and losses and value at risk of every tail there."""

    x: FloatArray
    value: float
    losses: tuple[FloatArray, ...]
    thresholds: tuple[float, ...]


def _evaluate(program: LinearProgram, bands: Sequence[Band], x: FloatArray) -> _Centre:
    """One pass over the scenarios."""
    found = [band.at(x) for band in bands]
    value = float(program.cost @ x) + sum(
        band.weight * cvar for band, (_, _, cvar) in zip(bands, found, strict=True)
    )
    return _Centre(x, value, tuple(losses for losses, _, _ in found), tuple(at_risk for _, at_risk, _ in found))


def _minimise_on(
    program: LinearProgram,
    bands: Sequence[Band],
    start: FloatArray,
    tolerance: float,
    least: float,
    basis: Basis | None,
) -> tuple[AggregatedSolution, Basis]:
    """Step after step on one sample until bound and value meet; ``basis``: where to begin."""
    best = _evaluate(program, bands, start)
    at_best = list(zip(bands, best.losses, best.thresholds, strict=True))
    for k, (band, losses, threshold) in enumerate(at_best):
        band.take(losses, threshold, np.zeros(0, dtype=np.int64) if basis is None else basis.scenarios[k])
    radius = np.minimum.reduce([band.radius(best.x, losses, threshold) for band, losses, threshold in at_best])
    solver = BandProgram(program, bands, None if basis is None else (basis.places(at_best), basis.rows))
    if program.violation(start) > NO_MULTIPLIER:
        best = replace(best, value=np.inf)
    reach, bound, held = 1.0, -np.inf, None
    for passes in range(2, MOST_STEPS + 2):
        for band, losses, threshold in zip(bands, best.losses, best.thresholds, strict=True):
            band.centre(losses, threshold)
        step = solver.step(best.x, reach * radius)
        if held is None or step.bound > bound:
            bound, held = step.bound, step
        new = _evaluate(program, bands, step.x)
        # where nobody is judged wrongly at the step's own thresholds, its value is the true one
        for band, losses, threshold in zip(bands, new.losses, step.thresholds, strict=True):
            band.widen(losses, threshold)
        gained, promised = best.value - new.value, best.value - step.value
        if step.at_box and gained > 0.5 * promised:
            reach *= 2
        elif gained < 0.1 * promised:
            reach /= 2
        if gained > 0:
            best = new
        if best.value - bound <= tolerance * max(least, abs(best.value)):
            return AggregatedSolution(best.x, best.value, bound, *solver.certificate(held), passes), solver.basis()
    raise SolverError(f"the bands did not converge in {MOST_STEPS} steps; scale the data or bound the columns")
