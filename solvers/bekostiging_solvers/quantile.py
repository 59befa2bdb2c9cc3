"""Linear fits that minimise weighted absolute errors, one slope above the fit and another below: quantiles and LAD.

    minimise    sum_i above_i max(y_i - x_i b, 0) + below_i max(x_i b - y_i, 0)  +  cost b
    subject to  the rows and bounds of a ``LinearProgram`` on b

Solved in its dual, which has one row per coefficient and one boxed column d_i in [-below_i, above_i] per observation
(Koenker and Bassett 1978, doi:10.2307/1913643). Most observations lie far from the fit and sit at an end of their box:
they are fixed there and the program keeps the others; who turns out to lie on the other side is let in, until nobody does
(Portnoy and Koenker 1997, doi:10.1214/ss/1030037960). The duals of the rows are the coefficients, and the value of the
dual, all observations counted, is the lower bound of every fit. Where most observations have equal rows, as with
profiles that exclude each other, ``bekostiging_solvers.grouped_quantile`` lays them together instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from bekostiging_solvers.arrays import check_aligned, check_labels, finite
from bekostiging_solvers.distinct import distinct_rows
from bekostiging_solvers.grouped_quantile import GroupLosses, fit_groups
from bekostiging_solvers.highs import solve_highs
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.solution import InfeasibleError, Solution, UnboundedError
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

FEWEST = 1_000
PER_COEFFICIENT = 50
"""Observations kept at first, nearest to the fit: so many, and so many more per coefficient."""
GROUPED = 0.02
"""Distinct rows per observation below which losses are laid together by row."""
LARGE = 1e4
"""What the slopes add up to inside: tolerances of HiGHS are absolute, and far below a loss of this size."""
ROUNDS = 4
"""Times that the wrong side is let in; then everybody is: a limit that binds can move the fit far, a little at a time."""
TOLERANCE = 1e-9
"""Of a residual, relative to the mean size of the target, to be on the wrong side."""


@dataclass(frozen=True)
class _Fit:
    """The problem; ``matrix`` (n, k), ``target``, ``above``, ``below`` (n,), and the program on the k coefficients."""

    matrix: FloatArray
    target: FloatArray
    above: FloatArray
    below: FloatArray
    program: LinearProgram

    def loss(self, coefficients: FloatArray) -> float:
        """Objective at coefficients."""
        residual = self.target - self.matrix @ coefficients
        sides = self.above @ np.maximum(residual, 0) + self.below @ np.maximum(-residual, 0)
        return float(sides + self.program.cost @ coefficients)


def fit_quantile(
    matrix: FloatArray,
    target: FloatArray,
    above: FloatArray,
    below: FloatArray,
    program: LinearProgram,
    start: FloatArray | None = None,
) -> Solution:
    """Fit a target by linear coefficients, with one price for what lies above the fit and another for what lies below.

    Parameters
    ----------
    matrix : (n, k) array
        A row per observation, a column per coefficient.
    target : (n,) array
        What is fitted.
    above, below : (n,) array
        Price per unit that the target lies above, or below, the fit; not negative. Equal prices fit the median, ``0.9`` and
        ``0.1`` the 90 % quantile.
    program : LinearProgram
        On the k coefficients: their cost, bounds and rows.
    start : (k,) array, optional
        A fit that says which observations lie far from it; computed on a part of the observations when left out.

    Returns
    -------
    Solution
        ``x`` (k,): the coefficients, with objective, bound and duals of the rows.

    Raises
    ------
    ValueError
        Arrays that do not fit together or are no finite numbers, names in another order, negative slopes, whole numbers.
    InfeasibleError
        The rows of the program have no common point; ``conflict`` names those that contradict each other.
    UnboundedError
        The cost of the program falls without end.

    Examples
    --------
    The median of 1, 2 and 9:

    >>> one = np.ones(3)
    >>> free = LinearProgram(
    ...     np.zeros(1), np.full(1, -np.inf), np.full(1, np.inf), csr_array((0, 1)), np.zeros(0), np.zeros(0), ("b",), ()
    ... )
    >>> fit_quantile(one[:, None], np.array([1.0, 2.0, 9.0]), one, one, free).x.round(9).tolist()
    [2.0]
    """
    begin = perf_counter()
    check_aligned(target, "target", matrix, "matrix")
    check_labels(matrix, "matrix", program.column_names, "columns")
    matrix = finite(matrix, "matrix", 2)
    target, above, below = (
        finite(values, name, 1) for values, name in ((target, "target"), (above, "above"), (below, "below"))
    )
    start = None if start is None else finite(start, "start", 1)
    _check(matrix, target, above, below, program)
    scale, size = float(np.abs(target).mean()) or 1.0, float((above + below).sum()) / LARGE or 1.0
    fit = _Fit(matrix, target / scale, above / size, below / size, _scaled(program, scale, size))
    rows, place = distinct_rows(matrix)
    if len(rows) <= len(matrix) * GROUPED and start is None:
        found = fit_groups(rows, GroupLosses(place, fit.target, fit.above, fit.below), fit.program)
        return _in_unit(found, scale, size, begin)
    try:
        found = _by_bands(fit, _guess(fit) if start is None else start / scale)
    except UnboundedError:
        # the dual is unbounded when the rows contradict each other: the program itself names them
        solve_highs(replace(program, cost=np.zeros_like(program.cost)))
        raise
    except InfeasibleError:
        raise UnboundedError(f"quantile fit: {UnboundedError.remedy}") from None
    return _in_unit(found, scale, size, begin)


def _in_unit(found: Solution, scale: float, size: float, begin: float) -> Solution:
    """A solution in the unit of the target and of the slopes."""
    return replace(
        found,
        x=found.x * scale,
        objective=found.objective * scale * size,
        bound=found.bound * scale * size,
        duals=found.duals * size,
        reduced_costs=found.reduced_costs * size,
        seconds=perf_counter() - begin,
    )


def _check(
    matrix: FloatArray, target: FloatArray, above: FloatArray, below: FloatArray, program: LinearProgram
) -> None:
    """Refuse arrays that do not fit together."""
    n, k = matrix.shape
    for name, values in (("target", target), ("above", above), ("below", below)):
        if values.shape != (n,):
            raise ValueError(f"{name} has shape {values.shape}, the matrix {n} rows")
    if len(program.cost) != k:
        raise ValueError(f"the program has {len(program.cost)} columns, the matrix {k}")
    if program.is_integer:
        raise ValueError("a quantile fit has no whole numbers")
    if min(above.min(initial=0.0), below.min(initial=0.0)) < 0:
        raise ValueError("the slopes above and below the fit are costs: at least zero")


def _scaled(program: LinearProgram, scale: float, size: float) -> LinearProgram:
    """The program on coefficients divided by ``scale``, its cost by ``size``."""
    bounds = {name: getattr(program, name) / scale for name in ("lower", "upper", "row_lower", "row_upper")}
    return replace(program, cost=program.cost / size, **bounds)


def _guess(fit: _Fit) -> FloatArray:
    """The fit of some of the observations, evenly spaced; least squares where they do not determine one."""
    n, k = fit.matrix.shape
    some = np.unique(np.linspace(0, n - 1, min(n, FEWEST + PER_COEFFICIENT * k)).astype(np.int64))
    cost = fit.program.cost * len(some) / n
    part = _Fit(
        fit.matrix[some], fit.target[some], fit.above[some], fit.below[some], replace(fit.program, cost=cost)
    )
    try:
        return -_solve_kept(part, np.ones(len(some), dtype=np.bool_), part.above).duals
    except InfeasibleError:
        return np.asarray(np.linalg.lstsq(fit.matrix, fit.target, rcond=None)[0], dtype=np.float64)


def _by_bands(fit: _Fit, guess: FloatArray) -> Solution:
    """Solve with the observations near the fit, let in who is on the wrong side, until nobody is."""
    n, k = fit.matrix.shape
    residual = fit.target - fit.matrix @ guess
    nearest = np.argsort(np.abs(residual), kind="stable")
    width = min(n, FEWEST + PER_COEFFICIENT * k)
    kept = np.zeros(n, dtype=np.bool_)
    kept[nearest[:width]] = True
    side = np.where(residual > 0, fit.above, -fit.below)
    iterations = 0
    for done in count(1):
        try:
            solution = _solve_kept(fit, kept, side)
        except InfeasibleError:
            # too few are kept to hold the fit back; with everybody it is the cost of the program that is unbounded
            if kept.all():
                raise
            width = min(n, 2 * width)
            kept[nearest[:width]] = True
            continue
        iterations += solution.iterations
        residual = fit.target + fit.matrix @ solution.duals
        wrong = ~kept & (residual * side < -TOLERANCE * np.abs(side))
        if not wrong.any():
            break
        kept |= wrong if done <= ROUNDS else True
    return replace(_judged(fit, solution, kept, side), iterations=iterations)


def _solve_kept(fit: _Fit, kept: BoolArray, side: FloatArray) -> Solution:
    """The dual with the kept observations free in their box and the others at their side of it."""
    limits, earned, least = _limit_columns(fit.program)
    right = fit.program.cost - fit.matrix[~kept].T @ side[~kept]
    n_columns = int(kept.sum()) + len(earned)
    return solve_highs(
        LinearProgram(
            -np.concatenate([fit.target[kept], earned]),
            np.concatenate([-fit.below[kept], least]),
            np.concatenate([fit.above[kept], np.full(len(earned), INFINITY)]),
            csr_array(hstack([csr_array(fit.matrix[kept].T), limits])),
            right,
            right,
            tuple(f"d{i}" for i in range(n_columns)),
            fit.program.column_names,
        )
    )


def _judged(fit: _Fit, dual: Solution, kept: BoolArray, side: FloatArray) -> Solution:
    """The fit at the duals of the dual program, its objective, and the value of the dual as bound."""
    coefficients = -dual.duals
    objective, bound = fit.loss(coefficients), float(fit.target[~kept] @ side[~kept]) - dual.objective
    n_rows = len(fit.program.row_lower)
    prices = np.zeros(n_rows + len(coefficients))
    for place, sign, price in zip(*_ends(fit.program), dual.x[int(kept.sum()) :], strict=True):
        prices[place] += sign * price
    return replace(
        dual,
        x=coefficients,
        objective=objective,
        bound=bound,
        gap=max(0.0, objective - bound) / max(1.0, abs(objective)),
        duals=prices[:n_rows],
        reduced_costs=prices[n_rows:],
    )


def _ends(program: LinearProgram) -> tuple[IntArray, FloatArray]:
    """Finite ends of the rows, then of the columns: which, and +1 below or -1 above; an equality has one, below."""
    low = np.concatenate([program.row_lower, program.lower])
    high = np.concatenate([program.row_upper, program.upper])
    below, above = np.flatnonzero(np.isfinite(low)), np.flatnonzero(np.isfinite(high) & (low != high))
    return np.concatenate([below, above]), np.concatenate([np.ones(len(below)), -np.ones(len(above))])


def _limit_columns(program: LinearProgram) -> tuple[csr_array, FloatArray, FloatArray]:
    """A column of the dual per finite end: its coefficients (k, n_ends), what it earns, and its own lower bound."""
    place, sign = _ends(program)
    rows = csr_array(vstack([program.matrix, eye_array(len(program.cost))]))
    low = np.concatenate([program.row_lower, program.lower])
    high = np.concatenate([program.row_upper, program.upper])
    end = np.where(sign > 0, low[place], high[place])
    least = np.where(low[place] == high[place], -INFINITY, 0.0)
    return csr_array((rows[place] * sign[:, None]).T), sign * end, least
