"""Clauses on what is spent: a part that follows the quantity, a least part for care, and a cap on how heavy clients are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bekostiging.case import Case, Problem
from bekostiging.case.errors import Said
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import ContractClause, FormFacts, clause_problem
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.budget_clauses import BudgetClause
from bekostiging.contracts.clauses import Clause, Position, TableClause, register_clause
from bekostiging.contracts.valid import require, require_share
from bekostiging.scenarios import CareUse
from bekostiging_solvers.typing import FloatArray, IntArray


@register_clause
@dataclass(frozen=True)
class BlendedPayment(BudgetClause, Clause):
    """A part of a lump sum follows the quantity: a b I + (1 - a) P x Q.

    P x Q is what the corridor is measured on, so the base of the lot is shadow production. The corridor and later clauses
    see the part a of the deviation: the rest is paid already.

    Parameters
    ----------
    share : array (1,)
        1 - a, the part paid by quantity, from 0 to 1; decided.

    Raises
    ------
    ValueError
        Another number of shares, one outside 0 to 1 or still to be decided.

    Examples
    --------
    >>> nobody, one = None, np.ones((1, 1))
    >>> position = Position(nobody, np.arange(1), "delivered", one, base=130 * one, reference=100 * one)
    >>> blended = BlendedPayment(np.array([0.2]))
    >>> moved = blended.euros(position) @ blended.share
    >>> float(moved[0, 0]), blended.least(1).tolist(), float(blended.leaves(position, moved)[0, 0])
    (26.0, [0.8], 124.0)
    """

    kind = "blended_payment"
    name = ("vast deel naast tarief", "blended payment")
    share_means = ("deel dat per eenheid wordt betaald", "part that is paid per unit")
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is no share, and one that is to be decided: the budget depends on it."""
        require_share(self, self.share, 1)
        require(
            self.decided, self, "share", "a number from 0 to 1; it cannot be decided, since it divides the budget"
        )

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause with the share of a row of table clauses."""
        return cls(np.array([row.share]))

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """A base that is no price times quantity."""
        base = case.policy.base(row.lot)
        if base != "shadow_production":
            yield clause_problem(
                row,
                "clause",
                "een deel per eenheid vraagt als verrekengrondslag de geleverde zorg tegen het referentietarief; zet beleid "
                f"base voor dit perceel op shadow_production (nu {base})",
                "a part per unit asks for delivered care at the reference tariff as the base; set policy base of this lot "
                f"to shadow_production (now {base})",
            )

    def euros(self, position: Position) -> FloatArray:
        """The whole base, P x Q; (n_scenarios, n_years, 1)."""
        return np.asarray(position.base[..., None])

    def leaves(self, position: Position, moved: FloatArray) -> FloatArray:
        """The reference and the part a of the deviation; (n_scenarios, n_years)."""
        return np.asarray(position.base - self.share[0] * (position.base - position.reference))

    def factor(self, care_use: CareUse, cells: IntArray) -> FloatArray:
        """a, in every scenario; (n_scenarios, n_years)."""
        return np.full((care_use.n_scenarios, care_use.n_years), 1 - self.share[0])

    def least(self, n_years: int) -> FloatArray:
        """a; (n_years,)."""
        return np.full(n_years, 1 - self.share[0])


@register_clause
@dataclass(frozen=True)
class MinimumCareSpend(Clause, TableClause):
    """What is not spent on care goes back: the part of the base below a least multiple of the reference.

    Care is what the corridor is measured on (audited cost, or what was delivered at the reference tariff). The corridor and
    later clauses see the base with what went back, so that nothing goes back twice.

    Parameters
    ----------
    least_spent : float
        Multiple of the reference that is to be spent on care, above 0 up to 1.
    share : array (1,)
        Part of what stays below it that goes back, from 0 to 1; nan where it is to be decided.

    Raises
    ------
    ValueError
        A multiple outside that range, another number of shares, one outside 0 to 1.

    Examples
    --------
    >>> nobody, one = None, np.ones((1, 1))
    >>> position = Position(nobody, np.arange(1), "delivered", one, base=80 * one, reference=100 * one)
    >>> round(float(MinimumCareSpend(0.85, np.array([1.0])).euros(position)[0, 0, 0]), 6)
    -5.0
    """

    kind = "minimum_care_spend"
    name = ("minimale besteding aan zorg", "minimum care spend")
    needs: ClassVar[Mapping[str, Said]] = {
        "lower": (
            "deel van het referentiebedrag dat aan zorg moet worden besteed",
            "part of the reference to be spent on care",
        )
    }
    least_spent: float
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse a part that cannot be spent and what is no share."""
        require(
            0 < self.least_spent <= 1, self, "least_spent", "a part of the reference above 0 up to 1, such as 0.9"
        )
        require_share(self, self.share, 1)

    @classmethod
    def joins(cls, form: type[FormFacts]) -> bool:
        """Whether contracts of a payment form may have it: only a lump sum is paid without care."""
        return form.lump_sum

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause of a row of table clauses: its lower edge is the least part."""
        return cls(row.lower or 1.0, np.array([row.share]))

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """A part of more than the whole, or of nothing."""
        if row.lower is not None and not 0 < row.lower <= 1:
            yield clause_problem(
                row,
                "lower",
                f"de minimale besteding ({in_nl(row.lower)}) is een deel boven 0 en hoogstens 1; schrijf 90 % als 0,9",
                f"the least spending ({in_en(row.lower)}) is a part above 0 and at most 1; write 90 % as 0.9",
            )

    def euros(self, position: Position) -> FloatArray:
        """Minus what the base stays below the least spending; (n_scenarios, n_years, 1)."""
        return np.asarray(-np.maximum(self.least_spent * position.reference - position.base, 0.0)[..., None])


@register_clause
@dataclass(frozen=True)
class CaseMixCap(Clause, TableClause):
    """A cap on growth of case mix: what is paid per client may be so many times what was expected, beyond it a share is not.

    It works against heavier profiles on paper. Measured on the contract as a whole, behind a ceiling: base above ``upper`` x
    reference x clients / expected clients.

    Parameters
    ----------
    upper : float
        Multiple of the expected amount per client, one or more.
    expected : array (n_years,)
        Clients of this contract that are expected in each year, above zero.
    share : array (1,)
        Part of what lies above that is not paid, from 0 to 1; nan where it is to be decided.

    Raises
    ------
    ValueError
        A multiple below one, a year without expected clients, another number of shares, one outside 0 to 1.

    Examples
    --------
    Expected are 10 clients of 10 each; 11 clients are claimed at 130, of which 1.03 x 110 = 113.3 is within the cap:

    >>> from types import SimpleNamespace
    >>> use, one = SimpleNamespace(clients=np.full((1, 1, 1), 11.0)), np.ones((1, 1))
    >>> position = Position(use, np.arange(1), "arranged", one, base=130 * one, reference=100 * one)
    >>> round(float(CaseMixCap(1.03, np.array([10.0]), np.array([1.0])).euros(position)[0, 0, 0]), 6)
    16.7
    """

    kind = "case_mix_cap"
    name = ("grens aan zorgzwaarte", "cap on growth of case mix")
    needs: ClassVar[Mapping[str, Said]] = {
        "upper": ("veelvoud van het verwachte bedrag per cliënt", "multiple of the expected amount per client")
    }
    upper: float
    expected: FloatArray
    share: FloatArray

    def __post_init__(self) -> None:
        """Refuse a cap below what was expected, years without clients and what is no share."""
        require(
            self.upper >= 1,
            self,
            "upper",
            "a multiple of the expected amount per client, one or more, such as 1.03",
        )
        positive = np.ndim(self.expected) == 1 and bool((np.asarray(self.expected) > 0).all())
        require(positive, self, "expected", "an array with the expected clients of every year, each above zero")
        require_share(self, self.share, 1)

    @classmethod
    def joins(cls, form: type[FormFacts]) -> bool:
        """Whether contracts of a payment form may have it: a lump sum is not paid per client."""
        return not form.lump_sum

    @classmethod
    def from_row(cls, row: ContractClause, basis: Basis, contract: int) -> Self:
        """The clause of a row of table clauses: its upper edge is the multiple."""
        return cls(row.upper or 1.0, basis.clients(contract), np.array([row.share]))

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """A cap below what was expected."""
        if row.upper is not None and row.upper < 1:
            yield clause_problem(
                row,
                "upper",
                f"de grens ({in_nl(row.upper)}) ligt onder wat per cliënt verwacht is; geef 1 of meer, 3 % groei is 1,03",
                f"the cap ({in_en(row.upper)}) is below what is expected per client; give 1 or more, 3 % growth is 1.03",
            )

    def euros(self, position: Position) -> FloatArray:
        """The base above the cap; (n_scenarios, n_years, 1)."""
        clients = position.care_use.clients[:, :, position.cells].sum(axis=2)
        within = self.upper * position.reference * clients / self.expected
        return np.asarray(np.maximum(position.base - within, 0.0)[..., None])
