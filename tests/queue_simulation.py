"""One care form seen by four worlds: a discrete-event simulation, the Markov chain of M/M/c, the count of waiting client by
client, and the flows of the capacity model.

Run as a program it prints the table of docs/capacity.md; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import ciw
import numpy as np
from capacity_instances import care, plan_of, scenarios, supply
from scipy.linalg import expm

from bekostiging.capacity import CapacityData, begin_times, capacity_program
from bekostiging.units import MONTHS_PER_QUARTER, QUARTERS
from bekostiging_solvers.typing import FloatArray

YEARS = 4
N_T = QUARTERS * YEARS
STAY = 2.0
"""Mean stay in quarters, exponential."""
RUNS = 500
TABLE = ((20, 0.7), (20, 0.9), (20, 1.0), (20, 1.2), (100, 0.9), (100, 1.0), (100, 1.2))
"""Places and load: clients who start per quarter x stay / places."""


@dataclass(frozen=True)
class Queue:
    """``places`` servers, ``load`` of them asked for; as many clients sit at the start as the load says and as fit."""

    places: int
    load: float

    @property
    def rate(self) -> float:
        """Clients per quarter."""
        return self.load * self.places / STAY

    @property
    def caseload(self) -> int:
        """Clients in care at the start."""
        return min(round(self.load * self.places), self.places)


def erlang_c_waiting(places: int, load: float) -> float:
    """Mean number waiting in the long run, load < 1: P(wait) load / (1 - load), P(wait) from the recursion of Erlang B."""
    offered, blocked = load * places, 1.0
    for n in range(1, places + 1):
        blocked = offered * blocked / (n + offered * blocked)
    waits = blocked / (1 - load * (1 - blocked))
    return waits * load / (1 - load)


def chain_waiting(queue: Queue, quarters: int = N_T, steps: int = 20, most: int = 250) -> FloatArray:
    """Mean number waiting by quarter of the birth-death chain, exact but for ``most`` states and the trapezium in time."""
    states = np.arange(most + queue.places)
    up, down = np.full(len(states) - 1, queue.rate), np.minimum(states[1:], queue.places) / STAY
    generator = np.diag(up, 1) + np.diag(down, -1)
    generator -= np.diag(generator.sum(axis=1))
    step = expm(generator / steps)
    law = np.zeros(len(states))
    law[queue.caseload] = 1.0
    waits = np.maximum(states - queue.places, 0)
    path = [law @ waits]
    for _ in range(quarters * steps):
        law = law @ step
        path.append(law @ waits)
    return np.array([np.trapezoid(path[t * steps : (t + 1) * steps + 1]) / steps for t in range(quarters)])


def arrivals(queue: Queue, rng: np.random.Generator, quarters: int = N_T) -> FloatArray:
    """Times of a Poisson stream."""
    return np.sort(rng.uniform(0, quarters, rng.poisson(queue.rate * quarters)))


def stays_of(queue: Queue, asked: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Quarters in care from the start or the begin on: who sits, then who asks."""
    return rng.exponential(STAY, queue.caseload + len(asked))


def mean_waiting(came: FloatArray, began: FloatArray, quarters: int) -> FloatArray:
    """Mean number waiting by quarter, of when each came and began."""
    begin = np.arange(quarters)[:, None]
    return np.asarray(np.clip(np.minimum(began, begin + 1) - np.maximum(came, begin), 0, None).sum(axis=1))


def counted_waiting(queue: Queue, asked: FloatArray, stays: FloatArray, quarters: int = N_T) -> FloatArray:
    """Mean number waiting by quarter as the package counts it."""
    months = float(MONTHS_PER_QUARTER)
    sits, own = stays[: queue.caseload], stays[queue.caseload :]
    never = np.zeros(len(asked), dtype=np.bool_)
    began = begin_times(months * sits, months * asked, months * own, never, [queue.places] * quarters) / months
    return mean_waiting(asked, began, quarters)


