"""What the care of single clients costs above thresholds, by what of it each payment form claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bekostiging.case.model import Case
from bekostiging.case.policy import PolicyTable
from bekostiging.scenarios.care_use import Cells, Measure
from bekostiging.scenarios.clients import Clients
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray, IntArray


def thresholds_of(case: Case) -> tuple[float, ...]:
    """Edges of every high-cost pool of the case and of sharing key hybrid, rising; euro per client and year."""
    edges = {float(row.value) for row in case.policy if row.name == PolicyTable.high_cost_threshold.name}
    edges |= {row.threshold for row in case.clauses if row.threshold is not None}
    edges |= {row.threshold + row.cap for row in case.clauses if row.threshold is not None and row.cap is not None}
    return tuple(sorted(edges))


def price_factors(case: Case, cells: Cells, within: FloatArray) -> dict[Measure, FloatArray]:
    """Price of a unit of each measure over the tariff; (n_cells,).

    ``within``: expected part of the units that an hours budget pays; of a disputed arrangement a part is never paid.
    """
    lost = [case.policy.disputed_share(lot.id) * case.policy.disputed_lost(lot.id) for lot in case.lots]
    plain = np.ones(cells.n_cells)
    return {
        "delivered": plain,
        "claimable": plain,
        "arranged": 1 - np.array([*lost, 0.0])[cells.lot],
        "within_budget": 1 / within,
    }


def months_in_year(start: NDArray[Any], end: NDArray[Any], year: int) -> FloatArray:
    """Months of a contract year between two moments; (n_clients,)."""
    begin = MONTHS * year
    return np.asarray(np.maximum(np.minimum(end, begin + MONTHS) - np.maximum(start, begin), 0.0))


def excess_of(
    clients: Clients,
    group: IntArray,
    shape: tuple[int, int, int],
    euro: Iterable[FloatArray],
    thresholds: tuple[float, ...],
) -> FloatArray:
    """Euro above each threshold, summed over the clients of each ``group`` (scenario and cell).

    ``euro``: what is claimed for every client, year by year, each (n_clients,); ``shape`` (n_scenarios, n_years, n_cells).
    """
    n_scenarios, _, n_cells = shape
    total = np.zeros((*shape, len(thresholds)))
    for year, own in enumerate(euro):
        for k, threshold in enumerate(thresholds):
            above = np.flatnonzero(own > threshold)
            over = np.bincount(group[above], weights=own[above] - threshold, minlength=n_scenarios * n_cells)
            total[:, year, :, k] = over.reshape(n_scenarios, n_cells)
    return total
