"""A lump sum in round numbers, for examples and for trying things out."""

from __future__ import annotations

import numpy as np

from bekostiging.contracts import Corridor
from bekostiging.lumpsum.data import LotTerms, LumpSumData
from bekostiging.units import MILLION


def example_data() -> LumpSumData:
    """One provider in one lot for one year, on twenty equally likely scenarios; nothing in it is real.

    Nineteen scenarios cost 99.07 million euro and one 117.6, so the expected cost is 100 and the mean of the worst 5 % is
    117.6. The provider can lose 10 million and asks 8 % a year on what it may lose; the loading is at most 10 %, deficits
    may be shared up to 80 %, surpluses stay with the provider.

    Returns
    -------
    LumpSumData
        Its arrays and terms may be replaced (``dataclasses.replace``) to see what they do.

    Examples
    --------
    >>> data = example_data()
    >>> data.n_scenarios, data.n_years, round(float(data.cost.max()))
    (20, 1, 117600000)
    """
    cost = np.append(np.full(19, (20 * 100.0 - 117.6) / 19), 117.6)[:, None, None] * MILLION
    reference, n_scenarios = np.full((1, 1), 100.0 * MILLION), len(cost)
    corridor = Corridor(
        names=("deficit", "surplus"),
        lower=np.array([1.0, 0.0]),
        upper=np.array([np.inf, 1.0]),
        sign=np.array([1.0, -1.0]),
        share=np.array([np.nan, 0.0]),
    )
    lot = LotTerms(
        name="ambulant",
        corridor=corridor,
        share_max=0.8,
        share_min=0.0,
        loading_cap=0.10,
        transition_cap=1.0,
        elasticity=0.0,
        waiting_list_forbidden=False,
        equity_requirement=None,
    )
    return LumpSumData(
        lots=(lot,),
        contracts=(("Anker", "ambulant"),),
        providers=("Anker",),
        municipalities=("0034",),
        years=(2027,),
        lot=np.array([0]),
        provider=np.array([0]),
        reference=reference,
        fair_price=np.zeros((1, 1)),
        revenue=np.zeros(1),
        index=np.ones(cost.shape),
        paid_part=np.ones(cost.shape),
        fixed=np.zeros(cost.shape),
        cost=cost,
        amounts=(corridor.amounts(cost[:, 0], reference),),
        key=np.ones((n_scenarios, 1, 1, 1)),
        other=np.zeros((n_scenarios, 1, 1)),
        purses=(("", np.array([0])),),
        begroting=np.full((1, 1, 1), 120.0 * MILLION),
        structural=np.zeros((1, 1, 1)),
        stock=np.full((1, 1), 20.0 * MILLION),
        free_buffer=np.array([10.0 * MILLION]),
        discount=np.ones(1),
        risk_weight=0.5,
        confidence=0.95,
        cost_of_capital=0.08,
        reserve_confidence=0.95,
    )
