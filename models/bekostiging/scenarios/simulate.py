"""From a case to blocks of scenarios, drawn anywhere and put together in order.

A block is a run of consecutive scenarios inside one scrambling, sized from the case alone, and carries its
own random stream; so the result does not depend on how many workers drew it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal, TypeVar

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import ArgumentError, UserError
from bekostiging.case.kinds import Count, Index, Seed
from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import CareUse, Cells
from bekostiging.scenarios.cells import build_cells
from bekostiging.scenarios.clients import Clients, ClientSampler
from bekostiging.scenarios.expected import expected_care_use
from bekostiging.scenarios.factor_distributions import RiskFactorModel, factor_model
from bekostiging.scenarios.factors import Factors, apply_shocks
from bekostiging.scenarios.flow import FlowOutcome, FlowRule, apply_flow
from bekostiging.scenarios.measures import apply_measures
from bekostiging.scenarios.points import normal_points, scramblings_and_points
from bekostiging.scenarios.reduce import ClientReducer
from bekostiging.scenarios.waiting import WaitingCount, joined, todays_list
from bekostiging_solvers import ClusterError, UnguardedScriptError, check_cluster, execute
from bekostiging_solvers.typing import FloatArray

Stream = Literal["design", "out_of_sample", "closed", "margin"]
STREAMS: tuple[Stream, ...] = ("design", "out_of_sample", "closed", "margin")
"""For the design, to judge it, without clients (closed form), and for the margins of its limits."""
T = TypeVar("T")
CLIENTS_PER_BLOCK = 250_000
"""About 15 MB of client arrays: near the caches, and large enough to be vectorised."""


@dataclass(frozen=True)
class Plan:
    """What is drawn: enough for any process to draw any block again. Made by ``plan``.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 64, n_years=2, seed=1, stream="out_of_sample")
    >>> planned.n_scenarios, planned.n_blocks * planned.scenarios_per_block
    (64, 64)
    """

    case: Case
    n_years: int
    """Contract years."""
    n_scramblings: int
    """Independent randomisations of the points."""
    points: int
    """Points of each, a power of two."""
    seed: int
    stream: Stream
    """Which scenarios: those of different streams are independent."""
    scenarios_per_block: int
    notes: tuple[dict[str, str], ...]
    """What was rounded, in both languages."""
    shocks: tuple[str, ...] = ()
    """Named shocks of the case that hit every scenario."""

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
    def factor_model(self) -> RiskFactorModel:
        """Turns Sobol points into factors: by the tables of the case, or by the distribution it was given."""
        return factor_model(self.case, self.n_years)

    def generator(self, kind: int, index: int) -> np.random.Generator:
        """Random stream of a scrambling (kind 0), of a block's clients (1), measures (2), today's waiting list (3), or the
        order in which they are divided (4)."""
        return _generator(self.seed, self.stream, kind, index)

    def points_of(self, scrambling: int) -> FloatArray:
        """Points of one scrambling, as standard normals, for the factors; (points, n_dimensions)."""
        return _points(self.seed, self.stream, scrambling, self.points, self.factor_model.n_dimensions)


@dataclass(frozen=True)
class Block:
    """Clients of consecutive scenarios, and what they used. Made by ``draw_block``.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> block = draw_block(plan(case, 32, n_years=1, seed=1, stream="out_of_sample"), 0)
    >>> block.care_use().n_scenarios == block.clients.n_scenarios == len(block.factors.inflow)
    True
    """

    plan: Plan
    index: int
    """Place of the block in the plan."""
    factors: Factors
    """The multipliers of its scenarios."""
    clients: Clients
    """Its clients, one by one."""

    def with_measures(self) -> Block:
        """The same scenarios and clients, with the measures of the case at work."""
        plan = self.plan
        moved = apply_measures(self.clients, plan.case, plan.cells, plan.generator(2, self.index))
        return replace(self, clients=moved)

    @cached_property
    def asking(self) -> Clients:
        """The clients, and those on today's waiting list: whom a flow rule finds before it."""
        plan = self.plan
        if not plan.case.waiting:
            return self.clients
        return joined(self.clients, todays_list(plan.sampler, self.factors, plan.generator(3, self.index)))

    def care_use(self, rule: FlowRule | None = None) -> CareUse:
        """Reduce the clients, after the flow rule if one is given; everybody served is reduced once."""
        return self._served if rule is None else self.under(rule)[0]

    @cached_property
    def _served(self) -> CareUse:
        return self._reduced(self.clients)

    @cached_property
    def expected(self) -> CareUse:
        """The care use that is expected given the factors, everybody served."""
        return expected_care_use(self.plan.case, self.plan.cells, self.plan.n_years, self.factors)

    def units(self) -> CareUse:
        """The care use with units and clients alone (``ClientReducer.reduce_to_units``), everybody served: far less work."""
        return self.plan.reducer.reduce_to_units(self.clients, self.factors)

    def under(self, rule: FlowRule) -> tuple[CareUse, FlowOutcome]:
        """The care use under a flow rule, today's list included, and when the rule spoke."""
        outcome = apply_flow(self.asking, self.plan.cells, rule)
        return self._reduced(outcome.clients), outcome

    def waiting_under(self, rule: FlowRule) -> WaitingCount:
        """Who waits under a flow rule, and nothing else: less work than ``under``."""
        return self.plan.reducer.counter.count(apply_flow(self.asking, self.plan.cells, rule).clients)

    def _reduced(self, clients: Clients) -> CareUse:
        return self.plan.reducer.reduce(clients, self.factors)


