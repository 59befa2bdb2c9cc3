"""The worked example of docs/equalisation.md, computed; every number in bold stands on the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bekostiging.contracts import zero_sum_transfers
from bekostiging.equalisation import (
    Adjuster,
    ClientCosts,
    NormAmounts,
    fitted,
    group_results,
    high_cost_pool,
    measures,
)

PAGE = (Path(__file__).parents[3] / "docs" / "equalisation.md").read_text()
COST = np.array([2.0, 4.0, 3.0, 10.0, 3.0, 8.0, 12.0, 6.0])
HEAVY = np.array([0, 0, 0, 1, 0, 1, 1, 1])
CRISIS = np.array([0, 1, 0, 1, 0, 0, 1, 0])
CLIENTS = ClientCosts(
    (Adjuster("light"), Adjuster("heavy")),
    np.eye(2)[HEAVY],
    COST,
    np.ones(8),
    np.array([0, 0, 0, 0, 1, 1, 1, 1]),
    ("x", "y"),
    {"crisis": (CRISIS, ("no", "yes"))},
)


def _on_page(*texts: str) -> None:
    for text in texts:
        assert f"**{text}**" in PAGE, text


def test_norm_amounts_results_and_transfers() -> None:
    model = fitted(NormAmounts(), CLIENTS)
    np.testing.assert_allclose(model.coef_, [3, 9])
    norm = CLIENTS.matrix @ model.coef_
    results = np.bincount(CLIENTS.provider, weights=norm - COST)
    np.testing.assert_allclose(results, [-1, 1])
    assert model.transfers(CLIENTS.matrix, ["x"] * 4 + ["y"] * 4) == {"x": -6.0, "y": 6.0}
    _on_page("3", "9", "-1", "+1", "-6", "+6")


def test_groups_and_side_figures() -> None:
    norm = CLIENTS.matrix @ fitted(NormAmounts(), CLIENTS).coef_
    crisis = group_results(CLIENTS, norm, limit=3)[1]
    assert crisis.compensation is not None
    assert crisis.compensation.value == pytest.approx(-5 / 3)
    assert crisis.ratio == pytest.approx(21 / 26)
    found = measures(CLIENTS, norm)
    assert (found.r_squared, found.cpm) == (pytest.approx(1 - 22 / 94), pytest.approx(1 - 10 / 24))
    _on_page(f"{-5 / 3:.2f}", f"{21 / 26:.2f}", f"{1 - 22 / 94:.2f}", f"{1 - 10 / 24:.2f}")


def test_shrinkage() -> None:
    np.testing.assert_allclose(fitted(NormAmounts(shrinkage=4.0), CLIENTS).coef_, [4.5, 7.5])
    _on_page("4.5", "7.5")


def test_pools() -> None:
    norm = CLIENTS.matrix @ fitted(NormAmounts(), CLIENTS).coef_
    pool = high_cost_pool(CLIENTS, norm, "outlier", share=0.5, pooled=2 / 48)
    assert pool.threshold == pytest.approx(9)
    np.testing.assert_allclose(pool.transfers, [-0.25, 0.25])
    assert zero_sum_transfers(0.5 * np.array([10.0, -10.0]), np.array([0.5, 0.5])).tolist() == [5.0, -5.0]
    _on_page("-0.25", "+0.25", "5", "0.75")
