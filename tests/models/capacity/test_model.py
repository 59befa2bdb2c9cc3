"""The capacity model and its card: the same names, the same text, the same arrays as Pyomo writes itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from textwrap import fill

import numpy as np
import pyomo.environ as pyo
import pytest
from capacity_instances import care, everything, plan_of, scenarios, supply
from highspy import Highs
from hypothesis import given, settings
from hypothesis import strategies as st
from pyomo.contrib.appsi.solvers.highs import Highs as PyomoHighs

import bekostiging.capacity.model as card
from bekostiging.capacity import build_capacity, capacity_program
from bekostiging.capacity.program import scenario_rows
from bekostiging.units import WEEKS_PER_QUARTER
from bekostiging_solvers import LinearProgram
from bekostiging_solvers.risk import Expectation
from bekostiging_solvers.two_stage import extensive_form

GOLDEN = Path(__file__).parent / "two_scenarios.lp"
PLACEHOLDERS = {"regular", "crisis", "caseload", "available", "lost", "norm_price"}


def test_names_of_card_and_components_are_the_same() -> None:
    """A norm over all scenarios is no row of one scenario: the program adds it, by the name on the card."""
    data = everything(0)
    m = build_capacity(data)
    text = str(card.__doc__)
    constraints = text.split("Constraints, first stage")[1].split("\n\nSource")[0]
    openings = re.findall(r"^    ((?:[a-z_]+(?:\[[a-z,]+\])?(?:, )?)+)", constraints, re.M)
    named = {name for one in openings for name in re.findall(r"([a-z_]+)(?=\[|, )", one)}
    assert {one.local_name for one in m.component_objects(pyo.Constraint)} | {"waiting_norm"} == named
    variables = set(re.findall(r"([a-z_]+)\[", text.split("Variables, first stage")[1].split("\n\nObjective")[0]))
    assert {one.local_name for one in m.component_objects(pyo.Var)} == variables | PLACEHOLDERS
    assert [one.local_name for one in m.component_objects(pyo.Objective)] == ["total_cost"]
    assert "total_cost:" in text
    assert "waiting_norm[0]" in capacity_program(data).program.first.row_names


def test_every_symbol_of_the_card_names_its_attribute() -> None:
    """A parameter has its attribute; what the formulation reads is on the card."""
    data = everything(0)
    parameters = str(card.__doc__).split("Parameters")[1].split("\n\nVariables")[0]
    named = re.findall(r"(?:  |, )(supply|scenarios|)\.([a-z_]+)", parameters)
    for owner, name in named:
        assert hasattr(getattr(data, owner) if owner else data, name), (owner, name)
    sets = {"care_forms", "areas", "years", "supply", "scenarios"}
    assert {one.name for one in fields(data)} - sets - {"norm"} <= {name for owner, name in named if not owner}


def test_every_component_of_the_card_has_a_row_in_the_golden_instance() -> None:
    """So that the golden file shows all of it, but for the ramp down that needs a second year."""
    for years, missing in ((1, {"ramp_down"}), (2, set())):
        m = build_capacity(everything(0, n_years=years, n_areas=1), 0)
        empty = {
            one.local_name for one in m.component_objects((pyo.Constraint, pyo.Var)) if len(list(one.keys())) == 0
        }
        assert empty == missing


def _lp(program: LinearProgram) -> Iterator[str]:
    """An LP file, a row with all its terms in one paragraph."""

    def name(text: str) -> str:
        return text.translate(str.maketrans("[],:", "()__"))

    def number(value: float) -> str:
        return f"{value + 0.0:+.6g}"

    def terms(columns: np.ndarray, values: np.ndarray) -> str:
        return " ".join(
            f"{number(v)} {name(program.column_names[j])}" for j, v in zip(columns, values, strict=True)
        )

    costs = np.flatnonzero(program.cost)
    yield "minimize"
    yield f"total_cost: {terms(costs, program.cost[costs])}"
    yield "subject to"
    rows = program.matrix.tocsr()
    rows.sort_indices()
    for i, row in enumerate(program.row_names):
        part = slice(rows.indptr[i], rows.indptr[i + 1])
        low, high = program.row_lower[i], program.row_upper[i]
        sign, right = ("=", low) if low == high else ("<=", high) if np.isfinite(high) else (">=", low)
        yield f"{name(row)}: {terms(rows.indices[part], rows.data[part])} {sign} {number(right)}"
    yield "bounds"
    for column, low, high in zip(program.column_names, program.lower, program.upper, strict=True):
        if low != 0 or np.isfinite(high):
            yield f"{number(low)} <= {name(column)} <= {number(high) if np.isfinite(high) else '+inf'}"
    assert program.integer is not None
    yield "general"
    yield " ".join(name(program.column_names[j]) for j in np.flatnonzero(program.integer))
    yield "end"


def test_golden_lp_file(tmp_path: Path) -> None:
    """Two scenarios and their norm as text: a change of the formulation shows as a difference to be read.

    The file is our own output, read by hand against the card; it guards against unmeant change. HiGHS reads it and
    finds the cost that the program has.
    """
    program = capacity_program(everything(0, n_areas=1, allowed=[0.1, np.inf])).program
    lines = _lp(extensive_form(program, Expectation()))
    text = "\n".join(fill(line, 118, subsequent_indent="   ", break_on_hyphens=False) for line in lines) + "\n"
    (tmp_path / "written.lp").write_text(text)
    highs = Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)  # all of one process or none: the scheduler of HiGHS is global
    highs.readModel(str(tmp_path / "written.lp"))
    highs.run()
    expected = plan_of(everything(0, n_areas=1), program).total
    assert highs.getInfo().objective_function_value == pytest.approx(expected, rel=1e-4)
    assert text == GOLDEN.read_text()


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_template_is_the_model(seed: int) -> None:
    """Every coefficient of every scenario as Pyomo itself writes it."""
    data = everything(seed, n_scenarios=3)
    made = capacity_program(data)
    made.template.check(scenario_rows(data, data.scenarios, np.array([3.0])))


@pytest.mark.parametrize("seed", range(2))
def test_one_scenario_solved_by_pyomo_itself(seed: int) -> None:
    """The model with its numbers, handed to HiGHS by Pyomo, costs what the compiled program costs."""
    data = everything(seed, n_scenarios=1, allowed=np.inf)
    m = build_capacity(data, 0)
    solver = PyomoHighs()
    solver.highs_options = {"threads": 1, "mip_rel_gap": 1e-9}
    solver.solve(m)
    made = capacity_program(data)
    assert pyo.value(m.total_cost) == pytest.approx(plan_of(data, made.program).total, rel=1e-6)


def test_places_of_columns() -> None:
    """``place`` finds the decisions of the card and not the budgets of the norm."""
    made = capacity_program(everything(0))
    assert set(made.place("open")) == {"0,1", "1,1", "2,1", "2,2"}
    assert set(made.place("blocks")) == {f"{k},0" for k in range(5)}
    assert set(made.place("threshold")) == {"0"}
    assert made.place("budget") == {}
    assert made.program.first.column_names[made.place("blocks")["3,0"]] == "blocks[3,0]"


def _fifo(
    regular: np.ndarray, waiting: np.ndarray, list_today: float, waited: float, norm_weeks: float
) -> np.ndarray:
    """Who waits beyond the norm at the end of every quarter, with everybody's own date: a client per 0.001."""
    grain, found = 1000, []
    ages = -np.linspace(0, 2 * waited, int(list_today * grain), endpoint=False)
    for t, (came, waits) in enumerate(zip(regular, waiting, strict=True)):
        ages = np.append(
            ages,
            np.linspace(t * WEEKS_PER_QUARTER, (t + 1) * WEEKS_PER_QUARTER, int(came * grain), endpoint=False),
        )
        youngest = np.sort(ages)[::-1][: round(waits * grain)]
        found.append((youngest < (t + 1) * WEEKS_PER_QUARTER - norm_weeks).sum() / grain)
        ages = youngest
    return np.array(found)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), norm_weeks=st.floats(1.0, 60.0))