def simulated_waiting(queue: Queue, asked: FloatArray, stays: FloatArray, quarters: int = N_T) -> FloatArray:
    """Mean number waiting by quarter in a discrete-event simulation of these arrivals, served in order of asking."""
    times = np.concatenate([np.zeros(queue.caseload), asked])
    never = float(quarters + 1000 * STAY)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*np.diff(times, prepend=0.0), never])],
        service_distributions=[ciw.dists.Sequential(stays.tolist())],
        number_of_servers=[queue.places],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(never)
    records = [one for one in simulation.get_all_records() if one.arrival_date < quarters]
    assert len(records) == len(times)
    came, began = (
        np.array([getattr(one, name) for one in records]) for name in ("arrival_date", "service_start_date")
    )
    return mean_waiting(came, began, quarters)


def plan_data(queue: Queue, asked: list[FloatArray], quarters: int = N_T) -> CapacityData:
    """The same arrivals as scenarios for as many places, no purchase: quarters, and stays that end exponentially."""
    gone = 1 / STAY
    once = -np.expm1(-gone) / gone  # part of a quarter that who was there at its start is there
    later = np.arange(quarters)
    stays = np.where(later == 0, (1 - once) / gone, once**2 * np.exp(-gone * (later - 1)))
    own = supply([{"minimum": queue.places, "maximum": queue.places}], None, [{"least": 1}])
    counts = np.array([np.bincount(one.astype(int), minlength=quarters) for one in asked])
    future = scenarios(
        own, 1, quarters // QUARTERS, regular=counts[:, :, None, None], caseload=queue.caseload, n_scenarios=len(asked)
    )  # fmt: skip
    cheap = {
        "price": 1.0,
        "weeks_left": 1e6,
    }  # at the end purchase hardly counts, for who sits it is out of the question
    return care(own, future, stays, remains=once * np.exp(-gone * later), adhoc_most=0.0, **cheap)


def planned_waiting(data: CapacityData) -> FloatArray:
    """Mean number waiting in the plan over the horizon, between the ends of quarters; (s,)."""
    plan = plan_of(data, capacity_program(data).program)
    waiting = np.concatenate(
        [np.zeros((data.scenarios.n_scenarios, 1)), plan.second("waiting")[:, :, 0, 0]], axis=1
    )
    return np.asarray((waiting[:, 1:] + waiting[:, :-1]).mean(axis=1) / 2)


@dataclass(frozen=True)
class Compared:
    """Mean number waiting over the horizon: exact, and by run simulated, counted and planned on the same arrivals."""

    queue: Queue
    exact: float
    simulated: FloatArray
    counted: FloatArray
    planned: FloatArray


def compared(queue: Queue, runs: int = RUNS) -> Compared:
    """All worlds for one queue."""
    rng = np.random.default_rng([queue.places, round(100 * queue.load)])
    asked = [arrivals(queue, rng) for _ in range(runs)]
    drawn = [(one, stays_of(queue, one, rng)) for one in asked]
    simulated, counted = (
        np.array([world(queue, *one).mean() for one in drawn]) for world in (simulated_waiting, counted_waiting)
    )
    exact = float(chain_waiting(queue).mean())
    return Compared(queue, exact, simulated, counted, planned_waiting(plan_data(queue, asked)))


def with_error(values: FloatArray) -> str:
    """Mean and standard error."""
    return f"{values.mean():.2f} ± {values.std(ddof=1) / np.sqrt(len(values)):.2f}"


def markdown(rows: list[Compared]) -> str:
    """The table of the page."""
    lines = [
        "| places | load | long run (Erlang C) | four years (exact) | simulated (Ciw) | counted | "
        "the plan in flows | flows less counted |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in rows:
        own = one.queue
        long_run = f"{erlang_c_waiting(own.places, own.load):.2f}" if own.load < 1 else "grows"
        lines.append(
            f"| {own.places} | {own.load:.2f} | {long_run} | {one.exact:.2f} | {with_error(one.simulated)} | "
            f"{with_error(one.counted)} | {with_error(one.planned)} | {with_error(one.planned - one.counted)} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(markdown([compared(Queue(*one)) for one in TABLE]))
