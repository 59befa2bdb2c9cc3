"""Ways to divide what a game costs, each with its standard error over groups of scenarios.

The certificate of the nucleolus is about the sampled game: it proves the point for these scenarios, not for the region. How
far other scenarios would move it is what the standard errors say (a jackknife over groups of scenarios).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.kinds import Count, Fraction
from bekostiging.sharing.games import (
    MOST_TABLE,
    SharingData,
    check_game,
    fixed_parts_game,
    joint_contract_game,
    surcharge_game,
)
from bekostiging.sharing.jackknife import jackknife_error, with_errors
from bekostiging_solvers import (
    CVaR,
    CVaRCoalitionOracle,
    Estimate,
    Nucleolus,
    cvar,
    euler_contributions,
    nucleolus,
    shapley,
)
from bekostiging_solvers.typing import BoolArray, FloatArray

BATCHES = 4
ORDERS = 2_000
"""Orders of arrival of the sampled Shapley value, where the table of coalitions is too large."""


@dataclass(frozen=True)
class GameSolution:
    """What a game costs and how it may be divided, euro over the term.

    Attributes
    ----------
    together : Estimate
        Cost of all municipalities together.
    alone, shapley, nucleolus : tuple of Estimate, (n,)
        Cost of each alone, and its part under two divisions.
    euler : tuple of Estimate, (n,), or None
        Contributions to the tail; of the surcharge game only.
    saving : tuple of Estimate, (n,)
        Alone minus nucleolus.
    certificate : Nucleolus
        The nucleolus of the sampled game, with the levels that were checked and its slack.
    table : (2^n,), or None
        Cost of every coalition; None beyond fifteen municipalities.

    Examples
    --------
    >>> from bekostiging.sharing import example_data, solve_game
    >>> solution = solve_game(example_data(), "surcharge")
    >>> [round(one.value) for one in solution.alone], round(solution.together.value)
    ([900000, 900000, 900000], 1650000)
    >>> [round(one.value) for one in solution.nucleolus]
    [675000, 487500, 487500]
    """

    game: str
    together: Estimate
    alone: tuple[Estimate, ...]
    shapley: tuple[Estimate, ...]
    nucleolus: tuple[Estimate, ...]
    euler: tuple[Estimate, ...] | None
    saving: tuple[Estimate, ...]
    certificate: Nucleolus
    table: FloatArray | None

    @property
    def certified(self) -> bool:
        """Whether Kohlberg's theorem holds at the nucleolus."""
        return self.certificate.certificate is not None and self.certificate.certificate.holds


@kinds_checked
def solve_game(data: SharingData, game: str) -> GameSolution:
    """Divide what a game costs in every way.

    Parameters
    ----------
    data : SharingData
        The region.
    game : str
        One of ``GAMES``. Beyond fifteen municipalities it is ``surcharge``, whose coalitions are then generated.

    Returns
    -------
    GameSolution

    Examples
    --------
    >>> from bekostiging.sharing import example_data, solve_game
    >>> solution = solve_game(example_data(), "surcharge")
    >>> [round(one.value) for one in solution.nucleolus], solution.certified
    ([675000, 487500, 487500], True)
    """
    check_game(game)
    if data.n_players > MOST_TABLE:
        return _by_oracle(data)
    table = _table(data, game, np.ones(len(data.used), dtype=np.bool_))
    point = nucleolus(table)
    tables = [_table(data, game, data.without(group)) for group in range(data.n_groups)]
    singles = 1 << np.arange(data.n_players)

    def estimated(of: Callable[[FloatArray], FloatArray], value: FloatArray | None = None) -> tuple[Estimate, ...]:
        """A solution with its jackknife error."""
        return _estimates(of(table) if value is None else value, [of(one) for one in tables])

    def of_nucleolus(one: FloatArray) -> FloatArray:
        """The nucleolus of one table."""
        return nucleolus(one).allocation

    points = [of_nucleolus(one) for one in tables]
    euler = None
    if game == "surcharge":
        euler = _estimates(
            _euler(data.used, data.confidence),
            [_euler(data.used[data.without(group)], data.confidence) for group in range(data.n_groups)],
        )
    return GameSolution(
        game=game,
        together=estimated(lambda one: one[-1:])[0],
        alone=estimated(lambda one: one[singles]),
        shapley=estimated(shapley),
        nucleolus=_estimates(point.allocation, points),
        euler=euler,
        saving=_estimates(
            table[singles] - point.allocation,
            [one[singles] - own for one, own in zip(tables, points, strict=True)],
        ),
        certificate=point,
        table=table,
    )


