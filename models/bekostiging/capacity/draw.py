"""Scenarios for the capacity decision, counted from the clients of each block before they are forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.scenarios import Block, Plan
from bekostiging.units import MONTHS_PER_QUARTER, QUARTERS, WEEKS_PER_MONTH
from bekostiging_solvers.typing import BoolArray, Float32Array, FloatArray, IntArray


@dataclass(frozen=True)
class CapacityCounts:
    """What a block keeps: ``regular`` and ``crisis`` starts (s, t, f, a), ``caseload`` (s, f, a), ``load`` (s, y, f): what a
    client weighs against what is expected; and per block (1, f, ...) the ``started`` and ``sat`` clients, sums of their
    months and of their time in each quarter, ``presence`` and ``remainder`` (1, f, t). ``one_by_one``: the clients
    themselves, by name of array (``clients_one_by_one``); empty where nobody asked for them."""

    regular: FloatArray
    crisis: FloatArray
    caseload: FloatArray
    load: FloatArray
    started: FloatArray
    sat: FloatArray
    months: FloatArray
    months_left: FloatArray
    presence: FloatArray
    remainder: FloatArray
    one_by_one: Mapping[str, FloatArray]

    def arrays(self) -> dict[str, FloatArray]:
        """Every array by name."""
        found = dict(vars(self))
        return found | dict(found.pop("one_by_one"))


@dataclass(frozen=True)
class CapacityWork:
    """Counts the clients of lots by quarter, care form and area; ``one_by_one``: keeps the clients themselves too."""

    n_forms: int
    n_areas: int
    n_quarters: int
    one_by_one: bool = False

    def __call__(self, block: Block) -> CapacityCounts:
        """Clients as they ask; who waits is the decision's."""
        clients, cells = block.clients, block.plan.cells
        form, area = cells.care_form[clients.cell], cells.area[clients.cell]
        bought = cells.lot[clients.cell] >= 0
        sits = bought & (clients.asked_month < 0)
        starts = bought & ~sits
        quarter = clients.asked_month // MONTHS_PER_QUARTER
        shape = (clients.n_scenarios, self.n_quarters, self.n_forms, self.n_areas)
        where = (clients.scenario, quarter, form, area)
        ordinary = starts & ~clients.crisis
        end = (clients.start + clients.duration).astype(np.float64)
        sizes = (1, self.n_forms)
        return CapacityCounts(
            regular=_count(where, ordinary, shape),
            crisis=_count(where, starts & clients.crisis, shape),
            caseload=_count((clients.scenario, form, area), sits, (shape[0], *shape[2:])),
            load=_load(block, self.n_forms, block.factors.duration),
            started=_sum(form[starts], None, sizes),
            sat=_sum(form[sits], None, sizes),
            months=_sum(form[starts], clients.duration[starts], sizes),
            months_left=_sum(form[sits], end[sits], sizes),
            presence=self._presence(form[starts], clients.start[starts], end[starts], quarter[starts]),
            remainder=self._presence(
                form[sits], clients.start[sits], end[sits], np.zeros(int(sits.sum()), dtype=np.int64)
            ),
            one_by_one=clients_one_by_one(block, self.n_forms) if self.one_by_one else {},
        )

    def _presence(self, form: IntArray, start: Float32Array, end: FloatArray, quarter: IntArray) -> FloatArray:
        """Part of the quarter u after the own one in which clients are in care, summed; (1, f, u)."""
        found = np.empty((1, self.n_forms, self.n_quarters))
        for u in range(self.n_quarters):
            begin = MONTHS_PER_QUARTER * (quarter + u)
            inside = np.minimum(end, begin + MONTHS_PER_QUARTER) - np.maximum(start, begin)
            found[0, :, u] = _sum(form, np.maximum(inside, 0.0) / MONTHS_PER_QUARTER, (1, self.n_forms))[0]
        return found


def _count(where: tuple[IntArray, ...], chosen: BoolArray, shape: tuple[int, ...]) -> FloatArray:
    place = np.ravel_multi_index(tuple(index[chosen] for index in where), shape)
    return np.bincount(place, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)


def _sum(form: IntArray, weights: NDArray[np.floating] | None, shape: tuple[int, int]) -> FloatArray:
    return np.bincount(form, weights, minlength=shape[1]).reshape(shape).astype(np.float64)


def _load(block: Block, n_forms: int, duration: FloatArray | float) -> FloatArray:
    """Units per week x ``duration`` of who starts in a year, over what was expected in the first; (s, y, f)."""
    plan, factors = block.plan, block.factors
    forecast, cells = plan.sampler.forecast, plan.cells
    ids = {form: f for f, form in enumerate(cells.care_form_ids)}
    form = np.array([ids[row.care_form] for row in plan.case.demand])
    weight = forecast.starts
    own = factors.intensity * forecast.heavier * duration
    found = np.ones((len(own), plan.n_years, n_forms))
    for f in range(n_forms):
        rows = form == f
        total = weight[:, rows].sum(axis=1)
        if rows.any() and (total > 0).all():
            found[:, :, f] = (own[:, :, rows] * weight[:, rows]).sum(axis=2) / total
    return found


