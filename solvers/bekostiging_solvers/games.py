"""Cost games: Shapley value, core, nucleolus and prenucleolus with a certificate.

``costs[mask]`` is the cost of a coalition, bit i of the mask is player i, ``costs[0] = 0``; a game of values is passed
as costs = -values (``from_values``). The excess of a coalition at x is x(S) - costs[S]: what it would save alone.
The prenucleolus makes the sorted excesses lexicographically least over all x that share out costs[N], the nucleolus
(Schmeidler 1969, doi:10.1137/0117107) over imputations, where nobody pays more than alone.

One linear program per level with coalitions generated when violated; a coalition with a positive dual is tight in every
optimum and is fixed (Kopelowitz 1967). The result is checked by the theorem of Kohlberg (1971, doi:10.1137/0120009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import factorial
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from bekostiging_solvers.highs import InfeasibleError, Solution, solve_highs
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.risk import cvar
from bekostiging_solvers.typing import BoolArray, FloatArray

TOLERANCE = 1e-7
"""Relative to the largest cost: excesses closer than this are one level."""
POSITIVE = 1e-7
"""Dual above which a coalition counts as tight in every optimum."""
LARGEST_TABLE = 20
"""Players beyond which a table of all coalitions is no longer sensible (a million of them)."""
SETTLED = 1e-12
"""Squared distance to the fixed coalitions below which an indicator lies in their span."""
ADDED = 50
"""Violated coalitions added at a time."""


class EmptyImputationsError(ValueError):
    """The players alone pay less than together: nobody can be given a share no larger than its own cost."""


@dataclass(frozen=True)
class Kohlberg:
    """``slack``: how far a direction could still lower a level without raising one above it; 0 proves the point.

    ``levels`` checked until nothing can move; ``holds`` up to rounding.
    """

    holds: bool
    levels: int
    slack: float


@dataclass(frozen=True)
class Nucleolus:
    """``allocation`` (n_players,); ``excesses`` of all proper coalitions, largest first (of those generated, with an
    oracle); ``certificate`` of Kohlberg (None with an oracle); ``complete``: whether every level was settled, else the
    point is in the least core, whose value is ``excesses[0]`` with lower bound ``bound``.
    """

    allocation: FloatArray
    excesses: FloatArray
    certificate: Kohlberg | None
    complete: bool
    bound: float


@dataclass(frozen=True)
class CoreViolation:
    """The most unhappy coalition: its players, and what it would save alone (negative: everybody is content)."""

    excess: float
    coalition: tuple[int, ...]


class CoalitionOracle(Protocol):
    """Costs of coalitions too many to list."""

    n_players: int

    def cost(self, members: BoolArray) -> float:
        """Cost of a coalition (n_players,)."""

    def most_unhappy(self, allocation: FloatArray, excluded: Sequence[BoolArray]) -> tuple[BoolArray, float]:
        """A proper coalition with the largest excess, ``excluded`` ones left out, and that excess."""


def from_values(values: ArrayLike) -> FloatArray:
    """Costs of a game of values."""
    return -np.asarray(values, dtype=np.float64)


def shapley(costs: ArrayLike) -> FloatArray:
    """Mean marginal cost over all orders of arrival; (n_players,). Shapley (1953)."""
    table, n = _table(costs)
    masks = np.arange(len(table))
    sizes = _members(n).sum(axis=1).astype(np.int64)
    weight = np.array([factorial(size) * factorial(n - 1 - size) / factorial(n) for size in range(n)])
    shares = np.empty(n)
    for player in range(n):
        without = masks[(masks >> player) & 1 == 0]
        shares[player] = weight[sizes[without]] @ (table[without | (1 << player)] - table[without])
    return shares


def core_violation(costs: ArrayLike, allocation: ArrayLike) -> CoreViolation:
    """Which proper coalition is most unhappy with an allocation (n_players,) that shares out costs[N].

    Raises
    ------
    ValueError
        An allocation that does not add up to costs[N].
    """
    table, n = _table(costs)
    x = np.asarray(allocation, dtype=np.float64)
    if x.shape != (n,):
        raise ValueError(f"the allocation has shape {x.shape}, the game has {n} players")
    if abs(x.sum() - table[-1]) > TOLERANCE * max(1.0, float(np.abs(table).max())):
        raise ValueError(f"the allocation adds up to {x.sum():.12g}, the cost of all together is {table[-1]:.12g}")
    excesses = (_members(n) @ x - table)[1:-1]
    worst = int(np.argmax(excesses)) + 1
    return CoreViolation(float(excesses[worst - 1]), tuple(i for i in range(n) if worst >> i & 1))


def nucleolus(costs: ArrayLike | None = None, *, oracle: CoalitionOracle | None = None) -> Nucleolus:
    """The nucleolus over imputations, from the table of all costs or from an oracle.

    Raises
    ------
    EmptyImputationsError
        The costs of the players alone add up to less than costs[N].
    ValueError
        A table that is none, or neither (or both) of table and oracle.
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
    """The prenucleolus: as the nucleolus, without the condition that nobody pays more than alone."""
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


