"""Waiting counted client by client: everybody of a scenario in the queue of the provider that the plan gives them.

The plan divides the clients of a quarter, care form and area over its providers, ad-hoc purchase and other care forms; so
many clients, whole ones, go there, in an order drawn once. At a provider they queue for its places: ``begin_times``.
Who is bought ad hoc does not wait. Safety places draw clients in proportion: a provider with a tenth more places takes a
tenth more of those who are placed, so that they help wherever the same area is served.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.capacity.clients import CapacityClients
from bekostiging.capacity.data import CapacityData
from bekostiging.capacity.outcome import Outcome
from bekostiging.capacity.queueing import begin_times
from bekostiging.case.arguments import kinds_checked
from bekostiging.units import MONTHS_PER_QUARTER, QUARTERS, WEEKS_PER_MONTH
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

BOUGHT = -1
"""In place of a care form or offer: bought ad hoc."""
FAR = 10_000.0
"""More months than anybody asks from the start."""
SOME = 1e-9
"""Places that count where there are none, so that who can go nowhere else waits there."""


@dataclass(frozen=True)
class CountedWaiting:
    """Who waits, counted; clients unless said.

    Attributes
    ----------
    data : CapacityData
        Of the scenarios.
    waiting, beyond, still : (s, t, f, a)
        Waiting at the end of a quarter; longer than the norm; waiting at the end of the quarter they asked in.
    weeks : (s, f, a)
        Client-weeks waited within the term.

    Examples
    --------
    >>> from bekostiging.capacity import count_waiting, decide_capacity, example_clients, example_data, outcome_of
    >>> plan = decide_capacity(example_data())
    >>> counted = count_waiting(outcome_of(plan)[0], example_clients(), 0 * plan.places)
    >>> counted.waiting.shape, counted.late.tolist()
    ((2, 4, 1, 1), [[0.0], [0.0]])
    """

    data: CapacityData
    waiting: FloatArray
    beyond: FloatArray
    still: FloatArray
    weeks: FloatArray

    @property
    def late(self) -> FloatArray:
        """Waiting beyond the norm as the norm counts it: mean over the quarters of all areas together; (s, f)."""
        return np.asarray(self.beyond.sum(axis=3).mean(axis=1))

    def unserved(self, form: int, areas: BoolArray) -> FloatArray:
        """Who is not served in the quarter of asking; (s, t)."""
        return np.asarray(self.still[:, :, form][:, :, areas].sum(axis=2))

    def waited_weeks(self, form: int, areas: BoolArray) -> FloatArray:
        """Client-weeks waited; (s,)."""
        return np.asarray(self.weeks[:, form][:, areas].sum(axis=1))


class Queues:
    """The clients of every scenario, divided as a plan divides them, and their queues under more or fewer safety places.

    Parameters
    ----------
    outcome : Outcome
        The plan on the scenarios of the clients.
    clients : CapacityClients
        Of the same scenarios.
    """

    def __init__(self, outcome: Outcome, clients: CapacityClients) -> None:
        self.outcome, self.clients, self.data = outcome, clients, outcome.data
        self.form, self.place = self._forms()
        n_f = len(self.data.care_forms)
        self._queues: dict[int, tuple[bytes, IntArray, FloatArray]] = {}
        self._of_form = [np.flatnonzero(self.form == f) for f in range(n_f)]

    def under(self, safety: FloatArray) -> CountedWaiting:
        """Everybody in the queues of the plan with so many safety places (k, y); only what changed is counted again."""
        data, asked = self.data, self.clients.requests
        n_s, n_t, n_f, n_a = data.scenarios.regular.shape
        arrays = {name: np.zeros((n_s, n_t, n_f, n_a)) for name in ("waiting", "beyond", "still")}
        weeks = np.zeros((n_s, n_f, n_a))
        months = data.norm_weeks / WEEKS_PER_MONTH
        for f in range(n_f):
            who, begin = self._began(f, safety)
            late = begin > np.maximum(asked.asked[who], 0.0)
            who, begin = who[late], begin[late]
            moment, quarter = asked.asked[who], asked.quarter[who]
            home = asked.scenario[who] * n_a + asked.area[who]
            whole = np.minimum(begin, MONTHS_PER_QUARTER * n_t) - np.maximum(moment, 0.0)
            weeks[:, f] = _summed(home, (n_s, n_a), WEEKS_PER_MONTH * whole)
            for t in range(n_t):
                end = MONTHS_PER_QUARTER * (t + 1)
                here = (moment < end) & (begin > end)
                found = {
                    "waiting": here,
                    "beyond": here & (end - moment > months[f]),
                    "still": here & (quarter == t),
                }
                for name, chosen in found.items():
                    arrays[name][:, t, f] = _summed(home[chosen], (n_s, n_a))
        return CountedWaiting(data, **arrays, weeks=weeks)

    def _forms(self) -> tuple[IntArray, FloatArray]:
        """The care form every client who asks is placed in, ``BOUGHT`` where in none; and its place among who goes there.

        Of a quarter, care form and area the plan's numbers: served in it, bought, moved to another. Where it serves none of
        them in that quarter its numbers over the term, and where in none those of everybody.
        """
        data, outcome, asked = self.data, self.outcome, self.clients.requests
        n_s, n_t, n_f, n_a = data.scenarios.regular.shape
        targets = [BOUGHT, *range(n_f)]
        flows = np.zeros((n_s, n_t, n_f, n_a, len(targets)))
        flows[..., 0] = outcome.bought
        for k, f in enumerate(data.supply.care_form):
            flows[:, :, f, :, 1 + f] += outcome.served[:, :, k]
        for i, one in enumerate(data.substitutes):
            flows[:, :, one.origin, :, 1 + one.destination] += outcome.moved[:, :, i]
            # who came from elsewhere was served here and counts there
            flows[:, :, one.destination, :, 1 + one.destination] -= outcome.moved[:, :, i]
        flows = _filled(np.maximum(flows, 0.0))
        nowhere = flows.sum(axis=-1) <= 0
        for f in range(n_f):
            flows[:, :, f, :, 1 + f][nowhere[:, :, f]] = 1.0
        place, within = _chosen(flows, (asked.scenario, asked.quarter, asked.form, asked.area), asked.place)
        # crisis is divided with the others
        return np.array(targets)[place], within

    def _began(self, form: int, safety: FloatArray) -> tuple[IntArray, FloatArray]:
        """Clients placed in a care form, and when they begin; remembered while the safety places are the same."""
        own = np.flatnonzero(self.data.supply.care_form == form)
        key = safety[own].tobytes()
        if form not in self._queues or self._queues[form][0] != key:
            self._queues[form] = (key, *self._queued(form, own, safety))
        _, who, begin = self._queues[form]
        return who, begin

    def _queued(self, form: int, own: IntArray, safety: FloatArray) -> tuple[IntArray, FloatArray]:
        """Every client placed in a care form goes to one of its ``own`` offers and queues there."""
        asked, outcome = self.clients.requests, self.outcome
        who = self._of_form[form]
        served = _filled(np.moveaxis(outcome.served[:, :, own], 2, 3)[:, :, None])[:, :, 0]
        grown = self._grown(own, safety)
        places = self._places(own, safety)
        served = self._with_new(served * grown[None, :, None, :], own, safety)
        otherwise = np.where(self._serves(own), places.mean(axis=(0, 1)) + SOME, 0.0)
        served = np.where(served.sum(axis=-1, keepdims=True) > 0, served, otherwise)
        offer, _ = _chosen(served, (asked.scenario[who], asked.quarter[who], asked.area[who]), self.place[who])
        sitting, left = self._sitting(form, own, grown[0])
        return who, self._walked(who, offer, sitting, left, places)

    def _serves(self, own: IntArray) -> BoolArray:
        """Whether an offer serves an area; (a, own)."""
        return np.asarray(np.isfinite(self.data.supply.travel[own]).T)

    def _with_new(self, served: FloatArray, own: IntArray, safety: FloatArray) -> FloatArray:
        """Flows (s, t, a, own) with those to providers that have safety places only: as many a place as the others."""
        planned = self.outcome.places[own]
        new = np.repeat(np.where(planned > 0, 0.0, safety[own]), QUARTERS, axis=1).T
        if not new.any():
            return served
        serves = self._serves(own)
        total = np.einsum("kt,ak->ta", np.repeat(planned, QUARTERS, axis=1), serves.astype(np.float64))
        rate = served.sum(axis=-1) / np.maximum(total, 1.0)
        return np.asarray(served + rate[..., None] * new[None, :, None, :] * serves[None, None])

    def _walked(
        self, who: IntArray, offer: IntArray, sitting: IntArray, left: FloatArray, places: IntArray
    ) -> FloatArray:
        """When each of ``who`` begins at its ``offer``, scenario by scenario; ``places`` (s, t, own offers)."""
        asked = self.clients.requests
        n_s, _, n_own = places.shape
        group = asked.scenario[who] * n_own + offer
        order, sits = np.argsort(group * FAR + asked.asked[who]), np.argsort(sitting, kind="stable")
        edges, sit_edges = (
            np.searchsorted(one, np.arange(n_s * n_own + 1)) for one in (group[order], sitting[sits])
        )
        mine = who[order]
        moment, stay, urgent = asked.asked[mine], asked.stay[mine], asked.urgent[mine]
        begin = np.maximum(moment, 0.0)
        ends = left[sits]
        for g in np.flatnonzero(np.diff(edges)):
            own, sat = slice(edges[g], edges[g + 1]), slice(sit_edges[g], sit_edges[g + 1])
            number = places[g // n_own, :, g % n_own]
            if own.stop - own.start + sat.stop - sat.start > number.min():  # else there is room for all at once
                begin[own] = begin_times(ends[sat], moment[own], stay[own], urgent[own], number)
        found = np.empty(len(who))
        found[order] = begin
        return found

    def _sitting(self, form: int, own: IntArray, grown: FloatArray) -> tuple[IntArray, FloatArray]:
        """Of those in care at the start who keep a place: scenario x own offer, and the months they stay."""
        outcome, sat = self.outcome, self.clients.caseload
        mine = np.flatnonzero(sat.form == form)
        kept = np.moveaxis(outcome.kept[:, own], 1, 2) * grown
        total = outcome.kept[:, own].sum(axis=1)[..., None]
        kept = kept / np.maximum(kept.sum(axis=-1, keepdims=True), 1e-12) * total
        flows = np.concatenate([outcome.kept_bought[:, form, :, None], kept], axis=-1)
        offer, _ = _chosen(flows, (sat.scenario[mine], sat.area[mine]), sat.place[mine])
        stays = offer > 0
        mine, offer = mine[stays], offer[stays] - 1
        return sat.scenario[mine] * len(own) + offer, sat.left[mine]

    def _places(self, own: IntArray, safety: FloatArray) -> IntArray:
        """Clients that the places of offers can serve at a time, whole: with safety and swaps; (s, t, own)."""
        data, outcome = self.data, self.outcome
        yearly = (outcome.places + safety)[own]
        form = data.supply.care_form[own[0]]
        found = np.repeat(yearly, QUARTERS, axis=1).T * self.clients.carried[:, :, form, None]
        return np.asarray(np.floor(np.maximum(found + outcome.swapped[:, :, own], 0.0) + 0.5), dtype=np.int64)

    def _grown(self, own: IntArray, safety: FloatArray) -> FloatArray:
        """Places with safety over places without; (t, own)."""
        places = self.outcome.places[own]
        more = 1 + np.where(places > 0, safety[own] / np.maximum(places, 1e-9), 0.0)
        return np.asarray(np.repeat(more, QUARTERS, axis=1).T)


@kinds_checked
def count_waiting(outcome: Outcome, clients: CapacityClients, safety: FloatArray) -> CountedWaiting:
    """Who waits under a plan with safety places, counted client by client.

    Parameters
    ----------
    outcome : Outcome
        The plan on the scenarios of the clients.
    clients : CapacityClients
        Of the same scenarios.
    safety : (k, y) array
        Safety places beside those of the plan.

    Returns
    -------
    CountedWaiting

    Examples
    --------
    Fifteen places of Anker and five of Baken; twenty clients of a quarter each, all on its first day, fit exactly.

    >>> from bekostiging.capacity import count_waiting, decide_capacity, example_clients, example_data, outcome_of
    >>> plan = decide_capacity(example_data())
    >>> outcome, _, _ = outcome_of(plan)
    >>> float(count_waiting(outcome, example_clients(), 0 * plan.places).waiting.sum())
    0.0
    """
    return Queues(outcome, clients).under(safety)


def _filled(flows: FloatArray) -> FloatArray:
    """Flows (s, t, f, a, n): where a quarter has none, those of the term; where that has none, of all scenarios."""
    for whole in (flows.sum(axis=1, keepdims=True), flows.sum(axis=(0, 1), keepdims=True)):
        flows = np.where(flows.sum(axis=-1, keepdims=True) > 0, flows, whole)
    return flows


def _chosen(flows: FloatArray, cell: tuple[IntArray, ...], place: FloatArray) -> tuple[IntArray, FloatArray]:
    """Which of n flows (..., n) each client of a ``cell`` follows by its ``place`` among equals; and its place among those
    who do. A flow of nobody is followed by nobody, and where all are nobody the first is."""
    n = flows.shape[-1]
    edges = np.cumsum(flows, axis=-1).reshape(-1, n)
    total = edges[:, -1:]
    edges = np.where(total > 0, edges / np.where(total > 0, total, 1.0), 1.0)
    own = np.ravel_multi_index(cell, flows.shape[:-1])
    # all cells on one line: cell c has its edges between c and c + 1
    line = (np.arange(len(edges))[:, None] + edges).ravel()
    chosen = np.clip(np.searchsorted(line, own + place, side="right") - own * n, 0, n - 1)
    above = edges[own, chosen]
    below = np.where(chosen > 0, edges[own, np.maximum(chosen - 1, 0)], 0.0)
    return chosen, np.clip((place - below) / np.maximum(above - below, SOME), 0.0, 1 - SOME)


def _summed(place: IntArray, shape: tuple[int, int], weight: FloatArray | None = None) -> FloatArray:
    total = np.bincount(place, weight, minlength=shape[0] * shape[1])
    return np.asarray(total.reshape(shape), dtype=np.float64)
