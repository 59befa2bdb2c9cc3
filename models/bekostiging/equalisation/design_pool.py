"""Solving for the shares of the pool after the year: least tail of the worst-off provider at a given power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import UserError
from bekostiging.contracts import zero_sum_transfers
from bekostiging.equalisation.pool_data import PoolData
from bekostiging.units import MILLION
from bekostiging_solvers import CVaRLimit, LinearLoss, LinearProgram, RowBuilder, TailProgram, cvar
from bekostiging_solvers.typing import FloatArray

INFINITY = float("inf")
POINTS = 9
"""Of the frontier between full power and the largest pool."""
WIDEST = 1e3
"""Budgets: bound on the tail of a provider, far above any."""


@dataclass(frozen=True)
class PoolDesign:
    """``share`` (n_bands,); ``risk``: largest CVaR over budget, with ``bound`` and ``gap``; ``power`` (n_providers,);
    ``tail_before`` and ``tail_after`` (n_providers,): CVaR over budget; ``prices``: change of ``risk`` per unit."""

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


def least_power(data: PoolData) -> float:
    """Power of the least powerful provider at the largest shares: no target below it means anything."""
    return float(data.power(data.most).min())


def design_pool(data: PoolData, target: float) -> PoolDesign:
    """The shares that keep the tail of the worst-off provider smallest, with every provider's power at least ``target``.

    Raises
    ------
    UserError
        A target outside 0 to 1; a lot with fewer than two providers.
    """
    _check(data, target)
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


def power_risk_frontier(data: PoolData) -> tuple[PoolDesign, ...]:
    """The best pool for targets from full power to the least that means anything."""
    return tuple(
        design_pool(data, float(target)) for target in np.linspace(1.0, max(least_power(data), 0.0), POINTS)
    )


def settled_transfers(data: PoolData, share: FloatArray) -> FloatArray:
    """What every provider receives in every scenario and year (s, t, p): whole cents, zero in sum."""
    brought = np.moveaxis(data.signed @ share, 1, 2)
    return zero_sum_transfers(brought, data.key)


def _check(data: PoolData, target: float) -> None:
    """A target that is a part, and somebody to share with."""
    if not 0 <= target <= 1:
        raise UserError(
            f"--power {target:g}: moet van 0 tot en met 1 zijn: het deel van de volgende euro dat van de aanbieder blijft",
            f"--power {target:g}: must be from 0 to 1: the part of the next euro that stays the provider's own",
            exit_code=2,
        )
    if len(data.providers) < 2:
        raise UserError(
            f"perceel {data.lot}: een pool vraagt minstens twee aanbieders",
            f"lot {data.lot}: a pool asks at least two providers",
        )


def _tails(data: PoolData, share: FloatArray) -> FloatArray:
    """CVaR of the loss of every provider over its budget; (n_providers,)."""
    losses = -(data.result + data.transfers(share))
    return np.asarray(cvar(losses, data.confidence)) / data.budget
