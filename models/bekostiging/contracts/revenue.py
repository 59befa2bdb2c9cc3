"""What today's revenue of a contract is expected to be in the first contract year: volume and index, and nothing else.

    R       contracts.revenue, approved claims of calendar year Y (contracts.revenue_year, else the base year)
    i[u]    index of calendar year u at the weights of the lot: final OVA and PPC where known, else the forecast
    V[u]    units of the contract's cells in year u at the reference tariff

    Rhat = R x V[first] / V[Y] x product over u = Y + 1 .. first of (1 + i[u])

Final figures: what wages and prices became is what the tariffs of those years were raised by, in the year itself or a year
later as the catch-up of ``IndexRule``. A surprise of Y itself, which the contract catches up in Y + 1, is not in Rhat: that
revenue was agreed at the index of then. V[first] is that of the reference amounts; earlier years have a stock in equilibrium
that grows every year as it does from the base year on, also where Y lies before it (``scenarios.units_in_year``). Market
shares are those of the first contract year throughout, so a change of shares is no volume here. Where demand has
nobody in care under the contract in those years (a stock of zero), nothing is known of its volume: V[first] / V[Y] and
N[u] / N[u-1] are one, and a note says so (``case.stock_and_starts``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts.indexation import index_of_year
from bekostiging.contracts.reference_amounts import Reference
from bekostiging.scenarios import Cells, clients_in_calendar_year, units_in_year
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class RevenuePath:
    """From the revenue of one contract to what is expected of it in the first contract year.

    Parameters
    ----------
    year : int
        Y, the calendar year of the revenue.
    revenue : float
        R, euro.
    index : dict of int to float
        i[u] by calendar year u from Y + 1 to the first contract year, a fraction.
    clients : dict of int to float
        N[u] / N[u-1] by the same years.
    use : float
        V[first] / V[Y], all that the units at the reference tariff change by.

    Examples
    --------
    >>> RevenuePath(2025, 1e6, index={2026: 0.03}, clients={2026: 1.01}, use=1.02).expected
    1050600.0
    """

    year: int
    revenue: float
    index: dict[int, float]
    clients: dict[int, float]
    use: float

    @property
    def expected(self) -> float:
        """Rhat, euro."""
        return float(self.revenue * self.use * np.prod([1 + i for i in self.index.values()]))


@kinds_checked
def revenue_paths(
    case: Case, cells: Cells, terms: Reference, only: Sequence[int] | None = None
) -> tuple[RevenuePath, ...]:
    """What brings today's revenue of contracts to the first contract year.

    Parameters
    ----------
    case : Case
        Gives the revenue of every contract and its year.
    cells : Cells
        Those of the case.
    terms : Reference
        Reference figures of the same cells.
    only : sequence of int, optional
        Places in ``case.contracts``; all of them unless given.

    Returns
    -------
    tuple of RevenuePath
        In the order of ``case.contracts``, or of ``only``.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> amounts = reference(case, cells, n_years=2)
    >>> (path,) = revenue_paths(case, cells, amounts, only=(0,))
    >>> path.year, path.revenue, round(path.expected)
    (2024, 4701600.0, 5128784)
    """
    first = case.first_year
    chosen = range(len(case.contracts)) if only is None else only
    starts = {c: case.year_of_revenue(case.contracts[c]) for c in chosen}
    before = {u: clients_in_calendar_year(case, cells, u) for u in range(min(starts.values()), first)}
    units = {u: units_in_year(case, cells, u) for u in set(starts.values())}
    paths = []
    for c, year in starts.items():
        row, own = case.contracts[c], cells.contract == c
        if row.revenue == 0:
            paths.append(RevenuePath(year, 0.0, {}, {}, 1.0))
            continue
        count = {u: float(before[u][own].sum()) for u in range(year, first)} | {first: float(terms.clients[c, 0])}
        span = range(year + 1, first + 1)
        now, then = (float(one @ terms.tariff[own]) for one in (terms.units[0, own], units[year][own]))
        known = then > 0 and all(count[u] > 0 for u in range(year, first))
        paths.append(
            RevenuePath(
                year,
                row.revenue,
                {u: index_of_year(case, row.lot, u) for u in span},
                {u: count[u] / count[u - 1] if known else 1.0 for u in span},
                now / then if known else 1.0,
            )
        )
    return tuple(paths)


@kinds_checked
def expected_revenue(case: Case, cells: Cells, terms: Reference) -> FloatArray:
    """Rhat: revenue R of every contract, brought from its year to the first contract year with expected index and volume.

    Parameters
    ----------
    case : Case
        Gives the revenue of every contract and its year.
    cells : Cells
        Those of the case.
    terms : Reference
        Reference figures of the same cells.

    Returns
    -------
    array (n_contracts,)
        Euro of the first contract year; 0 where the revenue is 0, which means that no transition cap is asked.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> amounts = reference(case, cells, n_years=2)
    >>> expected_revenue(case, cells, amounts).round().tolist()[:2]
    [5128784.0, 1863597.0]
    """
    return np.array([path.expected for path in revenue_paths(case, cells, terms)])
