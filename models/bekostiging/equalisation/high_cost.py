"""Pools for expensive clients: outlier sharing, above one threshold, against an individual pool, above each norm amount.

Outlier sharing: a part of the cost of a client above a fixed threshold is paid from the pool (reinsurance between
providers). Individual pool: a part of the cost above a multiple of the client's own norm amount, so that a light client
with a bad year counts as much as a heavy one; after the residual-based pooling of Oskam, van Kleef and van Vliet (2025),
doi:10.1111/jori.12500. Every provider brings in the same part of its norm amounts, so the pool sums to zero. ``power``: the
part of the next euro of cost that stays the provider's own, weighted by cost; ``balance``: its difference between the care
forms where it is largest and smallest (Geruso and McGuire 2016, doi:10.1016/j.jhealeco.2016.01.007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from bekostiging.case.arguments import kinds_checked, wrong_argument
from bekostiging.case.kinds import Fraction
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.contracts import in_cents
from bekostiging.equalisation.clients import ClientCosts
from bekostiging.units import CENTS
from bekostiging_solvers.typing import FloatArray

Kind = Literal["outlier", "individual"]
KINDS: tuple[Kind, ...] = ("outlier", "individual")
FORMS = "care_form"


@dataclass(frozen=True)
class HighCostPool:
    """A pool for expensive clients.

    Attributes
    ----------
    kind : str
        ``outlier`` or ``individual``.
    share, pooled : float
        Part of the cost above the threshold that the pool pays; part of all cost that passes through it.
    threshold : float
        Euro (outlier), or a multiple of the norm amount (individual).
    transfers : (n_providers,)
        Euro in whole cents, zero in sum.
    largest, spread : float
        Largest absolute result and standard deviation of results of providers after the pool, as a fraction of cost.
    power, balance : float
        Part of the next euro that stays the provider's own; its difference between care forms.

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, high_cost_pool, NormAmounts
    >>> clients = example_clients()
    >>> norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    >>> pool = high_cost_pool(clients, norm, "outlier")
    >>> pool.transfers, round(pool.power, 2)
    (array([-1000.,  1000.]), 0.65)
    """

    kind: Kind
    share: float
    threshold: float
    pooled: float
    transfers: FloatArray
    largest: float
    spread: float
    power: float
    balance: float


@kinds_checked
def high_cost_pool(
    clients: ClientCosts, norm: FloatArray, kind: Kind, share: Fraction = 0.8, pooled: Fraction = 0.05
) -> HighCostPool:
    """The pool of one kind that shares a part of all cost.

    Two kinds with the same ``pooled`` are comparable: as much money passes through both.

    Parameters
    ----------
    clients : ClientCosts
        The clients.
    norm : (n_clients,)
        Norm amount of each, euro.
    kind : str
        ``outlier``: above one threshold; ``individual``: above a multiple of each norm amount.
    share : float
        Part of the cost above the threshold that the pool pays.
    pooled : float
        Part of all cost that passes through the pool.

    Raises
    ------
    UserError
        Not 0 < pooled < share <= 1.

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, high_cost_pool, NormAmounts
    >>> clients = example_clients()
    >>> norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    >>> pool = high_cost_pool(clients, norm, "outlier")
    >>> bool(pool.threshold > 10_000), float(pool.transfers.sum())
    (True, 0.0)
    """
    if not (0 < share <= 1 and 0 < pooled < share):
        raise wrong_argument(
            "pooled",
            pooled,
            f"kies 0 < pooled < share = {in_nl(share)} <= 1",
            f"choose 0 < pooled < share = {in_en(share)} <= 1",
        )
    own = np.ones_like(norm) if kind == "outlier" else np.maximum(norm, 1e-9)
    total = float(clients.weight @ clients.cost)

    def over(threshold: float) -> FloatArray:
        """Euro of every client that the pool pays."""
        return np.asarray(share * np.maximum(clients.cost - threshold * own, 0.0))

    most = float((clients.cost / own).max())
    threshold = float(
        brentq(lambda at: float(clients.weight @ over(at)) / total - pooled, 0.0, most, xtol=1e-9 * most)
    )
    transfers = _transfers(clients, norm, over(threshold))
    n = len(transfers)
    cost = np.bincount(clients.provider, weights=clients.weight * clients.cost, minlength=n)
    paid = np.bincount(clients.provider, weights=clients.weight * norm, minlength=n)
    result = (paid + transfers - cost) / np.where(cost > 0, cost, 1.0)
    centred = result - np.average(result, weights=cost)
    power = np.asarray(1 - share * (clients.cost > threshold * own))
    by_form = _power_by_form(clients, power)
    return HighCostPool(
        kind=kind,
        share=share,
        threshold=threshold,
        pooled=pooled,
        transfers=transfers,
        largest=float(np.abs(result).max()),
        spread=float(np.sqrt(np.average(np.square(centred), weights=cost))),
        power=float(np.average(power, weights=clients.weight * clients.cost)),
        balance=float(by_form.max() - by_form.min()),
    )


def _transfers(clients: ClientCosts, norm: FloatArray, over: FloatArray) -> FloatArray:
    """What every provider receives minus what it brings in; whole cents, zero in sum."""
    n = len(clients.providers)
    received = np.bincount(clients.provider, weights=clients.weight * over, minlength=n)
    budget = np.bincount(clients.provider, weights=clients.weight * norm, minlength=n)
    total = np.asarray(received.sum())
    return np.asarray((in_cents(total, received / total) - in_cents(total, budget / budget.sum())) / CENTS)


def _power_by_form(clients: ClientCosts, power: FloatArray) -> FloatArray:
    """Power of every care form, or of everything where the clients have none."""
    place, labels = clients.partitions.get(FORMS, (np.zeros(len(power), dtype=np.int64), ("",)))
    euro = clients.weight * clients.cost
    cost = np.bincount(place, weights=euro, minlength=len(labels))
    return np.asarray(np.bincount(place, weights=euro * power, minlength=len(labels))[cost > 0] / cost[cost > 0])
