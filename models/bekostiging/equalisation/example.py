"""Clients and a pool in round numbers, for examples and for trying things out."""

from __future__ import annotations

import numpy as np

from bekostiging.equalisation.clients import Adjuster, ClientCosts
from bekostiging.equalisation.pool_inputs import PoolData
from bekostiging.units import MILLION


def example_clients() -> ClientCosts:
    """Forty clients of two profiles at two providers; nothing in it is real.

    Light care costs 1,000 to 3,000 euro a year and heavy care 6,000 to 14,000. Anker has fifteen light clients and five
    heavy ones, Baken the other way round. Every second client lives in the north.

    Returns
    -------
    ClientCosts

    Examples
    --------
    >>> clients = example_clients()
    >>> clients.names, clients.providers, round(float(clients.cost.sum()))
    (('light', 'heavy'), ('Anker', 'Baken'), 240000)
    """
    number = np.arange(40)
    provider = number // 20
    heavy = np.where(provider == 0, number % 20 >= 15, number % 20 >= 5).astype(np.int64)
    deviation = (number * 7 % 5 - 2) / 2
    return ClientCosts(
        adjusters=(Adjuster("light"), Adjuster("heavy")),
        matrix=np.eye(2)[heavy],
        cost=np.where(heavy == 1, 10_000.0 + 4_000.0 * deviation, 2_000.0 + 1_000.0 * deviation),
        weight=np.ones(len(number)),
        provider=provider,
        providers=("Anker", "Baken"),
        partitions={"district": (number % 2, ("north", "south"))},
    )


def example_pool() -> PoolData:
    """Two providers with a budget of 100 million euro each, on two scenarios; nothing in it is real.

    One loses 10 million where the other earns 10 million, and the other way round. There is one band, without corridor.

    Returns
    -------
    PoolData

    Examples
    --------
    >>> pool = example_pool()
    >>> pool.providers, pool.result[0]
    (('Anker', 'Baken'), array([-10000000.,  10000000.]))
    """
    deviation = MILLION * np.array([[10.0, -10.0], [-10.0, 10.0]])
    return PoolData(
        lot="ambulant",
        providers=("Anker", "Baken"),
        contracts=(0, 1),
        edges=np.array([[0.0, np.inf]]),
        budget=np.full(2, 100.0 * MILLION),
        result=-deviation,
        signed=deviation[:, :, None, None],
        received=deviation[:, :, None],
        key=np.array([0.5, 0.5]),
        ends=np.ones((2, 1)),
        corridor_share=np.zeros((2, 1)),
        confidence=0.5,
    )
