"""What a queue says of the waiting that the capacity model plans: Erlang, a Markov chain, a simulation with Ciw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from queue_simulation import (
    N_T,
    STAY,
    TABLE,
    Queue,
    arrivals,
    chain_waiting,
    compared,
    erlang_c_waiting,
    markdown,
    plan_data,
    planned_waiting,
    simulated_waiting,
    stays_of,
)

PAGE = Path(__file__).parents[3] / "docs" / "capacity.md"


def test_erlang_c_by_hand() -> None:
    """M/M/1: r^2 / (1 - r), 1/2 at half load. M/M/2: 2 r^3 / (1 - r^2), 1/3 at half load."""
    assert erlang_c_waiting(1, 0.5) == pytest.approx(1 / 2)
    assert erlang_c_waiting(2, 0.5) == pytest.approx(1 / 3)


@pytest.mark.parametrize(("places", "load"), [(5, 0.8), (20, 0.7)])
def test_the_chain_ends_where_erlang_says(places: int, load: float) -> None:
    assert chain_waiting(Queue(places, load), 240)[-1] == pytest.approx(erlang_c_waiting(places, load), rel=1e-3)


def test_the_simulation_ends_where_erlang_says() -> None:
    """Five places at load 0.7 for seven hundred years: within 4 standard errors of 40 batches, themselves small."""
    queue, quarters, rng = Queue(5, 0.7), 2800, np.random.default_rng(1)
    asked = arrivals(queue, rng, quarters)
    waiting = simulated_waiting(queue, asked, stays_of(queue, asked, rng), quarters)
    batches = waiting.reshape(40, -1).mean(axis=1)
    error = batches.std(ddof=1) / np.sqrt(40)
    expected = erlang_c_waiting(5, 0.7)
    assert error < 0.15 * expected
    assert batches.mean() == pytest.approx(expected, abs=4 * error)


def test_the_fluid_limit_by_hand() -> None:
    """20 places, stays of two quarters, all taken: 10 leave a quarter and 11 come, so 1, 2, 3, ... wait; 8 on average.

    That holds in the model to the digit, so its quarters and its exponential stays are those of the queue.
    """
    evenly = np.concatenate([t + (np.arange(11) + 0.5) / 11 for t in range(N_T)])
    assert 20 / STAY == 10
    np.testing.assert_allclose(planned_waiting(plan_data(Queue(20, 1.1), [evenly])), [N_T / 2], rtol=1e-9)


@pytest.mark.parametrize(
    ("load", "least", "most"), [(0.5, 0.0, 1.0), (0.9, 0.2, 0.8), (1.0, 0.5, 0.95), (1.5, 0.9, 1.0)]
)
def test_the_model_underestimates_waiting_and_agrees_at_both_ends(load: float, least: float, most: float) -> None:
    """On the same arrivals. At half load nobody waits in either, in overload the fluid limit is nearly all there is; in
    between the model sees part of the waiting. The simulation agrees with the exact mean of the chain, and the count of the
    package with the simulation, run by run."""
    own = compared(Queue(20, load), runs=60)
    np.testing.assert_allclose(own.counted, own.simulated, atol=1e-9)
    error = own.simulated.std(ddof=1) / np.sqrt(60)
    assert own.simulated.mean() == pytest.approx(own.exact, abs=4 * error + 0.01)
    difference = own.simulated - own.planned
    assert difference.mean() > -2 * difference.std(ddof=1) / np.sqrt(60)
    if load == 0.5:
        assert max(own.exact, own.simulated.mean(), own.planned.mean()) < 0.02
    else:
        assert least * own.simulated.mean() < own.planned.mean() < most * own.simulated.mean()


@pytest.mark.slow
def test_the_table_of_the_page() -> None:
    assert markdown([compared(Queue(*one)) for one in TABLE]) in PAGE.read_text()
