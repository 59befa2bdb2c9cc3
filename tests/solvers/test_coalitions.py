"""The tails of all coalitions are those computed one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging_solvers import CVaR, coalition_tails, core_violation, cvar, euler_contributions


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 11), st.sampled_from([0.0, 0.5, 0.9, 0.95, 0.987]))
def test_every_coalition_is_the_tail_of_its_sum(seed: int, n: int, confidence: float) -> None:
    losses = np.random.default_rng(seed).normal(size=(40, n))
    table = coalition_tails(losses, confidence)
    assert len(table) == 1 << n
    assert table[0] == 0
    for mask in np.random.default_rng(seed).integers(1, 1 << n, size=20):
        members = [i for i in range(n) if mask >> i & 1]
        assert table[mask] == pytest.approx(float(cvar(losses[:, members].sum(axis=1), confidence)))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 8))
def test_the_euler_point_lies_in_the_core(seed: int, n: int) -> None:
    """The core of the CVaR game is never empty (design section 9)."""
    losses = np.random.default_rng(seed).standard_t(3, size=(60, n))
    table = coalition_tails(losses, 0.9)
    point = np.asarray(euler_contributions(losses, CVaR(0.9)), dtype=np.float64)
    assert core_violation(table, point).excess <= 1e-9 * np.abs(table).max()


def test_more_players_than_a_table_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="16 players have 65536 coalitions; at most 15"):
        coalition_tails(np.zeros((4, 16)), 0.9)