@kinds_checked
def plan(
    case: Case, n_scenarios: int, n_years: Count, seed: Seed, stream: Stream, argument: str = "n_scenarios"
) -> Plan:
    """Plan a simulation; nothing is drawn yet.

    Parameters
    ----------
    case : Case
        Whose clients are to be drawn.
    n_scenarios : int
        Rounded up to whole scramblings of a power of two, which ``notes`` of the plan say.
    n_years : int
        Contract years; cut to those of the case.
    seed : int
        The same seed gives the same clients, in any process.
    stream : str
        ``design``, ``out_of_sample``, ``closed`` (without clients) or ``margin``: independent of each other for one seed.
    argument : str, default "n_scenarios"
        What the caller calls the number, in a message that refuses it.

    Raises
    ------
    UserError
        Fewer scenarios than the tail at the case's ``confidence`` asks, or than 16.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, n_scenarios=33, n_years=2, seed=1, stream="out_of_sample")
    >>> planned.n_scenarios, planned.n_scramblings, planned.points
    (34, 17, 2)
    >>> planned.notes[0]["en"]
    '33 scenarios rounded up to 34 (17 x 2).'
    """
    n_scramblings, points = scramblings_and_points(n_scenarios, case.policy.confidence, argument)
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
    planned = Plan(case, years, n_scramblings, points, seed, stream, points, tuple(notes))
    per_block = points
    while per_block > 1 and per_block * planned.sampler.clients_per_scenario > CLIENTS_PER_BLOCK:
        per_block //= 2
    # a copy has caches of its own: no sampler goes to the workers with the plan
    return replace(planned, scenarios_per_block=per_block)


@kinds_checked
def normals_of(plan: Plan) -> FloatArray:
    """Sobol points of every scenario of a plan, as standard normals.

    Returns
    -------
    array (n_scenarios, n_dimensions)
        What ``Plan.factor_model`` turns into factors.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 32, 1, seed=1, stream="out_of_sample")
    >>> normals_of(planned).shape == (planned.n_scenarios, planned.factor_model.n_dimensions)
    True
    """
    return np.concatenate([plan.points_of(scrambling) for scrambling in range(plan.n_scramblings)])


def _generator(seed: int, stream: Stream, kind: int, index: int) -> np.random.Generator:
    """Random stream of a kind of draws of a plan (``Plan.generator``)."""
    key = (STREAMS.index(stream), kind, index)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


@lru_cache(maxsize=16)
def _points(seed: int, stream: Stream, scrambling: int, n_points: int, n_dimensions: int) -> FloatArray:
    """Points of one scrambling; the last few are remembered, because its blocks come one after the other."""
    points = normal_points(n_points, max(1, n_dimensions), _generator(seed, stream, 0, scrambling))[
        :, :n_dimensions
    ]
    points.setflags(write=False)
    return points


