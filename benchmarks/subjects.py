"""What is timed: the same problem built and solved by us and by peers, each from the same arrays.

A subject takes its data, made before the clock starts, and returns numbers to compare: an objective, or excesses.
Peers are imported inside, because they are optional (dependency group ``peers``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from bekostiging_solvers import (
    CVaRTerm,
    LinearLoss,
    LinearProgram,
    TailProgram,
    from_values,
    nucleolus,
    solve_highs,
)
from bekostiging_solvers.typing import FloatArray

Subject = Callable[["Positions"], list[float]] | Callable[[FloatArray], list[float]]
CONFIDENCE = 0.95
N_POSITIONS = 40
BLOCK = 10_000
FLOOR = 0.6
"""Mean return asked, percent: binding, so that the optimum is no corner of the budget."""


@dataclass(frozen=True)
class Positions:
    """Losses in percent (n_scenarios, 40), and mean returns (40,)."""

    losses: FloatArray
    mean: FloatArray

    @classmethod
    def draw(cls, n_scenarios: int) -> Positions:
        """Six heavy-tailed factors and noise of their own; seeded, and in blocks, so that nothing else stays."""
        rng = np.random.default_rng(1)
        loadings, mean = rng.normal(size=(N_POSITIONS, 6)), rng.uniform(0.0, 1.0, N_POSITIONS)
        deviation = rng.uniform(1.0, 3.0, N_POSITIONS)
        losses = np.empty((n_scenarios, N_POSITIONS))
        for begin in range(0, n_scenarios, BLOCK):
            own = losses[begin : begin + BLOCK]
            rng.standard_normal(out=own)
            own *= -deviation
            own -= mean + rng.standard_t(5, size=(len(own), 6)) @ loadings.T
        return cls(losses, mean)

    def program(self) -> LinearProgram:
        """Budget of one, mean return of at least the floor, no short positions."""
        k = N_POSITIONS
        return LinearProgram(
            np.zeros(k), np.zeros(k), np.ones(k), csr_array(np.vstack([np.ones(k), self.mean])),
            np.array([1.0, FLOOR]), np.array([1.0, np.inf]), tuple(f"x{i}" for i in range(k)), ("budget", "return"),
        )  # fmt: skip


def cvar_tail_program(data: Positions) -> list[float]:
    """Ours: bands of scenarios on the matrix itself."""
    term = CVaRTerm("tail", LinearLoss(data.losses), CONFIDENCE, 1.0)
    start = np.full(N_POSITIONS, 1 / N_POSITIONS)
    return [TailProgram(data.program(), [term], []).solve(start).objective]


def cvar_highspy_arrays(data: Positions) -> list[float]:
    """The program written out, handed to HiGHS as arrays."""
    n, k = data.losses.shape
    own = data.program()
    rows = hstack([csr_array(data.losses), csr_array(-np.ones((n, 1))), -eye_array(n)])
    wide = hstack([own.matrix, csr_array((2, 1 + n))])
    whole = LinearProgram(
        np.concatenate([np.zeros(k), [1.0], np.full(n, 1 / (n * (1 - CONFIDENCE)))]),
        np.concatenate([np.zeros(k), [-np.inf], np.zeros(n)]),
        np.concatenate([np.ones(k), np.full(1 + n, np.inf)]),
        csr_array(vstack([wide, rows])),
        np.concatenate([own.row_lower, np.full(n, -np.inf)]),
        np.concatenate([own.row_upper, np.zeros(n)]),
        tuple(map(str, range(k + 1 + n))),
        tuple(map(str, range(2 + n))),
    )
    return [solve_highs(whole).objective]


def cvar_cvxpy(data: Positions) -> list[float]:
    """cvxpy with HiGHS."""
    import cvxpy as cp

    n = len(data.losses)
    x, v = cp.Variable(N_POSITIONS, nonneg=True), cp.Variable()
    objective = v + cp.sum(cp.pos(data.losses @ x - v)) / (n * (1 - CONFIDENCE))
    problem = cp.Problem(cp.Minimize(objective), [cp.sum(x) == 1, data.mean @ x >= FLOOR])
    return [float(problem.solve(solver=cp.HIGHS))]


def cvar_linopy(data: Positions) -> list[float]:
    """linopy with HiGHS."""
    import linopy
    import pandas as pd
    import xarray as xr

    n = len(data.losses)
    model = linopy.Model()
    positions, scenarios = pd.RangeIndex(N_POSITIONS, name="position"), pd.RangeIndex(n, name="scenario")
    x = model.add_variables(lower=0, upper=1, coords=[positions], name="x")
    v = model.add_variables(name="v")
    excess = model.add_variables(lower=0, coords=[scenarios], name="excess")
    losses = xr.DataArray(data.losses, coords=[scenarios, positions])
    mean = xr.DataArray(data.mean, coords=[positions])
    model.add_constraints(x.sum() == 1, name="budget")
    model.add_constraints((mean * x).sum() >= FLOOR, name="return")
    model.add_constraints(excess - (losses * x).sum("position") + v >= 0, name="tail")
    model.add_objective(v + excess.sum() / (n * (1 - CONFIDENCE)))
    model.solve(solver_name="highs", io_api="direct", output_flag=False)
    return [float(model.objective.value)]


def cvar_pyomo(data: Positions) -> list[float]:
    """Pyomo with HiGHS (appsi)."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers.highs import Highs

    n = len(data.losses)
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(N_POSITIONS), bounds=(0, 1))
    m.v = pyo.Var()
    m.excess = pyo.Var(range(n), within=pyo.NonNegativeReals)
    m.budget = pyo.Constraint(expr=pyo.quicksum(m.x.values()) == 1)
    m.floor = pyo.Constraint(expr=pyo.quicksum(data.mean[i] * m.x[i] for i in range(N_POSITIONS)) >= FLOOR)

    def tail(m: pyo.ConcreteModel, s: int) -> object:
        row = data.losses[s]
        return m.excess[s] - pyo.quicksum(float(row[i]) * m.x[i] for i in range(N_POSITIONS)) + m.v >= 0

    m.tail = pyo.Constraint(range(n), rule=tail)
    m.cost = pyo.Objective(expr=m.v + pyo.quicksum(m.excess.values()) / (n * (1 - CONFIDENCE)))
    Highs().solve(m)
    return [float(pyo.value(m.cost))]


def game_values(n_players: int) -> FloatArray:
    """A game of values without structure: concave in size, with noise; seeded."""
    rng = np.random.default_rng(n_players)
    members = (np.arange(1 << n_players)[:, None] >> np.arange(n_players)) & 1
    values = (members @ rng.uniform(1, 10, n_players)) ** 1.3 * (1 + 0.1 * rng.random(1 << n_players))
    values[0] = 0.0
    values[1 << np.arange(n_players)] *= 0.5
    return np.asarray(values)


def _excesses(values: FloatArray, shares: FloatArray) -> list[float]:
    """Sorted excesses v(S) - x(S), largest first."""
    n = len(shares)
    members = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    return np.sort((values - members @ shares)[1:-1])[::-1].tolist()


def nucleolus_ours(values: FloatArray) -> list[float]:
    """Ours, certificate included."""
    return _excesses(values, -nucleolus(from_values(values)).allocation)


def nucleolus_coopgame(values: FloatArray) -> list[float]:
    """coopgame-py (Rust), constraint generation."""
    import coopgame

    found = coopgame.nucleolus(coopgame.Game(values[1:].tolist()))
    return _excesses(values, np.array(found["allocation"]))
