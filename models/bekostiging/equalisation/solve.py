"""Solving for norm amounts, one function per method; every optimum with its bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bekostiging.case import UserError
from bekostiging.equalisation.moments import GroupedRows, Moments
from bekostiging.equalisation.program import (
    Limits,
    absolute_rows,
    at_most_program,
    fit_program,
    least_largest_program,
    least_squares,
    unit,
)
from bekostiging_solvers import (
    HighsSession,
    InfeasibleError,
    LinearProgram,
    Solution,
    fit_quantile,
    solve_highs,
    solve_quadratic,
)
from bekostiging_solvers.typing import BoolArray, FloatArray

NO_SOLUTION = 3
GAP = 1e-6
"""Relative gap at which the choice of profiles counts as proved."""
MOST_ROUNDS = 200
FLAT = 1e-10
"""Eigenvalue over the largest below which a direction of the squared error is flat."""


@dataclass(frozen=True)
class Fit:
    """``norm`` (k,) euro; ``objective``, ``bound`` in euro^2 (least squares), euro (LAD, quantile) or as a fraction (least
    largest); ``prices``: what one euro more of a row's bound changes the objective, by name of the row."""

    norm: FloatArray
    objective: float
    bound: float
    prices: dict[str, float]

    @property
    def gap(self) -> float:
        """(objective - bound) / max(1, abs(objective))."""
        return max(0.0, self.objective - self.bound) / max(1.0, abs(self.objective))


def fit_least_squares(moments: Moments, limits: Limits) -> Fit:
    """Constrained least squares: a convex quadratic program.

    Raises
    ------
    UserError
        The limits contradict each other; they are named.
    """
    hessian, slope, constant = least_squares(moments, limits)
    program = replace(fit_program(moments, limits), cost=slope)
    found = _named(lambda: solve_quadratic(program, hessian))
    euro = unit(moments)
    return _fit(found, program, euro, constant, euro**2)


def least_squares_amounts(moments: Moments, limits: Limits) -> FloatArray:
    """The amounts alone, for many fits.

    Without inequalities they solve a linear system, which is the optimum where they hold; otherwise the quadratic program.
    """
    hessian, slope, _ = least_squares(moments, limits)
    euro, k = unit(moments), len(slope)
    rows = 0 if limits.pot is None else 1
    system, right = np.zeros((k + rows, k + rows)), np.zeros(k + rows)
    system[:k, :k], right[:k] = hessian, -slope
    if limits.pot is not None:
        system[k, :k] = system[:k, k] = moments.exposure / moments.weight
        right[k] = limits.pot / (moments.weight * euro)
    norm = np.linalg.solve(system, right)[:k] * euro
    place = {name: j for j, name in enumerate(limits.names)}
    within = bool(((limits.lower <= norm) & (norm <= limits.upper)).all())
    within &= all(norm[place[light]] <= norm[place[heavy]] for light, heavy in limits.order)
    for name, (least, most) in limits.group_bounds.items():
        group = moments.groups[name]
        within &= least <= float(group.exposure @ norm - group.target) / group.weight <= most
    return np.asarray(norm) if within else fit_least_squares(moments, limits).norm


def fit_absolute(rows: GroupedRows, weight: FloatArray, moments: Moments, limits: Limits, quantile: float) -> Fit:
    """Constrained LAD or another quantile; errors as ``fit_least_squares``."""
    euro = unit(moments)
    extra, targets, above, below = absolute_rows(moments, limits, quantile)
    program = fit_program(moments, limits)
    found = _named(
        lambda: fit_quantile(
            np.vstack([rows.matrix, extra]),
            np.concatenate([rows.target, targets]) / euro,
            np.concatenate([quantile * weight, above]) / moments.weight,
            np.concatenate([(1 - quantile) * weight, below]) / moments.weight,
            program,
        )
    )
    return _fit(found, program, euro, 0.0, euro)


def fit_least_largest(
    moments: Moments, limits: Limits, providers: Mapping[str, tuple[float, FloatArray, float]]
) -> Fit:
    """The least largest provider result; errors as ``fit_least_squares``."""
    program = least_largest_program(moments, limits, providers)
    found = _named(lambda: solve_highs(program))
    return _fit(found, program, unit(moments), 0.0, 1.0)


