"""Blocks, streams and points: the same numbers whoever draws them."""

from __future__ import annotations

from operator import methodcaller

import numpy as np
import pytest

from bekostiging.case import Case, UserError
from bekostiging.scenarios import draw_block, map_blocks, named_shocks, plan
from bekostiging.scenarios.points import normal_points, scramblings_and_points


@pytest.mark.parametrize(
    ("asked", "scramblings", "points"),
    [(512, 16, 32), (16, 16, 1), (31, 31, 1), (32, 16, 2), (500, 32, 16), (513, 17, 32)],
)
def test_scenarios_are_whole_scramblings(asked: int, scramblings: int, points: int) -> None:
    assert scramblings_and_points(asked) == (scramblings, points)
    assert scramblings * points >= asked


def test_fewer_than_sixteen_is_an_error() -> None:
    with pytest.raises(UserError) as caught:
        scramblings_and_points(15)
    assert caught.value.exit_code == 2
    assert "minstens 16" in caught.value.text("nl")


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
    design, fresh = (draw_block(plan(small_case, 32, 2, 4, stream), 0) for stream in ("design", "fresh"))
    assert not np.array_equal(design.factors.inflow, fresh.factors.inflow)


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
