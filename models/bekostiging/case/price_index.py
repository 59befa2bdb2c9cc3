"""The index of a calendar year, and how prices of one year are brought to another.

With w the weights of wages (OVA) and materials (PPC) in a lot (policy), final figures where they are known, else forecasts:

    i[u] = w_OVA OVA[u] + w_PPC PPC[u]
    level of year F over year Y = product over u = Y + 1 .. F of (1 + i[u])

A price of year Y holds the index of Y itself. Tariffs from history, the revenue of contracts and the published figures of
the calibration are all brought to the first contract year, or from it, by this one rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from bekostiging.case.policy import PolicyTable
from bekostiging.case.tables import Contract, Index


@dataclass(frozen=True)
class PriceIndex:
    """What wages and prices make of a price, from table indices and the weights of the policy.

    Parameters
    ----------
    indices : tuple of Index
        By calendar year.
    policy : PolicyTable
        Gives the weights of wages and prices in a lot.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> region = synthetic_region(municipalities=2, providers=6)
    >>> index = PriceIndex(region.indices, region.policy)
    >>> round(index.of_year("youth", 2027), 3), round(index.between("youth", 2026, 2028), 6), index.missing(2019, 2026)[0]
    (0.029, 1.058841, 2020)
    """

    indices: tuple[Index, ...]
    policy: PolicyTable

    def of_year(self, lot: str, year: int) -> float:
        """Index of a calendar year that is in table indices, a fraction."""
        return self._index(lot, next(row for row in self.indices if row.year == year))

    def between(self, lot: str, year: int, until: int) -> float:
        """Price level of year ``until`` over that of ``year``; years that are not in the table do not count."""
        first, last = sorted((year, until))
        level = prod(1 + self._index(lot, row) for row in self.indices if first < row.year <= last)
        return level if year <= until else 1 / level

    def missing(self, year: int, until: int) -> tuple[int, ...]:
        """Years after ``year``, up to and including ``until``, that are not in the table."""
        known = {row.year for row in self.indices}
        return tuple(one for one in range(year + 1, until + 1) if one not in known)

    def _index(self, lot: str, row: Index) -> float:
        ova = row.ova_forecast if row.ova_final is None else row.ova_final
        ppc = row.ppc_forecast if row.ppc_final is None else row.ppc_final
        return self.policy.weight_ova(lot) * ova + self.policy.weight_ppc(lot) * ppc


def year_of_revenue(contract: Contract, base_year: int, first_year: int) -> int:
    """Calendar year of ``contract.revenue``: as given, else the base year; before the first contract year always."""
    return min(base_year, first_year - 1) if contract.revenue_year is None else contract.revenue_year
