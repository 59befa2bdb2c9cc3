"""One Pyomo model for all scenarios: the farmer again, the self-check, and what is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging_solvers import CVaR, InfeasibleError, ScenarioTemplate, TemplateError, solve_recourse


def _farmer() -> Any:
    """Birge and Louveaux, ch. 1, with the three yields as placeholders."""
    m = pyo.ConcreteModel()
    m.CROPS = pyo.Set(initialize=["wheat", "corn", "beets"])
    m.area = pyo.Var(m.CROPS, within=pyo.NonNegativeReals)
    m.yields = pyo.Var(m.CROPS)
    m.buy = pyo.Var(["wheat", "corn"], within=pyo.NonNegativeReals)
    m.sell = pyo.Var(["wheat", "corn", "beets", "cheap"], within=pyo.NonNegativeReals)
    m.sell["beets"].setub(6000)
    m.land = pyo.Constraint(expr=sum(m.area[c] for c in m.CROPS) <= 500)
    feed = {"wheat": 200, "corn": 240}
    m.feed = pyo.Constraint(
        ["wheat", "corn"], rule=lambda m, c: m.yields[c] * m.area[c] + m.buy[c] - m.sell[c] >= feed[c]
    )
    m.quota = pyo.Constraint(expr=m.yields["beets"] * m.area["beets"] - m.sell["beets"] - m.sell["cheap"] >= 0)
    planting = 150 * m.area["wheat"] + 230 * m.area["corn"] + 260 * m.area["beets"]
    trade = 238 * m.buy["wheat"] + 210 * m.buy["corn"] - 170 * m.sell["wheat"] - 150 * m.sell["corn"]
    m.cost = pyo.Objective(expr=planting + trade - 36 * m.sell["beets"] - 10 * m.sell["cheap"])
    return m


YIELDS = np.outer([0.8, 1.0, 1.2], [2.5, 3.0, 20.0])


def test_farmer_from_a_template() -> None:
    m = _farmer()
    template = ScenarioTemplate.from_pyomo(m, scenario_data=[m.yields], first_stage=[m.area])
    assert template.data_names == ("yields[wheat]", "yields[corn]", "yields[beets]")
    template.check(YIELDS)
    program = template.instantiate(YIELDS)
    for method in ("extensive", "l-shaped"):
        assert solve_recourse(program, method=method).objective == pytest.approx(-108390.0, rel=2e-6)  # type: ignore[arg-type]
    assert solve_recourse(program, risk=CVaR(0.8)).objective == pytest.approx(-59950.0)
    by_name = {name: YIELDS[:, i] for i, name in enumerate(template.data_names)}
    np.testing.assert_allclose(solve_recourse(template.instantiate(by_name)).x, [170, 80, 250], atol=1e-5)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_affine_everywhere(seed: int) -> None:
    """Data in coefficients, costs, right-hand sides, equations, ranges and the constant; checked the ordinary way."""
    rng = np.random.default_rng(seed)
    a = rng.uniform(0.5, 2, 12)
    m = pyo.ConcreteModel()
    m.x = pyo.Var([0, 1], bounds=(0, 10))
    m.y = pyo.Var([0, 1, 2], within=pyo.NonNegativeReals)
    m.d = pyo.Var([0, 1, 2])
    m.known = pyo.Constraint(expr=m.x[0] + a[0] * m.x[1] <= 8)
    m.mixed = pyo.Constraint(expr=(a[1] + m.d[0]) * m.x[0] + a[2] * m.y[0] >= 3 + a[3] * m.d[1] - m.d[2])
    m.equal = pyo.Constraint(expr=m.y[1] - m.d[2] * m.y[2] + m.x[1] == a[4] * m.d[0])
    m.between = pyo.Constraint(expr=pyo.inequality(-5, a[5] * m.y[0] - m.d[1] * m.x[1], 50))
    m.only_data = pyo.Constraint(expr=m.x[0] <= 9 + m.d[1])
    m.cost = pyo.Objective(
        expr=a[6] * m.x[0] + m.x[1] + (a[7] + m.d[0]) * m.y[0] + m.y[1] + m.y[2] + m.d[2] * 4 + a[8]
    )
    template = ScenarioTemplate.from_pyomo(m, scenario_data=[m.d], first_stage=[m.x])
    data = rng.uniform(0.1, 2, (4, 3))
    template.check(data)
    program = template.instantiate(data)
    assert program.first.row_names == ("known:upper",)
    whole = solve_recourse(program)
    alone = []
    for row in data:
        for i in range(3):
            m.d[i].fix(float(row[i]))
        pyo.SolverFactory("appsi_highs").solve(m)
        alone.append(pyo.value(m.cost))
    assert whole.objective >= np.mean(alone) - 1e-6


def test_the_self_check_sees_a_planted_difference() -> None:
    m = _farmer()
    template = ScenarioTemplate.from_pyomo(m, scenario_data=[m.yields], first_stage=[m.area])
    m.land.set_value(sum(m.area[c] for c in m.CROPS) <= 501)
    with pytest.raises(
        TemplateError, match=r"upper\[land:upper\]: the template gives 500.0, the model itself 501.0"
    ):
        template.check(YIELDS[:1])


def test_the_check_leaves_the_model_as_it_was() -> None:
    m = _farmer()
    template = ScenarioTemplate.from_pyomo(m, scenario_data=[m.yields], first_stage=[m.area])
    template.check(YIELDS)
    assert not any(one.fixed for one in m.yields.values())


def test_integers_are_kept() -> None:
    m = _farmer()
    m.area.domain = pyo.NonNegativeIntegers
    program = ScenarioTemplate.from_pyomo(m, [m.yields], [m.area]).instantiate(YIELDS)
    assert program.first.is_integer
    np.testing.assert_allclose(solve_recourse(program).x, [170, 80, 250], atol=1e-6)


def test_a_product_of_data_is_refused_by_name() -> None:
    m = _farmer()
    m.odd = pyo.Constraint(expr=m.yields["wheat"] * m.yields["corn"] * m.area["wheat"] <= 10_000)
    with pytest.raises(TemplateError, match=r"coefficient of area\[wheat\] in odd:upper is not affine"):
        ScenarioTemplate.from_pyomo(m, [m.yields], [m.area])


def test_what_cannot_be_a_template_is_refused() -> None:
    m = _farmer()
    with pytest.raises(TemplateError, match=r"yields\[wheat\] is scenario data and first stage at once"):
        ScenarioTemplate.from_pyomo(m, [m.yields], [m.yields])
    m.square = pyo.Constraint(expr=m.buy["wheat"] ** 2 <= 5)
    with pytest.raises(TemplateError, match="not linear in its decisions"):
        ScenarioTemplate.from_pyomo(m, [m.yields], [m.area])
    m.del_component(m.square)
    m.cost.sense = pyo.maximize
    with pytest.raises(TemplateError, match="minimise its negative"):
        ScenarioTemplate.from_pyomo(m, [m.yields], [m.area])


def test_random_first_stage_cost_is_refused() -> None:
    m = _farmer()
    m.cost.set_value(m.cost.expr + m.yields["wheat"] * m.area["wheat"])
    with pytest.raises(
        TemplateError, match=r"the cost of first-stage variable area\[wheat\] depends on scenario data"
    ):
        ScenarioTemplate.from_pyomo(m, [m.yields], [m.area])


def test_data_that_do_not_fit() -> None:
    m = _farmer()
    template = ScenarioTemplate.from_pyomo(m, [m.yields], [m.area])
    with pytest.raises(ValueError, match=r"asked is \(n_scenarios, 3\)"):
        template.instantiate(np.ones((2, 4)))
    with pytest.raises(ValueError, match="differ in barley"):
        template.instantiate({name: np.ones(2) for name in (*template.data_names, "barley")})
    with pytest.raises(ValueError, match="must be finite"):
        template.instantiate(np.full((1, 3), np.nan))


def _two_places() -> Any:
    """Buy x at 2 in two places before demand is known, the rest y at 10 afterwards; best is the larger demand of two."""
    m = pyo.ConcreteModel()
    m.x, m.y, m.d = pyo.Var([0, 1], bounds=(0, 10)), pyo.Var([0, 1], within=pyo.NonNegativeReals), pyo.Var([0, 1])
    m.enough = pyo.Constraint([0, 1], rule=lambda m, i: m.x[i] + m.y[i] >= m.d[i])
    m.cost = pyo.Objective(expr=2 * m.x[0] + 2 * m.x[1] + 10 * m.y[0] + 10 * m.y[1])
    return m


def _answer(m: Any, data: Any = None) -> tuple[list[float], float]:
    """Checked against Pyomo's own compiler, then solved."""
    template = ScenarioTemplate.from_pyomo(m, scenario_data=data or [m.d], first_stage=[m.x])
    values = [[4.0] * len(template.data_names), [8.0] * len(template.data_names)]
    template.check(values)
    solution = solve_recourse(template.instantiate(values))
    return solution.x.round(6).tolist(), solution.objective


