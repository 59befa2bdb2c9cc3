"""One queue: by hand, against Erlang's formulas and Ciw, and what no number of places may break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_simulation import Queue, arrivals, counted_waiting, erlang_c_waiting, simulated_waiting, stays_of

from bekostiging.capacity import begin_times

NEVER = float("inf")


def _begin(
    left: list[float], asked: list[float], stay: list[float], places: list[int], urgent: str = ""
) -> list[float]:
    """``urgent``: a cross for who is crisis."""
    at_once = np.array([mark == "x" for mark in urgent.ljust(len(asked))], dtype=np.bool_)
    return begin_times(np.array(left), np.array(asked), np.array(stay), at_once, places).tolist()


@pytest.mark.parametrize(
    ("left", "asked", "stay", "places", "urgent", "expected"),
    [
        # two places free at 1 and 2, four who stay two months: 1, 2, then 3 and 4
        ([1, 2], [0, 0, 0, 0], [2, 2, 2, 2], [2], "", [1, 2, 3, 4]),
        # nobody sits: the first begins when asking, the second when the first leaves
        ([], [0.5, 1], [2, 2], [1], "", [0.5, 2.5]),
        # no places: nobody ever, but for crisis
        ([], [1, 2], [1, 1], [0], " x", [NEVER, 2]),
        # on today's list: asked before the term, begins in it
        ([], [-4, 0], [1, 1], [1], "", [0, 1]),
        # crisis at 0.5 goes above the one place, taken until 1: the place that comes free at 1 is not filled again
        ([1], [0.5, 0.6], [3, 1], [1], "x", [0.5, 3.5]),
        # a second place opens at month 3: who has waited since 1 begins then, not who asks at 3.5
        ([9], [1, 3.5], [2, 2], [1, 2], "", [3, 5]),
        # a place is given up at month 3, the next that comes free: of 2 until 4 and 9 one is left, free at 9
        ([4, 9], [3.5], [1], [2, 1], "", [9]),
        # more sit than there are places: who leave first are not followed
        ([1, 2, 6], [0], [1], [1], "", [6]),
    ],
)
def test_queues_by_hand(
    left: list[float], asked: list[float], stay: list[float], places: list[int], urgent: str, expected: list[float]
) -> None:
    assert _begin(left, asked, stay, places, urgent) == expected


@pytest.mark.parametrize(("places", "load", "known"), [(20, 0.7, 0.218), (20, 0.9, 4.957)])
def test_erlang_c_of_twenty_places(places: int, load: float, known: float) -> None:
    """Lq = C(c, a) load / (1 - load), C from the sum of Erlang (1917): a^c / c! / (1 - load) over the sum of all states."""
    offered, term, states = load * places, 1.0, 1.0
    for n in range(1, places):
        term *= offered / n
        states += term
    busy = term * offered / places / (1 - load)
    assert erlang_c_waiting(places, load) == pytest.approx(busy / (states + busy) * load / (1 - load), rel=1e-12)
    assert erlang_c_waiting(places, load) == pytest.approx(known, abs=1e-3)


def test_the_long_run_is_that_of_erlang() -> None:
    """Five places at load 0.8, M/M/5, for ten thousand years, in 40 batches: within 4 of their standard errors."""
    queue, quarters, rng = Queue(5, 0.8), 40_000, np.random.default_rng(3)
    asked = arrivals(queue, rng, quarters)
    months = 3.0 * stays_of(queue, asked, rng)[queue.caseload :]
    none = np.zeros(len(asked), dtype=np.bool_)
    waits = begin_times(np.zeros(0), 3 * asked, months, none, [5]) / 3 - asked
    # Little (1961): mean number waiting = rate x mean wait
    batches = np.array([queue.rate * one.mean() for one in np.array_split(waits, 40)])
    error = batches.std(ddof=1) / np.sqrt(40)
    assert error < 0.05 * erlang_c_waiting(5, 0.8)
    assert batches.mean() == pytest.approx(erlang_c_waiting(5, 0.8), abs=4 * error)


@pytest.mark.parametrize("load", [0.7, 1.0, 1.2])
def test_the_count_is_the_simulation_of_ciw_client_by_client(load: float) -> None:
    queue, rng = Queue(8, load), np.random.default_rng(5)
    asked = arrivals(queue, rng, 40)
    stays = stays_of(queue, asked, rng)
    np.testing.assert_allclose(
        counted_waiting(queue, asked, stays, 40), simulated_waiting(queue, asked, stays, 40), atol=1e-9
    )


@given(st.integers(0, 10_000), st.integers(0, 6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_place_more_lets_nobody_begin_later(seed: int, places: int, shrinks: bool) -> None:
    rng = np.random.default_rng(seed)
    left, asked = rng.uniform(0, 6, places), np.sort(rng.uniform(-1, 12, 30))
    stay, urgent = rng.exponential(2.0, 30), np.zeros(30, dtype=np.bool_)
    course = [places + 1, places, places + 2, places] if shrinks else [places] * 4
    fewer, more = (begin_times(left, asked, stay, urgent, [one + extra for one in course]) for extra in (0, 1))
    assert (more <= fewer + 1e-12).all()
    assert (more >= np.maximum(asked, 0.0)).all()


def test_the_queue_of_the_simulation_is_that_of_the_page() -> None:
    """As many sit at the start as the load says, no more than fit."""
    assert [replace(Queue(20, 0.7), load=load).caseload for load in (0.7, 1.2)] == [14, 20]