def _members(n: int) -> FloatArray:
    """Indicator of every coalition; (2^n, n)."""
    return ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.float64)


class _Levels:
    """The lexicographic programs: fixed coalitions, and a working set of the others."""

    def __init__(self, n: int, total: float, upper: FloatArray) -> None:
        self.n, self.total, self.upper = n, total, upper
        self.fixed: list[FloatArray] = [np.ones(n)]
        self.fixed_sum: list[float] = [total]
        self.working: list[FloatArray] = []
        self.working_cost: list[float] = []

    @property
    def rank(self) -> int:
        """Dimensions of x that are settled."""
        return int(np.linalg.matrix_rank(np.array(self.fixed)))

    def settled(self, members: FloatArray) -> BoolArray:
        """Whether the sums over coalitions (k, n) follow from the fixed ones."""
        basis = _orthonormal(np.array(self.fixed))
        left = members - (members @ basis) @ basis.T
        return np.asarray((left**2).sum(axis=1) < SETTLED)

    def add(self, members: FloatArray, cost: float) -> None:
        """Add a coalition to the working set."""
        self.working.append(members)
        self.working_cost.append(cost)

    def solve(self) -> Solution:
        """min t with x(S) - t <= cost of the working set, fixed sums, and what each may pay at most.

        Solved in units of the largest cost, rounded to a power of two so that nothing is lost: HiGHS keeps to an absolute
        tolerance, which tens of millions of euros do not meet.
        """
        largest = np.abs([1.0, *self.fixed_sum, *self.working_cost]).max()
        unit = 2.0 ** np.ceil(np.log2(largest))
        rows = np.array([*self.fixed, *self.working]).reshape(-1, self.n)
        on_level = np.concatenate([np.zeros(len(self.fixed)), -np.ones(len(self.working))])
        low = np.concatenate([self.fixed_sum, np.full(len(self.working), -INFINITY)])
        high = np.concatenate([self.fixed_sum, self.working_cost])
        scaled = solve_highs(
            LinearProgram(
                np.append(np.zeros(self.n), 1.0),
                np.full(self.n + 1, -INFINITY),
                np.append(self.upper / unit, INFINITY),
                csr_array(np.column_stack([rows, on_level])),
                low / unit,
                high / unit,
                tuple(f"x{i}" for i in range(self.n + 1)),
                tuple(f"S{i}" for i in range(len(rows))),
            )
        )
        return replace(scaled, x=scaled.x * unit, objective=scaled.objective * unit, bound=scaled.bound * unit)

    def fix_tight(self, solution: Solution) -> None:
        """Fix the coalitions with a positive dual at this level, and drop what follows from them."""
        duals = -solution.duals[len(self.fixed) :]
        tight = np.flatnonzero(duals > POSITIVE)
        for index in tight:
            members = self.working[index]
            if not self.settled(members[None, :])[0]:
                self.fixed.append(members)
                self.fixed_sum.append(self.working_cost[index] + float(solution.x[-1]))
        keep = np.flatnonzero(~self.settled(np.array(self.working)))
        self.working = [self.working[i] for i in keep]
        self.working_cost = [self.working_cost[i] for i in keep]


def _orthonormal(rows: FloatArray) -> FloatArray:
    """Orthonormal basis of the row space; (n, rank)."""
    _, singular, right = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(right[singular > 1e-9 * singular[0]].T)


def _from_table(table: FloatArray, n: int, upper: FloatArray) -> Nucleolus:
    """Level by level, with the violated coalitions of the whole table added as they are found."""
    scale = max(1.0, float(np.abs(table).max()))
    if n == 1:
        return Nucleolus(table[1:].copy(), np.zeros(0), Kohlberg(True, 0, 0.0), True, float("-inf"))
    members = _members(n)[1:-1]
    costs = table[1:-1]
    levels = _Levels(n, float(table[-1]), upper)
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


def _any_open(levels: _Levels, members: FloatArray, costs: FloatArray, open_: BoolArray) -> Solution:
    """A working set with at least one open coalition."""
    index = int(np.flatnonzero(open_)[0])
    levels.add(members[index], float(costs[index]))
    return levels.solve()