def test_fixed_members_of_indexed_variables_stay_fixed() -> None:
    """x0 at 3: 6 + 16 and 1 or 5 short at 10. y1 at 2: x1 = 6, and 20 for what is bought. Both used to be a TypeError."""
    m = _two_places()
    assert _answer(m) == ([8.0, 8.0], pytest.approx(32.0))
    m.x[0].fix(3.0)
    assert _answer(m) == ([3.0, 8.0], pytest.approx(6 + 16 + 30))
    m.x[0].unfix()
    m.y[1].fix(2.0)
    m.twice = pyo.Constraint(expr=m.y[1] * m.y[0] + m.x[0] >= m.d[0])
    m.known = pyo.Constraint(expr=m.y[1] >= 1)
    before = [str(one.expr) for one in m.component_data_objects((pyo.Constraint, pyo.Objective), active=True)]
    assert _answer(m) == ([8.0, 6.0], pytest.approx(16 + 12 + 20))
    after = [str(one.expr) for one in m.component_data_objects((pyo.Constraint, pyo.Objective), active=True)]
    assert before == after, "the model is as it was"
    m.y[1].fix(0.5)
    with pytest.raises(
        TemplateError, match="constraint known does not hold at the values of the variables that are fixed"
    ):
        _answer(m)
    m.y[0].fix(None, skip_validation=True)
    with pytest.raises(TemplateError, match=r"variable y\[0\] is fixed without a value"):
        _answer(m)


