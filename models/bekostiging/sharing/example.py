"""Three municipalities in round numbers, for examples and for trying things out."""

from __future__ import annotations

import numpy as np

from bekostiging.sharing.games import SharingData
from bekostiging.units import MILLION


def example_data() -> SharingData:
    """Three municipalities that use 10, 5 and 2 million euro of care a year, on twenty scenarios; nothing in it is real.

    They share two contracts, one of which the smallest does not use. Under ``actual_use``, which is in force, each pays for
    its own inhabitants; under ``inhabitants`` half, a third and a sixth of the whole.

    Returns
    -------
    SharingData

    Examples
    --------
    >>> data = example_data()
    >>> data.municipalities, data.used.shape, list(data.paid)
    (('Groot', 'Midden', 'Klein'), (20, 3), ['actual_use', 'inhabitants'])
    """
    scenario = np.arange(20)
    deviation = np.stack([0.1 * (one * scenario % 20 - 9.5) for one in (1, 7, 11)], axis=1)
    used = MILLION * (np.array([10.0, 5.0, 2.0]) + deviation)
    by_inhabitants = used.sum(axis=1, keepdims=True) * np.array([1 / 2, 1 / 3, 1 / 6])
    parts = np.array([[0.6, 0.6, 1.0], [0.4, 0.4, 0.0]])
    return SharingData(
        municipalities=("Groot", "Midden", "Klein"),
        used=used,
        paid={"actual_use": used[:, None, :], "inhabitants": by_inhabitants[:, None, :]},
        in_force="actual_use",
        cost=used[:, None, :] * parts,
        administration=np.array([40_000.0, 40_000.0]),
        discount=np.ones(1),
        confidence=0.9,
        cost_of_capital=0.08,
        n_groups=4,
    )
