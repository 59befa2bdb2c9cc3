"""Cost games: Shapley value, core, nucleolus and prenucleolus with a certificate.

``costs[mask]`` is the cost of a coalition, bit i of the mask is player i, ``costs[0] = 0``; a game of values is passed
as costs = -values (``from_values``). The excess of a coalition at x is x(S) - costs[S]: what it would save alone.
The prenucleolus makes the sorted excesses lexicographically least over all x that share out costs[N], the nucleolus
(Schmeidler 1969, doi:10.1137/0117107) over imputations, where nobody pays more than alone.

One linear program per level, in which violated coalitions enter one at a time; a coalition with a weight is tight in every
optimum and is fixed (Kopelowitz 1967; ``bekostiging_solvers.levels``). What the players pay alone is taken off first:
tolerances are relative to what is left, the spread of the game. Up to eight players the result is proven in rational
arithmetic, and computed in it where floats did not tell two excesses apart; beyond it the proof has a stated tolerance
(``bekostiging_solvers.kohlberg``).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from bekostiging_solvers.arrays import check_finite, labels_of, numbers, vector
from bekostiging_solvers.coalition_oracle import CoalitionOracle
from bekostiging_solvers.exact_levels import ExactGame, ExactLevels, ExactPricing, exact_point, proves
from bekostiging_solvers.kohlberg import PROVEN, TOLERANCE, Kohlberg, levels_of, slack_of
from bekostiging_solvers.levels import Level, Levels, subset_sums
from bekostiging_solvers.oracle_pricing import from_oracle
from bekostiging_solvers.solution import NumericalTroubleError
from bekostiging_solvers.table_pricing import TablePricing
from bekostiging_solvers.typing import FloatArray

LARGEST_TABLE = 20
"""Players beyond which a table of all coalitions is no longer sensible (a million of them)."""
SUMS = 1e-7
"""Part of the largest cost within which an allocation adds up: it may have been rounded."""
LARGEST_COST = 1e300
"""Sums of larger ones overflow."""
EXACT = 8
"""Players up to which the nucleolus is proven in rational arithmetic."""
ROUNDING = 2.0**-52
"""Of one addition in double precision."""


class EmptyImputationsError(ValueError):
    """The players alone pay less than together: nobody can be given a share no larger than its own cost.

    Examples
    --------
    >>> from bekostiging_solvers import nucleolus
    >>> nucleolus([0.0, 1.0, 1.0, 3.0])
    Traceback (most recent call last):
    bekostiging_solvers.games.EmptyImputationsError: the players pay 2 alone and 3 together, 1 more: there is ...
    """


@dataclass(frozen=True)
class Nucleolus:
    """An allocation that makes the most unhappy coalitions as happy as possible.

    Attributes
    ----------
    allocation : (n_players,) array
        What every player pays, in the unit of the costs.
    excesses : array
        What coalitions would save alone, largest first: of all proper ones (with an oracle, of those generated).
    certificate : Kohlberg or None
        Proof that this is the point, exact up to eight players; None with an oracle.
    complete : bool
        Whether every level was settled; if not, the allocation is in the least core, whose value is ``excesses[0]``.
    bound : float
        Lower bound of the value of the least core.

    Examples
    --------
    >>> from bekostiging_solvers import nucleolus
    >>> solution = nucleolus([0.0, 4.0, 4.0, 6.0])
    >>> solution.allocation.tolist(), solution.excesses.tolist(), solution.complete
    ([3.0, 3.0], [-1.0, -1.0], True)
    """

    allocation: FloatArray
    excesses: FloatArray
    certificate: Kohlberg | None
    complete: bool
    bound: float


@dataclass(frozen=True)
class CoreViolation:
    """The coalition that an allocation makes most unhappy.

    Attributes
    ----------
    excess : float
        What it would save alone, in the unit of the costs; not positive: the allocation is in the core.
    coalition : tuple of int
        Its players.

    Examples
    --------
    >>> from bekostiging_solvers import core_violation
    >>> core_violation([0.0, 4.0, 4.0, 6.0], [5.0, 1.0])
    CoreViolation(excess=1.0, coalition=(0,))
    """

    excess: float
    coalition: tuple[int, ...]


def from_values(values: ArrayLike) -> FloatArray:
    """Costs of a game of values.

    Parameters
    ----------
    values : (2^n_players,)
        What every coalition earns; bit i of the place is player i.

    Returns
    -------
    (2^n_players,) array
        The costs that ``shapley``, ``nucleolus`` and ``core_violation`` take; allocations of them are minus what is earned.

    Raises
    ------
    ValueError
        Something other than 2^n finite numbers, or a value of nobody.

    Examples
    --------
    >>> (-shapley(from_values([0.0, 1.0, 2.0, 5.0]))).tolist()
    [2.0, 3.0]
    """
    return -_table(values, "values")[0]


def shapley(costs: ArrayLike) -> FloatArray:
    """Mean marginal cost over all orders of arrival (Shapley 1953).

    Parameters
    ----------
    costs : (2^n_players,)
        Cost of every coalition; bit i of the place is player i, ``costs[0]`` is 0.

    Returns
    -------
    (n_players,) array
        Shares that add up to the cost of all together.

    Raises
    ------
    ValueError
        A table whose length is no power of two, with numbers that are not finite, or for more than twenty players.

    Examples
    --------
    >>> shapley([0.0, 4.0, 6.0, 8.0]).tolist()
    [3.0, 5.0]
    """
    table, n = _table(costs)
    masks = np.arange(len(table))
    sizes = subset_sums(np.ones(n, dtype=np.int64))
    weight = np.array([factorial(size) * factorial(n - 1 - size) / factorial(n) for size in range(n)])
    shares = np.empty(n)
    for player in range(n):
        without = masks[(masks >> player) & 1 == 0]
        shares[player] = weight[sizes[without]] @ (table[without | (1 << player)] - table[without])
    return shares


def core_violation(costs: ArrayLike, allocation: ArrayLike) -> CoreViolation:
    """Which proper coalition is most unhappy with an allocation.

    Parameters
    ----------
    costs : (2^n_players,)
        Cost of every coalition; bit i of the place is player i, ``costs[0]`` is 0.
    allocation : (n_players,)
        What every player pays; adds up to the cost of all together.

    Returns
    -------
    CoreViolation
        An excess that is not positive says that the allocation is in the core.

    Raises
    ------
    ValueError
        An allocation that does not add up to the cost of all together, or a table as ``shapley`` refuses it.

    Examples
    --------
    >>> core_violation([0.0, 4.0, 6.0, 8.0], [3.0, 5.0])
    CoreViolation(excess=-1.0, coalition=(0,))
    """
    table, n = _table(costs)
    x = vector(allocation, "the allocation")
    if x.shape != (n,):
        raise ValueError(f"the allocation has shape {x.shape}, the game has {n} players")
    check_finite(x, "the allocation")
    if abs(x.sum() - table[-1]) > SUMS * float(np.abs(table).max()):
        raise ValueError(f"the allocation adds up to {x.sum():.12g}, the cost of all together is {table[-1]:.12g}")
    excesses = (subset_sums(x) - table)[1:-1]
    worst = int(np.argmax(excesses)) + 1
    return CoreViolation(float(excesses[worst - 1]), tuple(i for i in range(n) if worst >> i & 1))


def nucleolus(costs: ArrayLike | None = None, *, oracle: CoalitionOracle | None = None) -> Nucleolus:
    """The nucleolus over imputations (Schmeidler 1969), from the table of all costs or from an oracle.

    Parameters
    ----------
    costs : (2^n_players,), optional
        Cost of every coalition; bit i of the place is player i, ``costs[0]`` is 0.
    oracle : CoalitionOracle, optional
        Gives costs when coalitions are too many to list; give either this or ``costs``.

    Returns
    -------
    Nucleolus
        With a certificate when it comes from a table.

    Raises
    ------
    EmptyImputationsError
        The costs of the players alone add up to less than costs[N].
    ValueError
        A table as ``shapley`` refuses it, or neither (or both) of table and oracle.

    Examples
    --------
    Three villages share a pipeline that costs 9; the third could build for 4 alone:

    >>> nucleolus([0.0, 6.0, 6.0, 7.0, 4.0, 8.0, 8.0, 9.0]).allocation.round(6).tolist()
    [3.0, 3.0, 3.0]
    """
    if (costs is None) == (oracle is None):
        raise ValueError("give either the table of costs or an oracle")
    if oracle is not None:
        found = from_oracle(oracle)
        if found is None:
            raise EmptyImputationsError("the players pay less alone than together: there is no imputation")
        x, excesses, complete, bound = found
        return Nucleolus(x, excesses, None, complete, bound)
    table, n = _table(costs)
    return _from_table(table, n, np.zeros(n))


def prenucleolus(costs: ArrayLike) -> Nucleolus:
    """The prenucleolus: the nucleolus without the condition that nobody pays more than alone.

    Parameters
    ----------
    costs : (2^n_players,)
        Cost of every coalition; bit i of the place is player i, ``costs[0]`` is 0.

    Returns
    -------
    Nucleolus

    Raises
    ------
    ValueError
        A table as ``shapley`` refuses it.

    Examples
    --------
    >>> prenucleolus([0.0, 1.0, 1.0, 3.0]).allocation.tolist()
    [1.5, 1.5]
    """
    table, n = _table(costs)
    return _from_table(table, n, np.full(n, np.inf))


def _table(costs: ArrayLike | None, name: str = "costs") -> tuple[FloatArray, int]:
    """The checked table and the number of players."""
    labels_of(costs, name)  # refused where coalitions are counted in another order
    table = numbers(costs, name)
    n = int(table.size).bit_length() - 1
    if table.ndim != 1 or n < 1 or table.size != 1 << n:
        raise ValueError(f"a table of {name} has 2^n entries, one per coalition, not shape {table.shape}")
    if n > LARGEST_TABLE:
        raise ValueError(f"{n} players have {table.size} coalitions; use an oracle")
    check_finite(table, name)
    if np.abs(table).max() > LARGEST_COST:
        raise ValueError(f"a cost of {np.abs(table).max():.3g} cannot be added up; choose a larger unit")
    if table[0] != 0:
        raise ValueError(f"{name}[0] is {table[0]:.12g}; it is that of nobody and must be 0")
    return table, n


def _from_table(table: FloatArray, n: int, limits: FloatArray) -> Nucleolus:
    """The point of least sorted excesses; ``limits`` (n,): what each may pay above its own cost, zero or infinite."""
    if n == 1:
        return Nucleolus(table[1:].copy(), np.zeros(0), Kohlberg(True, 0, 0.0, True, 0.0), True, float("-inf"))
    alone = table[1 << np.arange(n)]
    exact = ExactGame(table) if n <= EXACT else None
    reduced = _without(table, alone) if exact is None else exact.reduced()
    rounding = n * ROUNDING * float(np.abs(table).max())
    if reduced[-1] > 0 and np.isfinite(limits).all():
        if reduced[-1] > rounding:
            raise EmptyImputationsError(
                f"the players pay {alone.sum():.12g} alone and {table[-1]:.12g} together, {reduced[-1]:.6g} more: there is "
                "no imputation; take the prenucleolus"
            )
        reduced[-1] = 0.0
    spread = float(np.abs(reduced).max())
    if spread == 0.0 or (spread <= rounding and exact is None):
        # additive: everybody pays what it pays alone, and what rounding left of a difference is shared
        proof = Kohlberg(True, 1, 0.0, exact=spread == 0.0, tolerance=rounding if spread else 0.0)
        x, bound = alone + reduced[-1] / n, 0.0
    elif exact is not None:
        x, bound, proof = _exact(exact, reduced, limits)
    else:
        x, bound, proof = _close(alone, reduced, limits)
    return Nucleolus(x, -np.sort(-(subset_sums(x) - table)[1:-1]), proof, True, bound)


def _without(table: FloatArray, alone: FloatArray) -> FloatArray:
    """Costs without what the players pay alone."""
    return np.asarray(table - subset_sums(alone.astype(np.longdouble)), dtype=np.float64)


def _exact(game: ExactGame, reduced: FloatArray, limits: FloatArray) -> tuple[FloatArray, float, Kohlberg]:
    """Found in floats and proven in fractions; found in fractions where that fails."""
    costs, spread, n = game.costs.copy(), float(np.abs(reduced).max()), len(limits)
    if reduced[-1] == 0.0:
        costs[-1] = 0
    levels, holds = [], False
    # rounding led nowhere, or took two excesses for one: in fractions neither happens
    with suppress(NumericalTroubleError, np.linalg.LinAlgError):
        levels = _levels(reduced / spread, limits)
        point = exact_point(costs, levels)
        holds = proves(costs, limits, levels, point)
    if not holds:
        exact = ExactLevels(n, Fraction(costs[-1]), limits, ExactPricing(costs), 0.0)
        while not exact.settled:
            exact.next()
        levels = exact.found
        point = exact_point(costs, levels)
        holds = proves(costs, limits, levels, point)
    x, values, below = point
    excess = game.in_units(subset_sums(x) - below * costs, below) / spread
    found = game.in_units(values, below)
    proof = Kohlberg(holds, levels_of(excess, levels, found / spread), 0.0, True, 0.0)
    return game.in_units(x + below * game.alone, below), float(found[0]), proof


def _levels(costs: FloatArray, limits: FloatArray) -> list[Level]:
    """All levels in floats, costs (2^n,) in spreads."""
    levels = Levels(len(limits), float(costs[-1]), limits, TablePricing(costs, TOLERANCE), TOLERANCE)
    while not levels.settled:
        levels.next()
    return levels.found


def _close(alone: FloatArray, reduced: FloatArray, limits: FloatArray) -> tuple[FloatArray, float, Kohlberg]:
    """Found and proven in floats."""
    spread = float(np.abs(reduced).max())
    costs = reduced / spread
    levels = Levels(len(limits), float(costs[-1]), limits, TablePricing(costs, TOLERANCE), TOLERANCE)
    while not levels.settled:
        levels.next()
    slack = slack_of(costs, levels.x, limits, levels.found)
    values = np.array([float(level.value) for level in levels.found])
    n_levels = levels_of(subset_sums(levels.x) - costs, levels.found, values)
    proof = Kohlberg(slack <= PROVEN, n_levels, slack, False, PROVEN)
    return alone + spread * levels.x, spread * float(values[0]), proof
