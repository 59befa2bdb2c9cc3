"""Clauses that move part of a risk to the other party; ``contract & clause`` adds one, in the order written.

Every clause is linear in its shares: it moves share x euros from who bears the risk to the other party, and the next
clause sees what is left of the base (reinsurers say the first clause inures to the benefit of the next). So the terms
of the last clause are linear in its shares, given those before it (``Contract.rows``).

The base of a lump sum is what its corridor is measured on, with reference B0 I; of the other forms what the ceiling lets
through, with reference the smaller of B0 I and the ceiling (``TariffContract``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

import numpy as np

from bekostiging.case import Case, Problem
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Said
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import CLAUSES, ClauseFacts, ContractClause, FormFacts, clause_problem
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.valid import require, require_edges, require_share
from bekostiging.scenarios import CareUse, Measure
from bekostiging_solvers.typing import FloatArray, IntArray

OF_REFERENCE: Said = ("veelvoud van het referentiebedrag", "multiple of the reference amount")
OF_REFERENCE_OR_NONE: Said = (
    "veelvoud van het referentiebedrag, leeg is zonder einde",
    "multiple of the reference amount, empty = no end",
)
Kind = TypeVar("Kind", bound=type[ClauseFacts])


@kinds_checked
def register_clause(kind: Kind) -> Kind:
    """Make a kind of clause known to table clauses, to ``build_contracts`` and to the report; a decorator of its class.

    Parameters
    ----------
    kind : type of Clause
        A frozen dataclass with the facts of ``case.tables.ClauseFacts``; tests/toy_extension.py has one.

    Returns
    -------
    type of Clause
        The class itself.

    Raises
    ------
    ValueError
        Its kind is taken.

    Examples
    --------
    >>> register_clause(StopLoss)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: clause stop_loss is there already: ...
    """
    CLAUSES.add(kind.kind, kind)
    return kind


class TableClause(ClauseFacts, ABC):
    """A clause of one contract that a row of table clauses asks for.

    A subclass gives ``from_row`` beside the facts of every clause: its kind, its words, the columns it needs.

    Examples
    --------
    >>> StopLoss.kind, StopLoss.needs
    ('stop_loss', {'lower': ('veelvoud van het referentiebedrag', 'multiple of the reference amount')})
    """

    @classmethod
    @abstractmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause that a row asks for, in the contract of this place."""


@dataclass(frozen=True)
class Position:
    """What a clause sees of one contract in a block of scenarios.

    Parameters
    ----------
    care_use : CareUse
        What all clients used.
    cells : array of int (n_own_cells,)
        Places of the contract's cells in ``care_use``.
    measure : str
        What of a client's care is claimed (``scenarios.MEASURES``).
    tariff_level : array (n_scenarios, n_years)
        Level of the tariff, 1 in the first year at forecast.
    base, reference : array (n_scenarios, n_years)
        Nominal euro; what the clauses before it left, and what deviations are measured from.

    Examples
    --------
    >>> nobody, one = None, np.ones((1, 1))
    >>> position = Position(nobody, np.arange(1), "delivered", one, base=130 * one, reference=100 * one)
    >>> float((position.base - position.reference)[0, 0])
    30.0
    """

    care_use: CareUse
    cells: IntArray
    measure: Measure
    tariff_level: FloatArray
    base: FloatArray
    reference: FloatArray


class Clause(ClauseFacts, ABC):
    """A term of a contract that moves ``euros @ share`` to the party that does not carry the risk.

    ``share`` (n_shares,) is from 0 to 1, nan where it is to be decided. A subclass is a frozen dataclass with ``kind`` and
    ``euros``; notebook 07 makes one, and ``contract & clause`` adds it.

    Examples
    --------
    >>> from typing import ClassVar
    >>> @dataclass(frozen=True)
    ... class Deficit(Clause):
    ...     kind: ClassVar[str] = "deficit"
    ...     share: FloatArray
    ...     def euros(self, position):
    ...         return np.maximum(position.base - position.reference, 0.0)[..., None]
    >>> nobody, one = None, np.ones((1, 1))
    >>> position = Position(nobody, np.arange(1), "delivered", one, base=130 * one, reference=100 * one)
    >>> clause = Deficit(np.array([0.5]))
    >>> float((clause.euros(position) @ clause.share)[0, 0])
    15.0
    """

    after_corridor: ClassVar[bool] = False
    """Whether it acts on what the corridor of a lump sum leaves, whatever its place in the table: then it is settled and the
    corridor is decided without it."""
    share: FloatArray

    @abstractmethod
    def euros(self, position: Position) -> FloatArray:
        """Euros one unit of every share moves, signed; (n_scenarios, n_years, n_shares)."""

    def leaves(self, position: Position, moved: FloatArray) -> FloatArray:
        """What it leaves of the base of a lump sum for the next clause when it moves ``moved``; (n_scenarios, n_years)."""
        return np.asarray(position.base - moved)

    def least_kept(self) -> tuple[float, float]:
        """Of one after the corridor: the multiple of the reference below which it takes back, and its share of what is
        below; nothing unless it says so."""
        return 0.0, 0.0

    @property
    def decided(self) -> bool:
        """Whether every share is known."""
        return not bool(np.isnan(self.share).any())