@kinds_checked
def draw_block(plan: Plan, index: Index, change: Callable[[Factors, int], Factors] | None = None) -> Block:
    """Draw one block: the factors of its scenarios, then its clients.

    Parameters
    ----------
    plan : Plan
        Which case, scenarios and years, and the points they are drawn from.
    index : int
        Block, from 0 to ``plan.n_blocks`` - 1. The same plan and index give the same clients in any process.
    change : callable, optional
        ``change(factors, first)`` may change the factors of the scenarios from ``first`` on, before clients are drawn.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 32, 1, seed=1, stream="out_of_sample")
    >>> block = draw_block(planned, 0)
    >>> len(block.clients.cell) > 0, block.care_use().units.shape == (planned.scenarios_per_block, 1, planned.cells.n_cells)
    (True, True)
    """
    first = index * plan.scenarios_per_block
    scrambling, offset = divmod(first, plan.points)
    own = plan.points_of(scrambling)[offset : offset + plan.scenarios_per_block]
    factors = plan.factor_model.multipliers(own)
    apply_shocks(plan.case, factors, plan.shocks)
    if change is not None:
        factors = change(factors, first)
    return Block(plan, index, factors, plan.sampler.draw(factors, plan.generator(1, index)))


def _work_on(task: tuple[Plan, Callable[[Block], T], int], index: int) -> T:
    """Draw one block and work on it."""
    plan, work, first = task
    return work(draw_block(plan, first + index))


@kinds_checked
def each_block(
    plan: Plan,
    work: Callable[[Block], T],
    workers: Count = 1,
    advance: Callable[[int, int], None] | None = None,
    cluster: str | None = None,
    first: Index = 0,
) -> Iterator[T]:
    """Apply ``work`` to every block and yield the results in block order, as they come.

    Parameters
    ----------
    plan : Plan
        Which case, scenarios and years, and the points they are drawn from.
    work : callable
        Takes a ``Block``; picklable when ``workers`` > 1 or a ``cluster`` is given.
    workers : int
        Processes, 1 unless given.
    advance : callable, optional
        ``advance(done, total)`` is called as blocks finish.
    cluster : str, optional
        Address of a Dask scheduler (tcp://host:port) whose workers work instead of processes here.
    first : int
        Block to begin with, 0 unless given.

    Raises
    ------
    UserError
        The cluster cannot be reached or was lost, or one block ends every process that takes it; a script without a main
        guard asks for several workers.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 32, 1, seed=1, stream="out_of_sample")
    >>> sizes = each_block(planned, lambda block: block.clients.n_scenarios)
    >>> sum(sizes)
    32
    """
    task, n = (plan, work, first), plan.n_blocks - first
    try:
        yield from execute(_work_on, task, n, workers=workers, cluster=cluster, advance=advance)
    except ClusterError as error:
        raise _not_elsewhere(cluster, error) from None
    except UnguardedScriptError as error:
        if error.from_standard_input:
            raise UserError(
                "werkprocessen kunnen een script van de standaardinvoer niet lezen; bewaar het in een bestand of neem "
                "workers=1.",
                f"{error}.",
                exit_code=2,
            ) from None
        raise UserError(
            f"{error.file}, regel {error.line}: met meer werkprocessen voert elk proces dit script opnieuw uit; zet wat het "
            'doet onder if __name__ == "__main__": of neem workers=1.',
            f"{error}.",
            exit_code=2,
        ) from None


def refuse_unreachable(cluster: str | None) -> None:
    """Refuse a cluster that nobody answers for, before anything is computed.

    Raises
    ------
    UserError
        No address, or nobody there.
    """
    try:
        if cluster is not None:
            check_cluster(cluster)
    except ClusterError as error:
        raise _not_elsewhere(cluster, error) from None


def _not_elsewhere(cluster: str | None, error: ClusterError) -> ArgumentError:
    """The sentence about a cluster, or about processes where there is none."""
    argument = "workers" if cluster is None else "cluster"
    where = argument if cluster is None else f"{argument} {cluster}"
    return ArgumentError(
        argument,
        f"{where}: het rekenen op andere processen is mislukt; er is niets geschreven. Start het cluster (opnieuw) of "
        f"neem minder werkprocessen. ({error})",
        f"{where}: {error}; nothing has been written.",
        exit_code=1,
    )


@kinds_checked
def map_blocks(plan: Plan, work: Callable[[Block], T], workers: Count = 1) -> list[T]:
    """The results of ``work`` on every block, in block order.

    Parameters
    ----------
    plan : Plan
        Which case, scenarios and years, and the points they are drawn from.
    work : callable
        Takes a ``Block``; picklable when ``workers`` > 1.
    workers : int
        Processes, 1 unless given.

    Raises
    ------
    UserError
        One block ends every process that takes it; a script without a main guard asks for several workers.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 32, 1, seed=1, stream="out_of_sample")
    >>> units = np.concatenate(map_blocks(planned, lambda block: block.care_use().units))
    >>> units.shape == (planned.n_scenarios, 1, planned.cells.n_cells)
    True
    """
    return list(each_block(plan, work, workers))
