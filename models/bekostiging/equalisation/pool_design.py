"""Solving for the shares of the pool after the year: least tail of the worst-off provider at a given power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import UserError
from bekostiging.case.arguments import checked_number, kinds_checked
from bekostiging.contracts import zero_sum_transfers
from bekostiging.equalisation.pool_inputs import PoolData
from bekostiging.units import MILLION
from bekostiging_solvers import CVaRLimit, LinearLoss, LinearProgram, RowBuilder, TailProgram, cvar
from bekostiging_solvers.typing import FloatArray

INFINITY = float("inf")
POINTS = 9
"""Points of the frontier between full power and the largest pool."""
WIDEST = 1e3
"""Budgets: bound on the tail of a provider, far above any."""


@dataclass(frozen=True)
class PoolDesign:
    """The pool of one lot.

    Attributes
    ----------
    target : float
        Least power that was asked.
    share : (n_bands,)
        Part of each band that is pooled.
    risk, bound, gap : float
        Largest CVaR over budget, the bound below every pool, and the difference.
    power : (n_providers,)
        Part of the next euro that stays the provider's own.
    tail_before, tail_after : (n_providers,)
        CVaR of the loss over budget.
    prices : dict of str to float
        Change of ``risk`` per unit of a limit, by name of the row.

    Examples
    --------
    >>> from bekostiging.equalisation import design_pool, example_pool
    >>> design = design_pool(example_pool(), target=0.75)
    >>> design.share.round(3), design.tail_before.round(3), design.tail_after.round(3)
    (array([0.5]), array([0.1, 0.1]), array([0.05, 0.05]))
    """

    lot: str
    target: float
    share: FloatArray
    risk: float
    bound: float
    gap: float
    power: FloatArray
    tail_before: FloatArray
    tail_after: FloatArray
    prices: dict[str, float]


@kinds_checked
def least_power(data: PoolData) -> float:
    """Power of the least powerful provider at the largest shares: a lower target asks nothing.

    Examples
    --------
    >>> from bekostiging.equalisation import example_pool, least_power
    >>> least_power(example_pool())
    0.5
    """
    return float(data.power(data.most).min())


@kinds_checked
def design_pool(data: PoolData, target: float) -> PoolDesign:
    """The shares that keep the tail of the worst-off provider smallest, with every provider's power at least ``target``.

    Parameters
    ----------
    data : PoolData
        The lot.
    target : float
        Part of the next euro that must stay the provider's own, 0 to 1.

    Returns
    -------
    PoolDesign

    Raises
    ------
    UserError
        A target outside 0 to 1; a lot with fewer than two providers.

    Examples
    --------
    >>> from bekostiging.equalisation import design_pool, example_pool
    >>> design = design_pool(example_pool(), target=0.75)
    >>> design.share.round(3), round(design.risk, 3)
    (array([0.5]), 0.05)
    """
    target = checked_number("target", target, 0, 1)
    if len(data.providers) < 2:
        raise UserError(
            f"perceel {data.lot}: een pool vraagt minstens twee aanbieders",
            f"lot {data.lot}: a pool asks at least two providers",
        )
    n_bands = len(data.edges)
    rows = RowBuilder()
    for p, name in enumerate(data.providers):
        rows.add_dense(f"power[{name}]", np.append(data.loss_of_power[p], 0.0), upper=1 - target)
    program = LinearProgram(
        np.append(np.zeros(n_bands), 1.0),
        np.append(np.zeros(n_bands), -WIDEST),
        np.append(data.most, WIDEST),
        rows.matrix(n_bands + 1),
        np.array(rows.lower),
        np.array(rows.upper),
        (*(f"share[{k}]" for k in range(n_bands)), "largest"),
        tuple(rows.names),
    )
    limits = [
        CVaRLimit(
            f"risk[{name}]",
            LinearLoss(
                -data.received[:, p] / MILLION, -data.result[:, p] / MILLION, np.arange(n_bands, dtype=np.int64)
            ),
            data.confidence,
            np.append(np.zeros(n_bands), -data.budget[p] / MILLION),
            0.0,
        )
        for p, name in enumerate(data.providers)
    ]

    def restore(x: FloatArray) -> FloatArray:
        """Raise the largest tail to what it is."""
        return np.append(x[:n_bands], _tails(data, x[:n_bands]).max())

    found = TailProgram(program, [], limits, restore).solve(restore(np.zeros(n_bands + 1)))
    share = np.clip(found.x[:n_bands], 0.0, data.most)
    return PoolDesign(
        lot=data.lot,
        target=target,
        share=share,
        risk=found.objective,
        bound=found.bound,
        gap=found.objective - found.bound,
        power=data.power(share),
        tail_before=_tails(data, np.zeros(n_bands)),
        tail_after=_tails(data, share),
        prices=found.duals,
    )


@kinds_checked
def power_risk_frontier(data: PoolData) -> tuple[PoolDesign, ...]:
    """The best pool for targets from full power to the least that asks something.

    Examples
    --------
    >>> from bekostiging.equalisation import example_pool, power_risk_frontier
    >>> [round(one.risk, 2) for one in power_risk_frontier(example_pool())][::4]
    [0.1, 0.05, 0.0]
    """
    return tuple(
        design_pool(data, float(target)) for target in np.linspace(1.0, max(least_power(data), 0.0), POINTS)
    )


@kinds_checked
def settled_transfers(data: PoolData, share: FloatArray) -> FloatArray:
    """What every provider receives from the pool in every scenario and year, in whole cents, zero in sum; (s, t, p).

    Parameters
    ----------
    data : PoolData
        The lot.
    share : (n_bands,)
        Part of each band that is pooled.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.equalisation import example_pool, settled_transfers
    >>> settled_transfers(example_pool(), np.array([0.5]))[0]
    array([[ 5000000., -5000000.]])
    """
    brought = np.moveaxis(data.signed @ share, 1, 2)
    return zero_sum_transfers(brought, data.key)


def _tails(data: PoolData, share: FloatArray) -> FloatArray:
    """CVaR of the loss of every provider over its budget; (n_providers,)."""
    losses = -(data.result + data.transfers(share))
    return np.asarray(cvar(losses, data.confidence)) / data.budget