def _table(data: SharingData, game: str, kept: BoolArray) -> FloatArray:
    """The costs of all coalitions on some of the scenarios."""
    if game == "surcharge":
        return surcharge_game(data.used[kept], data.confidence)
    if game == "fixed_parts":
        return fixed_parts_game(data.cost[kept], data.used[kept], data.administration)
    rate = data.cost_of_capital * data.n_years
    return joint_contract_game(data.cost[kept], data.administration, data.confidence, rate)


def _euler(used: FloatArray, confidence: float) -> FloatArray:
    """Contributions to the surcharge of all together."""
    return np.asarray(euler_contributions(used - used.mean(axis=0), CVaR(confidence)), dtype=np.float64)


def _by_oracle(data: SharingData) -> GameSolution:
    """The surcharge game without its table: the nucleolus from generated coalitions, Shapley from sampled orders.

    The integer programs of the oracle grow fast with the scenarios, so the errors of the nucleolus come from separate
    batches, not from leaving groups out.
    """
    everybody = np.ones(len(data.used), dtype=np.bool_)
    kept = [everybody, *(data.without(group) for group in range(data.n_groups))]
    centred = [data.used[own] - data.used[own].mean(axis=0) for own in kept]
    alone = [np.asarray(cvar(one, data.confidence)) for one in centred]
    together = [np.array([float(cvar(one.sum(axis=1), data.confidence))]) for one in centred]
    euler = [_euler(data.used[own], data.confidence) for own in kept]
    point = nucleolus(oracle=CVaRCoalitionOracle(centred[0], data.confidence))
    parts = [part - part.mean(axis=0) for part in np.array_split(data.used, BATCHES)]
    batches = [nucleolus(oracle=CVaRCoalitionOracle(part, data.confidence)).allocation for part in parts]
    savings = [np.asarray(cvar(part, data.confidence)) - own for part, own in zip(parts, batches, strict=True)]
    return GameSolution(
        game="surcharge",
        together=_estimates(together[0], together[1:])[0],
        alone=_estimates(alone[0], alone[1:]),
        shapley=sampled_shapley(centred[0], data.confidence, np.random.default_rng(0)),
        nucleolus=_batched(point.allocation, batches),
        euler=_estimates(euler[0], euler[1:]),
        saving=_batched(alone[0] - point.allocation, savings),
        certificate=point,
        table=None,
    )


def _batched(value: FloatArray, batches: list[FloatArray]) -> tuple[Estimate, ...]:
    """Values with the standard error of a mean of batches."""
    n = len(batches)
    return with_errors(value, np.std(batches, axis=0, ddof=1) / np.sqrt(n), n)


@kinds_checked
def sampled_shapley(
    losses: FloatArray, confidence: Fraction, rng: np.random.Generator, orders: Count = ORDERS
) -> tuple[Estimate, ...]:
    """The Shapley value of tails from random orders of arrival.

    Parameters
    ----------
    losses : (n_scenarios, n)
        What each municipality would pay, less its mean for the surcharge; euro.
    confidence : float
        Level of the tail.
    rng : numpy.random.Generator
        Draws the orders.
    orders : int
        How many.

    Returns
    -------
    tuple of Estimate, (n,)
        Mean marginal tail, with the standard error of the sampling of orders.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.sharing import example_data, sampled_shapley
    >>> data = example_data()
    >>> parts = sampled_shapley(data.used - data.used.mean(axis=0), data.confidence, np.random.default_rng(0), orders=100)
    >>> round(sum(one.value for one in parts))
    1650000
    """
    n = losses.shape[1]
    marginal = np.zeros((orders, n))
    for one in range(orders):
        order = rng.permutation(n)
        tails = np.asarray(cvar(np.cumsum(losses[:, order], axis=1), confidence))
        marginal[one, order] = np.diff(tails, prepend=0.0)
    error = marginal.std(axis=0, ddof=1) / np.sqrt(orders)
    return with_errors(marginal.mean(axis=0), error, orders)


def _estimates(value: FloatArray, left_out: list[FloatArray]) -> tuple[Estimate, ...]:
    """Values with the jackknife error of leaving out groups."""
    return with_errors(value, jackknife_error(np.array(left_out)), len(left_out))
