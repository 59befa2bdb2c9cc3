"""What knowing something before the budget is set is worth: the margin without it minus the margin with it.

The margin is what the municipalities are expected to pay above the expected cost. With the item known, the scenarios fall
into ten quantile bins of it, and each bin has its own reference amounts and its own design. A tail of few scenarios looks
thinner than it is, so the margin without the item is that of ten random bins of the same size, never that of all scenarios
together. Begroting, stock, the caps on loading and transition and what makes a contract simple are left
out: what is worth knowing does not depend on the headroom there happens to be.
The standard error is a jackknife over groups of scramblings. Information is taken to be perfect up to its bin, so the
value is the most that measuring the item can bring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count
from bekostiging.lumpsum.data import LOADING_BOUND, LumpSumData, SimpleTerms
from bekostiging.lumpsum.recut import with_reference
from bekostiging.lumpsum.solve import decided_payment, design_within
from bekostiging_solvers import Estimate, InfeasibleError, together
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

BINS = 10
GROUPS = 8
"""Groups of scramblings of the jackknife."""
SHUFFLES = 3
"""Random partitions the margin without information is averaged over."""
AMPLE = 1e12
"""Euro of begroting that never binds."""


@dataclass(frozen=True)
class ValueOfData:
    """What knowing an item before the budget is set is worth, euro over the term.

    Attributes
    ----------
    item : str
        Name of the item.
    without : float
        Margin over expected cost when scenarios fall into random bins.
    with_item : float
        Margin when they fall into as many bins by the item.
    value : Estimate
        What the item saves: the first less the second.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> known = ValueOfData("intake so far", without=2.5e6, with_item=1.5e6, value=Estimate(1e6, 2e5))
    >>> known.without - known.with_item == known.value.value
    True
    """

    item: str
    without: float
    with_item: float
    value: Estimate


def enough_for_bins(data: LumpSumData) -> bool:
    """Whether a bin of the jackknife has a scenario in its tail."""
    return data.n_scenarios * (1 - 1 / GROUPS) / BINS * (1 - data.confidence) >= 1


@kinds_checked
def value_of_data(
    data: LumpSumData, items: Mapping[str, FloatArray], rng: np.random.Generator, workers: Count = 1
) -> tuple[ValueOfData, ...]:
    """What knowing something before the budget is set is worth, in euro of margin over the term.

    Parameters
    ----------
    data : LumpSumData
        The decision; its scenarios stand scrambling after scrambling.
    items : mapping of str to (n_scenarios,)
        What could be known of each scenario beforehand.
    rng : numpy.random.Generator
        Makes the random bins of the margin without information.
    workers : int
        Processes that design the bins.

    Returns
    -------
    tuple of ValueOfData
        Empty with too few scenarios for a tail in every bin, or where a bin has no design.

    Examples
    --------
    Twenty scenarios are too few for ten bins with a tail.

    >>> import numpy as np
    >>> from bekostiging.lumpsum import example_data, value_of_data
    >>> data = example_data()
    >>> value_of_data(data, {"cost so far": data.cost[:, 0, 0]}, np.random.default_rng(1))
    ()
    """
    if not enough_for_bins(data):
        return ()
    try:
        return _values(data, items, rng, workers)
    except InfeasibleError:
        return ()


def _values(
    data: LumpSumData, items: Mapping[str, FloatArray], rng: np.random.Generator, workers: int
) -> tuple[ValueOfData, ...]:
    """Margins on random bins and on bins of each item, the same scenarios left out in turn."""
    ample = replace(
        data,
        lots=tuple(replace(lot, loading_cap=LOADING_BOUND) for lot in data.lots),
        begroting=np.full(data.begroting.shape, AMPLE),
        stock=np.full(data.stock.shape, AMPLE),
        revenue=np.zeros(len(data.contracts)),
        margins={},
        simple=SimpleTerms(),
        other_payments={},
    )
    orders = [rng.permutation(data.n_scenarios) for _ in range(SHUFFLES)]
    group = np.arange(data.n_scenarios) * GROUPS // data.n_scenarios
    kept = [np.ones(data.n_scenarios, dtype=np.bool_), *(group != g for g in range(GROUPS))]
    unit = ample.reference / ample.cost.mean(axis=0)
    orders += [np.argsort(values, kind="stable") for values in items.values()]
    margins = together([partial(_margins, ample, unit, order, kept) for order in orders], workers)
    without = np.mean(margins[:SHUFFLES], axis=0)
    found = []
    for item, known in zip(items, margins[SHUFFLES:], strict=True):
        difference = without - known
        spread = float(np.sum(np.square(difference[1:] - difference[1:].mean())))
        error = float(np.sqrt((GROUPS - 1) / GROUPS * spread))
        estimate = Estimate(float(difference[0]), error, degrees_of_freedom=GROUPS - 1)
        found.append(ValueOfData(item, float(without[0]), float(known[0]), estimate))
    return tuple(found)


def _margins(data: LumpSumData, unit: FloatArray, order: IntArray, kept: list[BoolArray]) -> FloatArray:
    """The margin over bins of consecutive scenarios of ``order``, of all scenarios and without each group; euro."""
    return np.array([_margin(data, unit, order[own[order]]) for own in kept])


def _margin(data: LumpSumData, unit: FloatArray, order: IntArray) -> float:
    """Mean over ten bins, weighted by their size."""
    bins = [data.of(own) for own in np.array_split(order, BINS)]
    margins = [expected_margin(with_reference(one, unit * one.cost.mean(axis=0))) for one in bins]
    return float(np.average(margins, weights=[one.n_scenarios for one in bins]))


def expected_margin(data: LumpSumData) -> float:
    """What the best design is expected to pay above cost, E[sum v (Y - C)] over the term, euro.

    Raises
    ------
    InfeasibleError
        No design satisfies the limits, whatever the begroting.
    """
    design = design_within(data)
    if design is None:
        raise InfeasibleError("no lump sum satisfies every limit of a bin, whatever the begroting", ())
    paid = decided_payment(data, design).mean(axis=0)
    return float(((paid - data.cost.mean(axis=0)) @ data.discount).sum())
