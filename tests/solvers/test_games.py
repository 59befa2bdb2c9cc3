"""Cost games against published answers, each checked on its sorted excesses, and what holds for every game."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging_solvers import (
    CVaR,
    CVaRCoalitionOracle,
    EmptyImputationsError,
    core_violation,
    cvar,
    euler_contributions,
    from_values,
    nucleolus,
    prenucleolus,
    shapley,
)


def _claims(claims: list[float], estate: float) -> np.ndarray:
    """Bankruptcy game of values: what is left for S when the others are paid first (Aumann and Maschler 1985)."""
    n, total = len(claims), sum(claims)
    own = [sum(claim for i, claim in enumerate(claims) if mask >> i & 1) for mask in range(1 << n)]
    return from_values([max(0.0, estate - (total - value)) for value in own])


def _airport(costs: list[float]) -> np.ndarray:
    """A coalition pays for its largest."""
    n = len(costs)
    return np.array(
        [max((c for i, c in enumerate(costs) if mask >> i & 1), default=0.0) for mask in range(1 << n)]
    )


def _three(v1: float, v2: float, v3: float, v12: float, v13: float, v23: float, v123: float) -> np.ndarray:
    return np.array([0.0, v1, v2, v12, v3, v13, v23, v123])


def _random(seed: int, n: int) -> np.ndarray:
    """Subadditive in spirit: concave in a random weight, plus noise; alone always dearer."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(1, 10, n)
    members = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    costs = (members @ weight) ** 0.7 * (1 + 0.1 * rng.random(1 << n))
    costs[0] = 0.0
    costs[-1] = min(costs[-1], costs[1 << np.arange(n)].sum())
    return costs


@pytest.mark.parametrize(
    ("estate", "expected"),
    [(100, (100 / 3, 100 / 3, 100 / 3)), (200, (50, 75, 75)), (300, (50, 100, 150))],
)
def test_claims_of_the_talmud(estate: float, expected: tuple[float, ...]) -> None:
    """Aumann and Maschler (1985)."""
    found = nucleolus(_claims([100, 200, 300], estate))
    np.testing.assert_allclose(-found.allocation, expected, atol=1e-6)
    assert found.certificate is not None
    assert found.certificate.holds


def test_six_claims() -> None:
    """MatTuGames: nucleolus and Shapley value of claims on 176."""
    game = _claims([40, 32, 11, 73.3, 54.95, 81.1], 176)
    np.testing.assert_allclose(-nucleolus(game).allocation, [20, 16, 5.5, 48.35, 30, 56.15], atol=1e-6)
    np.testing.assert_allclose(-shapley(game), [23.5175, 18.7483, 6.495, 44.3008, 33.3317, 49.6067], atol=1e-4)


def test_airport() -> None:
    """Littlechild and Owen (1973): Shapley 3, 4.3333, 6.3333, 10.3333; nucleolus 5, 5, 5, 9."""
    game = _airport([12, 16, 20, 24])
    np.testing.assert_allclose(shapley(game), [3, 13 / 3, 19 / 3, 31 / 3])
    np.testing.assert_allclose(nucleolus(game).allocation, [5, 5, 5, 9], atol=1e-7)


def test_coopgame() -> None:
    """CoopGame (R) tests: over imputations, and the prenucleolus where it is no imputation."""
    first = from_values(_three(-1, 0, 1, 3, 4, 2, 5))
    second = from_values(_three(2, 6, 5, 15, 1, 18, 14))
    np.testing.assert_allclose(-nucleolus(first).allocation, [8 / 3, 2 / 3, 5 / 3], atol=1e-7)
    np.testing.assert_allclose(-nucleolus(second).allocation, [2, 7, 5], atol=1e-7)
    np.testing.assert_allclose(-prenucleolus(second).allocation, [-1, 13, 2], atol=1e-7)


def test_tennessee_valley() -> None:
    """After Straffin and Heaney (1981), recomputed: Shapley and nucleolus of the costs of three purposes."""
    game = _three(163520, 140826, 250096, 301607, 378821, 367370, 412584)
    np.testing.assert_allclose(shapley(game), [117829, 100756.5, 193998.5], atol=0.51)
    np.testing.assert_allclose(nucleolus(game).allocation, [116234, 93540, 202810], atol=0.51)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 6))
