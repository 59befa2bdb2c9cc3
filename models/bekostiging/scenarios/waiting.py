"""Who waits: today's list as clients who ask when the term begins, and the count of who starts when asked and who does not.

Today's list (table ``waiting``) is known: the same number in every scenario, spread over the providers by market share. It
asks in the first month, under a flow rule only; the demand of the case is what it was without it. As in the capacity
agreements, a list with a mean of w weeks has come evenly over the 2 w weeks before the term.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.clients import CASELOAD, Clients, ClientSampler
from bekostiging.scenarios.combinations import ALONE
from bekostiging.scenarios.factors import Factors
from bekostiging.units import MONTHS, WEEKS_PER_MONTH
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class WaitingCount:
    """Clients by year of asking; every array (n_scenarios, n_years, n_cells). Served + waiting + refused = starts.

    Attributes
    ----------
    starts : array
        Clients who ask for care.
    served, waiting, refused : array
        Who starts as asked, whose start is put off, and who is not taken.
    moved : array
        Who goes to another provider than was asked.
    clients_beyond_norm : array
        Part of those waiting who wait longer than the norm of their care form, what they waited before the term included.
    weeks_beyond_norm : array
        Client-weeks of theirs beyond the norm; whoever is not served in the term waits to its end.

    Examples
    --------
    >>> one = np.ones((1, 1, 1))
    >>> count = WaitingCount(10 * one, 7 * one, 2 * one, one, 0 * one, one, 4 * one)
    >>> bool((count.served + count.waiting + count.refused == count.starts).all())
    True
    """

    starts: FloatArray
    served: FloatArray
    waiting: FloatArray
    refused: FloatArray
    moved: FloatArray
    clients_beyond_norm: FloatArray
    weeks_beyond_norm: FloatArray


class WaitingCounter:
    """Counts the clients of a block as a flow rule left them; far less work than reducing them."""

    def __init__(self, case: Case, cells: Cells, n_years: int) -> None:
        self.n_cells, self.n_years = cells.n_cells, n_years
        norms = np.array([form.waiting_norm_weeks for form in case.care_forms])
        self.norm_weeks = norms[cells.care_form]

    def asked(self, clients: Clients) -> IntArray:
        """Place of scenario, cell and year asked; (n_clients,)."""
        group = clients.scenario * self.n_cells + clients.cell
        place: IntArray = group * self.n_years + np.maximum(clients.asked_month, 0) // MONTHS
        return place

    def count(self, clients: Clients) -> WaitingCount:
        """Who is served, waits, is refused or moves, and who waits beyond the norm."""
        asked, started = self.asked(clients), clients.asked_month != CASELOAD
        waited = np.flatnonzero(started & clients.deferred & ~clients.refused)
        beyond = self._weeks_beyond_norm(clients, waited)
        too_long = beyond > 0

        def of(who: BoolArray | IntArray, weight: FloatArray | None = None) -> FloatArray:
            """Clients, or a weight of theirs, by scenario, year and cell."""
            return self.by_place(clients.n_scenarios, asked[who], weight)

        return WaitingCount(
            starts=of(started),
            served=of(started & ~clients.deferred & ~clients.refused),
            waiting=of(waited),
            refused=of(started & clients.refused),
            moved=of(started & clients.moved),
            clients_beyond_norm=of(waited[too_long]),
            weeks_beyond_norm=of(waited, beyond),
        )

    def by_place(self, n_scenarios: int, asked: IntArray, weight: FloatArray | None = None) -> FloatArray:
        """Clients, or a weight of theirs, at the places they asked in; (n_scenarios, n_years, n_cells)."""
        shape = (n_scenarios, self.n_cells, self.n_years)
        total = np.bincount(asked, weights=weight, minlength=int(np.prod(shape)))
        return total.reshape(shape).transpose(0, 2, 1).astype(np.float64)

    def _weeks_beyond_norm(self, clients: Clients, waited: IntArray) -> FloatArray:
        """Weeks of every client who ``waited``, before the term and in it, beyond the norm."""
        until = np.minimum(clients.start[waited], MONTHS * self.n_years)
        months = until - (clients.asked_month[waited] + clients.start[waited] % 1)
        weeks = clients.waited[waited] + months * WEEKS_PER_MONTH
        return np.asarray(np.maximum(weeks - self.norm_weeks[clients.cell[waited]], 0.0))


def todays_list(sampler: ClientSampler, factors: Factors, rng: np.random.Generator) -> Clients:
    """The clients who wait today, in contracted care; they ask at some moment of the first month, and none is crisis."""
    cells, n_scenarios = sampler.cells, len(factors.inflow)
    counts = np.zeros((n_scenarios, 1 + sampler.n_years, cells.n_cells), dtype=np.int64)
    mean_weeks = np.zeros(cells.n_cells)
    for row in sampler.case.waiting:
        here = (cells.area == cells.area_ids.index(row.area)) & (cells.contract >= 0)
        own = np.flatnonzero(here & (cells.care_form == cells.care_form_ids.index(row.care_form)))
        if len(own):
            shares = sampler.shares[1, own]
            counts[:, 1, own] = rng.multinomial(round(row.clients), shares / shares.sum(), size=n_scenarios)
            mean_weeks[own] = row.mean_weeks
    drawn = sampler.of_counts(counts, factors, rng)
    moment = np.minimum(drawn.start / np.float32(MONTHS), np.nextafter(np.float32(1), np.float32(0)))
    waited = 2 * mean_weeks[drawn.cell] * rng.random(len(drawn.cell))
    return replace(
        drawn,
        asked_month=np.zeros_like(drawn.asked_month),
        start=moment,
        waited=waited.astype(np.float32),
        crisis=np.zeros_like(drawn.crisis),
    )


def joined(clients: Clients, more: Clients) -> Clients:
    """The clients of two groups of the same scenarios."""
    arrays = [one.name for one in fields(Clients) if one.name not in ("n_scenarios", "partner")]
    partner = None
    if clients.partner is not None and more.partner is not None:
        later = np.where(more.partner == ALONE, ALONE, more.partner + len(clients.cell))
        partner = np.concatenate([clients.partner, later])
    both = {name: np.concatenate([getattr(clients, name), getattr(more, name)]) for name in arrays}
    return Clients(n_scenarios=clients.n_scenarios, partner=partner, **both)
