"""The card in Pyomo and the tail cuts are one model: all stages, every clause that changes rows, names, the golden file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from instances import amounts, mixed_data, random_data, shared_out
from lumpsum_by_pyomo import in_stages, least, objective

import bekostiging.lumpsum.model as card
from bekostiging.lumpsum import (
    BreachCap,
    Judge,
    Limit,
    LumpSumData,
    SimpleTerms,
    check_limits,
    design_lumpsum,
    design_within,
    example_data,
    signable_terms,
)
from bekostiging.lumpsum.conflict import relaxed
from bekostiging.lumpsum.model import build_lumpsum
from bekostiging.lumpsum.recut import with_reference
from bekostiging.lumpsum.solve import solved
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import Scramblings

GOLDEN = Path(__file__).parent / "two_scenarios.lp"
Make = Callable[[int], LumpSumData]


def _strict(plain: LumpSumData) -> LumpSumData:
    """Small buffers, hardly any the caps on loading and transition: something must give way."""
    lots = tuple(replace(lot, loading_cap=0.003, transition_cap=0.002) for lot in plain.lots)
    return replace(plain, lots=lots, free_buffer=0.6 * plain.free_buffer)


def _little_stock(plain: LumpSumData) -> LumpSumData:
    """As much stock as is needed when the loading is free, a little more by the end; a fair part of it from the start."""
    way = relaxed(replace(plain, stock=np.zeros(plain.stock.shape)), ("reserve",))
    least_stock = {one.limit: one.euro for one in way.limits}
    own = np.array([least_stock.get(Limit("stock", (code,)), 0.0) for code in plain.municipalities])
    return replace(plain, stock=own[:, None] * np.linspace(0.9, 1.05, plain.n_years))


def _refilled(plain: LumpSumData) -> LumpSumData:
    """The same where good years refill the stock; without that it would be used up more."""
    return replace(plain, reserve_refills=True)


def _shared(seed: int) -> LumpSumData:
    """Two laws and two municipalities, three years: a good year can lie between two bad ones."""
    return shared_out(random_data(seed, n_years=3), seed)


def _partly_known(plain: LumpSumData) -> LumpSumData:
    """One contract without known revenue: the transition cap of its lot is that of the other one."""
    return replace(plain, revenue=plain.revenue * np.array([1.0, 0.0, 1.0, 1.0]))


def _as_cheap(plain: LumpSumData) -> LumpSumData:
    """An arrangement at cost that invites no use: also a lot that must share by law is better off with it."""
    return replace(plain, other_payments={"outputgericht": 1.0 * plain.cost})


def _ample(plain: LumpSumData) -> LumpSumData:
    """A tenth more reference amount than is needed, and the second lot with one contract: its loading is negative."""
    own = replace(plain, lot=np.array([0, 0, 0, 1]))
    return replace(with_reference(own, 1.1 * plain.reference), fair_price=plain.fair_price)


def _tightened(plain: LumpSumData, seed: int) -> LumpSumData:
    """Every limit that depends on scenarios tightened by an amount of its own."""
    design = design_within(plain)
    assert design is not None
    rng = np.random.default_rng(seed)
    names = [check.limit for check in check_limits(design, Judge(plain, Scramblings(2)))]
    return replace(plain, margins={name: float(rng.uniform(0, 2e4)) for name in names})


CONTINUOUS: dict[str, Make] = {
    "plain": random_data,
    "not risk averse": lambda seed: random_data(seed, risk_weight=0.0),
    "margins": lambda seed: _tightened(random_data(seed), seed),
    "two laws": _shared,
    "two laws with margins": lambda seed: _tightened(_shared(seed), seed),
    "little stock": lambda seed: _little_stock(random_data(seed, n_years=3)),
    "little stock, refilled": lambda seed: _refilled(_little_stock(random_data(seed, n_years=3))),
    "two laws, little stock": lambda seed: _little_stock(_shared(seed)),
    "two laws, little stock, refilled": lambda seed: _refilled(_little_stock(_shared(seed))),
    "strict": lambda seed: _strict(random_data(seed)),
    "strict two laws": lambda seed: _strict(_shared(seed)),
    "strict, partly known revenue": lambda seed: _partly_known(_strict(random_data(seed))),
    "interest of 30 %": lambda seed: random_data(seed, n_years=3, discount=1.3 ** -np.arange(3.0)),
}
INTEGER: dict[str, Make] = {
    "signable": lambda seed: replace(random_data(seed), simple=signable_terms(random_data(seed))),
    "one change": lambda seed: random_data(seed, simple=SimpleTerms(changes=1)),
    "no change": lambda seed: random_data(seed, simple=SimpleTerms(changes=0)),
    "a list": lambda seed: random_data(seed, simple=SimpleTerms(shares=(0.0, 0.5, 0.75))),
    "a free zone": lambda seed: random_data(seed, simple=SimpleTerms(1, free_zone=True)),
    "a mix of forms": mixed_data,
    "a mix of forms, the law left": lambda seed: _as_cheap(random_data(seed)),
    "a mix of forms, a negative loading": lambda seed: _ample(mixed_data(seed)),
    "a mix of simple forms": lambda seed: replace(mixed_data(seed), simple=SimpleTerms(1, (0.0, 0.8), free_zone=True)),
    "strict and signable": lambda seed: replace(
        _strict(random_data(seed)), simple=SimpleTerms(1, (0.0, 0.4, 0.5, 0.6, 0.8), free_zone=True)
    ),
}  # fmt: skip


@pytest.mark.parametrize("seed", [0, 6])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_tail_cuts_solve_the_card(name: str, seed: int) -> None:
    case = CONTINUOUS[name](seed)
    criterion, cap = in_stages(case)
    design = design_lumpsum(case)
    assert criterion is not None
    assert design.criterion == pytest.approx(criterion, rel=1e-8)
    assert bool(design.breaches) == (not cap.is_nothing)
    assert sum(one.euro for one in design.breaches) == pytest.approx(cap.total, abs=2.1)
    assert design.bound is not None
    assert design.bound <= criterion * (1 + 1e-9)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", INTEGER)
def test_whole_numbers_solve_the_card(name: str, seed: int) -> None:
    case = INTEGER[name](seed)
    criterion, cap = in_stages(case)
    design = design_lumpsum(case)
    assert criterion is not None
    assert design.criterion == pytest.approx(criterion, rel=1e-6)
    assert bool(design.breaches) == (not cap.is_nothing)


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_every_stage_solves_the_card(seed: int) -> None:
    """Total, largest and criterion one by one, where the caps on loading and transition give way in both lots or one."""
    case = _strict(random_data(seed))
    total = solved(LumpSumArrays(case, "least_breach"))
    first = least(case, "least_breach")
    assert total is not None
    assert first is not None
    assert total.objective > 0.01
    assert total.objective == pytest.approx(objective(first), abs=1e-8)
    largest = solved(LumpSumArrays(case, "largest_excess", most=total.objective))
    second = least(case, "largest_excess", total.objective)
    assert largest is not None
    assert second is not None
    assert largest.objective == pytest.approx(objective(second), abs=1e-8)
    kept = replace(case, breach=BreachCap(total.objective * MILLION, largest.objective))
    last = least(kept)
    design = design_within(kept)
    assert last is not None
    assert design is not None
    assert design.criterion == pytest.approx(objective(last) * MILLION, rel=1e-8)


def test_the_instances_are_worth_solving() -> None:
    """The stock binds, and refilled it would do more: else the equalities above say nothing of it."""
    for tight in (_little_stock(random_data(6, n_years=3)), _little_stock(_shared(0))):
        solution, refilled = solved(LumpSumArrays(tight)), solved(LumpSumArrays(_refilled(tight)))
        assert solution is not None
        assert refilled is not None
        assert any(dual < -1e-3 for name, dual in solution.duals.items() if name.startswith("reserve["))
        assert refilled.objective < solution.objective - 0.001


@pytest.mark.parametrize("seed", range(3))
def test_with_margins_it_never_costs_less(seed: int) -> None:
    plain = random_data(seed)
    with_margins = design_lumpsum(_tightened(plain, seed)).criterion
    assert with_margins is not None
    assert with_margins >= (design_lumpsum(plain).criterion or 0.0) * (1 - 1e-9)


def _names_on_the_card() -> set[str]:
    """First words of the lines under Constraints, up to the first run of spaces or the absolute value of a change."""
    lines = str(card.__doc__).split("Constraints\n")[1].split("\n\nSource")[0].splitlines()
    return {name for line in lines for name in re.findall(r"([a-z_]+)\[", re.split(r"  |abs", line.strip())[0])}


def test_names_of_card_and_components_are_the_same() -> None:
    text = str(card.__doc__)
    variables = text.split("Variables\n")[1].split("\nWith")[0]
    stages = text.split("Stages")[1].split("\nConstraints")[0]
    for stage in ("least_breach", "largest_excess", "criterion"):
        model = build_lumpsum(random_data(0, n_scenarios=4), stage)
        assert {one.local_name for one in model.component_objects(pyo.Constraint)} == _names_on_the_card()
        assert {v.local_name for v in model.component_objects(pyo.Var)} <= set(re.findall(r"[a-z_]+", variables))
        assert [one.local_name for one in model.component_objects(pyo.Objective)] == [stage]
        assert re.search(rf"^    {stage} ", stages, re.MULTILINE)


def test_every_symbol_of_the_card_names_its_attribute() -> None:
    """A parameter has its attribute of the data or of a lot's terms; what the formulation reads is on the card."""
    parameters = str(card.__doc__).split("Parameters")[1].split("\n\nVariables")[0]
    of_data = set(re.findall(r"  \.([a-z_]+)", parameters))
    of_lots = set(re.findall(r"  lot\.([a-z_]+)", parameters))
    data = example_data()
    assert all(hasattr(data, name) for name in of_data)
    assert all(hasattr(data.lots[0], name) for name in of_lots)
    names = {"lots", "contracts", "providers", "municipalities", "years", "lot", "provider", "purses"}
    computed = {"capital_limit", "layer_probability"}
    not_in_the_model = {"reserve_refills", "held", "near", "cache"}
    assert {one.name for one in fields(data)} - names - not_in_the_model == of_data - computed
    others = {"name", "corridor", "waiting_list_forbidden", "equity_requirement", "symmetric"}
    others |= {"general_provision", "agreed"}
    assert {one.name for one in fields(data.lots[0])} - others == of_lots


