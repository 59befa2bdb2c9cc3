"""What norm amounts mean for groups, providers and fit; and what every condition costs.

``compensation``: mean norm amount minus mean cost of a group, euro per client; above zero it is overcompensated.
``ratio``: the predictive ratio, sum of norm amounts over sum of cost. Figures of fewer clients than the disclosure limit are
suppressed, and where one label of a partition is, so is the next smallest, because the rest would tell it.
R squared and CPM (1 - sum abs(y - x norm) / sum abs(y - mean y)) are side figures: they rise with every adjuster that
follows cost, also with one the provider decides on, and say nothing on the groups that are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import NotNegative
from bekostiging.equalisation.clients import ClientCosts
from bekostiging.equalisation.norm_amounts import NormAmounts
from bekostiging_solvers import Estimate
from bekostiging_solvers.typing import BoolArray, FloatArray

DISCLOSURE_LIMIT = 10


@dataclass(frozen=True)
class GroupResult:
    """One group of clients; every figure is None where the group has fewer clients than may be disclosed.

    Attributes
    ----------
    partition, label : str
        What clients are told apart by, and which of its groups this is.
    clients : float or None
        Clients in the group.
    mean_cost : float or None
        Euro a year per client.
    compensation : Estimate or None
        Norm amounts minus cost, euro a year per client.
    ratio : float or None
        Norm amounts over cost.

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, group_results, NormAmounts
    >>> clients = example_clients()
    >>> norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    >>> north, south = group_results(clients, norm)
    >>> north.label, north.clients, round(north.compensation.value), round(north.ratio, 3)
    ('north', 20.0, 150, 1.028)
    """

    partition: str
    label: str
    clients: float | None
    mean_cost: float | None
    compensation: Estimate | None
    ratio: float | None


@dataclass(frozen=True)
class Measures:
    """Fit and fairness of norm amounts.

    Attributes
    ----------
    r_squared, cpm : float
        Part of the squared, and of the absolute, differences in cost between clients that the amounts explain.
    mean_absolute_error : float
        Euro a year per client.
    largest, spread : float
        Largest absolute result of a provider, and the standard deviation of the results weighted by cost; fractions of cost.

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, measures, NormAmounts
    >>> clients = example_clients()
    >>> norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    >>> found = measures(clients, norm)
    >>> round(found.r_squared, 3), round(found.cpm, 3), round(found.mean_absolute_error)
    (0.79, 0.625, 1500)
    """

    r_squared: float
    cpm: float
    mean_absolute_error: float
    largest: float
    spread: float


@dataclass(frozen=True, order=True)
class Condition:
    """A condition on norm amounts.

    Attributes
    ----------
    kind : str
        ``order``, ``group_bound``, ``group_penalty``, ``shrinkage`` or ``at_most``; see the model card
        (``bekostiging.equalisation.program``).
    keys : tuple of str
        The two adjusters of an order, or a group; empty for the others.

    Examples
    --------
    >>> str(Condition("order", ("light", "heavy")))
    'order[light,heavy]'
    """

    kind: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As in results: ``order[light,heavy]``."""
        return f"{self.kind}[{','.join(self.keys)}]" if self.keys else self.kind


@dataclass(frozen=True)
class PriceOfCondition:
    """What one condition on the norm amounts costs.

    Attributes
    ----------
    condition : Condition
        The condition that is left out.
    moved : float
        Euro a year that move between clients because of it.
    r_squared, cpm : float
        Fit that is lost; see ``Measures``.

    Examples
    --------
    >>> PriceOfCondition(Condition("order", ("light", "heavy")), moved=1200.0, r_squared=0.01, cpm=0.004).moved
    1200.0
    """

    condition: Condition
    moved: float
    r_squared: float
    cpm: float


@kinds_checked
def fitted(model: NormAmounts, clients: ClientCosts) -> NormAmounts:
    """An estimator of norm amounts, fitted on clients.

    Parameters
    ----------
    model : NormAmounts
        With the conditions that are asked; it is changed and returned.
    clients : ClientCosts
        Whom it is fitted on.

    Raises
    ------
    UserError
        What ``NormAmounts.fit`` refuses.

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, NormAmounts
    >>> fitted(NormAmounts(), example_clients()).coef_.round()
    array([ 2000., 10000.])
    """
    import pandas as pd

    return model.fit(
        pd.DataFrame(clients.matrix, columns=list(clients.names)),
        clients.cost,
        sample_weight=clients.weight,
        provider=np.array(clients.providers)[clients.provider],
        groups=clients.groups,
    )


@kinds_checked
def group_results(
    clients: ClientCosts, norm: FloatArray, limit: NotNegative = DISCLOSURE_LIMIT
) -> tuple[GroupResult, ...]:
    """What norm amounts mean for every label of every partition.

    Parameters
    ----------
    clients : ClientCosts
        The clients.
    norm : (n_clients,)
        Norm amount of each, euro.
    limit : float
        Figures of fewer clients are suppressed.

    Returns
    -------
    tuple of GroupResult

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, group_results, NormAmounts
    >>> clients = example_clients()
    >>> norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    >>> [(one.label, round(one.compensation.value)) for one in group_results(clients, norm)]
    [('north', 150), ('south', -150)]
    """
    found = []
    for partition, (place, labels) in clients.partitions.items():
        count = np.bincount(place, weights=clients.weight, minlength=len(labels)).astype(np.float64)
        hidden = suppressed(count, limit)
        for k, label in enumerate(labels):
            if hidden[k]:
                found.append(GroupResult(partition, label, None, None, None, None))
                continue
            own = np.flatnonzero(place == k)
            found.append(_of_group(partition, label, clients.cost[own], norm[own], clients.weight[own]))
    return tuple(found)


