"""What the pool of one lot is decided on: results before it, and what every provider would receive at share one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import checked_whole, kinds_checked
from bekostiging.case.kinds import Index
from bekostiging.lumpsum import LumpSumData, LumpSumDesign, decided_payment
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True)
class PoolData:
    """What the pool of one lot is decided on; symbols as on the card of ``bekostiging.equalisation.pool``, euro.

    Shapes: s scenarios, p providers, t years, l bands.

    Attributes
    ----------
    contracts : tuple of int
        Their places in the lump sum.
    edges : (l, 2)
        Lower and upper distance of each band, as a fraction of B0 I.
    budget : (p,)
        B0 over the term, discounted.
    result : (s, p)
        R.
    signed : (s, p, t, l)
        U with its sign, not discounted.
    received : (s, p, l)
        D.
    key : (p,)
        Part of each provider in the pool.
    ends : (p, l)
        q.
    corridor_share : (p, l)
        Largest share of the corridor in each band.
    confidence : float
        Level of the tail.

    Examples
    --------
    >>> from bekostiging.equalisation import example_pool
    >>> example_pool().most
    array([1.])
    """

    lot: str
    providers: tuple[str, ...]
    contracts: tuple[int, ...]
    edges: FloatArray
    budget: FloatArray
    result: FloatArray
    signed: FloatArray
    received: FloatArray
    key: FloatArray
    ends: FloatArray
    corridor_share: FloatArray
    confidence: float

    @property
    def most(self) -> FloatArray:
        """Largest share of every band; (n_bands,)."""
        headroom = np.maximum(1 - self.corridor_share, 0.0) / np.maximum(1 - self.key, 1e-12)[:, None]
        return np.asarray(np.minimum(headroom.min(axis=0), 1.0))

    @property
    def loss_of_power(self) -> FloatArray:
        """Power lost per unit of share, q (1 - key); (n_providers, n_bands)."""
        return np.asarray(self.ends * (1 - self.key)[:, None])

    def transfers(self, share: FloatArray) -> FloatArray:
        """What every provider receives over the term at ``share`` (n_bands,); (s, p) euro, discounted."""
        return np.asarray(self.received @ share)

    def power(self, share: FloatArray) -> FloatArray:
        """Power of every provider; (n_providers,)."""
        return np.asarray(1 - self.loss_of_power @ share)


@kinds_checked
def pool_data(data: LumpSumData, design: LumpSumDesign, lot: Index) -> PoolData:
    """The pool of a lot beside its designed lump sum; bands are the deficit layers of the corridor, mirrored.

    Parameters
    ----------
    data : LumpSumData
        The decision.
    design : LumpSumDesign
        Its design.
    lot : int
        Place of the lot.

    Returns
    -------
    PoolData

    Examples
    --------
    >>> from bekostiging.equalisation import pool_data
    >>> from bekostiging.lumpsum import design_lumpsum, example_data
    >>> data = example_data()
    >>> pool_data(data, design_lumpsum(data), 0).edges
    array([[ 0., inf]])
    """
    checked_whole("lot", lot, 0, len(data.lots) - 1)
    own = np.flatnonzero(data.lot == lot)
    corridor = data.lots[lot].corridor
    upward = np.flatnonzero(corridor.deficit)
    edges = np.stack([corridor.lower[upward] - 1, corridor.upper[upward] - 1], axis=1)
    scale = data.reference[own] * data.index[:, own]
    over = np.stack([data.amounts[c] @ corridor.sign for c in own], axis=1)
    low, high = edges[:, 0] * scale[..., None], edges[:, 1] * scale[..., None]
    signed = np.sign(over)[..., None] * np.clip(np.abs(over)[..., None] - low, 0.0, high - low)
    key = data.reference[own, 0] / data.reference[own, 0].sum()
    between = signed - key[None, :, None, None] * signed.sum(axis=1, keepdims=True)
    paid = decided_payment(data, design)
    distance = np.abs(over)[..., None]
    inside = ((distance > low) & (distance <= high)).mean(axis=(0, 2))
    return PoolData(
        lot=data.lots[lot].name,
        providers=tuple(data.contracts[c][0] for c in own),
        contracts=tuple(int(c) for c in own),
        edges=edges,
        budget=data.reference[own] @ data.discount,
        result=(paid[:, own] - data.cost[:, own]) @ data.discount,
        signed=signed,
        received=np.einsum("sptl,t->spl", between, data.discount),
        key=key,
        ends=inside,
        corridor_share=np.tile(_mirrored_share(data, design, lot), (len(own), 1)),
        confidence=data.confidence,
    )


def _mirrored_share(data: LumpSumData, design: LumpSumDesign, lot: int) -> FloatArray:
    """Largest share of the corridor at the distance of every band; (n_bands,)."""
    corridor, share = data.lots[lot].corridor, design.share[lot]
    found = []
    for up in np.flatnonzero(corridor.deficit):
        low, high = corridor.lower[up] - 1, corridor.upper[up] - 1
        same = ~corridor.deficit & (1 - corridor.upper < high) & (1 - corridor.lower > low)
        found.append(max(float(share[up]), float(share[same].max(initial=0.0))))
    return np.array(found)