def test_rows_of_the_tail_program_bear_names_of_the_card() -> None:
    """What the cutting planes hide (the scenario rows of a CVaR and of the stock) is all that the arrays do not name."""
    case = replace(mixed_data(0, 4), simple=SimpleTerms(1, (0.0, 0.8), free_zone=True))
    names = set()
    for arrays in (
        LumpSumArrays(case),
        LumpSumArrays(case, "least_breach"),
        LumpSumArrays(case, "largest_excess", most=1.0),
    ):
        rows = [*arrays.program.row_names, *(limit.name for limit in arrays.limits)]
        names |= {name.split("[")[0] for name in rows}
    hidden = {
        "largest_cumulative_loss", "tail_of_losses", "tail_of_reserve", "tail_of_spending", "drawn_down", "drawn_most",
        "used_before", "used_now",
    }  # fmt: skip
    assert names | hidden == _names_on_the_card()


def test_rows_of_the_choices_are_those_of_the_card() -> None:
    """As many of each kind as in Pyomo."""
    case = replace(mixed_data(0, 4), simple=SimpleTerms(1, (0.0, 0.8), free_zone=True))
    sizes = {one.local_name: len(one) for one in build_lumpsum(case).component_objects(pyo.Constraint)}
    rows = [name.split("[")[0] for name in LumpSumArrays(case).program.row_names]
    for name in ("one_form", "loading_of_form", "least_of_form", "share_of_form", "share_change", "free_zone", "simple",
                 "share_list", "one_share", "loading_cap", "transition_up", "transition_down", "order", "symmetric",
                 "law"):  # fmt: skip
        assert rows.count(name) == sizes[name] > 0


