"""Cost that does not follow demand at once: own staff, empty hours and agency staff.

Own staff, in euro of care a month, follows production with an adjustment time; the fixed share of what it could do and
did not is paid all the same, and what goes beyond it is done by agency staff at a premium.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.contracts.valid import require, require_fraction
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class Staffing:
    """Staff of one contract, whose cost does not follow demand at once.

    Parameters
    ----------
    fixed_share : float
        Part of the cost of empty hours, from 0 to 1, that is paid all the same.
    adjustment_months : float
        Months in which own staff follows production, zero or more; zero follows at once.
    agency_premium : float
        What agency staff costs above own staff, a fraction, zero or more.
    planned : float
        Euro of care a month that own staff can do at the start, at the contract's unit costs.

    Raises
    ------
    ValueError
        A share outside 0 to 1, months, a premium or euros below zero.

    Examples
    --------
    >>> staff = Staffing(fixed_share=0.5, adjustment_months=0, agency_premium=0.3, planned=100.0)
    >>> staff.extra(np.full((1, 12), 80.0)).tolist()  # own staff follows at once
    [[0.0]]
    """

    fixed_share: float
    adjustment_months: float
    agency_premium: float
    planned: float

    def __post_init__(self) -> None:
        """Refuse a share outside 0 to 1, and months, a premium or euros below zero."""
        require_fraction(self, "fixed_share")
        require(
            self.adjustment_months >= 0, self, "adjustment_months", "months, zero or more; zero follows at once"
        )
        require(
            self.agency_premium >= 0, self, "agency_premium", "a fraction of the cost, zero or more; 30 % is 0.3"
        )
        require(self.planned >= 0, self, "planned", "euro of care a month, zero or more")

    def extra(self, monthly: FloatArray) -> FloatArray:
        """Cost of empty hours and agency above units x unit cost; (n_scenarios, n_years).

        ``monthly`` (n_scenarios, 12 n_years): production at the contract's unit costs, price level of the first year.
        """
        own = np.full(len(monthly), self.planned)
        follows = 1.0 / max(1.0, self.adjustment_months)
        extra = np.zeros_like(monthly)
        for month in range(monthly.shape[1]):
            done = monthly[:, month]
            if self.adjustment_months == 0:
                own = done
            empty, agency = np.maximum(own - done, 0.0), np.maximum(done - own, 0.0)
            extra[:, month] = self.fixed_share * empty + self.agency_premium * agency
            own = own + follows * (done - own)
        return np.asarray(extra.reshape(len(monthly), -1, MONTHS).sum(axis=2))


def staffing_of(case: Case, provider: str, expected: float) -> Staffing | None:
    """Staff of a provider that expects ``expected`` euro of cost in the first year; None where it follows at once."""
    row = next(row for row in case.providers if row.id == provider)
    if row.adjustment_months == 0:
        return None
    return Staffing(row.fixed_share, row.adjustment_months, row.agency_premium, expected / MONTHS)
