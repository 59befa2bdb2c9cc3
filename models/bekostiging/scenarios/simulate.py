"""From a case to blocks of futures, drawn anywhere and put together in order.

A block is a run of consecutive scenarios inside one scrambling, sized from the case alone, and carries its
own random stream; so the result does not depend on how many workers drew it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal
from typing import Any, Literal, TypeVar

import numpy as np

from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import CareUse, Cells
from bekostiging.scenarios.cells import build_cells
from bekostiging.scenarios.clients import Clients, ClientSampler
from bekostiging.scenarios.factors import FactorModel, Factors
from bekostiging.scenarios.flow import FlowRule, apply_flow
from bekostiging.scenarios.points import normal_points, scramblings_and_points
from bekostiging.scenarios.reduce import ClientReducer

Stream = Literal["design", "fresh"]
STREAMS: tuple[Stream, ...] = ("design", "fresh")
T = TypeVar("T")
CLIENTS_PER_BLOCK = 1_000_000
"""About 100 MB of client arrays: small enough to stay fast, large enough to be vectorised."""


@dataclass(frozen=True)
class Plan:
    """What is drawn: enough for any process to draw any block again."""

    case: Case
    n_years: int
    n_scramblings: int
    points: int
    seed: int
    stream: Stream
    scenarios_per_block: int
    notes: tuple[dict[str, str], ...]

    @property
    def n_scenarios(self) -> int:
        """Scenarios drawn, after rounding up."""
        return self.n_scramblings * self.points

    @property
    def n_blocks(self) -> int:
        """Blocks drawn."""
        return self.n_scenarios // self.scenarios_per_block

    @cached_property
    def cells(self) -> Cells:
        """The cells of the case."""
        return build_cells(self.case)

    @cached_property
    def sampler(self) -> ClientSampler:
        """Draws clients."""
        return ClientSampler(self.case, self.cells, self.n_years)

    @cached_property
    def reducer(self) -> ClientReducer:
        """Reduces clients."""
        return ClientReducer(self.sampler)

    @cached_property
    def factor_model(self) -> FactorModel:
        """Turns Sobol points into factors."""
        return FactorModel(self.case, self.n_years)

    def generator(self, kind: int, index: int) -> np.random.Generator:
        """Random stream of a scrambling (kind 0) or of a block's clients (kind 1)."""
        key = (STREAMS.index(self.stream), kind, index)
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=key)))


@dataclass(frozen=True)
class Block:
    """Clients of consecutive scenarios, and their reduction."""

    plan: Plan
    index: int
    factors: Factors
    clients: Clients

    def care_use(self, rule: FlowRule | None = None) -> CareUse:
        """Reduce the clients, after the flow rule if one is given."""
        clients = self.clients
        if rule is not None:
            clients = apply_flow(clients, self.plan.cells, rule).clients
        return self.plan.reducer.reduce(clients, self.factors)


def plan(case: Case, n_scenarios: int, n_years: int, seed: int, stream: Stream) -> Plan:
    """Plan a simulation; rounds the number of scenarios up and says so in ``notes``.

    Raises
    ------
    UserError
        Fewer than 16 scenarios.
    """
    n_scramblings, points = scramblings_and_points(n_scenarios)
    drawn = n_scramblings * points
    notes: list[dict[str, str]] = []
    if drawn != n_scenarios:
        notes.append(
            {
                "nl": f"{n_scenarios} scenario's naar boven afgerond op {drawn} ({n_scramblings} x {points}).",
                "en": f"{n_scenarios} scenarios rounded up to {drawn} ({n_scramblings} x {points}).",
            }
        )
    years = min(n_years, case.n_years)
    made = Plan(case, years, n_scramblings, points, seed, stream, 1, tuple(notes))
    per_block = points
    while per_block > 1 and per_block * made.sampler.clients_per_scenario > CLIENTS_PER_BLOCK:
        per_block //= 2
    return Plan(case, years, n_scramblings, points, seed, stream, per_block, tuple(notes))


def draw_block(made: Plan, index: int) -> Block:
    """Draw one block: the factors of its scenarios, then its clients."""
    first = index * made.scenarios_per_block
    scrambling, offset = divmod(first, made.points)
    normals = normal_points(made.points, max(1, made.factor_model.n_dimensions), made.generator(0, scrambling))
    own = normals[offset : offset + made.scenarios_per_block, : made.factor_model.n_dimensions]
    factors = made.factor_model.multipliers(own)
    return Block(made, index, factors, made.sampler.draw(factors, made.generator(1, index)))


_WORKER: list[tuple[Plan, Callable[[Block], Any]]] = []
"""Plan and work of a worker process, sent once when it starts."""


def _start_worker(made: Plan, work: Callable[[Block], Any]) -> None:
    """Keep plan and work in the process; an interrupt is the main process's to handle."""
    signal(SIGINT, SIG_IGN)
    _WORKER[:] = [(made, work)]


def _work_on(index: int) -> Any:
    """Draw and work on one block in a worker process."""
    made, work = _WORKER[0]
    return work(draw_block(made, index))


def map_blocks(
    made: Plan,
    work: Callable[[Block], T],
    workers: int = 1,
    advance: Callable[[int, int], None] | None = None,
) -> list[T]:
    """Apply ``work`` to every block and return the results in block order.

    ``work`` is picklable when ``workers`` > 1. ``advance(done, total)`` is called as blocks finish.
    """
    report = advance if advance is not None else _silent
    results: list[T] = []
    report(0, made.n_blocks)
    if workers <= 1:
        for index in range(made.n_blocks):
            results.append(work(draw_block(made, index)))
            report(index + 1, made.n_blocks)
        return results
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (made, work))
    try:
        for index, result in enumerate(pool.map(_work_on, range(made.n_blocks))):
            results.append(result)
            report(index + 1, made.n_blocks)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return results


def _silent(done: int, total: int) -> None:
    """Report nothing."""
