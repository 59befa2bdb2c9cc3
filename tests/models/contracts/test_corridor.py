"""The corridor: layers partition the deviation; share one everywhere gives the base back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import Case, UserError
from bekostiging.contracts import (
    Corridor,
    Taakgericht,
    build_contracts,
    price_levels,
    reference,
    settle,
    solve_budget,
    with_design,
)
from bekostiging.scenarios import CareUse, Cells, draw_block, plan

EDGES = Corridor(
    ("deficit_1", "deficit_2", "deficit_3", "surplus_1", "surplus_2", "surplus_3"),
    np.array([1.0, 1.03, 1.08, 0.97, 0.92, 0.0]),
    np.array([1.03, 1.08, np.inf, 1.0, 0.97, 0.92]),
    np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0]),
    np.full(6, 0.5),
)


def test_by_hand() -> None:
    """Reference 100, base 106: 3 in the first deficit layer, 3 in the second; base 95: 3 and 2 of surplus."""
    amounts = EDGES.amounts(np.array([106.0, 95.0]), np.array([100.0, 100.0]))
    np.testing.assert_allclose(amounts, [[3, 3, 0, 0, 0, 0], [0, 0, 0, 3, 2, 0]], atol=1e-12)


@given(base=st.floats(0, 1e9), amount=st.floats(1, 1e9))
def test_layers_add_up_to_the_deviation(base: float, amount: float) -> None:
    amounts = EDGES.amounts(np.array([base]), np.array([amount]))
    assert (amounts >= 0).all()
    assert float((amounts @ EDGES.sign)[0]) == pytest.approx(base - amount, rel=1e-9, abs=1e-6 * amount)


@pytest.fixture(scope="module")
def drawn(small_case: Case) -> tuple[Case, Cells, CareUse]:
    planned = plan(small_case, 32, 3, 2, "design")
    return small_case, planned.cells, draw_block(planned, 0).care_use()


def _lump_sums(case: Case, cells: Cells, base: str) -> list[Taakgericht]:
    built = build_contracts(case, cells, reference(case, cells, 3), "taakgericht")
    return [replace(one, base=base) for one in built if isinstance(one, Taakgericht)]


@pytest.mark.parametrize("base", ["audited_cost", "shadow_production", "clients_times_norm"])
def test_share_one_everywhere_gives_the_base(drawn: tuple[Case, Cells, CareUse], base: str) -> None:
    """In every scenario; with any b the constant difference (b - B0) I (issue; design section 6)."""
    case, cells, care_use = drawn
    for one in _lump_sums(case, cells, base):
        levels = price_levels(case, one.lot, care_use)
        full = np.ones(one.corridor.n_layers)
        measured = one.corridor_base(care_use, levels, one.unit_cost)
        paid = settle(with_design(one, one.reference, full), care_use, levels).payment
        np.testing.assert_allclose(paid, measured, rtol=1e-10)
        dearer = settle(with_design(one, 1.07 * one.reference, full), care_use, levels).payment
        np.testing.assert_allclose(dearer - paid, 0.07 * one.reference * levels.contract, rtol=1e-8)


def test_audited_cost_fully_shared_pays_cost(drawn: tuple[Case, Cells, CareUse]) -> None:
    case, cells, care_use = drawn
    for one in _lump_sums(case, cells, "audited_cost"):
        full = with_design(one, one.reference, np.ones(one.corridor.n_layers))
        settled = settle(full, care_use, price_levels(case, one.lot, care_use))
        np.testing.assert_allclose(settled.payment, settled.cost, rtol=1e-10)


@pytest.mark.parametrize("base", ["audited_cost", "shadow_production", "clients_times_norm"])
def test_rows_and_settle_are_the_same_terms(drawn: tuple[Case, Cells, CareUse], base: str) -> None:
    """What the optimiser sees, at any shares and budget, is what is paid (at the lot's reference unit cost)."""
    case, cells, care_use = drawn
    rng = np.random.default_rng(1)
    for one in _lump_sums(case, cells, base):
        levels = price_levels(case, one.lot, care_use)
        at_reference = replace(one, unit_cost=one.reference_cost)
        share, budget = rng.random(one.corridor.n_layers), one.reference * rng.uniform(0.9, 1.1)
        rows = at_reference.rows(care_use, levels)
        linear = rows.constant + budget * rows.coefficient + rows.euros @ share
        settled = settle(with_design(at_reference, budget, share), care_use, levels)
        np.testing.assert_allclose(settled.payment, linear, rtol=1e-10)
        np.testing.assert_allclose(settled.cost, rows.cost, rtol=1e-10)


def test_a_budget_measured_against_itself(drawn: tuple[Case, Cells, CareUse]) -> None:
    """b so that half-shared layers are expected to pay 102 % of B0; the payment of the solution is the target."""
    case, cells, care_use = drawn
    for one in _lump_sums(case, cells, "shadow_production"):
        levels = price_levels(case, one.lot, care_use)
        half = with_design(one, one.reference, np.full(one.corridor.n_layers, 0.5))
        target = 1.02 * one.reference
        found = solve_budget(half, care_use, levels, target)
        np.testing.assert_array_equal(found.budget, found.reference)
        assert settle(found, care_use, levels).payment.mean(axis=0).sum() == pytest.approx(target.sum(), rel=1e-9)


@pytest.mark.parametrize("times", [0.5, 1.5])
def test_a_budget_at_the_end_of_the_range(drawn: tuple[Case, Cells, CareUse], times: float) -> None:
    """Nothing shared pays the budget, so half the expected payment asks half of B0, and that is still found."""
    case, cells, care_use = drawn
    one = _lump_sums(case, cells, "shadow_production")[0]
    levels = price_levels(case, one.lot, care_use)
    alone = with_design(one, times * one.reference, np.zeros(one.corridor.n_layers))
    target = float(settle(alone, care_use, levels).payment.mean(axis=0).sum())
    found = solve_budget(with_design(one, one.reference, alone.corridor.share), care_use, levels, target)
    np.testing.assert_allclose(found.budget, times * one.reference)


def test_full_sharing_leaves_no_budget_to_solve(drawn: tuple[Case, Cells, CareUse]) -> None:
    """Share one everywhere pays the base whatever b, so no b pays more."""
    case, cells, care_use = drawn
    one = _lump_sums(case, cells, "shadow_production")[0]
    full = with_design(one, one.reference, np.ones(one.corridor.n_layers))
    told = "no budget from 50 % to 150 % of the reference amount .* lower the shares of the corridor"
    with pytest.raises(UserError, match=told):
        solve_budget(full, care_use, price_levels(case, one.lot, care_use), 2 * one.reference)


def _ends(budget: float, base_part: float, share: list[float]) -> float:
    """Cost at which the money ends; reference 100."""
    corridor = replace(EDGES, share=np.array([*share, 0.5, 0.5, 0.5]))
    return float(corridor.used_up_at(np.array([budget]), np.array([100.0]), np.array([base_part]))[0])


def test_where_budget_and_corridor_end_by_hand() -> None:
    """Shares 0, 0.5 and 0.8. A budget of 100 ends at 100 where base is cost, and below the reference amount. At a base of
    1.1 per euro of cost it ends at a base of 110, for which the corridor pays 2.5 + 1.6 = 4.1, and every euro more uses 0.12
    of that: 134.17. Base is cost again: 102 ends where it is, for nothing is paid there; for 104 the corridor pays 0.5, of
    which a euro more uses 0.5: 105; for 120 it pays 2.5 + 9.6 = 12.1, used by 0.2: 180.5."""
    shares = [0.0, 0.5, 0.8]
    assert _ends(104, 1.0, [np.nan] * 3) == 104  # what is to be decided pays nothing yet
    assert _ends(100, 1.0, shares) == 100
    assert _ends(100, 0.9, shares) == 100
    assert _ends(100, 1.1, shares) == pytest.approx(100 + 4.1 / 0.12)
    assert _ends(102, 1.0, shares) == 102
    assert _ends(104, 1.0, shares) == pytest.approx(105)
    assert _ends(120, 1.0, shares) == pytest.approx(180.5)
    # through a layer: 0.9 is paid at 104, a euro uses 0.1 of it up to 108, and then 0.2 of the 0.5 that is left
    assert _ends(104, 1.0, [0.0, 0.9, 0.8]) == pytest.approx(110.5)


def test_money_that_never_ends() -> None:
    """Share one on the cost itself, or a share times a base per euro of one or more at the end."""
    assert _ends(100, 1.0, [1.0, 1.0, 1.0]) == np.inf
    assert _ends(100, 1.25, [0.0, 0.5, 0.8]) == np.inf


@given(
    budget=st.floats(80, 140),
    base_part=st.floats(0.8, 1.3),
    share=st.lists(st.floats(0, 0.7), min_size=3, max_size=3),
)
def test_at_the_end_the_corridor_has_paid_what_the_budget_lacks(
    budget: float, base_part: float, share: list[float]
) -> None:
    """Cost = budget + what the deficit layers pay at its base, and never less than the budget."""
    ends = _ends(budget, base_part, share)
    paid = EDGES.amounts(np.array([ends * base_part]), np.array([100.0]))[0, :3] @ share
    assert ends >= budget
    assert ends == pytest.approx(budget + paid, rel=1e-9)
