"""The spending ceiling: what is due before it, what it lets through, and what remains of the terms under it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts.valid import require
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class Claim:
    """What a form claims before any clause or ceiling; every array (n_scenarios, n_years), nominal euro.

    Parameters
    ----------
    asked : array
        All that was delivered, at its price.
    claimed : array
        Part of it that may be claimed.
    urgent : array
        Part of what is claimed that is always paid (crisis, specific authorisations).

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> claim = Claim(asked=100 * one, claimed=95 * one, urgent=20 * one)
    >>> float((claim.asked - claim.claimed)[0, 0])  # above the monthly claim caps
    5.0
    """

    asked: FloatArray
    claimed: FloatArray
    urgent: FloatArray


@dataclass(frozen=True)
class Due:
    """A claim after the clauses on single clients and before the ceiling; every array (n_scenarios, n_years), nominal euro.

    Parameters
    ----------
    asked : array
        All that was delivered, at its price.
    left : array
        What remains of the claim.
    urgent : array
        Part of ``left`` that is always paid.
    moved : array
        What those clauses moved to the provider.

    Examples
    --------
    A ceiling of 70 lets through what it can of the rest, and all that is urgent:

    >>> one = np.ones((1, 1))
    >>> due = Due(asked=100 * one, left=100 * one, urgent=30 * one, moved=0 * one)
    >>> float(payable(due, 70 * one)[0, 0]), float(payable(due, 20 * one)[0, 0])
    (70.0, 30.0)
    """

    asked: FloatArray
    left: FloatArray
    urgent: FloatArray
    moved: FloatArray


def payable(due: Due, ceiling: FloatArray | None) -> FloatArray:
    """What a ceiling (broadcast to the years) lets through: min(left, max(ceiling, urgent)); all of it without one.

    Contractstandaard Wmo v1.2 art. 1.5: crisis and specific authorisations are paid always, and use the ceiling first.
    """
    return due.left if ceiling is None else np.minimum(due.left, np.maximum(ceiling, due.urgent))


@dataclass(frozen=True)
class CeilingPool:
    """Contracts that share one spending ceiling (Contractstandaard Wmo v1.2 art. 1.5, with permission).

    Crisis and specific authorisations are always paid, and use the ceiling first.

    Parameters
    ----------
    name : str
    contracts : tuple of int
        Their places in ``case.contracts``, at least one.
    ceiling : float
        Euro per calendar year at the price level of the first contract year; indexed like the tariff.

    Raises
    ------
    ValueError
        No contract, a ceiling below zero.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> first = Due(asked=80 * one, left=80 * one, urgent=20 * one, moved=0 * one)
    >>> second = Due(asked=40 * one, left=40 * one, urgent=0 * one, moved=0 * one)
    >>> paid = CeilingPool("pool", (0, 1), 100.0).payable([first, second], price=one)
    >>> [float(own[0, 0]) for own in paid]
    [68.0, 32.0]
    """

    name: str
    contracts: tuple[int, ...]
    ceiling: float

    def __post_init__(self) -> None:
        """Refuse a pool of nobody and a ceiling below zero."""
        require(len(self.contracts) > 0, self, "contracts", "the places of at least one contract")
        require(self.ceiling >= 0, self, "ceiling", "euro per calendar year, zero or more")

    def payable(self, dues: list[Due], price: FloatArray) -> list[FloatArray]:
        """What each contract is paid of what is left of its claims: what is refused falls on them in proportion to what is
        not urgent.

        ``price`` (n_scenarios, n_years): level of the tariff; results (n_scenarios, n_years).
        """
        other = [due.left - due.urgent for due in dues]
        headroom = np.maximum(self.ceiling * price - np.sum([due.urgent for due in dues], axis=0), 0.0)
        total = np.sum(other, axis=0)
        part = np.divide(np.minimum(headroom, total), total, out=np.ones_like(total), where=total > 0)
        return [due.urgent + own * part for due, own in zip(dues, other, strict=True)]


@kinds_checked
def ceiling_pools(case: Case) -> tuple[CeilingPool, ...]:
    """Contracts that share their ceilings (column ``ceiling_pool``); the ceiling of a pool is the sum of theirs.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> ceiling_pools(synthetic_region(municipalities=2, providers=6))
    ()
    """
    names = dict.fromkeys(row.ceiling_pool for row in case.contracts if row.ceiling_pool)
    pools = []
    for name in names:
        own = [c for c, row in enumerate(case.contracts) if row.ceiling_pool == name]
        total = sum(case.contracts[c].ceiling or 0.0 for c in own)
        pools.append(CeilingPool(name, tuple(own), total * (1 + case.policy.ceiling_lift)))
    return tuple(pools)
