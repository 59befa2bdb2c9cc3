"""Blocks, streams and points: the same numbers whoever draws them."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from operator import methodcaller
from threading import Barrier, BrokenBarrierError

import numpy as np
import pytest

from bekostiging.case import Case, UserError
from bekostiging.scenarios import Plan, draw_block, map_blocks, named_shocks, normals_of, plan
from bekostiging.scenarios.points import fewest_scenarios, normal_points, scramblings_and_points
from bekostiging_solvers.typing import FloatArray


@pytest.mark.parametrize(
    ("asked", "scramblings", "points"),
    [(512, 16, 32), (16, 16, 1), (31, 31, 1), (32, 16, 2), (500, 32, 16), (513, 17, 32)],
)
def test_scenarios_are_whole_scramblings(asked: int, scramblings: int, points: int) -> None:
    assert scramblings_and_points(asked, 0.9) == (scramblings, points)
    assert scramblings * points >= asked


@pytest.mark.parametrize(
    ("confidence", "least"),
    [(0.5, 16), (0.9, 16), (0.9375, 16), (0.95, 20), (0.975, 40), (0.99, 100), (0.999, 1000)],
)
def test_a_tail_asks_at_least_one_scenario(confidence: float, least: int) -> None:
    """1 / (1 - confidence), or sixteen scramblings; whole numbers are not spoiled by rounding."""
    assert fewest_scenarios(confidence) == least
    scramblings_and_points(least, confidence)
    with pytest.raises(UserError) as caught:
        scramblings_and_points(least - 1, confidence)
    assert caught.value.exit_code == 2
    assert f"minstens {least} scenario" in caught.value.text("nl")
    assert f"at least {least} scenarios" in caught.value.text("en")


def test_too_few_for_the_confidence_of_the_case(small_case: Case) -> None:
    """The error names the confidence and what it asks."""
    rows = tuple(
        row.model_copy(update={"value": "0.975"}) if row.name == "confidence" else row for row in small_case.policy
    )
    with pytest.raises(UserError) as caught:
        plan(replace(small_case, policy=rows), 32, 2, 1, "design")
    assert caught.value.text("nl") == (
        "n_scenarios 32: een staart bij confidence 97,5 % en een standaardfout vragen minstens 40 scenario's; neem er 512 "
        "of meer, of zet confidence in policy lager."
    )
    assert caught.value.text("en") == (
        "n_scenarios 32: a tail at confidence 97.5 % and a standard error need at least 40 scenarios; take 512 or more, or "
        "lower confidence in policy."
    )


def test_rounding_up_is_said(small_case: Case) -> None:
    made = plan(small_case, 513, 4, 1, "design")
    assert made.n_scenarios == 544
    assert made.notes[0]["en"] == "513 scenarios rounded up to 544 (17 x 32)."


def test_a_scrambling_is_stratified() -> None:
    """32 Sobol points have one in each 32nd of every dimension."""
    from scipy.special import ndtr

    points = ndtr(normal_points(32, 5, np.random.default_rng(1)))
    assert (np.sort((points * 32).astype(int), axis=0) == np.arange(32)[:, None]).all()


def test_workers_do_not_change_a_bit(small_case: Case) -> None:
    made = plan(small_case, 32, 2, 4, "design")
    reduce = methodcaller("care_use")
    one, two = map_blocks(made, reduce, 1), map_blocks(made, reduce, 2)
    assert len(one) == made.n_blocks
    for left, right in zip(one, two, strict=True):
        np.testing.assert_array_equal(left.units, right.units)
        np.testing.assert_array_equal(left.clients, right.clients)


def test_design_and_fresh_futures_differ(small_case: Case) -> None:
    design, out_of_sample = (
        draw_block(plan(small_case, 32, 2, 4, stream), 0) for stream in ("design", "out_of_sample")
    )
    assert not np.array_equal(design.factors.inflow, out_of_sample.factors.inflow)


def test_years_are_cut_never_lengthened(small_case: Case) -> None:
    assert plan(small_case, 32, 2, 1, "design").n_years == 2
    assert plan(small_case, 32, 40, 1, "design").n_years == small_case.n_years


def test_nobody_asks_after_the_term(small_case: Case) -> None:
    """Start times are 32-bit: rounding must not reach the next January."""
    clients = draw_block(plan(small_case, 64, 2, 11, "design"), 0).clients
    assert clients.asked_month.max() < 24


def test_named_shocks_move_only_their_years(small_case: Case) -> None:
    for shock in {row.id for row in small_case.shocks}:
        factors = named_shocks(small_case, 4, [shock])
        assert (factors.inflow[:, 0] == 1).all()
        rows = [row for row in small_case.shocks if row.id == shock and row.quantity == "inflow"]
        for row in rows:
            hit = factors.inflow[0, 1:, 0] != 1
            assert hit.sum() == min(row.years, 4 - row.first_year + 1)


def test_two_threads_draw_two_plans_as_each_alone(small_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both threads have new points at the same moment, and change turn every microsecond or so."""
    made = [plan(small_case, 32, 1, seed, "out_of_sample") for seed in (1, 2)]
    turn, interval = Barrier(2, timeout=1), sys.getswitchinterval()

    def in_turn(n_points: int, n_dimensions: int, rng: np.random.Generator) -> FloatArray:
        points = normal_points(n_points, n_dimensions, rng)
        with suppress(BrokenBarrierError):
            turn.wait()
        return points

    def drawn(one: Plan) -> list[FloatArray]:
        points = [normals_of(one) for _ in range(20)]
        return [*points, *(draw_block(one, index).care_use().units for index in range(2))]

    alone = [drawn(one) for one in made]
    monkeypatch.setattr("bekostiging.scenarios.simulate.normal_points", in_turn)
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as threads:
            together = list(threads.map(drawn, made))
    finally:
        sys.setswitchinterval(interval)
    for one, other in zip(together, alone, strict=True):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left, right)
