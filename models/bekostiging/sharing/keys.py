"""Every key beside the one in force: what each municipality pays, and who would be cheaper off alone.

A key makes a municipality bear E[its payments | the worst scenarios of the region]: that is its part of the tail of all
together (Euler), and these parts add up to CVaR(X_N). Alone a coalition bears CVaR(X_S) of what its own inhabitants use,
plus what leaving costs. The excess, its part minus that, is what it would save. Under actual use no coalition ever saves
anything, because the parts are then the Euler point, which lies in the core (Tasche 1999, Risk contributions and
performance measurement; Csóka, Herings and Kóczy 2009, Stable allocations of risk, Games and Economic Behavior 67, 266-276).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import checked_word, kinds_checked
from bekostiging.case.kinds import NotNegative
from bekostiging.sharing.games import MOST_TABLE, SharingData
from bekostiging.sharing.jackknife import jackknife_error, with_errors
from bekostiging_solvers import CVaRCoalitionOracle, Estimate, coalition_tails, cvar, tail_weights
from bekostiging_solvers.typing import BoolArray, FloatArray

WORST_YEAR = 0.9
"""A year that is worse once in ten."""
CENT = 0.01
"""Euro: what sums over hundreds of millions leave beside zero is no reason to go."""


@dataclass(frozen=True)
class KeyResult:
    """What one municipality pays under one key, euro a year unless said.

    Attributes
    ----------
    expected : Estimate
        Mean over scenarios and years.
    volatility : Estimate
        Standard deviation between scenarios.
    worst_year : Estimate
        Exceeded once in ten years.
    change : Estimate
        Of the expectation, against the key in force.
    alone : Estimate
        Euro over the term: what it bears minus what it would bear alone; above zero it would be cheaper off alone.

    Examples
    --------
    >>> from bekostiging.sharing import example_data, key_results
    >>> largest = key_results(example_data(), "inhabitants", exit_cost=0.0)[0]
    >>> round(largest.expected.value), round(largest.change.value), round(largest.alone.value)
    (8500000, -1500000, -1575000)
    """

    expected: Estimate
    volatility: Estimate
    worst_year: Estimate
    change: Estimate
    alone: Estimate


@dataclass(frozen=True)
class CoreTest:
    """The coalition that would save most alone under a key.

    Attributes
    ----------
    members : tuple of str
        Its municipalities.
    euros : Estimate
        What it would save over the term; below a cent no coalition objects, and the key lies in the core.

    Examples
    --------
    >>> from bekostiging.sharing import core_test, example_data
    >>> objection = core_test(example_data(), "inhabitants", exit_cost=0.0)
    >>> objection.members, round(objection.euros.value), objection.holds
    (('Midden', 'Klein'), 1125000, False)
    """

    members: tuple[str, ...]
    euros: Estimate

    @property
    def holds(self) -> bool:
        """Whether nobody would be cheaper off alone."""
        return self.euros.value < CENT


@kinds_checked
def key_results(data: SharingData, key: str, exit_cost: NotNegative) -> tuple[KeyResult, ...]:
    """Every municipality under a key.

    Parameters
    ----------
    data : SharingData
        The region.
    key : str
        One of ``data.paid``.
    exit_cost : float
        Euro over the term that leaving costs a municipality.

    Returns
    -------
    tuple of KeyResult, (n,)
        In the order of ``data.municipalities``.

    Examples
    --------
    >>> from bekostiging.sharing import example_data, key_results
    >>> [round(one.alone.value) for one in key_results(example_data(), "inhabitants", exit_cost=0.0)]
    [-1575000, 316667, 208333]
    """
    checked_word("key", key, data.paid)
    groups = [data.without(group) for group in range(data.n_groups)]
    everybody = np.ones(len(data.used), dtype=np.bool_)
    now, own = data.paid[data.in_force], data.paid[key]

    def figures(kept: BoolArray) -> FloatArray:
        """Expected, volatility, worst year, change and excess alone; (5, n)."""
        paid = own[kept]
        yearly = paid.mean(axis=(0, 1))
        spread = np.sqrt(paid.var(axis=0).mean(axis=0))
        worst = np.quantile(paid, WORST_YEAR, axis=0, method="inverted_cdf").mean(axis=0)
        borne = borne_parts(data, key, kept)
        alone = np.asarray(cvar(data.used[kept], data.confidence)) + exit_cost
        return np.array([yearly, spread, worst, (paid - now[kept]).mean(axis=(0, 1)), borne - alone])

    value = figures(everybody)
    out = np.array([figures(kept) for kept in groups])
    error = jackknife_error(out)
    return tuple(KeyResult(*with_errors(value[:, m], error[:, m], len(out))) for m in range(data.n_players))


@kinds_checked
def borne_parts(data: SharingData, key: str, kept: BoolArray) -> FloatArray:
    """Expected payments of each municipality in the worst scenarios of the region, euro; (n,).

    They add up to the CVaR of all together.

    Parameters
    ----------
    data : SharingData
        The region.
    key : str
        One of ``data.paid``.
    kept : (n_scenarios,) bool
        Scenarios that count.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.sharing import borne_parts, example_data
    >>> borne_parts(example_data(), "actual_use", np.ones(20, dtype=bool)).round()
    array([10550000.,  5550000.,  2550000.])
    """
    checked_word("key", key, data.paid)
    weights = tail_weights(data.used[kept].sum(axis=1), data.confidence)
    return np.asarray(weights @ data.term(key)[kept])


@kinds_checked
def core_test(data: SharingData, key: str, exit_cost: NotNegative) -> CoreTest:
    """The coalition, short of all together, that would save most alone under a key.

    Parameters
    ----------
    data : SharingData
        The region.
    key : str
        One of ``data.paid``.
    exit_cost : float
        Euro over the term for each municipality that leaves.

    Returns
    -------
    CoreTest
        Beyond fifteen municipalities the coalition comes from an integer program.

    Examples
    --------
    >>> from bekostiging.sharing import core_test, example_data
    >>> objection = core_test(example_data(), "inhabitants", exit_cost=0.0)
    >>> objection.members, round(objection.euros.value), objection.holds
    (('Midden', 'Klein'), 1125000, False)
    """
    checked_word("key", key, data.paid)
    groups = [data.without(group) for group in range(data.n_groups)]
    members = _worst(data, key, exit_cost)

    def excess(kept: BoolArray) -> float:
        """What the coalition found would save, on some of the scenarios."""
        alone = float(cvar(data.used[kept][:, members].sum(axis=1), data.confidence))
        return float(borne_parts(data, key, kept)[members].sum()) - alone - exit_cost * int(members.sum())

    out = np.array([excess(kept) for kept in groups])
    value = np.array([excess(np.ones(len(data.used), dtype=np.bool_))])
    (euros,) = with_errors(value, jackknife_error(out[:, None]), len(out))
    names = tuple(name for name, inside in zip(data.municipalities, members, strict=True) if inside)
    return CoreTest(names, euros)


def _worst(data: SharingData, key: str, exit_cost: float) -> BoolArray:
    """Members of the coalition with the largest excess; from all coalitions, or from an integer program beyond fifteen."""
    n = data.n_players
    borne = borne_parts(data, key, np.ones(len(data.used), dtype=np.bool_)) - exit_cost
    if n > MOST_TABLE:
        return CVaRCoalitionOracle(data.used, data.confidence).most_unhappy(borne, [])[0]
    coalitions = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.bool_)
    excess = coalitions @ borne - coalition_tails(data.used, data.confidence)
    return np.asarray(coalitions[1 + int(np.argmax(excess[1:-1]))])
