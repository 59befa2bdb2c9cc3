"""Clauses on what is spent: a part that follows the quantity, a least part for care, and a cap on how heavy clients are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bekostiging.case import Case, Problem
from bekostiging.case.errors import Said
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import PAYMENT_FORMS, ContractClause, FormFacts, clause_problem
from bekostiging.contracts.basis import Basis
from bekostiging.contracts.budget_clauses import BudgetClause
from bekostiging.contracts.clauses import Clause, Position, TableClause, register_clause
from bekostiging.contracts.valid import require, require_share
from bekostiging.scenarios import CareUse
from bekostiging.scenarios.clients import profile_table
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

    Care is what the corridor is measured on (audited cost, or what was delivered at the reference tariff). It acts after
    the corridor, and what the corridor gave back counts as spent, so that nothing goes back twice: of a base C, a least part
    x of the reference R and what the corridor returns K, it takes share x max(0, x R - C - K); with share 1 the provider
    gives back the larger of K and x R - C. The payment is then concave in the corridor's shares, so the corridor is decided
    without it: municipalities never pay more than the design says, and a note says so.

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
    after_corridor = True
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

    def least_kept(self) -> tuple[float, float]:
        """The least part, and the share of what stays below it."""
        return self.least_spent, float(np.nan_to_num(self.share, nan=0.0)[0])

    def euros(self, position: Position) -> FloatArray:
        """Minus what the base stays below the least spending; (n_scenarios, n_years, 1)."""
        return np.asarray(-np.maximum(self.least_spent * position.reference - position.base, 0.0)[..., None])


@register_clause
@dataclass(frozen=True)
class CaseMixCap(Clause, TableClause):
    """A cap on growth of case mix: what is paid per client may be so many times what was expected, beyond it a share is not.

    It works against heavier profiles on paper. Where a care form of the contract has profiles of different weight, the case
    mix of a year is the mean weight of the clients who started, over what table profiles expects of the same care forms (the
    base year): a mix above ``upper`` is paid as if it were ``upper``, and the rest of the base, base x (1 - upper / mix), is
    not. Where nobody has profiles it falls back to the amount per client: base above ``upper`` x reference x clients /
    expected clients; actuals have no profiles, so a real year is settled so too. Measured on the whole contract, behind a
    ceiling.

    Parameters
    ----------
    upper : float
        Multiple of the expected mix, or amount per client, one or more.
    expected : array (n_years,)
        Clients of this contract that are expected in each year, above zero.
    share : array (1,)
        Part of what lies above that is not paid, from 0 to 1; nan where it is to be decided.
    weights : array (n_own_cells, n_profiles), optional
        Weight of every profile over the expected weight of its care form; None without profiles.

    Raises
    ------
    ValueError
        A multiple below one, a year without expected clients, another number of shares, one outside 0 to 1.

    Examples
    --------
    Profiles of weight 0.8 and 1.2 are expected to be as many; of 10 who started 7 are heavy, a mix of 1.08. Of 130 is paid
    1.03 / 1.08:

    >>> from types import SimpleNamespace
    >>> one = np.ones((1, 1))
    >>> use = SimpleNamespace(clients=np.full((1, 1, 1), 11.0), starts_by_profile=np.array([[[[3.0, 7.0]]]]))
    >>> position = Position(use, np.arange(1), "arranged", one, base=130 * one, reference=100 * one)
    >>> weighed = CaseMixCap(1.03, np.array([10.0]), np.array([1.0]), np.array([[0.8, 1.2]]))
    >>> round(float(weighed.euros(position)[0, 0, 0]), 3)
    6.019

    Without profiles: expected are 10 clients of 10 each; 11 are claimed at 130, of which 1.03 x 110 = 113.3 is paid:

    >>> round(float(CaseMixCap(1.03, np.array([10.0]), np.array([1.0])).euros(position)[0, 0, 0]), 6)
    16.7
    """

    kind = "case_mix_cap"
    name = ("grens aan zorgzwaarte", "cap on growth of case mix")
    needs: ClassVar[Mapping[str, Said]] = {
        "upper": (
            "veelvoud van de verwachte zwaarte (profielen), zonder profielen van het verwachte bedrag per cliënt",
            "multiple of the expected mix of profiles, without profiles of the expected amount per client",
        )
    }
    upper: float
    expected: FloatArray
    share: FloatArray
    weights: FloatArray | None = None

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
        weights = profile_weights(basis.case, PAYMENT_FORMS[row.payment_form].by_arrangement)
        own = np.flatnonzero(basis.cells.contract == contract)
        of_cells = weights[basis.cells.care_form[own]]
        differ = bool((of_cells[of_cells > 0] != 1).any())
        return cls(row.upper or 1.0, basis.clients(contract), np.array([row.share]), of_cells if differ else None)

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
        mix = self.mix(position.care_use, position.cells)
        if mix is not None:
            return np.asarray((position.base * np.maximum(1 - self.upper / mix, 0.0))[..., None])
        clients = position.care_use.clients[:, :, position.cells].sum(axis=2)
        within = self.upper * position.reference * clients / self.expected
        return np.asarray(np.maximum(position.base - within, 0.0)[..., None])

    def mix(self, care_use: CareUse, cells: IntArray) -> FloatArray | None:
        """Mean weight of who started over what was expected, one where nobody did; (n_scenarios, n_years). None without
        profiles, in the contract or in what was used."""
        if self.weights is None or care_use.starts_by_profile.shape[-1] != self.weights.shape[1]:
            return None
        started = care_use.starts_by_profile[:, :, cells]
        weighed, counted = (started * self.weights).sum(axis=(2, 3)), started.sum(axis=(2, 3))
        return np.asarray(np.divide(weighed, counted, out=np.ones_like(weighed), where=weighed > 0))


def profile_weights(case: Case, by_arrangement: bool) -> FloatArray:
    """Weight of every profile over the expected weight of its care form, zero where there is none; (n_care_forms,
    n_profiles).

    ``by_arrangement``: at the price of the profile, else at its intensity.
    """
    profiles = profile_table(case)
    share = np.diff(profiles.cumulative_share, axis=1, prepend=0.0)
    weight = profiles.priced if by_arrangement else profiles.intensity
    return np.asarray(np.where(share > 0, weight / (share * weight).sum(axis=1, keepdims=True), 0.0))