def kohlberg(table: FloatArray, allocation: FloatArray, upper: FloatArray) -> Kohlberg:
    """Check a point by Kohlberg's theorem.

    For every level, coalitions at least that unhappy: no direction y with y(N) = 0 and y(S) <= 0 for all of them may
    have y(S) < 0 for one (nor raise a player who already pays as much as alone).
    """
    n = len(allocation)
    scale = max(1.0, float(np.abs(table).max()))
    members = _members(n)[1:-1]
    excess = members @ allocation - table[1:-1]
    order = np.argsort(-excess, kind="stable")
    capped = allocation > upper - TOLERANCE * scale
    slack, checked, place = 0.0, 0, 0
    while place < len(order):
        level = excess[order[place]]
        while place < len(order) and excess[order[place]] >= level - TOLERANCE * scale:
            place += 1
        unhappy = members[order[:place]]
        checked += 1
        slack = max(slack, _freedom(unhappy, capped))
        if np.linalg.matrix_rank(np.vstack([unhappy, np.ones(n)])) == n:
            break
    return Kohlberg(slack <= 1e-6, checked, slack)


def _freedom(unhappy: FloatArray, capped: BoolArray) -> float:
    """max of - sum y(S) with y(S) <= 0, y(N) = 0, |y| <= 1 and y <= 0 for the capped."""
    n = unhappy.shape[1]
    rows = np.vstack([unhappy, np.ones(n)])
    program = LinearProgram(
        unhappy.sum(axis=0),
        np.full(n, -1.0),
        np.where(capped, 0.0, 1.0),
        csr_array(rows),
        np.append(np.full(len(unhappy), -INFINITY), 0.0),
        np.zeros(len(rows)),
        tuple(f"y{i}" for i in range(n)),
        tuple(f"S{i}" for i in range(len(rows))),
    )
    return max(0.0, -solve_highs(program).objective)


class CVaRCoalitionOracle:
    """c(S) = CVaR of the sum of its members' losses; ``losses`` (n_scenarios, n_players), equally likely.

    The most unhappy coalition is a small integer program: min CVaR(losses z) - x z over z in {0, 1}^n.
    """

    def __init__(self, losses: ArrayLike, confidence: float) -> None:
        self.losses = np.asarray(losses, dtype=np.float64)
        if self.losses.ndim != 2:
            raise ValueError(f"losses have a column per player, not shape {self.losses.shape}")
        self.confidence = confidence
        self.n_players = int(self.losses.shape[1])

    def cost(self, members: BoolArray) -> float:
        """CVaR of the coalition."""
        return float(cvar(self.losses[:, members].sum(axis=1), self.confidence)) if members.any() else 0.0

    def most_unhappy(self, allocation: FloatArray, excluded: Sequence[BoolArray]) -> tuple[BoolArray, float]:
        """Columns z (binary), threshold v, excess u_s >= losses_s z - v; excluded coalitions by one row each."""
        n_scenarios, n = self.losses.shape
        tail = np.full(n_scenarios, 1 / (n_scenarios * (1 - self.confidence)))
        over = np.hstack([self.losses, -np.ones((n_scenarios, 1)), -np.eye(n_scenarios)])
        size = np.concatenate([np.ones(n), np.zeros(1 + n_scenarios)])
        cuts, limits = [size], [(1.0, n - 1.0)]
        for members in excluded:
            sign = np.where(members, 1.0, -1.0)
            cuts.append(np.concatenate([sign, np.zeros(1 + n_scenarios)]))
            limits.append((-INFINITY, float(members.sum()) - 1.0))
        rows = np.vstack([over, *cuts])
        program = LinearProgram(
            np.concatenate([-allocation, [1.0], tail]),
            np.concatenate([np.zeros(n), [-INFINITY], np.zeros(n_scenarios)]),
            np.concatenate([np.ones(n), np.full(1 + n_scenarios, INFINITY)]),
            csr_array(rows),
            np.concatenate([np.full(n_scenarios, -INFINITY), [low for low, _ in limits]]),
            np.concatenate([np.zeros(n_scenarios), [high for _, high in limits]]),
            tuple(f"z{i}" for i in range(rows.shape[1])),
            tuple(f"row{i}" for i in range(len(rows))),
            np.concatenate([np.ones(n, dtype=np.bool_), np.zeros(1 + n_scenarios, dtype=np.bool_)]),
        )
        members = solve_highs(program, gap=1e-9).x[:n] > 0.5
        return members, float(allocation[members].sum()) - self.cost(members)


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
    levels = _Levels(n, total, alone)
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
    levels: _Levels,
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
