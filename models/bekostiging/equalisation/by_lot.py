"""Per lot: do norm amounts per profile predict better than one amount per care form?

Both are estimated on four fifths of the clients and judged on the other fifth, five times (Stone 1974), and divide the same
money. A client's error is its cost minus its amount. ``removed`` is 1 - sum w e^2 (profiles) / sum w e^2 (care form): zero
where profiles add nothing, below zero where they predict worse. Whether they predict better is judged on ``gain``, the mean
over clients of the difference of these squares: it is linear in the cost, so that one expensive client does not decide its
error as it decides that of a sum of squares. A provider's result is what it receives minus its cost; the
sum of the absolute results over the cost of the lot holds chance too, so that only its difference tells.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import NotNegative
from bekostiging.equalisation.bootstrap import enough_clients
from bekostiging.equalisation.clients import ClientCosts
from bekostiging.equalisation.moments import GroupedRows
from bekostiging.equalisation.norm_amounts import FOLDS, NormAmounts, check_fitted
from bekostiging_solvers import Estimate
from bekostiging_solvers.typing import FloatArray, IntArray

LOT, CARE_FORM = "lot", "care_form"
REDRAWN = 200
"""Bootstrap samples for the error of provider results: it is then known to a twentieth."""
SAME = 1e-5
"""Amounts that differ by no more, relatively, are one amount: a cent on a thousand euro."""
Verdict = Literal["better", "worse", "not_shown", "too_few"]


@dataclass(frozen=True)
class LotComparison:
    """Norm amounts per profile against one amount per care form, on the left-out clients of one lot.

    Parameters
    ----------
    lot : str or None
        None where the clients are not divided by lot.
    alternative : str
        ``care_form``, or ``flat`` (one amount for all) where the clients have no care form.
    clients : float
        A year.
    error_profiles, error_alternative : Estimate
        Root mean squared error, euro per client.
    gain : Estimate
        Squared error of the alternative minus that of the profiles, euro^2 per client.
    removed : Estimate
        Part of the squared error of the alternative that the profiles remove; its error is too small where costs are skewed.
    providers_profiles, providers_alternative, providers_difference : Estimate
        Absolute results of providers as a part of the cost of the lot; profiles minus alternative.
    enough : bool
        Whether there are enough clients for an interval of ``gain``.

    Examples
    --------
    >>> one = Estimate(0.3, 0.05, degrees_of_freedom=400)
    >>> LotComparison("youth", "care_form", 400.0, *[one] * 7, enough=True).verdict
    'better'
    """

    lot: str | None
    alternative: Literal["care_form", "flat"]
    clients: float
    error_profiles: Estimate
    error_alternative: Estimate
    gain: Estimate
    removed: Estimate
    providers_profiles: Estimate
    providers_alternative: Estimate
    providers_difference: Estimate
    enough: bool

    @property
    def verdict(self) -> Verdict:
        """What the 95 % interval of ``gain`` says: above zero, below, neither; or too few clients for one."""
        interval = self.gain.interval(0.95)
        if interval is None or not self.enough:
            return "too_few"
        return "better" if interval[0] > 0 else "worse" if interval[1] < 0 else "not_shown"


@kinds_checked
def compare_by_lot(
    model: NormAmounts, clients: ClientCosts, rng: np.random.Generator, limit: NotNegative
) -> tuple[LotComparison, ...]:
    """Norm amounts against one amount per care form in every lot, on clients they were not estimated from.

    Parameters
    ----------
    model : NormAmounts
        A fitted one; its conditions and its strength of shrinkage are kept.
    clients : ClientCosts
        Whom it was fitted on; lots and care forms are its partitions ``lot`` and ``care_form``.
    rng : numpy.random.Generator
        Divides the clients in fifths and draws them again.
    limit : float
        Lots of fewer clients a year are left out.

    Returns
    -------
    tuple of LotComparison

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.equalisation import compare_by_lot, example_clients, fitted, NormAmounts
    >>> clients = example_clients()
    >>> model = fitted(NormAmounts(), clients)
    >>> [one.verdict for one in compare_by_lot(model, clients, np.random.default_rng(1), limit=10)]
    ['better']
    """
    check_fitted(model)
    fold = folds(clients, rng)
    compared = fold >= 0
    form, forms = clients.partitions.get(CARE_FORM, (np.zeros(len(fold), dtype=np.int64), ("",)))
    profiles, alternative = np.zeros(len(fold)), np.zeros(len(fold))
    for k in range(FOLDS):
        left = fold == k
        if left.any():
            weight = np.where(left, 0.0, clients.weight)
            norm = _left_out(model, clients, weight)
            profiles[left] = norm[left]
            alternative[left] = _per_form(form, len(forms), clients.cost, weight, norm)[left]
    place, labels = clients.partitions.get(LOT, (np.zeros(len(fold), dtype=np.int64), (None,)))
    name: Literal["care_form", "flat"] = "care_form" if CARE_FORM in clients.partitions else "flat"
    found = []
    for k, lot in enumerate(labels):
        own = np.flatnonzero((place == k) & compared)
        if float(clients.weight[own].sum()) >= limit:
            found.append(of_lot(lot, name, clients, own, profiles[own], alternative[own], rng))
    return tuple(found)


def folds(clients: ClientCosts, rng: np.random.Generator) -> IntArray:
    """A fifth for every client, every profile spread over them; -1 where nobody else has its profile."""
    order = rng.permutation(len(clients.cost))
    kinds, place = np.unique(clients.matrix[order], axis=0, return_inverse=True)
    place = place.reshape(-1)
    sort = np.argsort(place, kind="stable")
    first = np.searchsorted(place[sort], np.arange(len(kinds)))
    fold = np.empty(len(order), dtype=np.int64)
    fold[order[sort]] = (np.arange(len(order)) - first[place[sort]] + place[sort]) % FOLDS
    fold[order[np.bincount(place)[place] == 1]] = -1
    return fold


def _left_out(model: NormAmounts, clients: ClientCosts, weight: FloatArray) -> FloatArray:
    """Norm amount of every client, estimated with other weights; a fixed pot is divided in proportion."""
    part = copy(model)
    if model.total is not None and model.total != "preserved":
        part.total = float(model.total) * float(weight.sum() / clients.weight.sum())
    named = {*model.group_bounds, *model.group_penalties}
    rows = GroupedRows(
        clients.matrix, clients.cost, {name: own for name, own in clients.groups.items() if name in named}
    )
    norm = part.refitted(rows, weight, (clients.provider, clients.providers))
    return clients.matrix @ (model.coef_ if norm is None else norm)


def _per_form(form: IntArray, n: int, cost: FloatArray, weight: FloatArray, norm: FloatArray) -> FloatArray:
    """Mean cost of the care form of every client, together as much money as the norm amounts."""
    count = np.bincount(form, weights=weight, minlength=n)
    whole = float(weight @ cost / weight.sum())
    mean = np.divide(
        np.bincount(form, weights=weight * cost, minlength=n), count, out=np.full(n, whole), where=count > 0
    )
    return np.asarray(mean[form] * float(weight @ norm) / float(weight @ cost))


def of_lot(
    lot: str | None,
    name: Literal["care_form", "flat"],
    clients: ClientCosts,
    own: IntArray,
    profiles: FloatArray,
    alternative: FloatArray,
    rng: np.random.Generator,
) -> LotComparison:
    """One lot: errors per client, and results of its providers."""
    weight, cost = clients.weight[own], clients.cost[own]
    # a profile per care form is the same amount but for how a solver rounds
    if np.allclose(profiles, alternative, rtol=SAME, atol=0.0):
        alternative = profiles
    squared = [np.square(cost - amounts) for amounts in (profiles, alternative)]
    mean = [float(np.average(one, weights=weight)) for one in squared]
    ratio = mean[0] / mean[1] if mean[1] > 0 else 1.0
    spread = np.sqrt(np.average(np.square(cost - np.average(cost, weights=weight)), weights=weight))
    observations = np.array([weight.sum() ** 2 / np.square(weight).sum()])
    variation = np.array([spread / np.average(cost, weights=weight)])
    results = _provider_results(clients.provider[own], weight, cost, [profiles, alternative], rng)
    return LotComparison(
        lot=lot,
        alternative=name,
        clients=float(weight.sum()),
        error_profiles=_root(squared[0], mean[0], weight),
        error_alternative=_root(squared[1], mean[1], weight),
        gain=_estimate(mean[1] - mean[0], squared[1] - squared[0], weight),
        removed=_estimate(1 - ratio, (squared[0] - ratio * squared[1]) / (mean[1] or 1.0), weight),
        providers_profiles=results[0],
        providers_alternative=results[1],
        providers_difference=results[2],
        enough=bool(enough_clients(observations, variation)[0]),
    )


def _estimate(value: float, influence: FloatArray, weight: FloatArray) -> Estimate:
    """A mean with its standard error over clients."""
    n = len(influence)
    if n < 2:
        return Estimate(value, None)
    centred = influence - np.average(influence, weights=weight)
    error = float(np.sqrt(np.square(weight) @ np.square(centred) * n / (n - 1)) / weight.sum())
    return Estimate(value, error, degrees_of_freedom=n - 1)


def _root(squared: FloatArray, mean: float, weight: FloatArray) -> Estimate:
    """Root of a mean of squares."""
    root = float(np.sqrt(mean))
    return _estimate(root, squared / (2 * root) if root > 0 else squared, weight)


def _provider_results(
    provider: IntArray, weight: FloatArray, cost: FloatArray, amounts: list[FloatArray], rng: np.random.Generator
) -> tuple[Estimate, Estimate, Estimate]:
    """Absolute results of providers over the cost, of both amounts and of their difference."""
    _, place = np.unique(provider, return_inverse=True)
    n = len(cost)

    def results(times: FloatArray) -> list[float]:
        """When every client is there so many times."""
        counted = times * weight
        total = float(counted @ cost) or 1.0
        of_each = [np.bincount(place, weights=counted * (one - cost)) for one in amounts]
        own = [float(np.abs(one).sum()) / total for one in of_each]
        return [*own, own[0] - own[1]]

    value = results(np.ones(n))
    drawn = [results(np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)) for _ in range(REDRAWN)]
    error = np.std(drawn, axis=0, ddof=1)
    first, second, third = (
        Estimate(one, float(own) if n > 1 else None, degrees_of_freedom=max(n - 1, 1))
        for one, own in zip(value, error, strict=True)
    )
    return first, second, third
