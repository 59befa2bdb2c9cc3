"""The model for all scenarios: compiled once, and the waiting norm that holds over all of them together.

A norm couples the scenarios. What each scenario may have above the threshold is decided in the first stage
(a budget per care form and scenario), so that with it the second stages are apart again and every method of
``solve_recourse`` applies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from bekostiging.capacity.data import CapacityData, CapacityScenarios
from bekostiging.capacity.model import build_capacity
from bekostiging.case.arguments import kinds_checked
from bekostiging_solvers import LinearProgram, RowBuilder, ScenarioTemplate, TwoStageProgram
from bekostiging_solvers.typing import FloatArray

INFINITY = float("inf")


@dataclass(frozen=True)
class CapacityProgram:
    """The model of all scenarios.

    Attributes
    ----------
    data : CapacityData
        What it was compiled for.
    template : ScenarioTemplate
        Gives the program of other scenarios.
    program : TwoStageProgram
        That of the scenarios of ``data``, with the waiting norm where one is asked.
    n_decisions : int
        So many first columns are those of the card (blocks, contracts, thresholds); the others are budgets of the norm.

    Examples
    --------
    >>> from bekostiging.capacity import capacity_program, example_data
    >>> program = capacity_program(example_data())
    >>> program.place("blocks")  # column of every offer and year
    {'0,0': 2, '1,0': 3}
    """

    data: CapacityData
    template: ScenarioTemplate
    program: TwoStageProgram
    n_decisions: int

    def place(self, name: str) -> dict[str, int]:
        """Columns of a first-stage variable of the card, by the text of their index."""
        found = {}
        for column, own in enumerate(self.program.first.column_names[: self.n_decisions]):
            variable, _, index = own.partition("[")
            if variable == name:
                found[index.rstrip("]")] = column
        return found

    def under(self, scenarios: CapacityScenarios, norm_price: FloatArray | None = None) -> TwoStageProgram:
        """The program of the same decisions under other scenarios.

        A client beyond the threshold costs ``norm_price`` (n_normed,) thousand euro in place of the norm; zero when left
        out. The threshold itself is free: give it, or the price buys nothing.
        """
        return self.template.instantiate(scenario_rows(self.data, scenarios, norm_price))


@kinds_checked
def capacity_program(data: CapacityData) -> CapacityProgram:
    """Compile the model once and make the program of all its scenarios, the waiting norm included.

    Parameters
    ----------
    data : CapacityData
        The decision.

    Returns
    -------
    CapacityProgram

    Examples
    --------
    >>> from bekostiging.capacity import capacity_program, example_data
    >>> program = capacity_program(example_data())
    >>> program.place("blocks"), program.program.n_scenarios
    ({'0,0': 2, '1,0': 3}, 2)
    """
    m = build_capacity(data)
    first = [m.open, m.blocks, m.threshold]
    given = [m.regular, m.crisis, m.caseload, m.available, m.lost, m.norm_price]
    template = ScenarioTemplate.from_pyomo(m, scenario_data=given, first_stage=first)
    plain = template.instantiate(scenario_rows(data, data.scenarios))
    program = with_norm(plain, data) if data.normed else plain
    return CapacityProgram(data, template, program, len(plain.first.cost))


def scenario_rows(
    data: CapacityData, scenarios: CapacityScenarios, norm_price: FloatArray | None = None
) -> FloatArray:
    """Scenario data as the template reads them; (n_scenarios, n_data)."""
    n = scenarios.n_scenarios
    price = np.zeros(len(data.normed)) if norm_price is None else norm_price
    parts = [scenarios.regular, scenarios.crisis, scenarios.caseload, scenarios.available, scenarios.lost]
    return np.hstack([*(part.reshape(n, -1) for part in parts), np.tile(price, (n, 1))])


def with_norm(plain: TwoStageProgram, data: CapacityData) -> TwoStageProgram:
    """Add a budget of waiting per care form and scenario to the first stage, and the rows that limit them together."""
    n_x, n, normed = len(plain.first.cost), plain.n_scenarios, data.normed
    rows = {name: i for i, name in enumerate(plain.row_names)}
    columns = {name: i for i, name in enumerate(plain.column_names)}
    norm_rows = [rows[f"norm[{f}]:upper"] for f in normed]
    excess = [columns[f"excess[{f}]"] for f in normed]
    n_budgets = len(normed) * n
    is_chance = data.norm == "chance"
    scenarios = []
    for s, scenario in enumerate(plain.scenarios):
        upper = scenario.upper.copy()
        upper[excess] = 0.0
        own = np.arange(len(normed)) * n + s
        budget = coo_array(
            (-np.ones(len(normed)), (np.array(norm_rows), own)), shape=(scenario.technology.shape[0], n_budgets)
        )
        technology = csr_array(hstack([scenario.technology, budget]))
        scenarios.append(replace(scenario, upper=upper, technology=technology))
    first = _first_with_budgets(plain.first, data, plain.probabilities, n_x, is_chance)
    if is_chance:  # the binaries stand in the first stage only
        wide = csr_array((scenarios[0].technology.shape[0], n_budgets))
        scenarios = [replace(one, technology=csr_array(hstack([one.technology, wide]))) for one in scenarios]
    return replace(plain, first=first, scenarios=tuple(scenarios))


def _first_with_budgets(
    first: LinearProgram, data: CapacityData, probabilities: FloatArray, n_x: int, is_chance: bool
) -> LinearProgram:
    """Thresholds as the kind of norm asks, budgets, and their rows."""
    normed, n = data.normed, len(probabilities)
    n_budgets = len(normed) * n
    n_more = 2 * n_budgets if is_chance else n_budgets
    lower, upper = first.lower.copy(), first.upper.copy()
    threshold = [first.column_names.index(f"threshold[{f}]") for f in normed]
    rows = RowBuilder()
    most = _most_waiting(data)
    for i, f in enumerate(normed):
        allowed, own = float(data.allowed[f]), n_x + i * n + np.arange(n)
        fixed = {"expected": 0.0, "chance": allowed}.get(data.norm)
        if fixed is not None:
            lower[threshold[i]] = upper[threshold[i]] = fixed
        slope = np.zeros(n_x + n_more)
        if is_chance:
            slope[own + n_budgets] = probabilities
            rows.add_dense(f"waiting_norm[{f}]", slope, upper=1 - data.confidence + 1e-9)
            for s in range(n):
                entries = {int(own[s]): 1.0, int(own[s] + n_budgets): -float(most[i, s])}
                rows.add(f"late_scenario[{f},{s}]", entries, upper=0.0)
            continue
        slope[threshold[i]] = 1.0
        slope[own] = probabilities if data.norm == "expected" else probabilities / (1 - data.confidence)
        rows.add_dense(f"waiting_norm[{f}]", slope, upper=allowed)
    whole = np.zeros(n_x, dtype=np.bool_) if first.integer is None else first.integer
    more = tuple(f"budget[{f},{s}]" for f in normed for s in range(n))
    if is_chance:
        more += tuple(f"is_late[{f},{s}]" for f in normed for s in range(n))
    binary = np.zeros(n_more, dtype=np.bool_)
    binary[n_budgets:] = True
    top = np.full(n_more, INFINITY)
    top[n_budgets:] = 1.0
    return LinearProgram(
        np.concatenate([first.cost, np.zeros(n_more)]),
        np.concatenate([lower, np.zeros(n_more)]),
        np.concatenate([upper, top]),
        csr_array(
            vstack([hstack([first.matrix, csr_array((first.matrix.shape[0], n_more))]), rows.matrix(n_x + n_more)])
        ),
        np.concatenate([first.row_lower, rows.lower]),
        np.concatenate([first.row_upper, rows.upper]),
        (*first.column_names, *more),
        (*first.row_names, *rows.names),
        np.concatenate([whole, binary]) if whole.any() or is_chance else None,
    )


def _most_waiting(data: CapacityData) -> FloatArray:
    """More than can wait beyond the norm: everybody who asked, all the time; (n_normed, n_scenarios)."""
    asked = data.scenarios.regular[:, :, list(data.normed)].sum(axis=3).cumsum(axis=1)
    waits = data.waiting[list(data.normed)].sum(axis=1)
    return np.asarray((asked + waits).mean(axis=1).T)