@register_clause
@dataclass(frozen=True)
class QuotaShare(Clause, TableClause):
    """A share of the whole deviation of the base from the reference, deficits and surpluses alike.

    Parameters
    ----------
    share : array (1,)
        From 0 to 1; nan where it is to be decided.

    Raises
    ------
    ValueError
        Another number of shares, one outside 0 to 1.

    Examples
    --------
    >>> nobody, one = None, np.ones((1, 1))
    >>> position = Position(nobody, np.arange(1), "delivered", one, base=130 * one, reference=100 * one)
    >>> float(QuotaShare(np.array([0.2])).euros(position)[0, 0, 0])  # per unit of the share
    30.0
    """

    kind = "quota_share"
    name = ("deel van de hele afwijking", "share of the whole deviation")
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        require_share(self, self.share, 1)

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause with the share of a row of table clauses."""
        return cls(np.array([row.share]))

    def euros(self, position: Position) -> FloatArray:
        """The whole deviation, base - B0 I, signed; (n_scenarios, n_years, 1)."""
        return np.asarray((position.base - position.reference)[..., None])


@register_clause
@dataclass(frozen=True)
class StopLoss(Clause, TableClause):
    """A share of the base between two multiples of the reference: aggregate stop-loss on one contract.

    Layer mean: E[min((X - lower)+, upper - lower)] (Klugman, Panjer and Willmot, Loss Models, 5th edition, section 8.5).

    Parameters
    ----------
    lower, upper : float
        Multiples of the reference, rising; ``upper`` may be infinite.
    share : array (1,)
        From 0 to 1; nan where it is to be decided.

    Raises
    ------
    ValueError
        Edges that do not rise, another number of shares, one outside 0 to 1.

    Examples
    --------
    >>> nobody, one = None, np.ones((1, 1))
    >>> position = Position(nobody, np.arange(1), "delivered", one, base=130 * one, reference=100 * one)
    >>> round(float(StopLoss(1.1, 1.25, np.array([0.8])).euros(position)[0, 0, 0]), 6)  # per unit of the share
    15.0
    """

    kind = "stop_loss"
    name = ("stop-loss", "stop-loss")
    needs: ClassVar[Mapping[str, Said]] = {"lower": OF_REFERENCE}
    allows: ClassVar[Mapping[str, Said]] = {"upper": OF_REFERENCE_OR_NONE}
    lower: float
    upper: float
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse edges that do not rise and what is no share."""
        require_edges(self, self.lower, self.upper)
        require_share(self, self.share, 1)

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause with edges and share of a row of table clauses; an empty upper edge is no end."""
        return cls(row.lower or 0.0, np.inf if row.upper is None else row.upper, np.array([row.share]))

    def euros(self, position: Position) -> FloatArray:
        """Euros of the base inside the layer; (n_scenarios, n_years, 1)."""
        over = np.maximum(position.base - self.lower * position.reference, 0.0)
        if np.isfinite(self.upper):
            over = np.minimum(over, (self.upper - self.lower) * position.reference)
        return np.asarray(over[..., None])


@register_clause
@dataclass(frozen=True)
class HighCostPool(Clause, TableClause):
    """A share of what is claimed for one client in a year above a threshold, up to a cap above it.

    Measured on what the payment form claims for the client, at the prices of the first contract year and indexed with
    them. Both edges are in ``CareUse.thresholds``, from table clauses: a clause never sees a client.

    Parameters
    ----------
    threshold : float
        Euro per client and year, zero or more.
    cap : float
        Euro above the threshold, above zero; may be infinite.
    share : array (1,)
        From 0 to 1; nan where it is to be decided.

    Raises
    ------
    ValueError
        An edge below zero, another number of shares, one outside 0 to 1.

    Examples
    --------
    >>> pool = HighCostPool(threshold=50_000.0, cap=np.inf, share=np.array([0.75]))
    >>> pool.per_client, pool.decided
    (True, True)
    """

    kind = "high_cost_pool"
    name = ("hogekostenpool per cliënt", "high-cost pool per client")
    needs: ClassVar[Mapping[str, Said]] = {"threshold": ("euro per cliënt en jaar", "euro per client and year")}
    allows: ClassVar[Mapping[str, Said]] = {
        "cap": ("euro boven de drempel, leeg is zonder einde", "euro above the threshold, empty = no end")
    }
    per_client = True
    threshold: float
    cap: float
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse edges below zero and what is no share."""
        require(self.threshold >= 0, self, "threshold", "euro per client and year, zero or more")
        require(self.cap > 0, self, "cap", "euro above the threshold, above zero; np.inf where there is no end")
        require_share(self, self.share, 1)

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause with edges and share of a row of table clauses; an empty cap is no end."""
        return cls(row.threshold or 0.0, np.inf if row.cap is None else row.cap, np.array([row.share]))

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """Layers do not overlap within a lot and form: the same euro would move twice."""
        start = row.threshold or 0.0
        for other in case.clauses:
            alike = (other.lot, other.payment_form, other.clause) == (row.lot, row.payment_form, row.clause)
            if not alike or ((other.threshold or 0.0), other.position) >= (start, row.position):
                continue
            top = np.inf if other.cap is None else (other.threshold or 0.0) + other.cap
            if start < top:
                yield clause_problem(
                    row,
                    "threshold",
                    f"deze laag begint bij {in_nl(start)} euro, en die van beding {other.position} loopt door tot "
                    f"{'boven elke grens' if top == np.inf else f'{in_nl(top)} euro'}; laat ze op elkaar aansluiten",
                    f"this layer begins at {in_en(start)} euro, and that of clause {other.position} goes on to "
                    f"{'above any limit' if top == np.inf else f'{in_en(top)} euro'}; let them follow each other",
                )

    def euros(self, position: Position) -> FloatArray:
        """Excess of clients over the threshold less their excess over threshold + cap; (n_scenarios, n_years, 1)."""
        excess = position.care_use.excess_over(self.threshold, position.measure)
        if np.isfinite(self.cap):
            excess = excess - position.care_use.excess_over(self.threshold + self.cap, position.measure)
        return np.asarray((excess[..., position.cells].sum(axis=-1) * position.tariff_level)[..., None])


@register_clause
@dataclass(frozen=True)
class EqualisationReserve(Clause, TableClause):
    """Egalisatiereserve at the provider: surpluses on the reference are kept for deficits, up to a cap.

    Measured on the reference result B0 I - base, not on the decided result, so it is scenario data. What does not fit
    flows back, and so does what is left after the last year. Without a surplus nothing moves. Beside a lump sum, what is put
    in the reserve and what it covers is not seen by the next clause, or the same surplus would be given back twice.

    Parameters
    ----------
    cap : float
        Most the reserve holds, as a part of B0 I, zero or more.
    share : array (1,)
        Part of what flows back that the municipality gets, from 0 to 1; the rest stays with the provider. nan where it is to
        be decided.

    Raises
    ------
    ValueError
        A cap below zero, another number of shares, one outside 0 to 1.

    Examples
    --------
    A surplus of 8 in the first year, of which 5 fit, and a deficit of 2 in the second:

    >>> nobody, ones = None, np.ones((1, 2))
    >>> position = Position(nobody, np.arange(1), "delivered", ones, np.array([[92.0, 102.0]]), 100 * ones)
    >>> reserve, back = EqualisationReserve(0.05, np.array([1.0])).levels(position)
    >>> reserve.tolist(), back.tolist()
    ([[5.0, 3.0]], [[3.0, 0.0]])
    """

    kind = "equalisation_reserve"
    name = ("egalisatiereserve", "equalisation reserve")
    needs: ClassVar[Mapping[str, Said]] = {
        "upper": (
            "maximum van de reserve, veelvoud van het referentiebedrag",
            "cap of the reserve, multiple of the reference amount",
        )
    }
    cap: float
    share: FloatArray

    @classmethod
    def joins(cls, form: type[FormFacts]) -> bool:
        """Whether contracts of a payment form may have it: only a lump sum leaves a surplus to be kept."""
        return form.lump_sum

    def __post_init__(self) -> None:
        """Refuse a cap below zero and what is no share."""
        require(self.cap >= 0, self, "cap", "a multiple of the reference amount, zero or more; give 5 % as 0.05")
        require_share(self, self.share, 1)

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause with cap and share of a row of table clauses."""
        return cls(np.inf if row.upper is None else row.upper, np.array([row.share]))

    def levels(self, position: Position) -> tuple[FloatArray, FloatArray]:
        """Reserve at the end of each year, and what flowed back in it; both (n_scenarios, n_years)."""
        result = position.reference - position.base
        reserve, back = np.zeros_like(result), np.zeros_like(result)
        held = np.zeros(len(result))
        for year in range(result.shape[1]):
            held = np.maximum(held + result[:, year], 0.0)
            kept = np.minimum(held, self.cap * position.reference[:, year])
            back[:, year] = held - kept
            held = reserve[:, year] = kept
        return reserve, back

    def euros(self, position: Position) -> FloatArray:
        """Minus what flows back, after the last year with what is left; (n_scenarios, n_years, 1)."""
        return np.asarray(-self._flow_back(position)[..., None])

    def leaves(self, position: Position, moved: FloatArray) -> FloatArray:
        """The reference less what flows back and stays with the provider, plus deficits the reserve did not cover."""
        reserve, _ = self.levels(position)
        before = np.concatenate([np.zeros((len(reserve), 1)), reserve[:, :-1]], axis=1)
        uncovered = np.maximum(position.base - position.reference - before, 0.0)
        # moved is what flows back to the municipality, negative
        return np.asarray(position.reference - (self._flow_back(position) + moved) + uncovered)

    def _flow_back(self, position: Position) -> FloatArray:
        """What flows back in each year, at the end of the term what is left as well."""
        reserve, back = self.levels(position)
        back[:, -1] += reserve[:, -1]
        return back
