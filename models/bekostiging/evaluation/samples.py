"""Samples of one comparison: a value per scenario and corner of "when the money is gone"; who waits with which headroom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bekostiging.case.policy import Corner
from bekostiging_solvers.typing import FloatArray

CORNERS: tuple[Corner, ...] = get_args(Corner)
Headroom = Literal["own", "common", "corridor"]
HEADROOMS: tuple[Headroom, ...] = ("own", "common", "corridor")
"""The money up to which a form serves who asks: its own limit; the indexed budget of the lump sum for every form; the same,
while a lump sum also counts on what its corridor will pay."""


@dataclass(frozen=True)
class WaitingSamples:
    """Who waits, one value per scenario; (n_scenarios, n_years, n_care_forms) of the reported municipalities, by year of
    asking. Served + waiting + refused = starts, today's list among those of the first year."""

    starts: FloatArray
    served: FloatArray
    waiting: FloatArray
    refused: FloatArray
    moved: FloatArray
    """Part of the starts whom another provider took."""
    clients_beyond_norm: FloatArray
    """Part of those waiting who wait longer than the norm of their care form."""
    weeks_beyond_norm: FloatArray
    """Client-weeks of theirs beyond it."""
    lot_unserved: FloatArray
    """(n_scenarios, n_years, n_lots): who waits or is refused; adds up to those two."""


@dataclass(frozen=True)
class Samples(WaitingSamples):
    """One value per scenario; money in euro, nominal, whole cents. Axes: scenario, year, then the axis named.

    ``settle_all`` makes them of a block of scenarios; those of waiting stand in ``WaitingSamples``.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.evaluation import levels_by_lot, settle_all
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, care_use = build_cells(case), expected_care_use(case, build_cells(case), 2)
    >>> contracts = build_contracts(case, cells, reference(case, cells, 2), "inspanningsgericht")
    >>> samples = settle_all(case, cells, contracts, care_use, levels_by_lot(case, care_use))
    >>> samples.municipal.shape, samples.payment.shape  # scenarios, years, and municipalities or contracts
    ((1, 2, 2), (1, 2, 7))
    >>> bool(abs(samples.municipal.sum() - samples.payment.sum()) < 0.01)  # every payment has its municipality
    True
    """

    municipal: FloatArray
    """(n_scenarios, n_years, n_municipalities): payments under the contracts, outside excluded."""
    lot_spending: FloatArray
    """(n_scenarios, n_years, n_lots): the part of the reported municipalities, by lot."""
    payment: FloatArray
    """(n_scenarios, n_years, n_contracts), pools between providers included; adds up to ``municipal`` in every
    scenario and year."""
    received: FloatArray
    """(n_scenarios, n_years, n_contracts): what its provider gets; less than ``payment`` under a main contractor, who
    keeps the difference."""
    cost: FloatArray
    """(n_scenarios, n_years, n_contracts): cost of the provider."""
    unpaid: FloatArray
    """(n_scenarios, n_years, n_contracts): delivered and not paid, above a ceiling or beyond a client's hours budget."""
    beyond_budget: FloatArray
    """Part of ``unpaid`` that is beyond clients' hours budgets, before any ceiling."""
    lowest_cash_weeks: FloatArray
    """(n_scenarios, n_providers): lowest cash over the term, starting from none, in weeks of cost; at most zero."""
    signal_month: FloatArray
    """(n_scenarios, n_years, n_contracts): month of the 70 % signal of a ceiling, 0 is January, -1 never."""
    stop_month: FloatArray
    """(n_scenarios, n_years, n_contracts): month in which intake stopped, 0 is January, -1 never."""
    clients: FloatArray
    """(n_scenarios, n_years, n_contracts): trajectories in care at some moment of the year."""


@dataclass(frozen=True)
class CountSamples:
    """Who is in care, everybody served, one value per scenario; (n_scenarios, n_years, n_reported, n_care_forms), care forms
    without a lot included. Caseload on 1 January = trajectories - starts."""

    trajectories: FloatArray
    """In care at some moment of the year: the caseload at its start, and who starts."""
    starts: FloatArray
    """Part of them that starts in the year."""
    persons: FloatArray
    """(n_scenarios, n_years, n_reported, n_laws): persons of each law, in the order of ``LAWS``."""
