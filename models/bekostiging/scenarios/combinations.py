"""Persons with two care forms: which trajectories belong to one person, drawn and at expectation.

A share of the trajectories of one care form has a partner in a second one, of the same area and the same moment
(sitting, or started in one year); the second begins with the first. How many trajectories there are stays as it was.
"""

from __future__ import annotations

import numpy as np

from bekostiging.case.model import Case
from bekostiging.scenarios.care_use import Cells
from bekostiging.scenarios.distributions import Mixed
from bekostiging.scenarios.factors import Factors
from bekostiging.scenarios.forecast import DemandForecast, integrated_survival
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import Float32Array, FloatArray, IntArray

ALONE = -1
"""Partner of a trajectory that is not the second of two."""


class Combiner:
    """The rows of ``combinations`` of a case, by place of their care forms."""

    def __init__(self, case: Case, cells: Cells) -> None:
        forms = {form.id: i for i, form in enumerate(case.care_forms)}
        self.cells = cells
        self.rows = tuple(
            (forms[row.care_form], forms[row.second_care_form], row.share) for row in case.combinations
        )

    def pair(
        self,
        place: IntArray,
        cell: IntArray,
        start: Float32Array,
        asked_month: IntArray,
        rng: np.random.Generator,
    ) -> IntArray:
        """First trajectory of the person of every second one, ``ALONE`` for the others; (n_clients,).

        ``place`` (n_clients,): scenario and moment in one number. Starts of second trajectories are moved, in place.
        """
        partner = np.full(len(cell), ALONE)
        form = self.cells.care_form[cell]
        key = place * len(self.cells.area_ids) + self.cells.area[cell]
        for one, other, share in self.rows:
            chosen = np.flatnonzero(form == one)
            chosen = chosen[rng.random(len(chosen)) < share]
            free = rng.permutation(np.flatnonzero((form == other) & (partner == ALONE)))
            ranked, own = _ranked(key, chosen), _ranked(key, free)
            _, first, second = np.intersect1d(ranked[0], own[0], assume_unique=True, return_indices=True)
            first, second = ranked[1][first], own[1][second]
            partner[second] = first
            start[second], asked_month[second] = start[first], asked_month[first]
        return partner


def _ranked(key: IntArray, who: IntArray) -> tuple[IntArray, IntArray]:
    """Key and rank within the key in one number, unique; and who that is."""
    ordered = who[np.argsort(key[who], kind="stable")]
    keys = key[ordered]
    rank = np.arange(len(keys)) - np.searchsorted(keys, keys)
    return keys * (len(key) + 1) + rank, ordered


def expected_second(
    case: Case, cells: Cells, forecast: DemandForecast, factors: Factors, row: IntArray, shares: FloatArray
) -> FloatArray:
    """Expected ``second_trajectories``; (n_scenarios, n_years, n_cells).

    Both are alive at the turn of a year: product of the survivals, by quadrature over the month of start. The number
    of pairs is taken as the share of the first trajectories, in so far as there are seconds.
    """
    n_scenarios, n_years = factors.duration.shape[:2]
    total = np.zeros((n_scenarios, n_years, len(row)))
    rows = {(demand.area, demand.care_form): i for i, demand in enumerate(case.demand)}
    for combination in case.combinations:
        for (area, care_form), first in rows.items():
            second = rows.get((area, combination.second_care_form))
            if care_form != combination.care_form or second is None:
                continue
            pairs, own = _pairs(forecast, factors, first, second, combination.share), row == second
            for year in range(n_years):
                for moment in range(year + 2):
                    both = _chance_of_both(forecast, factors, (first, second), moment, year)
                    total[:, year, own] += (pairs[:, moment] * both)[:, None] * shares[moment, own]
    return total


def _pairs(forecast: DemandForecast, factors: Factors, first: int, second: int, share: float) -> FloatArray:
    """Expected pairs of every moment; (n_scenarios, 1 + n_years)."""
    counts = np.concatenate([forecast.stock[None], forecast.starts]) * factors.inflow
    return np.asarray(np.minimum(share * counts[:, :, first], counts[:, :, second]))


def _chance_of_both(
    forecast: DemandForecast, factors: Factors, rows: tuple[int, int], moment: int, year: int
) -> FloatArray:
    """Chance that both trajectories of a moment are in care at some time of the year; (n_scenarios,)."""
    chance = np.ones(len(factors.inflow))
    if moment == year + 1:
        return chance
    if moment == 0:
        for row in rows:
            law = forecast.durations.rows(np.array([row]))
            left = 1 - integrated_survival(np.array([float(MONTHS * year)]), law) / law.mean
            chance = chance * left[0]
        return chance
    since = float(MONTHS) * (year + 1 - moment) - np.arange(MONTHS, dtype=np.float64)[:, None, None]
    alive = np.ones((MONTHS, len(chance)))
    for row in rows:
        longer = factors.duration[:, moment - 1, [row]] * forecast.longer[moment - 1, row]
        law = forecast.durations.rows(np.array([row])).lengthened(longer)
        alive *= _alive(since, law)
    return np.asarray(alive.mean(axis=0))


def _alive(since: FloatArray, law: Mixed) -> FloatArray:
    """Mean survival over the month that ends at ``since`` (months, 1, 1); (months, n_scenarios)."""
    return np.asarray((integrated_survival(since, law) - integrated_survival(since - 1, law))[..., 0])
