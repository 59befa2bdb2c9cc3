"""Games of sharing between municipalities: what every coalition would have to pay or keep alone.

``surcharge``: c(S) = CVaR(X_S) - E(X_S), the buffer a coalition keeps for its worst scenarios, X_S the sum of what its
members would pay for what their own inhabitants use. ``fixed_parts``: expected payments plus the administration of every
contract the coalition uses, the same however many join. ``joint_contract``: what a coalition pays when it contracts alone:
per contract the lump sum without corridor that gives the provider its return on capital, (E + k CVaR) / (1 + k) with k the
cost of capital times the years (design section 7), plus that administration.
Expected cost alone is additive: every coalition pays what its members pay, so any division of it is as good as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bekostiging.case import UserError
from bekostiging.case.arguments import checked_word, kinds_checked
from bekostiging.case.errors import ArgumentError
from bekostiging.case.kinds import Count, Fraction, NotNegative
from bekostiging_solvers import coalition_tails
from bekostiging_solvers.typing import BoolArray, FloatArray

GAMES = ("surcharge", "fixed_parts", "joint_contract")
MOST_TABLE = 15
"""Municipalities whose coalitions are all looked at."""
MOST_JOINT = 8
"""Municipalities of the joint-contract game, which has a table per contract."""


@dataclass(frozen=True)
class SharingData:
    """Equally likely scenarios of a region, euro over the term, discounted.

    Shapes: s scenarios, n players (the reported municipalities), c contracts, t years.

    Attributes
    ----------
    municipalities : tuple of str, (n,)
        Their codes.
    used : (s, n)
        Payments for what a municipality's own inhabitants used.
    paid : dict of str to (s, t, n)
        Per key what each municipality pays, euro of the year, not discounted.
    in_force : str
        The key of the case.
    cost : (s, c, n)
        Cost of each contract, by municipality of the client.
    administration : (c,)
        Administration of each contract over the term.
    discount : (t,)
        Value today of a euro of each year.
    confidence, cost_of_capital : float
        Level of tails; return on capital per year.
    n_groups : int
        Groups of scenarios that are left out in turn for standard errors.

    Examples
    --------
    >>> from bekostiging.sharing import example_data
    >>> example_data().term("actual_use").shape
    (20, 3)
    """

    municipalities: tuple[str, ...]
    used: FloatArray
    paid: dict[str, FloatArray]
    in_force: str
    cost: FloatArray
    administration: FloatArray
    discount: FloatArray
    confidence: float
    cost_of_capital: float
    n_groups: int

    @property
    def n_players(self) -> int:
        """Number of municipalities."""
        return len(self.municipalities)

    @property
    def n_years(self) -> int:
        """Contract years."""
        return len(self.discount)

    def term(self, key: str) -> FloatArray:
        """What each municipality pays over the term under a key, discounted euro; (s, n)."""
        return np.asarray(np.einsum("stn,t->sn", self.paid[key], self.discount))

    def without(self, group: int) -> BoolArray:
        """Scenarios that are left when one group of them is left out; (s,) bool."""
        return np.asarray(np.arange(len(self.used)) * self.n_groups // len(self.used) != group)


@kinds_checked
def surcharge_game(used: FloatArray, confidence: Fraction) -> FloatArray:
    """The CVaR surcharge of every coalition, CVaR(X_S) - E(X_S).

    Parameters
    ----------
    used : (n_scenarios, n)
        What each municipality would pay for its own inhabitants, euro.
    confidence : float
        Level of the tail.

    Returns
    -------
    (2^n,)
        Bit i of a place says whether municipality i is in the coalition.

    Examples
    --------
    >>> from bekostiging.sharing import example_data, surcharge_game
    >>> data = example_data()
    >>> table = surcharge_game(data.used, data.confidence)
    >>> [round(float(table[place])) for place in (0b001, 0b010, 0b011, 0b111)]
    [900000, 900000, 1500000, 1650000]
    """
    return coalition_tails(used - used.mean(axis=0), confidence)


@kinds_checked
def fixed_parts_game(cost: FloatArray, used: FloatArray, administration: FloatArray) -> FloatArray:
    """Expected payments and the administration of the contracts that a coalition uses; (2^n,).

    Parameters
    ----------
    cost : (n_scenarios, n_contracts, n)
        Cost of each contract, by municipality of the client, euro.
    used : (n_scenarios, n)
        Payments for own inhabitants, euro.
    administration : (n_contracts,)
        Euro over the term, the same however many municipalities join.

    Examples
    --------
    >>> from bekostiging.sharing import example_data, fixed_parts_game
    >>> data = example_data()
    >>> table = fixed_parts_game(data.cost, data.used, data.administration)
    >>> round(float(table[0b001])), round(float(table[0b111]))
    (10080000, 17080000)
    """
    members = _members(used.shape[1])
    uses = members @ cost.mean(axis=0).T > 0
    return np.asarray(members @ used.mean(axis=0) + uses @ administration)


@kinds_checked
def joint_contract_game(
    cost: FloatArray, administration: FloatArray, confidence: Fraction, capital_rate: NotNegative
) -> FloatArray:
    """What every coalition pays when it contracts alone; (2^n,).

    Per contract the lump sum without corridor that gives the provider its return on capital, plus the administration.

    Parameters
    ----------
    cost : (n_scenarios, n_contracts, n)
        Cost of each contract, by municipality of the client, euro.
    administration : (n_contracts,)
        Euro over the term.
    confidence : float
        Level of the tail.
    capital_rate : float
        Cost of capital over the term: yearly rate x years.

    Examples
    --------
    >>> from bekostiging.sharing import example_data, joint_contract_game
    >>> data = example_data()
    >>> table = joint_contract_game(data.cost, data.administration, data.confidence, capital_rate=0.08)
    >>> round(float(table[0b111]))
    17214074
    """
    members = _members(cost.shape[2])
    total = np.zeros(len(members))
    for contract, fixed in enumerate(administration):
        own = cost[:, contract]
        mean = members @ own.mean(axis=0)
        tail = coalition_tails(own, confidence)
        total += (mean + capital_rate * tail) / (1 + capital_rate) + fixed * (mean > 0)
    return total


def _members(n: int) -> FloatArray:
    """Indicator of every coalition; (2^n, n)."""
    return ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.float64)


@kinds_checked
def check_game(game: str) -> None:
    """Refuse a game in which there is nothing to divide, or that does not exist.

    Raises
    ------
    UserError
        ``expected_cost``, which is additive, or a name that is not in ``GAMES``.

    Examples
    --------
    >>> from bekostiging.sharing import check_game
    >>> check_game("surcharge")
    """
    if game == "expected_cost":
        raise ArgumentError(
            "game",
            "game expected_cost: verwachte kosten tellen op: een groep gemeenten betaalt wat haar leden betalen, dus elke "
            f"verdeling is even goed als alleen gaan en er valt niets te delen; kies een van {', '.join(GAMES)}",
            "game expected_cost: expected cost is additive: a group of municipalities pays what its members pay, so every "
            f"division is as good as going alone: there is nothing to divide; choose one of {', '.join(GAMES)}",
        )
    checked_word("game", game, GAMES)


@kinds_checked
def check_players(n_players: Count, game: str, table: bool) -> None:
    """Refuse a number of municipalities that a game cannot take.

    Parameters
    ----------
    n_players : int
        Reported municipalities.
    game : str
        One of ``GAMES``.
    table : bool
        Whether the costs of all coalitions are asked for.

    Raises
    ------
    UserError
        One municipality alone; more than the full table or the joint-contract game can take.

    Examples
    --------
    >>> from bekostiging.sharing import check_players
    >>> check_players(3, "joint_contract", table=True)
    """
    if n_players < 2:
        raise UserError(
            "verdelen vraagt minstens twee gemeenten in het rapport (kolom reported van tabel municipalities)",
            "sharing asks at least two reported municipalities (column reported of table municipalities)",
        )
    if table and n_players > MOST_TABLE:
        raise ArgumentError(
            "table",
            f"table: {n_players} gemeenten hebben {(1 << n_players) - 1} coalities; de volledige tabel kan tot "
            f"{MOST_TABLE}, laat {{table}} weg",
            f"table: {n_players} municipalities have {(1 << n_players) - 1} coalitions; the full table goes up to "
            f"{MOST_TABLE}, leave {{table}} out",
            arguments=["table"],
        )
    if game == "fixed_parts" and n_players > MOST_TABLE:
        raise ArgumentError(
            "game",
            f"game fixed_parts kan tot {MOST_TABLE} gemeenten, dit zijn er {n_players}; kies surcharge",
            f"game fixed_parts goes up to {MOST_TABLE} municipalities, these are {n_players}; choose surcharge",
        )
    if game == "joint_contract" and n_players > MOST_JOINT:
        raise ArgumentError(
            "game",
            f"game joint_contract kan tot {MOST_JOINT} gemeenten, dit zijn er {n_players}; kies surcharge",
            f"game joint_contract goes up to {MOST_JOINT} municipalities, these are {n_players}; choose surcharge",
        )
