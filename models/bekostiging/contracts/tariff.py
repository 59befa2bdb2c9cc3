"""What the forms with a tariff or price have in common: a claim, a ceiling, and clauses before and under it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bekostiging.contracts.basis import Basis
from bekostiging.contracts.ceiling import Claim, Due, payable
from bekostiging.contracts.clauses import Clause
from bekostiging.contracts.indexation import PriceLevels
from bekostiging.contracts.terms import Contract, Rows, Settlement
from bekostiging.scenarios import CareUse
from bekostiging_solvers.typing import FloatArray


@dataclass(frozen=True, kw_only=True)
class TariffContract(Contract):
    """What is delivered is claimed at a tariff or price.

    In this order: clauses on single clients take their share of what the form claims for them; the ceiling lets through
    what it can of what is left; clauses on the whole contract follow in the order written, each on what the one before it
    left, measured against the smaller of B0 I and the ceiling. So no payment falls because more was delivered, nor below
    zero. ``ceiling``: bestedingsruimte in euro per calendar year, or one for each (n_years,), indexed
    like the tariff, None = none;
    ``part_of_ceiling``: the contract's part of a ceiling it shares with others.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(case)
    >>> contract = build_contracts(case, cells, reference(case, cells, n_years=2), "inspanningsgericht")[0]
    >>> contract.ceiling, contract.tariff.round(2)
    (5725000.0, array([ 78., 104.,  78., 104.]))
    """

    towards: ClassVar[float] = -1.0
    ceiling: float | FloatArray | None = None
    part_of_ceiling: float | None = None

    @classmethod
    def _terms(cls, basis: Basis, contract: int, ceilings: bool) -> dict[str, Any]:
        """With the ceiling of the case, of the contract or of its pool."""
        row = basis.case.contracts[contract]
        terms = super()._terms(basis, contract, ceilings)
        if ceilings and row.ceiling is not None:
            # contracts of a pool share their ceilings: see CeilingPool
            terms["part_of_ceiling" if row.ceiling_pool else "ceiling"] = row.ceiling * (
                1 + basis.case.policy.ceiling_lift
            )
        return terms

    @abstractmethod
    def claim(self, care_use: CareUse, levels: PriceLevels) -> Claim:
        """What is claimed before any clause or ceiling."""

    def due(self, care_use: CareUse, levels: PriceLevels) -> Due:
        """The claim after the clauses on single clients."""
        return self.due_of(self.claim(care_use, levels), care_use, levels)

    def due_of(self, claim: Claim, care_use: CareUse, levels: PriceLevels) -> Due:
        """A claim after the clauses on single clients."""
        moved, left = self._apply_clauses(self.on_clients, care_use, levels, claim.claimed)
        return Due(claim.asked, left, np.minimum(claim.urgent, left), moved)

    def settle(self, care_use: CareUse, levels: PriceLevels) -> Settlement:
        """Euros of the contract under its own ceiling."""
        due = self.due(care_use, levels)
        return self.settled(due, self.let_through(due, levels), care_use, levels)

    def settled(self, due: Due, paid: FloatArray, care_use: CareUse, levels: PriceLevels) -> Settlement:
        """Euros of the contract when a ceiling, its own or a shared one, lets through ``paid`` of what is due."""
        moved, _ = self._apply_clauses(self.on_whole, care_use, levels, paid)
        clauses = due.moved + moved
        return Settlement(paid + moved, clauses, self.cost(care_use, levels), due.asked + due.moved - paid)

    def retained(self, settled: Settlement, care_use: CareUse, levels: PriceLevels) -> FloatArray:
        """What the clauses leave: what is still paid; (n_scenarios, n_years)."""
        return settled.payment

    def rows(self, care_use: CareUse, levels: PriceLevels) -> Rows:
        """The terms for the decision, linear in the shares of the last clause."""
        *before, last = self._checked()
        if last.per_client and self.ceiling is not None:
            raise ValueError(
                f"contract {self.provider} in {self.lot}: the share of {last.kind} is still to be decided and a ceiling "
                "stands after it, so the terms are not linear; fix the share or take the ceiling out"
            )
        if last.per_client:
            start, earlier = self.claim(care_use, levels).claimed, before
        else:
            start = self.let_through(self.due(care_use, levels), levels)
            earlier = [one for one in before if not one.per_client]
        # what a clause leaves under a tariff is what is still paid
        _, left = self._apply_clauses(earlier, care_use, levels, start)
        euros = self.towards * last.euros(self._position(care_use, levels, left))
        return Rows(left, np.zeros_like(left), euros, self.cost(care_use, levels))

    def measured_against(self, levels: PriceLevels) -> FloatArray:
        """Reference of the clauses, the smaller of B0 I and the ceiling, nominal; (n_scenarios, n_years)."""
        reference = self.reference * levels.contract
        limit = self.part_of_ceiling if self.ceiling is None else self.ceiling
        return reference if limit is None else np.minimum(reference, limit * levels.price)

    @property
    def in_order(self) -> tuple[Clause, ...]:
        """The clauses in the order in which they act: on single clients first, then on the whole contract."""
        return (*self.on_clients, *self.on_whole)

    @property
    def on_clients(self) -> tuple[Clause, ...]:
        """Clauses on single clients, which act before the ceiling."""
        return tuple(clause for clause in self.clauses if clause.per_client)

    @property
    def on_whole(self) -> tuple[Clause, ...]:
        """Clauses on the whole contract, which act on what the ceiling lets through."""
        return tuple(clause for clause in self.clauses if not clause.per_client)

    def let_through(self, due: Due, levels: PriceLevels) -> FloatArray:
        """What its own ceiling lets through of what is due; (n_scenarios, n_years)."""
        return payable(due, None if self.ceiling is None else self.ceiling * levels.price)