REQUEST = ("form", "area", "asked", "stay", "urgent", "draw")
"""Columns of a client who asks: care form and area of the case; months, before the term below zero; months; whether crisis;
uniform, in which order equals are divided."""
IN_CARE = ("form", "area", "left", "draw")
"""Columns of a client in care at the start; ``left``: months until care ends."""
ORDER = 4
"""Kind of draws of ``Plan.generator``: in which order clients are divided over providers."""


def clients_one_by_one(block: Block, n_forms: int) -> dict[str, FloatArray]:
    """The clients of lots of a block, those on today's list included, scenario by scenario.

    ``requests`` (n, columns of ``REQUEST``), ``caseload_clients`` (m, columns of ``IN_CARE``); how many of them each
    scenario has, ``n_requests`` and ``n_caseload`` (s,); ``heaviness`` (s, y, f): units per week over what is expected. How
    long care lasts is the client's own.
    """
    clients, cells = block.asking, block.plan.cells
    # the list comes after the others in a block
    order = np.argsort(clients.scenario, kind="stable")
    order = order[cells.lot[clients.cell[order]] >= 0]
    sits = clients.asked_month[order] < 0
    draw = block.plan.generator(ORDER, block.index).random(len(order))
    who, sat = order[~sits], order[sits]
    waited = clients.waited[who] / WEEKS_PER_MONTH
    # who is on the list asked before the term: at the start of it less what was waited
    asked = np.where(waited > 0, -waited, clients.start[who])
    cell, at = clients.cell[who], clients.cell[sat]
    left = clients.start[sat].astype(np.float64) + clients.duration[sat]
    requests = (
        cells.care_form[cell],
        cells.area[cell],
        asked,
        clients.duration[who],
        clients.crisis[who],
        draw[~sits],
    )
    sitting = (cells.care_form[at], cells.area[at], left, draw[sits])
    n = clients.n_scenarios
    return {
        "requests": np.stack(requests, axis=1),
        "caseload_clients": np.stack(sitting, axis=1),
        "n_requests": np.bincount(clients.scenario[who], minlength=n).astype(np.float64),
        "n_caseload": np.bincount(clients.scenario[sat], minlength=n).astype(np.float64),
        "heaviness": _load(block, n_forms, 1.0),
    }


@kinds_checked
def capacity_work(plan: Plan, *, one_by_one: bool = False) -> CapacityWork:
    """What is counted of every block of scenarios before its clients are forgotten.

    Parameters
    ----------
    plan : Plan
        Scenarios of a case.
    one_by_one : bool, default False
        Keep the clients themselves too, which ``capacity_clients`` reads to count who waits.

    Returns
    -------
    CapacityWork
        Called with a block, it gives ``CapacityCounts``.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> planned = plan(case, 32, 1, seed=1, stream="design")
    >>> counts = capacity_work(planned)(draw_block(planned, 0)).arrays()
    >>> counts["regular"].shape  # scenarios, quarters, care forms, areas
    (2, 4, 4, 2)
    """
    return CapacityWork(len(plan.case.care_forms), len(plan.case.areas), QUARTERS * plan.n_years, one_by_one)


@dataclass(frozen=True)
class ExpectedStays:
    """How care goes on, from every client drawn: ``stays``, ``remains`` (f, t), ``weeks``, ``weeks_left`` (f,)."""

    stays: FloatArray
    remains: FloatArray
    weeks: FloatArray
    weeks_left: FloatArray


def expected_stays(case: Case, arrays: Mapping[str, FloatArray]) -> ExpectedStays:
    """Means over all blocks; care forms nobody uses get the mean duration of table demand."""
    started, sat = (arrays[name].sum(axis=0) for name in ("started", "sat"))

    def mean(name: str, number: FloatArray, otherwise: FloatArray) -> FloatArray:
        """Sum over number, else the other value."""
        total = arrays[name].sum(axis=0)
        number = number.reshape(-1, *(1,) * (total.ndim - 1))
        return np.asarray(np.where(number > 0, total / np.maximum(number, 1.0), otherwise))

    rows = {
        form.id: [row.mean_duration_weeks for row in case.demand if row.care_form == form.id]
        for form in case.care_forms
    }
    usual = np.array([float(np.mean(own)) if own else 1.0 for own in rows.values()])
    return ExpectedStays(
        stays=mean("presence", started, np.zeros(1)),
        remains=mean("remainder", sat, np.zeros(1)),
        weeks=mean("months", started, usual / WEEKS_PER_MONTH) * WEEKS_PER_MONTH,
        weeks_left=mean("months_left", sat, usual / WEEKS_PER_MONTH) * WEEKS_PER_MONTH,
    )