def test_the_point_is_certified_and_no_other_is_lexicographically_less(seed: int, n: int) -> None:
    game = _random(seed, n)
    for found in (nucleolus(game), prenucleolus(game)):
        assert found.allocation.sum() == pytest.approx(game[-1])
        assert found.certificate is not None
        assert found.certificate.holds, found.certificate
    rng = np.random.default_rng(seed)
    best = prenucleolus(game).excesses
    members = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1)[1:-1]
    for _ in range(20):
        step = rng.normal(size=n)
        x = prenucleolus(game).allocation + 0.1 * (step - step.mean())
        other = -np.sort(-(members @ x - game[1:-1]))
        differs = np.flatnonzero(np.abs(other - best) > 1e-7)
        assert len(differs) == 0 or other[differs[0]] > best[differs[0]]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 5))
def test_players_may_change_places(seed: int, n: int) -> None:
    game = _random(seed, n)
    order = np.random.default_rng(seed).permutation(n)
    masks = np.array([sum(1 << int(order[i]) for i in range(n) if mask >> i & 1) for mask in range(1 << n)])
    moved = game[masks]
    np.testing.assert_allclose(nucleolus(moved).allocation, nucleolus(game).allocation[order], atol=1e-6)
    np.testing.assert_allclose(shapley(moved), shapley(game)[order])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), confidence=st.floats(0.0, 0.95))
def test_the_euler_point_of_a_cvar_game_is_in_its_core(seed: int, confidence: float) -> None:
    losses = np.random.default_rng(seed).gamma(2.0, 1.0, (40, 4))
    members = (np.arange(16)[:, None] >> np.arange(4)) & 1
    game = np.array([0.0, *(cvar(losses @ row, confidence) for row in members[1:])])
    point = euler_contributions(losses, CVaR(confidence))
    assert core_violation(game, point).excess <= 1e-9
    assert core_violation(game, nucleolus(game).allocation).excess <= 1e-7


def test_the_oracle_finds_what_the_table_finds() -> None:
    losses = np.random.default_rng(3).gamma(1.5, 2.0, (30, 5))
    members = (np.arange(32)[:, None] >> np.arange(5)) & 1
    game = np.array([0.0, *(cvar(losses @ row, 0.8) for row in members[1:])])
    listed, found = nucleolus(game), nucleolus(oracle=CVaRCoalitionOracle(losses, 0.8))
    assert found.bound == pytest.approx(listed.bound, abs=1e-6)
    if found.complete:
        np.testing.assert_allclose(found.allocation, listed.allocation, atol=1e-5)
    assert found.excesses[0] <= listed.excesses[0] + 1e-6


def test_the_unhappiest_is_named() -> None:
    violation = core_violation(_airport([12, 16, 20, 24]), [13.0, 3.0, 4.0, 4.0])
    assert violation.coalition == (0,)
    assert violation.excess == pytest.approx(1.0)
    with pytest.raises(ValueError, match="adds up to 20"):
        core_violation(_airport([12, 16, 20, 24]), [5.0, 5.0, 5.0, 5.0])


def test_no_imputation_is_an_error() -> None:
    with pytest.raises(EmptyImputationsError, match="take the prenucleolus"):
        nucleolus(np.array([0.0, 1.0, 1.0, 5.0]))
    np.testing.assert_allclose(prenucleolus(np.array([0.0, 1.0, 1.0, 5.0])).allocation, [2.5, 2.5])


def test_degenerate_games() -> None:
    np.testing.assert_allclose(nucleolus(np.array([0.0, 7.0])).allocation, [7.0])
    np.testing.assert_allclose(nucleolus(np.zeros(8)).allocation, 0.0, atol=1e-9)
    for wrong in (np.ones(4), np.zeros(5), np.array([0.0, np.nan])):
        with pytest.raises(ValueError, match=r"costs|table"):
            shapley(wrong)
