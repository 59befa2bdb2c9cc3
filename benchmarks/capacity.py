"""Reserve capacity before demand is known: 20 providers x 6 care forms x 10 areas, periods linked by who waits.

One Pyomo model serves all: with data as placeholder variables it is the template, with numbers it is a scenario of
mpi-sppy or a block. A subject returns its objective and the seconds of building.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import pyomo.environ as pyo

from bekostiging_solvers import ScenarioTemplate, TwoStageProgram, solve_recourse
from bekostiging_solvers.typing import FloatArray

Built = tuple[list[float], float]
THREADS = 2


@dataclass(frozen=True)
class Capacity:
    """Costs in euro per place and per client; ``demand`` (n, periods, care, area), ``available`` (n, periods,
    provider): the share of its places a provider can staff."""

    fixed: FloatArray
    most: FloatArray
    travel: FloatArray
    use: FloatArray
    wait: FloatArray
    demand: FloatArray
    available: FloatArray

    @classmethod
    def draw(cls, n_scenarios: int, periods: int = 1, size: tuple[int, int, int] = (20, 6, 10)) -> Capacity:
        """Places, distances and prices at random, demand gamma with common factors; seeded."""
        provider, care, area = size
        rng = np.random.default_rng(1)
        distance = np.linalg.norm(rng.random((provider, 1, 2)) - rng.random((1, area, 2)), axis=2)
        common = rng.gamma(16, 1 / 16, (n_scenarios, 1, 1, 1)) * rng.gamma(25, 1 / 25, (n_scenarios, 1, care, 1))
        own = rng.gamma(9, 1 / 9, (n_scenarios, periods, care, area))
        return cls(
            fixed=rng.uniform(40, 80, (provider, care)) * periods,
            most=rng.uniform(5, 30, (provider, care)),
            travel=30 * distance,
            use=rng.uniform(10, 30, care),
            wait=rng.uniform(150, 300, care),
            demand=rng.uniform(3, 15, (care, area)) * common * own,
            available=rng.beta(18, 2, (n_scenarios, periods, provider)),
        )

    @property
    def n_scenarios(self) -> int:
        """Number of scenarios."""
        return len(self.demand)

    def model(self, scenario: int | None, capacity: Any = None) -> Any:
        """The model of one scenario, or (None) with its data as placeholder variables.

        ``capacity``: first-stage variables of another model to share; own ones when left out.
        """
        _, periods, care, area = self.demand.shape
        m = pyo.ConcreteModel() if capacity is None else pyo.Block(concrete=True)
        m.periods, m.care, m.area = range(periods), range(care), range(area)
        m.provider = range(self.available.shape[2])
        if scenario is None:
            m.demand = pyo.Var(m.periods, m.care, m.area)
            m.available = pyo.Var(m.periods, m.provider)
            demand, available = m.demand, m.available
        else:
            demand = dict(np.ndenumerate(self.demand[scenario].astype(object)))
            available = dict(np.ndenumerate(self.available[scenario].astype(object)))
        if capacity is None:
            m.capacity = pyo.Var(m.provider, m.care, bounds=lambda m, p, c: (0, float(self.most[p, c])))
            capacity = m.capacity
        self._rows(m, capacity, demand, available)
        return m

    def _rows(self, m: Any, capacity: Any, demand: Mapping[Any, Any], available: Mapping[Any, Any]) -> None:
        """Serve or wait; within what is staffed; what it costs."""
        m.served = pyo.Var(m.periods, m.provider, m.care, m.area, bounds=(0, None))
        m.waiting = pyo.Var(m.periods, m.care, m.area, bounds=(0, None))
        m.meet = pyo.Constraint(
            m.periods,
            m.care,
            m.area,
            rule=lambda m, t, c, a: (
                sum(m.served[t, p, c, a] for p in m.provider) + m.waiting[t, c, a]
                >= demand[t, c, a] + (m.waiting[t - 1, c, a] if t else 0.0)
            ),
        )
        m.within = pyo.Constraint(
            m.periods,
            m.provider,
            m.care,
            rule=lambda m, t, p, c: sum(m.served[t, p, c, a] for a in m.area) <= available[t, p] * capacity[p, c],
        )
        m.first_cost = pyo.Expression(
            expr=pyo.quicksum(float(self.fixed[p, c]) * capacity[p, c] for p in m.provider for c in m.care)
        )
        m.second_cost = pyo.Expression(
            expr=pyo.quicksum(
                float(self.use[c] + self.travel[p, a]) * m.served[t, p, c, a] for t, p, c, a in m.served
            )
            + pyo.quicksum(float(self.wait[c]) * m.waiting[t, c, a] for t, c, a in m.waiting)
        )

    def program(self) -> TwoStageProgram:
        """All scenarios through the template."""
        model = self.model(None)
        model.cost = pyo.Objective(expr=model.first_cost + model.second_cost)
        template = ScenarioTemplate.from_pyomo(model, [model.demand, model.available], [model.capacity])
        data = [array.reshape(self.n_scenarios, -1) for array in (self.demand, self.available)]
        return template.instantiate(np.hstack(data))


def capacity_template(data: Capacity) -> Built:
    """Ours: template, then the method ``auto`` chooses, on two threads."""
    begin = perf_counter()
    program = data.program()
    built = perf_counter() - begin
    with ThreadPoolExecutor(THREADS) as executor:
        return [solve_recourse(program, executor=executor).objective], built


def capacity_extensive(data: Capacity) -> Built:
    """Ours: template, then the extensive form."""
    begin = perf_counter()
    program = data.program()
    built = perf_counter() - begin
    return [solve_recourse(program, method="extensive").objective], built


def capacity_lshaped(data: Capacity) -> Built:
    """Ours: template, then the L-shaped method on one thread."""
    begin = perf_counter()
    program = data.program()
    built = perf_counter() - begin
    return [solve_recourse(program, method="l-shaped").objective], built


def capacity_mpisppy(data: Capacity) -> Built:
    """The extensive form of mpi-sppy, solved by HiGHS (appsi)."""
    from mpisppy.opt.ef import ExtensiveForm
    from mpisppy.utils import sputils

    def creator(name: str, **_: Any) -> Any:
        """One scenario with its root node."""
        model = data.model(int(name[4:]))
        model.cost = pyo.Objective(expr=model.first_cost + model.second_cost)
        sputils.attach_root_node(model, model.first_cost, [model.capacity])
        model._mpisppy_probability = 1 / data.n_scenarios
        return model

    begin = perf_counter()
    form = ExtensiveForm({"solver": "appsi_highs"}, [f"scen{s}" for s in range(data.n_scenarios)], creator)
    built = perf_counter() - begin
    form.solve_extensive_form()
    return [float(form.get_objective_value())], built


def capacity_blocks(data: Capacity) -> Built:
    """A Pyomo block per scenario, solved by HiGHS (appsi)."""
    from pyomo.contrib.appsi.solvers.highs import Highs

    begin = perf_counter()
    m = pyo.ConcreteModel()
    _, _, care, _ = data.demand.shape
    m.capacity = pyo.Var(
        range(data.available.shape[2]), range(care), bounds=lambda m, p, c: (0, float(data.most[p, c]))
    )
    m.scenario = pyo.Block(range(data.n_scenarios))
    for s in range(data.n_scenarios):
        m.scenario[s].transfer_attributes_from(data.model(s, m.capacity))
    m.cost = pyo.Objective(
        expr=m.scenario[0].first_cost
        + pyo.quicksum(m.scenario[s].second_cost for s in range(data.n_scenarios)) / data.n_scenarios
    )
    built = perf_counter() - begin
    Highs().solve(m)
    return [float(pyo.value(m.cost))], built
