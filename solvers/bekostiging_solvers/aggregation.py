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
from scipy.sparse import csr_array, eye_array, hstack, vstack

from bekostiging_solvers.highs import HighsSession
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.losses import CVaRTerm, LinearLoss
from bekostiging_solvers.risk import tail_of
from bekostiging_solvers.solution import SolverError
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray
from bekostiging_solvers.warm_start import AT_LOWER, AT_UPPER, basis_at, places_of

FIRST = 500
"""Scenarios of the smallest sample, solved as a whole."""
SAMPLES = 10
"""How many times larger the next sample is."""
BAND = 400
"""Scenarios of a new band, and the most that join it at a time; a large band makes a slow program, a small one
many of them."""
RADIUS = 0.3
"""First half-width of the box: this share of the step of one column that moves a loss across the band."""
COARSE = 1e-3
"""Relative gap at which a sample has served."""
NO_MULTIPLIER = 1e-9
"""Below this a multiplier is zero: the dual feasibility HiGHS works with."""
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
    x, passes = start, 0
    for stride in strides:
        tails = [_Tail(term, probabilities, stride, whole=stride == strides[0]) for term in terms]
        try:
            found = _minimise_on(program, tails, x, tolerance if stride == 1 else COARSE, least)
        except SolverError:
            if stride == 1:
                raise
            continue
        x, passes = found.x, passes + found.passes
    return replace(found, passes=passes)


class _Tail:
    """One term on one sample: which scenarios are in the band, which inside the tail, and how they count.

    ``whole``: all scenarios are in the band, so that one step is exact.
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
        self.band = np.zeros(0, dtype=np.int64)
        self.in_band = np.zeros(n, dtype=np.bool_)
        self.inside = np.zeros(n, dtype=np.bool_)

    def at(self, x: FloatArray) -> tuple[FloatArray, float, float]:
        """Losses, value at risk and CVaR at x."""
        losses = self.loss.evaluate(x)
        return (losses, *tail_of(losses, self.confidence, self.probabilities))

    def centre(self, losses: FloatArray, threshold: float) -> None:
        """Judge anew who is inside; the first time, take the scenarios nearest to the threshold as the band."""
        if self.confidence == 0:
            self.inside[:] = True
            return
        if not len(self.band):
            whole = self.whole or len(losses) <= BAND
            self.in_band[... if whole else np.argpartition(np.abs(losses - threshold), BAND)[:BAND]] = True
        self.band = np.flatnonzero(self.in_band)
        self.inside = (losses > threshold) & ~self.in_band

    def widen(self, losses: FloatArray, threshold: float) -> None:
        """Take those into the band that were judged wrongly, the farthest first when there are many."""
        if self.confidence == 0:
            return
        wrong = np.flatnonzero(((losses > threshold) != self.inside) & ~self.in_band)
        if len(wrong) > BAND:
            distance = np.abs(losses[wrong] - threshold)
            wrong = wrong[np.argpartition(-distance, BAND)[:BAND]]
        self.in_band[wrong] = True

    def radius(self, x: FloatArray, losses: FloatArray, threshold: float) -> FloatArray:
        """Per column of x, the step that moves losses of the band by its half-width; (n_columns,)."""
        radius = np.full(len(x), INFINITY)
        if self.confidence == 0 or len(self.band) == len(losses):
            return radius
        width = np.abs(losses[self.band] - threshold).max()
        columns, rows = self.rows(len(x))
        spread = rows.std(axis=0)
        moved = spread > 0
        radius[columns[moved]] = RADIUS * width / spread[moved]
        return radius

    def rows(self, n_columns: int) -> tuple[IntArray, FloatArray]:
        """The columns of x the loss uses, each once, and the band's coefficients (n_band, n_used) in float64."""
        own = self.loss.matrix[self.band].astype(np.float64, copy=False)
        if self.loss.columns is None:
            return np.arange(n_columns), own
        columns, place = np.unique(self.loss.columns, return_inverse=True)
        if len(columns) == len(place):
            return self.loss.columns, own
        summed = np.zeros((len(columns), len(own)))
        np.add.at(summed, place, own.T)
        return columns, summed.T

    def constants(self, scenarios: IntArray | BoolArray) -> FloatArray | float:
        """The losses' constants of some scenarios."""
        return 0.0 if self.loss.constant is None else self.loss.constant[scenarios]