def _of_group(partition: str, label: str, cost: FloatArray, norm: FloatArray, weight: FloatArray) -> GroupResult:
    """Compensation with its standard error, and the predictive ratio."""
    total = float(weight.sum())
    gain = norm - cost
    mean = float(weight @ gain) / total
    # rows of several scenarios laid together are as many observations as rows
    n = len(gain)
    error = float(np.sqrt(np.average(np.square(gain - mean), weights=weight) / (n - 1))) if n > 1 else None
    spent = float(weight @ cost)
    ratio = float(weight @ norm) / spent if spent > 0 else None
    return GroupResult(
        partition, label, total, spent / total, Estimate(mean, error, degrees_of_freedom=n - 1 or None), ratio
    )


@kinds_checked
def suppressed(count: FloatArray, limit: NotNegative) -> BoolArray:
    """Which labels of one partition are not shown.

    Where it is one, the next smallest is not shown either, because the rest would reveal it.

    Parameters
    ----------
    count : (n_labels,)
        Clients.
    limit : float
        Fewest clients that may be shown.

    Returns
    -------
    (n_labels,) bool

    Examples
    --------
    >>> import numpy as np
    >>> suppressed(np.array([3.0, 20.0, 40.0]), limit=10)
    array([ True,  True, False])
    """
    hidden = np.asarray(count < limit)
    if hidden.sum() == 1 and len(count) > 1:
        shown = np.flatnonzero(~hidden)
        hidden[shown[np.argmin(count[shown])]] = True
    return hidden


@kinds_checked
def provider_results(clients: ClientCosts, norm: FloatArray) -> FloatArray:
    """Norm amounts minus cost of every provider, as a fraction of its cost; (n_providers,).

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, NormAmounts, provider_results
    >>> clients = example_clients()
    >>> norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    >>> abs(provider_results(clients, norm)).max().round(6)
    np.float64(0.0)
    """
    n = len(clients.providers)
    paid = np.bincount(clients.provider, weights=clients.weight * norm, minlength=n)
    cost = np.bincount(clients.provider, weights=clients.weight * clients.cost, minlength=n)
    return np.asarray(np.divide(paid - cost, cost, out=np.zeros(n), where=cost > 0))


@kinds_checked
def measures(clients: ClientCosts, norm: FloatArray) -> Measures:
    """Fit and fairness of norm amounts.

    Parameters
    ----------
    clients : ClientCosts
        The clients.
    norm : (n_clients,)
        Norm amount of each, euro.

    Returns
    -------
    Measures

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, fitted, measures, NormAmounts
    >>> clients = example_clients()
    >>> norm = clients.matrix @ fitted(NormAmounts(), clients).coef_
    >>> fit = measures(clients, norm)
    >>> round(fit.r_squared, 3), round(fit.cpm, 3)
    (0.79, 0.625)
    """
    weight, cost = clients.weight, clients.cost
    mean = np.average(cost, weights=weight)
    absolute = float(weight @ np.abs(cost - norm))
    result = provider_results(clients, norm)
    spent = np.bincount(clients.provider, weights=weight * cost, minlength=len(result))
    centred = result - np.average(result, weights=spent)
    return Measures(
        r_squared=float(1 - weight @ np.square(cost - norm) / (weight @ np.square(cost - mean))),
        cpm=1 - absolute / float(weight @ np.abs(cost - mean)),
        mean_absolute_error=absolute / float(weight.sum()),
        largest=float(np.abs(result).max()),
        spread=float(np.sqrt(np.average(np.square(centred), weights=spent))),
    )


@kinds_checked
def price_of_conditions(model: NormAmounts, clients: ClientCosts) -> tuple[PriceOfCondition, ...]:
    """What each condition of a model costs: it is left out in turn.

    Parameters
    ----------
    model : NormAmounts
        With its conditions.
    clients : ClientCosts
        Whom it is fitted on.

    Returns
    -------
    tuple of PriceOfCondition

    Examples
    --------
    >>> from bekostiging.equalisation import example_clients, NormAmounts, price_of_conditions
    >>> prices = price_of_conditions(NormAmounts(shrinkage=5.0), example_clients())
    >>> [(str(one.condition), round(one.moved)) for one in prices]
    [('shrinkage', 16000)]
    """
    norm = clients.matrix @ fitted(model, clients).coef_
    held = measures(clients, norm)
    found = []
    for condition, changed in _without(model).items():
        other = clients.matrix @ fitted(replace(model, **changed), clients).coef_
        free = measures(clients, other)
        moved = float(clients.weight @ np.abs(norm - other)) / 2
        found.append(PriceOfCondition(condition, moved, free.r_squared - held.r_squared, free.cpm - held.cpm))
    return tuple(found)


def _without(model: NormAmounts) -> dict[Condition, dict[str, Any]]:
    """Parameters of the model without each of its conditions."""
    found: dict[Condition, dict[str, Any]] = {}
    for light, heavy in model.order:
        kept = [pair for pair in model.order if tuple(pair) != (light, heavy)]
        found[Condition("order", (light, heavy))] = {"order": kept}
    for kind, singular in (("group_bounds", "group_bound"), ("group_penalties", "group_penalty")):
        given: Mapping[str, object] = getattr(model, kind)
        for name in given:
            kept_groups = {one: value for one, value in given.items() if one != name}
            found[Condition(singular, (name,))] = {kind: kept_groups}
    if model.shrinkage != 0 and model.method != "least_largest":
        found[Condition("shrinkage")] = {"shrinkage": 0.0}
    if model.at_most is not None:
        found[Condition("at_most")] = {"at_most": None}
    return found
