"""The monthly claim cap of the national rules (iJw/iWmo rule IV077): calendar weeks touched x agreed weekly units.

A month of D days that touches w calendar weeks (Monday to Sunday) allows c = 7 w / D times what was agreed for its days,
at least once; a client in care for part of a month touches the weeks of that part. Only clients who use more than agreed
can meet the cap. ``units`` in model months, which are equal; the calendar counts for the cap alone.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import numpy as np
from scipy.special import ndtr

from bekostiging.case.model import Case
from bekostiging.scenarios.clients import Clients
from bekostiging.units import DAYS_PER_WEEK, MONTHS
from bekostiging_solvers.typing import FloatArray, IntArray


def capped_lots(case: Case) -> tuple[bool, ...]:
    """Lots whose claims are capped (policy ``claim_cap`` weekly)."""
    return tuple(case.policy.claim_cap(lot.id) == "weekly" for lot in case.lots)


class Calendar:
    """Days of every month of the term and the weekday of its first day (Monday is 0); both (n_months,)."""

    def __init__(self, first_year: int, n_years: int) -> None:
        months = [(first_year + m // MONTHS, m % MONTHS + 1) for m in range(MONTHS * n_years)]
        self.days = np.array([monthrange(*month)[1] for month in months])
        self.weekday = np.array([date(*month, 1).weekday() for month in months])

    def weeks(self, month: IntArray, first: IntArray, last: IntArray) -> IntArray:
        """Calendar weeks touched from day ``first`` to day ``last`` of a month, both counted from 0."""
        begin = (self.weekday[month] + first) % DAYS_PER_WEEK
        return np.asarray((begin + last - first) // DAYS_PER_WEEK + 1)

    @property
    def allowance(self) -> FloatArray:
        """c of every whole month: what may be claimed over what was agreed; (n_months,)."""
        months = np.arange(len(self.days))
        weeks = self.weeks(months, np.zeros_like(months), self.days - 1)
        return np.asarray(DAYS_PER_WEEK * weeks / self.days)


def excess_over_cap(clients: Clients, calendar: Calendar, n_cells: int) -> FloatArray:
    """Units above the monthly caps; (n_scenarios, n_years, n_cells)."""
    own, over = clients_over_cap(clients, calendar)
    total = np.zeros((clients.n_scenarios, over.shape[1], n_cells))
    place = clients.scenario[own] * n_cells + clients.cell[own]
    for year in range(over.shape[1]):
        yearly = np.bincount(place, weights=over[:, year], minlength=clients.n_scenarios * n_cells)
        total[:, year] = yearly.reshape(clients.n_scenarios, n_cells)
    return total


def clients_over_cap(clients: Clients, calendar: Calendar) -> tuple[IntArray, FloatArray]:
    """Clients who use more than agreed, and the units of each above its monthly caps; (n,), (n, n_years)."""
    n_months = len(calendar.days)
    own = np.flatnonzero((clients.rate > clients.agreed) & (clients.start < n_months))
    agreed = clients.agreed[own].astype(np.float64)
    rate = clients.rate[own].astype(np.float64)
    start = clients.start[own].astype(np.float64)
    end = np.minimum(start + clients.duration[own], n_months)
    total = np.zeros((len(own), n_months // MONTHS))
    for month in range(n_months):
        here = np.flatnonzero((start < month + 1) & (end > month))
        begin, until = np.maximum(start[here] - month, 0.0), np.minimum(end[here] - month, 1.0)
        days = calendar.days[month]
        first = np.minimum((begin * days).astype(np.int64), days - 1)
        last = np.maximum(np.ceil(until * days).astype(np.int64) - 1, first)
        weeks = calendar.weeks(np.full(len(here), month), first, last)
        # agreed is per model month: a twelfth of a year, worth its own days here
        cap = agreed[here] * DAYS_PER_WEEK * weeks / days
        total[here, month // MONTHS] += np.maximum(rate[here] * (until - begin) - cap, 0.0)
    return own, total


def claimable_part(realised_cv: FloatArray, calendar: Calendar) -> FloatArray:
    """Expected part of the units inside the caps, per contract year: E[min(r, c)] over whole months, r log-normal of mean
    one; parts of months, whose caps are wider, are taken as whole. (n_years, n_cells)."""
    sigma = np.sqrt(np.log1p(np.square(realised_cv)))
    allowance = calendar.allowance[:, None]
    known = np.where(sigma > 0, sigma, 1.0)
    above = np.log(allowance) / known
    inside = ndtr(above - known / 2) + allowance * ndtr(-above - known / 2)
    part = np.where(sigma > 0, inside, 1.0)
    return np.asarray(part.reshape(-1, MONTHS, len(realised_cv)).mean(axis=1))