def test_golden_lp_file(tmp_path: Path) -> None:
    """The model of two scenarios, as text: a change of the formulation shows as a difference to be read.

    The file is our own output, read by hand against the card; it guards against unmeant change, nothing more.
    """
    case = random_data(1, n_scenarios=2)
    rounded = replace(case, cost=np.round(case.cost, -4), reference=np.round(case.reference, -4),
                      fair_price=np.round(case.fair_price, -4), begroting=np.round(case.begroting, -4),
                      stock=np.round(case.stock, -4), index=np.round(case.index, 2),
                      revenue=np.round(case.revenue, -4), free_buffer=np.round(case.free_buffer, -4))  # fmt: skip
    own = amounts(rounded.lots, rounded.lot.tolist(), rounded.cost, rounded.reference * rounded.index)
    grown = replace(
        rounded,
        amounts=tuple(np.round(a, -3) for a in own),
        structural=np.full(rounded.structural.shape, 3e4),
        stock=rounded.stock * np.array([0.5, 1.0]),
        margins={Limit("reserve", ("0034", "2026")): 2e4, Limit("solvency", ("p1",)): 1e4},
        simple=SimpleTerms(1, (0.0, 0.5, 0.8), free_zone=True),
        breach=BreachCap(2e5, 0.01),
    )
    model = build_lumpsum(grown)
    model.write(str(tmp_path / "written.lp"), io_options={"symbolic_solver_labels": True})
    text = (tmp_path / "written.lp").read_text()
    written = re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.5f}", text)
    assert written == GOLDEN.read_text()