def test_data_that_were_fixed_are_data() -> None:
    m = _two_places()
    m.d[0].fix(5.0)
    assert _answer(m) == ([8.0, 8.0], pytest.approx(32.0))
    assert m.d[0].fixed
    assert m.d[0].value == 5.0


def test_one_member_may_be_data_and_another_a_decision() -> None:
    """w0 multiplies x0, w1 pays for what is short of 2: both members of w."""
    m = _two_places()
    m.w = pyo.Var([0, 1], bounds=(0, 90))
    m.first = pyo.Constraint(expr=m.w[1] + m.x[1] >= 2)
    m.area = pyo.Constraint(expr=m.x[0] * m.w[0] >= 40)
    m.cost.set_value(m.cost.expr + m.w[1])
    x, objective = _answer(m, [m.d, m.w[0]])
    assert x == [10.0, 8.0]
    assert objective == pytest.approx(20 + 16)


def test_a_constraint_of_data_alone_is_no_false_alarm() -> None:
    """It says which data are possible: held or broken, template and model agree."""
    m = _two_places()
    m.possible = pyo.Constraint(expr=m.d[0] + m.d[1] >= 1)
    m.range = pyo.Constraint(expr=pyo.inequality(0, m.d[0], 50))
    m.nothing = pyo.Constraint(expr=m.d[0] - m.d[0] >= -1)
    assert _answer(m) == ([8.0, 8.0], pytest.approx(32.0))
    m.broken = pyo.Constraint(expr=m.d[0] >= 5)
    with pytest.raises(InfeasibleError, match="broken"):
        _answer(m)


def test_one_objective_is_asked() -> None:
    m = _two_places()
    m.other = pyo.Objective(expr=m.x[0])
    with pytest.raises(TemplateError, match="2 active objectives, cost and other; deactivate all but one"):
        _answer(m)
    m.other.deactivate()
    m.cost.deactivate()
    with pytest.raises(TemplateError, match="no active objective; give it one, of zero"):
        _answer(m)


def test_what_is_no_variable_is_named() -> None:
    m = _two_places()
    m.price = pyo.Param(mutable=True, initialize=3)
    for data, message in (
        ([m.price], "scenario_data holds price, which is no variable"),
        (["d"], "scenario_data holds 'd', which is no variable"),
        ([m.d, m.d[0]], r"scenario_data holds d\[0\] twice"),
    ):
        with pytest.raises(TemplateError, match=message):
            ScenarioTemplate.from_pyomo(m, scenario_data=data, first_stage=[m.x])
    assert ScenarioTemplate.from_pyomo(m, scenario_data=m.d, first_stage=m.x).data_names == ("d[0]", "d[1]")


def test_a_data_frame_is_read_by_name() -> None:
    """Columns in another order are no other data."""
    import pandas as pd

    frame = pd.DataFrame({"d[1]": [1.0, 2.0], "d[0]": [8.0, 9.0]})
    m = _two_places()
    template = ScenarioTemplate.from_pyomo(m, scenario_data=[m.d], first_stage=[m.x])
    np.testing.assert_allclose(solve_recourse(template.instantiate(frame)).x, [9.0, 2.0], atol=1e-6)
    with pytest.raises(ValueError, match=r"data and names differ in d\[2\]"):
        template.instantiate(frame.assign(**{"d[2]": 0.0}))
