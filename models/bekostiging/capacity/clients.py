"""The clients of a plan one by one: who asks when and how long care lasts, and who sat at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bekostiging.capacity.draw import IN_CARE, REQUEST
from bekostiging.capacity.gather import contracted_forms
from bekostiging.case.arguments import kinds_checked
from bekostiging.scenarios import Plan
from bekostiging.units import MONTHS_PER_QUARTER, QUARTERS
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Requests:
    """Clients who ask, in any order; every array (n,).

    ``quarter`` of asking, the first for who is on today's list; ``form`` and ``area`` as in ``CapacityData``; ``asked``
    months from the start of the term, below zero for who is on today's list; ``stay`` months in care; ``urgent``: crisis,
    served at once; ``place``: place among equals (scenario, quarter, care form, area) as a part of one, by which they are
    divided.

    Examples
    --------
    >>> from bekostiging.capacity import example_clients
    >>> asking = example_clients().requests
    >>> asking.asked[:12].tolist(), set(asking.stay.tolist())  # ten on the first day, the next a quarter later
    ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 3.0], {3.0})
    """

    scenario: IntArray
    quarter: IntArray
    form: IntArray
    area: IntArray
    asked: FloatArray
    stay: FloatArray
    urgent: BoolArray
    place: FloatArray


@dataclass(frozen=True)
class Caseload:
    """Clients in care at the start; ``left``: months until care ends; ``scenario``, ``form``, ``area`` and ``place`` as
    ``Requests``; every array (m,).

    Examples
    --------
    >>> from bekostiging.capacity import example_clients
    >>> len(example_clients().caseload.left)  # nobody is in care when the example starts
    0
    """

    scenario: IntArray
    form: IntArray
    area: IntArray
    left: FloatArray
    place: FloatArray


@dataclass(frozen=True)
class CapacityClients:
    """The clients of every scenario one by one, as ``count_waiting`` reads them.

    Attributes
    ----------
    requests : Requests
        Who asks.
    caseload : Caseload
        Who is in care at the start.
    carried : (s, t, f)
        Clients that one place can serve at a time: one at the units per week expected, fewer where care is heavier. How
        long care lasts is each client's own.

    Examples
    --------
    >>> from bekostiging.capacity import example_clients
    >>> clients = example_clients()
    >>> len(clients.requests.asked), clients.carried.shape
    (120, (2, 4, 1))
    """

    requests: Requests
    caseload: Caseload
    carried: FloatArray


@kinds_checked
def capacity_clients(plan: Plan, arrays: Mapping[str, FloatArray]) -> CapacityClients:
    """The clients of a case one by one, in the care forms of its lots.

    Parameters
    ----------
    plan : Plan
        Scenarios of the case.
    arrays : mapping of str to array
        Of ``capacity_work(plan, one_by_one=True)`` on every block of the plan, one after the other.

    Returns
    -------
    CapacityClients

    Examples
    --------
    >>> from bekostiging.capacity import capacity_clients, capacity_work
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import draw_block, plan
    >>> planned = plan(synthetic_region(municipalities=2, providers=6), 32, n_years=1, seed=1, stream="design")
    >>> block = draw_block(planned, 0)
    >>> counts = capacity_work(planned, one_by_one=True)(block)
    >>> clients = capacity_clients(planned, counts.arrays())
    >>> len(clients.requests.asked) == round((counts.regular + counts.crisis).sum())
    True
    """
    case = plan.case
    forms = contracted_forms(case)
    own = np.array([i for i, form in enumerate(case.care_forms) if form in forms])
    number = np.full(len(case.care_forms), -1)
    number[own] = np.arange(len(own))
    asked = dict(zip(REQUEST, np.asarray(arrays["requests"]).T, strict=True))
    sat = dict(zip(IN_CARE, np.asarray(arrays["caseload_clients"]).T, strict=True))
    heaviness = np.asarray(arrays["heaviness"])[:, :, own]
    carried = heaviness.mean(axis=0, keepdims=True) / heaviness
    scenario, of_sitting = (
        np.repeat(np.arange(len(number)), number.astype(np.int64))
        for number in (arrays["n_requests"], arrays["n_caseload"])
    )
    sizes = (len(forms), len(case.areas))
    requests = _requests(scenario, asked, number, (QUARTERS * plan.n_years, *sizes))
    return CapacityClients(
        requests, _sitting(of_sitting, sat, number, sizes), np.repeat(carried, QUARTERS, axis=1)
    )


def _requests(
    scenario: IntArray, columns: Mapping[str, FloatArray], number: IntArray, sizes: tuple[int, int, int]
) -> Requests:
    """Who asks, of ``columns`` of ``REQUEST``; ``sizes``: quarters, care forms, areas."""
    form, area = number[columns["form"].astype(np.int64)], columns["area"].astype(np.int64)
    quarter = quarter_of(columns["asked"])
    equals = np.ravel_multi_index((scenario, quarter, form, area), (int(scenario.max(initial=0)) + 1, *sizes))
    order, place = place_among(equals, columns["draw"])
    return Requests(
        scenario=scenario[order],
        quarter=quarter[order],
        form=form[order],
        area=area[order],
        asked=columns["asked"][order],
        stay=columns["stay"][order],
        urgent=columns["urgent"][order] > 0,
        place=place,
    )


def _sitting(
    scenario: IntArray, columns: Mapping[str, FloatArray], number: IntArray, sizes: tuple[int, int]
) -> Caseload:
    """Who sits, of ``columns`` of ``IN_CARE``; ``sizes``: care forms, areas."""
    form, area = number[columns["form"].astype(np.int64)], columns["area"].astype(np.int64)
    equals = np.ravel_multi_index((scenario, form, area), (int(scenario.max(initial=0)) + 1, *sizes))
    order, place = place_among(equals, columns["draw"])
    return Caseload(scenario[order], form[order], area[order], columns["left"][order], place)


def quarter_of(asked: FloatArray) -> IntArray:
    """Quarter of a moment in months, the first for who asked before the term; (n,)."""
    return np.asarray(np.maximum(asked, 0.0) // MONTHS_PER_QUARTER, dtype=np.int64)


def place_among(equals: IntArray, draw: FloatArray) -> tuple[IntArray, FloatArray]:
    """Order by group of equals and in it by ``draw``; and the place of each among its equals as the middle of its part of
    one, in that order; (n,) both."""
    order = np.argsort(equals + draw)
    _, first, size = np.unique(equals[order], return_index=True, return_counts=True)
    return order, (np.arange(len(draw)) - np.repeat(first, size) + 0.5) / np.repeat(size, size)
