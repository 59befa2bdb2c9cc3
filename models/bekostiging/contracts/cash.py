"""When money moves: advances, claims, settlement; and how deep a provider's cash goes.

Contracts are paid by claims (each month's claim after a delay) or by advances (twelfths of the budget or reference amount
at the start of every month, settled with what is due some months after the year). Cost follows the care, month by month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts.valid import require, require_fraction
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class PaymentCalendar:
    """When what is due is paid.

    Parameters
    ----------
    advance : bool
        Whether twelfths of what was agreed are paid each month, settled with what is due ``settlement_delay`` months after
        the year; else claims are paid ``claim_delay`` months after the care.
    claim_delay, settlement_delay : int
        Whole months, zero or more.
    disputed : float
        Part of the claims, from 0 to 1, that is paid a year later than the rest; 0 unless given.

    Raises
    ------
    ValueError
        A delay that is no number of months, a part outside 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> calendar = PaymentCalendar(advance=False, claim_delay=2, settlement_delay=12)
    >>> even = np.full((1, 12), 1 / 12)
    >>> calendar.received(np.array([[1200.0]]), even, np.array([[1200.0]]))[0, :4].round(6).tolist()
    [0.0, 0.0, 100.0, 100.0]
    """

    advance: bool
    claim_delay: int
    settlement_delay: int
    disputed: float = 0.0
    """Part of the claims that is paid a year later than the rest."""

    def __post_init__(self) -> None:
        """Refuse a delay that is no number of months and a part that is no share."""
        for name in ("claim_delay", "settlement_delay"):
            value = getattr(self, name)
            require(
                isinstance(value, int | np.integer) and bool(value >= 0), self, name, "whole months, zero or more"
            )
        require_fraction(self, "disputed")

    def received(self, due: FloatArray, course: FloatArray, agreed: FloatArray) -> FloatArray:
        """Euro received by month.

        ``due`` (n_scenarios, n_years): payment of each year; ``course`` (n_scenarios, 12 n_years): part of its year's
        care in each month; ``agreed`` (n_scenarios, n_years): what advances are twelfths of. What falls due after the
        term stands in the last month of the array (n_scenarios, 12 n_years + tail), tail the longest delay.
        """
        n_scenarios, n_years = due.shape
        n_months = MONTHS * n_years
        flow = np.zeros((n_scenarios, n_months + max(self.claim_delay + MONTHS, self.settlement_delay)))
        if self.advance:
            flow[:, :n_months] = np.repeat(agreed / MONTHS, MONTHS, axis=1)
            for year in range(n_years):
                settled = MONTHS * (year + 1) - 1 + self.settlement_delay
                flow[:, settled] += due[:, year] - agreed[:, year]
            return flow
        claims = np.repeat(due, MONTHS, axis=1) * course
        for part, delay in ((1 - self.disputed, self.claim_delay), (self.disputed, self.claim_delay + MONTHS)):
            flow[:, delay : delay + n_months] += part * claims
        return flow


@kinds_checked
def lowest_position(received: FloatArray, spent: FloatArray) -> FloatArray:
    """Lowest cumulative cash at the end of any month, starting from none.

    Parameters
    ----------
    received, spent : array (n_scenarios, n_months)
        Euro by month; the shorter one is continued with zeros.

    Returns
    -------
    array (n_scenarios,)
        Euro, zero or below.

    Examples
    --------
    >>> lowest_position(np.array([[0.0, 0.0, 300.0]]), np.array([[100.0, 100.0, 100.0]])).tolist()
    [-200.0]
    """
    n_months = max(received.shape[1], spent.shape[1])
    flow = np.zeros((len(received), n_months))
    flow[:, : received.shape[1]] += received
    flow[:, : spent.shape[1]] -= spent
    return np.asarray(np.minimum(np.cumsum(flow, axis=1).min(axis=1), 0.0))


@kinds_checked
def course_of_year(monthly: FloatArray) -> FloatArray:
    """Part of its year's total in each month.

    Parameters
    ----------
    monthly : array (n_scenarios, 12 n_years)
        Of any unit, zero or more.

    Returns
    -------
    array (n_scenarios, 12 n_years)
        Adds up to one in every year; a twelfth in each month of an empty year.

    Examples
    --------
    >>> course_of_year(np.array([[3.0, 1.0] + [0.0] * 10]))[0, :3].tolist()
    [0.75, 0.25, 0.0]
    """
    by_year = monthly.reshape(len(monthly), -1, MONTHS)
    total = by_year.sum(axis=2, keepdims=True)
    part = np.where(total > 0, by_year / np.where(total > 0, total, 1.0), 1.0 / MONTHS)
    return np.asarray(part.reshape(monthly.shape))
