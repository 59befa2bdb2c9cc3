"""Sharing between municipalities: by hand, properties of the games, the core test of keys, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bekostiging.case import UserError
from bekostiging.sharing import (
    SharingData,
    borne_parts,
    check_game,
    check_players,
    core_test,
    fixed_parts_game,
    joint_contract_game,
    key_results,
    sampled_shapley,
    solve_game,
    surcharge_game,
)
from bekostiging_solvers import shapley

EVERY = slice(None)


def _data(used: np.ndarray, paid: dict[str, np.ndarray] | None = None, confidence: float = 0.5) -> SharingData:
    """One year; what is used is what is paid today."""
    n = used.shape[1]
    today = {"in_force": used[:, None, :], "actual_use": used[:, None, :]}
    return SharingData(
        municipalities=tuple(f"town-{i + 1}" for i in range(n)),
        used=used,
        paid=today | {key: own[:, None, :] for key, own in (paid or {}).items()},
        in_force="in_force",
        cost=used[:, None, :],
        administration=np.array([6.0]),
        discount=np.ones(1),
        confidence=confidence,
        cost_of_capital=0.1,
        n_groups=2,
    )


USED = np.array([[10.0, 20.0], [14.0, 20.0], [10.0, 28.0], [14.0, 20.0]])
"""Four scenarios of two towns; means 12 and 22, at 0.5 tails 14 and 24, together 36 ((38 + 34) / 2)."""


def test_the_surcharge_game_by_hand() -> None:
    """c(1) = 14 - 12 = 2, c(2) = 24 - 22 = 2, c(12) = 36 - 34 = 2: each of both saves one by going together."""
    table = surcharge_game(USED, 0.5)
    np.testing.assert_allclose(table, [0, 2, 2, 2])
    found = solve_game(_data(USED), "surcharge")
    assert [one.value for one in found.shapley] == pytest.approx([1, 1])
    assert [one.value for one in found.nucleolus] == pytest.approx([1, 1])
    assert [one.value for one in found.saving] == pytest.approx([1, 1])
    assert found.certified


def test_the_joint_contract_game_by_hand() -> None:
    """k = 0.1: alone (12 + 1.4) / 1.1 + 6 and (22 + 2.4) / 1.1 + 6, together (34 + 3.6) / 1.1 + 6."""
    table = joint_contract_game(USED[:, None, :], np.array([6.0]), 0.5, 0.1)
    np.testing.assert_allclose(table, [0, 13.4 / 1.1 + 6, 24.4 / 1.1 + 6, 37.6 / 1.1 + 6])
    found = solve_game(_data(USED), "joint_contract")
    saved = 6 + 0.2 / 1.1
    assert [one.value for one in found.saving] == pytest.approx([saved / 2, saved / 2])
    assert found.euler is None


def test_fixed_parts_by_hand() -> None:
    """12 + 6, 22 + 6 and together 34 + 6: going together saves one administration, half to each."""
    np.testing.assert_allclose(fixed_parts_game(USED[:, None, :], USED, np.array([6.0])), [0, 18, 28, 40])
    found = solve_game(_data(USED), "fixed_parts")
    assert [one.value for one in found.saving] == pytest.approx([3, 3])
    assert [one.value for one in found.shapley] == pytest.approx([15, 25])


def test_a_town_nobody_of_which_uses_a_contract_does_not_pay_for_it() -> None:
    used = np.column_stack([USED[:, 0], np.zeros(4)])
    np.testing.assert_allclose(joint_contract_game(used[:, None, :], np.array([6.0]), 0.5, 0.1)[2], 0.0)


def test_a_key_by_hand() -> None:
    """Half each: town 1 pays 15, 17, 19, 17; worst scenarios of the region are 38 and one of the 34s: it bears 18 where
    alone it would bear 14, so it would be 4 cheaper off alone."""
    half = np.repeat(USED.sum(axis=1, keepdims=True) / 2, 2, axis=1)
    data = _data(USED, {"inhabitants": half})
    np.testing.assert_allclose(borne_parts(data, "inhabitants", np.ones(4, dtype=bool)), [18, 18])
    first, second = key_results(data, "inhabitants", 0.0)
    assert first.expected.value == pytest.approx(17)
    assert first.change.value == pytest.approx(5)
    assert first.volatility.value == pytest.approx(np.std([15, 17, 19, 17]))
    assert first.worst_year.value == pytest.approx(19)
    assert (first.alone.value, second.alone.value) == (pytest.approx(4), pytest.approx(-6))
    core = core_test(data, "inhabitants", 0.0)
    assert core.members == ("town-1",)
    assert core.euros.value == pytest.approx(4)
    assert not core.holds


def test_exit_cost_keeps_them_together() -> None:
    half = np.repeat(USED.sum(axis=1, keepdims=True) / 2, 2, axis=1)
    data = _data(USED, {"inhabitants": half})
    assert core_test(data, "inhabitants", 4.5).holds
    assert key_results(data, "inhabitants", 4.5)[0].alone.value == pytest.approx(-0.5)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_use_as_key_never_drives_anybody_out(seed: int, n: int) -> None:
    """Under actual use the parts are the Euler point, which lies in the core."""
    data = _data(np.random.default_rng(seed).lognormal(3, 0.3, (64, n)), confidence=0.9)
    assert core_test(data, "actual_use", 0.0).euros.value <= 1e-9
    assert borne_parts(data, "actual_use", np.ones(64, dtype=bool)).sum() == pytest.approx(
        float(np.sort(data.used.sum(axis=1))[-7:] @ np.array([0.4, *[1.0] * 6])) / 6.4
    )


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_solutions_divide_what_all_pay_and_nobody_pays_more_than_alone(seed: int, n: int) -> None:
    data = _data(np.random.default_rng(seed).lognormal(3, 0.3, (64, n)), confidence=0.9)
    found = solve_game(data, "surcharge")
    assert found.euler is not None
    for division in (found.shapley, found.nucleolus, found.euler):
        assert sum(one.value for one in division) == pytest.approx(found.together.value)
    assert all(one.value >= -1e-9 for one in found.saving)
    assert found.certified


def test_equal_towns_share_alike_and_the_constant_one_pays_no_surcharge() -> None:
    rng = np.random.default_rng(1)
    same = rng.lognormal(3, 0.3, 64)
    used = np.column_stack([same, same, np.full(64, 50.0)])
    found = solve_game(_data(used, confidence=0.9), "surcharge")
    assert found.nucleolus[0].value == pytest.approx(found.nucleolus[1].value)
    assert found.nucleolus[2].value == pytest.approx(0.0, abs=1e-9)
    assert found.shapley[2].value == pytest.approx(0.0, abs=1e-9)


def test_standard_errors_are_those_of_many_samples() -> None:
    """The spread of the surcharge of all together over 60 samples, within a third of the mean jackknife error."""
    values, errors = [], []
    for seed in range(60):
        used = np.random.default_rng(seed).lognormal(3, 0.3, (256, 3))
        data = SharingData(**{**vars(_data(used, confidence=0.9)), "n_groups": 8})
        found = solve_game(data, "surcharge").together
        values.append(found.value)
        errors.append(found.standard_error)
    assert np.std(values, ddof=1) == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=0.33)


def test_sampled_shapley_is_that_of_the_table() -> None:
    used = np.random.default_rng(2).lognormal(3, 0.3, (64, 5))
    centred = used - used.mean(axis=0)
    exact = shapley(surcharge_game(used, 0.9))
    for value, one in zip(exact, sampled_shapley(centred, 0.9, np.random.default_rng(3)), strict=True):
        assert abs(one.value - value) < 4 * one.standard_error


def test_beyond_fifteen_municipalities_the_oracle_takes_over() -> None:
    """Sixteen towns: the division adds up, nobody pays more than alone, and the core test finds no happier coalition."""
    rng = np.random.default_rng(4)
    used = rng.lognormal(3, 0.2, (40, 1)) * rng.lognormal(0, 0.1, (40, 16))
    half = np.repeat(used.mean(axis=1, keepdims=True), 16, axis=1)
    data = _data(used, {"inhabitants": half}, confidence=0.75)
    found = solve_game(data, "surcharge")
    assert found.table is None
    assert found.euler is not None
    for division in (found.nucleolus, found.euler):
        assert sum(one.value for one in division) == pytest.approx(found.together.value)
    assert all(
        nucleus.value <= single.value + 1e-6 for nucleus, single in zip(found.nucleolus, found.alone, strict=True)
    )
    assert all(np.isfinite(one.standard_error) for one in (*found.nucleolus, *found.saving, *found.shapley))
    worst = core_test(data, "inhabitants", 0.0).euros.value
    singles = [one.alone.value for one in key_results(data, "inhabitants", 0.0)]
    assert worst >= max(singles) - 1e-9


@pytest.mark.parametrize(
    ("game", "said"),
    [
        ("expected_cost", "expected cost is additive: a group of municipalities pays what its members pay"),
        ("poker", "game poker: choose from surcharge, fixed_parts, joint_contract"),
    ],
)
def test_games_with_nothing_to_divide_are_refused(game: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        check_game(game)


@pytest.mark.parametrize(
    ("players", "game", "table", "said"),
    [
        (1, "surcharge", False, "sharing asks at least two reported municipalities"),
        (16, "surcharge", True, "16 municipalities have 65535 coalitions; the full table goes up to 15"),
        (16, "fixed_parts", False, "fixed_parts goes up to 15 municipalities, these are 16; choose surcharge"),
        (9, "joint_contract", False, "goes up to 8 municipalities, these are 9; choose surcharge"),
    ],
)
def test_more_than_a_table_holds_is_refused(players: int, game: str, table: bool, said: str) -> None:
    with pytest.raises(UserError, match=said):
        check_players(players, game, table)