def test_who_waits_beyond_the_norm_in_order_of_asking(seed: int, norm_weeks: float) -> None:
    """A queue in which everybody has a date, the oldest leaving first, against ``recent`` (tolerance: the grain)."""
    rng = np.random.default_rng(seed)
    regular, served = np.round(rng.uniform(0, 6, 8), 2), np.round(rng.uniform(0, 6, 8), 2)
    today, waited = 4.0, 10.0
    waiting, now = [], today
    for came, out in zip(regular, served, strict=True):
        now = max(0.0, now + came - out)
        waiting.append(now)
    own = supply([{}])
    data = care(
        own,
        scenarios(own, 1, 2, regular=regular[:, None, None]),
        waiting=today,
        waited=waited,
        norm_weeks=norm_weeks,
    )
    beyond = np.maximum(np.array(waiting) - data.recent(data.scenarios.regular)[0, :, 0, 0], 0.0)
    np.testing.assert_allclose(beyond, _fifo(regular, np.array(waiting), today, waited, norm_weeks), atol=0.02)


@pytest.mark.parametrize("norm_weeks", [3.0, 16.0, 30.0])
def test_late_is_recent_in_the_model(norm_weeks: float) -> None:
    """The rows ``late`` and the function ``recent`` say the same, where nobody is served but all that may move do.

    At threshold zero and a price for everybody above it, ``beyond`` is no more than who waits without having asked within
    the norm, and ``excess`` their mean over quarters.
    """
    plain = everything(3, adhoc_most=0.0, norm_weeks=norm_weeks, waited=20.0)
    none = replace(plain.supply, maximum=plain.supply.maximum * 0.0, minimum=plain.supply.minimum * 0.0)
    data = replace(plain, supply=none)
    made = capacity_program(data)
    program = made.under(data.scenarios, np.array([1.0]))
    upper = program.first.upper.copy()
    upper[made.place("threshold")["0"]] = 0.0
    plan = plan_of(data, replace(program, first=replace(program.first, upper=upper)))
    recent = data.recent(data.scenarios.regular)
    expected = np.maximum(plan.second("waiting") - recent, 0.0)[:, :, 0]
    assert (expected.sum(axis=(1, 2)) > 0.1).all()
    np.testing.assert_allclose(plan.second("beyond")[:, :, 0], expected, atol=1e-6)
    np.testing.assert_allclose(plan.second("excess")[:, 0], expected.mean(axis=1).sum(axis=1), atol=1e-6)
