"""When money moves: advances, claims, settlement; and how deep a provider's cash goes.

Contracts are paid by claims (each month's claim after a delay) or by advances (twelfths of the budget or reference amount
at the start of every month, settled with what is due some months after the year). Cost follows the care, month by month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.contracts.valid import require, require_fraction
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class PaymentCalendar:
    """``advance``: twelfths settled ``settlement_delay`` months after the year; else claims after ``claim_delay``."""

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


def lowest_position(received: FloatArray, spent: FloatArray) -> FloatArray:
    """Lowest cumulative cash, starting from none, at the end of any month; (n_scenarios,), zero or below.

    ``received`` and ``spent`` (n_scenarios, n_months of any length).
    """
    n_months = max(received.shape[1], spent.shape[1])
    flow = np.zeros((len(received), n_months))
    flow[:, : received.shape[1]] += received
    flow[:, : spent.shape[1]] -= spent
    return np.asarray(np.minimum(np.cumsum(flow, axis=1).min(axis=1), 0.0))


def course_of_year(monthly: FloatArray) -> FloatArray:
    """Part of its year's total in each month, a twelfth where the year is empty; (n_scenarios, 12 n_years)."""
    by_year = monthly.reshape(len(monthly), -1, MONTHS)
    total = by_year.sum(axis=2, keepdims=True)
    part = np.where(total > 0, by_year / np.where(total > 0, total, 1.0), 1.0 / MONTHS)
    return np.asarray(part.reshape(monthly.shape))
