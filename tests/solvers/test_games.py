"""Cost games against published answers, each checked on its sorted excesses, and what holds for every game."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from exact_games import exact_nucleolus
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging_solvers import (
    CVaR,
    CVaRCoalitionOracle,
    EmptyImputationsError,
    NumericalTroubleError,
    core_violation,
    cvar,
    euler_contributions,
    from_values,
    nucleolus,
    prenucleolus,
    shapley,
)
from bekostiging_solvers import levels as levels_module
from bekostiging_solvers.exact_levels import ExactGame, exact_point, proves
from bekostiging_solvers.kohlberg import PROVEN, slack_of
from bekostiging_solvers.levels import Levels
from bekostiging_solvers.table_pricing import TablePricing


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
    point = prenucleolus(game)
    best = point.excesses
    members = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1)[1:-1]
    for _ in range(20):
        step = rng.normal(size=n)
        x = point.allocation + 0.1 * (step - step.mean())
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


def _of_some_kind(seed: int) -> np.ndarray:
    """A game of two to four players, of the kinds that went wrong: tiny synergies, rounded costs, ties, other scales."""
    rng = np.random.default_rng(seed)
    n, scale = int(rng.integers(2, 5)), 10.0 ** rng.integers(3, 13)
    members = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    own = members @ rng.uniform(1, 10, n)
    costs = [
        rng.normal(size=1 << n),
        rng.integers(-5, 6, 1 << n).astype(float),
        scale * (own + 1e-8 * rng.normal(size=1 << n)),
        np.round(own * scale),
        np.round(own**0.7 * scale, 2),
        np.round(members.sum(axis=1) ** 0.5 * scale, 2) + rng.integers(0, 3, 1 << n) / 100,
        1e-9 * rng.normal(size=1 << n),
    ][int(rng.integers(7))]
    costs[0] = 0.0
    return costs


def _agrees_with_fractions(seed: int) -> None:
    costs = _of_some_kind(seed)
    n, exact = len(costs).bit_length() - 1, [Fraction(cost) for cost in costs]
    alone = sum(exact[1 << i] for i in range(n))
    for imputations, found in ((True, nucleolus), (False, prenucleolus)):
        if imputations and alone < exact[-1]:
            if float(exact[-1] - alone) > 1e-14 * np.abs(costs).max():
                with pytest.raises(EmptyImputationsError, match="take the prenucleolus"):
                    nucleolus(costs)
            continue
        solution = found(costs)
        expected = [float(one) for one in exact_nucleolus(exact, imputations=imputations)]
        np.testing.assert_allclose(solution.allocation, expected, rtol=0, atol=1e-15 * np.abs(costs).max())
        assert solution.certificate is not None
        assert solution.certificate.holds
        assert solution.certificate.slack == 0.0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_games_agree_with_rational_arithmetic(seed: int) -> None:
    """To the last bits of the largest cost, whatever the scale, the rounding and the size of what there is to share."""
    _agrees_with_fractions(seed)


@pytest.mark.slow
def test_two_thousand_games_agree_with_rational_arithmetic() -> None:
    for seed in range(2000):
        _agrees_with_fractions(seed)


@pytest.mark.parametrize("digits", [0, 2])
@pytest.mark.parametrize("scale", [1e3, 1e6, 1e9, 1e12])
@pytest.mark.parametrize("n", [3, 6, 9])
def test_tables_in_euros_and_cents_all_answer(n: int, scale: float, digits: int) -> None:
    """Costs that are additive but for rounding, and costs with a saving of all together; the first used to crash."""
    rng = np.random.default_rng(n)
    members = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    own = members @ rng.uniform(0.1, 1.0, n) * scale
    for costs in (np.round(own, digits), np.round(own * 0.9 ** (members.sum(axis=1) - 1), digits)):
        costs[0] = 0.0
        found = prenucleolus(costs)
        assert found.allocation.sum() == pytest.approx(costs[-1], rel=1e-14)
        assert found.certificate is not None
        assert found.certificate.holds, found.certificate
        assert found.certificate.exact or n > 8


def test_synergies_of_a_hundred_millionth_are_shared() -> None:
    """Three players, 1e9 each; two together save 10, all three 18: 6 each. It used to go round for ever."""
    costs = np.array([0.0, 1e9, 1e9, 2e9 - 10, 1e9, 2e9 - 10, 2e9 - 10, 3e9 - 18])
    np.testing.assert_allclose(nucleolus(costs).allocation, 1e9 - 6, rtol=0, atol=1e-6)


def test_costs_that_add_up_are_paid_by_who_makes_them() -> None:
    """0.1 + 0.2 + 0.3 in any order: rounding is no synergy, and no lack of imputations."""
    own = np.array([0.1, 0.2, 0.3])
    costs = np.array([sum(own[i] for i in reversed(range(3)) if mask >> i & 1) for mask in range(8)], dtype=float)
    np.testing.assert_allclose(nucleolus(costs).allocation, own, rtol=1e-15)
    costs[-1] = np.nextafter(0.6, 1.0)
    np.testing.assert_allclose(nucleolus(costs).allocation, own, rtol=1e-15)


def test_two_excesses_that_differ_by_a_cent_in_a_billion_are_two() -> None:
    """Pairs of three players cost 1e12 less 0, 1 and 2 cents; in floats one level, in fractions three."""
    costs = np.array([0.0, 1e12, 1e12, 1.5e12, 1e12, 1.5e12 - 0.01, 1.5e12 - 0.02, 2e12])
    found = prenucleolus(costs)
    expected = exact_nucleolus([Fraction(cost) for cost in costs], imputations=False)
    np.testing.assert_allclose(found.allocation, [float(one) for one in expected], rtol=0, atol=1e-4)
    assert found.allocation[0] > found.allocation[1] > found.allocation[2]


@pytest.mark.parametrize("n", [5, 9])
def test_a_proof_of_another_point_fails(n: int) -> None:
    """The levels of one game prove nothing about another whose most unhappy coalition is a little cheaper."""
    costs = _random(7, n)
    reduced = costs - np.array(
        [costs[1 << np.arange(n)][(mask >> np.arange(n)) & 1 == 1].sum() for mask in range(1 << n)]
    )
    limits = np.zeros(n)
    levels = Levels(n, float(reduced[-1]), limits, TablePricing(reduced, 1e-10), 1e-10)
    while not levels.settled:
        levels.next()
    assert slack_of(reduced, levels.x, limits, levels.found) <= PROVEN
    cheaper = reduced.copy()
    cheaper[levels.found[0].tight()[0].key] -= 1.0
    assert slack_of(cheaper, levels.x, limits, levels.found) > 0.1
    moved = levels.x + np.append([0.01, -0.01], np.zeros(n - 2))
    assert slack_of(reduced, moved, limits, levels.found) > 1e-3
    if n > 8:
        return
    whole = ExactGame(costs).costs
    point = exact_point(whole, levels.found)
    assert proves(whole, limits, levels.found, point)
    x, values, below = point
    assert not proves(whole, limits, levels.found[:-1], (x, values[:-1], below)), "a level is missing"
    assert not proves(whole, limits, levels.found, (x, values - 1, below)), "an excess above its level"
    weights = levels.found[0].rows
    turned = [levels_module.Level(weights[::-1], levels.found[0].weights, 0.0), *levels.found[1:]]
    assert proves(whole, limits, turned, point), "the order of the rows says nothing"
    other = [
        levels_module.Level((*weights[:-1], _open_row(weights, n)), levels.found[0].weights, 0.0),
        *levels.found[1:],
    ]
    assert not proves(whole, limits, other, point), "weights of another basis"


def _open_row(rows: tuple[levels_module.Row, ...], n: int) -> levels_module.Row:
    """A coalition that is not in the basis and makes one of its weights negative."""
    base = levels_module.basis_matrix(rows[:-1])
    for mask in range(1, (1 << n) - 1):
        members = ((mask >> np.arange(n)) & 1).astype(float)
        matrix = np.vstack([base, np.append(members, -1.0)])
        if abs(np.linalg.det(matrix)) > 0.5 and (-np.linalg.inv(matrix)[-1][1:] < -1e-9).any():
            return levels_module.Row(levels_module.Kind.OPEN, members, 0.0, mask)
    raise AssertionError("every basis is good")


def test_a_level_that_leads_nowhere_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels_module, "MOST_STEPS", 2)
    with pytest.raises(NumericalTroubleError, match="took more than 2 steps; scale the costs"):
        nucleolus(_random(3, 9))


def test_the_first_row_in_place_of_the_most_violated_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bland's rule from the first step on finds the same point."""
    game = _random(11, 7)
    expected = nucleolus(game).allocation
    monkeypatch.setattr(levels_module, "STALLED", -1)
    np.testing.assert_allclose(nucleolus(game).allocation, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ([0.0, np.inf], r"costs\[1\] is inf"),
        ([1.0, 2.0], r"costs\[0\] is 1; it is that of nobody"),
        ([0.0, 1.0, 2.0], r"2\^n entries, one per coalition, not shape \(3,\)"),
        ([0.0, 1e305], "cannot be added up; choose a larger unit"),
        (["a", "b"], "costs holds something other than numbers"),
    ],
)
def test_tables_that_are_none_are_refused(costs: list[float], message: str) -> None:
    for solution in (shapley, nucleolus, prenucleolus):
        with pytest.raises(ValueError, match=message):
            solution(costs)
