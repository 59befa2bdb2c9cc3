"""Groups, fit, prices of conditions, intervals, and pools for expensive clients."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.case import UserError
from bekostiging.equalisation import (
    Adjuster,
    ClientCosts,
    NormAmounts,
    fitted,
    group_results,
    high_cost_pool,
    measures,
    price_of_conditions,
    provider_results,
    suppressed,
)


def _clients(seed: int = 1, n: int = 3_000) -> ClientCosts:
    rng = np.random.default_rng(seed)
    profile, provider = rng.integers(3, size=n), rng.integers(4, size=n)
    cost = np.array([2_000.0, 4_000.0, 9_000.0])[profile] * rng.lognormal(-0.125, 0.5, n)
    place = rng.integers(2, size=n)
    return ClientCosts(
        tuple(Adjuster(name) for name in ("a", "b", "c")),
        np.eye(3)[profile],
        cost,
        np.ones(n),
        provider,
        ("p1", "p2", "p3", "p4"),
        {"town": (place, ("here", "there"))},
    )


def _chronic() -> ClientCosts:
    """1,000 clients, 315 of them with a chronic condition who cost 483 euro more than the others."""
    chronic = np.arange(1000) < 315
    cost = np.where(chronic, 2_331.0, 1_848.0)
    return ClientCosts(
        (Adjuster("all"),),
        np.ones((1000, 1)),
        cost,
        np.ones(1000),
        np.zeros(1000, dtype=np.int64),
        ("insurer",),
        {"chronic": (chronic.astype(np.int64), ("without", "with"))},
    )


def test_compensation_of_groups_sums_to_zero_as_published() -> None:
    """Dutch 2014 formula: 31.5 % with a chronic condition at -331, 68.5 % without at +152 euro, zero in sum within
    rounding (Eur J Health Econ, PMC5313580)."""
    clients = _chronic()
    model = fitted(NormAmounts(), clients)
    without, with_condition = group_results(clients, clients.matrix @ model.coef_)
    assert without.compensation is not None
    assert with_condition.compensation is not None
    assert with_condition.compensation.value == pytest.approx(-331, abs=0.5)
    assert without.compensation.value == pytest.approx(152, abs=0.5)
    assert 315 * with_condition.compensation.value + 685 * without.compensation.value == pytest.approx(0, abs=1e-6)
    assert with_condition.ratio == pytest.approx(2000.145 / 2331)


def test_a_bound_on_the_group_moves_nothing_where_nothing_can_move() -> None:
    """One profile cannot pay two groups differently: the bound is refused and named."""
    clients = _chronic()
    with pytest.raises(UserError, match=r"group_bound\[chronic:with\]"):
        fitted(NormAmounts(group_bounds={"chronic:with": (-100.0, 100.0)}), clients)


def test_small_groups_are_suppressed_with_the_smallest_other() -> None:
    np.testing.assert_array_equal(suppressed(np.array([9.0, 50.0, 20.0]), 10), [True, False, True])
    np.testing.assert_array_equal(suppressed(np.array([9.0, 8.0, 20.0]), 10), [True, True, False])
    np.testing.assert_array_equal(suppressed(np.array([10.0, 50.0]), 10), [False, False])
    clients = _chronic()
    shown = group_results(clients, clients.cost, limit=400)
    assert [(one.clients, one.compensation, one.mean_cost) for one in shown] == [(None, None, None)] * 2


def test_a_provider_without_clients_is_named() -> None:
    with pytest.raises(UserError, match="provider idle has no clients"):
        ClientCosts(
            (Adjuster("a"),), np.ones((2, 1)), np.ones(2), np.ones(2), np.zeros(2, dtype=int), ("p", "idle"), {}
        )


def test_measures_by_hand() -> None:
    """Costs 2, 4, 6, 12 at 3, 3, 9, 9: SSE 20 of 56, absolute 8 of 12; providers 6 for 6 and 18 for 18."""
    clients = ClientCosts(
        (Adjuster("a"), Adjuster("b")),
        np.eye(2)[[0, 0, 1, 1]],
        np.array([2.0, 4.0, 6.0, 12.0]),
        np.ones(4),
        np.array([0, 1, 0, 1]),
        ("p", "q"),
        {},
    )
    found = measures(clients, np.array([3.0, 3.0, 9.0, 9.0]))
    assert found.r_squared == pytest.approx(1 - 20 / 56)
    assert found.cpm == pytest.approx(1 - 8 / 12)
    assert found.mean_absolute_error == pytest.approx(2)
    np.testing.assert_allclose(provider_results(clients, np.array([3.0, 3.0, 9.0, 9.0])), [4 / 8, -4 / 16])
    assert found.largest == pytest.approx(0.5)


def test_the_price_of_a_condition_is_what_leaving_it_out_changes() -> None:
    clients = _clients()
    model = fitted(NormAmounts(order=[("c", "b")], group_bounds={"town:here": (-1e6, 1e6)}), clients)
    order, bound = price_of_conditions(model, clients)
    assert [str(one.condition) for one in (order, bound)] == ["order[c,b]", "group_bound[town:here]"]
    assert order.r_squared > 0
    # b and c share one amount: half of what all their clients get more or less
    free = fitted(NormAmounts(), clients)
    moved = np.abs(clients.matrix @ (free.coef_ - model.coef_)).sum() / 2
    assert order.moved == pytest.approx(moved, rel=1e-6)
    assert bound.moved == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("kind", ["outlier", "individual"])
def test_a_pool_for_expensive_clients_is_zero_in_sum_and_shares_what_was_asked(kind: str) -> None:
    clients = _clients()
    norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    pool = high_cost_pool(clients, norm, kind, share=0.8, pooled=0.05)  # type: ignore[arg-type]
    assert sum(round(100 * value) for value in pool.transfers) == 0
    own = norm if kind == "individual" else 1.0
    over = np.maximum(clients.cost - pool.threshold * own, 0.0)
    assert 0.8 * over.sum() / clients.cost.sum() == pytest.approx(0.05, rel=1e-6)
    assert pool.power == pytest.approx(1 - 0.8 * clients.cost[over > 0].sum() / clients.cost.sum())


def test_high_cost_pool_by_hand() -> None:
    """Costs 100 and 0, 200 and 100 at two providers with norm 100 each: half of what lies above 100 is 50 for q; p and q
    bring in 25 each."""
    clients = ClientCosts(
        (Adjuster("a"),), np.ones((4, 1)), np.array([100.0, 0.0, 200.0, 100.0]), np.ones(4),
        np.array([0, 0, 1, 1]), ("p", "q"), {},
    )  # fmt: skip
    pool = high_cost_pool(clients, np.full(4, 100.0), "outlier", share=0.5, pooled=50 / 400)
    assert pool.threshold == pytest.approx(100.0)
    np.testing.assert_allclose(pool.transfers, [-25.0, 25.0])


def test_a_pool_larger_than_its_share_is_refused() -> None:
    clients = _clients()
    with pytest.raises(UserError, match="pooled < share"):
        high_cost_pool(clients, clients.cost, "outlier", share=0.5, pooled=0.6)