@dataclass(frozen=True)
class _Centre:
    """The best point so far, its value, and losses and value at risk of every tail there."""

    x: FloatArray
    value: float
    losses: tuple[FloatArray, ...]
    thresholds: tuple[float, ...]


def _evaluate(program: LinearProgram, tails: Sequence[_Tail], x: FloatArray) -> _Centre:
    """One pass over the scenarios."""
    found = [tail.at(x) for tail in tails]
    value = float(program.cost @ x) + sum(
        tail.weight * cvar for tail, (_, _, cvar) in zip(tails, found, strict=True)
    )
    return _Centre(x, value, tuple(losses for losses, _, _ in found), tuple(at_risk for _, at_risk, _ in found))


def _minimise_on(
    program: LinearProgram, tails: Sequence[_Tail], start: FloatArray, tolerance: float, least: float
) -> AggregatedSolution:
    """Step after step on one sample until bound and value meet."""
    best = _evaluate(program, tails, start)
    if program.violation(start) > NO_MULTIPLIER:
        best = replace(best, value=np.inf)
    radius, reach, bound, held, step = None, 1.0, -np.inf, None, None
    for passes in range(2, MOST_STEPS + 2):
        at_best = list(zip(tails, best.losses, best.thresholds, strict=True))
        for tail, losses, threshold in at_best:
            tail.centre(losses, threshold)
        if radius is None:
            radius = np.minimum.reduce([tail.radius(best.x, losses, at) for tail, losses, at in at_best])
        step = _step(program, tails, best.x, reach * radius, step)
        if held is None or step.bound > bound:
            bound, held = step.bound, step
        new = _evaluate(program, tails, step.x)
        # where nobody is judged wrongly at the step's own thresholds, its value is the true one
        for tail, losses, threshold in zip(tails, new.losses, step.thresholds, strict=True):
            tail.widen(losses, threshold)
        gained, promised = best.value - new.value, best.value - step.value
        if step.at_box and gained > 0.5 * promised:
            reach *= 2
        elif gained < 0.1 * promised:
            reach /= 2
        if gained > 0:
            best = new
        if best.value - bound <= tolerance * max(least, abs(best.value)):
            return AggregatedSolution(best.x, best.value, bound, held.duals, held.weights, passes)
    raise SolverError(f"the bands did not converge in {MOST_STEPS} steps; scale the data or bound the columns")


@dataclass(frozen=True)
class _Step:
    """Optimum of one band program in a box: its point, value and thresholds; ``bound`` holds without the box.

    ``places``: where the multipliers (n_of_x,), the weights of all scenarios per tail and the rows stand in its basis.
    """

    x: FloatArray
    value: float
    bound: float
    at_box: bool
    thresholds: FloatArray
    duals: FloatArray
    weights: tuple[FloatArray, ...]
    places: tuple[IntArray, tuple[IntArray, ...], IntArray]


