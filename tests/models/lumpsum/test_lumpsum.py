"""The lump sum: closed forms, the Pyomo definition against the tail cuts, equal treatment, conflicts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import MILLION, amounts, corridor, data, mixed_data, random_data, terms
from pyomo.contrib.appsi.solvers.highs import Highs

import bekostiging.lumpsum.model as card
from bekostiging.contracts import Corridor
from bekostiging.lumpsum import (
    SimpleTerms,
    design_lumpsum,
    holds_at_95,
    limit_margin,
    measured_against_budget,
    out_of_sample,
)
from bekostiging.lumpsum.model import build_lumpsum
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging_solvers import Scramblings, cvar

GOLDEN = Path(__file__).parent / "two_scenarios.lp"


def _tail_of(mean: float, tail: float) -> np.ndarray:
    """Twenty costs with this mean; the worst one is the CVaR at 0.95."""
    return np.append(np.full(19, (20 * mean - tail) / 19), tail)[:, None, None] * MILLION


def _no_sharing() -> Corridor:
    return corridor([1.0], [np.inf], share=0.0)


def test_one_contract_without_sharing() -> None:
    """b = (E[C] + cc CVaR)/(1 + cc) = 101.30 (design section 7): 0.08, E 100, CVaR 117.6."""
    design = design_lumpsum(data(_tail_of(100.0, 117.6), (terms(own=_no_sharing()),), [0], [0]))
    assert design.budget[0, 0] / MILLION == pytest.approx((100 + 0.08 * 117.6) / 1.08, abs=1e-4)
    assert design.budget[0, 0] / MILLION == pytest.approx(101.30, abs=0.01)
    assert design.gap == pytest.approx(0.0, abs=1e-8)


def test_one_contract_bound_by_its_buffer() -> None:
    """With K = 10 the budget is CVaR - K = 107.6, far above the return: solvency asks for it."""
    tight = data(
        _tail_of(100.0, 117.6), (terms(own=_no_sharing()),), [0], [0], free_buffer=np.array([10 * MILLION])
    )
    assert design_lumpsum(tight).budget[0, 0] / MILLION == pytest.approx(107.6, abs=1e-4)


def test_one_contract_bound_by_the_fair_price() -> None:
    """b = F when F exceeds what return and solvency ask."""
    fair = data(
        _tail_of(100.0, 117.6), (terms(own=_no_sharing()),), [0], [0], fair_price=np.array([[104 * MILLION]])
    )
    assert design_lumpsum(fair).budget[0, 0] / MILLION == pytest.approx(104.0, abs=1e-6)


def test_full_sharing_costs_no_capital() -> None:
    """Base audited_cost, share_max 1, F <= E[C], elasticity 0: b = B0 and capital 0 (design section 7)."""
    design = design_lumpsum(data(_tail_of(100.0, 117.6), (terms(),), [0], [0]))
    assert design.budget[0, 0] / MILLION == pytest.approx(100.0, abs=1e-6)
    assert design.capital[0] == pytest.approx(0.0, abs=1.0)


def test_two_comonotone_contracts_have_the_shares_of_one() -> None:
    """Losses that move together do not diversify."""
    own = corridor([1.0, 1.1], [1.1, np.inf])
    one = _tail_of(100.0, 140.0)
    alone = data(one, (terms(own=own, share_max=0.8),), [0], [0], free_buffer=np.array([8.0]) * MILLION)
    twice = np.concatenate([one, one], axis=1)
    both = data(twice, (terms(own=own, share_max=0.8),), [0, 0], [0, 0], free_buffer=np.array([16.0]) * MILLION)
    single, double = (
        design_lumpsum(replace(alone, risk_weight=0.5)),
        design_lumpsum(replace(both, risk_weight=0.5)),
    )
    np.testing.assert_allclose(single.share[0], double.share[0], atol=1e-6)
    assert double.objective == pytest.approx(2 * (single.objective or 0.0), rel=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_tail_cuts_solve_the_pyomo_model(seed: int) -> None:
    case = random_data(seed)
    model = build_lumpsum(case)
    solver = Highs()
    solver.highs_options = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}
    solver.solve(model)
    design = design_lumpsum(case)
    assert design.feasible
    assert design.objective == pytest.approx(pyo.value(model.total_spending) * MILLION, rel=1e-7)
    assert design.bound is not None
    assert design.objective is not None
    assert design.bound <= design.objective * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_with_margins_both_models_are_still_one(seed: int) -> None:
    """Every limit on futures tightened by a random amount: tail cuts and Pyomo agree."""
    plain = random_data(seed)
    rng = np.random.default_rng(seed)
    names = [check.name for check in out_of_sample(design_lumpsum(plain), plain, Scramblings(2))]
    case = replace(plain, margins={name: float(rng.uniform(0, 2e4)) for name in names})
    model = build_lumpsum(case)
    solver = Highs()
    solver.highs_options = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}
    solver.solve(model)
    design = design_lumpsum(case)
    assert design.objective == pytest.approx(pyo.value(model.total_spending) * MILLION, rel=1e-7)
    assert design.objective >= (design_lumpsum(plain).objective or 0.0) * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_with_its_margin_a_design_holds_in_futures_it_has_not_seen(seed: int) -> None:
    """Plain, some limit fails at 95 %; with the least margin none does, half the margin is not enough, and it costs."""
    both = random_data(seed, n_scenarios=512)
    halves = [
        replace(
            both, index=both.index[own], paid_part=both.paid_part[own], fixed=both.fixed[own], cost=both.cost[own],
            amounts=tuple(amount[own] for amount in both.amounts), key=both.key[own], other=both.other[own],
        )
        for own in (slice(0, 256), slice(256, None))
    ]  # fmt: skip
    plain, fresh = halves
    scramblings = Scramblings(16)
    design = design_lumpsum(plain)
    checks = out_of_sample(design, fresh, scramblings)
    found = limit_margin(plain, fresh, design, checks, scramblings)
    assert not holds_at_95(checks)
    assert found.standard_errors is not None
    assert found.standard_errors > 0
    assert holds_at_95(found.checks)
    assert found.cost is not None
    assert found.cost >= -1


def test_a_design_that_holds_needs_no_margin() -> None:
    """Full sharing: no tail, no margin, no cost."""
    own = data(_tail_of(100.0, 117.6), (terms(),), [0], [0])
    design = design_lumpsum(own)
    checks = out_of_sample(design, own, Scramblings(2))
    found = limit_margin(own, own, design, checks, Scramblings(2))
    assert (found.standard_errors, found.cost) == (0.0, 0.0)


def _names_on_the_card() -> set[str]:
    """First words of the lines under Constraints, up to the first run of spaces or the absolute value of glide."""
    lines = str(card.__doc__).split("Constraints\n")[1].split("\n\nSource")[0].splitlines()
    return {name for line in lines for name in re.findall(r"([a-z_]+)\[", re.split(r"  |abs", line.strip())[0])}


def test_names_of_card_and_components_are_the_same() -> None:
    model = build_lumpsum(random_data(0, n_scenarios=4))
    assert {one.local_name for one in model.component_objects(pyo.Constraint)} == _names_on_the_card()
    text = str(card.__doc__)
    variables = text.split("Variables\n")[1].split("\nWith")[0]
    assert {v.local_name for v in model.component_objects(pyo.Var)} <= set(re.findall(r"[a-z_]+", variables))
    assert [one.local_name for one in model.component_objects(pyo.Objective)] == ["total_spending"]
    assert "total_spending:" in text


def test_rows_of_the_tail_program_bear_names_of_the_card() -> None:
    """What the cutting planes hide (the scenario rows of a CVaR) is all that the arrays do not name."""
    arrays = LumpSumArrays(replace(mixed_data(0, 4), simple=SimpleTerms(1, (0.0, 0.8))))
    names = {name.split("[")[0] for name in arrays.program.row_names} | {
        limit.name.split("[")[0] for limit in arrays.limits
    }
    hidden = {"deepest_point", "tail_of_losses", "tail_of_begroting", "tail_of_spending"}
    assert names | hidden == _names_on_the_card()


def test_golden_lp_file(tmp_path: Path) -> None:
    """The model of two scenarios, as text: a change of the formulation shows as a difference to be read.

    The file is our own output, read by hand against the card; it guards against unmeant change, nothing more.
    """
    case = random_data(1, n_scenarios=2)
    rounded = replace(case, cost=np.round(case.cost, -4), reference=np.round(case.reference, -4), key=case.key,
                      fair_price=np.round(case.fair_price, -4), room=np.round(case.room, -4),
                      reserve=np.round(case.reserve, -4), index=np.round(case.index, 2),
                      revenue=np.round(case.revenue, -4), free_buffer=np.round(case.free_buffer, -4))  # fmt: skip
    own = amounts(rounded.lots, rounded.lot.tolist(), rounded.cost, rounded.reference * rounded.index)
    model = build_lumpsum(replace(rounded, amounts=tuple(np.round(a, -3) for a in own)))
    model.write(str(tmp_path / "written.lp"), io_options={"symbolic_solver_labels": True})
    text = (tmp_path / "written.lp").read_text()
    written = re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.5f}", text)
    assert written == GOLDEN.read_text()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.5, 3.0))
def test_a_richer_provider_gets_no_other_price(seed: int, factor: float) -> None:
    """With a stated requirement, equity above it changes no budget; the lot has one loading for all."""
    case = random_data(seed)
    stated = replace(case, lots=tuple(replace(lot, equity_requirement=0.06) for lot in case.lots))
    enough = stated.capital_limit * 1.01
    plain = design_lumpsum(replace(stated, free_buffer=enough))
    richer = design_lumpsum(replace(stated, free_buffer=enough * (1 + factor)))
    np.testing.assert_array_equal(plain.budget, richer.budget)
    if plain.feasible:
        ratio = plain.budget / case.reference
        np.testing.assert_allclose(ratio[0], ratio[1])
        np.testing.assert_allclose(ratio[2], ratio[3])


def test_two_providers_of_one_lot_with_different_equity_get_the_same_loading() -> None:
    """Solvency alone would price each by its own equity; what is built gives both the same percentage."""
    cost = np.concatenate([_tail_of(100.0, 117.6), _tail_of(100.0, 117.6)], axis=1)
    two = data(cost, (terms(own=_no_sharing()),), [0, 0], [0, 1], free_buffer=np.array([5.0, 50.0]) * MILLION)
    design = design_lumpsum(two)
    assert design.budget[0, 0] == pytest.approx(design.budget[1, 0])
    assert design.budget[0, 0] / MILLION == pytest.approx(112.6, abs=1e-4)


def test_below_a_stated_requirement_is_flagged_and_left_out() -> None:
    cost = np.concatenate([_tail_of(100.0, 117.6), _tail_of(100.0, 117.6)], axis=1)
    lots = (terms(own=_no_sharing(), equity_requirement=0.2),)
    design = design_lumpsum(data(cost, lots, [0, 0], [0, 1], free_buffer=np.array([5.0, 50.0]) * MILLION))
    assert design.below_requirement == ("p0",)
    assert design.budget[0, 0] / MILLION == pytest.approx(101.30, abs=0.01)


def test_glide_yields_before_premium_and_is_reported() -> None:
    """Revenue of 50 where 100 is needed: glide gives way by what is missing, the fair price does not."""
    short = data(_tail_of(100.0, 117.6), (terms(glide_max=0.1),), [0], [0], revenue=np.array([50 * MILLION]),
                 fair_price=np.array([[100 * MILLION]]))  # fmt: skip
    design = design_lumpsum(short)
    assert design.yielded == {"glide[lot]": pytest.approx(45 * MILLION, rel=1e-6)}


def test_a_begroting_too_small_names_its_conflict_in_euro() -> None:
    """Room of 95 where the fair price is 100: five million short on average; the tail is 118 x nothing shared."""
    short = data(_tail_of(100.0, 117.6), (terms(),), [0], [0], fair_price=np.array([[100 * MILLION]]),
                 room=np.array([[95 * MILLION]]), reserve=np.array([[50 * MILLION]]))  # fmt: skip
    design = design_lumpsum(short)
    assert not design.feasible
    assert design.objective is None
    by_name = {conflict.name: conflict.euro for conflict in design.conflicts}
    assert by_name["begroting[0034,2025]"] == pytest.approx(5 * MILLION, rel=1e-6)
    assert "begroting_tail[0034,2025]" not in by_name
    assert by_name["fair_price[p0,lot,2025]"] == 0.0


def test_out_of_sample_on_the_same_scenarios_holds_where_the_design_binds() -> None:
    """On its own scenarios the design satisfies every limit; each check carries a standard error."""
    case = random_data(3, n_scenarios=32)
    checks = out_of_sample(design_lumpsum(case), case, Scramblings(16))
    assert all(check.value <= check.limit + 10 for check in checks)
    assert {check.name.split("[")[0] for check in checks} == {
        "solvency", "return_on_capital", "fair_price", "begroting", "begroting_tail",
    }  # fmt: skip
    assert all(check.standard_error >= 0 for check in checks)


def test_capital_is_the_tail_of_the_deepest_point() -> None:
    """Recomputed from the design: CVaR of the deepest cumulative loss of every provider."""
    case = random_data(5)
    design = design_lumpsum(case)
    for p in range(3):
        path = np.zeros((case.n_scenarios, case.n_years))
        for c in np.flatnonzero(case.provider == p):
            own = case.lots[case.lot[c]].corridor
            paid = design.budget[c] * case.index[:, c] + case.amounts[c] @ (own.sign * design.share[case.lot[c]])
            path += (case.cost[:, c] - paid) * case.discount
        deepest = np.maximum(np.cumsum(path, axis=1).max(axis=1), 0.0)
        assert design.capital[p] == pytest.approx(cvar(deepest, case.confidence), abs=1.0)


def test_layer_probabilities_are_those_of_the_base() -> None:
    case = random_data(2, n_scenarios=50)
    ratio = case.cost[:, 0] / (case.reference[0] * case.index[:, 0])
    expected = [((ratio > 1) & (ratio <= 1.04)).mean(axis=0), (ratio > 1.04).mean(axis=0)]
    np.testing.assert_allclose(case.layer_probability(0)[:, :2].T, expected, atol=1e-12)


def test_measured_against_the_budget_by_hand() -> None:
    """B0 100, b 110, cost 120 half the time, share 0.5 beyond 1: 10 of deficit against B0, 5 against b.

    Against B0: 0.5 x 20 in half the futures; against b = 110: 0.5 x 10, and in the other half the surplus of
    110 - 80 instead of 100 - 80 gives 0.5 x 10 back. So 5 less on both sides, 5 on average.
    """
    cost = np.tile([120.0, 80.0], 16)[:, None, None] * MILLION
    own = corridor([1.0], [np.inf], share=0.5)
    case = data(cost, (terms(own=own),), [0], [0])
    plain = design_lumpsum(case)
    design = replace(plain, budget=1.1 * case.reference)
    extra = measured_against_budget(design, case, Scramblings(16))
    assert extra[0].value / MILLION == pytest.approx(-5.0)
    assert measured_against_budget(replace(plain, budget=case.reference), case, Scramblings(16))[0].value == 0.0
