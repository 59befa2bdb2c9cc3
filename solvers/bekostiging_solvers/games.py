"""Cost games: Shapley value, core, nucleolus and prenucleolus with a certificate.

``costs[mask]`` is the cost of a coalition, bit i of the mask is player i, ``costs[0] = 0``; a game of values is passed
as costs = -values (``from_values``). The excess of a coalition at x is x(S) - costs[S]: what it would save alone.
The prenucleolus makes the sorted excesses lexicographically least over all x that share out costs[N], the nucleolus
(Schmeidler 1969, doi:10.1137/0117107) over imputations, where nobody pays more than alone.

One linear program per level with coalitions generated when violated; a coalition with a positive dual is tight in every
optimum and is fixed (Kopelowitz 1967). The result is checked by the theorem of Kohlberg (1971, doi:10.1137/0120009).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from bekostiging_solvers.coalition_oracle import CoalitionOracle
from bekostiging_solvers.kohlberg import TOLERANCE, Kohlberg, coalitions, kohlberg
from bekostiging_solvers.levels import Levels
from bekostiging_solvers.linear_program import INFINITY
from bekostiging_solvers.solution import InfeasibleError, Solution
from bekostiging_solvers.typing import BoolArray, FloatArray

LARGEST_TABLE = 20
"""Players beyond which a table of all coalitions is no longer sensible (a million of them)."""
ADDED = 50
"""Violated coalitions added at a time."""


class EmptyImputationsError(ValueError):
    """The players alone pay less than together: nobody can be given a share no larger than its own cost.

    Examples
    --------
    >>> from bekostiging_solvers import nucleolus
    >>> nucleolus([0.0, 1.0, 1.0, 3.0])
    Traceback (most recent call last):
    bekostiging_solvers.games.EmptyImputationsError: the players pay 2 alone and 3 together: there is no imputation; ...
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
        Proof that this is the point; None with an oracle.
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

    Examples
    --------
    >>> (-shapley(from_values([0.0, 1.0, 2.0, 5.0]))).tolist()
    [2.0, 3.0]
    """
    return -np.asarray(values, dtype=np.float64)


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
    sizes = coalitions(n).sum(axis=1).astype(np.int64)
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
    x = np.asarray(allocation, dtype=np.float64)
    if x.shape != (n,):
        raise ValueError(f"the allocation has shape {x.shape}, the game has {n} players")
    if abs(x.sum() - table[-1]) > TOLERANCE * max(1.0, float(np.abs(table).max())):
        raise ValueError(f"the allocation adds up to {x.sum():.12g}, the cost of all together is {table[-1]:.12g}")
    excesses = (coalitions(n) @ x - table)[1:-1]
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
        return _from_oracle(oracle)
    table, n = _table(costs)
    alone = table[1 << np.arange(n)]
    if alone.sum() < table[-1] - TOLERANCE * max(1.0, float(np.abs(table).max())):
        raise EmptyImputationsError(
            f"the players pay {alone.sum():.12g} alone and {table[-1]:.12g} together: there is no imputation; take the "
            "prenucleolus"
        )
    return _from_table(table, n, alone)


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
    return _from_table(table, n, np.full(n, INFINITY))


def _table(costs: ArrayLike | None) -> tuple[FloatArray, int]:
    """The checked table and the number of players."""
    table = np.asarray(costs, dtype=np.float64)
    n = int(table.size).bit_length() - 1
    if table.ndim != 1 or n < 1 or table.size != 1 << n:
        raise ValueError(f"a table of costs has 2^n entries, one per coalition, not shape {table.shape}")
    if n > LARGEST_TABLE:
        raise ValueError(f"{n} players have {table.size} coalitions; use an oracle")
    if not np.isfinite(table).all() or table[0] != 0:
        raise ValueError("costs must be finite, and costs[0], of nobody, must be 0")
    return table, n


def _from_table(table: FloatArray, n: int, upper: FloatArray) -> Nucleolus:
    """Level by level, with the violated coalitions of the whole table added as they are found."""
    scale = max(1.0, float(np.abs(table).max()))
    if n == 1:
        return Nucleolus(table[1:].copy(), np.zeros(0), Kohlberg(True, 0, 0.0), True, float("-inf"))
    members = coalitions(n)[1:-1]
    costs = table[1:-1]
    levels = Levels(n, float(table[-1]), upper)
    for player in range(n):
        levels.add(members[(1 << player) - 1], float(costs[(1 << player) - 1]))
    x, first = np.zeros(n), None
    while levels.rank < n:
        open_ = ~levels.settled(members)
        while True:
            solution = levels.solve() if levels.working else _any_open(levels, members, costs, open_)
            x = solution.x[:n]
            excess = np.where(open_, members @ x - costs, -np.inf)
            violated = np.flatnonzero(excess > solution.x[-1] + TOLERANCE * scale * 1e-2)
            if len(violated) == 0:
                break
            for index in violated[np.argsort(-excess[violated], kind="stable")[:ADDED]]:
                levels.add(members[index], float(costs[index]))
        first = float(solution.x[-1]) if first is None else first
        levels.fix_tight(solution)
    excesses = -np.sort(-(members @ x - costs))
    bound = float(excesses[0]) if first is None else first
    return Nucleolus(x, excesses, kohlberg(table, x, upper), True, bound)


def _any_open(levels: Levels, members: FloatArray, costs: FloatArray, open_: BoolArray) -> Solution:
    """A working set with at least one open coalition."""
    index = int(np.flatnonzero(open_)[0])
    levels.add(members[index], float(costs[index]))
    return levels.solve()


MOST_EXCLUDED = 200
"""Coalitions that follow from the fixed ones and may be passed over on one level before the search stops."""


def _from_oracle(oracle: CoalitionOracle) -> Nucleolus:
    """Level by level with generated coalitions; stops in the least core when passing over fixed ones costs too much."""
    n = oracle.n_players
    everyone = np.ones(n, dtype=np.bool_)
    alone = np.array([oracle.cost(np.eye(n, dtype=np.bool_)[i]) for i in range(n)])
    total = oracle.cost(everyone)
    scale = max(1.0, float(np.abs(alone).max()), abs(total))
    if alone.sum() < total - TOLERANCE * scale:
        raise EmptyImputationsError(f"the players pay {alone.sum():.12g} alone and {total:.12g} together")
    levels = Levels(n, total, alone)
    for i in range(n):
        levels.add(np.eye(n)[i], float(alone[i]))
    seen: dict[bytes, tuple[BoolArray, float]] = {
        np.eye(n, dtype=np.bool_)[i].tobytes(): (np.eye(n, dtype=np.bool_)[i], float(alone[i])) for i in range(n)
    }
    x, bound, complete = np.zeros(n), None, True
    while levels.rank < n and complete:
        excluded: list[BoolArray] = []
        while True:
            if not levels.working:
                complete = _generate(oracle, levels, seen, x, excluded) is not None
                if not complete:
                    break
            solution = levels.solve()
            x = solution.x[:n]
            found = _generate(oracle, levels, seen, x, excluded)
            if found is None:
                complete = False
                break
            if found <= solution.x[-1] + TOLERANCE * scale:
                break
        if not complete:
            break
        bound = float(solution.x[-1]) if bound is None else bound
        levels.fix_tight(solution)
    excesses = -np.sort([-(float(x[members].sum()) - cost) for members, cost in seen.values()])
    return Nucleolus(x, -np.sort(-excesses), None, complete, float("-inf") if bound is None else bound)


def _generate(
    oracle: CoalitionOracle,
    levels: Levels,
    seen: dict[bytes, tuple[BoolArray, float]],
    x: FloatArray,
    excluded: list[BoolArray],
) -> float | None:
    """The largest excess among coalitions that are still open, added to the working set; None when none is found."""
    while len(excluded) < MOST_EXCLUDED:
        try:
            members, excess = oracle.most_unhappy(x, excluded)
        except InfeasibleError:
            return None
        if levels.settled(members.astype(np.float64)[None, :])[0]:
            excluded.append(members)
            continue
        cost = oracle.cost(members)
        seen[members.tobytes()] = (members, cost)
        levels.add(members.astype(np.float64), cost)
        return excess
    return None
