"""What is chosen from a list: simple corridors and the payment form per lot."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pyomo.environ as pyo
import pytest
from instances import MILLION, corridor, data, mixed_data, random_data, terms
from pyomo.contrib.appsi.solvers.highs import Highs

import bekostiging.lumpsum.model as card
from bekostiging.lumpsum import LumpSumData, SimpleTerms, design_lumpsum, feasible_design
from bekostiging.lumpsum.model import build_lumpsum
from bekostiging.lumpsum.tail import LumpSumArrays


def _by_pyomo(case: LumpSumData) -> float:
    """Objective of the whole model in HiGHS, euro."""
    model = build_lumpsum(case)
    solver = Highs()
    solver.highs_options = {
        "primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9, "mip_rel_gap": 1e-9,
    }  # fmt: skip
    solver.solve(model)
    return float(pyo.value(model.total_spending)) * MILLION


CHOICES = (
    {"simple": SimpleTerms(changes=0)},
    {"simple": SimpleTerms(shares=(0.0, 0.5, 0.75))},
    {"simple": SimpleTerms(changes=1, shares=(0.0, 0.4, 0.8))},
)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("choice", CHOICES)
def test_simple_contracts_solve_the_pyomo_model(seed: int, choice: dict[str, object]) -> None:
    case = random_data(seed, **choice)
    design = design_lumpsum(case)
    assert design.objective == pytest.approx(_by_pyomo(case), rel=1e-7)
    assert design.objective >= (design_lumpsum(random_data(seed)).objective or 0.0) * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_a_mix_solves_the_pyomo_model(seed: int) -> None:
    case = mixed_data(seed)
    design = design_lumpsum(case)
    assert design.objective == pytest.approx(_by_pyomo(case), rel=1e-7)
    both = replace(case, simple=SimpleTerms(1, (0.0, 0.8)))
    assert design_lumpsum(both).objective == pytest.approx(_by_pyomo(both), rel=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_shares_from_a_list_are_the_best_of_all_combinations(seed: int) -> None:
    """Every combination of two shares per lot as a given corridor, by brute force: the list's design is the best."""
    listed = (0.0, 0.4, 0.8)
    case = random_data(seed, simple=SimpleTerms(shares=listed))
    ordered = [(inner, outer) for inner, outer in product(listed, listed) if inner <= outer]
    best = np.inf
    for shares in product(ordered, repeat=len(case.lots)):
        lots = tuple(
            replace(lot, corridor=replace(lot.corridor, share=np.array([*own, *own])))
            for lot, own in zip(case.lots, shares, strict=True)
        )
        if any(lot.waiting_list_forbidden and lot.corridor.share[1] < lot.share_min for lot in lots):
            continue
        found = feasible_design(replace(case, lots=lots, simple=SimpleTerms()))
        if found is not None and found.objective is not None:
            best = min(best, found.objective)
    design = design_lumpsum(case)
    assert design.objective == pytest.approx(best, rel=1e-7)
    assert {round(float(share), 6) for own in design.share for share in own} <= set(listed)


def test_edges_from_a_menu_are_layers_whose_share_may_change_once() -> None:
    """Four edges and one change: the share jumps at one edge of the menu; more changes never cost more."""
    menu = corridor([1.0, 1.02, 1.05, 1.1], [1.02, 1.05, 1.1, np.inf])
    rng = np.random.default_rng(1)
    cost = 20 * MILLION * rng.lognormal(0, 0.12, (64, 1, 1))
    lot = terms(own=menu, share_max=0.8, elasticity=0.02)
    case = data(
        cost, (lot,), [0], [0], free_buffer=np.array([2 * MILLION]), risk_weight=0.2, confidence=0.9,
        cost_of_capital=0.1,
    )  # fmt: skip
    measured = (menu.amounts(cost[:, 0], case.reference[0] * np.ones(cost[:, 0].shape)),)
    case = replace(case, amounts=measured)
    costs = []
    for changes in range(4):
        design = design_lumpsum(replace(case, simple=SimpleTerms(changes=changes)))
        steps = np.diff(design.share[0][:4])
        assert (steps > 1e-6).sum() <= changes
        costs.append(design.objective)
    assert all(later <= earlier + 1 for earlier, later in pairwise(costs))
    assert costs[-1] == pytest.approx(design_lumpsum(case).objective, rel=1e-8)
    assert costs[0] > costs[1] + 1000


def test_a_lot_is_paid_per_hour_where_a_lump_sum_would_cost_more() -> None:
    """One contract, mean 100, tail 117.6: the lump sum asks 101.30 (closed form); per hour at 101 is cheaper, at 102 not.

    Per hour at cost plus one percent leaves a return and no loss, so no capital.
    """
    cost = np.append(np.full(19, (2000 - 117.6) / 19), 117.6)[:, None, None] * MILLION
    lot = terms(own=corridor([1.0], [np.inf], share=0.0))
    plain = data(cost, (lot,), [0], [0])
    for tariff, form in ((1.01, 1), (1.02, 0)):
        design = design_lumpsum(replace(plain, other_payments={"inspanningsgericht": tariff * cost}))
        assert design.form.tolist() == [form]
        assert design.objective == pytest.approx(
            min(tariff * 100, (100 + 0.08 * 117.6) / 1.08) * MILLION, rel=1e-7
        )


def test_a_general_provision_stays_a_lump_sum() -> None:
    cost = np.append(np.full(19, (2000 - 117.6) / 19), 117.6)[:, None, None] * MILLION
    lot = terms(own=corridor([1.0], [np.inf], share=0.0), general_provision=True)
    case = replace(data(cost, (lot,), [0], [0]), other_payments={"inspanningsgericht": 1.01 * cost})
    assert design_lumpsum(case).form.tolist() == [0]
    assert design_lumpsum(case).objective == pytest.approx(_by_pyomo(case), rel=1e-7)


def test_use_that_is_paid_is_invited() -> None:
    """With elasticity 0.05 paying per hour costs 5 % of the care more, an arrangement nothing."""
    case = random_data(0)
    lots = tuple(replace(lot, elasticity=0.05) for lot in case.lots)
    for form, part in (("inspanningsgericht", 0.05), ("outputgericht", 0.0)):
        mixed = replace(case, lots=lots, other_payments={form: 0.9 * case.cost})
        arrays = LumpSumArrays(mixed)
        invited = sum(arrays.program.cost[arrays.columns.form[:, 1]])
        plain = LumpSumArrays(replace(mixed, lots=tuple(replace(lot, elasticity=0.0) for lot in lots)))
        paid = sum(plain.program.cost[plain.columns.form[:, 1]])
        expected = part * float((case.cost.mean(axis=0) * case.discount).sum()) / MILLION
        assert invited - paid == pytest.approx(expected)


def test_names_of_the_choices_are_on_the_card() -> None:
    """The rows of the arrays are those of the Pyomo model, choices too."""
    case = replace(mixed_data(0, 4), simple=SimpleTerms(1, (0.0, 0.8)))
    model = build_lumpsum(case)
    sizes = {one.local_name: len(one) for one in model.component_objects(pyo.Constraint)}
    rows = [name.split("[")[0] for name in LumpSumArrays(case).program.row_names]
    for name in ("one_form", "loading_of_form", "least_of_form", "share_of_form", "share_change", "simple",
                 "share_list", "one_share"):  # fmt: skip
        assert rows.count(name) == sizes[name] > 0
        assert f"{name}[" in str(card.__doc__)
