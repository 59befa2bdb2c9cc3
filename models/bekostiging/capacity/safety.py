"""Safety places: what is reserved beyond the plan until the waiting that is counted keeps the norm.

The plan is solved in whole quarters and knows, inside a scenario, who comes; so it sees less waiting than clients do. It
is counted client by client on the scenarios the plan was decided on (``count``). Where a norm fails, safety places
h[k, y] >= 0 are reserved: the places are those of the plan and h together, and the plan's program goes on as if it had its
own alone. Each count raises h by what waits too long, to the next whole block, at the cheapest provider with a contract and
room for it that serves the area where most wait too long. The clients are the same in every count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bekostiging.capacity.clients import CapacityClients
from bekostiging.capacity.count import CountedWaiting, Queues
from bekostiging.capacity.data import CapacityData
from bekostiging.capacity.decide import CapacityPlan
from bekostiging.capacity.outcome import Outcome
from bekostiging.capacity.waiting import measured
from bekostiging.case.arguments import kinds_checked
from bekostiging.units import QUARTERS
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

MOST_COUNTS = 12
"""Counts after which a norm that still fails is said not to be reached."""
ROUNDING = 1e-6
CONTRACTED = 0.5
"""Contracts from which on there is one: whole numbers out of a solver."""
Why = Literal["maximum", "counts"]
"""No provider with a contract has room for a block more, or ``MOST_COUNTS`` were not enough."""


@dataclass(frozen=True)
class Unreachable:
    """A waiting norm that safety places do not bring about, where and when most wait too long.

    Attributes
    ----------
    care_form, area : str
        Id of each.
    year : int
        Contract year.
    providers : tuple of str
        Who have a contract for that area and care form; at ``why`` maximum they have no room for a block more.
    why : str
        ``maximum`` or ``counts``.

    Examples
    --------
    >>> missed = Unreachable("residential", "0034", 2027, ("Anker",), "maximum")
    >>> f"{missed.care_form} in {missed.year}: {missed.why} of {missed.providers[0]}"
    'residential in 2027: maximum of Anker'
    """

    care_form: str
    area: str
    year: int
    providers: tuple[str, ...]
    why: Why


@dataclass(frozen=True)
class Safety:
    """Safety places beside the plan.

    Attributes
    ----------
    places : (k, y)
        Safety places per offer and year, whole blocks.
    counts : int
        How often waiting was counted.
    unreachable : tuple of Unreachable
        Norms that fail with them.

    Examples
    --------
    >>> import numpy as np
    >>> Safety(np.array([[4.0], [0.0]]), counts=2, unreachable=()).places.tolist()
    [[4.0], [0.0]]
    """

    places: FloatArray
    counts: int
    unreachable: tuple[Unreachable, ...]


@kinds_checked
def safety_places(
    plan: CapacityPlan, outcome: Outcome, clients: CapacityClients, scramblings: Scramblings
) -> Safety:
    """The safety places with which counted waiting keeps every norm, by one standard error where that is known.

    Parameters
    ----------
    plan : CapacityPlan
        The plan.
    outcome : Outcome
        On the scenarios it was decided on.
    clients : CapacityClients
        Of the same scenarios.
    scramblings : Scramblings
        What standard errors come from.

    Returns
    -------
    Safety

    Examples
    --------
    >>> from bekostiging.capacity import decide_capacity, example_clients, example_data, outcome_of, safety_places
    >>> plan = decide_capacity(example_data())
    >>> outcome, _, _ = outcome_of(plan)
    >>> from bekostiging_solvers import Scramblings
    >>> found = safety_places(plan, outcome, example_clients(), Scramblings(2))
    >>> found.counts, float(found.places.sum()), found.unreachable
    (1, 0.0, ())
    """
    data, room = plan.data, _Room(plan)
    found = np.zeros(plan.places.shape)
    if not data.normed:
        return Safety(found, 0, ())
    queues, counts = Queues(outcome, clients), 0
    while True:
        counted, counts = queues.under(found), counts + 1
        failing = {f: over for f in data.normed if (over := excess(data, counted, f, scramblings)) > 0}
        before = found.copy()
        if counts < MOST_COUNTS:
            for f, over in failing.items():
                room.raise_by(found, f, places_needed(data, counted, f, over))
        if (found == before).all():
            break
    why: Why = "counts" if counts == MOST_COUNTS else "maximum"
    return Safety(found, counts, tuple(_named(plan, counted, f, why) for f in failing))


def excess(data: CapacityData, counted: CountedWaiting, form: int, scramblings: Scramblings) -> float:
    """Clients too many beyond the norm, one standard error included."""
    value: Estimate = measured(data, counted.late[:, form], scramblings)
    if value.value <= 0:
        return 0.0
    return value.value + (value.standard_error or 0.0) - float(data.allowed[form])


def late_by_place(data: CapacityData, counted: CountedWaiting, form: int) -> FloatArray:
    """Clients beyond the norm in a year and area, on average over its quarters, in the scenarios that the norm is about;
    (y, a)."""
    late = counted.late[:, form]
    least = -np.inf if data.norm == "expected" else np.quantile(late, data.confidence)
    beyond = counted.beyond[late >= least, :, form].mean(axis=0)
    return np.asarray(beyond.reshape(-1, QUARTERS, beyond.shape[-1]).mean(axis=1))


def places_needed(data: CapacityData, counted: CountedWaiting, form: int, over: float) -> FloatArray:
    """Places asked for in every year and area: who waits too long, divided as they do; (y, a)."""
    late = late_by_place(data, counted, form)
    return np.asarray(late / late.sum() * over * len(data.years)) if late.sum() > 0 else late


def _named(plan: CapacityPlan, counted: CountedWaiting, form: int, why: Why) -> Unreachable:
    """The norm of a care form where most wait too long."""
    data = plan.data
    late = late_by_place(data, counted, form)
    year, area = np.unravel_index(int(late.argmax()), late.shape)
    supply = data.supply
    offers = np.flatnonzero((supply.care_form == form) & np.isfinite(supply.travel[:, area]))
    contracts = [c for c in supply.contract[offers] if plan.number[c] > CONTRACTED]
    providers = tuple(dict.fromkeys(supply.names[c][0] for c in contracts))
    return Unreachable(data.care_forms[form], data.areas[int(area)], data.years[int(year)], providers, why)


class _Room:
    """What may still be reserved beside the plan: every rule on places and contracts holds for both together."""

    def __init__(self, plan: CapacityPlan) -> None:
        first = plan.program.program.first
        n = plan.program.n_decisions
        own = np.diff(first.matrix[:, n:].tocsr().indptr) == 0
        self.data, self.matrix = plan.data, first.matrix[:, :n].tocsr()[own]
        self.lower, self.upper = first.row_lower[own], first.row_upper[own]
        self.most, self.planned = first.upper[:n], plan.decisions
        self.columns, self.number = plan.program.place("blocks"), plan.number

    def raise_by(self, safety: FloatArray, form: int, needed: FloatArray) -> None:
        """Reserve so many places more (y, a) of a care form, in whole blocks, where the rules let it."""
        supply = self.data.supply
        for year in np.flatnonzero(needed.sum(axis=1) > 0):
            left = float(needed[year].sum())
            for area in np.argsort(-needed[year], kind="stable"):
                if needed[year, area] <= 0 or left <= 0:
                    break
                offers = np.flatnonzero((supply.care_form == form) & np.isfinite(supply.travel[:, area]))
                ranked = offers[np.argsort(supply.availability_fee[offers], kind="stable")].tolist()
                before = left
                for k in ranked:
                    left -= self._reserve(safety, [k], int(year), left)
                if left == before:  # a limit on concentration may let nobody rise alone
                    left -= self._reserve(safety, [k for k in ranked if self._contracted(k)], int(year), left)

    def _contracted(self, k: int) -> bool:
        """Whether an offer has a contract."""
        return bool(self.number[self.data.supply.contract[k]] > CONTRACTED)

    def _reserve(self, safety: FloatArray, offers: list[int], year: int, asked: float) -> float:
        """Reserve up to ``asked`` places at offers together in a year, with other years where a ramp asks that; how many."""
        if asked <= 0 or not offers:
            return 0.0
        block, n_years = self.data.supply.block[offers], len(self.data.years)
        for years in (range(year, year + 1), range(year + 1), range(year, n_years), range(n_years)):
            columns = [self.columns[f"{k},{y}"] for k in offers for y in years]
            blocks = min(np.ceil(asked / block.sum()), self._blocks(safety, columns))
            if blocks >= 1:
                safety[np.ix_(offers, list(years))] += blocks * block[:, None]
                return float(blocks * block.sum())
        return 0.0

    def _blocks(self, safety: FloatArray, columns: list[int]) -> float:
        """Whole blocks by which the columns may rise together."""
        reserved = self.planned.copy()
        for index, column in self.columns.items():
            k, y = map(int, index.split(","))
            reserved[column] += safety[k, y] / self.data.supply.block[k]
        slope = np.asarray(self.matrix[:, columns].sum(axis=1)).ravel()
        now = self.matrix @ reserved
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(slope > ROUNDING, (self.upper - now) / slope, np.inf)
            down = np.where(slope < -ROUNDING, (self.lower - now) / slope, np.inf)
        room = min(up.min(initial=np.inf), down.min(initial=np.inf), (self.most - reserved)[columns].min())
        return float(max(np.floor(room + ROUNDING), 0.0))
