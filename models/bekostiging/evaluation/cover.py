"""What covers an overrun of the begroting, and how much of it is used.

What is expected beyond the begroting is a gap to be budgeted (BBV art. 11, Gemeentewet art. 189); what is uncertain beyond
the larger of begroting and expectation is covered: first by structural cover, every year anew, then by an incidental stock
that is used once. So years take from one stock, and a term has the stock once, never once a year. All laws together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.lumpsum import LumpSumData, used_of_stock
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class Cover:
    """What the reported municipalities have to pay from: ``headroom`` (begroting of the contracts), ``structural`` cover and
    ``stock`` up to the year, all (n_reported, n_years), euro; ``confidence`` with which the tail of the use is covered, and
    whether a good year ``refills`` what was used."""

    headroom: FloatArray
    structural: FloatArray
    stock: FloatArray
    confidence: float
    refills: bool

    @classmethod
    def of(cls, data: LumpSumData) -> Cover:
        """The cover that the lump-sum decision reads."""
        structural = np.asarray(data.structural.sum(axis=0))
        return cls(data.headroom, structural, data.stock, data.reserve_confidence, data.reserve_refills)

    def overruns(self, paid: FloatArray, municipality: int) -> FloatArray:
        """What is spent (n_scenarios, n_years) beyond begroting or expectation, whichever is more, and structural cover."""
        budgeted = np.maximum(self.headroom[municipality], paid.mean(axis=0))
        return np.asarray(paid - budgeted - self.structural[municipality])

    def used_in_year(self, paid: FloatArray) -> FloatArray:
        """Use of the stock by each year alone, all municipalities; ``paid`` (n_scenarios, n_years, n_reported); (s, t)."""
        years = [np.maximum(self.overruns(paid[:, :, m], m), 0.0) for m in range(len(self.headroom))]
        return np.asarray(sum(years))

    def used_over_term(self, paid: FloatArray) -> FloatArray:
        """Use of the stock over the term, all municipalities, each of its own; (n_scenarios,)."""
        terms = [
            used_of_stock(self.overruns(paid[:, :, m], m), refills=self.refills) for m in range(len(self.headroom))
        ]
        return np.asarray(sum(terms))

    def one(self, municipality: int) -> Cover:
        """The cover of one municipality, by its place among the reported ones."""
        own = slice(municipality, municipality + 1)
        return Cover(self.headroom[own], self.structural[own], self.stock[own], self.confidence, self.refills)