def fit_at_most(moments: Moments, limits: Limits, k_own: int) -> Fit:
    """Constrained least squares where at most ``k_own`` profiles have their own norm amount, the others share one.

    Tangents of the squared error in its eigen-directions make a mixed-integer program whose value is the bound; the
    quadratic program with its choice of profiles gives the point. Both meet up to ``GAP``.
    """
    hessian, _, constant = least_squares(moments, limits)
    eigenvalues, vectors = np.linalg.eigh(hessian)
    curved = eigenvalues > FLAT * eigenvalues[-1]
    values, directions = eigenvalues[curved], vectors[:, curved]
    euro, k = unit(moments), len(limits.names)
    program = at_most_program(moments, limits, k_own, _widest(moments, limits), directions)
    session = HighsSession(program, gap=GAP / 10)
    first_curved = 3 * k + 1

    def cut(norm: FloatArray) -> None:
        """curved >= value (2 u0 u - u0^2) / 2 in every direction, u0 = direction x norm."""
        for h, at in enumerate(directions.T @ norm):
            columns = np.append(np.arange(k), first_curved + h)
            slope = np.append(-values[h] * at * directions[:, h], 1.0)
            session.add_row(-0.5 * values[h] * at**2, float("inf"), columns, slope)

    start = fit_least_squares(moments, limits)
    cut(start.norm / euro)
    best: Fit | None = None
    for _ in range(MOST_ROUNDS):
        found = _named(session.solve)
        bound = (found.bound + constant) * euro**2
        own = found.x[2 * k + 1 : 3 * k + 1] > 0.5
        inside = _with_own(moments, limits, own)
        if best is None or inside.objective < best.objective:
            best = inside
        best = replace(best, bound=min(max(bound, start.bound), best.objective))
        if best.gap <= GAP or (best.objective - best.bound) <= GAP * abs(best.objective):
            return best
        cut(found.x[:k])
        cut(inside.norm / euro)
    return best if best is not None else start


def _with_own(moments: Moments, limits: Limits, own: BoolArray) -> Fit:
    """Least squares with a given choice of own profiles: the others get one amount."""
    rest = np.flatnonzero(~own)
    pairs = tuple((limits.names[a], limits.names[b]) for a, b in pairwise(rest))
    equal = (*limits.order, *pairs, *((b, a) for a, b in pairs))
    found = fit_least_squares(moments, replace(limits, order=equal))
    tied = found.norm.copy()
    tied[rest] = tied[rest].mean() if len(rest) else 0.0
    return replace(found, norm=tied)


def _widest(moments: Moments, limits: Limits) -> FloatArray:
    """A bound on how far a norm amount lies from the rest: all of them are between zero and the pot over its clients."""
    if limits.pot is None or (limits.lower < 0).any():
        raise UserError(
            "hoogstens k profielen vraagt een vast totaal en bedragen van minstens nul; laat beide aan",
            "at most k profiles asks a preserved total and amounts of at least zero; leave both on",
        )
    most = np.minimum(limits.upper, limits.pot / moments.exposure) / unit(moments)
    return np.asarray(np.full(len(most), float(most.max())))


def _fit(found: Solution, program: LinearProgram, euro: float, constant: float, scale: float) -> Fit:
    """A solution in euro; prices per euro of the bound."""
    k = sum(name.startswith("norm[") for name in program.column_names)
    prices = {
        name: float(price) * scale / euro for name, price in zip(program.row_names, found.duals, strict=True)
    }
    return Fit(
        norm=found.x[:k] * euro,
        objective=(found.objective + constant) * scale,
        bound=(found.bound + constant) * scale,
        prices=prices,
    )


def _named(solve: Callable[[], Solution]) -> Solution:
    """Solve; say which limits contradict each other in a sentence."""
    try:
        return solve()
    except InfeasibleError as error:
        rows = [name for name in error.conflict if not name.startswith("norm[")] or list(error.conflict)
        listed = ", ".join(rows)
        raise UserError(
            f"de voorwaarden van de normbedragen spreken elkaar tegen: {listed}; verruim of verwijder er een",
            f"the conditions on the norm amounts contradict each other: {listed}; widen or remove one of them",
            exit_code=NO_SOLUTION,
        ) from None