def _step(
    program: LinearProgram,
    tails: Sequence[_Tail],
    centre: FloatArray,
    radius: FloatArray,
    before: _Step | None,
) -> _Step:
    """Solve the dual of the band program in a box and read the point from its row duals.

    Columns of the dual: a multiplier per row side, per lower and per upper bound of x, and the weight of every
    scenario of a band. Rows: stationarity per column of x, and per tail that its weights add up. It starts where the
    step ``before`` ended.
    """
    n, n_tails = len(centre), len(tails)
    lower, upper = np.maximum(program.lower, centre - radius), np.minimum(program.upper, centre + radius)
    below = np.flatnonzero(np.isfinite(program.row_lower))
    equal = program.row_lower[below] == program.row_upper[below]
    above = np.flatnonzero(np.isfinite(program.row_upper) & (program.row_upper != program.row_lower))
    at_lower, at_upper = np.flatnonzero(np.isfinite(lower)), np.flatnonzero(np.isfinite(upper))
    unit = eye_array(n, format="csr")
    of_x = vstack([program.matrix[below], -program.matrix[above], unit[at_lower], -unit[at_upper]])
    inside = [_inside(tail, n) for tail in tails]
    bands = [_band(tail, k, n, n_tails) for k, tail in enumerate(tails)]
    n_of_x, n_band = of_x.shape[0], sum(len(tail.band) for tail in tails)
    demand = program.cost + sum(tail.weight * rows for tail, (rows, _, _) in zip(tails, inside, strict=True))
    left = [tail.weight * max(0.0, 1.0 - mass) for tail, (_, _, mass) in zip(tails, inside, strict=True)]
    right = np.concatenate([demand, left])
    gain = [program.row_lower[below], -program.row_upper[above], lower[at_lower], -upper[at_upper]]
    free = np.zeros(n_of_x + n_band)
    free[np.flatnonzero(equal)] = -INFINITY
    most = [np.full(n_of_x, INFINITY), *(tail.weight * tail.most[tail.band] for tail in tails)]
    matrix = vstack([hstack([of_x, csr_array((n_of_x, n_tails))]), *bands])
    dual = LinearProgram(
        cost=-np.concatenate([*gain, *(np.zeros(len(t.band)) + t.constants(t.band) for t in tails)]),
        lower=free,
        upper=np.concatenate(most),
        matrix=csr_array(matrix.T),
        row_lower=right,
        row_upper=right,
        column_names=("",) * (n_of_x + n_band),
        row_names=("",) * (n + n_tails),
    )
    session = HighsSession(dual, options={"presolve": "off"})
    if before is not None and len(before.places[0]) == n_of_x:
        of_last, of_scenarios, of_rows = before.places
        banded = [place[tail.band] for tail, place in zip(tails, of_scenarios, strict=True)]
        session.start_from(basis_at(np.concatenate([of_last, *banded]), of_rows))
    solution = session.solve()
    multipliers = np.split(solution.x, np.cumsum([len(below), len(above), len(at_lower), len(at_upper)]))
    value = sum(tail.weight * constant for tail, (_, constant, _) in zip(tails, inside, strict=True))
    value -= solution.objective
    # what the box added to the value, at the price the box has
    given = _multiplier_value(multipliers[2], lower[at_lower] - program.lower[at_lower])
    given += _multiplier_value(multipliers[3], program.upper[at_upper] - upper[at_upper])
    duals = np.zeros(len(program.row_lower))
    duals[below] += multipliers[0]
    duals[above] -= multipliers[1]
    weights = _weights(tails, multipliers[4])
    x = np.clip(-solution.duals[:n], lower, upper)
    return _Step(
        x, value, value - given, given > 0, -solution.duals[n:], duals, weights, _places(tails, session, n_of_x)
    )


def _places(
    tails: Sequence[_Tail], session: HighsSession, n_of_x: int
) -> tuple[IntArray, tuple[IntArray, ...], IntArray]:
    """Where everything stands in the basis; a scenario outside the bands weighs nothing, or what it can at most."""
    columns, rows = places_of(session.basis())
    of_scenarios, begin = [], n_of_x
    for tail in tails:
        own, end = np.where(tail.inside, AT_UPPER, AT_LOWER), begin + len(tail.band)
        own[tail.band] = columns[begin:end]
        of_scenarios.append(own)
        begin = end
    return columns[:n_of_x], tuple(of_scenarios), rows


def _multiplier_value(multipliers: FloatArray, moved: FloatArray) -> float:
    """Multipliers times the distance the box moved a bound; infinite where there was none and the box holds."""
    held = multipliers > NO_MULTIPLIER
    return float(multipliers[held] @ moved[held])


def _inside(tail: _Tail, n: int) -> tuple[FloatArray, float, float]:
    """Coefficients (n_columns,), constant and probability of the scenarios inside the tail."""
    weights = np.where(tail.inside, tail.most, 0.0)
    constant = 0.0 if tail.loss.constant is None else float(weights @ tail.loss.constant)
    return tail.loss.subgradient(np.zeros(n), weights), constant, float(weights.sum())


def _band(tail: _Tail, place: int, n: int, n_tails: int) -> csr_array:
    """A row per scenario of the band: minus its coefficients, and one in the row of its tail."""
    columns, rows = tail.rows(n)
    m, k = rows.shape
    data = np.column_stack([-rows, np.ones(m)])
    indices = np.tile(np.append(columns, n + place), m)
    return csr_array((data.ravel(), indices, np.arange(0, m * (k + 1) + 1, k + 1)), shape=(m, n + n_tails))


def _weights(tails: Sequence[_Tail], of_bands: FloatArray) -> tuple[FloatArray, ...]:
    """The weights of all scenarios per tail, adding up to one."""
    weights, begin = [], 0
    for tail in tails:
        own, end = np.where(tail.inside, tail.most, 0.0), begin + len(tail.band)
        own[tail.band] = of_bands[begin:end] / tail.weight
        weights.append(own)
        begin = end
    return tuple(weights)
